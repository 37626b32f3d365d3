"""How Go names lead from file to file: packages are directories, methods may stand in any file of the package."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from posixpath import dirname
from posixpath import join as join_path

from genai_policy.model import ir
from genai_policy.read.link.conventions import Conventions
from genai_policy.read.link.program import Binding, Cls, File, Program
from genai_policy.read.link.values import ClassVal, Ext, FnVal, Mod, Value

_MODULE = re.compile(r"^module\s+(\S+)", re.MULTILINE)
_REPLACE = re.compile(r"^\s*(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>\s+(\.{1,2}/\S*)", re.MULTILINE)
_BUILTINS = frozenset(
    {
        "append", "cap", "clear", "close", "complex", "copy", "delete", "imag", "len", "make", "max", "min", "new", "panic", "print",
        "println", "real", "recover", "string", "error", "any", "int", "int64", "float64", "bool", "byte", "rune", "comparable",
    }
)  # fmt: skip


class GoConventions(Conventions):
    """Imports resolved through the ``module`` lines of go.mod files; all files of one directory and package share their names."""

    language = "go"
    virtual_free_types = True
    super_names: frozenset[str] = frozenset()

    def __init__(self, program: Program, texts: Mapping[str, str], installed: frozenset[str] = frozenset()) -> None:
        super().__init__(program, texts, installed)
        self._packages: dict[str, list[File]] = {}
        self._peers: dict[str, list[File]] = {}
        for path, file in program.files.items():
            if file.ir.language == "go" and not path.endswith("_test.go"):
                self._packages.setdefault(dirname(path), []).append(file)
        self._modules = sorted(_modules(texts), key=lambda pair: (-len(pair[0]), pair))
        self._directories: dict[str, str | None] = {}
        for files in self._packages.values():
            _join_types(files)
            for file in files:
                self._rename_imports(file)

    def import_target(self, file: File, imp: ir.Import) -> tuple[Value | None, str | None]:
        directory = self._directory(imp.module)
        if directory is None:
            return Ext(imp.module), None
        return Mod(self._packages[directory][0].path), None

    def peers(self, file: File) -> Sequence[File]:
        found = self._peers.get(file.path)
        if found is None:
            near = self._packages.get(dirname(file.path), ())
            found = self._peers[file.path] = [one for one in near if one is not file and one.ir.package == file.ir.package]
        return found

    def exported(self, file: File, name: str) -> ir.Expr | tuple[File, ir.Import] | None:
        return None if name in file.functions[0].bindings else ir.Name(1, name)

    def submodule(self, directory: str, name: str) -> Value | None:
        for file in self._packages.get(directory, ()):
            for binding in file.functions[0].bindings.get(name, ()):
                if binding.kind == "class":
                    return ClassVal(file.path, binding.node)
                if binding.kind == "function":
                    return FnVal(file.path, binding.node)
        return None

    def builtin(self, name: str) -> Value | None:
        return Ext(f"builtins.{name}") if name in _BUILTINS else None

    def _directory(self, module: str) -> str | None:
        """The directory of an import path, when it lies in the tree."""
        if module not in self._directories:
            self._directories[module] = self._locate(module)
        return self._directories[module]

    def _locate(self, module: str) -> str | None:
        for name, root in self._modules:
            if module == name or module.startswith(name + "/"):
                directory = join_path(root, module[len(name) + 1 :]).rstrip("/")
                return directory if directory in self._packages else None
        return None

    def _rename_imports(self, file: File) -> None:
        """Bind a package of the tree under the name its own files give it (the directory only suggests one)."""
        bindings = file.functions[0].bindings
        for imp in file.ir.imports:
            directory = self._directory(imp.module)
            if directory is None or not imp.local or imp.name is not None:
                continue
            name = self._packages[directory][0].ir.package
            if name and name not in bindings:
                bindings[name] = [Binding("import", imp, (), imp.line)]


def _modules(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Module paths and the directories they stand for, from the go.mod files of the tree."""
    found: dict[str, str] = {}
    for path in sorted(texts):
        if path.rpartition("/")[2] != "go.mod":
            continue
        declared = _MODULE.search(texts[path])
        if declared:
            found.setdefault(declared.group(1).strip('"'), dirname(path))
        for name, target in _REPLACE.findall(texts[path]):
            parts = [part for part in join_path(dirname(path), target).split("/") if part != "."]
            if ".." not in parts:
                found.setdefault(name, "/".join(parts).rstrip("/"))
    return sorted(found.items())


def _join_types(files: list[File]) -> None:
    """Make every type one class, whichever files its methods stand in.

    A reader sees one file, so a method whose receiver type is declared elsewhere belongs to a stub. The stub's place in its file is
    given to the declared class, and the methods are added to that class (its file then lists functions of other files, too)."""
    declared: dict[tuple[str, str], Cls] = {}
    for file in files:
        for cls in file.classes:
            if "extern" not in cls.code.flags and "." not in cls.code.qualname:
                declared.setdefault((file.ir.package, cls.code.name), cls)
    for file in files:
        for position, stub in enumerate(list(file.classes)):
            whole = declared.get((file.ir.package, stub.code.name))
            if "extern" not in stub.code.flags or whole is None:
                continue
            for name in sorted(stub.methods):
                for index in stub.methods[name]:
                    whole.file.functions.append(file.functions[index])
                    whole.methods.setdefault(name, []).append(len(whole.file.functions) - 1)
            file.classes[position] = whole
            file.functions[0].bindings.pop(stub.code.name, None)
