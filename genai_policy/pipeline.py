"""The story of a run. This is the only module that knows the order of the stages.

declared text -> services and law; files -> facts; facts + services + law -> evidence -> outcomes -> verdict.
Reports are written from the verdict by the caller.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import msgspec

from genai_policy.assess.claims import claims_of
from genai_policy.assess.clocks import clock_notes, clocks_of
from genai_policy.assess.evidence.forbidden import rules_asked_for
from genai_policy.assess.nearness import placed_on_paths
from genai_policy.assess.outlook import turns_of
from genai_policy.assess.ownership import facts_of, uncovered
from genai_policy.assess.scope import assess_scope, soft_law_notes
from genai_policy.assess.verdict import Asked, decide, outcomes
from genai_policy.errors import ManifestError, UsageProblem, WaiverError
from genai_policy.load.baseline import BASELINE_FILE, read_baseline
from genai_policy.load.calendars import working_calendar
from genai_policy.load.manifest import MANIFEST_FILE, load_services
from genai_policy.load.packs import load_law
from genai_policy.load.waivers import WAIVERS_FILE, Sources, load_every_waiver
from genai_policy.model.code import CodeFacts, Gap
from genai_policy.model.ir import FileIR
from genai_policy.model.law import Law, Obligation, Pack
from genai_policy.model.message import Message
from genai_policy.model.outlook import Outlook, Turn
from genai_policy.model.service import Service, Waiver
from genai_policy.model.verdict import Applicability, Evidence, FactIndex, GateName, Ledger, ObligationOutcome, Verdict
from genai_policy.plugins import Host, load_plugins
from genai_policy.read.answers import KeptAnswers
from genai_policy.read.authors import Author, authors_of
from genai_policy.read.cache import Cache, open_cache
from genai_policy.read.code import read_code
from genai_policy.read.comments import Comment, comments_to_us
from genai_policy.read.ends import End, loose_ends
from genai_policy.read.materials import read_materials
from genai_policy.read.program import link_files
from genai_policy.read.project_texts import read_project_texts
from genai_policy.read.rules import RuleRun, run_rules
from genai_policy.read.tree import Tree, list_tree, open_tree

Progress = Callable[[str, int, int], None]
Scope = tuple[tuple[Obligation, Applicability], ...]
Scopes = tuple[tuple[Service, Scope], ...]


def _silent(stage: str, done: int, total: int) -> None:
    del stage, done, total


@dataclass(frozen=True)
class Options:
    """What a run is asked. ``today`` is the only clock: the caller reads it, and it counts only where neither ``as_of`` nor a manifest
    gives a date. ``jobs`` is the number of processes that read code (0: as many as there are cores). ``staged`` judges what the next commit
    would hold (the index of git) and not the working tree. ``diff_base`` and ``trust_base`` are for :func:`genai_policy.change.check`.
    ``host`` holds the plugins where the caller has loaded them already."""

    root: Path
    today: dt.date
    as_of: dt.date | None = None
    gate: GateName | None = None
    packs: tuple[str, ...] | None = None
    plugins: tuple[str, ...] = ()
    pack_directories: tuple[Path, ...] = ()
    baselined: frozenset[str] | None = None
    waived: tuple[Waiver, ...] | None = None
    cache: bool = True
    jobs: int = 0
    staged: bool = False
    diff_base: str = ""
    trust_base: str = ""
    progress: Progress = field(default=_silent, compare=False)
    host: Host | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Written:
    """Where manifests and waivers lie: the scanned tree, as a rule."""

    read: Callable[[str], bytes]
    manifests: tuple[str, ...]
    waivers: bool
    comments: tuple[Comment, ...] = ()
    authors: Callable[[str, Sequence[str]], Sequence[Sequence[Author]]] | None = None


@dataclass(frozen=True)
class Declared:
    """What people wrote: the services and the law that is asked of them on one date."""

    services: tuple[Service, ...]
    law: Law
    waivers: tuple[Waiver, ...]
    as_of: dt.date
    other_rules: tuple[Path, ...] = ()
    """Rule files of the packs that were not chosen: controls are shared, so an obligation of one pack may ask for a rule of another."""
    everything: Law = field(default_factory=Law)
    """All packs, chosen or not."""


@dataclass(frozen=True)
class Memory:
    """What this process has worked out already, by content: files that were lowered, and the rules' answers."""

    lowered: dict[str, FileIR] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """What the tree shows."""

    code: CodeFacts
    read: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Judged:
    """A verdict, and what it was given on."""

    verdict: Verdict
    declared: Declared
    tree: Tree
    facts: FactIndex


def check(options: Options) -> Verdict:
    """Judge every service below ``options.root``.

    Raises UsageProblem (exit 2) listing every mistake of manifest, packs, waivers or plugins.
    """
    host = options.host or load_plugins(options.plugins)
    tree = open_root(options)
    return judge(options, host, tree, load_declared(options, host, written_in(tree))).verdict


