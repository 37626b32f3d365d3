"""What the names of a registration stand for in one of its runs: loop variables and parameters, followed into tables and calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Fn, argument, last_name
from genai_policy.read.link.values import HOLE, Coll

Key = tuple[str, int, str]
_OVER = frozenset({"forEach", "map", "each", "ForEach", "Each"})
_KEYS, _PAIRS, _PARTS = frozenset({"keys"}), frozenset({"items", "entries"}), frozenset({"values"})
_COPIES = frozenset({"list", "tuple", "sorted", "reversed", "iter", "set"})
_SAME = frozenset({"toLowerCase", "toUpperCase", "lower", "upper", "strip", "trim"})


class Scoped(NamedTuple):
    """An expression and the function whose names it uses."""

    expr: ir.Expr
    fn: Fn


Env = Mapping[Key, Scoped]


def key_of(scope: Fn, name: str) -> Key:
    """The name of a variable in an environment."""
    return (scope.file.path, scope.index, name)


class Bound:
    """Reads expressions with some of their names given."""

    def __init__(self, inference: Inference) -> None:
        self.on = inference

    # Names that change from run to run

    def open_names(self, exprs: list[ir.Expr], fn: Fn) -> list[tuple[str, Fn]]:
        """Loop variables and parameters that expressions depend on, with the functions that hold them."""
        found: dict[Key, tuple[str, Fn]] = {}
        for expr in exprs:
            for name in _names(expr):
                for one, scope in self._sources(name, fn, 0):
                    found.setdefault(key_of(scope, one), (one, scope))
        return list(found.values())

    def runs(self, expr: ir.Expr, fn: Fn) -> bool:
        """Whether an argument differs from run to run: the member of a parameter (``h.chat``) does not, unless a loop gives it."""
        if isinstance(expr, ir.Attr | ir.Call):
            return any(scope.bindings.get(name) or self.loop_of(scope) is not None for name, scope in self.open_names([expr], fn))
        return bool(self.open_names([expr], fn))

    def _sources(self, name: str, fn: Fn, depth: int) -> Iterator[tuple[str, Fn]]:
        scope = self.scope_of(name, fn)
        if scope is None or depth > 3:
            return
        for binding in scope.bindings.get(name, ()):
            if binding.kind == "elem":
                yield name, scope
                return
            if isinstance(binding.node, ir.Name) and binding.node.id.startswith("<param:"):
                yield name, scope  # taken out of a parameter
                return
            if binding.kind == "value" and name not in scope.params:
                for inner in _names(binding.node):
                    if inner != name:
                        yield from self._sources(inner, binding.scope or scope, depth + 1)
        if name in scope.params and not (scope.code.owner is not None and scope.params[name] == 0 and self.on.is_receiver(name, scope)):
            yield name, scope

    def scope_of(self, name: str, fn: Fn) -> Fn | None:
        """The function that holds a name."""
        for scope in self.on.types.scopes(fn):
            if name in scope.bindings or name in scope.params:
                return scope
            for param in scope.code.params:
                if param.pattern is not None and any(one == name for one in _names(param.pattern)):
                    return scope
        return None

    def items(self, iterable: ir.Expr, fn: Fn, env: Env, pairs: bool) -> Iterator[Scoped]:
        """The elements of an iterable: keys of dictionaries unless a pair is taken apart."""
        base, wanted = iterable, ""
        if isinstance(iterable, ir.Call):
            name = last_name(iterable.func)
            if name in _KEYS | _PAIRS | _PARTS and isinstance(iterable.func, ir.Attr):
                wanted = "keys" if name in _KEYS else "pairs" if name in _PAIRS else "parts"
                base = iterable.args[0].value if iterable.args else iterable.func.base
            elif (name in _COPIES or name == "enumerate") and iterable.args:
                base = iterable.args[0].value
                wanted = "numbered" if name == "enumerate" else ""
        for group, home in self.groups(self.bound(base, fn, env)):
            for position, item in enumerate(group.items):
                if item.spread:
                    yield from self.items(item.value, home, {}, pairs)
                    continue
                key = item.key if item.key is not None else ir.Literal(group.line, position)
                couple = Scoped(ir.Group(group.line, "tuple", (ir.Item(key), ir.Item(item.value))), home)
                if wanted == "pairs" or wanted == "numbered" or (pairs and not wanted and home.file.ir.language == "go"):
                    yield couple
                elif group.kind == "dict" and wanted != "parts":
                    yield Scoped(key, home)
                elif wanted != "keys":
                    yield Scoped(item.value, home)

    def groups(self, scoped: Scoped) -> list[tuple[ir.Group, Fn]]:
        """The literal collections an expression may stand for."""
        expr, fn = scoped
        if isinstance(expr, ir.Group):
            return [(expr, fn)]
        found: list[tuple[ir.Group, Fn]] = []
        for value in self.on.values(expr, fn):
            if isinstance(value, Coll):
                home, group, _ = self.on.groups[value.number]
                found.append((group, home))
        return found

    def loop_of(self, scope: Fn) -> tuple[Fn, ir.Call] | None:
        """The ``forEach`` that a closure is given to."""
        if scope.parent is None or (scope.code.name and not scope.code.name.startswith("<")):
            return None
        for call in scope.parent.calls:
            if last_name(call.func) in _OVER and any(
                isinstance(a.value, ir.Closure) and a.value.function == scope.index for a in call.args
            ):
                return scope.parent, call
        return None

    # Expressions

    def bound(self, expr: ir.Expr, fn: Fn, env: Env, depth: int = 0) -> Scoped:
        """What ``expr`` stands for in one run: the expression that was put into the table or given by the caller."""
        if depth > 8:
            return Scoped(expr, fn)
        if isinstance(expr, ir.Name):
            scope = self.scope_of(expr.id, fn)
            if scope is None:
                return Scoped(expr, fn)
            known = env.get(key_of(scope, expr.id))
            if known is not None:
                return known
            values = [b for b in scope.bindings.get(expr.id, ()) if b.kind == "value" and not b.path]
            if len(values) == 1 and expr.id not in scope.params and self.open_names([values[0].node], scope):
                return self.bound(values[0].node, values[0].scope or scope, env, depth + 1)
        elif isinstance(expr, ir.Attr):
            part = self.part(self.bound(expr.base, fn, env, depth + 1), (expr.name,)) if self.changes(expr.base, fn, env) else None
            return part or Scoped(expr, fn)
        elif isinstance(expr, ir.Index) and self.changes(expr, fn, env):
            keys = self.texts(expr.key, fn, env)
            number = expr.key.value if isinstance(expr.key, ir.Literal) and isinstance(expr.key.value, int) else None
            part = self.part(self.bound(expr.base, fn, env, depth + 1), (keys[0] if number is None else number,))
            return part or Scoped(expr, fn)
        elif isinstance(expr, ir.Op) and expr.op in ("or", "||", "??") and len(expr.operands) == 2 and self.changes(expr, fn, env):
            first = self.bound(expr.operands[0], fn, env, depth + 1)
            return first if first.expr is not expr.operands[0] else self.bound(expr.operands[1], fn, env, depth + 1)
        elif isinstance(expr, ir.Op) and expr.op in ("await", "cast", "paren", "ref") and expr.operands:
            return self.bound(expr.operands[0], fn, env, depth + 1)
        elif isinstance(expr, ir.Call) and isinstance(expr.func, ir.Name) and expr.func.id in _COPIES and len(expr.args) == 1:
            return self.bound(expr.args[0].value, fn, env, depth + 1)
        elif (
            isinstance(expr, ir.Call)
            and isinstance(expr.func, ir.Attr)
            and expr.func.name in _SAME
            and self.changes(expr.func.base, fn, env)
        ):
            return self.bound(expr.func.base, fn, env, depth + 1)
        return Scoped(expr, fn)

    def changes(self, expr: ir.Expr, fn: Fn, env: Env) -> bool:
        """Whether an expression depends on a name that is given."""
        return any(key_of(scope, name) in env for name, scope in self.open_names([expr], fn))

    def part(self, item: Scoped, path: tuple[int | str, ...]) -> Scoped | None:
        """A member of an element, by names and places."""
        for part in path:
            expr, fn = item
            if isinstance(expr, ir.Call):
                found = self._field(expr, part, fn)
            else:
                found = next((one for group in self.groups(item) for one in [_member(group[0], part, group[1])] if one is not None), None)
            if found is None:
                made = self._made(item) if not isinstance(expr, ir.Call | ir.Group) else None
                found = self._field(made.expr, part, made.fn) if made is not None and isinstance(made.expr, ir.Call) else None
            if found is None:
                return None
            item = found
        return item

    def _made(self, item: Scoped) -> Scoped | None:
        """The construction a name stands for."""
        if isinstance(item.expr, ir.Name):
            scope = self.scope_of(item.expr.id, item.fn)
            made = [b for b in scope.bindings.get(item.expr.id, ()) if b.kind == "value" and not b.path] if scope is not None else []
            if scope is not None and len(made) == 1 and isinstance(made[0].node, ir.Call):
                return Scoped(made[0].node, scope)
        return None

    def _field(self, call: ir.Call, name: int | str, fn: Fn) -> Scoped | None:
        """What a construction puts into a field: by name, or at the place the class declares it."""
        for arg in call.args:
            if arg.name == name:
                return Scoped(arg.value, fn)
        if isinstance(name, int):
            return None
        for cls in self.on.program.classes_named.get(last_name(call.func), ()):
            if name in cls.fields:
                given = argument(call, list(cls.fields).index(name))
                return Scoped(given, fn) if given is not None else None
        return None

    def texts(self, expr: ir.Expr, fn: Fn, env: Env) -> list[str]:
        """Texts of ``expr`` in one run."""
        if isinstance(expr, ir.Op) and expr.op == "+":
            expr = ir.Template(expr.line, expr.operands)
        if isinstance(expr, ir.Template):
            found = [""]
            for part in expr.parts:
                found = [(a + b)[:400] for a in found for b in self.texts(part, fn, env)][:16]
            return found
        known, home = self.bound(expr, fn, env)
        if known is not expr and isinstance(known, ir.Template | ir.Op):
            return self.texts(known, home, env)
        return self.on.texts(known, home) or [HOLE]


def _member(group: ir.Group, part: int | str, fn: Fn) -> Scoped | None:
    for position, item in enumerate(group.items):
        key = item.key.value if isinstance(item.key, ir.Literal) else item.key.id if isinstance(item.key, ir.Name) else None
        if (group.kind == "dict" and key == part) or (group.kind != "dict" and position == part):
            return Scoped(item.value, fn)
    return None


def _names(expr: ir.Expr, depth: int = 0) -> Iterator[str]:
    """Names an expression is put together from; those inside functions are left out."""
    if depth > 6:
        return
    if isinstance(expr, ir.Name):
        yield expr.id
    elif isinstance(expr, ir.Attr):
        yield from _names(expr.base, depth + 1)
    elif isinstance(expr, ir.Index):
        yield from _names(expr.base, depth + 1)
        yield from _names(expr.key, depth + 1)
    elif isinstance(expr, ir.Template):
        for part in expr.parts:
            yield from _names(part, depth + 1)
    elif isinstance(expr, ir.Op):
        for operand in expr.operands:
            yield from _names(operand, depth + 1)
    elif isinstance(expr, ir.Call):
        if isinstance(expr.func, ir.Attr):
            yield from _names(expr.func.base, depth + 1)
        for arg in expr.args:
            yield from _names(arg.value, depth + 1)
    elif isinstance(expr, ir.Group):
        for item in expr.items:
            yield from _names(item.value, depth + 1)
