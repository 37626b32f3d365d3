"""What a value carries: where it came from, and whether it has passed the hook."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

#: Origin of everything that the caller of an entry sends in.
INPUT = -1


class Mark(NamedTuple):
    """One origin of a value: a site's index (or :data:`INPUT`), and whether it passed the hook since.

    ``doubt`` says that it went through a call that nobody can see through and that may have been the hook. ``stored`` says that the value
    was read back from a store that outlives the function.
    """

    origin: int
    passed: bool
    doubt: bool = False
    stored: bool = False


Marks: TypeAlias = frozenset[Mark]
NOTHING: Marks = frozenset()
NO_NAMES: frozenset[str] = frozenset()


def union(parts: Iterable[Marks]) -> Marks:
    """Return all marks of all parts."""
    found: Marks = NOTHING
    for part in parts:
        if part:
            found = found | part if found else part
    return found


@lru_cache(maxsize=4096)
def passed(marks: Marks) -> Marks:
    """Return the same origins, all of them past the hook."""
    return frozenset(Mark(m.origin, True) for m in marks)


@lru_cache(maxsize=4096)
def doubted(marks: Marks) -> Marks:
    """Return the same marks; those not past the hook may be past it now."""
    return frozenset(m if m.passed or m.doubt else Mark(m.origin, False, True, m.stored) for m in marks)


@lru_cache(maxsize=4096)
def stored(marks: Marks) -> Marks:
    """Return the generated content among ``marks`` as it comes back from a store."""
    return frozenset(Mark(m.origin, m.passed, m.doubt, True) for m in marks if m.origin != INPUT)


def generated(marks: Marks) -> bool:
    """Say whether there is anything among ``marks`` that a model made."""
    return any(m.origin != INPUT for m in marks)


class Scope(dict[str, Marks]):
    """The variables of one function at one point: name, or dotted path of a field that was assigned here, to marks."""

    __slots__ = ("broke", "checked", "ended", "guarded", "patches", "verdicts")

    def __init__(self, given: Iterable[tuple[str, Marks]] | Scope = ()) -> None:
        super().__init__(given)
        self.broke = False
        """True for what left a loop by ``break``."""
        self.ended = False
        """True when control cannot reach this point."""
        self.checked: frozenset[str] = NO_NAMES
        """Variables whose value a check has let through since they were bound."""
        self.guarded = False
        """True when a check has let the user's input through."""
        self.patches: dict[str, tuple[str, ...]] = {}
        """Sending members that a wrapper replaced, and the functions that are run instead."""
        self.verdicts: dict[str, frozenset[str]] = {}
        """Variables that hold what a check said, and the paths it was asked about."""

    def fork(self) -> Scope:
        """Return an independent copy."""
        copy = Scope(self)
        copy.ended, copy.checked, copy.guarded = self.ended, self.checked, self.guarded
        if self.patches:
            copy.patches = dict(self.patches)
        if self.verdicts:
            copy.verdicts = dict(self.verdicts)
        return copy

    def join(self, *others: Scope) -> None:
        """Become what holds whichever of ``others`` was the way here (those that ended do not count)."""
        alive = [o for o in others if not o.ended]
        first = dict(self)
        self.clear()
        self.ended = not alive
        if not alive:
            self.update(first)
            return
        for other in alive:
            for name, marks in other.items():
                known = self.get(name)
                self[name] = marks if known is None or known is marks else known | marks
        # a part that only one way knows by itself is, on the others, whatever the whole carries
        for name in [n for n in self if "." in n]:
            for other in alive:
                if name not in other:
                    self[name] = self[name] | other.whole(name)
        self.checked = frozenset.intersection(*(o.checked for o in alive))
        self.guarded = all(o.guarded for o in alive)
        self.patches = {name: found for name, found in alive[0].patches.items() if all(o.patches.get(name) == found for o in alive)}
        verdicts: dict[str, frozenset[str]] = {}
        for other in alive:
            for name, paths in other.verdicts.items():
                verdicts[name] = verdicts.get(name, NO_NAMES) | paths
        self.verdicts = verdicts

    def whole(self, path: str) -> Marks:
        """Return what is known of the nearest whole that ``path`` is a part of."""
        while "." in path:
            path = path.rpartition(".")[0]
            if path in self:
                return self[path]
        return NOTHING

    def forget_below(self, name: str) -> None:
        """Drop what was known of the fields of ``name``: it is another value now."""
        start = name + "."
        for key in [k for k in self if k.startswith(start)]:
            del self[key]
        if name in self.checked:
            self.checked = self.checked - {name}
        self.verdicts.pop(name, None)
