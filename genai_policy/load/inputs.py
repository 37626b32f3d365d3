"""Reads the caller's own files by way of the scanned tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from genai_policy.errors import Mistake, PolicyError
from genai_policy.load.mistakes import Mistakes

Read: TypeAlias = Callable[[str], bytes]
"""Path relative to the scanned root -> bytes. Raises OSError or PolicyError for what cannot be read."""


def read_input(read: Read, path: str, mistakes: Mistakes) -> bytes | None:
    """Return the bytes of one of the caller's files; what cannot be read is a mistake."""
    try:
        return read(path)
    except (OSError, PolicyError) as error:
        mistakes.add(Mistake(path, 0, 0, "", f"cannot be read: {reason_of(error, path)}"))
        return None


def reason_of(error: Exception, path: str) -> str:
    """Return why a file could not be read, without its path."""
    strerror = getattr(error, "strerror", None)
    return str(strerror or str(error).removeprefix(f"{path}: ") or type(error).__name__)
