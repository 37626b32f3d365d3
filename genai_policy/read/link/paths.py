"""Paths from entries to sites over the call edges: the shortest to each site, bounded, with every hop's reason.

A step of the search is a function together with the class its receiver is known to be, so that ``self.reply()`` inside an inherited method
leads to the override of the object at hand and not to every override there is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from genai_policy.model.code import CallEdge, Certainty, GenerationPath, Hop, Site
from genai_policy.read.link.edges import SELF, Edges
from genai_policy.read.link.hierarchy import Hierarchy
from genai_policy.read.link.program import Fn, Program

MAX_LENGTH = 26
MAX_STATES = 12000
WAYS = 4
_EFFORT = 250
_RECEIVERS = 24


class State(NamedTuple):
    """A function, and the class of its receiver when that is known."""

    function: str
    receiver: tuple[str, int] | None


Step = tuple[CallEdge, State]


class Reach:
    """What can be reached from a function, over edges worked out on demand."""

    def __init__(self, program: Program, hierarchy: Hierarchy, edges: Edges) -> None:
        self.program = program
        self.types = hierarchy
        self.edges = edges
        self.sites: Sequence[Site] = ()
        self.sites_in: dict[str, list[int]] = {}
        self.bounded: set[str] = set()
        self.seen: set[str] = set()
        self._steps: dict[State, tuple[Step, ...]] = {}
        self._explored: set[str] = set()
        self._leading_functions: set[str] | None = None

    def aim(self, sites: Sequence[Site]) -> None:
        """Say which sites are looked for."""
        self.sites = sites
        self.sites_in = {}
        for number, site in enumerate(sites):
            self.sites_in.setdefault(site.function, []).append(number)
        self._leading_functions = None

    def forget(self) -> None:
        """Drop what was worked out: edges were added."""
        self._steps.clear()
        self.bounded.clear()
        self._explored.clear()
        self._leading_functions = None

    def explore(self, starts: Sequence[Fn]) -> set[str]:
        """Work out the edges of all functions that may be reached from ``starts``, whatever the receivers; return all looked at so far."""
        queue = [start.id for start in starts if start.id not in self._explored]
        if queue:
            self._leading_functions = None
        self._explored.update(queue)
        while queue:
            for edge in self.edges.of(self.program.by_function_id[queue.pop()]):
                if edge.callee not in self._explored:
                    self._explored.add(edge.callee)
                    queue.append(edge.callee)
        return self._explored

    def before(self, goals: set[str]) -> set[str]:
        """Functions from which one of ``goals`` may be reached, as far as edges were worked out; the goals as well."""
        into: dict[str, list[str]] = {}
        for fn in [f for file in self.program.files.values() for f in file.functions if f.key in self.edges.unresolved]:
            for edge in self.edges.of(fn):
                into.setdefault(edge.callee, []).append(edge.caller)
        found, queue = set(goals), list(goals)
        while queue:
            for one in into.get(queue.pop(), ()):
                if one not in found:
                    found.add(one)
                    queue.append(one)
        return found

    def leading(self) -> set[str]:
        """Functions from which a site may be reached."""
        if self._leading_functions is None:
            self._leading_functions = self.before(set(self.sites_in))
        return self._leading_functions

    def steps(self, state: State) -> tuple[Step, ...]:
        """Steps out of a state, certain ones first."""
        known = self._steps.get(state)
        if known is None:
            fn = self.program.by_function_id[state.function]
            found: list[Step] = []
            for edge in sorted(self.edges.of(fn), key=lambda e: (e.certainty != "certain", e.line, e.call, e.callee)):
                found.extend((edge, after) for after in self._after(fn, edge, state.receiver))
            known = self._steps[state] = tuple(found)
        return known

    def _after(self, fn: Fn, edge: CallEdge, receiver: tuple[str, int] | None) -> list[State]:
        receivers = self.edges.receivers.get((edge.caller, edge.call, edge.callee), ())
        target = self.program.by_function_id[edge.callee]
        if SELF in receivers:
            if receiver is None or target.code.owner is None:
                return [State(edge.callee, None)]
            methods = self.types.find_method(self.program.cls(receiver), target.code.name)
            if methods and edge.how != "super" and all(method.key != target.key for method in methods):
                return []
            return [State(edge.callee, receiver)]
        if target.code.owner is None:
            # A closure keeps the receiver of the method it is written in.
            inner = target.parent is fn and receiver is not None
            return [State(edge.callee, receiver if inner else None)]
        return [State(edge.callee, one) for one in receivers[:_RECEIVERS]] or [State(edge.callee, None)]

    def _made_here(self, steps: list[tuple[CallEdge, State]], reached: set[str]) -> list[tuple[CallEdge, State]]:
        """Of several closures that one call may run, those whose maker was reached on the way: a request is called back with its own."""
        mine = {edge.call for edge, after in steps if edge.call >= 0 and self._maker(after) in reached}
        return [(edge, after) for edge, after in steps if edge.call not in mine or self._maker(after) in reached or not self._maker(after)]

    def _maker(self, state: State) -> str:
        """The function that makes the closure a state stands in; "" for a function that has a name of its own."""
        fn = self.program.by_function_id[state.function]
        return fn.parent.id if fn.code.owner is None and fn.parent is not None and fn.parent.index else ""

    def tree(self, start: State) -> dict[State, tuple[State | None, CallEdge | None, int]]:
        """Breadth-first: for each state reached, the state and edge it was reached by and its distance."""
        seen: dict[State, tuple[State | None, CallEdge | None, int]] = {start: (None, None, 0)}
        queue = deque([start])
        reached = {start.function}
        while queue:
            at = queue.popleft()
            distance = seen[at][2]
            if distance >= MAX_LENGTH or len(seen) > MAX_STATES:
                self.bounded.add(start.function)
                continue
            for edge, after in self._made_here(list(self.steps(at)), reached):
                if after not in seen:
                    seen[after] = (at, edge, distance + 1)
                    queue.append(after)
                    reached.add(after.function)
        self.seen.update(state.function for state in seen)
        return seen

    def paths(self, handler: Fn, route: int, entry: int, receiver: tuple[str, int] | None = None) -> list[GenerationPath]:
        """For every site in reach the shortest way there, and up to three more that differ."""
        self.explore([handler])
        if handler.id not in self.leading():
            return []
        start = State(handler.id, receiver)
        tree = self.tree(start)
        goals: dict[int, State] = {}
        for state in tree:
            for number in self.sites_in.get(state.function, ()):
                goals.setdefault(number, state)
        if not goals:
            return []
        allowed = self._leading(tree, {state.function for state in goals.values()})
        found: list[GenerationPath] = []
        for number, goal in sorted(goals.items()):
            shortest = self._back(tree, goal)
            ways = [shortest]
            ways += [w for w in self._others(start, goal.function, allowed, len(shortest) + 4) if w != shortest][: WAYS - 1]
            found.extend(self._path(handler, way, number, route, entry) for way in ways)
        return found

    def _leading(self, tree: Mapping[State, object], goals: set[str]) -> dict[State, tuple[Step, ...]]:
        """Steps among states that lead to a goal."""
        into: dict[State, list[State]] = {}
        for state in tree:
            for _, after in self.steps(state):
                into.setdefault(after, []).append(state)
        queue = [state for state in tree if state.function in goals]
        useful = set(queue)
        while queue:
            for before in into.get(queue.pop(), ()):
                if before not in useful:
                    useful.add(before)
                    queue.append(before)
        return {state: tuple(step for step in self.steps(state) if step[1] in useful) for state in tree if state in useful}

    @staticmethod
    def _back(tree: Mapping[State, tuple[State | None, CallEdge | None, int]], goal: State) -> tuple[CallEdge, ...]:
        way: list[CallEdge] = []
        at: State | None = goal
        while at is not None:
            before, edge, _ = tree[at]
            if edge is not None:
                way.append(edge)
            at = before
        return tuple(reversed(way))

    @staticmethod
    def _others(start: State, goal: str, allowed: Mapping[State, tuple[Step, ...]], limit: int) -> list[tuple[CallEdge, ...]]:
        """Other ways without repeats, shortest first, within a fixed effort."""
        found: list[tuple[CallEdge, ...]] = []
        queue: deque[tuple[State, tuple[CallEdge, ...]]] = deque([(start, ())])
        effort = 0
        while queue and effort < _EFFORT and len(found) < WAYS:
            at, way = queue.popleft()
            effort += 1
            if at.function == goal:
                found.append(way)
                continue
            passed = {start.function, *(edge.callee for edge in way)}
            if len(way) < limit:
                for edge, after in allowed.get(at, ()):
                    if edge.callee not in passed:
                        queue.append((after, (*way, edge)))
        return list(dict.fromkeys(found))

    def _path(self, start: Fn, way: tuple[CallEdge, ...], number: int, route: int, entry: int) -> GenerationPath:
        site = self.sites[number]
        hops = [Hop(start.file.path, start.code.line, start.code.qualname, "entry")]
        certainty: Certainty = site.certainty
        for edge in way:
            caller, callee = self.program.by_function_id[edge.caller], self.program.by_function_id[edge.callee]
            hops.append(Hop(caller.file.path, edge.line, callee.code.qualname, edge.how, edge.certainty))
            if edge.certainty == "possible":
                certainty = "possible"
        hops.append(Hop(site.file, site.line, site.callee, "site", site.certainty))
        functions = (start.id, *(edge.callee for edge in way))
        return GenerationPath(route, entry, number, tuple(hops), functions, way, certainty)
