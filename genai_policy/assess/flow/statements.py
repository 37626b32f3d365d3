"""Statements: branches are joined, loops run twice, handlers start anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from genai_policy.assess.flow import knowing
from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.calls import Calls
from genai_policy.assess.flow.events import Summary
from genai_policy.assess.flow.expressions import both_sides
from genai_policy.assess.flow.reading import empty_when, last, path
from genai_policy.assess.flow.run import STEPS
from genai_policy.assess.flow.values import NOTHING, Marks, Scope, generated, passed
from genai_policy.assess.walk import parts
from genai_policy.model import ir


class Statements(Calls):
    """Interprets a body."""

    def run(self, scope: Scope, given: Mapping[str, Marks]) -> Summary:
        """Interpret the function and return its summary."""
        for parameter in self.node.code.params:
            if parameter.pattern is not None:
                self.assign(parameter.pattern, scope.get("", NOTHING), scope)
        self.rebound.clear()
        self.nonlocal_names = frozenset(
            operand.id
            for statement in self.node.code.body
            if isinstance(statement, ir.Do) and isinstance(statement.expr, ir.Op) and statement.expr.op in ("nonlocal", "global")
            for operand in statement.expr.operands
            if isinstance(operand, ir.Name)
        )
        self.block(self.node.code.body, scope)
        if not scope.ended:
            self.ends.append(scope)
        return self.summary(given)

    def block(self, body: Sequence[ir.Stmt], scope: Scope) -> None:
        """Interpret statements in order, up to the first that ends the function."""
        for statement in body:
            if scope.ended:
                return
            self.run_.steps += 1
            if self.run_.steps > STEPS:
                self.run_.bounded = True
                return
            self.statement(statement, scope)
            if self.tries and not scope.ended and not isinstance(statement, (ir.If, ir.Loop, ir.Try, ir.With, ir.Switch)):
                self.moment(scope)

    def statement(self, statement: ir.Stmt, scope: Scope) -> None:
        """Interpret one statement."""
        match statement:
            case ir.Assign():
                self.assignment(statement, scope)
            case ir.Do(expr=expr):
                before, self.pending = self.pending, {}
                self.value(expr, scope, discarded=True)
                self.pending = before
                if not self.node.file.endswith(".go") and _stops(expr):
                    self.end(scope)
            case ir.Return(value=value, line=line):
                if value is not None:
                    before, self.pending = self.pending, {}
                    self.leave(self.answer(value, scope, line), line, "return")
                    self.verdict |= both_sides(self.pending)
                    if isinstance(value, ir.Name):
                        self.verdict |= scope.verdicts.get(value.id, frozenset())
                    self.pending = before
                self.ends.append(scope.fork())
                scope.ended = True
            case ir.Raise(value=value):
                if value is not None:
                    self.value(value, scope)
                self.end(scope)
            case ir.Jump():
                if self.loops:
                    self.loops[-1].append(scope.fork())
                    self.loops[-1][-1].broke = statement.kind == "break"
                scope.ended = True
            case ir.If(test=test, body=body, orelse=orelse):
                self.branch(test, body, orelse, scope)
            case ir.Loop():
                self.loop(statement, scope)
            case ir.With(items=items, body=body):
                for context, target in items:
                    marks = self.value(context, scope)
                    if target is not None:
                        self.assign(target, marks, scope, context)
                self.block(body, scope)
            case ir.Try():
                self.attempt(statement, scope)
            case ir.Switch(subject=subject, cases=cases):
                self.switch(subject, cases, scope)
            case ir.Define(function=function):
                self.capture(function, scope)
            case ir.DefineClass():
                pass

    def moment(self, scope: Scope) -> None:
        """Remember what variables carry here: a handler may start from this point."""
        moments = self.tries[-1]
        if not moments or moments[-1] != scope or moments[-1].checked != scope.checked or moments[-1].guarded != scope.guarded:
            moments.append(scope.fork())

    def end(self, scope: Scope) -> None:
        """An exception: a handler around it goes on from here, nobody else does."""
        if self.tries:
            self.tries[-1].append(scope.fork())
        scope.ended = True

    def answer(self, value: ir.Expr, scope: Scope, line: int) -> Marks:
        """Return what a returned value carries; an application's own response class is applied to what is no response yet."""
        marks = self.value(value, scope)
        if self.node.id == self.run_.handler and generated(marks):
            self.run_.events.kinds.add("stream" if knowing.streams(value) or self._made_stream(value) else "whole")
        if not self.entry or not marks:
            return marks
        classes = {*self.run_.program.response_classes, *_named_response_classes(self.node.code.decorators)}
        if not classes or (isinstance(value, ir.Call) and words.RESPONSES.search(last(value.func))):
            return marks
        for name in sorted(classes):
            made = self.framework_made(name, marks)
            marks = marks if made is None else made
        return marks

    def _made_stream(self, value: ir.Expr) -> bool:
        name = path(value)
        return name is not None and "Stream" in self.made.get(name, "")

    def assignment(self, statement: ir.Assign, scope: Scope) -> None:
        """``a = b``, ``a += b``, ``a: T``."""
        for target in statement.targets:
            if statement.annotation is not None and isinstance(target, ir.Name):
                self.made.setdefault(target.id, _type_name(statement.annotation))
        if statement.value is None:
            for target in statement.targets:
                if isinstance(target, ir.Name) and not self.python:
                    self.assign(target, NOTHING, scope)
            return
        if self.patched(statement, scope):
            return
        before, self.pending = self.pending, {}
        nobody = all(isinstance(t, ir.Name) and t.id == "_" for t in statement.targets)
        marks = self.value(statement.value, scope, discarded=nobody)
        asked, self.pending = both_sides(self.pending), before
        for target in statement.targets:
            if statement.op != "=":
                old = self.value(target, scope)
                name = path(target)
                sources = self.sources.get(name, frozenset()) if name else frozenset()
                self.assign(target, self.labelled((statement.value,), marks | old), scope, statement.value)
                if name:
                    self.sources[name] = self.sources.get(name, frozenset()) | sources
                    self.rebound.discard(name) if name in self.around else None
            else:
                self.assign(target, marks, scope, statement.value)
            for part in parts((target,)) if asked else ():
                if isinstance(part, ir.Name):
                    scope.verdicts[part.id] = asked

    def branch(self, test: ir.Expr, body: Sequence[ir.Stmt], orelse: Sequence[ir.Stmt], scope: Scope) -> None:
        """``if``: both ways, unless the test can only have one answer. A check asked in the test holds where one way ends."""
        asked = self.ask(test, scope)
        yes, no = scope.fork(), scope.fork()
        known = self.truth(test)
        if known is not None:
            yes.ended, no.ended = not known, known
        for side, truth in ((yes, True), (no, False)):
            for name in empty_when(test, truth=truth):
                self.empty(name, side)
            for name, sides in asked.items():
                if truth in sides:
                    self.clean(name, side)
        cleaned = {name: (yes.get(name), no.get(name)) for name in yes if name in no and scope.get(name) != yes.get(name)} if asked else {}
        if not yes.ended:
            self.block(body, yes)
        if not no.ended:
            self.block(orelse, no)
        both = not yes.ended and not no.ended
        before = scope.fork()
        scope.join(yes, no)
        if both and asked:  # the check kept nothing from going on
            scope.guarded = before.guarded
            scope.checked = scope.checked & before.checked
            for name, (first, second) in cleaned.items():
                if yes.get(name) == first and no.get(name) == second:
                    if name in before:
                        scope[name] = before[name]
                    else:
                        scope.pop(name, None)

    def loop(self, loop: ir.Loop, scope: Scope) -> None:
        """A loop runs twice, so that what one turn leaves behind is seen by the next; its breaks join its end."""
        marks = self.value(loop.iterable, scope) if loop.iterable is not None and loop.target is not None else NOTHING
        forever = loop.target is None and (loop.iterable is None or self.truth(loop.iterable) is True)
        before = scope.fork()
        jumps: list[Scope] = []
        self.loops.append(jumps)
        asked: Mapping[str, frozenset[bool]] = {}
        for _ in range(2):
            if loop.target is None and loop.iterable is not None:
                asked = self.ask(loop.iterable, scope)
                for name in both_sides(asked):
                    self.clean(name, scope)
            entering = scope.fork()
            inside = scope.fork()
            if loop.target is not None:
                self.assign(loop.target, marks, inside, loop.iterable)
            self.block(loop.body, inside)
            scope.join(scope.fork(), inside, *jumps) if not forever else scope.join(inside, *jumps)
            scope.ended = False
        self.loops.pop()
        for name, sides in asked.items() if not jumps else ():
            if False in sides:  # while not fine(x): x = again()
                self.clean(name, scope)
        whole = path(loop.iterable)
        if whole is not None and isinstance(loop.target, ir.Name) and loop.target.id in self.replaced and whole.partition(".")[0] in scope:
            scope[whole.partition(".")[0]] = passed(scope[whole.partition(".")[0]])  # every element's content was replaced in place
            scope.forget_below(whole.partition(".")[0])
        if whole is not None and isinstance(loop.target, ir.Name) and not inside.ended and not _breaks(loop.body):
            carried = before.get(whole, before.whole(whole))
            if any(not m.passed for m in carried) and all(_checked(turn, loop.target.id) for turn in (inside, *jumps)):
                scope[whole] = passed(carried)  # every element was checked, so the whole was; a loop without turns had none
        if loop.orelse:  # what broke out of the loop does not come here
            calm = entering.fork()
            calm.join(entering, inside, *(j for j in jumps if not j.broke))
            self.block(loop.orelse, calm)
            scope.join(calm, *(j for j in jumps if j.broke))

    def attempt(self, attempt: ir.Try, scope: Scope) -> None:
        """A handler may start from any point of the body, so it sees every value that a variable had in it."""
        moments = [scope.fork()]
        self.tries.append(moments)
        self.block(attempt.body, scope)
        self.tries.pop()
        for moment in moments:
            moment.ended = False
        anywhere = Scope()
        anywhere.join(*moments)
        self.block(attempt.orelse, scope)
        outcomes = [scope.fork()]
        for handler in attempt.handlers:
            handled = anywhere.fork()
            if handler.name:
                handled[handler.name] = NOTHING
            self.block(handler.body, handled)
            outcomes.append(handled)
        if self.tries and not attempt.handlers:
            self.tries[-1].extend(moments)
        if not attempt.handlers and scope.ended:
            outcomes = [scope]
        scope.join(*outcomes)
        if attempt.final:
            interrupted = anywhere.fork()  # whatever ended the body, this runs
            self.block(attempt.final, interrupted)
            if not scope.ended:
                self.block(attempt.final, scope)

    def switch(self, subject: ir.Expr | None, cases: Sequence[ir.Case], scope: Scope) -> None:
        """Each case is a way of its own; a break ends the switch, not the function."""
        asked = both_sides(self.ask(subject, scope)) if subject is not None else frozenset()
        outcomes = [] if any(not c.patterns for c in cases) else [scope.fork()]
        breaks: list[Scope] = []
        for case in cases:
            chosen = scope.fork()
            for pattern in case.patterns:
                asked |= both_sides(self.ask(pattern, chosen))
            for name in asked:
                self.clean(name, chosen)
            self.loops.append(breaks)
            self.block(case.body, chosen)
            self.loops.pop()
            outcomes.append(chosen)
        scope.join(*outcomes, *breaks)


