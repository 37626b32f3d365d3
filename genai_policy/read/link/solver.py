"""A small demand-driven fixpoint: slots hold growing value sets and are recomputed when what they read has grown.

Every slot's equation is monotone, so the result is the least solution whatever the order; bounds on width make it finite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from genai_policy.read.link.values import Text, Value, Values

Slot = tuple[Any, ...]

WIDTH = 96
TEXT_WIDTH = 24
NESTING = 28
WORK = 1_500_000


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
        self.work = 0
        self.exhausted = False
        self.bounded: set[Slot] = set()

    def read(self, slot: Slot) -> list[Value]:
        """The values of ``slot`` so far; the slot being computed will be recomputed when they grow."""
        if self._current:
            readers = self._readers.get(slot)
            if readers is None:
                readers = self._readers[slot] = {}
            readers[self._current[-1]] = None
        values = self._values.get(slot)
        if values is None:
            values = self._values[slot] = {}
            if len(self._current) < NESTING:
                self._evaluate(slot)
            else:
                self._pending[slot] = None
        return list(values)

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
