"""Where a linter runs → the root to judge; the names that linters give files → the names that a judgement gives them.

Free of imports from the tool: it is loaded whether or not the tool is wanted.
"""

from __future__ import annotations

import os
from pathlib import Path

MANIFEST = "genai-service.toml"


def root_of(start: str, named: str = "") -> str:
    """Return the absolute root: ``named`` where somebody named it, else the top of the git checkout around ``start``, else the nearest
    folder above that holds a manifest, else ``start`` itself."""
    if named:
        return os.path.realpath(os.path.join(start, named))  # noqa: PTH118 - the same call for both kinds of path
    here = Path(os.path.realpath(start))
    around = (here, *here.parents)
    top = next((folder for folder in around if (folder / ".git").exists()), None)
    return str(top or next((folder for folder in around if (folder / MANIFEST).is_file()), here))


def relative(file: str, root: str) -> str:
    """Return ``file`` (absolute, or relative to the working directory) as POSIX path below ``root``; "" where it lies elsewhere."""
    try:
        path = Path(os.path.realpath(file)).relative_to(root)
    except ValueError:
        return ""
    return path.as_posix()
