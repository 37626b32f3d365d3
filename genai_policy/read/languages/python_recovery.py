"""Keeps one damaged definition from hiding the rest of a Python file.

The grammar recovers from a syntax error by skipping, often to the end of the file. Here the definition (or statement) around the error
is cut out instead, ``pass`` left in its place, and the file parsed again; the piece is then read for itself. Lines stay what they were.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from genai_policy.read.languages.syntax import broken_lines, parse_bounded

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_LARGEST = 500_000
_MOST_CUTS = 12
_MOST_ERRORS = 60
"""Text with more errors is no damaged Python file but something else, and slow to parse again and again."""
_DEFINITION = re.compile(rb"[ \t]*(?:async[ \t]+def|def|class)\b")
_DECORATOR = re.compile(rb"[ \t]*@")
_CLOSING = re.compile(rb"[ \t]*[)\]}#]")


class Mended(Struct):
    """``data`` parses without error to ``root``; ``pieces`` are what was cut out, each at its place in an otherwise blank file, because
    of errors on the lines ``broken``."""

    data: bytes
    root: Node
    pieces: tuple[bytes, ...]
    broken: tuple[int, ...]


def mend(data: bytes, root: Node, parser: Parser) -> Mended | None:
    """Cut out what ``root`` (parsed from ``data``) shows to be damaged; None when that does not lead to a whole file."""
    if len(data) > _LARGEST:
        return None
    lines = data.split(b"\n")
    pieces: list[bytes] = []
    broken: set[int] = set()
    for _ in range(_MOST_CUTS):
        errors = broken_lines(root)
        if len(errors) > _MOST_ERRORS:
            return None
        error = errors[0] - 1 if errors else root.end_point[0]
        broken.add(error + 1)
        first, last = _around(lines, error)
        column = len(lines[first]) - len(lines[first].lstrip(b" \t"))
        if lines[first].strip() in (b"", b"pass"):
            return None
        pieces.append(b"\n".join([b""] * first + lines[first:last]))
        lines[first:last] = [lines[first][:column] + b"pass", *([b""] * (last - first - 1))]
        mended = b"\n".join(lines)
        tree = parse_bounded(parser, mended)
        if tree is None:
            return None
        root = tree.root_node
        if not root.has_error:
            return Mended(mended, root, tuple(pieces), tuple(sorted(broken)))
    return None


def _around(lines: list[bytes], error: int) -> tuple[int, int]:
    """Return the lines (first, one after the last) of the definition around line ``error``, else of the statement there."""
    error = min(error, len(lines) - 1)
    while error > 0 and not lines[error].strip():
        error -= 1
    first = error
    while first > 0 and not (_DEFINITION.match(lines[first]) and (first == error or _indent(lines[first]) < max(_indent(lines[error]), 1))):
        first -= 1
    last = _end(lines, first)
    if last <= error:
        first, last = error, _end(lines, error)
    while first > 0 and _DECORATOR.match(lines[first - 1]) and _indent(lines[first - 1]) == _indent(lines[first]):
        first -= 1
    return first, last


def _end(lines: list[bytes], first: int) -> int:
    """Return the line after the block that line ``first`` opens: brackets may be closed at its own level."""
    level = _indent(lines[first])
    last = first + 1
    while last < len(lines) and (not lines[last].strip() or _indent(lines[last]) > level or _CLOSING.match(lines[last])):
        last += 1
    return last


def _indent(line: bytes) -> int:
    text = line.expandtabs()
    return len(text) - len(text.lstrip(b" "))
