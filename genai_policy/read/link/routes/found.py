"""What route finders report, and what they all need: handlers, guards, path texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, last_name
from genai_policy.read.link.values import HOLE, ClassVal, Coll, Ext, FnVal, Inst, Text, plain

VERBS = ("get", "post", "put", "delete", "patch", "head", "options")


class FoundRoute(NamedTuple):
    """A route as a finder reports it. ``router`` identifies the router object, for middleware; ``guards`` pairs names with functions."""

    file: str
    line: int
    method: str
    path: str
    framework: str
    handler: Fn | None = None
    handler_name: str = ""
    handler_cls: Cls | None = None
    guards: tuple[tuple[str, Fn | None], ...] = ()
    router: tuple[str, int] | None = None


class FoundEntry(NamedTuple):
    """An entry point that is not a route."""

    file: str
    line: int
    kind: str
    name: str
    framework: str
    handler: Fn | None = None


class FoundMiddleware(NamedTuple):
    """Middleware and the routers it stands before (None: all routes of the tree). ``under`` limits it to paths with that prefix."""

    file: str
    line: int
    name: str
    framework: str
    functions: tuple[Fn, ...]
    router: tuple[str, int] | None
    under: str = ""
    language: str = ""


class Found:
    """Everything the finders report."""

    def __init__(self) -> None:
        self.routes: list[FoundRoute] = []
        self.entries: list[FoundEntry] = []
        self.middleware: list[FoundMiddleware] = []
        self.unread: list[tuple[str, int]] = []
        """File and line of registrations whose paths or methods could not be worked out."""
        self.parents: dict[tuple[str, int], set[tuple[str, int]]] = {}
        """Router -> routers it is mounted on (middleware of those covers it)."""


def shown(text: str) -> str:
    """A path text as reported: an unknown beginning is dropped, other unknown parts become a parameter."""
    text = re.sub(rf"^{HOLE}+", "", text)
    return text.replace(HOLE, "{}")


def join_paths(prefix: str, path: str) -> str:
    """Put a prefix before a path the way most frameworks do: texts follow each other, with one slash at a seam."""
    if not prefix:
        return path
    if prefix.endswith("/") and path.startswith("/"):
        return prefix + path[1:]
    return prefix + path


def with_slash(path: str) -> str:
    """A path that begins with a slash."""
    return path if path.startswith("/") else "/" + path


class Handlers:
    """Resolves handler and guard expressions."""

    def __init__(self, inference: Inference) -> None:
        self.on = inference
        self.homes: dict[int, Fn] = {}
        """The functions whose names expressions use that were written elsewhere (by ``id``)."""

    def resolve(self, expr: ir.Expr | None, fn: Fn) -> tuple[list[Fn], list[Cls]]:
        """Functions and view classes an expression stands for."""
        if expr is None:
            return [], []
        fn = self.homes.get(id(expr), fn)
        functions: list[Fn] = []
        classes: list[Cls] = []
        for value in self.on.values(expr, fn):
            if isinstance(value, FnVal):
                functions.append(self.on.program.fn((value.file, value.index)))
            elif isinstance(value, ClassVal):
                classes.append(self.on.program.cls((value.file, value.index)))
            elif isinstance(value, Inst):
                cls = self.on.program.cls((value.file, value.index))
                functions.extend(self.on.types.find_method(cls, "__call__") or self.on.types.find_method(cls, "ServeHTTP"))
        if isinstance(expr, ir.Call) and last_name(expr.func) in ("as_view", "asgi", "partial") and isinstance(expr.func, ir.Attr):
            for value in self.on.values(expr.func.base, fn):
                if isinstance(value, ClassVal):
                    classes.append(self.on.program.cls((value.file, value.index)))
        if not functions and not classes and isinstance(expr, ir.Call):
            for arg in expr.args:  # a wrapper round the handler: csrf_exempt(view), login_required(view), asyncHandler(fn)
                inner = self.resolve(arg.value, fn) if isinstance(arg.value, ir.Name | ir.Attr | ir.Call | ir.Closure) else ([], [])
                if inner[0] or inner[1]:
                    return inner
        if functions and isinstance(expr, ir.Call) and all(_serves_another(one) for one in functions):
            for arg in expr.args:  # mux.Handle(path, labelled(http.HandlerFunc(chat))): the wrapper serves what it is given
                inner = self.resolve(arg.value, fn) if isinstance(arg.value, ir.Name | ir.Attr | ir.Call | ir.Closure) else ([], [])
                if inner[0]:
                    return inner
        if not functions and not classes:
            functions = self._registered(expr, fn, 0)
        return functions, list(dict.fromkeys(classes))

    def _registered(self, expr: ir.Expr, fn: Fn, depth: int) -> list[Fn]:
        """Functions that were registered on a dispatcher outside the tree: ``NewHandlerFunc(NewDispatcher(k).OnMessage(f))``."""
        if depth > 3:
            return []
        if isinstance(expr, ir.Name):
            bound = [b.node for b in fn.bindings.get(expr.id, ()) if b.kind == "value" and isinstance(b.node, ir.Call)]
            return [one for node in bound for one in self._registered(node, fn, depth + 1)]
        found: list[Fn] = []
        while isinstance(expr, ir.Call):
            if not any(isinstance(v, Ext) for v in self.on.callees(fn, expr)):
                return found
            given: list[Fn] = []
            for arg in expr.args:
                values = self.on.values(arg.value, fn)
                given.extend(self.on.program.fn((v.file, v.index)) for v in values if isinstance(v, FnVal))
                if not given:
                    given.extend(self._registered(arg.value, fn, depth + 1))
            found = given + found
            expr = expr.func.base if isinstance(expr.func, ir.Attr) else expr.func
        return found

    def guard(self, expr: ir.Expr, fn: Fn) -> tuple[tuple[str, Fn | None], ...]:
        """Names and functions of a dependency, decorator or middleware expression (or of a list of them)."""
        fn = self.homes.get(id(expr), fn)
        if isinstance(expr, ir.Group):
            return tuple(one for item in expr.items for one in self.guard(item.value, fn))
        if isinstance(expr, ir.Call) and last_name(expr.func) in ("Depends", "Security", "Middleware", "Provide") and expr.args:
            return self.guard(expr.args[0].value, fn)
        head = expr.func if isinstance(expr, ir.Call) else expr
        name = written(head) or ("<inline>" if isinstance(head, ir.Closure) else "")
        functions: list[Fn] = []
        for value in self.on.values(head, fn):
            if isinstance(value, FnVal):
                functions.append(self.on.program.fn((value.file, value.index)))
            elif isinstance(value, ClassVal):
                functions.extend(class_call(self.on, self.on.program.cls((value.file, value.index))))
            elif isinstance(value, Inst):
                functions.extend(self.on.types.find_method(self.on.program.cls((value.file, value.index)), "__call__"))
            elif isinstance(value, Ext):
                name = plain(value.path).removeprefix("builtins.")
            elif isinstance(value, Coll):
                home, group, _ = self.on.groups[value.number]
                return self.guard(group, home)
        if not name:
            return ()
        return tuple((name, one) for one in functions) or ((name, None),)

    def decorators(self, fn: Fn, skip: Iterable[ir.Expr] = ()) -> tuple[tuple[str, Fn | None], ...]:
        """Decorators of a handler as guards, those that register the route left out."""
        left_out = {id(one) for one in skip}
        return tuple(
            one for decorator in fn.code.decorators if id(decorator) not in left_out for one in self.guard(decorator, fn.parent or fn)
        )  # fmt: skip

    def parameters(self, fn: Fn) -> tuple[tuple[str, Fn | None], ...]:
        """Dependencies among a handler's parameters (``= Depends(f)``, ``Annotated[X, Depends(f)]``)."""
        from genai_policy.read.link.calls import _injections

        found: list[tuple[str, Fn | None]] = []
        for param in fn.code.params:
            for expr in (param.default, param.annotation):
                for call in _injections(expr):
                    found.extend(self.guard(call, fn.parent or fn))
        return tuple(found)

    def paths(self, expr: ir.Expr | None, fn: Fn) -> list[str]:
        """Texts of a path argument; lists of paths are taken apart."""
        if expr is None:
            return []
        fn = self.homes.get(id(expr), fn)
        if isinstance(expr, ir.Group):
            return [text for item in expr.items for text in self.paths(item.value, fn)]
        texts = [v.value for v in self.on.values(expr, fn) if isinstance(v, Text)]
        if not texts:
            for _, item, home in self.on.items(expr, fn):
                texts.extend(self.on.texts(item, home))
        return list(dict.fromkeys(texts)) or [HOLE]

    def methods(self, expr: ir.Expr | None, fn: Fn) -> list[str]:
        """HTTP methods named by an argument."""
        if expr is None:
            return []
        fn = self.homes.get(id(expr), fn)
        if isinstance(expr, ir.Group):
            return list(dict.fromkeys(m for item in expr.items for m in self.methods(item.value, fn)))
        found = [t.upper() for t in self.on.texts(expr, fn) if HOLE not in t]
        if not found:
            found = [t.upper() for _, item, home in self.on.items(expr, fn) for t in self.on.texts(item, home) if HOLE not in t]
        if not found:
            name = last_name(expr).upper().removeprefix("METHOD")  # http.MethodPost
            found = [name] if name.lower() in VERBS else []
        return [m.rpartition(".")[2] for m in dict.fromkeys(found)]

    def view_methods(self, cls: Cls, names: Sequence[str] = VERBS) -> list[tuple[str, Fn]]:
        """Methods of a class-based view named after HTTP methods."""
        found: list[tuple[str, Fn]] = []
        for one in self.on.types.mro(cls):
            if isinstance(one, Cls):
                for name, indexes in one.methods.items():
                    if name.lower() in names and name.upper() not in {m for m, _ in found}:
                        found.append((name.upper(), one.file.functions[indexes[0]]))
        return found


def _serves_another(fn: Fn) -> bool:
    """Whether a Go handler only hands the request on to the handler it was given (``next.ServeHTTP(w, r)``)."""
    return fn.file.ir.language == "go" and any(last_name(call.func) == "ServeHTTP" for call in fn.calls)


def class_call(inference: Inference, cls: Cls) -> list[Fn]:
    """The methods of a middleware or dependency class that a framework calls."""
    found = []
    for name in (
        "dispatch",
        "__call__",
        "process_request",
        "process_response",
        "process_view",
        "intercept",
        "preHandle",
        "doFilter",
        "use",
        "handle",
    ):
        found.extend(inference.types.find_method(cls, name))
    return found or inference.types.find_method(cls, "__init__")


def written(expr: ir.Expr) -> str:
    """An expression as a dotted name, as far as it is one."""
    if isinstance(expr, ir.Name):
        return expr.id
    if isinstance(expr, ir.Attr):
        base = written(expr.base)
        return f"{base}.{expr.name}" if base else expr.name
    if isinstance(expr, ir.Call):
        return written(expr.func)
    return ""
