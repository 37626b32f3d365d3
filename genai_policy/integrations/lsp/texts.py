"""A text as an editor has it → where things stand in it, and where a line went after edits. Columns are code points."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from msgspec import Struct

_STRING = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_BARE = re.compile(r"[^\s,\[\]{}=#\"']+")
#: More changed lines than these are not compared.
MAX_COMPARED = 1_000
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


class Edits:
    """Where lines of an earlier text went. Made once for a text: comparing may take long, so only what was changed is compared."""

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        self.size = len(before)
        self.shift = len(after) - len(before)
        shortest = min(len(before), len(after))
        self.head = next((n for n in range(shortest) if before[n] != after[n]), shortest)
        self.tail = next((n for n in range(shortest - self.head) if before[-1 - n] != after[-1 - n]), shortest - self.head)
        self.blocks: list[tuple[int, int, int, int]] = []
        changed, now = before[self.head : len(before) - self.tail], after[self.head : len(after) - self.tail]
        if max(len(changed), len(now)) <= MAX_COMPARED:
            found = difflib.SequenceMatcher(None, changed, now, autojunk=False).get_opcodes()
            self.blocks = [(start, end, new, new_end) for _, start, end, new, new_end in found]

    def carried(self, line: int) -> int | None:
        """Return where ``line`` (from 1) is now; None where it was removed, or amid more changes than are compared."""
        if line <= self.head:
            return line
        if line > self.size - self.tail:
            return line + self.shift
        at = line - self.head
        for start, end, new, new_end in self.blocks:
            if start < at <= end:
                return self.head + new + min(at - start, new_end - new) if new_end > new else None
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
