"""Does a hook stand on a generation path? Joins what frameworks apply (middleware, dependencies, decorators) with value flow.

Of a path that value flow cannot settle, it is still certain that the hook is missing when nothing the path's entry calls, however deep,
leads to the hook.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from genai_policy.assess.flow import Program, trace
from genai_policy.assess.live import Live
from genai_policy.assess.walk import Calls, parts
from genai_policy.model import ir
from genai_policy.model.code import CodeFacts, FunctionId, GenerationPath, Place
from genai_policy.model.verdict import FactIndex

Side: TypeAlias = Literal["input", "output"]
Answer: TypeAlias = Literal["passes", "misses", "undecided"]

#: Ways in that do not face the service's users.
_PRIVATE_ENTRIES = frozenset(("cli",))
_DEPTH = 30


class Standing(Struct, frozen=True):
    """What holds for the paths from one entry to one site. ``why`` is ``framework``, ``flow``, ``absent``, ``thrown-away``, ``round``,
    ``late`` or the reason why flow is undecided; ``places`` where to look."""

    entry: tuple[int, int]
    site: int
    path: int
    answer: Answer
    why: str
    places: tuple[Place, ...] = ()


class Wiring:
    """Answers for one program. Build one per program."""

    def __init__(self, facts: FactIndex, program: Calls) -> None:
        self.code: CodeFacts = facts.code
        self.program = program
        self.live = Live(program)
        self._flow: Program | None = None

    def paths(self, modalities: Iterable[str]) -> tuple[int, ...]:
        """Return the generation paths of ``modalities`` (all when empty) whose entry faces users. An unknown modality counts as any."""
        wanted = {_ALIASES.get(m, m) for m in modalities}
        return tuple(i for i, path in enumerate(self.code.paths) if self._counts(path, wanted))

    def _counts(self, path: GenerationPath, wanted: set[str]) -> bool:
        modality = self.code.sites[path.site].modality
        if wanted and modality != "unknown" and _ALIASES.get(modality, modality) not in wanted:
            return False
        return path.route >= 0 or path.entry < 0 or self.code.entry_points[path.entry].kind not in _PRIVATE_ENTRIES

    def standings(self, paths: Sequence[int], hooks: frozenset[FunctionId], side: Side, *, checks: bool) -> tuple[Standing, ...]:
        """Return one standing per entry and site, in the order of the paths: it passes only when every path between them does."""
        groups: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        for index in paths:
            path = self.code.paths[index]
            groups[(path.route, path.entry, path.site)].append(index)
        covered = {key: self.covers(self.code.paths[found[0]], hooks, side) for key, found in groups.items()}
        open_paths = [index for key, found in groups.items() if not covered[key] for index in found]
        flow = trace(self.code, hooks, open_paths, side=side, checks=checks, program=self.flow()) if open_paths else ()
        crossings = {crossing.path: crossing for crossing in flow}
        result = []
        for (route, entry, site), found in groups.items():
            key = (route, entry)
            if covered[(route, entry, site)]:
                result.append(Standing(key, site, found[0], "passes", "framework"))
                continue
            worst = min((crossings[i] for i in found), key=lambda c: (_ORDER.index(c.answer), c.path))
            result.append(self._standing(key, site, worst.path, worst.answer, worst.how, worst.places, hooks, checks=checks))
        return tuple(result)

    def _standing(
        self,
        entry: tuple[int, int],
        site: int,
        index: int,
        answer: Answer,
        how: str,
        places: tuple[Place, ...],
        hooks: frozenset[FunctionId],
        *,
        checks: bool,
    ) -> Standing:
        path = self.code.paths[index]
        if answer == "passes":
            return Standing(entry, site, index, "passes", "flow")
        roots = self._roots(path)
        if not self.live.reaches(roots, hooks, _DEPTH):
            if answer == "misses" or not self._clouded(roots):
                return Standing(entry, site, index, "misses", "absent", places or (self._site_place(site),))
            return Standing(entry, site, index, "undecided", "unresolved", places)
        if answer == "undecided":
            return Standing(entry, site, index, "undecided", how or "lost", places)
        thrown = None if checks else self.thrown_away(path.functions, hooks)
        if thrown is not None:
            return Standing(entry, site, index, "misses", "thrown-away", (thrown, *places))
        return Standing(entry, site, index, "misses", "late" if how == "input" else "round", places)

    def covers(self, path: GenerationPath, hooks: frozenset[FunctionId], side: Side) -> bool:
        """Say whether a framework applies one of ``hooks`` around the path: middleware, a decorator, or, for the input, a dependency."""
        if any(hooks & {edge.callee for edge in self.code.calls.get(f, ()) if _decorates(edge.how)} for f in path.functions):
            return True
        if path.route < 0:
            return False
        route = self.code.routes[path.route]
        if any(path.route in m.routes and self._runs(m.functions, hooks) for m in self.code.middleware):
            return True
        guards = frozenset(route.guard_functions)
        return self._runs(guards, hooks) and (side == "input" or self.decorates(route.function, hooks & guards))

    def covers_route(self, route: int, hooks: frozenset[FunctionId]) -> bool:
        """Say whether a framework applies one of ``hooks`` to a route, before or after its handler."""
        found = self.code.routes[route]
        if any(route in m.routes and self._runs(m.functions, hooks) for m in self.code.middleware):
            return True
        return self._runs(found.guard_functions, hooks)

    def decorates(self, function: FunctionId, hooks: frozenset[FunctionId]) -> bool:
        """Say whether one of ``hooks`` is written as a decorator of ``function``."""
        node = self.code.functions.get(function)
        if node is None:
            return False
        names = {self.code.functions[h].code.name for h in hooks if h in self.code.functions}
        written = {getattr(part, "name", None) or getattr(part, "id", None) for part in parts(node.code.decorators)}
        return bool(names & written)

    def reaches(self, function: FunctionId, hooks: frozenset[FunctionId], depth: int) -> bool:
        """Say whether ``function`` calls one of ``hooks``, dead code left out."""
        return self.live.reaches([function], hooks, depth)

    def thrown_away(self, functions: Iterable[FunctionId], hooks: frozenset[FunctionId]) -> Place | None:
        """Return a call of a hook whose result nobody takes, in one of ``functions`` or a function they call."""
        near = list(dict.fromkeys([*functions, *(c for f in functions for c in self.live.callees(f))]))
        for function in near:
            node = self.code.functions.get(function)
            if node is None or function in hooks:
                continue
            for part in parts(node.code.body):
                call = _discarded(part)
                if call is not None and any(c.id in hooks and returns_a_value(c.code) for c in self.program.callees(node.file, call)):
                    return Place(node.file, call.line)
        return None

    def flow(self) -> Program:
        """Return the program as the flow engine indexes it."""
        if self._flow is None:
            self._flow = Program(self.code)
        return self._flow

    def _runs(self, functions: Iterable[FunctionId], hooks: frozenset[FunctionId]) -> bool:
        functions = tuple(functions)
        return bool(functions) and self.live.reaches(functions, hooks, 2)

    def _roots(self, path: GenerationPath) -> list[FunctionId]:
        roots = list(path.functions)
        if path.route >= 0:
            roots.extend(self.code.routes[path.route].guard_functions)
        return roots

    def _clouded(self, roots: Sequence[FunctionId]) -> bool:
        files = {f.partition("#")[0] for f in roots}
        return any(gap.file in files for gap in self.code.gaps)

    def _site_place(self, site: int) -> Place:
        return Place(self.code.sites[site].file, self.code.sites[site].line)


_ORDER: tuple[Answer, ...] = ("misses", "undecided", "passes")
_ALIASES = {"speech": "audio"}
_latest: list[tuple[CodeFacts, Wiring]] = []


def wiring_of(facts: FactIndex, program: Calls) -> Wiring:
    """Return the :class:`Wiring` of a program; the last one is kept, because every claim of a run asks about the same one."""
    if not _latest or _latest[0][0] is not facts.code:
        _latest[:] = [(facts.code, Wiring(facts, program))]
    return _latest[0][1]


def returns_a_value(function: ir.Function) -> bool:
    """Say whether a function hands something back (rather than only acting on its argument, or refusing)."""
    for part in parts(function.body):
        if isinstance(part, ir.Return) and part.value is not None and not isinstance(part.value, ir.Literal):
            return True
        if isinstance(part, ir.Op) and part.op in ("yield", "yield-from"):
            return True
    return False


def _decorates(how: str) -> bool:
    return "decorat" in how


def _discarded(part: object) -> ir.Call | None:
    """Return the call whose result a statement throws away (``f(x)``, ``await f(x)``, ``_ = f(x)``)."""
    expr: ir.Expr | None = None
    if isinstance(part, ir.Do):
        expr = part.expr
    elif isinstance(part, ir.Assign) and all(isinstance(t, ir.Name) and t.id == "_" for t in part.targets):
        expr = part.value
    while isinstance(expr, ir.Op) and expr.op in ("await", "go") and expr.operands:
        expr = expr.operands[0]
    return expr if isinstance(expr, ir.Call) else None
