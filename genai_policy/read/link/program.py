"""Indexes over all files: functions with their bindings and calls, classes, and who is called or stored under which name.

One pass over every file; everything that costs more is evaluated on demand (see ``solver``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from genai_policy.model import ir

FnKey = tuple[str, int]

#: Methods that put a value into a collection, by the place of that value (-1: the last argument; -2: a function receiving ``extend``).
PUTS = {
    "append": 0, "appendleft": 0, "add": 0, "push": 0, "insert": 1, "setdefault": 1, "put": -1, "set": 1, "extend": -2, "update": -2,
    "offer": 0, "put_nowait": 0, "addAll": -2, "concat": -2, "unshift": 0, "Store": 1, "addLast": 0, "putIfAbsent": 1, "register": 1,
}  # fmt: skip


class Binding(NamedTuple):
    """One way a name gets a value. ``kind``: ``value``, ``elem`` (of an iterable), ``enter`` (context manager), ``type`` (declared only),
    ``import``, ``function``, ``class``. ``path`` takes a destructured part: positions, or names for objects."""

    kind: str
    node: Any
    path: tuple[int | str, ...] = ()
    line: int = 0
    scope: Any = None
    """The function whose names ``node`` uses, when it is not the one that holds the binding (``global``)."""


class Fn:
    """A function of the program and what its own body (not those of inner functions) does."""

    __slots__ = (
        "attrs",
        "bindings",
        "calls",
        "closures",
        "code",
        "file",
        "index",
        "installed",
        "loops",
        "params",
        "parent",
        "returns",
        "withs",
        "yields",
    )

    def __init__(self, file: File, index: int, code: ir.Function) -> None:
        self.file = file
        self.index = index
        self.code = code
        self.parent: Fn | None = None
        self.bindings: dict[str, list[Binding]] = {}
        self.calls: list[ir.Call] = []
        self.returns: list[ir.Expr] = []
        self.yields: list[tuple[str, ir.Expr]] = []
        self.attrs: list[ir.Attr] = []
        self.closures: list[ir.Closure] = []
        self.installed: list[tuple[ir.Attr, ir.Expr]] = []
        """Functions stored as an attribute of something (``ws.on_open = f``): target and value."""
        self.loops: list[ir.Expr] = []
        self.withs: list[ir.Expr] = []
        self.params = {p.name: i for i, p in enumerate(code.params) if p.name}

    @property
    def key(self) -> FnKey:
        """File and index: the identity of a function in the program."""
        return (self.file.path, self.index)

    @property
    def id(self) -> str:
        """The public identity, ``file#qualname``."""
        return self.file.ids[self.index]


class Cls:
    """A class of the program."""

    __slots__ = ("code", "fields", "file", "index", "methods", "scope")

    def __init__(self, file: File, index: int, code: ir.Class) -> None:
        self.file = file
        self.index = index
        self.code = code
        self.methods: dict[str, list[int]] = {}
        self.fields: dict[str, ir.Field] = {f.name: f for f in code.fields}
        self.scope: Fn | None = None

    @property
    def key(self) -> tuple[str, int]:
        """File and index."""
        return (self.file.path, self.index)


class File:
    """One file of the program."""

    __slots__ = ("by_id", "classes", "functions", "held", "ids", "inner", "inner_classes", "ir", "path", "stars")

    def __init__(self, path: str, code: ir.FileIR) -> None:
        self.path = path
        self.ir = code
        self.functions = [Fn(self, i, f) for i, f in enumerate(code.functions)]
        self.classes = [Cls(self, i, c) for i, c in enumerate(code.classes)]
        self.stars: list[ir.Import] = []
        self.held: dict[int, ir.Group] | None = None
        self.by_id: dict[int, tuple[Fn, ir.Call]] = {}
        self.ids = _unique_ids(path, code)
        self.inner: dict[int, list[Fn]] = {}
        """Functions without an owner by the index of the function they stand in."""
        self.inner_classes: dict[int, list[Cls]] = {}


