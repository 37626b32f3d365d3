"""Periods that an instrument counts in working days, and the calendar they are counted by."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from genai_policy.model.message import Text


class Calendar(Struct, frozen=True):
    """The days that differ from Monday to Friday: public ``holidays`` and ``workdays`` on a weekend that make up for them. Nothing is known
    of a year that is not in ``years``."""

    years: frozenset[int] = frozenset()
    holidays: frozenset[dt.date] = frozenset()
    workdays: frozenset[dt.date] = frozenset()


class Clock(Struct, frozen=True):
    """``days`` working days after the day in the fact ``start``; the fact ``stop`` says when it was done ("": no fact says so)."""

    id: str
    title: Text
    obligations: tuple[str, ...]
    start: str
    days: int
    stop: str = ""


class Deadline(Struct, frozen=True):
    """The last day in time. ``unpublished`` are the years whose holidays are not known: there, Monday to Friday were counted."""

    day: dt.date
    unpublished: tuple[int, ...] = ()


class Running(Struct, frozen=True):
    """A clock of one service: when it began, its deadline, and when it was stopped (None: not yet)."""

    clock: Clock
    started: dt.date
    deadline: Deadline
    stopped: dt.date | None = None

    def late(self, as_of: dt.date) -> bool:
        """Tell whether it was stopped too late, or runs past its deadline on ``as_of``."""
        return (self.stopped or as_of) > self.deadline.day
