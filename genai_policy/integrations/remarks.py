"""A verdict, or what stood in its way → what linters and test runners can show: remarks at places of files, and one entry per duty.

Everything is worded here, once, so that a worker process can show it without loading anything of the tool.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from genai_policy.errors import PolicyError, UsageProblem
from genai_policy.model import Finding, Lang, Message, Verdict
from genai_policy.model.code import Place
from genai_policy.model.verdict import GateName, ObligationOutcome, ServiceOutcome, Severity
from genai_policy.report.escape import printable
from genai_policy.report.parts import spot
from genai_policy.report.records import fix_of
from genai_policy.report.tally import by_weight
from genai_policy.report.wording import phrase, say

#: ``unmet``: a finding; ``open``: something could not be told that this gate does not tolerate; ``mistake``: nothing was judged because a
#: manifest, pack or waiver is wrong; ``failure``: the run could not finish.
RemarkKind: TypeAlias = Literal["unmet", "open", "mistake", "failure"]

#: ``passed``, ``failed``; ``accepted``: unmet, and the gate lets it pass; ``untold``: undetermined, and the gate lets it pass; ``away``:
#: does not apply.
DutyState: TypeAlias = Literal["passed", "failed", "accepted", "untold", "away"]


class Spot(Struct, frozen=True):
    """One more place of a remark, with what is there ("" where the place says it all)."""

    file: str
    line: int
    label: str = ""


class Remark(Struct, frozen=True):
    """One thing to show. ``file`` is POSIX and relative to the root ("" where no file is to blame), ``line`` starts at 1, ``column`` at 1
    in code points (0: only the line is known).

    ``blocks`` says that it keeps this gate from opening. ``obligations`` are the duties that it leaves unmet, heaviest first. ``code`` and
    ``args`` are those of the message behind ``text``.
    """

    kind: RemarkKind
    severity: Severity
    blocks: bool
    file: str
    line: int
    column: int
    text: str
    manifest: str = ""
    obligations: tuple[str, ...] = ()
    control: str = ""
    fix: str = ""
    elsewhere: tuple[Spot, ...] = ()
    code: str = ""
    args: Mapping[str, str] = {}


class Duty(Struct, frozen=True):
    """One obligation of one service, as a test of it would end. ``lines`` say why: the findings, or the facts that decided."""

    id: str
    manifest: str
    line: int
    title: str
    state: DutyState
    lines: tuple[str, ...] = ()


class Judgement(Struct, frozen=True):
    """All that the hosts show. ``state`` is the gate's, or ``mistaken`` where nothing could be judged, or ``failed``."""

    state: Literal["open", "closed", "inconclusive", "mistaken", "failed"]
    gate: GateName | Literal[""]
    headline: str
    remarks: tuple[Remark, ...] = ()
    duties: tuple[Duty, ...] = ()

    def of_file(self, file: str) -> tuple[Remark, ...]:
        """Return the remarks at places of one file."""
        return tuple(remark for remark in self.remarks if remark.file == file)


def judgement_of(verdict: Verdict, lang: Lang) -> Judgement:
    """Return what ``verdict`` has to say. Findings that are baselined or waived are no remarks; they show in the state of their duty."""
    remarks = (*_unmet(verdict, lang), *_untold(verdict, lang))
    duties = tuple(_duty(service, duty, verdict, lang) for service in verdict.services for duty in (*service.obligations, *service.gates))
    new = sum(finding.status == "new" for finding in verdict.findings)
    gate = phrase(f"text.gate-{verdict.gate}", lang)
    headline = phrase("linters.headline", lang, gate=gate, name=verdict.gate_name, n=new, as_of=verdict.as_of.isoformat())
    return Judgement(verdict.gate, verdict.gate_name, headline, remarks, duties)


def judgement_of_problem(problem: PolicyError, lang: Lang) -> Judgement:
    """Return what a run that ended early has to say: every mistake at its place, or that the run failed."""
    if not isinstance(problem, UsageProblem):
        text = printable(str(problem))
        return Judgement("failed", "", phrase("linters.failed", lang), (Remark("failure", "error", True, "", 0, 0, text),))
    remarks = tuple(
        Remark("mistake", "error", True, m.file, m.line, m.column, printable(_without_place(m.key, m.problem, m.advice)), manifest=m.file)
        for m in problem.mistakes
    )
    return Judgement("mistaken", "", phrase("linters.mistaken", lang, n=len(remarks)), remarks)


def _without_place(key: str, problem: str, advice: str) -> str:
    return (f"{key}: " if key else "") + problem + (f"; {advice}" if advice else "")


def _unmet(verdict: Verdict, lang: Lang) -> Iterator[Remark]:
    """Yield one remark for each cause: one missing hook can leave the duties of several instruments unmet."""
    same: dict[tuple[object, ...], list[Finding]] = {}
    for finding in by_weight(verdict.findings):
        if finding.status == "new":
            args = tuple(sorted(finding.message.args.items()))
            same.setdefault((finding.service, finding.control, finding.message.code, args, finding.places), []).append(finding)
    manifests = {service.service.name: service.service.manifest for service in verdict.services}
    for first, *others in same.values():
        place = first.places[0] if first.places else Place(manifests.get(first.service, ""), 1)
        yield Remark(
            kind="unmet",
            severity=first.severity,
            blocks=first.severity == "error",
            file=place.file,
            line=place.line,
            column=place.column,
            text=printable(say(first.message, lang)),
            manifest=manifests.get(first.service, ""),
            obligations=tuple(dict.fromkeys(f.obligation for f in (first, *others))),
            control=first.control,
            fix=printable(fix_of(first, verdict.law, lang)),
            elsewhere=_elsewhere(first, place),
            code=first.message.code,
            args=dict(first.message.args),
        )


