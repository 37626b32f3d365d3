"""The linked program, indexed for interpretation. Built once per check, shared by all hooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from msgspec import Struct

from genai_policy.assess.constants import truth
from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.reading import last
from genai_policy.assess.walk import module_constants, parts
from genai_policy.model import ir
from genai_policy.model.code import CallEdge, CodeFacts, FunctionId, FunctionNode, Middleware

_T = TypeVar("_T")


class Wrapper(Struct, frozen=True):
    """A function that a framework or a decorator puts around others. ``core`` is the function that runs; ``kind`` says when: ``around`` (it
    calls what it wraps, by one of ``names``), ``after`` (it is given the response) or ``before``. ``claimed`` are the functions it is known
    by."""

    core: FunctionId
    kind: str
    names: frozenset[str]
    claimed: frozenset[FunctionId]
    line: int = 0
    """Where a decorator stands."""


class Program:
    """Functions by place, calls by caller, wrappers by what they wrap."""

    def __init__(self, code: CodeFacts) -> None:
        self.code = code
        self.functions: Mapping[FunctionId, FunctionNode] = code.functions
        self.by_index = {(n.file, n.index): n.id for n in code.functions.values()}
        self.sites = {(s.file, s.call): i for i, s in enumerate(code.sites)}
        self.edges: dict[tuple[str, int], list[CallEdge]] = {}
        self.external = {(f.partition("#")[0], call): name for f, calls in code.external_calls.items() for call, name in calls}
        self.methods: dict[str, list[FunctionNode]] = {}
        self.inner: dict[FunctionId, list[FunctionNode]] = {}
        self._callers: dict[FunctionId, set[FunctionId]] = {}
        self._wrappers: dict[FunctionId, tuple[Wrapper, ...]] = {}
        self._constants: dict[str, Mapping[str, ir.Expr]] = {}
        self._words: dict[FunctionId, frozenset[str]] = {}
        self._registered: tuple[tuple[FunctionId, ir.Call, tuple[str, int] | None], ...] | None = None
        self._known_wrappers: dict[FunctionId, tuple[Wrapper, ...]] = {}
        self._around: dict[int, tuple[Wrapper, ...]] = {}
        self.maybe: dict[int, list[tuple[frozenset[FunctionId], FunctionNode, ir.Expr]]] = {}
        """Routes -> what may be around them: its functions, and the test that is asked, in which function, before it is registered."""
        self._enclosed: dict[tuple[str, int], FunctionId] = {}
        self._call_files: dict[int, tuple[str, int]] = {}
        self.memo: dict[tuple[str, int], Any] = {}
        """What was worked out of an expression alone, by what it is and the expression's identity (expressions live as long)."""
        self._index()
        self.live = self.leading_to(s.function for s in code.sites)
        self._classes: frozenset[str] | None = None

    def _index(self) -> None:
        decorated: dict[FunctionId, list[CallEdge]] = {}
        for caller, edges in self.code.calls.items():
            file = caller.partition("#")[0]
            for edge in edges:
                self._callers.setdefault(edge.callee, set()).add(caller)
                if edge.call >= 0:
                    self.edges.setdefault((file, edge.call), []).append(edge)
                elif "decorat" in edge.how:
                    decorated.setdefault(caller, []).append(edge)
        for node in self.functions.values():
            if node.owner:
                self.methods.setdefault(node.owner, []).append(node)
            if node.code.parent:  # a closure runs on behalf of the function around it
                outer = self.by_index.get((node.file, node.code.parent))
                if outer is not None:
                    self._callers.setdefault(node.id, set()).add(outer)
                    self.inner.setdefault(outer, []).append(node)
        self._wrappers = {function: tuple(self._decorators(edges)) for function, edges in decorated.items()}

    def once(self, what: str, expr: object, work: Callable[[], _T]) -> _T:
        """Return what ``work`` finds out of an expression, worked out once."""
        key = (what, id(expr))
        if key not in self.memo:
            self.memo[key] = work()
        found: _T = self.memo[key]
        return found

    def leading_to(self, targets: Iterable[FunctionId]) -> frozenset[FunctionId]:
        """Return the functions from which one of ``targets`` may be reached, the targets included."""
        found: set[FunctionId] = set()
        todo = list(targets)
        while todo:
            function = todo.pop()
            if function not in found:
                found.add(function)
                todo.extend(self._callers.get(function, ()))
        return frozenset(found)

    def callers(self, function: FunctionId) -> frozenset[FunctionId]:
        """Return the functions that call ``function`` or hold it."""
        return frozenset(self._callers.get(function, ()))

    def reached_from(self, entries: Iterable[FunctionId]) -> frozenset[FunctionId]:
        """Return the functions that ``entries`` may lead to, themselves included."""
        found: set[FunctionId] = set()
        todo = [e for e in entries if e in self.functions]
        while todo:
            function = todo.pop()
            if function not in found:
                found.add(function)
                todo.extend(e.callee for e in self.code.calls.get(function, ()))
                todo.extend(n.id for n in self.inner.get(function, ()))
        return frozenset(found)

    def outer(self, function: FunctionId) -> Iterator[FunctionNode]:
        """Yield ``function`` and the functions it is written in, innermost first; the module is left out."""
        node = self.functions.get(function)
        while node is not None:
            yield node
            parent = node.code.parent
            node = self.functions.get(self.by_index.get((node.file, parent), "")) if parent else None

    def nested(self, function: FunctionId) -> Iterator[FunctionNode]:
        """Yield ``function`` and the functions written in it."""
        node = self.functions.get(function)
        if node is not None:
            yield node
            for inner in self.inner.get(function, ()):
                yield from self.nested(inner.id)

    def constants(self, file: str) -> Mapping[str, ir.Expr]:
        """Return what module-level names that never change stand for."""
        if file not in self._constants:
            self._constants[file] = module_constants(self.code, file)
        return self._constants[file]

    def words(self, function: FunctionId) -> frozenset[str]:
        """Return the names and short texts in a function's body, in lower case."""
        found = self._words.get(function)
        if found is None:
            node = self.functions.get(function)
            named: set[str] = set()
            for part in parts(node.code.body) if node is not None else ():
                if isinstance(part, ir.Name):
                    named.add(part.id.lower())
                elif isinstance(part, ir.Attr):
                    named.add(part.name.lower())
                elif isinstance(part, ir.Literal) and isinstance(part.value, str) and len(part.value) < 2000:
                    named.update(words.WORD.findall(part.value.lower()))
            found = self._words[function] = frozenset(named)
        return found

    # ---- wrappers ----------------------------------------------------------------------------------------------------------

    def wrappers_of(self, function: FunctionId) -> tuple[Wrapper, ...]:
        """Return the wrappers that decorators of the tree put round a function, outermost first."""
        return self._wrappers.get(function, ())

    def decorators_of(self, route: int) -> tuple[Wrapper, ...]:
        """Return the decorators around a route's handler. One that stands above the decorator that registers the route wraps nothing that
        is served: what was registered is the function below it."""
        here = self.code.routes[route]
        found, node = self.wrappers_of(here.function), self.functions.get(here.function)
        if node is None or not node.file.endswith(".py") or here.file != node.file:
            return found
        if not any(d.line == here.line for d in node.code.decorators):
            return found
        return tuple(w for w in found if w.line > here.line)

    def replaced_in_modules(self) -> frozenset[str]:
        """Return the names of functions that a Python module puts something else in the place of (``labels.mark = str``)."""
        return self.once("replaced", self, self._replaced)

    def _replaced(self) -> frozenset[str]:
        return frozenset(
            target.name
            for node in self.functions.values()
            if node.code.name == "<module>" and node.file.endswith(".py")
            for part in parts(node.code.body)
            if isinstance(part, ir.Assign) and isinstance(part.value, (ir.Closure, ir.Name, ir.Attr))
            for target in part.targets
            if isinstance(target, ir.Attr)
        )

    def rebound(self, file: str, name: str, hook: str) -> bool:
        """Say whether a module binds ``name``, by which it calls ``hook``, to something else as well."""
        module = self.functions.get(f"{file}#<module>")
        if module is None:
            return False
        bound: dict[str, list[ir.Expr]] = self.once("bound", module, lambda: _bound(module))
        return any(not any(isinstance(p, (ir.Name, ir.Attr)) and last(p) == hook for p in parts((v,))) for v in bound.get(name, ()))

    def _decorators(self, edges: Iterable[CallEdge]) -> Iterator[Wrapper]:
        by_line: dict[int, list[FunctionId]] = {}
        for edge in edges:
            by_line.setdefault(edge.line, []).append(edge.callee)
        for line, callees in sorted(by_line.items()):
            chains = [[n.id for n in self.outer(c)] for c in callees]
            deepest = max(chains, key=len, default=[])
            # from the wrapper itself out to the decorator: what the functions in between are given may be the wrapped function
            chain = deepest[: max((i for i, f in enumerate(deepest) if f in callees), default=0) + 1]
            if len(chain) < 2:
                continue
            names = {p.name for f in chain[1:] for p in self.functions[f].code.params if p.name}
            claimed = {f.id for c in chain for f in self.nested(c)}
            yield Wrapper(chain[0], "around", frozenset(names), frozenset(claimed), line)

    def around(self, route: int) -> tuple[Wrapper, ...]:
        """Return what the framework runs around a route's handler: middleware and interceptors, outermost first."""
        if route < 0:
            return ()
        if route not in self._around:
            self._around[route] = self._find_around(route)
        return self._around[route]

    def _find_around(self, route: int) -> tuple[Wrapper, ...]:
        found: list[Wrapper] = []
        skipped: set[FunctionId] = set()
        for middleware in self.code.middleware:
            if route not in middleware.routes or self._too_late(middleware, route):
                continue
            asked = self._test_of(middleware, route)
            if asked is not None:
                wrappers = list(self._wrapping(middleware.functions))
                claimed = frozenset(f for w in wrappers for f in w.claimed) | frozenset(middleware.functions)
                self.maybe.setdefault(route, []).append((claimed, *asked))
                skipped.update(middleware.functions)
            else:
                found.extend(self._wrapping(middleware.functions))
        decorated = {f for w in self.wrappers_of(self.code.routes[route].function) for f in w.claimed}
        skipped -= {f for w in found for f in w.claimed}
        found.extend(self._wrapping([f for f in self.code.routes[route].guard_functions if f not in decorated | skipped]))
        found.extend(self._written_around(route))
        return tuple({w.core: w for w in found}.values())

    def _test_of(self, middleware: Middleware, route: int) -> tuple[FunctionNode, ir.Expr] | None:
        """Return the test under which middleware is registered, and the function that asks it; None where it is registered in any case, or
        whenever the route is."""
        here = self.code.routes[route]
        asked = self._asked(middleware.file, middleware.line)
        if asked is None:
            return None
        node, test = asked
        same = self._asked(here.file, here.line)
        return None if same is not None and same[1] is test else (node, test)

    def _asked(self, file: str, line: int, depth: int = 2) -> tuple[FunctionNode, ir.Expr] | None:
        """Return the nearest test around a line, or around all calls of the function that it stands in."""
        from genai_policy.assess.flow.faults import chain

        node = self.functions.get(self._enclosing(file, line) or f"{file}#<module>")
        if node is None:
            return None
        for step in reversed(chain(node, line=line)):
            if step.part in ("then", "else") and isinstance(step.statement, ir.If):
                test = step.statement.test
                if not self._surely(test, file, step.part == "then"):
                    return node, test
        calls = [e for c in self.callers(node.id) for e in self.code.calls.get(c, ()) if e.callee == node.id and e.call >= 0]
        around = [self._asked(e.caller.partition("#")[0], e.line, depth - 1) for e in calls] if depth > 0 else []
        return around[0] if around and all(a is not None for a in around) else None

    def _surely(self, test: ir.Expr, file: str, wanted: bool) -> bool:
        """Say whether a test can only have the answer ``wanted``: constants of the code, not flags of the environment. That a module is the
        one that was started counts as sure."""
        if any(isinstance(p, ir.Name) and p.id in ("__name__", "require") for p in parts((test,))):
            return True
        constants = self.constants(file)
        known = truth(test, constants)
        fixed = known is not None and (not known.flag or isinstance(constants.get(known.flag), ir.Literal))
        return known is not None and fixed and bool(known.value) == wanted

    def _too_late(self, middleware: Middleware, route: int) -> bool:
        """Say whether middleware is registered after the route is, where the framework goes by the order."""
        if middleware.framework not in words.IN_ORDER:
            return False
        mounts = [m for m in self.code.middleware if route in m.routes and not m.functions and "rout" in m.name.lower()]
        here = self.code.routes[route]
        places = [(m.file, m.line) for m in mounts] or [(here.file, here.line)]
        own = self._enclosing(middleware.file, middleware.line)
        together = [line for file, line in places if file == middleware.file and self._enclosing(file, line) == own]
        return bool(together) and middleware.line > max(together)

    def _enclosing(self, file: str, line: int) -> FunctionId:
        """Return the innermost function that begins above a line and ends below it."""
        key = (file, line)
        if key not in self._enclosed:
            around = [n for n in self.functions.values() if n.file == file and n.code.line < line <= n.code.end_line]
            self._enclosed[key] = max(around, key=lambda n: (n.code.line, -n.code.end_line)).id if around else ""
        return self._enclosed[key]

    def _wrapping(self, functions: Iterable[FunctionId]) -> Iterator[Wrapper]:
        for function in functions:
            if function not in self._known_wrappers:
                self._known_wrappers[function] = tuple(self._wrapper(function))
            yield from self._known_wrappers[function]

    def _wrapper(self, function: FunctionId) -> Iterator[Wrapper]:
        if function in self.functions:
            within = list(self.nested(function))
            claimed = frozenset(n.id for n in within) | self._made_writers(within)
            core = next((n for n in within if self._calls_next(n)), None)
            if core is not None:
                while core.code.parent and any(n.index == core.code.parent for n in within) and not _takes_request(core):
                    core = next(n for n in within if core is not None and n.index == core.code.parent)
                yield Wrapper(core.id, "around", words.NEXT, claimed)
            elif within[0].code.name in words.AFTER or any(words.RESPONSE_PARAMETER.search(p.name) for p in within[0].code.params):
                yield Wrapper(within[0].id, "after", frozenset(), claimed)
            else:
                yield Wrapper(
                    within[-1].id if len(within) > 1 and not _takes_request(within[0]) else within[0].id, "before", frozenset(), claimed
                )

    def _written_around(self, route: int) -> Iterator[Wrapper]:
        """Yield the functions that are called with a route's handler where it is registered (``handle("/x", labelled(chat))``), and those
        that are called with the whole application where it is served (``ListenAndServe(addr, labelled(mux))``)."""
        here = self.code.routes[route]
        handler = self.functions.get(here.function)
        name = handler.code.name if handler is not None else ""
        for function, call, whole in self._nested_calls():
            if handler is None or handler.id in {n.id for n in self.nested(function)}:
                continue
            if whole and not handler.file.endswith(".go"):
                continue
            if not whole and not (self._call_files.get(id(call)) == (here.file, here.line) and _names(call, name)):
                continue
            core = next((n for n in self.nested(function) if n.code.parent and self._calls_given(n, function, serving=bool(whole))), None)
            if core is not None:
                names = words.NEXT | {p.name for n in self.outer(core.id) if n.id != core.id for p in n.code.params if p.name}
                yield Wrapper(
                    core.id, "around", names, frozenset(n.id for n in self.nested(function)) | self._made_writers(self.nested(function))
                )

    def _calls_given(self, node: FunctionNode, function: FunctionId, *, serving: bool) -> bool:
        """Say whether a nested function calls what the function around it was given."""
        if serving:
            return any(isinstance(p, ir.Call) and last(p.func) == "ServeHTTP" for p in parts(node.code.body))
        names = words.NEXT | {p.name for p in self.functions[function].code.params if p.name}
        return any(isinstance(p, ir.Call) and calls_next(p, names) for p in parts(node.code.body))

    def _nested_calls(self) -> tuple[tuple[FunctionId, ir.Call, tuple[str, int] | None], ...]:
        """Return the calls of functions of the tree that stand where a route is registered; the last part says that the call is given the
        whole application, in the function that serves it."""
        if self._registered is None:
            places = {(r.file, r.line) for r in self.code.routes}
            files = {r.file for r in self.code.routes}
            found: list[tuple[FunctionId, ir.Call, tuple[str, int] | None]] = []
            for node in self.functions.values():
                go = node.file.endswith(".go")
                if not go and node.file not in files:
                    continue
                calls = [p for p in parts(node.code.body) if isinstance(p, ir.Call)]
                serving = next((c.line for c in calls if go and last(c.func) in _SERVING), 0)
                for call in calls:
                    if serving:
                        found.extend((callee, call, (node.file, serving)) for callee in self._called(node.file, call))
                    if (node.file, call.line) in places:
                        for inner in (p for p in parts([call]) if isinstance(p, ir.Call)):
                            self._call_files[id(inner)] = (node.file, call.line)
                            found.extend((callee, inner, None) for callee in self._called(node.file, inner))
            self._registered = tuple(found)
        return self._registered

    def _called(self, file: str, call: ir.Call) -> list[FunctionId]:
        return [e.callee for e in self.edges.get((file, call.id), ()) if e.how not in words.HANDED_ON]

    def writers_made(self, function: FunctionId) -> frozenset[FunctionId]:
        """Return the methods that write in the response's place, of the classes that a Go function makes."""
        node = self.functions.get(function)
        return self._made_writers((node,)) if node is not None and node.file.endswith(".go") else frozenset()

    def _made_writers(self, within: Iterable[FunctionNode]) -> frozenset[FunctionId]:
        """Return the methods of the classes of the tree that a wrapper makes: writers that it puts in the response's place."""
        made = {last(p.func) for n in within for p in parts(n.code.body) if isinstance(p, ir.Call)}
        return frozenset(m.id for name in made for m in self.methods.get(name, ()) if m.code.name in words.WRITERS)

    def _calls_next(self, node: FunctionNode) -> bool:
        called = [p for p in parts(node.code.body) if isinstance(p, ir.Call)]
        return any(calls_next(p, words.NEXT) for p in called) or any(self.handed_next(node, p) for p in called)

    def handed_next(self, node: FunctionNode, call: ir.Call) -> FunctionId:
        """Return the function of the tree that a wrapper leaves its work to (``return label(ctx, next)``), "" for any other call."""
        if not any(isinstance(a.value, ir.Name) and a.value.id in words.NEXT for a in call.args):
            return ""
        for edge in self.edges.get((node.file, call.id), ()):
            other = self.functions.get(edge.callee)
            if other is None or edge.how in words.HANDED_ON or other.id == node.id:
                continue
            if any(isinstance(p, ir.Call) and calls_next(p, words.NEXT) for p in parts(other.code.body)):
                return other.id
        return ""

    @property
    def response_classes(self) -> frozenset[str]:
        """The classes that an application uses for every answer that is not a response already."""
        if self._classes is None:
            self._classes = self._response_classes()
        return self._classes

    def _response_classes(self) -> frozenset[str]:
        """Return the classes that an application uses for every answer that is not a response already."""
        found: set[str] = set()
        if not any(m.code.name in words.READ_BY_FRAMEWORK | {"__init__"} for own in self.methods.values() for m in own):
            return frozenset()
        for node in self.functions.values():
            if node.code.parent or not node.file.endswith(".py"):
                continue
            for part in parts(node.code.body):
                if isinstance(part, ir.Call):
                    found.update(last(a.value) for a in part.args if a.name == "default_response_class")
                elif isinstance(part, ir.Assign) and part.value is not None and _sets(part, "response_class"):
                    found.add(last(part.value))
        return frozenset(found & set(self.methods))


