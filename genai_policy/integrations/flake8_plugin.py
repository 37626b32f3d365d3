"""The flake8 plugin: ``flake8 --genai-policy``, or ``genai-policy = true`` under ``[flake8]``. Without that it does nothing.

flake8 shows lines of Python files only. A finding that lies elsewhere (a duty's absence lies in the manifest) is shown on the first line of
one of the files that are linted, with its place in the text. Exactly what keeps the gate from opening is shown, so both agree.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from genai_policy import __version__

if TYPE_CHECKING:
    import argparse
    import ast

    from genai_policy.integrations.judgement import Judgement, Notice

#: Line (from 1), column (from 0), text, and the class that says so: what flake8 wants of a plugin.
Shown: TypeAlias = tuple[int, int, str, type]

_CODES = {"error": "GAP100", "warning": "GAP200", "note": "GAP300"}
_OTHER = {"open": "GAP400", "mistake": "GAP900", "failure": "GAP901"}


class Plugin:
    """One of these is made for each file."""

    name = "genai-policy"
    version = __version__

    judgement: ClassVar[Judgement | None] = None
    root: ClassVar[str] = ""
    shown: ClassVar[Mapping[str, Sequence[Shown]]] = {}

    def __init__(self, tree: ast.AST, filename: str) -> None:
        self.filename = filename

    @staticmethod
    def add_options(parser: Any) -> None:
        """Declare the options; each may stand in flake8's configuration as well."""
        parser.add_option(
            "--genai-policy", action="store_true", parse_from_config=True, help="Show what keeps the genai-policy gate from opening."
        )
        parser.add_option(
            "--genai-policy-root", default="", parse_from_config=True, help="The root to judge [default: the top of the git checkout]."
        )
        parser.add_option(
            "--genai-policy-gate", default="", parse_from_config=True, help="How strict to be [default: the manifest's choice]."
        )
        parser.add_option("--genai-policy-lang", default="en", parse_from_config=True, help="Language of sentences: en or zh.")
        parser.add_option(
            "--genai-policy-all", action="store_true", parse_from_config=True, help="Also show what does not keep the gate from opening."
        )

    @classmethod
    def parse_options(cls, option_manager: Any, options: argparse.Namespace, args: object) -> None:
        """Judge, where that is wanted. flake8 calls this before it starts workers, and again in workers that are not forked."""
        cls.judgement = None
        if not options.genai_policy or "-" in options.filenames:
            return  # what is typed into an editor is not what the gate would judge
        from genai_policy.errors import UsageProblem
        from genai_policy.integrations.judging import judge, question
        from genai_policy.integrations.places import root_of
        from genai_policy.report.wording import phrase

        try:
            asked = question(root_of(".", options.genai_policy_root), options.genai_policy_gate, options.genai_policy_lang)
        except UsageProblem as problem:
            from flake8.exceptions import ExecutionError

            raise ExecutionError(f"genai-policy: {problem}") from problem
        cls.judgement = judge(asked, worker=multiprocessing.parent_process() is not None)
        hidden = phrase("linters.noqa", asked.lang)
        cls.shown = _by_file(cls.judgement, _linted(options, asked.root), hidden, everything=options.genai_policy_all)
        cls.root = asked.root

    def run(self) -> Iterator[Shown]:
        """Yield line (from 1), column (from 0) and text of what is shown in this file."""
        if self.judgement is not None:
            from genai_policy.integrations.places import relative

            yield from self.shown.get(relative(self.filename, self.root), ())


def _by_file(judgement: Judgement, linted: Sequence[str], hidden: str, *, everything: bool) -> dict[str, list[Shown]]:
    """Return what is shown in each of the ``linted`` files. ``hidden`` is what to say of comments that hide a line."""
    shown: dict[str, list[Shown]] = {}
    for notice in judgement.notices:
        if notice.blocks or everything:
            home = _home(notice, linted)
            if home is not None:
                file, line, column, before = home
                after = f"; {hidden}" if notice.blocks and notice.kind == "unmet" else ""
                shown.setdefault(file, []).append((line, column, f"{_code(notice)} {before}{notice.labelled}{after}", Plugin))
    return shown


def _home(notice: Notice, linted: Sequence[str]) -> tuple[str, int, int, str] | None:
    """Return file, line, column and what to say first; None for a notice on a Python file that nobody asked to lint."""
    if notice.file in linted:
        return notice.file, notice.line, max(notice.column - 1, 0), ""
    if notice.file.endswith(".py") or not linted:
        return None
    where = f"{notice.where}: " if notice.file else ""
    on_path = next((spot for spot in notice.elsewhere if spot.file in linted), None)
    return (on_path.file, on_path.line, 0, where) if on_path else (linted[0], 1, 0, where)


def _code(notice: Notice) -> str:
    return _CODES[notice.severity] if notice.kind == "unmet" else _OTHER[notice.kind]


def _linted(options: argparse.Namespace, root: str) -> list[str]:
    """Return the files of this run, relative to the root: first those on whose first line a notice can be seen, then by name."""
    from flake8.discover_files import expand_paths

    from genai_policy.integrations.places import relative

    names = expand_paths(
        paths=options.filenames,
        stdin_display_name=options.stdin_display_name,
        filename_patterns=options.filename,
        exclude=(*options.exclude, *options.extend_exclude),
    )
    inside = sorted({(relative(name, root), name) for name in names if name != "-"} - {("", "")})
    files = [path for path, _ in inside if path]
    anchor = next((path for path, name in inside if path and not _silenced(name)), "")
    return [anchor, *(path for path in files if path != anchor)] if anchor else files


def _silenced(name: str) -> bool:
    """Say whether a comment in the file may keep flake8 from showing anything on its first line."""
    try:
        return b"noqa" in Path(name).read_bytes()
    except OSError:
        return True
