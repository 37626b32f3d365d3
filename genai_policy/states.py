"""What people wrote in one state of the tree, today's or one of the past: manifests, waivers, baseline, and the packs beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from genai_policy import pipeline
from genai_policy.assess.following import following
from genai_policy.errors import ManifestError, UsageProblem
from genai_policy.load.baseline import Entry, read_entries
from genai_policy.model.code import Place
from genai_policy.model.service import Waiver
from genai_policy.pipeline import Declared, Options, Written
from genai_policy.plugins import Host
from genai_policy.read.past import Past, directory_of_then
from genai_policy.read.tree import Tree


@dataclass(frozen=True)
class State:
    """What people wrote. ``options`` lead to the packs of this state. ``problem`` says why there is nothing, or not all, to go by:
    ``broken`` are the manifests that could not be used."""

    options: Options
    declared: Declared | None
    waivers: tuple[Waiver, ...] = ()
    baseline: Mapping[str, Entry] = msgspec.field(default_factory=dict)
    problem: str = ""
    broken: tuple[str, ...] = ()
    folders: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Where the packs' directories lie below the root, by the names that the packs have for them."""


def today(options: Options, host: Host, tree: Tree) -> State:
    """Return what is written today; raises with every mistake in it."""
    written = pipeline.written_in(tree)
    baseline = read_entries(tree.read)
    if not written.manifests and options.trust_base:
        return State(options, None, (), baseline, folders=_folders(options, options.pack_directories))
    declared = pipeline.load_declared(options, host, written)
    return State(options, declared, declared.waivers, baseline, folders=_folders(options, options.pack_directories))


def then(options: Options, host: Host, past: Past, option: str, kept: ExitStack) -> State:
    """Return what was written at ``past``. Mistakes of then are no mistakes of today: a manifest that cannot be used is left out, and so
    are waivers and a baseline with mistakes."""
    folder = Path(kept.enter_context(TemporaryDirectory(prefix="genai-policy-packs-"))) if options.pack_directories else Path()
    packs = [directory_of_then(d, past, folder / str(n), option) for n, d in enumerate(options.pack_directories)]
    folders = _folders(options, packs)
    options = replace(options, pack_directories=tuple(directory for directory in packs if directory is not None))
    declared, problem = _declared_then(options, host, past.tree)
    baseline: Mapping[str, Entry] = {}
    with suppress(UsageProblem):
        baseline = read_entries(past.tree.read)
    waivers = _waivers_then(options, host, past.tree, declared) if declared else ()
    usable = {service.manifest for service in declared.services} if declared else set()
    broken = tuple(path for path in pipeline.manifests_in(past.tree) if path not in usable)
    return State(options, declared, waivers, baseline, problem, broken, folders)


def ruling(own: State, trusted: State, host: Host, tree: Tree, past: Past) -> State:
    """Return what rules where the past is trusted: its manifests and packs, and of waivers and baseline what was there and still is.

    A manifest of today counts where no manifest of then holds its folder: it takes nothing away from what ruled before.
    Raises UsageProblem where what was written then cannot be used.
    """
    if trusted.broken:
        raise UsageProblem(f"--trust-base: what {past.ref} holds cannot rule: {trusted.problem}")
    lies = {past.moved.get(path, path): path for path in pipeline.manifests_in(past.tree)}
    folders = [path.rpartition("/")[0] for path in lies]
    fresh = [path for path in pipeline.manifests_in(tree) if path not in lies and not any(_inside(path, folder) for folder in folders)]

    def read(path: str) -> bytes:
        return past.tree.read(lies[path]) if path in lies else tree.read(path)

    declared = pipeline.load_declared(trusted.options, host, Written(read, tuple(sorted([*lies, *fresh])), waivers=False))
    services = tuple(following(service, past.moved) if service.manifest in lies else service for service in declared.services)
    known = {_unplaced(waiver) for waiver in trusted.waivers}
    waivers = tuple(waiver for waiver in own.waivers if _unplaced(waiver) in known)
    baseline = {name: entry for name, entry in own.baseline.items() if name in trusted.baseline}
    return State(trusted.options, replace(declared, services=services, waivers=waivers), waivers, baseline)


def _declared_then(options: Options, host: Host, tree: Tree) -> tuple[Declared | None, str]:
    manifests = pipeline.manifests_in(tree)
    try:
        return pipeline.load_declared(options, host, Written(tree.read, manifests, waivers=False)), ""
    except ManifestError as mistakes:
        problem = str(mistakes.mistakes[0])
    except UsageProblem as mistakes:
        return None, str(mistakes.mistakes[0])
    usable = [path for path in manifests if _loads(options, host, tree, [path])]
    if not usable or not _loads(options, host, tree, usable):
        return None, problem
    return pipeline.load_declared(options, host, Written(tree.read, tuple(usable), waivers=False)), problem


def _loads(options: Options, host: Host, tree: Tree, manifests: Sequence[str]) -> bool:
    try:
        pipeline.load_declared(options, host, Written(tree.read, tuple(manifests), waivers=False))
    except UsageProblem:
        return False
    return True


def _waivers_then(options: Options, host: Host, tree: Tree, declared: Declared) -> tuple[Waiver, ...]:
    """Return the waivers of then; also those that have expired since, where the file is otherwise in order."""
    written = replace(pipeline.written_in(tree), manifests=tuple(s.manifest for s in declared.services))
    for day in (declared.as_of, date.min):
        with suppress(UsageProblem):
            return pipeline.load_declared(replace(options, as_of=day), host, written).waivers
    return ()


def _folders(options: Options, packs: Sequence[Path | None]) -> dict[str, str]:
    """Return the path of each directory of packs below the root, by its path and by the name that mistakes give it."""
    root = options.root.resolve()
    found = {}
    for today, then in zip(options.pack_directories, packs, strict=True):
        whole = today.resolve()
        below = whole.relative_to(root).as_posix() if whole.is_relative_to(root) else today.name
        for directory in (today, then or today):
            found[directory.as_posix()] = below
            if directory.is_absolute():
                found.setdefault(directory.name, below)
    return found


def _unplaced(waiver: Waiver) -> Waiver:
    return msgspec.structs.replace(waiver, place=Place(""))


def _inside(path: str, folder: str) -> bool:
    return not folder or path.startswith(folder + "/")
