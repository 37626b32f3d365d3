"""The rules of the shipped packs find what their targets mark with ``ruleid:`` on the line above, and nothing that is marked ``ok:``."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from msgspec import Struct

from genai_policy.read.rules import run_rules

POLICIES = Path(__file__).parents[2] / "policies"
SUFFIXES = (".py", ".js", ".ts", ".java", ".go")
MARK = re.compile(r"(?:#|//)\s*(ruleid|ok):\s*([\w-]+)")


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


def marked(targets: Targets, word: str) -> set[tuple[str, str, int]]:
    """Return (rule, file, line) of every mark: the line after it."""
    return {
        (found[2], name, number + 1)
        for name, content in targets.contents.items()
        for number, line in enumerate(content.decode().splitlines(), 1)
        for found in MARK.finditer(line)
        if found[1] == word
    }


def test_rules_hit_their_targets_and_nothing_else() -> None:
    targets = Targets()
    run = run_rules(targets, sorted(POLICIES.glob("*/rules/*.yaml")))
    assert run.gaps == ()
    assert {(m.rule, m.file, m.line) for m in run.matches or ()} == marked(targets, "ruleid")


def test_every_rule_has_a_target_that_it_hits_and_one_that_it_spares() -> None:
    targets = Targets()
    rules = {found for p in POLICIES.glob("*/rules/*.yaml") for found in re.findall(r"(?m)^  - id: ([\w-]+)$", p.read_text())}
    assert {rule for rule, _, _ in marked(targets, "ruleid")} == rules
    assert {rule for rule, _, _ in marked(targets, "ok")} == rules


def test_every_rule_is_asked_for_by_the_control_it_names() -> None:
    for path in sorted(POLICIES.glob("*/rules/*.yaml")):
        text = path.read_text()
        rules, controls = re.findall(r"(?m)^  - id: ([\w-]+)$", text), re.findall(r"(?m)^      control: ([\w-]+)$", text)
        for rule, control in zip(rules, controls, strict=True):
            assert f'"{rule}"' in (POLICIES / "controls" / f"{control}.toml").read_text()
