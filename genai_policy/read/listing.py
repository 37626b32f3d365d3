"""Lists the paths below a root: by git where it can, else by walking with the ignore files found on the way.

Nothing the repository configures is run: no hooks, no file system monitor, no filters; its ignore rules are only read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_TIMEOUT = 60
"""Seconds after which git is given up and the tree is walked instead."""
_MOST_FILES = 500_000
_DEEPEST = 100
_SAFE = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=false",
    "protocol.allow=never",
    "safe.directory=*",
    "safe.bareRepository=explicit",
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class Listing(Struct, frozen=True):
    """Paths below the root (relative, as the file system spells them), those that are repositories of their own,
    ignored files and folders (only from a walk, where they may well be tracked), and what could not be listed with the reason."""

    paths: tuple[str, ...]
    repositories: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    unread: tuple[tuple[str, str], ...] = ()


def list_files(root: Path) -> Listing:
    """Return what lies below ``root``: tracked files and those neither tracked nor ignored.

    A folder that the repository around it ignores as a whole (the cases of an installed pack below ``.venv``) is walked: somebody named it.
    """
    found = list_with_git(root)
    return found if found is not None and found.paths else list_by_walking(root)


def list_with_git(root: Path) -> Listing | None:
    """Ask git; None where there is no git, no work tree, or git refuses."""
    tracked = _git(root, "ls-files", "-z", "-s")
    others = _git(root, "ls-files", "-z", "-o", "--exclude-standard") if tracked is not None else None
    if tracked is None or others is None:
        return None
    paths: set[str] = set()
    repositories: set[str] = set()
    for entry in tracked:
        head, _, path = entry.partition("\t")
        (repositories if head.startswith("160000") else paths).add(path)
    for path in others:
        (repositories if path.endswith("/") else paths).add(path.rstrip("/"))
    deep = {path for path in paths | repositories if path.count("/") > _DEEPEST}
    unread = ((path, f"folders are nested deeper than {_DEEPEST}") for path in sorted(deep))
    return Listing(tuple(sorted((paths | repositories) - deep)), frozenset(repositories - deep), unread=tuple(unread))


def _git(root: Path, *arguments: str) -> list[str] | None:
    answer = ask_git(root, *arguments)
    return None if answer is None else [os.fsdecode(entry) for entry in answer.split(b"\0") if entry]


def ask_git(root: Path, *arguments: str, stdin: bytes = b"", also: Mapping[str, str] | None = None) -> bytes | None:
    """Return what git prints about ``root``; None where there is no git, or it refuses. ``also`` are further environment variables."""
    program = shutil.which("git")
    if program is None:
        return None
    settings = [word for setting in _SAFE for word in ("-c", setting)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        done = subprocess.run(
            [program, *settings, "-C", str(root), *arguments],
            input=stdin,
            capture_output=True,
            timeout=_TIMEOUT,
            env={**environment, **_ENVIRONMENT, **(also or {})},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def list_by_walking(root: Path) -> Listing:
    """Walk the folders, marking what ``.gitignore`` files name; links are listed, never followed."""
    from pathspec import GitIgnoreSpec

    paths: list[str] = []
    repositories: set[str] = set()
    ignored: set[str] = set()
    unread: list[tuple[str, str]] = []
    waiting: list[tuple[str, tuple[tuple[str, GitIgnoreSpec], ...]]] = [("", ())]
    while waiting:
        folder, rules = waiting.pop()
        try:
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except OSError as error:
            unread.append((folder or ".", f"the folder cannot be listed: {error.strerror or error}"))
            continue
        names = {entry.name for entry in entries}
        prefix = folder + "/" if folder else ""
        if folder and ".git" in names:
            repositories.add(folder)
            paths.append(folder)
            continue
        if ".gitignore" in names:
            rules = (*rules, (prefix, GitIgnoreSpec.from_lines(_ignore_lines(root / folder / ".gitignore"))))
        for entry in entries:
            path = prefix + entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name == ".git":
                continue
            if _ignored(path + "/" if is_folder else path, rules):
                ignored.add(path)
                paths.append(path)
            elif not is_folder:
                paths.append(path)
            elif path.count("/") < _DEEPEST:
                waiting.append((path, rules))
            else:
                unread.append((path, f"folders are nested deeper than {_DEEPEST}"))
        if len(paths) > _MOST_FILES:
            unread.append((".", f"more than {_MOST_FILES} files: the rest was not listed"))
            break
    return Listing(tuple(sorted(paths)), frozenset(repositories), frozenset(ignored), tuple(sorted(unread)))


def _ignored(path: str, rules: tuple[tuple[str, GitIgnoreSpec], ...]) -> bool:
    """Say whether the ignore file nearest to ``path`` that mentions it excludes it."""
    for prefix, spec in reversed(rules):
        verdict = spec.check_file(path[len(prefix) :]).include
        if verdict is not None:
            return verdict
    return False


def _ignore_lines(path: Path) -> Iterator[str]:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 1_000_000:
            return
        text = path.read_text("utf-8", "replace")
    except OSError:
        return
    yield from text.splitlines()
