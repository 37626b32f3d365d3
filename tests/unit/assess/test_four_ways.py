"""One small service four ways, judged by the shipped controls: nothing, decoys only, half, whole.

Decoys are what a word search accepts: the README, comments, docstrings, dead functions, tests, vendored copies, somebody else's switch,
templates, placeholders. For five controls of different kinds the answers must be: nothing, nothing, "1 of 2" with the path, satisfied.
"""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath
from typing import Any

import pytest

from genai_policy.assess.outcomes import control_outcome
from genai_policy.load.packs import load_law
from genai_policy.model.law import Law
from genai_policy.model.service import Service
from genai_policy.model.verdict import Claim, ControlOutcome
from tests.unit.assess.judging import AS_OF, MANIFEST, facts_of, locators_from
from tests.unit.linked import host, linked

CLAIMS: dict[str, Any] = {
    "visible-label": {"hook": "app.labels:mark"},
    "complaint-entry": {"endpoint": "POST /api/complaints"},
    "log-retention": {"setting": "config/prod.yaml#logging.retention_days"},
    "service-agreement": {"document": "docs/agreement.zh.md"},
    "training-register": {"register": "data/sources.csv"},
}

BARE = {
    "app/__init__.py": "",
    "app/store.py": "db = connect()\n",
    "app/main.py": (
        "from fastapi import FastAPI\nfrom openai import OpenAI\n\napp = FastAPI()\nclient = OpenAI()\n\n\n"
        "def ask(body):\n    answer = client.chat.completions.create(model='m', messages=body['messages'])\n"
        "    return answer.choices[0].message.content\n\n\n"
        "@app.post('/chat')\ndef chat(body: dict):\n    return {'text': ask(body)}\n\n\n"
        "@app.post('/draft')\ndef draft(body: dict):\n    return {'text': ask(body)}\n"
    ),
    "templates/index.html": "<main>hello</main>\n",
    "config/prod.yaml": "logging:\n  level: info\n",
}

DECOYS = {
    **BARE,
    "README.md": "Every answer is labelled 由人工智能生成 (watermark). POST /api/complaints. Logs are kept 180 days.\n",
    "app/labels.py": (
        '"""Adds the visible label 由人工智能生成."""\n\nLABEL_ENABLED = False\n\n\n'
        "def mark(text):\n    # label: 由人工智能生成\n    if LABEL_ENABLED:\n        return text + '（由人工智能生成）'\n    return text\n"
    ),
    "app/old.py": "def mark_generated(text):\n    return text + '（由人工智能生成）'\n",
    "tests/test_labels.py": "def mark(text):\n    return text + '（由人工智能生成）'\n\n\ndef test_mark():\n    assert mark('a')\n",
    "vendor/watermark.py": "def mark(text):\n    return text + '（由人工智能生成）'\n",
    "app/main.py": (
        "from fastapi import FastAPI\nfrom openai import OpenAI\n\nfrom app.labels import mark\n\napp = FastAPI()\nclient = OpenAI()\n\n\n"
        "def ask(body):\n    answer = client.chat.completions.create(model='m', messages=body['messages'], watermark=False)\n"
        "    return answer.choices[0].message.content\n\n\n"
        "@app.post('/chat')\ndef chat(body: dict):\n    text = ask(body)\n    mark(text)  # visible label\n    return {'text': text}\n\n\n"
        "@app.post('/draft')\ndef draft(body: dict):\n    return {'text': ask(body)}\n\n\n"
        "@app.post('/api/complaints')\ndef complain(body: dict):\n    print('complaint', body)\n    return {'ok': True}\n"
    ),
    "templates/index.html": "<main>hello</main>\n<!-- <a href='/api/complaints'>投诉</a> <a href='/agreement'>协议</a> -->\n",
    "config/prod.yaml": "logging:\n  level: info\n  # retention_days: 180\n  retention_days: 0\n",
    "docs/agreement.zh.md": "# [公司名称]服务协议\n\n## 协议双方\n\n## 禁止行为\n\n## 内容标识\n\n## 投诉\n\nTODO 待补充\n",
    "data/sources.csv": "name,origin,acquisition,licence,collected\nTODO,待定,-,,N/A\n",
}

