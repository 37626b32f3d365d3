"""What differs between two packs, or between two states of one."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from genai_policy.model.law import Obligation, Pack


class Change(Struct, frozen=True):
    """One field of an obligation that is not the same: its values before and after (as the model has them)."""

    field: Literal["role", "force", "in-force", "until", "clause", "duty", "applies-when", "on-unknown", "requires", "strength", "reading"]
    before: Any
    after: Any


class Changed(Struct, frozen=True):
    """The same obligation in both packs, or one and what took its place."""

    before: Obligation
    after: Obligation
    changes: tuple[Change, ...]


class Difference(Struct, frozen=True):
    """``dropped`` stand only in ``before``, ``added`` only in ``after``; ``same`` counts those that are alike."""

    before: Pack
    after: Pack
    dropped: tuple[Obligation, ...]
    added: tuple[Obligation, ...]
    changed: tuple[Changed, ...]
    same: int
