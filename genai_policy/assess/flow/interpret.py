"""The abstract interpreter: one entry at a time, down the linked calls, following what carries generated content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.values import INPUT, NOTHING, Mark, Marks, Scope, passed, union
from genai_policy.model import ir
from genai_policy.model.code import CallEdge, CodeFacts, FunctionId, FunctionNode, Place

#: Bounds of one entry: calls deep, statements and calls looked at. Reaching one is said, never hidden.
DEPTH = 24
STEPS = 60_000


class Exit(Struct, frozen=True, order=True):
    """Marked content leaving the service at ``place``; ``how`` is ``return``, ``yield`` or the sending call's name."""

    place: Place
    how: str
    mark: Mark


class Entered(Struct, frozen=True, order=True):
    """The user's input reaching the call of a generation site."""

    site: int
    place: Place
    passed: bool


class Program:
    """The linked program, indexed for interpretation. Built once per check, shared by all hooks."""

    def __init__(self, code: CodeFacts) -> None:
        self.functions: Mapping[FunctionId, FunctionNode] = code.functions
        self.by_index = {(n.file, n.index): n.id for n in code.functions.values()}
        self.sites = {(s.file, s.call): i for i, s in enumerate(code.sites)}
        self.edges: dict[tuple[str, int], list[CallEdge]] = {}
        self.implicit: dict[FunctionId, list[CallEdge]] = {}
        for caller, edges in code.calls.items():
            file = caller.partition("#")[0]
            for edge in edges:
                if edge.call >= 0:
                    self.edges.setdefault((file, edge.call), []).append(edge)
                else:
                    self.implicit.setdefault(caller, []).append(edge)
        self.live = self._reaching_a_site(code)

    def _reaching_a_site(self, code: CodeFacts) -> frozenset[FunctionId]:
        """Return the functions from which a generation may be reached; the others matter only for what they are given."""
        callers: dict[FunctionId, set[FunctionId]] = {}
        for caller, edges in code.calls.items():
            for edge in edges:
                callers.setdefault(edge.callee, set()).add(caller)
        for node in code.functions.values():  # a closure runs on behalf of the function around it
            if node.code.parent:
                outer = self.by_index.get((node.file, node.code.parent))
                if outer is not None:
                    callers.setdefault(node.id, set()).add(outer)
        live, todo = set(), [s.function for s in code.sites]
        while todo:
            function = todo.pop()
            if function not in live:
                live.add(function)
                todo.extend(callers.get(function, ()))
        return frozenset(live)


