"""What people wrote in one state of the tree, today's or one of the past: manifests, waivers, baseline, and the packs beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from genai_policy import pipeline
from genai_policy.assess.following import following
from genai_policy.assess.matched import text_code
from genai_policy.errors import ManifestError, UsageProblem
from genai_policy.load.baseline import Entry, read_entries
from genai_policy.model.code import Place
from genai_policy.model.law import Law
from genai_policy.model.service import Waiver
from genai_policy.pipeline import Declared, Options, Written
from genai_policy.plugins import Host
from genai_policy.read.past import Past, directory_of_then
from genai_policy.read.tree import Tree, Unreadable


@dataclass(frozen=True)
class State:
    """What people wrote. ``options`` lead to the packs of this state. ``problem`` says why there is nothing, or not all, to go by:
    ``broken`` are the manifests that could not be used."""

    options: Options
    declared: Declared | None
    waivers: tuple[Waiver, ...] = ()
    baseline: Mapping[str, Entry] = field(default_factory=dict)
    problem: str = ""
    broken: tuple[str, ...] = ()
    folders: Mapping[str, str] = field(default_factory=dict)
    """Where the packs' directories lie below the root, by the names that the packs have for them."""


def today(options: Options, host: Host, tree: Tree) -> State:
    """Return what is written today; raises with every mistake in it."""
    written = pipeline.written_in(tree)
    baseline = read_entries(tree.read)
    folders = _folders(options, options.pack_directories)
    if not written.manifests and options.trust_base:
        return State(options, None, (), baseline, folders=folders)
    declared = pipeline.load_declared(options, host, written)
    return State(options, declared, declared.waivers, baseline, folders=folders)


def then(own: State, host: Host, past: Past, option: str, kept: ExitStack) -> State:
    """Return what was written at ``past``; ``own`` is what is written today.

    Mistakes of then are no mistakes of today: a manifest that cannot be used is left out, and so are waivers and a baseline with mistakes.
    """
    folder = Path(kept.enter_context(TemporaryDirectory(prefix="genai-policy-packs-"))) if own.options.pack_directories else Path()
    packs = [directory_of_then(d, past, folder / str(n), option) for n, d in enumerate(own.options.pack_directories)]
    options = replace(own.options, pack_directories=tuple(directory for directory in packs if directory is not None))
    law = own.declared.everything if own.declared and options == own.options else None
    declared, problem = _declared_then(options, host, past.tree, law)
    baseline: Mapping[str, Entry] = {}
    with suppress(UsageProblem):
        baseline = read_entries(past.tree.read)
    waivers = _waivers_then(options, host, past.tree, declared) if declared else ()
    usable = {service.manifest for service in declared.services} if declared else set()
    broken = tuple(path for path in pipeline.manifests_in(past.tree) if path not in usable)
    return State(options, declared, waivers, baseline, problem, broken, _folders(own.options, packs))


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

    law = trusted.declared.everything if trusted.declared else None
    declared = pipeline.load_declared(trusted.options, host, Written(read, tuple(sorted([*lies, *fresh])), waivers=False), law)
    services = tuple(following(service, past.moved) if service.manifest in lies else service for service in declared.services)
    known = {_identity(waiver, past.tree) for waiver in trusted.waivers}
    waivers = tuple(waiver for waiver in own.waivers if _identity(waiver, tree) in known)
    baseline = {name: entry for name, entry in own.baseline.items() if name in trusted.baseline}
    return State(trusted.options, replace(declared, services=services, waivers=waivers), waivers, baseline)


def _declared_then(options: Options, host: Host, tree: Tree, law: Law | None) -> tuple[Declared | None, str]:
    manifests = pipeline.manifests_in(tree)
    try:
        return pipeline.load_declared(options, host, Written(tree.read, manifests, waivers=False), law), ""
    except ManifestError as mistakes:
        problem = str(mistakes.mistakes[0])
    except UsageProblem as mistakes:
        return None, str(mistakes.mistakes[0])
    usable = tuple(path for path in manifests if _loads(options, host, tree, (path,), law))
    if not usable or not _loads(options, host, tree, usable, law):
        return None, problem
    return pipeline.load_declared(options, host, Written(tree.read, usable, waivers=False), law), problem


def _loads(options: Options, host: Host, tree: Tree, manifests: tuple[str, ...], law: Law | None) -> bool:
    try:
        pipeline.load_declared(options, host, Written(tree.read, manifests, waivers=False), law)
    except UsageProblem:
        return False
    return True


def _waivers_then(options: Options, host: Host, tree: Tree, declared: Declared) -> tuple[Waiver, ...]:
    """Return the waivers of then; also those that have expired since, where they are otherwise in order."""
    # who wrote what is asked of today's waivers, and of those of then only the ones that are still there count
    written = replace(pipeline.written_in(tree), manifests=tuple(s.manifest for s in declared.services), authors=None)
    if not written.waivers and not written.comments:
        return ()
    for day in (declared.as_of, date.min):
        with suppress(UsageProblem):
            return pipeline.load_declared(replace(options, as_of=day), host, written, declared.everything).waivers
    return ()


def _identity(waiver: Waiver, tree: Tree) -> tuple[Waiver, str]:
    """Return a waiver without its place; one in code with the code that it is about, wherever that lies."""
    bare = msgspec.structs.replace(waiver, place=Place(""), lines=None)
    if waiver.lines is None:
        return bare, ""
    try:
        lines = tree.read(waiver.path).decode("utf-8", "replace").splitlines()
    except Unreadable:
        return bare, waiver.path
    first, last = waiver.lines
    return msgspec.structs.replace(bare, path=""), text_code("\n".join(lines[first - 1 : last]))


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


def _inside(path: str, folder: str) -> bool:
    return not folder or path.startswith(folder + "/")
