"""Routes written as tables: web.py tuples, Tornado handler lists, Starlette ``Route`` lists, aiohttp ``web.get`` lists."""

from __future__ import annotations

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, argument, last_name
from genai_policy.read.link.routes.found import Found, FoundEntry, FoundRoute, Handlers, join_paths, shown, with_slash
from genai_policy.read.link.values import HOLE, ClassVal, Coll, Ext, Mod, Text, plain

_WEB_PY = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD")
_TORNADO = ("get", "post", "put", "delete", "patch", "head", "options")
_AIOHTTP = {"get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE", "patch": "PATCH", "view": "ANY", "route": ""}


def find_table_routes(inference: Inference, found: Found) -> None:
    """Report routes of frameworks that take them as data."""
    _Tables(inference, found).run()


class _Tables:
    def __init__(self, inference: Inference, found: Found) -> None:
        self.on = inference
        self.found = found
        self.handlers = Handlers(inference)

    def run(self) -> None:
        """Look at every call that takes such a table."""
        for fn, call in self.on.program.calls.get("application", ()):
            if self._is(fn, call, "web.application"):
                self._web_py(fn, call)
        for name in ("Application", "add_handlers", "Rule", "RuleRouter"):
            for fn, call in self.on.program.calls.get(name, ()):
                if fn.file.ir.language == "python" and (self._is(fn, call, "tornado") or self._tornado_subclass(fn, call)):
                    self._tornado(fn, call)
        for fn, call in self.on.program.calls.get("__init__", ()):
            if fn.file.ir.language == "python" and self._tornado_own(fn):
                self._tornado(fn, call)
        for name in ("Route", "WebSocketRoute", "Mount"):
            for fn, call in self.on.program.calls.get(name, ()):
                if self._is(fn, call, "starlette.routing") or self._is(fn, call, "fastapi.routing"):
                    self._starlette(name, fn, call)
        for name in _AIOHTTP:
            for fn, call in self.on.program.calls.get(name, ()):
                if self._is(fn, call, f"aiohttp.web.{name}"):
                    self._aiohttp(name, fn, call)

    def _is(self, fn: Fn, call: ir.Call, prefix: str) -> bool:
        return self.on.program.imports(prefix.split(".", 1)[0]) and any(
            isinstance(v, Ext) and (plain(v.path) == prefix or plain(v.path).startswith(prefix + ".")) for v in self.on.callees(fn, call)
        )

    def _tornado_subclass(self, fn: Fn, call: ir.Call) -> bool:
        """A subclass of Application that is constructed with a table."""
        for value in self.on.callees(fn, call):
            if isinstance(value, ClassVal):
                outside = self.on.types.ancestors_outside(self.on.program.cls((value.file, value.index)))
                return any(path.startswith("tornado.web") for path in outside)
        return False

    def _tornado_own(self, fn: Fn) -> bool:
        """Whether a function belongs to an application class (``super().__init__(handlers)``)."""
        owner = self.on.owner(fn)
        outside = self.on.types.ancestors_outside(owner) if owner is not None else ()
        return any(path.startswith("tornado.web.Application") for path in outside)

    # web.py

    def _web_py(self, fn: Fn, call: ir.Call) -> None:
        table = argument(call, 0, "mapping")
        if table is None:
            return
        for prefix in self._web_py_prefixes(fn, call):
            for value in self.on.values(table, fn):
                if isinstance(value, Coll):
                    home, group, _ = self.on.groups[value.number]
                    for path, handler in zip(group.items[::2], group.items[1::2], strict=False):
                        self._web_py_row(home, path.value, handler.value, prefix)

    def _web_py_prefixes(self, fn: Fn, call: ir.Call) -> list[str]:
        """Paths under which another application's table holds this one."""
        names = [name for name, bindings in fn.bindings.items() if any(b.node is call for b in bindings)]
        found: list[str] = []
        for other_fn, other in self.on.program.calls.get("application", ()) if names else ():
            table = argument(other, 0, "mapping")
            for value in self.on.values(table, other_fn) if table is not None and other is not call else ():
                if isinstance(value, Coll):
                    home, group, _ = self.on.groups[value.number]
                    for path, handler in zip(group.items[::2], group.items[1::2], strict=False):
                        if isinstance(handler.value, ir.Name) and handler.value.id in names:
                            found.extend(self.on.texts(path.value, home))
        return list(dict.fromkeys(found)) or [""]

    def _web_py_row(self, fn: Fn, path: ir.Expr, handler: ir.Expr, prefix: str = "") -> None:
        for cls in self._web_py_class(fn, handler):
            for method, function in self.handlers.view_methods(cls, tuple(m.lower() for m in _WEB_PY)):
                for text in self.on.texts(path, fn):
                    self.found.routes.append(
                        FoundRoute(
                            fn.file.path,
                            path.line,
                            method,
                            with_slash(shown(join_paths(prefix, text))),
                            "web.py",
                            function,
                            function.code.qualname,
                            cls,
                        )
                    )

    def _web_py_class(self, fn: Fn, handler: ir.Expr) -> list[Cls]:
        found: list[Cls] = []
        for value in self.on.values(handler, fn):
            if isinstance(value, ClassVal):
                found.append(self.on.program.cls((value.file, value.index)))
            elif isinstance(value, Text):
                owner, _, name = value.value.rpartition(".")
                module = self._module(fn, owner) if owner else Mod(fn.file.path)
                for one in self.on.members([module], name) if module is not None else ():
                    if isinstance(one, ClassVal):
                        found.append(self.on.program.cls((one.file, one.index)))
        return found

    def _module(self, fn: Fn, dotted: str) -> Mod | None:
        find = getattr(self.on.types.speech(fn.file), "find", None)
        value = find(fn.file, dotted) if find and HOLE not in dotted else None
        return value if isinstance(value, Mod) else None

    # Tornado

    def _tornado(self, fn: Fn, call: ir.Call) -> None:
        for arg in call.args:
            for value in self.on.values(arg.value, fn):
                if isinstance(value, Coll):
                    home, group, _ = self.on.groups[value.number]
                    for item in group.items:
                        self._tornado_row(home, item.value)

    def _tornado_row(self, fn: Fn, row: ir.Expr) -> None:
        parts: list[ir.Expr] = []
        if isinstance(row, ir.Group):
            parts = [item.value for item in row.items]
        elif isinstance(row, ir.Call) and last_name(row.func) in ("url", "URLSpec", "Rule", "PathMatches"):
            parts = [arg.value for arg in row.args if arg.name is None]
        if len(parts) < 2:
            return
        for cls in self.handlers.resolve(parts[1], fn)[1]:
            socket = any(path.endswith("WebSocketHandler") for path in self.on.types.ancestors_outside(cls))
            for text in self.on.texts(parts[0], fn):
                path = with_slash(shown(text).lstrip("^").removesuffix("$"))
                if socket:
                    opened = next(iter(self.on.types.find_method(cls, "on_message")), None)
                    self.found.entries.append(FoundEntry(fn.file.path, row.line, "websocket", path, "Tornado", opened))
                    continue
                for method, function in self.handlers.view_methods(cls, _TORNADO):
                    self.found.routes.append(
                        FoundRoute(fn.file.path, row.line, method, path, "Tornado", function, function.code.qualname, cls)
                    )

    # Starlette

    def _starlette(self, name: str, fn: Fn, call: ir.Call) -> None:
        path = argument(call, 0, "path")
        handler = argument(call, 1, "endpoint", "app")
        for prefix in self._mounts_over(fn, call):
            for text in self.on.texts(path, fn):
                full = with_slash(shown(join_paths(prefix, text)))
                if name == "Mount":
                    continue
                functions, classes = self.handlers.resolve(handler, fn)
                if name == "WebSocketRoute":
                    self.found.entries.append(
                        FoundEntry(fn.file.path, call.line, "websocket", full, "Starlette", functions[0] if functions else None)
                    )
                    continue
                methods = self.handlers.methods(argument(call, -1, "methods"), fn) or ["GET"]
                for function in functions[:1]:
                    for method in methods:
                        self.found.routes.append(
                            FoundRoute(fn.file.path, call.line, method, full, "Starlette", function, function.code.qualname)
                        )
                for cls in classes:
                    for method, function in self.handlers.view_methods(cls):
                        self.found.routes.append(
                            FoundRoute(fn.file.path, call.line, method, full, "Starlette", function, function.code.qualname, cls)
                        )
                if not functions and not classes:
                    for method in methods:
                        self.found.routes.append(
                            FoundRoute(fn.file.path, call.line, method, full, "Starlette", None, last_name(handler) if handler else "")
                        )

    def _mounts_over(self, fn: Fn, call: ir.Call) -> list[str]:
        """Prefixes of ``Mount("/p", routes=[…this call…])`` around the call."""
        for other_fn, other in self.on.program.calls.get("Mount", ()):
            routes = argument(other, 1, "routes")
            if other_fn.file is fn.file and isinstance(routes, ir.Group) and any(item.value is call for item in routes.items):
                return [
                    join_paths(above, text)
                    for above in self._mounts_over(other_fn, other)
                    for text in self.on.texts(argument(other, 0, "path"), other_fn)
                ]
        return [""]

    # aiohttp

    def _aiohttp(self, name: str, fn: Fn, call: ir.Call) -> None:
        shift = 1 if name == "route" else 0
        method = _AIOHTTP[name] or next(iter(self.handlers.methods(argument(call, 0, "method"), fn)), "ANY")
        functions, classes = self.handlers.resolve(argument(call, 1 + shift, "handler"), fn)
        for text in self.on.texts(argument(call, shift, "path"), fn):
            path = with_slash(shown(text))
            for function in functions[:1]:
                self.found.routes.append(FoundRoute(fn.file.path, call.line, method, path, "aiohttp", function, function.code.qualname))
            for cls in classes:
                for verb, function in self.handlers.view_methods(cls):
                    self.found.routes.append(
                        FoundRoute(fn.file.path, call.line, verb, path, "aiohttp", function, function.code.qualname, cls)
                    )
