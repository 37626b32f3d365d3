"""Two whole verdicts, of a change and of where it began, to one that tells them apart: absence has no line, so nothing less will do.

What got worse is new and closes the gate; what was already so is old, whatever its lines and paths are now.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from genai_policy.assess.findings import change_finding
from genai_policy.assess.gate import gate_state
from genai_policy.assess.turning import turned_between
from genai_policy.model.change import Change
from genai_policy.model.message import Message
from genai_policy.model.service import Service
from genai_policy.model.verdict import ControlOutcome, Finding, ObligationOutcome, ServiceOutcome, Verdict

#: Faults of a path than which none is worse: nothing of what the hook does reaches the content.
_WORST = frozenset(("hook.absent", "hook.absent-before", "hook.thrown-away"))
#: Kinds that look for what must not be there: each hit is a fault of its own.
_GUARDS = frozenset(("contradiction", "forbidden"))
_WEIGHTS = {"note": 0, "warning": 1, "error": 2}
_MANIFEST, _OBLIGATION, _CONTROL, _KIND, _KEY = range(5)


def compared(
    now: Verdict, before: Verdict, base: str, moved: Mapping[str, str], problem: str = "", broken: Collection[str] = ()
) -> Verdict:
    """Return ``now`` with what was already so at ``base`` as baselined, and with what the change does to the duties.

    ``moved`` maps paths of then to paths of today; ``problem`` says what of the base could not be judged: the manifests ``broken``.
    """
    pairs = _paired_outcomes(now.services, before.services, moved)
    old = _Old(before, {s.service.manifest: past.service.manifest for s, past in pairs if past is not None}, moved)
    known = old.among(now.findings)
    findings = tuple(
        replace(f, status="baselined", old_at=base) if f.status == "new" and f.fingerprint in known else f for f in now.findings
    )
    lost = tuple(finding for s, past in pairs if past is not None for finding in _lost(s, past, base))
    begins, ceases = turned_between([(s, past) for s, past in pairs if past or s.service.manifest not in broken], before.services)
    every = (*findings, *lost)
    return replace(now, findings=every, gate=gate_state(every, now.inconclusive), change=Change(base, "", begins, ceases, problem))


def compared_with_nothing(now: Verdict, base: str, problem: str, broken: Collection[str] = ()) -> Verdict:
    """Return ``now`` as what it is beside a base that could not be judged, or held no service: everything is new."""
    begins, _ = turned_between([(s, None) for s in now.services if s.service.manifest not in broken], ())
    return replace(now, change=Change(base, "", begins, (), problem))


def with_findings(verdict: Verdict, extra: Sequence[Finding], trusted: str) -> Verdict:
    """Return ``verdict`` with findings about the change itself, and the revision that rules ("": none does)."""
    findings = (*verdict.findings, *extra)
    change = replace(verdict.change or Change(), trusted=trusted)
    return replace(verdict, findings=findings, change=change, gate=gate_state(findings, verdict.inconclusive))


def paired_services(now: Sequence[Service], before: Sequence[Service], moved: Mapping[str, str]) -> list[tuple[Service, Service | None]]:
    """Return each service of today with what it was: by its manifest, wherever that lay, else by a name that only one has."""
    by_path = {moved.get(service.manifest, service.manifest): service for service in before}
    taken = {service.manifest for service in now}
    free = [service for path, service in by_path.items() if path not in taken]
    names = Counter(service.name for service in free)
    by_name = {service.name: service for service in free if names[service.name] == 1}
    pairs = []
    for service in now:
        found = by_path.get(service.manifest)
        if found is None and service.facts.get("service.name"):
            found = by_name.pop(service.name, None)
        pairs.append((service, found))
    return pairs


def _paired_outcomes(
    now: Sequence[ServiceOutcome], before: Sequence[ServiceOutcome], moved: Mapping[str, str]
) -> list[tuple[ServiceOutcome, ServiceOutcome | None]]:
    then = {outcome.service.manifest: outcome for outcome in before}
    services = paired_services([s.service for s in now], [s.service for s in before], moved)
    return [(outcome, then[old.manifest] if old else None) for outcome, (_, old) in zip(now, services, strict=True)]


class _Whole(Struct, frozen=True):
    """A control of an obligation of a service, for which nothing at all was shown."""

    manifest: str
    obligation: str
    control: str


class _Old:
    """What was wrong before. Every old fault excuses one of today: where one was, two alike are one more. A fault that weighed less
    (the duty was only for review, or a note) excuses none."""

    def __init__(self, before: Verdict, manifests: Mapping[str, str], moved: Mapping[str, str]) -> None:
        today = {then: now for now, then in manifests.items()}
        matters = [_moved(f, today, moved) for f in before.findings]
        self.left = Counter((f.fingerprint, matter) for f, matter in zip(before.findings, matters, strict=True))
        self.weights = {matter[:_CONTROL]: _WEIGHTS[f.severity] for f, matter in zip(before.findings, matters, strict=True)}
        self.whole = set(_unshown(before, today, matters))

    def among(self, findings: Sequence[Finding]) -> frozenset[str]:
        """Return the fingerprints of those ``findings`` of today that were already so, or of which worse was so."""
        waiting = [f for f in findings if _WEIGHTS[f.severity] <= self.weights.get(f.matter[:_CONTROL], -1)]
        known: set[str] = set()
        for alike, was in ((_same, _same), (_same_matter, _same_matter), (_same_code, _same_code), (_same_ends, _worst_of_ends)):
            by_trait: dict[object, list[tuple[str, tuple[str, ...]]]] = {}
            for old in sorted(self.left.elements()):
                by_trait.setdefault(was(*old), []).append(old)
            for finding in [f for f in waiting if f.fingerprint not in known]:
                trait = alike(finding.fingerprint, finding.matter)
                if trait is not None and (old_ones := by_trait.get(trait)):
                    self.left[old_ones.pop()] -= 1
                    known.add(finding.fingerprint)
        return frozenset(known | {f.fingerprint for f in waiting if self._was_unshown(f.matter)})

    def _was_unshown(self, matter: tuple[str, ...]) -> bool:
        if len(matter) <= _KEY or matter[_KIND] in _GUARDS:
            return False
        return _Whole(matter[_MANIFEST], matter[_OBLIGATION], matter[_CONTROL]) in self.whole


def _same(fingerprint: str, matter: tuple[str, ...]) -> object:
    return fingerprint, matter


def _same_matter(fingerprint: str, matter: tuple[str, ...]) -> object:
    del fingerprint  # the code there is another, the fault is not
    return matter


def _same_code(fingerprint: str, matter: tuple[str, ...]) -> object:
    del matter  # it lies elsewhere now
    return fingerprint


def _same_ends(fingerprint: str, matter: tuple[str, ...]) -> object:
    del fingerprint
    return (*matter[:_KEY], matter[_KEY].partition(":")[2]) if len(matter) > _KEY and matter[_KIND] == "hook" else None


def _worst_of_ends(fingerprint: str, matter: tuple[str, ...]) -> object:
    """Of faults of the same path, one that leaves nothing of the hook excuses every other."""
    worst = len(matter) > _KEY and matter[_KEY].partition(":")[0] in _WORST
    return _same_ends(fingerprint, matter) if worst else None


def _moved(finding: Finding, manifests: Mapping[str, str], moved: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a finding of then is about with the paths of today."""
    if not finding.matter:
        return ("", finding.fingerprint)
    manifest, *middle, key = finding.matter
    files = {place.file for place in finding.places} | {hop.file for hop in finding.hops}
    for file in sorted(files & moved.keys(), key=lambda file: (-len(file), file)):
        key = re.sub(rf"(?<![^:#]){re.escape(file)}(?![^:#])", lambda _, new=moved[file]: new, key)  # type: ignore[misc]
    return (manifests.get(manifest, moved.get(manifest, manifest)), *middle, key)


