"""Evidence that sample files carry a valid label. Reading media comes with the label commands; until then a claim stays undecided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from genai_policy.assess.asked import evidence, locators_of, not_taken, params_of
from genai_policy.hookspecs import hookimpl
from genai_policy.model.message import Message
from genai_policy.model.verdict import Claim, Evidence, FactIndex

KIND = "sample"
PARAMS: frozenset[str] = frozenset()


@hookimpl
def genai_policy_evidence_kinds() -> Mapping[str, frozenset[str]]:
    """Answer for ``sample``."""
    return {KIND: PARAMS}


@hookimpl
def genai_policy_collect_evidence(claim: Claim, facts: FactIndex) -> Iterator[Evidence]:
    """Say that no sample was read."""
    if params_of(claim, KIND) is None:
        yield from not_taken(claim, KIND)
        return
    for locator in locators_of(claim, KIND):
        yield evidence(KIND, "undecided", Message("sample.not-read", {"file": locator.target}), locator)
