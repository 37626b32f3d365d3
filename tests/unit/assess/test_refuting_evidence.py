"""Contradictions, tests and forbidden patterns."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import tomli
from msgspec.structs import replace

from genai_policy.assess.outcomes import control_outcome
from genai_policy.model.verdict import FactIndex, RuleMatch
from tests.unit.assess.judging import ask, cases, claim_of, facts_of, judge
from tests.unit.linked import linked

CHECKS = tomli.loads((Path(__file__).parents[3] / "policies" / "contradictions.toml").read_text(encoding="utf-8"))
CONTRADICTIONS = cases("contradiction")
TESTS = cases("test")


@pytest.mark.parametrize("case", CONTRADICTIONS, ids=[c["name"] for c in CONTRADICTIONS])
def test_contradiction(case: dict[str, Any]) -> None:
    files = case.get("files", {})
    sources = {p: t for p, t in files.items() if PurePosixPath(p).suffix == ".py" and p not in case.get("left-out", {})}
    claim = claim_of({**case, "ways": {"contradiction": {"checks": [case["check"]]}}, "shared": {"contradictions": CHECKS}})
    outcome = control_outcome(claim, ask("contradiction", claim, facts_of(claim, case, linked(sources))))
    assert outcome.outcome == case["expect"], outcome.evidence
    place = outcome.evidence[0].places[0] if outcome.evidence[0].places else None
    assert case.get("file", place and place.file) == (place and place.file)
    assert case.get("line", place and place.line) == (place and place.line)


def test_most_shipped_checks_have_a_case_that_they_find() -> None:
    found = {case["check"] for case in CONTRADICTIONS if case["expect"] == "unmet"}
    known = {check["id"] for check in CHECKS["check"]}
    assert found <= known
    assert len(found) >= 12


@pytest.mark.parametrize("case", TESTS, ids=[c["name"] for c in TESTS])
def test_named_test(case: dict[str, Any]) -> None:
    outcome = judge(case, ("test",))
    codes = {e.note.code for e in outcome.evidence}
    assert outcome.outcome == case["expect"], codes
    assert set(case.get("codes", ())) <= codes
    assert case.get("line", outcome.evidence[0].places[0].line) == outcome.evidence[0].places[0].line


# ---- forbidden -----------------------------------------------------------------------------------------------------------

FORBIDDEN = {"ways": {"forbidden": {"rules": ["drops-metadata"]}}}


def forbidden(facts: FactIndex, root: str = "") -> tuple[str, list[str]]:
    claim = claim_of(FORBIDDEN, root)
    outcome = control_outcome(claim, ask("forbidden", claim, facts))
    return outcome.outcome, [e.note.code for e in outcome.evidence]


def index(*matches: RuleMatch, **changes: Any) -> FactIndex:
    claim = claim_of(FORBIDDEN)
    facts = facts_of(claim, {"files": {"a.py": "", "b.py": ""}})
    return replace(facts, **{"matches": matches, "rules_run": ("drops-metadata",), **changes})


def test_each_hit_contradicts() -> None:
    hits = [RuleMatch("rules.drops-metadata", "a.py", 3, 3, "x.save(p)"), RuleMatch("drops-metadata", "b.py", 1, 1, "y")]
    assert forbidden(index(*hits)) == ("unmet", ["forbidden.found", "forbidden.found"])


def test_hits_of_other_rules_and_foreign_files_do_not_count() -> None:
    hits = [RuleMatch("another", "a.py", 3, 3), RuleMatch("drops-metadata", "tests/t.py", 1, 1)]
    assert forbidden(index(*hits, left_out={"tests/t.py": "test"})) == ("satisfied", ["forbidden.clean"])


def test_hits_outside_the_service_do_not_count() -> None:
    assert forbidden(index(RuleMatch("drops-metadata", "a.py", 3, 3)), root="svc") == ("satisfied", ["forbidden.clean"])


@pytest.mark.parametrize(
    "changes",
    [{"matches": None, "rules_run": ()}, {"matches": None}, {"rules_run": ()}, {"rules_run": ("another",)}],
    ids=["no engine", "no answer", "pack not chosen", "other rules ran"],
)
def test_nothing_is_known_of_a_rule_that_did_not_run(changes: dict[str, Any]) -> None:
    assert forbidden(index(**changes)) == ("undetermined", ["forbidden.not-run"])


def test_one_rule_of_several_that_did_not_run_leaves_it_open() -> None:
    claim = claim_of({"ways": {"forbidden": {"rules": ["drops-metadata", "of-another-pack"]}}})
    outcome = control_outcome(claim, ask("forbidden", claim, index()))
    assert (outcome.outcome, [e.note.args["rules"] for e in outcome.evidence]) == ("undetermined", ["of-another-pack"])


@pytest.mark.parametrize(
    ("missed", "root", "expected"),
    [
        (("drops-metadata", "a.py"), "", ("undetermined", ["forbidden.not-seen"])),
        (("another", "a.py"), "", ("satisfied", ["forbidden.clean"])),
        (("drops-metadata", "elsewhere/a.py"), "svc", ("satisfied", ["forbidden.clean"])),
    ],
    ids=["its file", "another rule", "another service"],
)
def test_nothing_is_known_of_a_file_that_a_rule_could_not_look_at(
    missed: tuple[str, str], root: str, expected: tuple[str, list[str]]
) -> None:
    assert forbidden(index(rules_missed=(missed,)), root) == expected


def test_a_hit_decides_whatever_else_was_not_seen() -> None:
    facts = index(RuleMatch("drops-metadata", "a.py", 3, 3, "x"), rules_missed=(("drops-metadata", "b.py"),))
    assert forbidden(facts) == ("unmet", ["forbidden.found", "forbidden.not-seen"])


def test_the_same_text_twice_in_a_file_gives_two_keys_without_lines() -> None:
    def keys(*lines: int) -> list[str]:
        claim = claim_of(FORBIDDEN)
        return [e.key for e in ask("forbidden", claim, index(*(RuleMatch("drops-metadata", "a.py", n, n, "x") for n in lines)))]

    assert keys(3, 9) == keys(30, 90)
    assert len(set(keys(3, 9))) == 2
