"""Opens the scanned tree: which files there are, which are the service's own, and a reader that never leaves the root."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Sequence
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


class Unreadable(AssessmentError):
    """A file of the tree cannot be read; ``reason`` is one English sentence."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.reason = reason


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

    def __init__(self, root: Path, files: Iterable[TreeFile], gaps: Iterable[Gap] = ()) -> None:
        self.root = root
        self.files = tuple(sorted(files))
        self.gaps = tuple(sorted(gaps))
        self._real_root = os.path.realpath(root)

    def read(self, path: str, limit: int = LARGEST_READ) -> bytes:
        """Return the bytes of ``path`` (POSIX, relative to the root), whether it is listed or not.

        Raises Unreadable for what is missing, outside the root (also by a link), no regular file, or larger than ``limit`` bytes.
        """
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or "\0" in path or PureWindowsPath(path).drive:
            raise Unreadable(path, "the path does not lie inside the scanned tree")
        try:
            real = os.path.realpath(f"{self._real_root}/{'/'.join(parts)}", strict=True)
            if not self._holds(real):
                raise Unreadable(path, "the path leads out of the scanned tree")
            return _read_regular(real, path, limit)
        except (OSError, ValueError) as error:
            raise Unreadable(path, _say(error)) from error

    def _holds(self, real: str) -> bool:
        """Say whether a resolved path lies below the root, and not among git's own files."""
        below = os.path.relpath(real, self._real_root)
        return PurePath(below).parts[:1] != ("..",) and ".git" not in PurePath(below).parts


def open_tree(root: Path, *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Tree:
    """List and classify the files below ``root``.

    ``include`` and ``exclude`` are patterns as in a ``.gitignore``; they overrule the file classes, and ``exclude`` overrules ``include``.
    """
    listing = list_files(root)
    names = [path for path in listing.paths if _is_utf8(path)]
    reasons = _overrule(file_classes().of_paths(names), names, include, exclude)
    files = [_examine(root, path, listing, reasons.get(path), file_classes()) for path in listing.paths]
    gaps = [Gap(path, reason, kind="unreadable") for path, reason in listing.unread]
    return Tree(root, [file for file in files if file is not None], gaps)


def _overrule(reasons: dict[str, str], paths: Collection[str], include: Sequence[str], exclude: Sequence[str]) -> dict[str, str]:
    """Return ``reasons`` under the caller's patterns; "" for a file that counts as own whatever it looks like."""
    if include or exclude:
        from pathspec import GitIgnoreSpec

        reasons = {**reasons, **dict.fromkeys(GitIgnoreSpec.from_lines(include).match_files(paths), "")}
        reasons = {**reasons, **dict.fromkeys(GitIgnoreSpec.from_lines(exclude).match_files(paths), "excluded")}
    return reasons


def _examine(root: Path, path: str, listing: Listing, reason: str | None, classes: FileClasses) -> TreeFile | None:
    """Return the entry of one listed path; None when it is in the index but no longer on disk."""
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
        return TreeFile(shown, status.st_size, "", forced or reason or "")
    if status.st_size > LARGEST_OWN:
        return TreeFile(shown, status.st_size, "", "too-large")
    try:
        data = _read_regular(full, path, LARGEST_OWN)
    except (OSError, Unreadable):
        return TreeFile(shown, status.st_size, "", "unreadable")
    seen = "" if reason == "" else classes.of_content(path, data)
    return TreeFile(shown, len(data), hashlib.sha256(data).hexdigest(), seen)


def _by_nature(root: Path, path: str, status: os.stat_result, listing: Listing) -> str:
    """Return why a path can never count as an own file: no pattern overrules these."""
    if path in listing.repositories:
        return "submodule"
    if path in listing.ignored:
        return "ignored"
    if stat.S_ISLNK(status.st_mode):
        return "link" if _stays_inside(root, path) else "link-outside"
    if not stat.S_ISREG(status.st_mode):
        return "special"
    if not _is_utf8(path):
        return "name"
    return ""


def _stays_inside(root: Path, path: str) -> bool:
    real_root = os.path.realpath(root)
    return os.path.commonpath([real_root, os.path.realpath(f"{real_root}/{path}")]) == real_root


def _read_regular(full: str, path: str, limit: int) -> bytes:
    """Read a regular file without following a link at its end and without waiting for a pipe."""
    descriptor = os.open(full, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(path, "it is not a regular file")
        if status.st_size > limit:
            raise Unreadable(path, f"it is larger than {limit} bytes")
        pieces: list[bytes] = []
        left = limit + 1
        while left > 0:
            piece = os.read(descriptor, min(left, max(status.st_size + 1, 4096)))
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
        if left <= 0:
            raise Unreadable(path, f"it is larger than {limit} bytes")
        return b"".join(pieces)
    finally:
        os.close(descriptor)


def _is_utf8(path: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in path) if not path.isascii() else True


def _say(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "permission to read it is denied"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    return (error.strerror if isinstance(error, OSError) else None) or "it cannot be read"
