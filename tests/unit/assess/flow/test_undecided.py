"""Nothing undecided is ever satisfied: whatever hides the value or the hook from the analysis, the answer is not a pass."""

from __future__ import annotations

import itertools

import pytest

from genai_policy.assess.flow import trace
from tests.unit.linked import linked

_START = """
from fastapi import FastAPI
from openai import OpenAI

app = FastAPI()
client = OpenAI()
TABLE = load_table()


def mark(text):
    return text + " (AI)"


def ask(prompt):
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": prompt}]).choices[0].message.content


@app.post("/x")
def x(prompt: str, how: str):
    text = ask(prompt)
"""

#: Ways of handing the value to something that is chosen when the service runs.
_HIDING = {
    "a table": "text = TABLE[how](text)",
    "reflection": "text = getattr(TABLE, how)(text)",
    "a looked-up function": "text = TABLE.get(how)(text)",
    "a variable that holds a function": "finish = TABLE[how]\n    text = finish(text)",
    "globals": "text = globals()[how](text)",
    "a method with the hook's name on something unknown": "text = TABLE.mark(text)",
    "an import by name": "import importlib\n    text = importlib.import_module(how).mark(text)",
    "a partial": "import functools\n    finish = functools.partial(TABLE[how])\n    text = finish(text)",
}

#: What comes after, marked or not elsewhere.
_ENDS = {
    "returned": 'return {"text": text}',
    "returned beside a marked constant": 'return {"text": text, "title": mark("title")}',
    "returned on one of two branches": "if how:\n        return text\n    return mark(text)",
    "put into a list": "out = []\n    out.append(text)\n    return out",
    "kept in a dictionary": 'out = {}\n    out["a"] = text\n    return out',
    "given to a closure": "def inner():\n        return text\n    return inner()",
}


@pytest.mark.parametrize(("hiding", "end"), list(itertools.product(_HIDING, _ENDS)))
def test_a_value_that_goes_where_nobody_sees_does_not_pass(hiding: str, end: str) -> None:
    source = f"{_START}    {_HIDING[hiding]}\n    {_ENDS[end]}\n"
    code = linked({"app/main.py": source})
    crossings = trace(code, frozenset({"app/main.py#mark"}), range(len(code.paths)))
    assert crossings
    assert all(c.answer != "passes" for c in crossings), crossings
    assert all(c.places for c in crossings), "where the value was lost is said"


@pytest.mark.parametrize("end", ["TABLE.push(text)", "TABLE.send_to_user(text)", "broker.publish(how, text)", "TABLE[how](text)"])
def test_content_handed_to_somebody_unknown_does_not_pass(end: str) -> None:
    source = f'{_START}    {end}\n    return {{"text": mark(text)}}\n'
    code = linked({"app/main.py": source})
    crossings = trace(code, frozenset({"app/main.py#mark"}), range(len(code.paths)))
    assert [c.answer for c in crossings] != ["passes"], crossings
