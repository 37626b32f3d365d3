"""The JSON Schema of manifests: in step with the model, described throughout, accepting what loads."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli
from jsonschema import Draft202012Validator

from genai_policy.load.manifest import load_services, manifest_schema
from genai_policy.load.manifest_docs import with_tables
from genai_policy.load.manifest_schema import SCHEMA_FILE, render_schema

CASES = Path(__file__).with_name("cases")


def errors(text: str) -> list[str]:
    values = json.loads(json.dumps(tomli.loads(text), default=lambda day: day.isoformat()))
    return [e.json_path for e in Draft202012Validator(manifest_schema()).iter_errors(values)]


def test_the_checked_in_copy_is_current() -> None:
    assert SCHEMA_FILE.read_text("utf-8") == render_schema(), "run: python -m genai_policy.load.manifest_schema"


def test_it_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(manifest_schema())


def test_every_key_is_described() -> None:
    assert [key for key, node in _properties(manifest_schema(), "") if not node.get("description")] == []


@pytest.mark.parametrize("name", ["public_chatbot", "internal_assistant", "overseas_image_api"])
def test_it_accepts_what_loads(name: str) -> None:
    assert errors((CASES / f"{name}.toml").read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "schema = 2",
        'schema = 1\n[service]\nstage = "alive"',
        "schema = 1\n[service]\nstages = 1",
        'schema = 1\n[implements]\na = { hook = "a:b", document = "c" }',
        'schema = 1\n[implements]\na = { hok = "a:b" }',
        'schema = 1\n[implements]\na = "a:b"',
        'schema = 1\n[policy]\ntolerate = { comit = ["gaps"] }',
        'schema = 1\n[[attest]]\ncontrol = "a"',
    ],
)
def test_it_refuses_what_does_not(text: str) -> None:
    assert errors(text)


def _properties(node: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, list):
        for inner in node:
            yield from _properties(inner, path)
    if isinstance(node, dict):
        for key, inner in node.get("properties", {}).items():
            yield f"{path}.{key}", _resolved(inner)
        for key, inner in node.items():
            yield from _properties(inner, f"{path}/{key}")


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node and "description" not in node:
        definition: dict[str, Any] = manifest_schema()["$defs"][node["$ref"].rpartition("/")[2]]
        return definition
    return node


def test_days_are_written_as_text_for_the_validator() -> None:
    assert errors(f"schema = 1\n[policy]\nas-of = {dt.date(2026, 1, 1)}") == []


def test_the_page_about_manifests_is_current() -> None:
    page = Path(__file__).parents[3] / "docs" / "manifest.md"
    assert with_tables(page.read_text("utf-8")) == page.read_text("utf-8"), (
        "run: python -m genai_policy.load.manifest_docs docs/manifest.md"
    )


def test_the_example_on_the_page_loads() -> None:
    page = (Path(__file__).parents[3] / "docs" / "manifest.md").read_text("utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    assert errors(example) == []
    assert load_services(lambda _: example.encode(), ["genai-service.toml"], None)[0].facts["service.stage"] == "live"
