"""What happens in a call: what leaves, what is asked, what is lost; and how it is told of a caller's own values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias, TypeVar

from msgspec import Struct

from genai_policy.assess.flow.values import INPUT, NO_NAMES, NOTHING, Mark, Marks
from genai_policy.model.code import FunctionId, Place

#: Stands for what a parameter carries (:func:`symbol`) -> what it carries in one call.
Filling: TypeAlias = Mapping[int, Marks]
#: Origins from here downwards are symbols.
FIRST_SYMBOL = -100


def filled(marks: Marks, filling: Filling) -> Marks:
    """Return ``marks`` with the symbols replaced by what they stand for."""
    symbols = symbols_in(marks)
    if not symbols or symbols.isdisjoint(filling):
        return marks
    found: Marks = frozenset(m for m in marks if m.origin not in filling)
    for mark in marks:
        if mark.origin in filling:
            found = found | _told(mark.passed, mark.doubt, mark.stored, filling[mark.origin])
    return found


@lru_cache(maxsize=16384)
def symbols_in(marks: Marks) -> frozenset[int]:
    """Return the symbols among the origins of ``marks``."""
    return frozenset(m.origin for m in marks if m.origin <= FIRST_SYMBOL)


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
    body: Marks = NOTHING
    """What the body of the answer carries, where a handler answers by its first parameter."""
    parts: tuple[tuple[str, Marks], ...] = ()
    """What the parts of that body carry, where they are all known."""

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
            filled(self.body, filling),
            tuple((name, filled(marks, filling)) for name, marks in self.parts),
        )


class Events:
    """What happened in a call and the calls below it."""

    __slots__ = (
        *("collected", "doubts", "entered", "exits", "generated", "hooked", "kept", "kinds"),
        *("lost", "put", "reached", "read", "unfollowed"),
    )

    def __init__(self) -> None:
        self.exits: dict[tuple[Place, str, FunctionId], Marks] = {}
        """Where content left: the place, ``return``, ``yield`` or the sending call's name, and the function."""
        self.entered: set[Entered] = set()
        self.lost: dict[tuple[Place, str], frozenset[int]] = {}
        """Where content went out of sight, and why -> its origins."""
        self.hooked: set[Hooked] = set()
        self.generated: set[int] = set()
        self.unfollowed: set[Place] = set()
        self.doubts: dict[Place, frozenset[int]] = {}
        """Where content went through a call that may have been the hook -> its origins."""
        self.kinds: set[str] = set()
        """How the handler answers: ``stream``, ``whole``."""
        self.reached: set[FunctionId] = set()
        """Cores of wrappers that ran what they wrap."""
        self.collected: Marks = NOTHING
        """What was sent to whoever collects it."""
        self.kept: dict[str, Marks] = {}
        """Symbols that were put into stores."""
        self.put: dict[str, Marks] = {}
        """Stores, and the generated content that was put into them."""
        self.read: set[str] = set()
        """Stores and fields that were looked at."""

    def add(self, other: Events) -> None:
        """Take over what happened in a call, except what is kept in stores until it is known what it stands for."""
        _merge(self.exits, other.exits)
        _merge(self.lost, other.lost)
        _merge(self.doubts, other.doubts)
        _merge(self.put, other.put)
        self.collected = self.collected | other.collected if other.collected else self.collected
        self.entered |= other.entered
        self.hooked |= other.hooked
        self.generated |= other.generated
        self.unfollowed |= other.unfollowed
        self.kinds |= other.kinds
        self.reached |= other.reached
        self.read |= other.read

    def leaving(self, site: int) -> list[Exit]:
        """Return how content of ``site`` left, in the order of the places."""
        return sorted(
            Exit(place, how, mark, function)
            for (place, how, function), marks in self.exits.items()
            for mark in marks
            if mark.origin == site
        )

    def origins(self) -> frozenset[int]:
        """Return the origins of what left."""
        return frozenset(m.origin for marks in self.exits.values() for m in marks)

    def filled(self, filling: Filling) -> Events:
        """Return the same events with the symbols replaced by what they stand for."""
        told = Events()
        told.add(self)
        told.exits = {key: found for key, marks in self.exits.items() if (found := content(filled(marks, filling)))}
        told.lost = {key: raw for key, origins in self.lost.items() if (raw := _raw(origins, filling))}
        told.doubts = {key: raw for key, origins in self.doubts.items() if (raw := _raw(origins, filling))}
        told.collected = filled(self.collected, filling)
        told.kept = {store: filled(marks, filling) for store, marks in self.kept.items()}
        told.hooked = {
            Hooked(h.function, h.line, h.call, tuple(sorted({m for o in h.origins for m in _origins(o, filling)})), h.discarded, h.hook)
            for h in self.hooked
        }
        return told


_Key = TypeVar("_Key")
_Found = TypeVar("_Found", Marks, frozenset[int])


def _merge(own: dict[_Key, _Found], other: Mapping[_Key, _Found]) -> None:
    for key, found in other.items():
        known = own.get(key)
        if known is None:
            own[key] = found
        elif known is not found and not found <= known:
            own[key] = known | found


@lru_cache(maxsize=16384)
def content(marks: Marks) -> Marks:
    """Return what a model made among ``marks``, or may have made."""
    return frozenset(m for m in marks if m.origin != INPUT)


def _raw(origins: frozenset[int], filling: Filling) -> frozenset[int]:
    if filling.keys().isdisjoint(origins):
        return origins
    found = {o for o in origins if o not in filling}
    for origin in origins:
        found.update(m.origin for m in filling.get(origin, ()) if not m.passed and m.origin != INPUT)
    return frozenset(found)


def _origins(origin: int, filling: Filling) -> set[int]:
    return {m.origin for m in filling[origin]} if origin in filling else {origin}
