"""``-f`` and ``-o`` → which report goes where. Several formats can be written in one run; only one of them goes to stdout."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genai_policy.cli.output import emit, terminal_style
from genai_policy.cli.source_lines import SourceLines
from genai_policy.cli.suggest import did_you_mean
from genai_policy.errors import UsageProblem

if TYPE_CHECKING:
    from genai_policy.hookspecs import Reporter
    from genai_policy.model import Lang, Verdict

STDOUT = "-"
#: The formats that a file name can stand for: the first where nothing is asked for, else the one that is.
_SUFFIXES = {
    ".json": ("json", "gitlab", "rdjson"),
    ".sarif": ("sarif", "sarif-findings"),
    ".txt": ("text", "github"),
    ".md": ("markdown",),
    ".html": ("html",),
    ".xml": ("junit", "junit-gitlab"),
}
#: Addresses for links, where the environment knows them: below the first lie the pages of the obligations (``docs/`` of this project, as
#: published), below the second the files of the judged repository.
PAGES, SOURCES = "GENAI_POLICY_PAGES", "GENAI_POLICY_SOURCES"


def destinations(formats: Sequence[str], outputs: Sequence[str]) -> list[tuple[str, str]]:
    """Pair formats with files: by position where there are as many, else by suffix, the one that remains going to stdout.

    ``-f sarif -f text -o a.sarif`` writes SARIF to the file and text to stdout. Raises UsageProblem where that is not clear.
    """
    wanted = list(dict.fromkeys(formats)) or [(*_of_suffix(name), "text")[0] for name in outputs[:1]] or ["text"]
    if len(outputs) == len(wanted):
        pairs = list(zip(wanted, outputs, strict=True))
    else:
        pairs = _by_suffix(wanted, outputs)
    if sum(target == STDOUT for _, target in pairs) > 1:
        names = ", ".join(name for name, target in pairs if target == STDOUT)
        raise UsageProblem(f"{names} cannot all go to stdout; give each but one a file: -f sarif -o report.sarif -f text")
    files = [os.path.realpath(target) for _, target in pairs if target != STDOUT and not target.startswith("/dev/")]
    if len(set(files)) < len(files):
        raise UsageProblem("two formats cannot go to the same file; give each its own -o FILE")
    for file in files:
        if not Path(file).parent.is_dir():
            raise UsageProblem(f"cannot write {file}: there is no directory {Path(file).parent}")
    return pairs


def _by_suffix(wanted: Sequence[str], outputs: Sequence[str]) -> list[tuple[str, str]]:
    chosen: dict[str, str] = {}
    for name in outputs:
        fitting = [kind for kind in _of_suffix(name) if kind in wanted and kind not in chosen]
        if len(fitting) != 1:
            raise UsageProblem(f"it is not clear which format goes to {name}; give as many -o as -f, in the same order (`-o -` is stdout)")
        chosen[fitting[0]] = name
    return [(kind, chosen.get(kind, STDOUT)) for kind in wanted]


def _of_suffix(name: str) -> tuple[str, ...]:
    return _SUFFIXES.get(Path(name).suffix.lower(), ())


def chosen_reporters(pairs: Sequence[tuple[str, str]], known: Mapping[str, Reporter]) -> list[tuple[Reporter, str]]:
    """Return the reporter and target of each pair; an unknown format fails before anything is judged."""
    for name, _ in pairs:
        if name not in known:
            raise UsageProblem(f"no format {name!r}{did_you_mean(name, known)}")
    return [(known[name], target) for name, target in pairs]


def write_reports(
    verdict: Verdict, reporters: Sequence[tuple[Reporter, str]], lang: Lang, *, verbose: bool, prefix: str, root: Path = Path()
) -> None:
    """Write every report: all of them are made before the first is written, so that a failing one leaves nothing half done."""
    links = {"pages": link_base(PAGES), "sources": link_base(SOURCES)}
    lines = SourceLines(root)
    made = []
    for reporter, target in reporters:
        style = terminal_style(verbose) if target == STDOUT else replace(terminal_style(verbose), width=0, colour=False)
        made.append((fitted(reporter, style=style, prefix=prefix, lines=lines, **links)(verdict, lang), target))
    for text, target in made:
        emit(text, target)


def link_base(variable: str) -> str:
    """Return the address that an environment variable holds, "" where it is not set. Raises UsageProblem for what is no web address."""
    value = os.environ.get(variable, "").strip()
    if value and not re.fullmatch(r"https?://[^\s\"'<>()\[\]\\`|]+", value):
        raise UsageProblem(f"{variable} is not a web address: {value!r}; write https://... or leave it unset")
    return value.rstrip("/")


def fitted(reporter: Reporter, **settings: Any) -> Reporter:
    """Return ``reporter`` with the ``settings`` it has fields for: a reporter that is a dataclass may ask for ``style``, ``prefix``,
    ``pages``, ``sources`` and ``lines``."""
    if not is_dataclass(type(reporter)):
        return reporter
    record: Any = reporter
    wanted = {field.name for field in fields(record)} & settings.keys()
    fitting: Reporter = replace(record, **{name: settings[name] for name in wanted})
    return fitting
