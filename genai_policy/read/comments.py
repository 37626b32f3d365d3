"""Comments of code files that speak to this tool, with the lines of code that they stand at.

Only files that hold the mark are parsed. The text of a string, of a page or of a document is no comment, whatever it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct

from genai_policy.read.tree import MARK, Tree, Unreadable

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_COMMENTS = frozenset({"comment", "line_comment", "block_comment"})
_TYPESCRIPT, _JAVASCRIPT = "tree_sitter_typescript:language_typescript", "tree_sitter_javascript:language"
_GRAMMARS = {
    **dict.fromkeys((".py", ".pyi", ".pyw"), "tree_sitter_python:language"),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), _JAVASCRIPT),
    **dict.fromkeys((".ts", ".mts", ".cts"), _TYPESCRIPT),
    ".tsx": "tree_sitter_typescript:language_tsx",
    ".java": "tree_sitter_java:language",
    ".go": "tree_sitter_go:language",
}
_SPOKEN = re.compile(re.escape(MARK.decode()) + r"[ \t]*(?P<said>[^\n]*)")
_MOST_COMMENTS = 10_000


class Comment(Struct, frozen=True, order=True):
    """What stands after the mark in a comment on ``line`` of ``file``, and the lines it is about: its own where code stands before it, else
    those of the statement or function that follows."""

    file: str
    line: int
    said: str
    first: int
    last: int


def comments_to_us(tree: Tree) -> tuple[Comment, ...]:
    """Return the marked comments of the service's own files, in order. What cannot be parsed speaks for nobody."""
    return tuple(sorted(comment for file in tree.files if file.marked for comment in _in_file(tree, file.path)))


def _in_file(tree: Tree, path: str) -> Iterator[Comment]:
    from genai_policy.read.languages.syntax import parse_bounded

    parser = _parser_for(path)
    if parser is None:
        return
    try:
        data = tree.read(path)
    except Unreadable:
        return
    parsed = parse_bounded(parser, data)
    if parsed is None:
        return
    for node in _comment_nodes(parsed.root_node):
        text = data[node.start_byte : node.end_byte].decode("utf-8", "replace")
        found = _SPOKEN.search(text)
        if found:
            line = node.start_point[0] + 1 + text[: found.start()].count("\n")
            said = found["said"].removesuffix("*/").strip()
            yield Comment(path, line, said, *_about(node, data, line))


def _comment_nodes(root: Node) -> Iterator[Node]:
    waiting, seen = [root], 0
    while waiting and seen < _MOST_COMMENTS:
        node = waiting.pop()
        if node.type in _COMMENTS:
            seen += 1
            yield node
        else:
            waiting.extend(reversed(node.children))


def _about(node: Node, data: bytes, line: int) -> tuple[int, int]:
    """Return the first and last line that a comment is about."""
    start = data.rfind(b"\n", 0, node.start_byte) + 1
    if data[start : node.start_byte].strip():
        return line, line
    following = node.next_named_sibling
    while following is not None and following.type in _COMMENTS:
        following = following.next_named_sibling
    if following is not None and following.type == "block":  # Python's grammar puts the comment that opens a block before it
        following = next((child for child in following.named_children if child.type not in _COMMENTS), None)
    if following is None:
        return line, line
    return following.start_point[0] + 1, following.end_point[0] + 1


def _parser_for(path: str) -> Parser | None:
    suffix = next((suffix for suffix in _GRAMMARS if path.lower().endswith(suffix)), None)
    if suffix is None:
        return None
    from tree_sitter import Language, Parser

    module, _, function = _GRAMMARS[suffix].partition(":")
    return Parser(Language(getattr(import_module(module), function)()))
