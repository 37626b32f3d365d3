"""Walking the program representation: its parts, its dotted names, and what a constant test leaves alive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from genai_policy.model import ir
from genai_policy.model.code import CallEdge, CodeFacts, FunctionId, FunctionNode

MAX_PARTS = 100_000


def parts(roots: Iterable[Any]) -> Iterator[Any]:
    """Yield every statement and expression below ``roots`` in source order, not entering other functions; at most 100 000."""
    todo: list[Any] = list(roots)[::-1]
    for _ in range(MAX_PARTS):
        if not todo:
            return
        part = todo.pop()
        if type(part) is tuple or type(part) is list:
            todo.extend(reversed(part))
        elif isinstance(part, Struct):
            yield part
            for name in _nested_fields(type(part)):
                value = getattr(part, name)
                if value is not None and value != ():
                    todo.append(value)


@lru_cache(maxsize=256)
def _nested_fields(kind: type[Struct]) -> tuple[str, ...]:
    """Return the fields of a node that may hold nodes, the last first."""
    plain = ("int", "str", "bool", "str | None", "int | None", "Scalar", "tuple[str, ...]")
    hints: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        hints.update(getattr(base, "__annotations__", {}))
    names = [name for name in kind.__struct_fields__ if hints.get(name) not in plain and not str(hints.get(name)).startswith("OneOf")]
    return tuple(reversed(names))


def calls(roots: Iterable[Any]) -> Iterator[ir.Call]:
    """Yield the calls below ``roots``."""
    return (part for part in parts(roots) if isinstance(part, ir.Call))


def texts(roots: Iterable[Any]) -> Iterator[ir.Literal]:
    """Yield the text constants below ``roots``."""
    return (part for part in parts(roots) if isinstance(part, ir.Literal) and isinstance(part.value, str))


def dotted(expr: ir.Expr | None) -> str:
    """Return ``a.b.c`` for names and attributes; calls and indexes on the way leave only what stands after them (``.json``)."""
    names: list[str] = []
    while True:
        if isinstance(expr, ir.Attr):
            names.append(expr.name)
            expr = expr.base
        elif isinstance(expr, ir.Name):
            names.append(expr.id)
            break
        elif isinstance(expr, ir.Op) and expr.op in ("await", "ref", "cast") and expr.operands:
            expr = expr.operands[0]
        else:
            names.append("")
            break
    return ".".join(reversed(names))


def called(call: ir.Call) -> str:
    """Return the dotted name of what is called."""
    return dotted(call.func)


def root_name(expr: ir.Expr | None) -> str:
    """Return the variable that an attribute, index or call chain starts from, "" if it is none."""
    while True:
        match expr:
            case ir.Name(id=name):
                return name
            case ir.Attr(base=base) | ir.Index(base=base):
                expr = base
            case ir.Call(func=func):
                expr = func
            case ir.Op(op="await" | "ref" | "cast", operands=operands) if operands:
                expr = operands[0]
            case _:
                return ""


def names_in(targets: Iterable[ir.Expr | None]) -> Iterator[str]:
    """Yield the plain variables that assignment targets bind."""
    for part in parts(t for t in targets if t is not None):
        if isinstance(part, ir.Name):
            yield part.id


class Calls:
    """Resolved calls by call expression. Build one per program. ``memo`` keeps what is worked out once per program."""

    def __init__(self, code: CodeFacts) -> None:
        self.code = code
        self.memo: dict[object, Any] = {}
        self.by_call: dict[tuple[str, int], list[CallEdge]] = {}
        self.callers: dict[FunctionId, list[CallEdge]] = {}
        self.by_index: dict[tuple[str, int], FunctionNode] = {(n.file, n.index): n for n in code.functions.values()}
        self.by_file: dict[str, list[FunctionNode]] = {}
        for name in sorted(code.functions):
            node = code.functions[name]
            self.by_file.setdefault(node.file, []).append(node)
        for caller, edges in code.calls.items():
            file = caller.partition("#")[0]
            for edge in edges:
                self.callers.setdefault(edge.callee, []).append(edge)
                if edge.call >= 0:
                    self.by_call.setdefault((file, edge.call), []).append(edge)

    def callees(self, file: str, call: ir.Call) -> tuple[FunctionNode, ...]:
        """Return the functions of the tree that ``call`` may lead to."""
        found = (self.code.functions.get(edge.callee) for edge in self.by_call.get((file, call.id), ()))
        return tuple(node for node in found if node is not None)

    def constants(self, file: str) -> Mapping[str, ir.Expr]:
        """Return :func:`module_constants` of ``file``, worked out once."""
        key = ("constants", file)
        if key not in self.memo:
            self.memo[key] = module_constants(self.code, file)
        found: Mapping[str, ir.Expr] = self.memo[key]
        return found

    def text_constants(self) -> tuple[tuple[FunctionNode, ir.Literal], ...]:
        """Return every text constant of the program with its function, in the order of the functions' names."""
        return self._once("texts", lambda node: texts([node.code.body, node.code.params]))

    def switched_off(self) -> tuple[tuple[FunctionNode, tuple[ir.Call, str]], ...]:
        """Return every call with a named argument that is a constant false or empty, and that argument's name."""
        return self._once("switched off", _switched_off)

    def _once(self, what: str, look: Callable[[FunctionNode], Iterable[Any]]) -> tuple[Any, ...]:
        if what not in self.memo:
            names = sorted(self.code.functions)
            self.memo[what] = tuple((self.code.functions[n], found) for n in names for found in look(self.code.functions[n]))
        found: tuple[Any, ...] = self.memo[what]
        return found

    def named(self, file: str, name: str) -> tuple[FunctionNode, ...]:
        """Return the functions of ``file`` called ``name`` (``f``, ``Class.method``), or the methods of the class ``name``."""
        exact = self.code.functions.get(f"{file}#{name}")
        if exact is not None:
            return (exact,)
        own = self.by_file.get(file, ())
        methods = [n for n in own if n.owner == name and "constructor" not in n.code.flags and n.code.name != "__init__"]
        same = [n for n in own if n.code.qualname == name or n.code.qualname.endswith("." + name)]
        return tuple(methods or same)


def _switched_off(node: FunctionNode) -> Iterator[tuple[ir.Call, str]]:
    for call in calls(node.code.body):
        for argument in call.args:
            if argument.name and isinstance(argument.value, ir.Literal) and not argument.value.value:
                yield call, argument.name


_latest: list[Calls] = []


def calls_of(code: CodeFacts) -> Calls:
    """Return the :class:`Calls` of ``code``; the last one is kept, because every claim of a run asks about the same program."""
    if not _latest or _latest[0].code is not code:
        _latest[:] = [Calls(code)]
    return _latest[0]


def module_constants(code: CodeFacts, file: str) -> Mapping[str, ir.Expr]:
    """Return the expressions of names that ``file`` assigns exactly once, at module level."""
    module = code.functions.get(f"{file}#<module>")
    return assigned_once(module.code.body) if module is not None else {}


def assigned_once(body: Sequence[ir.Stmt]) -> dict[str, ir.Expr]:
    """Return name -> value for the names that ``body`` assigns exactly once."""
    values: dict[str, ir.Expr] = {}
    again: set[str] = set()
    for part in parts(body):
        if not isinstance(part, ir.Assign):
            continue
        for name in names_in(part.targets):
            if name in values or part.value is None or part.op != "=" or not isinstance(part.targets[0], ir.Name):
                again.add(name)
            else:
                values[name] = part.value
    return {name: value for name, value in values.items() if name not in again}
