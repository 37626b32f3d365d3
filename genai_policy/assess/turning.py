"""Which duties begin or cease to bind between two states of a service, and the facts that make the difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from genai_policy.model.change import Shift, Turned
from genai_policy.model.service import Service
from genai_policy.model.verdict import Applicability, ServiceOutcome

Bound = Mapping[str, Applicability]


def turned_between(
    pairs: Sequence[tuple[ServiceOutcome, ServiceOutcome | None]], before: Sequence[ServiceOutcome]
) -> tuple[tuple[Turned, ...], tuple[Turned, ...]]:
    """Return what begins and what ceases to bind. ``pairs`` are the services of today with what they were; of ``before`` the others are
    gone."""
    begins: list[Turned] = []
    ceases: list[Turned] = []
    for now, then in pairs:
        old, new = ({} if then is None else duties_of(then)), duties_of(now)
        past = None if then is None else then.service
        begins.extend(turned(now.service, past, now.service, _beginning(old, new), old, new))
        ceases.extend(turned(now.service, past, now.service, _beginning(new, old), old, new) if past is not None else ())
    kept = {then.service.manifest for _, then in pairs if then is not None}
    for gone in before:
        if gone.service.manifest not in kept:
            old = duties_of(gone)
            ceases.extend(turned(gone.service, gone.service, None, _beginning({}, old), old, {}))
    return tuple(begins), tuple(ceases)


def duties_of(service: ServiceOutcome) -> dict[str, Applicability]:
    """Return whether each duty binds, by its id."""
    return {duty.id: duty.applicability for duty in service.obligations}


def turned(
    service: Service, before: Service | None, after: Service | None, obligations: Iterable[str], old: Bound, new: Bound
) -> Iterator[Turned]:
    """Yield, if there are any, the ``obligations`` of ``service`` that turn, with the facts among those that decided them which differ."""
    ids = tuple(sorted(obligations))
    if ids:
        decided = [b.fact for name in ids for answers in (old, new) if name in answers for b in answers[name].because]
        yield Turned(service.manifest, service.name, ids, tuple(shifts(before, after, decided)) if before and after else ())


def shifts(before: Service, after: Service, facts: Iterable[str]) -> Iterator[Shift]:
    """Yield those of ``facts`` that are declared otherwise in ``after`` than in ``before``."""
    for fact in sorted(set(facts)):
        old, new = before.facts.get(fact), after.facts.get(fact)
        if old != new:
            # a declaration that is gone has no line: that of the table above it
            yield Shift(fact, old, new, after.place_of(fact))


def _beginning(old: Bound, new: Bound) -> Iterator[str]:
    return (name for name, found in new.items() if found.answer == "applies" and (name not in old or old[name].answer != "applies"))