def _unshown(before: Verdict, manifests: Mapping[str, str], matters: Sequence[tuple[str, ...]]) -> Iterator[_Whole]:
    """Yield the controls of which nothing was shown before: whatever part of them is now missing, it is not worse."""
    by_control: dict[_Whole, list[tuple[str, ...]]] = {}
    for matter in matters:
        if len(matter) > _KEY:
            by_control.setdefault(_Whole(matter[_MANIFEST], matter[_OBLIGATION], matter[_CONTROL]), []).append(matter)
    showing = set()
    for service in before.services:
        manifest = manifests.get(service.service.manifest, service.service.manifest)
        for duty in (*service.obligations, *service.gates):
            showing |= {_Whole(manifest, duty.id, c.id) for c in duty.controls if _shows(c)}
    for control, faults in by_control.items():
        if control not in showing and all(_is_whole(fault) for fault in faults):
            yield control


def _shows(control: ControlOutcome) -> bool:
    return any(item.polarity == "supports" and item.kind not in _GUARDS for item in control.evidence)


def _is_whole(matter: Sequence[str]) -> bool:
    """Say whether a fault is that nothing is claimed, or that what is claimed is no such thing; not a fault of one path among others."""
    if matter[_KIND] == "claim" or matter[_KEY].startswith("not-shown:"):
        return True
    fault, _, rest = matter[_KEY].partition(":")
    of_one_way = rest.partition(":")[0] in ("output", "input", "contradicts", "undecided") and rest != "contradicts:none"
    return matter[_KIND] == "hook" and not of_one_way and fault != "flow.reserved"


def _lost(now: ServiceOutcome, before: ServiceOutcome, base: str) -> Iterator[Finding]:
    """Yield a warning for each control that was shown and can no longer be told."""
    then = {duty.id: duty for duty in (*before.obligations, *before.gates)}
    for duty in (*now.obligations, *now.gates):
        if duty.outcome == "undetermined" and duty.id in then:
            for control in duty.controls:
                if control.outcome == "undetermined" and _was_satisfied(then[duty.id], control.id):
                    item = next((e for e in control.evidence if e.polarity == "undecided"), None)
                    places = item.places if item and item.places else (now.service.place_of(f"implements.{control.id}"),)
                    message = Message("change.lost", {"control": control.id, "base": base})
                    yield change_finding(now.service, duty.id, control.id, "warning", message, places, item.hops if item else ())


def _was_satisfied(duty: ObligationOutcome, control: str) -> bool:
    return any(c.id == control and c.outcome == "satisfied" for c in duty.controls)