class Interpreter:
    """Follows one entry. ``hooks`` clean what passes them; with ``checks`` a hook is a check: it may also stop the request instead of
    returning a cleaned value."""

    def __init__(self, program: Program, hooks: frozenset[FunctionId], *, checks: bool = False) -> None:
        self.program = program
        self.hooks = hooks
        self.checks = checks
        self.exits: set[Exit] = set()
        self.entered: set[Entered] = set()
        self.lost: set[Place] = set()
        self.generated: set[int] = set()
        self.fields: dict[str, Marks] = {}
        self.captured: dict[FunctionId, Scope] = {}
        self.steps = 0
        self.bounded = False
        self._done: dict[object, Marks] = {}
        self._active: set[object] = set()
        self._queue: Marks = NOTHING

    # ---- functions -------------------------------------------------------------------------------------------------------

    def run_entry(self, function: FunctionId) -> None:
        """Interpret an entry: its parameters are the user's input, what it returns or yields leaves the service."""
        node = self.program.functions[function]
        given = {p.name: frozenset({Mark(INPUT, False)}) for p in node.code.params if not _injected(p)}
        if node.code.receiver:
            given.pop(node.code.receiver, None)
        for _ in range(2):  # the second round sees the fields that the first one wrote
            self._done.clear()
            self._interpret(node, given, depth=0, entry=True)

    def call(self, function: FunctionId, receiver: Marks, arguments: Sequence[tuple[str | None, Marks]], depth: int) -> Marks:
        """Interpret a call of a function of the tree and return what its result carries."""
        node = self.program.functions.get(function)
        if node is None:
            return union(marks for _, marks in arguments)
        given = _bound(node, receiver, arguments)
        around = self.captured.get(function, Scope())
        if not any(given.values()) and not any(around.values()) and function not in self.program.live and not self._queue:
            return NOTHING
        key = (function, _frozen(given), _frozen(around), tuple(sorted(self._queue)))
        if key in self._done:
            return self._done[key]
        if key in self._active or depth > DEPTH:
            self.bounded |= depth > DEPTH
            return union(given.values())
        self._active.add(key)
        result = self._interpret(node, given, depth, entry=False)
        if "constructor" in node.code.flags or node.code.name == "__init__":
            result |= union(given.values())
        self._active.discard(key)
        self._done[key] = result
        return result

    def _interpret(self, node: FunctionNode, given: Mapping[str, Marks], depth: int, *, entry: bool) -> Marks:
        scope = self.captured.get(node.id, Scope()).fork()
        scope.ended = False
        for name, marks in given.items():
            scope[name] = marks
        for parameter in node.code.params:
            if parameter.pattern is not None:
                _Frame(self, node, depth, entry).assign(parameter.pattern, scope.get("", NOTHING), scope)
        frame = _Frame(self, node, depth, entry)
        frame.block(node.code.body, scope)
        return frame.result

    def can_stop(self, function: FunctionId, depth: int = 2) -> bool:
        """Say whether calling ``function`` may end the request (raise, abort)."""
        node = self.program.functions.get(function)
        if node is None:
            return False
        return any(
            isinstance(part, ir.Raise)
            or (isinstance(part, ir.Call) and _last(part.func) in words.STOPPING)
            or (
                depth > 0
                and isinstance(part, ir.Call)
                and any(self.can_stop(e.callee, depth - 1) for e in self.program.edges.get((node.file, part.id), ()))
            )
            for part in _parts(node.code.body)
        )


