"""Turns the single files of a pack (obligations, controls, predicates) into the model, each checked by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from genai_policy.load.condition_tables import ConditionReader
from genai_policy.load.facts import fact_vocabulary, names_a_fact
from genai_policy.load.mistakes import Mistakes, describe, quoted, suggest
from genai_policy.load.positions import Path
from genai_policy.load.shape import checked
from genai_policy.load.toml import TomlFile
from genai_policy.model.law import Control, Obligation, Predicate, Reading, Requirement, Way
from genai_policy.model.message import Text

if TYPE_CHECKING:
    from genai_policy.load.pack_model import Bilingual, ObligationFile

Kinds = Mapping[str, frozenset[str]]

_FACT_PARAMS = ("fact", "at-most-fact")
"""Parameters of evidence kinds that name a fact."""


def read_obligation(
    source: TomlFile,
    pack: str,
    stem: str,
    until: dt.date | None,
    requires: Sequence[Requirement],
    conditions: ConditionReader,
    mistakes: Mistakes,
) -> Obligation | None:
    """Return the obligation of one file. ``until`` is the end of its instrument, where the file names none."""
    from genai_policy.load.pack_model import ObligationFile

    file = checked(source, ObligationFile, mistakes)
    check_id(source, f"{pack}/{stem}", mistakes)
    applies = conditions.read(source, ("applies-when",), source.values.get("applies-when", {})) if "applies-when" in source.values else None
    contested = conditions.read(source, ("contested-when",), source.values["contested-when"]) if "contested-when" in source.values else None
    if file is None or applies is None:
        return None
    if file.until is not None and file.until < file.in_force:
        mistakes.add(source.mistake(("until",), f"{file.until} is before `in-force` ({file.in_force})", "check both dates"))
    return Obligation(
        id=file.id,
        pack=pack,
        role=file.role,
        title=text(file.title),
        duty=text(file.duty),
        clause=text(file.clause),
        force=file.force,
        in_force=file.in_force,
        applies_when=applies,
        on_unknown=file.on_unknown,
        fix=text(file.fix),
        limits=text(file.limits),
        file=source.file,
        until=file.until or until,
        reading=_reading(file),
        contested_when=contested,
        requires=tuple(requires),
        strength=file.strength,
        earlier=text(file.earlier) if file.earlier else None,
        draft=text(file.draft) if file.draft else None,
        seed=tuple(file.seed),
        sources=tuple(file.sources),
        see=tuple(file.see),
        waivable=file.waivable,
        lifecycle=file.lifecycle,
        replaced_by=file.replaced_by or "",
    )


def read_control(source: TomlFile, stem: str, kinds: Kinds, mistakes: Mistakes) -> Control | None:
    """Return the control of one file."""
    from genai_policy.load.pack_model import ControlFile

    file = checked(source, ControlFile, mistakes)
    check_id(source, stem, mistakes)
    for path, way in tables(source, "way"):
        kind = way.get("kind")
        if isinstance(kind, str):
            params = {k: v for k, v in way.items() if k not in ("kind", "required")}
            check_params(source, (*path, "kind"), path, kind, params, kinds, mistakes)
    if file is None:
        return None
    if not file.way:
        mistakes.add(source.mistake(("way",), "names no evidence that could show the control", "add a [[way]] with a `kind`"))
    ways = tuple(Way(w.kind, dict(w.model_extra or {}), w.required) for w in file.way)
    return Control(file.id, text(file.title), text(file.looks_for), text(file.fix), text(file.limits), source.file, ways)


def read_predicates(source: TomlFile, pack: str, conditions: ConditionReader, mistakes: Mistakes) -> Iterator[tuple[Path, Predicate]]:
    """Yield the predicates of one file with their places."""
    from genai_policy.load.pack_model import PredicatesFile

    file = checked(source, PredicatesFile, mistakes)
    for index, (path, raw) in enumerate(tables(source, "predicate")):
        rules = tuple(
            conditions.read(source, (*path, "rule", n, "when"), rule["when"])
            for n, rule in enumerate(raw.get("rule", ()))
            if isinstance(rule, dict) and "when" in rule
        )
        contested = conditions.read(source, (*path, "contested-when"), raw["contested-when"]) if "contested-when" in raw else None
        if file is not None:
            table = file.predicate[index]
            answers = tuple((r.answer, condition) for r, condition in zip(table.rule, rules, strict=True))
            note = text(table.note) if table.note else None
            yield path, Predicate(table.name, pack, answers, table.otherwise, contested, note)


def check_id(source: TomlFile, expected: str, mistakes: Mistakes) -> None:
    """An id says where its file is found."""
    found = source.values.get("id")
    if isinstance(found, str) and found != expected:
        mistakes.add(source.mistake(("id",), f"{quoted(found)} does not match the file's name", f'write "{expected}", or rename the file'))


def check_params(
    source: TomlFile, kind_at: Path, params_at: Path, kind: str, params: Mapping[str, Any], kinds: Kinds, mistakes: Mistakes
) -> None:
    """Check an evidence kind and its parameters against what the plugins answer for."""
    if kinds and kind not in kinds:
        advice = suggest(kind, kinds, "evidence kinds")
        mistakes.add(source.mistake(kind_at, f"unknown evidence kind {quoted(kind)}", advice, on_key=kind_at[-1] == kind))
        return
    for name, value in params.items():
        at = (*params_at, name)
        if kinds and name not in kinds[kind]:
            mistakes.add(source.mistake(at, f"unknown parameter of {kind} evidence", suggest(name, kinds[kind], "parameters"), on_key=True))
        elif name in _FACT_PARAMS and not (isinstance(value, str) and names_a_fact(value)):
            mistakes.add(source.mistake(at, f"unknown fact {describe(value)}", suggest(str(value), fact_vocabulary(), "facts")))


def text(words: Bilingual) -> Text:
    """Return a text in both languages, without the line breaks that TOML quotes leave at its ends."""
    return Text(words.en.strip(), words.zh.strip())


def read_requirements(source: TomlFile, conditions: ConditionReader) -> Iterator[tuple[Path, Requirement]]:
    """Yield what an obligation asks for, also when the rest of its file is wrong."""
    for path, table in tables(source, "requires"):
        when = conditions.read(source, (*path, "when"), table["when"]) if "when" in table else None
        params = table.get("with", {})
        if isinstance(table.get("control"), str) and isinstance(params, dict):
            yield path, Requirement(table["control"], {k: p for k, p in params.items() if isinstance(p, dict)}, when)


def check_requirements(
    source: TomlFile,
    requires: Sequence[tuple[Path, Requirement]],
    controls: Mapping[str, Control | None],
    kinds: Kinds,
    mistakes: Mistakes,
) -> None:
    """Check that required controls exist (None: one does, but its file is wrong), and that parameters fit evidence that can show them."""
    seen: set[str] = set()
    for path, requirement in requires:
        if requirement.control not in controls:
            advice = suggest(requirement.control, controls, "controls")
            mistakes.add(source.mistake((*path, "control"), f"unknown control {quoted(requirement.control)}", advice))
        if requirement.control in seen and requirement.when is None:
            mistakes.add(source.mistake((*path, "control"), "is required twice", "keep one, or limit both with `when`"))
        seen.add(requirement.control)
        control = controls.get(requirement.control)
        if control is not None:
            _check_overlay(source, (*path, "with"), requirement, [w.kind for w in control.ways], kinds, mistakes)


def _check_overlay(source: TomlFile, path: Path, requirement: Requirement, ways: Collection[str], kinds: Kinds, mistakes: Mistakes) -> None:
    for kind, params in requirement.params.items():
        at = (*path, kind)
        if kind not in ways and (not kinds or kind in kinds):
            problem = f"{requirement.control} cannot be shown by {kind} evidence"
            mistakes.add(source.mistake(at, problem, suggest(kind, ways, "its kinds"), on_key=True))
        else:
            check_params(source, at, at, kind, params, kinds, mistakes)


def _reading(file: ObligationFile) -> Reading:
    table = file.reading
    return Reading(table.status, table.confidence, text(table.doubts) if table.doubts else None)


def tables(source: TomlFile, key: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the tables of a list of tables with their paths; anything else in it is told by the shape check."""
    items = source.values.get(key)
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield (key, index), item
