"""What people who read, compare and layer the law do with the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LANTERN = ROOT / "examples" / "lantern"


def test_explain_says_who_is_bound_by_which_clause_and_what_other_instruments_ask(cli):
    out = cli("explain", "cn-genai/art12-label-generated-content").out
    assert "Who: service provider" in out
    assert "Source: https://" in out
    assert "PUBLIC_CN: no when" in out
    assert "visible-label = { hook = " in out
    assert "cn-labelling/art4-explicit-label  " in out
    assert "eu-ai-act-art50/" in out


def test_explain_fits_its_examples_to_the_service(cli, tmp_path):
    (tmp_path / "app.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n\n@app.get('/')\ndef home():\n    return 1\n")
    out = cli("explain", "complaint-entry", tmp_path, "--jobs", "1", "--no-cache").out
    assert '@app.post("/api/complaint-entry")' in out
    claimed = cli("explain", "cn-genai/art15-complaint-entry", LANTERN, "--jobs", "1").out
    assert "claimed now: endpoint = POST /api/complaints (genai-service.toml:" in claimed


@pytest.mark.parametrize(
    ("lang", "answer", "fact"), [("en", "applies for", "declared [text, image]"), ("zh", "适用", "已声明 [text, image]")]
)
def test_explain_because_shows_the_facts_that_decided(cli, lang, answer, fact):
    told = cli("explain", "cn-genai/art12-label-generated-content", LANTERN, "--because", "--lang", lang)
    assert told.code == 0, told.err
    assert answer in told.out
    assert f"{fact}" in told.out
    assert "genai-service.toml:23" in told.out
    assert "visible-label" in told.out


def test_explain_because_is_about_obligations(cli):
    told = cli("explain", "complaint-entry", LANTERN, "--because")
    assert told.code == 2
    assert "is a control" in told.err
