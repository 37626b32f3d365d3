"""What names are bound to: values, parts of values, elements of what is looped over, and what a context gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genai_policy.model import ir
from genai_policy.read.link.program import Binding, Fn, last_name
from genai_policy.read.link.solver import Slot
from genai_policy.read.link.values import Coll, Ext, Gen, Inst, Value

if TYPE_CHECKING:
    from genai_policy.read.link.infer import Inference


class Bindings:
    """The equation of ``var`` slots."""

    def __init__(self, inference: Inference) -> None:
        self.on = inference
        self.program = inference.program
        self.types = inference.types

    def variable(self, slot: Slot) -> list[Value]:
        """Values of all bindings of a name in its function."""
        _, path, index, name = slot
        fn = self.program.fn((path, index))
        found: dict[Value, None] = {}
        for binding in fn.bindings.get(name, ()):
            found.update(dict.fromkeys(self._values(binding, fn, name)))
        return list(found)

    def _values(self, binding: Binding, holder: Fn, name: str) -> list[Value]:
        """Values of one binding."""
        fn: Fn = binding.scope or holder
        kind = binding.kind
        if kind == "value":
            return self._value(binding, fn, holder, name)
        if kind == "elem":
            return self._element(binding, fn)
        if kind == "enter":
            return self._entered(binding, fn)
        if kind == "type":
            return self.on.instances(self.types.types(binding.node, fn))
        if kind == "import":
            module, symbol = self.types.speech(fn.file).import_target(fn.file, binding.node)
            if module is None:
                return []
            return [module] if symbol is None else self.on.members([module], symbol)
        return list(self.types.declared(binding, holder))

    def _value(self, binding: Binding, fn: Fn, holder: Fn, name: str) -> list[Value]:
        place: Slot = ("items", holder.file.path, -2 - holder.index, name) if name else ("items", holder.file.path, -1, "")
        if not binding.path:
            return self.on.eval(binding.node, fn, place)
        if isinstance(binding.node, ir.Name) and binding.node.id.startswith("<param:"):
            return self._pattern_parameter(int(binding.node.id[7:-1]), binding.path, fn)
        return self._parts(self.on.eval(binding.node, fn), binding.node, binding.path, fn)

    def _parts(self, values: list[Value], node: ir.Expr | None, path: tuple[int | str, ...], fn: Fn) -> list[Value]:
        """Destructure: follow positions and names into values."""
        for step, part in enumerate(path):
            found: dict[Value, None] = {}
            if step == 0 and node is not None and isinstance(node, ir.Index | ir.Attr | ir.Name):
                for slot in self.on.locations(node, fn):
                    found.update(dict.fromkeys(self.on.solver.read((*slot, part))))
            for value in values:
                if isinstance(value, Coll | Gen):
                    found.update(dict.fromkeys(self.on.elements_of(value, part, True)))
                elif isinstance(part, str):
                    found.update(dict.fromkeys(self.on.member(value, part)))
                elif isinstance(value, Ext):
                    found[Ext(f"{value.path}[{part}]")] = None
            values = list(found)
        return values

    def _pattern_parameter(self, position: int, path: tuple[int | str, ...], fn: Fn) -> list[Value]:
        values = self.on.rules.arguments_at(fn, position)
        param = fn.code.params[position] if position < len(fn.code.params) else None
        if param is not None and param.annotation is not None:
            values = values + self.on.instances(self.types.types(param.annotation, fn))
        return self._parts(values, None, path, fn)

    def _element(self, binding: Binding, fn: Fn) -> list[Value]:
        node, path = binding.node, binding.path
        if isinstance(node, ir.Call):
            name = last_name(node.func)
            base = node.func.base if isinstance(node.func, ir.Attr) else None
            if base is not None and name in ("items", "entries", "entrySet") and not node.args:
                if path[:1] == (0,):
                    return []
                return self._parts(self.on.elements(base, None, fn), None, path[1:], fn)
            if base is not None and name in ("values",) and not node.args:
                return self._parts(self.on.elements(base, None, fn), None, path, fn)
            if name == "enumerate" and node.args:
                return [] if path[:1] == (0,) else self._parts(self.on.elements(node.args[0].value, None, fn), None, path[1:], fn)
            if name == "zip" and path and isinstance(path[0], int) and path[0] < len(node.args):
                return self._parts(self.on.elements(node.args[path[0]].value, None, fn), None, path[1:], fn)
            if name in ("list", "tuple", "set", "sorted", "reversed", "iter", "tqdm") and node.args:
                return self._element(binding._replace(node=node.args[0].value), fn)
        return self._parts(self.on.elements(node, None, fn), None, path, fn)

    def _entered(self, binding: Binding, fn: Fn) -> list[Value]:
        found: dict[Value, None] = {}
        for value in self.on.eval(binding.node, fn):
            if isinstance(value, Gen):
                found.update(dict.fromkeys(self.on.solver.read(("yield", value.file, value.index))))
            elif isinstance(value, Inst):
                cls = self.program.cls((value.file, value.index))
                entered = False
                for name in ("__enter__", "__aenter__"):
                    for method in self.types.find_method(cls, name):
                        entered = True
                        found.update(dict.fromkeys(self.on.returned(method)))
                if not entered:
                    found[value] = None
            else:
                found[value] = None
        return self._parts(list(found), None, binding.path, fn)
