"""Columns in the unit that a consumer counts in. A verdict's columns are code points; SARIF and editors count UTF-16, reviewdog bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from genai_policy.model import Place

#: The text of a line of a scanned file without its line break; None where it cannot be had.
Lines: TypeAlias = Callable[[str, int], "str | None"]


class Span(Struct, frozen=True):
    """From ``start`` up to, not including, ``end``: columns of one line, from 1."""

    start: int
    end: int


def no_lines(file: str, line: int) -> str | None:
    """Know nothing of any file."""
    del file, line
    return None


def span_of(place: Place, lines: Lines, encoding: str) -> Span | None:
    """Return what to mark at ``place``: from its column, or the first that is not blank, to the end of the line.

    ``encoding`` is ``utf-16-le`` or ``utf-8``: columns count its units. None where the line is not known, is blank, or ends before.
    """
    text = lines(place.file, place.line) if place.line else None
    if text is None or not text.strip():
        return None
    first = place.column - 1 if place.column else len(text) - len(text.lstrip())
    if first >= len(text):
        return None
    return Span(units(text[:first], encoding) + 1, units(text.rstrip(), encoding) + 1)


def units(text: str, encoding: str) -> int:
    """Return how many units of ``encoding`` (``utf-16-le``, ``utf-8``) ``text`` takes."""
    if encoding == "utf-16-le":
        return len(text.encode(encoding, "surrogatepass")) // 2
    return len(text.encode(encoding, "surrogateescape"))
