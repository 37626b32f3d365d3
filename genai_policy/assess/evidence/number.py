"""Evidence that a number issued by an authority has its form and is shown where users see it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from genai_policy.assess.asked import evidence, fact_values, locators_of, not_taken, params_of
from genai_policy.assess.mentions import mentions, pages, shown_by_code, written_in_code
from genai_policy.hookspecs import hookimpl
from genai_policy.model.code import Place
from genai_policy.model.message import Message
from genai_policy.model.service import Locator
from genai_policy.model.verdict import Claim, Evidence, FactIndex

KIND = "number"
PARAMS = frozenset(("grammar", "fact", "shown", "confidence"))
_DIGITS = re.compile(r"\d{6,}")


@hookimpl
def genai_policy_evidence_kinds() -> Mapping[str, frozenset[str]]:
    """Answer for ``number``."""
    return {KIND: PARAMS}


@hookimpl
def genai_policy_collect_evidence(claim: Claim, facts: FactIndex) -> Iterator[Evidence]:
    """Judge each number that the manifest names or, when it names none, those among its facts."""
    params = params_of(claim, KIND)
    if params is None:
        yield from not_taken(claim, KIND)
        return
    for number, place, locator in _numbers(claim, params):
        yield _judge(number, place, locator, params, facts)


def _numbers(claim: Claim, params: Mapping[str, Any]) -> Iterator[tuple[str, Place, Locator | None]]:
    locators = locators_of(claim, KIND)
    for locator in locators:
        yield locator.target.strip(), locator.place, locator
    fact = str(params.get("fact", ""))
    if not locators and fact:
        place = claim.service.place_of(fact)
        for value in fact_values(claim.service.facts, fact):
            yield str(value).strip(), place, None


def _judge(number: str, place: Place, locator: Locator | None, params: Mapping[str, Any], facts: FactIndex) -> Evidence:
    args = {"number": number[:80], "confidence": str(params.get("confidence", "high"))}
    grammar = str(params.get("grammar", ""))
    key = f"number:{number[:80]}"
    if not number or (grammar and not re.fullmatch(grammar, number[:200])):
        return evidence(KIND, "contradicts", Message("number.wrong-form", args), locator, places=[place], key=f"form:{key}")
    if _invented(number):
        return evidence(KIND, "contradicts", Message("number.invented", args), locator, places=[place], key=f"invented:{key}")
    if not params.get("shown"):
        return evidence(KIND, "supports", Message("number.holds", args), locator, places=[place], key=key)
    patterns = [rf"(?<!\d){re.escape(number)}(?!\d)"]
    shown = mentions(facts, patterns) or shown_by_code(facts, patterns)
    if not shown and not any(True for _ in pages(facts)):
        return evidence(KIND, "undecided", Message("number.no-pages", args), locator, places=[place], key=f"shown:{key}")
    written = () if shown else written_in_code(facts, number)
    if written:
        note = Message("number.maybe-shown", {**args, "file": written[0].file})
        return evidence(KIND, "undecided", note, locator, places=[*written, place], key=f"shown:{key}")
    if not shown:
        return evidence(KIND, "contradicts", Message("number.not-shown", args), locator, places=[place], key=f"shown:{key}")
    return evidence(KIND, "supports", Message("number.shown", {**args, "file": shown[0].file}), locator, places=[*shown, place], key=key)


def _invented(number: str) -> bool:
    """Say whether the digits are a filler: one digit over and over, or counting up."""
    for run in _DIGITS.findall(number):
        if len(set(run)) == 1 or run in ("1234567890" * 4)[: len(run)] or run in ("0123456789" * 4)[: len(run)]:
            return True
    return False
