"""Opens the scanned tree: which files there are, which are the service's own, and a reader that never leaves the root."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from msgspec import Struct

from genai_policy.errors import AssessmentError
from genai_policy.model.code import Gap
from genai_policy.read.file_classes import FileClasses, file_classes
from genai_policy.read.index import Absent, Index, read_index
from genai_policy.read.listing import Listing, list_files

MARK = b"genai-policy:"
"""Begins what a comment says to this tool."""
LARGEST_OWN = 5_000_000
"""Larger files do not count as the service's own code, in bytes."""
LARGEST_READ = 50_000_000
"""Larger files are not read even when a manifest names them, in bytes."""


class Unreadable(AssessmentError, OSError):
    """A file of the tree cannot be read; ``reason`` is one English sentence."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.reason = reason


class Missing(Unreadable, FileNotFoundError):
    """There is no such file in the tree."""


class TreeFile(Struct, frozen=True, order=True):
    """One enumerated file. ``path`` is POSIX and relative to the root. ``digest`` is the SHA-256 of its bytes, "" where path and
    name alone leave it out.

    ``left_out`` is "" for the service's own files, else the reason: vendored, generated, minified, test, example, documentation, binary,
    too-large, excluded, link, link-outside, special, submodule, unreadable, name (not valid UTF-8), ignored (a file or whole folder that
    a ``.gitignore`` names, where git itself could not be asked what is tracked). ``marked`` says that :data:`MARK` occurs in it.
    """

    path: str
    size: int
    digest: str
    left_out: str = ""
    marked: bool = False


class Tree:
    """The scanned tree. ``files`` is sorted by path; ``gaps`` says what could not be listed. With an ``index`` it is that of the next
    commit, or of one of the past: what only lies in the working tree does not exist. ``consulted`` are the paths that were asked for."""

    def __init__(self, root: Path, files: Iterable[TreeFile], listing: Listing | None = None, index: Index | None = None) -> None:
        self.root = root
        self._index = index
        self.consulted: set[str] = set()
        self.files = tuple(sorted(files))
        self._listing = listing or Listing(tuple(file.path for file in self.files))
        self.gaps = tuple(sorted(Gap(path, reason, kind="unreadable") for path, reason in self._listing.unread))
        self._by_path = {file.path: file for file in self.files}
        self._real_root = os.path.realpath(root)

    def has(self, path: str) -> bool:
        """Say whether ``path`` is listed, as an own file or left out."""
        return path in self._by_path

    def read(self, path: str, limit: int = LARGEST_READ) -> bytes:
        """Return the bytes of ``path`` (POSIX, relative to the root), whether it is listed or not.

        Raises Unreadable for what is missing (then it is a Missing), outside the root (also by a link), among git's own files, no regular
        file, or larger than ``limit`` bytes.
        """
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or "\0" in path or PureWindowsPath(path).drive:
            raise Unreadable(path, "the path does not lie inside the scanned tree")
        self.consulted.add("/".join(parts))
        if self._index is not None:
            return _read_staged(self._index, self._real_root, "/".join(parts), limit)
        try:
            real = os.path.realpath(f"{self._real_root}/{'/'.join(parts)}", strict=True)
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from error
        if not self._holds(real):
            raise Unreadable(path, "the path leads out of the scanned tree")
        return _read_regular(real, path, limit)

    def reclassified(self, *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Tree:
        """Return the same tree with the classes overruled by patterns (see :func:`open_tree`)."""
        if not include and not exclude:
            return self
        tree = _classified(self.root, self._listing, include, exclude, self._by_path, self._index)
        tree.consulted = self.consulted
        return tree

    def _holds(self, real: str) -> bool:
        """Say whether a resolved path lies below the root, and not among git's own files."""
        parts = PurePath(os.path.relpath(real, self._real_root)).parts
        return parts[:1] != ("..",) and ".git" not in parts


def open_tree(root: Path, *, include: Sequence[str] = (), exclude: Sequence[str] = (), staged: bool = False) -> Tree:
    """List and classify the files below ``root``.

    ``include`` and ``exclude`` are patterns as in a ``.gitignore``; they overrule the file classes, and ``exclude`` overrules ``include``.
    ``staged`` asks for what the next commit would hold; raises UsageProblem where no index of git says so.
    """
    if not staged:
        return _classified(root, list_files(root), include, exclude, {})
    return tree_of_index(root, read_index(root), include=include, exclude=exclude)