class Program:
    """All files, and indexes by name."""

    def __init__(self, irs: Mapping[str, ir.FileIR]) -> None:
        self.files: dict[str, File] = {path: File(path, irs[path]) for path in sorted(irs)}
        self.calls: dict[str, list[tuple[Fn, ir.Call]]] = {}
        self.references: dict[str, list[tuple[Fn, ir.Call, int]]] = {}
        self.decorated: dict[str, list[tuple[Fn, ir.Expr, str, int]]] = {}
        self.attr_stores: dict[str, list[tuple[Fn, ir.Attr, ir.Expr | None, ir.Expr | None]]] = {}
        self.item_stores: dict[str, list[tuple[Fn, ir.Expr, ir.Expr | None, ir.Expr, bool]]] = {}
        self.aliases: dict[str, set[str]] = {}
        self.classes_named: dict[str, list[Cls]] = {}
        self.functions_named: dict[str, list[Fn]] = {}
        self.by_function_id: dict[str, Fn] = {}
        self.properties: set[str] = set()
        self._near: dict[str, dict[str, list[tuple[Fn, ir.Attr, ir.Expr | None, ir.Expr | None]]]] = {}
        self.installed: dict[str, list[tuple[Fn, ir.Attr, ir.Expr]]] = {}
        self._imported: set[str] | None = None
        for file in self.files.values():
            self._declare(file)
        for file in self.files.values():
            for fn in file.functions:
                _Walk(self, fn).run()
            _shadow(file)
            self._decorators(file)

    def imports(self, *packages: str) -> bool:
        """Whether any file imports one of ``packages`` (first segments): what no file imports, no expression stands for."""
        if self._imported is None:
            self._imported = {imp.module.split(".", 1)[0] for file in self.files.values() for imp in file.ir.imports}
        return not self._imported.isdisjoint(packages)

    def stores_near(self, near: str, name: str) -> list[tuple[Fn, ir.Attr, ir.Expr | None, ir.Expr | None]]:
        """Stores to ``….near.name``."""
        if name not in self._near:
            table: dict[str, list[tuple[Fn, ir.Attr, ir.Expr | None, ir.Expr | None]]] = {}
            for store in self.attr_stores.get(name, ()):
                table.setdefault(last_name(store[1].base), []).append(store)
            self._near[name] = table
        return self._near[name].get(near, [])

    def fn(self, key: FnKey) -> Fn:
        """The function with this key."""
        return self.files[key[0]].functions[key[1]]

    def cls(self, key: tuple[str, int]) -> Cls:
        """The class with this key."""
        return self.files[key[0]].classes[key[1]]

    def holder(self, fn: Fn) -> ir.Group | None:
        """The object literal that a function is written in as a member, if any."""
        held = fn.file.held
        if held is None:
            held = fn.file.held = {}
            waiting: list[Any] = [function.body for function in fn.file.ir.functions]
            while waiting:
                node = waiting.pop()
                if isinstance(node, tuple):
                    waiting.extend(node)
                elif hasattr(node, "__struct_fields__"):
                    if isinstance(node, ir.Group) and node.kind == "dict":
                        held.update({item.value.function: node for item in node.items if isinstance(item.value, ir.Closure)})
                    waiting.extend(getattr(node, name) for name in node.__struct_fields__)
        return held.get(fn.index)

    def _declare(self, file: File) -> None:
        functions, code = file.functions, file.ir
        for fn in functions:
            parent = fn.code.parent
            if fn.index and parent is not None and 0 <= parent < len(functions) and parent != fn.index:
                fn.parent = functions[parent]
            elif fn.index:
                fn.parent = functions[0]
            self.functions_named.setdefault(fn.code.name, []).append(fn)
            self.by_function_id[fn.id] = fn
            if "property" in fn.code.flags or "getter" in fn.code.flags:
                self.properties.add(fn.code.name)
        for cls in file.classes:
            self.classes_named.setdefault(cls.code.name, []).append(cls)
            for index in cls.code.methods:
                if 0 <= index < len(functions):
                    cls.methods.setdefault(functions[index].code.name, []).append(index)
        for imp in code.imports:
            if imp.name == "*" and not imp.reexport:
                file.stars.append(imp)
            home = functions[imp.function] if 0 <= imp.function < len(functions) else functions[0]
            if imp.local:
                home.bindings.setdefault(imp.local, []).append(Binding("import", imp, (), imp.line))
            if imp.name and imp.local and imp.local != imp.name:
                self.aliases.setdefault(imp.name, set()).add(imp.local)
        by_name: dict[str, list[Cls]] = {}
        for cls in file.classes:
            by_name.setdefault(cls.code.name, []).append(cls)
        for cls in file.classes:
            if cls.scope is None:
                cls.scope = _scope_of(file, cls)
            if "." not in cls.code.qualname and cls.scope is file.functions[0]:
                bindings = file.functions[0].bindings.setdefault(cls.code.name, [])
                if not any(b.kind == "class" and b.node == cls.index for b in bindings):
                    bindings.append(Binding("class", cls.index, (), cls.code.line))
        for fn in functions[1:]:
            if fn.parent is not None and fn.code.owner is None:
                file.inner.setdefault(fn.parent.index, []).append(fn)
        for cls in file.classes:
            if cls.scope is not None:
                file.inner_classes.setdefault(cls.scope.index, []).append(cls)
        for fn in functions[1:]:
            if fn.code.owner is None and fn.code.qualname == fn.code.name and fn.parent is functions[0]:
                functions[0].bindings.setdefault(fn.code.name, []).append(Binding("function", fn.index, (), fn.code.line))

    def _decorators(self, file: File) -> None:
        for fn in file.functions[1:]:
            for decorator in fn.code.decorators:
                name = last_name(decorator)
                if name:
                    self.decorated.setdefault(name, []).append((fn.parent or file.functions[0], decorator, "function", fn.index))
                if name.endswith("property"):
                    self.properties.add(fn.code.name)
        for cls in file.classes:
            for decorator in cls.code.decorators:
                name = last_name(decorator)
                if name:
                    self.decorated.setdefault(name, []).append((cls.scope or file.functions[0], decorator, "class", cls.index))


