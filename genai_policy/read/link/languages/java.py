"""How Java names lead from file to file: packages span directories, member classes are found by their simple name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from genai_policy.model import ir
from genai_policy.read.link.conventions import Conventions
from genai_policy.read.link.program import Binding, Cls, File, Program
from genai_policy.read.link.values import ClassVal, Ext, Value

_LANG = frozenset(
    {
        "Object", "String", "StringBuilder", "StringBuffer", "Integer", "Long", "Double", "Float", "Boolean", "Character", "Byte", "Short",
        "Number", "Math", "System", "Thread", "Runnable", "Runtime", "Process", "ProcessBuilder", "Class", "Enum", "Record", "Iterable",
        "Comparable", "CharSequence", "AutoCloseable", "Throwable", "Exception", "RuntimeException", "Error", "ThreadLocal", "Void",
        "Override", "Deprecated", "SuppressWarnings", "FunctionalInterface", "SafeVarargs",
    }
)  # fmt: skip


class JavaConventions(Conventions):
    """Imports and packages by declared package name, so that the modules of one build are one program."""

    language = "java"
    self_names = frozenset({"this"})
    constructors = ("<class>", "<init>")
    implicit_members = True

    def __init__(self, program: Program, texts: Mapping[str, str], installed: frozenset[str] = frozenset()) -> None:
        super().__init__(program, texts, installed)
        self._packages: dict[str, list[File]] = {}
        self._classes: dict[str, Cls] = {}
        self._peers: dict[str, list[File]] = {}
        for file in program.files.values():
            if file.ir.language != "java":
                continue
            self._packages.setdefault(file.ir.package, []).append(file)
            for cls in file.classes:
                if "anonymous" not in cls.code.flags:
                    dotted = f"{file.ir.package}.{cls.code.qualname}" if file.ir.package else cls.code.qualname
                    self._classes.setdefault(dotted, cls)
        for files in self._packages.values():
            for file in files:
                self._bind_outside_stars(file)

    def import_target(self, file: File, imp: ir.Import) -> tuple[Value | None, str | None]:
        if imp.name is None or imp.name == "*":
            return Ext(imp.module), imp.name
        outer = self._classes.get(imp.module)
        if outer is not None:
            return ClassVal(outer.file.path, outer.index), imp.name
        cls = self._classes.get(f"{imp.module}.{imp.name}")
        if cls is not None:
            return ClassVal(cls.file.path, cls.index), None
        return Ext(imp.module), imp.name

    def peers(self, file: File) -> Sequence[File]:
        found = self._peers.get(file.path)
        if found is None:
            names = dict.fromkeys([file.ir.package, *(imp.module for imp in file.stars)])
            found = [one for name in names for one in self._packages.get(name, ()) if one is not file]
            for imp in file.stars:
                outer = self._classes.get(imp.module)
                if outer is not None and outer.file is not file:
                    found.append(outer.file)
            self._peers[file.path] = found
        return found

    def builtin(self, name: str) -> Value | None:
        return Ext(f"java.lang.{name}") if name in _LANG else None

    def _bind_outside_stars(self, file: File) -> None:
        """Bind the class names that only an on-demand import of a package outside the tree can explain."""
        outside = [imp for imp in file.stars if imp.module not in self._packages and imp.module not in self._classes]
        if not outside:
            return
        bindings = file.functions[0].bindings
        visible = self.peers(file)
        for name in sorted(_class_names(file.ir)):
            if name in bindings or name in _LANG or any(name in peer.functions[0].bindings for peer in visible):
                continue
            bindings[name] = [Binding("import", ir.Import(imp.line, name, imp.module, name), (), imp.line) for imp in outside]


def _class_names(code: ir.FileIR) -> set[str]:
    """Bare names in a file that look like classes."""
    return {node.id for node in _nodes(code) if isinstance(node, ir.Name) and node.id[:1].isupper()}


def _nodes(root: Any) -> Iterator[Any]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(part for part in node if isinstance(part, Struct | tuple))
        else:
            yield node
            waiting.extend(part for name in node.__struct_fields__ if isinstance(part := getattr(node, name), Struct | tuple))
