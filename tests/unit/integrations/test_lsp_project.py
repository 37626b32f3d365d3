"""Quick fixes, hovers and mistakes on one service with much wrong, without an editor."""

from __future__ import annotations

import datetime as dt

import pytest
from pygls.workspace import PositionCodec

from genai_policy.integrations.judging import question
from genai_policy.integrations.lsp.fixes import fixes
from genai_policy.integrations.lsp.hover import hover
from genai_policy.integrations.lsp.marks import diagnostic, marks
from genai_policy.integrations.lsp.project import Project
from genai_policy.integrations.lsp.texts import lines_of

TODAY = dt.date(2026, 3, 1)
MANIFEST = """\
schema = 1
[service]
name = "sample"
stage = "live"
reach = ["registered-public"]
regions = ["cn-mainland"]
geo-control = "none"
channels = ["web"]
[provider]
roles = ["service-provider"]
seat = "mainland"
[output]
generative = true
modalities = ["text"]
confusable-kinds = ["dialogue-or-writing"]
[implements]
content-filter = { hook = "app.filters:check" }
complaint-entry = { endpoint = "POST /api/complaint" }
content-takedown = { endpoint = "DELETE /api/complaints" }
service-agreement = { document = "docs/agreement.md#terms" }
minors-protection = { hook = "web/guard.ts#gard" }
[policy]
packs = ["cn-genai"]
as-of = 2026-03-01
"""
FILES = {
    "svc/genai-service.toml": MANIFEST,
    "svc/legal/agreement.md": "# Terms\n\nText.\n",
    "svc/web/guard.ts": "export function guard(age: number) { return age > 14 ? true : false }\n",
    "svc/app/checks.py": "def check(text):\n    if 'x' in text:\n        raise ValueError\n    return text\n",
    "svc/app/filters.py": "LIMIT = 3\n",
    "svc/app/main.py": """\
from fastapi import FastAPI
from openai import OpenAI

app = FastAPI()
client = OpenAI()


def add_ai_label(text):
    return "AI: " + text


@app.post("/api/complaints")
def complain(text: str):
    open("log").write(text)


@app.get("/about")
def about():
    return add_ai_label("about us")


@app.post("/chat")
def chat(q: str):
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": q}]).choices[0].message.content
""",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    found = Project(question(str(root)))
    found.judge()
    assert found.seen.judgement.state == "closed"
    return found


@pytest.fixture(scope="module")
def offered(project):
    """Every quick fix on the manifest, by the control of its finding."""
    lines = lines_of(MANIFEST)
    found: dict[str, list[tuple[str, str]]] = {}
    for mark in marks(project, "svc/genai-service.toml", lines, ()):
        for edit in fixes(project, "svc/genai-service.toml", lines, mark, TODAY):
            old = lines[edit.span.line][edit.span.start : edit.span.end] if edit.span else None
            found.setdefault(mark.notice.control, []).append((edit.text, old) if old is not None else (edit.text, edit.file))
    return found


@pytest.mark.parametrize(
    ("control", "new", "old"),
    [
        ("content-filter", "app.checks:check", "app.filters:check"),
        ("complaint-entry", "POST /api/complaints", "POST /api/complaint"),
        ("content-takedown", "POST /api/complaints", "DELETE /api/complaints"),
        ("service-agreement", "legal/agreement.md", "docs/agreement.md"),
        ("minors-protection", "web/guard.ts#guard", "web/guard.ts#gard"),
        ("visible-label", '\nvisible-label = { hook = "app.main:add_ai_label" }', ""),
    ],
)
def test_what_exists_is_offered_in_place_of_what_does_not(offered, control, new, old):
    assert (new, old) in offered[control]


@pytest.mark.parametrize(
    ("written", "added"),
    [
        ("[implements] # where", ("\nvisible-label = ", 15)),
        ("[other]", ("\n[implements]\nvisible-label = ", None)),
        ('implements.x = { hook = "a:b" }', None),
        ("implements = {}", None),
        ("[implements.x]", None),
    ],
)
def test_a_claim_is_added_where_the_others_are(project, written, added):
    lines = lines_of(MANIFEST.replace("[implements]", written))
    mark = next(m for m in marks(project, "svc/genai-service.toml", lines, ()) if m.notice.control == "visible-label")
    edits = [e for e in fixes(project, "svc/genai-service.toml", lines, mark, TODAY) if e.file != "genai-waivers.toml"]
    assert [(e.text.partition("{")[0], e.span and e.span.line) for e in edits] == ([added] if added else [])


def test_a_waiver_is_drafted_where_the_law_lets_it(project, offered):
    drafts = [text for edits in offered.values() for text, file in edits if file == "genai-waivers.toml"]
    named = {line.partition('"')[2].rstrip('"') for text in drafts for line in text.splitlines() if line.startswith("obligation")}
    assert named
    assert all(project.seen.law.obligation(name).waivable for name in named)
    assert all('owner = ""' in text and "created = 2026-03-01\nexpires = 2026-03-31\n" in text for text in drafts)


def test_a_draft_of_a_waiver_is_a_mistake_until_it_is_filled_in(project, offered):
    draft = next(text for edits in offered.values() for text, file in edits if file == "genai-waivers.toml")
    told = project.mistakes({"genai-waivers.toml": f"schema = 1\n{draft}"})
    assert sorted(m.key for m in told if m.problem == "is empty") == ["waiver[0].approved-by", "waiver[0].owner", "waiver[0].reason"]


def test_mistakes_are_those_of_the_text_as_it_is(project):
    assert project.mistakes({}) == ()
    wrong = MANIFEST.replace("complaint-entry", "complaint-enty").replace('stage = "live"', "stage = 3")
    told = project.mistakes({"svc/genai-service.toml": wrong})
    assert [(m.line, m.column, m.key) for m in told] == [(4, 9, "service.stage"), (18, 1, "implements.complaint-enty")]
    lines = lines_of(wrong)
    shown = [m for m in marks(project, "svc/genai-service.toml", lines, told) if m.notice.kind == "mistake"]
    assert [lines[m.span.line][m.span.start : m.span.end] for m in shown] == ["3", "complaint-enty"]
    assert [e.text for m in shown for e in fixes(project, "svc/genai-service.toml", lines, m, TODAY)] == ["complaint-entry"]


@pytest.mark.parametrize("text", ["", "[", "x = ", "\x00", "[[implements]]\n", "schema = 1\n[implements]\na = 3\n", "a" * 5000])
def test_half_written_text_is_a_mistake_and_no_crash(project, text):
    told = project.mistakes({"svc/genai-service.toml": text})
    assert told
    lines = lines_of(text)
    for mark in marks(project, "svc/genai-service.toml", lines, told):
        assert diagnostic(mark, project, project.root, lines, PositionCodec()).message
    assert hover(project, "svc/genai-service.toml", text, lines, 0, 0) is None or text


@pytest.mark.parametrize(
    ("file", "line", "column", "said"),
    [
        ("svc/genai-service.toml", 'stage = "live"', 0, "Where in its life the service stands."),
        ("svc/genai-service.toml", "[provider]", 2, ""),
        ("svc/genai-service.toml", 'complaint-entry = { endpoint = "POST', 2, "`complaint-entry`\n\n*Looks for:* A route"),
        ("svc/genai-service.toml", 'packs = ["cn-genai"]', 0, "policy.packs"),
        ("genai-waivers.toml", 'obligation = "cn-genai/art15-complaint-entry"', 20, "`svc/genai-service.toml`: unmet"),
        ("svc/app/main.py", "# cn-genai/art15-complaint-entry", 5, "*Clause:* Interim Measures, art. 15"),
        ("svc/app/main.py", "complaint-entry", 3, ""),
        ("svc/app/main.py", "", 0, ""),
    ],
)
def test_hover_says_what_stands_there(project, file, line, column, said):
    text = MANIFEST if file.endswith("service.toml") else line
    lines = lines_of(text)
    number = next(n for n, row in enumerate(lines) if line in row)
    found = hover(project, file, text, lines, number, column)
    assert said in (found[0] if found else "")
    assert bool(said) == (found is not None) or line == "[provider]"


def test_what_only_a_whole_run_can_tell_of_a_waiver_is_told(tmp_path):
    (tmp_path / "genai-service.toml").write_text(MANIFEST.partition("[implements]")[0] + "[policy]\npacks = ['cn-genai']\n")
    said = 'obligation = "cn-genai/art8-annotation-rules"\npath = "no.py"\nowner = "a"\nreason = "b"\napproved-by = "c"\n'
    dates = "created = 2026-01-01\nexpires = 2099-01-01\n"
    (tmp_path / "genai-waivers.toml").write_text(f"schema = 1\n[[waiver]]\n{said}{dates}")
    project = Project(question(str(tmp_path)))
    project.judge()
    told = [(n.kind, n.file, n.text) for n in project.seen.judgement.notices]
    assert [(kind, file) for kind, file, _ in told] == [("mistake", "genai-waivers.toml")]
    assert "matches nothing" in told[0][2]
    assert project.mistakes({}) == ()
    lines = lines_of(project.on_disk("genai-waivers.toml"))
    assert [m.notice.text for m in marks(project, "genai-waivers.toml", lines, ())] == [told[0][2]]


def test_what_a_manifest_shows_by_itself_is_not_told_twice(tmp_path):
    (tmp_path / "genai-service.toml").write_text(MANIFEST.replace('stage = "live"', "stage = 3"))
    project = Project(question(str(tmp_path)))
    project.judge()
    assert project.seen.judgement.state == "mistaken"
    assert project.seen.judgement.notices == ()
    assert [m.key for m in project.mistakes({})] == ["service.stage"]


def test_a_folder_without_a_manifest_is_left_in_peace(tmp_path):
    (tmp_path / "a.py").write_text("import openai\n")
    project = Project(question(str(tmp_path)))
    project.judge()
    assert project.seen.judgement.notices == ()
    assert "nothing is judged" in project.seen.judgement.headline


def test_a_link_out_of_the_root_is_not_read(tmp_path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a.py").symlink_to(tmp_path / "secret")
    assert Project(question(str(tmp_path / "root"))).on_disk("a.py") == ""
