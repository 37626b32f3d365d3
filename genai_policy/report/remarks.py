"""Verdict → remarks: one flat list of all that a format which only knows "a message at a place" has to tell.

Findings (accepted ones too), duties that are undetermined, gaps, and what else keeps the gate inconclusive. Nothing is told twice: a reason
that only repeats a gap or a duty makes that one an error instead.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Literal, TypeAlias

from msgspec import Struct, structs

from genai_policy.model import Finding, Hop, Lang, Place, Verdict
from genai_policy.model.verdict import ObligationOutcome, ServiceOutcome, Severity
from genai_policy.report.causes import Cause, causes
from genai_policy.report.change_text import change_title
from genai_policy.report.escape import printable
from genai_policy.report.page_paths import page_link, where_to_read
from genai_policy.report.records import fix_of
from genai_policy.report.tally import all_duties, by_weight, counts, exit_code
from genai_policy.report.wording import label, phrase, say

Status: TypeAlias = Literal["new", "baselined", "waived", "undetermined", "gap", "reason"]


class Remark(Struct, frozen=True):
    """One thing to tell. ``id`` is the obligation's, or names the kind of gap; ``places[0]`` is where to look first (none: the whole run);
    ``also`` are obligations with the same cause; ``closes`` says that it keeps the gate from opening; ``accepted`` how and until when it
    was accepted ("": it was not)."""

    status: Status
    level: Severity
    id: str
    title: str
    text: str
    fingerprint: str
    places: tuple[Place, ...] = ()
    hops: tuple[Hop, ...] = ()
    also: tuple[str, ...] = ()
    fix: str = ""
    page: str = ""
    closes: bool = False
    service: str = ""
    accepted: str = ""


def remarks(verdict: Verdict, lang: Lang, pages: str = "", *, together: bool = False) -> list[Remark]:
    """Return everything to tell, in the order of reading; with ``together``, findings of one cause as one. Fingerprints differ."""
    blocks = causes(by_weight(verdict.findings)) if together else [[finding] for finding in by_weight(verdict.findings)]
    found = [
        *(_of_finding(block, verdict, lang, pages) for block in blocks),
        *_undetermined(verdict, lang, pages),
        *_of_gaps(verdict, lang),
        *_of_reasons(verdict, lang, pages),
    ]
    seen: Counter[str] = Counter()
    return [_unlike(remark, seen) for remark in found]


def summary(verdict: Verdict, lang: Lang) -> str:
    """Return the gate, the exit code and all counts as one sentence."""
    code = exit_code(verdict)
    end = phrase("text.end", lang, gate=phrase(f"text.gate-{verdict.gate}", lang), code=code, meaning=phrase(f"text.exit-{code}", lang))
    return f"{end} ({counted(verdict, lang)})"


def counted(verdict: Verdict, lang: Lang) -> str:
    """Return all counts as one sentence, worded alike in every format."""
    numbers = {key.replace("-", "_"): value for key, value in counts(verdict).items() if key != "findings"}
    return phrase("github.summary", lang, **numbers)


def accepted_words(finding: Finding, lang: Lang) -> str:
    """Return how a finding was accepted: waived until when and why, in the baseline, or already so at the base; "" for a new one."""
    if finding.status == "new":
        return ""
    if finding.old_at and not finding.waiver:
        return phrase("format.old-at", lang, base=finding.old_at)
    status = phrase(f"text.status-{finding.status}", lang)
    waiver = finding.waiver
    return phrase("text.waived-until", lang, status=status, until=waiver.expires.isoformat(), reason=waiver.reason) if waiver else status


def sentence(remark: Remark, lang: Lang) -> str:
    """Return all that one line of plain text can hold of a remark."""
    accepted = f"[{remark.accepted}] " if remark.accepted else ""
    parts = [f"{accepted}{remark.title}: {remark.text}" if remark.title else f"{accepted}{remark.text}"]
    if remark.hops:
        parts.append(phrase("text.path", lang, hops=" > ".join(f"{hop.file}:{hop.line} {hop.symbol}" for hop in remark.hops)))
    parts += [phrase("text.fix", lang, fix=remark.fix)] if remark.fix else []
    parts += [where_to_read(remark.id, remark.page, lang)] if remark.page else []
    return printable(" | ".join(parts))


def evidence_places(duty: ObligationOutcome) -> tuple[Place, ...]:
    """Return where the evidence lies that supports a duty or leaves it open."""
    return tuple(p for c in duty.controls for e in c.evidence if e.polarity in ("supports", "undecided") for p in e.places)


def declaring_place(service: ServiceOutcome, duty: ObligationOutcome) -> Place:
    """Return where the manifest claims what this duty asks for, else the fact that decided whether it applies."""
    for control in duty.controls:
        if claims := service.service.implements.get(control.id):
            return claims[0].place
    facts = [Place(f.file, max(f.line, 1)) for f in duty.applicability.because if f.file == service.service.manifest]
    return facts[0] if facts else Place(service.service.manifest, 1)


def keeps_shut(verdict: Verdict, service: str, obligation: str) -> bool:
    """Say whether a duty is among the reasons why the gate cannot be told."""
    return any((m.args.get("service"), m.args.get("obligation")) == (service, obligation) for m in verdict.inconclusive)


def digest(*parts: str) -> str:
    """Return a fingerprint of what holds no line numbers."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _of_finding(block: Cause, verdict: Verdict, lang: Lang, pages: str) -> Remark:
    finding: Finding = block[0]
    duty = verdict.law.obligation(finding.obligation)
    return Remark(
        finding.status,
        finding.severity,
        finding.obligation,
        duty.title.say(lang) if duty else change_title(finding.obligation, lang),
        say(finding.message, lang),
        finding.fingerprint,
        finding.places,
        finding.hops,
        tuple(sorted({other.obligation for other in block} - {finding.obligation})),
        fix_of(finding, verdict.law, lang),
        page_link(finding.obligation, verdict.law, lang, pages),
        finding.status == "new" and finding.severity == "error",
        finding.service,
        accepted_words(finding, lang),
    )


