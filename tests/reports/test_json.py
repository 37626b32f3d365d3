"""The json report: the documented shape, nothing dropped, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import json

from verdicts import AS_OF, closed, finding, law, note, obligation, opened

from genai_policy.model import CodeFacts, Gap, Hop, Place, Service
from genai_policy.model.code import GenerationRoute, Route, Site
from genai_policy.model.verdict import Applicability, Because, Ledger
from genai_policy.report.json import JsonReport, facts_json, scope_json


def record(verdict, lang="en"):
    return json.loads(JsonReport()(verdict, lang))


def test_the_documented_shape():
    out = record(closed())
    assert out["schema"] == "genai-policy/verdict/1"
    assert (out["gate"], out["gate_name"], out["exit_code"], out["as_of"]) == ("closed", "pull-request", 1, "2026-03-01")
    (service,) = out["services"]
    assert (service["manifest"], service["name"]) == ("genai-service.toml", "demo")
    label = next(duty for duty in service["obligations"] if duty["id"] == "cn-demo/label")
    assert (label["applies"], label["reading"], label["outcome"]) == ("applies", "settled", "unmet")
    assert label["because"][0] == {"fact": "service.reach", "value": ["registered-public"], "file": "genai-service.toml", "line": 3}
    assert label["because"][1]["value"] is None
    evidence = label["controls"][0]["evidence"][0]
    assert (evidence["kind"], evidence["file"], evidence["line"]) == ("hook", "app/routes.py", 10)
    assert [rule["id"] for rule in service["gates"]] == ["cn-demo/scope"]
    told = next(f for f in out["findings"] if f["status"] == "new")
    assert told["places"] == [{"file": "app/routes.py", "line": 10}, {"file": "genai-service.toml", "line": 12}]
    assert told["hops"][0] == {"file": "app/routes.py", "line": 10, "symbol": "create_picture"}
    assert told["fix"] == "call the hook"
    assert out["ledger"] == {
        "files": {"enumerated": 12, "read": 9, "left_out": [{"reason": "test", "count": 2}, {"reason": "vendored", "count": 1}]},
        "rules": {"run": ["rule-a"], "skipped": [{"rule": "rule-b", "reason": "semgrep is not installed"}]},
    }


def test_counts_every_outcome_status_and_severity():
    assert record(closed())["counts"] == {
        "satisfied": 1,
        "unmet": 3,
        "undetermined": 1,
        "not-applicable": 1,
        "review": 1,
        "new": 2,
        "baselined": 1,
        "waived": 1,
        "gaps": 2,
        "findings": {"error": 3, "warning": 1, "note": 0},
    }


def test_findings_and_duties_name_their_page():
    out = json.loads(JsonReport(pages="https://example.org/v1")(closed(), "zh"))
    told = next(f for f in out["findings"] if f["status"] == "new")
    assert told["page"] == "https://example.org/v1/docs/obligations/cn-demo/label.zh.md"
    assert record(closed())["services"][0]["obligations"][0]["page"] == "docs/obligations/cn-demo/agreement.md"


def test_rejected_evidence_is_listed_with_its_reason():
    label = next(duty for duty in record(closed())["services"][0]["obligations"] if duty["id"] == "cn-demo/label")
    rejected = [e for c in label["controls"] for e in c["evidence"] if e["polarity"] == "rejected"]
    assert [(e["file"], e["note"]) for e in rejected] == [("docs/agreement.md", "docs/agreement.md is a template")]


def test_sentences_follow_the_language_and_ids_do_not():
    en, zh = record(closed()), record(closed(), "zh")
    assert zh["findings"][1]["fix"] == "中文：call the hook"
    for out in (en, zh):
        del out["lang"]
        for found in out["findings"]:
            del found["fix"], found["page"]
        for duty in out["services"][0]["obligations"] + out["services"][0]["gates"]:
            del duty["page"]
    assert en == zh


def test_same_verdict_same_bytes():
    assert JsonReport()(closed(), "en") == JsonReport()(closed(), "en")


def test_hostile_text_means_the_same_and_holds_no_workflow_command():
    hostile = 'x\n::error::y ##[error]z "\x1b'
    text = JsonReport()(closed(findings=(finding(places=(Place(hostile, 1),), message=note(hostile)),)), "en")
    assert "##[" not in text
    assert "\n::" not in text
    assert json.loads(text)["findings"][0]["message"] == hostile


def test_an_open_gate_reports_exit_code_zero():
    assert (record(opened())["gate"], record(opened())["exit_code"]) == ("open", 0)


def test_facts_have_the_documented_shape():
    code = CodeFacts(
        sites=(Site("a.py", 3, "client.chat.completions.create", "openai", "text", "a.py#f", 1),),
        routes=(Route("a.py", 1, "POST", "/chat", "chat", "a.py", 2, "fastapi"),),
        generation_routes=(GenerationRoute(0, (0,), (Hop("a.py", 2, "chat"),)),),
        gaps=(Gap("b.py", "syntax error", 1, "syntax"),),
    )
    out = json.loads(facts_json(code, Ledger(2, 1)))
    assert out["schema"] == "genai-policy/facts/1"
    site = {"file": "a.py", "line": 3, "callee": "client.chat.completions.create", "provider": "openai", "modality": "text"}
    assert site.items() <= out["generation_sites"][0].items()
    assert out["routes"] == [
        {
            "file": "a.py",
            "line": 1,
            "method": "POST",
            "path": "/chat",
            "handler": "chat",
            "handler_file": "a.py",
            "handler_line": 2,
            "framework": "fastapi",
        }
    ]
    assert out["generation_routes"] == [
        {"route": 0, "sites": [0], "hops": [{"file": "a.py", "line": 2, "symbol": "chat"}], "certainty": "certain"}
    ]
    assert {"file": "b.py", "reason": "syntax error"}.items() <= out["gaps"][0].items()


def test_scope_is_the_services_without_outcomes():
    duty, gate = obligation("cn-demo/label"), obligation("cn-demo/scope", (), "gate")
    because = (Because("service.public-since", dt.date(2026, 1, 2), "genai-service.toml", 4),)
    scopes = [(Service("genai-service.toml", "", "demo"), [(duty, Applicability("applies", because)), (gate, Applicability("review"))])]
    out = json.loads(scope_json(AS_OF, [pack.id for pack in law().packs], scopes, "en"))
    assert (out["schema"], out["as_of"], out["packs"]) == ("genai-policy/scope/1", "2026-03-01", ["cn-demo"])
    (service,) = out["services"]
    assert service["obligations"] == [
        {
            "id": "cn-demo/label",
            "applies": "applies",
            "because": [{"fact": "service.public-since", "value": "2026-01-02", "file": "genai-service.toml", "line": 4}],
            "reading": "settled",
            "note": "",
        }
    ]
    assert [rule["id"] for rule in service["gates"]] == ["cn-demo/scope"]
