"""ECMAScript expressions and destructuring patterns as :mod:`genai_policy.model.ir` expressions.

A default inside a pattern (``{ a = 1 }``) is ``Op("=", (target, default))``. ``obj.method()`` carries the line of ``method``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from genai_policy.model.ir import Arg, Attr, Call, Closure, Expr, Group, Index, Item, Literal, Name, Op, Template, Unknown
from genai_policy.read.languages.ecmascript_classes import class_value
from genai_policy.read.languages.ecmascript_functions import closure, lower_function
from genai_policy.read.languages.ecmascript_jsx import JSX
from genai_policy.read.languages.ecmascript_modules import imported_in_place
from genai_policy.read.languages.ecmascript_text import key_name, number, property_key, source_text, string, template
from genai_policy.read.languages.ecmascript_types import type_of
from genai_policy.read.languages.ecmascript_unit import LowerExpression, LowerNamed, Unit, named_children

if TYPE_CHECKING:
    from tree_sitter import Node

_WORDS = {"&&": "and", "||": "or", "??": "or", "!": "not", "instanceof": "type-is"}
_CONSTANTS: dict[str, str | bool | None] = {"true": True, "false": False, "null": None, "undefined": None}
_CHAINED = frozenset({"call_expression", "member_expression", "subscript_expression", "non_null_expression", "nested_identifier"})


def _line(node: Node) -> int:
    return node.start_point[0] + 1


def _name(unit: Unit, node: Node) -> Expr:
    return Name(node.start_point[0] + 1, unit.data[node.start_byte : node.end_byte].decode("utf-8", "replace"))


def _constant(unit: Unit, node: Node) -> Expr:
    return Literal(node.start_point[0] + 1, _CONSTANTS[node.type])


def _chain(unit: Unit, node: Node) -> Expr:
    """Lower ``a.b(c)[d].e()`` from its head outwards without recursion: fluent code nests one level per link."""
    links = [node]
    head = _head(node)
    while head is not None and head.type in _CHAINED:
        links.append(head)
        head = _head(head)
    if unit.depth + len(links) > unit.limits.depth:
        unit.truncated = unit.truncated or f"nested deeper than {unit.limits.depth} levels (a chain of calls)"
        return Unknown(_line(node))
    unit.depth += len(links)
    lowered = unit.expression(head) if head is not None else Unknown(_line(node))
    unit.depth -= len(links)
    for link in reversed(links):
        kind = link.type
        if kind in ("member_expression", "nested_identifier"):
            name = link.child_by_field_name("property")
            lowered = Attr(_line(name or link), lowered, unit.text(name) if name is not None else "")
        elif kind == "call_expression":
            lowered = _call(unit, link, lowered)
        elif kind == "subscript_expression":
            index = link.child_by_field_name("index")
            key = unit.expression(index) if index is not None else Literal(_line(link), "")
            lowered = Index(key.line, lowered, key)
    return lowered


def _head(node: Node) -> Node | None:
    kind = node.type
    if kind == "call_expression":
        return node.child_by_field_name("function")
    if kind == "non_null_expression":
        return next(iter(named_children(node)), None)
    return node.child_by_field_name("object")


def _call(unit: Unit, node: Node, func: Expr) -> Expr:
    number = unit.next_call()
    arguments = node.child_by_field_name("arguments")
    if arguments is not None and arguments.type == "template_string":
        args: tuple[Arg, ...] = (Arg(template(unit, arguments)),)
    else:
        args = _arguments(unit, arguments)
    return imported_in_place(unit, node, func, args) or Call(func.line, number, func, args)


def _arguments(unit: Unit, node: Node | None) -> tuple[Arg, ...]:
    if node is None:
        return ()
    args: list[Arg] = []
    for part in node.named_children:
        kind = part.type
        if kind == "spread_element":
            args.extend(Arg(unit.expression(inner), None, True) for inner in named_children(part)[:1])
        elif kind not in ("comment", "ERROR"):
            args.append(Arg(unit.expression(part)))
    return tuple(args)


def _new(unit: Unit, node: Node) -> Expr:
    constructor = node.child_by_field_name("constructor")
    func = unit.expression(constructor) if constructor is not None else Unknown(_line(node))
    return Call(func.line, unit.next_call(), func, _arguments(unit, node.child_by_field_name("arguments")), True)


def _first(unit: Unit, node: Node) -> Expr:
    """Parentheses, ``satisfies`` and instantiations stand for what they hold."""
    parts = named_children(node)
    return unit.expression(parts[0]) if parts else Unknown(_line(node))


def _first_value(unit: Unit, node: Node, name: str) -> Expr:
    parts = named_children(node)
    return unit.value(parts[0], name) if parts else Unknown(_line(node))


def _cast(unit: Unit, node: Node) -> Expr:
    parts = named_children(node)
    if len(parts) != 2:
        return _first(unit, node)
    value, type_ = parts if node.type == "as_expression" else reversed(parts)
    if type_.type == "type_arguments":
        type_ = next(iter(named_children(type_)), type_)
    return Op(_line(node), "cast", (unit.expression(value), type_of(unit, type_)))


def _cast_value(unit: Unit, node: Node, name: str) -> Expr:
    """The value of a cast keeps the name it is assigned to."""
    parts = named_children(node)
    if len(parts) != 2:
        return _first_value(unit, node, name)
    return Op(_line(node), "cast", (unit.value(parts[0], name), type_of(unit, parts[1])))


def _operator(unit: Unit, node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return unit.text(operator) if operator is not None else "?"


def _binary(unit: Unit, node: Node) -> Expr:
    """Lower a left-leaning run of one operator flat: long concatenations nest one level per part."""
    operator = _operator(unit, node)
    parts: list[Node] = []
    at: Node | None = node
    while at is not None and at.type == "binary_expression" and _operator(unit, at) == operator:
        right = at.child_by_field_name("right")
        if right is not None:
            parts.append(right)
        at = at.child_by_field_name("left")
    if at is not None:
        parts.append(at)
    operands = tuple(unit.expression(part) for part in reversed(parts))
    if operator == "+" and any(_is_text(operand) for operand in operands):
        return Template(_line(node), tuple(inner for operand in operands for inner in _text_parts(operand)))
    return Op(_line(node), _WORDS.get(operator, operator), operands)


def _is_text(part: Expr) -> bool:
    return isinstance(part, Template) or (isinstance(part, Literal) and isinstance(part.value, str))


def _text_parts(part: Expr) -> tuple[Expr, ...]:
    return part.parts if isinstance(part, Template) else (part,)


def _unary(unit: Unit, node: Node) -> Expr:
    argument = node.child_by_field_name("argument")
    operator = _operator(unit, node)
    operand = unit.expression(argument) if argument is not None else Unknown(_line(node))
    if operator == "-" and isinstance(operand, Literal) and isinstance(operand.value, (int, float)):
        return Literal(_line(node), -operand.value)
    return Op(_line(node), _WORDS.get(operator, operator), (operand,))


def _await(unit: Unit, node: Node) -> Expr:
    return Op(_line(node), "await", tuple(unit.expression(part) for part in named_children(node)[:1]))


def _yield(unit: Unit, node: Node) -> Expr:
    kind = "yield-from" if any(child.type == "*" for child in node.children) else "yield"
    return Op(_line(node), kind, tuple(unit.expression(part) for part in named_children(node)[:1]))


def _ternary(unit: Unit, node: Node) -> Expr:
    return Op(_line(node), "if", tuple(unit.expression(part) for part in named_children(node)))


def _sequence(unit: Unit, node: Node) -> Expr:
    parts: list[Node] = []
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if part.type == "sequence_expression":
            waiting.extend(reversed(named_children(part)))
        else:
            parts.append(part)
    return Op(_line(node), ",", tuple(unit.expression(part) for part in parts))


def _assignment(unit: Unit, node: Node) -> Expr:
    """An assignment inside an expression."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return _first(unit, node)
    target = unit.expression(left)
    value = unit.value(right, target.id) if isinstance(target, Name) else unit.expression(right)
    return Op(_line(node), "walrus", (target, value))