class _Frame:
    """One function being interpreted."""

    def __init__(self, run: Interpreter, node: FunctionNode, depth: int, entry: bool) -> None:
        self.run, self.node, self.depth, self.entry = run, node, depth, entry
        self.result: Marks = NOTHING

    # ---- statements ------------------------------------------------------------------------------------------------------

    def block(self, body: Sequence[ir.Stmt], scope: Scope) -> None:
        for statement in body:
            if scope.ended:
                return
            self.run.steps += 1
            if self.run.steps > STEPS:
                self.run.bounded = True
                return
            self.statement(statement, scope)

    def statement(self, statement: ir.Stmt, scope: Scope) -> None:
        match statement:
            case ir.Assign():
                self.assignment(statement, scope)
            case ir.Do(expr=expr):
                self.value(expr, scope, discarded=True)
            case ir.Return(value=value, line=line):
                if value is not None:
                    self.leave(self.value(value, scope), line, "return")
                scope.ended = True
            case ir.Raise(value=value):
                if value is not None:
                    self.value(value, scope)
                scope.ended = True
            case ir.Jump():
                scope.ended = True
            case ir.If(test=test, body=body, orelse=orelse):
                self.branch(test, body, orelse, scope)
            case ir.Loop():
                self.loop(statement, scope)
            case ir.With(items=items, body=body):
                for context, target in items:
                    marks = self.value(context, scope)
                    if target is not None:
                        self.assign(target, marks, scope)
                self.block(body, scope)
            case ir.Try():
                self.attempt(statement, scope)
            case ir.Switch(subject=subject, cases=cases):
                self.switch(subject, cases, scope)
            case ir.Define(function=function):
                self.capture(function, scope)
            case ir.DefineClass():
                pass

    def leave(self, marks: Marks, line: int, how: str) -> None:
        """Content goes to the caller; from an entry, to the world."""
        self.result |= marks
        if self.entry:
            self.send(marks, line, how)

    def send(self, marks: Marks, line: int, how: str) -> None:
        place = Place(self.node.file, line)
        self.run.exits.update(Exit(place, how, m) for m in marks if m.origin != INPUT)

    def assignment(self, statement: ir.Assign, scope: Scope) -> None:
        if statement.value is None:
            return
        marks = self.value(statement.value, scope)
        for target in statement.targets:
            if statement.op != "=":
                marks = marks | self.value(target, scope)
            self.assign(target, marks, scope, statement.value)

    def assign(self, target: ir.Expr, marks: Marks, scope: Scope, source: ir.Expr | None = None) -> None:
        match target:
            case ir.Name(id=name):
                scope[name] = marks
                scope.forget_below(name)
            case ir.Group(items=items):
                for item in items:
                    self.assign(item.value, marks, scope)
            case ir.Attr(base=base, name=name):
                self.assign_part(base, name, marks, scope, source)
            case ir.Index(base=base, key=key):
                self.value(key, scope)
                self.assign_part(base, _key(key), marks, scope, source)
            case ir.Op(op="ref" | "spread", operands=operands) if operands:
                self.assign(operands[0], marks, scope)
            case ir.Op(op="=" | "walrus", operands=(name, default)):
                self.assign(name, marks | self.value(default, scope), scope)
            case _:
                pass

    def assign_part(self, base: ir.Expr, name: str, marks: Marks, scope: Scope, source: ir.Expr | None) -> None:
        """``base.name = value`` or ``base[name] = value``: the whole carries it, and the part is known by itself."""
        if _is_self(base, self.node):
            self.run.fields[name] = self.run.fields.get(name, NOTHING) | marks
        path = _path(base)
        if path is None:
            return
        root = path.partition(".")[0]
        if root not in scope and not _is_self(base, self.node):  # a store that outlives the function
            self.run.fields[root] = self.run.fields.get(root, NOTHING) | marks
            return
        if marks and all(m.passed for m in marks) and _mentions(source, root):
            # reply.text = mark(reply.text): the part that carried the content was replaced
            scope[root] = passed(scope[root])
            scope.forget_below(root)
        else:
            scope[root] = scope[root] | marks
        scope[f"{path}.{name}"] = marks

    def branch(self, test: ir.Expr, body: Sequence[ir.Stmt], orelse: Sequence[ir.Stmt], scope: Scope) -> None:
        self.value(test, scope)
        yes, no = scope.fork(), scope.fork()
        known = constant(test)
        if known is not None:
            yes.ended, no.ended = not known, known
        _empty_when(test, truth=False, scope=no)
        _empty_when(test, truth=True, scope=yes)
        if not yes.ended:
            self.block(body, yes)
        if not no.ended:
            self.block(orelse, no)
        scope.join(yes, no)

    def loop(self, loop: ir.Loop, scope: Scope) -> None:
        marks = self.value(loop.iterable, scope) if loop.iterable is not None else NOTHING
        forever = loop.target is None and (loop.iterable is None or constant(loop.iterable) is True)
        before = scope.fork()
        for _ in range(2):  # twice, so that what one turn leaves behind is seen by the next
            inside = scope.fork()
            if loop.target is not None:
                self.assign(loop.target, marks, inside)
            self.block(loop.body, inside)
            inside.ended = False  # break and continue lead back here
            scope.join(scope.fork(), inside) if not forever else scope.join(inside)
        if not forever:
            scope.join(scope.fork(), before)
        self.block(loop.orelse, scope)

    def attempt(self, attempt: ir.Try, scope: Scope) -> None:
        """A handler may start from any point of the body, so it sees every value that a variable had in it."""
        anywhere = scope.fork()
        for statement in attempt.body:
            if scope.ended:
                break
            self.block((statement,), scope)
            snapshot = scope.fork()
            snapshot.ended = False
            anywhere.join(anywhere.fork(), snapshot)
        self.block(attempt.orelse, scope)
        outcomes = [scope.fork()]
        for handler in attempt.handlers:
            handled = anywhere.fork()
            if handler.name:
                handled[handler.name] = NOTHING
            self.block(handler.body, handled)
            outcomes.append(handled)
        scope.join(*outcomes)
        if attempt.final:
            final = anywhere.fork() if scope.ended else scope
            self.block(attempt.final, final)

    def switch(self, subject: ir.Expr | None, cases: Sequence[ir.Case], scope: Scope) -> None:
        if subject is not None:
            self.value(subject, scope)
        outcomes = [] if any(not c.patterns for c in cases) else [scope.fork()]
        for case in cases:
            chosen = scope.fork()
            for pattern in case.patterns:
                self.value(pattern, chosen)
            self.block(case.body, chosen)
            # a break ends the switch, not the function
            if case.body and isinstance(case.body[-1], ir.Jump):
                chosen.ended = False
            outcomes.append(chosen)
        scope.join(*outcomes)

    def capture(self, function: int, scope: Scope) -> FunctionId | None:
        """A function is defined here: it sees the variables around it."""
        name = self.run.program.by_index.get((self.node.file, function))
        if name is not None:
            around = scope.fork()
            if name in self.run.captured:
                around.join(around.fork(), self.run.captured[name])
            self.run.captured[name] = around
        return name

    # ---- expressions -----------------------------------------------------------------------------------------------------

    def value(self, expr: ir.Expr | None, scope: Scope, *, discarded: bool = False) -> Marks:
        match expr:
            case None | ir.Literal():
                return NOTHING
            case ir.Name(id=name):
                return self.variable(name, scope)
            case ir.Attr():
                return self.attribute(expr, scope)
            case ir.Call():
                return self.invocation(expr, scope, discarded=discarded)
            case ir.Index(base=base, key=key):
                self.value(key, scope)
                path = _path(expr)
                return scope[path] if path is not None and path in scope else self.value(base, scope)
            case ir.Template(parts=parts) | ir.Unknown(parts=parts):
                return union([self.value(p, scope) for p in parts])
            case ir.Group(items=items):
                return union([self.value(i.value, scope) for i in items])
            case ir.Closure(function=function):
                self.capture(function, scope)
                return NOTHING
            case ir.Op():
                return self.operation(expr, scope, discarded=discarded)

    def variable(self, name: str, scope: Scope) -> Marks:
        if name in scope:
            return scope[name]
        if name in words.REQUESTS:
            return frozenset({Mark(INPUT, False)})
        # Java and the like name fields without a receiver; a comprehension's own variable stands for its iterables
        return self.run.fields.get(name, NOTHING) if "*each*" not in scope else scope["*each*"]

    def attribute(self, expr: ir.Attr, scope: Scope) -> Marks:
        path = _path(expr)
        if path is not None and path in scope:
            return scope[path]
        if _is_self(expr.base, self.node):
            return self.run.fields.get(expr.name, NOTHING)
        if expr.name in self.run.fields:
            return self.run.fields[expr.name] | self.value(expr.base, scope)
        if expr.name in words.NOT_CONTENT_ATTRIBUTES:
            return frozenset(m for m in self.value(expr.base, scope) if m.origin == INPUT)
        return self.value(expr.base, scope)

    def operation(self, expr: ir.Op, scope: Scope, *, discarded: bool) -> Marks:
        op, operands = expr.op, expr.operands
        if op in ("yield", "yield-from"):
            marks = union([self.value(o, scope) for o in operands])
            self.leave(marks, expr.line, "yield")
            return NOTHING
        if op in ("await", "go", "defer"):
            return union([self.value(o, scope, discarded=discarded) for o in operands])
        if op == "if" and len(operands) == 3:
            return self.conditional(operands, scope)
        if op == "comprehension" and operands:
            each = union([self.value(o, scope) for o in operands[1:]])
            inside = scope.fork()
            inside["*each*"] = each
            return self.value(operands[0], inside)
        if op in ("walrus", "=") and len(operands) == 2:
            marks = self.value(operands[1], scope)
            self.assign(operands[0], marks, scope)
            return marks
        if op == "send" and len(operands) == 2:
            marks = self.value(operands[1], scope)
            self.assign(operands[0], marks | self.value(operands[0], scope), scope)
            return NOTHING
        marks = union([self.value(o, scope) for o in operands])
        return NOTHING if op in words.COMPARISONS else marks

    def conditional(self, operands: tuple[ir.Expr, ...], scope: Scope) -> Marks:
        test, yes, no = operands
        self.value(test, scope)
        known = constant(test)
        when, otherwise = scope.fork(), scope.fork()
        _empty_when(test, truth=True, scope=when)
        _empty_when(test, truth=False, scope=otherwise)
        result = NOTHING
        if known is not False:
            result |= self.value(yes, when)
        if known is not True:
            result |= self.value(no, otherwise)
        return result

    # ---- calls -----------------------------------------------------------------------------------------------------------

    def invocation(self, call: ir.Call, scope: Scope, *, discarded: bool) -> Marks:
        self.run.steps += 1
        site = self.run.program.sites.get((self.node.file, call.id))
        receiver = self.value(call.func.base, scope) if isinstance(call.func, ir.Attr) else NOTHING
        arguments = [(a.name, self.value(a.value, scope)) for a in call.args]
        if site is not None:
            return self.generation(site, call, receiver, arguments, scope)
        edges = self.run.program.edges.get((self.node.file, call.id), ())
        hooked = [e for e in edges if e.callee in self.run.hooks]
        if hooked:
            return self.hook(hooked[0].callee, call, receiver, arguments, scope, discarded=discarded)
        if edges:
            return self.inside(edges, receiver, arguments)
        return self.outside(call, receiver, arguments, scope)

    def generation(
        self, site: int, call: ir.Call, receiver: Marks, arguments: Sequence[tuple[str | None, Marks]], scope: Scope
    ) -> Marks:
        self.run.generated.add(site)
        place = Place(self.node.file, call.line)
        prompt = union([self.prompt(a, scope) for a in call.args]) | frozenset(m for m in receiver if m.origin == INPUT)
        self.run.entered.update(Entered(site, place, m.passed) for m in prompt if m.origin == INPUT)
        marks = frozenset({Mark(site, False)}) | frozenset(
            m for m in union([receiver, *(marks for _, marks in arguments)]) if m.origin not in (INPUT, site)
        )
        self.callbacks(call, marks, scope)
        return marks

    def prompt(self, argument: ir.Arg, scope: Scope) -> Marks:
        """Return what an argument of a generation call carries, its parameters that are not the user's words left out."""
        if argument.name in words.NOT_PROMPT:
            return NOTHING
        if isinstance(argument.value, ir.Group) and argument.value.kind == "dict":
            return union(
                [self.value(i.value, scope) for i in argument.value.items if i.key is None or _key(i.key) not in words.NOT_PROMPT]
            )
        return self.value(argument.value, scope)

    def hook(
        self,
        function: FunctionId,
        call: ir.Call,
        receiver: Marks,
        arguments: Sequence[tuple[str | None, Marks]],
        scope: Scope,
        *,
        discarded: bool,
    ) -> Marks:
        """The value passes the hook. A check may keep its result to itself if it can stop the request or its result is used."""
        given = union([receiver, *(marks for _, marks in arguments)])
        in_place = self.checks_in_place(function) if discarded else self.run.checks
        if in_place:
            for argument in call.args:
                path = _path(argument.value)
                if path is not None:
                    scope[path] = passed(self.value(argument.value, scope))
        return passed(given)

    def checks_in_place(self, function: FunctionId) -> bool:
        if self.run.checks:
            return self.run.can_stop(function)
        node = self.run.program.functions[function]
        return _changes_its_argument(node)

    def inside(self, edges: Iterable[CallEdge], receiver: Marks, arguments: Sequence[tuple[str | None, Marks]]) -> Marks:
        found: list[Marks] = []
        for edge in edges:
            if edge.how == "queue":
                before, self.run._queue = self.run._queue, union(marks for _, marks in arguments)
                self.run.call(edge.callee, receiver, (), self.depth + 1)
                self.run._queue = before
            else:
                found.append(self.run.call(edge.callee, receiver, arguments, self.depth + 1))
        return union(found)

    def outside(self, call: ir.Call, receiver: Marks, arguments: Sequence[tuple[str | None, Marks]], scope: Scope) -> Marks:
        """A call that leads out of the tree, or could not be resolved: what goes in may come out."""
        name = _last(call.func)
        given = union(marks for _, marks in arguments)
        if self.sends(call, name):
            self.send(given | (receiver if name in words.MAPPING else NOTHING), call.line, name)
        if name in words.TAKING and self.run._queue:
            return self.run._queue
        if name in words.WRITING_INTO and receiver | given:
            for argument in call.args:
                target = _path(argument.value)
                if target is not None and target in scope:
                    scope[target] = scope[target] | receiver | given
        called_back = self.callbacks(call, receiver | given, scope)
        if name in words.NOT_CONTENT_CALLS:
            return NOTHING
        if called_back is not None and name in words.MAPPING:
            return called_back
        if isinstance(call.func, ir.Attr) and given:  # list.append(x), builder.content(x): the receiver carries it from now on
            path = _path(call.func.base)
            root = "" if path is None else path.partition(".")[0]
            if root in scope and all(m.passed for m in given) and any(_mentions(a.value, root) for a in call.args):
                scope[root] = passed(scope[root])  # reply.setText(mark(reply.getText()))
            elif root in scope:
                scope[root] = scope[root] | given
            elif root and name in words.KEEPING:
                self.run.fields[root] = self.run.fields.get(root, NOTHING) | given
        return receiver | given | (called_back or NOTHING)

    def callbacks(self, call: ir.Call, marks: Marks, scope: Scope) -> Marks | None:
        """Run the closures handed to a call with what the call may give them; None when there are none."""
        results: list[Marks] = []
        for closure in _closures(a.value for a in call.args):
            function = self.capture(closure.function, scope)
            if function is None:
                continue
            node = self.run.program.functions[function]
            first = [(None, marks) for p in node.code.params[:3] if p.kind in ("plain", "pattern")]
            results.append(self.run.call(function, NOTHING, first, self.depth + 1))
        for argument in call.args:
            match argument.value:
                case ir.Op(op="method-ref", operands=(_, ir.Literal(value=name))) if str(name) in (
                    words.SENDING | words.SENDING_BY_RECEIVER
                ):
                    self.send(marks, call.line, str(name))
                case _:
                    pass
        return union(results) if results else None

    def sends(self, call: ir.Call, name: str) -> bool:
        if name in words.SENDING:
            return True
        if name not in words.SENDING_BY_RECEIVER or not isinstance(call.func, ir.Attr):
            return False
        receiver = call.func.base
        while isinstance(receiver, ir.Call):  # res.status(200).json(x)
            receiver = receiver.func.base if isinstance(receiver.func, ir.Attr) else receiver.func
        return bool(words.RECEIVER.search(_last(receiver)))


