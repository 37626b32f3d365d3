"""Does a hook stand on a generation path? Value flow answers, with what frameworks apply (middleware, dependencies, decorators) taken in.

Of a path that value flow cannot settle, it is still certain that the hook is missing when nothing the path's entry calls, however deep,
leads to the hook.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, MutableMapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from genai_policy.assess.flow import Answers, Crossing, Program, Reserved, Traced, slice_of, trace_all
from genai_policy.assess.live import Live
from genai_policy.assess.matched import site_code
from genai_policy.assess.walk import Calls
from genai_policy.model.code import CodeFacts, FunctionId, GenerationPath, Place
from genai_policy.model.verdict import FactIndex

Side: TypeAlias = Literal["input", "output"]
Answer: TypeAlias = Literal["passes", "misses", "undecided"]

#: Ways in that do not face the service's users.
_PRIVATE_ENTRIES = frozenset(("cli",))


class Standing(Struct, frozen=True):
    """What holds for the paths from one entry to one site. ``why`` is ``flow``, the fault
    (:mod:`genai_policy.assess.flow.faults`), ``late`` for input that is checked too late, or the reason why flow is undecided; ``places``
    where to look; ``test`` the branch or flag behind the fault and ``default`` the flag's default."""

    entry: tuple[int, int]
    site: int
    path: int
    answer: Answer
    why: str
    places: tuple[Place, ...] = ()
    test: str = ""
    default: str = ""


class _Part:
    """The part of the program that flow looks at, what is known of it already, and its index, made when it is asked for."""

    def __init__(self, code: CodeFacts, store: MutableMapping[str, bytes] | None) -> None:
        self.code = code
        self.files = {n.file for n in code.functions.values()}
        self.answers = Answers(code, store)
        self._program: Program | None = None

    @property
    def program(self) -> Program:
        """The part, indexed."""
        if self._program is None:
            self._program = Program(self.code)
        return self._program


class Wiring:
    """Answers for one program. Build one per program."""

    def __init__(self, facts: FactIndex, program: Calls) -> None:
        self.code: CodeFacts = facts.code
        self.program = program
        self.live = Live(program)
        self._parts: dict[frozenset[str], _Part] = {}
        self._store = facts.answers
        self._code_at: dict[int, str] = {}

    def paths(self, modalities: Iterable[str]) -> tuple[int, ...]:
        """Return the generation paths of ``modalities`` (all when empty) whose entry faces users. An unknown modality counts as any."""
        wanted = {_ALIASES.get(m, m) for m in modalities}
        return tuple(i for i, path in enumerate(self.code.paths) if self._counts(path, wanted))

    def _counts(self, path: GenerationPath, wanted: set[str]) -> bool:
        modality = self.code.sites[path.site].modality
        if wanted and modality != "unknown" and _ALIASES.get(modality, modality) not in wanted:
            return False
        return path.route >= 0 or path.entry < 0 or self.code.entry_points[path.entry].kind not in _PRIVATE_ENTRIES

    def standings(
        self, paths: Sequence[int], hooks: frozenset[FunctionId], side: Side, *, checks: bool
    ) -> tuple[tuple[Standing, ...], tuple[Reserved, ...]]:
        """Return one standing per entry and site, in the order of the paths: it passes only when every path between them does. Beside them,
        the entries that hand out stored content that never passed."""
        groups: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        for index in paths:
            path = self.code.paths[index]
            groups[(path.route, path.entry, path.site)].append(index)
        traced = self._traced(paths, hooks, side, checks=checks)
        crossings = {crossing.path: crossing for crossing in traced.crossings}
        result = []
        for (route, entry, site), found in groups.items():
            worst = min((crossings[i] for i in found), key=lambda c: (_ORDER.index(c.answer), c.path))
            result.append(self._standing((route, entry), site, worst, hooks, side))
        return tuple(result), traced.reserved

    def _traced(self, paths: Sequence[int], hooks: frozenset[FunctionId], side: Side, *, checks: bool) -> Traced:
        """Ask value flow, or remember what it said about the same slice."""
        part = self._part(hooks)
        key = part.answers.key(hooks, paths, side, checks)
        traced = part.answers.get(key)
        if traced is None:
            traced = trace_all(part.code, hooks, paths, side=side, checks=checks, program=part.program)
            part.answers.put(key, traced)
        return traced

    def _part(self, hooks: frozenset[FunctionId]) -> _Part:
        """Return the slice for ``hooks``: what the entries lead to, and the files of the hooks."""
        everything = self._parts.get(frozenset()) or self._parts.setdefault(frozenset(), _Part(slice_of(self.code), self._store))
        outside = frozenset(h.partition("#")[0] for h in hooks) - everything.files
        if outside not in self._parts:
            self._parts[outside] = _Part(slice_of(self.code, outside), self._store)
        return self._parts[outside]

    def _standing(self, entry: tuple[int, int], site: int, found: Crossing, hooks: frozenset[FunctionId], side: Side) -> Standing:
        if found.answer == "passes":
            return Standing(entry, site, found.path, "passes", "flow")
        roots = self._roots(self.code.paths[found.path])
        places = found.places or (self._site_place(site),)
        if not self.live.leads(roots, hooks) and found.how not in ("dynamic", "wrapper", "stored"):
            if found.answer == "misses" or not self._clouded(roots):
                return Standing(entry, site, found.path, "misses", "absent", places)
            return Standing(entry, site, found.path, "undecided", "unresolved", places)
        if found.answer == "undecided":
            return Standing(entry, site, found.path, "undecided", found.how or "lost", places)
        why = "late" if side == "input" else found.how
        return Standing(entry, site, found.path, "misses", why, places, found.test, found.default)

    def code_at(self, site: int) -> str:
        """Return the code of a site, for fingerprints."""
        if site not in self._code_at:
            self._code_at[site] = site_code(self.code.sites[site], self.code.functions)
        return self._code_at[site]

    def covers_route(self, route: int, hooks: frozenset[FunctionId]) -> bool:
        """Say whether a framework applies one of ``hooks`` to a route, before or after its handler."""
        found = self.code.routes[route]
        if any(route in m.routes and self._runs(m.functions, hooks) for m in self.code.middleware):
            return True
        return self._runs(found.guard_functions, hooks)

    def reaches(self, function: FunctionId, hooks: frozenset[FunctionId], depth: int) -> bool:
        """Say whether ``function`` calls one of ``hooks``, dead code left out."""
        return self.live.reaches([function], hooks, depth)

    def flow(self) -> Program:
        """Return the program as the flow engine indexes it."""
        return self._part(frozenset()).program

    def _runs(self, functions: Iterable[FunctionId], hooks: frozenset[FunctionId]) -> bool:
        functions = tuple(functions)
        return bool(functions) and self.live.reaches(functions, hooks, 2)

    def _roots(self, path: GenerationPath) -> list[FunctionId]:
        roots = list(path.functions)
        flow = self.flow()
        roots.extend(f for function in path.functions for f in flow.writers_made(function))
        if path.route >= 0:
            roots.extend(self.code.routes[path.route].guard_functions)
            roots.extend(f for wrapper in flow.around(path.route) for f in wrapper.claimed)
            roots.extend(f for claimed, _, _ in flow.maybe.get(path.route, ()) for f in claimed)
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
