"""Periods in working days: a start and a calendar -> the last day in time; a service's facts -> the clocks that run for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from genai_policy.assess.asked import fact_values
from genai_policy.model.clock import Calendar, Clock, Deadline, Running
from genai_policy.model.law import Law
from genai_policy.model.message import Message, Text
from genai_policy.model.service import Service

_WEEKEND = (5, 6)


def is_working_day(day: dt.date, calendar: Calendar) -> bool:
    """Tell whether people work on ``day``; Monday to Friday in a year that the calendar does not know."""
    if day.year not in calendar.years:
        return day.weekday() not in _WEEKEND
    return day in calendar.workdays or (day.weekday() not in _WEEKEND and day not in calendar.holidays)


def deadline(start: dt.date, days: int, calendar: Calendar) -> Deadline:
    """Return the ``days``-th working day after ``start``, which itself does not count."""
    day, left = start, days
    while left > 0 and day < dt.date.max:
        day += dt.timedelta(days=1)
        left -= is_working_day(day, calendar)
    years = range(start.year, day.year + 1)
    return Deadline(day, tuple(year for year in years if year not in calendar.years))


def clocks_of(law: Law) -> tuple[Clock, ...]:
    """Return the clocks in working days that begin with a declared fact (``clocks.toml`` beside the packs)."""
    entries: Sequence[Mapping[str, Any]] = law.shared.get("clocks", {}).get("clock", ())
    return tuple(
        Clock(
            entry["id"],
            Text(entry["title"]["en"], entry["title"]["zh"]),
            tuple(entry["obligations"]),
            entry["from"],
            entry["days"],
            entry.get("until-fact", ""),
        )
        for entry in entries
        if entry.get("from") and entry.get("unit") == "working-days"
    )


def running(clock: Clock, service: Service, calendar: Calendar, as_of: dt.date) -> Running | None:
    """Return ``clock`` as it runs for ``service``, or None where its start is not declared or lies after ``as_of``."""
    started = service.facts.get(clock.start)
    if not isinstance(started, dt.date) or started > as_of:
        return None
    stops = [day for day in fact_values(service.facts, clock.stop) if isinstance(day, dt.date)] if clock.stop else []
    # every filing has to be in time: the last one counts
    return Running(clock, started, deadline(started, clock.days, calendar), max(stops, default=None))


def clock_notes(law: Law, service: Service, binding: Set[str], calendar: Calendar, as_of: dt.date) -> Iterator[Message]:
    """Yield what a reader must know: what is still due and until when, and what was late. What was done in time is not told."""
    for clock in clocks_of(law):
        found = running(clock, service, calendar, as_of) if binding & set(clock.obligations) else None
        if found is None or (found.stopped is not None and not found.late(as_of)):
            continue
        yield told(found, service, as_of)


def told(found: Running, service: Service, as_of: dt.date) -> Message:
    """Return a clock in words."""
    state = "stopped" if found.stopped else "overdue" if found.late(as_of) else "due"
    if not found.clock.stop and state == "overdue":
        # no fact says whether it was done
        state = "passed"
    if state == "stopped":
        state = "late" if found.late(as_of) else "in-time"
    args = {
        "service": service.name,
        "title_en": found.clock.title.en,
        "title_zh": found.clock.title.zh,
        "day": found.deadline.day.isoformat(),
        "start": found.started.isoformat(),
        "days": str(found.clock.days),
        "stopped": found.stopped.isoformat() if found.stopped else "",
        "years": ", ".join(map(str, found.deadline.unpublished)),
    }
    unsure = "-unpublished" if found.deadline.unpublished else ""
    return Message(f"clock.{state}{unsure}", args)
