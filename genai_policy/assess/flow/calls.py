"""What calls do: generate, pass the hook, lead into the tree, or lead out of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from genai_policy.assess.flow import keeping
from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.events import Entered, Hooked, Summary
from genai_policy.assess.flow.expressions import BOTH
from genai_policy.assess.flow.handing import Handing
from genai_policy.assess.flow.program import calls_next
from genai_policy.assess.flow.reading import changes_its_argument, is_self, key, last, path, paths_in, receiver_of, root, targets
from genai_policy.assess.flow.replacing import all_passed, sets_what_it_got
from genai_policy.assess.flow.values import INPUT, NOTHING, Mark, Marks, Scope, generated, passed, stored, union
from genai_policy.assess.walk import parts
from genai_policy.model import ir
from genai_policy.model.code import CallEdge, FunctionId, Place

_Arguments = Sequence[tuple[str | None, Marks]]


class Calls(Handing):
    """Calls, by what is known of what they call."""

    def invocation(self, call: ir.Call, scope: Scope, *, discarded: bool) -> Marks:
        """Return what a call's result carries."""
        run = self.run_
        run.steps += 1
        if self.inner is not None and calls_next(call, self.inner.wrapper.names) and last(call.func) not in scope:
            return self.wrapped(call, scope)
        name = last(call.func)
        if isinstance(call.func, ir.Closure):
            self.capture(call.func.function, scope)
        receiver = self.value(call.func.base, scope) if isinstance(call.func, ir.Attr) else NOTHING
        if name in words.PIPING and receiver:
            return self.piped(call, receiver, scope)
        arguments = [(a.name, self.value(a.value, scope)) for a in call.args]
        site = run.program.sites.get((self.node.file, call.id))
        if site is not None:
            return self.generation(site, call, receiver, arguments, scope)
        edges = run.program.edges.get((self.node.file, call.id), ())
        direct = [e for e in edges if not self.hands_on(e, call)]
        if direct and not self._is_own_sender(call, name, direct):
            return self.direct(direct, call, receiver, arguments, scope, discarded=discarded)
        made = self.framework_made(name, union(m for _, m in arguments)) if name in run.program.methods else None
        if made is not None:
            return made
        return self.outside(call, edges, receiver, arguments, scope, discarded=discarded)

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

    # ---- generation ----------------------------------------------------------------------------------------------------------

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
        self.callbacks(call, marks, scope)
        return marks

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

    # ---- hooks -----------------------------------------------------------------------------------------------------------------

    def hook(
        self, function: FunctionId, call: ir.Call, receiver: Marks, arguments: _Arguments, scope: Scope, *, discarded: bool, alone: bool
    ) -> Marks:
        """The value passes the hook. A check may keep its result to itself if it can stop the request or its result is used."""
        run = self.run_
        content = [m for _, m in arguments] + ([receiver] if not self._hook_object(call, receiver) else [])
        given = union(content)
        run.events.hooked.add(Hooked(self.node.id, call.line, call.id, tuple(sorted({m.origin for m in given})), discarded, function))
        if not alone:
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

    # ---- into the tree ---------------------------------------------------------------------------------------------------------

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

    # ---- out of the tree -------------------------------------------------------------------------------------------------------

    def outside(
        self, call: ir.Call, edges: Sequence[CallEdge], receiver: Marks, arguments: _Arguments, scope: Scope, *, discarded: bool
    ) -> Marks:
        """A call that leads out of the tree, or could not be resolved: what goes in may come out."""
        run = self.run_
        name = last(call.func)
        given = union(marks for _, marks in arguments)
        if isinstance(call.func, ir.Name) and call.func.id in scope:
            receiver = scope[call.func.id]  # a function that holds what it will give
        if name in words.READING_INTO:
            for argument in call.args:
                if isinstance(argument.value, ir.Op) and argument.value.op == "ref":
                    self.mutate(argument.value, receiver | given, scope)
        if name in words.WRITING_INTO and generated(receiver | given):
            self._written_into(call, receiver | given, scope)
        handed = self.handed(call, edges, receiver, given, arguments, scope)
        if self.sends(call, name):
            self.send(given | (receiver if name in words.MAPPING else NOTHING), call.line, name)
            self._hold(call, given, scope)
            return NOTHING
        if name in words.TAKING and run.queue:
            return run.queue
        if name in words.NOT_CONTENT_CALLS and not (name in words.AMBIGUOUS and handed is not None):
            return NOTHING
        if handed is not None and name in words.MAPPING:
            return handed
        back = self._stores(call, name, receiver, given, scope)
        if back is not None:
            return back | (handed or NOTHING)
        self._into_receiver(call, name, given, receiver, scope)
        marks = receiver | given | (handed or NOTHING)
        if generated(marks) and any(not m.passed for m in marks) and not run.labelling:
            if self._unseen(call, name, scope):
                if discarded:
                    self.lose(given, call.line, "dynamic")
                return self.doubt(marks, call.line)
            if discarded and words.HANDING.search(name) and given:
                self.lose(given, call.line, f"handed:{name}")
        return marks

    def _unseen(self, call: ir.Call, name: str, scope: Scope) -> bool:
        """Say whether nobody can tell what a call runs, so that it may be the hook."""
        if (self.node.file, call.id) in self.run_.program.external:
            return False
        match call.func:
            case ir.Name(id=named):
                return named in scope or named in self.run_.hook_names or named in self.around
            case ir.Attr():
                return name in self.run_.hook_names
            case ir.Index() | ir.Call():
                return True
        return False

    def _written_into(self, call: ir.Call, marks: Marks, scope: Scope) -> None:
        for argument in call.args:
            target = path(argument.value)
            if target is not None and target in scope:
                scope[target] = scope[target] | marks

    def _hold(self, call: ir.Call, given: Marks, scope: Scope) -> None:
        """``response.write(x)``: a response that is handed on later holds it as well."""
        if isinstance(call.func, ir.Attr) and isinstance(call.func.base, ir.Name) and call.func.base.id in self.made:
            self.mutate(call.func.base, given, scope)

    def _into_receiver(self, call: ir.Call, name: str, given: Marks, receiver: Marks, scope: Scope) -> None:
        """``list.append(x)``, ``builder.content(x)``: the receiver carries it from now on."""
        if not isinstance(call.func, ir.Attr):
            return
        base = root(call.func.base)
        if self.run_.labelling and generated(receiver) and not generated(given) and call.args and name not in words.VIEWS and base in scope:
            scope[base] = passed(scope[base])  # response.headers.set("X-AI", "1"), inside a hook
            scope.forget_below(base)
            return
        if not given:
            return
        if base in scope and all_passed(given) and sets_what_it_got(call):
            scope[base] = passed(scope[base])  # reply.setText(mark(reply.getText()))
            scope.forget_below(base)
            self.replaced.add(base)
        elif base in scope and not is_self(call.func.base, self.node):
            if path(call.func.base) is not None or name in words.FILLING:
                scope[base] = scope[base] | given
                if base in self.shaped:
                    self.shaped[base] |= given
                self.sources[base] = self.sources.get(base, frozenset()) | {p for a in call.args for p in paths_in(a.value)}
        elif name in words.KEEPING:
            target = call.func.base
            while isinstance(target, (ir.Call, ir.Index)):
                target = target.func if isinstance(target, ir.Call) else target.base
            if isinstance(target, ir.Attr) and is_self(target.base, self.node):
                self.keep(f".{self.node.owner}.{target.name}", given)
            elif base and base not in ("self", "this"):
                self.keep(f"={base}", given)

    def _stores(self, call: ir.Call, name: str, receiver: Marks, given: Marks, scope: Scope) -> Marks | None:
        """Tables and collections: what is written comes back where the same one is read."""
        run = self.run_
        marks = receiver | given
        by_statement = keeping.writes_sql(call)
        writes = (by_statement is True) or (by_statement is None and name in words.STORE_WRITES)
        if writes and generated(marks):
            for store in self.stores_of(call):
                self.keep(f"#{store}", marks)
            return None
        reads = (by_statement is False) or (by_statement is None and (name in words.STORE_READS or bool(words.LOOKS_UP.search(name))))
        if not reads:
            return None
        content = frozenset(m for m in marks if m.origin != INPUT)
        held = union(run.stores.get(f"#{store}", NOTHING) for store in self.stores_of(call))
        if held:
            content |= stored(held)
            base = root(call.func)
            if base in scope:
                scope[base] = scope[base] | stored(held)
            for argument in call.args:
                target = path(argument.value)
                if target is not None and target in self.made and target in scope:
                    scope[target] = scope[target] | stored(held)
        if held or (name in words.STORE_READS and words.LOOKS_UP.search(name)):
            return content | frozenset(m for m in receiver if m.origin == INPUT)
        return None

    def stores_of(self, call: ir.Call) -> frozenset[str]:
        """Return the stores a call is about: by the names in it, and by the path or file that a variable holds."""
        named = {root(call.func), *(root(a.value) for a in call.args)}
        held = [self.folders[n] for n in named if n in self.folders]
        return keeping.store_names(call, self.made).union(*held)

    def sends(self, call: ir.Call, name: str) -> bool:
        """Say whether a call sends its arguments to the client."""
        if name in words.SENDING:
            return True
        if isinstance(call.func, ir.Name):
            return self._calls_the_replaced(call.func.id)
        if not isinstance(call.func, ir.Attr):
            return False
        receiver = call.func.base
        if name in ("call", "apply") and isinstance(receiver, ir.Name) and self._calls_the_replaced(receiver.id):
            return True
        if name not in words.SENDING_BY_RECEIVER or not call.args:
            return False
        if isinstance(receiver, ir.Call) and self.writes_to_response(receiver):
            return True
        if isinstance(receiver, ir.Name) and receiver.id in self.writers:
            return True
        while isinstance(receiver, ir.Call):  # res.status(200).json(x)
            receiver = receiver.func.base if isinstance(receiver.func, ir.Attr) else receiver.func
        named = last(receiver)
        if isinstance(receiver, ir.Name) and words.CONSTRUCTING.search(named):
            return False  # Response.json(x), ResponseEntity.body(x): made here, sent where it is returned
        return bool(words.RECEIVER.search(named))

    def _calls_the_replaced(self, name: str) -> bool:
        """Inside a function that replaced ``res.json``, a variable of the function around it holds the original."""
        if self.node.code.name not in words.SENDING_BY_RECEIVER or name not in self.around:
            return name == "send" and self.inner is not None
        for outer in list(self.run_.program.outer(self.node.id))[1:]:
            for part in parts(outer.code.body):
                if (
                    isinstance(part, ir.Assign)
                    and part.value is not None
                    and any(isinstance(t, ir.Name) and t.id == name for t in part.targets)
                ):
                    return any(isinstance(p, ir.Attr) and p.name in words.SENDING_BY_RECEIVER for p in parts((part.value,)))
        return bool(words.ORIGINAL.search(name))
