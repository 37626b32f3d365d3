"""Conditions → words. Facts and predicates keep the names that the manifest and the packs use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from genai_policy.model import Law
from genai_policy.model.law import Condition, Obligation, Predicate
from genai_policy.report.layout import Pen

#: The fact that says who bears a duty.
ROLES = "provider.roles"


def condition_text(condition: Condition, pen: Pen) -> str:
    """Return a condition in words."""
    if condition.op in ("all", "any"):
        parts = [condition_text(part, pen) for part in condition.parts]
        return pen.say(f"explain.{condition.op}", parts=pen.say("explain.semicolon").join(parts)) if len(parts) > 1 else "".join(parts)
    if condition.op == "not":
        return pen.say("explain.not", part=condition_text(condition.parts[0], pen))
    if condition.op in ("predicate", "always", "empty", "not-empty"):
        return pen.say(f"explain.{condition.op}", name=condition.name)
    return pen.say(f"explain.{condition.op}", name=condition.name, value=value_words(condition.value))


def predicate_text(predicate: Predicate, pen: Pen) -> str:
    """Return what a derived fact means: its rules in order, and what holds where none of them does."""
    rules = [pen.say("explain.rule", answer=answer(gives, pen), when=condition_text(when, pen)) for gives, when in predicate.rules]
    rules.append(pen.say("explain.otherwise", answer=answer(predicate.otherwise, pen)))
    if predicate.contested:
        rules.append(pen.say("explain.disputed", when=condition_text(predicate.contested, pen)))
    space = "" if pen.lang == "zh" else " "
    note = f"{space}{predicate.note.say(pen.lang)}" if predicate.note else ""
    return pen.say("explain.term", name=predicate.name, rules=pen.say("explain.semicolon").join(rules)) + note


def answer(word: str, pen: Pen) -> str:
    """Return yes, no, unknown or review as a word."""
    return pen.say(f"explain.answer-{word}")


def value_words(value: Any) -> str:
    """Return a value as TOML has it, without quotes."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {value_words(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(value_words(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def predicates_of(obligation: Obligation, law: Law) -> list[Predicate]:
    """Return every predicate that decides about ``obligation``, those that others stand on after them."""
    conditions = [obligation.applies_when, *(r.when for r in obligation.requires if r.when)]
    conditions += [obligation.contested_when] if obligation.contested_when else []
    names: dict[str, Predicate] = {}
    for condition in conditions:
        _add_predicates(condition, law, names)
    return list(names.values())


def bearers_of(obligation: Obligation, law: Law) -> list[str]:
    """Return the roles that the obligation asks for, as its conditions name them; none where it binds whatever the role."""
    return list(dict.fromkeys(_roles(obligation.applies_when, law, True, frozenset())))


def _add_predicates(condition: Condition, law: Law, names: dict[str, Predicate]) -> None:
    for part in condition.parts:
        _add_predicates(part, law, names)
    predicate = law.predicates.get(condition.name) if condition.op == "predicate" else None
    if predicate is not None and predicate.name not in names:
        names[predicate.name] = predicate
        for when in (*(when for _, when in predicate.rules), *([predicate.contested] if predicate.contested else [])):
            _add_predicates(when, law, names)


def _roles(condition: Condition, law: Law, positive: bool, above: frozenset[str]) -> Iterator[str]:
    if condition.name == ROLES and positive and condition.op in ("contains", "contains-any", "only"):
        yield from [condition.value] if isinstance(condition.value, str) else condition.value
    for part in condition.parts:
        yield from _roles(part, law, positive is not (condition.op == "not"), above)
    predicate = law.predicates.get(condition.name) if condition.op == "predicate" else None
    if predicate is not None and predicate.name not in above:
        for gives, when in predicate.rules:
            if gives != "review":
                yield from _roles(when, law, positive is (gives == "yes"), above | {predicate.name})
