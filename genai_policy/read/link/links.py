"""Links a person declares where the code cannot show them."""

from __future__ import annotations

from collections.abc import Sequence

from genai_policy.model.code import CallEdge, Gap
from genai_policy.model.service import DeclaredLink
from genai_policy.read.link.edges import Edges
from genai_policy.read.link.program import Fn, Program


def declared_edges(program: Program, edges: Edges, declared: Sequence[DeclaredLink]) -> list[Gap]:
    """Add declared links as edges. An end that does not exist is a gap at the declaration."""
    gaps = []
    for link in declared:
        source, target = find_function(program, link.source), find_function(program, link.target)
        for name, fn in ((link.source, source), (link.target, target)):
            if fn is None:
                gaps.append(
                    Gap(link.place.file, f"the declared link names {name}, which does not exist", link.place.line, "unresolved", True)
                )
        if source is not None and target is not None:
            edges.add(CallEdge(source.id, -1, source.code.line, target.id, "declared", "certain"), source)
    return gaps


def find_function(program: Program, name: str) -> Fn | None:
    """The function a locator names: ``pkg.mod:Class.method`` or ``path/file.ts#name``."""
    if "#" in name:
        return program.by_function_id.get(name)
    module, _, qualname = name.partition(":")
    stem = module.replace(".", "/")
    for path, file in program.files.items():
        if path in (f"{stem}.py", f"{stem}/__init__.py") or path.endswith((f"/{stem}.py", f"/{stem}/__init__.py")):
            found = program.by_function_id.get(f"{file.path}#{qualname}")
            if found is not None:
                return found
    return None
