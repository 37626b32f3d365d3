"""Findings, waivers, baseline and the three gates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from genai_policy.assess.verdict import Asked, decide
from genai_policy.errors import WaiverError
from genai_policy.model.code import Gap, Place
from genai_policy.model.law import Condition, Law, Obligation, Pack, Requirement
from genai_policy.model.message import Message, Text
from genai_policy.model.service import PolicySettings, Waiver
from genai_policy.model.verdict import Applicability, Evidence, Ledger, Verdict
from tests.unit.assess.judging import AS_OF, claim_of

TEXT = Text("", "")
PLAIN = PolicySettings()


def obligation(name: str = "duty", **changes: Any) -> Obligation:
    base = Obligation(
        id=f"pack/{name}",
        pack="pack",
        role="duty",
        title=TEXT,
        duty=TEXT,
        clause=TEXT,
        force="mandatory",
        in_force=dt.date(2023, 8, 15),
        applies_when=Condition("always"),
        on_unknown="applies",
        fix=TEXT,
        limits=TEXT,
        file="",
        requires=(Requirement("the-control"),),
    )
    return replace(base, **changes)


def proof(polarity: str, key: str = "k", line: int = 5, file: str = "app.py") -> Evidence:
    return Evidence("hook", polarity, Message("text", {"text": key}), (Place(file, line),), key=key)  # type: ignore[arg-type]


def run(
    *evidence: Evidence,
    duties: Sequence[Obligation] = (obligation(),),
    answer: str = "applies",
    gate: str = "release",
    waivers: Sequence[Waiver] = (),
    baseline: Sequence[str] = (),
    gaps: Sequence[Gap] = (),
    policy: PolicySettings = PLAIN,
    status: str = "in-force",
    claims: Any = ({"hook": "a:b"},),
) -> Verdict:
    claim = claim_of({"ways": {"hook": {"required": True}}, "claims": list(claims)})
    service = replace(claim.service, policy=policy)
    claim = replace(claim, service=service)
    pack = Pack("pack", TEXT, TEXT, "cn", status, "1", dt.date(2023, 8, 15), "", obligations=tuple(duties))
    return decide(
        law=Law((pack,)),
        scopes=[(service, [(duty, Applicability(answer)) for duty in duties])],  # type: ignore[arg-type]
        asked=[Asked(duty.id, claim, evidence) for duty in duties] if answer != "does-not-apply" else [],
        waivers=waivers,
        baseline=baseline,
        gaps=gaps,
        ledger=Ledger(),
        as_of=AS_OF,
        gate=gate,  # type: ignore[arg-type]
    )


def waiver(**changes: Any) -> Waiver:
    base = Waiver("pack/duty", "Ann", "known", "Bo", AS_OF, AS_OF, Place("genai-waivers.toml", 3, 1))
    return replace(base, **changes)


def test_satisfied_opens() -> None:
    verdict = run(proof("supports"))
    assert (verdict.gate, verdict.findings, verdict.inconclusive) == ("open", (), ())
    assert verdict.services[0].obligations[0].outcome == "satisfied"


def test_each_fault_is_a_finding_at_its_place() -> None:
    verdict = run(proof("contradicts", "one", 5), proof("contradicts", "two", 9))
    assert verdict.gate == "closed"
    assert [(f.message.args["text"], f.places[0].line, f.severity) for f in verdict.findings] == [("one", 5, "error"), ("two", 9, "error")]


def test_the_same_fault_twice_is_one_finding_with_both_places() -> None:
    (finding,) = run(proof("contradicts", "one", 5), proof("contradicts", "one", 9)).findings
    assert [p.line for p in finding.places] == [5, 9]


def test_fingerprints_hold_no_lines_and_tell_obligations_apart() -> None:
    first = run(proof("contradicts", "one", 5), duties=[obligation(), obligation("other")]).findings
    moved = run(proof("contradicts", "one", 500), duties=[obligation(), obligation("other")]).findings
    assert [f.fingerprint for f in first] == [f.fingerprint for f in moved]
    assert len({f.fingerprint for f in first}) == 2
    assert {f.obligation for f in first} == {"pack/duty", "pack/other"}


def test_nothing_claimed_points_at_the_manifest() -> None:
    (finding,) = run(claims=()).findings
    assert finding.message.code == "verdict.not-claimed"
    assert finding.places == (Place("genai-service.toml", 1),)


def test_what_was_offered_in_vain_is_said() -> None:
    word = Evidence("attestation", "rejected", Message("attestation.expired"), (Place("genai-service.toml", 30),), key="x")
    (finding,) = run(word).findings
    assert (finding.message.code, finding.places[0].line) == ("attestation.expired", 30)


def test_waived_stays_unmet_and_opens() -> None:
    verdict = run(proof("contradicts"), waivers=[waiver(path="*.py", control="the-control")])
    assert (verdict.gate, verdict.findings[0].status, verdict.waivers_applied) == ("open", "waived", 1)
    assert verdict.services[0].obligations[0].outcome == "unmet"


@pytest.mark.parametrize("changes", [{"path": "docs/**"}, {"control": "another"}, {"obligation": "pack/else"}])
def test_a_waiver_that_matches_nothing_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(WaiverError, match="matches nothing"):
        run(proof("contradicts"), waivers=[waiver(**changes)])


def test_all_unmatched_entries_are_named_at_once() -> None:
    with pytest.raises(WaiverError) as caught:
        run(proof("supports"), waivers=[waiver()], baseline=["feed", "beef"])
    assert len(caught.value.mistakes) == 3


def test_a_waiver_is_not_refused_for_what_could_not_be_told() -> None:
    verdict = run(proof("undecided"), waivers=[waiver()], gate="commit")
    assert verdict.waivers_applied == 0


def test_baselined_opens() -> None:
    known = run(proof("contradicts")).findings[0].fingerprint
    verdict = run(proof("contradicts", line=77), baseline=[known])
    assert (verdict.gate, verdict.findings[0].status) == ("open", "baselined")


def test_baseline_survives_a_broken_engine() -> None:
    verdict = run(proof("supports"), baseline=["feed"], gaps=[Gap("", "semgrep is missing", kind="engine")])
    assert verdict.gate == "inconclusive"


@pytest.mark.parametrize(
    ("force", "severity", "gate"), [("mandatory", "error", "closed"), ("recommended", "warning", "open"), ("advisory", "note", "open")]
)
def test_severity_follows_force(force: str, severity: str, gate: str) -> None:
    verdict = run(proof("contradicts"), duties=[obligation(force=force)])
    assert (verdict.findings[0].severity, verdict.gate) == (severity, gate)


def test_lowering_a_mandatory_duty_is_said() -> None:
    verdict = run(proof("contradicts"), policy=PolicySettings(severity={"pack/duty": "warning"}))
    assert verdict.gate == "open"
    assert [n.code for n in verdict.notes] == ["verdict.severity-lowered"]


def test_a_draft_never_gates() -> None:
    verdict = run(proof("contradicts"), status="draft")
    assert (verdict.findings[0].severity, verdict.gate) == ("note", "open")


@pytest.mark.parametrize(("gate", "state"), [("commit", "open"), ("pull-request", "open"), ("release", "inconclusive")])
def test_undetermined_closes_only_a_release(gate: str, state: str) -> None:
    verdict = run(proof("undecided"), gate=gate)
    assert verdict.gate == state
    assert ("verdict.passes-undetermined" in [n.code for n in verdict.notes]) == (state == "open")


@pytest.mark.parametrize(("gate", "state"), [("commit", "open"), ("pull-request", "open"), ("release", "inconclusive")])
def test_review_is_a_warning_and_closes_only_a_release(gate: str, state: str) -> None:
    verdict = run(proof("contradicts"), answer="review", gate=gate)
    assert verdict.gate == state
    assert verdict.findings[0].severity == "warning"
    assert "verdict.review-unmet" in [n.code for n in verdict.notes]


def test_a_review_that_is_satisfied_opens_a_release() -> None:
    assert run(proof("supports"), answer="review").gate == "open"


def test_what_does_not_apply_has_no_findings() -> None:
    verdict = run(proof("contradicts"), answer="does-not-apply")
    assert (verdict.gate, verdict.services[0].obligations[0].outcome) == ("open", "not-applicable")


@pytest.mark.parametrize(
    ("gap", "states"),
    [
        (Gap("a.py", "crashed", kind="plugin"), ("inconclusive", "inconclusive", "inconclusive")),
        (Gap("a.py", "no semgrep", kind="engine"), ("inconclusive", "inconclusive", "inconclusive")),
        (Gap("a.py", "syntax error", kind="syntax", on_path=True), ("inconclusive", "inconclusive", "inconclusive")),
        (Gap("a.py", "syntax error", kind="syntax"), ("open", "open", "inconclusive")),
    ],
)
def test_gaps(gap: Gap, states: tuple[str, str, str]) -> None:
    assert tuple(run(proof("supports"), gate=g, gaps=[gap]).gate for g in ("commit", "pull-request", "release")) == states


def test_a_manifest_may_tolerate_gaps_on_a_path_but_never_a_crash() -> None:
    tolerant = PolicySettings(tolerate={"commit": ("gaps",), "release": ("gaps",)})
    on_path = Gap("a.py", "syntax error", kind="syntax", on_path=True)
    assert run(proof("supports"), gate="commit", gaps=[on_path], policy=tolerant).gate == "open"
    assert run(proof("supports"), gate="release", gaps=[on_path], policy=tolerant).gate == "inconclusive"
    assert run(proof("supports"), gate="commit", gaps=[Gap("", "boom", kind="plugin")], policy=tolerant).gate == "inconclusive"


def test_closed_wins_and_the_reasons_stay() -> None:
    verdict = run(proof("contradicts"), gaps=[Gap("", "boom", kind="plugin")])
    assert verdict.gate == "closed"
    assert [m.code for m in verdict.inconclusive] == ["verdict.gap-engine"]


def test_gates_have_findings_of_their_own() -> None:
    verdict = run(proof("contradicts"), duties=[obligation("scope", role="gate")])
    assert verdict.gate == "closed"
    assert verdict.findings[0].obligation == "pack/scope"
    assert [g.outcome for g in verdict.services[0].gates] == ["unmet"]
