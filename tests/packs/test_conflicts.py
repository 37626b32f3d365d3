"""Duties that pull in opposite directions are both judged, and each explains how the other is met. The cases are data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli

from genai_policy import pipeline
from genai_policy.model.law import Law
from tests.packs.test_all_packs import law

DATA = tomli.loads((Path(__file__).parent / "conflicts.toml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _packs_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def packs(*_: object) -> Law:
        return law()

    monkeypatch.setattr(pipeline, "load_every_pack", packs)


@pytest.mark.parametrize("case", DATA["case"], ids=lambda c: c["name"])
def test_who_meets_one_side_by_breaking_the_other_is_told_both(case: Mapping[str, Any], tmp_path: Path) -> None:
    claims = "\n".join(f'{control} = {{ setting = "prod.toml#{key}" }}' for control, key in case["claims"].items())
    (tmp_path / "genai-service.toml").write_text(f"{DATA['facts']}\n[implements]\n{claims}\n", encoding="utf-8")
    (tmp_path / "prod.toml").write_text(case["settings"], encoding="utf-8")
    verdict = pipeline.check(pipeline.Options(tmp_path, today=dt.date(2026, 11, 15), cache=False, jobs=1))
    outcomes = {o.id: o for s in verdict.services for o in s.obligations}
    wanted = {**dict.fromkeys(case["satisfied"], "satisfied"), **dict.fromkeys(case["unmet"], "unmet")}
    assert {name: outcomes[name].outcome for name in wanted} == wanted
    asked = {name: {c.id: c.outcome for c in outcomes[name].controls} for name in case["unmet"]}
    assert [name for name in asked if "unmet" not in {o for c, o in asked[name].items() if c in case["claims"]}] == []
    limits = [o.limits.en for name in case["unmet"] if (o := law().obligation(name))]
    assert not limits or any(case["explains"] in text for text in limits)
    related = {other for name in case["unmet"] if (o := law().obligation(name)) for other in o.see}
    assert not case["unmet"] or related & {*case["satisfied"], *case["unmet"]}
