"""Which calls of a function can run: those that no constant test and no unconditional exit keeps from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from genai_policy.assess.constants import truth
from genai_policy.assess.stubs import unset_parameters
from genai_policy.assess.walk import Calls, calls, parts
from genai_policy.model import ir
from genai_policy.model.code import FunctionId, FunctionNode


class Live:
    """Reachability over live calls. Functions are looked at once, on demand."""

    def __init__(self, program: Calls) -> None:
        self.program = program
        self._calls: dict[FunctionId, frozenset[int]] = {}
        self._leading: dict[frozenset[FunctionId], tuple[set[FunctionId], set[FunctionId]]] = {}

    def calls_of(self, node: FunctionNode) -> frozenset[int]:
        """Return the ids of the calls of ``node`` that can run."""
        found = self._calls.get(node.id)
        if found is None:
            names = {**self.program.constants(node.file), **unset_parameters(node, self.program)}
            found = self._calls[node.id] = frozenset(call.id for call in calls(_running(node.code.body, names)))
        return found

    def callees(self, function: FunctionId) -> Iterator[FunctionId]:
        """Yield the functions that ``function`` may call or hand on, dead code left out."""
        node = self.program.code.functions.get(function)
        for edge in self.program.code.calls.get(function, ()):
            if edge.call < 0 or node is None or edge.call in self.calls_of(node):
                yield edge.callee

    def leads(self, roots: Iterable[FunctionId], targets: frozenset[FunctionId]) -> bool:
        """Say whether one of ``targets`` is among ``roots`` or called from them, however deep. What was found out on the way is kept."""
        yes, no = self._leading.setdefault(targets, (set(targets), set()))
        return any(self._leads(root, yes, no) for root in roots)

    def _leads(self, root: FunctionId, yes: set[FunctionId], no: set[FunctionId]) -> bool:
        came_from: dict[FunctionId, FunctionId] = {root: ""}
        todo = [root]
        while todo:
            function = todo.pop()
            if function in yes:
                while function:
                    yes.add(function)
                    function = came_from[function]
                return True
            if function in no:
                continue
            for callee in self.callees(function):
                if callee not in came_from:
                    came_from[callee] = function
                    todo.append(callee)
        no.update(came_from)
        return False

    def reaches(self, roots: Iterable[FunctionId], targets: frozenset[FunctionId], depth: int) -> bool:
        """Say whether one of ``targets`` is among ``roots`` or called from them, at most ``depth`` calls deep."""
        level, seen = set(roots), set(roots)
        for _ in range(depth + 1):
            if level & targets:
                return True
            level = {callee for function in level for callee in self.callees(function)} - seen
            seen |= level
            if not level:
                return False
        return False


def never_defined(node: FunctionNode, program: Calls) -> bool:
    """Say whether the definition of ``node`` stands at module level where nothing runs (``if False:``)."""
    module = program.code.functions.get(f"{node.file}#<module>")
    if module is None or node.code.parent not in (0, None):
        return False
    written = {p.function for p in parts(module.code.body) if isinstance(p, ir.Define)}
    running = {p.function for p in _running(module.code.body, program.constants(node.file)) if isinstance(p, ir.Define)}
    return node.index in written and node.index not in running


def _running(body: Sequence[ir.Stmt], names: Mapping[str, ir.Expr]) -> Iterator[Any]:
    """Yield what runs of ``body``, compound statements opened."""
    for statement in body:
        if isinstance(statement, ir.If):
            known = truth(statement.test, names)
            yield statement.test
            chosen = (statement.body, statement.orelse) if known is None else ((statement.body,) if known.value else (statement.orelse,))
            for block in chosen:
                yield from _running(block, names)
            if all(_ends(block) for block in chosen) and (known is not None or statement.orelse):
                return
        elif isinstance(statement, ir.Loop):
            yield from (part for part in (statement.target, statement.iterable) if part is not None)
            yield from _running(statement.body, names)
            yield from _running(statement.orelse, names)
        elif isinstance(statement, ir.With):
            yield from (context for context, _ in statement.items)
            yield from _running(statement.body, names)
        elif isinstance(statement, ir.Try):
            for block in (statement.body, *(handler.body for handler in statement.handlers), statement.orelse, statement.final):
                yield from _running(block, names)
        elif isinstance(statement, ir.Switch):
            yield from ((statement.subject,) if statement.subject is not None else ())
            for case in statement.cases:
                yield from _running(case.body, names)
        else:
            yield statement
        if isinstance(statement, (ir.Return, ir.Raise)):
            return


def _ends(body: Sequence[ir.Stmt]) -> bool:
    return bool(body) and isinstance(body[-1], (ir.Return, ir.Raise))
