"""What a change brings into the code that the manifest does not know: a model host, a modality, a way to sign up.

The checks are data beside the packs (``drift.toml``, documented there).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from genai_policy.assess.conditions import evaluate
from genai_policy.assess.evidence.contradiction import condition, shown
from genai_policy.assess.findings import change_finding
from genai_policy.model.code import Place
from genai_policy.model.law import Law
from genai_policy.model.message import Message
from genai_policy.model.service import Service
from genai_policy.model.verdict import FactIndex, Finding, Severity

#: Findings of one check; the others of the same check say nothing else.
MAX_FOUND = 20


def drift(law: Law, now: Service, before: Service, seen: FactIndex, past: FactIndex, changed: Collection[str]) -> Iterator[Finding]:
    """Yield what ``seen`` shows of the service, ``past`` did not, and neither its manifest nor a change of it knows.

    ``changed`` are the files of today with a content that is new: nothing is written in another that was not before.
    """
    functions = {name: node for name, node in seen.code.functions.items() if node.file in changed}
    seen = replace(seen, code=replace(seen.code, functions=functions))
    told: dict[tuple[str, ...], set[str]] = {}
    for check in law.shared.get("drift", {}).get("check", ()):
        severity = _severity(check, now, before)
        if severity is None:
            continue
        files = told.setdefault(_facts(check), set())
        fresh = _fresh(check, seen, past, files)
        for matter, places in list(fresh.items())[:MAX_FOUND]:
            yield _finding(check, severity, now, matter, places)
        # a new SDK is a new host and a new supplier too: one finding says it
        files.update(place.file for places in fresh.values() for place in places)


def _severity(check: Mapping[str, Any], now: Service, before: Service) -> Severity | None:
    """Return how much it weighs that the manifest does not know; None where it does, or a change of it may say so."""
    if "known" not in check:
        changed = any(now.facts.get(fact) != before.facts.get(fact) for fact in _facts(check))
        return None if changed else "warning"
    answer = evaluate(condition(check["known"]), now, Law()).answer
    if answer == "yes":
        return None
    # of a fact that nobody declared nothing was concluded
    return "error" if answer == "no" and check.get("severity") == "error" else "warning"


def _fresh(check: Mapping[str, Any], seen: FactIndex, past: FactIndex, told: Collection[str]) -> dict[str, list[Place]]:
    shows: dict[str, list[Place]] = {}
    for matter, place in _found(check, seen):
        if place.file not in told:
            shows.setdefault(matter, []).append(place)
    # most changes show nothing that a check looks for: then the past need not be looked through
    old = {matter for matter, _ in _found(check, past)} if shows else set()
    return {matter: places for matter, places in shows.items() if matter not in old}


def _found(check: Mapping[str, Any], facts: FactIndex) -> Iterator[tuple[str, Place]]:
    if check.get("providers"):
        yield from _providers(facts)
    yield from shown(check, facts)


def _providers(facts: FactIndex) -> Iterator[tuple[str, Place]]:
    for site in facts.code.sites:
        if site.provider not in ("", "unknown") and site.certainty == "certain":
            yield site.provider, Place(site.file, site.line)


def _finding(check: Mapping[str, Any], severity: Severity, service: Service, matter: str, places: Sequence[Place]) -> Finding:
    facts = _facts(check)
    args = {"what": matter, "file": places[0].file, "facts": ", ".join(facts), "manifest": service.manifest}
    where = tuple(dict.fromkeys([*places, *(service.place_of(fact) for fact in facts)]))
    name = str(check.get("id"))
    return change_finding(service, f"change/{name}", "", severity, Message(f"drift.{name}", args), where, (), matter)


def _facts(check: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(map(str, check.get("declared-by", ())))