WHOLE = {
    **BARE,
    "app/labels.py": "NOTICE = '（由人工智能生成）'\n\n\ndef mark(text):\n    return text + NOTICE\n",
    "app/main.py": (
        "from fastapi import FastAPI\nfrom openai import OpenAI\n\nfrom app.labels import mark\nfrom app.store import db\n\n"
        "app = FastAPI()\nclient = OpenAI()\n\n\n"
        "def ask(body):\n    answer = client.chat.completions.create(model='m', messages=body['messages'])\n"
        "    return answer.choices[0].message.content\n\n\n"
        "@app.post('/chat')\ndef chat(body: dict):\n    return {'text': mark(ask(body))}\n\n\n"
        "@app.post('/draft')\ndef draft(body: dict):\n    return {'text': mark(ask(body))}\n\n\n"
        "@app.post('/api/complaints')\ndef complain(body: dict):\n    db.insert('complaints', body)\n    return {'ok': True}\n"
    ),
    "templates/index.html": "<main>hello</main>\n<a href='/agreement'>服务协议</a><form action='/api/complaints' method='post'></form>\n",
    "config/prod.yaml": "logging:\n  level: info\n  retention_days: 200\n",
}

HALF = {
    **WHOLE,
    "app/main.py": WHOLE["app/main.py"].replace(
        "def draft(body: dict):\n    return {'text': mark(ask(body))}", "def draft(body: dict):\n    return {'text': ask(body)}"
    ),
}


@cache
def law() -> Law:
    return load_law(host().pack_directories(), host().evidence_kinds())


def judged(control: str, files: dict[str, str], *, claimed: bool = True) -> ControlOutcome:
    found = law().controls[control]
    locators = locators_from(CLAIMS[control]) if claimed else ()
    service = Service(MANIFEST, "", "demo", facts={"service.name": "云雀助手"}, implements={control: locators})
    params = {way.kind: way.params for way in found.ways}
    claim = Claim(service, found, params, locators, (), AS_OF, law().shared)
    left_out = {p: r for p in files for prefix, r in (("tests/", "test"), ("vendor/", "vendored")) if p.startswith(prefix)}
    code = linked({p: t for p, t in files.items() if PurePosixPath(p).suffix == ".py" and p not in left_out})
    evidence, gaps = host().collect_evidence(claim, facts_of(claim, {"files": files, "left-out": left_out}, code))
    assert gaps == ()
    return control_outcome(claim, evidence)


@pytest.mark.parametrize("control", CLAIMS)
def test_nothing_there(control: str) -> None:
    assert judged(control, BARE).outcome == "unmet"
    assert judged(control, BARE, claimed=False).outcome == "unmet"


@pytest.mark.parametrize("control", CLAIMS)
def test_decoys_are_not_accepted_and_each_refusal_says_why(control: str) -> None:
    outcome = judged(control, DECOYS)
    assert outcome.outcome == "unmet"
    assert all(e.polarity in ("contradicts", "rejected") for e in outcome.evidence)
    assert all(e.places for e in outcome.evidence)
    assert judged(control, DECOYS, claimed=False).outcome == "unmet"


@pytest.mark.parametrize("control", ["visible-label", "complaint-entry", "log-retention"])
def test_the_real_thing_is_accepted(control: str) -> None:
    outcome = judged(control, WHOLE)
    assert outcome.outcome == "satisfied", [(e.polarity, e.note.code) for e in outcome.evidence]


def test_half_is_counted_and_the_missing_path_is_named() -> None:
    outcome = judged("visible-label", HALF)
    (missing,) = [e for e in outcome.evidence if e.polarity == "contradicts"]
    assert outcome.outcome == "unmet"
    assert (missing.note.args["k"], missing.note.args["n"], missing.note.args["entry"]) == ("1", "2", "POST /draft")
    assert missing.places[0].file == "app/main.py"
    assert "return {'text': ask(body)}" in HALF["app/main.py"].split("\n")[missing.places[0].line - 1]
    assert missing.hops[0].symbol == "draft"
