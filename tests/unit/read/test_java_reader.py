"""Java files lower to the reviewed text beside them, and no input makes the reader raise."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai_policy.model import ir
from genai_policy.read.languages.java import JavaReader
from genai_policy.read.languages.syntax import Limits
from tests.unit.read.lowered_text import write

CASES = sorted((Path(__file__).parent / "cases" / "java").glob("*.java"))
JAVA = JavaReader()


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_file_lowers_as_reviewed(case: Path) -> None:
    assert write(JAVA.read(case.read_bytes())) == case.with_suffix(".txt").read_text("utf-8")


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(CASES)).read_bytes())
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        piece = draw(
            st.sampled_from([b"{", b"}", b"(", b'"', b'"""', b"->", b"case ", b"class ", b"@", b"\0", b"\xff\xfe", b"\\u", b"<", b""])
        )
        data[at : at + draw(st.integers(0, 40))] = piece * draw(st.integers(0, 60))
    return bytes(data)


@settings(max_examples=150, deadline=None)
@given(mutated())
def test_a_mutated_file_never_raises_and_stays_a_pure_function_of_its_bytes(data: bytes) -> None:
    once = JAVA.read(data)
    assert once == JAVA.read(data)
    assert all(one.line >= 1 for one in once.functions)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    assert JAVA.read(data).functions[0].name == "<module>"


def test_old_chinese_encodings_and_byte_order_marks_are_read() -> None:
    source = 'class A { String s = "\u6587\u5b57\u751f\u6210"; }'
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert JAVA.read(source.encode(encoding)).classes[0].fields[0].value == ir.Literal(1, "\u6587\u5b57\u751f\u6210")


def test_a_syntax_error_keeps_the_rest_and_tells_its_line() -> None:
    read = JAVA.read(b"class A {\n void a() { x.y(; }\n void b() { z(); }\n}\n")
    assert 2 in read.broken
    assert {one.name for one in read.functions} >= {"a", "b"}


@pytest.mark.parametrize("opener", [b"{", b"(", b"class A {", b"if (x) ", b"-", b"a.b().", b"new A() { void a() { "])
def test_deep_nesting_is_a_gap_and_not_a_crash(opener: bytes) -> None:
    read = JAVA.read(b"class A { void f() { x = " + opener * 3000)
    assert read.functions[0].name == "<module>"


def test_bounds_say_what_was_cut() -> None:
    assert "larger" in JAVA.read(b"class A {}" * 20, Limits(size=100)).truncated
    assert "deeper" in JAVA.read(b"class A { void f() { " + b"if (x) { " * 400 + b"}" * 402).truncated


def test_a_long_concatenation_needs_no_depth() -> None:
    read = JAVA.read(b'class A { void f() { x = "a"' + b' + b + "c"' * 2000 + b"; } }")
    assert read.truncated == ""
