"""Findings → causes: one missing hook can leave the duties of several instruments unmet, and a person wants to be told once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from genai_policy.model import Finding

#: Findings that say the same of the same places, in the order given; the first is told, the others are named beside it.
Cause: TypeAlias = list[Finding]


def causes(findings: Iterable[Finding]) -> list[Cause]:
    """Bring together the findings with the same cause, in the order in which the causes come first."""
    same: dict[tuple[object, ...], Cause] = {}
    for finding in findings:
        args = tuple(sorted(finding.message.args.items()))
        same.setdefault((finding.service, finding.control, finding.message.code, args, finding.places, finding.status), []).append(finding)
    return list(same.values())
