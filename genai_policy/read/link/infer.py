"""What expressions stand for: the equations behind every slot of the solver.

Slots: ``("var", file, fn, name)``, ``("param", file, fn, name)``, ``("applied", file, fn)`` (things a decorator was put on),
``("call", file, id)``, ``("callee", file, id)``, ``("ret", file, fn)``, ``("yield", file, fn)``, ``("field", file, class, name)``,
``("items", file, class or -1, name, key)`` (what is stored into a collection), ``("stored", base, name)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from genai_policy.model import ir
from genai_policy.read.catalogue import Catalogue
from genai_policy.read.link.bindings import Bindings
from genai_policy.read.link.calls import CallRules
from genai_policy.read.link.hierarchy import Hierarchy
from genai_policy.read.link.program import Cls, File, Fn, FnKey, Program, last_name
from genai_policy.read.link.solver import Slot, Solver
from genai_policy.read.link.stores import Stores
from genai_policy.read.link.values import (
    HOLE,
    SESSIONS,
    ClassVal,
    Coll,
    Const,
    Ext,
    FnVal,
    Gen,
    Inst,
    Mod,
    Obj,
    Pkg,
    Super,
    Text,
    Value,
    address_part,
)

MAX_TEXT = 300
MAX_PATH = 160
_PRODUCT = 12
_DEPTH = 300


class Inference:
    """Evaluates expressions of one program under one catalogue."""

    def __init__(self, program: Program, hierarchy: Hierarchy, catalogue: Catalogue) -> None:
        self.program = program
        self.types = hierarchy
        self.catalogue = catalogue
        self.solver = Solver(self._compute)
        self._depth = 0
        self.groups: list[tuple[Fn, ir.Group, Slot | None]] = []
        self._group_numbers: dict[int, int] = {}
        self.rules = CallRules(self)
        self.stores = Stores(self)
        self.bindings = Bindings(self)
        self._equations = {
            "var": self.bindings.variable,
            "param": self._param,
            "applied": self._applied,
            "call": self._call,
            "callee": self._callee,
            "ret": self._ret,
            "yield": self._yield,
            "field": self.stores.field,
            "member": self._member,
            "items": self.stores.items,
            "elems": self._elems,
            "iter": self._iter,
            "stored": self.stores.near,
            "stores": self.stores.elsewhere,
            "puts": self.stores.puts_elsewhere,
            "callers": self.rules.who.verified,
            "handed": self.rules.who.given,
        }

    # Questions from outside: each returns final values.

    def values(self, expr: ir.Expr, fn: Fn) -> list[Value]:
        """Everything ``expr`` may stand for in ``fn``."""
        before = -1
        found: list[Value] = []
        while before != self.solver.work:
            found = self.eval(expr, fn)
            before = self.solver.work
            self.solver.settle()
        return found

    def callees(self, fn: Fn, call: ir.Call) -> list[Value]:
        """Everything the called expression may stand for."""
        return self.solver.solve(("callee", fn.file.path, call.id))

    def texts(self, expr: ir.Expr | None, fn: Fn) -> list[str]:
        """The texts ``expr`` may stand for; unknown parts are :data:`HOLE`. Never empty."""
        if expr is None:
            return [HOLE]
        return [v.value for v in self.values(expr, fn) if isinstance(v, Text)] or [HOLE]

    def items(self, expr: ir.Expr, fn: Fn) -> list[tuple[ir.Expr | None, ir.Expr, Fn]]:
        """Keys and values, as expressions with the function they stand in, of the literal collections ``expr`` may stand for."""
        found: list[tuple[ir.Expr | None, ir.Expr, Fn]] = []
        for value in self.values(expr, fn):
            if isinstance(value, Coll):
                home, group, _ = self.groups[value.number]
                found.extend((item.key, item.value, home) for item in group.items)
        return found

    # Expressions

    def eval(self, expr: ir.Expr | None, fn: Fn, home: Slot | None = None) -> list[Value]:
        """Values of ``expr`` so far. ``home`` is the slot a literal collection is kept in, if any."""
        if expr is None or self._depth > _DEPTH:
            return []
        self._depth += 1
        try:
            return self._eval(expr, fn, home)
        finally:
            self._depth -= 1

    def _eval(self, expr: ir.Expr, fn: Fn, home: Slot | None) -> list[Value]:
        kind = expr.__class__
        if kind is ir.Name:
            return self.name(expr.id, fn)  # type: ignore[union-attr, arg-type]
        if kind is ir.Attr:
            return self._attr(expr, fn)  # type: ignore[arg-type]
        if kind is ir.Call:
            return self.solver.read(("call", fn.file.path, expr.id))  # type: ignore[union-attr]
        if kind is ir.Literal:
            value = expr.value  # type: ignore[union-attr]
            return [Text(value[:MAX_TEXT])] if isinstance(value, str) else [Const(value)]
        if kind is ir.Template:
            return self._template(expr, fn)  # type: ignore[arg-type]
        if kind is ir.Index:
            return self.elements(expr.base, expr.key, fn)  # type: ignore[union-attr]
        if kind is ir.Closure:
            return [FnVal(fn.file.path, expr.function)]  # type: ignore[union-attr]
        if kind is ir.Group:
            return [self._group(expr, fn, home)]  # type: ignore[arg-type]
        if kind is ir.Op:
            return self._op(expr, fn, home)  # type: ignore[arg-type]
        return []

    def _group(self, group: ir.Group, fn: Fn, home: Slot | None) -> Value:
        number = self._group_numbers.get(id(group))
        if number is None:
            number = self._group_numbers[id(group)] = len(self.groups)
            self.groups.append((fn, group, home))
        elif home is not None and self.groups[number][2] is None:
            self.groups[number] = (fn, group, home)
        return Coll(number)

    def _op(self, expr: ir.Op, fn: Fn, home: Slot | None) -> list[Value]:
        op, operands = expr.op, expr.operands
        if op in ("await", "ref", "paren", "!") and operands:
            return self.eval(operands[0], fn, home)
        if op in ("and", "or", "??", "||", "&&"):
            return self._all(operands, fn)
        if op == "if" and len(operands) == 3:
            return self._all(operands[1:], fn)
        if op == "," and operands:
            return self.eval(operands[-1], fn)
        if op == "walrus" and len(operands) == 2:
            return self.eval(operands[1], fn)
        if op == "cast" and operands:
            found = self.eval(operands[0], fn)
            return found + self.instances(self.types.types(operands[1], fn)) if len(operands) > 1 else found
        if op == "|" and operands:
            return self.rules.pipe([self.eval(one, fn) for one in operands])
        if op == "+" and operands:
            values = self._all(operands, fn)
            texts = self._template(ir.Template(expr.line, operands), fn) if any(isinstance(v, Text) for v in values) else []
            return [*(v for v in values if isinstance(v, Coll)), *texts]
        if op == "method-ref" and len(operands) == 2 and isinstance(operands[1], ir.Literal):
            return self.members(self.eval(operands[0], fn), str(operands[1].value))
        if op == "yield-from" and operands:
            return []
        if op == "receive" and operands:
            return self.elements(operands[0], None, fn)
        if op == "comprehension" and operands:
            return [Coll(self._comprehension(expr, fn))]
        return []

    def _comprehension(self, expr: ir.Op, fn: Fn) -> int:
        number = self._group_numbers.get(id(expr))
        if number is None:
            element = expr.operands[0]
            if isinstance(element, ir.Group) and len(element.items) == 1 and element.kind == "dict":
                items: tuple[ir.Item, ...] = element.items
            else:
                items = (ir.Item(element),)
            number = self._group_numbers[id(expr)] = len(self.groups)
            self.groups.append((fn, ir.Group(expr.line, "set", items), None))
        return number

    def _all(self, operands: Iterable[ir.Expr], fn: Fn) -> list[Value]:
        found: dict[Value, None] = {}
        for one in operands:
            found.update(dict.fromkeys(self.eval(one, fn)))
        return list(found)

    def _template(self, expr: ir.Template, fn: Fn) -> list[Value]:
        texts = [""]
        for part in expr.parts:
            found = [v.value for v in self.eval(part, fn) if isinstance(v, Text)]
            choices = found[:_PRODUCT] or [HOLE]
            if len(texts) * len(choices) > _PRODUCT:
                choices = choices[: max(1, _PRODUCT // len(texts))]
            texts = [(a + b)[:MAX_TEXT] for a in texts for b in choices]
        return [Text(text) for text in dict.fromkeys(texts)]

    def name(self, name: str, fn: Fn) -> list[Value]:
        """Values of a bare name."""
        speech = self.types.speech(fn.file)
        at: Fn | None = fn
        while at is not None:
            if name in at.params:
                found = self.solver.read(("param", at.file.path, at.index, name))
                if name in at.bindings:
                    return list(dict.fromkeys([*found, *self.solver.read(("var", at.file.path, at.index, name))]))
                return found
            if name in at.bindings and (at.parent is not None or at.index == 0):
                return self.solver.read(("var", at.file.path, at.index, name))
            owner = self.owner(at)
            if owner is not None:
                if name == at.code.receiver or name in speech.self_names:
                    return [Inst(owner.file.path, owner.index)]
                if speech.implicit_members:
                    found = self._implicit(owner, name)
                    if found:
                        return found
            at = at.parent
        for peer in speech.peers(fn.file):
            if name in peer.functions[0].bindings:
                return self.solver.read(("var", peer.path, 0, name))
        for imp in fn.file.stars:
            module, _ = speech.import_target(fn.file, imp)
            if isinstance(module, Mod | Pkg):
                found = self.members([module], name)
                if found:
                    return found
        if name in speech.self_names:
            return self._holder(fn)
        builtin = speech.builtin(name)
        return [builtin] if builtin is not None else []

    def _holder(self, fn: Fn) -> list[Value]:
        """The object literal that holds the function (or the one around it): what ``this`` means there."""
        at: Fn | None = fn
        while at is not None:
            held = self.program.holder(at)
            if held is not None:
                return [self._group(held, at.parent or at, None)]
            at = at.parent
        return []

    def _implicit(self, owner: Cls, name: str) -> list[Value]:
        for one in self.types.mro(owner):
            if isinstance(one, Cls) and (name in one.fields or name in one.methods):
                return self.member(Inst(owner.file.path, owner.index), name)
        return []

    def owner(self, fn: Fn) -> Cls | None:
        """The class a function is a method of."""
        index = fn.code.owner
        return fn.file.classes[index] if index is not None and 0 <= index < len(fn.file.classes) else None

    def _attr(self, expr: ir.Attr, fn: Fn) -> list[Value]:
        base = self.eval(expr.base, fn)
        if self.types.speech(fn.file).functions_are_objects:
            base = [v for v in base if not self._namesake(v, expr.base)]
        found = self.members(base, expr.name)
        if expr.name == "value" and not found and fn.file.ir.language == "python":
            found = self._enum_value(base)
        if not any(isinstance(v, Inst | ClassVal | Mod | Pkg | Super | Gen) for v in base):
            near = last_name(expr.base)
            if near and expr.name in self.program.attr_stores:
                stored = self.solver.read(("stored", near, expr.name))
                found = list(dict.fromkeys([*found, *stored]))
        return found

    def _namesake(self, value: Value, base: ir.Expr) -> bool:
        """Whether a value is only the method that has the same name as the field that is meant (Java keeps the two apart)."""
        if not isinstance(value, FnVal) or isinstance(base, ir.Call):
            return False
        code = self.program.fn((value.file, value.index)).code
        return code.owner is not None and code.name == last_name(base)

    # Members

    def members(self, bases: Iterable[Value], name: str) -> list[Value]:
        """Member ``name`` of any of ``bases``."""
        found: dict[Value, None] = {}
        for base in bases:
            found.update(dict.fromkeys(self.member(base, name)))
        return list(found)

    def member(self, base: Value, name: str) -> list[Value]:
        """Member ``name`` of one value."""
        if isinstance(base, Ext):
            held = self._session_member(name) if base.path == "streamlit.session_state" else []
            return held or ([Ext(f"{base.path}.{name}")] if len(base.path) < MAX_PATH else [])
        if isinstance(base, Inst):
            return self._instance_member(base, name)
        if isinstance(base, Obj):
            if base.owner is not None:
                found = self._instance_member(Inst(*base.owner, exact=True), name)
                if found:
                    return found
            return [Ext(f"{base.path}().{name}")]
        if isinstance(base, ClassVal):
            return self._class_member(base, name)
        if isinstance(base, Super):
            cls = self.program.cls((base.file, base.index))
            methods = self.types.find_method(cls, name, after=True)
            if methods:
                return [FnVal(m.file.path, m.index, True) for m in methods]
            return [Ext(f"{path}().{name}") for path in self.types.ancestors_outside(cls)[:2]]
        if isinstance(base, Text):
            return [Text(part) for part in address_part(base.value, name)]
        if isinstance(base, Mod):
            return self._module_member(self.program.files[base.file], name)
        if isinstance(base, Pkg):
            return list(self.types.static_member(base, name))
        if isinstance(base, Coll):
            home, group, _ = self.groups[base.number]
            return self.elements_of(base, name, True) if group.kind == "dict" and self.types.speech(home.file).member_items else []
        if isinstance(base, FnVal) and self.types.speech(self.program.files[base.file]).functions_are_objects:
            return [base]
        if isinstance(base, FnVal):
            return list(self.solver.read(("field", base.file, -1 - base.index, name))) if name in self.program.attr_stores else []
        return []

    def _session_member(self, name: str) -> list[Value]:
        """``st.session_state.chain``: what was stored under that name, as a member or a key."""
        found: dict[Value, None] = {}
        for fn, target, value, _ in self.program.attr_stores.get(name, ()):
            if value is not None and last_name(target.base) == "session_state":
                found.update(dict.fromkeys(self.eval(value, fn)))
        if "session_state" in self.program.item_stores:
            found.update(dict.fromkeys(self.solver.read(("items", "<streamlit>", -3, "session_state", name))))
        return list(found)

    def _module_member(self, file: File, name: str) -> list[Value]:
        speech = self.types.speech(file)
        public = speech.exported(file, name)
        if isinstance(public, tuple):
            module, symbol = speech.import_target(*public)
            if module is None:
                return []
            return self.members([module], symbol) if symbol else [module]
        if public is not None:
            return self.eval(public, file.functions[0])
        if name in file.functions[0].bindings:
            return self.solver.read(("var", file.path, 0, name))
        found = list(self.types.static_member(Mod(file.path), name))
        if not found:
            for imp in file.stars:
                module, _ = speech.import_target(file, imp)
                if isinstance(module, Mod) and module.file != file.path:
                    found = self.members([module], name)
                    if found:
                        break
        return found

    def _class_member(self, base: ClassVal, name: str) -> list[Value]:
        cls = self.program.cls((base.file, base.index))
        methods = self.types.find_method(cls, name)
        if methods:
            return [FnVal(m.file.path, m.index, "classmethod" in m.code.flags) for m in methods]
        for one in self.types.mro(cls):
            if isinstance(one, Cls) and name in one.fields:
                return self._fields(cls, name)
        nested = self.types.static_member(base, name)
        if nested:
            return list(nested)
        if name in self.program.attr_stores:
            found = self._fields(cls, name)
            if found:
                return found
        return [Ext(f"{path}.{name}") for path in self.types.ancestors_outside(cls)[:2] if not _bare(path)]

    def _instance_member(self, base: Inst, name: str) -> list[Value]:
        # kept in a slot of its own: a member of a wide hierarchy is asked for again and again
        found = self.solver.read(("member", base.file, base.index, base.exact, name))
        if not found:
            cls = self.program.cls((base.file, base.index))
            found = [Ext(f"{path}().{name}") for path in self.types.ancestors_outside(cls)[:3] if not _bare(path)]
        return found

    def _member(self, slot: Slot) -> list[Value]:
        _, file, index, exact, name = slot
        cls = self.program.cls((file, index))
        candidates = [cls] if exact else [cls, *self.types.subclasses(cls)]
        found: dict[Value, None] = {}
        seen: set[FnKey] = set()
        for one in candidates:
            for method in self.types.find_method(one, name):
                if method.key not in seen:
                    seen.add(method.key)
                    if "property" in method.code.flags or "getter" in method.code.flags or _is_property(method):
                        found.update(dict.fromkeys(self.returned(method)))
                    elif "setter" not in method.code.flags:
                        found[FnVal(method.file.path, method.index, True)] = None
        holders = {m.key: m for one in candidates for m in self.types.mro(one) if isinstance(m, Cls)}
        for holder in holders.values():
            if self.stores.has_field(holder, name):
                found.update(dict.fromkeys(self.solver.read(("field", holder.file.path, holder.index, name))))
        return list(found)

    def _fields(self, cls: Cls, name: str) -> list[Value]:
        found: dict[Value, None] = {}
        for one in self.types.mro(cls):
            if isinstance(one, Cls) and self.stores.has_field(one, name):
                found.update(dict.fromkeys(self.solver.read(("field", one.file.path, one.index, name))))
        return list(found)

    def instances(self, types: Iterable[Value]) -> list[Value]:
        """Instances (not exact) of declared types."""
        return [Inst(t.file, t.index) if isinstance(t, ClassVal) else Ext(f"{t.path}()") for t in types if isinstance(t, ClassVal | Ext)]

    def returned(self, fn: Fn) -> list[Value]:
        """What calling ``fn`` gives."""
        if "generator" in fn.code.flags:
            return [Gen(fn.file.path, fn.index)]
        return self.solver.read(("ret", fn.file.path, fn.index))

    # Collections

    def constant(self, key: ir.Expr | None, fn: Fn) -> str | int | None:
        """The one constant ``key`` stands for, or None."""
        if key is None:
            return None
        if isinstance(key, ir.Literal):
            return key.value if isinstance(key.value, str | int) and not isinstance(key.value, bool) else None
        if isinstance(key, ir.Name | ir.Attr):
            dotted_key = _dotted(key)
            if dotted_key is not None and re.fullmatch(r"[A-Z][\w.]*", dotted_key.rpartition(".")[2]):
                found = self.eval(key, fn)
                if len(found) == 1 and isinstance(found[0], Text) and HOLE not in found[0].value:
                    return found[0].value
        return None

    def elements(self, base: ir.Expr, key: ir.Expr | None, fn: Fn) -> list[Value]:
        """What indexing or iterating ``base`` gives (with ``key``, when it is a constant, only what is stored under it)."""
        wanted = self.constant(key, fn)
        found: dict[Value, None] = {}
        for value in self.eval(base, fn):
            found.update(dict.fromkeys(self.elements_of(value, wanted, key is not None)))
        for slot in self.locations(base, fn):
            found.update(dict.fromkeys(self.solver.read((*slot, wanted))))
        if isinstance(base, ir.Attr | ir.Name):
            found.update(dict.fromkeys(self.instances(self._declared_elements(base, fn))))
        return list(found)

    def _declared_elements(self, base: ir.Attr | ir.Name, fn: Fn) -> list[Value]:
        found: list[Value] = []
        if isinstance(base, ir.Name):
            for scope in self.types.scopes(fn):
                if base.id in scope.params:
                    param = scope.code.params[scope.params[base.id]]
                    declared = self.types.types if param.kind == "rest" else self.types.element_types
                    found.extend(declared(param.annotation, scope))
                    break
                if base.id in scope.bindings:
                    for binding in scope.bindings[base.id]:
                        if binding.kind == "type":
                            found.extend(self.types.element_types(binding.node, scope))
                    break
        else:
            for value in self.eval(base.base, fn):
                if isinstance(value, Inst | ClassVal):
                    for one in self.types.mro(self.program.cls((value.file, value.index))):
                        if isinstance(one, Cls) and base.name in one.fields:
                            found.extend(self.types.element_types(one.fields[base.name].annotation, one.scope or one.file.functions[0]))
        return found

    def locations(self, base: ir.Expr, fn: Fn) -> list[Slot]:
        """The places (without the key) under whose name something may have been stored into ``base``."""
        if isinstance(base, ir.Name):
            if base.id not in self.program.item_stores:
                return []
            for scope in self.types.scopes(fn):
                if base.id in scope.bindings:
                    if scope.index == 0:
                        return self._global_place(scope, base.id)
                    return [("items", scope.file.path, -2 - scope.index, base.id)]
                if base.id in scope.params:
                    return [("items", scope.file.path, -2 - scope.index, base.id)]
            return []
        if isinstance(base, ir.Attr) and base.name in self.program.item_stores:
            slots: list[Slot] = []
            for value in self.eval(base.base, fn):
                if isinstance(value, Inst | ClassVal):
                    slots.append(("items", value.file, value.index, base.name))
                elif isinstance(value, Obj) and value.owner is not None:
                    slots.append(("items", *value.owner, base.name))
                elif isinstance(value, Mod):
                    slots.append(("items", value.file, -2, base.name))
                elif isinstance(value, Ext) and value.path in SESSIONS:
                    slots.append(("items", f"<{value.path}>", -3, base.name))
            return slots
        return []

    def _global_place(self, scope: Fn, name: str) -> list[Slot]:
        for value in self.types.static(ir.Name(0, name), scope):
            if isinstance(value, Mod | ClassVal | FnVal):
                return []
        for binding in scope.bindings[name]:
            if binding.kind == "import":
                module, symbol = self.types.speech(scope.file).import_target(scope.file, binding.node)
                if isinstance(module, Mod) and symbol:
                    return [("items", module.file, -2, symbol)]
        return [("items", scope.file.path, -2, name)]

    def elements_of(self, value: Value, wanted: str | int | None, indexed: bool) -> list[Value]:
        """Elements of one collection value."""
        if isinstance(value, Coll):
            return self.solver.read(("elems", value.number, wanted))
        if isinstance(value, Gen):
            return [] if indexed else self.solver.read(("yield", value.file, value.index))
        if isinstance(value, Inst):
            return self.solver.read(("iter", value.file, value.index, indexed))
        if isinstance(value, ClassVal) and self._is_enum(value):
            return self._enum_members(value, wanted)
        if isinstance(value, ClassVal) and not indexed:
            return [Inst(value.file, value.index)] if self.program.cls((value.file, value.index)).code.kind == "enum" else []
        return []

    # Python's enumerations: a member stands for its value

    def _is_enum(self, value: ClassVal | Inst) -> bool:
        cls = self.program.cls((value.file, value.index))
        return cls.file.ir.language == "python" and any(path in _ENUMS for path in self.types.ancestors_outside(cls))

    def _enum_members(self, value: ClassVal | Inst, wanted: str | int | None = None) -> list[Value]:
        found: dict[Value, None] = {}
        cls = self.program.cls((value.file, value.index))
        for name in cls.fields:
            if wanted in (None, name) and not name.startswith("_"):
                found.update(dict.fromkeys(self._fields(cls, name)))
        return list(found)

    def _enum_value(self, bases: list[Value]) -> list[Value]:
        """``.value`` of what may be members: of one declared as such any member's; what a member stands for itself."""
        found: dict[Value, None] = {}
        for base in bases:
            if isinstance(base, Inst) and self._is_enum(base):
                found.update(dict.fromkeys(self._enum_members(base)))
            elif isinstance(base, Inst | ClassVal | FnVal | Coll | Obj):
                found[base] = None
        return list(found)

    # Equations

    def _compute(self, slot: Slot) -> list[Value]:
        return self._equations[slot[0]](slot)

    def _param(self, slot: Slot) -> list[Value]:
        _, path, index, name = slot
        fn = self.program.fn((path, index))
        position = fn.params[name]
        param = fn.code.params[position]
        owner = self.owner(fn)
        speech = self.types.speech(fn.file)
        if position == 0 and owner is not None and speech.self_is_parameter and "static" not in fn.code.flags:
            if "classmethod" in fn.code.flags or fn.code.name == "__new__":
                return [ClassVal(owner.file.path, owner.index)]
            return [Inst(owner.file.path, owner.index)]
        around = fn.parent or fn
        found: dict[Value, None] = dict.fromkeys(self.instances(self.types.types(param.annotation, around)))
        found.update(dict.fromkeys(self.rules.injected(param, around)))
        if param.annotation is None:
            found.update(dict.fromkeys(speech.param_values(self, fn, position)))
        if param.default is not None:
            found.update(dict.fromkeys(self.eval(param.default, around)))
        found.update(dict.fromkeys(self.rules.arguments_for(fn, position, param)))
        if position == (1 if owner is not None and speech.self_is_parameter else 0):
            found.update(dict.fromkeys(self.solver.read(("applied", path, index))))
        return list(found)

    def _applied(self, slot: Slot) -> list[Value]:
        return self.rules.applied(self.program.fn((slot[1], slot[2])))

    def _callee(self, slot: Slot) -> list[Value]:
        fn, call = self.program.files[slot[1]].by_id[slot[2]]
        return self.rules.callee(call, fn)

    def _call(self, slot: Slot) -> list[Value]:
        located = self.program.files[slot[1]].by_id.get(slot[2])
        if located is None:
            return []
        fn, call = located
        return self.rules.result(call, fn)

    def _ret(self, slot: Slot) -> list[Value]:
        fn = self.program.fn((slot[1], slot[2]))
        found: dict[Value, None] = {}
        for expr in fn.returns:
            found.update(dict.fromkeys(self.eval(expr, fn)))
        if fn.code.returns is not None and not any(isinstance(v, Inst) and v.exact for v in found):
            found.update(dict.fromkeys(self.instances(self.types.types(fn.code.returns, fn.parent or fn))))
        return list(found)

    def _yield(self, slot: Slot) -> list[Value]:
        fn = self.program.fn((slot[1], slot[2]))
        found: dict[Value, None] = {}
        for op, expr in fn.yields:
            if op == "yield":
                found.update(dict.fromkeys(self.eval(expr, fn)))
            else:
                found.update(dict.fromkeys(self.elements(expr, None, fn)))
        return list(found)

    def is_receiver(self, name: str, fn: Fn) -> bool:
        """Whether ``name`` is the receiver in the method ``fn``."""
        speech = self.types.speech(fn.file)
        if name == fn.code.receiver or name in speech.self_names:
            return True
        if speech.self_is_parameter and fn.code.params and "static" not in fn.code.flags:
            return fn.code.params[0].name == name
        return False

    def _iter(self, slot: Slot) -> list[Value]:
        _, path, index, indexed = slot
        found: dict[Value, None] = {}
        for name in ("__getitem__",) if indexed else ("__iter__", "__aiter__", "__next__", "__anext__", "iterator"):
            for method in self.types.find_method(self.program.cls((path, index)), name):
                for one in self.returned(method):
                    if indexed or name in ("__next__", "__anext__"):
                        found[one] = None
                    else:
                        found.update(dict.fromkeys(self.elements_of(one, None, False)))
        return list(found)

    def _elems(self, slot: Slot) -> list[Value]:
        _, number, wanted = slot
        fn, group, home = self.groups[number]
        found: dict[Value, None] = {}
        for position, item in enumerate(group.items):
            if item.spread:
                keyed = ir.Literal(group.line, wanted) if group.kind == "dict" and wanted is not None else None
                found.update(dict.fromkeys(self.elements(item.value, keyed, fn)))
                continue
            label = position if item.key is None else self.constant(item.key, fn)
            if group.kind == "set" or wanted is None or label is None or label == wanted:
                found.update(dict.fromkeys(self.eval(item.value, fn)))
        if home is not None:
            found.update(dict.fromkeys(self.solver.read((*home, wanted))))
        return list(found)


_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "aenum.Enum", "aenum.MultiValueEnum"})


def _bare(path: str) -> bool:
    """Ancestors whose members mean nothing."""
    return path.rpartition(".")[2] in {
        "object",
        "ABC",
        "Protocol",
        "Generic",
        "Enum",
        "BaseModel",
        "Exception",
        "TypedDict",
        "NamedTuple",
        "type",
    }


def _is_property(fn: Fn) -> bool:
    return any(last_name(decorator).endswith("property") for decorator in fn.code.decorators)


def _dotted(expr: ir.Expr) -> str | None:
    if isinstance(expr, ir.Name):
        return expr.id
    if isinstance(expr, ir.Attr):
        base = _dotted(expr.base)
        return f"{base}.{expr.name}" if base else None
    return None
