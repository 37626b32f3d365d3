"""The index of git as something to read: what the next commit would hold, whatever lies in the working tree.

A file on disk is read where its bytes are those of the index; else git hands the bytes over. No filter is run on the way: where a filter
such as Git LFS keeps the real content elsewhere, the file on disk counts if it is the one that the stored pointer names.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from genai_policy.errors import UsageProblem
from genai_policy.read.files import LARGEST_READ
from genai_policy.read.listing import ask_git

_LINK, _REPOSITORY = "120000", "160000"
_MOST_LINKS = 40
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*oid sha256:([0-9a-f]{64})\n")
_LARGEST_POINTER = 1024


class Entry(Struct, frozen=True):
    """One path of the index: git's mode and the name of its object."""

    mode: str
    object: str

    @property
    def is_link(self) -> bool:
        """Say whether the entry is a symbolic link."""
        return self.mode == _LINK

    @property
    def is_repository(self) -> bool:
        """Say whether the entry is a submodule."""
        return self.mode == _REPOSITORY


class Absent(Exception):
    """The index holds no such file, or its object cannot be had; the message is the reason."""


class Index:
    """The entries of an index by path (POSIX, relative to ``root``, undecodable bytes as surrogates), and their content."""

    def __init__(self, root: Path, entries: Mapping[str, Entry], environment: Mapping[str, str]) -> None:
        self.root = root
        self.entries = entries
        self._environment = environment
        self._fetched: dict[str, bytes] = {}
        self._sizes: dict[str, int] = {}

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds something."""
        return frozenset(_above(self.entries))

    def resolved(self, path: str) -> str:
        """Follow the links of the index, at the end of ``path`` and on the way. Raises Absent where they lead out of it or nowhere."""
        for _ in range(_MOST_LINKS):
            parts = path.split("/")
            heads = ("/".join(parts[: n + 1]) for n in range(len(parts)))
            link = next((head for head in heads if head in self.entries and self.entries[head].is_link), None)
            if link is None:
                return path
            target = os.fsdecode(self._blob(self.entries[link].object))
            path = posixpath.normpath(posixpath.join(posixpath.dirname(link), target) + path[len(link) :])
            if path.startswith(("/", "../")) or path == "..":
                raise Absent("the path leads out of the scanned tree")
        raise Absent("its links lead in a circle")

    def content(self, path: str, from_disk: Callable[[str], bytes | None]) -> bytes:
        """Return the staged bytes of ``path``, links followed. ``from_disk`` reads a path of the working tree, or answers None.

        Raises Absent.
        """
        path = self.resolved(path)
        entry = self.entries.get(path)
        if entry is None:
            raise Absent("it is a folder" if path in self.folders else "")
        if entry.is_repository:
            raise Absent("it is a folder")
        on_disk = from_disk(path)
        if on_disk is not None and _object_name(on_disk, len(entry.object)) == entry.object:
            return on_disk
        stored = self._blob(entry.object)
        pointer = _POINTER.match(stored) if len(stored) <= _LARGEST_POINTER else None
        if pointer and on_disk is not None and hashlib.sha256(on_disk).hexdigest().encode() == pointer[1]:
            return on_disk
        return stored

    def fetch(self, paths: Iterable[str], largest: int) -> None:
        """Have git hand over, in one go, the content of ``paths``; those larger than ``largest`` bytes are asked singly when needed."""
        wanted = sorted({self.entries[path].object for path in paths} - self._fetched.keys())
        for name, line in zip(wanted, self._ask("--batch-check", wanted).split(b"\n"), strict=False):
            if (size := _size(line)) is not None:
                self._sizes[name] = size
        small = [name for name in wanted if self._sizes.get(name, largest + 1) <= largest]
        answer, at = self._ask("--batch", small), 0
        for name in small:
            head_end = answer.find(b"\n", at)
            size = _size(answer[at:head_end])
            if head_end < 0 or size is None:
                return
            self._fetched[name] = answer[head_end + 1 : head_end + 1 + size]
            at = head_end + size + 2

    def size(self, path: str) -> int | None:
        """Return the size of the stored object of ``path`` in bytes; None where it cannot be had."""
        return self._size_of(self.entries[path].object)

    def matches(self, path: str, data: bytes) -> bool:
        """Say whether ``data`` are the stored bytes of ``path``."""
        entry = self.entries[path]
        return _object_name(data, len(entry.object)) == entry.object

    def _blob(self, name: str) -> bytes:
        if name not in self._fetched:
            if (self._size_of(name) or 0) > LARGEST_READ:
                raise Absent(f"it is larger than {LARGEST_READ} bytes")
            answer = ask_git(self.root, "cat-file", "blob", name, also=self._environment)
            if answer is None:
                raise Absent("git does not have its staged content")
            self._fetched[name] = answer
        return self._fetched[name]

    def _size_of(self, name: str) -> int | None:
        size = self._sizes.get(name)
        if size is None:
            size = _size(self._ask("--batch-check", [name]).strip())
        if size is not None:
            self._sizes[name] = size
        return size

    def _ask(self, how: str, names: list[str]) -> bytes:
        if not names:
            return b""
        asked = "".join(f"{name}\n" for name in names).encode()
        return ask_git(self.root, "cat-file", how, stdin=asked, also=self._environment) or b""


def read_index(root: Path) -> Index:
    """Read the index of the repository that holds ``root``; while git commits, the index that it is about to commit.

    Raises UsageProblem where there is no repository, or files of the index wait to be merged.
    """
    environment = _index_in_use(root)
    answer = ask_git(root, "ls-files", "-z", "-s", also=environment)
    if answer is None:
        raise UsageProblem(f"--staged reads the index of a git repository, and {root} is in none that git can read")
    entries: dict[str, Entry] = {}
    unmerged: set[str] = set()
    for raw in filter(None, answer.split(b"\0")):
        head, _, path = os.fsdecode(raw).partition("\t")
        mode, name, stage = head.split(" ")
        entries[path] = Entry(mode, name)
        if stage != "0":
            unmerged.add(path)
    if unmerged:
        raise UsageProblem(f"--staged: {sorted(unmerged)[0]} waits to be merged; resolve it and `git add` it")
    return Index(root, entries, environment)


def _index_in_use(root: Path) -> dict[str, str]:
    """Return the variable by which git names the index to a hook (``git commit -a`` and ``git commit FILE`` use one of their own), where
    it belongs to the repository of ``root``."""
    named = os.environ.get("GIT_INDEX_FILE")
    if not named or ask_git(root, "rev-parse", "--absolute-git-dir") != ask_git(Path(), "rev-parse", "--absolute-git-dir"):
        return {}
    # git starts hooks at the top of the work tree, and names the file from there
    return {"GIT_INDEX_FILE": str(Path(named).absolute())}


def _object_name(data: bytes, length: int) -> str:
    """Return git's name for a file of these bytes; ``length`` tells repositories of SHA-1 and of SHA-256 apart."""
    new = hashlib.sha256 if length == 64 else hashlib.sha1
    name = new(b"blob %d\0" % len(data), usedforsecurity=False)
    name.update(data)
    return name.hexdigest()


def _size(line: bytes) -> int | None:
    words = line.split()
    return int(words[2]) if len(words) == 3 and words[1] == b"blob" else None


def _above(paths: Iterable[str]) -> Iterable[str]:
    for path in paths:
        while path := path.rpartition("/")[0]:
            yield path
