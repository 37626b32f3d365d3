"""The checks of ``contradictions.toml`` find what speaks against a declared fact, and spare what does not. The cases are data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli

from genai_policy import pipeline
from tests.packs.manifests import base, laid_over, written

HERE = Path(__file__).parent
CASES = tomli.loads((HERE / "contradictions.toml").read_text(encoding="utf-8"))["case"]
CHECKS = tomli.loads((HERE.parents[1] / "policies" / "contradictions.toml").read_text(encoding="utf-8"))["check"]


def found(root: Path, facts: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, list[str]]:
    """Return, by check, the places that the scope gate shows for a repository with these facts and files."""
    (root / "genai-service.toml").write_text(written(facts), encoding="utf-8")
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    verdict = pipeline.check(pipeline.Options(root, today=dt.date(2026, 11, 15), packs=("cn-genai",), cache=False, jobs=1))
    evidence = (e for s in verdict.services for g in s.gates if g.id == "cn-genai/art2-scope" for c in g.controls for e in c.evidence)
    against: dict[str, list[str]] = {}
    for item in evidence:
        if item.kind == "contradiction" and item.polarity == "contradicts":
            against.setdefault(item.note.args["check"], []).append(f"{item.places[0].file}:{item.places[0].line}")
    return against


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["check"])
def test_code_that_contradicts_a_fact_is_found_where_it_is(case: Mapping[str, Any], tmp_path: Path) -> None:
    facts = laid_over(base(), case.get("with", {}))
    against = found(tmp_path, facts, case["files"])
    assert any(place.startswith(case["at"]) for place in against.get(case["check"], [])), against


@pytest.mark.parametrize("case", [c for c in CASES if "spares" in c], ids=lambda c: c["check"])
def test_code_that_only_looks_alike_is_spared(case: Mapping[str, Any], tmp_path: Path) -> None:
    facts = laid_over(base(), case.get("with", {}))
    assert case["check"] not in found(tmp_path, facts, case["spares"])


def test_every_check_has_a_case_and_is_asked_for() -> None:
    names = {check["id"] for check in CHECKS}
    assert {case["check"] for case in CASES} == names
    control = tomli.loads((HERE.parents[1] / "policies" / "controls" / "declared-facts.toml").read_text(encoding="utf-8"))
    assert set(control["way"][0]["checks"]) == names
