"""Evidence that a configuration value exists, means what it should and meets its bound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from genai_policy.assess.asked import evidence, fact_values, foreign, foreign_note, locators_of, not_taken, params_of, split
from genai_policy.assess.periods import DAY, number_of, say_period, unit_in_key, unit_of, with_unit
from genai_policy.assess.placeholders import placeholder_in
from genai_policy.hookspecs import hookimpl
from genai_policy.model.message import Message
from genai_policy.model.service import Locator
from genai_policy.model.verdict import Claim, Evidence, FactIndex, Polarity, Setting

KIND = "setting"
PARAMS = frozenset(("type", "min", "max", "at-most-fact", "equals", "default-unit", "not-empty"))
#: What depends on a running system, or on a fact nobody declared, is not known to be wrong.
_UNDECIDED = frozenset(("setting.filled-in", "setting.ambiguous", "setting.fact-unknown"))
_TRUE = re.compile(r"true|yes|on|1|enabled")
_FALSE = re.compile(r"false|no|off|0|disabled")
_NO_PERIOD = re.compile(r"|0|-1|never|none|null|nil|unlimited|inf(inite|inity)?|forever|off|disabled|false|no")


@hookimpl
def genai_policy_evidence_kinds() -> Mapping[str, frozenset[str]]:
    """Answer for ``setting``."""
    return {KIND: PARAMS}


@hookimpl
def genai_policy_collect_evidence(claim: Claim, facts: FactIndex) -> Iterator[Evidence]:
    """Judge every setting that the manifest names; all must hold."""
    params = params_of(claim, KIND)
    if params is None:
        yield from not_taken(claim, KIND)
        return
    for locator in locators_of(claim, KIND):
        yield _judge(claim, facts, locator, params)


def _judge(claim: Claim, facts: FactIndex, locator: Locator, params: Mapping[str, Any]) -> Evidence:
    target = claim.service.resolve(locator.target)
    file, key = split(target)
    if target in facts.problems:
        return evidence(KIND, "contradicts", facts.problems[target], locator)
    reason = foreign(file, facts)
    if reason:
        return evidence(KIND, "contradicts", foreign_note(file, reason), locator)
    found = facts.settings.get(target)
    if found is None:
        return evidence(KIND, "undecided", Message("setting.not-read", {"file": file, "key": key}), locator)
    if isinstance(found, Message):
        return evidence(KIND, _polarity(found), found, locator)
    problem = _problem(found, params, locator, claim)
    if problem is not None:
        return evidence(KIND, _polarity(problem), problem, locator, places=[found.place], matched=_say(found.value))
    note = Message("setting.holds", {"file": found.file, "key": found.key, "value": _say(found.value)})
    return evidence(KIND, "supports", note, locator, places=[found.place])


def _polarity(problem: Message) -> Polarity:
    return "undecided" if problem.code in _UNDECIDED else "contradicts"


def _problem(found: Setting, params: Mapping[str, Any], locator: Locator, claim: Claim) -> Message | None:
    kind = params.get("type") or _kind_by_bounds(params)
    if kind == "duration":
        return _period_problem(found, params, locator, claim)
    if kind == "number":
        return _number_problem(found, params)
    if kind == "boolean":
        return _boolean_problem(found, params)
    return _text_problem(found, params, claim)


def _kind_by_bounds(params: Mapping[str, Any]) -> str:
    bounds = [params[name] for name in ("min", "max") if name in params]
    if "at-most-fact" in params or any(isinstance(bound, str) for bound in bounds):
        return "duration"
    return "number" if bounds else "boolean" if isinstance(params.get("equals"), bool) else "text"


def _period_problem(found: Setting, params: Mapping[str, Any], locator: Locator, claim: Claim) -> Message | None:
    args = {"file": found.file, "key": found.key, "value": _say(found.value)}
    if isinstance(found.value, bool) or _NO_PERIOD.fullmatch(_say(found.value).strip().lower()):
        return Message("setting.no-period", args)
    seconds = _seconds(found, params, locator)
    if isinstance(seconds, str):
        return Message(seconds, args)
    if seconds <= 0:
        return Message("setting.no-period", args)
    args["period"] = say_period(seconds)
    least, most = _bound(params.get("min")), _bound(params.get("max"))
    if least is not None and seconds < least:
        return Message("setting.too-short", {**args, "bound": say_period(least)})
    if most is not None and seconds > most:
        return Message("setting.too-long", {**args, "bound": say_period(most)})
    return _over_fact(seconds, params.get("at-most-fact"), claim, args)


def _seconds(found: Setting, params: Mapping[str, Any], locator: Locator) -> float | str:
    """Return the period in seconds, or the code of the message that says why it is none."""
    if isinstance(found.value, str):
        own = with_unit(found.value)
        if own is not None:
            return own
    number = number_of(found.value)
    if number is None:
        return "setting.not-a-period"
    declared, named = locator.options.get("unit"), unit_in_key(found.key)
    if declared is not None:
        unit = unit_of(str(declared))
        if unit is None:
            return "setting.unknown-unit"
        return "setting.two-units" if named is not None and named != unit else number * unit
    unit = named if named is not None else unit_of(str(params.get("default-unit", "")))
    return "setting.no-unit" if unit is None else number * unit


def _bound(value: Any) -> float | None:
    """Return a bound of a pack in seconds; a bare number there means days."""
    if value is None:
        return None
    number = number_of(value)
    return number * DAY if number is not None else with_unit(str(value))


def _over_fact(seconds: float, fact: Any, claim: Claim, args: Mapping[str, str]) -> Message | None:
    if not fact:
        return None
    declared = [n for n in map(number_of, fact_values(claim.service.facts, str(fact))) if n is not None]
    if not declared:
        return Message("setting.fact-unknown", {**args, "fact": str(fact)})
    if seconds > min(declared) * DAY:
        return Message("setting.longer-than-declared", {**args, "fact": str(fact), "bound": f"{min(declared):g}d"})
    return None


def _number_problem(found: Setting, params: Mapping[str, Any]) -> Message | None:
    args = {"file": found.file, "key": found.key, "value": _say(found.value)}
    number = number_of(found.value)
    if number is None:
        return Message("setting.not-a-number", args)
    least, most, exact = (number_of(params.get(name)) for name in ("min", "max", "equals"))
    if least is not None and number < least:
        return Message("setting.too-small", {**args, "bound": f"{least:g}"})
    if most is not None and number > most:
        return Message("setting.too-large", {**args, "bound": f"{most:g}"})
    if exact is not None and number != exact:
        return Message("setting.not-equal", {**args, "bound": f"{exact:g}"})
    return None


def _boolean_problem(found: Setting, params: Mapping[str, Any]) -> Message | None:
    args = {"file": found.file, "key": found.key, "value": _say(found.value)}
    word = _say(found.value).strip().lower()
    if not (_TRUE.fullmatch(word) or _FALSE.fullmatch(word)):
        return Message("setting.not-a-switch", args)
    wanted = bool(params.get("equals", True))
    if bool(_TRUE.fullmatch(word)) != wanted:
        return Message("setting.not-equal", {**args, "bound": "true" if wanted else "false"})
    return None


def _text_problem(found: Setting, params: Mapping[str, Any], claim: Claim) -> Message | None:
    text = _say(found.value)
    args = {"file": found.file, "key": found.key, "value": text}
    if found.value in (None, "", [], {}) or not text.strip():
        return Message("setting.empty", args)
    if placeholder_in(text, claim.shared):
        return Message("setting.placeholder", args)
    if "equals" in params and text != _say(params["equals"]):
        return Message("setting.not-equal", {**args, "bound": _say(params["equals"])})
    return None


def _say(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:200]
