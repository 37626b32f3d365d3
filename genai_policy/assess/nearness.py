"""Which unread or half-read files may lie on a generation path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from genai_policy.model.code import CodeFacts, Gap
from genai_policy.model.ir import FileIR

#: Files that declare types and hold no code.
_TYPES_ONLY = (".d.ts", ".d.mts", ".d.cts", ".pyi")


def placed_on_paths(gaps: Sequence[Gap], code: CodeFacts, files: Mapping[str, FileIR]) -> tuple[Gap, ...]:
    """Mark each gap whose file lies, or may lie, on a generation path.

    A file does when a path passes it, when it serves routes, or when it could not be lowered at all. What a broken file hides cannot be
    known, so one that another file may import counts too; a script that nobody imports does not. A file of types alone serves nothing.
    """
    passed = {f.partition("#")[0] for p in code.paths for f in p.functions}
    passed |= {s.file for s in code.sites} | {r.file for r in code.routes} | {e.file for e in code.entry_points}
    imported = _imported_names(files.values())

    def near(file: str) -> bool:
        return file not in files or file in passed or not _names(file).isdisjoint(imported)

    def placed(gap: Gap) -> Gap:
        if gap.file.endswith(_TYPES_ONLY):
            return msgspec.structs.replace(gap, on_path=False)
        return msgspec.structs.replace(gap, on_path=gap.on_path or near(gap.file))

    return tuple(placed(gap) for gap in gaps)


def _imported_names(files: Iterable[FileIR]) -> set[str]:
    """Return the last part of every imported module and every imported name, as written."""
    found: set[str] = set()
    for file in files:
        for one in file.imports:
            last = one.module.rpartition("/")[2]
            found.update((last, last.rpartition(".")[2], last.partition(".")[0]))
            if one.name:
                found.add(one.name)
    return found


def _names(file: str) -> set[str]:
    """Return the names under which ``file`` may be imported: its stem, or its folder's name for a package's own file."""
    folder, _, base = file.rpartition("/")
    stem = base.partition(".")[0]
    return {folder.rpartition("/")[2]} if stem in ("__init__", "index") else {stem}
