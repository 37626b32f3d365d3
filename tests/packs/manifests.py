"""Manifests for the tests of packs: a base that is plainly in scope, with facts changed or taken out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli

SCOPE = Path(__file__).parent / "scope"


def base() -> dict[str, Any]:
    """Return the facts of the base manifest."""
    return tomli.loads(tomli.loads((SCOPE / "facts-one-by-one.toml").read_text())["base"])


def laid_over(facts: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``facts`` with ``changes`` on top; "undeclared" takes a fact out."""
    merged = dict(facts)
    for key, value in changes.items():
        if value == "undeclared":
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = laid_over(merged[key], value)
        else:
            merged[key] = value
    return merged


def written(facts: Mapping[str, Any]) -> str:
    """Write a manifest; every value in line, so that no table opens inside another."""
    return "\n".join(f"{key} = {_inline(value)}" for key, value in facts.items())


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_inline(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