def _array(unit: Unit, node: Node) -> Expr:
    return Group(_line(node), "list", tuple(_element(unit, part) for part in node.named_children if part.type not in ("comment", "ERROR")))


def _element(unit: Unit, node: Node) -> Item:
    if node.type in ("spread_element", "rest_pattern"):
        parts = named_children(node)
        return Item(unit.expression(parts[0]) if parts else Unknown(_line(node)), None, True)
    return Item(unit.expression(node))


def _object(unit: Unit, node: Node, name: str = "") -> Expr:
    """Lower an object literal; a function in it is called ``name.key``."""
    items: list[Item] = []
    for part in node.named_children:
        kind = part.type
        if kind == "pair":
            key_node, value = part.child_by_field_name("key"), part.child_by_field_name("value")
            if key_node is None or value is None:
                continue
            key = property_key(unit, key_node)
            items.append(Item(unit.value(value, _below(name, key)), key))
        elif kind == "shorthand_property_identifier":
            named = Name(_line(part), unit.text(part))
            items.append(Item(named, Literal(named.line, named.id)))
        elif kind == "method_definition":
            key_node = part.child_by_field_name("name")
            key = property_key(unit, key_node) if key_node is not None else Literal(_line(part), "")
            items.append(Item(Closure(_line(part), lower_function(unit, part, _below(name, key))), key))
        elif kind == "spread_element":
            items.append(_element(unit, part))
    return Group(_line(node), "dict", tuple(items))