def _undetermined(verdict: Verdict, lang: Lang, pages: str) -> Iterator[Remark]:
    for service, duty in all_duties(verdict):
        if duty.outcome != "undetermined":
            continue
        points = [e for control in duty.controls for e in control.evidence if e.polarity == "undecided"]
        told = say(points[0].note, lang) if points else phrase("text.undetermined", lang, n=1)
        closes = keeps_shut(verdict, service.service.name, duty.id)
        places = next((e.places for e in points if e.places), (declaring_place(service, duty),))
        yield _of_duty("undetermined", closes, service, duty, told, places, verdict, lang, pages)


def _of_duty(
    status: Status,
    closes: bool,
    service: ServiceOutcome,
    duty: ObligationOutcome,
    told: str,
    places: tuple[Place, ...],
    verdict: Verdict,
    lang: Lang,
    pages: str,
) -> Remark:
    obligation = verdict.law.obligation(duty.id)
    return Remark(
        status,
        "error" if closes and verdict.gate == "inconclusive" else "warning",
        duty.id,
        obligation.title.say(lang) if obligation else "",
        told,
        digest(service.service.manifest, duty.id, status),
        places,
        page=page_link(duty.id, verdict.law, lang, pages),
        closes=closes,
        service=service.service.name,
    )


def _of_gaps(verdict: Verdict, lang: Lang) -> Iterator[Remark]:
    for gap in verdict.gaps:
        closes = bool(verdict.inconclusive) and (gap.on_path or gap.kind in ("plugin", "engine"))
        yield Remark(
            "gap",
            ("error" if verdict.gate == "inconclusive" else "warning") if closes else "note",
            f"gap/{gap.kind}",
            phrase("github.gap", lang, kind=label("gap", gap.kind, lang)),
            gap.reason,
            digest("gap", gap.kind, gap.file, gap.reason),
            (Place(gap.file, gap.line),) if gap.file else (),
            closes=closes,
        )


def _of_reasons(verdict: Verdict, lang: Lang, pages: str) -> Iterator[Remark]:
    """Yield the reasons that nothing else tells: a review that a release needs settled, too many gaps, a plugin's own."""
    told = {(service.service.name, duty.id) for service, duty in all_duties(verdict) if duty.outcome == "undetermined"}
    gaps = {gap.reason for gap in verdict.gaps}
    duties = {(service.service.name, duty.id): (service, duty) for service, duty in all_duties(verdict)}
    for found in {(m.code, *sorted(m.args.items())): m for m in verdict.inconclusive}.values():
        key = found.args.get("service", ""), found.args.get("obligation", "")
        if key in told or found.args.get("reason") in gaps:
            continue
        if key in duties:
            service, duty = duties[key]
            yield _of_duty("reason", True, service, duty, say(found, lang), (declaring_place(service, duty),), verdict, lang, pages)
        else:
            level: Severity = "error" if verdict.gate == "inconclusive" else "warning"
            text = say(found, lang)
            name = phrase("text.gate-inconclusive", lang)
            yield Remark("reason", level, "inconclusive", name, text, digest("reason", say(found, "en")), closes=True)


def _unlike(remark: Remark, seen: Counter[str]) -> Remark:
    """Number equal fingerprints: a consumer shows those that are alike once."""
    seen[remark.fingerprint] += 1
    number = seen[remark.fingerprint]
    return remark if number == 1 else structs.replace(remark, fingerprint=f"{remark.fingerprint}:{number}")
