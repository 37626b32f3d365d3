"""Names and types that need no data flow: imports, declared types, base classes, overrides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from genai_policy.model import ir
from genai_policy.read.link.conventions import Conventions, conventions_for
from genai_policy.read.link.program import Binding, Cls, File, Fn, Program
from genai_policy.read.link.values import ClassVal, Ext, FnVal, Mod, Pkg, Value

#: Type constructors that are looked through: the argument is what matters.
_WRAPPERS = frozenset(
    {
        "Optional", "Union", "Annotated", "Final", "ClassVar", "Type", "type", "Required", "NotRequired", "ReadOnly",
        "Awaitable", "Coroutine",
        "Promise", "Mono", "Flux", "CompletableFuture", "Future", "Supplier", "Provider", "ObjectProvider", "Ref",
        "Lazy", "Depends", "Inject",
        "Callable", "Readonly", "Partial", "NonNullable", "Shallow", "WeakReference", "AtomicReference", "ThreadLocal",
        "Mapped", "InstanceOf",
    }
)  # fmt: skip
_CONTAINERS = frozenset(
    {
        "list", "List", "Sequence", "Iterable", "Iterator", "AsyncIterator", "AsyncGenerator", "Generator",
        "AsyncIterable", "set", "Set", "tuple",
        "Tuple", "dict", "Dict", "Mapping", "MutableMapping", "Map", "HashMap", "ConcurrentHashMap", "Collection", "Array", "ReadonlyArray",
        "[]", "map", "chan",
        "Queue", "BlockingQueue", "deque", "defaultdict", "Record", "LinkedList", "ArrayList", "frozenset", "Stream",
    }
)  # fmt: skip
_DEPTH = 40


class Hierarchy:
    """Static resolution over a program: memoised, and independent of the solver."""

    def __init__(self, program: Program, texts: Mapping[str, str], installed: frozenset[str] = frozenset()) -> None:
        self.program = program
        self.conventions = conventions_for(program, texts, installed)
        self._names: dict[tuple[str, int, str], tuple[Value, ...]] = {}
        self._busy: set[tuple[str, int, str]] = set()
        self._mro: dict[tuple[str, int], tuple[Cls | Ext, ...]] = {}
        self._bases: dict[tuple[str, int], tuple[Value, ...]] = {}
        self._subclasses: dict[tuple[str, int], list[Cls]] | None = None
        self._below: dict[tuple[str, int], tuple[Cls, ...]] = {}
        self._lineage: dict[tuple[str, int], frozenset[tuple[str, int]]] = {}
        self._stars: dict[str, tuple[Value, ...]] = {}
        self._outside: dict[tuple[str, str, int], tuple[Value, ...]] = {}

    def speech(self, file: File) -> Conventions:
        """The conventions of the file's language."""
        return self.conventions[file.ir.language]

    # Names

    def scopes(self, fn: Fn) -> Iterator[Fn]:
        """The function and those around it, innermost first, the module last."""
        seen = 0
        at: Fn | None = fn
        while at is not None and seen < _DEPTH:
            yield at
            at, seen = at.parent, seen + 1

    def static(self, expr: ir.Expr | None, fn: Fn, depth: int = 0) -> tuple[Value, ...]:
        """What a name or dotted name means by declarations alone (imports, classes, functions, plain aliases)."""
        if expr is None or depth > 12:
            return ()
        if isinstance(expr, ir.Name):
            return self._static_name(expr.id, fn, depth)
        if isinstance(expr, ir.Attr):
            found: list[Value] = []
            for base in self.static(expr.base, fn, depth + 1):
                found.extend(self.static_member(base, expr.name, depth + 1))
            return tuple(dict.fromkeys(found))
        if isinstance(expr, ir.Index):
            return self.static(expr.base, fn, depth + 1)
        if isinstance(expr, ir.Call):
            return tuple(Ext(v.path + "()") for v in self.static(expr.func, fn, depth + 1) if isinstance(v, Ext))
        if isinstance(expr, ir.Literal) and isinstance(expr.value, str):
            parsed = dotted(expr.value, expr.line)
            return self.static(parsed, fn, depth + 1) if parsed is not None else ()
        return ()

    def _static_name(self, name: str, fn: Fn, depth: int) -> tuple[Value, ...]:
        for scope in self.scopes(fn):
            if name in scope.bindings:
                return self._static_binding(scope, name, depth)
            if name in scope.params:
                return ()
        return self.outside(fn.file, name, depth)

    def outside(self, file: File, name: str, depth: int = 0) -> tuple[Value, ...]:
        """A name that the file itself does not bind: peers, star imports, builtins."""
        key = (file.path, name, depth)
        known = self._outside.get(key)
        if known is None:
            known = self._found_outside(file, name, depth)
            if not self._busy:  # inside a binding that is being worked out an answer may lack that binding
                self._outside[key] = known
        return known

    def _found_outside(self, file: File, name: str, depth: int) -> tuple[Value, ...]:
        speech = self.speech(file)
        for peer in speech.peers(file):
            if name in peer.functions[0].bindings:
                return self._static_binding(peer.functions[0], name, depth + 1)
        if depth < 12:
            for module in self._star_modules(file):
                found = self.static_member(module, name, depth + 1)
                if found:
                    return found
        builtin = speech.builtin(name)
        return (builtin,) if builtin is not None else ()

    def _star_modules(self, file: File) -> tuple[Value, ...]:
        """Modules of the tree that the file imports everything from."""
        known = self._stars.get(file.path)
        if known is None:
            targets = [self.speech(file).import_target(file, imp)[0] for imp in file.stars]
            known = self._stars[file.path] = tuple(one for one in targets if one is not None and not isinstance(one, Ext))
        return known

    def _static_binding(self, scope: Fn, name: str, depth: int) -> tuple[Value, ...]:
        key = (*scope.key, name)
        known = self._names.get(key)
        if known is not None:
            return known
        if key in self._busy or depth > 12:
            return ()
        self._busy.add(key)
        found: list[Value] = []
        for binding in scope.bindings[name]:
            found.extend(self.declared(binding, scope, depth))
            plain_alias = binding.kind == "value" and not binding.path and isinstance(binding.node, ir.Name | ir.Attr | ir.Index | ir.Call)
            if plain_alias and not (isinstance(binding.node, ir.Call) and len(scope.bindings[name]) > 1):
                found.extend(self.static(binding.node, binding.scope or scope, depth + 1))
        self._busy.discard(key)
        self._names[key] = tuple(dict.fromkeys(found))
        return self._names[key]

    def declared(self, binding: Binding, scope: Fn, depth: int = 0) -> tuple[Value, ...]:
        """The value of an import, function or class binding."""
        if binding.kind == "class":
            return (ClassVal(scope.file.path, binding.node),)
        if binding.kind == "function":
            return (FnVal(scope.file.path, binding.node),)
        if binding.kind == "import":
            module, name = self.speech(scope.file).import_target(scope.file, binding.node)
            if module is None:
                return ()
            return (module,) if name is None else self.static_member(module, name, depth + 1)
        return ()

    def static_member(self, base: Value, name: str, depth: int = 0) -> tuple[Value, ...]:
        """A member of a module, package, class or external name, by declarations alone."""
        if depth > 14:
            return ()
        if isinstance(base, Ext):
            return (Ext(f"{base.path}.{name}"),) if len(base.path) < 200 else ()
        if isinstance(base, Pkg):
            inner = self._speech_of_directory(base.directory).submodule(base.directory, name)
            return (inner,) if inner is not None else ()
        if isinstance(base, Mod):
            return self._module_member(self.program.files[base.file], name, depth)
        if isinstance(base, ClassVal):
            cls = self.program.cls((base.file, base.index))
            for inner_cls in cls.file.classes:
                if inner_cls.code.qualname == f"{cls.code.qualname}.{name}":
                    return (ClassVal(base.file, inner_cls.index),)
            if name in cls.methods:
                return tuple(FnVal(base.file, index) for index in cls.methods[name])
        return ()

    def _module_member(self, file: File, name: str, depth: int) -> tuple[Value, ...]:
        speech = self.speech(file)
        public = speech.exported(file, name)
        if public is not None:
            if isinstance(public, tuple):
                module, symbol = speech.import_target(*public)
                if module is None:
                    return ()
                return self.static_member(module, symbol, depth + 1) if symbol else (module,)
            return self.static(public, file.functions[0], depth + 1) or self._closure(public, file)
        if name in file.functions[0].bindings:
            return self._static_binding(file.functions[0], name, depth)
        directory = file.path.rpartition("/")[0]
        if file.path.rpartition("/")[2].startswith("__init__"):
            inner = speech.submodule(directory, name)
            if inner is not None:
                return (inner,)
        return self.outside(file, name, depth) if file.stars else ()

    @staticmethod
    def _closure(expr: ir.Expr, file: File) -> tuple[Value, ...]:
        return (FnVal(file.path, expr.function),) if isinstance(expr, ir.Closure) else ()

    def _speech_of_directory(self, directory: str) -> Conventions:
        for speech in self.conventions.values():
            if speech.language == "python":
                return speech
        return next(iter(self.conventions.values()))

    # Types

    def types(self, annotation: ir.Expr | None, fn: Fn, depth: int = 0) -> tuple[Value, ...]:
        """The classes (ClassVal or Ext) a declared type admits; wrappers such as Optional are looked through."""
        if annotation is None or depth > 8 or isinstance(annotation, ir.Call):
            return ()
        if isinstance(annotation, ir.Index):
            name = _tail(annotation.base)
            if name in _WRAPPERS:
                return self._union(_elements(annotation.key), fn, depth)
            if name in _CONTAINERS:
                return ()
            return self.types(annotation.base, fn, depth + 1)
        if isinstance(annotation, ir.Op):
            return self._union(annotation.operands, fn, depth)
        if isinstance(annotation, ir.Group):
            return self._union([item.value for item in annotation.items], fn, depth)
        return tuple(v for v in self.static(annotation, fn) if isinstance(v, ClassVal | Ext) and not _useless(v))

    def element_types(self, annotation: ir.Expr | None, fn: Fn) -> tuple[Value, ...]:
        """The classes of the elements of a declared container type (its last type argument)."""
        if isinstance(annotation, ir.Index) and _tail(annotation.base) in _CONTAINERS:
            parts = _elements(annotation.key)
            return self.types(parts[-1], fn) if parts else ()
        if isinstance(annotation, ir.Index) and _tail(annotation.base) in _WRAPPERS:
            found: list[Value] = []
            for part in _elements(annotation.key):
                found.extend(self.element_types(part, fn))
            return tuple(found)
        if isinstance(annotation, ir.Op):
            found = []
            for part in annotation.operands:
                found.extend(self.element_types(part, fn))
            return tuple(found)
        return ()

    def _union(self, parts: tuple[ir.Expr, ...] | list[ir.Expr], fn: Fn, depth: int) -> tuple[Value, ...]:
        found: list[Value] = []
        for part in parts:
            found.extend(self.types(part, fn, depth + 1))
        return tuple(dict.fromkeys(found))

    # Classes

    def bases(self, cls: Cls) -> tuple[Value, ...]:
        """Base classes as values: ClassVal or Ext."""
        known = self._bases.get(cls.key)
        if known is None:
            scope = cls.scope or cls.file.functions[0]
            found: list[Value] = []
            for base in cls.code.bases:
                for value in self.static(base, scope):
                    if isinstance(value, ClassVal | Ext) and value != ClassVal(cls.file.path, cls.index):
                        found.append(value)
            known = self._bases[cls.key] = tuple(dict.fromkeys(found))
        return known

    def mro(self, cls: Cls) -> tuple[Cls | Ext, ...]:
        """The class, then its ancestors, nearest first; external ancestors appear as Ext."""
        known = self._mro.get(cls.key)
        if known is None:
            found: dict[tuple[str, int] | str, Cls | Ext] = {}
            self._climb(cls, found, 0)
            known = self._mro[cls.key] = tuple(found.values())
        return known

    def _climb(self, cls: Cls, found: dict[tuple[str, int] | str, Cls | Ext], depth: int) -> None:
        found.pop(cls.key, None)
        found[cls.key] = cls
        if depth > 20 or len(found) > 60:
            return
        for base in self.bases(cls):
            if isinstance(base, ClassVal):
                parent = self.program.cls((base.file, base.index))
                if parent.key not in found:
                    self._climb(parent, found, depth + 1)
            elif isinstance(base, Ext):
                found[base.path] = base

    def ancestors_outside(self, cls: Cls) -> list[str]:
        """Paths of external ancestors."""
        return [one.path for one in self.mro(cls) if isinstance(one, Ext)]

    def subclasses(self, cls: Cls) -> tuple[Cls, ...]:
        """All direct and indirect subclasses (and implementations) in the tree."""
        if self._subclasses is None:
            self._subclasses = {}
            for file in self.program.files.values():
                for one in file.classes:
                    for base in self.bases(one):
                        if isinstance(base, ClassVal):
                            self._subclasses.setdefault((base.file, base.index), []).append(one)
            self._satisfy_interfaces()
        known = self._below.get(cls.key)
        if known is None:
            found: dict[tuple[str, int], Cls] = {}
            queue = list(self._subclasses.get(cls.key, ()))
            while queue and len(found) < 200:
                one = queue.pop(0)
                if one.key not in found and one.key != cls.key:
                    found[one.key] = one
                    queue.extend(self._subclasses.get(one.key, ()))
            known = self._below[cls.key] = tuple(found.values())
        return known

    def _satisfy_interfaces(self) -> None:
        """Types that have all methods of a Protocol (Python) or interface (Go) are its implementations."""
        assert self._subclasses is not None
        for file in self.program.files.values():
            for cls in file.classes:
                if not self._structural(cls):
                    continue
                wanted = {name for name in cls.methods if not name.startswith("__")}
                if not wanted:
                    continue
                rarest = min(wanted, key=lambda name: (len(self.program.functions_named.get(name, ())), name))
                candidates = self.program.functions_named.get(rarest, ())
                if len(candidates) > 400:
                    continue
                for method in candidates:
                    owner = method.code.owner
                    if owner is None or owner >= len(method.file.classes):
                        continue
                    other = method.file.classes[owner]
                    if other.key != cls.key and not self._structural(other) and wanted <= set(self.all_methods(other)):
                        self._subclasses.setdefault(cls.key, []).append(other)

    def _structural(self, cls: Cls) -> bool:
        if cls.file.ir.language == "go":
            return cls.code.kind == "interface"
        if cls.file.ir.language == "python":
            return any(_tail(base) == "Protocol" for base in cls.code.bases)
        return False

    def all_methods(self, cls: Cls) -> dict[str, int]:
        """Method names of the class and its ancestors in the tree."""
        found: dict[str, int] = {}
        for one in self.mro(cls):
            if isinstance(one, Cls):
                for name in one.methods:
                    found.setdefault(name, 1)
        return found

    def related(self, one: tuple[str, int], other: tuple[str, int]) -> bool:
        """Whether one class is the other or descends from it."""
        if one == other:
            return True
        return other in self.lineage(one) or one in self.lineage(other)

    def lineage(self, key: tuple[str, int]) -> frozenset[tuple[str, int]]:
        """The class and its ancestors in the tree."""
        known = self._lineage.get(key)
        if known is None:
            known = self._lineage[key] = frozenset(one.key for one in self.mro(self.program.cls(key)) if isinstance(one, Cls))
        return known

    def find_method(self, cls: Cls, name: str, after: bool = False) -> list[Fn]:
        """The method ``name`` of the class, inherited ones included (overloads all)."""
        for one in self.mro(cls)[1 if after else 0 :]:
            if isinstance(one, Cls) and name in one.methods:
                return [one.file.functions[index] for index in one.methods[name]]
        return []


def _tail(expr: ir.Expr) -> str:
    if isinstance(expr, ir.Attr):
        return expr.name
    return expr.id if isinstance(expr, ir.Name) else ""


def _elements(key: ir.Expr) -> list[ir.Expr]:
    return [item.value for item in key.items] if isinstance(key, ir.Group) else [key]


def _useless(value: Value) -> bool:
    return isinstance(value, Ext) and value.path.rpartition(".")[2] in {
        "str", "int", "float", "bool", "bytes", "None", "Any", "object", "string", "number", "boolean", "void", "unknown", "any", "never",
    }  # fmt: skip


def dotted(text: str, line: int) -> ir.Expr | None:
    """Parse a dotted name written as text (a forward reference)."""
    parts = text.strip().split("[", 1)[0].split(".")
    if not all(part.isidentifier() for part in parts):
        return None
    expr: ir.Expr = ir.Name(line, parts[0])
    for part in parts[1:]:
        expr = ir.Attr(line, expr, part)
    return expr
