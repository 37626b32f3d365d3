"""Packs: what they become, and how each mistake is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli

from genai_policy.errors import PackError
from genai_policy.load.facts import fact_vocabulary, names_a_fact
from genai_policy.load.packs import load_law
from genai_policy.load.shipped import genai_policy_packs
from genai_policy.model.law import Condition, Law, Requirement, Way
from genai_policy.model.message import Text

MISTAKES = tomli.loads(Path(__file__).with_name("cases").joinpath("pack_mistakes.toml").read_text("utf-8"))["case"]
KINDS = {"hook": frozenset({"on", "modalities", "fact"}), "attestation": frozenset({"max-age"}), "endpoint": frozenset({"methods"})}
KINDS["contradiction"] = frozenset({"checks"})

SOUND = {
    "controls/visible-label.toml": """\
schema = 1
id = "visible-label"
[title]
en = "a"
zh = "b"
[looks-for]
en = "a"
zh = "b"
[[way]]
kind = "hook"
on = "every-generation-path"
[[way]]
kind = "attestation"
[fix]
en = "a"
zh = "b"
[limits]
en = "a"
zh = "b"
""",
    "cn-x/pack.toml": """\
schema = 1
id = "cn-x"
jurisdiction = "CN"
status = "in-force"
version = "1"
in-force = 2023-08-15
sources = ["https://example.org"]
title = { en = "a", zh = "b" }
instrument = { en = "a", zh = "b" }
""",
    "cn-x/predicates.toml": """\
schema = 1
[[predicate]]
name = "BASE"
otherwise = "no"
[[predicate.rule]]
answer = "yes"
when = { fact = "output.generative", is = true }
[[predicate]]
name = "IN"
otherwise = "review"
[[predicate.rule]]
answer = "yes"
when = { predicate = "BASE" }
""",
    "cn-x/obligations/label.toml": """\
schema = 1
id = "cn-x/label"
role = "duty"
force = "mandatory"
in-force = 2023-08-15
strength = "wiring"
on-unknown = "applies"
title = { en = "a", zh = "b" }
duty = { en = "a", zh = "b" }
clause = { en = "a", zh = "b" }
fix = { en = "a", zh = "b" }
limits = { en = "a", zh = "b" }
applies-when = { predicate = "IN" }
[[requires]]
control = "visible-label"
""",
}


def write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / "policies" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root / "policies"


def changed(*swaps: tuple[str, str, str]) -> dict[str, str]:
    files = dict(SOUND)
    for name, old, new in swaps:
        assert old in files[name], (name, old)
        files[name] = files[name].replace(old, new, 1)
    return files


def load(root: Path, files: Mapping[str, str] = SOUND, wanted: list[str] | None = None) -> Law:
    return load_law([write(root, files)], KINDS, wanted)


def told(root: Path, files: Mapping[str, str], wanted: list[str] | None = None) -> list[str]:
    with pytest.raises(PackError) as caught:
        load(root, files, wanted)
    return [str(m) for m in caught.value.mistakes]


@pytest.mark.parametrize("case", MISTAKES, ids=lambda c: c["name"])
def test_every_mistake_is_told_at_its_place(case: dict[str, Any], tmp_path: Path) -> None:
    files = changed(*map(tuple, case.get("swap", []))) | dict(case.get("add", []))
    assert sorted(told(tmp_path, files)) == sorted(case["mistakes"])


def test_a_pack_becomes_law(tmp_path: Path) -> None:
    law = load(tmp_path)
    (pack,) = law.packs
    (obligation,) = pack.obligations
    assert (pack.id, pack.status, pack.in_force, Path(pack.directory).name) == ("cn-x", "in-force", dt.date(2023, 8, 15), "cn-x")
    assert (obligation.id, obligation.pack, obligation.file) == ("cn-x/label", "cn-x", "policies/cn-x/obligations/label.toml")
    assert obligation.title == Text("a", "b")
    assert obligation.applies_when == Condition("predicate", "IN")
    assert obligation.requires == (Requirement("visible-label"),)
    assert (obligation.waivable, obligation.reading.status, obligation.until) == (True, "settled", None)
    assert law.controls["visible-label"].ways == (Way("hook", {"on": "every-generation-path"}), Way("attestation"))
    assert law.predicates["IN"].rules == (("yes", Condition("predicate", "BASE")),)


def test_what_an_obligation_may_say_besides(tmp_path: Path) -> None:
    more = """\
