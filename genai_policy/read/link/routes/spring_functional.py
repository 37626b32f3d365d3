"""Routes of Spring's router functions: ``route(GET("/x"), handler::m)``, ``route().GET("/x", h)``, nested below ``path`` and ``nest``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Fn, last_name
from genai_policy.read.link.routes.found import FoundRoute
from genai_policy.read.link.routes.java_settings import JavaSettings
from genai_policy.read.link.values import HOLE, Ext, FnVal

_VERBS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
_PACKAGES = ("org.springframework.web.reactive.function.server.", "org.springframework.web.servlet.function.")
_DEPTH = 6


class _Where(NamedTuple):
    methods: tuple[str, ...]
    path: str


def functional_routes(inference: Inference, settings: JavaSettings) -> Iterator[FoundRoute]:
    """All routes registered through router functions."""
    program = inference.program
    for name in ("route", "andRoute"):
        for fn, call in program.calls.get(name, ()):
            if len(call.args) == 2 and _of_spring(inference, call, fn):
                where = _predicate(inference, call.args[0].value, fn, 0)
                if where is not None and where.methods:
                    yield from _routes(inference, settings, fn, call, where, call.args[1].value)
    for verb in _VERBS:
        for fn, call in program.calls.get(verb, ()):
            if len(call.args) >= 2 and isinstance(call.func, ir.Attr) and _of_spring(inference, call, fn):
                for path in inference.texts(call.args[0].value, fn)[:1]:
                    yield from _routes(inference, settings, fn, call, _Where((verb,), path), call.args[-1].value)


def _routes(inference: Inference, settings: JavaSettings, fn: Fn, call: ir.Call, where: _Where, handler: ir.Expr) -> Iterator[FoundRoute]:
    base = settings.get(fn.file.path, "spring.webflux.basepath", "server.servlet.contextpath")
    parts = [base, *_outer(inference, fn, 0), where.path]
    path = "/" + "/".join(part.strip("/") for part in parts if part.strip("/")).replace(HOLE, "{}")
    functions = [v for v in inference.values(handler, fn) if isinstance(v, FnVal)]
    target = inference.program.fn((functions[0].file, functions[0].index)) if functions else None
    method = ",".join(where.methods)
    name = target.code.qualname if target is not None else last_name(handler)
    yield FoundRoute(fn.file.path, call.line, method, path, "spring", target, name)


def _of_spring(inference: Inference, call: ir.Call, fn: Fn) -> bool:
    """Whether a builder chain starts at Spring's RouterFunctions (or is the builder a nested lambda is given)."""
    root: ir.Expr = call.func
    while isinstance(root, ir.Attr | ir.Call):
        if isinstance(root, ir.Attr) and isinstance(root.base, ir.Name):
            break
        root = root.base if isinstance(root, ir.Attr) else root.func
    if isinstance(root, ir.Attr) and isinstance(root.base, ir.Name) and root.base.id in fn.params:
        return bool(_passed_to(inference, fn))
    values = inference.types.static(root, fn)
    return any(isinstance(v, Ext) and v.path.startswith(_PACKAGES) for v in values)


def _predicate(inference: Inference, expr: ir.Expr, fn: Fn, depth: int) -> _Where | None:
    """Read ``GET("/x").and(accept(JSON))`` and the like."""
    if not isinstance(expr, ir.Call) or depth > _DEPTH:
        return None
    name = last_name(expr.func)
    if name in _VERBS or name in ("path", "pathPrefix"):
        path = inference.texts(expr.args[0].value, fn)[0] if expr.args else ""
        return _Where((name,) if name in _VERBS else ("ANY",), path)
    if name == "method" and expr.args:
        return _Where((last_name(expr.args[0].value),), "")
    if name in ("and", "or") and isinstance(expr.func, ir.Attr):
        left = _predicate(inference, expr.func.base, fn, depth + 1)
        right = _predicate(inference, expr.args[0].value, fn, depth + 1) if expr.args else None
        if left is not None and right is not None and name == "and":
            return _Where(left.methods if left.methods != ("ANY",) else right.methods, left.path or right.path)
        return left or right
    return None


def _outer(inference: Inference, fn: Fn, depth: int) -> list[str]:
    """Prefixes of the ``path`` and ``nest`` calls around a nested builder."""
    found: list[str] = []
    for outer, call in _passed_to(inference, fn) if depth < _DEPTH else ():
        found = _outer(inference, outer, depth + 1)
        head = call.args[0].value
        if last_name(call.func) == "path":
            found.append(inference.texts(head, outer)[0])
        else:
            where = _predicate(inference, head, outer, 0)
            found.append(where.path if where else "")
    return found


def _passed_to(inference: Inference, fn: Fn) -> list[tuple[Fn, ir.Call]]:
    """The ``path`` or ``nest`` call that a lambda is an argument of."""
    if fn.parent is None:
        return []
    for call in fn.parent.calls:
        given = any(isinstance(arg.value, ir.Closure) and arg.value.function == fn.index for arg in call.args)
        if given and len(call.args) > 1 and last_name(call.func) in ("path", "nest"):
            return [(fn.parent, call)]
    return []