# ---- reading expressions ---------------------------------------------------------------------------------------------------


def constant(test: ir.Expr) -> bool | None:
    """Return the truth of a test that is written as a constant, else None."""
    match test:
        case ir.Literal(value=value):
            return bool(value)
        case ir.Op(op="not" | "!", operands=(inner,)):
            known = constant(inner)
            return None if known is None else not known
    return None


def _empty_when(test: ir.Expr, *, truth: bool, scope: Scope) -> None:
    """In the branch where a test of the value itself says that there is none, the value carries nothing."""
    match test:
        case ir.Op(op="not" | "!", operands=(inner,)):
            _empty_when(inner, truth=not truth, scope=scope)
        case ir.Op(op="is-not" | "!=" | "!==", operands=(value, ir.Literal(value=None | ""))):
            _empty_when(value, truth=truth, scope=scope)
        case ir.Op(op="is" | "==" | "===", operands=(value, ir.Literal(value=None | ""))):
            _empty_when(value, truth=not truth, scope=scope)
        case ir.Name() | ir.Attr() if not truth:
            path = _path(test)
            if path is not None and path in scope:
                scope[path] = NOTHING
                scope.forget_below(path)


def _bound(node: FunctionNode, receiver: Marks, arguments: Sequence[tuple[str | None, Marks]]) -> dict[str, Marks]:
    """Bind arguments to parameters; what cannot be told apart goes to all that may get it."""
    parameters = list(node.code.params)
    given: dict[str, Marks] = {}
    own = node.code.receiver
    if own:
        given[own] = receiver
        if parameters and parameters[0].name == own:
            parameters.pop(0)
    names = {p.name for p in parameters}
    position = 0
    for name, marks in arguments:
        if name is not None and name in names:
            given[name] = given.get(name, NOTHING) | marks
            continue
        if name is not None:
            target = next((p for p in parameters if p.kind == "options"), None)
        else:
            target = parameters[position] if position < len(parameters) else None
            if target is None or target.kind != "rest":
                position += 1
            if target is None:
                target = next((p for p in parameters if p.kind == "rest"), None)
        if target is not None:
            given[target.name] = given.get(target.name, NOTHING) | marks
    return given


