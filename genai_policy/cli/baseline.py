"""``genai-policy baseline``: accept what is unmet today, so that only what is new blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genai_policy.cli.options import language, law_options, pipeline_options, root_argument, run_options, verbose_option

if TYPE_CHECKING:
    from genai_policy.load.baseline import Entry
    from genai_policy.model import Lang, Verdict

#: Entries of each kind that are listed; `-v` lists all.
LISTED = 10


@click.command(name="baseline")
@root_argument
@law_options
@verbose_option
@run_options
def command(path: Path, **given: Any) -> int:
    """Write .genai-baseline.json with the findings of today: they stay unmet and are reported, and no longer block.

    Waived findings are left out. Running it again forgets what has been mended, accepts what is new, and says which.
    """
    from dataclasses import replace

    from genai_policy import pipeline
    from genai_policy.cli.output import print_text, write_file
    from genai_policy.errors import UsageProblem
    from genai_policy.load.baseline import BASELINE_FILE, entry_of, read_entries, render_baseline
    from genai_policy.read.tree import Tree
    from genai_policy.report.wording import phrase

    options = pipeline_options(path, **given)
    verdict = pipeline.check(replace(options, baselined=frozenset()))
    options.progress("", 0, 0)
    lang, file = language(given["lang"]), (path / BASELINE_FILE).as_posix()
    try:
        before: Mapping[str, Entry] = read_entries(Tree(path, ()).read)
    except UsageProblem:
        before = {}
    found = {finding.fingerprint: entry_of(finding) for finding in verdict.findings if finding.status == "new"}
    unseen = {name: entry for name, entry in before.items() if name not in found} if _partly_blind(verdict) else {}
    accepted = {**found, **unseen}
    write_file(path / BASELINE_FILE, render_baseline(accepted.values()))
    print_text(phrase("baseline.written", lang, file=file, n=len(accepted)) + "\n")
    if before:
        limit = len(accepted) + len(before) if given["verbose"] else LISTED
        added = [accepted[name] for name in accepted if name not in before]
        dropped = [entry for name, entry in before.items() if name not in accepted]
        for code, entries in (("added", added), ("dropped", dropped), ("unseen", list(unseen.values()))):
            for line in _told(code, entries, limit, lang):
                print_text(line + "\n")
    return 0


def _partly_blind(verdict: Verdict) -> bool:
    """Say whether part of the check did not run: then what was not found is not gone."""
    return any(gap.kind in ("plugin", "engine") or gap.on_path for gap in verdict.gaps)


def _told(code: str, entries: Sequence[Entry], limit: int, lang: Lang) -> Iterator[str]:
    from genai_policy.report.escape import printable
    from genai_policy.report.wording import phrase

    if not entries:
        return
    yield phrase(f"baseline.{code}", lang, n=len(entries))
    ordered = sorted(entries, key=lambda entry: (entry.manifest, entry.obligation, entry.control, entry.file, entry.fingerprint))
    for entry in ordered[:limit]:
        yield printable(f"  {entry.file or '-'}  {entry.obligation}  {entry.control}".rstrip())
    if len(ordered) > limit:
        yield f"  {phrase('text.more', lang, n=len(ordered) - limit)}"
