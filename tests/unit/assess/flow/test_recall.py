"""Answers are kept by the content of what flow looks at: other files do not matter, and what is kept is what would be found again."""

from __future__ import annotations

from genai_policy.assess.walk import Calls
from genai_policy.assess.wiring import Standing, Wiring
from genai_policy.model.verdict import FactIndex
from tests.unit.linked import linked

_MAIN = """
from fastapi import FastAPI
from openai import OpenAI
from app.labels import mark

app = FastAPI()
client = OpenAI()


@app.post("/chat")
def chat(prompt: str):
    answer = client.chat.completions.create(model="m", messages=[{"role": "user", "content": prompt}])
    return {"text": mark(answer.choices[0].message.content)}
"""
_LABELS = "def mark(text):\n    return text + ' [AI]'\n"
_REPORT = "def monthly(rows):\n    return sum(rows)\n"
_FILES = {"app/main.py": _MAIN, "app/labels.py": _LABELS, "scripts/report.py": _REPORT}


def _ask(files: dict[str, str], kept: dict[str, bytes] | None) -> tuple[Standing, ...]:
    code = linked(files)
    wiring = Wiring(FactIndex(code=code, files=frozenset(files), answers=kept), Calls(code))
    standings, _ = wiring.standings(range(len(code.paths)), frozenset(("app/labels.py#mark",)), "output", checks=False)
    return standings


def test_an_answer_is_kept_and_given_again() -> None:
    kept: dict[str, bytes] = {}
    first = _ask(_FILES, kept)
    assert [s.answer for s in first] == ["passes"]
    assert len(kept) == 1
    assert _ask(_FILES, kept) == first == _ask(_FILES, None)
    assert len(kept) == 1


def test_an_edit_elsewhere_asks_nothing_again() -> None:
    kept: dict[str, bytes] = {}
    _ask(_FILES, kept)
    _ask({**_FILES, "scripts/report.py": _REPORT + "\n\ndef yearly(rows):\n    return max(rows)\n"}, kept)
    assert len(kept) == 1


def test_an_edit_on_the_way_asks_again() -> None:
    kept: dict[str, bytes] = {}
    _ask(_FILES, kept)
    broken = _ask({**_FILES, "app/main.py": _MAIN.replace("mark(answer", "str(answer")}, kept)
    assert [s.answer for s in broken] == ["misses"]
    assert len(kept) == 2


def test_what_cannot_be_read_is_found_again() -> None:
    kept: dict[str, bytes] = {}
    first = _ask(_FILES, kept)
    for key in kept:
        kept[key] = b"\xff"
    assert _ask(_FILES, kept) == first