def judge(options: Options, host: Host, tree: Tree, declared: Declared, memory: Memory | None = None) -> Judged:
    """Judge what ``declared`` says of ``tree``. ``memory`` spares work where another state of the tree was judged before."""
    memory = memory or Memory()
    tree = narrowed(tree, declared.services)
    scopes = scope_of(declared)
    seen = read_program(options, host, tree, declared.services, memory.lowered)
    rules = run_pack_rules(options, tree, declared, memory.answers)
    facts, unread = gather(tree, declared.services, seen, rules, keep=options.cache)
    asked, crashes = collect(host, declared, scopes, facts)
    verdict = decide(
        law=declared.law,
        scopes=scopes,
        asked=asked,
        waivers=declared.waivers,
        baseline=options.baselined if options.baselined is not None else read_baseline(tree.read, BASELINE_FILE),
        gaps=(*seen.gaps, *rules.gaps, *unread, *crashes, *uncovered(seen.code, declared.services)),
        ledger=ledger_of(tree, seen, rules),
        as_of=declared.as_of,
        gate=gate_of(options, declared.services),
    )
    notes = (*verdict.notes, *clocks_running(declared, scopes), *soft_law_notes(declared.law, scopes))
    verdict = msgspec.structs.replace(verdict, notes=notes)
    return Judged(verdict, declared, tree, facts)


def upcoming(options: Options, until: dt.date | None = None) -> Outlook:
    """Say what begins or ends to bind after the day of judgement, up to ``until``, and what today's tree lacks for it."""
    host = load_plugins(options.plugins)
    tree = open_root(options)
    declared = load_declared(options, host, written_in(tree))
    turns = [turn for s in declared.services for turn in turns_of(declared.law, s, declared.as_of, until)]
    outcomes = outcomes_of(options, host, narrowed(tree, declared.services), declared, turns) if turns else {}
    judged = [msgspec.structs.replace(t, outcome=outcomes.get((t.service.manifest, t.obligation.id, t.day))) for t in turns]
    clocks = tuple(clocks_running(declared, scope_of(declared)))
    return Outlook(declared.as_of, until, declared.law, tuple(sorted(judged, key=lambda t: (t.day, t.service.manifest))), clocks)


def scope(options: Options) -> tuple[Declared, dict[str, Scope]]:
    """Say which obligations bind each service, without reading any code. Keys are manifest paths."""
    host = load_plugins(options.plugins)
    declared = load_declared(options, host, written_in(open_root(options)))
    return declared, {s.manifest: found for s, found in scope_of(declared)}


def validate(options: Options) -> tuple[Declared, tuple[End, ...]]:
    """Check what people wrote (manifests, waivers, baseline) and that what it names is there; reads no code.

    Raises UsageProblem with every mistake of shape; returns the claims that lead nowhere.
    """
    host = load_plugins(options.plugins)
    tree = list_tree(options.root, staged=options.staged)
    problems: list[UsageProblem] = []
    try:
        read_baseline(tree.read, BASELINE_FILE)
    except WaiverError as problem:
        problems.append(problem)
    try:
        declared = load_declared(options, host, written_in(tree))
    except UsageProblem as problem:
        problems.append(problem)
    if problems:
        raise UsageProblem([mistake for problem in problems for mistake in problem.mistakes])
    return declared, loose_ends(tree, declared.services)


def facts(options: Options) -> tuple[CodeFacts, Ledger]:
    """Say what the code shows. Needs no manifest; declared links count where there is one."""
    host = load_plugins(options.plugins)
    tree = open_root(options)
    manifests = manifests_in(tree)
    services = load_services(tree.read, manifests, None, root_name=options.root.resolve().name) if manifests else ()
    tree = narrowed(tree, services)
    seen = read_program(options, host, tree, services)
    return msgspec.structs.replace(seen.code, gaps=seen.gaps), ledger_of(tree, seen, None)


def law(options: Options) -> Law:
    """Load all packs, whatever a manifest chooses."""
    return load_every_pack(options, load_plugins(options.plugins))


def law_of_pack(folder: Path, plugins: Sequence[str]) -> Law:
    """Load the packs that lie beside ``folder``: with the controls there where it brings its own, else over the shipped packs."""
    host = load_plugins(tuple(plugins))
    beside = folder.parent
    own = (beside,) if (beside / "controls").is_dir() else (*host.pack_directories(), beside)
    return load_law(own, host.evidence_kinds())


# ---- the stages, each told once ------------------------------------------------------------------------------------------


def open_root(options: Options) -> Tree:
    """Enumerate the files below the root."""
    if not options.root.is_dir():
        raise UsageProblem(f"{options.root} is not a directory; give the root of the repository to judge")
    options.progress("files", 0, 0)
    return open_tree(options.root, staged=options.staged)


