"""From marks at the exits to one answer per generation path, and what other entries hand out of what was stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from genai_policy.assess.flow.events import Events, Exit
from genai_policy.assess.flow.faults import fault_of
from genai_policy.assess.flow.program import Program
from genai_policy.assess.flow.run import Interpreter
from genai_policy.assess.flow.values import Marks, union
from genai_policy.model.code import CodeFacts, FunctionId, Place


class Crossing(Struct, frozen=True):
    """What became of the content of one generation path (an index into :attr:`CodeFacts.paths`).

    ``passes``: everything that leaves went through the hook. ``misses``: something leaves without it, at ``places``; ``how`` names the
    fault (see :mod:`genai_policy.assess.flow.faults`), ``test`` the branch or flag behind it, ``default`` the flag's default.
    ``undecided``: the analysis lost the value, or reached a bound; ``places`` then names where it was last seen, ``how`` the reason.
    """

    path: int
    answer: Literal["passes", "misses", "undecided"]
    places: tuple[Place, ...] = ()
    how: str = ""
    test: str = ""
    default: str = ""


class Reserved(Struct, frozen=True):
    """Content of a site that an entry (route index, or entry index when ``route`` is -1) hands out of a store without generating it."""

    route: int
    entry: int
    site: int
    places: tuple[Place, ...]


class Traced(Struct, frozen=True):
    """The answers about some paths, and the entries that hand out what those stored raw."""

    crossings: tuple[Crossing, ...]
    reserved: tuple[Reserved, ...] = ()


def trace(code: CodeFacts, hooks: frozenset[FunctionId], paths: Sequence[int], *, side: Literal["output", "input"] = "output",
          checks: bool = False, program: Program | None = None) -> tuple[Crossing, ...]:  # fmt: skip
    """Return one crossing per path, in the order of ``paths``; see :func:`trace_all`."""
    return trace_all(code, hooks, paths, side=side, checks=checks, program=program).crossings


def trace_all(code: CodeFacts, hooks: frozenset[FunctionId], paths: Sequence[int], *, side: Literal["output", "input"] = "output",
              checks: bool = False, program: Program | None = None) -> Traced:  # fmt: skip
    """Return one crossing per path, in the order of ``paths``, and what other entries re-serve.

    ``hooks`` are alternatives: passing one of them is enough. ``side`` ``output`` asks about the way from the site to the exit, ``input``
    about the way from the request to the site. ``checks``: the hook is a check that may stop the request, rather than a function whose
    result replaces its argument.
    """
    program = program or Program(code)
    by_entry: dict[tuple[FunctionId, int], list[int]] = defaultdict(list)
    for index in paths:
        path = code.paths[index]
        by_entry[(path.functions[0] if path.functions else "", path.route)].append(index)
    run = Interpreter(program, hooks, checks=checks, inputs_only=side == "input")
    found: dict[int, Crossing] = {}
    events: dict[tuple[FunctionId, int], Events] = {}
    since: dict[tuple[FunctionId, int], int] = {}
    for _ in range(2):  # the second round sees the fields and stores that the first one wrote
        run.next_round()
        for key in by_entry:
            if key[0] in program.functions and (key not in events or not run.stands(events[key].read, since[key])):
                since[key] = run.clock
                events[key] = run.run_entry(*key, answers=_answers(code, by_entry[key][0]))
    handed = _handed_out(program, run, events) if side == "output" else ()
    fates = Fates(handed)
    for key, indexes in by_entry.items():
        known: dict[int, Crossing] = {}
        for index in indexes:
            same = known.get(code.paths[index].site)
            if key not in events:
                found[index] = Crossing(index, "undecided", (_site_place(code, index),), "entry")
            elif same is not None:
                found[index] = Crossing(index, same.answer, same.places, same.how, same.test, same.default)
            else:
                found[index] = known[code.paths[index].site] = (
                    _output(program, events[key], index, run, fates) if side == "output" else _input(code, events[key], index, run)
                )
    return Traced(tuple(found[i] for i in paths), tuple(h for r in handed for h in _reserved(r, frozenset(by_entry))))


class Served(Struct, frozen=True):
    """What an entry (``route``, or ``entry`` when that is -1) does, started by ``function``."""

    function: FunctionId
    route: int
    entry: int
    events: Events


class Fates:
    """What became of content that was put into stores, by site: how it left, through whichever entry."""

    def __init__(self, served: Sequence[Served]) -> None:
        self.exits: dict[int, list[Exit]] = defaultdict(list)
        self.lost: dict[int, list[Place]] = defaultdict(list)
        self._kept: dict[int, Marks] = {}
        for one in served:
            for origin in one.events.origins() - one.events.generated:
                self.exits[origin].extend(one.events.leaving(origin))
                self.lost[origin].extend(sorted(one.events.unfollowed))
            for (place, _), origins in sorted(one.events.lost.items()):
                for origin in origins:
                    self.lost[origin].append(place)

    def of(self, index: int, site: int, events: Events) -> Crossing | None:
        """Return what became of the content of a path that leaves nothing itself, None when it puts nothing into a store."""
        if id(events) not in self._kept:
            self._kept[id(events)] = union(events.put.values())
        kept = [m for m in self._kept[id(events)] if m.origin == site]
        if not kept:
            return None
        raw = [e for e in self.exits[site] if not e.mark.passed]
        certain = tuple(dict.fromkeys(e.place for e in raw if not e.mark.doubt))
        if certain and any(not m.passed for m in kept):
            return Crossing(index, "misses", certain, "stored")
        if raw or self.lost[site]:
            return Crossing(index, "undecided", tuple(dict.fromkeys([*(e.place for e in raw), *self.lost[site]])), "dynamic")
        if self.exits[site]:
            return Crossing(index, "passes")
        return None


def _answers(code: CodeFacts, index: int) -> bool:
    """Say whether what the entry of a path returns goes to somebody: what a queue's consumer or a timer returns does not."""
    path = code.paths[index]
    return path.entry < 0 or code.entry_points[path.entry].kind not in ("queue-consumer", "scheduler")


