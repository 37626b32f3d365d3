"""ECMAScript functions of every spelling, their parameters and decorators, as :class:`genai_policy.model.ir.Function`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genai_policy.model.ir import Closure, Define, Expr, Function, Param, Return, Stmt
from genai_policy.read.languages.ecmascript_text import string_text
from genai_policy.read.languages.ecmascript_types import annotation
from genai_policy.read.languages.ecmascript_unit import DEFAULT, Unit, named_children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

#: Words before a member's name that become flags.
_MODIFIERS = {"async": "async", "static": "static", "get": "getter", "set": "setter", "*": "generator", "abstract": "abstract"}


def lower_function(
    unit: Unit,
    node: Node,
    name: str,
    *,
    flags: tuple[str, ...] = (),
    decorators: tuple[Expr, ...] = (),
    owner: int | None = None,
) -> int:
    """Lower a function, arrow, method or signature called ``name`` (dots allowed: ``service.reply``; "" for none); return its index."""
    index = unit.reserve_function()
    line = _line(node)
    qualname = unit.qualified(unit.prefix, name or unit.anonymous("lambda", line))
    parent, prefix = unit.function, unit.prefix
    unit.function, unit.prefix = index, qualname + "."
    params = _params(unit, node)
    body, directives = _body(unit, node)
    returns = annotation(unit, node.child_by_field_name("return_type"))
    unit.function, unit.prefix = parent, prefix
    unit.functions[index] = Function(
        name=name.rpartition(".")[2] if name else qualname.rpartition(".")[2],
        qualname=qualname,
        line=line,
        end_line=node.end_point[0] + 1,
        params=params,
        body=body,
        returns=returns,
        decorators=decorators,
        flags=tuple(dict.fromkeys((*_flags(node), *flags, *directives))),
        owner=owner,
        parent=parent,
    )
    return index


def closure(unit: Unit, node: Node, name: str = "") -> Expr:
    """Lower a function written as a value; without a name from outside it keeps its own."""
    own = node.child_by_field_name("name")
    if not name and own is not None:
        name = unit.text(own)
    return Closure(node.start_point[0] + 1, lower_function(unit, node, name))


def declaration(unit: Unit, node: Node) -> Iterator[Stmt]:
    """Lower ``function f() {}``; without a name it can only be the default export."""
    name = node.child_by_field_name("name")
    index = lower_function(unit, node, DEFAULT if name is None else unit.text(name))
    yield Define(node.start_point[0] + 1, index)


def decorators_of(unit: Unit, nodes: list[Node]) -> tuple[Expr, ...]:
    """Lower the ``@decorators`` among ``nodes``, in order."""
    return tuple(unit.expression(part) for node in nodes if node.type == "decorator" for part in named_children(node)[:1])


def parameter_nodes(parameters: Node) -> list[Node]:
    """Return the nodes of the parameters that are passed; TypeScript's ``this`` only declares a type."""
    nodes = [part for part in parameters.named_children if part.type not in ("comment", "ERROR")]
    return [part for part in nodes if (part.child_by_field_name("pattern") or part).type != "this"]


def parameter_modifiers(node: Node) -> bool:
    """Tell whether a constructor parameter is also a field (``private``, ``readonly`` …)."""
    return any(child.type in ("accessibility_modifier", "readonly", "override_modifier") for child in node.children)


def _line(node: Node) -> int:
    """A decorated or multi-line member is pointed at by its name."""
    name = node.child_by_field_name("name") if node.type == "method_definition" else None
    return (name or node).start_point[0] + 1


def _flags(node: Node) -> tuple[str, ...]:
    found: list[str] = ["generator"] if node.type.startswith("generator_function") else []
    for child in node.children:
        kind = child.type
        if kind in _MODIFIERS:
            found.append(_MODIFIERS[kind])
        elif child.is_named and kind not in ("accessibility_modifier", "override_modifier", "decorator", "comment"):
            break
    return tuple(found)


def _params(unit: Unit, node: Node) -> tuple[Param, ...]:
    parameters = node.child_by_field_name("parameters")
    if parameters is not None:
        return tuple(_param(unit, part) for part in parameter_nodes(parameters))
    single = node.child_by_field_name("parameter")
    return () if single is None else (_param(unit, single),)


def _param(unit: Unit, node: Node) -> Param:
    """TypeScript wraps the pattern in a node with a type; JavaScript does not."""
    pattern, type_, default = node.child_by_field_name("pattern"), None, None
    decorators: tuple[Expr, ...] = ()
    if pattern is not None:
        type_ = annotation(unit, node.child_by_field_name("type"))
        value = node.child_by_field_name("value")
        default = unit.expression(value) if value is not None else None
        decorators = decorators_of(unit, node.children_by_field_name("decorator"))
    elif node.type == "assignment_pattern":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        pattern = left or node
        default = unit.expression(right) if right is not None else None
    else:
        pattern = node
    kind = pattern.type
    if kind in ("object_pattern", "array_pattern"):
        return Param("", type_, default, "pattern", unit.expression(pattern), decorators)
    if kind == "rest_pattern":
        rest = named_children(pattern)
        if rest and rest[0].type in ("object_pattern", "array_pattern"):
            return Param("", type_, default, "rest", unit.expression(rest[0]), decorators)
        return Param(unit.text(rest[0]) if rest else "", type_, default, "rest", None, decorators)
    return Param(unit.text(pattern), type_, default, "plain", None, decorators)


def _body(unit: Unit, node: Node) -> tuple[tuple[Stmt, ...], tuple[str, ...]]:
    """Return the statements and the flags its directives (``'use server'``) give; an arrow's expression is returned."""
    body = node.child_by_field_name("body")
    if body is None:
        return (), ()
    if body.type == "statement_block":
        statements = body.named_children
        directives = tuple(text.replace(" ", "-") for text in directive_texts(unit, statements))
        return unit.statements(statements), directives
    return (Return(body.start_point[0] + 1, unit.expression(body)),), ()


def directive_texts(unit: Unit, statements: list[Node]) -> Iterator[str]:
    """Yield the ``'use …'`` marks that open a file or function; ``use strict`` says nothing."""
    for statement in statements:
        if statement.type in ("comment", "hash_bang_line"):
            continue
        inner = statement.named_children if statement.type == "expression_statement" else []
        if not inner or inner[0].type != "string":
            return
        text = string_text(unit, inner[0])
        if text.startswith("use ") and text != "use strict":
            yield text[:40]
