"""Lowers Python functions, classes and annotations, and so whole files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import structs

from genai_policy.model.ir import (
    Assign,
    Attr,
    Call,
    Class,
    Closure,
    Define,
    DefineClass,
    Do,
    Expr,
    Field,
    FileIR,
    Function,
    Group,
    If,
    Index,
    Literal,
    Loop,
    Name,
    Op,
    Param,
    Return,
    Stmt,
    Switch,
    Try,
    With,
)
from genai_policy.read.languages.python_grammar import IDENTIFIER, SKIPPED, new_parser
from genai_policy.read.languages.python_patterns import Patterns
from genai_policy.read.languages.python_recovery import mend
from genai_policy.read.languages.python_statements import STRINGS
from genai_policy.read.languages.python_text import annotation_path
from genai_policy.read.languages.syntax import Source, broken_lines, parse_bounded

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_FLAGS = {
    "staticmethod": "static",
    "classmethod": "classmethod",
    "property": "property",
    "cached_property": "property",
    "abstractmethod": "abstract",
    "abstractproperty": "abstract",
    "setter": "setter",
    "getter": "getter",
}
_FLAG_ORDER = ("async", "generator", "static", "classmethod", "property", "abstract", "constructor", "getter", "setter")
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
_QUOTED = 2000
"""Longest quoted annotation that is parsed, in characters."""


class File(Patterns):
    """One Python file on its way to a FileIR."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.classes: list[Class | None] = []
        self.owner: int | None = None

    def lower(self, root: Node, directives: tuple[str, ...], parser: Parser) -> FileIR:
        """Lower the whole file; what is left of damaged pieces counts as done by the module."""
        mended = mend(self.data, root, parser) if root.has_error else None
        if mended is not None:
            self.use(mended.data)
        body = self.statements(_without_docstring((mended.root if mended is not None else root).children))
        for piece in mended.pieces if mended is not None else ():
            self.use(piece)
            tree = parse_bounded(parser, piece)
            body.extend(self.statements(tree.root_node.children) if tree is not None else ())
        self.functions[0] = Function("<module>", "<module>", 1, self.source.end_line(root), body=tuple(body))
        return FileIR(
            "python",
            tuple(one for one in self.functions if one is not None),
            tuple(one for one in self.classes if one is not None),
            tuple(self.imports),
            directives=directives,
            broken=mended.broken if mended is not None else broken_lines(root),
            truncated=self.source.truncated,
        )

    # functions

    def definition(self, node: Node) -> Sequence[Stmt]:
        """Lower a function or class with its decorators."""
        decorators: list[Expr] = []
        inner: Node | None = node
        if node.type == "decorated_definition":
            decorators = [value for child in node.children if child.type == "decorator" for value in self.exprs(child.children)]
            inner = node.child_by_field_name("definition")
        if inner is None:
            return [Do(value.line, value) for value in decorators]
        if inner.type == "class_definition":
            return self.class_(inner, tuple(decorators))
        return (Define(self.line(inner), self.function_(inner, tuple(decorators))),)

    def function_(self, node: Node, decorators: tuple[Expr, ...]) -> int:
        """Lower a function definition; return its index."""
        owner, self.owner = self.owner, None
        name = self.field_text(node, "name") or f"<function:{self.line(node)}>"
        flags = {_FLAGS[tail] for tail in map(_tail, decorators) if tail in _FLAGS}
        if node.children[0].type == "async":
            flags.add("async")
        if owner is not None and name == "__init__":
            flags.add("constructor")
        returns = node.child_by_field_name("return_type")
        body = node.child_by_field_name("body")
        shape = Function(
            name,
            self.source.qualified(self.prefix, name),
            self.line(node),
            self.source.end_line(node),
            params=self.params(node.child_by_field_name("parameters")),
            returns=self.annotation(returns) if returns is not None else None,
            decorators=decorators,
            owner=owner,
        )
        index = self.add_function(shape, flags, lambda: self.statements(_without_docstring(body.children)) if body else ())
        self.owner = owner
        return index

    def lambda_(self, node: Node) -> Expr:
        line = self.line(node)
        name, self.lambda_name = self.lambda_name or f"<lambda:{line}>", ""
        owner, self.owner = self.owner, None
        params = self.params(node.child_by_field_name("parameters"))
        body = node.child_by_field_name("body")
        end = node.end_point[0] + self.first_line
        shape = Function(name, self.source.qualified(self.prefix, name), line, end, params=params)
        index = self.add_function(shape, set(), lambda: [Return(self.line(body) if body else line, self.expr(body))])
        self.owner = owner
        return Closure(line, index)

    def add_function(self, shape: Function, flags: Collection[str], lower_body: Callable[[], Iterable[Stmt]]) -> int:
        """Give ``shape`` its index, its body (lowered with the function as the current one) and what only the body tells."""
        index = len(self.functions)
        self.functions.append(None)
        outer = self.function, self.prefix, self.yields
        self.function, self.prefix, self.yields = index, shape.qualname + ".", False
        body = tuple(lower_body())
        found = {*flags, "generator"} if self.yields else flags
        self.function, self.prefix, self.yields = outer
        first = shape.params[0] if shape.params else None
        takes_receiver = shape.owner is not None and "static" not in found and first is not None and first.kind == "plain"
        self.functions[index] = structs.replace(
            shape,
            body=body,
            flags=tuple(flag for flag in _FLAG_ORDER if flag in found),
            parent=self.function,
            receiver=first.name if takes_receiver and first else None,
        )
        return index

    def params(self, node: Node | None) -> tuple[Param, ...]:
        """Lower a parameter list."""
        params: list[Param] = []
        plain = True
        for child in node.children if node is not None else ():
            if child.type == "keyword_separator":
                plain = False
            param = self.param(child, plain)
            if param is not None:
                params.append(param)
                plain = plain and param.kind != "rest"
        return tuple(params)

    def param(self, node: Node, plain: bool) -> Param | None:
        """Lower one parameter; None for punctuation."""
        if node.kind_id == IDENTIFIER:
            return Param(self.text(node), kind="plain" if plain else "keyword")
        kind = node.type
        if kind not in _PARAMETERS:
            return None
        target: Node | None = node
        annotation = default = None
        if kind in ("default_parameter", "typed_default_parameter"):
            target, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            default = self.expr(value) if value is not None else None
        elif kind == "typed_parameter":
            target = next((child for child in node.children if child.kind_id not in SKIPPED), None)
        if kind in ("typed_parameter", "typed_default_parameter"):
            declared = node.child_by_field_name("type")
            annotation = self.annotation(declared) if declared is not None else None
        if target is None:
            return None
        if target.type == "tuple_pattern":
            return Param("", annotation, default, "pattern", self.expr(target))
        if target.type in ("list_splat_pattern", "dictionary_splat_pattern"):
            name = self.splat(target)
            return Param(name.id if isinstance(name, Name) else "", annotation, default, "rest" if target.type[0] == "l" else "options")
        return Param(self.text(target), annotation, default, "plain" if plain else "keyword")

    def field_text(self, node: Node, field: str) -> str:
        """Return the text of the child in ``field``, "" without one."""
        child = node.child_by_field_name(field)
        return self.text(child) if child is not None else ""

    # classes

    def class_(self, node: Node, decorators: tuple[Expr, ...]) -> Sequence[Stmt]:
        """Lower a class. What its body does beside declaring fields and methods is done where the class is defined."""
        name = self.field_text(node, "name") or f"<class:{self.line(node)}>"
        header = node.child_by_field_name("superclasses")
        arguments = self.arguments(header) if header is not None else ()
        index = len(self.classes)
        self.classes.append(None)
        outer = self.owner, self.prefix
        qualname = self.source.qualified(self.prefix, name)
        self.owner, self.prefix = index, qualname + "."
        body = node.child_by_field_name("body")
        members = Members(self.functions, index)
        members.take(self.statements(_without_docstring(body.children)) if body is not None else ())
        self.owner, self.prefix = outer
        bases = tuple(arg.value for arg in arguments if arg.name is None and not arg.spread)
        self.classes[index] = Class(
            name,
            qualname,
            self.line(node),
            self.source.end_line(node),
            kind="enum" if _ENUMS.intersection(map(_tail, bases)) else "interface" if "Protocol" in map(_tail, bases) else "class",
            bases=bases,
            options=tuple(arg for arg in arguments if arg.name is not None or arg.spread),
            decorators=decorators,
            fields=tuple(members.fields),
            methods=tuple(members.methods),
        )
        return (DefineClass(self.line(node), index), *members.rest)

    # annotations

    def annotation(self, node: Node) -> Expr:
        return self.quoted(self.expr(node))

    def quoted(self, value: Expr) -> Expr:
        """Replace quoted types inside an annotation by what they spell; ``Literal["x"]`` and metadata keep their text."""
        if isinstance(value, Literal):
            return self.unquote(value) if isinstance(value.value, str) and value.value != "..." else value
        if isinstance(value, Index):
            tail = _tail(value.base)
            if tail == "Literal":
                return value
            if tail == "Annotated" and isinstance(value.key, Group) and value.key.items:
                first, *metadata = value.key.items
                key: Expr = structs.replace(value.key, items=(structs.replace(first, value=self.quoted(first.value)), *metadata))
            else:
                key = self.quoted(value.key)
            return value if key is value.key else structs.replace(value, key=key)
        if isinstance(value, Group):
            items = tuple(structs.replace(item, value=self.quoted(item.value)) for item in value.items)
            return structs.replace(value, items=items)
        if isinstance(value, Op) and value.op == "|":
            return structs.replace(value, operands=tuple(map(self.quoted, value.operands)))
        return value

    def unquote(self, literal: Literal) -> Expr:
        """Return the type that a string spells, or the string when it spells none."""
        text = str(literal.value).strip()
        simple = annotation_path(text, literal.line)
        if simple is not None or not text or len(text) > _QUOTED or not self.source.enter():
            return simple or literal
        data = text.encode("utf-8", "replace")
        root = new_parser().parse(data).root_node
        value: Expr = literal
        if not root.has_error and len(root.children) == 1 and root.children[0].type == "expression_statement":
            outer, first_line = self.data, self.first_line
            self.use(data, literal.line)
            values = self.exprs(root.children[0].children)
            self.use(outer, first_line)
            value = self.quoted(values[0]) if len(values) == 1 else literal
        self.source.leave()
        return value


