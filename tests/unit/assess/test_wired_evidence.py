"""Hooks and endpoints, judged on small programs that are read and linked as in a run. Every case is data in ``cases/``."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest

from genai_policy.assess.outcomes import control_outcome
from genai_policy.model.verdict import ControlOutcome
from tests.unit.assess.judging import ask, cases, claim_of, facts_of
from tests.unit.linked import linked

KINDS = ("hook", "endpoint")
CASES = [(kind, case) for kind in KINDS for case in cases(kind)]
_CODE = (".py", ".ts", ".js", ".java", ".go")


def judged(case: dict[str, Any]) -> ControlOutcome:
    sources = {p: t for p, t in case["files"].items() if PurePosixPath(p).suffix in _CODE and p not in case.get("left-out", {})}
    claim = claim_of(case)
    facts = facts_of(claim, case, linked(sources))
    return control_outcome(claim, [e for kind in KINDS for e in ask(kind, claim, facts)])


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{k}: {c['name']}" for k, c in CASES])
def test_case(kind: str, case: dict[str, Any]) -> None:
    outcome = judged(case)
    said = [(e.polarity, e.note.code, dict(e.note.args)) for e in outcome.evidence]
    assert outcome.outcome == case["expect"], said
    assert set(case.get("codes", ())) <= {e.note.code for e in outcome.evidence}, said
    first = outcome.evidence[0] if outcome.evidence else None
    if "says" in case:
        assert first is not None
        assert f"{first.note.args['k']} of {first.note.args['n']}" == case["says"]
    if "names" in case:
        assert first is not None
        assert first.note.args["entry"] == case["names"]
    if "file" in case:
        assert first is not None
        assert first.places[0].file == case["file"]
    if "line" in case:
        assert first is not None
        assert first.places[0].line == case["line"], first.places


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_rejects_ten_decoys(kind: str) -> None:
    assert sum(case["expect"] == "unmet" for case in cases(kind)) >= 10


def test_off_path_evidence_has_hops_to_click() -> None:
    case = next(c for c in cases("hook") if c["name"] == "decoy: one of two routes")
    (missing,) = [e for e in judged(case).evidence if e.polarity == "contradicts"]
    assert [(h.file, h.line) for h in missing.hops] == [("app/main.py", 12), ("app/main.py", 13)]
    assert missing.places[0].line == 14


def test_locators_are_relative_to_the_service_in_a_monorepo() -> None:
    """The same module name exists in two services; each locator means its own."""
    case = next(c for c in cases("hook") if c["name"] == "every path passes")
    moved = {f"services/chat/{path}": text for path, text in case["files"].items()}
    other = {"services/other/app/labels.py": "def mark(text):\n    return text\n", "services/other/app/__init__.py": ""}
    files = {**moved, **other}
    claim = claim_of(case, root="services/chat")
    facts = facts_of(claim, {"files": files}, linked(files))
    outcome = control_outcome(claim, ask("hook", claim, facts))
    assert outcome.outcome == "satisfied"
    assert outcome.evidence[0].places[0].file == "services/chat/app/labels.py"
