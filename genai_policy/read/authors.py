"""Who wrote lines of a file, as far as git knows. Names count as they stand in the commits: the tree's mail map does not rewrite them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from genai_policy.read.listing import ask_git

_BLAMED = re.compile(rb"([0-9a-f]{40,64}) \d+ (\d+)(?: \d+)?")
_IDENTITY = re.compile(rb"(?P<name>[^<\n]*) <(?P<mail>[^>\n]*)> \d+ [+-]\d{4}")
_STATED = re.compile(r"\s*(?:obligation|approved-by|expires|created)\s*=")
_TIMEOUT = 10


class Author(Struct, frozen=True, order=True):
    """A person as a commit names one."""

    name: str
    mail: str


def authors_of(root: Path, file: str, tables: Sequence[str]) -> tuple[tuple[Author, ...], ...]:
    """Return, for each of ``tables`` (the text of one table of ``file``), who wrote what it decides.

    For lines that are not committed that is who would commit them. Empty where git does not know: no repository, a clone without the
    commit in question.
    """
    stored = ask_git(root, "cat-file", "blob", f"HEAD:./{file}")
    committed = _committed_authors(root, file) if stored is not None else {}
    if ask_git(root, "rev-parse", "--git-dir") is None:
        return tuple(() for _ in tables)
    lines = (stored or b"").decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    return tuple(_authors(root, table.split("\n"), lines, committed) for table in tables)


def _authors(root: Path, table: list[str], lines: list[str], committed: dict[int, Author | None]) -> tuple[Author, ...]:
    start = next((at for at in range(len(lines) - len(table) + 1) if lines[at : at + len(table)] == table), None)
    if start is None:
        me = _whoever_commits(root)
        return (me,) if me else ()
    deciding = [start + offset for offset, line in enumerate(table) if _STATED.match(line)]
    return tuple(sorted({author for at in deciding if (author := committed.get(at))}))


def _committed_authors(root: Path, file: str) -> dict[int, Author | None]:
    """Return the author of each committed line, from 0; None for lines older than a shallow clone reaches."""
    answer = ask_git(root, "-c", "blame.ignoreRevsFile=", "blame", "--porcelain", "--no-textconv", "HEAD", "--", file)
    shallow = (ask_git(root, "rev-parse", "--is-shallow-repository") or b"").startswith(b"true")
    commit_of: dict[int, bytes] = {}
    oldest: set[bytes] = set()
    current = b""
    for line in (answer or b"").split(b"\n"):
        if found := _BLAMED.fullmatch(line):
            current = found[1]
            commit_of[int(found[2]) - 1] = current
        elif line == b"boundary":
            oldest.add(current)
    authors = {commit: _author(root, commit) for commit in set(commit_of.values()) if not (shallow and commit in oldest)}
    return {line: authors.get(commit) for line, commit in commit_of.items()}


def _author(root: Path, commit: bytes) -> Author | None:
    text = ask_git(root, "cat-file", "commit", commit.decode()) or b""
    header = next((line for line in text.split(b"\n") if line.startswith(b"author ")), b"")
    return _person(header.removeprefix(b"author "))


def _whoever_commits(root: Path) -> Author | None:
    """Ask git whom it would name as author: here the person's own settings count, which reading a tree otherwise leaves aside."""
    program = shutil.which("git")
    if program is None:
        return None
    try:
        command = [program, "-C", str(root), "var", "GIT_AUTHOR_IDENT"]
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=False, env={**os.environ, "LC_ALL": "C"})
    except (OSError, subprocess.TimeoutExpired):
        return None
    return _person(done.stdout.strip()) if done.returncode == 0 else None


def _person(text: bytes) -> Author | None:
    found = _IDENTITY.match(text)
    return Author(found["name"].decode("utf-8", "replace").strip(), found["mail"].decode("utf-8", "replace").strip()) if found else None
