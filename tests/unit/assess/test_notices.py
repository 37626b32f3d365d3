"""A notice in a page as the visible label: every case is data in ``cases/notice.toml``, judged with the shipped control."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import tomli

from genai_policy.assess.markup import runs
from genai_policy.assess.outcomes import control_outcome
from genai_policy.model.verdict import ControlOutcome
from tests.unit.assess.judging import ask, cases, claim_of, facts_of
from tests.unit.linked import linked

KINDS = ("hook", "document")
CASES = cases("notice")
_CONTROL = Path(__file__).parents[3] / "policies" / "controls" / "visible-label.toml"
_CODE = (".py", ".ts", ".js", ".tsx")


def _ways() -> dict[str, Any]:
    ways = tomli.loads(_CONTROL.read_text("utf-8"))["way"]
    return {way["kind"]: {k: v for k, v in way.items() if k != "kind"} for way in ways}


def judged(case: dict[str, Any]) -> ControlOutcome:
    ways = _ways()
    ways["hook"]["modalities"] = case.get("modalities", [])
    sources = {p: t for p, t in case["files"].items() if PurePosixPath(p).suffix in _CODE and p not in case.get("left-out", {})}
    claim = claim_of({**case, "ways": ways})
    facts = facts_of(claim, case, linked(sources))
    return control_outcome(claim, [e for kind in KINDS for e in ask(kind, claim, facts)])


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_case(case: dict[str, Any]) -> None:
    outcome = judged(case)
    said = [(e.polarity, e.note.code, dict(e.note.args)) for e in outcome.evidence]
    assert outcome.outcome == case["expect"], said
    assert set(case.get("codes", ())) <= {code for _, code, _ in said}, said
    if "entry" in case:
        assert [args["entry"] for polarity, _, args in said if polarity == "contradicts"] == [case["entry"]], said
    if "line" in case:
        assert outcome.evidence[0].places[0].line == case["line"]


HOSTILE = [
    "<" * 5_000,
    "<p" * 5_000,
    "<p {" * 3_000,
    "{" * 5_000,
    "{% if " * 2_000,
    "</p>" * 3_000,
    "<p a='" * 2_000,
    "<style>{" * 2_000,
    "<script>" * 500,
]


@pytest.mark.parametrize("suffix", ["html", "vue", "tsx"])
@pytest.mark.parametrize("text", HOSTILE, ids=[t[:8] for t in HOSTILE])
def test_broken_markup_shows_nothing_for_sure(text: str, suffix: str) -> None:
    assert all(run.state != "shown" or "Z" not in run.text for run in runs(text + "<p hidden>Z</p>", suffix))
