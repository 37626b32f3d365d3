"""Who calls a function: candidates by name, thinned out by declarations alone, then verified by what the callee stands for.

Verified callers are kept in solver slots (``("callers", file, fn)``, ``("handed", file, fn)``), so each is looked at once per change
and not
once per parameter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from genai_policy.model import ir
from genai_policy.read.link.program import Cls, Fn, FnKey
from genai_policy.read.link.solver import Slot
from genai_policy.read.link.values import Caller, ClassVal, Ext, FnVal, Handed, Inst, Mod, Pkg, Super, Value

if TYPE_CHECKING:
    from genai_policy.read.link.infer import Inference

MAX_CALLERS = 160
MAX_OPEN = 40
_NO, _MAYBE, _CONSTRUCTS = -1, -2, 1000
MAX_REFERENCES = 60


class Callers:
    """Finds the calls of functions of one program."""

    def __init__(self, inference: Inference) -> None:
        self.on = inference
        self.program = inference.program
        self.types = inference.types
        self._candidates: dict[FnKey, list[tuple[Fn, ir.Call, int | None]]] = {}
        self._references: dict[FnKey, list[tuple[Fn, ir.Call, int]]] = {}

    def of(self, fn: Fn) -> list[tuple[Fn, ir.Call, int]]:
        """Calls of ``fn`` that resolve to it, with the number of leading parameters the call does not name (the receiver)."""
        found = []
        for value in self.on.solver.read(("callers", *fn.key)):
            if isinstance(value, Caller):
                caller, call = self.program.files[value.file].by_id[value.call]
                found.append((caller, call, value.shift))
        return found

    def handed(self, fn: Fn) -> list[tuple[Fn, ir.Call, int]]:
        """Calls that are given ``fn`` as an argument, with the argument's place among all arguments."""
        found = []
        for value in self.on.solver.read(("handed", *fn.key)):
            if isinstance(value, Handed):
                caller, call = self.program.files[value.file].by_id[value.call]
                found.append((caller, call, value.argument))
        return found

    # Equations

    def verified(self, slot: Slot) -> list[Value]:
        """The equation of ``callers``."""
        fn = self.program.fn((slot[1], slot[2]))
        found: list[Value] = []
        for caller, call, settled in self.candidates(fn):
            shift = settled if settled is not None else self._shift(caller, call, fn)
            if shift is not None and self._takes(fn, call):
                found.append(Caller(caller.file.path, call.id, shift))
        return found

    def given(self, slot: Slot) -> list[Value]:
        """The equation of ``handed``."""
        fn = self.program.fn((slot[1], slot[2]))
        found: list[Value] = []
        for caller, call, at in self.references(fn):
            values = self.on.eval(call.args[at].value, caller)
            if any(isinstance(v, FnVal) and (v.file, v.index) == fn.key for v in values):
                found.append(Handed(caller.file.path, call.id, at))
        return found

    # Candidates

    def names(self, fn: Fn) -> set[str]:
        """Names a call of ``fn`` may be written with."""
        names = {fn.code.name}
        owner = self.on.owner(fn)
        speech = self.types.speech(fn.file)
        if owner is not None and (fn.code.name in speech.constructors or "constructor" in fn.code.flags):
            names = {owner.code.name, fn.code.name}
            for below in self.types.subclasses(owner):
                if not set(speech.constructors) & set(below.methods):
                    names.add(below.code.name)
        elif owner is not None and fn.code.name == "__call__":
            names = set()
        for name in tuple(names):
            names |= self.program.aliases.get(name, set())
        if fn.parent is not None and fn.parent.index:
            names.add(fn.parent.code.name + "()")
        return names

    def candidates(self, fn: Fn) -> list[tuple[Fn, ir.Call, int | None]]:
        """Calls that may call ``fn``, by name and declarations alone; with the shift where declarations settle it, None where data
        flow must."""
        known = self._candidates.get(fn.key)
        if known is None:
            owner = self.on.owner(fn)
            receiver = 1 if owner is not None and self.types.speech(fn.file).self_is_parameter and "static" not in fn.code.flags else 0
            alone = owner is not None and fn.code.name not in COMMON and self._alone(fn.code.name, owner)
            settled: list[tuple[Fn, ir.Call, int | None]] = []
            open_: list[tuple[Fn, ir.Call, int | None]] = []
            for name in sorted(self.names(fn)):
                for caller, call in self.program.calls.get(name, ()):
                    answer = self._judge(caller, call, fn, owner)
                    if answer == _MAYBE and alone:
                        answer = receiver
                    if answer == _MAYBE:
                        open_.append((caller, call, None))
                    elif answer >= 0:
                        settled.append((caller, call, receiver if answer == _CONSTRUCTS else answer))
            open_.sort(key=lambda one: one[0].file is not fn.file)
            known = self._candidates[fn.key] = settled[:MAX_CALLERS] + open_[:MAX_OPEN]
        return known

    def _alone(self, name: str, owner: Cls) -> bool:
        """Whether all methods of this name belong to one family of classes."""
        methods = self.program.functions_named.get(name, ())
        if len(methods) > 24:
            return False
        for method in methods:
            other = self.on.owner(method)
            if other is None or not self.family(other, owner):
                return False
        return True

    def family(self, one: Cls, other: Cls) -> bool:
        """Whether two classes are one family: related, or below a common class of the tree."""
        return self.types.related(one.key, other.key) or self._siblings(one, other)

    def _siblings(self, one: Cls, other: Cls) -> bool:
        above = {c.key for c in self.types.mro(one) if isinstance(c, Cls)}
        return any(isinstance(c, Cls) and c.key in above for c in self.types.mro(other))

    def _judge(self, caller: Fn, call: ir.Call, fn: Fn, owner: Cls | None) -> int:
        """The shift of a call that runs ``fn`` by declarations alone; :data:`_NO` when it does not, :data:`_MAYBE` when flow decides."""
        func = call.func
        if caller.file.ir.language != fn.file.ir.language and not {caller.file.ir.language, fn.file.ir.language} <= _SCRIPTS:
            return _NO
        if isinstance(func, ir.Name):
            found = self.types.static(func, caller)
            if not found:
                return _MAYBE
            if any(isinstance(v, FnVal) and (v.file, v.index) == fn.key for v in found):
                return 0
            if any(isinstance(v, ClassVal) and owner is not None and self._constructs(v, fn) for v in found):
                return _CONSTRUCTS
            return _MAYBE if self._rebound(func, caller) or any(self._factory(v, fn) for v in found) else _NO
        if isinstance(func, ir.Attr):
            return self._judge_member(caller, func, fn, owner)
        return _MAYBE

    def _judge_member(self, caller: Fn, func: ir.Attr, fn: Fn, owner: Cls | None) -> int:
        base = func.base
        if isinstance(base, ir.Name):
            at: Fn | None = caller
            while at is not None:
                around = self.on.owner(at)
                if around is not None and self.on.is_receiver(base.id, at):
                    return _MAYBE if owner is None or self._family(around, owner) else _NO
                if base.id in at.bindings or base.id in at.params:
                    break
                at = at.parent
        found = self.types.static(base, caller)
        if not found or self._rebound(base, caller):
            return _MAYBE
        if all(isinstance(v, Ext) for v in found):
            return _NO
        if all(isinstance(v, Mod | Pkg) for v in found):
            members = [m for v in found for m in self.types.static_member(v, func.name)]
            if any(isinstance(m, FnVal) and (m.file, m.index) == fn.key for m in members):
                return 0
            if any(isinstance(m, ClassVal) and owner is not None and self._constructs(m, fn) for m in members):
                return _CONSTRUCTS
            return _MAYBE if not members or any(self._factory(m, fn) for m in members) else _NO
        if owner is None and all(isinstance(v, ClassVal) for v in found):
            return _NO
        return _MAYBE

    @staticmethod
    def _factory(value: Value, fn: Fn) -> bool:
        """Whether ``value`` is the function that ``fn`` is written in (and may return it)."""
        return isinstance(value, FnVal) and fn.parent is not None and (value.file, value.index) == fn.parent.key

    def _rebound(self, base: ir.Expr, caller: Fn) -> bool:
        """Whether a name that is declared is also assigned."""
        if isinstance(base, ir.Name):
            for scope in self.types.scopes(caller):
                if base.id in scope.bindings:
                    return any(b.kind not in ("import", "type", "function", "class") for b in scope.bindings[base.id])
        return False

    def _family(self, one: Cls, other: Cls) -> bool:
        """Whether an object can be of both classes: one is above the other, or a class of the tree is below both."""
        if self.types.related(one.key, other.key):
            return True
        return any(self.types.related(below.key, other.key) for below in self.types.subclasses(one))

    def _means(self, value: Value, fn: Fn, owner: Cls | None) -> bool:
        if isinstance(value, FnVal):
            if (value.file, value.index) == fn.key:
                return True
            return fn.parent is not None and (value.file, value.index) == fn.parent.key
        if isinstance(value, ClassVal):
            return owner is not None and self._family(self.program.cls((value.file, value.index)), owner)
        return not isinstance(value, Ext)

    def references(self, fn: Fn) -> list[tuple[Fn, ir.Call, int]]:
        """Calls that may be given ``fn`` as an argument, by name alone."""
        known = self._references.get(fn.key)
        if known is None:
            names = {fn.code.name} | self.program.aliases.get(fn.code.name, set())
            found = [one for name in sorted(names) for one in self.program.references.get(name, ())]
            kept = []
            for caller, call, at in found:
                meant = self.types.static(call.args[at].value, caller) if isinstance(call.args[at].value, ir.Name) else ()
                if not meant or any(self._means(value, fn, None) for value in meant):
                    kept.append((caller, call, at))
            known = self._references[fn.key] = kept[:MAX_REFERENCES]
        return known

    # Verification

    def _takes(self, fn: Fn, call: ir.Call) -> bool:
        """Whether ``fn`` is the overload that takes as many arguments as the call gives (true where there is but one)."""
        owner = self.on.owner(fn)
        if owner is None or len(owner.methods.get(fn.code.name, ())) < 2 or any(arg.spread for arg in call.args):
            return True
        counts = {len(fn.file.functions[index].code.params) for index in owner.methods[fn.code.name] if owner.file is fn.file}
        return len(call.args) == len(fn.code.params) or len(call.args) not in counts

    def _shift(self, caller: Fn, call: ir.Call, fn: Fn) -> int | None:
        speech = self.types.speech(fn.file)
        owner = self.on.owner(fn)
        receiver = 1 if owner is not None and speech.self_is_parameter and "static" not in fn.code.flags else 0
        for value in self.on.solver.read(("callee", caller.file.path, call.id), 2):
            if isinstance(value, FnVal):
                if (value.file, value.index) == fn.key:
                    return 0 if not value.bound and isinstance(call.func, ir.Attr) else receiver
            elif isinstance(value, ClassVal | Super):
                if owner is not None and self._constructs(value, fn):
                    return receiver
            elif isinstance(value, Inst) and fn.code.name == "__call__":
                return receiver
        return None

    def _constructs(self, value: ClassVal | Super, fn: Fn) -> bool:
        """Whether constructing the class runs ``fn``."""
        cls = self.program.cls((value.file, value.index))
        for name in self.types.speech(cls.file).constructors:
            wanted = cls.code.name if name == "<class>" else name
            methods = self.types.find_method(cls, wanted, after=isinstance(value, Super))
            if any(method.key == fn.key for method in methods):
                return True
            if methods and name != "__new__":
                return False
        return False


_SCRIPTS = {"typescript", "javascript"}
#: Method names that objects of every kind have: never taken for a project method by name alone.
COMMON = frozenset(
    {
        "acquire", "add", "append", "apply", "build", "call", "catch", "chat", "clear", "close", "commit", "complete",
        "connect", "copy", "count", "create", "debug", "decode", "delete", "dump", "dumps", "emit", "encode", "error",
        "execute", "extend", "fetch", "filter", "find", "format", "from", "generate", "get", "handle", "has", "index", "info",
        "init", "insert", "invoke", "is", "items", "iter", "join", "keys", "list", "load", "loads", "log", "make", "map",
        "next", "notify", "of", "off", "on", "open", "parse", "patch", "pop", "post", "print", "process", "push", "put",
        "query", "read", "register", "release", "remove", "replace", "request", "reset", "rollback", "run", "save", "search",
        "send", "set", "setup", "shift", "sort", "split", "start", "stop", "stream", "submit", "then", "to", "update", "values",
        "wait", "warning", "write",
    }
)  # fmt: skip
