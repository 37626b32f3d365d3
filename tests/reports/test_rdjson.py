"""The rdjson report: reviewdog's schema, columns in bytes, nothing dropped."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from verdicts import CHINESE, VERDICTS, closed, finding

from genai_policy.model import Place
from genai_policy.report.rdjson import RdjsonReport

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "reviewdog-DiagnosticResult.json").read_text("utf-8"))
LINE = '"说明" = "😀";visible-label = { hook = "app.labels:mark" }'


def diagnostics(verdict, **settings):
    return json.loads(RdjsonReport(**settings)(verdict, "en"))["diagnostics"]


@pytest.mark.parametrize("name", VERDICTS)
def test_meets_the_schema_of_reviewdog(name):
    jsonschema.Draft4Validator(SCHEMA).validate(json.loads(RdjsonReport()(VERDICTS[name], "zh")))


def test_severity_code_and_related_locations():
    _, label, *_ = diagnostics(closed(), pages="https://example.org/v1")
    assert (label["severity"], label["code"]["value"]) == ("ERROR", "cn-demo/label")
    assert label["code"]["url"] == "https://example.org/v1/docs/obligations/cn-demo/label.md"
    assert label["location"] == {"path": "app/routes.py", "range": {"start": {"line": 10}}}
    assert [r["location"]["path"] for r in label["related_locations"]] == ["genai-service.toml", "app/gen.py", "app/gen.py"]


def test_accepted_findings_only_inform():
    assert {d["severity"] for d in diagnostics(closed()) if d["code"]["value"] == "cn-demo/complaints"} == {"INFO"}


def test_columns_are_bytes():
    verdict = closed(findings=(finding(places=(Place("genai-service.toml", 12, 12), Place(CHINESE, 3))),))
    _, first, *_ = diagnostics(verdict, lines=lambda file, line: LINE if (file, line) == ("genai-service.toml", 12) else None)
    start = first["location"]["range"]["start"]
    assert LINE.encode()[start["column"] - 1 :].decode().startswith("visible-label")
    assert first["location"]["range"]["end"]["column"] == len(LINE.encode()) + 1