control = "visible-label"
with = { hook = { modalities = ["image"] } }
when = { fact = "models", any-item = { origin = ["own-pretrained", "tuned-open-weights"] } }
[reading]
status = "contested"
confidence = "medium-high"
doubts = { en = "a", zh = "b" }
[contested-when]
not = { fact = "as-of", before = 2024-01-01 }
"""
    files = changed(
        ("cn-x/obligations/label.toml", 'control = "visible-label"\n', more),
        (
            "cn-x/obligations/label.toml",
            "schema = 1",
            'schema = 1\nwaivable = false\nuntil = 2025-08-31\nseed = ["P8"]\nsee = ["cn-y/any"]',
        ),
    )
    obligation = load(tmp_path, files).packs[0].obligations[0]
    assert (obligation.waivable, obligation.until, obligation.seed, obligation.see) == (False, dt.date(2025, 8, 31), ("P8",), ("cn-y/any",))
    assert (obligation.reading.status, obligation.reading.confidence) == ("contested", "medium-high")
    assert obligation.contested_when == Condition("not", parts=(Condition("before", "as-of", dt.date(2024, 1, 1)),))
    (requirement,) = obligation.requires
    assert requirement.params == {"hook": {"modalities": ["image"]}}
    assert requirement.when == Condition("any-item", "models", {"origin": ["own-pretrained", "tuned-open-weights"]})


def test_an_instrument_ends_its_obligations(tmp_path: Path) -> None:
    files = changed(("cn-x/pack.toml", "schema = 1", "schema = 1\nuntil = 2025-08-31"))
    assert load(tmp_path, files).packs[0].obligations[0].until == dt.date(2025, 8, 31)


def test_wanted_packs_keep_the_predicates_of_the_others(tmp_path: Path) -> None:
    other = SOUND["cn-x/pack.toml"].replace("cn-x", "cn-y")
    law = load(tmp_path, {**SOUND, "cn-y/pack.toml": other}, ["cn-y"])
    assert [p.id for p in law.packs] == ["cn-y"]
    assert set(law.predicates) == {"BASE", "IN"}


def test_unknown_packs_are_told_with_a_suggestion(tmp_path: Path) -> None:
    assert told(tmp_path, SOUND, ["cn-xx"]) == ['no pack named "cn-xx"; did you mean "cn-x"? known packs: cn-x']


def test_a_directory_that_does_not_exist_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="is no directory of packs"):
        load_law([tmp_path / "gone"], KINDS)


def test_two_directories_share_controls_and_data_but_no_ids(tmp_path: Path) -> None:
    shared = {"documents.toml": 'schema = 1\n[[placeholder]]\nid = "a"\nany = ["x"]\ntitle = { en = "a", zh = "b" }\n'}
    one = write(tmp_path / "one", {**SOUND, **shared})
    renamed = {name.replace("cn-x", "cn-y"): text.replace("cn-x", "cn-y") for name, text in SOUND.items() if name.startswith("cn-x/")}
    renamed["cn-y/predicates.toml"] = "schema = 1\n"
    two = write(
        tmp_path / "two",
        {**renamed, "documents.toml": 'schema = 1\n[[placeholder]]\nid = "b"\nany = ["x"]\ntitle = { en = "a", zh = "b" }\n'},
    )
    law = load_law([one, two], KINDS)
    assert [o.id for p in law.packs for o in p.obligations] == ["cn-x/label", "cn-y/label"]
    assert [p["id"] for p in law.shared["documents"]["placeholder"]] == ["a", "b"]
    with pytest.raises(PackError) as caught:
        load_law([one, write(tmp_path / "three", SOUND)], KINDS)
    twice = [m.problem for m in caught.value.mistakes]
    assert twice == [
        f"the {what} exists already" for what in ('pack "cn-x"', 'predicate "BASE"', 'predicate "IN"', 'control "visible-label"')
    ]


def test_rule_files_are_listed_without_their_targets(tmp_path: Path) -> None:
    rules = {f"cn-x/rules/{name}": "" for name in ("b.yaml", "a.yml", "a.py", "b.test.yaml")}
    assert load(tmp_path, {**SOUND, **rules}).packs[0].rules == ("rules/a.yml", "rules/b.yaml")


def test_predicates_may_be_split_into_files(tmp_path: Path) -> None:
    files = {name.replace("predicates.toml", "predicates/scope.toml"): text for name, text in SOUND.items()}
    assert set(load(tmp_path, files).predicates) == {"BASE", "IN"}


def test_the_facts_of_conditions_are_those_of_manifests() -> None:
    vocabulary = fact_vocabulary()
    assert vocabulary["service.reach"].type == "words"
    assert vocabulary["inputs.days"].type == "count"
    assert vocabulary["models"].columns["origin"].allowed[0] == "own-pretrained"
    assert not [name for name in vocabulary if name.endswith(("reason", "declared-by", "declared-on"))]
    assert names_a_fact("filings.algorithm.number")
    assert not names_a_fact("filings.algorithm.numbers")


def test_the_shipped_packs_load() -> None:
    law = load_law(genai_policy_packs(), {})
    assert "cn-genai" in [p.id for p in law.packs]
    assert law == load_law(genai_policy_packs(), {})
