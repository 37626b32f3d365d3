"""Public holidays and make-up working days, from the library that publishes them, as a plain value."""

from __future__ import annotations

from functools import lru_cache

from genai_policy.model.clock import Calendar


@lru_cache(maxsize=1)
def working_calendar() -> Calendar:
    """Return the calendar of mainland China for every year that the State Council's notices, as the library holds them, cover."""
    from chinese_calendar.constants import holidays, workdays

    # a year is published once its October holidays are: the notice for a year names them all at once
    years = frozenset(day.year for day in holidays if day.month == 10)
    return Calendar(years, frozenset(holidays), frozenset(workdays))
