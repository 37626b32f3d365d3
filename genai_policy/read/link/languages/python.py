"""How Python names lead from file to file."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Mapping
from posixpath import dirname
from posixpath import join as join_path

from genai_policy.model import ir
from genai_policy.read.link.conventions import Conventions
from genai_policy.read.link.program import File, Program
from genai_policy.read.link.values import Ext, Mod, Pkg, Value

_STDLIB = frozenset(sys.stdlib_module_names)
_BUILTINS = frozenset(dir(builtins)) | {"unicode", "basestring", "raw_input", "xrange", "long"}
_PROJECT_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", "manage.py", "requirements.txt")


class PythonConventions(Conventions):
    """Imports resolved by package, by source root and by the script's own directory."""

    language = "python"
    self_is_parameter = True
    constructors = ("__init__", "__new__", "__post_init__")

    def __init__(self, program: Program, texts: Mapping[str, str], installed: frozenset[str] = frozenset()) -> None:
        super().__init__(program, texts, installed)
        self._files = {path for path, file in program.files.items() if file.ir.language == "python"}
        self._directories: set[str] = set()
        for path in self._files:
            directory = dirname(path)
            while directory not in self._directories:
                self._directories.add(directory)
                directory = dirname(directory)
        self._roots: dict[str, tuple[str, ...]] = {}
        self._known: dict[tuple[str, str], Value | None] = {}

    def builtin(self, name: str) -> Value | None:
        return Ext(f"builtins.{name}") if name in _BUILTINS else None

    def import_target(self, file: File, imp: ir.Import) -> tuple[Value | None, str | None]:
        module = imp.module
        if imp.name is None:
            first = module.split(".", 1)[0]
            wanted = first if imp.local == first and not module.startswith(".") else module
            return self._module(file, wanted), None
        found = self._module(file, module)
        if isinstance(found, Mod) and found.file == file.path:  # a package that imports its own modules
            inner = self.submodule(dirname(file.path), imp.name)
            if inner is not None:
                return inner, None
        return found, imp.name

    def submodule(self, directory: str, name: str) -> Value | None:
        return self._at(join_path(directory, name)) if name.isidentifier() else None

    def find(self, file: File, dotted: str) -> Value | None:
        """The module a dotted name means in ``file``, or None when it is not in the tree."""
        found = self._module(file, dotted)
        return None if isinstance(found, Ext) else found

    def _at(self, stem: str) -> Value | None:
        if stem + ".py" in self._files:
            return Mod(stem + ".py")
        package = join_path(stem, "__init__.py")
        if package in self._files:
            return Mod(package)
        return Pkg(stem) if stem in self._directories and stem else None

    def _module(self, file: File, dotted: str) -> Value | None:
        directory = dirname(file.path)
        key = (directory, dotted)
        if key not in self._known:
            self._known[key] = self._relative(directory, dotted) if dotted.startswith(".") else self._absolute(directory, dotted)
        return self._known[key]

    def _relative(self, directory: str, dotted: str) -> Value | None:
        rest = dotted.lstrip(".")
        for _ in range(len(dotted) - len(rest) - 1):
            directory = dirname(directory)
        if not rest:
            package = join_path(directory, "__init__.py")
            return Mod(package) if package in self._files else Pkg(directory)
        return self._at(join_path(directory, *rest.split(".")))

    def _absolute(self, directory: str, dotted: str) -> Value | None:
        parts = dotted.split(".")
        namespace: Value | None = None
        for root in self._search(directory):
            found = self._at(join_path(root, *parts)) if root else self._at("/".join(parts))
            if len(parts) == 1 and parts[0] in self.installed and self._encloses(join_path(root, parts[0]), directory):
                continue  # a folder named like an SDK, seen from inside it
            if isinstance(found, Mod):
                return found
            # A directory without files of its own is only trusted when it is not the name of something installed.
            if found is not None and namespace is None and parts[0] not in _STDLIB and self._holds_code(found):
                namespace = found
        return namespace or self._guess(directory, parts) or Ext(dotted)

    def _guess(self, directory: str, parts: list[str]) -> Value | None:
        """A file found from a folder above that nothing marks as a source root."""
        if parts[0] in _STDLIB or parts[0] in self.installed:
            return None
        while directory:
            directory = dirname(directory)
            found = self._at(join_path(directory, *parts))
            if isinstance(found, Mod):
                return found
        return None

    @staticmethod
    def _encloses(package: str, directory: str) -> bool:
        return directory == package or directory.startswith(package + "/")

    def _holds_code(self, package: Value) -> bool:
        return isinstance(package, Pkg) and any(path.startswith(package.directory + "/") for path in self._files)

    def _search(self, directory: str) -> tuple[str, ...]:
        """Directories that may be on the import path of a file in ``directory``, most likely first."""
        roots = self._roots.get(directory)
        if roots is None:
            top = directory
            while top and join_path(top, "__init__.py") in self._files:
                top = dirname(top)
            found = [top]
            marked = top
            while marked:
                marked = dirname(marked)
                if any(join_path(marked, mark) in self.texts for mark in _PROJECT_MARKS) or not marked:
                    found.append(marked)
            found += [join_path(root, "src") if root else "src" for root in tuple(found)]
            if directory not in found:
                found.append(directory)
            roots = tuple(dict.fromkeys(root for root in found if root in self._directories or not root))
            self._roots[directory] = roots
        return roots
