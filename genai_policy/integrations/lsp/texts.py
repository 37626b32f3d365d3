"""A text as an editor has it → where things stand in it, and where a line went after edits. Columns are code points."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from msgspec import Struct

_STRING = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_BARE = re.compile(r"[^\s,\[\]{}=#\"']+")
_CLOSING = {"[": "]", "{": "}"}


class Span(Struct, frozen=True):
    """A piece of one line: ``line`` and ``start`` count from 0, ``end`` is exclusive."""

    line: int
    start: int
    end: int


def lines_of(text: str) -> list[str]:
    """Return the lines as an editor counts them (LF, CRLF and CR end one; nothing else does)."""
    return re.split(r"\r\n|\n|\r", text)


def token(lines: Sequence[str], line: int, column: int) -> Span:
    """Return the TOML key or value that begins at ``line`` and ``column`` (both from 1, column 0: the line's first word)."""
    number = min(max(line - 1, 0), len(lines) - 1)
    text = lines[number]
    start = column - 1 if column else len(text) - len(text.lstrip())
    start = min(max(start, 0), len(text))
    return Span(number, start, max(_end(text, start), min(start + 1, len(text))))


def rest_of_line(lines: Sequence[str], line: int, column: int) -> Span:
    """Return the code from ``line`` and ``column`` (both from 1, column 0: the first word) to the end of the line."""
    number = min(max(line - 1, 0), len(lines) - 1)
    text = lines[number]
    start = column - 1 if 0 < column <= len(text) else len(text) - len(text.lstrip())
    return Span(number, start, max(len(text.rstrip()), start))


def carried(before: Sequence[str], after: Sequence[str], line: int) -> int | None:
    """Return where ``line`` (from 1) of the text before went in the text after; None where it was removed."""
    if before == after:
        return line
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if start < line <= end:
            if tag == "delete":
                return None
            return new_start + min(line - start, max(new_end - new_start, 1))
    return None


def word_at(text: str, column: int, pattern: re.Pattern[str]) -> tuple[str, int, int] | None:
    """Return the match of ``pattern`` in a line that holds ``column`` (from 0), with its start and end."""
    for found in pattern.finditer(text):
        if found.start() <= column <= found.end():
            return found.group(), found.start(), found.end()
    return None


def _end(text: str, start: int) -> int:
    string = _STRING.match(text, start)
    if string:
        return string.end()
    if text[start : start + 1] in _CLOSING:
        return _after_bracket(text, start)
    bare = _BARE.match(text, start)
    return bare.end() if bare else start


def _after_bracket(text: str, start: int) -> int:
    """Return where the bracket at ``start`` closes, or the end of the line."""
    open_, close = text[start], _CLOSING[text[start]]
    depth, at = 0, start
    while at < len(text):
        string = _STRING.match(text, at)
        if string:
            at = string.end()
            continue
        depth += (text[at] == open_) - (text[at] == close)
        at += 1
        if depth == 0:
            return at
    return len(text.rstrip())