def _injected(parameter: ir.Param) -> bool:
    """A parameter that the framework fills with something else than the user's words."""
    return isinstance(parameter.default, ir.Call) and _last(parameter.default.func) in ("Depends", "Security", "Provide", "Inject")


def _changes_its_argument(node: FunctionNode) -> bool:
    """Say whether a function works on its argument in place: assigns to a part of it or calls a member that changes it."""
    names = {p.name for p in node.code.params}
    for part in _parts(node.code.body):
        if isinstance(part, ir.Assign) and any(
            isinstance(t, (ir.Attr, ir.Index)) and (_path(t) or "").split(".")[0] in names for t in part.targets
        ):
            return True
        if (
            isinstance(part, ir.Call)
            and isinstance(part.func, ir.Attr)
            and (_path(part.func) or "").split(".")[0] in names
            and part.args
            and not part.func.name.startswith(("get", "is", "has", "find", "to_"))
        ):
            return True
    return False


def _is_self(base: ir.Expr, node: FunctionNode) -> bool:
    return isinstance(base, ir.Name) and (base.id in ("self", "this", "cls") or base.id == node.code.receiver)


def _last(func: ir.Expr) -> str:
    match func:
        case ir.Name(id=name):
            return name
        case ir.Attr(name=name):
            return name
        case ir.Index(base=base):
            return _last(base)
    return ""


