"""A linked program is kept by content, and what is kept is what linking gives."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from genai_policy.model.code import CodeFacts, Place
from genai_policy.model.service import DeclaredLink
from genai_policy.read import program
from genai_policy.read.cache import Cache, open_cache
from genai_policy.read.code import read_code
from genai_policy.read.program import link_files
from genai_policy.read.tree import open_tree
from tests.unit.linked import host

APP = """
from flask import Flask
from model import answer
app = Flask(__name__)
@app.post('/chat')
def chat():
    return answer()
def other():
    pass
"""
MODEL = "import openai\ndef answer():\n    return openai.OpenAI().chat.completions.create(messages=[])\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "app.py").write_text(APP, "utf-8")
    (tree / "model.py").write_text(MODEL, "utf-8")
    return tree


def facts_of(root: Path, cache: Cache | None, declared: tuple[DeclaredLink, ...] = ()) -> CodeFacts:
    tree = open_tree(root)
    files, _ = read_code(tree, host().readers(), cache=None)
    return link_files(files, tree, host().catalogues(), {}, declared, cache=cache, jobs=1)


def test_what_is_kept_is_what_linking_gives(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = facts_of(root, None)
    assert first.paths
    with open_cache(tmp_path / "cache") as cache:
        assert facts_of(root, cache) == first
        monkeypatch.setattr(program, "_link", lambda *_args: pytest.fail("linked again"))
        again = facts_of(root, cache)
    assert again == first
    assert list(again.functions) == list(first.functions)


def test_an_edit_and_a_declared_link_are_seen(root: Path, tmp_path: Path) -> None:
    with open_cache(tmp_path / "cache") as cache:
        before = facts_of(root, cache)
        linked = facts_of(root, cache, (DeclaredLink("app:other", "model:answer", "", Place("genai-service.toml", 3)),))
        assert len(linked.calls.get("app.py#other", ())) == 1
        assert "app.py#other" not in before.calls
        (root / "app.py").write_text(APP.replace("return answer()", "return ''"), "utf-8")
        assert not facts_of(root, cache).paths


def test_an_entry_that_does_not_fit_is_worked_out_again(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = facts_of(root, None)
    fits = program._restored
    for damage in (b"", b"\xff", msgspec.msgpack.encode({"facts": {}, "functions": [("app.py#x", "gone.py", "", 7)]})):
        with open_cache(tmp_path / "cache") as cache:
            monkeypatch.setattr(program, "_restored", lambda _data, files, damage=damage: fits(damage, files))
            assert facts_of(root, cache) == first
            assert facts_of(root, cache) == first
