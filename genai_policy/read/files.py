"""One file of a scanned tree: its entry, and a bounded read that waits for nothing and follows no link at its end."""

from __future__ import annotations

import os
import stat

from msgspec import Struct

from genai_policy.errors import AssessmentError

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


def read_regular(full: str, path: str, limit: int) -> bytes:
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
        raise unreadable(path, error) from error


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


def unreadable(path: str, error: OSError | ValueError) -> Unreadable:
    """Return what the operating system says as one sentence."""
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return Missing(path, "there is no such file")
    if isinstance(error, PermissionError):
        return Unreadable(path, "permission to read it is denied")
    return Unreadable(path, (error.strerror if isinstance(error, OSError) else None) or "it cannot be read")


def is_utf8(path: str) -> bool:
    """Say whether a path, undecodable bytes as surrogates, is valid UTF-8."""
    return path.isascii() or not any("\ud800" <= char <= "\udfff" for char in path)
