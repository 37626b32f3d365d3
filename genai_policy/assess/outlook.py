"""The law and a service -> the days on which duties begin or end to bind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from genai_policy.assess.conditions import AS_OF, Questions
from genai_policy.assess.scope import applicability_of
from genai_policy.model.law import Condition, Law
from genai_policy.model.outlook import Turn
from genai_policy.model.service import Service

_DAY = dt.timedelta(days=1)


def turns_of(law: Law, service: Service, as_of: dt.date, until: dt.date | None) -> tuple[Turn, ...]:
    """Return each change of an answer after ``as_of`` and up to ``until``, without outcomes."""
    days = [day for day in days_of_change(law) if as_of < day and (until is None or day <= until)]
    questions = {day: Questions(service, law, day) for day in (as_of, *days)}
    turns: list[Turn] = []
    for pack in law.packs:
        for obligation in (o for o in pack.obligations if o.role == "duty"):
            answer = applicability_of(obligation, law, service, as_of, questions[as_of]).answer
            for day in days:
                after = applicability_of(obligation, law, service, day, questions[day])
                if after.answer != answer:
                    turns.append(Turn(service, obligation, day, answer, after))
                answer = after.answer
    return tuple(sorted(turns, key=lambda turn: (turn.day, turn.obligation.id)))


def days_of_change(law: Law) -> list[dt.date]:
    """Return every day on which some answer may change, whoever the service is."""
    conditions = [condition for predicate in law.predicates.values() for _, condition in predicate.rules]
    days: set[dt.date] = set()
    for obligation in (o for pack in law.packs for o in pack.obligations):
        conditions.append(obligation.applies_when)
        days.add(obligation.in_force)
        if obligation.until is not None and obligation.until < dt.date.max:
            days.add(obligation.until + _DAY)
    days.update(day for condition in conditions for day in _days(condition))
    return sorted(days)


def _days(condition: Condition) -> Iterator[dt.date]:
    if condition.name == AS_OF and isinstance(condition.value, dt.date):
        yield condition.value
    for part in condition.parts:
        yield from _days(part)
