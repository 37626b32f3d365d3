"""Says for each obligation whether it binds a service, and by which facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from msgspec.structs import replace

from genai_policy.assess.conditions import AS_OF, Evaluation, Questions
from genai_policy.model.law import Law, Obligation
from genai_policy.model.message import Message
from genai_policy.model.service import Service
from genai_policy.model.verdict import Applicability, Applies, Because

Scoped: TypeAlias = tuple[Service, Sequence[tuple[Obligation, Applicability]]]


def assess_scope(law: Law, service: Service, as_of: dt.date) -> tuple[tuple[Obligation, Applicability], ...]:
    """Return every obligation of every pack (gates too), in the packs' order, with whether it binds ``service`` on ``as_of``."""
    questions = Questions(service, law, as_of)
    return tuple((o, applicability_of(o, law, service, as_of, questions)) for pack in law.packs for o in pack.obligations)


def applicability_of(
    obligation: Obligation, law: Law, service: Service, as_of: dt.date, questions: Questions | None = None
) -> Applicability:
    """Return whether one obligation binds. Missing facts never release anybody: they bind, or ask for a review, as the obligation says.

    ``questions`` are those about the same service, law and day: what one obligation asked, the next need not ask again.
    """
    asleep = _never_in_force(obligation, law) or _not_in_force(obligation, service, as_of)
    if asleep:
        return asleep
    questions = questions or Questions(service, law, as_of)
    found = questions.evaluate(obligation.applies_when)
    answer, note = _answer(obligation, found, service)
    disputed = found.contested or obligation.reading.status == "contested" or _holds(obligation, questions)
    applicability = Applicability(
        answer, tuple(_because(name, service, as_of) for name in found.facts), "contested" if disputed else "settled", note
    )
    return _settled_by_person(obligation, applicability, service, as_of)


def soft_law_notes(law: Law, scopes: Iterable[Scoped]) -> Iterator[Message]:
    """Yield which of the instruments that bind, or may bind, are soft law: a reader must not take a standard for a statute."""
    binding = {obligation.pack for _, scope in scopes for obligation, found in scope if found.answer != "does-not-apply"}
    soft = [pack.id for pack in law.packs if pack.status == "soft-law" and pack.id in binding]
    if soft:
        yield Message("scope.soft-law", {"packs": ", ".join(soft)})


def _never_in_force(obligation: Obligation, law: Law) -> Applicability | None:
    if any(pack.id == obligation.pack and pack.status == "draft" for pack in law.packs):
        return Applicability("does-not-apply", (), obligation.reading.status, Message("scope.draft"))
    return None


def _not_in_force(obligation: Obligation, service: Service, as_of: dt.date) -> Applicability | None:
    because = (_because(AS_OF, service, as_of),)
    reading = obligation.reading.status
    if as_of < obligation.in_force:
        said = {"date": obligation.in_force.isoformat()}
        if obligation.earlier is None:
            return Applicability("does-not-apply", because, reading, Message("scope.not-yet", said))
        said |= {"earlier_en": obligation.earlier.en, "earlier_zh": obligation.earlier.zh}
        return Applicability("does-not-apply", because, "contested", Message("scope.not-yet-earlier", said))
    if obligation.until is not None and as_of > obligation.until:
        return Applicability("does-not-apply", because, reading, Message("scope.no-longer", {"date": obligation.until.isoformat()}))
    return None


def _answer(obligation: Obligation, found: Evaluation, service: Service) -> tuple[Applies, Message | None]:
    if found.answer == "yes":
        return "applies", None
    if found.answer == "no":
        return "does-not-apply", None
    missing = ", ".join(name for name in found.facts if name not in service.facts)
    if found.review or obligation.on_unknown == "review":
        return "review", Message("scope.review-missing", {"facts": missing}) if missing else Message("scope.review")
    return "applies", Message("scope.applies-missing", {"facts": missing}) if missing else Message("scope.applies-open")


def _holds(obligation: Obligation, questions: Questions) -> bool:
    contested = obligation.contested_when
    return contested is not None and questions.evaluate(contested).answer == "yes"


def _settled_by_person(obligation: Obligation, found: Applicability, service: Service, as_of: dt.date) -> Applicability:
    """Let a valid statement of a person settle a review, and only a review."""
    said = [a for a in service.attestations if a.obligation == obligation.id and a.applies is not None and a.on <= as_of <= a.expires]
    if found.answer != "review" or not said:
        return found
    latest = max(said, key=lambda a: (a.on, a.place))
    return replace(
        found,
        answer="applies" if latest.applies else "does-not-apply",
        because=(*found.because, Because("attest", latest.applies, latest.place.file, latest.place.line)),
        note=Message("scope.attested", {"by": latest.by, "on": latest.on.isoformat(), "expires": latest.expires.isoformat()}),
    )


def _because(fact: str, service: Service, as_of: dt.date) -> Because:
    place = service.place_of("policy.as-of" if fact == AS_OF else fact)
    value = as_of if fact == AS_OF else service.facts.get(fact)
    return Because(fact, _written(value), place.file, place.line)


def _written(value: Any) -> Any:
    """Return a fact's value as JSON can hold it: days as text."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return [_written(v) for v in value]
    if isinstance(value, Mapping):
        return {k: _written(v) for k, v in value.items()}
    return value
