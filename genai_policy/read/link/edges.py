"""Call edges: which functions a function calls, or hands to something that calls them, and how each was resolved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from genai_policy.model import ir
from genai_policy.model.code import CallEdge, Certainty
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, FnKey, argument, last_name
from genai_policy.read.link.values import HOLE, ClassVal, Ext, FnVal, Inst, Mod, Obj, Pkg, Super, Value, plain

SELF = ("", -1)
"""Stands for "the receiver of the calling method" among receivers."""

_Key = tuple[str, int]
_ITERATION = ("__iter__", "__next__", "__aiter__", "__anext__")
_CONTEXT = ("__enter__", "__aenter__", "__exit__", "__aexit__")


class Target(NamedTuple):
    """A function a call may run."""

    fn: Fn
    how: str
    certain: bool = True
    receivers: tuple[_Key, ...] = ()
    """Classes the receiver is known to be (or :data:`SELF`); empty when unknown."""


class Unresolved(NamedTuple):
    """A call whose receiver or callee stands for nothing known."""

    fn: Fn
    call: ir.Call
    name: str


class Edges:
    """Edges of functions, worked out on first demand and kept."""

    def __init__(self, inference: Inference) -> None:
        self.on = inference
        self.program = inference.program
        self.types = inference.types
        self.catalogue = inference.catalogue
        self.unresolved: dict[FnKey, list[Unresolved]] = {}
        self.external: dict[FnKey, list[tuple[int, str]]] = {}
        self.added: dict[FnKey, list[CallEdge]] = {}
        self.receivers: dict[tuple[str, int, str], tuple[_Key, ...]] = {}
        self.consumers: set[str] = set()
        self._known: dict[FnKey, tuple[CallEdge, ...]] = {}
        self._iterable = any(name in self.program.functions_named for name in _ITERATION)
        self._enterable = any(name in self.program.functions_named for name in _CONTEXT)

    def of(self, fn: Fn) -> tuple[CallEdge, ...]:
        """The edges out of ``fn``, in source order."""
        known = self._known.get(fn.key)
        if known is None:
            edges: dict[tuple[int, str], CallEdge] = {}
            self.unresolved[fn.key] = []
            self.external[fn.key] = []
            for call in fn.calls:
                for target in self.targets(fn, call):
                    self._note(edges, fn, call.id, call.line, target)
            for line, target in self._unwritten(fn):
                self._note(edges, fn, -1, line, target)
            for edge in self.added.get(fn.key, ()):
                edges.setdefault((edge.call, edge.callee), edge)
            known = self._known[fn.key] = tuple(sorted(edges.values(), key=lambda e: (e.line, e.call, e.callee)))
        return known

    def add(self, edge: CallEdge, fn: Fn) -> None:
        """Add an edge that comes from elsewhere (queues, declared links)."""
        self.added.setdefault(fn.key, []).append(edge)
        self._known.pop(fn.key, None)

    def _note(self, edges: dict[tuple[int, str], CallEdge], fn: Fn, call: int, line: int, target: Target) -> None:
        if target.fn is fn and call == -1:
            return
        if target.how in _STARTS and target.fn.id in self.consumers and target.fn.parent is not fn:
            return  # starting a queue's consumer hands it nothing: what reaches it comes through the queue
        certainty: Certainty = "certain" if target.certain else "possible"
        edge = CallEdge(fn.id, call, line, target.fn.id, target.how, certainty)
        if target.receivers:
            place = (edge.caller, call, edge.callee)
            self.receivers[place] = tuple(dict.fromkeys((*self.receivers.get(place, ()), *target.receivers)))
        old = edges.get((call, edge.callee))
        if old is None or (old.certainty == "possible" and target.certain):
            edges[(call, edge.callee)] = edge

    # Written calls

    def targets(self, fn: Fn, call: ir.Call) -> list[Target]:
        """Functions that a call expression runs."""
        values = self._narrowed(fn, call)
        found: dict[FnKey, Target] = {}
        exact = self._exact(fn, call)
        for value in values:
            for target in self._of_value(fn, call, value):
                if target.fn.key in found:
                    old = found[target.fn.key]
                    found[target.fn.key] = old._replace(receivers=tuple(dict.fromkeys((*old.receivers, *target.receivers))))
                else:
                    found[target.fn.key] = self._received(target, exact)
        direct = list(found.values())
        if len(direct) > 1:
            direct = self._fitting(call, direct)
        if len({t.fn.key for t in direct if t.how != "construct"}) > 1:
            direct = [t._replace(certain=False) for t in direct]
        outside = [v for v in values if isinstance(v, Ext)]
        for one in outside[:3]:
            self.external[fn.key].append((call.id, plain(one.path)))
        direct.extend(self._tasks(fn, call))
        direct.extend(self._hooks(fn, call))
        if not any(isinstance(v, FnVal) for v in values):
            direct.extend(self._callbacks(fn, call, values))
        elif isinstance(call.func, ir.Attr):
            direct.extend(self._callbacks(fn, call, [v for v in values if not isinstance(v, FnVal)], known_only=True))
        if not values and not direct and not self._known_not_to_exist(fn, call):
            self.unresolved[fn.key].append(Unresolved(fn, call, last_name(call.func)))
        return direct

    def _known_not_to_exist(self, fn: Fn, call: ir.Call) -> bool:
        """Whether the receiver is fully known and has no such member: nothing is hidden behind the call."""
        if not isinstance(call.func, ir.Attr):
            return False
        bases = self.on.values(call.func.base, fn)
        return bool(bases) and all(isinstance(v, Inst) and self._closed(v) for v in bases)

    def _closed(self, value: Inst) -> bool:
        cls = self.program.cls((value.file, value.index))
        if any(self.types.find_method(cls, name) for name in ("__getattr__", "__getattribute__")):
            return False
        return all(path.rpartition(".")[2] in _PLAIN for path in self.types.ancestors_outside(cls))

    def _narrowed(self, fn: Fn, call: ir.Call) -> list[Value]:
        """Callee values; a declared type gives way to the exact classes that were seen to be stored under it."""
        values = self.on.callees(fn, call)
        func = call.func
        if not isinstance(func, ir.Attr):
            return self._without_decorated(fn, func, values)
        bases = self.on.values(func.base, fn)
        exact = [v for v in bases if (isinstance(v, Inst) and v.exact) or isinstance(v, Obj)]
        if not exact or len(bases) < 2:
            return values
        kept = [v for v in bases if not (isinstance(v, Inst) and not v.exact and self._covered(v, exact))]
        if len(kept) == len(bases):
            return values
        self.on.solver.settle()
        return self.on.members(kept, func.name)

    def _exact(self, fn: Fn, call: ir.Call) -> tuple[_Key, ...] | None:
        """Exact classes of a call's receiver; SELF for the method's own; None when not all are known."""
        func = call.func
        if not isinstance(func, ir.Attr):
            return None
        return self._receiver_classes(func.base, fn)

    def _receiver_classes(self, base: ir.Expr, fn: Fn) -> tuple[_Key, ...] | None:
        if isinstance(base, ir.Name):
            at: Fn | None = fn
            while at is not None:
                if self.on.is_receiver(base.id, at) and self.on.owner(at) is not None:
                    return (SELF,)
                if base.id in at.bindings or base.id in at.params:
                    break
                at = at.parent
        found: list[_Key] = []
        for value in self.on.values(base, fn):
            if isinstance(value, Super):
                return (SELF,)
            if isinstance(value, Inst) and value.exact:
                found.append((value.file, value.index))
            elif isinstance(value, Obj) and value.owner is not None:
                found.append(value.owner)
            elif isinstance(value, Inst):
                return None
        return tuple(found) or None

    def _received(self, target: Target, exact: tuple[_Key, ...] | None) -> Target:
        if not exact or target.receivers or target.fn.code.owner is None:
            return target
        if exact == (SELF,):
            return target._replace(receivers=exact)
        fitting = []
        for key in exact:
            if any(m.key == target.fn.key for m in self.types.find_method(self.program.cls(key), target.fn.code.name)):
                fitting.append(key)
        return target._replace(receivers=tuple(fitting))

    def _covered(self, declared: Inst, exact: Iterable[Value]) -> bool:
        for value in exact:
            key = (value.file, value.index) if isinstance(value, Inst) else value.owner if isinstance(value, Obj) else None
            if key is not None and self.types.related(key, (declared.file, declared.index)):
                return True
        return False

    def _without_decorated(self, fn: Fn, func: ir.Expr, values: list[Value]) -> list[Value]:
        """A decorator's wrapper calls the function it wraps: that edge belongs to the wrapped function, not to every decorated one."""
        if not isinstance(func, ir.Name):
            return values
        for scope in self.types.scopes(fn):
            if func.id in scope.params:
                applied = set(self.on.solver.solve(("applied", scope.file.path, scope.index)))
                return [v for v in values if v not in applied] if applied else values
        return values

    def _of_value(self, fn: Fn, call: ir.Call, value: Value) -> list[Target]:
        if isinstance(value, FnVal):
            target = self.program.fn((value.file, value.index))
            return [Target(target, self._how(fn, call, target))]
        if isinstance(value, ClassVal):
            return self._constructors(self.program.cls((value.file, value.index)), False)
        if isinstance(value, Super):
            return self._constructors(self.program.cls((value.file, value.index)), True)
        if isinstance(value, Inst):
            methods = self.types.find_method(self.program.cls((value.file, value.index)), "__call__")
            receiver = ((value.file, value.index),) if value.exact else ()
            return [Target(m, "type", True, receiver) for m in methods]
        return []

    def _constructors(self, cls: Cls, after: bool) -> list[Target]:
        speech = self.types.speech(cls.file)
        found: list[Target] = []
        for name in speech.constructors:
            wanted = cls.code.name if name == "<class>" else name
            receiver = (SELF,) if after else (cls.key,)
            found.extend(Target(m, "construct", True, receiver) for m in self.types.find_method(cls, wanted, after))
        return found

    def _fitting(self, call: ir.Call, targets: list[Target]) -> list[Target]:
        """Of overloads (same name, same class), those that take as many arguments as the call gives."""
        if any(arg.spread for arg in call.args):
            return targets
        given = len(call.args)
        groups: dict[tuple[str, int | None, str], list[Target]] = {}
        for target in targets:
            groups.setdefault((target.fn.file.path, target.fn.code.owner, target.fn.code.name), []).append(target)
        found = []
        for (_, owner, _name), group in groups.items():
            fits = [t for t in group if len(t.fn.code.params) == given] if owner is not None and len(group) > 1 else group
            found.extend(fits or group)
        return found

    def _how(self, fn: Fn, call: ir.Call, target: Fn) -> str:
        func = call.func
        if isinstance(func, ir.Name):
            for scope in self.types.scopes(fn):
                if func.id in scope.bindings:
                    kinds = {b.kind for b in scope.bindings[func.id]}
                    return "import" if "import" in kinds else "call" if "function" in kinds else "value"
                if func.id in scope.params:
                    return "callback"
            return "import"
        if isinstance(func, ir.Attr):
            return self._method_how(fn, func, target)
        if isinstance(func, ir.Index):
            return "registry"
        return "value"

    def _method_how(self, fn: Fn, func: ir.Attr, target: Fn) -> str:
        if isinstance(func.base, ir.Name) and self.on.is_receiver(func.base.id, fn):
            return "method"
        for value in self.on.values(func.base, fn):
            if isinstance(value, Mod | Pkg):
                return "import"
            if isinstance(value, Super):
                return "super"
            if isinstance(value, ClassVal):
                return "class"
            if isinstance(value, Inst) and not value.exact and target.code.owner is not None:
                elsewhere = (target.file.path, target.code.owner) != (value.file, value.index)
                if elsewhere:
                    cls = self.program.cls((value.file, value.index))
                    return "interface" if cls.code.kind == "interface" or "abstract" in cls.code.flags else "override"
        return "type"

    def _tasks(self, fn: Fn, call: ir.Call) -> list[Target]:
        """``task.delay(...)`` and the like: a member of a function that runs it."""
        func = call.func
        if isinstance(func, ir.Attr) and func.name in ("send_task", "signature") and call.args:
            return self._named_task(call.args[0].value, fn)
        if not isinstance(func, ir.Attr) or func.name not in _TASK_CALLS or self.types.speech(fn.file).functions_are_objects:
            return []
        return [
            Target(self.program.fn((v.file, v.index)), "queue") for v in self.on.values(func.base, fn) if isinstance(v, FnVal)
        ]  # fmt: skip

    def _named_task(self, expr: ir.Expr, fn: Fn) -> list[Target]:
        """``app.send_task("jobs.draw")``: a decorated function of that name, in a file that can be that module."""
        found: list[Target] = []
        for text in self.on.texts(expr, fn):
            module, _, name = text.rpartition(".")
            for target in self.program.functions_named.get(name, ()) if HOLE not in text else ():
                path = target.file.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                if target.code.decorators and ("." + path).endswith("." + module):
                    found.append(Target(target, "queue"))
        return found

    # What frameworks call

    def _hooks(self, fn: Fn, call: ir.Call) -> list[Target]:
        """Methods of project subclasses that the framework's method runs (``llm.invoke`` runs ``_call``)."""
        func = call.func
        name = func.name if isinstance(func, ir.Attr) else "__call__"
        found: list[Target] = []
        if not any(name in hook.calls for _, hook in self.catalogue.hooks):
            return found
        base = func.base if isinstance(func, ir.Attr) else func
        for value, certain in self._receivers(base, fn, 0):
            key = (value.file, value.index) if isinstance(value, Inst) else value.owner if isinstance(value, Obj) else None
            if key is None:
                continue
            cls = self.program.cls(key)
            candidates = (
                [cls] if isinstance(value, Obj) or (isinstance(value, Inst) and value.exact) else [cls, *self.types.subclasses(cls)]
            )
            for one in candidates:
                found.extend(self._hooked(one, name, certain))
        return found

    def _hooked(self, cls: Cls, name: str, certain: bool) -> list[Target]:
        if self.types.find_method(cls, name):
            return []
        outside = self.types.ancestors_outside(cls)
        found: list[Target] = []
        for pattern, hook in self.catalogue.hooks:
            if name in hook.calls and any(pattern.search(path) for path in outside):
                for run in hook.runs:
                    found.extend(Target(m, "override", certain, (cls.key,)) for m in self.types.find_method(cls, run))
        return found

    def _receivers(self, base: ir.Expr, fn: Fn, depth: int) -> list[tuple[Value, bool]]:
        """Receivers of a framework call, and project instances that were put into an external receiver when it was made."""
        found: list[tuple[Value, bool]] = []
        for value in self.on.values(base, fn):
            if isinstance(value, Inst) or (isinstance(value, Obj) and value.owner is not None):
                found.append((value, depth == 0))
        if depth < 3:
            for call, scope in self._makers(base, fn):
                for arg in call.args:
                    if isinstance(arg.value, ir.Name | ir.Attr | ir.Call):
                        found.extend((v, False) for v, _ in self._receivers(arg.value, scope, depth + 1))
        return found[:12]

    def _makers(self, base: ir.Expr, fn: Fn) -> list[tuple[ir.Call, Fn]]:
        """External calls that made the value of ``base``, when a variable of the function or a field holds it."""
        if isinstance(base, ir.Call):
            return [(base, fn)] if any(isinstance(v, Ext) for v in self.on.callees(fn, base)) else []
        found: list[tuple[ir.Call, Fn]] = []
        if isinstance(base, ir.Name):
            for scope in self.types.scopes(fn):
                if base.id in scope.bindings:
                    for binding in scope.bindings[base.id]:
                        if binding.kind == "value" and isinstance(binding.node, ir.Call):
                            found.extend(self._makers(binding.node, binding.scope or scope))
                    break
        return found[:4]

    def _callbacks(self, fn: Fn, call: ir.Call, values: list[Value], known_only: bool = False) -> list[Target]:
        """Functions handed to something outside the tree."""
        found: list[Target] = []
        known: set[int] = set()
        for value in values:
            if isinstance(value, Ext):
                name = value.path.rpartition(".")[2]
                for pattern, forward in self.catalogue.forwards.get(name, ()):
                    if pattern.search(plain(value.path)):
                        expr = argument(call, forward.function, *forward.function_names)
                        if expr is not None:
                            known.add(id(expr))
                            found.extend(self._functions(expr, fn, forward.how, True))
        found.extend(self._objects(fn, call, values))
        if known_only or (values and all(isinstance(v, ClassVal | Mod) for v in values)):
            return found
        name = last_name(call.func)
        if name in _NOT_CALLING:
            return found
        for arg in call.args:
            found.extend(self._argument_callbacks(arg.value, fn, known, 0))
        return found

    def _objects(self, fn: Fn, call: ir.Call, values: list[Value]) -> list[Target]:
        """Methods that something outside the tree calls on an object of the tree: one it is given, or the one its method is called on."""
        if not self.types.speech(fn.file).has_listeners or not any(isinstance(v, Ext) for v in values):
            return []
        given: list[ir.Expr] = [arg.value for arg in call.args if isinstance(arg.value, ir.Name | ir.Attr | ir.Call)]
        if isinstance(call.func, ir.Attr) and not (isinstance(call.func.base, ir.Name) and self.on.is_receiver(call.func.base.id, fn)):
            given.append(call.func.base)
        found: list[Target] = []
        for expr in given:
            for value in self.on.values(expr, fn):
                if isinstance(value, Inst) and value.exact:
                    cls = self.program.cls((value.file, value.index))
                    found.extend(Target(m, "callback", False) for m in self.types.speech(cls.file).called_back(self.on, cls))
        return found

    def _argument_callbacks(self, expr: ir.Expr, fn: Fn, known: set[int], depth: int) -> list[Target]:
        if id(expr) in known:
            return []
        if isinstance(expr, ir.Group) and depth < 3:
            return [t for item in expr.items for t in self._argument_callbacks(item.value, fn, known, depth + 1)]
        if isinstance(expr, ir.Closure):
            return self._functions(expr, fn, "callback", True)
        if isinstance(expr, ir.Name | ir.Attr) and last_name(expr) in self.program.functions_named:
            return self._functions(expr, fn, "callback", False)
        if isinstance(expr, ir.Op) and expr.op == "method-ref":
            return self._functions(expr, fn, "callback", False)
        return []

    def _functions(self, expr: ir.Expr, fn: Fn, how: str, certain: bool) -> list[Target]:
        found: list[Target] = []
        values = self._without_decorated(fn, expr, self.on.values(expr, fn))
        functions = [v for v in values if isinstance(v, FnVal)]
        exact = self._receiver_classes(expr.base, fn) if isinstance(expr, ir.Attr) else None
        for one in functions:
            found.append(self._received(Target(self.program.fn((one.file, one.index)), how, certain and len(functions) == 1), exact))
        for value in values:
            if isinstance(value, Inst):
                found.extend(Target(m, how, False) for m in self.types.find_method(self.program.cls((value.file, value.index)), "__call__"))
        return found

    # Calls that are not written

    def _unwritten(self, fn: Fn) -> list[tuple[int, Target]]:
        found: list[tuple[int, Target]] = []
        for attr in fn.attrs:
            for value in self.on.values(attr.base, fn):
                if isinstance(value, Inst):
                    for method in self.types.find_method(self.program.cls((value.file, value.index)), attr.name):
                        if "setter" not in method.code.flags:
                            found.append((attr.line, Target(method, "property")))
        if self._iterable:
            for expr in fn.loops:
                found.extend((expr.line, t) for t in self._protocol(expr, fn, _ITERATION, "iterator"))
        if self._enterable:
            for expr in fn.withs:
                found.extend((expr.line, t) for t in self._protocol(expr, fn, _CONTEXT, "context"))
        for place, handed in fn.installed:
            if any(isinstance(v, Ext | Obj) for v in self.on.values(place.base, fn)):
                found.extend((handed.line, t) for t in self._functions(handed, fn, "callback", False))
        for decorator in fn.code.decorators:
            found.extend((decorator.line, t) for t in self._wrappers(decorator, fn.parent or fn))
        for closure in fn.closures:
            inner = fn.file.functions[closure.function] if 0 <= closure.function < len(fn.file.functions) else None
            if inner is not None:
                found.append((closure.line, Target(inner, "closure", False)))
        return found

    def _protocol(self, expr: ir.Expr, fn: Fn, names: tuple[str, ...], how: str) -> list[Target]:
        found: list[Target] = []
        for value in self.on.values(expr, fn):
            if isinstance(value, Inst):
                cls = self.program.cls((value.file, value.index))
                for name in names:
                    found.extend(Target(m, how) for m in self.types.find_method(cls, name))
        return found

    def _wrappers(self, decorator: ir.Expr, scope: Fn) -> list[Target]:
        """The wrapper that a project decorator puts round a function."""
        found: list[Target] = []
        for value in self.on.values(decorator, scope):
            if isinstance(value, FnVal):
                target = self.program.fn((value.file, value.index))
                applied = set(self.on.solver.solve(("applied", value.file, value.index)))  # given back as it is: no wrapper
                inner = [v for v in self.on.solver.solve(("ret", value.file, value.index)) if isinstance(v, FnVal) and v not in applied]
                found.append(Target(target, "decorator"))
                found.extend(Target(self.program.fn((v.file, v.index)), "decorator") for v in inner[:4])
        return found


_TASK_CALLS = frozenset(
    {"delay", "apply_async", "remote", "send", "send_with_options", "kiq", "enqueue", "spawn", "map", "starmap", "apply", "defer"}
)
_PLAIN = frozenset({"object", "ABC", "Protocol", "Generic", "Enum", "Exception", "NamedTuple", "TypedDict", "BaseModel"})
_STARTS = frozenset({"thread", "task"})
_NOT_CALLING = frozenset({"isinstance", "issubclass", "getattr", "hasattr", "print", "len", "str", "type", "callable", "id"})
