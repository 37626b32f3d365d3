"""ECMAScript and TypeScript classes, interfaces, enums and type aliases as :class:`genai_policy.model.ir.Class`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import structs

from genai_policy.model.ir import Assign, Attr, Class, Closure, DefineClass, Expr, Field, Name, Stmt
from genai_policy.read.languages.ecmascript_functions import decorators_of, lower_function, parameter_modifiers, parameter_nodes
from genai_policy.read.languages.ecmascript_text import key_name, property_key
from genai_policy.read.languages.ecmascript_types import annotation, type_arguments, type_of
from genai_policy.read.languages.ecmascript_unit import DEFAULT, Unit, named_children

if TYPE_CHECKING:
    from tree_sitter import Node

    Kind = Literal["class", "interface", "struct", "enum", "alias"]

_FIELDS = frozenset({"public_field_definition", "field_definition", "property_signature"})
_SIGNATURES = frozenset({"method_signature", "abstract_method_signature"})
_FUNCTION_VALUES = frozenset({"arrow_function", "function_expression", "generator_function", "function"})


class _Members:
    """What the body of one class holds."""

    def __init__(self) -> None:
        self.fields: list[Field] = []
        self.methods: list[int] = []


def class_declaration(unit: Unit, node: Node, extra: tuple[Expr, ...] = ()) -> Iterator[Stmt]:
    """Lower ``class C {}``; ``extra`` are decorators written before ``export``."""
    name = node.child_by_field_name("name")
    index = lower_class(unit, node, DEFAULT if name is None else unit.text(name), extra)
    yield DefineClass(node.start_point[0] + 1, index)


def class_value(unit: Unit, node: Node) -> Expr:
    """Lower a class written as a value to its Name (``<class:LINE>`` when it has none)."""
    line = node.start_point[0] + 1
    own = node.child_by_field_name("name")
    name = unit.text(own) if own is not None else unit.anonymous("class", line)
    lower_class(unit, node, name)
    return Name(line, name)


def lower_class(unit: Unit, node: Node, name: str, extra: tuple[Expr, ...] = ()) -> int:
    """Lower a class with everything in it; return its index."""
    index = unit.reserve_class()
    decorators = extra + decorators_of(unit, node.children)
    bases = tuple(_bases(unit, node))
    flags = ("abstract",) if node.type == "abstract_class_declaration" else ()
    _finish(unit, node, index, name, "class", bases, decorators, flags)
    return index


def interface_declaration(unit: Unit, node: Node) -> Iterator[Stmt]:
    """Lower ``interface I extends A { … }``: methods are abstract functions."""
    index = unit.reserve_class()
    heritage = [part for part in node.named_children if part.type in ("extends_type_clause", "extends_clause")]
    bases = tuple(type_of(unit, part) for clause in heritage for part in named_children(clause))
    _finish(unit, node, index, _name(unit, node), "interface", bases)
    yield DefineClass(node.start_point[0] + 1, index)


def alias_declaration(unit: Unit, node: Node) -> Iterator[Stmt]:
    """Lower ``type T = …``: the members of an object type are its own, every other part is a base."""
    index = unit.reserve_class()
    value = node.child_by_field_name("value")
    parts = [] if value is None else _intersected(value)
    bases = tuple(type_of(unit, part) for part in parts if part.type != "object_type")
    bodies = [part for part in parts if part.type == "object_type"]
    _finish(unit, node, index, _name(unit, node), "alias", bases, bodies=bodies)
    yield DefineClass(node.start_point[0] + 1, index)


def enum_declaration(unit: Unit, node: Node) -> Iterator[Stmt]:
    """Lower ``enum E { A = "a" }``: each member is a field."""
    index = unit.reserve_class()
    name = _name(unit, node)
    body = node.child_by_field_name("body")
    fields = [_enum_member(unit, part) for part in (named_children(body) if body is not None else [])]
    unit.classes[index] = Class(
        name, unit.qualified(unit.prefix, name), node.start_point[0] + 1, node.end_point[0] + 1, "enum", fields=tuple(fields)
    )
    yield DefineClass(node.start_point[0] + 1, index)


def _finish(
    unit: Unit,
    node: Node,
    index: int,
    name: str,
    kind: Kind,
    bases: tuple[Expr, ...],
    decorators: tuple[Expr, ...] = (),
    flags: tuple[str, ...] = (),
    bodies: list[Node] | None = None,
) -> None:
    """Lower the body and put the class in its place."""
    qualname = unit.qualified(unit.prefix, name)
    outer, unit.prefix = unit.prefix, qualname + "."
    members = _Members()
    body = node.child_by_field_name("body")
    for part in bodies if bodies is not None else [body] if body is not None else []:
        _lower_members(unit, part, index, members)
    unit.prefix = outer
    unit.classes[index] = Class(
        name=name.rpartition(".")[2],
        qualname=qualname,
        line=_line(node),
        end_line=node.end_point[0] + 1,
        kind=kind,
        bases=bases,
        decorators=decorators,
        fields=tuple(members.fields),
        methods=tuple(members.methods),
        flags=flags,
    )


def _line(node: Node) -> int:
    """A decorated class is pointed at by its name."""
    return (node.child_by_field_name("name") or node).start_point[0] + 1


def _name(unit: Unit, node: Node) -> str:
    name = node.child_by_field_name("name")
    return unit.text(name) if name is not None else unit.anonymous("class", node.start_point[0] + 1)


def _bases(unit: Unit, node: Node) -> Iterator[Expr]:
    heritage = next((part for part in node.named_children if part.type == "class_heritage"), None)
    for clause in named_children(heritage) if heritage is not None else []:
        if clause.type == "extends_clause":
            value = clause.child_by_field_name("value")
            if value is not None:
                yield type_arguments(unit, unit.expression(value), clause.child_by_field_name("type_arguments"))
        elif clause.type == "implements_clause":
            for part in named_children(clause):
                yield type_of(unit, part)
        else:
            yield unit.expression(clause)


def _lower_members(unit: Unit, body: Node, owner: int, members: _Members) -> None:
    decorators: list[Node] = []
    signatures: list[tuple[Node, list[Node]]] = []
    for part in body.named_children:
        kind = part.type
        if kind == "decorator":
            decorators.append(part)
            continue
        if kind == "comment":
            continue
        if kind == "method_definition":
            _method(unit, part, owner, members, decorators)
        elif kind in _FIELDS:
            _field(unit, part, owner, members, decorators)
        elif kind in _SIGNATURES:
            signatures.append((part, decorators))
        elif kind == "class_static_block":
            members.methods.append(lower_function(unit, part, "<static>", flags=("static",), owner=owner))
        decorators = []
    for part, before in signatures:
        _signature(unit, part, owner, members, before)


def _method(unit: Unit, node: Node, owner: int, members: _Members, before: list[Node]) -> None:
    name = _member_name(unit, node)
    decorators = decorators_of(unit, before + node.children_by_field_name("decorator"))
    flags = ("constructor",) if name == "constructor" else ()
    index = lower_function(unit, node, name, flags=flags, decorators=decorators, owner=owner)
    members.methods.append(index)
    if name == "constructor":
        fields = list(_parameter_fields(unit, node, index))
        stores = tuple(Assign(one.line, (Attr(one.line, Name(one.line, "this"), one.name),), Name(one.line, one.name)) for one in fields)
        unit.functions[index] = structs.replace(unit.functions[index], body=stores + unit.functions[index].body)
        members.fields.extend(fields)


def _parameter_fields(unit: Unit, node: Node, constructor: int) -> Iterator[Field]:
    """``constructor(private readonly svc: Svc)`` declares a field beside the parameter, and stores the one in the other."""
    parameters = node.child_by_field_name("parameters")
    nodes = parameter_nodes(parameters) if parameters is not None else []
    for part, param in zip(nodes, unit.functions[constructor].params, strict=False):
        if param.name and parameter_modifiers(part):
            yield Field(param.name, part.start_point[0] + 1, param.annotation, None, param.decorators)


def _signature(unit: Unit, node: Node, owner: int, members: _Members, before: list[Node]) -> None:
    """A signature is an abstract method, unless it only overloads a method that is there."""
    name = _member_name(unit, node)
    if name in {unit.functions[index].name for index in members.methods}:
        return
    decorators = decorators_of(unit, before)
    members.methods.append(lower_function(unit, node, name, flags=("abstract",), decorators=decorators, owner=owner))


def _field(unit: Unit, node: Node, owner: int, members: _Members, before: list[Node]) -> None:
    """A field that holds a function is a method as well."""
    name = _member_name(unit, node)
    value_node = node.child_by_field_name("value")
    value: Expr | None = None
    if value_node is not None and value_node.type in _FUNCTION_VALUES:
        index = lower_function(unit, value_node, name, owner=owner)
        members.methods.append(index)
        value = Closure(value_node.start_point[0] + 1, index)
    elif value_node is not None:
        value = unit.value(value_node, name)
    type_ = annotation(unit, node.child_by_field_name("type"))
    decorators = decorators_of(unit, before + node.children_by_field_name("decorator"))
    members.fields.append(Field(name, _line(node), type_, value, decorators))


def _member_name(unit: Unit, node: Node) -> str:
    name = node.child_by_field_name("name") or node.child_by_field_name("property")
    return key_name(property_key(unit, name)) if name is not None else "<computed>"


def _enum_member(unit: Unit, node: Node) -> Field:
    name = node.child_by_field_name("name") or node
    value = node.child_by_field_name("value")
    return Field(
        key_name(property_key(unit, name)), node.start_point[0] + 1, None, unit.expression(value) if value is not None else None
    )


def _intersected(node: Node) -> list[Node]:
    """Return the parts of ``A & B & { … }`` in order."""
    parts: list[Node] = []
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if part.type == "intersection_type":
            waiting.extend(reversed(named_children(part)))
        else:
            parts.append(part)
    return parts
