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
from genai_policy.read.listing import Listing, list_files

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
    a ``.gitignore`` names, where git itself could not be asked what is tracked).
    """

    path: str
    size: int
    digest: str
    left_out: str = ""


class Tree:
    """The scanned tree. ``files`` is sorted by path; ``gaps`` says what could not be listed."""

    def __init__(self, root: Path, files: Iterable[TreeFile], listing: Listing | None = None) -> None:
        self.root = root
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
        return _classified(self.root, self._listing, include, exclude, self._by_path)

    def _holds(self, real: str) -> bool:
        """Say whether a resolved path lies below the root, and not among git's own files."""
        parts = PurePath(os.path.relpath(real, self._real_root)).parts
        return parts[:1] != ("..",) and ".git" not in parts


def open_tree(root: Path, *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Tree:
    """List and classify the files below ``root``.

    ``include`` and ``exclude`` are patterns as in a ``.gitignore``; they overrule the file classes, and ``exclude`` overrules ``include``.
    """
    return _classified(root, list_files(root), include, exclude, {})


def _classified(root: Path, listing: Listing, include: Sequence[str], exclude: Sequence[str], known: Mapping[str, TreeFile]) -> Tree:
    classes = file_classes()
    names = [path for path in listing.paths if _is_utf8(path)]
    reasons = _overrule(classes.of_paths(names), names, include, exclude)
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
        return TreeFile(known.path, known.size, known.digest, known.left_out if reason is None else "")
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
    return TreeFile(shown, len(data), hashlib.sha256(data).hexdigest(), seen)


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
