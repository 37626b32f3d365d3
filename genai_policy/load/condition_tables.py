"""Turns a pack's condition tables into conditions, checked against the facts that a manifest can declare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from genai_policy.load.facts import Fact, fact_vocabulary
from genai_policy.load.mistakes import Mistakes, describe, quoted, suggest
from genai_policy.load.positions import Path
from genai_policy.load.toml import TomlFile
from genai_policy.model.law import Condition

_COMBINING = ("all", "any", "not", "always", "predicate", "fact")

TESTS: Mapping[str, tuple[str, ...]] = {
    "is": ("word", "words", "boolean", "day", "count", "text"),
    "in": ("word", "text", "count"),
    "contains": ("words",),
    "contains-any": ("words",),
    "only": ("words",),
    "empty": ("words", "tables", "text"),
    "not-empty": ("words", "tables", "text"),
    "any-item": ("tables",),
    "before": ("day",),
    "since": ("day",),
    "at-least": ("count",),
}
"""The tests of a fact, with the types of facts that they can be put to."""

_NEVER = Condition("always", value=False)


class Mention(NamedTuple):
    """A predicate that a condition refers to, and where; checked when all predicates are known."""

    source: TomlFile
    path: Path
    name: str


class ConditionReader:
    """Reads condition tables; collects the predicates they mention and every mistake."""

    def __init__(self, mistakes: Mistakes) -> None:
        self.mistakes = mistakes
        self.mentions: list[Mention] = []

    def read(self, source: TomlFile, path: Path, table: Any) -> Condition:
        """Return the condition at ``path``; after a mistake, one that never holds (nothing is judged by it: loading fails)."""
        if not isinstance(table, dict):
            return self._wrong(
                source, path, f"must be a condition table, not {describe(table)}", 'for example { fact = "service.stage", is = "live" }'
            )
        heads = [k for k in table if k in _COMBINING]
        if len(heads) != 1:
            problem = "mixes " + " and ".join(heads) if heads else "is no condition"
            advice = "nest one in the other" if heads else suggest(next(iter(table), ""), _COMBINING, "begin with one of")
            return self._wrong(source, path, problem, advice)
        head = heads[0]
        if head == "fact":
            return self._fact(source, path, table)
        self._only_key(source, path, table, head)
        return self._combined(source, path, head, table[head])

    def _combined(self, source: TomlFile, path: Path, head: str, value: Any) -> Condition:
        at = (*path, head)
        if head in ("all", "any"):
            if not isinstance(value, list) or not value:
                return self._wrong(source, at, "must be a list of conditions")
            return Condition(head, parts=tuple(self.read(source, (*at, i), part) for i, part in enumerate(value)))
        if head == "not":
            return Condition("not", parts=(self.read(source, at, value),))
        if head == "always":
            return Condition("always", value=True) if value is True else self._wrong(source, at, "must be true")
        if not isinstance(value, str):
            return self._wrong(source, at, f"must name a predicate, not be {describe(value)}")
        self.mentions.append(Mention(source, at, value))
        return Condition("predicate", name=value)

    def _fact(self, source: TomlFile, path: Path, table: dict[str, Any]) -> Condition:
        name = table["fact"]
        tests = [k for k in table if k in TESTS]
        for key in table:
            if key != "fact" and key not in TESTS:
                self._wrong(source, (*path, key), "unknown test", suggest(key, TESTS, "tests"), on_key=True)
        if not isinstance(name, str) or name not in fact_vocabulary():
            return self._wrong(source, (*path, "fact"), f"unknown fact {describe(name)}", suggest(str(name), fact_vocabulary(), "facts"))
        if len(tests) != 1:
            problem = f"tests {name} in {len(tests)} ways" if tests else f"does not say what is asked of {name}"
            fact = fact_vocabulary()[name]
            return self._wrong(source, path, problem, f"give one of: {', '.join(t for t, types in TESTS.items() if fact.type in types)}")
        test, asked = tests[0], table[tests[0]]
        self._check_test(source, (*path, test), fact_vocabulary()[name], name, test, asked)
        return Condition(test, name, asked)

    def _check_test(self, source: TomlFile, at: Path, fact: Fact, name: str, test: str, asked: Any) -> None:
        if fact.type not in TESTS[test]:
            fitting = [t for t, types in TESTS.items() if fact.type in types]
            self._wrong(
                source, at, f"cannot be asked of {name}, which is {_A[fact.type]}", f"use one of: {', '.join(fitting)}", on_key=True
            )
        elif test in ("empty", "not-empty"):
            if asked is not True:
                self._wrong(source, at, f"must be true, not {describe(asked)}")
        elif test == "any-item":
            self._check_item(source, at, fact, asked)
        elif test in ("in", "contains-any", "only") or (test == "is" and fact.type == "words"):
            self._check_values(source, at, fact, asked)
        else:
            self._check_value(source, at, fact, asked)

    def _check_item(self, source: TomlFile, at: Path, fact: Fact, asked: Any) -> None:
        if not isinstance(asked, dict) or not asked:
            self._wrong(source, at, f"must be a table of keys and values, not {describe(asked)}")
            return
        for key, wanted in asked.items():
            if key not in fact.columns:
                self._wrong(source, (*at, key), "unknown key", suggest(key, fact.columns, "keys"), on_key=True)
            elif isinstance(wanted, list):
                self._check_values(source, (*at, key), fact.columns[key], wanted)
            else:
                self._check_value(source, (*at, key), fact.columns[key], wanted)

    def _check_values(self, source: TomlFile, at: Path, fact: Fact, asked: Any) -> None:
        if not isinstance(asked, list) or not asked:
            self._wrong(source, at, f"must be a list of values, not {describe(asked) if asked != [] else 'empty'}")
            return
        for index, value in enumerate(asked):
            self._check_value(source, (*at, index), fact, value)

    def _check_value(self, source: TomlFile, at: Path, fact: Fact, value: Any) -> None:
        if fact.allowed:
            if value not in fact.allowed:
                self._wrong(source, at, f"the fact cannot be {describe(value)}", suggest(str(value), fact.allowed, "allowed"))
        elif not _fits(value, fact):
            self._wrong(source, at, f"the fact is {_A[fact.type]}, never {describe(value)}")

    def _only_key(self, source: TomlFile, path: Path, table: dict[str, Any], head: str) -> None:
        for key in table:
            if key != head:
                self._wrong(source, (*path, key), f"cannot stand beside `{head}`", on_key=True)

    def _wrong(self, source: TomlFile, at: Path, problem: str, advice: str = "", *, on_key: bool = False) -> Condition:
        self.mistakes.add(source.mistake(at, problem, advice, on_key=on_key))
        return _NEVER


_A = {
    "word": "one word of a list",
    "words": "a set of words",
    "boolean": "true or false",
    "day": "a date",
    "count": "a number",
    "text": "text",
    "tables": "a list of tables",
}


def _fits(value: Any, fact: Fact) -> bool:
    if fact.type == "boolean":
        return isinstance(value, bool)
    if fact.type == "count":
        return isinstance(value, int) and not isinstance(value, bool)
    if fact.type == "day":
        return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    return isinstance(value, str)


def check_mentions(mentions: list[Mention], predicates: Collection[str], mistakes: Mistakes) -> None:
    """Say which conditions refer to a predicate that no pack defines."""
    for source, path, name in mentions:
        if name not in predicates:
            mistakes.add(source.mistake(path, f"unknown predicate {quoted(name)}", suggest(name, predicates, "predicates")))
