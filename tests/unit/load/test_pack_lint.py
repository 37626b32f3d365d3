"""``pack lint``: what loading lets pass."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from genai_policy.errors import PackError
from genai_policy.load.pack_lint import CASES, lint, missing_cases
from genai_policy.load.packs import load_law
from genai_policy.load.shipped import genai_policy_packs
from genai_policy.model.law import Law
from tests.unit.load.test_load_packs import SOUND, changed, write

DAY = dt.date(2026, 11, 22)
KINDS = {"hook": frozenset({"on"}), "attestation": frozenset(), "forbidden": frozenset({"rules"})}
RULE = "rules:\n- id: {id}\n  metadata: {{control: {control}, obligation: {obligation}}}\n"
LOOKS = ("controls/visible-label.toml", 'kind = "attestation"', 'kind = "forbidden"\nrules = ["one"]')
PREDICATES = "cn-x/predicates.toml"


def linted(root: Path, files: Mapping[str, str], day: dt.date = DAY) -> list[str]:
    return [str(m) for m in lint(load_law([write(root, files)], KINDS), day)]


@cache
def shipped() -> Law:
    return load_law(genai_policy_packs(), {})


def test_the_shipped_packs_are_fine() -> None:
    assert list(lint(shipped(), DAY)) == []
    assert list(missing_cases(shipped())) == []


def test_a_small_pack_is_fine(tmp_path: Path) -> None:
    rule = RULE.format(id="one", control="visible-label", obligation="cn-x/label")
    assert linted(tmp_path, {**changed(LOOKS), "cn-x/rules/a.yaml": rule}) == []


def test_dead_and_unknown_rules(tmp_path: Path) -> None:
    rules = RULE.format(id="two", control="visible-lable", obligation="cn-x/lable")
    again = "".join(RULE.format(id="two", control="visible-label", obligation="cn-x/label"))
    assert linted(tmp_path, {**changed(LOOKS), "cn-x/rules/a.yaml": rules, "cn-x/rules/b.yaml": again}) == [
        "cn-x/rules: two: is dead: no control looks for it; name it in a `forbidden` way of its control",
        'cn-x/rules: two.metadata.control: unknown control "visible-lable"; did you mean "visible-label"? controls: visible-label',
        'cn-x/rules: two.metadata.obligation: unknown obligation "cn-x/lable"; did you mean "cn-x/label"? obligations: cn-x/label',
        "cn-x/rules: two: the id is taken by a rule of cn-x; give it another id",
        "cn-x/rules: two: is dead: no control looks for it; name it in a `forbidden` way of its control",
        'policies/controls/visible-label.toml: rules: looks for the rule "one", which no pack has; rules: two',
    ]


def test_a_rule_file_that_holds_no_rules(tmp_path: Path) -> None:
    assert len(linted(tmp_path, {**SOUND, "cn-x/rules/a.yaml": "rules: [", "cn-x/rules/b.yaml": "a: 1"})) == 2


def test_dead_predicates_and_rules(tmp_path: Path) -> None:
    dead = """
[[predicate.rule]]
answer = "no"
when = { predicate = "BASE" }
[[predicate.rule]]
answer = "no"
when = { always = true }
[[predicate.rule]]
answer = "yes"
when = { fact = "output.generative", is = false }
[[predicate]]
name = "LEFT_OVER"
otherwise = "no"
"""
    files = dict(SOUND)
    files[PREDICATES] += dead
    assert linted(tmp_path, files) == [
        "cn-x/predicates: IN.rule[1]: is dead: a rule above it has the same condition; drop it, or move it up",
        "cn-x/predicates: IN.rule[3]: is dead: a rule above it always holds; drop it, or move it up",
        "cn-x/predicates: LEFT_OVER: is dead: no condition asks for it; drop it, or ask for it",
    ]


@pytest.mark.parametrize(("day", "expired"), [(dt.date(2027, 5, 31), 0), (dt.date(2027, 6, 1), 1)])
def test_sources_expire(day: dt.date, expired: int, tmp_path: Path) -> None:
    files = changed(("cn-x/pack.toml", "schema = 1", "schema = 1\nread-on = 2026-11-15\nread-again = 2027-05-31"))
    found = linted(tmp_path, files, day)
    assert ["the sources have expired" in line for line in found] == [True] * expired


def test_every_pack_in_force_says_when_its_sources_expire() -> None:
    assert [p.id for p in shipped().packs if p.read_on is None or (p.read_again is None) is not (p.status == "draft")] == []


def test_cases_that_are_missing_are_told(tmp_path: Path) -> None:
    case = {f"cn-x/tests/label/{name}/genai-service.toml": "schema = 1" for name in CASES[:2]}
    law = load_law([write(tmp_path, {**SOUND, **case})], KINDS)
    assert list(missing_cases(law)) == [("cn-x/label", ("undetermined", "not-applicable"))]
    draft = changed(("cn-x/pack.toml", '"in-force"', '"draft"'))
    assert list(missing_cases(load_law([write(tmp_path / "draft", {**draft, **case})], KINDS))) == []


# ---- mistakes that loading itself finds, all at once ---------------------------------------------------------------------------


def test_missing_translation_unknown_control_and_a_doubled_id_come_at_once(tmp_path: Path) -> None:
    files = changed(
        ("cn-x/obligations/label.toml", 'title = { en = "a", zh = "b" }', 'title = { en = "a" }'),
        ("cn-x/obligations/label.toml", 'control = "visible-label"', 'control = "visible-lable"'),
    )
    files["cn-x/obligations/again.toml"] = SOUND["cn-x/obligations/label.toml"]
    with pytest.raises(PackError) as caught:
        load_law([write(tmp_path, files)], KINDS)
    told = [str(m) for m in caught.value.mistakes]
    assert any("title.zh: is missing" in line for line in told)
    assert any('unknown control "visible-lable"' in line for line in told)
    assert any('"cn-x/label" does not match the file\'s name' in line for line in told)


SHARED = {
    "clocks": """
