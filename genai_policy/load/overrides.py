"""Organisation packs: what they ask for beyond the obligations of other packs, laid over them. An override can only be stricter."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from msgspec.structs import replace

from genai_policy.load.mistakes import Mistakes, quoted, suggest
from genai_policy.load.pack_files import Kinds, check_params, tables
from genai_policy.load.positions import Path
from genai_policy.load.toml import TomlFile
from genai_policy.model.law import Control, Obligation, Pack, Requirement

_UP = frozenset(("min", "min-rows", "min-length"))
_DOWN = frozenset(("max", "max-age"))
#: Lists that name what has to be there: more is stricter.
_MORE = frozenset(("rights", "columns", "topics", "sides", "unique"))
_WEIGHT = {"note": 0, "warning": 1, "error": 2}
_BY_FORCE = {"advisory": "note", "recommended": "warning", "mandatory": "error"}
_ISO = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")
_PLAIN = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")
_DAYS = {"": 1.0, "s": 1 / 86400, "h": 1 / 24, "d": 1.0, "days": 1.0, "w": 7.0, "y": 365.0}


def apply_overrides(
    packs: Mapping[str, Pack], sources: Sequence[tuple[TomlFile, str]], controls: Mapping[str, Control], kinds: Kinds, mistakes: Mistakes
) -> dict[str, Pack]:
    """Return ``packs`` with the ``[[override]]`` tables of the pack files ``sources`` (each with its pack's id) laid over them."""
    known = {o.id: o for pack in packs.values() for o in pack.obligations}
    for source, pack in sorted(sources, key=lambda pair: pair[1]):
        for at, table in tables(source, "override"):
            name = str(table.get("obligation"))
            if name not in known:
                mistakes.add(source.mistake((*at, "obligation"), f"unknown obligation {quoted(name)}", suggest(name, known, "obligations")))
            else:
                known[name] = _Override(source, at, table, controls, kinds, mistakes).laid_over(known[name], pack)
    return {name: replace(pack, obligations=tuple(known[o.id] for o in pack.obligations)) for name, pack in packs.items()}


def check_removed(source: TomlFile, pack: Pack, mistakes: Mistakes) -> None:
    """An id that was removed is never used again: waivers, baselines and reports of old still name it."""
    for at, table in tables(source, "removed"):
        name = str(table.get("id"))
        if any(o.id == name for o in pack.obligations):
            problem = f"{quoted(name)} was removed in {table.get('since')} and is used again"
            mistakes.add(source.mistake((*at, "id"), problem, "give the new obligation another id"))


def check_authorities(source: TomlFile, known: Collection[str], mistakes: Mistakes) -> None:
    """An authority is good for obligations that there are."""
    for at, table in tables(source, "waiver-authority"):
        named = table.get("obligations")
        for index, pattern in enumerate(named if isinstance(named, list) else ()):
            if isinstance(pattern, str) and not any(fnmatchcase(name, pattern) for name in known):
                problem = f"no obligation is named {quoted(pattern)}"
                mistakes.add(source.mistake((*at, "obligations", index), problem, suggest(pattern, known, "obligations")))


class _Override:
    def __init__(
        self, source: TomlFile, at: Path, table: Mapping[str, Any], controls: Mapping[str, Control], kinds: Kinds, mistakes: Mistakes
    ) -> None:
        self.source, self.at, self.table = source, at, table
        self.controls, self.kinds, self.mistakes = controls, kinds, mistakes

    def laid_over(self, obligation: Obligation, pack: str) -> Obligation:
        name = self.table.get("control")
        requires = obligation.requires
        if isinstance(name, str):
            requires = self._requires(obligation, name)
        elif "params" in self.table:
            self._wrong(("params",), "belongs to no control", "name the control beside it")
        return replace(obligation, requires=requires, severity=self._severity(obligation), changed_by=(*obligation.changed_by, pack))

    def _severity(self, obligation: Obligation) -> str:
        wanted = self.table.get("severity")
        if wanted not in _WEIGHT:
            return obligation.severity
        if _WEIGHT[wanted] < _WEIGHT[obligation.severity or _BY_FORCE[obligation.force]]:
            self._wrong(("severity",), f"is less than {obligation.id} has", "an override can only be stricter")
        return str(wanted)

    def _requires(self, obligation: Obligation, name: str) -> tuple[Requirement, ...]:
        control = self.controls.get(name)
        if control is None:
            self._wrong(("control",), f"unknown control {quoted(name)}", suggest(name, self.controls, "controls"))
            return obligation.requires
        given = self.table.get("params")
        params = {kind: p for kind, p in given.items() if isinstance(p, dict)} if isinstance(given, dict) else {}
        if all(r.control != name for r in obligation.requires):
            return (*obligation.requires, self._stricter(Requirement(name), control, params))
        return tuple(self._stricter(r, control, params) if r.control == name else r for r in obligation.requires)

    def _stricter(self, requirement: Requirement, control: Control, params: Mapping[str, Mapping[str, Any]]) -> Requirement:
        laid = {kind: dict(values) for kind, values in requirement.params.items()}
        for kind, values in params.items():
            path = ("params", kind)
            way = next((w for w in control.ways if w.kind == kind), None)
            if way is None:
                advice = suggest(kind, [w.kind for w in control.ways], "its kinds")
                self._wrong(path, f"{control.id} cannot be shown by {kind} evidence", advice)
                continue
            check_params(self.source, (*self.at, *path), (*self.at, *path), kind, values, self.kinds, self.mistakes)
            now = {**way.params, **laid.get(kind, {})}
            for name in _looser(now, values):
                self._wrong((*path, name), f"is not known to be stricter than {now[name]!r}", "an override can only be stricter")
            laid[kind] = {**laid.get(kind, {}), **values}
        return replace(requirement, params=laid)

    def _wrong(self, path: Path, problem: str, advice: str) -> None:
        self.mistakes.add(self.source.mistake((*self.at, *path), problem, advice))


def _looser(now: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name, value in new.items():
        if name in now and now[name] != value and not _is_stricter(name, now[name], value):
            yield name


def _is_stricter(name: str, now: Any, new: Any) -> bool:
    if isinstance(now, bool) or isinstance(new, bool):
        return new is True
    if name in _MORE and isinstance(now, list) and isinstance(new, list):
        return all(item in new for item in now)
    if name not in _UP | _DOWN:
        return False
    before, after = _size(now), _size(new)
    if before is None or after is None:
        return False
    return after >= before if name in _UP else after <= before


def _size(value: Any) -> float | None:
    """Return a number, or a period in days (a month as the 30 days it at least has in law)."""
    if isinstance(value, (int, float)):
        return float(value)
    if found := _ISO.fullmatch(str(value)):
        years, months, days = (int(part or 0) for part in found.groups())
        return years * 365.0 + months * 30.0 + days
    plain = _PLAIN.fullmatch(str(value).lower())
    return float(plain[1]) * _DAYS[plain[2]] if plain and plain[2] in _DAYS else None
