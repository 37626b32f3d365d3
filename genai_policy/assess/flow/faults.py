"""How content went round the hook: the fault is named from where the hook is called and where the content left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from genai_policy.assess.constants import evaluate
from genai_policy.assess.flow.events import Events, Exit, Hooked
from genai_policy.assess.flow.program import Program
from genai_policy.assess.flow.reading import root, text_of
from genai_policy.assess.walk import dotted, parts
from genai_policy.model import ir
from genai_policy.model.code import FunctionId, FunctionNode, Place

Kind: TypeAlias = Literal[
    "thrown-away", "other-value", "one-branch", "flag", "streaming", "exception", "early-return", "late", "stored", "round", "absent"
]
_FLAG = re.compile(
    r"(?i)(^|[._])(?:is_|use_|enable_?|disable_?)|(?:enabled?|disabled?|flag|toggle|switch|feature|settings?|config|opts?|options?)\b|^[A-Z][A-Z0-9_]+$"
)
_STREAM = re.compile(r"(?i)stream|sse\b|chunk|event-?source|content-?type|media_?type")


class Fault(Struct, frozen=True):
    """A fault: its kind, where to look, and for a branch or flag the test, with the flag's default where the code has one."""

    kind: Kind
    places: tuple[Place, ...]
    test: str = ""
    default: str = ""


class Around(Struct, frozen=True):
    """One statement around another: ``then``, ``else``, ``body``, ``handler``, ``loop``, ``other``."""

    statement: ir.Stmt
    part: str


def fault_of(
    program: Program, events: Events, site: int, exits: Sequence[Exit], *, hooks: frozenset[FunctionId], entry: FunctionId, route: int
) -> Fault:
    """Name the fault behind ``exits`` of raw content of ``site``."""
    places = tuple(dict.fromkeys(e.place for e in exits))
    first = exits[0]
    if any(e.mark.stored for e in exits):
        return Fault("stored", places)
    calls = [h for h in sorted(events.hooked) if h.line]
    carrying = [h for h in calls if site in h.origins]
    node = program.functions.get(first.function)
    if not calls:
        for claimed, asking, test in program.maybe.get(route, ()):
            if claimed & hooks:
                return _branch(program, asking, places, text_of(test), test)
        written = _written(program, hooks, entry, route)
        near = _structural(program, node, first, written, places) if node is not None and written else None
        if near is None and not written and any(hooks & w.claimed for w in program.around(route)):
            return Fault("round", places)  # it stands around the handler and does not change what leaves
        return near or (_conditional(program, written, places) if written else None) or Fault("absent", places)
    for hooked in carrying:
        if hooked.discarded:
            place = Place(program.functions[hooked.function].file, hooked.line)
            return Fault("thrown-away", (place, *places) if place != places[0] else places)
    if node is not None:
        found = _structural(program, node, first, carrying or calls, places)
        if found is not None:
            return found
    if not carrying:
        return Fault("other-value", (*places, *(Place(program.functions[h.function].file, h.line) for h in calls)))
    elsewhere = _conditional(program, carrying, places)
    if elsewhere is not None:
        return elsewhere
    return Fault("round", places)


def _structural(program: Program, node: FunctionNode, exit_: Exit, calls: Sequence[Hooked], places: tuple[Place, ...]) -> Fault | None:
    """Compare where the exit stands with where the hook is called, in one function."""
    at = chain(node, line=exit_.place.line)
    if any(a.part == "handler" for a in at):
        return Fault("exception", places)
    own = [h for h in calls if h.function == node.id]
    for hooked in own:
        chosen = _conditional_expression(node, hooked.call)
        if chosen is not None:
            return _branch(program, node, places, text_of(chosen), chosen)
    for hooked in own:
        there = chain(node, call=hooked.call)
        if any(a.part == "body" for a in there) and not _shared(at, there, "body"):
            return Fault("exception", places)
    guarding = _test_around(at, [chain(node, call=h.call) for h in own])
    if guarding is not None:
        kind, test = guarding
        if _STREAM.search(test) or exit_.how == "yield" or _streams(node, exit_):
            return Fault("streaming", places, test)
        leaves = exit_.how == "return" or (at and _ends(at[-1]))
        if own and leaves and kind == "exit" and exit_.place.line < min(h.line for h in own):
            return Fault("early-return", places, test)
        return _branch(program, node, places, test, _expr(at, own, node))
    if own and exit_.how not in ("return", "yield") and all(h.line > exit_.place.line for h in own):
        return Fault("late", places)
    return None


def _conditional_expression(node: FunctionNode, call: int) -> ir.Expr | None:
    """Return the test of a conditional expression that has the call on one side."""
    for part in parts(node.code.body):
        if isinstance(part, ir.Op) and part.op == "if" and len(part.operands) == 3:
            sides = [any(isinstance(p, ir.Call) and p.id == call for p in parts((o,))) for o in part.operands[1:]]
            if sides[0] != sides[1]:
                return part.operands[0]
    return None


def _ends(step: Around) -> bool:
    block = next((b for part, b in _blocks(step.statement) if part == step.part), ())
    return bool(block) and isinstance(block[-1], (ir.Return, ir.Raise))


