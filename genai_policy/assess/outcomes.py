"""Evidence to outcomes: of one control, and of one obligation over its controls.

The rule for a control:

1. evidence that contradicts: unmet, whatever else is shown;
2. every required way needs support of its kind: undecided evidence of that kind gives undetermined, none gives unmet;
3. where there are other ways, one of them at least needs support, likewise;
4. undecided evidence that answers a claim: undetermined.

Kinds that only look for what must not be there (``contradiction``, ``forbidden``) can refute but never show a control that has other
ways; undecided, they make it undetermined. A measure outside the repository (``outside``) stands for every way: supported when
attested, undecided until then. ``rejected`` evidence never counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from genai_policy.model.verdict import Claim, ControlOutcome, Evidence, Outcome


def control_outcome(claim: Claim, evidence: Sequence[Evidence]) -> ControlOutcome:
    """Return the outcome of one control for one claim, its evidence in a stable order."""
    ordered = tuple(sorted(evidence, key=_order))
    return ControlOutcome(claim.control.id, _outcome(claim, ordered), ordered)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Join the outcomes of an obligation's controls: any unmet is unmet, any undetermined undetermined, none at all undetermined."""
    found = set(outcomes)
    for outcome in _WORST_FIRST:
        if outcome in found:
            return outcome
    return "undetermined"


_WORST_FIRST: tuple[Outcome, ...] = ("unmet", "undetermined", "satisfied", "not-applicable")
_POLARITIES = ("contradicts", "undecided", "supports", "rejected")


def required_kinds(claim: Claim) -> tuple[str, ...]:
    """Return the kinds that must be shown whatever else is: the control's required ways, unless the requirement says otherwise."""
    return tuple(way.kind for way in claim.control.ways if claim.params.get(way.kind, {}).get("required", way.required))


def _outcome(claim: Claim, evidence: Sequence[Evidence]) -> Outcome:
    if any(e.polarity == "contradicts" for e in evidence):
        return "unmet"
    required = required_kinds(claim)
    ways = tuple(way.kind for way in claim.control.ways)
    showing = tuple(kind for kind in ways if kind not in _GUARDS) or ways
    optional = tuple(kind for kind in showing if kind not in required)
    outcomes = [_shown((kind,), evidence) for kind in required]
    if optional:
        outcomes.append(_shown(optional, evidence))
    if any(e.polarity == "undecided" and (e.locator is not None or e.kind in _GUARDS) for e in evidence):
        outcomes.append("undetermined")
    return worst(outcomes)


#: Kinds that look for what must not be there.
_GUARDS = frozenset(("contradiction", "forbidden"))


def _shown(kinds: Sequence[str], evidence: Sequence[Evidence]) -> Outcome:
    own = [e for e in evidence if e.kind in kinds or _is_outside(e)]
    if any(e.polarity == "supports" for e in own):
        return "satisfied"
    return "undetermined" if any(e.polarity == "undecided" for e in own) else "unmet"


def _is_outside(evidence: Evidence) -> bool:
    return evidence.locator is not None and evidence.locator.kind == "outside"


def _order(evidence: Evidence) -> tuple[int, str, tuple[tuple[str, int, int], ...], str, str]:
    places = tuple((p.file, p.line, p.column) for p in evidence.places)
    return _POLARITIES.index(evidence.polarity), evidence.kind, places, evidence.key, evidence.note.code


def contradicting(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the evidence that contradicts."""
    return tuple(e for e in evidence if e.polarity == "contradicts")


def answering(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return what was offered and does not count: rejected evidence that answers a claim or is a person's word."""
    return tuple(e for e in evidence if e.polarity == "rejected" and (e.locator is not None or e.kind == "attestation"))
