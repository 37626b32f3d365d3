"""What calls do to values: results, arguments that reach parameters, functions handed on, decorators, pipes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from genai_policy.model import ir
from genai_policy.read.catalogue.model import Forward
from genai_policy.read.link.callers import Callers
from genai_policy.read.link.program import Fn, argument, arguments, last_name
from genai_policy.read.link.values import HOLE, ClassVal, Coll, Const, Ext, FnVal, Gen, Inst, Mod, Obj, Super, Text, Value, plain

if TYPE_CHECKING:
    from genai_policy.read.link.infer import Inference

MAX_PATH = 160
_FORWARDED_METHODS = frozenset(
    {"delay", "apply_async", "s", "si", "apply", "remote", "submit", "send", "kiq", "enqueue", "fn", "func", "__wrapped__", "spawn"}
)
_GETTER = re.compile(
    r"(?i)(get|getenv|getattr|pop|setdefault|env|\w*(config|conf|env|setting|option|property|default|param|string|value|str)\w*)\Z"
)
_DICT_METHODS = frozenset(
    {"get", "pop", "popleft", "setdefault", "poll", "take", "getOrDefault", "computeIfAbsent", "at", "Load", "get_nowait", "peek"}
)
_SAME_TEXT = frozenset(
    {"strip", "rstrip", "lstrip", "removesuffix", "removeprefix", "lower", "trim", "trimEnd", "encode", "decode",
    "toString", "intern", "replace"}
)  # fmt: skip
REPLACING = frozenset({"replace", "replaceAll", "replacen"})
_BY_CLASS = frozenset(
    {"get", "resolve", "get_instance", "getInstance", "create_object", "get_service", "getService", "getBean", "make", "provide", "lookup"}
)
"""Members of containers that are asked for an instance by its class."""
_SAME_VALUE = frozenset({"copy", "clone", "bind", "asList", "of", "unwrap", "result", "get_result", "join_result"})


#: Makers of addresses: what they make stands for the text, too.
_ADDRESSES = frozenset(
    {"URL", "url.URL", "yarl.URL", "urllib.parse.urlparse", "urllib.parse.urlsplit", "java.net.URI.create", "java.net.URI", "java.net.URL"}
)


class CallRules:
    """Equations for calls, on behalf of an :class:`Inference`."""

    def __init__(self, inference: Inference) -> None:
        self.on = inference
        self.program = inference.program
        self.types = inference.types
        self.catalogue = inference.catalogue
        self.who = Callers(inference)

    # Results

    def callee(self, call: ir.Call, fn: Fn) -> list[Value]:
        """Values of the called expression."""
        func = call.func
        if isinstance(func, ir.Name) and func.id in self.types.speech(fn.file).super_names:
            return self._super(fn)
        return self.on.eval(func, fn)

    def _super(self, fn: Fn) -> list[Value]:
        at: Fn | None = fn
        while at is not None:
            owner = self.on.owner(at)
            if owner is not None:
                return [Super(owner.file.path, owner.index)]
            at = at.parent
        return []

    def result(self, call: ir.Call, fn: Fn) -> list[Value]:
        """Values a call gives."""
        found: dict[Value, None] = {}
        callees = self.on.solver.read(("callee", fn.file.path, call.id))
        for value in callees:
            found.update(dict.fromkeys(self._result_of(value, call, fn)))
        func = call.func
        if isinstance(func, ir.Attr):
            found.update(dict.fromkeys(self._method_result(call, func, callees, fn)))
        if len(call.args) > 1 and _GETTER.match(last_name(func)):
            default = self._default_text(call, fn)
            if default:
                return [*(v for v in found if not isinstance(v, Text)), *default]
        return list(found)

    def _result_of(self, value: Value, call: ir.Call, fn: Fn) -> list[Value]:
        if isinstance(value, ClassVal):
            return [self.construct(value, call, fn)]
        if isinstance(value, FnVal):
            return self.on.returned(self.program.fn((value.file, value.index)))
        if isinstance(value, Inst):
            found: list[Value] = []
            cls = self.program.cls((value.file, value.index))
            for method in self.types.find_method(cls, "__call__"):
                found.extend(self.on.returned(method))
            return found
        if isinstance(value, Super):
            return [value]
        if isinstance(value, Obj):
            return [Ext(f"{value.path}().__call__()")]
        if isinstance(value, Ext):
            return self._external(value, call, fn)
        return []

    def construct(self, value: ClassVal, call: ir.Call, fn: Fn) -> Value:
        """The instance that constructing a project class gives."""
        cls = self.program.cls((value.file, value.index))
        for path in self.types.ancestors_outside(cls):
            if self.catalogue.is_tracked(path):
                return Obj(fn.file.path, call.id, path, cls.key)
        return Inst(value.file, value.index, True)

    def _external(self, value: Ext, call: ir.Call, fn: Fn) -> list[Value]:
        path = value.path
        if path.startswith("builtins."):
            return self._builtin(path[9:], call, fn)
        name = path.rpartition(".")[2]
        if self.catalogue.is_tracked(path):
            return [Obj(fn.file.path, call.id, plain(path))]
        if path in _ADDRESSES and call.args:
            texts = [v for v in self.on.eval(call.args[0].value, fn) if isinstance(v, Text)]
            return [*texts, Ext(f"{path}()")]
        for pattern, forward in self.catalogue.forwards.get(name, ()):
            if pattern.search(plain(path)):
                handed = self._handed(forward, call, fn)
                if forward.gives == "function":
                    return handed
                if forward.gives == "result":
                    found: list[Value] = []
                    for one in handed:
                        found.extend(self._result_of(one, call, fn) if isinstance(one, FnVal) else [one])
                    return found
        made = self.types.speech(fn.file).made_values(self.on, path, call, fn)
        if made:
            return made
        if name in ("import_module", "__import__") and call.args:
            return self._dynamic_import(call.args[0].value, fn)
        if name in self.catalogue.fluent and "()" in path:
            return [Ext(path.rpartition(".")[0])]
        if name in ("nullcontext", "closing", "aclosing") and call.args:
            return self.on.eval(call.args[0].value, fn)
        if path.endswith("()"):
            return [Ext(f"{path}.__call__()")] if len(path) < MAX_PATH else []
        return [Ext(f"{path}()")] if len(path) < MAX_PATH else []

    def _dynamic_import(self, name: ir.Expr, fn: Fn) -> list[Value]:
        speech = self.types.speech(fn.file)
        find = getattr(speech, "find", None)
        found: list[Value] = []
        for text in [v.value for v in self.on.eval(name, fn) if isinstance(v, Text)]:
            if HOLE not in text:
                module = find(fn.file, text) if find else None
                found.append(module if module is not None else Ext(text))
            else:
                found.extend(self._modules_like(text))
        return found

    def _modules_like(self, text: str) -> list[Value]:
        known = [part for part in text.split(HOLE) if part]
        if not known or not text.split(HOLE)[0].strip("."):
            return []
        pattern = re.compile(".*".join(re.escape(part) for part in text.split(HOLE)) + r"\Z")
        found: list[Value] = []
        for path in self.program.files:
            dotted = path.rpartition(".")[0].replace("/", ".").removesuffix(".__init__")
            if pattern.match(dotted) and len(found) < 40:
                found.append(Mod(path))
        return found

    def _builtin(self, name: str, call: ir.Call, fn: Fn) -> list[Value]:
        args = [arg.value for arg in call.args if arg.name is None]
        if name == "getattr" and len(args) >= 2:
            return self._getattr(args, fn)
        if name in ("list", "tuple", "set", "sorted", "reversed", "iter", "filter", "frozenset", "aiter") and args:
            return self.on.eval(args[-1] if name == "filter" else args[0], fn)
        if name in ("next", "anext", "max", "min") and args:
            found = self.on.elements(args[0], None, fn)
            return [*found, *(v for v in self.on.eval(args[0], fn) if isinstance(v, Text))]
        if name == "dict" and not args and call.args:
            group = self._keyword_group(call)
            return [self.on._group(group, fn, None)]
        if name == "dict" and args:
            return self.on.eval(args[0], fn)
        if name == "str" and args:
            return [v for v in self.on.eval(args[0], fn) if isinstance(v, Text | Ext)]
        if name == "type" and len(args) == 1:
            return [ClassVal(v.file, v.index) for v in self.on.eval(args[0], fn) if isinstance(v, Inst)]
        if name == "enumerate" and args:
            return self.on.eval(args[0], fn)
        if name == "map" and len(args) >= 2:
            found = []
            for value in self.on.eval(args[0], fn):
                found.extend(self._result_of(value, call, fn))
            return found
        if name in ("staticmethod", "classmethod", "property", "globals", "locals", "vars") and args:
            return self.on.eval(args[0], fn)
        return []

    def _keyword_group(self, call: ir.Call) -> ir.Group:
        cached = self._keyword_groups.get(id(call)) if hasattr(self, "_keyword_groups") else None
        if cached is None:
            if not hasattr(self, "_keyword_groups"):
                self._keyword_groups: dict[int, ir.Group] = {}
            items = tuple(ir.Item(a.value, ir.Literal(call.line, a.name)) for a in call.args if a.name)
            cached = self._keyword_groups[id(call)] = ir.Group(call.line, "dict", items)
        return cached

    def _getattr(self, args: list[ir.Expr], fn: Fn) -> list[Value]:
        bases = self.on.eval(args[0], fn)
        found: dict[Value, None] = {}
        for text in [v.value for v in self.on.eval(args[1], fn) if isinstance(v, Text)] or [HOLE]:
            if HOLE not in text:
                found.update(dict.fromkeys(self.on.members(bases, text)))
            elif text.replace(HOLE, ""):
                pattern = re.compile(".*".join(re.escape(part) for part in text.split(HOLE)) + r"\Z")
                for base in bases:
                    for name in self._member_names(base):
                        if pattern.match(name):
                            found.update(dict.fromkeys(self.on.member(base, name)))
        if len(args) > 2:
            found.update(dict.fromkeys(self.on.eval(args[2], fn)))
        return list(found)

    def _member_names(self, base: Value) -> list[str]:
        if isinstance(base, Inst | ClassVal):
            return sorted(self.types.all_methods(self.program.cls((base.file, base.index))))
        if isinstance(base, Mod):
            return sorted(self.program.files[base.file].functions[0].bindings)
        return []

    def _method_result(self, call: ir.Call, func: ir.Attr, callees: list[Value], fn: Fn) -> list[Value]:
        name = func.name
        if name in REPLACING and len(call.args) >= 2:
            return self._replaced(call, func, fn)
        if name in _SAME_TEXT:
            return [v for v in self.on.eval(func.base, fn) if isinstance(v, Text)]
        own = self.types.speech(fn.file).method_values(self.on, call, func, fn)
        if own:
            return own
        made = self.catalogue.chained.get(name, ())
        if made and (len(call.args) > 1 or name == "use"):
            chained: list[Value] = [v for v in self.on.eval(func.base, fn) if isinstance(v, Obj) and v.path.startswith(made)]
            if chained:
                return chained
        if name in _BY_CLASS and call.args:
            kept = self._kept_by_class(call, func, callees, fn)
            if kept:
                return kept
        if any(isinstance(v, FnVal) for v in callees):
            return []
        if name in _DICT_METHODS:
            key = call.args[0].value if call.args and name in ("get", "pop", "setdefault", "getOrDefault", "Load") else None
            found = self.on.elements(func.base, key, fn)
            if len(call.args) > 1 and name in ("get", "pop", "setdefault", "getOrDefault"):
                found = found + [v for v in self.on.eval(call.args[1].value, fn) if not isinstance(v, Const)]
            return found
        if name in ("values", "items", "keys", "copy"):
            return [v for v in self.on.eval(func.base, fn) if isinstance(v, Coll)]
        if name in _SAME_VALUE:
            return [v for v in self.on.eval(func.base, fn) if isinstance(v, FnVal | Inst | Gen | Coll)]
        if name == "join" and call.args:
            return self._joined(func.base, call.args[0].value, fn)
        if name in _FORWARDED_METHODS:
            found = []
            for value in self.on.eval(func.base, fn):
                if isinstance(value, FnVal):
                    found.extend(self.on.returned(self.program.fn((value.file, value.index))))
            return found
        return []

    def _replaced(self, call: ir.Call, func: ir.Attr, fn: Fn) -> list[Value]:
        texts = [v.value for v in self.on.eval(func.base, fn) if isinstance(v, Text)]
        old, new = ([v.value for v in self.on.eval(arg.value, fn) if isinstance(v, Text)] for arg in call.args[:2])
        if len(old) != 1 or len(new) != 1 or not old[0] or HOLE in old[0]:
            return [Text(text) for text in texts]
        return [Text(text.replace(old[0], new[0])[:300]) for text in texts]

    def _kept_by_class(self, call: ir.Call, func: ir.Attr, callees: list[Value], fn: Fn) -> list[Value]:
        """``injector.get(Service)``: what a container keeps under a class written out is an instance of it (or of a class below it)."""
        wanted = call.args[0].value
        if not isinstance(wanted, ir.Name | ir.Attr):
            return []
        classes = [v for v in self.types.static(wanted, fn) if isinstance(v, ClassVal)]
        if not classes or any(isinstance(v, Coll) for v in self.on.eval(func.base, fn)):
            return []
        for value in callees:
            if isinstance(value, FnVal) and not self._takes_class(self.program.fn((value.file, value.index))):
                return []
        return [Inst(v.file, v.index) for v in classes]

    @staticmethod
    def _takes_class(target: Fn) -> bool:
        """Whether a method of the tree says that it is given a class."""
        return any(last_name(node) in ("Type", "type") for param in target.code.params for node in _alternatives(param.annotation))

    def _joined(self, separator: ir.Expr, parts: ir.Expr, fn: Fn) -> list[Value]:
        between = next((v.value for v in self.on.eval(separator, fn) if isinstance(v, Text)), None)
        if between is None or not isinstance(parts, ir.Group):
            return []
        texts = [next((v.value for v in self.on.eval(item.value, fn) if isinstance(v, Text)), HOLE) for item in parts.items]
        return [Text(between.join(texts)[:300])]

    def _default_text(self, call: ir.Call, fn: Fn) -> list[Value]:
        """The default of a configuration getter, when it is a text."""
        args = [arg.value for arg in call.args]
        return [v for arg in args[1:3] for v in self.on.eval(arg, fn) if isinstance(v, Text)]

    def _handed(self, forward: Forward, call: ir.Call, fn: Fn) -> list[Value]:
        expr = argument(call, forward.function, *forward.function_names)
        return self.on.eval(expr, fn)

    def pipe(self, operands: list[list[Value]]) -> list[Value]:
        """``prompt | llm | parser``: a chain that holds a model when one of its parts is one. Parts of the tree stay visible."""
        values = [v for operand in operands for v in operand]
        chained, holds_model = False, False
        for value in values:
            paths = [value.path] if isinstance(value, Ext) else []
            if isinstance(value, Inst):
                paths = [f"{path}()" for path in self.types.ancestors_outside(self.program.cls((value.file, value.index)))]
            chained = chained or any(path.startswith("langchain") for path in paths)
            matches = [self.catalogue.call(path + ".invoke") for path in paths]
            holds_model = holds_model or any(match is not None and not match.ignored for match in matches)
        parts: list[Value] = [v for v in values if isinstance(v, Coll | Inst)]
        if holds_model:
            return [Ext("langchain_core.runnables.ModelChain()"), *parts]
        return [Ext("langchain_core.runnables.Chain()"), *parts] if chained else parts

    # Arguments

    def injected(self, param: ir.Param, fn: Fn) -> list[Value]:
        """Values a framework's injection gives a parameter: ``Depends(f)`` as default or inside Annotated."""
        found: list[Value] = []
        for expr in (param.default, param.annotation):
            for call in _injections(expr):
                provider = call.args[0].value if call.args else None
                if provider is None:
                    continue
                for value in self.on.eval(provider, fn):
                    if isinstance(value, FnVal):
                        target = self.program.fn((value.file, value.index))
                        if "generator" in target.code.flags:
                            found.extend(self.on.solver.read(("yield", value.file, value.index)))
                        else:
                            found.extend(self.on.returned(target))
                    elif isinstance(value, ClassVal):
                        found.append(Inst(value.file, value.index, True))
        return found

    def callers(self, fn: Fn) -> list[tuple[Fn, ir.Call, int]]:
        """Calls of ``fn`` that resolve to it, with the number of leading parameters the call does not name (the receiver)."""
        return self.who.of(fn)

    def arguments_for(self, fn: Fn, position: int, param: ir.Param) -> list[Value]:
        """Values that call sites give to one parameter."""
        if not fn.index:
            return []
        found: dict[Value, None] = {}
        if param.kind == "options" or self.on.solver.too_far():
            return []
        for caller, call, shift in self.callers(fn):
            expr = argument(call, position - shift if param.kind == "plain" else -1, param.name)
            if expr is not None:
                found.update(dict.fromkeys(self.on.eval(expr, caller)))
        found.update(dict.fromkeys(self._handed_arguments(fn, position, param)))
        return list(found)

    def arguments_at(self, fn: Fn, position: int) -> list[Value]:
        """Values given to a destructured parameter."""
        if not fn.index or position >= len(fn.code.params):
            return []
        return self.arguments_for(fn, position, fn.code.params[position])

    def _handed_arguments(self, fn: Fn, position: int, param: ir.Param) -> list[Value]:
        """Arguments that reach a function that was passed as a value: ``submit(f, x)``, ``partial(f, x)``, ``h(f)`` calling its
        parameter."""
        found: dict[Value, None] = {}
        names = {fn.code.name} | self.program.aliases.get(fn.code.name, set())
        owner = self.on.owner(fn)
        receiver = 1 if owner is not None and self.types.speech(fn.file).self_is_parameter and "static" not in fn.code.flags else 0
        for caller, call, at in self.who.handed(fn):
            found.update(dict.fromkeys(self._through(caller, call, at, position - receiver, param, fn)))
            found.update(dict.fromkeys(self.types.speech(caller.file).handed_values(self.on, caller, call, at, position)))
        if position == receiver:  # ``connection.on_open = f``: called with the connection
            for caller, target, value in [one for name in sorted(names) for one in self.program.installed.get(name, ())][:20]:
                if any(isinstance(v, FnVal) and (v.file, v.index) == fn.key for v in self.on.eval(value, caller)):
                    found.update(dict.fromkeys(v for v in self.on.eval(target.base, caller) if isinstance(v, Obj)))
        return list(found)

    def _through(self, caller: Fn, call: ir.Call, at: int, position: int, param: ir.Param, fn: Fn) -> list[Value]:
        found: dict[Value, None] = {}
        for value in self.on.solver.read(("callee", caller.file.path, call.id)):
            if isinstance(value, Ext):
                name = value.path.rpartition(".")[2].removesuffix("()")
                for pattern, forward in self.catalogue.forwards.get(name, ()):
                    if pattern.search(plain(value.path)):
                        found.update(dict.fromkeys(self._forwarded(forward, call, position, param, caller)))
            elif isinstance(value, Obj) and position == 0:
                found[value] = None
            elif isinstance(value, FnVal):
                target = self.program.fn((value.file, value.index))
                found.update(dict.fromkeys(self._called_inside(target, call, at, position, param)))
        if not isinstance(call.func, ir.Call) and position == 0:
            for value in self.on.solver.read(("call", caller.file.path, call.id)):
                if isinstance(value, Obj) and value.call == call.id:
                    found[value] = None
        return list(found)

    def _forwarded(self, forward: Forward, call: ir.Call, position: int, param: ir.Param, caller: Fn) -> list[Value]:
        for arg in call.args:
            if arg.name is not None and arg.name in forward.argument_names and isinstance(arg.value, ir.Group):
                items = arg.value.items
                if arg.value.kind == "dict":
                    for item in items:
                        if isinstance(item.key, ir.Literal) and item.key.value == param.name:
                            return self.on.eval(item.value, caller)
                elif 0 <= position < len(items):
                    return self.on.eval(items[position].value, caller)
        if forward.arguments >= 0 and position >= 0:
            given = dict(arguments(call))
            first = given.get(forward.arguments)
            if first is not None and isinstance(first.value, ir.Group) and first.value.kind == "tuple" and forward.argument_names:
                items = first.value.items
                return self.on.eval(items[position].value, caller) if position < len(items) else []
            arg_at = given.get(forward.arguments + position)
            if arg_at is not None and not forward.argument_names:
                return self.on.eval(arg_at.value, caller)
            named = argument(call, -1, param.name) if param.name else None
            return self.on.eval(named, caller)
        return []

    def _called_inside(self, target: Fn, call: ir.Call, at: int, position: int, param: ir.Param) -> list[Value]:
        """``target`` was given the function as its argument number ``at``; what does it call it with?"""
        arg = call.args[at]
        name = arg.name
        if name is None:
            place = sum(1 for one in call.args[:at] if one.name is None)
            shift = 1 if self.on.owner(target) is not None and self.types.speech(target.file).self_is_parameter else 0
            params = target.code.params
            if place + shift >= len(params):
                return []
            name = params[place + shift].name
        found: dict[Value, None] = {}
        for inner in [target, *(f for f in target.file.functions if f.parent is target)]:
            for inside in inner.calls:
                if isinstance(inside.func, ir.Name) and inside.func.id == name:
                    expr = argument(inside, position, param.name)
                    if expr is not None:
                        found.update(dict.fromkeys(self.on.eval(expr, inner)))
        return list(found)

    # Decorators

    def applied(self, fn: Fn) -> list[Value]:
        """Functions and classes that ``fn`` is applied to as a decorator (directly, or as what a decorator factory returns)."""
        found: dict[Value, None] = {}
        names = {fn.code.name} | self.program.aliases.get(fn.code.name, set())
        factory = fn.parent if fn.parent is not None and fn.parent.index else None
        if factory is not None:
            names |= {factory.code.name} | self.program.aliases.get(factory.code.name, set())
        for name in sorted(names):
            for scope, decorator, kind, index in self.program.decorated.get(name, ())[:200]:
                if self._decorates(decorator, scope, fn, factory):
                    found[FnVal(scope.file.path, index) if kind == "function" else ClassVal(scope.file.path, index)] = None
        return list(found)

    def _decorates(self, decorator: ir.Expr, scope: Fn, fn: Fn, factory: Fn | None) -> bool:
        head = decorator.func if isinstance(decorator, ir.Call) else decorator
        wanted = factory if isinstance(decorator, ir.Call) else fn
        if wanted is None:
            return False
        return any(isinstance(v, FnVal) and (v.file, v.index) == wanted.key for v in self.on.eval(head, scope))


def _alternatives(annotation: ir.Expr | None) -> list[ir.Expr]:
    """The members of ``A | B``."""
    if isinstance(annotation, ir.Op) and annotation.op == "|":
        return [one for operand in annotation.operands for one in _alternatives(operand)]
    return [] if annotation is None else [annotation]


def _injections(expr: ir.Expr | None) -> list[ir.Call]:
    if isinstance(expr, ir.Call):
        return [expr] if last_name(expr.func) in ("Depends", "Security", "Provide", "inject") else []
    if isinstance(expr, ir.Index):
        return _injections(expr.key)
    if isinstance(expr, ir.Group):
        return [call for item in expr.items for call in _injections(item.value)]
    return []
