"""Where the repository of a directory begins."""

from __future__ import annotations

from pathlib import Path


def prefix_in_repository(directory: Path) -> str:
    """Return ``directory`` relative to the top of its repository, as "" or ``sub/dir/`` ("" outside of any repository)."""
    here = directory.resolve()
    for parent in (here, *here.parents):
        if (parent / ".git").exists():
            inside = here.relative_to(parent).as_posix()
            return "" if inside == "." else f"{inside}/"
    return ""
