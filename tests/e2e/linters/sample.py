"""A small service whose gate is open, and the same with two faults: one in a Python file, one that has no line there."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LABEL = "cn-labelling/art4-explicit-label"
INTACT = "cn-labelling/art10-no-removal"
#: What the manifest makes milder, so that it does not close the gate.
MILD = "cn-labelling/art8-agreement"

FILES = {
    "genai-service.toml": """\
schema = 1
user-publication = false

[service]
name = "墨言😀"
stage = "live"
reach = ["registered-public"]
regions = ["cn-mainland"]
channels = ["web"]

[provider]
roles = ["service-provider"]
seat = "mainland"

[output]
generative = true
modalities = ["text"]
confusable-kinds = ["dialogue-or-writing"]
export = ["none"]
unlabelled-on-request = false
files = []

[implements]
label-integrity = { test = "tests/test_labels.py::test_survive" }
visible-label = { hook = "app.labels:mark_text" }

[policy]
as-of = 2026-11-15
packs = ["cn-labelling"]
gate = "pull-request"

[policy.severity]
"cn-labelling/art8-agreement" = "warning"
"cn-labelling/gb45438-explicit-interface" = "warning"
""",
    "app/__init__.py": "",
    "app/labels.py": """\
def mark_text(text: str) -> str:
    return "（AI 生成）" + text
""",
    "app/chat.py": """\
from fastapi import FastAPI
from openai import OpenAI

from app.labels import mark_text

app = FastAPI()
client = OpenAI()


@app.post("/api/chat")
def chat(prompt: str) -> dict:
    made = client.chat.completions.create(model="m", messages=[{"role": "user", "content": prompt}])
    return {"answer": mark_text(made.choices[0].message.content)}
""",
    "tests/test_labels.py": """\
def test_survive():
    label = "（AI 生成）"
    assert "AI" in label.strip()
""",
}


def write(root: Path) -> Path:
    """Write the service whose gate is open, as a git checkout of its own."""
    for name, text in FILES.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


def take_apart(root: Path) -> Path:
    """Let the answer leave without its label, and claim one control no longer."""
    replace(root / "app" / "chat.py", "mark_text(made", "str(made")
    replace(root / "genai-service.toml", 'label-integrity = { test = "tests/test_labels.py::test_survive" }\n', "")
    return root


def replace(file: Path, old: str, new: str) -> None:
    """Change one piece of a file."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name} holds {old!r} {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8")


def snippet(name: str) -> str:
    """The block of docs/linters.md that begins with this comment."""
    return (ROOT / "docs" / "linters.md").read_text(encoding="utf-8").partition(f"# {name}\n")[2].partition("```")[0]


def line_of(file: Path, text: str) -> int:
    """The line (from 1) of a file that holds ``text``."""
    return next(number for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if text in line)
