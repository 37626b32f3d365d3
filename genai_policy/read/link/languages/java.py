"""How Java names lead from file to file: packages span directories, member classes are found by their simple name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from genai_policy.model import ir
from genai_policy.read.link.conventions import Conventions
from genai_policy.read.link.program import Binding, Cls, File, Fn, Program
from genai_policy.read.link.values import ClassVal, Ext, Inst, Value

if TYPE_CHECKING:
    from genai_policy.read.link.infer import Inference

_LANG = frozenset(
    {
        "Object", "String", "StringBuilder", "StringBuffer", "Integer", "Long", "Double", "Float", "Boolean", "Character", "Byte", "Short",
        "Number", "Math", "System", "Thread", "Runnable", "Runtime", "Process", "ProcessBuilder", "Class", "Enum", "Record", "Iterable",
        "Comparable", "CharSequence", "AutoCloseable", "Throwable", "Exception", "RuntimeException", "Error", "ThreadLocal", "Void",
        "Override", "Deprecated", "SuppressWarnings", "FunctionalInterface", "SafeVarargs",
    }
)  # fmt: skip


#: First parts of package names, for names written out in full.
_ROOTS = frozenset({"org", "com", "cn", "io", "java", "javax", "jakarta", "dev", "net", "me", "top", "ai", "software", "kong", "reactor"})
#: Members that give the instance of the class they are handed, and members of collections, streams and optionals.
_BEAN = frozenset({"getBean", "getBeanProvider", "getInstance", "lookup", "getIfAvailable"})
_STREAM = frozenset(
    {"stream", "parallelStream", "filter", "sorted", "distinct", "limit", "skip", "peek", "toList", "collect", "values", "iterator",
     "reversed", "findFirst", "findAny", "min", "max", "of", "ofNullable", "boxed", "parallel", "sequential", "unordered"}
)  # fmt: skip
_GETTER = re.compile(r"(?:get|is)([A-Z])(\w*)$")
_ELEMENT = frozenset({"findFirst", "findAny", "orElse", "orElseThrow", "orElseGet", "getFirst", "getLast", "next", "min", "max"})
_EACH = frozenset(
    {"forEach", "map", "flatMap", "filter", "peek", "anyMatch", "allMatch", "noneMatch", "mapToObj", "ifPresent", "ifPresentOrElse",
     "forEachOrdered", "removeIf", "sorted", "takeWhile", "dropWhile", "collect", "toMap", "computeIfPresent"}
)  # fmt: skip
_CALLED_BACK = re.compile(
    r"(Listener|Callback|Handler|Observer|Subscriber|Client|Thread|Runnable|Callable|Task|Consumer|Function|Supplier|Interceptor|Adapter|Action"
    r"|Hook|Job|Advisor|Processor|Publisher|Sink)(Support|Base)?$"
)


class JavaConventions(Conventions):
    """Imports and packages by declared package name, so that the modules of one build are one program."""

    language = "java"
    self_names = frozenset({"this"})
    constructors = ("<class>", "<init>")
    implicit_members = True
    has_listeners = True
    functions_are_objects = True

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
                if "anonymous" in cls.code.flags:
                    file.functions[0].bindings[cls.code.qualname] = [Binding("class", cls.index, (), cls.code.line)]
                else:
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
        return Ext(f"java.lang.{name}") if name in _LANG else Ext(name) if name in _ROOTS else None

    def method_values(self, on: Inference, call: ir.Call, func: ir.Attr, fn: Fn) -> list[Value]:
        if func.name in _BEAN and call.args:
            return [Inst(v.file, v.index) for arg in call.args for v in on.eval(arg.value, fn) if isinstance(v, ClassVal)]
        if not call.args and (read := self._accessed(on, func, fn)):
            return read
        if func.name == "build":
            return [Ext(f"{path}()") for path in self._built(on, func.base, fn)]
        if func.name in _ELEMENT or (func.name == "get" and not call.args):
            source = _source(func.base)
            return on.elements(source, None, fn) if source is not None else []
        return []

    @staticmethod
    def _accessed(on: Inference, func: ir.Attr, fn: Fn) -> list[Value]:
        """What an accessor that nobody wrote gives: ``x.name()`` of a record, ``x.getName()`` that an annotation makes."""
        names = [func.name]
        match = _GETTER.match(func.name)
        if match:
            names.append(match.group(1).lower() + match.group(2))
        found: list[Value] = []
        for value in on.eval(func.base, fn):
            if isinstance(value, Inst):
                family = [one for one in on.types.mro(on.program.cls((value.file, value.index))) if isinstance(one, Cls)]
                if not any(func.name in one.methods for one in family):
                    found.extend(v for name in names if any(name in one.fields for one in family) for v in on.member(value, name))
        return found

    @staticmethod
    def _built(on: Inference, base: ir.Expr, fn: Fn) -> list[str]:
        """The class outside the tree that a builder chain makes: ``X`` in ``X.builder().key(k).build()``, ``new X.Builder().build()``."""
        while isinstance(base, ir.Call):
            func = base.func
            if isinstance(func, ir.Attr) and func.name in ("builder", "Builder", "newBuilder"):
                return [v.path for v in on.types.static(func.base, fn) if isinstance(v, Ext) and not v.path.endswith("()")]
            if not isinstance(func, ir.Attr):
                return []
            base = func.base
        return []

    def handed_values(self, on: Inference, fn: Fn, call: ir.Call, at: int, position: int) -> list[Value]:
        func = call.func
        if not isinstance(func, ir.Attr) or func.name not in _EACH or (func.name == "forEach" and position > 1):
            return []
        source = _source(func.base) or func.base
        return on.elements(source, None, fn)

    def called_back(self, on: Inference, cls: Cls) -> Sequence[Fn]:
        outside = on.types.ancestors_outside(cls)
        if not outside and not ("anonymous" in cls.code.flags and cls.code.bases):
            return ()
        if "anonymous" not in cls.code.flags and not any(_CALLED_BACK.search(path) for path in outside):
            return ()
        methods = [cls.file.functions[index] for group in cls.methods.values() for index in group]
        return [fn for fn in methods if any(isinstance(d, ir.Name) and d.id == "Override" for d in fn.code.decorators)]

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


def _source(expr: ir.Expr) -> ir.Expr | None:
    """The collection at the start of a stream: ``xs`` in ``xs.stream().filter(f)``; None when it is no stream."""
    seen = False
    while isinstance(expr, ir.Call) and isinstance(expr.func, ir.Attr) and expr.func.name in _STREAM:
        expr, seen = expr.func.base, True
    return expr if seen else None


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
