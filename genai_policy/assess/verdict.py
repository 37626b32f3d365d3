"""From the evidence of every claim to the verdict of a run."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from genai_policy.assess.findings import Fault, faults_of, finding, lowered, merged, severity_of
from genai_policy.assess.gate import gate_state, passing_notes, reasons
from genai_policy.assess.outcomes import control_outcome, worst
from genai_policy.assess.waiving import counting, idle, idle_mistake, set_aside, waiver_of, waives
from genai_policy.errors import Mistake, WaiverError
from genai_policy.model.code import Gap
from genai_policy.model.law import Law, Obligation, Pack
from genai_policy.model.message import Message
from genai_policy.model.service import Service, Waiver
from genai_policy.model.verdict import (
    Applicability,
    Claim,
    ControlOutcome,
    Evidence,
    Finding,
    GateName,
    Ledger,
    ObligationOutcome,
    Outcome,
    ServiceOutcome,
    Verdict,
)


class Asked(Struct, frozen=True):
    """One claim that was put to the evidence plugins for ``obligation``, and what they answered."""

    obligation: str
    claim: Claim
    evidence: tuple[Evidence, ...]


Scopes = Sequence[tuple[Service, Sequence[tuple[Obligation, Applicability]]]]


def decide(
    *,
    law: Law,
    scopes: Scopes,
    asked: Sequence[Asked],
    waivers: Sequence[Waiver],
    baseline: Collection[str],
    gaps: Sequence[Gap],
    ledger: Ledger,
    as_of: dt.date,
    gate: GateName,
    baseline_file: str = ".genai-baseline.json",
) -> Verdict:
    """Judge every service and open or close the gate.

    Raises WaiverError naming every waiver and baseline entry that matches nothing, because each of them hides that it no longer works.
    """
    names = Counter(str(service.facts.get("service.name", "")) for service, _ in scopes)
    judged = [
        _Judged(service, scope, law, [a for a in asked if a.claim.service.manifest == service.manifest], names) for service, scope in scopes
    ]
    services = tuple(j.outcome for j in judged)
    declared = [service for service, _ in scopes]
    counted = counting(waivers, declared, gate)
    findings = _with_status(tuple(merged([f for j in judged for f in j.findings()])), counted, baseline)
    gaps = tuple(sorted(set(gaps)))
    _refuse_unmatched(findings, counted, baseline, services, gaps, baseline_file)
    inconclusive = reasons(gate, services, gaps)
    return Verdict(
        gate=gate_state(findings, inconclusive),
        gate_name=gate,
        as_of=as_of,
        packs=tuple(pack.id for pack in law.packs),
        services=services,
        findings=findings,
        inconclusive=inconclusive,
        gaps=gaps,
        ledger=ledger,
        law=law,
        waivers_applied=sum(any(waives(w, f) for f in findings) for w in counted),
        notes=(*(note for j in judged for note in j.notes()), *passing_notes(gate, services), *set_aside(waivers, declared, gate)),
    )


def outcomes(law: Law, scopes: Scopes, asked: Sequence[Asked]) -> tuple[ServiceOutcome, ...]:
    """Return the outcome of every obligation in ``scopes``, without findings and without a gate."""
    return tuple(
        _Judged(service, scope, law, [a for a in asked if a.claim.service.manifest == service.manifest]).outcome
        for service, scope in scopes
    )


class _Judged:
    """The outcomes of one service, with what their findings need."""

    def __init__(
        self,
        service: Service,
        scope: Sequence[tuple[Obligation, Applicability]],
        law: Law,
        asked: Sequence[Asked],
        names: Mapping[str, int] = {},
    ) -> None:
        self.service = service
        declared = str(service.facts.get("service.name", ""))
        # a name that a person gave, and gave once, survives a move of the manifest
        self.known_as = declared if names.get(declared) == 1 else ""
        self.scope = scope
        self.packs: dict[str, Pack] = {pack.id: pack for pack in law.packs}
        self.asked: dict[str, list[tuple[Claim, ControlOutcome]]] = {}
        for item in asked:
            self.asked.setdefault(item.obligation, []).append((item.claim, control_outcome(item.claim, item.evidence)))
        outcomes = [(obligation, self._obligation(obligation, applicability)) for obligation, applicability in scope]
        self.outcome = ServiceOutcome(
            service,
            tuple(found for obligation, found in outcomes if obligation.role == "duty"),
            tuple(found for obligation, found in outcomes if obligation.role == "gate"),
        )

    def _obligation(self, obligation: Obligation, applicability: Applicability) -> ObligationOutcome:
        pack = self.packs.get(obligation.pack)
        severity = severity_of(obligation, pack, applicability, self.service)
        binding = severity_of(obligation, pack, Applicability("applies"), self.service) == "error"
        if applicability.answer == "does-not-apply":
            return ObligationOutcome(obligation.id, applicability, "not-applicable", severity, binding=binding)
        controls = tuple(sorted((outcome for _, outcome in self.asked.get(obligation.id, ())), key=lambda c: c.id))
        return ObligationOutcome(obligation.id, applicability, self._outcome(obligation, controls), severity, controls, binding)

    def _outcome(self, obligation: Obligation, controls: Sequence[ControlOutcome]) -> Outcome:
        # a gate decides about other obligations; without controls of its own there is nothing about it that could be unmet
        if not controls and obligation.role == "gate":
            return "satisfied"
        return worst(c.outcome for c in controls)

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each fault of each unmet control of each obligation that binds or may bind."""
        for obligation, applicability in self.scope:
            if applicability.answer == "does-not-apply":
                continue
            severity = severity_of(obligation, self.packs.get(obligation.pack), applicability, self.service)
            for claim, outcome in self.asked.get(obligation.id, ()):
                faults: Iterator[Fault] = faults_of(claim, outcome) if outcome.outcome == "unmet" else iter(())
                for fault in faults:
                    yield finding(self.service, obligation, claim.control.id, severity, fault, self.known_as)

    def notes(self) -> Iterator[Message]:
        """Yield what a reader must know about how findings were weighed."""
        unmet = {o.id for o in (*self.outcome.obligations, *self.outcome.gates) if o.outcome == "unmet"}
        for obligation, applicability in self.scope:
            args = {"obligation": obligation.id, "service": self.service.name}
            if obligation.changed_by and applicability.answer != "does-not-apply":
                yield Message("verdict.stricter", {"obligation": obligation.id, "packs": ", ".join(obligation.changed_by)})
            if lowered(obligation, self.service) and applicability.answer != "does-not-apply":
                yield Message("verdict.severity-lowered", {**args, "severity": self.service.policy.severity[obligation.id]})
            if applicability.answer == "review" and obligation.id in unmet:
                yield Message("verdict.review-unmet", args)


