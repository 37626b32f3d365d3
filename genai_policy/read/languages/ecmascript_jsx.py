"""JSX elements as calls: ``<C a={b}>text</C>`` is ``C(a=b, children=["text"])``.

A component is a Name or Attr; an element of the page (``<div>``) is a Literal, because no variable is called. Fragments are lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from genai_policy.model.ir import Arg, Attr, Call, Expr, Group, Item, Literal, Name, Unknown
from genai_policy.read.languages.ecmascript_text import attribute_string
from genai_policy.read.languages.ecmascript_unit import LowerExpression, Unit, named_children

if TYPE_CHECKING:
    from tree_sitter import Node


def _element(unit: Unit, node: Node) -> Expr:
    line = node.start_point[0] + 1
    opening = node.child_by_field_name("open_tag") or node
    name = opening.child_by_field_name("name")
    if name is None:
        return Group(line, "list", _children(unit, node))
    func = _tag(unit, name)
    number = unit.next_call()
    args = [_attribute(unit, part) for part in opening.named_children if part.type in ("jsx_attribute", "jsx_expression")]
    children = _children(unit, node) if opening is not node else ()
    if children:
        args.append(Arg(Group(line, "list", children), "children"))
    return Call(func.line, number, func, tuple(args))


def _tag(unit: Unit, node: Node) -> Expr:
    line = node.start_point[0] + 1
    if node.type == "member_expression":
        base, name = node.child_by_field_name("object"), node.child_by_field_name("property")
        if base is not None and name is not None:
            return Attr(name.start_point[0] + 1, _tag(unit, base), unit.text(name))
    text = unit.text(node)
    return Name(line, text) if node.type == "identifier" and (text[:1].isupper() or text[:1] in "_$") else Literal(line, text)


def _attribute(unit: Unit, node: Node) -> Arg:
    line = node.start_point[0] + 1
    if node.type == "jsx_expression":
        parts = named_children(node)
        spread = [inner for part in parts[:1] for inner in (named_children(part) if part.type == "spread_element" else [part])]
        return Arg(unit.expression(spread[0]) if spread else Unknown(line), None, True)
    parts = named_children(node)
    name = unit.text(parts[0]) if parts else ""
    if len(parts) < 2:
        return Arg(Literal(line, True), name)
    value = parts[1]
    if value.type == "string":
        return Arg(attribute_string(unit, value), name)
    if value.type == "jsx_expression":
        inner = named_children(value)
        return Arg(unit.value(inner[0], name) if inner else Literal(line, None), name)
    return Arg(unit.expression(value), name)


def _children(unit: Unit, node: Node) -> tuple[Item, ...]:
    """Lower what stands between the tags; in the result it lies two levels deeper, in a list in an argument."""
    if not unit.enter():
        return ()
    items: list[Item] = []
    for child in node.named_children:
        kind = child.type
        if kind == "jsx_text":
            text = unit.text(child).strip()
            if text:
                items.append(Item(Literal(child.start_point[0] + 1, text)))
        elif kind == "jsx_expression":
            for inner in named_children(child)[:1]:
                spread = inner.type == "spread_element"
                items.append(Item(unit.expression(inner), None, spread))
        elif kind == "ERROR":
            items.append(Item(Literal(child.start_point[0] + 1, unit.text(child).strip())))
        elif unit.is_expression(kind):
            items.append(Item(unit.expression(child)))
    unit.leave()
    return tuple(items)


def _expression(unit: Unit, node: Node) -> Expr:
    parts = named_children(node)
    return unit.expression(parts[0]) if parts else Literal(node.start_point[0] + 1, None)


JSX: dict[str, LowerExpression] = {
    "jsx_element": _element,
    "jsx_self_closing_element": _element,
    "jsx_fragment": _element,
    "jsx_expression": _expression,
}
