"""Periods and dates as people write them."""

from __future__ import annotations

import datetime as dt

import pytest

from genai_policy.assess.dates import dates_in
from genai_policy.assess.globs import matches
from genai_policy.assess.periods import DAY, HOUR, days_before, number_of, say_period, unit_in_key, with_unit


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("180d", 180),
        ("180 days", 180),
        ("P6M", 180),
        ("P1Y", 365),
        ("P1Y6M", 545),
        ("P2W", 14),
        ("PT48H", 2),
        ("15552000s", 180),
        ("4320h", 180),
        ("26w", 182),
        ("6 months", 180),
        ("6mo", 180),
        ("1d12h", 1.5),
        ("86400000ms", 1),
        ("0d", 0),
    ],
)
def test_periods_with_units(text: str, days: float) -> None:
    assert with_unit(text) == pytest.approx(days * DAY)


@pytest.mark.parametrize("text", ["", "180", "P", "PT", "d", "half a year", "180 foo", "180d later", "-5d", "P6M later", "1e9d"])
def test_what_is_no_period_with_a_unit(text: str) -> None:
    assert with_unit(text) is None


def test_six_minutes_are_not_six_months() -> None:
    assert with_unit("6m") == 360


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("a.retention_days", DAY),
        ("ttlSeconds", 1),
        ("MAX-AGE-HOURS", HOUR),
        ("days_kept", DAY),
        ("a.days.value", None),
        ("holidays", None),
        ("d", None),
    ],
)
def test_units_in_key_names(key: str, unit: float | None) -> None:
    assert unit_in_key(key) == unit


@pytest.mark.parametrize(
    ("value", "number"), [(1, 1), ("15_552_000", 15_552_000), ("1.5", 1.5), (True, None), ("x", None), (None, None), (10**20, None)]
)
def test_numbers(value: object, number: float | None) -> None:
    assert number_of(value) == number


def test_periods_are_said_in_the_largest_even_unit() -> None:
    assert [say_period(s) for s in (180 * DAY, 36 * HOUR, 90, 0.5)] == ["180d", "36h", "90s", "0.5s"]


def test_a_period_longer_than_the_calendar() -> None:
    assert days_before(dt.date(2026, 1, 1), 1e13) == dt.date.min


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01",
        "2026/3/1",
        "2026.03.01",
        "2026年3月1日",
        "2026 年 3 月 1 日",
        "1 March 2026",
        "March 1, 2026",
        "1st Mar 2026",
        "v20260301",
    ],
)
def test_dates(text: str) -> None:
    assert dates_in(f"updated {text}.") == (dt.date(2026, 3, 1),)


@pytest.mark.parametrize("text", ["2026", "2026-13-01", "12026-03-01", "010-2026-0301", "March 2026", "3.1.2026-", "2026-02-30"])
def test_what_is_no_date(text: str) -> None:
    assert dates_in(text) == ()


@pytest.mark.parametrize(
    ("path", "glob", "expected"),
    [
        ("a/b/c.py", "**/*.py", True),
        ("c.py", "**/*.py", True),
        ("a/b/c.py", "*.py", False),
        ("a/b/c.py", "a", True),
        ("a/b/c.py", "a/", True),
        ("ab/c.py", "a", False),
        ("a/b/c.py", "a/**", True),
        ("a/b.py", "a/?.py", True),
        ("a+b/c.py", "a+b/*", True),
    ],
)
def test_globs(path: str, glob: str, expected: bool) -> None:
    assert matches(path, glob) is expected
