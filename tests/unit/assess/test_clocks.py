"""Working days: weekends, public holidays, days that make up for them, and years that nobody has published yet."""

from __future__ import annotations

import datetime as dt

import pytest

from genai_policy.assess.clocks import clock_notes, clocks_of, deadline, is_working_day
from genai_policy.load.calendars import working_calendar
from genai_policy.model.clock import Calendar, Deadline
from genai_policy.model.law import Law
from genai_policy.model.service import Service
from genai_policy.report.wording import say

DAY = dt.date.fromisoformat
MADE_UP = Calendar(frozenset((2026,)), frozenset((DAY("2026-03-03"),)), frozenset((DAY("2026-03-07"),)))
TITLE = {"en": "file it", "zh": "办理"}
LAW = Law(
    shared={
        "clocks": {
            "clock": [
                {
                    "id": "filing",
                    "title": TITLE,
                    "obligations": ["p/filing"],
                    "from": "service.public-since",
                    "until-fact": "filings.algorithm.filed-on",
                    "days": 10,
                    "unit": "working-days",
                },
                {"id": "change", "title": TITLE, "obligations": ["p/filing"], "days": 10, "unit": "working-days"},
            ]
        }
    }
)


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2026-03-02", 10, "2026-03-16"),  # no holiday between
        ("2026-09-25", 10, "2026-10-15"),  # the National Day week, with a Saturday and a Sunday that make up for it
        ("2026-02-10", 10, "2026-03-02"),  # Spring Festival
        ("2025-12-29", 10, "2026-01-13"),  # over the turn of the year
    ],
)
def test_periods_follow_the_published_holidays(start, days, last):
    calendar = working_calendar()
    found = deadline(DAY(start), days, calendar)
    assert not found.unpublished
    counted = [DAY(start) + dt.timedelta(days=n) for n in range(1, (found.day - DAY(start)).days + 1)]
    assert sum(is_working_day(day, calendar) for day in counted) == days
    assert found.day == DAY(last)


def test_a_holiday_does_not_count_and_a_day_that_makes_up_does():
    assert deadline(DAY("2026-03-02"), 1, MADE_UP).day == DAY("2026-03-04")
    assert deadline(DAY("2026-03-06"), 1, MADE_UP).day == DAY("2026-03-07")


def test_a_year_that_is_not_published_is_said():
    assert deadline(DAY("2026-12-28"), 10, MADE_UP) == Deadline(DAY("2027-01-11"), (2027,))
    assert 2026 in working_calendar().years


def test_no_period_runs_off_the_calendar():
    assert deadline(DAY("9999-12-30"), 10, MADE_UP).day == dt.date.max


def notes(as_of, **facts):
    service = Service("m.toml", "", "s", facts)
    return [say(note) for note in clock_notes(LAW, service, {"p/filing"}, MADE_UP, DAY(as_of))]


SINCE = DAY("2026-05-04")


def test_what_is_due_overdue_or_late_is_told_and_what_was_in_time_is_not():
    filed = {"service.public-since": SINCE, "filings.algorithm": [{"filed-on": DAY("2026-05-11")}]}
    assert notes("2026-05-05", **{"service.public-since": SINCE}) == ["s: file it by 2026-05-18 (10 working days after 2026-05-04)"]
    assert "nothing declares that it was done" in notes("2026-05-19", **{"service.public-since": SINCE})[0]
    assert notes("2026-06-01", **filed) == []
    late = {**filed, "filings.algorithm": [{"filed-on": DAY("2026-05-20")}]}
    assert "done on 2026-05-20" in notes("2026-06-01", **late)[0]
    assert "holidays of 2027 are not published" in notes("2026-12-31", **{"service.public-since": DAY("2026-12-28")})[0]


def test_a_clock_without_a_start_does_not_run():
    assert [clock.id for clock in clocks_of(LAW)] == ["filing"]
    assert notes("2026-05-05") == []
    assert notes("2026-05-01", **{"service.public-since": SINCE}) == []
