"""Routes registered on router objects: FastAPI, Flask, Express, Gin and all that work alike. What differs is in the catalogue.

Three ways to register: a decorator (``@router.get("/x")``), a call with the handler (``router.GET("/x", auth, handler)``,
``app.add_url_rule("/x", view_func=f)``), and calling the decorator (``app.post("/x")(f)``). Prefixes come from constructors, groups and
inclusion; a router included twice gives its routes twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from genai_policy.model import ir
from genai_policy.read.catalogue.model import Framework
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, argument, last_name
from genai_policy.read.link.routes.found import (
    VERBS,
    Found,
    FoundEntry,
    FoundMiddleware,
    FoundRoute,
    Handlers,
    join_paths,
    shown,
    with_slash,
)
from genai_policy.read.link.routes.unrolled import Unroller, Way
from genai_policy.read.link.values import HOLE, Ext, Inst, Obj, Text, plain

RouterKey = tuple[str, int]
_HANDLER = "<handler>"
_VERSION = re.compile("\x01([^\x01]*)\x01")
_WILDCARD = re.compile(r"/?(\*\w*|\(\.\*\)|\{\*\w+\})?/?$")
Guards = tuple[tuple[str, Fn | None], ...]


class _Mount(NamedTuple):
    parent: RouterKey | None
    prefix: str
    guards: Guards
    overrides: bool


class _Prefix(NamedTuple):
    text: str
    guards: Guards


def find_router_routes(inference: Inference, found: Found) -> None:
    """Report the routes of all router frameworks in the catalogue."""
    languages = {file.ir.language for file in inference.program.files.values()}
    computed = _computed(inference)
    for framework in inference.catalogue.frameworks:
        if framework.language in languages or (framework.language == "javascript" and "typescript" in languages):
            _Engine(inference, framework, found).run(computed)


def _computed(inference: Inference) -> list[tuple[Fn, ir.Call]]:
    """Calls of a member whose name is worked out at run time (``router[method](path, handler)``)."""
    return [
        (fn, call)
        for file in inference.program.files.values()
        if file.ir.language in ("typescript", "javascript")
        for fn in file.functions
        for call in fn.calls
        if isinstance(call.func, ir.Index) and len(call.args) > 1 and not isinstance(call.func.key, ir.Literal)
    ]


class _Engine:
    def __init__(self, inference: Inference, framework: Framework, found: Found) -> None:
        self.on = inference
        self.framework = framework
        self.found = found
        self.handlers = Handlers(inference)
        self.apps = frozenset(framework.apps)
        self.like = [re.compile(pattern) for pattern in framework.like]
        self.mounts: dict[RouterKey, list[_Mount]] = {}
        self._prefixes: dict[RouterKey, list[_Prefix]] = {}
        self._busy: set[RouterKey] = set()
        self.unroller = Unroller(inference)
        self._kept: list[Way] = []
        self._around: Guards = ()

    def run(self, computed: list[tuple[Fn, ir.Call]]) -> None:
        """Find mounts first (they decide prefixes), then routes and middleware."""
        for name in sorted(self.framework.includes):
            for fn, call in self.on.program.calls.get(name, ()):
                if self._mine(fn):
                    self._include(name, fn, call)
        roots = {app.split(".", 1)[0] for app in self.framework.apps}
        for name in self.framework.nests if self.on.program.imports(*roots) else ():
            for fn, call in self.on.program.calls.get(name, ()):
                if self._mine(fn):
                    self._nest(fn, call)
        for name in sorted({*self.framework.verbs, *self.framework.websockets}):
            self._decorated(name)
            self._registered(name)
            self._called_twice(name)
        for name in sorted(self.framework.adders):
            for fn, call in self.on.program.calls.get(name, ()):
                if self._mine(fn):
                    self._added(name, fn, call)
        for fn, call in computed:
            self._chosen(fn, call)
        for name in sorted(self.framework.middleware):
            self._middleware(name)

    def _runs(self, fn: Fn, call: ir.Call) -> Iterator[tuple[Fn, ir.Call, int]]:
        """The runs of a registration: the function and line its path is written at, and the call with what its names stand for."""
        for way in self.unroller.ways(fn, call):
            self._kept.append(way)  # homes are known by the identity of expressions
            self.handlers.homes.update(way.homes)
            self._around = tuple(("<inline>", one) for one in way.around)
            yield way.at, way.call, way.line
        self._around = ()

    def _chosen(self, fn: Fn, call: ir.Call) -> None:
        """``router[method](path, handler)``: the methods that the runs of the call name."""
        if not isinstance(call.func, ir.Index) or not self._mine(fn):
            return
        routers = self.routers(call.func.base, fn)
        if not routers:
            return
        known = False
        for at, one, line in self._runs(fn, call):
            name = last_name(one.func).lower() if isinstance(one.func, ir.Attr) else ""
            if name in self.framework.verbs:
                known = True
                self._register(name, fn, one, routers, at, line)
        if not known:
            self.found.unread.append((fn.file.path, call.line))

    def _mine(self, fn: Fn) -> bool:
        language = fn.file.ir.language
        return language == self.framework.language or (self.framework.language == "javascript" and language == "typescript")

    # Routers

    def routers(self, expr: ir.Expr, fn: Fn) -> list[RouterKey | None]:
        """Routers an expression stands for; None is a router whose making was not seen."""
        if isinstance(expr, ir.Attr) and expr.name in self.framework.exposes:
            inner = self.routers(expr.base, fn)
            if inner:
                return inner
        keys: list[RouterKey | None] = []
        unknown = False
        for value in self.on.values(expr, fn):
            if isinstance(value, Obj):
                if self._is_router(value.path):
                    keys.append((value.file, value.call))
            elif isinstance(value, Ext) and self._stands_for_router(value.path):
                unknown = True
            elif isinstance(value, Inst):
                outside = self.on.types.ancestors_outside(self.on.program.cls((value.file, value.index)))
                unknown = unknown or any(path in self.apps for path in outside)
        return keys or ([None] if unknown else [])

    def _stands_for_router(self, path: str) -> bool:
        """Whether an external value is a router whose making was not seen."""
        name = plain(path)
        return (path.endswith("()") and self._is_router(name)) or any(p.search(name) for p in self.like)

    def _is_router(self, path: str) -> bool:
        if path in self.apps:
            return True
        head, _, tail = path.rpartition(".")
        while tail in self.framework.groups and head:
            if head in self.apps or any(p.search(head) for p in self.like):
                return True
            head, _, tail = head.rpartition(".")
        return any(p.search(path) for p in self.like)

    def prefixes(self, key: RouterKey | None) -> list[_Prefix]:
        """Every prefix a router is reachable under."""
        if key is None:
            return [_Prefix("", ())]
        known = self._prefixes.get(key)
        if known is not None:
            return known
        if key in self._busy:
            return [_Prefix("", ())]
        self._busy.add(key)
        fn, call = self.on.program.files[key[0]].by_id[key[1]]
        own, guards = self._own_prefix(fn, call)
        group = isinstance(call.func, ir.Attr) and call.func.name in self.framework.groups
        result: list[_Prefix] = []
        if group and isinstance(call.func, ir.Attr):
            for parent in self.routers(call.func.base, fn):
                if parent is not None:
                    self.found.parents.setdefault(key, set()).add(parent)
                result.extend(
                    _Prefix(self._join(above.text, text), above.guards + guards) for above in self.prefixes(parent) for text in own
                )
        for mount in self.mounts.get(key, ()):
            if mount.parent is not None:
                self.found.parents.setdefault(key, set()).add(mount.parent)
            for above in self.prefixes(mount.parent):
                for text in [""] if mount.overrides else own:
                    joined = self._join(self._join(above.text, mount.prefix), text)
                    result.append(_Prefix(joined, above.guards + mount.guards + guards))
        if not result:
            result = [_Prefix(text, guards) for text in own]
        self._busy.discard(key)
        self._prefixes[key] = list(dict.fromkeys(result))
        return self._prefixes[key]

    def _own_prefix(self, fn: Fn, call: ir.Call) -> tuple[list[str], Guards]:
        guards = self._guards(call, fn)
        name = last_name(call.func)
        if isinstance(call.func, ir.Attr) and name in self.framework.groups:
            expr = argument(call, self.framework.groups[name], *self.framework.prefix_names)
            extra = self._positional_guards(call, fn, self.framework.groups[name] + 1)
            return self._texts(expr, fn), guards + extra
        expr = argument(call, self.framework.prefix_at, *self.framework.prefix_names) if self.framework.prefix_names else None
        return [self._version(call, fn) + text for text in self._texts(expr, fn)], guards

    def _version(self, call: ir.Call, fn: Fn) -> str:
        """The version that a router or route is given, marked: it is put before the whole path at the end."""
        given = argument(call, -1, *self.framework.version_names) if self.framework.version_names else None
        texts = [str(given.value)] if isinstance(given, ir.Literal) else self.on.texts(given, fn) if given is not None else []
        return f"\x01/v{texts[0].lstrip('v')}\x01" if texts and HOLE not in texts[0] and texts[0] != "None" else ""

    def _texts(self, expr: ir.Expr | None, fn: Fn) -> list[str]:
        if expr is None:
            return [""]
        return [text.replace(HOLE, "{}") if text != HOLE else "" for text in self.handlers.paths(expr, fn)] or [""]

    def _join(self, prefix: str, path: str) -> str:
        if self.framework.joins == "slash":
            if not path.strip("/"):
                return prefix + ("/" if path.endswith("/") and path and not prefix.endswith("/") else "")
            return prefix.rstrip("/") + "/" + path.lstrip("/")
        return join_paths(prefix, path)

    def _guards(self, call: ir.Call, fn: Fn) -> Guards:
        found: Guards = ()
        for arg in call.args:
            if arg.name is not None and arg.name in self.framework.guards:
                found += self.handlers.guard(arg.value, fn)
        return found

    def _positional_guards(self, call: ir.Call, fn: Fn, start: int) -> Guards:
        found: Guards = ()
        for arg in [a for a in call.args if a.name is None][start:]:
            if not isinstance(arg.value, ir.Closure):
                found += self.handlers.guard(arg.value, fn)
        return found

    def _include(self, name: str, fn: Fn, call: ir.Call) -> None:
        if not isinstance(call.func, ir.Attr):
            return
        parents = self.routers(call.func.base, fn)
        if not parents:
            return
        child_at, prefix_at = self.framework.includes[name][:2]
        children = self._children(name, call, child_at)
        prefix = argument(call, prefix_at, *self.framework.include_prefix_names)
        positional = [a.value for a in call.args if a.name is None]
        if child_at == -2 and positional and prefix is positional[0] and not self._is_path(prefix, fn):
            prefix = None
        texts = self._texts(prefix, fn)
        guards = self._guards(call, fn)
        overrides = prefix is not None and "override" in self.framework.slashes
        for child in children:
            for key in self.routers(child, fn):
                if key is None:
                    continue
                extra: Guards = ()
                if child_at == -2:
                    others = [one for one in positional if one is not child and one is not prefix and not isinstance(one, ir.Closure)]
                    extra = tuple(g for one in others for g in self.handlers.guard(one, fn))
                for parent in parents:
                    if parent == key:
                        continue
                    for text in texts:
                        mount = _Mount(parent, text, guards + extra, overrides)
                        if mount not in self.mounts.setdefault(key, []):
                            self.mounts[key].append(mount)

    def _nest(self, fn: Fn, call: ir.Call) -> None:
        """``Blueprint.group(a, b, url_prefix="/api")``."""
        for parent in self.routers(call, fn):
            if parent == (fn.file.path, call.id):
                given = [
                    one for arg in call.args if arg.name is None for one in (arg.value.items if isinstance(arg.value, ir.Group) else [arg])
                ]
                for key in [key for one in given for key in self.routers(one.value, fn)]:
                    if key is not None and key != parent:
                        self.mounts.setdefault(key, []).append(_Mount(parent, "", (), False))

    def _children(self, name: str, call: ir.Call, child_at: int) -> list[ir.Expr]:
        if child_at == -2:
            return [self._exposed(arg.value) for arg in call.args if arg.name is None]
        expr = argument(call, child_at, *self.framework.include_child_names)
        return [expr] if expr is not None else []

    def _exposed(self, expr: ir.Expr) -> ir.Expr:
        """``router`` for ``router.routes()``."""
        if isinstance(expr, ir.Call) and isinstance(expr.func, ir.Attr) and expr.func.name in self.framework.exposes:
            return expr.func.base
        return expr

    def _is_path(self, expr: ir.Expr, fn: Fn) -> bool:
        return any(isinstance(v, Text) for v in self.on.values(expr, fn))

    # Routes

    def _decorated(self, name: str) -> None:
        for scope, decorator, kind, index in self.on.program.decorated.get(name, ()):
            if not isinstance(decorator, ir.Call) or not isinstance(decorator.func, ir.Attr) or not self._mine(scope):
                continue
            routers = self.routers(decorator.func.base, scope)
            if not routers:
                continue
            if kind == "class":
                self._class_route(name, decorator, scope, routers, scope.file.classes[index])
            else:
                handler = scope.file.functions[index]
                guards = (
                    self._guards(decorator, scope)
                    + self.handlers.decorators(handler, self._routing(handler))
                    + self.handlers.parameters(handler)
                )
                self._report(name, decorator, scope, routers, handler, None, guards, decorator.line)

    def _routing(self, handler: Fn) -> list[ir.Expr]:
        names = {*self.framework.verbs, *self.framework.websockets}
        return [d for d in handler.code.decorators if isinstance(d, ir.Call) and last_name(d.func) in names and isinstance(d.func, ir.Attr)]

    def _class_route(self, name: str, decorator: ir.Call, scope: Fn, routers: list[RouterKey | None], cls: Cls) -> None:
        for path in self._paths(decorator, scope):
            for method, handler in self.handlers.view_methods(cls):
                guards = self.handlers.decorators(handler)
                for router in routers:
                    self._emit(scope, decorator.line, method, path, router, handler, handler.code.qualname, guards)

    def _called_twice(self, name: str) -> None:
        """``app.post("/x")(f)``."""
        for fn, call in self.on.program.calls.get(name + "()", ()):
            inner = call.func
            if isinstance(inner, ir.Call) and isinstance(inner.func, ir.Attr) and inner.func.name == name and call.args and self._mine(fn):
                routers = self.routers(inner.func.base, fn)
                together = ir.Call(inner.line, inner.id, inner.func, (*inner.args, ir.Arg(call.args[0].value, _HANDLER)))
                for at, one, line in self._runs(fn, together) if routers else ():
                    given = one.args[-1].value
                    functions, _ = self.handlers.resolve(given, fn)
                    for handler in functions or [None]:  # type: ignore[list-item]
                        guards = self._guards(one, fn) + (self.handlers.parameters(handler) if handler else ())
                        self._report(name, one, at, routers, handler, given, guards, line)

    def _registered(self, name: str) -> None:
        """``router.get("/x", guard, handler)``."""
        if self.framework.handler == -1 and not self.framework.handler_names:
            return
        for fn, call in self.on.program.calls.get(name, ()):
            if not isinstance(call.func, ir.Attr) or not self._mine(fn) or not call.args:
                continue
            if self._handler_expr(call) is None:
                continue
            routers = self.routers(call.func.base, fn) or self._chained(call.func.base, fn)
            for at, one, line in self._runs(fn, call) if routers else ():
                self._register(name, fn, one, routers, at, line)

    def _register(self, name: str, fn: Fn, call: ir.Call, routers: list[RouterKey | None], at: Fn, line: int) -> None:
        expr = self._handler_expr(call)
        if expr is None:
            return
        functions, classes = self.handlers.resolve(expr, fn)
        if functions and _passes_on(functions[0]) and all(_WILDCARD.match(path) for path in self._paths(call, fn)):
            hook = functions[0]
            self.found.middleware.extend(
                FoundMiddleware(fn.file.path, call.line, hook.code.qualname, self.framework.name, (hook,), one) for one in routers
            )
            return
        guards = self._guards(call, fn) + self._between(call, expr, fn)
        if classes and not functions:
            for path in self._paths(call, fn):
                for cls in classes:
                    for method, handler in self.handlers.view_methods(cls):
                        for router in routers:
                            self._emit(at, line, method, path, router, handler, handler.code.qualname, guards)
            return
        self._report(name, call, at, routers, functions[0] if functions else None, expr, guards, line)

    def _chained(self, base: ir.Expr, fn: Fn) -> list[RouterKey | None]:
        """``router.get(...).post(...)`` and ``router.route("/x").get(handler)``."""
        while isinstance(base, ir.Call) and isinstance(base.func, ir.Attr):
            if base.func.name in self.framework.verbs or base.func.name in ("route", "use", "all"):
                found = self.routers(base.func.base, fn)
                if found:
                    return found
                base = base.func.base
            else:
                return []
        return []

    def _handler_expr(self, call: ir.Call) -> ir.Expr | None:
        positional = [arg.value for arg in call.args if arg.name is None]
        if self.framework.handler == -2:
            if isinstance(call.func, ir.Attr) and _route_chain(call.func.base) is not None:
                return positional[-1] if positional else None
            if isinstance(positional[-1] if positional else None, ir.Group) and self.framework.handler_names:
                return argument(call, -1, *self.framework.handler_names)
            return positional[-1] if len(positional) > 1 else argument(call, -1, *self.framework.handler_names) if call.args else None
        return argument(call, self.framework.handler, *self.framework.handler_names)

    def _between(self, call: ir.Call, handler: ir.Expr, fn: Fn) -> Guards:
        if self.framework.handler != -2:
            return ()
        positional = [arg.value for arg in call.args if arg.name is None]
        return tuple(
            one
            for expr in positional[1:]
            if expr is not handler and not isinstance(expr, ir.Closure | ir.Literal)
            for one in self.handlers.guard(expr, fn)
        )

    def _added(self, name: str, fn: Fn, call: ir.Call) -> None:
        if not isinstance(call.func, ir.Attr):
            return
        routers = self.routers(call.func.base, fn)
        for at, one, line in self._runs(fn, call) if routers else ():
            self._add(name, fn, one, routers, at, line)

    def _add(self, name: str, fn: Fn, call: ir.Call, routers: list[RouterKey | None], at: Fn, line: int) -> None:
        path_at, handler_at, method = (*self.framework.adders[name], "")[:3]
        if method == "args":  # resources: add_resource(Resource, "/a", "/b")
            classes = self.handlers.resolve(call.args[0].value, fn)[1] if call.args else []
            paths = [text for arg in call.args[1:] if arg.name is None for text in self.handlers.paths(arg.value, fn)]
            self._views(at, line, routers, classes, paths, [])
            return
        path_expr = argument(call, int(path_at), *self.framework.path_names)
        handler_expr = argument(call, int(handler_at), *self.framework.handler_names)
        functions, classes = self.handlers.resolve(handler_expr, fn)
        methods = [method] if method else self.handlers.methods(argument(call, -1, *self.framework.methods_names), fn)
        if method == "first":
            methods = self.handlers.methods(argument(call, 0, "method"), fn)
        paths = self.handlers.paths(path_expr, fn)
        if classes and not functions:
            self._views(at, line, routers, classes, paths, methods if method != "ANY" else [])
            return
        handler = functions[0] if functions else None
        name_shown = handler.code.qualname if handler else last_name(handler_expr) if handler_expr is not None else ""
        guards = self._guards(call, fn) + (self.handlers.decorators(handler) + self.handlers.parameters(handler) if handler else ())
        for path in paths:
            for one in methods or [self.framework.default_method or self.framework.any_method]:
                for router in routers:
                    self._emit(at, line, one, path, router, handler, name_shown, guards)

    def _views(self, fn: Fn, line: int, routers: list[RouterKey | None], classes: list[Cls], paths: list[str], methods: list[str]) -> None:
        for cls in classes:
            for method, handler in self.handlers.view_methods(cls):
                if methods and method not in methods:
                    continue
                for path in paths:
                    for router in routers:
                        self._emit(fn, line, method, path, router, handler, handler.code.qualname, self.handlers.decorators(handler))

    def _paths(self, call: ir.Call, fn: Fn) -> list[str]:
        chain = _route_chain(call.func.base) if isinstance(call.func, ir.Attr) else None
        if chain is not None and self.framework.handler == -2:
            return self.handlers.paths(chain.args[0].value, fn) if chain.args else [""]
        expr = argument(call, self.framework.path, *self.framework.path_names)
        paths = self.handlers.paths(expr, fn) if expr is not None else [""]
        if "several" in self.framework.slashes:
            paths += [t for arg in [a for a in call.args if a.name is None][1:] for t in self.handlers.paths(arg.value, fn)]
        return paths

    def _report(
        self,
        name: str,
        call: ir.Call,
        fn: Fn,
        routers: list[RouterKey | None],
        handler: Fn | None,
        expr: ir.Expr | None,
        guards: Guards,
        line: int,
    ) -> None:
        methods = self.handlers.methods(argument(call, -1, *self.framework.methods_names), fn)
        fixed = self.framework.verbs.get(name, "")
        if fixed == "first":  # Method("GET", "/x", handler)
            methods = self.handlers.methods(call.args[0].value, fn) if call.args else []
            fixed = ""
        name_shown = handler.code.qualname if handler is not None else last_name(expr) if expr is not None else ""
        for path in self._paths(call, fn):
            path = self._version(call, fn) + self._split_method(path, methods)
            for method in (
                methods if not fixed and methods else (fixed or self.framework.default_method or self.framework.any_method).split(",")
            ):
                for router in routers:
                    if name in self.framework.websockets:
                        for prefix in self.prefixes(router):
                            where = shown(_hoisted(self._join(prefix.text, path)))
                            self.found.entries.append(FoundEntry(fn.file.path, line, "websocket", where, self.framework.name, handler))
                    else:
                        self._emit(fn, line, method, path, router, handler, name_shown, guards)

    @staticmethod
    def _split_method(path: str, methods: list[str]) -> str:
        """``"GET /x"`` as one text (Go 1.22)."""
        head, _, rest = path.partition(" ")
        if rest and head.lower() in VERBS:
            methods[:] = [head]
            return rest.strip()
        return path

    def _emit(
        self, fn: Fn, line: int, method: str, path: str, router: RouterKey | None, handler: Fn | None, name: str, guards: Guards
    ) -> None:
        for prefix in self.prefixes(router):
            full = shown(_hoisted(self._join(prefix.text, path)))
            self.found.routes.append(
                FoundRoute(
                    fn.file.path, line, method, full if full.startswith("/") else "/" + full, self.framework.name, handler, name, None,
                    prefix.guards + self._around + guards, router,
                )
            )  # fmt: skip

    # Middleware

    def _middleware(self, name: str) -> None:
        for scope, decorator, kind, index in self.on.program.decorated.get(name, ()):
            base = decorator.func if isinstance(decorator, ir.Call) else decorator
            if kind == "function" and isinstance(base, ir.Attr) and self._mine(scope):
                for router in self.routers(base.base, scope):
                    handler = scope.file.functions[index]
                    self.found.middleware.append(
                        FoundMiddleware(scope.file.path, handler.code.line, handler.code.qualname, self.framework.name, (handler,), router)
                    )
        for fn, call in self.on.program.calls.get(name, ()):
            if not isinstance(call.func, ir.Attr) or not self._mine(fn):
                continue
            for router in self.routers(call.func.base, fn):
                self._added_middleware(fn, call, router)

    def _added_middleware(self, fn: Fn, call: ir.Call, router: RouterKey | None) -> None:
        under = ""
        for position, arg in enumerate(call.args):
            if arg.name is not None:
                continue
            if position == 0 and len(call.args) > 1 and self._is_path(arg.value, fn):
                under = self._texts(arg.value, fn)[0]
                continue
            values = self.on.values(arg.value, fn)
            if any(isinstance(v, Obj) and self._is_router(v.path) for v in values):
                continue
            for name, function in self.handlers.guard(arg.value, fn):
                functions = (function,) if function is not None else ()
                self.found.middleware.append(FoundMiddleware(fn.file.path, call.line, name, self.framework.name, functions, router, under))


def _hoisted(path: str) -> str:
    """A path with its version, the innermost that is given, put to the front."""
    versions = _VERSION.findall(path)
    return versions[-1] + with_slash(_VERSION.sub("", path)) if versions else path


def _passes_on(handler: Fn) -> bool:
    """Whether a handler hands the request on (``next()``): then it is middleware, however it was registered."""
    names = [param.name for param in handler.code.params[1:]]
    last = names[-1] if names else ""
    return any(isinstance(call.func, ir.Name) and call.func.id == last and len(call.args) < 2 for call in handler.calls if last)


def _route_chain(base: ir.Expr) -> ir.Call | None:
    """The ``route("/x")`` call in ``router.route("/x").get(a).post(b)``."""
    while isinstance(base, ir.Call) and isinstance(base.func, ir.Attr):
        if base.func.name == "route":
            return base
        base = base.func.base
    return None