def _key(expr: ir.Expr) -> str:
    match expr:
        case ir.Literal(value=value):
            return str(value)
        case ir.Name(id=name):
            return name
    return "*"


def _path(expr: ir.Expr) -> str | None:
    """Return the dotted path of a variable or of a part of one, None for anything else."""
    match expr:
        case ir.Name(id=name):
            return name
        case ir.Attr(base=base, name=name):
            above = _path(base)
            return None if above is None else f"{above}.{name}"
        case ir.Index(base=base, key=key):
            above = _path(base)
            return None if above is None else f"{above}.{_key(key)}"
        case ir.Op(op="ref" | "await" | "cast", operands=operands) if operands:
            return _path(operands[0])
    return None


def _frozen(marks: Mapping[str, Marks]) -> tuple[object, ...]:
    """Return what is known of some variables as a key; those that carry nothing do not matter."""
    return tuple(sorted((name, tuple(sorted(found))) for name, found in marks.items() if found))


def _mentions(expr: ir.Expr | None, name: str) -> bool:
    """Say whether an expression reads the variable ``name``."""
    return any(isinstance(part, ir.Name) and part.id == name for part in _parts((expr,)))


def _closures(values: Iterable[ir.Expr]) -> Iterable[ir.Closure]:
    for value in values:
        match value:
            case ir.Closure():
                yield value
            case ir.Group(items=items):
                yield from _closures(i.value for i in items)
            case _:
                pass


def _parts(body: Sequence[object]) -> Iterable[object]:
    """Walk statements and expressions, without recursion into other functions."""
    todo: list[object] = list(body)
    while todo:
        part = todo.pop()
        if isinstance(part, tuple):
            todo.extend(part)
        elif isinstance(part, Struct):
            yield part
            todo.extend(v for v in (getattr(part, f) for f in part.__struct_fields__) if isinstance(v, (tuple, Struct)))
