"""Checks the data files beside the packs. Those that no model describes belong to a plugin and are taken as they are."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from genai_policy.load.condition_tables import ConditionReader
from genai_policy.load.facts import fact_vocabulary, names_a_fact
from genai_policy.load.mistakes import Mistakes, quoted, suggest
from genai_policy.load.pack_files import tables
from genai_policy.load.positions import Path
from genai_policy.load.shape import checked
from genai_policy.load.toml import TomlFile
from genai_policy.model.law import Control

if TYPE_CHECKING:
    from pydantic import BaseModel


def check_shared(source: TomlFile, stem: str, conditions: ConditionReader, mistakes: Mistakes) -> None:
    """Check one data file: its shape where it is known, and the facts that contradictions ask about."""
    model = _model(stem)
    if model is not None:
        checked(source, model, mistakes)
    elif source.values.get("schema") != 1:
        mistakes.add(source.mistake(("schema",), "must be 1", "add `schema = 1`"))
    for key in ("placeholder", "check"):
        _check_ids(source, key, mistakes)
    if stem == "contradictions":
        _check_contradictions(source, conditions, mistakes)


def check_named_checks(source: TomlFile, control: Control, known: Collection[str], mistakes: Mistakes) -> None:
    """Say which contradiction checks a control names that do not exist."""
    for index, way in enumerate(control.ways):
        checks = way.params.get("checks") if way.kind == "contradiction" else None
        for position, name in enumerate(checks if isinstance(checks, list) else ()):
            if name not in known:
                path: Path = ("way", index, "checks", position)
                mistakes.add(source.mistake(path, f"unknown check {quoted(str(name))}", suggest(str(name), known, "checks")))


def _model(stem: str) -> type[BaseModel] | None:
    from genai_policy.load.shared_model import ContradictionsFile, DocumentsFile

    models: dict[str, type[BaseModel]] = {"documents": DocumentsFile, "contradictions": ContradictionsFile}
    return models.get(stem)


def _check_ids(source: TomlFile, key: str, mistakes: Mistakes) -> None:
    seen: set[str] = set()
    for path, table in tables(source, key):
        name = str(table.get("id"))
        if name in seen:
            mistakes.add(source.mistake((*path, "id"), f"{quoted(name)} is taken", "give it another id"))
        seen.add(name)


def _check_contradictions(source: TomlFile, conditions: ConditionReader, mistakes: Mistakes) -> None:
    for path, table in tables(source, "check"):
        if "fact" in table:
            conditions.read(source, (*path, "fact"), table["fact"])
        facts = table.get("facts")
        for index, name in enumerate(facts if isinstance(facts, list) else ()):
            if isinstance(name, str) and not names_a_fact(name):
                advice = suggest(name, fact_vocabulary(), "facts")
                mistakes.add(source.mistake((*path, "facts", index), f"unknown fact {quoted(name)}", advice))
