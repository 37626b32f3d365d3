"""From marks at the exits to one answer per generation path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from genai_policy.assess.flow.interpret import Interpreter, Program
from genai_policy.model.code import CodeFacts, FunctionId, Place


class Crossing(Struct, frozen=True):
    """What became of the content of one generation path (an index into :attr:`CodeFacts.paths`).

    ``passes``: everything that leaves went through the hook. ``misses``: something leaves without it, at ``places``.
    ``undecided``: the analysis lost the value, or reached a bound; ``places`` then names where it was last seen.
    """

    path: int
    answer: Literal["passes", "misses", "undecided"]
    places: tuple[Place, ...] = ()
    how: str = ""


def trace(code: CodeFacts, hooks: frozenset[FunctionId], paths: Sequence[int], *, side: Literal["output", "input"] = "output",
          checks: bool = False, program: Program | None = None) -> tuple[Crossing, ...]:  # fmt: skip
    """Return one crossing per path, in the order of ``paths``.

    ``hooks`` are alternatives: passing one of them is enough. ``side`` ``output`` asks about the way from the site to the exit, ``input``
    about the way from the request to the site. ``checks``: the hook is a check that may stop the request, rather than a function whose
    result replaces its argument.
    """
    program = program or Program(code)
    by_entry: dict[FunctionId, list[int]] = defaultdict(list)
    for index in paths:
        path = code.paths[index]
        by_entry[path.functions[0] if path.functions else ""].append(index)
    found: dict[int, Crossing] = {}
    for entry, indexes in by_entry.items():
        if entry not in program.functions:
            found.update({i: Crossing(i, "undecided", (_site_place(code, i),), "entry") for i in indexes})
            continue
        run = Interpreter(program, hooks, checks=checks)
        run.run_entry(entry)
        for index in indexes:
            found[index] = _output(code, run, index) if side == "output" else _input(code, run, index)
    return tuple(found[i] for i in paths)


def _output(code: CodeFacts, run: Interpreter, index: int) -> Crossing:
    site = code.paths[index].site
    raw = sorted(e for e in run.exits if e.mark.origin == site and not e.mark.passed)
    if raw:
        return Crossing(index, "misses", tuple(dict.fromkeys(e.place for e in raw)), raw[0].how)
    if run.bounded:
        return Crossing(index, "undecided", (_site_place(code, index),), "bound")
    if any(e.mark.origin == site for e in run.exits):
        return Crossing(index, "passes")
    return Crossing(index, "undecided", (_site_place(code, index),), "lost" if site in run.generated else "unreached")


def _input(code: CodeFacts, run: Interpreter, index: int) -> Crossing:
    site = code.paths[index].site
    entered = sorted(e for e in run.entered if e.site == site)
    raw = [e for e in entered if not e.passed]
    if raw:
        return Crossing(index, "misses", tuple(dict.fromkeys(e.place for e in raw)), "input")
    if entered and not run.bounded:
        return Crossing(index, "passes")
    return Crossing(index, "undecided", (_site_place(code, index),), "bound" if run.bounded else "lost")


def _site_place(code: CodeFacts, index: int) -> Place:
    site = code.sites[code.paths[index].site]
    return Place(site.file, site.line)