def tree_of_index(root: Path, index: Index, *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Tree:
    """List and classify what an index holds, or a commit read like one."""
    repositories = frozenset(path for path, entry in index.entries.items() if entry.is_repository)
    return _classified(root, Listing(tuple(sorted(index.entries)), repositories), include, exclude, {}, index)


def list_tree(root: Path, *, staged: bool = False) -> Tree:
    """List the files below ``root`` by name alone: nothing is opened, so sizes and digests are missing and no content is classed."""
    index = read_index(root) if staged else None
    listing = list_files(root) if index is None else Listing(tuple(sorted(index.entries)))
    names = [path for path in listing.paths if _is_utf8(path)]
    reasons = file_classes().of_paths(names)
    there = (name for name in names if index is not None or os.path.lexists(f"{root}/{name}"))
    return Tree(root, [TreeFile(name, 0, "", reasons.get(name, "")) for name in there], listing, index)


def _classified(
    root: Path,
    listing: Listing,
    include: Sequence[str],
    exclude: Sequence[str],
    known: Mapping[str, TreeFile],
    index: Index | None = None,
) -> Tree:
    classes = file_classes()
    names = [path for path in listing.paths if _is_utf8(path)]
    reasons = _overrule(classes.of_paths(names), names, include, exclude)
    if index is not None:
        return Tree(root, _examine_staged(root, listing.paths, index, reasons, classes, known), listing, index)
    plain: dict[str, bool] = {"": True}
    files = [
        _examine(root, path, listing, reasons.get(path), classes, known.get(path))
        for path in listing.paths
        if _is_plain(root, path.rpartition("/")[0], plain)
    ]
    return Tree(root, [file for file in files if file is not None], listing)


def _overrule(reasons: dict[str, str], paths: Collection[str], include: Sequence[str], exclude: Sequence[str]) -> dict[str, str]:
    """Return ``reasons`` under the caller's patterns; "" for a file that counts as own whatever it looks like."""
    if include or exclude:
        from pathspec import GitIgnoreSpec

        reasons = {**reasons, **dict.fromkeys(GitIgnoreSpec.from_lines(include).match_files(paths), "")}
        reasons = {**reasons, **dict.fromkeys(GitIgnoreSpec.from_lines(exclude).match_files(paths), "excluded")}
    return reasons


def _examine(root: Path, path: str, listing: Listing, reason: str | None, classes: FileClasses, known: TreeFile | None) -> TreeFile | None:
    """Return the entry of one listed path; None when it is in the index but no longer on disk.

    ``reason`` is "" for a file that counts as own whatever it holds, None when its content decides; ``known`` is an earlier entry.
    """
    if known is not None and known.digest and not reason:
        return TreeFile(known.path, known.size, known.digest, known.left_out if reason is None else "", known.marked)
    shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    full = f"{root}/{path}"
    try:
        status = os.lstat(full)
    except (FileNotFoundError, NotADirectoryError):
        return TreeFile(shown, 0, "", "submodule") if path in listing.repositories else None
    except (OSError, ValueError):
        return TreeFile(shown, 0, "", "unreadable")
    forced = _by_nature(root, path, status, listing)
    if forced or reason:
        # of what is not the service's own anyway, nobody needs to know that it cannot be read
        unknown = forced in ("link-outside", "unreadable", "special")
        return TreeFile(shown, status.st_size, "", reason if unknown and reason else forced or reason or "")
    if status.st_size > LARGEST_OWN:
        return TreeFile(shown, status.st_size, "", "too-large")
    try:
        data = _read_regular(full, path, LARGEST_OWN)
    except Unreadable:
        return TreeFile(shown, status.st_size, "", "unreadable")
    seen = "" if reason == "" else classes.of_content(path, data)
    return TreeFile(shown, len(data), hashlib.sha256(data).hexdigest(), seen, MARK in data)


def _examine_staged(
    root: Path, paths: Sequence[str], index: Index, reasons: Mapping[str, str], classes: FileClasses, known: Mapping[str, TreeFile]
) -> list[TreeFile]:
    """Return the entries of an index, of which files on disk that hold the same bytes are a quick copy."""
    own = [path for path in paths if not _staged_nature(path, index) and not reasons.get(path)]
    on_disk = {path: data for path in own if (data := _from_disk(os.path.realpath(root), path)) is not None}
    index.fetch((path for path in own if path not in on_disk or not index.matches(path, on_disk[path])), LARGEST_OWN)
    files = []
    for path in paths:
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        earlier = known.get(path)
        if reason := _staged_nature(path, index) or reasons.get(path):
            files.append(TreeFile(shown, 0, "", reason))
        elif earlier is not None and earlier.digest:
            files.append(TreeFile(shown, earlier.size, earlier.digest, "" if path in reasons else earlier.left_out, earlier.marked))
        else:
            files.append(_examine_content(shown, path, index, on_disk, None if path in reasons else classes))
    return files


def _examine_content(shown: str, path: str, index: Index, on_disk: Mapping[str, bytes], classes: FileClasses | None) -> TreeFile:
    """Return the entry of one staged file; without ``classes`` it counts as own whatever it holds."""
    try:
        data = index.content(path, on_disk.get)
    except Absent:
        return TreeFile(shown, 0, "", "unreadable")
    if len(data) > LARGEST_OWN:
        return TreeFile(shown, len(data), "", "too-large")
    seen = "" if classes is None else classes.of_content(path, data)
    return TreeFile(shown, len(data), hashlib.sha256(data).hexdigest(), seen, MARK in data)


def _staged_nature(path: str, index: Index) -> str:
    """Return why an entry of the index can never count as an own file."""
    entry = index.entries[path]
    if entry.is_repository:
        return "submodule"
    if entry.is_link:
        try:
            target = index.resolved(path)
        except Absent as reason:
            return "link-outside" if "out of" in str(reason) else "unreadable"
        return "link" if target in index.entries or target in index.folders else "unreadable"
    return "" if _is_utf8(path) else "name"


def _read_staged(index: Index, real_root: str, path: str, limit: int) -> bytes:
    try:
        data = index.content(path, lambda file: _from_disk(real_root, file))
    except Absent as reason:
        raise (Unreadable(path, str(reason)) if str(reason) else Missing(path, "there is no such file in the index of git")) from None
    if len(data) > limit:
        raise Unreadable(path, f"it is larger than {limit} bytes")
    return data


def _from_disk(real_root: str, path: str) -> bytes | None:
    """Return the bytes of a file in the working tree, if it has any: they count only where they are those of the index."""
    try:
        return _read_regular(f"{real_root}/{path}", path, LARGEST_OWN)
    except Unreadable:
        return None


def _is_plain(root: Path, folder: str, known: dict[str, bool]) -> bool:
    """Say whether no part of ``folder`` is a link. Git still lists what was in a folder before a link took its place."""
    if folder not in known:
        known[folder] = _is_plain(root, folder.rpartition("/")[0], known) and not (root / folder).is_symlink()
    return known[folder]


def _by_nature(root: Path, path: str, status: os.stat_result, listing: Listing) -> str:
    """Return why a path can never count as an own file: no pattern overrules these."""
    if path in listing.repositories:
        return "submodule"
    if path in listing.ignored:
        return "ignored"
    if stat.S_ISLNK(status.st_mode):
        if not _stays_inside(root, path):
            return "link-outside"
        # a link to a file of the tree hides nothing: that file is listed itself; one that leads nowhere is a file of unknown content
        return "link" if (root / path).exists() else "unreadable"
    if not stat.S_ISREG(status.st_mode):
        return "special"
    if not _is_utf8(path):
        return "name"
    return ""


def _stays_inside(root: Path, path: str) -> bool:
    real_root = os.path.realpath(root)
    return os.path.commonpath([real_root, os.path.realpath(f"{real_root}/{path}")]) == real_root


def _read_regular(full: str, path: str, limit: int) -> bytes:
    """Read a regular file without following a link at its end and without waiting for a pipe; raises Unreadable."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(full, flags)
        try:
            return _read_open(descriptor, path, limit)
        finally:
            os.close(descriptor)
    except Unreadable:
        raise
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _read_open(descriptor: int, path: str, limit: int) -> bytes:
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        raise Unreadable(path, "it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(path, "it is not a regular file")
    pieces: list[bytes] = []
    left = limit + 1
    while left > 0 and status.st_size <= limit:
        piece = os.read(descriptor, min(left, max(status.st_size + 1, 4096)))
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        left -= len(piece)
    raise Unreadable(path, f"it is larger than {limit} bytes")


def _unreadable(path: str, error: OSError | ValueError) -> Unreadable:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return Missing(path, "there is no such file")
    if isinstance(error, PermissionError):
        return Unreadable(path, "permission to read it is denied")
    return Unreadable(path, (error.strerror if isinstance(error, OSError) else None) or "it cannot be read")


def _is_utf8(path: str) -> bool:
    return path.isascii() or not any("\ud800" <= char <= "\udfff" for char in path)
