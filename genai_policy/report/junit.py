"""The ``junit`` formats: one test per duty and service, so that met duties are visible too.

A test fails exactly where a duty closes the gate, and has an error where something that could not be told keeps it shut: a CI that only
looks at the tests comes to the same end as the exit code. What is unmet and was accepted, or only warns, is skipped with the reason.

Two dialects: ``junit`` is valid for Jenkins' and Apache Ant's schemas alike; ``junit-gitlab`` adds ``file`` and ``line`` to the tests,
which GitLab shows and both schemas forbid. There is no clock: times are 0, and the timestamp is the day whose law was asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from genai_policy.hookspecs import hookimpl
from genai_policy.model import Lang, Place, Verdict
from genai_policy.model.verdict import ObligationOutcome, ServiceOutcome
from genai_policy.report.change_text import change_lines
from genai_policy.report.escape import printable, xml_safe
from genai_policy.report.page_paths import where_to_read
from genai_policy.report.parts import spot
from genai_policy.report.remarks import Remark, declaring_place, remarks, summary
from genai_policy.report.tally import OUTCOMES, counts
from genai_policy.report.wording import phrase

#: Places beside the first one that a failing test names.
MAX_PLACES = 20


class Case(Struct, frozen=True):
    """One test. ``sort`` is ``error``, ``failure``, ``skipped``, or "" for one that passes; ``place`` is where a person should look."""

    name: str
    group: str
    sort: Literal["", "error", "failure", "skipped"]
    message: str = ""
    text: str = ""
    kind: str = ""
    place: Place | None = None


@dataclass(frozen=True)
class JunitReport:
    """Writes one document. ``prefix`` is the scanned directory relative to the repository's root; ``pages`` the address below which the
    pages of the obligations lie; ``located`` adds the attributes that only GitLab reads."""

    prefix: str = ""
    pages: str = ""
    located: bool = False
    name: str = "junit"

    def __call__(self, verdict: Verdict, lang: Lang) -> str:
        told = remarks(verdict, lang, self.pages)
        suites = [(s.service.name, list(_cases(s, told, lang))) for s in verdict.services]
        duties = {(who, duty.id) for s in verdict.services for who in (s.service.name, s.service.manifest) for duty in s.obligations}
        if others := [_lone(remark, lang) for remark in told if _key(remark) not in duties]:
            suites.append(("genai-policy", others))
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
        for number, (name, cases) in enumerate(suites):
            lines += self._suite(number, name, cases, verdict, lang)
        return "\n".join([*lines, "</testsuites>"]) + "\n"

    def _suite(self, number: int, name: str, cases: Sequence[Case], verdict: Verdict, lang: Lang) -> Iterator[str]:
        sorts = Counter(case.sort for case in cases)
        yield (
            f'  <testsuite id="{number}" package="genai-policy" name="{xml_safe(printable(name) or "-")}" hostname="localhost"'
            f' timestamp="{verdict.as_of.isoformat()}T00:00:00" tests="{len(cases)}" failures="{sorts["failure"]}"'
            f' errors="{sorts["error"]}" skipped="{sorts["skipped"]}" time="0">'
        )
        yield "    <properties>"
        for key, value in _properties(verdict):
            yield f'      <property name="{key}" value="{xml_safe(value)}"/>'
        yield "    </properties>"
        for case in cases:
            yield from self._case(case)
        told = "\n".join(map(printable, (*change_lines(verdict, lang), summary(verdict, lang))))
        yield f"    <system-out>{xml_safe(told)}</system-out>"
        yield "    <system-err/>"
        yield "  </testsuite>"

    def _case(self, case: Case) -> Iterator[str]:
        head = f'    <testcase name="{xml_safe(printable(case.name))}" classname="{xml_safe(printable(case.group))}" time="0"'
        if self.located and case.place:
            head += f' file="{xml_safe(printable(self.prefix + case.place.file))}" line="{max(case.place.line, 1)}"'
        if not case.sort:
            yield f"{head}/>"
            return
        yield f"{head}>"
        kind = f' type="{xml_safe(case.kind)}"' if case.sort != "skipped" else ""
        text = "\n".join(map(printable, case.text.splitlines()))
        yield f'      <{case.sort}{kind} message="{xml_safe(printable(case.message))}">{xml_safe(text)}</{case.sort}>'
        yield "    </testcase>"


@hookimpl
def genai_policy_reporters() -> list[JunitReport]:
    """Offer the ``junit`` and ``junit-gitlab`` formats."""
    return [JunitReport(), JunitReport(located=True, name="junit-gitlab")]


def _cases(service: ServiceOutcome, told: Sequence[Remark], lang: Lang) -> Iterator[Case]:
    mine: dict[str, list[Remark]] = {}
    for remark in told:
        if remark.service in (service.service.name, service.service.manifest):
            mine.setdefault(remark.id, []).append(remark)
    for duty in service.obligations:
        yield _case(service, duty, mine.get(duty.id, []), lang)


def _case(service: ServiceOutcome, duty: ObligationOutcome, told: Sequence[Remark], lang: Lang) -> Case:
    """Return the test of one duty: the first remark that closes the gate decides, else what explains the outcome."""
    group = f"{service.service.name}.{duty.id.partition('/')[0]}"
    place = declaring_place(service, duty)
    closing = [remark for remark in told if remark.closes]
    if closing:
        first = closing[0]
        sort: Literal["error", "failure"] = "failure" if first.status == "new" else "error"
        return Case(duty.id, group, sort, _line(first), _full(closing, lang), first.status, first.places[0] if first.places else place)
    if duty.outcome == "satisfied" and not told:
        return Case(duty.id, group, "", place=place)
    why = phrase(f"format.skipped-{'unmet' if duty.outcome == 'satisfied' else duty.outcome}", lang)
    return Case(duty.id, group, "skipped", why, _full(told, lang), place=told[0].places[0] if told and told[0].places else place)


def _lone(remark: Remark, lang: Lang) -> Case:
    """Return the test of what belongs to no duty: a gap, a reason, a finding about the change itself. Only what closes the gate is red."""
    place = remark.places[0] if remark.places else None
    name = f"{remark.id} {spot(place)}" if place else remark.id
    sort: Literal["error", "failure", "skipped"] = "skipped" if not remark.closes else "failure" if remark.status == "new" else "error"
    return Case(name, "genai-policy", sort, _line(remark), _full([remark], lang), remark.status, place)


def _line(remark: Remark) -> str:
    return f"{remark.title}: {remark.text}" if remark.title else remark.text


def _full(told: Sequence[Remark], lang: Lang) -> str:
    """Return remarks as lines that editors make clickable."""
    lines: list[str] = []
    for remark in told:
        status = f"[{remark.accepted}] " if remark.accepted else ""
        lines.append(f"{spot(remark.places[0]) if remark.places else '-'}: {status}{remark.text}")
        lines += [f"  {spot(place)}" for place in remark.places[1:MAX_PLACES]]
        lines += [f"  > {hop.file}:{hop.line} {hop.symbol}".rstrip() for hop in remark.hops]
        lines += [f"  {phrase('text.fix', lang, fix=remark.fix)}"] if remark.fix else []
        lines += [f"  {where_to_read(remark.id, remark.page, lang)}"] if remark.page else []
    return "\n".join(" ".join(line.split("\n")) for line in lines)


def _properties(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Yield the numbers of the whole verdict, which tests that pass, fail or are skipped cannot tell apart."""
    yield "gate", verdict.gate
    yield "gate-name", verdict.gate_name
    yield "as-of", verdict.as_of.isoformat()
    yield "packs", " ".join(verdict.packs)
    tally = counts(verdict)
    for key in (*OUTCOMES, "review", "new", "baselined", "waived", "gaps"):
        yield key, str(tally[key])


def _key(remark: Remark) -> tuple[str, str]:
    return remark.service, remark.id
