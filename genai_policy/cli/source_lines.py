"""A place in the judged tree → the text of its line. Never leaves the tree, never follows a link out of it, never reads much."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

#: Larger files, and more files than this, give no lines: reports then say less about columns, and nothing else changes.
MAX_BYTES = 2_000_000
MAX_FILES = 2_000


class SourceLines:
    """Gives the lines of the files below ``root``, as reports ask for them."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.read = 0
        self._lines = lru_cache(maxsize=64)(self._read)

    def __call__(self, file: str, line: int) -> str | None:
        """Return line ``line`` (from 1) of ``file`` without its line break; None where there is none, or it cannot be read as text."""
        lines = self._lines(file)
        return lines[line - 1] if 0 < line <= len(lines) else None

    def _read(self, file: str) -> list[str]:
        if self.read == MAX_FILES:
            return []
        self.read += 1
        try:
            path = (self.root / file).resolve()
            if not path.is_relative_to(self.root) or not path.is_file() or path.stat().st_size > MAX_BYTES:
                return []
            text = path.read_bytes().decode("utf-8-sig")
        except (OSError, ValueError):  # ValueError: no text, or a name that no file can have
            return []
        return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
