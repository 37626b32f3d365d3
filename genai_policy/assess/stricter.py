"""Two verdicts of the same tree to the stricter one: a change answers for what it newly promises as well as for what was asked before."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from genai_policy.assess.gate import gate_state, reasons
from genai_policy.assess.waiving import waiver_of
from genai_policy.model.service import Waiver
from genai_policy.model.verdict import Finding, ObligationOutcome, ServiceOutcome, Verdict


def stricter(ruling: Verdict, other: Verdict, waivers: Sequence[Waiver], baseline: Collection[str]) -> Verdict:
    """Return ``ruling`` with the duties that bind in ``other`` alone, and what is wrong with them.

    Services belong together that have the same manifest; one that only ``other`` has takes no part.
    """
    more = {service.service.manifest: service for service in other.services}
    services = tuple(_joined(service, more.get(service.service.manifest)) for service in ruling.services)
    before = {s.service.manifest: {o.id: o for o in s.obligations} for s in ruling.services}
    taken = {(s.service.manifest, o.id) for s in services for o in s.obligations if o is not before[s.service.manifest][o.id]}
    added = tuple(_weighed(f, waivers, baseline) for f in other.findings if (f.matter[0], f.matter[1]) in taken)
    known = {finding.fingerprint for finding in added}
    findings = (*(f for f in ruling.findings if f.fingerprint not in known), *added)
    inconclusive = reasons(ruling.gate_name, services, ruling.gaps)
    return replace(ruling, services=services, findings=findings, inconclusive=inconclusive, gate=gate_state(findings, inconclusive))


def _joined(ruling: ServiceOutcome, other: ServiceOutcome | None) -> ServiceOutcome:
    binding = {o.id: o for o in other.obligations if o.applicability.answer == "applies"} if other is not None else {}

    def stricter_of(own: ObligationOutcome) -> ObligationOutcome:
        return own if own.applicability.answer == "applies" else binding.get(own.id, own)

    obligations = tuple(map(stricter_of, ruling.obligations))
    if other is None or obligations == ruling.obligations:
        return ruling
    # the facts that make them bind are those of the other manifest
    return replace(ruling, service=other.service, obligations=obligations)


def _weighed(finding: Finding, waivers: Sequence[Waiver], baseline: Collection[str]) -> Finding:
    waiver = waiver_of(finding, waivers)
    if waiver is not None:
        return replace(finding, status="waived", waiver=waiver)
    return replace(finding, status="baselined") if finding.fingerprint in baseline else finding
