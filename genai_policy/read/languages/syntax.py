"""What every tree-sitter reader shares: text, lines and call numbers of one file, and the bounds that make reading safe on any input.

A reader is a class with ``name``, ``version``, ``suffixes`` whose ``read`` calls :func:`read_bounded` with its grammar and a function
that lowers the root node. Lowering walks down from ``Source.enter`` / ``Source.leave`` pairs, so no input can exhaust the stack.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from genai_policy.model.ir import FileIR, Function

if TYPE_CHECKING:
    from tree_sitter import Node, Parser


class Limits(Struct, frozen=True):
    """Bounds of one file: ``size`` in bytes, ``nodes`` of the syntax tree, ``depth`` of nested statements and expressions in the result."""

    size: int = 5_000_000
    nodes: int = 2_500_000
    depth: int = 150


LIMITS = Limits()


class Source:
    """One file while it is lowered. ``truncated`` collects the first bound that was reached."""

    __slots__ = ("_newlines", "calls", "data", "depth", "limits", "truncated")

    def __init__(self, data: bytes, limits: Limits = LIMITS) -> None:
        self.data = data
        self.limits = limits
        self.calls = 0
        self.depth = 0
        self.truncated = ""
        self._newlines: list[int] | None = None

    def text(self, node: Node) -> str:
        """Return the source text of ``node``."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def line(self, node: Node) -> int:
        """Return the line ``node`` starts on, counted from 1."""
        return node.start_point[0] + 1

    def end_line(self, node: Node) -> int:
        """Return the line ``node`` ends on."""
        return node.end_point[0] + 1

    def line_at(self, byte: int) -> int:
        """Return the line of a byte offset (for text inside a node, such as a string's content)."""
        if self._newlines is None:
            self._newlines = [at for at, value in enumerate(self.data) if value == 10]
        return bisect_right(self._newlines, byte - 1) + 1

    def next_call(self) -> int:
        """Return the next :attr:`genai_policy.model.ir.Call.id`, from 0 in the order of lowering."""
        self.calls += 1
        return self.calls - 1

    def enter(self) -> bool:
        """Go one level deeper; False (and nothing entered) when the depth bound is reached: lower to ``Unknown`` or drop, and go on."""
        if self.depth >= self.limits.depth:
            self.truncated = self.truncated or f"nested deeper than {self.limits.depth} levels"
            return False
        self.depth += 1
        return True

    def leave(self) -> None:
        """Come back up from :meth:`enter`."""
        self.depth -= 1


def read_bounded(
    language: str, data: bytes, parser: Parser, lower: Callable[[Source, Node], FileIR], limits: Limits = LIMITS
) -> FileIR:
    """Parse UTF-8 ``data`` and lower its root node; a bound that is reached gives an empty, ``truncated`` result instead of an error."""
    if len(data) > limits.size:
        return empty_file(language, f"larger than {limits.size} bytes")
    root = parser.parse(data).root_node
    if root.descendant_count > limits.nodes:
        return empty_file(language, f"more than {limits.nodes} syntax nodes")
    try:
        return lower(Source(data, limits), root)
    except RecursionError:
        return empty_file(language, "nested too deeply for the reader")


def empty_file(language: str, truncated: str = "") -> FileIR:
    """Return the result for a file of which nothing was read."""
    return FileIR(language, (Function("<module>", "<module>", 1, 1),), truncated=truncated)


def broken_lines(root: Node) -> tuple[int, ...]:
    """Return the lines of syntax errors below ``root`` (skipped or missing text), sorted, each once."""
    lines: set[int] = set()
    waiting = [root] if root.has_error else []
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            lines.add(node.start_point[0] + 1)
        else:
            waiting.extend(child for child in node.children if child.has_error or child.is_missing)
    return tuple(sorted(lines))