def _bound(module: FunctionNode) -> dict[str, list[ir.Expr]]:
    """Return what a module assigns to its names."""
    found: dict[str, list[ir.Expr]] = {}
    for part in parts(module.code.body):
        if isinstance(part, ir.Assign) and part.value is not None:
            for target in part.targets:
                if isinstance(target, ir.Name):
                    found.setdefault(target.id, []).append(part.value)
    return found


def _sets(statement: ir.Assign, name: str) -> bool:
    return any(isinstance(t, ir.Attr) and t.name == name for t in statement.targets)


_SERVING = frozenset(("ListenAndServe", "ListenAndServeTLS", "Serve", "Server"))


def _names(call: ir.Call, name: str) -> bool:
    """Say whether a call is given the function ``name``, or one written in place."""
    return any(
        isinstance(p, ir.Closure) or (isinstance(p, (ir.Name, ir.Attr)) and last(p) == name) for p in parts([a.value for a in call.args])
    )


def _takes_request(node: FunctionNode) -> bool:
    return any(words.REQUEST_PARAMETER.search(p.name) for p in node.code.params)


def calls_next(call: ir.Call, names: frozenset[str]) -> bool:
    """Say whether a call runs what a wrapper wraps."""
    func = call.func
    if isinstance(func, ir.Name):
        return func.id in names
    if isinstance(func, ir.Attr):
        if names > words.NEXT and func.name in ("apply", "call") and isinstance(func.base, ir.Name) and func.base.id in names:
            return True
        if names >= words.NEXT:
            base = last(func.base)
            return (
                (func.name in ("handle", "filter", "run", "process", "exchange") and base in ("next", "chain", "call_handler"))
                or func.name in ("doFilter", "ServeHTTP", "get_response", "proceed", "Next", "call_next")
                or (func.name in ("app", "inner") and isinstance(func.base, ir.Name) and func.base.id == "self")
            )
        return func.name in ("apply", "call", "__call__", "invoke") and isinstance(func.base, ir.Name) and func.base.id in names
    return False
