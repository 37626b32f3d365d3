"""TypeScript types as expressions: ``Foo`` a Name, ``ns.Foo`` an Attr, ``Foo<Bar>`` and ``Foo[]`` an Index, ``A | B`` an Op."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from genai_policy.model.ir import Attr, Expr, Group, Index, Item, Literal, Name, Op
from genai_policy.read.languages.ecmascript_unit import Unit, named_children

if TYPE_CHECKING:
    from tree_sitter import Node

LowerType: TypeAlias = Callable[[Unit, "Node"], Expr]


def annotation(unit: Unit, node: Node | None) -> Expr | None:
    """Lower a ``: T`` annotation (also ``asserts x is T``); None without one."""
    if node is None:
        return None
    parts = named_children(node)
    return type_of(unit, parts[-1]) if parts else None


def type_of(unit: Unit, node: Node) -> Expr:
    """Lower one type. A kind that names nothing callable becomes its source text as a Name."""
    lower = TYPES.get(node.type, _spelled)
    if not unit.enter():
        return Name(unit.line(node), "?")
    lowered = lower(unit, node)
    unit.depth -= 1
    return lowered


def type_arguments(unit: Unit, base: Expr, node: Node | None) -> Expr:
    """Return ``base`` with the type arguments of ``node``, if there are any."""
    arguments = [type_of(unit, part) for part in named_children(node)] if node is not None else []
    if not arguments:
        return base
    line = base.line
    if len(arguments) == 1:
        return Index(line, base, arguments[0])
    return Index(line, base, Group(line, "tuple", tuple(Item(argument) for argument in arguments)))


def _spelled(unit: Unit, node: Node) -> Expr:
    return Name(unit.line(node), unit.text(node)[:200])


def _name(unit: Unit, node: Node) -> Expr:
    return Name(node.start_point[0] + 1, unit.text(node))


def _qualified(unit: Unit, node: Node) -> Expr:
    *base, name = named_children(node) or [node]
    if not base:
        return _name(unit, node)
    return Attr(unit.line(name), type_of(unit, base[0]), unit.text(name))


def _generic(unit: Unit, node: Node) -> Expr:
    name = node.child_by_field_name("name")
    base = type_of(unit, name) if name is not None else _spelled(unit, node)
    return type_arguments(unit, base, node.child_by_field_name("type_arguments"))


def _array(unit: Unit, node: Node) -> Expr:
    parts = named_children(node)
    line = unit.line(node)
    return Index(line, Name(line, "Array"), type_of(unit, parts[0])) if parts else _spelled(unit, node)


def _inner(unit: Unit, node: Node) -> Expr:
    parts = named_children(node)
    return type_of(unit, parts[-1]) if parts else _spelled(unit, node)


def _joined(sign: str) -> LowerType:
    def lower(unit: Unit, node: Node) -> Expr:
        members: list[Expr] = []
        waiting = [node]
        while waiting:
            part = waiting.pop()
            if part.type == node.type:
                waiting.extend(reversed(named_children(part)))
            else:
                members.append(type_of(unit, part))
        return Op(unit.line(node), sign, tuple(members)) if len(members) != 1 else members[0]

    return lower


def _operator(sign: str) -> LowerType:
    def lower(unit: Unit, node: Node) -> Expr:
        return Op(unit.line(node), sign, tuple(type_of(unit, part) for part in named_children(node)))

    return lower


def _literal(unit: Unit, node: Node) -> Expr:
    parts = named_children(node)
    return unit.expression(parts[0]) if parts else _spelled(unit, node)


def _tuple(unit: Unit, node: Node) -> Expr:
    return Group(unit.line(node), "tuple", tuple(Item(_member(unit, part)) for part in named_children(node)))


def _member(unit: Unit, node: Node) -> Expr:
    """A tuple member may be named (``[first: A]``), which looks like a parameter."""
    type_ = node.child_by_field_name("type")
    return (annotation(unit, type_) or _spelled(unit, node)) if type_ is not None else type_of(unit, node)


def _function(unit: Unit, node: Node) -> Expr:
    """``(a: A) => R`` is ``=>`` over the parameter types and, last, the result."""
    parameters = node.child_by_field_name("parameters")
    parts = [annotation(unit, part.child_by_field_name("type")) for part in named_children(parameters)] if parameters is not None else []
    result = node.child_by_field_name("return_type") or node.child_by_field_name("type")
    operands = [part for part in parts if part is not None]
    if result is not None:
        operands.append(type_of(unit, result))
    return Op(unit.line(node), "=>", tuple(operands))


def _object(unit: Unit, node: Node) -> Expr:
    items: list[Item] = []
    for part in named_children(node):
        name = part.child_by_field_name("name")
        type_ = part.child_by_field_name("type")
        if part.type == "property_signature" and name is not None:
            key = Literal(unit.line(name), unit.text(name).strip("'\""))
            items.append(Item(annotation(unit, type_) or Name(unit.line(name), "any"), key))
        elif part.type == "index_signature" and type_ is not None:
            items.append(Item(annotation(unit, type_) or _spelled(unit, part), spread=True))
    return Group(unit.line(node), "dict", tuple(items))


def _lookup(unit: Unit, node: Node) -> Expr:
    parts = named_children(node)
    if len(parts) != 2:
        return _spelled(unit, node)
    return Index(unit.line(node), type_of(unit, parts[0]), type_of(unit, parts[1]))


def _query(unit: Unit, node: Node) -> Expr:
    parts = named_children(node)
    return Op(unit.line(node), "typeof", (unit.expression(parts[0]),)) if parts else _spelled(unit, node)


def _imported(unit: Unit, node: Node) -> Expr:
    return unit.expression(node)


TYPES: dict[str, LowerType] = {
    "type_identifier": _name,
    "identifier": _name,
    "predefined_type": _name,
    "this_type": _name,
    "nested_type_identifier": _qualified,
    "nested_identifier": _qualified,
    "generic_type": _generic,
    "array_type": _array,
    "parenthesized_type": _inner,
    "readonly_type": _inner,
    "optional_type": _inner,
    "rest_type": _inner,
    "infer_type": _inner,
    "asserts": _inner,
    "type_predicate": _operator("type-is"),
    "union_type": _joined("|"),
    "intersection_type": _joined("&"),
    "index_type_query": _operator("keyof"),
    "conditional_type": _operator("if"),
    "literal_type": _literal,
    "tuple_type": _tuple,
    "function_type": _function,
    "constructor_type": _function,
    "object_type": _object,
    "lookup_type": _lookup,
    "type_query": _query,
    "call_expression": _imported,
    "member_expression": _imported,
}
