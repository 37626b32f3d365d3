"""Paths from entries to sites over the call edges: the shortest to each site, bounded, with every hop's reason."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from genai_policy.model.code import CallEdge, Certainty, GenerationPath, Hop, Site
from genai_policy.read.link.edges import Edges
from genai_policy.read.link.program import Fn, Program

MAX_LENGTH = 24
MAX_FUNCTIONS = 6000
WAYS = 4
_EFFORT = 400


class Reach:
    """What can be reached from a function, over edges worked out on demand."""

    def __init__(self, program: Program, edges: Edges, sites: Sequence[Site]) -> None:
        self.program = program
        self.edges = edges
        self.sites_in: dict[str, list[int]] = {}
        for number, site in enumerate(sites):
            self.sites_in.setdefault(site.function, []).append(number)
        self.sites = sites
        self.bounded: set[str] = set()

    def tree(self, start: Fn) -> dict[str, tuple[CallEdge | None, int]]:
        """Breadth-first: for each function reached, the edge it was reached by and its distance. Certain edges go first."""
        seen: dict[str, tuple[CallEdge | None, int]] = {start.id: (None, 0)}
        queue = deque([start.id])
        while queue:
            at = queue.popleft()
            distance = seen[at][1]
            if distance >= MAX_LENGTH or len(seen) > MAX_FUNCTIONS:
                self.bounded.add(start.id)
                continue
            fn = self.program.by_function_id[at]
            for edge in sorted(self.edges.of(fn), key=lambda e: (e.certainty != "certain", e.line, e.call, e.callee)):
                if edge.callee not in seen:
                    seen[edge.callee] = (edge, distance + 1)
                    queue.append(edge.callee)
        return seen

    def paths(self, start: Fn, route: int, entry: int) -> list[GenerationPath]:
        """For every site in reach the shortest way there, and up to three more that differ."""
        tree = self.tree(start)
        found: list[GenerationPath] = []
        targets = [(number, name) for name in tree for number in self.sites_in.get(name, ())]
        if not targets:
            return found
        allowed = self._leading(tree, {name for _, name in targets})
        for number, name in sorted(targets):
            ways = [self._shortest(tree, name)]
            ways += [w for w in self._others(start.id, name, allowed, len(ways[0]) + 4) if w != ways[0]][: WAYS - 1]
            found.extend(self._path(start, way, number, route, entry) for way in ways)
        return found

    def _leading(self, tree: Mapping[str, object], goals: set[str]) -> dict[str, tuple[CallEdge, ...]]:
        """Edges among functions that lead to a goal."""
        into: dict[str, list[str]] = {}
        for name in tree:
            for edge in self.edges.of(self.program.by_function_id[name]):
                into.setdefault(edge.callee, []).append(name)
        useful, queue = set(goals), list(goals)
        while queue:
            for name in into.get(queue.pop(), ()):
                if name not in useful:
                    useful.add(name)
                    queue.append(name)
        return {
            name: tuple(e for e in self.edges.of(self.program.by_function_id[name]) if e.callee in useful) for name in sorted(useful) if name in tree
        }

    @staticmethod
    def _shortest(tree: Mapping[str, tuple[CallEdge | None, int]], name: str) -> tuple[CallEdge, ...]:
        way: list[CallEdge] = []
        edge = tree[name][0]
        while edge is not None:
            way.append(edge)
            edge = tree[edge.caller][0]
        return tuple(reversed(way))

    @staticmethod
    def _others(start: str, goal: str, allowed: Mapping[str, tuple[CallEdge, ...]], limit: int) -> list[tuple[CallEdge, ...]]:
        """Other ways without repeats, shortest first, within a fixed effort."""
        found: list[tuple[CallEdge, ...]] = []
        queue: deque[tuple[str, tuple[CallEdge, ...]]] = deque([(start, ())])
        effort = 0
        while queue and effort < _EFFORT and len(found) < WAYS:
            at, way = queue.popleft()
            effort += 1
            if at == goal:
                found.append(way)
                continue
            passed = {start, *(edge.callee for edge in way)}
            if len(way) < limit:
                for edge in allowed.get(at, ()):
                    if edge.callee not in passed:
                        queue.append((edge.callee, (*way, edge)))
        return found

    def _path(self, start: Fn, way: tuple[CallEdge, ...], number: int, route: int, entry: int) -> GenerationPath:
        site = self.sites[number]
        hops = [Hop(start.file.path, start.code.line, start.code.qualname, "entry")]
        certainty: Certainty = "certain"
        for edge in way:
            caller, callee = self.program.by_function_id[edge.caller], self.program.by_function_id[edge.callee]
            hops.append(Hop(caller.file.path, edge.line, callee.code.qualname, edge.how, edge.certainty))
            if edge.certainty == "possible":
                certainty = "possible"
        hops.append(Hop(site.file, site.line, site.callee, "site", site.certainty))
        if site.certainty == "possible":
            certainty = "possible"
        functions = (start.id, *(edge.callee for edge in way))
        return GenerationPath(route, entry, number, tuple(hops), functions, way, certainty)
