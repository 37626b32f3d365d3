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


class Solver:
    """Solves slots on demand. ``compute`` yields a slot's values, reading other slots with :meth:`read`.

    ``bounded`` holds the slots that reached the width bound; ``exhausted`` says that the total work bound was reached.
    """

    def __init__(self, compute: Callable[[Slot], Iterable[Value]]) -> None:
        self._compute = compute
        self._values: dict[Slot, Values] = {}
        self._readers: dict[Slot, dict[Slot, None]] = {}
        self._current: list[Slot] = []
        self._pending: dict[Slot, None] = {}
        self._texts: dict[Slot, int] = {}
        self._distance: dict[Slot, int] = {}
        self._cut: set[Slot] = set()
        self.work = 0
        self.exhausted = False
        self.bounded: set[Slot] = set()

    def read(self, slot: Slot, cost: int = 0) -> list[Value]:
        """The values of ``slot`` so far; the slot being computed will be recomputed when they grow. ``cost`` is added to how far the slot
        is from the question at hand."""
        distance = cost + _COSTS.get(slot[0], 0)
        if self._current:
            reader = self._current[-1]
            readers = self._readers.get(slot)
            if readers is None:
                readers = self._readers[slot] = {}
            readers[reader] = None
            distance += self._distance[reader]
            if slot in self._cut and reader not in self._cut:
                self._taint(reader)
        values = self._values.get(slot)
        if values is not None:
            if distance < self._distance[slot]:
                self._distance[slot] = distance
                if slot in self._cut:
                    self._cut.discard(slot)
                    self._pending[slot] = None
        else:
            values = self._values[slot] = {}
            self._distance[slot] = distance
            if len(self._current) < NESTING:
                self._evaluate(slot)
            else:
                self._pending[slot] = None
        return list(values)

    def too_far(self) -> bool:
        """Whether the slot being computed is too far from every question asked so far to be followed to its callers.

        It is taken up again when a nearer question needs it."""
        if not self._current:
            return False
        slot = self._current[-1]
        if self._distance[slot] <= REACH:
            return False
        self._taint(slot)
        return True

    def _taint(self, slot: Slot) -> None:
        """Remember that a slot, and what was computed from it, may lack values from further away."""
        waiting = [slot]
        while waiting:
            one = waiting.pop()
            if one not in self._cut:
                self._cut.add(one)
                waiting.extend(self._readers.get(one, _NONE))

    def solve(self, slot: Slot) -> list[Value]:
        """The final values of ``slot``."""
        self.read(slot)
        self.settle()
        return list(self._values[slot])

    def settle(self) -> None:
        """Finish all pending work."""
        while self._pending:
            self._evaluate(self._pending.popitem()[0])

    def _evaluate(self, slot: Slot) -> None:
        self._pending.pop(slot, None)
        self.work += 1
        if self.work > WORK:
            self.exhausted = True
            return
        values = self._values[slot]
        before = len(values)
        self._current.append(slot)
        try:
            for value in self._compute(slot):
                if value not in values:
                    self._add(slot, values, value)
        finally:
            self._current.pop()
        if len(values) > before:
            pending = self._pending
            for reader in self._readers.get(slot, _NONE):
                pending[reader] = None

    def _add(self, slot: Slot, values: Values, value: Value) -> None:
        if isinstance(value, Text):
            count = self._texts.get(slot, 0)
            if count >= TEXT_WIDTH:
                return
            self._texts[slot] = count + 1
        if len(values) >= WIDTH:
            self.bounded.add(slot)
            return
        values[value] = None


_NONE: dict[Slot, None] = {}
_COSTS = {"param": 1, "applied": 1}