def manifests_in(tree: Tree) -> tuple[str, ...]:
    """Return the service manifests of the tree, those in test, example or vendored folders left out."""
    return tuple(f.path for f in tree.files if f.path.rpartition("/")[2] == MANIFEST_FILE and not f.left_out)


def written_in(tree: Tree) -> Written:
    """Return where the tree itself holds what people wrote."""
    return Written(tree.read, manifests_in(tree), tree.has(WAIVERS_FILE), comments_to_us(tree), partial(authors_of, tree.root))


def load_declared(options: Options, host: Host, written: Written, everything: Law | None = None) -> Declared:
    """Read manifests, packs (unless ``everything`` holds them) and waivers; raises with the mistakes of all of them."""
    if not written.manifests:
        raise UsageProblem(_nothing_to_judge(options))
    everything = everything or load_every_pack(options, host)
    services = load_services(
        written.read,
        written.manifests,
        everything.controls,
        obligations=[o.id for p in everything.packs for o in p.obligations],
        packs=[p.id for p in everything.packs],
        root_name=options.root.resolve().name,
    )
    as_of = date_of(options, services)
    chosen = choose_packs(everything, options, services)
    if options.waived is None:
        sources = Sources(written.read, has_file=written.waivers, comments=written.comments, authors=written.authors)
        waivers = load_every_waiver(sources, everything, services, as_of)
    else:
        waivers = options.waived
    others = tuple(p for p in everything.packs if p.id not in {c.id for c in chosen.packs})
    return Declared(services, chosen, waivers, as_of, rule_files_of(others), everything)


def _nothing_to_judge(options: Options) -> str:
    if options.staged and (options.root / MANIFEST_FILE).is_file():
        return f"nothing to judge: {options.root / MANIFEST_FILE} is not staged; `git add` it"
    return f"nothing to judge: no {MANIFEST_FILE} below {options.root}; run `genai-policy init {options.root}` to draft one from the code"


def load_every_pack(options: Options, host: Host) -> Law:
    """Load the packs of all plugins and of the directories that the caller names."""
    with open_cache() if options.cache else nullcontext() as store:
        return load_law((*host.pack_directories(), *options.pack_directories), host.evidence_kinds(), None, store)


def date_of(options: Options, services: Sequence[Service]) -> dt.date:
    """Return the date whose law is asked: the option, else the manifests' ``policy.as-of`` (which must agree), else today."""
    if options.as_of:
        return options.as_of
    declared = {s.policy.as_of: s.manifest for s in services if s.policy.as_of}
    if len(declared) > 1:
        raise ManifestError(f"policy.as-of differs between {', '.join(sorted(declared.values()))}; use one date or give --as-of")
    return next(iter(declared), None) or options.today


def gate_of(options: Options, services: Sequence[Service]) -> GateName:
    """Return the gate: the option, else the manifests' choice, else the pull-request gate."""
    named = sorted({s.policy.gate for s in services if s.policy.gate})
    if options.gate is None and len(named) > 1:
        raise ManifestError(f"policy.gate differs between the manifests ({', '.join(named)}); use one or give --gate")
    return options.gate or cast(GateName, named[0] if named else "pull-request")


def choose_packs(everything: Law, options: Options, services: Sequence[Service]) -> Law:
    """Keep the packs that the caller or the manifests name; drafts never gate."""
    named = set(options.packs or ()) or {p for s in services for p in s.policy.packs or ()}
    unknown = sorted(named - {p.id for p in everything.packs})
    if unknown:
        known = ", ".join(p.id for p in everything.packs)
        raise UsageProblem(f"no pack named {', '.join(unknown)}; known packs: {known}")
    packs = tuple(p for p in everything.packs if (p.id in named if named else p.status != "draft"))
    return msgspec.structs.replace(everything, packs=packs)


def narrowed(tree: Tree, services: Sequence[Service]) -> Tree:
    """Apply the manifests' ``policy.include`` and ``policy.exclude`` to the file classes."""
    return tree.reclassified(
        include=[f"{s.root}/{g}".lstrip("/") for s in services for g in s.policy.include],
        exclude=[f"{s.root}/{g}".lstrip("/") for s in services for g in s.policy.exclude],
    )


def scope_of(declared: Declared) -> Scopes:
    """Decide, per service, which obligations bind."""
    return tuple((s, assess_scope(declared.law, s, declared.as_of)) for s in declared.services)