def _below(name: str, key: Expr) -> str:
    return f"{name}.{key_name(key)}" if name else key_name(key)


def _object_pattern(unit: Unit, node: Node) -> Expr:
    items: list[Item] = []
    for part in node.named_children:
        kind = part.type
        if kind == "shorthand_property_identifier_pattern":
            named = Name(_line(part), unit.text(part))
            items.append(Item(named, Literal(named.line, named.id)))
        elif kind == "object_assignment_pattern":
            target = _with_default(unit, part)
            items.append(Item(target, Literal(target.line, _target_name(target))))
        elif kind == "pair_pattern":
            key, value = part.child_by_field_name("key"), part.child_by_field_name("value")
            if key is not None and value is not None:
                items.append(Item(unit.expression(value), property_key(unit, key)))
        elif kind == "rest_pattern":
            items.append(_element(unit, part))
    return Group(_line(node), "dict", tuple(items))


def _target_name(target: Expr) -> str:
    while isinstance(target, Op):
        target = target.operands[0]
    return target.id if isinstance(target, Name) else ""


def _with_default(unit: Unit, node: Node) -> Expr:
    parts = named_children(node)
    return Op(_line(node), "=", tuple(unit.expression(part) for part in parts[:2]))


def _rest(unit: Unit, node: Node) -> Expr:
    """A rest outside a collection only occurs in broken code."""
    return _first(unit, node)


def _meta(unit: Unit, node: Node) -> Expr:
    base, _, name = unit.text(node).partition(".")
    return Attr(_line(node), Name(_line(node), base.strip()), name.strip())


def _closure(unit: Unit, node: Node) -> Expr:
    return closure(unit, node)


_FUNCTIONS = ("arrow_function", "function_expression", "generator_function", "function")

EXPRESSIONS: dict[str, LowerExpression] = {
    **dict.fromkeys(
        ("identifier", "this", "super", "import", "property_identifier", "type_identifier", "shorthand_property_identifier_pattern"), _name
    ),
    **dict.fromkeys(("private_property_identifier", "shorthand_property_identifier", "statement_identifier"), _name),
    **dict.fromkeys(_CONSTANTS, _constant),
    **dict.fromkeys(_CHAINED, _chain),
    **dict.fromkeys(("parenthesized_expression", "satisfies_expression", "instantiation_expression"), _first),
    **dict.fromkeys(("as_expression", "type_assertion"), _cast),
    **dict.fromkeys(("unary_expression", "update_expression"), _unary),
    **dict.fromkeys(("assignment_expression", "augmented_assignment_expression"), _assignment),
    **dict.fromkeys(("array", "array_pattern"), _array),
    **dict.fromkeys(("assignment_pattern", "object_assignment_pattern"), _with_default),
    **dict.fromkeys(("spread_element", "rest_pattern"), _rest),
    **dict.fromkeys(_FUNCTIONS, _closure),
    "string": string,
    "number": number,
    "regex": source_text,
    "template_string": template,
    "new_expression": _new,
    "binary_expression": _binary,
    "await_expression": _await,
    "yield_expression": _yield,
    "ternary_expression": _ternary,
    "sequence_expression": _sequence,
    "object": _object,
    "object_pattern": _object_pattern,
    "meta_property": _meta,
    "class": class_value,
    **JSX,
}

NAMED: dict[str, LowerNamed] = {
    **dict.fromkeys(_FUNCTIONS, closure),
    **dict.fromkeys(("parenthesized_expression", "satisfies_expression", "non_null_expression"), _first_value),
    "as_expression": _cast_value,
    "object": _object,
}
