"""What lowering a class-based, block-structured language (Java, Go) builds up: functions, classes, the statements of the block at hand.

A grammar module supplies tables from node kinds to small functions ``(program, node)``. Expression functions return the lowered
expression and may append statements that must run before it to ``program.out`` (a switch expression becomes a Switch and a name).
Statement functions append to ``program.out``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from genai_policy.model import ir
from genai_policy.read.languages.syntax import Source, broken_lines

if TYPE_CHECKING:
    from tree_sitter import Language, Node

ToExpr = Callable[["Program", "Node"], ir.Expr]
ToStatements = Callable[["Program", "Node"], None]
ToClosure = Callable[["Program", "Node", str], ir.Expr]


class Grammar:
    """The tables of one language, keyed by the grammar's numeric node kinds (comparing them is much cheaper than comparing names)."""

    __slots__ = ("closure", "expressions", "extras", "ids", "statements")

    def __init__(
        self,
        language: Language,
        expressions: Mapping[str, ToExpr],
        statements: Mapping[str, ToStatements],
        closure: ToClosure,
        extras: Iterable[str],
    ) -> None:
        self.closure = closure
        self.ids: dict[str, list[int]] = {}
        for kind in range(language.node_kind_count):
            self.ids.setdefault(language.node_kind_for_id(kind) or "", []).append(kind)
        self.expressions = self._by_id(expressions)
        self.statements = self._by_id(statements)
        self.extras = frozenset(kind for name in extras for kind in self.ids.get(name, ()))

    def _by_id(self, table: Mapping[str, Callable[..., object]]) -> dict[int, Callable[..., object]]:
        return {kind: function for name, function in table.items() for kind in self.ids.get(name, ())}


class Scope:
    """Where a declaration stands: the enclosing function, the enclosing class and the prefix of qualified names."""

    __slots__ = ("function", "owner", "prefix")

    def __init__(self, function: int, owner: int | None, prefix: str) -> None:
        self.function = function
        self.owner = owner
        self.prefix = prefix


class Program:
    """One file while it is lowered."""

    def __init__(self, source: Source, grammar: Grammar) -> None:
        self.source = source
        self.grammar = grammar
        self.functions: list[ir.Function] = [ir.Function("<module>", "<module>", 1, 1)]
        self.classes: list[ir.Class] = []
        self.imports: list[ir.Import] = []
        self.package = ""
        self.directives: list[str] = []
        self.out: list[ir.Stmt] = []
        self.switch_target = ""
        self.members: list[ir.Stmt] = []
        self.locals: set[str] = set()
        self.fields: dict[str, str] = {}
        self.results: tuple[str, ...] = ()
        self.types: dict[str, int] = {}
        self.scope = Scope(0, None, "")
        self._names: set[tuple[str, str]] = set()

    # Walking

    def children(self, node: Node) -> list[Node]:
        """Return the named children of ``node`` without comments."""
        extras = self.grammar.extras
        return [child for child in node.named_children if child.kind_id not in extras]

    def expr(self, node: Node | None) -> ir.Expr:
        """Lower one expression; what the tables do not know becomes Unknown with its parts."""
        if node is None:
            return ir.Unknown(1)
        source = self.source
        if source.depth >= source.limits.depth:
            source.enter()
            return ir.Unknown(node.start_point[0] + 1)
        source.depth += 1
        function = self.grammar.expressions.get(node.kind_id)
        result = self.unknown(node) if function is None else function(self, node)
        source.depth -= 1
        return result  # type: ignore[return-value]

    def closure(self, node: Node, name: str) -> ir.Expr:
        """Lower a function value; ``name`` is that of the variable or property it is assigned to, or empty."""
        return self.grammar.closure(self, node, name)

    def unknown(self, node: Node) -> ir.Expr:
        """Keep the parts of an expression the reader has no model for."""
        known = self.grammar.expressions
        parts = tuple(self.expr(child) for child in self.children(node) if child.kind_id in known or child.is_error)
        return ir.Unknown(node.start_point[0] + 1, parts)

    def statement(self, node: Node) -> None:
        """Lower one statement into ``out``. What is no statement is kept for its effect if it is an expression, else for its children."""
        grammar, source = self.grammar, self.source
        if not source.enter():
            return
        function = grammar.statements.get(node.kind_id)
        if function is not None:
            function(self, node)
        elif node.kind_id in grammar.expressions:
            self.out.append(ir.Do(node.start_point[0] + 1, self.expr(node)))
        elif node.is_error or node.has_error:
            for child in self.children(node):
                if child.kind_id in grammar.statements or child.child_count:
                    self.statement(child)
        source.leave()

    def body(self, nodes: Iterable[Node | None]) -> tuple[ir.Stmt, ...]:
        """Lower statements into a block of their own."""
        saved, self.out = self.out, []
        for node in nodes:
            if node is not None:
                self.statement(node)
        result, self.out = tuple(self.out), saved
        return result

    # Declaring

    def qualify(self, name: str) -> str:
        """Return the qualified name of ``name`` declared here."""
        prefix = self.scope.prefix
        return self.source.qualified(f"{prefix}." if prefix else "", name)

    def unique(self, name: str) -> str:
        """Return ``name``, numbered when an anonymous thing of that qualified name was declared before (two lambdas on one line)."""
        candidate, number = name, 1
        while (self.scope.prefix, candidate) in self._names:
            number += 1
            candidate = f"{name[:-1]}:{number}>" if name.endswith(">") else f"{name}:{number}"
        self._names.add((self.scope.prefix, candidate))
        return candidate

    def reserve_function(self) -> int:
        """Return the index of a function that is filled in later, so that enclosing functions come before enclosed ones."""
        self.functions.append(self.functions[0])
        return len(self.functions) - 1

    def reserve_class(self) -> int:
        """Return the index of a class that is filled in later."""
        self.classes.append(ir.Class("", "", 1, 1))
        return len(self.classes) - 1

    def enter(self, function: int | None = None, owner: int | None = None, prefix: str = "") -> Scope:
        """Step into a function or class; returns the scope to hand back to :meth:`leave`."""
        saved = self.scope
        self.scope = Scope(saved.function if function is None else function, owner, prefix or saved.prefix)
        return saved

    def leave(self, saved: Scope) -> None:
        """Step out again."""
        self.scope = saved

    def finish(self, language: str, root: Node, module: tuple[ir.Stmt, ...]) -> ir.FileIR:
        """Return the file with ``module`` as the body of its module function."""
        self.functions[0] = ir.Function("<module>", "<module>", 1, self.source.end_line(root), body=module)
        return ir.FileIR(
            language,
            tuple(self.functions),
            tuple(self.classes),
            tuple(self.imports),
            package=self.package,
            directives=tuple(self.directives),
            broken=broken_lines(root),
            truncated=self.source.truncated,
        )


