"""Dates as documents write them, in any script: year-month-day with separators, or English month names."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

_SEPARATOR = r"\s?(?:[-/.]|[^\x00-\x7f])\s?"
_NUMERIC = re.compile(rf"(?<!\d)(\d{{4}}){_SEPARATOR}(\d{{1,2}}){_SEPARATOR}(\d{{1,2}})(?!\d)")
_COMPACT = re.compile(r"(?<![\d.])(20\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d|\.\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY_FIRST = re.compile(rf"(?<![\w])(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(\d{{4}})(?!\d)", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)", re.IGNORECASE)


def dates_in(text: str) -> tuple[dt.date, ...]:
    """Return all dates of ``text``, sorted, each once."""
    return tuple(sorted(set(_found(text))))


def _found(text: str) -> Iterator[dt.date]:
    for pattern in (_NUMERIC, _COMPACT):
        for hit in pattern.finditer(text):
            yield from _date(hit[1], hit[2], hit[3])
    for hit in _DAY_FIRST.finditer(text):
        yield from _date(hit[3], _month(hit[2]), hit[1])
    for hit in _MONTH_FIRST.finditer(text):
        yield from _date(hit[3], _month(hit[1]), hit[2])


def _month(name: str) -> str:
    return str(_MONTHS.index(name[:3].lower()) + 1)


def _date(year: str, month: str, day: str) -> Iterator[dt.date]:
    try:
        yield dt.date(int(year), int(month), int(day))
    except ValueError:
        return