def _shadow(file: File) -> None:
    """Drop imports and definitions that an unconditional ``def``, ``class`` or lambda further down a Python module replaces."""
    if file.ir.language != "python":
        return
    module = file.functions[0]
    for statement in module.code.body:
        match statement:
            case ir.Define(function=index) if 0 <= index < len(file.functions):
                name = file.functions[index].code.name
            case ir.DefineClass(class_=index) if 0 <= index < len(file.classes):
                name = file.classes[index].code.name
            case ir.Assign(targets=(ir.Name(id=name),), value=ir.Closure()):
                pass
            case _:
                continue
        replaced = ("import", "function", "class")
        bindings = module.bindings.get(name, [])
        kept = [b for b in bindings if b.kind not in replaced or b.line >= statement.line or b.scope is not None]
        if len(kept) < len(bindings):
            module.bindings[name] = kept


def last_name(expr: ir.Expr) -> str:
    """The name a call or reference is known by: ``c`` for ``a.b.c``, ``c(...)`` and ``a.c[T]``; ``f()`` for ``f(x)(y)``'s callee; ""
    if none."""
    if isinstance(expr, ir.Attr):
        return expr.name
    if isinstance(expr, ir.Name):
        return expr.id
    if isinstance(expr, ir.Call):
        return last_name(expr.func)
    if isinstance(expr, ir.Index):
        return last_name(expr.base)
    return ""


def callee_name(call: ir.Call) -> str:
    """The name a call is indexed under; ``f()`` when the callee is itself a call of ``f``."""
    func = call.func
    if isinstance(func, ir.Call):
        inner = last_name(func.func)
        return inner + "()" if inner else ""
    return last_name(func)


def _scope_of(file: File, cls: Cls) -> Fn:
    """The function a class is written in, found by its qualified name."""
    outer = cls.code.qualname.rpartition(".")[0]
    while outer:
        for fn in file.functions:
            if fn.code.qualname == outer and fn.code.line <= cls.code.line <= fn.code.end_line:
                return fn
        outer = outer.rpartition(".")[0]
    return file.functions[0]


def _unique_ids(path: str, code: ir.FileIR) -> list[str]:
    seen: dict[str, int] = {}
    ids = []
    for function in code.functions:
        count = seen.get(function.qualname, 0)
        seen[function.qualname] = count + 1
        ids.append(f"{path}#{function.qualname}" if not count else f"{path}#{function.qualname}:{function.line}")
        if count and ids[-1] in ids[:-1]:
            ids[-1] += f":{count}"
    return ids


