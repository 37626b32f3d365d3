"""The state of one ECMAScript file while it is lowered, and the three tables its grammar parts are dispatched through.

The grammar is mutually recursive (an expression holds a function, which holds statements, which hold expressions). So the modules that
lower expressions, statements, functions and classes never import each other in a circle: they meet in the tables of :class:`Unit`,
keyed by the node types of tree-sitter-javascript and tree-sitter-typescript.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, structs

from genai_policy.model.ir import Class, Closure, Export, Expr, FileIR, Function, Import, Name, Stmt, Unknown
from genai_policy.read.languages.syntax import Limits, Source

if TYPE_CHECKING:
    from tree_sitter import Node

LowerExpression: TypeAlias = Callable[["Unit", "Node"], Expr]
LowerStatement: TypeAlias = Callable[["Unit", "Node"], Iterable[Stmt]]
LowerNamed: TypeAlias = Callable[["Unit", "Node", str], Expr]

#: The module's default export, as a variable that no source can name.
DEFAULT = "default"


class Grammar(Struct, frozen=True):
    """How node types are lowered: ``named`` are the values that take the name of what they are assigned to."""

    expressions: Mapping[str, LowerExpression]
    statements: Mapping[str, LowerStatement]
    named: Mapping[str, LowerNamed]


class Unit(Source):
    """One file while it is lowered: what was found so far, and where in the nest of functions and classes we stand."""

    __slots__ = ("_anonymous", "_expressions", "_named", "_statements", "classes", "exports", "function", "functions", "imports", "prefix")

    def __init__(self, data: bytes, limits: Limits, grammar: Grammar) -> None:
        super().__init__(data, limits)
        self._expressions = grammar.expressions
        self._statements = grammar.statements
        self._named = grammar.named
        self._anonymous: dict[str, int] = {}
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self.imports: list[Import] = []
        self.exports: list[Export] = []
        self.function = 0
        self.prefix = ""

    def expression(self, node: Node) -> Expr:
        """Lower one expression; a kind nobody models keeps its parts."""
        lower = self._expressions.get(node.type, _unknown)
        if not self.enter():
            return Unknown(node.start_point[0] + 1)
        lowered = lower(self, node)
        self.depth -= 1
        return lowered

    def value(self, node: Node, name: str) -> Expr:
        """Lower an expression that is assigned to ``name``, which functions, classes and object members in it are then called by."""
        named = self._named.get(node.type)
        if named is None:
            return self.expression(node)
        if not self.enter():
            return Unknown(node.start_point[0] + 1)
        lowered = named(self, node, name)
        self.depth -= 1
        return lowered

    def statements(self, nodes: Iterable[Node]) -> tuple[Stmt, ...]:
        """Lower statements in order; declarations without effect vanish, bare blocks dissolve."""
        result: list[Stmt] = []
        for node in nodes:
            lower = self._statements.get(node.type)
            if lower is None or not self.enter():
                continue
            result.extend(lower(self, node))
            self.depth -= 1
        return tuple(result)

    def body(self, node: Node | None) -> tuple[Stmt, ...]:
        """Lower the body of a branch or loop: a block or a single statement."""
        return () if node is None else self.statements((node,))

    def is_statement(self, kind: str) -> bool:
        """Tell whether a node type is lowered as a statement."""
        return kind in self._statements

    def is_expression(self, kind: str) -> bool:
        """Tell whether a node type is lowered as an expression."""
        return kind in self._expressions

    def anonymous(self, kind: str, line: int) -> str:
        """Return ``<kind:LINE>``, told apart by a counter where one line holds several."""
        name = f"<{kind}:{line}>"
        number = self._anonymous[self.prefix + name] = self._anonymous.get(self.prefix + name, 0) + 1
        return name if number == 1 else f"<{kind}:{line}:{number}>"

    def reserve_function(self) -> int:
        """Take the next function index, so that an outer function comes before those inside it."""
        self.functions.append(_PLACEHOLDER)
        return len(self.functions) - 1

    def reserve_class(self) -> int:
        """Take the next class index."""
        self.classes.append(_NO_CLASS)
        return len(self.classes) - 1

    def import_(
        self, node: Node, local: str, module: str, name: str | None = None, *, reexport: bool = False, dynamic: bool = False
    ) -> None:
        """Record that ``module`` is imported here."""
        self.imports.append(Import(node.start_point[0] + 1, local, module, name, reexport, dynamic, self.function))

    def export(self, line: int, public: str, value: Expr) -> None:
        """Record a public name; once per name and value."""
        self.exports.append(Export(line, public, value))

    def finish(self, language: str, directives: tuple[str, ...], broken: tuple[int, ...]) -> FileIR:
        """Return everything found, with the functions and classes that are exported marked so."""
        marks = _export_marks(self.exports)
        functions = tuple(
            _marked(function, marks.get(function.qualname, ()) or marks.get(index, ())) for index, function in enumerate(self.functions)
        )
        classes = tuple(_marked(class_, marks.get(class_.qualname, ())) for class_ in self.classes)
        return FileIR(
            language, functions, classes, tuple(self.imports), tuple(self.exports), "", directives, broken, self.truncated
        )


_PLACEHOLDER = Function("", "", 0, 0)
_NO_CLASS = Class("", "", 0, 0)


def named_children(node: Node) -> list[Node]:
    """Return the named children that are not comments."""
    return [child for child in node.named_children if child.type != "comment"]


def _unknown(unit: Unit, node: Node) -> Expr:
    parts = tuple(unit.expression(child) for child in named_children(node) if unit.is_expression(child.type))
    return Unknown(node.start_point[0] + 1, parts)


def _export_marks(exports: Iterable[Export]) -> dict[str | int, tuple[str, ...]]:
    marks: dict[str | int, set[str]] = {}
    for export in exports:
        key: str | int | None = None
        if isinstance(export.value, Name):
            key = export.value.id
        elif isinstance(export.value, Closure):
            key = export.value.function
        if key is not None:
            marks.setdefault(key, {"exported"}).update(("default-export",) if export.public == DEFAULT else ())
    return {key: tuple(sorted(flags)) for key, flags in marks.items()}


def _marked(thing: _Marked, flags: tuple[str, ...]) -> _Marked:
    return structs.replace(thing, flags=(*thing.flags, *flags)) if flags else thing


if TYPE_CHECKING:
    from typing import TypeVar

    _Marked = TypeVar("_Marked", Function, Class)