def read_program(
    options: Options, host: Host, tree: Tree, services: Sequence[Service], lowered: dict[str, FileIR] | None = None
) -> Seen:
    """Read the code files, those that are not ``lowered`` yet, and link them into one program."""
    cache: Cache | None = open_cache() if options.cache else None
    jobs = options.jobs or os.cpu_count() or 1
    files, unread = read_code(tree, host.readers(), cache=cache, jobs=jobs, progress=options.progress, known=lowered)
    options.progress("link", 0, 0)
    links = [link for s in services for link in s.links]
    code = link_files(files, tree, host.catalogues(), read_project_texts(tree), links, cache=cache, jobs=jobs)
    return Seen(code, len(files), (*placed_on_paths(unread, code, files), *code.gaps))


def run_pack_rules(options: Options, tree: Tree, declared: Declared, known: dict[str, Any] | None = None) -> RuleRun:
    """Look for what must not be in the code: by the rules of the chosen packs, and by those of others that their obligations ask for."""
    options.progress("rules", 0, 0)
    cache: Cache | None = open_cache() if options.cache else None
    own = rule_files_of(declared.law.packs)
    return run_rules(tree, own, others=declared.other_rules, wanted=rules_asked_for(declared.law), cache=cache, known=known)


def rule_files_of(packs: Sequence[Pack]) -> tuple[Path, ...]:
    """Return the rule files of the packs."""
    return tuple(Path(pack.directory) / name for pack in packs for name in pack.rules)


def gather(
    tree: Tree, services: Sequence[Service], seen: Seen, rules: RuleRun, *, keep: bool = False
) -> tuple[FactIndex, tuple[Gap, ...]]:
    """Bring together all that evidence may stand on, and say which pages could not be read."""
    materials = read_materials(tree, services)
    index = FactIndex(
        code=seen.code,
        files=frozenset(f.path for f in tree.files if not f.left_out),
        left_out={f.path: f.left_out for f in tree.files if f.left_out},
        texts=materials.texts,
        settings=materials.settings,
        tables=materials.tables,
        problems=materials.problems,
        matches=rules.matches,
        rules_run=rules.run,
        rules_missed=rules.missed,
        answers=KeptAnswers() if keep else None,
    )
    return index, materials.gaps


def clocks_running(declared: Declared, scopes: Scopes) -> Iterator[Message]:
    """Yield what is due by working days, or was late, under the duties that bind or may bind."""
    if not any(s.facts.get(clock.start) for s, _ in scopes for clock in clocks_of(declared.law)):
        return
    calendar = working_calendar()
    for service, scope in scopes:
        binding = {obligation.id for obligation, found in scope if found.answer != "does-not-apply"}
        yield from clock_notes(declared.law, service, binding, calendar, declared.as_of)


def outcomes_of(
    options: Options, host: Host, tree: Tree, declared: Declared, turns: Sequence[Turn]
) -> dict[tuple[str, str, dt.date], ObligationOutcome]:
    """Judge what begins to bind, each on its day; the tree is read once. Keys are manifest, obligation and day."""
    seen = read_program(options, host, tree, declared.services)
    rules = run_pack_rules(options, tree, declared)
    facts, _ = gather(tree, declared.services, seen, rules, keep=options.cache)
    found: dict[tuple[str, str, dt.date], ObligationOutcome] = {}
    for day in sorted({turn.day for turn in turns}):
        scopes: Scopes = tuple(
            (s, tuple((t.obligation, t.after) for t in turns if t.service is s and t.day == day)) for s in declared.services
        )
        asked, _ = collect(host, replace(declared, as_of=day), scopes, facts)
        for judged in outcomes(declared.law, scopes, asked):
            for outcome in (*judged.obligations, *judged.gates):
                if outcome.outcome != "not-applicable":
                    found[judged.service.manifest, outcome.id, day] = outcome
    return found


def ledger_of(tree: Tree, seen: Seen, rules: RuleRun | None) -> Ledger:
    """Count every file: read, or left out with its reason."""
    reasons = Counter(f.left_out for f in tree.files if f.left_out)
    return Ledger(
        enumerated=len(tree.files),
        read=seen.read,
        left_out=tuple(sorted(reasons.items())),
        rules_run=rules.run if rules else (),
        rules_skipped=rules.skipped if rules else (),
    )


def collect(host: Host, declared: Declared, scopes: Scopes, facts: FactIndex) -> tuple[tuple[Asked, ...], tuple[Gap, ...]]:
    """Ask every evidence plugin about every claim. Obligations that require the same control alike share one answer."""
    asked: list[Asked] = []
    gaps: list[Gap] = []
    for service, scope in scopes:
        own = facts_of(service, declared.services, facts)
        answered: dict[str, tuple[Evidence, ...]] = {}
        for obligation, claim in claims_of(declared.law, service, scope, declared.as_of):
            same = f"{claim.control.id} {claim.params!r}"
            if same not in answered:
                answered[same], crashes = host.collect_evidence(claim, own)
                gaps.extend(crashes)
            asked.append(Asked(obligation.id, claim, answered[same]))
    return tuple(asked), tuple(gaps)
