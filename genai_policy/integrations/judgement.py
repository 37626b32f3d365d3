"""A verdict, or what stood in its way → what linters and test runners can show: notices at places of files, and one entry per duty.

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
from genai_policy.report.remarks import Remark, declaring_place, remarks
from genai_policy.report.wording import phrase, say

#: ``unmet``: a finding; ``open``: something could not be told that this gate does not tolerate; ``mistake``: nothing was judged because a
#: manifest, pack or waiver is wrong; ``failure``: the run could not finish.
NoticeKind: TypeAlias = Literal["unmet", "open", "mistake", "failure"]

#: ``passed``, ``failed``; ``accepted``: unmet, and the gate lets it pass; ``untold``: undetermined, and the gate lets it pass; ``away``:
#: does not apply.
DutyState: TypeAlias = Literal["passed", "failed", "accepted", "untold", "away"]


class Spot(Struct, frozen=True):
    """One more place of a remark, with what is there ("" where the place says it all)."""

    file: str
    line: int
    label: str = ""


class Notice(Struct, frozen=True):
    """One thing to show. ``file`` is POSIX and relative to the root ("" where no file is to blame), ``line`` starts at 1, ``column`` at 1
    in code points (0: only the line is known).

    ``blocks`` says that it keeps this gate from opening. ``obligations`` are the duties that it leaves unmet. ``code`` and
    ``args`` are those of the message behind ``text``.
    """

    kind: NoticeKind
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

    @property
    def where(self) -> str:
        """The place as text that is safe to print, "" where there is none."""
        return printable(f"{self.file}:{self.line}") if self.file else ""

    @property
    def labelled(self) -> str:
        """The text, with the duty that it is about and how many others it leaves unmet."""
        first, *others = self.obligations or ("",)
        more = f" (+{len(others)})" if others else ""
        return f"{self.text} [{first}{more}]" if first else self.text


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
    notices: tuple[Notice, ...] = ()
    duties: tuple[Duty, ...] = ()

    def of_file(self, file: str) -> tuple[Notice, ...]:
        """Return the notices at places of one file."""
        return tuple(notice for notice in self.notices if notice.file == file)


def judgement_of(verdict: Verdict, lang: Lang) -> Judgement:
    """Return what ``verdict`` has to say. Findings that are baselined or waived are no notices; they show in the state of their duty."""
    notices = tuple(_notice(remark, verdict) for remark in remarks(verdict, lang, together=True) if remark.status == "new" or _open(remark))
    duties = tuple(_duty(service, duty, verdict, lang) for service in verdict.services for duty in (*service.obligations, *service.gates))
    new = sum(finding.status == "new" for finding in verdict.findings)
    gate = phrase(f"text.gate-{verdict.gate}", lang)
    headline = phrase("linters.headline", lang, gate=gate, name=verdict.gate_name, n=new, as_of=verdict.as_of.isoformat())
    return Judgement(verdict.gate, verdict.gate_name, headline, notices, duties)


def judgement_of_problem(problem: PolicyError, lang: Lang) -> Judgement:
    """Return what a run that ended early has to say: every mistake at its place, or that the run failed."""
    if not isinstance(problem, UsageProblem):
        text = printable(str(problem))
        return Judgement("failed", "", phrase("linters.failed", lang), (Notice("failure", "error", True, "", 0, 0, text),))
    notices = tuple(
        Notice("mistake", "error", True, m.file, m.line, m.column, printable(_without_place(m.key, m.problem, m.advice)), manifest=m.file)
        for m in problem.mistakes
    )
    return Judgement("mistaken", "", phrase("linters.mistaken", lang, n=len(notices)), notices)


def _without_place(key: str, problem: str, advice: str) -> str:
    return (f"{key}: " if key else "") + problem + (f"; {advice}" if advice else "")


def _open(remark: Remark) -> bool:
    return remark.closes and remark.status in ("undetermined", "gap", "reason")


def _notice(remark: Remark, verdict: Verdict) -> Notice:
    service = next((s.service for s in verdict.services if s.service.name == remark.service), verdict.services[0].service)
    place = remark.places[0] if remark.places else Place(service.manifest, 1)
    finding = next((f for f in verdict.findings if f.fingerprint == remark.fingerprint), None) if remark.status == "new" else None
    return Notice(
        kind="unmet" if remark.status == "new" else "open",
        severity=remark.level,
        blocks=remark.closes,
        file=place.file,
        line=place.line,
        column=place.column,
        text=printable(remark.text),
        manifest=service.manifest,
        obligations=(remark.id, *remark.also) if verdict.law.obligation(remark.id) else (),
        control=finding.control if finding else "",
        fix=printable(remark.fix),
        elsewhere=_elsewhere(remark, place),
        code=finding.message.code if finding else "",
        args=dict(finding.message.args) if finding else {},
    )


def _elsewhere(remark: Remark, place: Place) -> tuple[Spot, ...]:
    spots = [Spot(hop.file, hop.line, printable(hop.symbol)) for hop in remark.hops]
    passed = {(hop.file, hop.line) for hop in remark.hops} | {(place.file, place.line)}
    return (*spots, *(Spot(p.file, p.line) for p in remark.places[1:] if (p.file, p.line) not in passed))


def _duty(service: ServiceOutcome, duty: ObligationOutcome, verdict: Verdict, lang: Lang) -> Duty:
    own = [f for f in verdict.findings if f.service == service.service.name and f.obligation == duty.id]
    closing = [f for f in own if f.status == "new" and f.severity == "error"]
    untold = [m for m in verdict.inconclusive if (m.args.get("service"), m.args.get("obligation")) == (service.service.name, duty.id)]
    known = verdict.law.obligation(duty.id)
    title = known.title.say(lang) if known else duty.id
    at = next((place for finding in own for place in finding.places if place.file == service.service.manifest), None)
    line = (at or declaring_place(service, duty)).line
    state, lines = _state(duty, own, closing, untold, verdict, lang)
    return Duty(duty.id, service.service.manifest, line, printable(title), state, tuple(map(printable, lines)))


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
