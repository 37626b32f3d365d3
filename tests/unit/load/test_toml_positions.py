"""Positions of TOML keys: exact, in code points, and the same that tree-sitter-toml finds where it can read the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import tomli
import tree_sitter_toml
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Language, Node, Parser

from genai_policy.load.mistakes import Mistakes
from genai_policy.load.positions import find_positions
from genai_policy.load.toml import TomlFile, read_toml

EVERYTHING = '''#:schema x
[service]
"名称" = "对话" # c = 1
modalities = ["text", """im
age""", 'a]b', ] # ]
a.b.c = 1
a . "d.e" = 2
inline = { x = 1, y = "中", z = { w = [1] } }
date = 1979-05-27 07:32:00
empty = ""
quotes = """""two"""""
literal = \'\'\'it\'s''\'\'\'
[[model]]
name = "q1"
[[model]]
name = "q2"
[model.sub]
k = 1
[[model.sub.more]]
z = [{ a = 1 }, { b = 2 }]
[x.y]
[x]
'''


def test_every_kind_of_key() -> None:
    tomli.loads(EVERYTHING)
    spots = find_positions(EVERYTHING)
    assert spots["service",].key == (2, 2)
    assert spots["service", "名称"] == ((3, 1), (3, 8))
    assert spots["service", "modalities", 2].value == (5, 9)
    assert spots["service", "a"].key == (6, 1)
    assert spots["service", "a", "d.e"] == ((7, 1), (7, 13))
    assert spots["service", "inline", "z", "w", 0].value == (8, 39)
    assert spots["service", "date"].value == (9, 8)
    assert spots["service", "empty"].key == (10, 1)
    assert spots["service", "literal"].key == (12, 1)
    assert spots["model",].key == (13, 3)
    assert spots["model", 1, "name"] == ((16, 1), (16, 8))
    assert spots["model", 1, "sub", "k"].key == (18, 1)
    assert spots["model", 1, "sub", "more", 0, "z", 1, "b"].key == (20, 19)
    assert spots["x",].key == (22, 2)


def test_inline_tables_over_several_lines() -> None:
    text = "[implements]\na = {\n  # why\n  hook = 'x:y', # here\n  middleware = true,\n}\nb = 1\n"
    spots = find_positions(text)
    assert spots["implements", "a", "hook"] == ((4, 3), (4, 10))
    assert spots["implements", "a", "middleware"].key == (5, 3)
    assert spots["implements", "b"].key == (7, 1)


def test_windows_line_ends_and_byte_order_marks() -> None:
    mistakes = Mistakes()
    source = read_toml("m.toml", b"\xef\xbb\xbfa = 1\r\n[b]\r\nc = '''x\r\ny'''\r\nd = 2\r\n", mistakes)
    assert source is not None
    assert source.place(("b", "d")).line == 5
    assert not mistakes.found


def test_the_nearest_table_stands_in_for_what_is_missing() -> None:
    source = TomlFile("m.toml", "[a]\nb = { c = 1 }\n", {"a": {"b": {"c": 1}}})
    assert (source.place(("a", "b", "x")).line, source.place(("a", "b", "x")).column) == (2, 1)
    assert source.place(("z",)).line == 1


@pytest.mark.parametrize(
    ("text", "place"),
    [("a = 1\nb = = 2\n", (2, 5)), ("a = 1\na = 2\n", (2, 6)), ('a = "', (1, 6)), ("[a\n", (1, 3))],
)
def test_syntax_mistakes_have_a_place(text: str, place: tuple[int, int]) -> None:
    mistakes = Mistakes()
    assert read_toml("m.toml", text.encode(), mistakes) is None
    (mistake,) = mistakes.found
    assert (mistake.line, mistake.column) == place


_KEY = st.sampled_from(["a", "b-c", '"d e"', "'f.g'", '"名"', "1", '"\\u0041"'])
_SCALAR = st.sampled_from(
    ["1", "-1.5e3", "true", '"x"', "''", '"""a\nb"""', "'''\"'''", "2026-01-01", "2026-01-01 10:00:00", "07:32:00", "inf", '"]}#"']
)


def _inline(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tables = st.dictionaries(_KEY, inner.filter(lambda v: "\n" not in v), max_size=3)
    return st.lists(inner, max_size=3).map(lambda v: "[ " + " ,\n # c ]\n".join(v) + " ]") | tables.map(
        lambda d: "{ " + ", ".join(f"{k}  =  {v}" for k, v in d.items()) + " }"
    )


_PAIRS = st.dictionaries(_KEY, st.recursive(_SCALAR, _inline, max_leaves=5), max_size=4).map(
    lambda d: "".join(f"  {k} = {v} # 中\n" for k, v in d.items())
)
_SECTION = st.tuples(st.sampled_from(["[t]", "[[l]]", "[t.u]", "[ 't' . v ]", "[[l.m]]", "[l.n]", '["名"]']), _PAIRS)


@settings(deadline=None, max_examples=200)
@given(_PAIRS, st.lists(_SECTION, max_size=4))
def test_all_values_have_a_place_and_tree_sitter_agrees(top: str, sections: list[tuple[str, str]]) -> None:
    text = top + "".join(f"{header}\n{pairs}" for header, pairs in sections)
    try:
        values = tomli.loads(text)
    except tomli.TOMLDecodeError:
        return
    spots = find_positions(text)
    assert set(_paths(values, ())) <= set(spots)
    found = _tree_sitter_pairs(text)
    if found is not None:
        assert {(s.key, s.value) for s in spots.values()} >= found


def _paths(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def _tree_sitter_pairs(text: str) -> set[tuple[tuple[int, int], tuple[int, int]]] | None:
    tree = Parser(Language(tree_sitter_toml.language())).parse(text.encode())
    if tree.root_node.has_error:
        return None
    lines = [line.encode() for line in text.split("\n")]

    def point(node: Node) -> tuple[int, int]:
        row, column = node.start_point
        return row + 1, len(lines[row][:column].decode()) + 1

    found = set()
    nodes = [tree.root_node]
    while nodes:
        node = nodes.pop()
        nodes.extend(node.named_children)
        if node.type == "pair":
            key, value = (n for n in node.named_children if n.type != "comment")
            found.add((point(key), point(value)))
    return found
