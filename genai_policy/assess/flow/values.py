"""What a value carries: where it came from, and whether it has passed the hook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

#: Origin of everything that the caller of an entry sends in.
INPUT = -1


class Mark(NamedTuple):
    """One origin of a value: a site's index (or :data:`INPUT`), and whether it passed the hook since."""

    origin: int
    passed: bool


Marks: TypeAlias = frozenset[Mark]
NOTHING: Marks = frozenset()


def union(parts: Iterable[Marks]) -> Marks:
    """Return all marks of all parts."""
    found: Marks = NOTHING
    for part in parts:
        if part:
            found = found | part
    return found


def passed(marks: Marks) -> Marks:
    """Return the same origins, all of them past the hook."""
    return frozenset(Mark(m.origin, True) for m in marks)


class Scope(dict[str, Marks]):
    """The variables of one function at one point: name, or dotted path of a field that was assigned here, to marks."""

    ended = False
    """True when control cannot reach this point."""

    def fork(self) -> Scope:
        """Return an independent copy."""
        copy = Scope(self)
        copy.ended = self.ended
        return copy

    def join(self, *others: Scope) -> None:
        """Become what holds whichever of ``others`` was the way here (those that ended do not count)."""
        alive = [o for o in others if not o.ended]
        self.clear()
        self.ended = not alive
        for other in alive:
            for name, marks in other.items():
                self[name] = self.get(name, NOTHING) | marks

    def forget_below(self, name: str) -> None:
        """Drop what was known of the fields of ``name``: it is another value now."""
        for key in [k for k in self if k.startswith(name + ".")]:
            del self[key]
