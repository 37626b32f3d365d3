"""Does a function's body do something? What only looks like work is named with its reason.

Work is: a value that is neither the input nor a constant, a change to something outside the function, a call that is neither logging
nor reading, or a refusal that depends on a real test. Branches that a constant closes do not count, nor does what follows an
unconditional exit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from genai_policy.assess import stub_words as words
from genai_policy.assess.constants import Known, truth
from genai_policy.assess.walk import Calls, called, names_in, parts, root_name
from genai_policy.model import ir
from genai_policy.model.code import FunctionNode

Reason: TypeAlias = Literal["empty", "constant", "returns-input", "only-logs", "not-implemented", "switched-off"]


class Stub(Struct, frozen=True):
    """Why a function does nothing; ``flag`` names the switch that turns it off, where one does."""

    reason: Reason
    flag: str = ""


def stub(node: FunctionNode, program: Calls, depth: int = 3) -> Stub | None:
    """Return why ``node`` does nothing, or None when it does something."""
    key = ("stub", node.id, depth)
    if key not in program.memo:
        program.memo[key] = _look(node, program, depth)
    found: Stub | None = program.memo[key]
    return found


def _look(node: FunctionNode, program: Calls, depth: int) -> Stub | None:
    body = _Body(node, program, depth)
    if body.works():
        return None
    whatever = _Body(node, program, depth, ignoring_flags=True)
    if whatever.works() and body.switch is not None:
        return Stub("switched-off", body.switch.flag)
    return Stub(body.reason())


class _Body:
    """One look at a function: ``works`` says whether anything was done, the other fields why not."""

    def __init__(self, node: FunctionNode, program: Calls, depth: int, *, ignoring_flags: bool = False, around: Iterable[str] = ()) -> None:
        self.node, self.program, self.depth = node, program, depth
        self.flags_count = not ignoring_flags
        self.constants: dict[str, ir.Expr] = {**program.constants(node.file), **unset_parameters(node, program)}
        own = node.code.params
        self.inputs = {p.name for p in own if p.name and p.name not in self.constants} | set(names_in(p.pattern for p in own)) | set(around)
        self.known: set[str] = set()
        self.fresh: set[str] = set()
        self.local: dict[str, int] = {}
        self.switch: Known | None = None
        self.logs = self.raises = self.passes_on = self.answers = False
        self.results: set[str] = set()
        self.yields: set[str] = set()
        self.tested = False
        self._answer: bool | None = None

    def works(self) -> bool:
        """Say whether the body does something."""
        if self._answer is None:
            works, ends = self._block(self.node.code.body)
            if not ends:
                self.results.add("none")
            self._answer = works or (self.tested and len(self.results) > 1) or len(self.yields) > 1
        return self._answer

    def reason(self) -> Reason:
        """Return why it does not."""
        if self.raises:
            return "not-implemented"
        if self.passes_on:
            return "returns-input"
        if self.answers or self.results - {"none"}:
            return "only-logs" if self.logs and not self.answers else "constant"
        return "only-logs" if self.logs else "empty"

    # ---- statements ------------------------------------------------------------------------------------------------------

    def _block(self, body: Sequence[ir.Stmt]) -> tuple[bool, bool]:
        """Return (does something, never gets past its end)."""
        for statement in body:
            works, ends = self._statement(statement)
            if works or ends:
                return works, ends
        return False, False

    def _statement(self, statement: ir.Stmt) -> tuple[bool, bool]:
        match statement:
            case ir.Return(value=value):
                return self._leaves(value), True
            case ir.Raise(value=value):
                return self._refuses(value), True
            case ir.Assign():
                return self._assigns(statement), False
            case ir.Do(expr=expr):
                return self._acts(expr), False
            case ir.If(test=test, body=body, orelse=orelse):
                return self._branches(test, body, orelse)
            case ir.Loop(target=target, iterable=iterable, body=body):
                return self._loops(target, iterable, body), False
            case ir.With(body=body):
                return self._block(body)
            case ir.Try(body=body, handlers=handlers, orelse=orelse, final=final):
                works, ends = self._block(body)
                rest = [self._block(b)[0] for b in (orelse, final, *(h.body for h in handlers))]
                return works or (any(rest[:2]) and not ends), ends
            case ir.Switch(cases=cases):
                self.tested = True
                return any(self._block(case.body)[0] for case in cases), False
            case ir.Define(function=function):
                inner = self.program.by_index.get((self.node.file, function))
                if inner is not None:
                    self.local[inner.code.name] = function
                return False, False
            case ir.Jump():
                return False, True
            case _:
                return False, False

    def _branches(self, test: ir.Expr, body: Sequence[ir.Stmt], orelse: Sequence[ir.Stmt]) -> tuple[bool, bool]:
        known = truth(test, self.constants)
        if known is not None and self.flags_count:
            self.switch = self.switch or known
            return self._block(body if known.value else orelse)
        if not self._idle_test(test):
            self.tested = True
        yes, no = self._block(body), self._block(orelse)
        return yes[0] or no[0], yes[1] and no[1] and bool(orelse)

    def _loops(self, target: ir.Expr | None, iterable: ir.Expr | None, body: Sequence[ir.Stmt]) -> bool:
        if target is not None and iterable is not None and self._kind(iterable) == "input":
            self.inputs.update(names_in([target]))
        return self._block(body)[0]

    def _assigns(self, statement: ir.Assign) -> bool:
        if statement.value is None:  # declared, not filled yet
            self.known.update(names_in(statement.targets))
            return False
        kind = self._kind(statement.value)
        names = [t.id for t in statement.targets if isinstance(t, ir.Name)]
        if len(names) < len(statement.targets):
            parts_of = [t for t in statement.targets if not isinstance(t, (ir.Name, ir.Group))]
            if parts_of:
                return True
            names = list(names_in(statement.targets))
        if statement.op != "=":
            if kind == "work" or not self._blank(statement.value):
                self._forget(names)
            return False
        self._forget(names)
        if kind == "input":
            self.inputs.update(names)
        elif kind == "constant":
            self.known.update(names)
        return kind == "work" and self._does(statement.value)

    def _forget(self, names: Iterable[str]) -> None:
        self.inputs.difference_update(names)
        self.known.difference_update(names)

    def _acts(self, expr: ir.Expr) -> bool:
        return self._does(expr)

    def _leaves(self, value: ir.Expr | None) -> bool:
        if value is None:
            self.results.add("none")
            return False
        kind = self._kind(value)
        if kind == "input":
            self.passes_on = True
        self.results.add("input" if kind == "input" else _said(value))
        return kind == "work"

    def _refuses(self, value: ir.Expr | None) -> bool:
        named = " ".join(
            str(getattr(p, "id", "") or getattr(p, "name", "") or getattr(p, "value", "")) for p in parts([value] if value else [])
        )
        if words.NOT_IMPLEMENTED.search(named) or not self.tested:
            self.raises = True
        self.results.add("raise")
        return False

    # ---- expressions -----------------------------------------------------------------------------------------------------

    def _does(self, expr: ir.Expr) -> bool:
        """Say whether evaluating ``expr`` changes anything."""
        for part in parts([expr]):
            if isinstance(part, ir.Op) and part.op in ("yield", "yield-from") and part.operands:
                if self._leaves(part.operands[0]):
                    return True
                self.yields.add(self._kind(part.operands[0]))
            elif (isinstance(part, ir.Op) and part.op == "send") or (
                isinstance(part, ir.Call) and self._call(part) == "work" and not (part.func is not None and _constructs(part))
            ):
                return True
        return False

    def _kind(self, expr: ir.Expr) -> Literal["input", "constant", "work"]:
        """Say whether a value is the input as it came, independent of it, or something made of it."""
        match expr:
            case ir.Literal():
                return "constant"
            case ir.Name(id=name):
                return self._name(name)
            case ir.Attr(base=base):
                return self._kind(base) if root_name(expr) in self.inputs | self.known | set(self.constants) else "work"
            case ir.Index(base=base):
                return self._kind(base)
            case ir.Closure(function=function):
                return self._inner(function)
            case ir.Call():
                return self._call(expr)
            case ir.Template(parts=pieces):
                return self._joined([p for p in pieces if not self._blank(p)], same_only=True)
            case ir.Group(items=items):
                return self._joined([i.value for i in items])
            case ir.Op(op=op, operands=operands):
                return self._operation(op, operands)
            case _:
                return "work"

    def _name(self, name: str) -> Literal["input", "constant", "work"]:
        if name in self.local:
            return self._inner(self.local[name])
        if name in self.inputs:
            return "input"
        return "constant" if name in self.known or name in self.constants else "work"

    def _operation(self, op: str, operands: tuple[ir.Expr, ...]) -> Literal["input", "constant", "work"]:
        if op in ("await", "cast", "ref", "walrus", "yield-from") and operands:
            return self._kind(operands[-1] if op == "walrus" else operands[0])
        if op == "if" and len(operands) == 3:
            known = truth(operands[0], self.constants) if self.flags_count else None
            if known is not None:
                self.switch = self.switch or known
                return self._kind(operands[1] if known.value else operands[2])
            if not self._idle_test(operands[0]):
                self.tested = True
            return self._joined(operands[1:])
        if op in ("or", "and", "+", "slice"):
            left = [o for o in operands if not (op == "+" and self._blank(o))]
            return self._joined(left, same_only=op == "+")
        if op == "comprehension" and operands:
            if any(self._filters(clause) for clause in operands[1:]):
                return "work"
            return self._kind(operands[0])
        kinds = [self._kind(o) for o in operands]
        return "constant" if kinds and all(k == "constant" for k in kinds) else "work"

    def _filters(self, clause: ir.Expr) -> bool:
        """Follow one ``for`` of a comprehension; say whether it has a condition."""
        if not (isinstance(clause, ir.Op) and clause.op == "for" and len(clause.operands) > 1):
            return False
        if self._kind(clause.operands[1]) == "input":
            self.inputs.update(names_in([clause.operands[0]]))
        return len(clause.operands) > 2

    def _joined(self, pieces: Iterable[ir.Expr], *, same_only: bool = False) -> Literal["input", "constant", "work"]:
        """A collection of inputs is the input still; inputs beside something else are work, except where nothing was joined."""
        kinds = [self._kind(piece) for piece in pieces]
        if "work" in kinds:
            return "work"
        if "input" in kinds:
            return "input" if len(kinds) == 1 or (not same_only and "constant" not in kinds) else "work"
        return "constant"

    def _call(self, call: ir.Call) -> Literal["input", "constant", "work"]:
        name = called(call)
        given = [self._kind(a.value) for a in call.args]
        if words.LOGS.search(name):
            self.logs = True
            return "constant"
        if words.IDLE.search(name):
            return "constant"
        if isinstance(call.func, ir.Name) and call.func.id in self.inputs and call.func.id not in self.local:
            return "input"  # a wrapped function called as it was given
        if words.SAME.search(name) and len(given) == 1:
            return given[0]
        if "work" not in given and self._reads(call):
            self.answers |= bool(given)
            return "input"
        if "work" not in given and self._answers(call, name):
            return self._answered(call, given)
        if isinstance(call.func, ir.Attr) and "work" not in given and self._keeps_locally(call.func.base):
            return "constant"
        if words.PASSES_ON.search(name) and root_name(call.func) in self.inputs and "input" in given and "work" not in given:
            self.passes_on = True
            return "input"
        return self._into_the_tree(call)

    def _keeps_locally(self, receiver: ir.Expr) -> bool:
        """A list, dictionary or text made here: what is put into it is gone when the function ends. What is read from it is new."""
        if not isinstance(receiver, ir.Name) or receiver.id not in self.known | self.fresh:
            return False
        self.known.discard(receiver.id)
        self.fresh.add(receiver.id)
        return True

    def _reads(self, call: ir.Call) -> bool:
        return isinstance(call.func, ir.Attr) and bool(words.READS.match(call.func.name)) and root_name(call.func) in self.inputs

    def _answers(self, call: ir.Call, name: str) -> bool:
        if words.ANSWERS.search(name):
            return True
        root = root_name(call.func)
        return bool(words.ANSWERS_BY_RECEIVER.search(name)) and (root in self.inputs or bool(words.RESPONSE.match(root)))

    def _answered(self, call: ir.Call, given: Sequence[str]) -> Literal["input", "constant", "work"]:
        self.answers = True
        before = self._kind(call.func.base) if isinstance(call.func, ir.Attr) and isinstance(call.func.base, ir.Call) else "constant"
        if before == "work":
            return "work"
        return "input" if "input" in given else "constant"

    def _into_the_tree(self, call: ir.Call) -> Literal["input", "constant", "work"]:
        """A call of a function of the tree works if that function does."""
        callees = [c for c in self.program.callees(self.node.file, call) if c.id != self.node.id]
        if words.STREAM_MAKERS.search(called(call)):
            return self._of_closures(call)
        if call.new and not callees:  # a literal of its fields
            return self._joined([a.value for a in call.args])
        if not callees or self.depth <= 0 or _constructs(call):
            return "work"
        found = [stub(callee, self.program, self.depth - 1) for callee in callees]
        if any(reason is None for reason in found):
            return "work"
        return "input" if any(reason is not None and reason.reason == "returns-input" for reason in found) else "constant"

    def _of_closures(self, call: ir.Call) -> Literal["input", "constant", "work"]:
        """A transformer of a stream works if one of the functions it is made of does."""
        inner = [p for a in call.args for p in parts([a.value]) if isinstance(p, ir.Closure)]
        if not inner:
            return "work"
        self.passes_on = True
        return "work" if any(self._inner(c.function) == "work" for c in inner) else "input"

    def _inner(self, function: int) -> Literal["input", "constant", "work"]:
        """A function that is handed back works if its own body does; calling what the outer one was given is no work."""
        node = self.program.by_index.get((self.node.file, function))
        if node is None or self.depth <= 0:
            return "work"
        inner = _Body(node, self.program, self.depth - 1, ignoring_flags=not self.flags_count, around=self.inputs)
        return "work" if inner.works() else "input"

    def _blank(self, expr: ir.Expr) -> bool:
        return isinstance(expr, ir.Literal) and isinstance(expr.value, str) and words.BLANK.fullmatch(expr.value) is not None

    def _idle_test(self, test: ir.Expr) -> bool:
        """A test that only asks whether there is any input, or what type it has."""
        if isinstance(test, ir.Op) and test.op in ("not", "!", "and", "or"):
            return all(self._idle_test(o) for o in test.operands)
        if isinstance(test, ir.Op) and test.op in ("is", "is-not", "==", "!=", "===", "!==", "type-is", ">", "<"):
            return all(o.value in words.NOTHING_SAID if isinstance(o, ir.Literal) else self._idle_test(o) for o in test.operands)
        if isinstance(test, ir.Call):
            return called(test) in ("isinstance", "len", "bool", "callable")
        return isinstance(test, (ir.Name, ir.Literal)) or (isinstance(test, ir.Attr) and root_name(test) in self.inputs)


def _constructs(call: ir.Call) -> bool:
    """A constructor alone changes nothing; what is done with the object does."""
    last = called(call).rpartition(".")[2]
    return call.new or (last[:1].isupper() and not last.isupper() and isinstance(call.func, ir.Name))


def _words(value: ir.Expr | None) -> Iterator[str]:
    for part in parts([value] if value is not None else []):
        match part:
            case ir.Name(id=word) | ir.Attr(name=word):
                yield word
            case ir.Literal(value=text):
                yield str(text)[:200]


def _said(value: ir.Expr) -> str:
    match value:
        case ir.Literal(value=text):
            return f"={text!r}"
        case ir.Group(items=items):
            return "=" + ",".join(_said(i.value) for i in items[:20])
        case ir.Call():
            return f"call {called(value)}"
    return "constant"


def unset_parameters(node: FunctionNode, program: Calls) -> Mapping[str, ir.Expr]:
    """Return the parameters with a constant default that no call in the tree sets (``enabled=False``), with their defaults."""
    constant = [(i, p) for i, p in enumerate(node.code.params) if isinstance(p.default, ir.Literal) and p.kind != "rest"]
    defaults = {p.name: (i, p.default) for i, p in constant if p.default is not None}
    if not defaults:
        return {}
    given: set[str] = set()
    skipped = 1 if node.owner and node.code.params and node.code.params[0].name == node.code.receiver else 0
    for edge in program.callers.get(node.id, ()):
        call = _call_of(edge.caller, edge.call, program)
        if call is None or any(a.spread for a in call.args):
            return {}
        positional = sum(a.name is None for a in call.args) + skipped
        given.update(a.name for a in call.args if a.name)
        given.update(name for name, (position, _) in defaults.items() if position < positional)
    called_at_all = bool(program.callers.get(node.id))
    return {name: default for name, (_, default) in defaults.items() if name not in given} if called_at_all else {}


def _call_of(caller: str, call: int, program: Calls) -> ir.Call | None:
    node = program.code.functions.get(caller)
    if node is None or call < 0:
        return None
    key = ("calls of", caller)
    if key not in program.memo:
        program.memo[key] = {c.id: c for c in parts([node.code.body]) if isinstance(c, ir.Call)}
    found: ir.Call | None = program.memo[key].get(call)
    return found
