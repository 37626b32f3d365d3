"""The story of a change: two states of the tree are judged, each as a whole, and told apart. Only the pipeline knows the stages.

What got worse since the branch left the base blocks; what was already so is reported and does not. Where the base is trusted, its
manifests, waivers, packs and baseline rule, so that a change cannot excuse itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

from genai_policy import pipeline, states
from genai_policy.assess.alterations import Ruling, alterations
from genai_policy.assess.comparison import compared, compared_with_nothing, paired_services, with_findings
from genai_policy.assess.drift import drift
from genai_policy.assess.ownership import facts_of
from genai_policy.assess.stricter import stricter
from genai_policy.model.law import Law
from genai_policy.model.service import Service
from genai_policy.model.verdict import Finding, Verdict
from genai_policy.pipeline import Declared, Judged, Memory, Options
from genai_policy.plugins import Host, load_plugins
from genai_policy.read.past import Past, open_past, same_for_judging
from genai_policy.read.tree import Tree
from genai_policy.states import State


def check(options: Options) -> Verdict:
    """Judge ``options.root``, as a change where a base is given.

    Raises UsageProblem (exit 2) for mistakes of today, and where the base cannot be read.
    """
    if not options.diff_base and not options.trust_base:
        return pipeline.check(options)
    host = options.host or load_plugins(options.plugins)
    tree = pipeline.open_root(options)
    with ExitStack() as kept:
        own = states.today(options, host, tree)
        base = _base(own, host, tree, "--diff-base", options.diff_base, kept)
        trusted = base if options.trust_base == options.diff_base else _base(own, host, tree, "--trust-base", options.trust_base, kept)
        return _judged(own, host, tree, base, trusted if options.trust_base else None)


@dataclass(frozen=True)
class _Base:
    """Where the branch began, and what was written there."""

    past: Past
    state: State


def _base(own: State, host: Host, tree: Tree, option: str, ref: str, kept: ExitStack) -> _Base | None:
    if not ref:
        return None
    past = open_past(tree, option, ref)
    return _Base(past, states.then(own, host, past, option, kept))


def _judged(own: State, host: Host, tree: Tree, base: _Base | None, trusted: _Base | None) -> Verdict:
    """Judge today and the base, tell them apart, and add what the manifest does not know and what was altered."""
    ruling = states.ruling(own, trusted.state, host, tree, trusted.past) if trusted else own
    memory = Memory()
    now = _judge(ruling, host, tree, memory)
    if ruling is not own and _asks_for_more(own, ruling):
        promised = _judge(replace(own, declared=_bare(own), baseline={}), host, tree, memory).verdict
        now = replace(now, verdict=stricter(now.verdict, promised, ruling.waivers, ruling.baseline.keys()))
    verdict = now.verdict
    broken = [base.past.moved.get(path, path) for path in base.state.broken] if base else []
    extra: list[Finding] = []
    if base is not None:
        before = _judge_past(base, now, host, memory)
        if before is None:
            verdict = compared_with_nothing(verdict, base.past.ref, base.state.problem, broken)
        else:
            verdict = compared(verdict, before.verdict, base.past.ref, base.past.moved, base.state.problem, broken)
            extra += _drift(now, before, own, base) if before is not now else ()
    extra += _alterations(own, trusted or base, host, every=trusted is not None)
    return with_findings(verdict, extra, trusted.past.ref if trusted else "")


def _asks_for_more(own: State, ruling: State) -> bool:
    """Say whether the change makes a duty bind that did not bind before: it answers for that at once."""
    if own.declared is None or ruling.declared is None:
        return False
    before = {(s.manifest, o.id) for s, scope in pipeline.scope_of(ruling.declared) for o, a in scope if a.answer == "applies"}
    after = {(s.manifest, o.id) for s, scope in pipeline.scope_of(own.declared) for o, a in scope if a.answer == "applies"}
    return not after <= before


def _bare(own: State) -> Declared:
    assert own.declared is not None
    return replace(own.declared, waivers=())


def _judge(state: State, host: Host, tree: Tree, memory: Memory) -> Judged:
    assert state.declared is not None
    return pipeline.judge(replace(state.options, baselined=frozenset(state.baseline)), host, tree, state.declared, memory)


def _judge_past(base: _Base, now: Judged, host: Host, memory: Memory) -> Judged | None:
    """Judge the base as a whole, unless that must give what today gave. What was accepted then was unmet all the same."""
    declared = base.state.declared
    if declared is None:
        return None
    tree = pipeline.narrowed(base.past.tree, declared.services)
    if declared.services == now.declared.services and declared.law == now.declared.law and same_for_judging(tree, now.tree):
        return now
    return _judge(replace(base.state, declared=replace(declared, waivers=()), baseline={}), host, tree, memory)


def _drift(now: Judged, before: Judged, own: State, base: _Base) -> Iterator[Finding]:
    """Yield what the code shows since the base that the manifest of today does not know."""
    services = own.declared.services if own.declared else ()
    known = {file.digest for file in before.tree.files if file.digest}
    changed = frozenset(file.path for file in now.tree.files if file.digest and file.digest not in known)
    for service, then in paired_services(services, before.declared.services, base.past.moved):
        if then is not None:
            seen, past = facts_of(service, services, now.facts), facts_of(then, before.declared.services, before.facts)
            yield from drift(now.declared.law, service, then, seen, past, changed)


def _alterations(own: State, base: _Base | None, host: Host, *, every: bool) -> tuple[Finding, ...]:
    if base is None or base.state.declared is None:
        return ()
    today, then = own.declared, base.state.declared
    services = today.services if today else ()
    paired = paired_services(services, then.services, base.past.moved)
    pairs: list[tuple[Service | None, Service | None]] = [(old, new) for new, old in paired]
    kept = {old.manifest for old, _ in pairs if old is not None}
    pairs += [(old, None) for old in then.services if old.manifest not in kept]
    changed = own.options.pack_directories != base.state.options.pack_directories
    law = pipeline.load_every_pack(own.options, host) if changed else then.everything
    before = _ruling(base.state, then.services, then.law, then.everything)
    after = _ruling(own, services, then.law, law)
    return alterations(before, after, pairs, then.as_of, every=every)


def _ruling(state: State, services: tuple[Service, ...], law: Law, packs: Law) -> Ruling:
    accepted = {fingerprint: entry.obligation for fingerprint, entry in state.baseline.items()}
    return Ruling(services, law, packs, state.waivers, accepted, state.folders)
