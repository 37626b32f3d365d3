"""What ECMAScript's own methods do to values (arrays, promises, ``Object``, functions), and what they hand to their callbacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genai_policy.model import ir
from genai_policy.read.link.program import Fn
from genai_policy.read.link.values import Coll, Const, Ext, FnVal, Gen, Inst, Mod, Obj, Text, Value

if TYPE_CHECKING:
    from genai_policy.read.link.infer import Inference

#: Methods that give one element, or a collection of some elements, of the array they are called on.
_ELEMENT = frozenset({"find", "findLast", "at", "pop", "shift"})
_SAME_ELEMENTS = frozenset({"filter", "slice", "reverse", "sort", "flat", "toSorted", "toReversed", "splice", "values"})
#: Methods that call their first argument with an element first.
_EACH = frozenset(
    {
        "forEach", "map", "flatMap", "filter", "find", "findIndex", "findLast", "some", "every", "each", "mapSeries", "sort", "toSorted",
        "subscribe", "tap",
    }
)  # fmt: skip
_PASSING = frozenset({"then", "catch", "finally", "pipe", "setEncoding", "unref", "asObservable", "toPromise"})
_SERVER = "fastify.FastifyInstance()"
_OBJECT_SAME = frozenset({"freeze", "seal", "values", "entries", "assign", "create", "fromEntries", "from", "of"})


Mapped = dict[tuple[str, int], ir.Group]
"""By callback: the collection of everything it returns, which is what ``map`` makes of it."""


def method_values(on: Inference, call: ir.Call, func: ir.Attr, fn: Fn, mapped: Mapped) -> list[Value]:
    """Values that calling a method of the language itself gives; [] for any other method."""
    name = func.name
    if isinstance(func.base, ir.Name) and func.base.id in ("Object", "Array", "Promise", "Reflect"):
        return _static(on, call, func.base.id, name, fn)
    if name in _ELEMENT:
        return on.elements(func.base, None, fn)
    if name in _SAME_ELEMENTS:
        return [v for v in on.eval(func.base, fn) if isinstance(v, Coll | Gen)]
    if name == "concat":
        values = [*on.eval(func.base, fn), *(v for arg in call.args for v in on.eval(arg.value, fn))]
        return [v for v in values if isinstance(v, Coll)]
    if name == "then" and call.args:
        return _returned(on, call.args[0].value, fn)
    if name in ("map", "flatMap") and call.args:
        return _collected(on, call.args[0].value, fn, mapped)
    if name == "join":
        return _joined(on, func.base, call, fn)
    if name in _PASSING:
        return [v for v in on.eval(func.base, fn) if not isinstance(v, Ext | Text | Const)]
    if name in ("call", "apply") and call.args:
        return _returned(on, func.base, fn)
    return []


def handed_values(on: Inference, fn: Fn, call: ir.Call, at: int, position: int) -> list[Value]:
    """Values that a method of the language hands as argument ``position`` to the function given as its argument number ``at``."""
    func = call.func
    if not isinstance(func, ir.Attr):
        return []
    if func.name in _EACH and at == 0 and position == 0:
        return on.elements(func.base, None, fn)
    if func.name == "then" and at == 0 and position == 0:
        return on.eval(func.base, fn)
    if func.name == "reduce" and at == 0:
        if position == 1:
            return on.elements(func.base, None, fn)
        return on.eval(call.args[1].value, fn) if position == 0 and len(call.args) > 1 else []
    return []


def param_values(on: Inference, fn: Fn, position: int) -> list[Value]:
    """The server that a Fastify plugin is given, known by the plugin's declared type, its wrapper, or its own default export."""
    if position or fn.parent is None or fn.parent.index:
        return []
    bindings = fn.parent.bindings
    declared = [b.node for b in bindings.get(fn.code.name, ()) if b.kind == "type"]
    if any(v.path.startswith("fastify.FastifyPlugin") for node in declared for v in on.types.types(node, fn.parent) if isinstance(v, Ext)):
        return [Ext(_SERVER)]
    for binding in bindings.get("default", ()):
        node = binding.node
        if not isinstance(node, ir.Call) or ir.Closure not in {type(arg.value) for arg in node.args}:
            continue
        wraps = any(isinstance(v, Ext) and v.path == "fastify-plugin" for v in on.types.static(node.func, fn.parent))
        if wraps and any(isinstance(arg.value, ir.Closure) and arg.value.function == fn.index for arg in node.args):
            return [Ext(_SERVER)]
    return [Ext(_SERVER)] if "default-export" in fn.code.flags and fn.code.params[0].name == "fastify" else []


def settled(on: Inference, call: ir.Call, fn: Fn) -> list[Value]:
    """What ``new Promise((resolve) => …)`` is settled with: what ``resolve`` is given in the function or in one written inside it."""
    given = call.args[0].value if call.args else None
    if not isinstance(given, ir.Closure) or not 0 <= given.function < len(fn.file.functions):
        return []
    run = fn.file.functions[given.function]
    name = run.code.params[0].name if run.code.params else ""
    found: list[Value] = []
    for one in fn.file.functions if name else ():
        at: Fn | None = one
        while at is not None and at is not run and name not in at.params:
            at = at.parent
        if at is run:
            calls = [inner for inner in one.calls if isinstance(inner.func, ir.Name) and inner.func.id == name and inner.args]
            found.extend(value for inner in calls for value in on.eval(inner.args[0].value, one))
    return found


def _static(on: Inference, call: ir.Call, base: str, name: str, fn: Fn) -> list[Value]:
    """``Object.values(x)`` and ``Array.from(x)`` keep what can be found in ``x``; ``Promise.all([a, b])`` is ``[a, b]``."""
    if not call.args:
        return []
    first = call.args[0].value
    if base == "Promise":
        if name in ("all", "allSettled"):
            return on.eval(first, fn)
        return on.elements(first, None, fn) if name in ("race", "any") else on.eval(first, fn) if name == "resolve" else []
    if name in _OBJECT_SAME:
        return [v for arg in call.args for v in on.eval(arg.value, fn) if isinstance(v, Coll | Inst | Obj | Mod | FnVal)]
    return on.elements(first, call.args[1].value, fn) if name == "get" and len(call.args) > 1 else []


def _collected(on: Inference, expr: ir.Expr, fn: Fn, mapped: Mapped) -> list[Value]:
    found: list[Value] = []
    for value in on.eval(expr, fn):
        if isinstance(value, FnVal):
            callback = on.program.fn((value.file, value.index))
            group = mapped.get(callback.key)
            if group is None:
                items = tuple(ir.Item(returned) for returned in callback.returns)
                group = mapped[callback.key] = ir.Group(callback.code.line, "set", items)
            found.extend(on.eval(group, callback))
    return found


def _joined(on: Inference, base: ir.Expr, call: ir.Call, fn: Fn) -> list[Value]:
    """``[a, b].join("/")``; an unknown part stays unknown."""
    given = on.eval(call.args[0].value, fn) if call.args else [Text(",")]
    between = next((v.value for v in given if isinstance(v, Text)), None)
    if between is None or not isinstance(base, ir.Group):
        return []
    parts: list[ir.Expr] = []
    for item in base.items:
        parts += [ir.Literal(call.line, between), item.value] if parts else [item.value]
    return on.eval(ir.Template(call.line, tuple(parts)), fn)


def _returned(on: Inference, expr: ir.Expr, fn: Fn) -> list[Value]:
    functions = [on.program.fn((value.file, value.index)) for value in on.eval(expr, fn) if isinstance(value, FnVal)]
    return [result for function in functions for result in on.returned(function)]
