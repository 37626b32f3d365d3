"""What a change alters in what judges it: manifests, waivers, packs and baseline. Each is a finding of its own, for the reviewer.

They never close the gate by themselves: where the past rules, they have no effect yet; where it does not, their effect is in the verdict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from genai_policy.assess.asked import listed
from genai_policy.assess.differences import difference
from genai_policy.assess.findings import change_finding
from genai_policy.assess.scope import assess_scope
from genai_policy.assess.turning import shifts
from genai_policy.assess.weakening import weakened
from genai_policy.model.code import Place
from genai_policy.model.law import Law, Pack
from genai_policy.model.message import Message
from genai_policy.model.service import Attestation, Locator, Service, Waiver
from genai_policy.model.verdict import Applicability, Finding, Severity

_NOWHERE = Service("", "", "")


class Ruling(Struct, frozen=True):
    """What people wrote, in one state. ``law`` is what was asked then, ``packs`` all that could be. ``baseline`` holds the accepted
    fingerprints with the obligation of each, ``folders`` the paths of directories of packs by the names that the packs have for them."""

    services: tuple[Service, ...]
    law: Law
    packs: Law
    waivers: tuple[Waiver, ...] = ()
    baseline: Mapping[str, str] = {}
    folders: Mapping[str, str] = {}
    baseline_file: str = ".genai-baseline.json"

    def placed(self, file: str) -> Place:
        """Return where a file of a pack lies, from the scanned root."""
        for name, below in sorted(self.folders.items(), key=lambda item: (-len(item[0]), item)):
            if file.startswith(name + "/"):
                return Place(below + file[len(name) :], 1)
        return Place(file, 1)


def alterations(
    before: Ruling, after: Ruling, pairs: Sequence[tuple[Service | None, Service | None]], as_of: dt.date, *, every: bool
) -> tuple[Finding, ...]:
    """Return what ``after`` alters. ``pairs`` are the services before and after; a missing one is new, or gone. With ``every`` also what
    excuses nothing, as notes; without it only what makes the judgement milder."""
    found = [
        *_waivers(before, after),
        *_baseline(before, after),
        *_packs(before, after),
        *(finding for old, new in pairs for finding in _services(old, new, before.law, as_of)),
    ]
    kept = {f.fingerprint: f for f in found if every or f.severity != "note"}
    return tuple(sorted(kept.values(), key=lambda f: (f.service, f.obligation, f.places, f.fingerprint)))


def _altered(
    kind: str, service: Service, severity: Severity, place: Place, matter: str, /, *, obligation: str = "", **args: str
) -> Finding:
    message = Message(f"change.{kind}", args)
    return change_finding(service, f"change/{obligation or kind}", "", severity, message, (place,), (), matter)


# ---- waivers and baseline ------------------------------------------------------------------------------------------------


def _waivers(before: Ruling, after: Ruling) -> Iterator[Finding]:
    old = {_target(w): w for w in before.waivers}
    for waiver in after.waivers:
        known = old.pop(_target(waiver), None)
        if known is not None and replace(known, place=waiver.place, lines=waiver.lines) == waiver:
            continue
        kind = "waiver-added" if known is None else "waiver-extended" if waiver.expires > known.expires else "waiver-changed"
        service = replace(_NOWHERE, manifest=waiver.place.file)
        args = {"owner": waiver.owner, "approved_by": waiver.approved_by, "expires": waiver.expires.isoformat()}
        yield _altered(kind, service, "warning", waiver.place, "\0".join(_target(waiver)), **args, waived=waiver.obligation)
    for waiver in old.values():
        service = replace(_NOWHERE, manifest=waiver.place.file)
        yield _altered(
            "waiver-removed", service, "note", replace(waiver.place, line=1), "\0".join(_target(waiver)), waived=waiver.obligation
        )


def _target(waiver: Waiver) -> tuple[str, str, str, str]:
    # in code there may be several of a file, and their lines move
    return waiver.obligation, waiver.control, waiver.path, waiver.reason if waiver.lines is not None else ""


def _baseline(before: Ruling, after: Ruling) -> Iterator[Finding]:
    added = sorted(after.baseline.keys() - before.baseline.keys())
    if added:
        duties = listed(sorted({after.baseline[name] for name in added} - {""})) or "-"
        service = replace(_NOWHERE, manifest=after.baseline_file)
        yield _altered("baseline-grown", service, "warning", Place(after.baseline_file, 1), "", n=str(len(added)), duties=duties)


# ---- packs ---------------------------------------------------------------------------------------------------------------


def _packs(before: Ruling, after: Ruling) -> Iterator[Finding]:
    if before.packs == after.packs:
        return
    today = {pack.id: pack for pack in after.packs.packs}
    for pack in before.packs.packs:
        now = today.get(pack.id)
        if now is None:
            place = before.placed(f"{pack.directory}/pack.toml")
            yield _of_pack("pack-removed", pack.id, place, pack.id, pack=pack.id, n=str(len(pack.obligations)))
        elif now != pack:
            yield from _pack_changes(pack, now, after)
    yield from _controls(before, after)


def _pack_changes(before: Pack, after: Pack, ruling: Ruling) -> Iterator[Finding]:
    place = ruling.placed(f"{after.directory}/pack.toml")
    if after.status != before.status and after.status in ("draft", "repealed"):
        yield _of_pack("pack-status", after.id, place, after.id, pack=after.id, before=before.status, after=after.status)
    found = difference(before, after)
    for obligation in found.dropped:
        yield _of_pack("pack-dropped", after.id, place, obligation.id, pack=after.id, duty=obligation.id)
    # what differs in a field that the two packs' difference does not look at
    today = {o.id: o for o in after.obligations} | {c.before.id: c.after for c in found.changed}
    for obligation in before.obligations:
        now = today.get(obligation.id)
        fields = weakened(obligation, now) if now is not None else ()
        if now is not None and fields:
            where = ruling.placed(now.file)
            yield _of_pack("pack-weakened", now.pack, where, now.id, duty=now.id, fields=", ".join(fields))


def _controls(before: Ruling, after: Ruling) -> Iterator[Finding]:
    for name, control in before.packs.controls.items():
        now = after.packs.controls.get(name)
        if now is not None and now.ways != control.ways:
            yield _of_pack("control-changed", name, after.placed(now.file or control.file), name, control=name)


def _of_pack(kind: str, pack: str, place: Place, matter: str, /, **args: str) -> Finding:
    return _altered(kind, replace(_NOWHERE, manifest=pack), "warning", place, matter, **args)


# ---- manifests -----------------------------------------------------------------------------------------------------------


def _services(old: Service | None, new: Service | None, law: Law, as_of: dt.date) -> Iterator[Finding]:
    if new is None:
        if old is not None:
            duties = _binding(law, old, as_of)
            yield _altered("manifest-removed", old, "warning", Place(old.manifest, 1), "", n=str(len(duties)), duties=listed(duties))
        return
    if old is None:
        yield _altered("manifest-added", new, "note", Place(new.manifest, 1), "", manifest=new.manifest)
        return
    yield from _facts(old, new, law, as_of)
    yield from _claims(old, new)
    yield from _attestations(old, new)
    yield from _policy(old, new, law, as_of)
    for link in new.links:
        if not any((link.source, link.target) == (known.source, known.target) for known in old.links):
            yield _altered(
                "link-added", new, "warning", link.place, f"{link.source}\0{link.target}", source=link.source, target=link.target
            )


def _facts(old: Service, new: Service, law: Law, as_of: dt.date) -> Iterator[Finding]:
    """Yield each fact that is declared anew; one that lets duties cease names them."""
    # what somebody attested is another matter than what is declared
    before = {o.id: a for o, a in assess_scope(law, old, as_of) if o.role == "duty"}
    after = {o.id: a for o, a in assess_scope(law, replace(new, attestations=old.attestations), as_of)}
    ceased = {name for name, answer in before.items() if answer.answer == "applies" and after[name].answer != "applies"}
    for shift in shifts(old, new, {*old.facts, *new.facts}):
        freed = sorted(name for name in ceased if _decided(shift.fact, before[name], after[name]))
        args = {"fact": shift.fact, "before": _written(shift.before), "after": _written(shift.after)}
        if freed:
            yield _altered("fact-escapes", new, "warning", shift.place, shift.fact, **args, n=str(len(freed)), duties=", ".join(freed))
        else:
            yield _altered("fact-changed", new, "note", shift.place, shift.fact, **args)


def _decided(fact: str, before: Applicability, after: Applicability) -> bool:
    return any(b.fact == fact or b.fact.startswith(fact + ".") or fact.startswith(b.fact + ".") for b in (*before.because, *after.because))


def _claims(old: Service, new: Service) -> Iterator[Finding]:
    for control in sorted(old.implements.keys() | new.implements.keys()):
        before, after = _said(old.implements.get(control, ())), _said(new.implements.get(control, ()))
        if before == after:
            continue
        line = new.place_of(f"implements.{control}")
        kind: str = "claim-added" if not before else "claim-removed" if not after else "claim-changed"
        outside = any(locator.kind == "outside" for locator in new.implements.get(control, ())) and "outside" not in before
        severity: Severity = "warning" if outside or (before and after) else "note"
        yield _altered(kind, new, severity, line, control, control=control, before=before or "-", after=after or "-")


def _said(locators: Sequence[Locator]) -> str:
    return "; ".join(
        f"{locator.kind} = {locator.target}" + "".join(f", {key} = {value}" for key, value in sorted(locator.options.items()))
        for locator in locators
    )


def _attestations(old: Service, new: Service) -> Iterator[Finding]:
    known = [replace(a, place=Place("")) for a in old.attestations]
    for attestation in new.attestations:
        if replace(attestation, place=Place("")) not in known:
            yield _altered(
                "attestation-added", new, "warning", attestation.place, _about(attestation), by=attestation.by, about=_about(attestation)
            )


def _about(attestation: Attestation) -> str:
    return attestation.control or attestation.obligation


def _policy(old: Service, new: Service, law: Law, as_of: dt.date) -> Iterator[Finding]:
    before, after = old.policy, new.policy
    for name in before.__struct_fields__:
        was, now = getattr(before, name), getattr(after, name)
        if was == now:
            continue
        key = f"policy.{name.replace('_', '-')}"
        args = {"key": key, "before": _written(was), "after": _written(now)}
        if name == "packs" and (gone := _of_packs(law, old, set(was or ()) - set(now or was or ()), as_of)):
            duties = ", ".join(gone)
            yield _altered("policy-escapes", new, "warning", new.place_of(key), key, **args, n=str(len(gone)), duties=duties)
        else:
            yield _altered("policy-changed", new, "warning", new.place_of(key), key, **args)


def _of_packs(law: Law, service: Service, packs: Collection[str], as_of: dt.date) -> list[str]:
    """Return the duties of ``packs`` that bound the service."""
    return [name for name in _binding(law, service, as_of) if name.partition("/")[0] in packs]


def _binding(law: Law, service: Service, as_of: dt.date) -> list[str]:
    return sorted(o.id for o, a in assess_scope(law, service, as_of) if a.answer == "applies" and o.role == "duty")


def _written(value: object) -> str:
    """Return a declared value as a person would write it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_written(item)}" for key, item in value.items()) + "}"
    return str(value)