def _output(program: Program, events: Events, index: int, run: Interpreter, fates: Fates) -> Crossing:
    code = program.code
    site = code.paths[index].site
    leaving = events.leaving(site)
    raw = [e for e in leaving if not e.mark.passed]
    certain = [e for e in raw if not e.mark.doubt]
    if certain and not events.unfollowed:
        fault = fault_of(
            program, events, site, certain, hooks=run.hooks, entry=code.paths[index].functions[0], route=code.paths[index].route
        )
        return Crossing(index, "misses", fault.places, fault.kind, fault.test, fault.default)
    if certain:
        return Crossing(index, "undecided", tuple(sorted(events.unfollowed)), "wrapper")
    if raw:
        return Crossing(index, "undecided", _doubts(events, site), "dynamic")
    if run.bounded:
        return Crossing(index, "undecided", (_site_place(code, index),), "bound")
    lost = sorted((place, why) for (place, why), origins in events.lost.items() if site in origins)
    if lost:
        return Crossing(index, "undecided", tuple(dict.fromkeys(p for p, _ in lost)), lost[0][1].partition(":")[0])
    if leaving:
        return Crossing(index, "passes")
    kept = fates.of(index, site, events)
    if kept is not None:
        return kept
    return Crossing(index, "undecided", (_site_place(code, index),), "lost" if site in events.generated else "unreached")


def _input(code: CodeFacts, events: Events, index: int, run: Interpreter) -> Crossing:
    site = code.paths[index].site
    entered = sorted(e for e in events.entered if e.site == site)
    raw = [e for e in entered if not e.passed]
    if raw and all(e.doubt for e in raw):
        return Crossing(index, "undecided", _doubts(events, -1), "dynamic")
    if raw:
        return Crossing(index, "misses", tuple(dict.fromkeys(e.place for e in raw)), "input")
    if entered and not run.bounded:
        return Crossing(index, "passes")
    return Crossing(index, "undecided", (_site_place(code, index),), "bound" if run.bounded else "lost")


def _handed_out(program: Program, run: Interpreter, events: Mapping[tuple[FunctionId, int], Events]) -> list[Served]:
    """Run the entries that generate nothing on what the others stored. Return what all entries do."""
    code = program.code
    found = [Served(function, route, -1, seen) for (function, route), seen in events.items()]
    names = {name for name in run.stores if name[0] in "=#"}
    if not names:
        return found
    entries = [(r.function, i, -1) for i, r in enumerate(code.routes)]
    entries += [(e.function, -1, i) for i, e in enumerate(code.entry_points) if e.kind != "cli"]
    entries = [e for e in entries if (e[0], e[1]) not in events]
    touching = _touching(program, {e[0] for e in entries}, names)
    run.awake = run.awake | touching
    run.next_round()
    found.extend(Served(f, route, entry, run.run_entry(f, route)) for f, route, entry in entries if f in touching)
    return found


def _reserved(served: Served, known: frozenset[tuple[FunctionId, int]]) -> Iterator[Reserved]:
    """Yield what an entry that generates nothing hands out of what others stored raw."""
    if (served.function, served.route) in known or served.events.unfollowed:
        return
    for site in sorted(served.events.origins() - served.events.generated):
        exits = [e for e in served.events.leaving(site) if e.mark.stored and not e.mark.passed and not e.mark.doubt]
        if exits:
            yield Reserved(served.route, served.entry, site, tuple(dict.fromkeys(e.place for e in exits)))


def _touching(program: Program, entries: set[FunctionId], stores: set[str]) -> frozenset[FunctionId]:
    """Return the functions from which one that names a store is reached, of those that ``entries`` reach."""
    names = {name.lstrip("=#").removeprefix("folder:").lower() for name in stores}
    tables = {name[1:] for name in stores if name[0] == "#"}
    near = [
        function
        for function in program.reached_from(entries)
        if (own := program.words(function)) and (own & names or any(t in w.replace("_", "") for t in tables for w in own))
    ]
    return program.leading_to(near)


def _doubts(events: Events, origin: int) -> tuple[Place, ...]:
    return tuple(sorted(place for place, origins in events.doubts.items() if origin in origins))


def _site_place(code: CodeFacts, index: int) -> Place:
    site = code.sites[code.paths[index].site]
    return Place(site.file, site.line)