class _Walk:
    """Collects what one function's body does."""

    def __init__(self, program: Program, fn: Fn) -> None:
        self.program = program
        self.fn = fn
        self.stack: list[Any] = []
        self.outer: list[tuple[str, str]] = []

    def run(self) -> None:
        fn, file = self.fn, self.fn.file
        self.stack.extend(fn.code.body)
        # What stands in headers belongs to the function around: decorators, defaults, class bodies.
        for param in fn.code.params:
            if param.pattern is not None:
                self._destructure(param.pattern, Binding("value", ir.Name(fn.code.line, f"<param:{fn.code.params.index(param)}>")))
        if fn.index == 0:
            for other in file.functions[1:]:
                if other.code.owner is not None or other.parent is fn:
                    self._header(other.code)
            for cls in file.classes:
                if cls.scope is fn or cls.scope is None:
                    self._class(cls)
        else:
            for other in file.inner.get(fn.index, ()):
                self._header(other.code)
            for cls in file.inner_classes.get(fn.index, ()):
                self._class(cls)
        stack, visit = self.stack, self._visit
        while stack:
            visit(stack.pop())
        for op, name in self.outer:
            self._rebind(op, name)
        fn.calls.sort(key=lambda call: call.id)
        for call in fn.calls:
            file.by_id[call.id] = (fn, call)

    def _rebind(self, op: str, name: str) -> None:
        """Move what ``global x`` or ``nonlocal x`` binds here to the function that owns the name."""
        bindings = self.fn.bindings.pop(name, None)
        if not bindings:
            return
        home: Fn = self.fn.file.functions[0]
        outer = self.fn.parent
        while op == "nonlocal" and outer is not None:
            if name in outer.bindings or name in outer.params:
                home = outer
                break
            outer = outer.parent
        home.bindings.setdefault(name, []).extend(b if b.scope else b._replace(scope=self.fn) for b in bindings)

    def _header(self, code: ir.Function) -> None:
        self.stack.extend(code.decorators)
        for param in code.params:
            if param.default is not None:
                self.stack.append(param.default)
            self.stack.extend(param.decorators)
            if param.annotation is not None:
                self.stack.append(param.annotation)

    def _class(self, cls: Cls) -> None:
        self.stack.extend(cls.code.decorators)
        self.stack.extend(cls.code.bases)
        self.stack.extend(arg.value for arg in cls.code.options)
        for field in cls.code.fields:
            self.stack.extend(field.decorators)
            if field.value is not None:
                self.stack.append(field.value)

    def _visit(self, node: Any) -> None:
        handler = _HANDLERS.get(node.__class__)
        if handler is not None:
            handler(self, node)

    # Statements

    def _assign(self, node: ir.Assign) -> None:
        stack = self.stack
        if node.value is not None:
            stack.append(node.value)
        for target in node.targets:
            if isinstance(target, ir.Name):
                bindings = self.fn.bindings.setdefault(target.id, [])
                if node.value is not None:
                    bindings.append(Binding("value", node.value, (), node.line))
                if node.annotation is not None:
                    bindings.append(Binding("type", node.annotation, (), node.line))
            elif node.value is not None:
                self._destructure(target, Binding("value", node.value, (), node.line), node.annotation)
                if not isinstance(target, ir.Group):
                    stack.append(target)
            elif isinstance(target, ir.Attr):
                self.program.attr_stores.setdefault(target.name, []).append((self.fn, target, None, node.annotation))

    def _destructure(self, target: ir.Expr, source: Binding, annotation: ir.Expr | None = None) -> None:
        """Bind the parts of ``target`` to the parts of ``source``."""
        if isinstance(target, ir.Name):
            self.fn.bindings.setdefault(target.id, []).append(source)
        elif isinstance(target, ir.Attr):
            value = _part_expr(source)
            if value is not None:
                self.program.attr_stores.setdefault(target.name, []).append((self.fn, target, value, annotation))
                if isinstance(value, ir.Closure) or last_name(value) in self.program.functions_named:
                    self.fn.installed.append((target, value))
                    self.program.installed.setdefault(self._stored_name(value), []).append((self.fn, target, value))
        elif isinstance(target, ir.Index):
            value = _part_expr(source)
            name = last_name(target.base)
            if value is not None and name:
                self.program.item_stores.setdefault(name, []).append((self.fn, target.base, target.key, value, False))
        elif isinstance(target, ir.Group):
            for position, item in enumerate(target.items):
                if item.spread:
                    continue
                part: int | str = position
                if target.kind == "dict":
                    key = item.key
                    part = key.id if isinstance(key, ir.Name) else str(key.value) if isinstance(key, ir.Literal) else ""
                    if not part:
                        continue
                self._destructure(item.value, source._replace(path=(*source.path, part)), annotation)
        elif isinstance(target, ir.Assign):  # a default inside a pattern
            for inner in target.targets:
                self._destructure(inner, source, annotation)
        elif isinstance(target, ir.Op) and target.operands:
            self._destructure(target.operands[0], source, annotation)

    def _stored_name(self, value: ir.Expr) -> str:
        if isinstance(value, ir.Closure):
            functions = self.fn.file.functions
            return functions[value.function].code.name if 0 <= value.function < len(functions) else ""
        return last_name(value)

    def _do(self, node: ir.Do) -> None:
        self.stack.append(node.expr)

    def _return(self, node: ir.Return) -> None:
        if node.value is not None:
            self.fn.returns.append(node.value)
            self.stack.append(node.value)

    def _raise(self, node: ir.Raise) -> None:
        if node.value is not None:
            self.stack.append(node.value)

    def _if(self, node: ir.If) -> None:
        self.stack.extend(node.orelse)
        self.stack.extend(node.body)
        self.stack.append(node.test)

    def _loop(self, node: ir.Loop) -> None:
        if node.iterable is not None:
            self.stack.append(node.iterable)
            if node.target is not None:
                self.fn.loops.append(node.iterable)
                self._destructure(node.target, Binding("elem", node.iterable, (), node.line))
        self.stack.extend(node.orelse)
        self.stack.extend(node.body)

    def _with(self, node: ir.With) -> None:
        for context, target in node.items:
            self.stack.append(context)
            self.fn.withs.append(context)
            if target is not None:
                self._destructure(target, Binding("enter", context, (), node.line))
        self.stack.extend(node.body)

    def _try(self, node: ir.Try) -> None:
        self.stack.extend(node.body)
        for handler in node.handlers:
            self.stack.extend(handler.types)
            self.stack.extend(handler.body)
        self.stack.extend(node.orelse)
        self.stack.extend(node.final)

    def _switch(self, node: ir.Switch) -> None:
        if node.subject is not None:
            self.stack.append(node.subject)
        for case in node.cases:
            self.stack.extend(case.patterns)
            self.stack.extend(case.body)

    def _define(self, node: ir.Define) -> None:
        functions = self.fn.file.functions
        if 0 <= node.function < len(functions) and functions[node.function].code.owner is None:  # Go's methods are no names of the package
            name = functions[node.function].code.name
            bindings = self.fn.bindings.setdefault(name, [])
            if not any(b.kind == "function" and b.node == node.function for b in bindings):
                bindings.append(Binding("function", node.function, (), node.line))

    def _define_class(self, node: ir.DefineClass) -> None:
        classes = self.fn.file.classes
        if 0 <= node.class_ < len(classes):
            bindings = self.fn.bindings.setdefault(classes[node.class_].code.name, [])
            if not any(b.kind == "class" and b.node == node.class_ for b in bindings):
                bindings.append(Binding("class", node.class_, (), node.line))

    # Expressions

    def _attr(self, node: ir.Attr) -> None:
        if node.name in self.program.properties:
            self.fn.attrs.append(node)
        self.stack.append(node.base)

    def _call(self, node: ir.Call) -> None:
        program, fn, func = self.program, self.fn, node.func
        fn.calls.append(node)
        name = callee_name(node)
        if name:
            program.calls.setdefault(name, []).append((fn, node))
            if isinstance(func, ir.Attr) and name in PUTS and node.args:
                self._put(node, func, PUTS[name])
            if isinstance(func, ir.Attr) and name == "decorate" and len(node.args) == 2:
                self._decorate(node.args[0].value, node.args[1].value, func)
        self.stack.append(func)
        for position, arg in enumerate(node.args):
            value = arg.value
            self.stack.append(value)
            cls = value.__class__
            if cls is ir.Attr or cls is ir.Name:
                reference = value.name if isinstance(value, ir.Attr) else value.id  # type: ignore[union-attr]
                if reference in program.functions_named or reference in program.classes_named:
                    program.references.setdefault(reference, []).append((fn, node, position))
            elif isinstance(value, ir.Closure):
                closure = fn.file.functions[value.function].code.name if 0 <= value.function < len(fn.file.functions) else ""
                if closure:
                    program.references.setdefault(closure, []).append((fn, node, position))
            elif isinstance(value, ir.Op) and value.op == "method-ref" and len(value.operands) == 2:
                member = value.operands[1]
                if isinstance(member, ir.Literal):
                    program.references.setdefault(str(member.value), []).append((fn, node, position))

    def _decorate(self, name: ir.Expr, value: ir.Expr, func: ir.Attr) -> None:
        """``server.decorate("x", value)`` makes ``server.x`` (Fastify)."""
        if isinstance(name, ir.Literal) and isinstance(name.value, str):
            target = ir.Attr(func.line, func.base, name.value)
            self.program.attr_stores.setdefault(name.value, []).append((self.fn, target, value, None))

    def _put(self, node: ir.Call, func: ir.Attr, where: int) -> None:
        name = last_name(func.base)
        if not name:
            return
        args = [a for a in node.args if a.name is None]
        if not args:
            return
        spread = where == -2
        index = 0 if spread else len(args) - 1 if where == -1 or where >= len(args) else where
        key = args[0].value if index > 0 else None
        self.program.item_stores.setdefault(name, []).append((self.fn, func.base, key, args[index].value, spread))

    def _closure_value(self, node: ir.Closure) -> None:
        self.fn.closures.append(node)

    def _template(self, node: ir.Template) -> None:
        self.stack.extend(node.parts)

    def _index(self, node: ir.Index) -> None:
        self.stack.append(node.base)
        self.stack.append(node.key)

    def _group(self, node: ir.Group) -> None:
        for item in node.items:
            self.stack.append(item.value)
            if item.key is not None:
                self.stack.append(item.key)

    def _op(self, node: ir.Op) -> None:
        operands = node.operands
        if node.op in ("yield", "yield-from") and operands:
            self.fn.yields.append((node.op, operands[0]))
        elif node.op == "walrus" and len(operands) == 2:
            self._destructure(operands[0], Binding("value", operands[1], (), node.line))
        elif node.op == "for" and len(operands) >= 2:
            self.fn.loops.append(operands[1])
            self._destructure(operands[0], Binding("elem", operands[1], (), node.line))
        elif node.op in ("global", "nonlocal"):
            self.outer.extend((node.op, name.id) for name in operands if isinstance(name, ir.Name))
            return
        self.stack.extend(operands)

    def _unknown(self, node: ir.Unknown) -> None:
        self.stack.extend(node.parts)


