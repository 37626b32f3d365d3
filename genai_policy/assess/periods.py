"""Periods of time as configuration files and packs write them, to seconds.

Understood: ISO 8601 (``P6M``, ``P1Y6M``, ``PT48H``, ``P2W``), numbers with a unit (``180d``, ``15552000s``, ``26 weeks``, ``4320h``,
``6 months``, ``1h30m``) and bare numbers with a unit from elsewhere. A month counts as 30 days and a year as 365 days, so ``P6M`` is 180
days: the law's "six months" is then neither stretched nor shortened by the calendar. ``m`` alone is minutes, as in Go and systemd.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

SECOND, MINUTE, HOUR, DAY = 1.0, 60.0, 3600.0, 86_400.0
WEEK, MONTH, YEAR = 7 * DAY, 30 * DAY, 365 * DAY

_UNITS = {
    **dict.fromkeys(("ms", "millis", "millisecond", "milliseconds"), SECOND / 1000),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), SECOND),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), MINUTE),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), HOUR),
    **dict.fromkeys(("d", "day", "days"), DAY),
    **dict.fromkeys(("w", "wk", "week", "weeks"), WEEK),
    **dict.fromkeys(("mo", "mon", "month", "months"), MONTH),
    **dict.fromkeys(("y", "yr", "year", "years"), YEAR),
}
_ISO = re.compile(
    r"P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:\.\d{1,6})?)S)?)?"
)
_ISO_UNITS = (YEAR, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND)
_PART = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([A-Za-z]{1,12})\s*")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:_\d{1,15})*(?:\.\d{1,6})?")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def unit_of(name: str) -> float | None:
    """Return the seconds of a unit name (``days``, ``h``), or None."""
    return _UNITS.get(name.strip().lower())


def unit_in_key(key: str) -> float | None:
    """Return the unit that the last words of a dotted key name (``retention_days``, ``ttlSeconds``, ``MAX-AGE-HOURS``), or None."""
    words = _WORDS.findall(key.rpartition(".")[2])
    for word in reversed(words[-2:]):
        unit = _UNITS.get(word.lower())
        if unit is not None and len(word) > 1:
            return unit
    return None


def with_unit(text: str) -> float | None:
    """Return the seconds of a period that names its own units, or None."""
    text = text.strip()
    iso = _ISO.fullmatch(text)
    if iso and any(iso.groups()):
        return sum(float(count) * unit for count, unit in zip(iso.groups(), _ISO_UNITS, strict=True) if count)
    total, position = 0.0, 0
    while position < len(text):
        part = _PART.match(text, position)
        unit = _UNITS.get(part[2].lower()) if part else None
        if part is None or unit is None:
            return None
        total += float(part[1]) * unit
        position = part.end()
    return total if text else None


def number_of(value: Any) -> float | None:
    """Return a number or a text that is one (``180``, ``"15_552_000"``); booleans are no numbers."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value) if abs(value) < 1e15 else None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value.strip().replace("_", ""))
    return None


def say_period(seconds: float) -> str:
    """Write seconds as ``180d``, or ``12h`` or ``30s`` where days do not come out even."""
    for unit, letter in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if seconds >= unit and seconds % unit == 0:
            return f"{int(seconds // unit)}{letter}"
    return f"{seconds:g}s"


def days_before(day: dt.date, seconds: float) -> dt.date:
    """Return the date ``seconds`` before ``day``; a period longer than the calendar gives its first day."""
    try:
        return day - dt.timedelta(seconds=seconds)
    except OverflowError:
        return dt.date.min
