"""The rules of the shipped packs find what their targets mark with ``ruleid:`` on the line above, and nothing that is marked ``ok:``."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec import Struct

from genai_policy import pipeline
from genai_policy.assess.evidence.forbidden import rules_asked_for
from genai_policy.read import rules
from genai_policy.read.rules import RuleRun, find_engine, run_rules

POLICIES = Path(__file__).parents[2] / "policies"
RULE_FILES = sorted(POLICIES.glob("*/rules/*.yaml"))
LANGUAGES = {
    "python": (".py",),
    "javascript": (".js", ".jsx", ".ts", ".tsx"),
    "typescript": (".js", ".jsx", ".ts", ".tsx"),
    "java": (".java",),
    "go": (".go",),
}
SUFFIXES = {suffix for suffixes in LANGUAGES.values() for suffix in suffixes}
MARK = re.compile(r"(?:#|//)\s*(ruleid|ok):\s*([\w-]+)")
#: Cases for and against, of each rule and language.
ENOUGH = 6

needs_engine = pytest.mark.skipif(find_engine() is None, reason="semgrep is not installed")


class Target(Struct, frozen=True):
    path: str
    digest: str
    left_out: str = ""


class Targets:
    """The targets beside the rules, as a tree."""

    def __init__(self) -> None:
        self.contents = {p.name: p.read_bytes() for p in sorted(POLICIES.glob("*/rules/*")) if p.suffix in SUFFIXES}
        self.files = [Target(name, hashlib.sha256(content).hexdigest()) for name, content in self.contents.items()]

    def read(self, path: str) -> bytes:
        return self.contents[path]


@cache
def shipped() -> Mapping[str, Mapping[str, Any]]:
    """Return every shipped rule by its id."""
    loaded = [rule for path in RULE_FILES for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]]
    assert len({rule["id"] for rule in loaded}) == len(loaded)
    return {rule["id"]: rule for rule in loaded}


def marked(targets: Targets, word: str) -> set[tuple[str, str, int]]:
    """Return (rule, file, line) of every mark: the line after it."""
    return {
        (found[2], name, number + 1)
        for name, content in targets.contents.items()
        for number, line in enumerate(content.decode().splitlines(), 1)
        for found in MARK.finditer(line)
        if found[1] == word
    }


def hits(run: RuleRun) -> set[tuple[str, str, int]]:
    return {(m.rule, m.file, m.line) for m in run.matches or ()}


@needs_engine
def test_rules_hit_their_targets_and_nothing_else_whichever_front_end_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast front end and the plain one, which is the fallback, must not judge differently."""
    targets = Targets()
    answers = []
    for front in rules.FRONT_ENDS:
        monkeypatch.setattr(rules, "FRONT_ENDS", (front,))
        answers.append(run_rules(targets, RULE_FILES))
        assert answers[-1].gaps == ()
        assert hits(answers[-1]) == marked(targets, "ruleid")
    assert answers[0] == answers[1]


def test_every_rule_has_enough_cases_for_and_against_in_each_of_its_languages() -> None:
    targets = Targets()
    few = []
    for word in ("ruleid", "ok"):
        counted = Counter((rule, Path(file).suffix) for rule, file, _ in marked(targets, word))
        assert {rule for rule, _ in counted} == set(shipped())
        for name, rule in shipped().items():
            numbers = {language: sum(counted[name, suffix] for suffix in LANGUAGES[language]) for language in rule["languages"]}
            few += [(name, language, word, number) for language, number in numbers.items() if number < ENOUGH]
    assert few == []


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_rule_says_what_it_is_for_and_what_it_cannot_see(name: str) -> None:
    rule = shipped()[name]
    metadata = rule["metadata"]
    assert rule["message"].strip()
    assert all(str(metadata[key]).strip() for key in ("message-zh", "limits", "limits-zh"))
    assert metadata["words"]
    pack, _, obligation = metadata["obligation"].partition("/")
    duty = (POLICIES / pack / "obligations" / f"{obligation}.toml").read_text("utf-8")
    assert f'control = "{metadata["control"]}"' in duty
    assert f'"{name}"' in (POLICIES / "controls" / f"{metadata['control']}.toml").read_text("utf-8")


def test_a_pack_that_is_chosen_alone_asks_for_rules_that_lie_in_others() -> None:
    options = pipeline.Options(root=POLICIES, today=dt.date.min, packs=("cn-labelling",))
    everything = pipeline.law(options)
    chosen = pipeline.choose_packs(everything, options, ())
    assert "cn-genai-label-removal-offered-python" in rules_asked_for(chosen)
    assert rules_asked_for(chosen) < rules_asked_for(everything) == set(shipped())
