"""What calls do: generate, pass the hook, lead into the tree, or lead out of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.events import Hooked, Summary
from genai_policy.assess.flow.expressions import BOTH
from genai_policy.assess.flow.generating import Generating
from genai_policy.assess.flow.program import calls_next
from genai_policy.assess.flow.reading import changes_its_argument, is_self, last, path, paths_in, receiver_of, targets
from genai_policy.assess.flow.replacing import all_passed, sets_what_it_got
from genai_policy.assess.flow.values import INPUT, NOTHING, Marks, Scope, generated, passed, union
from genai_policy.model import ir
from genai_policy.model.code import CallEdge, FunctionId

_Arguments = Sequence[tuple[str | None, Marks]]


class Calls(Generating):
    """Calls, by what is known of what they call."""

    def invocation(self, call: ir.Call, scope: Scope, *, discarded: bool) -> Marks:
        """Return what a call's result carries."""
        run = self.run_
        run.steps += 1
        if self.inner is not None and calls_next(call, self.inner.wrapper.names) and last(call.func) not in scope:
            return self.wrapped(call, scope)
        if self.inner is not None and self.inner.handler and (other := run.program.handed_next(self.node, call)):
            return self.delegated(other, scope)
        name = last(call.func)
        if isinstance(call.func, ir.Closure):
            self.capture(call.func.function, scope)
        if call.new and "<anonymous" in name:  # a class written in place: its methods see the variables around it
            for method in run.program.methods.get(name, ()):
                if method.file == self.node.file:
                    self.capture(method.index, scope)
        receiver = self.value(call.func.base, scope) if isinstance(call.func, ir.Attr) else NOTHING
        if name in words.PIPING and receiver and not any(_is_function(a.value) for a in call.args):
            return self.piped(call, receiver, scope)
        arguments = [(a.name, self.value(a.value, scope)) for a in call.args]
        site = run.program.sites.get((self.node.file, call.id))
        if site is not None:
            return self.generation(site, call, receiver, arguments, scope)
        edges = run.program.edges.get((self.node.file, call.id), ())
        direct = [e for e in edges if not self.hands_on(e, call) and self._has_body(e.callee)]
        if direct and not self._is_own_sender(call, name, direct):
            return self.direct(direct, call, receiver, arguments, scope, discarded=discarded)
        made = self.framework_made(name, union(m for _, m in arguments)) if name in run.program.methods else None
        if made is not None:
            return made
        return self.outside(call, edges, receiver, arguments, scope, discarded=discarded)

    def _has_body(self, function: FunctionId) -> bool:
        """Say whether there is something to follow in a function: a declared method that nobody here implements is made elsewhere."""
        node = self.run_.program.functions.get(function)
        return node is None or bool(node.code.body) or function in self.run_.hooks or "abstract" not in node.code.flags

    def _is_own_sender(self, call: ir.Call, name: str, edges: Iterable[CallEdge]) -> bool:
        """``res.json``, where middleware puts a function in its place: types cannot tell the two apart, what was put there can."""
        functions = self.run_.program.functions
        if self.node.code.name in words.SENDING_BY_RECEIVER and all(e.callee in self.inside for e in edges):
            return True
        if name not in words.SENDING_BY_RECEIVER or not self.sends(call, name):
            return False
        return all((n := functions.get(e.callee)) is not None and n.code.name == name and n.code.parent for e in edges)

    def direct(
        self, edges: Sequence[CallEdge], call: ir.Call, receiver: Marks, arguments: _Arguments, scope: Scope, *, discarded: bool
    ) -> Marks:
        """A call of functions of the tree: hooks, others, or either."""
        run = self.run_
        hooked = [e for e in edges if e.callee in run.hooks]
        others = [e for e in edges if e.callee not in run.hooks]
        if hooked and others and all(e.certainty == "certain" for e in hooked) and all(e.certainty != "certain" for e in others):
            others = []
        if not hooked:
            if isinstance(call.func, ir.Attr) and all_passed(union(m for _, m in arguments)) and sets_what_it_got(call):
                self._into_receiver(call, last(call.func), union(m for _, m in arguments), receiver, scope)
                return NOTHING
            return self.inside_tree(others, call, receiver, arguments, scope)
        marks = self.hook(hooked[0].callee, call, receiver, arguments, scope, discarded=discarded, alone=not others)
        if others:
            marks |= self.inside_tree(others, call, receiver, arguments, scope)
        return marks

    def hook(
        self, function: FunctionId, call: ir.Call, receiver: Marks, arguments: _Arguments, scope: Scope, *, discarded: bool, alone: bool
    ) -> Marks:
        """The value passes the hook. A check may keep its result to itself if it can stop the request or its result is used."""
        run = self.run_
        content = [m for _, m in arguments] + ([receiver] if not self._hook_object(call, receiver) else [])
        given = union(content)
        run.events.hooked.add(Hooked(self.node.id, call.line, call.id, tuple(sorted({m.origin for m in given})), discarded, function))
        if not alone or self._may_be_another(function, call):
            return self.doubt(given, call.line)
        own = [p for a in call.args for p in paths_in(a.value)]
        if run.checks:
            if run.can_stop(function):
                for name in own:
                    self.clean(name, scope)
            elif not discarded:
                self.pending.update((name, BOTH) for name in own)
            if any(m.origin == INPUT for m in given) and run.can_stop(function):
                scope.guarded = True
        elif changes_its_argument(run.program.functions[function]):
            for argument in call.args:
                whole = path(argument.value)
                if whole is not None:
                    scope[whole] = passed(self.value(argument.value, scope))
        return passed(given)

    def _may_be_another(self, function: FunctionId, call: ir.Call) -> bool:
        """Say whether what is called may be something else when the service runs: chosen from a table, or put in the hook's place."""
        program, hook = self.run_.program, self.run_.program.functions[function].code.name
        edges = program.edges.get((self.node.file, call.id), ())
        if isinstance(call.func, ir.Index) and not isinstance(call.func.key, ir.Literal):
            base = call.func.base.id if isinstance(call.func.base, ir.Name) else ""
            table = self.read.get(base) or program.constants(self.node.file).get(base)
            return not (isinstance(table, ir.Group) and len(table.items) <= len(edges))
        if isinstance(call.func, ir.Call):
            return any(e.callee == function and ("registry" in e.how or e.certainty != "certain") for e in edges)
        if self.python and hook in program.replaced_in_modules():
            return True
        return self.python and isinstance(call.func, ir.Name) and program.rebound(self.node.file, call.func.id, hook)

    def _hook_object(self, call: ir.Call, receiver: Marks) -> bool:
        return not receiver or not generated(receiver)

    def framework_made(self, name: str, marks: Marks) -> Marks | None:
        """An object of a class of the tree that a framework reads (a response class): its own methods see what it is made of."""
        run = self.run_
        methods = [m for m in run.program.methods.get(name, ()) if m.code.name in words.READ_BY_FRAMEWORK]
        if not methods or not marks:
            return None
        constructors = [m for m in run.program.methods[name] if m.code.name in ("__init__", "constructor", name)]
        if any(m.id in run.hooks for m in methods) and not any(m.id in run.hooks for m in constructors):
            run.events.hooked.add(Hooked(self.node.id, 0, -1, tuple(sorted({m.origin for m in marks})), False, methods[0].id))
        for method in [*constructors, *methods]:
            own = method.id in run.hooks
            run.labelling += own
            parameters = [p.name for p in method.code.params if p.name != method.code.receiver]
            found = run.call(method.id, NOTHING, [(name, marks) for name in parameters[:1]], self.depth + 1)
            run.labelling -= own
            marks = found.marks or marks
        return marks

    def inside_tree(self, edges: Iterable[CallEdge], call: ir.Call, receiver: Marks, arguments: _Arguments, scope: Scope) -> Marks:
        """Follow a call into the tree and apply what it leaves behind."""
        run = self.run_
        replaced = self.handed_writers(call)
        if replaced and run.patches.get("*") != replaced:
            outer, run.patches = run.patches, {**run.patches, "*": replaced}
            marks = self.inside_tree(edges, call, receiver, arguments, scope)
            run.patches = outer
            return marks
        if scope.patches and run.patches.items() != {**run.patches, **scope.patches}.items():
            outer, run.patches = run.patches, {**run.patches, **scope.patches}
            marks = self.inside_tree(edges, call, receiver, arguments, scope)
            run.patches = outer
            return marks
        found: list[Marks] = []
        for edge in edges:
            if edge.how == "queue":
                before, run.queue = run.queue, union(marks for _, marks in arguments)
                run.call(edge.callee, receiver, (), self.depth + 1)
                run.queue = before
                continue
            summary = run.call(edge.callee, receiver, arguments, self.depth + 1)
            self.apply(summary, edge.callee, call, scope)
            found.append(summary.marks)
        return union(found)

    def apply(self, summary: Summary, callee: FunctionId, call: ir.Call, scope: Scope) -> None:
        """Apply to the caller what a call did to its arguments, to captured variables, and to control."""
        node = self.run_.program.functions.get(callee)
        if node is None:
            return
        bound_to = targets(node, [a.name for a in call.args])
        for position, name in enumerate(bound_to):
            value = call.args[position].value
            if name in summary.checked:
                for whole in paths_in(value):
                    self.clean(whole, scope)
            if name in summary.verdict:
                self.pending.update((whole, BOTH) for whole in paths_in(value))
            for parameter, marks in summary.out:
                if parameter == name:
                    self.mutate(value, marks, scope)
        own = receiver_of(node)
        if own and isinstance(call.func, ir.Attr) and not is_self(call.func.base, self.node):
            for parameter, marks in summary.out:
                if parameter == own:
                    self.mutate(call.func.base, marks, scope)
        if summary.guarded and self.run_.checks and any(m.origin == INPUT for a in call.args for m in self.quiet(a.value, scope)):
            scope.guarded = True
        self.write_back(summary, scope)
        if not summary.returns and not self._resumes(node.code.flags) and not self.node.file.endswith(".go"):
            self.end_here(scope)

    @staticmethod
    def _resumes(flags: tuple[str, ...]) -> bool:
        return "generator" in flags or "constructor" in flags or "abstract" in flags

    def end_here(self, scope: Scope) -> None:
        """The called function never comes back."""
        if self.tries:
            self.tries[-1].append(scope.fork())
        scope.ended = True

    def quiet(self, expr: ir.Expr, scope: Scope) -> Marks:
        """Return what a variable or part carries, without evaluating calls."""
        name = path(expr)
        return NOTHING if name is None else scope.get(name, scope.whole(name))


def _is_function(value: ir.Expr) -> bool:
    """Say whether a value is a function written in place, or a reference to a method."""
    return isinstance(value, ir.Closure) or (isinstance(value, ir.Op) and value.op == "method-ref")
