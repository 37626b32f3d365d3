"""Generates the JSON Schema of a manifest from its model. Run as a module it rewrites the checked-in copy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from genai_policy.load.locators import KINDS, OPTIONS, PROVENANCE, RIGHTS, SYNTAX
from genai_policy.load.manifest_model import Declared, Manifest

SCHEMA_FILE = Path(__file__).with_name("manifest.schema.json")
_ID = "urn:genai-policy:schema:service-manifest:1"
_OPTION_TYPES: dict[str, dict[str, Any]] = {
    "boolean": {"type": "boolean"},
    "text": {"type": "string"},
    "rights": {"oneOf": [{"enum": [*RIGHTS]}, {"type": "array", "items": {"enum": [*RIGHTS]}}]},
    "table": {"type": "object", "additionalProperties": {"type": "string"}},
}


def build_schema() -> dict[str, Any]:
    """Return the schema, ready for editors: no nulls (TOML has none), no titles, a description for every key."""
    schema = _tidied(Manifest.model_json_schema(by_alias=True))
    schema["properties"]["implements"] = {"$ref": "#/$defs/Implements"}
    definitions = {**schema.pop("$defs"), "Locator": _locator(), "Implements": _implements()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _ID,
        "title": "genai-policy service manifest",
        **schema,
        "$defs": dict(sorted(definitions.items())),
    }


def render_schema() -> str:
    """Return the schema as the text that is checked in."""
    return json.dumps(build_schema(), indent=2, ensure_ascii=False) + "\n"


def _implements() -> dict[str, Any]:
    claim = {"oneOf": [{"$ref": "#/$defs/Locator"}, {"type": "array", "items": {"$ref": "#/$defs/Locator"}, "minItems": 1}]}
    return {
        "description": "Control id -> where the code meets it: one place, or a list of places that must all hold.",
        "type": "object",
        "properties": _provenance(),
        "additionalProperties": claim,
    }


def _locator() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    target = {"oneOf": [text, {"type": "array", "items": text, "minItems": 1}]}
    kinds = {k: {"description": f"Write {SYNTAX[k]}.", **target} for k in KINDS}
    options = {o: {"description": meaning, **_OPTION_TYPES[type_]} for o, (type_, _, meaning) in OPTIONS.items()}
    return {
        "description": "A place where the code meets a control: exactly one kind, with options beside it.",
        "type": "object",
        "properties": {**options, **kinds, **_provenance()},
        "additionalProperties": False,
        "oneOf": [{"required": [kind]} for kind in KINDS],
    }


def _provenance() -> dict[str, Any]:
    properties: dict[str, Any] = _tidied(Declared.model_json_schema(by_alias=True))["properties"]
    return {key: properties[key] for key in PROVENANCE}


def _tidied(node: Any) -> Any:
    """Return a copy without generated titles, null alternatives and null defaults."""
    if isinstance(node, list):
        return [_tidied(n) for n in node]
    if not isinstance(node, dict):
        return node
    kept = {k: (v if k == "properties" else _tidied(v)) for k, v in node.items() if not _is_noise(k, v)}
    if "properties" in kept:
        kept["properties"] = {k: _tidied(v) for k, v in node["properties"].items()}
    alternatives = [a for a in kept.get("anyOf", ()) if a != {"type": "null"}]
    if len(alternatives) == 1:
        del kept["anyOf"]
        kept = {**alternatives[0], **kept}
    return kept


def _is_noise(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value is None)


if __name__ == "__main__":
    SCHEMA_FILE.write_text(render_schema(), encoding="utf-8")
