"""Routes of NestJS controllers, with global prefix, versions in the path and router modules; message handlers and jobs as entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, argument, last_name
from genai_policy.read.link.routes.found import Found, FoundEntry, FoundMiddleware, FoundRoute, Handlers, shown, written
from genai_policy.read.link.routes.nest_settings import NestSettings, option
from genai_policy.read.link.values import ClassVal, Ext, FnVal, Inst

_VERBS = {
    "Get": "GET", "Post": "POST", "Put": "PUT", "Patch": "PATCH", "Delete": "DELETE", "Head": "HEAD", "Options": "OPTIONS",
    "All": "ANY", "Sse": "GET",
}  # fmt: skip
_ENTRIES = {
    "SubscribeMessage": "websocket",
    "MessagePattern": "queue-consumer",
    "EventPattern": "queue-consumer",
    "GrpcMethod": "queue-consumer",
    "OnEvent": "queue-consumer",
    "Process": "queue-consumer",
    "Cron": "scheduler",
    "Interval": "scheduler",
    "Timeout": "scheduler",
    "Query": "server-action",
    "Mutation": "server-action",
    "Subscription": "server-action",
    "On": "bot-callback",
    "Command": "bot-callback",
}
_GUARDS = ("UseGuards", "UseInterceptors", "UsePipes", "UseFilters")
_GUARD_METHODS = ("canActivate", "intercept", "use", "transform", "catch")
_GLOBAL = ("useGlobalInterceptors", "useGlobalGuards", "useGlobalPipes", "useGlobalFilters")
_GLOBAL_TOKENS = ("APP_INTERCEPTOR", "APP_GUARD", "APP_PIPE", "APP_FILTER")
_PACKAGE = "@nestjs/"


class _Mark(NamedTuple):
    """A decorator of Nest in effect: its name, its call (None without arguments) and the function whose names it uses."""

    name: str
    call: ir.Call | None
    scope: Fn
    line: int


def find_nest_routes(inference: Inference, found: Found) -> None:
    """Report controllers, gateways, consumers and global interceptors."""
    if not any(imp.module.startswith(_PACKAGE) for file in inference.program.files.values() for imp in file.ir.imports):
        return
    finder = _Finder(inference, found)
    for file in inference.program.files.values():
        for cls in file.classes:
            if cls.code.decorators and file.ir.language in ("typescript", "javascript"):
                finder.of_class(cls)
    finder.global_hooks()


class _Finder:
    def __init__(self, inference: Inference, found: Found) -> None:
        self.on = inference
        self.found = found
        self.handlers = Handlers(inference)
        self.settings = NestSettings(inference)

    def of_class(self, cls: Cls) -> None:
        """Report what one decorated class handles."""
        marks = list(self._marks(cls.code.decorators, cls.scope or cls.file.functions[0], 0))
        names = {mark.name for mark in marks}
        guards = self._guards(marks)
        for mark in marks:
            if mark.name == "Controller":
                for fn in self._methods(cls):
                    self._routes(cls, mark, fn, guards)
        if names & {"WebSocketGateway", "Controller", "Injectable", "Processor", "Resolver", "Update", "Consumer"}:
            for fn in self._methods(cls):
                self._entries(fn)
        if "Processor" in names:
            for fn in self._methods(cls):
                if fn.code.name == "process":
                    self.found.entries.append(FoundEntry(fn.file.path, fn.code.line, "queue-consumer", fn.code.qualname, "nestjs", fn))

    # Routes

    def _routes(self, cls: Cls, controller: _Mark, fn: Fn, guards: tuple[tuple[str, Fn | None], ...]) -> None:
        marks = list(self._marks(fn.code.decorators, fn.parent or fn, 0))
        for mark in marks:
            if mark.name not in _VERBS:
                continue
            version = next((self._texts(one.call, one.scope) for one in marks if one.name == "Version"), None)
            for base in self._controller_paths(controller):
                for path in self._texts(mark.call, mark.scope) or [""]:
                    asked = version or self._version(controller)
                    for prefix in self.settings.prefixes(cls, _joined("", base, path), _VERBS[mark.name], asked):
                        self._emit(cls, mark, fn, shown(_joined(prefix, base, path)), guards + self._guards(marks))

    def _emit(self, cls: Cls, mark: _Mark, fn: Fn, path: str, guards: tuple[tuple[str, Fn | None], ...]) -> None:
        method = _VERBS[mark.name]
        self.found.routes.append(FoundRoute(fn.file.path, mark.line, method, path, "nestjs", fn, fn.code.qualname, cls, guards))

    def _controller_paths(self, mark: _Mark) -> list[str]:
        first = mark.call.args[0].value if mark.call is not None and mark.call.args else None
        if isinstance(first, ir.Group) and first.kind == "dict":
            inner = option(first, "path")
            return self.handlers.paths(inner, mark.scope) if inner is not None else [""]
        return self._texts(mark.call, mark.scope) or [""]

    def _version(self, mark: _Mark) -> list[str] | None:
        first = mark.call.args[0].value if mark.call is not None and mark.call.args else None
        given = option(first, "version") if isinstance(first, ir.Group) else None
        return self.handlers.paths(given, mark.scope) if given is not None else None

    def _texts(self, call: ir.Call | None, scope: Fn) -> list[str]:
        expr = argument(call, 0) if call is not None else None
        return self.handlers.paths(expr, scope) if expr is not None else []

    def _methods(self, cls: Cls) -> Iterator[Fn]:
        """Methods of the class and of its ancestors, an overridden one once."""
        seen: set[str] = set()
        for one in self.on.types.mro(cls):
            if isinstance(one, Cls):
                for name, indexes in one.methods.items():
                    if name not in seen:
                        seen.add(name)
                        yield one.file.functions[indexes[0]]

    # Decorators

    def _marks(self, decorators: tuple[ir.Expr, ...], scope: Fn, depth: int) -> Iterator[_Mark]:
        """Decorators of Nest packages; a decorator of the tree that applies several gives those."""
        for decorator in decorators:
            call = decorator if isinstance(decorator, ir.Call) else None
            head = call.func if call is not None else decorator
            for value in self.on.types.static(head, scope):
                if isinstance(value, Ext):
                    yield _Mark(value.path.rpartition(".")[2], call, scope, decorator.line)
                elif isinstance(value, FnVal) and depth < 3:
                    made = self.on.program.fn((value.file, value.index))
                    for result in made.returns:
                        if isinstance(result, ir.Call) and last_name(result.func) == "applyDecorators":
                            inner = tuple(arg.value for arg in result.args)
                            yield from (mark._replace(line=decorator.line) for mark in self._marks(inner, made, depth + 1))

    def _guards(self, marks: list[_Mark]) -> tuple[tuple[str, Fn | None], ...]:
        return tuple(
            one
            for mark in marks
            if mark.name in _GUARDS and mark.call is not None
            for arg in mark.call.args
            for one in self._guard(arg.value, mark.scope)
        )

    def _guard(self, expr: ir.Expr, scope: Fn) -> list[tuple[str, Fn | None]]:
        functions: list[Fn] = []
        for value in self.on.values(expr, scope):
            if isinstance(value, ClassVal | Inst):
                cls = self.on.program.cls((value.file, value.index))
                functions.extend(fn for name in _GUARD_METHODS for fn in self.on.types.find_method(cls, name))
        name = written(expr)
        return [(name, fn) for fn in functions] or [(name, None)]

    # Entries and global hooks

    def _entries(self, fn: Fn) -> None:
        for mark in self._marks(fn.code.decorators, fn.parent or fn, 0):
            if mark.name in _ENTRIES:
                name = next((text for text in self._texts(mark.call, mark.scope)), "") or fn.code.qualname
                self.found.entries.append(FoundEntry(fn.file.path, mark.line, _ENTRIES[mark.name], shown(name), "nestjs", fn))

    def global_hooks(self) -> None:
        """``app.useGlobalInterceptors(new X())`` and ``{ provide: APP_INTERCEPTOR, useClass: X }`` stand before every route."""
        for name in _GLOBAL:
            for fn, call in self.on.program.calls.get(name, ()):
                for arg in call.args:
                    self._hook(arg.value, fn, call.line)
        for cls in [cls for file in self.on.program.files.values() for cls in file.classes if cls.code.decorators]:
            scope = cls.scope or cls.file.functions[0]
            for mark in self._marks(cls.code.decorators, scope, 0):
                if mark.name == "Module" and mark.call is not None and mark.call.args:
                    for provider in self.settings.listed(mark.call.args[0].value, "providers", scope):
                        token, made = option(provider, "provide"), option(provider, "useClass")
                        if token is not None and made is not None and last_name(token) in _GLOBAL_TOKENS:
                            self._hook(made, scope, provider.line)

    def _hook(self, expr: ir.Expr, scope: Fn, line: int) -> None:
        for name, function in self._guard(expr, scope):
            functions = (function,) if function is not None else ()
            hook = FoundMiddleware(scope.file.path, line, name, "nestjs", functions, None)
            self.found.middleware.append(hook)


def _joined(*parts: str) -> str:
    return "".join("/" + part.strip("/") for part in parts if part.strip("/")) or "/"
