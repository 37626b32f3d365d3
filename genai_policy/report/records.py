"""Verdict, applicability and code facts → plain dictionaries of the documented JSON shapes.

Written apart from the internal types on purpose: a field that is renamed inside does not change what consumers read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from genai_policy.model import CodeFacts, Evidence, Finding, Gap, Hop, Lang, Obligation, Place, Service, Verdict, Waiver
from genai_policy.model.change import Change, Turned
from genai_policy.model.law import Law
from genai_policy.model.verdict import Applicability, Because, ControlOutcome, Ledger, ObligationOutcome, ServiceOutcome
from genai_policy.report.page_paths import page_link
from genai_policy.report.tally import counts, exit_code
from genai_policy.report.wording import say

Record: TypeAlias = dict[str, Any]
#: Each service with every obligation of the law and whether it binds.
Scopes: TypeAlias = Sequence[tuple[Service, Sequence[tuple[Obligation, Applicability]]]]


def verdict_record(verdict: Verdict, lang: Lang, pages: str = "") -> Record:
    """Return ``genai-policy/verdict/1``. Pages of obligations lie below the address ``pages``; without it, their paths are given."""
    return {
        "schema": "genai-policy/verdict/1",
        "gate": verdict.gate,
        "gate_name": verdict.gate_name,
        "exit_code": exit_code(verdict),
        "as_of": verdict.as_of.isoformat(),
        "lang": lang,
        "packs": list(verdict.packs),
        "services": [_service(service, verdict.law, lang, pages) for service in verdict.services],
        **({"change": _change(verdict.change)} if verdict.change else {}),
        "findings": [_finding(finding, verdict.law, lang, pages) for finding in verdict.findings],
        "inconclusive": [say(message, lang) for message in verdict.inconclusive],
        "counts": counts(verdict),
        "gaps": [gap_record(gap) for gap in verdict.gaps],
        "summary": [say(note, lang) for note in verdict.notes],
        "ledger": _ledger(verdict.ledger),
    }


def scope_record(as_of: dt.date, packs: Sequence[str], scopes: Scopes, lang: Lang) -> Record:
    """Return ``genai-policy/scope/1``: who is bound by what and why, without outcomes."""
    services = [
        {
            **_service_head(service),
            "obligations": [_applicability(rule.id, answer, lang) for rule, answer in rules if rule.role == "duty"],
            "gates": [_applicability(rule.id, answer, lang) for rule, answer in rules if rule.role == "gate"],
        }
        for service, rules in scopes
    ]
    return {"schema": "genai-policy/scope/1", "as_of": as_of.isoformat(), "packs": list(packs), "services": services}


def facts_record(facts: CodeFacts, ledger: Ledger) -> Record:
    """Return ``genai-policy/facts/1``. Indexes point into the lists of the same document."""
    return {
        "schema": "genai-policy/facts/1",
        "generation_sites": [
            {
                "file": s.file,
                "line": s.line,
                "callee": s.callee,
                "provider": s.provider,
                "modality": s.modality,
                "certainty": s.certainty,
            }
            for s in facts.sites
        ],
        "routes": [
            {
                "file": r.file,
                "line": r.line,
                "method": r.method,
                "path": r.path,
                "handler": r.handler,
                "handler_file": r.handler_file,
                "handler_line": r.handler_line,
                "framework": r.framework,
            }
            for r in facts.routes
        ],
        "generation_routes": [
            {"route": g.route, "sites": list(g.sites), "hops": _hops(g.hops), "certainty": g.certainty} for g in facts.generation_routes
        ],
        "entry_points": [
            {"file": e.file, "line": e.line, "kind": e.kind, "name": e.name, "framework": e.framework} for e in facts.entry_points
        ],
        "gaps": [gap_record(gap) for gap in facts.gaps],
        "ledger": _ledger(ledger),
    }


def gap_record(gap: Gap) -> Record:
    """Return one gap."""
    return {"file": gap.file, "line": gap.line, "kind": gap.kind, "reason": gap.reason, "on_path": gap.on_path}


def plain(value: Any) -> Any:
    """Return a fact's value as JSON has it: dates as ISO text, anything unknown as its text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)


def _change(change: Change) -> Record:
    return {
        "base": change.base,
        "trusted": change.trusted,
        "unjudged": change.unjudged,
        "begins": [_turned(turned) for turned in change.begins],
        "ceases": [_turned(turned) for turned in change.ceases],
    }