def as_utf8(data: bytes) -> bytes:
    """Return ``data`` in UTF-8 without a byte order mark. Text that is not UTF-8 is taken as GB 18030 (the usual case in old Chinese
    projects), else broken characters are replaced."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    data = data.removeprefix(b"\xef\xbb\xbf")
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return data if encoding == "utf-8" else text.encode("utf-8", "replace")
    return data.decode("utf-8", "replace").encode()


_VERB = re.compile(r"%(?:%|n|[-+# 0,(]*(?:\[?\d+[\]$])?[-+# 0,(]*[\d*]*(?:\.[\d*]+)?[a-zA-Z])")
_BRACES = re.compile(r"\{\d*\}")


def formatted(line: int, call: ir.Call, braces: bool = False) -> ir.Expr:
    """Return text formatting with a literal format as the Template it makes (``%s`` verbs, or ``{}`` places); any other call as it is."""
    head = call.args[0].value if call.args else None
    if not isinstance(head, ir.Literal) or not isinstance(head.value, str) or any(arg.spread for arg in call.args):
        return call
    parts: list[ir.Expr] = []
    rest = [arg.value for arg in call.args[1:]]
    at = 0
    for match in (_BRACES if braces else _VERB).finditer(head.value):
        parts.append(ir.Literal(line, head.value[at : match.start()]))
        at = match.end()
        if match.group() in ("%%", "%n"):
            parts.append(ir.Literal(line, "%" if match.group() == "%%" else "\n"))
        elif rest:
            parts.append(rest.pop(0))
    parts.append(ir.Literal(line, head.value[at:]))
    kept = tuple(part for part in parts if not (isinstance(part, ir.Literal) and part.value == ""))
    return ir.Template(line, kept + tuple(rest))


def number(text: str, digits: str) -> ir.Scalar:
    """Return the value of a number's source text (``digits``: the text without suffix); big or odd ones stay text."""
    plain = digits.replace("_", "")
    if len(plain) > 18:
        return text
    try:
        if plain[:1] == "0" and plain[1:].isdigit() and len(plain) > 1:
            return int(plain, 8)
        return int(plain, 0)
    except ValueError:
        pass
    try:
        value = float(plain)
    except ValueError:
        return text
    return value if abs(value) < 1e300 else text
