"""Channels of Go: from the function that sends on a channel to the one that takes from it in a loop.

A channel is known by where it is kept: a variable, a package variable or a field; what a composite literal puts into a field, or a caller
gives as an argument, is the same channel.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from genai_policy.model import ir
from genai_policy.model.code import CallEdge
from genai_policy.read.link.edges import Edges
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Fn, argument
from genai_policy.read.link.values import ClassVal, Inst

_DEPTH = 3
_Key = tuple[str, str, int, str]


def link_go_channels(inference: Inference, edges: Edges) -> None:
    """Add the edges from senders to receivers of one channel."""
    linker = _Channels(inference)
    sends: list[tuple[Fn, ir.Op]] = []
    takes: list[tuple[Fn, ir.Expr]] = []
    for file in inference.program.files.values():
        for fn in file.functions if file.ir.language == "go" else ():
            for node in _own_nodes(fn.code.body):
                if isinstance(node, ir.Op) and node.op == "send" and node.operands:
                    sends.append((fn, node))
                elif isinstance(node, ir.Op) and node.op == "receive" and node.operands:
                    takes.append((fn, node.operands[0]))
                elif isinstance(node, ir.Loop) and isinstance(node.iterable, ir.Name | ir.Attr):
                    takes.append((fn, node.iterable))
    if not sends:
        return
    takers: dict[_Key, list[Fn]] = {}
    for fn, expr in takes:
        for key in linker.keys(expr, fn):
            if (key[1], key[2]) != fn.key:  # a function that waits for an answer on a channel of its own is no worker
                takers.setdefault(key, []).append(fn)
    for fn, send in sends:
        targets = dict.fromkeys(one for key in linker.keys(send.operands[0], fn) for one in takers.get(key, ()) if one is not fn)
        for target in targets:
            edges.add(CallEdge(fn.id, -1, send.line, target.id, "queue", "certain" if len(targets) == 1 else "possible"), fn)


class _Channels:
    def __init__(self, inference: Inference) -> None:
        self.on = inference

    def keys(self, expr: ir.Expr, fn: Fn, depth: int = 0) -> set[_Key]:
        """The places the channel is kept at."""
        if depth > _DEPTH:
            return set()
        if isinstance(expr, ir.Name):
            return self._named(expr.id, fn, depth)
        if isinstance(expr, ir.Attr):
            found: set[_Key] = set()
            for value in self.on.values(expr.base, fn):
                if isinstance(value, Inst | ClassVal):
                    found.add(("field", value.file, value.index, expr.name))
                    found |= self._filled((value.file, value.index), expr.name, depth)
            return found
        return set()

    def _named(self, name: str, fn: Fn, depth: int) -> set[_Key]:
        for scope in self.on.types.scopes(fn):
            if name in scope.params:
                return {
                    key
                    for caller, call, shift in self.on.rules.callers(scope)[:8]
                    for key in self._given(scope, name, caller, call, shift, depth)
                }
            if name in scope.bindings:
                if not scope.index:
                    return {("package", scope.file.path.rpartition("/")[0], 0, name)}
                found: set[_Key] = {("var", *scope.key, name)}
                for binding in scope.bindings[name]:
                    if binding.kind == "value" and isinstance(binding.node, ir.Attr | ir.Name):
                        found |= self.keys(binding.node, scope, depth + 1)
                return found
        return {("package", fn.file.path.rpartition("/")[0], 0, name)}

    def _given(self, scope: Fn, name: str, caller: Fn, call: ir.Call, shift: int, depth: int) -> set[_Key]:
        expr = argument(call, scope.params[name] - shift)
        return self.keys(expr, caller, depth + 1) if expr is not None else set()

    def _filled(self, cls: tuple[str, int], name: str, depth: int) -> set[_Key]:
        """What composite literals of a struct put into a field."""
        found: set[_Key] = set()
        for fn, call in self.on.program.calls.get(self.on.program.cls(cls).code.name, ()):
            given = argument(call, -1, name) if call.new else None
            if given is not None:
                found |= self.keys(given, fn, depth + 1)
        return found


def _own_nodes(body: Any) -> Iterator[Any]:
    """Statements and expressions of a body; closures are functions of their own."""
    waiting: list[Any] = [body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(node)
        elif isinstance(node, msgspec.Struct):
            yield node
            waiting.extend(getattr(node, name) for name in node.__struct_fields__)
