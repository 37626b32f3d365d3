"""Answers a pack's conditions about a service in three values, and names the facts that made the answer what it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from genai_policy.model.law import Answer, Condition, Law, Predicate
from genai_policy.model.service import Service

AS_OF = "as-of"
"""The name under which a condition may ask for the day of the judgement."""

NONE = "none"
"""The member of a set fact that says: declared, and empty."""

UNDECLARED = "unknown"
"""A declared value that leaves the fact open."""


class Evaluation(Struct, frozen=True):
    """The answer to a condition. ``facts`` settle it, and none of them can be spared; for *unknown*, they are the facts that stand in
    the way.

    ``review`` marks an *unknown* that a person has to settle, because a predicate says so; more facts may not help.
    ``contested`` is true when the answer hangs on a reading of the law that is disputed.
    """

    answer: Answer
    facts: tuple[str, ...] = ()
    review: bool = False
    contested: bool = False


YES = Evaluation("yes")
NO = Evaluation("no")


def evaluate(condition: Condition, service: Service, law: Law, as_of: dt.date | None = None) -> Evaluation:
    """Answer ``condition`` for ``service``. Unknown is contagious where it matters (Kleene); an undeclared fact is never a *no*."""
    return Questions(service, law, as_of).evaluate(condition)


class Questions:
    """Any number of conditions about one service on one day: what a predicate answered is kept for the next condition."""

    def __init__(self, service: Service, law: Law, as_of: dt.date | None = None) -> None:
        self.facts: Mapping[str, Any] = service.facts if as_of is None else {**service.facts, AS_OF: as_of}
        self.kept = _Kept(law.predicates)

    def evaluate(self, condition: Condition) -> Evaluation:
        """Answer ``condition``."""
        found = _Evaluator(self.facts, self.kept).condition(condition)
        return found if found.answer == "unknown" else replace(found, facts=self._needed(condition, found))

    def _needed(self, condition: Condition, found: Evaluation) -> tuple[str, ...]:
        """Drop every fact without which the answer stays the same, because another one already gives it."""
        needed = list(found.facts)
        for name in found.facts:
            fewer = {n: self.facts[n] for n in needed if n != name}
            if _Evaluator(fewer, self.kept).condition(condition).answer == found.answer:
                needed.remove(name)
        return tuple(needed)


class _Kept:
    """What predicates answered, by the declared facts that each of them reads: no other fact can change the answer."""

    def __init__(self, predicates: Mapping[str, Predicate]) -> None:
        self.predicates = predicates
        self.answers: dict[tuple[str, frozenset[str]], Evaluation] = {}
        self.read: dict[str, frozenset[str]] = {}

    def key(self, name: str, facts: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
        if name not in self.read:
            self.read[name] = frozenset(_read_by(name, self.predicates, set()))
        return name, self.read[name].intersection(facts)


def _read_by(name: str, predicates: Mapping[str, Predicate], seen: set[str]) -> Iterator[str]:
    """Yield every fact that a predicate reads, also through others."""
    predicate = predicates.get(name)
    if predicate is None or name in seen:
        return
    seen.add(name)
    conditions = [condition for _, condition in predicate.rules] + ([predicate.contested] if predicate.contested else [])
    while conditions:
        condition = conditions.pop()
        conditions += condition.parts
        if condition.op == "predicate":
            yield from _read_by(condition.name, predicates, seen)
        elif condition.name:
            yield condition.name


class _Evaluator:
    def __init__(self, facts: Mapping[str, Any], kept: _Kept) -> None:
        self.facts = facts
        self.kept = kept
        self.open: set[str] = set()

    def condition(self, condition: Condition) -> Evaluation:
        if condition.op == "all":
            return _all([self.condition(p) for p in condition.parts])
        if condition.op == "any":
            return _negated(_all([_negated(self.condition(p)) for p in condition.parts]))
        if condition.op == "not":
            return _negated(_all([self.condition(p) for p in condition.parts]))
        if condition.op == "always":
            return YES if condition.value is not False else NO
        if condition.op == "predicate":
            return self.predicate(condition.name)
        return self.fact(condition)

    def fact(self, condition: Condition) -> Evaluation:
        value = self.facts.get(condition.name)
        holds = None if value is None else _TESTS.get(condition.op, _undecidable)(value, condition.value)
        answer: Answer = "unknown" if holds is None else "yes" if holds else "no"
        return Evaluation(answer, (condition.name,))

    def predicate(self, name: str) -> Evaluation:
        key = self.kept.key(name, self.facts)
        if key not in self.kept.answers:
            predicate = self.kept.predicates.get(name)
            if predicate is None or name in self.open:
                # the loader refuses both; a law built by hand must still not be able to say "no" here
                return Evaluation("unknown", review=True)
            self.open.add(name)
            self.kept.answers[key] = self._derived(predicate)
            self.open.discard(name)
        return self.kept.answers[key]

    def _derived(self, predicate: Predicate) -> Evaluation:
        """Try the rules in order. An undecided rule leaves the answer open, unless it would have given the same answer."""
        passed: list[tuple[str, Evaluation]] = []
        undecided: list[tuple[str, Evaluation]] = []
        final, deciding = str(predicate.otherwise), YES
        for answer, condition in predicate.rules:
            found = self.condition(condition)
            if found.answer == "yes":
                final, deciding = answer, found
                break
            (passed if found.answer == "no" else undecided).append((answer, found))
        blocking = [found for answer, found in undecided if answer != final]
        disputed = predicate.contested is not None and self.condition(predicate.contested).answer == "yes"
        if blocking:
            review = "review" in (final, predicate.otherwise) or any(b.review for b in blocking)
            return _joined("unknown", blocking, review=review, contested=disputed or deciding.contested)
        # an earlier rule with another answer has also decided, by not holding
        settled = [deciding, *(found for answer, found in passed if answer != final)]
        if final == "review":
            return _joined("unknown", settled, review=True, contested=disputed)
        return _joined("yes" if final == "yes" else "no", settled, contested=disputed)


def _all(parts: Sequence[Evaluation]) -> Evaluation:
    refused = [p for p in parts if p.answer == "no"]
    if refused:
        # a refusal that nobody disputes is enough
        return min(refused, key=lambda p: (p.contested, len(p.facts), p.facts))
    unsettled = [p for p in parts if p.answer == "unknown"]
    if unsettled:
        # what already holds is part of whatever the missing facts will decide
        disputed = any(p.contested for p in parts)
        return _joined("unknown", unsettled, review=any(p.review for p in unsettled), contested=disputed)
    return _joined("yes", parts)


def _negated(found: Evaluation) -> Evaluation:
    opposite: dict[Answer, Answer] = {"yes": "no", "no": "yes", "unknown": "unknown"}
    return Evaluation(opposite[found.answer], found.facts, found.review, found.contested)


def _joined(answer: Answer, parts: Iterable[Evaluation], *, review: bool = False, contested: bool = False) -> Evaluation:
    parts = tuple(parts)
    facts = tuple(sorted({name for p in parts for name in p.facts}))
    return Evaluation(answer, facts, review, contested or any(p.contested for p in parts))


# ---- tests of one fact: declared value, asked value -> does it hold (None: cannot say) --------------------------------------


def _is(value: Any, asked: Any) -> bool | None:
    if value == UNDECLARED and asked != UNDECLARED:
        return None
    if isinstance(value, list) and isinstance(asked, list):
        return _same_members(value, asked)
    return _equal(value, asked)


def _in(value: Any, asked: Any) -> bool | None:
    if not isinstance(asked, (list, tuple)):
        return None
    if value == UNDECLARED and UNDECLARED not in asked:
        return None
    return any(_equal(value, a) for a in asked)


def _contains(value: Any, asked: Any) -> bool | None:
    return any(_equal(v, asked) for v in value) if isinstance(value, list) else None


def _contains_any(value: Any, asked: Any) -> bool | None:
    if not isinstance(value, list) or not isinstance(asked, (list, tuple)):
        return None
    return any(_equal(v, a) for v in value for a in asked)


def _only(value: Any, asked: Any) -> bool | None:
    if not isinstance(value, list) or not isinstance(asked, (list, tuple)):
        return None
    members = [v for v in value if v != NONE or NONE in asked]
    return bool(members) and all(any(_equal(v, a) for a in asked) for v in members)


def _empty(value: Any, asked: Any) -> bool | None:
    if not isinstance(value, (list, str)):
        return None
    held = not value or value in (NONE, [NONE])
    return held if asked is not False else not held


def _not_empty(value: Any, asked: Any) -> bool | None:
    held = _empty(value, True)
    return None if held is None else held is (asked is False)


def _any_item(value: Any, asked: Any) -> bool | None:
    if not isinstance(value, list) or not isinstance(asked, Mapping):
        return None
    answers = [_item_meets(item, asked) for item in value]
    return True if True in answers else None if None in answers else False


def _item_meets(item: Any, asked: Mapping[str, Any]) -> bool | None:
    if not isinstance(item, Mapping):
        return None
    answers: Collection[bool | None] = [
        None if item.get(k) is None else _in(item[k], wanted) if isinstance(wanted, list) else _is(item[k], wanted)
        for k, wanted in asked.items()
    ]
    return False if False in answers else None if None in answers else True


def _before(value: Any, asked: Any) -> bool | None:
    return value < asked if _are_days(value, asked) else None


def _since(value: Any, asked: Any) -> bool | None:
    return value >= asked if _are_days(value, asked) else None


def _at_least(value: Any, asked: Any) -> bool | None:
    return value >= asked if _are_counts(value, asked) else None


def _are_counts(*values: Any) -> bool:
    return all(isinstance(v, int) and not isinstance(v, bool) for v in values)


def _are_days(*values: Any) -> bool:
    return all(isinstance(v, dt.date) and not isinstance(v, dt.datetime) for v in values)


def _equal(value: Any, asked: Any) -> bool:
    # True == 1 in Python, but a yes is no count
    return isinstance(value, bool) == isinstance(asked, bool) and bool(value == asked)


def _same_members(value: Sequence[Any], asked: Sequence[Any]) -> bool:
    return all(v in asked for v in value) and all(a in value for a in asked)


def _undecidable(value: Any, asked: Any) -> bool | None:
    del value, asked
    return None


_TESTS: dict[str, Callable[[Any, Any], bool | None]] = {
    "is": _is,
    "in": _in,
    "contains": _contains,
    "contains-any": _contains_any,
    "only": _only,
    "empty": _empty,
    "not-empty": _not_empty,
    "any-item": _any_item,
    "before": _before,
    "since": _since,
    "at-least": _at_least,
}
