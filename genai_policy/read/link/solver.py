"""A small demand-driven fixpoint: slots hold growing value sets and are recomputed when what they read has grown.

Every slot's equation is monotone, so the result is the least solution whatever the order; bounds on width make it finite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from genai_policy.read.link.values import Text, Value, Values

Slot = tuple[Any, ...]

WIDTH = 64
TEXT_WIDTH = 24
NESTING = 28
WORK = 300_000
REACH = 5
"""How many steps from a parameter to its callers (two for a caller whose receiver has to be worked out) values are followed."""


class _Cell:
    """What is known of one slot. ``distance`` is how far it is from the nearest question that needed it."""

    __slots__ = ("cut", "distance", "readers", "slot", "texts", "values")

    def __init__(self, slot: Slot, distance: int) -> None:
        self.slot = slot
        self.distance = distance
        self.values: Values = {}
        self.readers: dict[_Cell, None] = {}
        self.texts = 0
        self.cut = False
        """Whether values from further away may be lacking."""


class Solver:
    """Solves slots on demand. ``compute`` yields a slot's values, reading other slots with :meth:`read`.

    ``bounded`` holds the slots that reached the width bound; ``exhausted`` says that the total work bound was reached.
    """

    def __init__(self, compute: Callable[[Slot], Iterable[Value]]) -> None:
        self._compute = compute
        self._cells: dict[Slot, _Cell] = {}
        self._current: list[_Cell] = []
        self._pending: dict[_Cell, None] = {}
        self.work = 0
        self.exhausted = False
        self.bounded: set[Slot] = set()

    def read(self, slot: Slot, cost: int = 0) -> list[Value]:
        """The values of ``slot`` so far; the slot being computed will be recomputed when they grow. ``cost`` is added to how far the slot
        is from the question at hand."""
        current = self._current
        distance = cost + 1 if slot[0] in _FARTHER else cost
        cell = self._cells.get(slot)
        if cell is None:
            if current:
                distance += current[-1].distance
            cell = self._cells[slot] = _Cell(slot, distance)
            if current:
                cell.readers[current[-1]] = None
            if len(current) < NESTING:
                self._evaluate(cell)
            else:
                self._pending[cell] = None
            return list(cell.values)
        if current:
            reader = current[-1]
            cell.readers[reader] = None
            distance += reader.distance
            if cell.cut and not reader.cut:
                _taint(reader)
        if distance < cell.distance:
            cell.distance = distance
            if cell.cut:
                cell.cut = False
                self._pending[cell] = None
        return list(cell.values)

    def too_far(self) -> bool:
        """Whether the slot being computed is too far from every question asked so far to be followed to its callers.

        It is taken up again when a nearer question needs it."""
        if not self._current:
            return False
        cell = self._current[-1]
        if cell.distance <= REACH:
            return False
        _taint(cell)
        return True

    def solve(self, slot: Slot) -> list[Value]:
        """The final values of ``slot``."""
        self.read(slot)
        self.settle()
        return list(self._cells[slot].values)

    def settle(self) -> None:
        """Finish all pending work."""
        while self._pending:
            self._evaluate(self._pending.popitem()[0])

    def _evaluate(self, cell: _Cell) -> None:
        self._pending.pop(cell, None)
        self.work += 1
        if self.work > WORK:
            self.exhausted = True
            return
        values = cell.values
        before = len(values)
        self._current.append(cell)
        try:
            for value in self._compute(cell.slot):
                if value not in values:
                    self._add(cell, value)
        finally:
            self._current.pop()
        if len(values) > before:
            self._pending.update(cell.readers)

    def _add(self, cell: _Cell, value: Value) -> None:
        if value.__class__ is Text:
            if cell.texts >= TEXT_WIDTH:
                return
            cell.texts += 1
        if len(cell.values) >= WIDTH:
            self.bounded.add(cell.slot)
            return
        cell.values[value] = None


def _taint(cell: _Cell) -> None:
    """Remember that a slot, and what was computed from it, may lack values from further away."""
    waiting = [cell]
    while waiting:
        one = waiting.pop()
        if not one.cut:
            one.cut = True
            waiting.extend(one.readers)


_FARTHER = frozenset({"param", "applied"})
