"""Registrations that run more than once: inside a loop over a table, a closure given to ``forEach``, or a wrapper that is called with path
and handler. Each run is written out as a call of its own, so that every path keeps its handler and its methods.

``for (const uri in routes.post) router.post(uri, routes.post[uri])`` · ``for r in ROUTES: app.add_route(r.path, r.handler)`` ·
``def add(self, path, endpoint, **options): self.app.add_api_route(path, endpoint, **options)``
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Binding, Fn, argument
from genai_policy.read.link.routes.bound import Bound, Env, Key, Scoped, key_of
from genai_policy.read.link.values import FnVal

MAX_WAYS = 600
_DEPTH = 6


class Way(NamedTuple):
    """One run of a registration: the call with what its names stand for, the functions its arguments come from (by ``id`` of the
    expression), and the file and line where the path is written. ``around`` are closures that run the handler of this run."""

    call: ir.Call
    homes: Mapping[int, Fn]
    at: Fn
    line: int
    around: tuple[Fn, ...] = ()


class Unroller(Bound):
    """Writes out the runs of registrations of one program."""

    def __init__(self, inference: Inference) -> None:
        super().__init__(inference)
        self._depth = 0

    def ways(self, fn: Fn, call: ir.Call) -> list[Way]:
        """The runs of ``call`` in ``fn``; the call itself where nothing about it changes from run to run."""
        wanted = [arg.value for arg in call.args]
        if isinstance(call.func, ir.Index):
            wanted.append(call.func.key)
        names = self.open_names(wanted, fn)
        if not any(self.runs(one, fn) for one in wanted[:2] + wanted[-1:]):
            return [Way(call, {}, fn, call.line)]
        envs: list[Env] = [{}]
        for name, scope in names:
            envs = [more for env in envs for more in self._extended(env, name, scope)][:MAX_WAYS]
        return [way for env in envs for way in [self._written(fn, call, env)] if way is not None] or [Way(call, {}, fn, call.line)]

    # What they stand for

    def _extended(self, env: Env, name: str, scope: Fn) -> list[Env]:
        if key_of(scope, name) in env:
            return [env]
        self._depth += 1
        try:
            if self._depth > _DEPTH:
                return [env]
            bindings = [b for b in scope.bindings.get(name, ()) if b.kind == "elem"]
            if bindings:
                return [more for binding in bindings for more in self._iterated(env, name, scope, binding)] or [env]
            return self._given(env, scope) or [env]
        finally:
            self._depth -= 1

    def _iterated(self, env: Env, name: str, scope: Fn, binding: Binding) -> Iterator[Env]:
        names = self.open_names([binding.node], scope)
        envs: list[Env] = [env]
        for inner, home in names:
            envs = [more for one in envs for more in self._extended(one, inner, home)][:MAX_WAYS]
        siblings = [
            (other, b) for other, all_ in scope.bindings.items() for b in all_ if b.kind == "elem" and b.node is binding.node and b.path
        ]
        for one in envs:
            for item in self.items(binding.node, scope, one, bool(binding.path)):
                bound = dict(one)
                for other, b in siblings or [(name, binding)]:
                    part = self.part(item, b.path)
                    if part is not None:
                        bound[key_of(scope, other)] = part
                yield bound

    def _given(self, env: Env, scope: Fn) -> list[Env]:
        """The parameters of a function, run by run: elements for a closure given to ``forEach``, else what its callers give."""
        over = self.loop_of(scope)
        if over is not None:
            return self._looped(env, scope, *over)
        found: list[Env] = []
        for caller, call, shift in self.on.rules.callers(scope)[:MAX_WAYS]:
            if caller is scope:
                continue
            inner = dict(env)
            self._take(inner, scope, call, caller, shift)
            names = self.open_names([arg.value for arg in call.args], caller)
            more: list[Env] = [inner]
            for name, home in names if self._depth < _DEPTH - 1 else ():
                more = [m for one in more for m in self._extended(one, name, home)][:MAX_WAYS]
            for one in more:
                bound = dict(one)
                for key, value in inner.items():
                    if key[:2] == scope.key and names:
                        bound[key] = self.bound(value.expr, value.fn, one)
                found.append(bound)
        return found or self._decorating(env, scope)

    def _decorating(self, env: Env, scope: Fn) -> list[Env]:
        """``@api("/chat")`` where ``api`` returns ``scope``, which registers the function it is given."""
        outer, params = scope.parent, scope.code.params
        if outer is None or not outer.index or not params:
            return []
        found: list[Env] = []
        for at, decorator, kind, index in self.on.program.decorated.get(outer.code.name, ()):
            if kind != "function" or not isinstance(decorator, ir.Call):
                continue
            meant = self.on.values(decorator.func, at)
            if not any(isinstance(v, FnVal) and (v.file, v.index) == outer.key for v in meant):
                continue
            bound = dict(env)
            self._take(bound, outer, decorator, at, 1 if outer.code.owner is not None and isinstance(decorator.func, ir.Attr) else 0)
            bound[key_of(scope, params[0].name)] = Scoped(ir.Closure(decorator.line, index), at)
            found.append(bound)
        return found

    def _take(self, bound: dict[Key, Scoped], scope: Fn, call: ir.Call, caller: Fn, shift: int) -> None:
        named = {param.name for param in scope.code.params}
        for position, param in enumerate(scope.code.params):
            key = key_of(scope, param.name)
            if param.kind == "options":
                rest = tuple(
                    ir.Item(a.value, ir.Literal(call.line, a.name)) for a in call.args if a.name is not None and a.name not in named
                )
                bound[key] = Scoped(ir.Group(call.line, "dict", rest), caller)
            elif param.kind == "rest":
                others = [a.value for a in call.args if a.name is None][max(0, position - shift) :]
                bound[key] = Scoped(ir.Group(call.line, "list", tuple(ir.Item(one) for one in others)), caller)
            elif position >= shift and param.kind != "pattern":
                given = argument(call, position - shift if param.kind == "plain" else -1, param.name)
                if given is not None:
                    bound[key] = Scoped(given, caller)
                elif param.default is not None:
                    bound[key] = Scoped(param.default, scope.parent or scope)

    def _looped(self, env: Env, scope: Fn, at: Fn, call: ir.Call) -> list[Env]:
        closure_first = isinstance(call.args[0].value, ir.Closure)
        base = call.func.base if closure_first and isinstance(call.func, ir.Attr) else call.args[0].value
        names = self.open_names([base], at)
        envs: list[Env] = [env]
        for name, home in names:
            envs = [more for one in envs for more in self._extended(one, name, home)][:MAX_WAYS]
        found: list[Env] = []
        for one in envs:
            for item in self.items(base, at, one, False):
                bound = dict(one)
                for param in scope.code.params[:1]:
                    if param.pattern is not None and isinstance(param.pattern, ir.Group):
                        self._unpack(bound, param.pattern, item, scope)
                    else:
                        bound[key_of(scope, param.name)] = item
                found.append(bound)
        return found

    def _unpack(self, bound: dict[Key, Scoped], pattern: ir.Group, item: Scoped, scope: Fn) -> None:
        for position, one in enumerate(pattern.items):
            target = one.value.targets[0] if isinstance(one.value, ir.Assign) else one.value
            key = one.key.value if isinstance(one.key, ir.Literal) else one.key.id if isinstance(one.key, ir.Name) else position
            part = self.part(item, (key,)) if isinstance(key, str | int) else None
            if isinstance(target, ir.Name) and part is not None:
                bound[key_of(scope, target.id)] = part

    # The call of one run

    def _written(self, fn: Fn, call: ir.Call, env: Env) -> Way | None:
        homes: dict[int, Fn] = {}
        args: list[ir.Arg] = []
        at, line = fn, call.line
        around: list[Fn] = []
        for arg in call.args:
            inner = self._inside(arg.value, fn, env) if isinstance(arg.value, ir.Closure) else None
            if inner is not None:
                around.append(fn.file.functions[arg.value.function])  # type: ignore[union-attr]
                args.append(ir.Arg(inner.expr, arg.name))
                homes[id(inner.expr)] = inner.fn
                continue
            if (at, line) == (fn, call.line):
                at, line = self._place(arg.value, fn, env) or (at, line)
            for one, home in self._argument(arg, fn, env):
                args.append(one)
                homes[id(one.value)] = home
        func = call.func
        if isinstance(func, ir.Index):
            words = self.texts(func.key, fn, env)
            func = ir.Attr(func.line, func.base, words[0])
        return Way(ir.Call(call.line, call.id, func, tuple(args), call.new), homes, at, line, tuple(around))

    def _place(self, expr: ir.Expr, fn: Fn, env: Env) -> tuple[Fn, int] | None:
        """Where the text of this run is written; of a text put together the last part counts."""
        if isinstance(expr, ir.Template) or (isinstance(expr, ir.Op) and expr.op == "+"):
            parts = expr.parts if isinstance(expr, ir.Template) else expr.operands
            return next((found for part in reversed(parts) for found in [self._place(part, fn, env)] if found is not None), None)
        known, home = self.bound(expr, fn, env)
        return (home, known.line) if known is not expr and isinstance(known, ir.Literal | ir.Template) else None

    def _inside(self, closure: ir.Closure, fn: Fn, env: Env) -> Scoped | None:
        """The function of this run that a closure written in the loop or wrapper calls or hands on."""
        inner = fn.file.functions[closure.function]
        for call in inner.calls:
            for expr in (call.func, *(arg.value for arg in call.args)):
                if isinstance(expr, ir.Name | ir.Attr | ir.Index) and self.changes(expr, inner, env):
                    known = self.bound(expr, inner, env)
                    if known.expr is not expr and any(isinstance(v, FnVal) for v in self.on.values(*known)):
                        return known
        return None

    def _argument(self, arg: ir.Arg, fn: Fn, env: Env) -> Iterator[tuple[ir.Arg, Fn]]:
        value = arg.value
        if (isinstance(value, ir.Template) or (isinstance(value, ir.Op) and value.op == "+")) and self.changes(value, fn, env):
            yield ir.Arg(ir.Literal(value.line, self.texts(value, fn, env)[0]), arg.name), fn
            return
        known, home = self.bound(value, fn, env)
        if arg.spread and isinstance(known, ir.Group):
            for item in known.items:
                yield ir.Arg(item.value, str(item.key.value) if isinstance(item.key, ir.Literal) else None), home
            return
        if isinstance(known, ir.Template) and home is not fn:
            yield ir.Arg(ir.Literal(known.line, self.texts(known, home, env)[0]), arg.name), home
            return
        yield ir.Arg(known, arg.name, arg.spread), home