# ---- waivers and baseline ------------------------------------------------------------------------------------------------


def _with_status(findings: Sequence[Finding], waivers: Sequence[Waiver], baseline: Collection[str]) -> tuple[Finding, ...]:
    def status(item: Finding) -> Finding:
        if waiver := waiver_of(item, waivers):
            return replace(item, status="waived", waiver=waiver)
        return replace(item, status="baselined") if item.fingerprint in baseline else item

    return tuple(sorted(map(status, findings), key=_order))


def _order(item: Finding) -> tuple[object, ...]:
    return item.service, item.obligation, item.control, item.places, item.message.code, item.fingerprint


def _refuse_unmatched(
    findings: Sequence[Finding],
    waivers: Sequence[Waiver],
    baseline: Collection[str],
    services: Sequence[ServiceOutcome],
    gaps: Sequence[Gap],
    baseline_file: str,
) -> None:
    """Raise for entries that match nothing. What could not be told this time is not held against them."""
    open_ones = {o.id for s in services for o in (*s.obligations, *s.gates) if o.outcome == "undetermined"}
    mistakes = [idle_mistake(w) for w in idle(waivers, findings, open_ones)]
    if not any(gap.kind in ("plugin", "engine") or gap.on_path for gap in gaps):
        known = {f.fingerprint for f in findings}
        advice = "what it accepted is gone: run `genai-policy baseline` again"
        mistakes += [
            Mistake(baseline_file, 0, 0, "findings", f"{entry} matches nothing", advice) for entry in sorted(set(baseline) - known)
        ]
    if mistakes:
        raise WaiverError(mistakes)