def _written(program: Program, hooks: frozenset[FunctionId], entry: FunctionId, route: int) -> list[Hooked]:
    """Return the calls of the hook that stand on the way of an entry but never run."""
    roots = [entry, *(f for wrapper in program.around(route) for f in wrapper.claimed)]
    reached = program.reached_from(roots)
    return [
        Hooked(caller, edge.line, edge.call, (), False, edge.callee)
        for hook in sorted(hooks)
        for caller in sorted(program.callers(hook) & reached)
        for edge in program.code.calls.get(caller, ())
        if edge.callee == hook and edge.call >= 0
    ]


def _test_around(at: Sequence[Around], hooks: Iterable[Sequence[Around]]) -> tuple[str, str] | None:
    """Return the nearest test that stands around the hook but not the exit, or around the exit but not the hook."""
    for there in hooks:
        for step in reversed(there):
            if step.part in ("then", "else") and not any(a.statement is step.statement and a.part == step.part for a in at):
                return "hook", _test(step)
    for step in reversed(at):
        if step.part in ("then", "else") and not any(a.statement is step.statement for there in hooks for a in there):
            return "exit", _test(step)
    return None


def _conditional(program: Program, calls: Sequence[Hooked], places: tuple[Place, ...]) -> Fault | None:
    """The hook is called under a test in another function than the one the content leaves from."""
    for hooked in calls:
        node = program.functions[hooked.function]
        steps = [s for s in chain(node, call=hooked.call) if s.part in ("then", "else")]
        if steps:
            test = _test(steps[-1])
            if _STREAM.search(test):
                return Fault("streaming", places, test)
            statement = steps[-1].statement
            return _branch(program, node, places, test, statement.test if isinstance(statement, ir.If) else None)
        if any(s.part == "body" for s in chain(node, call=hooked.call)):
            return Fault("exception", places)
    return None


def _branch(program: Program, node: FunctionNode, places: tuple[Place, ...], test: str, expr: ir.Expr | None) -> Fault:
    flag, default = _flag(program, node, expr)
    if flag:
        return Fault("flag", places, flag, default)
    return Fault("one-branch", places, test)


def _flag(program: Program, node: FunctionNode, expr: ir.Expr | None) -> tuple[str, str]:
    """Return the flag that a test asks, and its default, where it is one."""
    if expr is None:
        return "", ""
    constants = program.constants(node.file)
    known = evaluate(expr, constants)
    if known is not None and known.flag:
        return known.flag, str(known.value)
    for part in parts((expr,)):
        if isinstance(part, ir.Name):
            default = next((p.default for p in node.code.params if p.name == part.id), None)
            if isinstance(default, ir.Literal) and isinstance(default.value, bool):
                return part.id, str(default.value)
            if part.id in constants:
                value = evaluate(constants[part.id], constants)
                return (value.flag or part.id, str(value.value)) if value is not None else (part.id, text_of(constants[part.id]))
        if isinstance(part, ir.Attr) and _FLAG.search(dotted(part)) and root(part) not in {p.name for p in node.code.params}:
            return dotted(part), "?"
    return "", ""


def _expr(at: Sequence[Around], own: Sequence[Hooked], node: FunctionNode) -> ir.Expr | None:
    for steps in [chain(node, call=h.call) for h in own] + [list(at)]:
        for step in reversed(steps):
            if isinstance(step.statement, ir.If) and step.part in ("then", "else"):
                return step.statement.test
    return None


def _test(step: Around) -> str:
    statement = step.statement
    if isinstance(statement, ir.If):
        return text_of(statement.test)
    if isinstance(statement, ir.Switch):
        return text_of(statement.subject)
    return ""


def _streams(node: FunctionNode, exit_: Exit) -> bool:
    """Say whether what leaves at an exit is a stream."""
    return any(
        isinstance(p, ir.Call) and p.line == exit_.place.line and re.search(r"Streaming|EventSource|SSE|stream_with", dotted(p.func))
        for p in parts(node.code.body)
    )


def _shared(one: Sequence[Around], other: Sequence[Around], part: str) -> bool:
    mine = [a.statement for a in one if a.part == part]
    return all(any(a.statement is s for s in mine) for a in other if a.part == part)


def chain(node: FunctionNode, *, line: int = 0, call: int = -1) -> list[Around]:
    """Return the statements around a line or a call of ``node``, outermost first."""
    found: list[Around] = []
    body: Sequence[ir.Stmt] = node.code.body
    while True:
        inner = next(((s, part, block) for s in body for part, block in _blocks(s) if _holds(block, line, call)), None)
        if inner is None:
            return found
        found.append(Around(inner[0], inner[1]))
        body = inner[2]


def _blocks(statement: ir.Stmt) -> Iterator[tuple[str, Sequence[ir.Stmt]]]:
    match statement:
        case ir.If(body=body, orelse=orelse):
            yield "then", body
            yield "else", orelse
        case ir.Loop(body=body, orelse=orelse):
            yield "loop", body
            yield "other", orelse
        case ir.With(body=body):
            yield "other", body
        case ir.Try(body=body, handlers=handlers, orelse=orelse, final=final):
            yield ("body" if handlers else "other"), body
            for handler in handlers:
                yield "handler", handler.body
            yield "other", orelse
            yield "other", final
        case ir.Switch(cases=cases):
            for case in cases:
                yield "then", case.body


def _holds(block: Sequence[ir.Stmt], line: int, call: int) -> bool:
    return any((isinstance(p, ir.Call) and p.id == call) if call >= 0 else getattr(p, "line", 0) == line for p in parts(block))
