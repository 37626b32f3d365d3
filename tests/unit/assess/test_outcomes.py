"""The outcome rule of a control, line by line."""

from __future__ import annotations

import itertools

import pytest

from genai_policy.assess.outcomes import control_outcome, worst
from genai_policy.model.message import Message
from genai_policy.model.verdict import Evidence
from tests.unit.assess.judging import claim_of, locators_from

CLAIMED = locators_from([{"hook": "a:b"}])[0]
OUTSIDE = locators_from([{"outside": "gateway"}])[0]


def given(text: str) -> list[Evidence]:
    """Read ``hook+ document? setting!`` (supports, undecided, contradicts, ``-`` rejected); ``@`` answers a claim, ``~`` is outside."""
    polarity = {"+": "supports", "?": "undecided", "!": "contradicts", "-": "rejected"}
    found = []
    for word in text.split():
        kind = word.rstrip("@~")
        locator = CLAIMED if word.endswith("@") else OUTSIDE if word.endswith("~") else None
        found.append(Evidence(kind[:-1], polarity[kind[-1]], Message("text", {"text": word}), key=word, locator=locator))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("required", "optional", "evidence", "expected"),
    [
        ("hook", "", "hook+", "satisfied"),
        ("hook", "", "", "unmet"),
        ("hook", "", "hook-", "unmet"),
        ("hook", "", "hook?", "undetermined"),
        ("hook", "", "hook+ hook!", "unmet"),
        ("hook", "", "document+", "unmet"),
        ("hook", "document", "hook+", "unmet"),
        ("hook", "document", "hook+ document+", "satisfied"),
        ("hook", "document", "hook+ document?", "undetermined"),
        ("hook", "document", "hook? document!", "unmet"),
        ("", "document register", "document+", "satisfied"),
        ("", "document register", "document+ register?@", "undetermined"),
        ("", "document register", "document+ register?", "satisfied"),
        ("", "document register", "document- register-", "unmet"),
        ("", "document attestation", "attestation+ document!", "unmet"),
        ("hook setting", "", "hook+", "unmet"),
        ("hook setting", "", "hook+ setting?", "undetermined"),
        ("hook", "", "attestation+~", "satisfied"),
        ("hook", "", "attestation?~", "undetermined"),
        ("hook", "", "attestation+~ hook!", "unmet"),
        ("hook", "contradiction", "hook+ contradiction+", "satisfied"),
        ("hook", "forbidden", "hook+ forbidden?", "undetermined"),
        ("", "document forbidden", "forbidden+", "unmet"),
        ("", "document forbidden", "document+ forbidden!", "unmet"),
        ("", "contradiction", "contradiction+", "satisfied"),
        ("", "contradiction", "", "unmet"),
    ],
)
def test_rule(required: str, optional: str, evidence: str, expected: str) -> None:
    ways = {**{k: {"required": True} for k in required.split()}, **{k: {} for k in optional.split()}}
    claim = claim_of({"ways": ways})
    for order in itertools.islice(itertools.permutations(given(evidence)), 6):
        assert control_outcome(claim, order).outcome == expected


def test_nothing_undecided_is_ever_satisfied() -> None:
    """Whatever else is there, undecided evidence that answers a claim keeps the control from being satisfied."""
    claim = claim_of({"ways": {"hook": {"required": True}, "document": {}}})
    for others in ("hook+", "hook+ document+", "hook+ document+ attestation+"):
        assert control_outcome(claim, given(others + " hook?@")).outcome != "satisfied"


def test_evidence_is_listed_in_one_order() -> None:
    claim = claim_of({"ways": {"hook": {}}})
    for order in itertools.permutations(given("hook- hook! hook+ hook?")):
        polarities = [e.polarity for e in control_outcome(claim, order).evidence]
        assert polarities == ["contradicts", "undecided", "supports", "rejected"]


def test_obligation_takes_the_worst() -> None:
    assert worst(["satisfied", "unmet", "undetermined"]) == "unmet"
    assert worst(["satisfied", "undetermined"]) == "undetermined"
    assert worst(["satisfied"]) == "satisfied"
    assert worst([]) == "undetermined"
