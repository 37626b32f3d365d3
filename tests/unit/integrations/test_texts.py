"""Places in texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai_policy.integrations.lsp.texts import Edits, lines_of, rest_of_line, token, word_at


@pytest.mark.parametrize(
    ("line", "column", "shown"),
    [
        ('stage = "live" # note', 9, '"live"'),
        ("stage = 'li\"ve' # note", 9, "'li\"ve'"),
        (r'x = "a \" b", y', 5, r'"a \" b"'),
        ('stage = "live"', 1, "stage"),
        ("[service.more]", 2, "service.more"),
        ('a = [1, [2, "]"], 3] # no', 5, '[1, [2, "]"], 3]'),
        ("a = { b = [1] , c = 2 }", 5, "{ b = [1] , c = 2 }"),
        ("a = [1,", 5, "[1,"),
        ("a = 2026-01-02, b", 5, "2026-01-02"),
        ("  indented = 1", 0, "indented"),
        ('x = "墨😀", y = 3', 5, '"墨😀"'),
        ("x = '''", 5, "'''"),
        ("", 1, ""),
        ("ab", 99, ""),
    ],
)
def test_a_token_is_the_key_or_value_that_begins_there(line, column, shown):
    span = token([line], 1, column)
    assert line[span.start : span.end] == shown


@pytest.mark.parametrize("line", [-5, 0, 1, 2, 3, 99])
def test_a_line_beyond_the_text_is_the_nearest(line):
    assert token(["a = 1", "b = 2"], line, 1).line in (0, 1)
    assert rest_of_line(["a = 1", "b = 2"], line, 0).line in (0, 1)


def test_code_is_marked_without_its_margins():
    span = rest_of_line(["    return made(x)  "], 1, 0)
    assert (span.start, span.end) == (4, 18)
    assert rest_of_line(["    return made(x)"], 1, 12).start == 11


@pytest.mark.parametrize(
    ("after", "line", "now"),
    [
        ("a b c", 2, 2),
        ("new a b c", 2, 3),
        ("b c", 2, 1),
        ("a c", 2, None),
        ("a B c", 2, 2),
        ("a B B2 c", 3, 4),
        ("", 1, None),
        ("c", 3, 1),
    ],
)
def test_a_line_is_found_again_after_edits(after, line, now):
    assert Edits(["a", "b", "c"], after.split()).carried(line) == now


def test_many_changes_take_no_time_and_what_is_around_them_is_found():
    before = ["first", *(f"x{n % 7}" for n in range(60_000)), "last"]
    edits = Edits(before, ["new", "first", *(f"x{n % 5}" for n in range(50_000)), "last"])
    assert edits.carried(len(before)) == 50_003
    assert edits.carried(30_000) is None


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=9), st.lists(st.sampled_from("abc"), max_size=9))
def test_a_line_that_is_found_lies_in_the_text(before, after):
    edits = Edits(before, after)
    for line in range(1, len(before) + 1):
        now = edits.carried(line)
        assert now is None or 1 <= now <= len(after)
        assert before != after or now == line


def test_lines_end_as_in_an_editor():
    assert lines_of("a\r\nb\rc\nd\x0be\u2028f") == ["a", "b", "c", "d\x0be\u2028f"]


def test_a_word_is_found_from_its_first_to_behind_its_last_character():
    pattern = re.compile("[a-z]+")
    assert [word_at("ab, cd", column, pattern) for column in (0, 2, 3, 6)] == [("ab", 0, 2), ("ab", 0, 2), None, ("cd", 4, 6)]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(alphabet="ab =[]{}\"'#\\😀,", max_size=12), min_size=1, max_size=4), st.integers(-1, 6), st.integers(-1, 14))
def test_every_span_lies_in_its_line(lines, line, column):
    for span in (token(lines, line, column), rest_of_line(lines, line, column)):
        assert 0 <= span.start <= span.end <= len(lines[span.line])