def _elsewhere(finding: Finding, place: Place) -> tuple[Spot, ...]:
    spots = [Spot(hop.file, hop.line, printable(hop.symbol)) for hop in finding.hops]
    passed = {(hop.file, hop.line) for hop in finding.hops} | {(place.file, place.line)}
    return (*spots, *(Spot(p.file, p.line) for p in finding.places[1:] if (p.file, p.line) not in passed))


def _untold(verdict: Verdict, lang: Lang) -> Iterator[Remark]:
    """Yield what the gate does not tolerate though nothing is known to be unmet."""
    for reason in verdict.inconclusive:
        place = _place_of(reason, verdict)
        own = reason.args.get("obligation", "")
        manifest = next((s.service.manifest for s in verdict.services if s.service.name == reason.args.get("service")), "")
        yield Remark(
            kind="open",
            severity="warning",
            blocks=True,
            file=place.file,
            line=place.line,
            column=place.column,
            text=printable(say(reason, lang)),
            manifest=manifest,
            obligations=(own,) if own else (),
            code=reason.code,
            args=dict(reason.args),
        )


def _place_of(reason: Message, verdict: Verdict) -> Place:
    """Return where to show ``reason``: the gap's place, the claim that nothing decides, or the first manifest."""
    file, _, line = reason.args.get("place", "").rpartition(":")
    if file and line.isdigit():
        return Place(file, int(line))
    if reason.args.get("place"):
        return Place(reason.args["place"], 1)
    for service in verdict.services:
        if service.service.name == reason.args.get("service", service.service.name):
            control = reason.args.get("controls", "").partition(",")[0]
            return service.service.place_of(f"implements.{control}")
    return Place("", 0)


def _duty(service: ServiceOutcome, duty: ObligationOutcome, verdict: Verdict, lang: Lang) -> Duty:
    own = [f for f in verdict.findings if f.service == service.service.name and f.obligation == duty.id]
    closing = [f for f in own if f.status == "new" and f.severity == "error"]
    untold = [m for m in verdict.inconclusive if m.args.get("obligation") == duty.id and m.args.get("service") == service.service.name]
    known = verdict.law.obligation(duty.id)
    title = known.title.say(lang) if known else duty.id
    place = _manifest_place(service, duty, own)
    state, lines = _state(duty, own, closing, untold, verdict, lang)
    return Duty(duty.id, service.service.manifest, place.line, printable(title), state, tuple(map(printable, lines)))


def _state(
    duty: ObligationOutcome, own: list[Finding], closing: list[Finding], untold: list[Message], verdict: Verdict, lang: Lang
) -> tuple[DutyState, list[str]]:
    """Return how a test of ``duty`` ends, and why."""
    if closing:
        return "failed", [*_told(closing, verdict, lang)]
    if untold:
        return "failed", [say(message, lang) for message in untold]
    if duty.outcome == "unmet":
        return "accepted", [*_accepted(own, lang)]
    if duty.outcome == "undetermined" or (duty.applicability.answer == "review" and duty.outcome != "satisfied"):
        return "untold", [phrase("linters.untold", lang, gate=verdict.gate_name), *_facts(duty)]
    if duty.outcome == "not-applicable":
        return "away", [phrase("linters.away", lang), *_facts(duty)]
    return "passed", []


def _told(findings: Iterable[Finding], verdict: Verdict, lang: Lang) -> Iterator[str]:
    for finding in findings:
        yield f"{spot(finding.places[0]) if finding.places else '-'}: {say(finding.message, lang)}"
        for hop in finding.hops:
            yield f"    {hop.file}:{hop.line} {hop.symbol}".rstrip()
        if fix := fix_of(finding, verdict.law, lang):
            yield phrase("text.fix", lang, fix=fix)


def _accepted(findings: Iterable[Finding], lang: Lang) -> Iterator[str]:
    for finding in findings:
        status = "weak" if finding.status == "new" else finding.status
        why = phrase(f"linters.accepted-{status}", lang, severity=finding.severity)
        yield f"{why}: {say(finding.message, lang)}"


def _facts(duty: ObligationOutcome) -> list[str]:
    return [f"{fact.fact} ({fact.file}:{fact.line})" if fact.line else fact.fact for fact in duty.applicability.because]


def _manifest_place(service: ServiceOutcome, duty: ObligationOutcome, findings: Iterable[Finding]) -> Place:
    """Return the line of the manifest that is about ``duty``: where a finding lies, else where its first control is claimed."""
    manifest = service.service.manifest
    at = next((place for finding in findings for place in finding.places if place.file == manifest), None)
    control = duty.controls[0].id if duty.controls else ""
    return at or service.service.place_of(f"implements.{control}")
