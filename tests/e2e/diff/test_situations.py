"""Pull requests judge the change: situations as data, each on a small history of its own."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.diff.history import DATA, build

SITUATIONS = DATA["situation"]
ALTERATIONS = {"edit", "append", "move", "delete", "add", "link"}
HISTORIES = {
    "base",
    "main",
    "restore",
    "accept",
    "packs",
    "monorepo",
    "submodule",
    "config",
    "git",
    "uncommitted",
    "clone",
    "root",
    "options",
}
EXPECTATIONS = {"exit", "new", "old", "waived", "begins", "ceases", "says", "err", "absent"}
KNOWN = {"name"} | ALTERATIONS | HISTORIES | EXPECTATIONS


def test_the_situations_are_many_and_say_nothing_unknown() -> None:
    assert len(SITUATIONS) >= 25
    assert len({case["name"] for case in SITUATIONS}) == len(SITUATIONS)
    assert {key for case in SITUATIONS for key in case} <= KNOWN


@pytest.mark.parametrize("case", SITUATIONS, ids=lambda case: case["name"].replace(" ", "-"))
def test_a_change_is_judged_as_the_situation_says(cli: Any, tmp_path: Path, case: dict[str, Any]) -> None:
    root, packs = build(tmp_path / "repo", case)
    options = [*packs, *case.get("options", ["--diff-base", "main"])]
    result = cli("check", root, *options, "-f", "json", "-o", tmp_path / "verdict.json", "-f", "text", "-o", "-")
    assert result.code == case["exit"], result.out + result.err
    assert case.get("err", "") in result.err
    assert not case.get("absent") or not list(tmp_path.rglob(case["absent"]))
    if result.code == 2:
        return
    verdict = json.loads((tmp_path / "verdict.json").read_text("utf-8"))
    for status, key in (("new", "new"), ("baselined", "old"), ("waived", "waived")):
        assert told(verdict, status) == Counter(case.get(key, ())), (status, result.out)
    for turn in ("begins", "ceases"):
        assert sorted(o for t in verdict["change"][turn] for o in t["obligations"]) == case.get(turn, []), result.out
    for piece in case.get("says", ()):
        assert piece in result.out


def told(verdict: dict[str, Any], status: str) -> Counter[str]:
    return Counter(f"{f['obligation']} {f['places'][0]['file']}" for f in verdict["findings"] if f["status"] == status)
