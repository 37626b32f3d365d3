"""Globs over POSIX paths: ``**/`` is any folders or none, ``*`` and ``?`` stay within one name."""

from __future__ import annotations

import re
from functools import lru_cache


def matches(path: str, glob: str) -> bool:
    """Say whether ``glob`` names ``path``; a glob that names a folder names everything below it."""
    return _compiled(glob.rstrip("/")).fullmatch(path) is not None


@lru_cache(maxsize=512)
def _compiled(glob: str) -> re.Pattern[str]:
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    known = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(known.get(piece, re.escape(piece)) for piece in pieces) + "(?:/.*)?", re.IGNORECASE)
