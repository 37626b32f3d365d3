"""Entry points that are not HTTP routes: UI events, pages, chat-platform callbacks, queue consumers, schedulers, commands."""

from __future__ import annotations

import re

from genai_policy.model import ir
from genai_policy.read.catalogue.model import Entry
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, argument, last_name
from genai_policy.read.link.routes.found import Found, FoundEntry, Handlers, written
from genai_policy.read.link.values import Ext, Inst, Obj, plain

_RESULT = re.compile(r"\(\)\[\d+\]")
"""One of several results of a call, as in Go: ``telebot.NewBot()[0]``."""


def find_entries(inference: Inference, found: Found) -> None:
    """Report the entry points the catalogue knows."""
    finder = _Entries(inference, found)
    for entry in inference.catalogue.entries:
        finder.run(entry)


class _Entries:
    def __init__(self, inference: Inference, found: Found) -> None:
        self.on = inference
        self.found = found
        self.handlers = Handlers(inference)

    def run(self, entry: Entry) -> None:
        """All ways one kind of entry is written."""
        if entry.decorators:
            self._decorators(entry)
        if entry.calls:
            self._calls(entry)
        if entry.bases:
            self._classes(entry)
        if entry.page:
            self._pages(entry)

    def _names(self, expr: ir.Expr, fn: Fn) -> list[str]:
        head = expr.func if isinstance(expr, ir.Call) else expr
        names = [written(head)]
        for value in self.on.values(head, fn):
            if isinstance(value, Ext):
                names.append(plain(_RESULT.sub("", value.path)))
        if isinstance(head, ir.Attr):
            for value in self.on.values(head.base, fn):
                if isinstance(value, Obj):
                    names.append(f"{value.path}.{head.name}")
        return names

    def _decorators(self, entry: Entry) -> None:
        patterns = [re.compile(p) for p in entry.decorators]
        for name in sorted(self.on.program.decorated):
            if entry.names and name not in entry.names:
                continue
            for scope, decorator, kind, index in self.on.program.decorated[name]:
                if kind != "function" and entry.kind != "page":
                    continue
                names = self._names(decorator, scope)
                if any(p.search(one) for p in patterns for one in names[1:] or names):
                    handler = scope.file.functions[index] if kind == "function" else self._constructor(scope.file.classes[index])
                    if handler is None:
                        continue
                    self._add(entry, scope.file.path, handler.code.line, handler.code.qualname, handler)

    def _constructor(self, cls: Cls) -> Fn | None:
        """What runs when a page class is opened."""
        for name in self.on.types.speech(cls.file).constructors:
            for method in self.on.types.find_method(cls, cls.code.name if name == "<class>" else name):
                return method
        return None

    def _calls(self, entry: Entry) -> None:
        patterns = [re.compile(p) for p in entry.calls]
        for name in entry.names:
            for fn, call in self.on.program.calls.get(name, ()):
                if not any(p.search(one) for p in patterns for one in self._names(call, fn)[1:]):
                    continue
                expr = argument(call, len(call.args) - 1 if entry.handler == -2 else entry.handler, *entry.handler_names)
                if expr is None:
                    continue
                functions, classes = self.handlers.resolve(expr, fn)
                if entry.methods and not functions:
                    made = (value for value in self.on.values(expr, fn) if isinstance(value, Inst))
                    classes = [*classes, *(self.on.program.cls((value.file, value.index)) for value in made)]
                for handler in functions:
                    self._add(entry, fn.file.path, call.line, handler.code.qualname, handler)
                for cls in classes:
                    self._methods(entry, cls)
                if not functions and not classes and not isinstance(expr, ir.Literal):
                    self._add(entry, fn.file.path, call.line, last_name(expr), None)

    def _classes(self, entry: Entry) -> None:
        patterns = [re.compile(p) for p in entry.bases]
        for file in self.on.program.files.values():
            for cls in file.classes:
                if cls.code.bases and any(p.search(path) for p in patterns for path in self.on.types.ancestors_outside(cls)):
                    self._methods(entry, cls)

    def _methods(self, entry: Entry, cls: Cls) -> None:
        for name in self._served(cls) if entry.methods == ["*"] else entry.methods:
            for index in cls.methods.get(name, ()):
                handler = cls.file.functions[index]
                self._add(entry, cls.file.path, handler.code.line, handler.code.qualname, handler)

    def _served(self, cls: Cls) -> list[str]:
        """The methods of a class that others can call, constructors aside."""
        makers = {cls.code.name if name == "<class>" else name for name in self.on.types.speech(cls.file).constructors}
        return [
            name
            for name, found in cls.methods.items()
            if name not in makers and name[:1] != "_" and not all("private" in cls.file.functions[one].code.flags for one in found)
        ]

    def _pages(self, entry: Entry) -> None:
        pattern = re.compile(entry.page)
        for file in self.on.program.files.values():
            module = file.functions[0]
            for call in module.calls:
                if any(isinstance(v, Ext) and pattern.search(plain(v.path)) for v in self.on.callees(module, call)):
                    self._add(entry, file.path, call.line, file.path.rpartition("/")[2], module)
                    break

    def _add(self, entry: Entry, file: str, line: int, name: str, handler: Fn | None) -> None:
        self.found.entries.append(FoundEntry(file, line, entry.kind, name, entry.framework, handler))
