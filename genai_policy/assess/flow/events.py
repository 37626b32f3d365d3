"""What happens in a call: what leaves, what is asked, what is lost; and how it is told of a caller's own values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from genai_policy.assess.flow.values import NO_NAMES, NOTHING, Mark, Marks
from genai_policy.model.code import FunctionId, Place

#: Stands for what a parameter carries (:func:`symbol`) -> what it carries in one call.
Filling: TypeAlias = Mapping[int, Marks]
#: Origins from here downwards are symbols.
FIRST_SYMBOL = -100


def filled(marks: Marks, filling: Filling) -> Marks:
    """Return ``marks`` with the symbols replaced by what they stand for."""
    if not any(m.origin in filling for m in marks):
        return marks
    found: Marks = frozenset(m for m in marks if m.origin not in filling)
    for mark in marks:
        if mark.origin in filling:
            found = found | _told(mark.passed, mark.doubt, mark.stored, filling[mark.origin])
    return found


@lru_cache(maxsize=4096)
def _told(passed: bool, doubt: bool, stored: bool, given: Marks) -> Marks:
    mark = Mark(0, passed, doubt, stored)
    return frozenset(_seen_through(mark, one) for one in given)


def _seen_through(mark: Mark, given: Mark) -> Mark:
    """Return what becomes of ``given`` where its symbol becomes ``mark``."""
    if mark.passed or given.passed:
        return Mark(given.origin, True)
    return Mark(given.origin, False, mark.doubt or given.doubt, mark.stored or given.stored)


class Exit(Struct, frozen=True, order=True):
    """Marked content leaving the service at ``place`` in ``function``; ``how`` is ``return``, ``yield`` or the sending call's name."""

    place: Place
    how: str
    mark: Mark
    function: FunctionId = ""


class Entered(Struct, frozen=True, order=True):
    """The user's input reaching the call of a generation site."""

    site: int
    place: Place
    passed: bool
    doubt: bool = False


class Hooked(Struct, frozen=True, order=True):
    """A call of a hook: where, what it was given (origins), and whether its result was thrown away."""

    function: FunctionId
    line: int
    call: int
    origins: tuple[int, ...]
    discarded: bool
    hook: FunctionId = ""


class Summary(Struct, frozen=True):
    """What a call of a function of the tree does: what its result carries; which parameters a check let through (``checked``) or was asked
    about (``verdict``); what parameters and outer variables carry afterwards; whether it ever comes back."""

    marks: Marks = NOTHING
    checked: frozenset[str] = NO_NAMES
    verdict: frozenset[str] = NO_NAMES
    out: tuple[tuple[str, Marks], ...] = ()
    writes: tuple[tuple[FunctionId, str, Marks], ...] = ()
    guarded: bool = False
    returns: bool = True

    def filled(self, filling: Filling) -> Summary:
        """Return the same summary with the symbols replaced by what they stand for."""
        return Summary(
            filled(self.marks, filling),
            self.checked,
            self.verdict,
            tuple((name, filled(marks, filling)) for name, marks in self.out),
            tuple((function, name, filled(marks, filling)) for function, name, marks in self.writes),
            self.guarded,
            self.returns,
        )


class Events:
    """What happened in a call and the calls below it."""

    __slots__ = ("collected", "doubts", "entered", "exits", "generated", "hooked", "kept", "kinds", "lost", "put", "reached", "unfollowed")

    def __init__(self) -> None:
        self.exits: set[Exit] = set()
        self.entered: set[Entered] = set()
        self.lost: set[tuple[Place, str, int]] = set()
        self.hooked: set[Hooked] = set()
        self.generated: set[int] = set()
        self.unfollowed: set[Place] = set()
        self.doubts: set[tuple[int, Place]] = set()
        """Origins, and where they went through a call that may have been the hook."""
        self.kinds: set[str] = set()
        """How the handler answers: ``stream``, ``whole``."""
        self.reached: set[FunctionId] = set()
        """Cores of wrappers that ran what they wrap."""
        self.collected: set[Mark] = set()
        """What was sent to whoever collects it."""
        self.kept: dict[str, Marks] = {}
        """Symbols that were put into stores."""
        self.put: set[tuple[str, Mark]] = set()
        """Stores, and the generated content that was put into them."""

    def add(self, other: Events) -> None:
        """Take over what happened in a call, except what is kept in stores until it is known what it stands for."""
        for name in Events.__slots__:
            found = getattr(other, name)
            if found and name != "kept":
                getattr(self, name).update(found)

    def filled(self, filling: Filling) -> Events:
        """Return the same events with the symbols replaced by what they stand for."""
        told = Events()
        told.add(self)
        told.exits = {e for e in self.exits if e.mark.origin not in filling}
        told.exits.update(
            Exit(e.place, e.how, mark, e.function)
            for e in self.exits
            if e.mark.origin in filling
            for mark in _told(e.mark.passed, e.mark.doubt, e.mark.stored, filling[e.mark.origin])
        )
        told.lost = {(place, why, m) for place, why, origin in self.lost for m in _raw(origin, filling)}
        told.doubts = {(m, place) for origin, place in self.doubts for m in _raw(origin, filling)}
        told.collected = set(filled(frozenset(self.collected), filling))
        told.kept = {store: filled(marks, filling) for store, marks in self.kept.items()}
        told.hooked = {
            Hooked(h.function, h.line, h.call, tuple(sorted({m for o in h.origins for m in _origins(o, filling)})), h.discarded, h.hook)
            for h in self.hooked
        }
        return told


def _raw(origin: int, filling: Filling) -> set[int]:
    return {m.origin for m in filling[origin] if not m.passed} if origin in filling else {origin}


def _origins(origin: int, filling: Filling) -> set[int]:
    return {m.origin for m in filling[origin]} if origin in filling else {origin}
