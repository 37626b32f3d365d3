"""Calls of models: the user's words go in, generated content comes out, through what was put around the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.events import Entered
from genai_policy.assess.flow.outside import Outside
from genai_policy.assess.flow.reading import closures, key, last
from genai_policy.assess.flow.values import INPUT, NOTHING, Mark, Marks, Scope, union
from genai_policy.assess.walk import parts
from genai_policy.model import ir
from genai_policy.model.code import FunctionId, Place

_Arguments = Sequence[tuple[str | None, Marks]]


def named_items(call: ir.Call, read: Mapping[str, ir.Expr]) -> Iterator[ir.Item]:
    """Yield the arguments of a call by name, those in dictionaries that it is given too. ``read`` are the expressions of variables."""
    for argument in call.args:
        value = argument.value
        if isinstance(value, ir.Name) and (argument.spread or argument.name in ("kwargs", "config", "options")):
            value = read.get(value.id, value)
        if isinstance(value, ir.Group) and value.kind == "dict":
            yield from value.items
        elif isinstance(value, ir.Call) and last(value.func) == "dict":
            yield from (ir.Item(a.value, ir.Literal(0, a.name)) for a in value.args)
        else:
            yield ir.Item(value, ir.Literal(0, argument.name))


class Generating(Outside):
    """Generation calls."""

    def generation(self, site: int, call: ir.Call, receiver: Marks, arguments: _Arguments, scope: Scope) -> Marks:
        """A call of a model: the user's words enter here, generated content comes out."""
        run = self.run_
        run.events.generated.add(site)
        place = Place(self.node.file, call.line)
        prompt = union([self.prompt(a, scope) for a in call.args]) | frozenset(m for m in receiver if m.origin == INPUT)
        run.events.entered.update(Entered(site, place, m.passed, m.doubt) for m in prompt if m.origin == INPUT)
        given = union([receiver, *(marks for _, marks in arguments)])
        others = frozenset(m for m in given if m.origin not in (INPUT, site) and not m.stored)
        if run.inputs_only:
            return self.callbacks(call, NOTHING, scope) or NOTHING
        marks = frozenset({Mark(site, self.wrapped_model(call, site, scope))}) | others
        marks = self.transformed(call, marks)
        for target in self._filled(call):
            self.mutate(target, marks, scope)
        for name, made in self.made.items():
            if words.STREAMERS.search(made) and name in scope:
                scope[name] = scope[name] | marks
        self.callbacks(call, marks, scope)
        self._told(call, marks, scope)
        return marks

    def _told(self, call: ir.Call, marks: Marks, scope: Scope) -> None:
        """Run what a generation call tells of its answer: methods of listeners, functions by name, functions given to its options."""
        run = self.run_
        options = [p for a in call.args for p in parts((a.value,)) if isinstance(p, ir.Call)]
        inline = set(closures(a.value for a in call.args))
        for option in options:
            for closure in closures(a.value for a in option.args):
                function = self.capture(closure.function, scope)
                if function is not None and closure not in inline:
                    self._tell(function, marks, scope)
        for function in self._listening(call):
            self._tell(function, marks, scope)
        known = {run.program.by_index.get((self.node.file, c.function)) for c in inline}
        for edge in run.program.edges.get((self.node.file, call.id), ()):
            if edge.how == "callback" and edge.callee not in known and not self._names_itself(edge.callee, call):
                self._tell(edge.callee, marks, scope)

    def _listening(self, call: ir.Call) -> Iterator[FunctionId]:
        """Yield the methods of the objects of the tree that a generation call is given to tell of its answer (``callbacks=[handler]``)."""
        constants = self.run_.program.constants(self.node.file)
        todo = [i.value for i in named_items(call, self.read)]
        for value in todo[:60]:
            if isinstance(value, ir.Group):
                todo.extend(i.value for i in value.items)
                continue
            made = self.read.get(value.id, constants.get(value.id)) if isinstance(value, ir.Name) else value
            name = last(made.func) if isinstance(made, ir.Call) else ""
            methods = self.run_.program.methods.get(name, ()) if name else ()
            yield from sorted(m.id for m in methods if words.TOLD.search(m.code.name) and not words.FAILING.search(m.code.name))

    def _names_itself(self, callee: FunctionId, call: ir.Call) -> bool:
        """Say whether an edge leads to what starts a generation (a thread's target), rather than to what is told of its answer."""
        node = self.run_.program.functions.get(callee)
        return node is None or words.FAILING.search(node.code.name) is not None or callee in self.run_.program.live

    def _tell(self, function: FunctionId, marks: Marks, scope: Scope) -> None:
        node = self.run_.program.functions[function]
        given = [(None, marks)] * max(1, len([p for p in node.code.params if p.name != node.code.receiver]))
        if function in self.run_.hooks:
            return
        summary = self.run_.call(function, NOTHING, given, self.depth + 1)
        self.write_back(summary, scope)

    def _filled(self, call: ir.Call) -> list[ir.Expr]:
        """Return what a generation call puts its answer into: references, and streamers by name, given to it or to the chain it ends."""
        found: list[ir.Expr] = []
        step: ir.Expr | None = call
        while isinstance(step, (ir.Call, ir.Attr)):
            if isinstance(step, ir.Call):
                found.extend(a.value for a in step.args if isinstance(a.value, ir.Op) and a.value.op == "ref")
                found.extend(i.value for i in named_items(step, self.read) if getattr(i.key, "value", "") in words.FILLED)
                step = step.func
            else:
                step = step.base
        return found

    def transformed(self, call: ir.Call, marks: Marks) -> Marks:
        """A generation call that is given a stream transformer hands out what that makes of the content."""
        run = self.run_
        for argument in call.args:
            items = (
                argument.value.items if isinstance(argument.value, ir.Group) else (ir.Item(argument.value, ir.Literal(0, argument.name)),)
            )
            for item in items:
                if getattr(item.key, "value", "") not in words.TRANSFORMING:
                    continue
                steps = [
                    n for f in self.functions_behind(item.value) for n in run.program.nested(f) if n.code.name in ("transform", "flush")
                ]
                for step in steps:
                    if step.code.name == "transform":
                        run.collectors.append([])
                        run.call(step.id, NOTHING, [(None, marks)], self.depth + 1)
                        marks = union(run.collectors.pop())
        return marks

    def functions_behind(self, value: ir.Expr) -> list[FunctionId]:
        """Return the functions of the tree that an expression calls or names."""
        if isinstance(value, ir.Call):
            return [e.callee for e in self.run_.program.edges.get((self.node.file, value.id), ())]
        if isinstance(value, ir.Group):
            return [f for i in value.items for f in self.functions_behind(i.value)]
        name = last(value)
        return sorted(n.id for n in self.run_.program.functions.values() if n.code.name == name and name)

    def prompt(self, argument: ir.Arg, scope: Scope) -> Marks:
        """Return what an argument of a generation call carries, its parameters that are not the user's words left out."""
        if argument.name in words.NOT_PROMPT or words.CONTEXT.search(last(argument.value)):
            return NOTHING
        if isinstance(argument.value, ir.Call) and words.CONTEXT.search(last(argument.value.func)):
            return NOTHING
        if isinstance(argument.value, ir.Group) and argument.value.kind == "dict":
            return union([self.value(i.value, scope) for i in argument.value.items if i.key is None or key(i.key) not in words.NOT_PROMPT])
        return self.value(argument.value, scope)

    def wrapped_model(self, call: ir.Call, site: int, scope: Scope) -> bool:
        """Say whether the model of a generation call is one that middleware was wrapped around, and whether that marks what comes out."""
        for argument in call.args:
            items = (
                argument.value.items if isinstance(argument.value, ir.Group) else (ir.Item(argument.value, ir.Literal(0, argument.name)),)
            )
            for item in items:
                if getattr(item.key, "value", "") == "model":
                    made = self._made_model(item.value)
                    if made is not None:
                        return self._model_marks(made, site, streaming="stream" in last(call.func).lower(), scope=scope)
        return False

    def _made_model(self, expr: ir.Expr) -> ir.Call | None:
        if isinstance(expr, ir.Name):
            made = self.read.get(expr.id)
            if made is None:
                made = self.run_.program.once("wrapped models", self.run_.program, self._wrapped_models).get(expr.id)
            expr = made if made is not None else expr
        return expr if isinstance(expr, ir.Call) and last(expr.func) in words.MODEL_WRAPPERS else None

    def _wrapped_models(self) -> dict[str, ir.Call]:
        """Return the variables of all modules that hold a model with middleware around it."""
        return {
            target.id: part.value
            for node in self.run_.program.functions.values()
            if node.code.name == "<module>"
            for part in parts(node.code.body)
            if isinstance(part, ir.Assign) and isinstance(part.value, ir.Call) and last(part.value.func) in words.MODEL_WRAPPERS
            for target in part.targets
            if isinstance(target, ir.Name)
        }

    def _model_marks(self, made: ir.Call, site: int, *, streaming: bool, scope: Scope) -> bool:
        """Run the middleware's own function for the kind of call with raw content; it marks if nothing raw comes back."""
        run = self.run_
        wanted = "wrapStream" if streaming else "wrapGenerate"
        names = {p.id for p in parts(made.args) if isinstance(p, ir.Name)}
        raw = frozenset({Mark(site, False)})
        for function in sorted(run.toward):
            node = run.program.functions[function]
            owner = node.code.qualname.rpartition(".")[0]
            if node.code.name == wanted and (not names or owner in names or owner.rpartition(".")[2] in (*names, "middleware")):
                if function in run.hooks:
                    return True
                before = run.inner.get(function)
                summary = run.call(function, NOTHING, [(None, raw)] * max(1, len(node.code.params)), self.depth + 1)
                if before is not None:
                    run.inner[function] = before
                content = [m for m in summary.marks if m.origin != INPUT]
                return bool(content) and all(m.passed for m in content)
        return False
