"""What is stored where: into attributes of objects, and into collections that have a place of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from genai_policy.model import ir
from genai_policy.read.link.program import Cls, Fn
from genai_policy.read.link.solver import Slot
from genai_policy.read.link.values import SESSIONS, ClassVal, Ext, FnVal, Inst, Mod, Obj, Stored, Value

if TYPE_CHECKING:
    from genai_policy.read.link.infer import Inference

MAX_STORES = 60


class _Puts(NamedTuple):
    """Numbers of stores into collections of one name."""

    by_place: dict[tuple[str, int], list[int]]
    by_class: dict[tuple[str, int], list[int]]
    others: list[int]


class Stores:
    """The equations of ``field``, ``stores``, ``stored``, ``items`` and ``puts`` slots."""

    def __init__(self, inference: Inference) -> None:
        self.on = inference
        self.program = inference.program
        self.types = inference.types
        self._puts_by_name: dict[str, _Puts] = {}
        self._stores_by_name: dict[str, tuple[dict[tuple[str, int], list[int]], list[int]]] = {}

    def field(self, slot: Slot) -> list[Value]:
        """What one field of a class, or of a function as an object, holds."""
        _, path, index, name = slot
        if index < 0:
            return self._function_field(path, -1 - index, name)
        cls = self.program.cls((path, index))
        scope = cls.scope or cls.file.functions[0]
        found: dict[Value, None] = {}
        field = cls.fields.get(name)
        if field is not None:
            if field.value is not None:
                found.update(dict.fromkeys(self.on.eval(field.value, scope, ("items", path, index, name))))
            found.update(dict.fromkeys(self.on.instances(self.types.types(field.annotation, scope))))
        own, others = self._to(name)
        numbers = list(own.get(cls.key, ()))
        if others:
            numbers += [v.number for v in self.on.solver.read(("stores", name)) if isinstance(v, Stored) and (v.file, v.index) == cls.key]
        for number in numbers:
            fn, _, value, annotation = self.program.attr_stores[name][number]
            found.update(dict.fromkeys(self.on.eval(value, fn, ("items", path, index, name))))
            found.update(dict.fromkeys(self.on.instances(self.types.types(annotation, fn))))
        return list(found)

    def _to(self, name: str) -> tuple[dict[tuple[str, int], list[int]], list[int]]:
        """Numbers of the stores to attributes of this name: by class where the receiver is the method's own, and the others."""
        known = self._stores_by_name.get(name)
        if known is None:
            own: dict[tuple[str, int], list[int]] = {}
            others: list[int] = []
            for number, (fn, target, _, _) in enumerate(self.program.attr_stores.get(name, ())):
                owner = self._own_store(fn, target)
                if owner is not None:
                    own.setdefault(owner.key, []).append(number)
                else:
                    others.append(number)
            known = self._stores_by_name[name] = (own, others[:MAX_STORES])
        return known

    def _own_store(self, fn: Fn, target: ir.Attr) -> Cls | None:
        """The class whose method stores to its own receiver."""
        at: Fn | None = fn
        while at is not None and isinstance(target.base, ir.Name):
            owner = self.on.owner(at)
            if owner is not None and self.on.is_receiver(target.base.id, at):
                return owner
            if target.base.id in at.params or target.base.id in at.bindings:
                return None
            at = at.parent
        return None

    def elsewhere(self, slot: Slot) -> list[Value]:
        """Which classes the stores through other receivers go to."""
        name = slot[1]
        found: dict[Value, None] = {}
        for number in self._to(name)[1]:
            fn, target, _, _ = self.program.attr_stores[name][number]
            for value in self.on.eval(target.base, fn):
                if isinstance(value, Inst | ClassVal):
                    found[Stored(value.file, value.index, number)] = None
                elif isinstance(value, Obj) and value.owner is not None:
                    found[Stored(*value.owner, number)] = None
        return list(found)

    def has_field(self, cls: Cls, name: str) -> bool:
        """Whether the class itself may hold a field of this name."""
        if name in cls.fields:
            return True
        if name not in self.program.attr_stores:
            return False
        own, others = self._to(name)
        return bool(others) or cls.key in own

    def _function_field(self, path: str, index: int, name: str) -> list[Value]:
        found: dict[Value, None] = {}
        for fn, target, value, _ in self.program.attr_stores.get(name, ()):
            if isinstance(target.base, ir.Name) and any(
                isinstance(v, FnVal) and (v.file, v.index) == (path, index) for v in self.types.static(target.base, fn)
            ):
                found.update(dict.fromkeys(self.on.eval(value, fn)))
        return list(found)

    def near(self, slot: Slot) -> list[Value]:
        """What is stored near a place into attributes of this name, whoever holds them (``stored``)."""
        _, near, name = slot
        found: dict[Value, None] = {}
        stores = self.program.stores_near(near, name)
        if len(stores) > 12:
            return []
        for fn, target, value, _ in stores:
            if isinstance(target.base, ir.Name) and self.on.is_receiver(target.base.id, fn) and self.on.owner(fn) is not None:
                continue
            found.update(dict.fromkeys(self.on.eval(value, fn)))
        return list(found)

    def items(self, slot: Slot) -> list[Value]:
        """What is put into one collection, under one key where that is asked."""
        _, path, place, name, wanted = slot
        found: dict[Value, None] = {}
        for number in self._puts_into(name, path, place):
            fn, _, key, value, spread = self.program.item_stores[name][number]
            label = self.on.constant(key, fn) if key is not None else None
            if wanted is not None and label is not None and label != wanted:
                continue
            if spread:
                found.update(dict.fromkeys(self.on.elements(value, wanted, fn)))
            else:
                found.update(dict.fromkeys(self.on.eval(value, fn)))
        return list(found)

    def _puts_into(self, name: str, path: str, place: int) -> list[int]:
        """Numbers of the stores into collections of this name that may be the one at ``place``."""
        index = self._puts(name)
        numbers = list(index.by_place.get((path, place), ()))
        if place >= 0:
            for key, own in index.by_class.items():
                if self.types.related(key, (path, place)):
                    numbers += own
        if index.others:
            for value in self.on.solver.read(("puts", name)):
                if isinstance(value, Stored) and value.number not in numbers:
                    at = (value.file, value.index)
                    if at == (path, place) or (place >= 0 and value.index >= 0 and self.types.related(at, (path, place))):
                        numbers.append(value.number)
        return sorted(set(numbers))

    def _puts(self, name: str) -> _Puts:
        """Where the stores into collections of this name go: a variable's place, a class, or only data flow can tell."""
        known = self._puts_by_name.get(name)
        if known is None:
            known = self._puts_by_name[name] = _Puts({}, {}, [])
            for number, (fn, base, _, _, _) in enumerate(self.program.item_stores.get(name, ())):
                self._place_put(known, number, fn, base)
            del known.others[MAX_STORES:]
        return known

    def _place_put(self, index: _Puts, number: int, fn: Fn, base: ir.Expr) -> None:
        if isinstance(base, ir.Name):
            for slot in self.on.locations(base, fn):
                index.by_place.setdefault((slot[1], slot[2]), []).append(number)
            owner = self.on.owner(fn) if self.types.speech(fn.file).implicit_members else None
            if owner is not None:
                index.by_class.setdefault(owner.key, []).append(number)
        elif isinstance(base, ir.Attr):
            owner = self._own_store(fn, base)
            outside = self._session(fn, base)
            if outside:
                index.by_place.setdefault((outside, -3), []).append(number)
            elif owner is not None:
                index.by_class.setdefault(owner.key, []).append(number)
            else:
                index.others.append(number)

    def _session(self, fn: Fn, base: ir.Attr) -> str:
        """The place of a package's session store, by what declarations say."""
        found = self.types.static(base.base, fn) if isinstance(base.base, ir.Name) else ()
        return next((f"<{v.path}>" for v in found if isinstance(v, Ext) and v.path in SESSIONS), "")

    def puts_elsewhere(self, slot: Slot) -> list[Value]:
        """Which classes and modules the stores through other receivers go to."""
        name = slot[1]
        found: dict[Value, None] = {}
        for number in self._puts(name).others:
            fn, base, _, _, _ = self.program.item_stores[name][number]
            for value in self.on.eval(base.base, fn) if isinstance(base, ir.Attr) else ():
                if isinstance(value, Inst | ClassVal):
                    found[Stored(value.file, value.index, number)] = None
                elif isinstance(value, Mod):
                    found[Stored(value.file, -2, number)] = None
        return list(found)
