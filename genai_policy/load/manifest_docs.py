"""Writes the table of facts in docs/manifest.md from the model. Run as a module it rewrites the page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from genai_policy.load.locators import KINDS, OPTIONS, PROVENANCE, SYNTAX
from genai_policy.load.manifest_schema import build_schema

BEGIN, END = "<!-- generated: {name} -->", "<!-- end: {name} -->"
_TABLES = ("service", "provider", "output", "models", "training", "annotation", "accounts", "personal-info", "inputs", "minors", "opinion")
_TOP = ("user-publication", "biometric-editing", "sectors", "licences", "companionship", "personalised-push", "filings")


def with_tables(page: str) -> str:
    """Return the page with its generated parts written anew."""
    for name, rows in (("facts", _fact_rows()), ("locators", _locator_rows()), ("options", _option_rows())):
        begin, end = BEGIN.format(name=name), END.format(name=name)
        before, _, rest = page.partition(begin)
        after = rest.partition(end)[2]
        page = before + "\n".join([begin, *rows, end]) + after
    return page


def _fact_rows() -> Iterator[str]:
    schema = build_schema()
    yield "| key | value | meaning |"
    yield "|---|---|---|"
    for key in (*_TABLES, *_TOP):
        yield from _rows(schema, key, schema["properties"][key])


def _rows(schema: dict[str, Any], key: str, node: dict[str, Any]) -> Iterator[str]:
    table = _definition(schema, node)
    if table is not None:
        inner = table["properties"]
    else:
        yield f"| `{key}` | {_value(schema, node)} | {node['description']} |"
        table = _definition(schema, node.get("items", {}))
        inner = table["properties"] if table else {}
        key += "[]"
    for name, child in inner.items():
        if name not in PROVENANCE:
            yield from _rows(schema, f"{key}.{name}", child)


def _definition(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any] | None:
    name = node.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] | None = schema["$defs"].get(name)
    return found


def _value(schema: dict[str, Any], node: dict[str, Any]) -> str:
    if node["type"] == "array":
        items = node["items"]
        return "list of tables" if _definition(schema, items) else f"any of {_words(items['enum'])}"
    if "enum" in node:
        return f"one of {_words(node['enum'])}"
    if node.get("format") == "date":
        return "date"
    return {"boolean": "true or false", "integer": "number", "string": "text"}[node["type"]]


def _words(values: list[str]) -> str:
    return ", ".join(f"`{v}`" for v in values)


def _locator_rows() -> Iterator[str]:
    yield "| kind | written as |"
    yield "|---|---|"
    for kind in KINDS:
        written = SYNTAX[kind].replace('"', "`")
        yield f"| `{kind}` | {written} |"


def _option_rows() -> Iterator[str]:
    yield "| option | beside | meaning |"
    yield "|---|---|---|"
    for option, (_, kinds, meaning) in OPTIONS.items():
        yield f"| `{option}` | {_words(list(kinds))} | {meaning} |"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_tables(path.read_text("utf-8")), encoding="utf-8")
