"""Evidence that only a person can give: named, dated, expiring. It never outweighs what the code shows.

An attestation counts alone where the control says so (``alone``), and otherwise only beside an ``outside`` locator: a measure that
lives outside the repository stays undecided until somebody attests it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from genai_policy.assess.asked import evidence, locators_of
from genai_policy.assess.periods import days_before, with_unit
from genai_policy.assess.placeholders import says_nothing
from genai_policy.hookspecs import hookimpl
from genai_policy.model.message import Message
from genai_policy.model.service import Attestation, Locator
from genai_policy.model.verdict import Claim, Evidence, FactIndex

KIND = "attestation"
PARAMS = frozenset(("max-age", "document", "alone"))


@hookimpl
def genai_policy_evidence_kinds() -> Mapping[str, frozenset[str]]:
    """Answer for ``attestation`` (and for every ``outside`` locator)."""
    return {KIND: PARAMS}


@hookimpl
def genai_policy_collect_evidence(claim: Claim, facts: FactIndex) -> Iterator[Evidence]:
    """Judge the attestations of the control, then say for each ``outside`` locator whether one of them stands for it."""
    params = claim.params.get(KIND, {})
    outside = locators_of(claim, "outside")
    valid: list[Attestation] = []
    for attestation in claim.attestations:
        problem = _problem(attestation, claim, facts, params)
        if problem is None:
            valid.append(attestation)
        else:
            yield evidence(KIND, "rejected", problem, places=[attestation.place], key=f"{problem.code}:{attestation.by}")
    for locator in outside:
        yield _outside(locator, valid)
    if not outside:
        for attestation in valid:
            yield _alone(attestation, bool(params.get("alone")))


def _outside(locator: Locator, valid: list[Attestation]) -> Evidence:
    args = {"outside": locator.target[:120]}
    if not valid:
        return evidence(KIND, "undecided", Message("attestation.outside-unattested", args), locator)
    best = max(valid, key=lambda a: (a.expires, a.by))
    note = Message("attestation.outside", {**args, **_said(best)})
    return evidence(KIND, "supports", note, locator, places=[best.place])


def _alone(attestation: Attestation, alone: bool) -> Evidence:
    note = Message("attestation.holds" if alone else "attestation.not-alone", _said(attestation))
    return evidence(KIND, "supports" if alone else "rejected", note, places=[attestation.place], key=f"{note.code}:{attestation.by}")


def _problem(attestation: Attestation, claim: Claim, facts: FactIndex, params: Mapping[str, Any]) -> Message | None:
    said = _said(attestation)
    as_of = {"as_of": claim.as_of.isoformat()}
    if says_nothing(attestation.by, claim.shared):
        return Message("attestation.nobody", said)
    if says_nothing(attestation.reason, claim.shared):
        return Message("attestation.no-reason", said)
    if attestation.on > claim.as_of:
        return Message("attestation.future", {**said, **as_of})
    if attestation.expires < claim.as_of:
        return Message("attestation.expired", {**said, **as_of})
    period = with_unit(str(params.get("max-age", "")))
    if period is not None and attestation.on < days_before(claim.as_of, period):
        return Message("attestation.too-old", {**said, "bound": str(params["max-age"])})
    return _document_problem(attestation, claim, facts, bool(params.get("document")))


def _document_problem(attestation: Attestation, claim: Claim, facts: FactIndex, wanted: bool) -> Message | None:
    if not attestation.document:
        return Message("attestation.no-document", _said(attestation)) if wanted else None
    target = claim.service.resolve(attestation.document)
    if target in facts.problems:
        return facts.problems[target]
    text = facts.texts.get(target)
    if text is None or not any(passage.text.strip() for passage in text.passages):
        return Message("attestation.empty-document", {**_said(attestation), "file": target})
    return None


def _said(attestation: Attestation) -> dict[str, str]:
    return {"by": attestation.by[:80], "on": attestation.on.isoformat(), "expires": attestation.expires.isoformat()}
