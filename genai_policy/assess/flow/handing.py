"""Functions handed on: callbacks, mapped functions, threads, stream transformers."""

from __future__ import annotations

from collections.abc import Sequence

from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.events import Hooked, Summary
from genai_policy.assess.flow.reading import closures, last, path, paths_in
from genai_policy.assess.flow.values import NOTHING, Marks, Scope, generated, passed, union
from genai_policy.assess.flow.wrapping import Wrapping
from genai_policy.model import ir
from genai_policy.model.code import CallEdge, FunctionId

_Arguments = Sequence[tuple[str | None, Marks]]


class Handing(Wrapping):
    """What happens to functions that are given to other calls."""

    def handed(
        self, call: ir.Call, edges: Sequence[CallEdge], receiver: Marks, given: Marks, arguments: _Arguments, scope: Scope
    ) -> Marks | None:
        """Run the functions handed to a call with what the call may give them; None when there are none."""
        name = last(call.func)
        results: list[Marks] = []
        written = self.callbacks(call, receiver | given, scope)
        if written is not None:
            results.append(written)
        inline = {self.run_.program.by_index.get((self.node.file, c.function)) for c in closures(a.value for a in call.args)}
        for edge in edges:
            if edge.callee in inline or not self.hands_on(edge, call):
                continue
            results.append(self._handed_function(edge, call, name, receiver, arguments, scope))
        for argument in call.args:
            match argument.value:
                case ir.Op(op="method-ref", operands=(_, ir.Literal(value=member))) if str(member) in (
                    words.SENDING | words.SENDING_BY_RECEIVER
                ):
                    self.send(receiver | given, call.line, str(member))
                case _:
                    pass
        return union(results) if results else None

    def hands_on(self, edge: CallEdge, call: ir.Call) -> bool:
        """Say whether an edge leads to a function that the call is given, rather than to the one it calls."""
        if edge.how not in words.HANDED_ON:
            return False
        return not (isinstance(call.func, ir.Name) and (call.func.id in self.own_names or call.func.id in self.rebound))

    def _handed_function(self, edge: CallEdge, call: ir.Call, name: str, receiver: Marks, arguments: _Arguments, scope: Scope) -> Marks:
        """Run a function of the tree that is handed over by name: mapped over what there is, or started with the arguments behind it."""
        run = self.run_
        node = run.program.functions.get(edge.callee)
        if node is None:
            return NOTHING
        passed_on = self._arguments_behind(call, node.code.name, arguments)
        values: _Arguments = passed_on if passed_on is not None else [(None, receiver | union(m for _, m in arguments))]
        content = union(m for _, m in values)
        if edge.callee in run.hooks:
            run.events.hooked.add(Hooked(self.node.id, call.line, call.id, tuple(sorted({m.origin for m in content})), False, edge.callee))
            if run.checks and run.can_stop(edge.callee):
                for argument in call.args:
                    for whole in paths_in(argument.value):
                        self.clean(whole, scope)
            return passed(content)
        if edge.how == "queue":
            before, run.queue = run.queue, content
            run.call(edge.callee, NOTHING, (), self.depth + 1)
            run.queue = before
            return NOTHING
        summary = run.call(edge.callee, NOTHING, values, self.depth + 1)
        self.write_back(summary, scope)
        if passed_on is not None:
            self._mutated_behind(call, node.code.name, summary, edge.callee, scope)
        return summary.marks

    def _behind(self, call: ir.Call, name: str) -> list[ir.Arg] | None:
        """Return the arguments meant for the function ``name`` that is handed over beside them (``submit(f, a)``)."""
        for position, argument in enumerate(call.args):
            if last(argument.value) != name and not (isinstance(argument.value, ir.Call) and last(argument.value.func) == name):
                continue
            if argument.name is None:
                return list(call.args[position + 1 :])
            found: list[ir.Arg] = []
            for other in call.args:
                if other.name == "args" and isinstance(other.value, ir.Group):
                    found.extend(ir.Arg(i.value) for i in other.value.items)
                elif other.name == "kwargs" and isinstance(other.value, ir.Group):
                    found.extend(ir.Arg(i.value, str(getattr(i.key, "value", "")) or None) for i in other.value.items)
            return found
        return None

    def _arguments_behind(self, call: ir.Call, name: str, arguments: _Arguments) -> list[tuple[str | None, Marks]] | None:
        behind = self._behind(call, name)
        if not behind:
            return None
        scope = self._scope_of_call
        return [(a.name, self.value(a.value, scope)) for a in behind]

    def _mutated_behind(self, call: ir.Call, name: str, summary: Summary, callee: FunctionId, scope: Scope) -> None:
        from genai_policy.assess.flow.reading import targets

        behind = self._behind(call, name) or []
        node = self.run_.program.functions[callee]
        for position, parameter in enumerate(targets(node, [a.name for a in behind])):
            for changed, marks in summary.out:
                if changed == parameter:
                    self.mutate(behind[position].value, marks, scope)

    _scope_of_call: Scope = Scope()

    def callbacks(self, call: ir.Call, marks: Marks, scope: Scope) -> Marks | None:
        """Run the closures handed to a call with what the call may give them; None when there are none."""
        self._scope_of_call = scope
        found = list(closures(a.value for a in call.args))
        if not found:
            return None
        run = self.run_
        making = last(call.func) in words.STREAM_MAKERS
        if making:
            run.collectors.append([])
        results: list[Marks] = []
        content = marks | (run.upstream if making else NOTHING)
        for closure in found:
            function = self.capture(closure.function, scope)
            if function is None:
                continue
            node = run.program.functions[function]
            first = [(None, content) for p in node.code.params[:3] if p.kind in ("plain", "pattern", "rest")]
            summary = run.call(function, NOTHING, first, self.depth + 1)
            self.write_back(summary, scope)
            results.append(summary.marks)
        if making:
            return union(run.collectors.pop())
        return union(results)

    def write_back(self, summary: Summary, scope: Scope) -> None:
        """Apply what a closure wrote to variables of the functions around it."""
        for function, name, marks in summary.writes:
            if function == self.node.id or name in scope:
                scope[name] = scope.get(name, NOTHING) | marks

    def piped(self, call: ir.Call, receiver: Marks, scope: Scope) -> Marks:
        """``x.pipe(map(f), tap(g))``, ``x.pipeThrough(transformer)``: each step is given what the one before hands on."""
        marks = receiver
        run = self.run_
        for argument in call.args:
            step = argument.value
            target = path(step)
            if last(call.func) in ("pipe", "pipeTo") and (target is not None and words.RECEIVER.search(target.rpartition(".")[2])):
                self.send(marks, call.line, "pipe")
                continue
            before, run.upstream = run.upstream, marks
            result = self._step(step, marks, scope)
            run.upstream = before
            marks = result
        return marks

    def _step(self, step: ir.Expr, marks: Marks, scope: Scope) -> Marks:
        """Return what one step of a pipe hands on."""
        run = self.run_
        if isinstance(step, ir.Name):
            made = self.transformers.get(step.id) or run.program.constants(self.node.file).get(step.id)
            if isinstance(made, ir.Call):
                return self._step(made, marks, scope)
        if not isinstance(step, ir.Call):
            name = path(step)
            return scope[name] if name is not None and scope.get(name) else marks
        edges = run.program.edges.get((self.node.file, step.id), ())
        direct = [e for e in edges if not self.hands_on(e, step)]
        for edge in direct:
            if edge.callee in run.hooks:
                self._note_step(step, edge.callee, marks)
                return passed(marks)
        if direct:
            result = self.value(step, scope)
            return result if generated(result) else marks
        arguments = [(a.name, self.value(a.value, scope)) for a in step.args]
        result_of = self.handed(step, edges, marks, NOTHING, arguments, scope)
        name = last(step.func)
        if name in words.STREAM_MAKERS:
            return result_of if result_of is not None else marks
        return result_of if result_of is not None and name in words.MAPPING else marks

    def _note_step(self, step: ir.Call, hook: FunctionId, marks: Marks) -> None:
        self.run_.events.hooked.add(Hooked(self.node.id, step.line, step.id, tuple(sorted({m.origin for m in marks})), False, hook))
