"""Verdicts and mistakes → what the hosts show. Exactly what keeps the gate shut must be shown as such."""

from __future__ import annotations

import pytest
from msgspec import structs

from genai_policy.errors import AssessmentError, Mistake, UsageProblem
from genai_policy.integrations.judgement import judgement_of, judgement_of_problem
from genai_policy.model import Gap, Message, Place
from tests.reports import verdicts

VERDICTS = {make.__name__: make for make in (verdicts.closed, verdicts.opened, verdicts.hostile, verdicts.two_services)}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("make", VERDICTS.values(), ids=VERDICTS.keys())
def test_what_blocks_is_shown_as_blocking(make, lang):
    verdict = make()
    judgement = judgement_of(verdict, lang)
    assert (verdict.gate != "open") == any(notice.blocks for notice in judgement.notices)
    assert all(notice.file and notice.line >= 1 for notice in judgement.notices)
    assert all(notice.text.isprintable() and notice.where.isprintable() for notice in judgement.notices)
    assert all(line.isprintable() for duty in judgement.duties for line in duty.lines)
    new = {finding.obligation for finding in verdict.findings if finding.status == "new"}
    assert {o for notice in judgement.notices if notice.kind == "unmet" for o in notice.obligations} <= new
    assert [duty.id for duty in judgement.duties] == [o.id for s in verdict.services for o in (*s.obligations, *s.gates)]


def test_accepted_findings_are_no_notices_and_their_duty_says_so():
    verdict = verdicts.closed()
    waived = structs.replace(verdict, gate="open", findings=tuple(structs.replace(f, status="waived") for f in verdict.findings))
    judgement = judgement_of(waived, "en")
    assert [notice for notice in judgement.notices if notice.kind == "unmet"] == []
    accepted = [duty for duty in judgement.duties if duty.state == "accepted"]
    assert accepted
    assert all(line.startswith("unmet, and waived: ") for duty in accepted for line in duty.lines)


def test_a_gap_that_keeps_the_gate_shut_is_shown_where_it_lies():
    verdict = structs.replace(
        verdicts.closed(),
        gate="inconclusive",
        findings=(),
        gaps=(Gap("app/odd.py", "the file was cut", 7, "bound", True),),
        inconclusive=(Message("verdict.gap-on-path", {"place": "app/odd.py:7", "reason": "the file was cut"}),),
    )
    shown = [n for n in judgement_of(verdict, "en").notices if n.blocks]
    assert [(n.kind, n.file, n.line) for n in shown] == [("open", "app/odd.py", 7)]


def test_hops_and_further_places_are_told_once():
    verdict = verdicts.closed()
    finding = next(f for f in verdict.findings if f.hops and f.status == "new")
    again = structs.replace(finding, places=(*finding.places, Place(finding.hops[0].file, finding.hops[0].line), Place("web/a.ts", 3)))
    [notice] = [n for n in judgement_of(structs.replace(verdict, findings=(again,)), "en").notices if n.kind == "unmet"]
    assert [(s.file, s.line) for s in notice.elsewhere][-1] == ("web/a.ts", 3)
    assert len({(s.file, s.line, s.label) for s in notice.elsewhere}) == len(notice.elsewhere)


def test_mistakes_stand_at_their_place_with_their_advice():
    judgement = judgement_of_problem(
        UsageProblem([Mistake("m.toml", 3, 5, "a.b", "is wrong", "write c"), Mistake("", 0, 0, "", "odd")]), "en"
    )
    assert judgement.state == "mistaken"
    assert [(n.file, n.line, n.column, n.text, n.blocks) for n in judgement.notices] == [
        ("", 0, 0, "odd", True),
        ("m.toml", 3, 5, "a.b: is wrong; write c", True),
    ]


def test_a_run_that_could_not_finish_blocks():
    judgement = judgement_of_problem(AssessmentError("the disk\nis full"), "en")
    assert (judgement.state, [(n.kind, n.blocks, n.text) for n in judgement.notices]) == ("failed", [("failure", True, "the disk is full")])
