"""Checks the data files beside the packs. Those that no model describes belong to a plugin and are taken as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from genai_policy.load.condition_tables import ConditionReader
from genai_policy.load.facts import Fact, fact_vocabulary, names_a_fact
from genai_policy.load.mistakes import Mistakes, quoted, suggest
from genai_policy.load.pack_files import tables
from genai_policy.load.positions import Path
from genai_policy.load.shape import checked
from genai_policy.load.toml import TomlFile
from genai_policy.model.law import Control

if TYPE_CHECKING:
    from pydantic import BaseModel


#: Files whose checks ask about facts: the keys of their condition, and of the facts that they name.
_ASKING = {"contradictions": ("fact", "facts"), "drift": ("known", "declared-by")}


def check_shared(source: TomlFile, stem: str, conditions: ConditionReader, mistakes: Mistakes) -> None:
    """Check one data file: its shape where it is known, and the facts that contradictions ask about."""
    model = _model(stem)
    if model is not None:
        checked(source, model, mistakes)
    elif source.values.get("schema") != 1:
        mistakes.add(source.mistake(("schema",), "must be 1", "add `schema = 1`"))
    for key in ("placeholder", "check", "clock", "entry", "claim"):
        _check_ids(source, key, mistakes)
    if stem in _ASKING:
        _check_facts(source, *_ASKING[stem], conditions, mistakes)
    if stem == "clocks":
        _check_days(source, mistakes)


def check_shared_references(source: TomlFile, stem: str, obligations: Collection[str], mistakes: Mistakes) -> None:
    """Say which obligations a data file names that do not exist in a pack that is there, or that it says are not modelled and are."""
    packs = {name.partition("/")[0] for name in obligations}
    for path, table in tables(source, "clock" if stem == "clocks" else ""):
        named = table.get("obligations")
        for index, name in enumerate(named if isinstance(named, list) else ()):
            if isinstance(name, str) and name.partition("/")[0] in packs and name not in obligations:
                advice = suggest(name, obligations, "obligations")
                mistakes.add(source.mistake((*path, "obligations", index), f"unknown obligation {quoted(name)}", advice))
    for path, table in tables(source, "entry" if stem == "not-modelled" else ""):
        if table.get("id") in obligations:
            mistakes.add(source.mistake((*path, "id"), "is an obligation, so it is modelled", "drop the entry"))


def check_named_checks(source: TomlFile, control: Control, known: Collection[str], mistakes: Mistakes) -> None:
    """Say which contradiction checks a control names that do not exist."""
    for index, way in enumerate(control.ways):
        checks = way.params.get("checks") if way.kind == "contradiction" else None
        for position, name in enumerate(checks if isinstance(checks, list) else ()):
            if name not in known:
                path: Path = ("way", index, "checks", position)
                mistakes.add(source.mistake(path, f"unknown check {quoted(str(name))}", suggest(str(name), known, "checks")))


def _model(stem: str) -> type[BaseModel] | None:
    from genai_policy.load import shared_model

    models: dict[str, type[BaseModel]] = {
        "documents": shared_model.DocumentsFile,
        "contradictions": shared_model.ContradictionsFile,
        "drift": shared_model.DriftFile,
        "clocks": shared_model.ClocksFile,
        "not-modelled": shared_model.NotModelledFile,
        "founding-claims": shared_model.FoundingClaimsFile,
    }
    return models.get(stem)


def _check_ids(source: TomlFile, key: str, mistakes: Mistakes) -> None:
    seen: set[str] = set()
    for path, table in tables(source, key):
        name = str(table.get("id"))
        if name in seen:
            mistakes.add(source.mistake((*path, "id"), f"{quoted(name)} is taken", "give it another id"))
        seen.add(name)


def _check_facts(source: TomlFile, condition: str, names: str, conditions: ConditionReader, mistakes: Mistakes) -> None:
    """Check the condition of every check, and the facts that it names."""
    for path, table in tables(source, "check"):
        if condition in table:
            conditions.read(source, (*path, condition), table[condition])
        facts = table.get(names)
        for index, name in enumerate(facts if isinstance(facts, list) else ()):
            if isinstance(name, str) and not names_a_fact(name):
                advice = suggest(name, fact_vocabulary(), "facts")
                mistakes.add(source.mistake((*path, names, index), f"unknown fact {quoted(name)}", advice))


def _check_days(source: TomlFile, mistakes: Mistakes) -> None:
    """A clock runs between two days that a manifest can declare."""
    days = [name for name, fact in _columns() if fact.type == "day"]
    for path, table in tables(source, "clock"):
        for key in ("from", "until-fact"):
            name = table.get(key)
            if isinstance(name, str) and name not in days:
                problem = f"{quoted(name)} is no day" if names_a_fact(name) else f"unknown fact {quoted(name)}"
                mistakes.add(source.mistake((*path, key), problem, suggest(name, days, "days")))


def _columns() -> Iterator[tuple[str, Fact]]:
    """Yield every fact, and every column of the lists of tables."""
    for name, fact in fact_vocabulary().items():
        yield name, fact
        yield from ((f"{name}.{column}", inner) for column, inner in fact.columns.items())
