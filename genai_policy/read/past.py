"""The scanned tree as a commit of its own past held it, without checking anything out.

Only objects, references and the index of git are read: no filter, hook or monitor of the repository is started, nothing is fetched, and
blobs count as they are stored, so that the tree to judge does not decide what its past looks like.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from genai_policy.errors import UsageProblem
from genai_policy.read.index import Entry, Index
from genai_policy.read.listing import ask_git
from genai_policy.read.tree import Missing, Tree, Unreadable, tree_of_index

#: A commit with more files is not looked at.
MOST_FILES = 500_000
#: Suffixes of the files that packs are made of.
_PACK_FILES = (".toml", ".yaml", ".yml")
_NAME = re.compile(r"[^\s\x00-\x20\x7f:?*\[\\-][^\x00-\x20\x7f:?*\[\\]*")
_UNSHALLOW = "; this clone is shallow: fetch its history (git fetch --unshallow, or fetch-depth: 0 in actions/checkout)"


class Past(Struct, frozen=True):
    """Where a branch left ``ref``: the commit, what it held below the root, and where its files lie today."""

    ref: str
    commit: str
    tree: Tree
    moved: Mapping[str, str] = {}
    """New path of each file that was moved since."""


def open_past(now: Tree, option: str, ref: str) -> Past:
    """Return what the root of ``now`` held where its branch left ``ref``. ``option`` is the command-line option that names ``ref``.

    Raises UsageProblem where there is no such commit, no history to find it in, or a file of it is missing from the clone.
    """
    commit = merge_base(now.root, option, ref)
    entries = _entries(now.root, option, commit)
    tree = tree_of_index(now.root, Index(now.root, entries, {}))
    missing = [file.path for file in tree.files if file.left_out == "unreadable" and not entries[file.path].is_link]
    if missing:
        advice = "fetch the whole history (fetch-depth: 0 and no filter in actions/checkout)"
        raise UsageProblem(f"{option}: what {ref} held in {missing[0]} is missing from this clone; {advice}")
    return Past(ref, commit, tree, _moved(tree, now, commit))


def merge_base(root: Path, option: str, ref: str) -> str:
    """Return the commit where the branch that is checked out left ``ref``: their merge base (of several, the one that git names first).

    Raises UsageProblem saying what to do where ``ref`` is unknown, shares no history with HEAD, or the clone is too shallow to tell.
    """
    if not _NAME.fullmatch(ref):
        raise UsageProblem(f"{option}: {ref!r} is not the name of a commit")
    if shutil.which("git") is None:
        raise UsageProblem(f"{option} needs git, and there is none on PATH")
    if (ask_git(root, "rev-parse", "--is-inside-work-tree") or b"").strip() != b"true":
        raise UsageProblem(f"{option} needs a git repository, and {root} is not in one")
    shallow = _UNSHALLOW if (ask_git(root, "rev-parse", "--is-shallow-repository") or b"").strip() == b"true" else ""
    if not ask_git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"):
        raise UsageProblem(f"{option}: no commit {ref!r} here{shallow or '; fetch it first, or give another'}")
    if not ask_git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"):
        raise UsageProblem(f"{option}: nothing is committed on this branch yet; run without {option}")
    bases = (ask_git(root, "merge-base", ref, "HEAD") or b"").split()
    if not bases:
        anew = f"; where {ref!r} was pushed anew with another history, give the commit that the branch started from"
        raise UsageProblem(f"{option}: HEAD and {ref!r} share no history{shallow or anew}")
    return bases[0].decode()


def same_for_judging(past: Tree, now: Tree) -> bool:
    """Say whether judging ``past`` must give what judging ``now`` gave: the same files count and hold the same, the same others are left
    out for the same reasons (documentation may come and go), and those of them that ``now`` was asked for hold the same."""
    if _counting(past) != _counting(now):
        return False
    own = {file.path for file in now.files if file.digest}
    return all(_content(past, path) == _content(now, path) for path in sorted(now.consulted - own))


def _counting(tree: Tree) -> list[tuple[str, str, str]]:
    return [(f.path, f.digest, f.left_out) for f in tree.files if f.left_out != "documentation"]


def _content(tree: Tree, path: str) -> bytes | str:
    try:
        return tree.read(path)
    except Missing:
        return "missing"
    except Unreadable as problem:
        return problem.reason


def _entries(root: Path, option: str, commit: str) -> dict[str, Entry]:
    name = (ask_git(root, "rev-parse", "--verify", "--quiet", f"{commit}:./") or b"").strip().decode()
    answer = ask_git(root, "ls-tree", "-r", "-z", "--full-tree", name) if name else b""
    if answer is None:
        raise UsageProblem(f"{option}: the files of commit {commit[:12]} cannot be listed; fetch the whole history (fetch-depth: 0)")
    listed = [raw for raw in answer.split(b"\0") if raw]
    if len(listed) > MOST_FILES:
        raise UsageProblem(f"{option}: commit {commit[:12]} holds more than {MOST_FILES} files; run without {option}")
    entries: dict[str, Entry] = {}
    for raw in listed:
        head, _, path = os.fsdecode(raw).partition("\t")
        mode, _, name = head.split(" ")
        if _harmless(path):
            entries[path] = Entry(mode, name)
    return entries


def _harmless(path: str) -> bool:
    """Tell whether a path of a commit can be one of a file (a forged commit may hold others)."""
    return not any(part in ("", ".", "..") or part.lower() == ".git" for part in path.split("/"))


def _moved(past: Tree, now: Tree, commit: str) -> dict[str, str]:
    """Return the new path of each file that was moved: as git tells from the index, else where today one new path holds the same."""
    gone = {file.path for file in past.files if not now.has(file.path)}
    if not gone:
        return {}
    raw = ask_git(now.root, "diff-index", "--cached", "-M", "-z", "--diff-filter=R", "--relative", commit) or b""
    fields = [os.fsdecode(field) for field in raw.split(b"\0")]
    found = {old: new for old, new in zip(fields[1::3], fields[2::3], strict=False) if old in gone and now.has(new)}
    fresh: dict[str, list[str]] = {}
    for file in now.files:
        if file.digest and not past.has(file.path):
            fresh.setdefault(file.digest, []).append(file.path)
    for file in past.files:
        if file.path in gone and file.path not in found and len(fresh.get(file.digest, ())) == 1:
            found[file.path] = fresh[file.digest][0]
    return dict(sorted(found.items()))


def directory_of_then(directory: Path, past: Past, target: Path, option: str) -> Path | None:
    """Return a directory of packs as the commit of ``past`` held it: the same one where nothing changed or it is none of the
    repository's, else one below ``target`` with its name and the files of then; None where it did not exist."""
    if not _same_repository(directory, past.tree.root):
        return directory
    entries = {path: entry for path, entry in _entries(directory, option, past.commit).items() if path.endswith(_PACK_FILES)}
    if not entries:
        return None
    then = tree_of_index(directory, Index(directory, entries, {}))
    contents = {file.path: then.read(file.path) for file in then.files}
    if contents == _on_disk(directory):
        return directory
    exported = target / directory.resolve().name
    for path, data in contents.items():
        (exported / path).parent.mkdir(parents=True, exist_ok=True)
        (exported / path).write_bytes(data)
    return exported


def _same_repository(directory: Path, root: Path) -> bool:
    if not directory.is_dir():
        return False
    top = ask_git(directory, "rev-parse", "--show-toplevel")
    return top is not None and top == ask_git(root, "rev-parse", "--show-toplevel")


def _on_disk(directory: Path) -> dict[str, bytes]:
    files = (file for suffix in _PACK_FILES for file in directory.rglob(f"*{suffix}") if file.is_file())
    return {file.relative_to(directory).as_posix(): file.read_bytes() for file in files}
