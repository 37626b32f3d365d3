"""Verdict → the numbers and orders that every format shares, so that no two formats count differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from genai_policy.model.verdict import Finding, ObligationOutcome, ServiceOutcome, Verdict

EXIT_CODES = {"open": 0, "closed": 1, "inconclusive": 3}
OUTCOMES = ("satisfied", "unmet", "undetermined", "not-applicable")
SEVERITIES = ("error", "warning", "note")


def counts(verdict: Verdict) -> dict[str, Any]:
    """Return how many duties had each outcome, how many findings had each status and severity, and how many gaps there are.

    ``findings`` counts by severity whatever the status; ``review`` counts duties that nobody has settled as applying or not.
    """
    duties = [duty for _, duty in all_duties(verdict)]
    outcomes = Counter(duty.outcome for duty in duties)
    severities = Counter(finding.severity for finding in verdict.findings)
    statuses = Counter(finding.status for finding in verdict.findings)
    return {
        **{outcome: outcomes[outcome] for outcome in OUTCOMES},  # type: ignore[index]
        "review": sum(duty.applicability.answer == "review" for duty in duties),
        "new": statuses["new"],
        "baselined": statuses["baselined"],
        "waived": statuses["waived"],
        "gaps": len(verdict.gaps),
        "findings": {severity: severities[severity] for severity in SEVERITIES},  # type: ignore[index]
    }


def all_duties(verdict: Verdict) -> Iterator[tuple[ServiceOutcome, ObligationOutcome]]:
    """Yield every duty of every service (not the gate rules)."""
    for service in verdict.services:
        for duty in service.obligations:
            yield service, duty


def by_weight(findings: tuple[Finding, ...]) -> list[Finding]:
    """Return ``findings`` with those that block first, then by severity, those with a path through the code before claims that are
    missing, and else in the verdict's own order."""
    return sorted(findings, key=lambda finding: (finding.status != "new", SEVERITIES.index(finding.severity), not finding.hops))


def exit_code(verdict: Verdict) -> int:
    """Return the exit code that the gate asks for."""
    return EXIT_CODES[verdict.gate]
