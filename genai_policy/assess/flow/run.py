"""One run of the abstract interpreter: one entry at a time, down the linked calls, following what carries generated content."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.events import FIRST_SYMBOL, Events, Filling, Summary, symbols_in
from genai_policy.assess.flow.program import Program, Wrapper
from genai_policy.assess.flow.reading import bound, frozen, injected, last
from genai_policy.assess.flow.values import INPUT, NO_NAMES, NOTHING, Mark, Marks, Scope, union
from genai_policy.assess.walk import parts
from genai_policy.model import ir
from genai_policy.model.code import FunctionId, FunctionNode, Place

#: Bounds of one entry: calls deep, statements and calls looked at. Reaching one is said, never hidden.
DEPTH = 24
STEPS = 60_000
#: From this many different ways of calling a function on, they are taken together.
MANY = 4


#: Stands for what a recursive call does, which is known better with each round.
UNSETTLED = "\0"


class Ways:
    """How often a function was called in a round, and what it was given beyond a few times."""

    __slots__ = ("count", "given")

    def __init__(self) -> None:
        self.count = 0
        self.given: dict[str, Marks] = {}


class Inner(Struct, frozen=True):
    """What a wrapper wraps: the next stages, and the names it is called by."""

    wrapper: Wrapper
    stages: tuple[Wrapper, ...]
    function: FunctionId
    handler: bool = True
    """False where a decorator wraps a function inside the service; its arguments then matter."""


class Interpreter:
    """Follows entries one by one. ``hooks`` clean what passes them; with ``checks`` a hook is a check: it may also stop the request instead
    of returning a cleaned value. ``inputs_only`` follows the user's words to the sites, else generated content is followed to the exits.
    Fields and stores outlive a request: they are shared by all entries, so entries are run in rounds."""

    def __init__(self, program: Program, hooks: frozenset[FunctionId], *, checks: bool = False, inputs_only: bool = False) -> None:
        self.program = program
        self.hooks = hooks
        self.checks = checks
        self.inputs_only = inputs_only
        self.stores: dict[str, Marks] = {}
        self.fields: dict[str, Marks] = {}
        """What fields of a name carry, of whatever class."""
        self.clock = 0
        """How often stores changed."""
        self.changed: dict[str, int] = {}
        """Stores and field names -> when they last changed."""
        self.toward = program.leading_to(hooks)
        self.hook_names = {program.functions[h].code.name for h in hooks if h in program.functions}
        self.hook_owners = {program.functions[h].owner for h in hooks if h in program.functions} - {""}
        self.events = Events()
        self.captured: dict[FunctionId, Scope] = {}
        self.inner: dict[FunctionId, Inner] = {}
        self.patches: dict[str, tuple[FunctionId, ...]] = {}
        self.collectors: list[list[Marks]] = []
        self.upstream: Marks = NOTHING
        self.queue: Marks = NOTHING
        self.labelling = 0
        self.after: set[FunctionId] = set()
        """Functions that a framework calls with the response."""
        self.hooked: tuple[frozenset[FunctionId], ...] = ()
        """The functions of the hooks that stand around the handler."""
        self.route_path = ""
        self.handler: FunctionId = ""
        self.by_body = False
        """Whether what a handler puts into its first parameter's body is the answer."""
        self.body: Marks = NOTHING
        self.parts: tuple[tuple[str, Marks], ...] = ()
        self.bodies: dict[tuple[Place, FunctionId], Marks] = {}
        """Where something was put there, and what."""
        self.steps = 0
        self.bounded = False
        self.awake = program.live | self.toward if inputs_only else program.live
        self._done: dict[object, tuple[Summary, Events, int]] = {}
        self._before: dict[object, tuple[Summary, Events, int]] = {}
        self._active: set[object] = set()
        self._ways: dict[FunctionId, Ways] = {}
        self._numbers: dict[tuple[FunctionId, str], int] = {}

    # ---- entries -----------------------------------------------------------------------------------------------------------

    def next_round(self) -> None:
        """Look again at what calls do, as far as it may have changed: this round sees the fields and stores that the last one wrote."""
        self._before, self._done = self._done, {}
        self._ways.clear()
        self.changed[UNSETTLED] = self.clock = self.clock + 1

    def run_entry(self, function: FunctionId, route: int = -1, *, answers: bool = True) -> Events:
        """Interpret an entry: its parameters are the user's input; what it or what is wrapped around it returns or yields leaves,
        if the entry ``answers``."""
        self.events = events = Events()
        self.steps = 0
        self.inner.clear()
        self.handler = function
        self.route_path = self.program.code.routes[route].path if route >= 0 else ""
        self.by_body = route >= 0 and self.program.code.routes[route].framework in words.BY_BODY
        self.body, self.parts, self.bodies = NOTHING, (), {}
        stages = tuple(w for w in self.program.around(route) if w.claimed & self.toward)
        own = self.program.decorators_of(route) if route >= 0 else self.program.wrappers_of(function)
        decorators = tuple(w for w in own if w.claimed & self.toward)
        self.hooked = tuple(w.claimed for w in (*stages, *decorators) if w.claimed & self.hooks)
        guarded = any(self._guards(w, function) for w in stages if w.kind == "before")
        entry = answers and not self.by_body
        self._stage((*(w for w in stages if w.kind != "before"), *decorators), function, guarded=guarded, entry=entry)
        if self.by_body:
            self._leave_by_body()
        return events

    def belongs_to_hook(self, function: FunctionId) -> bool:
        """Say whether a function is a part of a hook that stands around the handler: a writer or sender that it put in place."""
        return any(function in claimed for claimed in self.hooked)

    def _leave_by_body(self) -> None:
        """What the body of the answer carries at the end leaves, from where it was put there."""
        for mark in self.body:
            places = [p for p, marks in self.bodies.items() if any(m.origin == mark.origin and m.passed == mark.passed for m in marks)]
            places = places or [p for p, marks in self.bodies.items() if any(m.origin == mark.origin for m in marks)]
            for place, function in places:
                key = (place, "body", function)
                self.events.exits[key] = self.events.exits.get(key, NOTHING) | {mark}

    def _guards(self, wrapper: Wrapper, function: FunctionId) -> bool:
        node = self.program.functions[wrapper.core]
        own = {w for w in (injected(p) for p in self.program.functions[function].code.params) if w}
        if not self.checks or node.code.name in own:
            return False  # a dependency whose value the handler takes is followed there
        self.inner[wrapper.core] = Inner(wrapper, (), "")
        summary = self.interpret(node, self.inputs(node, passed=False), 0, entry=False)
        return summary.guarded or (self.checks and wrapper.core in self.hooks)

    def _stage(self, stages: tuple[Wrapper, ...], function: FunctionId, *, guarded: bool, entry: bool) -> Marks:
        if not stages:
            node = self.program.functions[function]
            summary = self.interpret(node, self.inputs(node, passed=guarded), 0, entry=entry)
            self.body, self.parts = summary.body, summary.parts
            return summary.marks
        wrapper, rest = stages[0], stages[1:]
        node = self.program.functions[wrapper.core]
        given = self.inputs(node, passed=guarded)
        if wrapper.kind == "after":
            return self._after(wrapper, node, given, self._stage(rest, function, guarded=guarded, entry=False), entry=entry)
        self.inner[wrapper.core] = Inner(wrapper, rest, function)
        self.events.reached.discard(wrapper.core)
        own = bool(wrapper.claimed & self.hooks)
        self.labelling += own
        summary = self.interpret(node, given, 0, entry=entry)
        marks, self.body, self.parts = summary.marks, summary.body, summary.parts
        self.labelling -= own
        if wrapper.core not in self.events.reached:
            self.events.unfollowed.add(Place(node.file, node.code.line))
            return self._stage(rest, function, guarded=guarded, entry=entry)
        return marks

    def _after(self, wrapper: Wrapper, node: FunctionNode, given: dict[str, Marks], marks: Marks, *, entry: bool) -> Marks:
        names = [p.name for p in node.code.params if p.name != node.code.receiver]
        target = next((n for n in names if words.RESPONSE_PARAMETER.search(n)), names[-1] if names else "")
        given = {**given, target: marks}
        self.after.add(node.id)
        own = bool(wrapper.claimed & self.hooks)
        self.labelling += own
        summary = self.interpret(node, given, 0, entry=entry)
        self.labelling -= own
        return summary.marks if summary.marks else marks

    def run_inner(self, inner: Inner, arguments: Sequence[tuple[str | None, Marks]], depth: int, *, guarded: bool) -> Marks:
        """Run what a wrapper wraps, on the wrapper's behalf."""
        self.events.reached.add(inner.wrapper.core)
        labelling, self.labelling = self.labelling, 0
        if not inner.function:
            marks: Marks = NOTHING
        elif inner.handler:
            marks = self._stage(inner.stages, inner.function, guarded=guarded, entry=False)
        else:
            given = union(m for _, m in arguments)
            node = self.program.functions[inner.function]
            everything = {p.name: given for p in node.code.params if p.name}
            marks = self.wrapped_call(inner.function, inner.stages, everything, depth).marks
        self.labelling = labelling
        return marks

    def inputs(self, node: FunctionNode, *, passed: bool) -> dict[str, Marks]:
        """Return what the parameters of an entry carry: the user's words, save where the framework fills in something else."""
        mark = frozenset({Mark(INPUT, passed)}) if self.inputs_only else NOTHING
        given: dict[str, Marks] = {}
        for parameter in node.code.params:
            if parameter.name == node.code.receiver:
                continue
            dependency = injected(parameter)
            if dependency:
                given[parameter.name] = self._dependency(dependency, node, passed=passed)
            elif not words.NOT_WORDS.search(parameter.name):
                given[parameter.name] = mark
        return given

    def _dependency(self, name: str, node: FunctionNode, *, passed: bool) -> Marks:
        """Return what a dependency hands to a handler."""
        if not name or name in self._active or not self.inputs_only:
            return NOTHING
        named = [n for n in self.program.functions.values() if n.code.name == name and n.owner == "" and not n.code.parent]
        found = sorted(n.id for n in named if n.file == node.file) or sorted(n.id for n in named)
        if not found:
            return NOTHING
        self._active.add(name)
        function = self.program.functions[found[0]]
        if function.id in self.hooks:
            marks = frozenset({Mark(INPUT, True)})
        else:
            summary = self.interpret(function, self.inputs(function, passed=passed), 0, entry=False)
            marks = frozenset({Mark(INPUT, True)}) if summary.guarded else summary.marks
        self._active.discard(name)
        return marks

    # ---- functions ---------------------------------------------------------------------------------------------------------

    def call(self, function: FunctionId, receiver: Marks, arguments: Sequence[tuple[str | None, Marks]], depth: int) -> Summary:
        """Interpret a call of a function of the tree."""
        node = self.program.functions.get(function)
        if node is None:
            return Summary(union(marks for _, marks in arguments))
        given = bound(node, receiver, arguments)
        wrappers = tuple(w for w in self.program.wrappers_of(function) if w.claimed & self.toward)
        return self.wrapped_call(function, wrappers, given, depth)

    def wrapped_call(self, function: FunctionId, wrappers: tuple[Wrapper, ...], given: dict[str, Marks], depth: int) -> Summary:
        """Interpret a call of a function that decorators may be wrapped around."""
        node = self.program.functions[function]
        around = self.captured.get(function)
        if function not in self.awake:
            if self.inputs_only:  # nothing it calls asks a model or a check
                return Summary(union(given.values()))
            if not any(given.values()) and not (around and any(around.values())) and not self.queue and not self.upstream:
                return Summary()
        filling: Filling = {}
        if not self.inputs_only and not around and not wrappers and not self.program.inner.get(function):
            given, filling = self._symbols(function, given)
        state = (function, len(wrappers), frozen(around or {}), self.queue, self.upstream,
                 self.labelling > 0, len(self.collectors), tuple(self.patches.items()))  # fmt: skip
        key: object = (state, frozen(given))
        if key not in self._done and key not in self._active:
            given = self._widened(function, given)
            key = (state, frozen(given))
        known = self._done.get(key)
        if known is None and key in self._before and self.stands(self._before[key][1].read, self._before[key][2]):
            known = self._done[key] = self._before[key]
        if known is not None:
            return self._told(known, filling)
        if key in self._active or depth > DEPTH:
            self.bounded |= depth > DEPTH
            self.events.read.add(UNSETTLED)
            return (self._before[key][0] if key in self._before else Summary(union(given.values()))).filled(filling)
        self._active.add(key)
        since = self.clock
        outer, self.events = self.events, Events()
        self.collectors, collectors = [[] for _ in self.collectors], self.collectors
        summary = self._decorated(wrappers, function, given, depth) if wrappers else self.interpret(node, given, depth, entry=False)
        if "constructor" in node.code.flags or node.code.name == "__init__":
            summary = Summary(summary.marks | union(given.values()), summary.checked, NO_NAMES, summary.out, summary.writes)
        self._active.discard(key)
        self._done[key] = (summary, self.events, since)
        self.events, self.collectors = outer, collectors
        return self._told(self._done[key], filling)

    def _symbols(self, function: FunctionId, given: dict[str, Marks]) -> tuple[dict[str, Marks], Filling]:
        """Return symbols for what is given, so that one look at a function serves all its calls, and what they stand for."""
        symbols: dict[str, Marks] = {}
        filling: dict[int, Marks] = {}
        for name, marks in given.items():
            number = self._numbers.setdefault((function, name), FIRST_SYMBOL - len(self._numbers))
            symbols[name] = frozenset((Mark(number, False),))
            filling[number] = marks
        return symbols, filling

    def _told(self, known: tuple[Summary, Events, int], filling: Filling) -> Summary:
        """Take over what happened in a call, told of what was given there."""
        summary, events, _ = known
        if filling:
            summary, events = summary.filled(filling), events.filled(filling)
        self.events.add(events)
        if self.collectors and events.collected:
            self.collectors[-1].append(events.collected)
        for store, marks in events.kept.items():
            self.put(store, marks)
        return summary

    def put(self, store: str, content: Marks) -> None:
        """Put generated content into a store that other calls and requests read; symbols wait until it is known what they stand for."""
        if symbols_in(content):
            symbols = frozenset(m for m in content if m.origin <= FIRST_SYMBOL)
            self.events.kept[store] = self.events.kept.get(store, NOTHING) | symbols
            content = content - symbols
        if not content:
            return
        self.events.put[store] = self.events.put.get(store, NOTHING) | content
        known = self.stores.get(store, NOTHING)
        if not content <= known:
            self.stores[store] = known | content
            self.changed[store] = self.clock = self.clock + 1
            if store[0] == ".":
                name = store.rpartition(".")[2]
                self.fields[name] = self.fields.get(name, NOTHING) | content
                self.changed[name] = self.clock

    def held(self, store: str) -> Marks:
        """Return what a store holds."""
        self.events.read.add(store)
        return self.stores.get(store, NOTHING)

    def field(self, name: str) -> Marks:
        """Return what fields of that name carry, of whatever class."""
        self.events.read.add(name)
        return self.fields.get(name, NOTHING)

    def stands(self, read: Collection[str], since: int) -> bool:
        """Say whether what was found out at the time ``since`` holds: nothing that was looked at has changed."""
        return all(self.changed.get(name, 0) <= since for name in read)

    def _widened(self, function: FunctionId, given: dict[str, Marks]) -> dict[str, Marks]:
        """Return ``given``; of a function that was called in many ways already, joined with all that it was given since."""
        ways = self._ways.setdefault(function, Ways())
        ways.count += 1
        if ways.count <= MANY:
            return given
        for name, marks in given.items():
            ways.given[name] = ways.given.get(name, NOTHING) | marks
        return dict(ways.given)

    def _decorated(self, wrappers: tuple[Wrapper, ...], function: FunctionId, given: dict[str, Marks], depth: int) -> Summary:
        wrapper = wrappers[0]
        core = self.program.functions[wrapper.core]
        self.inner[wrapper.core] = Inner(wrapper, wrappers[1:], function, handler=False)
        everything = union(given.values())
        own = bool(wrapper.claimed & self.hooks)
        self.labelling += own
        summary = self.interpret(core, {p.name: everything for p in core.code.params if p.name}, depth, entry=False)
        self.labelling -= own
        return summary

    def interpret(self, node: FunctionNode, given: Mapping[str, Marks], depth: int, *, entry: bool) -> Summary:
        """Interpret the body of ``node`` with its parameters bound as ``given``."""
        from genai_policy.assess.flow.statements import Statements

        captured = self.captured.get(node.id)
        scope = captured.fork() if captured is not None else Scope()
        scope.ended, scope.checked, scope.guarded, scope.verdicts, scope.patches = False, NO_NAMES, False, {}, {}
        for name, marks in given.items():
            scope[name] = marks
        frame = Statements(self, node, depth, entry)
        return frame.run(scope, given)

    def can_stop(self, function: FunctionId, depth: int = 2) -> bool:
        """Say whether calling ``function`` may end the request (raise, abort)."""
        node = self.program.functions.get(function)
        if node is None:
            return False
        for part in parts(node.code.body):
            if isinstance(part, ir.Raise):
                return True
            if isinstance(part, ir.Call):
                if last(part.func) in words.STOPPING:
                    return True
                if depth > 0 and any(self.can_stop(e.callee, depth - 1) for e in self.program.edges.get((node.file, part.id), ())):
                    return True
        return False
