"""Go files lower to the reviewed text beside them, and no input makes the reader raise."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai_policy.read.languages.go import GoReader
from genai_policy.read.languages.syntax import Limits
from tests.unit.read.lowered_text import write

CASES = sorted((Path(__file__).parent / "cases" / "go").glob("*.go"))
GO = GoReader()


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_file_lowers_as_reviewed(case: Path) -> None:
    assert write(GO.read(case.read_bytes())) == case.with_suffix(".txt").read_text("utf-8")


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(CASES)).read_bytes())
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        piece = draw(
            st.sampled_from([b"{", b"}", b"(", b'"', b'"""', b"func ", b"case ", b"type ", b"`", b"\0", b"\xff\xfe", b"\\u", b"<", b""])
        )
        data[at : at + draw(st.integers(0, 40))] = piece * draw(st.integers(0, 60))
    return bytes(data)


@settings(max_examples=150, deadline=None)
@given(mutated())
def test_a_mutated_file_never_raises_and_stays_a_pure_function_of_its_bytes(data: bytes) -> None:
    once = GO.read(data)
    assert once == GO.read(data)
    assert all(one.line >= 1 for one in once.functions)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    assert GO.read(data).functions[0].name == "<module>"


def test_byte_order_marks_are_skipped() -> None:
    assert GO.read(b"\xef\xbb\xbfpackage a\n").package == "a"


def test_a_syntax_error_keeps_the_rest_and_tells_its_line() -> None:
    read = GO.read(b"package a\nfunc a() { x.y(; }\nfunc b() { z() }\n")
    assert 2 in read.broken
    assert {one.name for one in read.functions} >= {"b"}


@pytest.mark.parametrize("opener", [b"{", b"(", b"func() {", b"if x { ", b"-", b"a.b().", b"T{", b"[]"])
def test_deep_nesting_is_a_gap_and_not_a_crash(opener: bytes) -> None:
    read = GO.read(b"package a\nfunc f() { x = " + opener * 3000)
    assert read.functions[0].name == "<module>"


def test_bounds_say_what_was_cut() -> None:
    assert "larger" in GO.read(b"package abc" * 20, Limits(size=100)).truncated
    assert "deeper" in GO.read(b"package a\nfunc f() { " + b"if x { " * 400 + b"}" * 401).truncated


@pytest.mark.parametrize(
    ("module", "use", "name"),
    [
        ("github.com/sashabaranov/go-openai", "openai.New()", "openai"),
        ("github.com/openai/openai-go", "openai.New()", "openai"),
        ("github.com/anthropics/anthropic-sdk-go", "anthropic.New()", "anthropic"),
        ("github.com/go-chi/chi/v5", "chi.New()", "chi"),
        ("gopkg.in/yaml.v3", "yaml.New()", "yaml"),
        ("github.com/a/json-iterator", "jsoniterator.New()", "jsoniterator"),
    ],
)
def test_the_name_of_an_imported_package_is_the_one_the_file_uses(module: str, use: str, name: str) -> None:
    read = GO.read(f'package a\nimport "{module}"\nvar x = {use}\n'.encode())
    assert read.imports[0].local == name
