"""Unmet obligations to findings: one for each thing that is wrong, at the place where it is wrong, under a name that survives edits."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from genai_policy.assess.asked import listed
from genai_policy.assess.outcomes import answering, contradicting, required_kinds
from genai_policy.model.code import Hop, Place
from genai_policy.model.law import Obligation, Pack
from genai_policy.model.message import Message
from genai_policy.model.service import Locator, Service
from genai_policy.model.verdict import Applicability, Claim, ControlOutcome, Evidence, Finding, Severity

_BY_FORCE: dict[str, Severity] = {"mandatory": "error", "recommended": "warning", "advisory": "note"}
_LOWER = {"error": 2, "warning": 1, "note": 0}
#: What stands between the file or module of a locator and the part of it.
_PART = re.compile(r"#|:{1,2}")


class Fault(Struct, frozen=True):
    """One thing that is wrong with one control."""

    kind: str
    key: str
    message: Message
    places: tuple[Place, ...]
    hops: tuple[Hop, ...] = ()
    matched: str = ""
    locators: tuple[Locator, ...] = ()


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
        offered_by = (item.locator,) if item.locator is not None else ()
        yield Fault(item.kind, item.key, item.note, item.places or (line,), item.hops, item.matched, offered_by)
    if against:
        return
    offered = answering(outcome.evidence)
    if offered:
        first = offered[0]
        yield Fault(first.kind, f"not-shown:{first.key}", first.note, _joined(offered, line), (), first.matched, claim.locators)
    elif not claim.locators:
        yield Fault("claim", "not-claimed", Message("verdict.not-claimed", {"control": claim.control.id}), (line,))
    else:
        missing = _missing_kinds(claim, outcome.evidence)
        note = Message("verdict.way-missing", {"control": claim.control.id, "kinds": listed(missing)})
        yield Fault("claim", f"way-missing:{','.join(missing)}", note, (line,))


def finding(service: Service, obligation: Obligation, control: str, severity: Severity, fault: Fault, known_as: str = "") -> Finding:
    """Return the finding of one fault, new until waivers and baseline were asked.

    Its fingerprint holds no line and no path: code that moves, and files that are renamed, keep it; when the code that it is about
    changes, so does it. ``known_as`` names the service where its manifest may move too (else its manifest does).
    """
    key = pathless(fault.key, [*(p.file for p in fault.places), *(h.file for h in fault.hops)], fault.locators)
    digest = _digest(known_as or service.manifest, obligation.id, control, fault.kind, key, fault.matched)
    matter = (service.manifest, obligation.id, control, fault.kind, fault.key)
    return Finding(digest, service.name, obligation.id, control, severity, fault.message, "new", fault.places, fault.hops, matter)


def change_finding(
    service: Service,
    obligation: str,
    control: str,
    severity: Severity,
    message: Message,
    places: tuple[Place, ...],
    hops: tuple[Hop, ...] = (),
    matter: str = "",
) -> Finding:
    """Return a finding about a change, that no evidence gives. ``matter`` tells several of the same control apart, without paths."""
    digest = _digest(service.manifest, obligation, control, message.code, matter)
    return Finding(digest, service.name, obligation, control, severity, message, "new", places, hops)


def merged(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield each fingerprint once: the same matter in several lines is one finding with several places, and of several matters that
    only their paths tell apart the second and further ones are counted."""
    by_name: dict[str, dict[tuple[str, ...], Finding]] = {}
    for item in findings:
        alike = by_name.setdefault(item.fingerprint, {})
        known = alike.get(item.matter)
        if known is None:
            alike[item.matter] = item
        else:
            places = tuple(dict.fromkeys((*known.places, *item.places)))
            alike[item.matter] = replace(known, places=places, hops=known.hops or item.hops)
    for fingerprint, alike in by_name.items():
        for number, (_, item) in enumerate(sorted(alike.items())):
            yield replace(item, fingerprint=_digest(fingerprint, str(number))) if number else item


def pathless(key: str, files: Iterable[str], locators: Iterable[Locator] = ()) -> str:
    """Return the key of a piece of evidence without the paths that it names: those of ``files`` and of what the ``locators`` point at."""
    paths = {file for file in files if file}
    for locator in locators:
        if locator.kind not in ("endpoint", "number", "outside"):
            paths.add(_PART.split(locator.target, maxsplit=1)[0])
    for path in sorted(paths - {""}, key=lambda path: (-len(path), path)):
        key = re.sub(rf"(?<![^:#]){re.escape(path)}(?![^:#])", "", key)
    return key


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _joined(evidence: Sequence[Evidence], line: Place) -> tuple[Place, ...]:
    return tuple(dict.fromkeys([*(place for item in evidence for place in item.places), line]))


def _missing_kinds(claim: Claim, evidence: Sequence[Evidence]) -> list[str]:
    shown = {item.kind for item in evidence if item.polarity == "supports"}
    required = [kind for kind in required_kinds(claim) if kind not in shown]
    return required or sorted(way.kind for way in claim.control.ways if way.kind not in shown)