def _part_expr(source: Binding) -> ir.Expr | None:
    """An expression standing for the destructured part of ``source`` (as nested index expressions)."""
    if source.kind != "value":
        return None
    expr: ir.Expr = source.node
    for part in source.path:
        if isinstance(expr, ir.Group) and isinstance(part, int) and part < len(expr.items):
            expr = expr.items[part].value
        else:
            expr = ir.Index(expr.line, expr, ir.Literal(expr.line, part))
    return expr


_HANDLERS: dict[type, Any] = {
    ir.Assign: _Walk._assign,
    ir.Do: _Walk._do,
    ir.Return: _Walk._return,
    ir.Raise: _Walk._raise,
    ir.If: _Walk._if,
    ir.Loop: _Walk._loop,
    ir.With: _Walk._with,
    ir.Try: _Walk._try,
    ir.Switch: _Walk._switch,
    ir.Define: _Walk._define,
    ir.DefineClass: _Walk._define_class,
    ir.Attr: _Walk._attr,
    ir.Call: _Walk._call,
    ir.Closure: _Walk._closure_value,
    ir.Template: _Walk._template,
    ir.Index: _Walk._index,
    ir.Group: _Walk._group,
    ir.Op: _Walk._op,
    ir.Unknown: _Walk._unknown,
}


def arguments(call: ir.Call) -> Iterable[tuple[int, ir.Arg]]:
    """Positional arguments of a call with their position, up to a spread."""
    position = 0
    for arg in call.args:
        if arg.spread:
            return
        if arg.name is None:
            yield position, arg
            position += 1


def argument(call: ir.Call, position: int, *names: str) -> ir.Expr | None:
    """The argument given by any of ``names`` or at ``position`` (-1: by name only). Members of an options object (an object literal
    among the arguments, or what stands at ``position`` itself) count as named."""
    for arg in call.args:
        if arg.name is not None and arg.name in names:
            return arg.value
    for at, arg in arguments(call):
        options = arg.value
        if names and isinstance(options, ir.Group) and options.kind == "dict" and at in (position, len(call.args) - 1, 1):
            for item in options.items:
                if isinstance(item.key, ir.Literal) and item.key.value in names:
                    return item.value
        if at == position:
            return options
    return None
