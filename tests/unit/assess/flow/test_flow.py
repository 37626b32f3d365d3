"""Value flow, case by case: small programs as data, and what becomes of the model's output in each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli

from genai_policy.assess.flow import trace, trace_all
from genai_policy.model.code import CodeFacts
from tests.unit.linked import linked

HERE = Path(__file__).parent
SUFFIXES = {"python": ".py", "typescript": ".ts", "java": ".java", "go": ".go"}


def cases() -> list[Any]:
    """Collect the cases of all languages."""
    found = []
    for path in sorted(HERE.glob("*.toml")):
        if path.stem in ("shapes", "surprises"):
            continue
        data = tomli.loads(path.read_text(encoding="utf-8"))
        for case in data["case"]:
            source = data["preamble"] + case["body"]
            case = {"file": data.get("file", f"app/main{SUFFIXES[path.stem]}"), **case}
            found.append(pytest.param(source, case.get("hooks", data["hooks"]), case, id=f"{path.stem}-{case['name'].replace(' ', '-')}"))
    return found


def hooks_in(code: CodeFacts, names: list[str]) -> frozenset[str]:
    return frozenset(f.id for f in code.functions.values() if f.code.qualname in names)


@pytest.mark.parametrize(("source", "hooks", "case"), cases())
def test_what_becomes_of_the_output(source: str, hooks: list[str], case: dict[str, Any]) -> None:
    code = linked({case["file"]: source})
    paths = [i for i, p in enumerate(code.paths) if p.route >= 0 or p.entry >= 0]
    assert paths, "the case has no generation path"
    crossings = trace(code, hooks_in(code, hooks), paths, checks=case.get("checks", False), side=case.get("side", "output"))
    worst = min(crossings, key=lambda c: ("misses", "undecided", "passes").index(c.answer))
    assert worst.answer == case["expect"], crossings
    if "how" in case:
        assert worst.how == case["how"], crossings
    if "at" in case:
        lines = [n for n, line in enumerate(source.splitlines(), 1) if case["at"] in line]
        assert {p.line for c in crossings for p in c.places} & set(lines), (crossings, lines)


@pytest.mark.parametrize(
    "case", tomli.loads((HERE / "shapes.toml").read_text(encoding="utf-8"))["case"], ids=lambda c: c["name"].replace(" ", "-")
)
def test_what_becomes_of_it_across_files(case: dict[str, Any]) -> None:
    code = linked(case["files"])
    traced = trace_all(code, hooks_in(code, case["hooks"]), range(len(code.paths)))
    assert traced.crossings
    answers = [c.answer for c in traced.crossings] + ["misses" for _ in traced.reserved]
    assert min(answers, key=("misses", "undecided", "passes").index) == case["expect"], traced


_SURPRISES = tomli.loads((HERE / "surprises.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", _SURPRISES["case"], ids=lambda c: c["name"].replace(" ", "-"))
def test_what_an_examiner_writes(case: dict[str, Any]) -> None:
    checks = bool(case.get("checks"))
    source = _SURPRISES["checks" if checks else "preamble"] + case["body"]
    code = linked({"app/main.py": source, "app/labels.py": _SURPRISES["labels"], "app/__init__.py": ""})
    crossings = trace(code, hooks_in(code, case["hooks"]), range(len(code.paths)), checks=checks)
    assert crossings
    answer = min((c.answer for c in crossings), key=("misses", "undecided", "passes").index)
    assert answer != "passes" if case["expect"] == "not-passes" else answer == case["expect"], crossings
