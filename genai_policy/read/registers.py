"""A register file (CSV, TSV, JSON, JSON lines, YAML, TOML) to a table with the line of every row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from genai_policy.model.verdict import Table
from genai_policy.read.settings_files import find
from genai_policy.read.structured import Node, NotStructured, format_of, parse, plain

MAX_ROWS = 50_000
MAX_COLUMNS = 200


def read_register(file: str, text: str, part: str = "") -> Table:
    """Return the rows of ``file``; ``part`` names the key that holds them where the file holds more.

    Never raises: see ``Table.problem``."""
    try:
        if file.lower().endswith((".csv", ".tsv")):
            return _from_csv(file, text)
        if format_of(file) not in ("json", "jsonl", "yaml", "toml"):
            raise NotStructured("a register is a CSV, JSON, JSON lines, YAML or TOML file")
        return _from_tree(file, parse(file, text), part)
    except NotStructured as problem:
        return Table(file, (), (), (), str(problem))


def _from_csv(file: str, text: str) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    header: list[str] = []
    try:
        for start, cells in _records(reader):
            if not any(cell.strip() for cell in cells) or _is_comment(cells, header):
                continue
            if not header:
                header = [cell.strip() for cell in cells][:MAX_COLUMNS]
                continue
            rows.append(dict(zip(header, (*(c.strip() for c in cells), *[""] * len(header)), strict=False)))
            lines.append(start)
            if len(rows) > MAX_ROWS:
                raise NotStructured(f"it has more than {MAX_ROWS} rows")
    except csv.Error as error:
        raise NotStructured(f"it is not valid CSV ({error})") from None
    if not header:
        raise NotStructured("it is empty")
    return Table(file, tuple(header), tuple(rows), tuple(lines))


def _is_comment(cells: list[str], header: list[str]) -> bool:
    """Say whether a line was commented out. ``#1`` numbers a row, and a first line of several cells is the header, ``#`` or not."""
    first = cells[0].strip()
    return first.startswith("#") and not first[1:2].isdigit() and first != "#" and (bool(header) or len(cells) == 1)


def _records(reader: Any) -> Iterator[tuple[int, list[str]]]:
    start = 1
    for cells in reader:
        yield start, cells
        start = reader.line_num + 1


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",\t;|", key=first.count)


def _from_tree(file: str, documents: tuple[Node, ...], part: str) -> Table:
    rows = _rows(documents, part)
    if len(rows) > MAX_ROWS:
        raise NotStructured(f"it has more than {MAX_ROWS} rows")
    if any(not isinstance(row.value, dict) for row in rows):
        raise NotStructured("its entries are not all tables with named fields")
    columns: dict[str, None] = {}
    for row in rows:
        columns.update(dict.fromkeys(row.value))
        if len(columns) > MAX_COLUMNS:
            raise NotStructured(f"it has more than {MAX_COLUMNS} different fields")
    return Table(file, tuple(columns), tuple(plain(row) for row in rows), tuple(row.line for row in rows))


def _rows(documents: tuple[Node, ...], part: str) -> list[Node]:
    if part:
        found = [node for node in (find(document, part) for document in documents) if node is not None]
        if len(found) != 1:
            raise NotStructured(f"it has {'no' if not found else 'more than one'} entry named {part!r}")
        return _entries(found[0])
    if len(documents) > 1:
        return list(documents)
    if not documents:
        raise NotStructured("it is empty")
    if isinstance(documents[0].value, list):
        return _entries(documents[0])
    lists = [child for child in _children(documents[0]) if isinstance(child.value, list)]
    if len(lists) != 1:
        raise NotStructured("it holds no list of entries" if not lists else "it holds several lists; name one with file#key")
    return _entries(lists[0])


def _children(node: Node) -> list[Node]:
    return list(node.value.values()) if isinstance(node.value, dict) else []


def _entries(node: Node) -> list[Node]:
    """Return a list's elements; a table of tables counts as a list whose entries carry their key as ``name`` unless they have one."""
    if isinstance(node.value, list):
        return node.value
    if isinstance(node.value, dict) and node.value and all(isinstance(c.value, dict) for c in node.value.values()):
        return [Node(c.line, {"name": Node(c.line, key), **c.value}) for key, c in node.value.items()]
    raise NotStructured("it holds no list of entries")
