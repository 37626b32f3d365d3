"""A draft → the finished text of genai-service.toml: with the claims that the check finds proven, and the packs that can concern it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from genai_policy.cli.draft_toml import draft_text
from genai_policy.cli.drafting import Candidate, Claim, Draft

if TYPE_CHECKING:
    from genai_policy.model import Service, Verdict
    from genai_policy.pipeline import Options
    from genai_policy.plugins import Host
    from genai_policy.read.tree import Tree

#: So many candidates of a control are tried each by itself before all are tried together.
ONE_BY_ONE = 3


def finished(draft: Draft, options: Options) -> str:
    """Return the manifest's text. Nothing is written: the claims are tried on the tree as if the manifest lay there."""
    from genai_policy import pipeline
    from genai_policy.load.manifest import MANIFEST_FILE, load_services, manifest_schema
    from genai_policy.plugins import load_plugins

    schema = manifest_schema()
    host = load_plugins(options.plugins)
    tree = pipeline.open_root(options)
    plain = draft_text(draft, schema)
    (service,) = load_services(lambda _: plain.encode(), [MANIFEST_FILE], None)
    packs = _packs(options, host, service)
    proven: dict[str, Claim] = {}
    for rank in (*range(ONE_BY_ONE), None):
        trial = _trial(draft, rank, proven)
        if trial:
            proven |= _proven(_judged(draft_text(draft, schema, claimed=trial), options, host, tree), trial)
    text = draft_text(draft, schema, claimed=proven, packs=packs, packs_decided="service.regions" in draft.facts)
    load_services(lambda _: text.encode(), [MANIFEST_FILE], None)
    return text


def _packs(options: Options, host: Host, service: Service) -> list[str]:
    """Return the packs of which at least one duty is not ruled out by what is known."""
    from genai_policy import pipeline
    from genai_policy.assess.scope import assess_scope

    law = pipeline.choose_packs(pipeline.load_every_pack(options, host), options, [service])
    possible = {obligation.pack for obligation, found in assess_scope(law, service, options.today) if found.answer != "does-not-apply"}
    return sorted(possible)


def _trial(draft: Draft, rank: int | None, proven: Collection[str]) -> dict[str, Claim]:
    """Return what to try next for each control that is not proven yet: its candidate of that rank or, at last, all of one kind together."""
    by_control: dict[str, list[Candidate]] = {}
    for candidate in draft.candidates:
        by_control.setdefault(candidate.control, []).append(candidate)
    trial: dict[str, Claim] = {}
    for control, found in by_control.items():
        alike = [candidate for candidate in found if candidate.kind == found[0].kind]
        claim = tuple(alike) if rank is None else tuple(found[rank : rank + 1])
        if control not in proven and len(claim) > (rank is None):
            trial[control] = claim
    return trial


def _judged(text: str, options: Options, host: Host, tree: Tree) -> Verdict:
    from genai_policy import pipeline
    from genai_policy.load.manifest import MANIFEST_FILE

    def read(path: str) -> bytes:
        return text.encode() if path == MANIFEST_FILE else tree.read(path)

    asked = replace(options, baselined=frozenset(), waived=())
    declared = pipeline.load_declared(asked, host, pipeline.Written(read, (MANIFEST_FILE,), waivers=False))
    return pipeline.judge(asked, host, tree, declared).verdict


def _proven(verdict: Verdict, trial: dict[str, Claim]) -> dict[str, Claim]:
    outcomes: dict[str, set[str]] = {}
    for service in verdict.services:
        for duty in (*service.obligations, *service.gates):
            for control in duty.controls:
                outcomes.setdefault(control.id, set()).add(control.outcome)
    return {control: claim for control, claim in trial.items() if outcomes.get(control) == {"satisfied"}}
