"""Unmet obligations to findings: one for each thing that is wrong, at the place where it is wrong, under a name that survives edits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from genai_policy.assess.asked import listed
from genai_policy.assess.outcomes import answering, contradicting, required_kinds
from genai_policy.model.code import Hop, Place
from genai_policy.model.law import Obligation, Pack
from genai_policy.model.message import Message
from genai_policy.model.service import Service
from genai_policy.model.verdict import Applicability, Claim, ControlOutcome, Evidence, Finding, Severity

_BY_FORCE: dict[str, Severity] = {"mandatory": "error", "recommended": "warning", "advisory": "note"}
_LOWER = {"error": 2, "warning": 1, "note": 0}


class Fault(Struct, frozen=True):
    """One thing that is wrong with one control."""

    kind: str
    key: str
    message: Message
    places: tuple[Place, ...]
    hops: tuple[Hop, ...] = ()


def severity_of(obligation: Obligation, pack: Pack | None, applicability: Applicability, service: Service) -> Severity:
    """Return how much an unmet obligation weighs: by its force, or as the manifest says. A review or a draft never closes."""
    own = service.policy.severity.get(obligation.id)
    severity: Severity = own if own in ("error", "warning", "note") else _BY_FORCE[obligation.force]  # type: ignore[assignment]
    if obligation.severity in _LOWER and _LOWER[obligation.severity] > _LOWER[severity]:
        # what the organisation asks for, a service's manifest does not lower
        severity = obligation.severity  # type: ignore[assignment]
    if pack is not None and pack.status == "draft":
        return "note"
    mild = applicability.answer == "review" or obligation.lifecycle == "preview"
    return "warning" if mild and severity == "error" else severity


def lowered(obligation: Obligation, service: Service) -> bool:
    """Say whether the manifest makes a mandatory obligation weigh less than it does."""
    own = service.policy.severity.get(obligation.id)
    return own is not None and _LOWER.get(own, 2) < _LOWER[_BY_FORCE[obligation.force]] and obligation.force == "mandatory"


def faults_of(claim: Claim, outcome: ControlOutcome) -> Iterator[Fault]:
    """Yield what is wrong with an unmet control: every contradiction, or that nothing shows it."""
    against = contradicting(outcome.evidence)
    line = claim.service.place_of(f"implements.{claim.control.id}")
    for item in against:
        yield Fault(item.kind, item.key, item.note, item.places or (line,), item.hops)
    if against:
        return
    offered = answering(outcome.evidence)
    if offered:
        first = offered[0]
        yield Fault(first.kind, f"not-shown:{first.key}", first.note, _joined(offered, line))
    elif not claim.locators:
        yield Fault("claim", "not-claimed", Message("verdict.not-claimed", {"control": claim.control.id}), (line,))
    else:
        missing = _missing_kinds(claim, outcome.evidence)
        note = Message("verdict.way-missing", {"control": claim.control.id, "kinds": listed(missing)})
        yield Fault("claim", f"way-missing:{','.join(missing)}", note, (line,))


def finding(service: Service, obligation: Obligation, control: str, severity: Severity, fault: Fault) -> Finding:
    """Return the finding of one fault, new until waivers and baseline were asked."""
    identity = "\0".join((service.manifest, obligation.id, control, fault.kind, fault.key))
    digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()
    return Finding(digest, service.name, obligation.id, control, severity, fault.message, "new", fault.places, fault.hops)


def merged(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield each fingerprint once: the same fault in several lines is one finding with several places."""
    by_name: dict[str, Finding] = {}
    for item in findings:
        known = by_name.get(item.fingerprint)
        if known is None:
            by_name[item.fingerprint] = item
        else:
            places = tuple(dict.fromkeys((*known.places, *item.places)))
            by_name[item.fingerprint] = replace(known, places=places, hops=known.hops or item.hops)
    yield from by_name.values()


def _joined(evidence: Sequence[Evidence], line: Place) -> tuple[Place, ...]:
    return tuple(dict.fromkeys([*(place for item in evidence for place in item.places), line]))


def _missing_kinds(claim: Claim, evidence: Sequence[Evidence]) -> list[str]:
    shown = {item.kind for item in evidence if item.polarity == "supports"}
    required = [kind for kind in required_kinds(claim) if kind not in shown]
    return required or sorted(way.kind for way in claim.control.ways if way.kind not in shown)