def _breaks(body: Sequence[ir.Stmt]) -> bool:
    return any(isinstance(p, ir.Jump) and p.kind == "break" for p in parts(body))


def _checked(turn: Scope, name: str) -> bool:
    """Say whether a turn of a loop checked its element, or the part of it that matters."""
    found = [marks for path_, marks in turn.items() if path_ == name or path_.startswith(name + ".")]
    return any(marks and all(m.passed for m in marks) for marks in found)


def _stops(expr: ir.Expr) -> bool:
    while isinstance(expr, ir.Op) and expr.op == "await" and expr.operands:
        expr = expr.operands[0]
    return isinstance(expr, ir.Call) and last(expr.func) in words.ENDING


def _type_name(annotation: ir.Expr) -> str:
    for part in parts((annotation,)):
        name = part.id if isinstance(part, ir.Name) else part.name if isinstance(part, ir.Attr) else ""
        if name[:1].isupper() and name not in ("List", "Optional", "Sequence", "Flux", "Mono", "Promise"):
            return name
    return ""


def _named_response_classes(decorators: Sequence[ir.Expr]) -> list[str]:
    return [
        last(a.value)
        for d in decorators
        if isinstance(d, ir.Call)
        for a in d.args
        if a.name in ("response_class", "default_response_class")
    ]
