"""Lowers the patterns of Python's ``match``.

A class pattern is ``type-is`` (its parts as a Group, the class), ``p as x`` a ``walrus``, a guard an ``and`` with the pattern, ``*x``
a spread item; a lone ``_`` without guard is the default case.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from genai_policy.model.ir import Case, Expr, Group, Item, Literal, Name, Op, Unknown
from genai_policy.read.languages.python_grammar import SKIPPED
from genai_policy.read.languages.python_statements import Statements

if TYPE_CHECKING:
    from tree_sitter import Node


class Patterns(Statements):
    """Adds ``match`` to the statements."""

    def case(self, node: Node) -> Case:
        """Lower one ``case`` with its guard."""
        line = self.line(node)
        found = [self.pattern(child) for child in node.children if child.type == "case_pattern"]
        guards = [self.expr(kid) for child in node.children if child.type == "if_clause" for kid in _meaning(child)[:1]]
        whole = found[0] if len(found) == 1 else Group(line, "tuple", tuple(map(Item, found)))
        alternatives: tuple[Expr, ...] = whole.operands if isinstance(whole, Op) and whole.op == "|" else (whole,)
        if guards:
            alternatives = tuple(Op(line, "and", (one, *guards)) for one in alternatives)
        elif any(isinstance(one, Name) and one.id == "_" for one in alternatives):
            alternatives = ()
        return Case(line, alternatives, self.block(node.child_by_field_name("consequence")))

    def pattern(self, node: Node) -> Expr:
        """Lower one pattern."""
        line = self.line(node)
        if not self.source.enter():
            return Unknown(line)
        value = self.pattern_of_kind(node, node.type, line)
        self.source.leave()
        return value

    def pattern_of_kind(self, node: Node, kind: str, line: int) -> Expr:
        if kind == "case_pattern":
            return self.wrapped(node, line)
        if kind == "union_pattern":
            return Op(line, "|", tuple(self.parts(node)))
        if kind in ("list_pattern", "tuple_pattern"):
            return self.sequence(node, line)
        if kind == "dict_pattern":
            return self.mapping(node, line)
        if kind == "class_pattern":
            name, *parts = _meaning(node)
            return Op(line, "type-is", (Group(line, "dict", tuple(map(self.class_part, parts))), self.expr(name)))
        if kind == "as_pattern":
            values = [self.pattern(child) for child in _meaning(node)]
            return Op(line, "walrus", (values[1], values[0])) if len(values) == 2 else Unknown(line, tuple(values))
        if kind in ("splat_pattern", "complex_pattern", "keyword_pattern"):
            return Unknown(line, tuple(self.parts(node)))
        return self.expr(node)

    def wrapped(self, node: Node, line: int) -> Expr:
        values = self.parts(node)
        if len(values) == 1:
            return values[0]
        return Unknown(line, tuple(values)) if values else Name(line, "_")

    def parts(self, node: Node) -> list[Expr]:
        """Lower the patterns below ``node``, signs included."""
        values: list[Expr] = []
        negative = False
        for child in node.children:
            if child.type == "-":
                negative = True
            elif child.type == "_":
                values.append(Name(self.line(child), "_"))
            elif child.is_named and child.kind_id not in SKIPPED:
                value = self.pattern(child)
                values.append(_negated(value) if negative else value)
                negative = False
        return values

    def sequence(self, node: Node, line: int) -> Expr:
        """Lower ``[a, *rest]``; a bracketed single pattern is that pattern."""
        items = [self.element(child) for child in node.children if child.is_named and child.kind_id not in SKIPPED]
        if node.type == "tuple_pattern" and len(items) == 1 and not items[0].spread and all(kid.type != "," for kid in node.children):
            return items[0].value
        return Group(line, "list" if node.type == "list_pattern" else "tuple", tuple(items))

    def element(self, node: Node) -> Item:
        inner = _meaning(node)
        splat = inner[0] if node.type == "case_pattern" and len(inner) == 1 else node
        if splat.type == "splat_pattern":
            names = _meaning(splat)
            return Item(self.expr(names[0]) if names else Name(self.line(splat), "_"), None, True)
        return Item(self.pattern(node))

    def mapping(self, node: Node, line: int) -> Expr:
        items: list[Item] = []
        key: Expr | None = None
        for child in _meaning(node):
            if child.type == "splat_pattern":
                items.append(self.element(child))
            elif key is None:
                key = self.pattern(child)
            else:
                items.append(Item(self.pattern(child), key))
                key = None
        return Group(line, "dict", tuple(items))

    def class_part(self, node: Node) -> Item:
        inner = _meaning(node)
        if len(inner) == 1 and inner[0].type == "keyword_pattern":
            parts = _meaning(inner[0])
            if len(parts) == 2:
                return Item(self.pattern(parts[1]), Literal(self.line(node), self.text(parts[0])))
        return Item(self.pattern(node))


def _meaning(node: Node) -> Sequence[Node]:
    return [child for child in node.children if child.is_named and child.kind_id not in SKIPPED]


def _negated(value: Expr) -> Expr:
    if isinstance(value, Literal) and type(value.value) in (int, float):
        return Literal(value.line, -value.value)  # type: ignore[operator]
    return Op(value.line, "-", (value,))