schema = 1
[[clock]]
id = "a"
obligations = ["cn-x/lable", "elsewhere/any"]
from = "service.stage"
until-fact = "filings.algorithm.filed"
days = 0
unit = "days"
calendar = "CN"
title = { en = "a" }
[[clock]]
id = "a"
""",
    "not-modelled": """
schema = 1
[[entry]]
id = "cn-x/label"
reason = { en = "a", zh = "b" }
[[entry]]
id = "cn-x/label"
why = "a"
""",
    "founding-claims": """
schema = 1
[[claim]]
id = "D1"
title = { en = "a", zh = "b" }
unanswered = "a"
""",
}


def test_the_data_files_beside_the_packs_are_checked_all_at_once(tmp_path: Path) -> None:
    files = changed(("cn-x/obligations/label.toml", "schema = 1", 'schema = 1\nseed = ["D1", "D2"]'))
    files |= {f"{name}.toml": text for name, text in SHARED.items()}
    with pytest.raises(PackError) as caught:
        load_law([write(tmp_path, files)], KINDS)
    told = {str(m).removeprefix("policies/").partition(";")[0] for m in caught.value.mistakes}
    assert told == {
        'clocks.toml:5:16: clock[0].obligations[0]: unknown obligation "cn-x/lable"',
        'clocks.toml:6:8: clock[0].from: "service.stage" is no day',
        'clocks.toml:7:14: clock[0].until-fact: unknown fact "filings.algorithm.filed"',
        "clocks.toml:8:8: clock[0].days: cannot be the number 0: input should be greater than 0",
        'clocks.toml:9:8: clock[0].unit: "days" is not allowed',
        "clocks.toml:11:1: clock[0].title.zh: is missing",
        *(f"clocks.toml:12:3: clock[1].{key}: is missing" for key in ("obligations", "days", "unit", "calendar", "title")),
        'clocks.toml:13:6: clock[1].id: "a" is taken',
        "not-modelled.toml:4:6: entry[0].id: is an obligation, so it is modelled",
        "not-modelled.toml:6:3: entry[1].reason: is missing",
        'not-modelled.toml:7:6: entry[1].id: "cn-x/label" is taken',
        "not-modelled.toml:7:6: entry[1].id: is an obligation, so it is modelled",
        "not-modelled.toml:8:1: entry[1].why: unknown key",
        'founding-claims.toml:6:14: claim[0].unanswered: must be a table, not "a"',
        'cn-x/obligations/label.toml:2:15: seed[1]: unknown claim "D2"',
    }


def test_the_shipped_data_files_break_when_one_value_does(tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(genai_policy_packs()[0], policies, ignore=shutil.ignore_patterns("tests"))
    clocks = policies / "clocks.toml"
    clocks.write_text(clocks.read_text("utf-8").replace("days = 20", 'days = "20"'), "utf-8")
    with pytest.raises(PackError, match="must be a whole number"):
        load_law([policies], {})


def test_an_authority_is_good_for_obligations_that_there_are(tmp_path: Path) -> None:
    authority = '\n[[waiver-authority]]\nname = "the board"\nobligations = ["cn-x/*", "cn-y/*"]\n'
    files = dict(SOUND)
    files["cn-x/pack.toml"] += authority
    with pytest.raises(PackError, match=r'no obligation is named "cn-y/\*"'):
        load_law([write(tmp_path, files)], KINDS)
