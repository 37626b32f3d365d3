"""Collects what is wrong with the caller's files, so that every mistake is told at once and with a way out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from genai_policy.errors import Mistake, UsageProblem

_LONGEST_LIST = 16


class Mistakes:
    """A growing list of mistakes over any number of files."""

    def __init__(self) -> None:
        self.found: list[Mistake] = []

    def add(self, mistake: Mistake) -> None:
        """Take note of one mistake."""
        self.found.append(mistake)

    def raise_as(self, error: type[UsageProblem]) -> None:
        """Raise ``error`` with all mistakes, if there are any."""
        if self.found:
            raise error(self.found)


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word a person probably meant, or "" when none is near."""
    names = sorted(set(known))
    dashed = word.strip().lower().replace("_", "-").replace(" ", "-")
    if dashed in names:
        return dashed
    begun = [name for name in names if len(dashed) > 5 and name.startswith(dashed)]
    return begun[0] if begun else next(iter(difflib.get_close_matches(word, names, n=1, cutoff=0.6)), "")


def suggest(word: str, known: Iterable[str], what: str = "allowed") -> str:
    """Return advice for an unknown ``word``: the nearest known one, and the list of all while it is short."""
    names = sorted(set(known))
    near = closest(word, names)
    parts = [f'did you mean "{near}"?'] if near else []
    if names and (len(names) <= _LONGEST_LIST or not near):
        parts.append(f"{what}: {listed(names)}")
    return " ".join(parts)


def listed(names: Sequence[str]) -> str:
    """Return names joined with commas, cut when there are very many."""
    shown = ", ".join(names[:_LONGEST_LIST])
    return f"{shown} … ({len(names)} in all)" if len(names) > _LONGEST_LIST else shown


def describe(value: Any) -> str:
    """Return a TOML value in a few words, safe to print in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, (int, float)):
        text = str(value) if not isinstance(value, int) or abs(value) < 10**15 else "of many digits"
        return f"the number {text}"
    if isinstance(value, str):
        return quoted(value)
    return f"the date or time {value}"


def quoted(text: str) -> str:
    """Return text in double quotes, control characters escaped and long text cut."""
    cut = text if len(text) <= 60 else text[:60] + "…"
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut) + '"'
