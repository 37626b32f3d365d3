"""What a wrapper wraps: running it, writers put in the response's place, members that are replaced."""

from __future__ import annotations

from collections.abc import Sequence

from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.expressions import Expressions
from genai_policy.assess.flow.reading import closures, last, path
from genai_policy.assess.flow.run import Inner
from genai_policy.assess.flow.values import NOTHING, Marks, Scope, union
from genai_policy.model import ir
from genai_policy.model.code import FunctionId

_Arguments = Sequence[tuple[str | None, Marks]]


class Wrapping(Expressions):
    """Middleware and the like, from the inside."""

    def wrapped(self, call: ir.Call, scope: Scope) -> Marks:
        """A wrapper runs what it wraps. Given another response to write to, what is written is held there."""
        inner = self.inner
        assert inner is not None
        run = self.run_
        arguments = [(a.name, self.value(a.value, scope)) for a in call.args]
        outer, run.patches = run.patches, {**run.patches, **scope.patches}
        marks = self._wrapped(inner, call, arguments, scope)
        run.patches = outer
        self._take_body(scope)
        return marks

    def _take_body(self, scope: Scope) -> None:
        """What was wrapped put something into the answer: it is there from now on."""
        run = self.run_
        context = self.context()
        if context and run.body:
            scope.forget_below(context)
            scope[f"{context}.body"], scope[context] = run.body, scope.get(context, NOTHING) | run.body
            self.parted = bool(run.parts)
            for name, marks in run.parts:
                scope[f"{context}.body.{name}"] = marks

    def delegated(self, function: FunctionId, scope: Scope) -> Marks:
        """A wrapper leaves its work to another function, which it hands what it wraps."""
        run, inner = self.run_, self.inner
        assert inner is not None
        node = run.program.functions[function]
        before = run.inner.get(function)
        run.inner[function] = inner
        own = function in run.hooks
        run.labelling += own
        summary = run.interpret(node, run.inputs(node, passed=scope.guarded), self.depth + 1, entry=False)
        run.labelling -= own
        run.body, run.parts = summary.body, summary.parts
        self._take_body(scope)
        if before is None:
            del run.inner[function]
        else:
            run.inner[function] = before
        return summary.marks

    def _wrapped(self, inner: Inner, call: ir.Call, arguments: _Arguments, scope: Scope) -> Marks:
        run = self.run_
        holder = self._holder(call)
        if holder is None:
            marks = run.run_inner(inner, arguments, self.depth, guarded=scope.guarded)
            for function in self._given_functions(call, scope):  # ASGI: the wrapped application sends through it
                run.call(function, NOTHING, [(None, marks)], self.depth + 1)
            return marks
        run.collectors.append([])
        marks = run.run_inner(inner, arguments, self.depth, guarded=scope.guarded)
        marks |= union(run.collectors.pop())
        writers = [
            m for m in run.program.methods.get(self.made.get(path(holder) or "", made_of(holder)), ()) if m.code.name in words.WRITERS
        ]
        for writer in writers:
            run.call(writer.id, NOTHING, [(None, marks)], self.depth + 1)
        if not writers:
            self.mutate(holder, marks, scope)
        return NOTHING

    def _given_functions(self, call: ir.Call, scope: Scope) -> list[FunctionId]:
        """Return the functions of this one that a call is given, written in place or by name."""
        found = [f for c in closures(a.value for a in call.args) if (f := self.capture(c.function, scope)) is not None]
        named = {a.value.id for a in call.args if isinstance(a.value, ir.Name)}
        return found + [n.id for n in self.run_.program.inner.get(self.node.id, ()) if n.code.name in named]

    def _holder(self, call: ir.Call) -> ir.Expr | None:
        """Return the response of the wrapper's own that it lets the others write to."""
        if last(call.func) not in ("doFilter", "ServeHTTP") and not (self.inner is not None and self.inner.wrapper.names > words.NEXT):
            return None
        own = {p.name for p in self.node.code.params}
        for argument in call.args:
            name = path(argument.value)
            made = self.made.get(name, "") if name is not None and name not in own else made_of(argument.value)
            writes = any(m.code.name in words.WRITERS for m in self.run_.program.methods.get(made, ()))
            if name not in own and (writes or words.HOLDING.search(made or name or "")):
                return argument.value
        return None

    def handed_writers(self, call: ir.Call) -> tuple[FunctionId, ...]:
        """Return what writes in the response's place in a call that is given a writer of the tree (``h(labelWriter{w}, r)``)."""
        if not self.node.file.endswith(".go"):
            return ()
        for argument in call.args[:2]:
            made = made_of(argument.value) or self.made.get(path(argument.value) or "", "")
            found = tuple(m.id for m in self.run_.program.methods.get(made, ()) if m.code.name in words.WRITERS)
            if found:
                return found
        return ()

    def patched(self, statement: ir.Assign, scope: Scope) -> bool:
        """``res.json = (body) => …``, ``c.Writer = &marking{c.Writer}``: what is sent goes through it from now on."""
        target = statement.targets[0]
        if not isinstance(target, ir.Attr) or statement.value is None or not isinstance(target.base, ir.Name):
            return False
        value = statement.value
        if isinstance(value, ir.Closure) and target.name in words.SENDING_BY_RECEIVER | {"send_json", "sendFile"}:
            function = self.capture(value.function, scope)
            if function is not None:
                scope.patches = {**scope.patches, target.name: (function,)}
            return True
        if target.name in ("Writer", "ResponseWriter", "Response"):
            made = made_of(value) or self.made.get(path(value) or "", "")
            writers = tuple(m.id for m in self.run_.program.methods.get(made, ()) if m.code.name in words.WRITERS)
            if writers:
                scope.patches = {**scope.patches, "*": writers}
                return True
        return False


def made_of(value: ir.Expr) -> str:
    """Return the class that a value is made of in place."""
    while isinstance(value, ir.Op) and value.operands:
        value = value.operands[0]
    return last(value.func) if isinstance(value, ir.Call) else ""