def _turned(turned: Turned) -> Record:
    facts = [
        {"fact": shift.fact, "before": plain(shift.before), "after": plain(shift.after), "file": shift.place.file, "line": shift.place.line}
        for shift in turned.shifts
    ]
    return {"manifest": turned.manifest, "service": turned.service, "obligations": list(turned.obligations), "facts": facts}


def _service_head(service: Service) -> Record:
    return {"manifest": service.manifest, "name": service.name, "root": service.root}


def _service(outcome: ServiceOutcome, law: Law, lang: Lang, pages: str) -> Record:
    return {
        **_service_head(outcome.service),
        "obligations": [_obligation(duty, law, lang, pages) for duty in outcome.obligations],
        "gates": [_obligation(rule, law, lang, pages) for rule in outcome.gates],
    }


def _obligation(outcome: ObligationOutcome, law: Law, lang: Lang, pages: str) -> Record:
    return {
        **_applicability(outcome.id, outcome.applicability, lang),
        "outcome": outcome.outcome,
        "severity": outcome.severity,
        "page": page_link(outcome.id, law, lang, pages),
        "controls": [_control(control, lang) for control in outcome.controls],
    }


def _applicability(id: str, applicability: Applicability, lang: Lang) -> Record:
    return {
        "id": id,
        "applies": applicability.answer,
        "because": [_because(fact) for fact in applicability.because],
        "reading": applicability.reading,
        "note": say(applicability.note, lang) if applicability.note else "",
    }


def _because(fact: Because) -> Record:
    return {"fact": fact.fact, "value": plain(fact.value), "file": fact.file, "line": fact.line}


def _control(outcome: ControlOutcome, lang: Lang) -> Record:
    return {"id": outcome.id, "outcome": outcome.outcome, "evidence": [_evidence(item, lang) for item in outcome.evidence]}


def _evidence(evidence: Evidence, lang: Lang) -> Record:
    first = evidence.places[0] if evidence.places else None
    return {
        "kind": evidence.kind,
        "polarity": evidence.polarity,
        "file": first.file if first else "",
        "line": first.line if first else 0,
        "note": say(evidence.note, lang),
        "places": _places(evidence.places),
        "hops": _hops(evidence.hops),
        "claim": f"{evidence.locator.kind} = {evidence.locator.target}" if evidence.locator else "",
        "plugin": evidence.plugin,
    }


def _finding(finding: Finding, law: Law, lang: Lang, pages: str) -> Record:
    return {
        "fingerprint": finding.fingerprint,
        "service": finding.service,
        "obligation": finding.obligation,
        "control": finding.control,
        "severity": finding.severity,
        "message": say(finding.message, lang),
        "fix": fix_of(finding, law, lang),
        "status": finding.status,
        **({"old_at": finding.old_at} if finding.old_at else {}),
        "places": _places(finding.places),
        "hops": _hops(finding.hops),
        "page": page_link(finding.obligation, law, lang, pages),
        **({"waiver": _waiver(finding.waiver)} if finding.waiver else {}),
    }


def _waiver(waiver: Waiver) -> Record:
    named = {"owner": waiver.owner, "approved_by": waiver.approved_by} if waiver.lines is None else {}
    place = {"file": waiver.place.file, "line": waiver.place.line}
    return {"reason": waiver.reason, "expires": waiver.expires.isoformat(), **named, "in_code": waiver.lines is not None, "place": place}


def fix_of(finding: Finding, law: Law, lang: Lang) -> str:
    """Return what opens the gate: the control's advice, or the obligation's where no control is named."""
    if control := law.controls.get(finding.control):
        return control.fix.say(lang)
    obligation = law.obligation(finding.obligation)
    return obligation.fix.say(lang) if obligation else ""


def _places(places: tuple[Place, ...]) -> list[Record]:
    return [{"file": place.file, "line": place.line} | ({"column": place.column} if place.column else {}) for place in places]


def _hops(hops: tuple[Hop, ...]) -> list[Record]:
    return [{"file": hop.file, "line": hop.line, "symbol": hop.symbol} for hop in hops]


def _ledger(ledger: Ledger) -> Record:
    return {
        "files": {
            "enumerated": ledger.enumerated,
            "read": ledger.read,
            "left_out": [{"reason": reason, "count": count} for reason, count in ledger.left_out],
        },
        "rules": {
            "run": list(ledger.rules_run),
            "skipped": [{"rule": rule, "reason": reason} for rule, reason in ledger.rules_skipped],
        },
    }
