"""Go frameworks that take routes as values: go-zero's ``rest.Route{Method, Path, Handler}`` and Beego's controllers with method maps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, argument, last_name
from genai_policy.read.link.routes.found import Found, FoundRoute, Handlers, join_paths, shown, with_slash
from genai_policy.read.link.values import HOLE, Coll, Ext, Inst

_GO_ZERO = re.compile(r"^github\.com/(zeromicro|tal-tech)/go-zero/rest\b")
_BEEGO = re.compile(r"^github\.com/(astaxie/beego|beego/beego)\b")
_BEEGO_VERBS = ("Get", "Post", "Put", "Delete", "Patch", "Head", "Options", "Any")


def find_go_tables(inference: Inference, found: Found) -> None:
    """Report the routes of go-zero and Beego services."""
    finder = _GoTables(inference, found)
    for name in ("AddRoutes", "AddRoute"):
        for fn, call in inference.program.calls.get(name, ()):
            if finder.called(fn, call, _GO_ZERO):
                finder.go_zero(fn, call)
    for name in ("Router", "NSRouter"):
        for fn, call in inference.program.calls.get(name, ()):
            if finder.called(fn, call, _BEEGO):
                finder.beego(fn, call)
    for name in _BEEGO_VERBS:
        for called in (name, "NS" + name):
            for fn, call in inference.program.calls.get(called, ()):
                if len(call.args) == 2 and finder.called(fn, call, _BEEGO):
                    finder.beego_function(name.upper(), fn, call)


class _GoTables:
    def __init__(self, inference: Inference, found: Found) -> None:
        self.on = inference
        self.found = found
        self.handlers = Handlers(inference)

    def called(self, fn: Fn, call: ir.Call, package: re.Pattern[str]) -> bool:
        """Whether a call goes to a Go package."""
        return fn.file.ir.language == "go" and any(isinstance(v, Ext) and package.search(v.path) for v in self.on.callees(fn, call))

    # go-zero

    def go_zero(self, fn: Fn, call: ir.Call) -> None:
        """``server.AddRoutes([]rest.Route{{Method: …, Path: …, Handler: …}}, rest.WithPrefix("/v1"))``."""
        inner = [one for arg in call.args for one in _calls(arg.value)]
        prefixes = [t for one in inner if last_name(one.func) == "WithPrefix" for t in self.handlers.paths(argument(one, 0), fn)]
        for home, row in self._rows(call, inner, fn):
            path, handler = argument(row, -1, "Path"), argument(row, -1, "Handler")
            functions, _ = self.handlers.resolve(handler, home)
            handler_fn = functions[0] if functions else None
            for method in self.handlers.methods(argument(row, -1, "Method"), home) or ["GET"]:
                for text in self.handlers.paths(path, home):
                    full = with_slash(shown(join_paths(prefixes[0] if prefixes else "", text)))
                    name = handler_fn.code.qualname if handler_fn is not None else last_name(handler) if handler is not None else ""
                    self.found.routes.append(
                        FoundRoute(home.file.path, path.line if path is not None else row.line, method, full, "go-zero", handler_fn, name)
                    )

    def _rows(self, call: ir.Call, inner: list[ir.Call], fn: Fn) -> Iterator[tuple[Fn, ir.Call]]:
        """Rows written in the call, or in a table that it is given."""
        rows = [one for one in inner if last_name(one.func) == "Route" and argument(one, -1, "Path") is not None]
        yield from ((fn, row) for row in rows)
        for arg in call.args if not rows else ():
            for value in self.on.values(arg.value, fn):
                if isinstance(value, Coll):
                    home, group, _ = self.on.groups[value.number]
                    yield from ((home, item.value) for item in group.items if isinstance(item.value, ir.Call))

    # Beego

    def beego(self, fn: Fn, call: ir.Call) -> None:
        """``beego.Router("/path", &Controller{}, "POST:Method;GET:Other")``; without a map the methods named after HTTP methods."""
        controller, mapping = argument(call, 1), argument(call, 2)
        for value in self.on.values(controller, fn) if controller is not None else ():
            if isinstance(value, Inst):
                cls = self.on.program.cls((value.file, value.index))
                texts = [t for t in self.on.texts(mapping, fn) if HOLE not in t] if mapping is not None else []
                for method, handler in _mapped(self.on, cls, texts[0]) if texts else self.handlers.view_methods(cls):
                    self._emit(method, fn, call, handler)

    def beego_function(self, method: str, fn: Fn, call: ir.Call) -> None:
        """``beego.Get("/path", func(ctx *context.Context) {…})``."""
        for handler in self.handlers.resolve(call.args[1].value, fn)[0][:1]:
            self._emit(method, fn, call, handler)

    def _emit(self, method: str, fn: Fn, call: ir.Call, handler: Fn) -> None:
        for prefix in self._namespaces(fn, call):
            for text in self.handlers.paths(argument(call, 0), fn):
                path = with_slash(shown(join_paths(prefix, text)))
                self.found.routes.append(FoundRoute(fn.file.path, call.line, method, path, "beego", handler, handler.code.qualname))

    def _namespaces(self, fn: Fn, call: ir.Call) -> list[str]:
        """Prefixes of the ``NewNamespace("/v1", …)`` and ``NSNamespace("/x", …)`` that a call is written in."""
        for name in ("NSNamespace", "NewNamespace"):
            for other_fn, other in self.on.program.calls.get(name, ()):
                if other_fn is fn and any(arg.value is call for arg in other.args):
                    return [
                        join_paths(above, text)
                        for above in self._namespaces(fn, other)
                        for text in self.handlers.paths(argument(other, 0), fn)
                    ]
        return [""]


def _mapped(inference: Inference, cls: Cls, mapping: str) -> Iterator[tuple[str, Fn]]:
    """Methods and handlers of ``"get,post:Reply;*:Rest"``."""
    for part in mapping.split(";"):
        verbs, _, name = part.partition(":")
        for handler in inference.types.find_method(cls, name.strip())[:1]:
            for verb in verbs.split(","):
                yield "ANY" if verb.strip() == "*" else verb.strip().upper(), handler


def _calls(expr: ir.Expr) -> Iterator[ir.Call]:
    """Calls written in an expression, itself first."""
    if isinstance(expr, ir.Call):
        yield expr
        for arg in expr.args:
            yield from _calls(arg.value)
    elif isinstance(expr, ir.Group):
        for item in expr.items:
            yield from _calls(item.value)
    elif isinstance(expr, ir.Op):
        for operand in expr.operands:
            yield from _calls(operand)
