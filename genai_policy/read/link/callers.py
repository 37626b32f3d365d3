"""Who calls a function: candidates by name, thinned out by declarations alone, then verified by what the callee stands for.

Verified callers are kept in solver slots (``("callers", file, fn)``, ``("handed", file, fn)``), so each is looked at once per change
and not
once per parameter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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


class _Said(NamedTuple):
    """What declarations say of a call: ``open``, ``outside`` (of the tree), ``means`` (exactly ``values``), ``receiver`` (a member of the
    object itself, of class ``around``), ``of classes`` (a member of a class of the tree)."""

    kind: str
    values: tuple[Value, ...] = ()
    around: Cls | None = None
    rebound: bool = False


_OPEN = _Said("open")


class _Written:
    """The calls that are written with one name: of ``told`` declarations say something, of ``open`` nothing (places in ``calls``)."""

    def __init__(self, calls: list[tuple[Fn, ir.Call, _Said]]) -> None:
        self.calls = calls
        self.told = [at for at, (_, _, said) in enumerate(calls) if said.kind not in ("open", "outside")]
        self.open = [at for at, (_, _, said) in enumerate(calls) if said.kind == "open"]
        self._by_file: dict[str, list[int]] = {}
        for at in self.open:
            self._by_file.setdefault(calls[at][0].file.path, []).append(at)

    def nearest(self, path: str, more: list[int]) -> list[int]:
        """The first open calls, and ``more``, in order: those in the file ``path`` before all others."""
        here = self._by_file.get(path, [])
        some = [*here, *self.open[: MAX_OPEN + len(here)], *more]
        return sorted(set(some), key=lambda at: (self.calls[at][0].file.path != path, at))[:MAX_OPEN]


def _family_of(language: str) -> str:
    return "script" if language in _SCRIPTS else language


class Callers:
    """Finds the calls of functions of one program."""

    def __init__(self, inference: Inference) -> None:
        self.on = inference
        self.program = inference.program
        self.types = inference.types
        self._candidates: dict[FnKey, list[tuple[Fn, ir.Call, int | None]]] = {}
        self._references: dict[FnKey, list[tuple[Fn, ir.Call, int]]] = {}
        self._by_name: dict[tuple[str, str], _Written] = {}

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
                written = self._written(name, _family_of(fn.file.ir.language))
                undecided: list[int] = []
                for at in written.told:
                    caller, call, said = written.calls[at]
                    answer = self._judge(said, fn, owner)
                    if answer == _MAYBE:
                        undecided.append(at)
                    elif answer >= 0:
                        settled.append((caller, call, receiver if answer == _CONSTRUCTS else answer))
                if alone:
                    settled.extend((*written.calls[at][:2], receiver) for at in sorted([*undecided, *written.open]))
                else:
                    open_.extend((*written.calls[at][:2], None) for at in written.nearest(fn.file.path, undecided))
            open_.sort(key=lambda one: one[0].file is not fn.file)
            known = self._candidates[fn.key] = settled[:MAX_CALLERS] + open_[:MAX_OPEN]
        return known

    def _written(self, name: str, family: str) -> _Written:
        """All calls written with ``name`` in a family of languages, with what declarations say of them."""
        known = self._by_name.get((name, family))
        if known is None:
            calls = [(*one, self._say(*one)) for one in self.program.calls.get(name, ()) if _family_of(one[0].file.ir.language) == family]
            known = self._by_name[name, family] = _Written(calls)
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
        return not self.types.lineage(one.key).isdisjoint(self.types.lineage(other.key))

    def _judge(self, said: _Said, fn: Fn, owner: Cls | None) -> int:
        """The shift of a call that runs ``fn`` by declarations alone; :data:`_NO` when it does not, :data:`_MAYBE` when flow decides."""
        if said.kind == "receiver" and said.around is not None:
            return _MAYBE if owner is None or self._family(said.around, owner) else _NO
        if said.kind == "means":
            if any(isinstance(v, FnVal) and (v.file, v.index) == fn.key for v in said.values):
                return 0
            if any(isinstance(v, ClassVal) and owner is not None and self._constructs(v, fn) for v in said.values):
                return _CONSTRUCTS
            return _MAYBE if said.rebound or any(self._factory(v, fn) for v in said.values) else _NO
        if said.kind == "of classes":
            return _NO if owner is None else _MAYBE
        return _NO if said.kind == "outside" else _MAYBE

    def _say(self, caller: Fn, call: ir.Call) -> _Said:
        """What declarations alone say of a call, whichever function is asked about."""
        func = call.func
        if isinstance(func, ir.Name):
            found = self.types.static(func, caller)
            return _Said("means", found, rebound=self._rebound(func, caller)) if found else _OPEN
        if not isinstance(func, ir.Attr):
            return _OPEN
        base = func.base
        if isinstance(base, ir.Name):
            at: Fn | None = caller
            while at is not None:
                around = self.on.owner(at)
                if around is not None and self.on.is_receiver(base.id, at):
                    return _Said("receiver", around=around)
                if base.id in at.bindings or base.id in at.params:
                    break
                at = at.parent
        found = self.types.static(base, caller)
        if not found or self._rebound(base, caller):
            return _OPEN
        if all(isinstance(v, Ext) for v in found):
            return _Said("outside")
        if all(isinstance(v, Mod | Pkg) for v in found):
            members = tuple(m for v in found for m in self.types.static_member(v, func.name))
            return _Said("means", members) if members else _OPEN
        return _Said("of classes") if all(isinstance(v, ClassVal) for v in found) else _OPEN

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
        "acquire", "add", "append", "apply", "build", "call", "callback", "catch",
        "chat", "clear", "close", "commit", "complete",
        "connect", "copy", "count", "create", "debug", "decode", "delete", "dump", "dumps", "emit", "encode", "error",
        "execute", "extend", "fetch", "filter", "find", "format", "from", "generate", "get", "handle", "has", "index", "info",
        "init", "insert", "invoke", "is", "items", "iter", "join", "keys", "list", "load", "loads", "log", "make", "map",
        "next", "notify", "of", "off", "on", "open", "parse", "patch", "pop", "post", "print", "process", "push", "put",
        "query", "read", "redirect", "register", "reject", "release", "render", "resolve", "remove", "replace",
        "request", "reset", "rollback", "run", "save", "search",
        "send", "set", "setup", "shift", "sort", "split", "start", "stop", "stream", "submit", "then", "to", "update", "values",
        "wait", "warning", "write",
    }
)  # fmt: skip