_PARAMETERS = frozenset(
    {
        "typed_parameter",
        "default_parameter",
        "typed_default_parameter",
        "list_splat_pattern",
        "dictionary_splat_pattern",
        "tuple_pattern",
    }
)


class Members:
    """Sorts the statements of a class body into fields, methods and the rest."""

    def __init__(self, functions: Sequence[Function | None], owner: int) -> None:
        self.functions = functions
        self.owner = owner
        self.fields: list[Field] = []
        self.methods: list[int] = []
        self.rest: list[Stmt] = []

    def take(self, body: Iterable[Stmt]) -> None:
        """Sort ``body``; members declared under a condition are members."""
        for stmt in body:
            if isinstance(stmt, Define):
                self.methods.append(stmt.function)
            elif isinstance(stmt, Assign):
                self.assign(stmt)
            elif isinstance(stmt, (If, Loop, With, Try, Switch)):
                for inner in _bodies(stmt):
                    self.take(inner)
            else:
                self.rest.append(stmt)

    def assign(self, stmt: Assign) -> None:
        """Turn an assignment in a class body into fields."""
        for target in stmt.targets:
            if isinstance(target, Name) and stmt.op == "=":
                self.fields.append(Field(target.id, stmt.line, stmt.annotation, stmt.value))
            elif isinstance(target, Group) and stmt.op == "=":
                self.unpack(target, stmt)
            elif not isinstance(target, Name):
                self.rest.append(structs.replace(stmt, targets=(target,)))

    def unpack(self, target: Group, stmt: Assign) -> None:
        """Pair ``a, b = x, y``; values that cannot be paired are evaluated for their effect."""
        value = stmt.value
        paired = isinstance(value, Group) and len(value.items) == len(target.items)
        if value is not None and not paired:
            self.rest.append(Do(stmt.line, value))
        for at, item in enumerate(target.items):
            if isinstance(item.value, Name):
                own = value.items[at].value if paired and isinstance(value, Group) else None
                self.fields.append(Field(item.value.id, stmt.line, None, own))


def _bodies(stmt: If | Loop | With | Try | Switch) -> Sequence[Sequence[Stmt]]:
    if isinstance(stmt, With):
        return (stmt.body,)
    if isinstance(stmt, Switch):
        return [case.body for case in stmt.cases]
    if isinstance(stmt, Try):
        return (stmt.body, *(handler.body for handler in stmt.handlers), stmt.orelse, stmt.final)
    return (stmt.body, stmt.orelse)


def _tail(value: Expr) -> str:
    """Return the last name of a decorator or base: ``abc.abstractmethod`` and ``Base[T]`` alike, looking through calls."""
    while isinstance(value, (Call, Index)):
        value = value.func if isinstance(value, Call) else value.base
    if isinstance(value, Attr):
        return value.name
    return value.id if isinstance(value, Name) else ""


def _without_docstring(nodes: Sequence[Node]) -> Sequence[Node]:
    """Return ``nodes`` without the string that documents the block they form."""
    for at, node in enumerate(nodes):
        if node.kind_id in SKIPPED:
            continue
        if node.type == "expression_statement" and len(node.children) == 1 and node.children[0].kind_id in STRINGS:
            return nodes[at + 1 :]
        return nodes
    return nodes
