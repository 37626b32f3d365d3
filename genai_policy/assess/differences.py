"""Two packs -> what differs: obligations that only one has, and those that ask for something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from genai_policy.model.difference import Change, Changed, Difference
from genai_policy.model.law import Obligation, Pack

_FIELDS: dict[Any, Callable[[Obligation], Any]] = {
    "role": lambda o: o.role,
    "force": lambda o: o.force,
    "in-force": lambda o: o.in_force,
    "until": lambda o: o.until,
    "clause": lambda o: o.clause,
    "duty": lambda o: o.duty,
    "applies-when": lambda o: o.applies_when,
    "on-unknown": lambda o: o.on_unknown,
    "requires": lambda o: o.requires,
    "strength": lambda o: o.strength,
    "reading": lambda o: (o.reading.status, o.reading.confidence),
}


def difference(before: Pack, after: Pack) -> Difference:
    """Compare two packs. Obligations belong together that have the same name, or of which one says that the other took its place."""
    pairs = list(_pairs(before, after))
    left = {first.id for first, _ in pairs}
    right = {second.id for _, second in pairs}
    # a draft has no days of its own: it was never in force
    dateless = "draft" in (before.status, after.status)
    changed = [Changed(first, second, tuple(_changes(first, second, dateless))) for first, second in pairs]
    return Difference(
        before,
        after,
        tuple(o for o in before.obligations if o.id not in left),
        tuple(o for o in after.obligations if o.id not in right),
        tuple(c for c in changed if c.changes),
        sum(not c.changes for c in changed),
    )


def _pairs(before: Pack, after: Pack) -> Iterator[tuple[Obligation, Obligation]]:
    by_name = {_name(o): o for o in after.obligations}
    by_id = {o.id: o for o in after.obligations}
    claimed = {o.replaced_by: o for o in after.obligations if o.replaced_by}
    for first in before.obligations:
        second = by_id.get(first.replaced_by) or claimed.get(first.id) or by_name.get(_name(first))
        if second is not None:
            yield first, second


def _changes(first: Obligation, second: Obligation, dateless: bool) -> Iterator[Change]:
    for field, value in _FIELDS.items():
        if dateless and field in ("in-force", "until"):
            continue
        if value(first) != value(second):
            yield Change(field, value(first), value(second))


def _name(obligation: Obligation) -> str:
    return obligation.id.partition("/")[2]
