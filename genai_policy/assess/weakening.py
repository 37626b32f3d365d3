"""In which ways one state of an obligation asks for less than another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from genai_policy.model.law import Obligation

_FORCE = {"advisory": 0, "recommended": 1, "mandatory": 2}
_SEVERITY = {"": 0, "note": 0, "warning": 1, "error": 2}
_STRENGTH = {"presence": 0, "attest": 0, "record": 1, "wiring": 2, "test": 2}


def weakened(before: Obligation, after: Obligation) -> tuple[str, ...]:
    """Return the fields that ask for less, or that may: of another condition nobody can say that it binds as many."""
    return tuple(name for name, milder in _MILDER.items() if milder(before, after))


def _fewer_controls(before: Obligation, after: Obligation) -> bool:
    now = {r.control: r for r in after.requires}
    for required in before.requires:
        kept = now.get(required.control)
        if kept is None or kept.when != required.when or not _same_params(required.params, kept.params):
            return True
    return False


def _same_params(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return {kind: dict(params) for kind, params in before.items()} == {kind: dict(params) for kind, params in after.items()}


_MILDER: Mapping[str, Callable[[Obligation, Obligation], bool]] = {
    "force": lambda b, a: _FORCE[a.force] < _FORCE[b.force],
    "in-force": lambda b, a: a.in_force > b.in_force,
    "until": lambda b, a: a.until is not None and (b.until is None or a.until < b.until),
    "applies-when": lambda b, a: a.applies_when != b.applies_when,
    "contested-when": lambda b, a: a.contested_when != b.contested_when,
    "on-unknown": lambda b, a: (b.on_unknown, a.on_unknown) == ("applies", "review"),
    "requires": _fewer_controls,
    "strength": lambda b, a: _STRENGTH.get(a.strength, 0) < _STRENGTH.get(b.strength, 0),
    "waivable": lambda b, a: a.waivable and not b.waivable,
    "lifecycle": lambda b, a: a.lifecycle == "preview" != b.lifecycle,
    "severity": lambda b, a: _SEVERITY.get(a.severity, 0) < _SEVERITY.get(b.severity, 0),
}
