"""What a change is answerable for: findings that were there before it, or that lie in other files, are reported and do not block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click
import msgspec

from genai_policy.assess.gate import gate_state
from genai_policy.errors import UsageProblem
from genai_policy.report.escape import printable
from genai_policy.report.wording import phrase

if TYPE_CHECKING:
    from genai_policy.model import Finding, Verdict


def tell_unjudged(verdict: Verdict) -> None:
    """Say on stderr that the base could not be judged: whoever reads only a file's findings must know why all of them are new."""
    if verdict.change is not None and verdict.change.unjudged:
        base, problem = verdict.change.base, verdict.change.unjudged
        whole = not any(finding.old_at for finding in verdict.findings)
        code = "change.unjudged" if whole else "change.partly-judged"
        click.echo(printable(f"note: {phrase(code, 'en', base=base, problem=problem)}"), err=True)


def accepting(verdict: Verdict, known: Callable[[Finding], bool]) -> Verdict:
    """Return ``verdict`` with the new findings that are ``known`` as baselined, and the gate that follows."""
    findings = tuple(
        msgspec.structs.replace(finding, status="baselined") if finding.status == "new" and known(finding) else finding
        for finding in verdict.findings
    )
    return msgspec.structs.replace(verdict, findings=findings, gate=gate_state(findings, verdict.inconclusive))


def outside_of(files: frozenset[str]) -> Callable[[Finding], bool]:
    """Return a test for findings that no place and no step of a path has in ``files``; a directory stands for all below it."""

    def outside(finding: Finding) -> bool:
        touched = {place.file for place in finding.places} | {hop.file for hop in finding.hops}
        around = {parent.as_posix() for file in touched for parent in PurePosixPath(file).parents}
        return files.isdisjoint(touched | around)

    return outside


def root_and_files(path: Path, files: Sequence[Path]) -> tuple[Path, frozenset[str]]:
    """Return the root and the files below it, POSIX and relative to it. Where PATH is itself a file, the root is the current directory.

    Raises UsageProblem for files that lie outside the root. A file that is gone (a commit can delete) is fine.
    """
    if path.is_file() or (files and not path.exists()):
        path, files = Path(), [path, *files]
    root = path.resolve()
    relative = set()
    for file in files:
        resolved = file.parent.resolve() / file.name
        if not resolved.is_relative_to(root):
            raise UsageProblem(f"{file} lies outside of {path}; FILES are files below PATH")
        relative.add(resolved.relative_to(root).as_posix())
    return path, frozenset(relative)
