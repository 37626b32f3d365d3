"""What a NestJS application puts before the paths of its controllers: global prefix, versions, router modules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, argument, last_name
from genai_policy.read.link.values import HOLE, ClassVal, Const, Text

_VERSION_TYPES = frozenset({"HEADER", "MEDIA_TYPE", "CUSTOM"})
_NEUTRAL = "VERSION_NEUTRAL"


class NestSettings:
    """Reads ``setGlobalPrefix``, ``enableVersioning`` and ``RouterModule.register`` of all applications in the tree."""

    def __init__(self, inference: Inference) -> None:
        self.on = inference
        self._globals = [self._global(fn, call) for fn, call in inference.program.calls.get("setGlobalPrefix", ())]
        enabled = [self._versioning(fn, call) for fn, call in inference.program.calls.get("enableVersioning", ())]
        self._versions = [one for one in enabled if one is not None]
        self._modules: dict[tuple[str, int], str] = {}
        for name in ("register", "forRoot"):
            for fn, call in inference.program.calls.get(name, ()):
                if isinstance(call.func, ir.Attr) and last_name(call.func.base) == "RouterModule" and call.args:
                    self._router_module(call.args[0].value, fn, "", 0)
        self._controllers = dict(self._controller_prefixes())

    def prefixes(self, cls: Cls, path: str, method: str, version: list[str] | None) -> list[str]:
        """Everything that may stand before ``path`` of the controller ``cls``; ``version`` is what it asks for itself."""
        head = ""
        chosen = _nearest(cls.file.path, self._globals)
        if chosen is not None and not any(_excludes(pattern, method, path) for pattern in chosen[2]):
            head = "/" + chosen[1].strip("/") if chosen[1].strip("/") else ""
        module = self._controllers.get(cls.key, "")
        versioning = _nearest(cls.file.path, self._versions)
        if versioning is None:
            return [head + module]
        _, mark, defaults = versioning
        asked = version if version is not None else defaults
        return [f"{head}/{mark}{one}{module}" if one not in ("", HOLE) else head + module for one in asked] or [head + module]

    def listed(self, module: ir.Expr, key: str, scope: Fn) -> Iterator[ir.Group]:
        """Object literals in a list of a module's options."""
        given = option(module, key)
        for item in given.items if isinstance(given, ir.Group) else ():
            if isinstance(item.value, ir.Group):
                yield item.value

    def _global(self, fn: Fn, call: ir.Call) -> tuple[str, str, list[str]]:
        texts = [text for text in self.on.texts(argument(call, 0), fn) if HOLE not in text]
        excluded: list[str] = []
        options = argument(call, 1)
        given = option(options, "exclude") if options is not None else None
        for item in given.items if isinstance(given, ir.Group) else ():
            expr, verb = option(item.value, "path") or item.value, option(item.value, "method")
            only = last_name(verb) if verb is not None and last_name(verb) != "ALL" else ""
            excluded.extend(f"{only} {text}" for text in self.on.texts(expr, fn) if HOLE not in text)
        return fn.file.path, texts[0] if texts else "", excluded

    def _versioning(self, fn: Fn, call: ir.Call) -> tuple[str, str, list[str]] | None:
        """File, mark before the version and default versions; None when versions are not in the path."""
        options = argument(call, 0)
        kind = option(options, "type") if options is not None else None
        if kind is not None and last_name(kind) in _VERSION_TYPES:
            return None
        prefix = option(options, "prefix") if options is not None else None
        mark = "v"
        if prefix is not None:
            values = self.on.values(prefix, fn)
            mark = next((v.value for v in values if isinstance(v, Text)), "" if any(isinstance(v, Const) for v in values) else "v")
        default = option(options, "defaultVersion") if options is not None else None
        parts = [item.value for item in default.items] if isinstance(default, ir.Group) else [default] if default is not None else []
        texts = [text for part in parts if last_name(part) != _NEUTRAL for text in self.on.texts(part, fn)]
        return fn.file.path, mark, [text for text in texts if HOLE not in text]

    def _router_module(self, expr: ir.Expr, fn: Fn, above: str, depth: int) -> None:
        groups = [expr] if isinstance(expr, ir.Group) else [group for _, group, _ in self.on.items(expr, fn)]
        for group in groups if depth < 6 else ():
            for item in group.items if isinstance(group, ir.Group) else ():
                path = option(item.value, "path")
                texts = self.on.texts(path, fn) if path is not None else [""]
                full = above + ("/" + texts[0].strip("/") if texts[0].strip("/") else "")
                module = option(item.value, "module")
                for value in self.on.values(module, fn) if module is not None else ():
                    if isinstance(value, ClassVal):
                        self._modules[(value.file, value.index)] = full
                children = option(item.value, "children")
                if children is not None:
                    self._router_module(children, fn, full, depth + 1)

    def _controller_prefixes(self) -> Iterator[tuple[tuple[str, int], str]]:
        for key, prefix in self._modules.items():
            cls = self.on.program.cls(key)
            scope = cls.scope or cls.file.functions[0]
            for decorator in cls.code.decorators:
                given = option(decorator.args[0].value, "controllers") if isinstance(decorator, ir.Call) and decorator.args else None
                for item in given.items if isinstance(given, ir.Group) else ():
                    for value in self.on.values(item.value, scope):
                        if isinstance(value, ClassVal):
                            yield (value.file, value.index), prefix


def option(expr: ir.Expr | None, name: str) -> ir.Expr | None:
    """The member ``name`` of an object literal."""
    if isinstance(expr, ir.Group):
        for item in expr.items:
            if isinstance(item.key, ir.Literal) and item.key.value == name:
                return item.value
    return None


def _nearest(path: str, settings: list[tuple[str, str, list[str]]]) -> tuple[str, str, list[str]] | None:
    """The setting made closest to ``path`` in the tree; an application says it once."""
    return max(settings, key=lambda one: (_shared(one[0], path), one[0]), default=None)


def _shared(one: str, other: str) -> int:
    """How many folders two paths have in common."""
    folders = zip(one.split("/")[:-1], other.split("/")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], folders))


def _excludes(pattern: str, method: str, path: str) -> bool:
    """``pattern`` is a method (or nothing), a space and a path; ``(.*)`` and ``*name`` stand for any rest, a bare ``*`` for itself."""
    only, _, wanted = pattern.partition(" ")
    if only and only != method:
        return False
    wild = re.search(r"(\(\.\*\)|\*\w+)\}?$", wanted)
    given = path.strip("/")
    return given.startswith(wanted[: wild.start()].strip("/{")) if wild else wanted.strip("/") == given
