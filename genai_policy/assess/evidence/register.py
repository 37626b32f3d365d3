"""Evidence that a register has its columns, its rows, and something in every cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from genai_policy.assess.asked import MAX_NAMED, evidence, foreign, foreign_note, listed, locators_of, not_taken, params_of, split
from genai_policy.assess.placeholders import says_nothing
from genai_policy.hookspecs import hookimpl
from genai_policy.model.code import Place
from genai_policy.model.message import Message
from genai_policy.model.service import Locator
from genai_policy.model.verdict import Claim, Evidence, FactIndex, Table

KIND = "register"
PARAMS = frozenset(("columns", "min-rows", "unique", "values"))


@hookimpl
def genai_policy_evidence_kinds() -> Mapping[str, frozenset[str]]:
    """Answer for ``register``."""
    return {KIND: PARAMS}


@hookimpl
def genai_policy_collect_evidence(claim: Claim, facts: FactIndex) -> Iterator[Evidence]:
    """Judge every register that the manifest names; all must hold."""
    params = params_of(claim, KIND)
    if params is None:
        yield from not_taken(claim, KIND)
        return
    for locator in locators_of(claim, KIND):
        table = _table(claim, facts, locator)
        if isinstance(table, Message):
            yield evidence(KIND, "contradicts", table, locator)
            continue
        faults = list(_faults(claim, locator, table, params))
        for note, lines, matter in faults:
            places = [Place(table.file, line) for line in lines[:MAX_NAMED]] or [Place(table.file, 1)]
            yield evidence(KIND, "contradicts", note, locator, places=places, key=f"{note.code}:{locator.target}:{matter}")
        if not faults:
            note = Message("register.holds", {"file": table.file, "rows": str(len(table.rows))})
            yield evidence(KIND, "supports", note, locator, places=[Place(table.file, 1)])


def _table(claim: Claim, facts: FactIndex, locator: Locator) -> Table | Message:
    target = claim.service.resolve(locator.target)
    file, _ = split(target)
    if target in facts.problems:
        return facts.problems[target]
    reason = foreign(file, facts)
    if reason:
        return foreign_note(file, reason)
    table = facts.tables.get(target)
    if table is None:
        return Message("file.missing", {"file": file})
    return Message("register.not-a-table", {"file": file, "reason": table.problem}) if table.problem else table


#: (note, lines, what the fault is about)
_Fault = tuple[Message, Sequence[int], str]


def _faults(claim: Claim, locator: Locator, table: Table, params: Mapping[str, Any]) -> Iterator[_Fault]:
    least = int(params.get("min-rows", 1))
    if len(table.rows) < least:
        yield Message("register.too-few-rows", {"file": table.file, "rows": str(len(table.rows)), "bound": str(least)}), (), ""
        if not table.rows and not table.columns:
            return
    columns = _columns(table, params.get("columns", ()), locator.options.get("columns", {}))
    missing = [name for name, header in columns.items() if header is None]
    if missing:
        yield Message("register.no-column", {"file": table.file, "columns": listed(missing)}), (), ",".join(missing)
    present = {name: header for name, header in columns.items() if header is not None}
    yield from _empty_cells(claim, table, present, params.get("values", {}))
    yield from _repeated(table, [present[n] for n in params.get("unique", ()) if n in present])
    yield from _strange_values(table, params.get("values", {}), present)


def _columns(table: Table, wanted: Sequence[Mapping[str, Any]], named: Any) -> dict[str, str | None]:
    """Map each demanded column to the header that carries it; the locator's ``columns`` option may name the header."""
    headers = {_folded(column): column for column in reversed(table.columns)}
    chosen: dict[str, str | None] = {}
    for column in wanted:
        name = str(column.get("id", ""))
        own = named.get(name) if isinstance(named, Mapping) else None
        aliases = [str(own)] if own else [name, *map(str, column.get("any", ()))]
        chosen[name] = next((headers[_folded(alias)] for alias in aliases if _folded(alias) in headers), None)
    return chosen


def _empty_cells(claim: Claim, table: Table, columns: Mapping[str, str], values: Mapping[str, Sequence[str]]) -> Iterator[_Fault]:
    for name, header in columns.items():
        # an answer that the column asks for says something, even where the word is "none"
        answers = _allowed(values.get(name, ()))
        cells = [(row.get(header), line) for row, line in zip(table.rows, table.lines, strict=True)]
        lines = [line for cell, line in cells if _blank(cell, header, claim) and not _is_allowed(cell, answers)]
        if lines:
            args = {"file": table.file, "column": header, "count": str(len(lines)), "line": str(lines[0])}
            yield Message("register.empty-cell", args), lines, name


def _blank(value: Any, header: str, claim: Claim) -> bool:
    """Say whether a cell says nothing, or only repeats the name of its column."""
    return says_nothing(value, claim.shared) or _folded(str(value)) == _folded(header)


def _repeated(table: Table, headers: Sequence[str]) -> Iterator[_Fault]:
    for header in headers:
        seen: dict[str, int] = {}
        for row, line in zip(table.rows, table.lines, strict=True):
            value = _folded(str(row.get(header, "")))
            if value and value in seen:
                args = {"file": table.file, "column": header, "value": str(row.get(header))[:60], "line": str(seen[value])}
                yield Message("register.repeated", args), (line, seen[value]), f"{header}={value[:60]}"
                break
            seen[value] = line


def _strange_values(table: Table, values: Mapping[str, Sequence[str]], columns: Mapping[str, str]) -> Iterator[_Fault]:
    for name, patterns in values.items():
        header = columns.get(name)
        if header is None:
            continue
        allowed = _allowed(patterns)
        for row, line in zip(table.rows, table.lines, strict=True):
            value = str(row.get(header, "")).strip()[:500]
            if value and not _is_allowed(value, allowed):
                yield Message("register.strange-value", {"file": table.file, "column": header, "value": value[:60]}), (line,), name
                break


def _allowed(patterns: Sequence[str]) -> list[re.Pattern[str]]:
    return [re.compile(str(pattern), re.IGNORECASE) for pattern in patterns]


def _is_allowed(value: Any, allowed: Sequence[re.Pattern[str]]) -> bool:
    text = str(value if value is not None else "").strip()[:500]
    return bool(text) and any(pattern.fullmatch(text) for pattern in allowed)


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text).strip().casefold()
