"""Opens or closes the gate: findings close it, what could not be told leaves it open, inconclusive or, at a release, shut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

from genai_policy.assess.asked import listed
from genai_policy.model.code import Gap
from genai_policy.model.message import Message
from genai_policy.model.verdict import Finding, GateName, ObligationOutcome, ServiceOutcome

GateState: TypeAlias = Literal["open", "closed", "inconclusive"]
#: Gaps of these kinds close every gate: part of the tool itself did not run.
_ALWAYS = frozenset(("plugin", "engine"))
MAX_GAPS = 20


def gate_state(findings: Iterable[Finding], inconclusive: Sequence[Message]) -> GateState:
    """Return ``closed`` when a new finding of severity error exists, whatever else; then ``inconclusive``, then ``open``."""
    if any(f.severity == "error" and f.status == "new" for f in findings):
        return "closed"
    return "inconclusive" if inconclusive else "open"


def reasons(gate: GateName, services: Sequence[ServiceOutcome], gaps: Sequence[Gap]) -> tuple[Message, ...]:
    """Return why the run tells less than ``gate`` asks for."""
    found = list(_gap_reasons(gate, services, gaps))
    if gate == "release":
        for service in services:
            for outcome in (*service.gates, *service.obligations):
                found.extend(_open_reasons(service, outcome))
    return tuple(found)


def passing_notes(gate: GateName, services: Sequence[ServiceOutcome]) -> Iterator[Message]:
    """Yield what a gate short of release lets pass: undetermined outcomes and open reviews, counted."""
    if gate == "release":
        return
    outcomes = [o for s in services for o in (*s.gates, *s.obligations)]
    undetermined = sorted({o.id for o in outcomes if o.outcome == "undetermined" and o.applicability.answer != "review"})
    review = sorted({o.id for o in outcomes if o.applicability.answer == "review" and o.outcome != "satisfied"})
    for code, ids in (("verdict.passes-undetermined", undetermined), ("verdict.passes-review", review)):
        if ids:
            yield Message(code, {"count": str(len(ids)), "obligations": listed(ids), "gate": gate})


def _gap_reasons(gate: GateName, services: Sequence[ServiceOutcome], gaps: Sequence[Gap]) -> Iterator[Message]:
    tolerant = bool(services) and gate != "release" and all("gaps" in s.service.policy.tolerate.get(gate, ()) for s in services)
    closing = [g for g in gaps if g.kind in _ALWAYS or (g.on_path and not tolerant)]
    others = [g for g in gaps if g not in closing] if gate == "release" else []
    for gap in closing[:MAX_GAPS]:
        code = "verdict.gap-engine" if gap.kind in _ALWAYS else "verdict.gap-on-path"
        yield Message(code, {"place": _place(gap), "reason": gap.reason})
    if len(closing) > MAX_GAPS:
        yield Message("verdict.more-gaps", {"count": str(len(closing) - MAX_GAPS)})
    if others:
        yield Message("verdict.gaps", {"count": str(len(others)), "files": listed(sorted({g.file for g in others}))})


def _open_reasons(service: ServiceOutcome, outcome: ObligationOutcome) -> Iterator[Message]:
    if not outcome.binding:  # soft law warns; what nobody must do cannot keep a release shut
        return
    args = {"obligation": outcome.id, "service": service.service.name}
    if outcome.applicability.answer == "review" and outcome.outcome != "satisfied":
        yield Message("verdict.review", args)
    elif outcome.outcome == "undetermined":
        controls = [c.id for c in outcome.controls if c.outcome == "undetermined"]
        yield Message("verdict.undetermined", {**args, "controls": listed(controls) or "-"})


def _place(gap: Gap) -> str:
    return f"{gap.file}:{gap.line}" if gap.line else gap.file
