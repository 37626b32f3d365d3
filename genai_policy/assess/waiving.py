"""Which findings a waiver accepts, and which waivers do not count or accept nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from genai_policy.assess.globs import matches
from genai_policy.assess.ownership import owner_of
from genai_policy.errors import Mistake
from genai_policy.model.message import Message
from genai_policy.model.service import Service, Waiver
from genai_policy.model.verdict import Finding, GateName


def waiver_of(finding: Finding, waivers: Sequence[Waiver]) -> Waiver | None:
    """Return the first waiver that accepts ``finding``."""
    return next((waiver for waiver in waivers if waives(waiver, finding)), None)


def waives(waiver: Waiver, finding: Finding) -> bool:
    """Say whether ``waiver`` accepts ``finding``. One in code accepts what is wrong on its lines first of all, not what passes by."""
    if waiver.obligation != finding.obligation or (waiver.control and waiver.control != finding.control):
        return False
    if waiver.lines is not None:
        place = finding.places[0] if finding.places else None
        return place is not None and place.file == waiver.path and waiver.lines[0] <= place.line <= waiver.lines[1]
    return not waiver.path or any(matches(place.file, waiver.path) for place in finding.places)


def counting(waivers: Sequence[Waiver], services: Sequence[Service], gate: GateName) -> tuple[Waiver, ...]:
    """Leave out the waivers in code that do not count at ``gate``."""
    return tuple(w for w in waivers if w.lines is None or gate != "release" or rule_for(w, services) == "always")


def set_aside(waivers: Sequence[Waiver], services: Sequence[Service], gate: GateName) -> Iterator[Message]:
    """Yield what to tell about waivers that do not count at ``gate``."""
    if left := len(waivers) - len(counting(waivers, services, gate)):
        yield Message("verdict.waivers-in-code", {"count": str(left)})


def rule_for(waiver: Waiver, services: Sequence[Service]) -> str:
    """Return how far waivers in code go where ``waiver`` stands: its service's rule; the strictest where it belongs to no single one."""
    order = ("never", "before-release", "always")
    owner = owner_of(waiver.path, services)
    rules = [owner.policy.waivers_in_code] if owner else [service.policy.waivers_in_code for service in services]
    return min(rules, key=order.index, default="before-release")


def idle(waivers: Sequence[Waiver], findings: Sequence[Finding], undecided: Collection[str]) -> tuple[Waiver, ...]:
    """Return the waivers that accept nothing. What could not be told this time is not held against them."""
    return tuple(w for w in waivers if w.obligation not in undecided and not any(waives(w, finding) for finding in findings))


def idle_mistake(waiver: Waiver) -> Mistake:
    """Return the mistake of a waiver that accepts nothing: it hides that it no longer works."""
    what = f"{waiver.obligation}, {waiver.control}" if waiver.control else waiver.obligation
    where = f" in {waiver.path}" if waiver.path else ""
    if waiver.lines is not None:
        where = f" at line {waiver.lines[0]}" if waiver.lines[0] == waiver.lines[1] else f" at lines {waiver.lines[0]} to {waiver.lines[1]}"
    owned = f" (its owner is {waiver.owner})" if waiver.owner else ""
    advice = f"remove it{owned}, or correct obligation, control or path"
    return Mistake(
        waiver.place.file, waiver.place.line, waiver.place.column, "waiver", f"matches nothing: {what} is not unmet{where}", advice
    )
