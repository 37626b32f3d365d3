"""What files import, outside the tree and inside it, and which packages are in reach of a file."""

from __future__ import annotations

from genai_policy.read.link.hierarchy import Hierarchy
from genai_policy.read.link.program import Program
from genai_policy.read.link.values import Ext, Mod, Pkg

_STEPS = 4


class ImportReach:
    """Imports of all files. ``outside`` maps a path to external modules as written, ``inside`` to files of the tree."""

    def __init__(self, program: Program, hierarchy: Hierarchy) -> None:
        self.outside: dict[str, tuple[str, ...]] = {}
        self.inside: dict[str, tuple[str, ...]] = {}
        self._near: dict[frozenset[str], set[str]] = {}
        for file in program.files.values():
            outside: set[str] = set()
            inside: set[str] = set()
            for imp in file.ir.imports:
                module, name = hierarchy.speech(file).import_target(file, imp)
                if isinstance(module, Ext):
                    outside.add(imp.module)
                elif isinstance(module, Mod):
                    inside.add(module.file)
                if isinstance(module, Mod | Pkg) and name and name != "*":
                    inside.update(v.file for v in hierarchy.static_member(module, name) if isinstance(v, Mod))
            self.outside[file.path] = tuple(sorted(outside))
            self.inside[file.path] = tuple(sorted(inside))

    def reaches(self, path: str, packages: frozenset[str]) -> bool:
        """Whether the file imports one of ``packages`` (first segments), or one of the files it imports does, within a few steps;
        files that
        import it count as well, because they may hand it an object."""
        near = self._near.get(packages)
        if near is None:
            near = self._near[packages] = self._neighbourhood(packages)
        return path in near

    def _neighbourhood(self, packages: frozenset[str]) -> set[str]:
        found = {path for path, names in self.outside.items() if any(name.split(".", 1)[0] in packages for name in names)}
        importers: dict[str, list[str]] = {}
        for path, names in self.inside.items():
            for name in names:
                importers.setdefault(name, []).append(path)
        handed = {name for path in found for name in self.inside[path]}
        edge = list(found)
        for _ in range(_STEPS):
            edge = [path for name in edge for path in importers.get(name, ()) if path not in found]
            found.update(edge)
        return found | handed
