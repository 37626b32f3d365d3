"""Settings, documents, registers, numbers and attestations: every case is data in ``cases/``."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.assess.judging import cases, judge

KINDS = ("setting", "document", "register", "number", "attestation")
CASES = [(kind, case) for kind in KINDS for case in cases(kind)]


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{k}: {c['name']}" for k, c in CASES])
def test_case(kind: str, case: dict[str, Any]) -> None:
    outcome = judge(case, KINDS)
    codes = [e.note.code for e in outcome.evidence]
    assert outcome.outcome == case["expect"], codes
    assert set(case.get("codes", ())) <= set(codes)
    if "line" in case:
        assert outcome.evidence[0].places[0].line == case["line"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_rejects_ten_decoys(kind: str) -> None:
    assert sum(case["expect"] == "unmet" for case in cases(kind)) >= 10


def test_keys_hold_no_lines() -> None:
    """The same fault further down in the file keeps its key."""
    for kind, case in CASES:
        for evidence in judge(case, (kind,)).evidence:
            lines = {str(place.line) for place in evidence.places if place.line > 9}
            assert not any(line in evidence.key.split(":") for line in lines)
