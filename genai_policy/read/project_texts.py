"""The build and configuration files whose text linking needs."""

from __future__ import annotations

from fnmatch import fnmatchcase

from genai_policy.read.link.project import ProjectTexts, project_file_names
from genai_policy.read.tree import Tree, Unreadable


def read_project_texts(tree: Tree) -> ProjectTexts:
    """Return path -> text of every such file of the tree; one that cannot be read is left away (linking then has less to go by)."""
    names = project_file_names()
    exact = {n for n in names if "*" not in n}
    patterns = sorted(names - exact)
    texts: dict[str, str] = {}
    for file in tree.files:
        base = file.path.rpartition("/")[2]
        if file.left_out in ("", "generated") and (base in exact or any(fnmatchcase(base, p) for p in patterns)):
            try:
                texts[file.path] = tree.read(file.path).decode("utf-8", "replace")
            except Unreadable:
                continue
    return texts
