"""Turns directories of packs into the law: instruments, obligations, controls, predicates. All mistakes of all files come at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from genai_policy.errors import Mistake, PackError
from genai_policy.load import positions
from genai_policy.load.compiled import Store, key_of, packed, unpacked
from genai_policy.load.condition_tables import ConditionReader, check_mentions
from genai_policy.load.mistakes import Mistakes, quoted, suggest
from genai_policy.load.overrides import apply_overrides, check_authorities, check_removed
from genai_policy.load.pack_files import (
    Kinds,
    check_id,
    check_requirements,
    read_control,
    read_obligation,
    read_predicates,
    read_requirements,
    tables,
    text,
)
from genai_policy.load.pack_sources import PACK_FILE, DirectorySources, PackSources, SourceFile, gather_sources
from genai_policy.load.shape import checked
from genai_policy.load.shared_data import check_named_checks, check_shared, check_shared_references
from genai_policy.load.toml import TomlFile, read_toml
from genai_policy.model.law import Authority, Condition, Control, Law, Obligation, Pack, Predicate, Removed, Requirement


def load_law(directories: Sequence[Path], kinds: Kinds, wanted: Sequence[str] | None = None, store: Store | None = None) -> Law:
    """Load every pack below ``directories`` (each holds ``controls/`` and one folder per pack).

    ``kinds`` are the known evidence kinds with their parameters (empty: unchecked). ``wanted`` keeps these packs only, in the order of
    their ids; predicates and controls are shared, so those of all packs stay. ``store`` may hold the law of the same files from an
    earlier run. Raises PackError with every mistake.
    """
    sources = gather_sources(directories)
    if store is None or not store.usable or wanted is not None:
        return _read_law(sources, kinds, wanted)
    key = key_of(sources, kinds)
    kept = store.get(key)
    known = None if kept is None else unpacked(kept)
    if known is not None:
        return known
    law = _read_law(sources, kinds, None)
    compiled = packed(law)
    if compiled is not None:
        store.put(key, compiled)
    return law


def _read_law(sources: Sequence[DirectorySources], kinds: Kinds, wanted: Sequence[str] | None) -> Law:
    loader = _Loader(kinds)
    for directory in sources:
        loader.load_directory(directory)
    law = loader.law(wanted)
    loader.mistakes.raise_as(PackError)
    return law


class _Loader:
    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.mistakes = Mistakes()
        self.conditions = ConditionReader(self.mistakes)
        self.packs: dict[str, Pack] = {}
        self.controls: dict[str, Control] = {}
        self.control_sources: list[tuple[TomlFile, Control]] = []
        self.predicates: dict[str, Predicate] = {}
        self.predicate_places: dict[str, tuple[TomlFile, positions.Path]] = {}
        self.required: list[tuple[TomlFile, Sequence[tuple[positions.Path, Requirement]]]] = []
        self.named: dict[str, set[str]] = {"controls": set(), "predicates": set(), "obligations": set()}
        """What the files name although something else in them is wrong: no mistake about one file repeats in those that refer to it."""
        self.pack_sources: list[tuple[TomlFile, str]] = []
        self.shared: dict[str, dict[str, Any]] = {}
        self.shared_sources: list[tuple[TomlFile, str]] = []

    def load_directory(self, directory: DirectorySources) -> None:
        if not directory.exists:
            self.mistakes.add(Mistake(directory.path, 0, 0, "", "is no directory of packs", "name one that holds <pack>/pack.toml"))
        for file in directory.controls:
            self._control(file)
        for file in directory.shared:
            self._shared_data(file)
        for pack in directory.packs:
            self._pack(pack)

    def law(self, wanted: Sequence[str] | None) -> Law:
        check_mentions(self.conditions.mentions, self.named["predicates"], self.mistakes)
        self._check_cycles()
        self._check_references()
        for name in sorted(set(wanted or ()) - set(self.packs)):
            self.mistakes.add(Mistake("", 0, 0, "", f"no pack named {quoted(name)}", suggest(name, self.packs, "known packs")))
        layered = apply_overrides(self.packs, self.pack_sources, self.controls, self.kinds, self.mistakes)
        packs = tuple(pack for name, pack in sorted(layered.items()) if wanted is None or name in wanted)
        return Law(packs, dict(sorted(self.controls.items())), dict(sorted(self.predicates.items())), dict(sorted(self.shared.items())))

    def _read(self, file: SourceFile) -> TomlFile | None:
        if file.problem:
            self.mistakes.add(Mistake(file.label, 0, 0, "", f"cannot be read: {file.problem}"))
            return None
        return read_toml(file.label, file.data, self.mistakes)

    def _control(self, file: SourceFile) -> None:
        source = self._read(file)
        self.named["controls"].add(file.stem)
        control = None if source is None else read_control(source, file.stem, self.kinds, self.mistakes)
        if source is None or control is None:
            return
        if control.id in self.controls:
            advice = f"the other one is {self.controls[control.id].file}"
            self.mistakes.add(source.mistake(("id",), f"the control {quoted(control.id)} exists already", advice))
        self.controls.setdefault(control.id, control)
        self.control_sources.append((source, control))

    def _shared_data(self, file: SourceFile) -> None:
        source = self._read(file)
        if source is None:
            return
        self.shared_sources.append((source, file.stem))
        check_shared(source, file.stem, self.conditions, self.mistakes)
        known = self.shared.setdefault(file.stem, {})
        for key, value in source.values.items():
            # several plugins may bring packs, each with its own share of the data
            known[key] = [*known[key], *value] if isinstance(known.get(key), list) and isinstance(value, list) else value

    def _pack(self, files: PackSources) -> None:
        if files.about is None:
            if files.obligations:
                self.mistakes.add(Mistake(f"{files.label}/{PACK_FILE}", 0, 0, "", "is missing", "describe the instrument there"))
            return
        name = files.folder.rpartition("/")[2]
        source = self._read(files.about)
        pack = None if source is None else self._pack_file(source, files, name)
        obligations: list[Obligation] = []
        for file in files.obligations:
            obligations.extend(self._obligation(file, name, pack.until if pack else None))
        for file in files.predicates:
            self._predicates(file, name)
        if source is not None and pack is not None:
            if pack.id in self.packs:
                self.mistakes.add(source.mistake(("id",), f"the pack {quoted(pack.id)} exists already", "give it another id and folder"))
            pack = replace(pack, obligations=tuple(obligations))
            check_removed(source, pack, self.mistakes)
            self.packs.setdefault(pack.id, pack)
            self.pack_sources.append((source, pack.id))

    def _obligation(self, file: SourceFile, pack: str, until: dt.date | None) -> Iterator[Obligation]:
        source = self._read(file)
        self.named["obligations"].add(f"{pack}/{file.stem}")
        if source is None:
            return
        required = list(read_requirements(source, self.conditions))
        self.required.append((source, required))
        found = read_obligation(source, pack, file.stem, until, [r for _, r in required], self.conditions, self.mistakes)
        if found is not None:
            yield found

    def _pack_file(self, source: TomlFile, files: PackSources, name: str) -> Pack | None:
        from genai_policy.load.pack_model import PackFile

        file = checked(source, PackFile, self.mistakes)
        check_id(source, name, self.mistakes)
        if file is None:
            return None
        return Pack(
            id=file.id,
            title=text(file.title),
            instrument=text(file.instrument),
            jurisdiction=file.jurisdiction,
            status=file.status,
            version=file.version,
            in_force=file.in_force,
            directory=files.folder,
            until=file.until,
            sources=tuple(file.sources),
            notes=text(file.notes) if file.notes else None,
            rules=files.rules,
            read_on=file.read_on,
            read_again=file.read_again,
            removed=tuple(Removed(r.id, r.since, text(r.reason), r.replaced_by or "") for r in file.removed),
            authorities=tuple(Authority(a.name, tuple(a.obligations)) for a in file.waiver_authority),
        )

    def _predicates(self, file: SourceFile, pack: str) -> None:
        source = self._read(file)
        if source is None:
            return
        self.named["predicates"].update(str(table.get("name")) for _, table in tables(source, "predicate"))
        for at, predicate in read_predicates(source, pack, self.conditions, self.mistakes):
            if predicate.name in self.predicates:
                other, where = self.predicate_places[predicate.name]
                place = other.place(where)
                advice = f"the other one is {place.file}:{place.line}"
                self.mistakes.add(source.mistake((*at, "name"), f"the predicate {quoted(predicate.name)} exists already", advice))
            self.predicates.setdefault(predicate.name, predicate)
            self.predicate_places.setdefault(predicate.name, (source, at))

    def _check_cycles(self) -> None:
        uses = {name: sorted(_predicates_in(p) & set(self.predicates)) for name, p in self.predicates.items()}
        for name in sorted(uses):
            circle = _circle(name, uses)
            # told once, at its first name
            if circle and name == min(circle):
                source, at = self.predicate_places[name]
                story = " -> ".join([*circle, name])
                self.mistakes.add(source.mistake((*at, "name"), f"is defined by itself: {story}", "break the circle"))

    def _check_seeds(self) -> None:
        """An obligation answers claims that are listed beside its pack."""
        for claims, stem in self.shared_sources:
            known = [str(table.get("id")) for _, table in tables(claims, "claim")] if stem == "founding-claims" else []
            beside = claims.file.rpartition("/")[0]
            for source, _ in self.required if known else ():
                for index, name in _seeds_of(source) if source.file.startswith(f"{beside}/") else ():
                    if name not in known:
                        self.mistakes.add(source.mistake(("seed", index), f"unknown claim {quoted(name)}", suggest(name, known, "claims")))

    def _check_references(self) -> None:
        checks = {str(c.get("id")) for c in self.shared.get("contradictions", {}).get("check", ()) if isinstance(c, dict)}
        for source, control in self.control_sources:
            check_named_checks(source, control, checks, self.mistakes)
        for source, stem in self.shared_sources:
            check_shared_references(source, stem, self.named["obligations"], self.mistakes)
        for source, _ in self.pack_sources:
            check_authorities(source, self.named["obligations"], self.mistakes)
        self._check_seeds()
        controls = {name: self.controls.get(name) for name in {*self.named["controls"], *self.controls}}
        for source, required in self.required:
            check_requirements(source, required, controls, self.kinds, self.mistakes)
            see = source.values.get("see")
            for index, other in enumerate(see if isinstance(see, list) else ()):
                known = self.named["obligations"]
                if isinstance(other, str) and other.partition("/")[0] in self.packs and other not in known:
                    advice = suggest(other, known, "obligations")
                    self.mistakes.add(source.mistake(("see", index), f"unknown obligation {quoted(other)}", advice))


def _seeds_of(source: TomlFile) -> Iterator[tuple[int, str]]:
    seeds = source.values.get("seed")
    yield from ((index, name) for index, name in enumerate(seeds if isinstance(seeds, list) else ()) if isinstance(name, str))


def _predicates_in(predicate: Predicate) -> set[str]:
    conditions = [condition for _, condition in predicate.rules] + ([predicate.contested] if predicate.contested else [])
    return {name for condition in conditions for name in _mentioned(condition)}


def _mentioned(condition: Condition) -> Iterator[str]:
    if condition.op == "predicate":
        yield condition.name
    for part in condition.parts:
        yield from _mentioned(part)


def _circle(start: str, uses: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the names on a shortest way from ``start`` back to itself, or nothing."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for name in uses[way[-1]]:
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []
