"""Routes that a file's place in the tree declares: Next.js (app and pages), Nuxt and Nitro, SvelteKit. Pages and actions are entries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import File, Fn, last_name
from genai_policy.read.link.routes.found import Found, FoundEntry, FoundRoute, Handlers
from genai_policy.read.link.values import FnVal

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_CODE = r"\.(?:ts|tsx|js|jsx|mjs|cjs|mts)$"
_APP_ROUTE = re.compile(r"(?:^|/)app/(?P<path>(?:.*/)?)route" + _CODE)
_APP_PAGE = re.compile(r"(?:^|/)app/(?:.*/)?page" + _CODE)
_PAGES_API = re.compile(r"(?:^|/)pages/(?P<path>api/.*?)" + _CODE)
_VERB = r"(?:\.(?P<method>get|post|put|patch|delete|head|options))?"
_NITRO = re.compile(r"^(?P<root>(?:.*?/)??)(?:server/)?(?P<kind>api|routes)/(?P<path>.*?)" + _VERB + _CODE)
_KIT_SERVER = re.compile(r"^(?:.*?/)?src/routes/(?P<path>(?:.*/)?)\+server" + _CODE)
_KIT_PAGE = re.compile(r"^(?:.*?/)?src/routes/(?P<path>(?:.*/)?)\+(?:page|layout)\.server" + _CODE)
_NOT_SEGMENTS = re.compile(r"^(?:\(.*\)|@.*)$")
_NITRO_CONFIGS = ("nuxt.config.ts", "nuxt.config.js", "nuxt.config.mjs", "nitro.config.ts", "nitro.config.js", "nitro.config.mjs")
_NEXT_CONFIGS = tuple(f"next.config.{suffix}" for suffix in ("js", "mjs", "ts", "cjs"))


class _Public(NamedTuple):
    """What a file makes public under one name."""

    handler: Fn | None
    line: int
    name: str
    guards: tuple[tuple[str, Fn | None], ...] = ()


def find_file_routes(inference: Inference, found: Found) -> None:
    """Report the routes and entries that files declare by their place."""
    finder = _Finder(inference, found)
    for path, file in inference.program.files.items():
        if file.ir.language in ("typescript", "javascript"):
            finder.file(path, file)


class _Finder:
    def __init__(self, inference: Inference, found: Found) -> None:
        self.on = inference
        self.found = found
        self.handlers = Handlers(inference)
        self._next = self._uses("next", _NEXT_CONFIGS)
        self._nitro = {path.rpartition("/")[0] for path in inference.program.files if path.rpartition("/")[2] in _NITRO_CONFIGS}

    def _uses(self, package: str, configs: tuple[str, ...]) -> bool:
        files = self.on.program.files.values()
        return any(file.path.rpartition("/")[2] in configs for file in files) or any(
            imp.module == package or imp.module.startswith(package + "/") for file in files for imp in file.ir.imports
        )

    def file(self, path: str, file: File) -> None:
        """Report what one file declares."""
        self._server_actions(file)
        app, kit = self._below(_APP_ROUTE, path), _KIT_SERVER.match(path)
        if app is not None:
            self._methods(file, self._base(path[: app.start()]) + _next_path(app["path"]), "next")
        elif kit is not None:
            self._methods(file, _kit_path(kit["path"]), "sveltekit")
        elif self._next and (found := self._below(_PAGES_API, path)) is not None:
            self._pages_api(file, self._base(path[: found.start()]) + _index_path(found["path"]))
        elif (found := _NITRO.match(path)) is not None and found["root"].rstrip("/") in self._nitro:
            self._nitro_route(file, found)
        elif self._next and _APP_PAGE.search(path) is not None:
            self._page(file, "next")
        elif _KIT_PAGE.match(path) is not None:
            self._kit_page(file)

    def _below(self, pattern: re.Pattern[str], path: str) -> re.Match[str] | None:
        """The place of a folder such as ``app/``: right below a Next.js configuration (or its ``src/``), else the first."""
        first = found = pattern.search(path)
        while found is not None:
            if self._config(path[: found.start()]) is not None:
                return found
            found = pattern.search(path, found.start() + 1)
        return first

    def _config(self, root: str) -> File | None:
        directory = (root + "/" if root else "").removesuffix("src/")
        return next((self.on.program.files[directory + name] for name in _NEXT_CONFIGS if directory + name in self.on.program.files), None)

    # Kinds of files

    def _methods(self, file: File, path: str, framework: str) -> None:
        """Functions named after HTTP methods, exported."""
        for method in (*_METHODS, *(("fallback",) if framework == "sveltekit" else ())):
            public = self._public(file, method)
            if public is not None:
                self._route(file, public, "ANY" if method == "fallback" else method, path, framework)

    def _pages_api(self, file: File, path: str) -> None:
        public = self._public(file, "default")
        if public is not None:
            methods = sorted(_methods_asked(public.handler)) if public.handler is not None else []
            self._route(file, public, ",".join(methods) or "ANY", path, "next")

    def _nitro_route(self, file: File, match: re.Match[str]) -> None:
        public = self._public(file, "default")
        if public is not None:
            prefix = "/api" if match["kind"] == "api" else ""
            self._route(file, public, (match["method"] or "any").upper(), prefix + _index_path(match["path"]), "nitro")

    def _page(self, file: File, framework: str) -> None:
        public = self._public(file, "default")
        if public is not None and public.handler is not None and "use client" not in file.ir.directives:
            name = public.handler.code.qualname
            self.found.entries.append(FoundEntry(file.path, public.line, "page", name, framework, public.handler))

    def _kit_page(self, file: File) -> None:
        load = self._public(file, "load")
        if load is not None and load.handler is not None:
            self.found.entries.append(FoundEntry(file.path, load.line, "page", "load", "sveltekit", load.handler))
        for export in file.ir.exports:
            if export.public == "actions":
                for key, value, home in self.on.items(export.value, file.functions[0]):
                    functions, _ = self.handlers.resolve(value, home)
                    name = str(key.value) if isinstance(key, ir.Literal) else "action"
                    for function in functions[:1]:
                        self.found.entries.append(FoundEntry(file.path, function.code.line, "server-action", name, "sveltekit", function))

    def _server_actions(self, file: File) -> None:
        """Exported functions of a ``use server`` file, and functions marked so themselves, can be called by the browser."""
        whole = "use server" in file.ir.directives
        for fn in file.functions[1:]:
            flags = fn.code.flags
            if "use-server" in flags or (whole and "exported" in flags and "async" in flags):
                self.found.entries.append(FoundEntry(file.path, fn.code.line, "server-action", fn.code.qualname, "next", fn))

    # Parts

    def _route(self, file: File, public: _Public, method: str, path: str, framework: str) -> None:
        handler = public.handler
        name = handler.code.qualname if handler is not None else public.name
        self.found.routes.append(FoundRoute(file.path, public.line, method, path or "/", framework, handler, name, None, public.guards))

    def _public(self, file: File, name: str) -> _Public | None:
        """The function a file exports as ``name``; wrappers round it become guards."""
        for export in file.ir.exports:
            if export.public == name:
                return self._resolved(export.value, file.functions[0], export.line, name)
        for imp in file.ir.imports:
            if imp.reexport and imp.local == name:
                for value in self.on.values(ir.Name(imp.line, name), file.functions[0]):
                    if isinstance(value, FnVal):
                        return _Public(self.on.program.fn((value.file, value.index)), imp.line, name)
                return _Public(None, imp.line, name)
        return None

    def _resolved(self, expr: ir.Expr, fn: Fn, line: int, name: str) -> _Public:
        guards: list[tuple[str, Fn | None]] = []
        for written in self._written(expr, fn):
            handler, wrappers = self._unwrapped(written, fn, 0)
            guards.extend((wrapper, None) for wrapper in wrappers)
            if handler is not None:
                return _Public(handler, handler.code.line, name, tuple(guards))
        functions, _ = self.handlers.resolve(expr, fn)
        return _Public(functions[0] if functions else None, functions[0].code.line if functions else line, name, tuple(guards))

    @staticmethod
    def _written(expr: ir.Expr, fn: Fn) -> Iterator[ir.Expr]:
        """The expression itself, or what is assigned to the variable it names (destructured parts have no expression of their own)."""
        if isinstance(expr, ir.Name):
            for binding in fn.bindings.get(expr.id, ()):
                if binding.kind == "value" and not binding.path:
                    yield binding.node
        else:
            yield expr

    def _unwrapped(self, expr: ir.Expr, fn: Fn, depth: int) -> tuple[Fn | None, list[str]]:
        """The function inside ``withAuth(handler)``, ``defineEventHandler({ handler })``, and the names of what is round it."""
        while isinstance(expr, ir.Op) and expr.op in ("await", "cast") and expr.operands:
            expr = expr.operands[0]
        if isinstance(expr, ir.Closure):
            return fn.file.functions[expr.function], []
        if isinstance(expr, ir.Call) and depth < 5:
            for inner in _handed(expr):
                handler, wrappers = self._unwrapped(inner, fn, depth + 1)
                if handler is not None:
                    return handler, [last_name(expr.func), *wrappers]
        if isinstance(expr, ir.Name | ir.Attr) and depth:
            for value in self.on.values(expr, fn):
                if isinstance(value, FnVal):
                    return self.on.program.fn((value.file, value.index)), []
        return None, []

    def _base(self, root: str) -> str:
        """``basePath`` of the Next.js configuration beside (or above ``src/`` of) the routes."""
        config = self._config(root)
        for fn in config.functions if config is not None else ():
            for binding in (one for bindings in fn.bindings.values() for one in bindings if one.kind == "value"):
                for item in binding.node.items if isinstance(binding.node, ir.Group) else ():
                    key = item.key.value if isinstance(item.key, ir.Literal) else ""
                    if key == "basePath" and isinstance(item.value, ir.Literal) and isinstance(item.value.value, str):
                        return item.value.value.rstrip("/")
        return ""


def _handed(call: ir.Call) -> Iterator[ir.Expr]:
    """What a wrapper may have been given as the function to call: its last arguments first; members of an options object too."""
    for arg in reversed(call.args):
        if isinstance(arg.value, ir.Group) and arg.value.kind == "dict":
            for item in arg.value.items:
                if isinstance(item.key, ir.Literal) and item.key.value in ("handler", "fetch", "onRequest"):
                    yield item.value
        else:
            yield arg.value
    if isinstance(call.func, ir.Call):
        yield call.func


def _next_path(path: str) -> str:
    """``(group)/users/[id]/`` to ``/users/[id]``."""
    kept = [part for part in path.split("/") if part and not _NOT_SEGMENTS.match(part)]
    return "".join(f"/{re.sub(r'^(?:[(][.]+[)])+', '', part)}" for part in kept)


def _kit_path(path: str) -> str:
    kept = [part for part in path.split("/") if part and not _NOT_SEGMENTS.match(part)]
    return "".join("/" + re.sub(r"=\w+\]", "]", part) for part in kept)


def _index_path(path: str) -> str:
    parts = [part for part in path.split("/") if part and not _NOT_SEGMENTS.match(part)]
    if parts and parts[-1] == "index":
        parts.pop()
    return "".join("/" + part for part in parts)


def _methods_asked(fn: Fn) -> set[str]:
    """HTTP methods that a handler compares ``req.method`` with."""
    found: set[str] = set()
    waiting: list[object] = [*fn.code.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ir.Op) and node.op in ("==", "===", "!=", "!=="):
            texts = [one.value for one in node.operands if isinstance(one, ir.Literal)]
            if any(last_name(one) == "method" for one in node.operands):
                found.update(str(text) for text in texts if text in _METHODS)
        if isinstance(node, ir.Switch) and node.subject is not None and last_name(node.subject) == "method":
            patterns = [one for case in node.cases for one in case.patterns]
            found.update(str(one.value) for one in patterns if isinstance(one, ir.Literal) and one.value in _METHODS)
        if isinstance(node, tuple):
            waiting.extend(node)
        elif hasattr(node, "__struct_fields__"):
            waiting.extend(getattr(node, name) for name in node.__struct_fields__)
    return found
