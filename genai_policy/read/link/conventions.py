"""What differs between languages when names are resolved: the only seam a new language needs in the linker.

A :class:`Conventions` answers, for one language, where an import leads, what the receiver and the constructor are called, and which files
share their top-level names. Everything else (calls, fields, types, dispatch, routes, paths) is written once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from genai_policy.read.link.values import Ext, Value

if TYPE_CHECKING:
    from genai_policy.model import ir
    from genai_policy.read.link.infer import Inference
    from genai_policy.read.link.program import Cls, File, Fn, Program


class Conventions:
    """The conventions of one language. ``texts`` are the project files asked for with :meth:`project_files`."""

    language = ""
    self_names: frozenset[str] = frozenset()
    """Names that mean the receiver without being a parameter."""
    self_is_parameter = False
    """Whether the first parameter of a method is the receiver."""
    constructors: tuple[str, ...] = ()
    """Method names that run when a class is constructed; ``<class>`` stands for the class's own name."""
    implicit_members = False
    """Whether a bare name inside a method may be a field or method of its class."""
    super_names: frozenset[str] = frozenset({"super"})
    virtual_free_types = False
    """Whether types satisfy interfaces by their methods alone (Go)."""

    has_listeners = False
    """Whether :meth:`called_back` may name anything."""
    functions_are_objects = False
    """Whether a function value is called through a method of the interface it implements (Java's ``task.run()`` for a lambda ``task``)."""
    member_items = False
    """Whether ``literal.key`` reads an item of a literal collection (object literals)."""

    def __init__(self, program: Program, texts: Mapping[str, str], installed: frozenset[str] = frozenset()) -> None:
        """``installed`` are the names of packages the catalogue knows: never mistaken for a folder of the tree."""
        self.program = program
        self.texts = texts
        self.installed = installed

    def import_target(self, file: File, imp: ir.Import) -> tuple[Value | None, str | None]:
        """Return what ``imp`` takes its symbol from, and the symbol (None: the module itself)."""
        return Ext(imp.module), imp.name

    def submodule(self, directory: str, name: str) -> Value | None:
        """The module or package ``name`` inside a directory of the tree."""
        return None

    def exported(self, file: File, name: str) -> ir.Expr | tuple[File, ir.Import] | None:
        """What ``name`` stands for when another file asks (None: the file's own top-level binding of that name)."""
        return None

    def peers(self, file: File) -> Sequence[File]:
        """Other files whose top-level names are visible without an import."""
        return ()

    def builtin(self, name: str) -> Value | None:
        """A name that every file knows."""
        return None

    def method_values(self, on: Inference, call: ir.Call, func: ir.Attr, fn: Fn) -> list[Value]:
        """Values that calling a method of the language's own collections and functions gives."""
        return []

    def made_values(self, on: Inference, path: str, call: ir.Call, fn: Fn) -> list[Value]:
        """Values that constructing an object of the language's own stands for (a promise: what it is settled with)."""
        return []

    def param_values(self, on: Inference, fn: Fn, position: int) -> list[Value]:
        """What a parameter without a type is by the place its function stands in."""
        return []

    def handed_values(self, on: Inference, fn: Fn, call: ir.Call, at: int, position: int) -> list[Value]:
        """Values that such a method hands to a function it is given as argument number ``at``."""
        return []

    def called_back(self, on: Inference, cls: Cls) -> Sequence[Fn]:
        """Methods of a class of the tree that something outside it calls when it is given an instance (listeners, anonymous classes)."""
        return ()


def conventions_for(program: Program, texts: Mapping[str, str], installed: frozenset[str]) -> dict[str, Conventions]:
    """One instance of conventions per language that occurs in the program."""
    from genai_policy.read.link import languages

    table = languages.CONVENTIONS
    names = sorted({file.ir.language for file in program.files.values()})
    return {name: table.get(name, Conventions)(program, texts, installed) for name in names}
