"""Go types, names, literals, operators and calls as expressions of the program representation.

``*T`` and ``&x`` are Op ``ref``; ``[]T`` is ``Index(Name "[]", T)``, ``map[K]V`` is ``Index(Name "map", (K, V))``, ``chan T`` is
``Index(Name "chan", T)``, a function type is ``Index(Name "func", (parameter types, result types))``. ``T{...}`` is Call(new) with named
arguments (a string key gives the name too); slice and map literals are Groups whose bare ``{...}`` elements take the element type;
``new(T)`` is ``ref`` of Call(new). ``fmt.Sprintf`` with a literal format is a Template.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from genai_policy.model import ir
from genai_policy.read.languages.program import Program, ToExpr, formatted, number

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "a": "\a", "v": "\v"}
_UNARY = {"!": "not", "&": "ref", "*": "ref", "<-": "receive"}
_BINARY = {"&&": "and", "||": "or"}
_ARRAYS = ("slice_type", "array_type", "implicit_length_array_type")


def name(p: Program, node: Node) -> ir.Expr:
    """A bare identifier or type name."""
    return ir.Name(node.start_point[0] + 1, p.source.text(node))


def first(p: Program, node: Node) -> ir.Expr:
    """Lower a wrapper (parentheses, a list of one) as its first part."""
    kids = p.children(node)
    return p.expr(kids[0]) if kids else ir.Unknown(node.start_point[0] + 1)


def pointer_type(p: Program, node: Node) -> ir.Expr:
    """``*T``."""
    return ir.Op(node.start_point[0] + 1, "ref", (first(p, node),))


def qualified_type(p: Program, node: Node) -> ir.Expr:
    """``pkg.T``."""
    base, title = node.child_by_field_name("package"), node.child_by_field_name("name")
    return ir.Attr(node.start_point[0] + 1, p.expr(base), p.source.text(title) if title else "")


def array_type(p: Program, node: Node) -> ir.Expr:
    """``[]T`` and ``[n]T``."""
    line = node.start_point[0] + 1
    return ir.Index(line, ir.Name(line, "[]"), p.expr(node.child_by_field_name("element")))


def map_type(p: Program, node: Node) -> ir.Expr:
    """``map[K]V``."""
    line = node.start_point[0] + 1
    parts = (p.expr(node.child_by_field_name("key")), p.expr(node.child_by_field_name("value")))
    return ir.Index(line, ir.Name(line, "map"), _tuple(line, parts))


def channel_type(p: Program, node: Node) -> ir.Expr:
    """``chan T`` in either direction."""
    line = node.start_point[0] + 1
    return ir.Index(line, ir.Name(line, "chan"), p.expr(node.child_by_field_name("value")))


def function_type(p: Program, node: Node) -> ir.Expr:
    """``func(A, B) C``."""
    line = node.start_point[0] + 1
    given = tuple(param.annotation or ir.Unknown(line) for param in parameters(p, node.child_by_field_name("parameters")))
    result = result_type(p, node.child_by_field_name("result"))
    results = () if result is None else tuple(i.value for i in result.items) if isinstance(result, ir.Group) else (result,)
    return ir.Index(line, ir.Name(line, "func"), _tuple(line, (_tuple(line, given), _tuple(line, results))))


def generic_type(p: Program, node: Node) -> ir.Expr:
    """``T[A, B]``."""
    base, values = p.expr(node.child_by_field_name("type")), node.child_by_field_name("type_arguments")
    return _instantiate(p, base, values)


def _instantiate(p: Program, base: ir.Expr, values: Node | None) -> ir.Expr:
    types = tuple(p.expr(kid) for kid in p.children(values)) if values is not None else ()
    if not types:
        return base
    return ir.Index(base.line, base, types[0] if len(types) == 1 else _tuple(base.line, types))


def _tuple(line: int, parts: tuple[ir.Expr, ...]) -> ir.Group:
    return ir.Group(line, "tuple", tuple(map(ir.Item, parts)))


def inline_interface(p: Program, node: Node) -> ir.Expr:
    """``interface{}`` and other unnamed interfaces."""
    line = node.start_point[0] + 1
    return ir.Name(line, "interface" if p.children(node) else "any")


def parameters(p: Program, node: Node | None) -> tuple[ir.Param, ...]:
    """Lower a parameter list; one declaration may declare several names, or none."""
    found: list[ir.Param] = []
    for declaration in p.children(node) if node is not None else ():
        kind_node = declaration.child_by_field_name("type")
        kind = None if kind_node is None else p.expr(kind_node)
        rest = declaration.type == "variadic_parameter_declaration"
        names = [p.source.text(title) for title in declaration.children_by_field_name("name") if title.is_named] or ["_"]
        found += [ir.Param(title, kind, kind="rest" if rest else "plain") for title in names]
    return tuple(found)


def result_type(p: Program, node: Node | None) -> ir.Expr | None:
    """Return the result type; several are a tuple Group."""
    if node is None:
        return None
    if node.type != "parameter_list":
        return p.expr(node)
    types = tuple(param.annotation or ir.Unknown(node.start_point[0] + 1) for param in parameters(p, node))
    return types[0] if len(types) == 1 else _tuple(node.start_point[0] + 1, types) if types else None


def text_value(text: str) -> str:
    """Return what a string or rune literal stands for."""
    if text.startswith("`"):
        return text[1:-1]

    def one(match: re.Match[str]) -> str:
        body = match.group(1)
        if body[0] in "xuU" and len(body) > 1:
            code = int(body[1:], 16)
            return chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else "�"
        return chr(int(body, 8)) if body.isdigit() and len(body) == 3 else _PLAIN.get(body, body)

    return _ESCAPE.sub(one, text[1:-1]) if "\\" in text else text[1:-1]


def string(p: Program, node: Node) -> ir.Expr:
    """A string or rune."""
    return ir.Literal(node.start_point[0] + 1, text_value(p.source.text(node)))


def numeric(p: Program, node: Node) -> ir.Expr:
    """An integer, float or imaginary number."""
    text = p.source.text(node)
    return ir.Literal(node.start_point[0] + 1, number(text, text))


def constant(value: ir.Scalar) -> ToExpr:
    """Return a lowering to one fixed constant."""
    return lambda _p, node: ir.Literal(node.start_point[0] + 1, value)


def unary(p: Program, node: Node) -> ir.Expr:
    """``!x``, ``-x``, ``&x``, ``*x``, ``<-c``."""
    operator = p.source.text(node.child_by_field_name("operator") or node)
    return ir.Op(node.start_point[0] + 1, _UNARY.get(operator, operator), (p.expr(node.child_by_field_name("operand")),))


def binary(p: Program, node: Node) -> ir.Expr:
    """Flatten a left-deep chain of one operator; a ``+`` chain with a string literal in it is a Template."""
    operator = p.source.text(node.child_by_field_name("operator") or node)
    right, current = [], node
    while True:
        right.append(current.child_by_field_name("right"))
        left = current.child_by_field_name("left")
        if left is None or left.kind_id != node.kind_id or p.source.text(left.child_by_field_name("operator") or left) != operator:
            break
        current = left
    operands = (p.expr(left), *(p.expr(part) for part in reversed(right)))
    line = node.start_point[0] + 1
    if operator == "+" and any(isinstance(part, ir.Literal) and isinstance(part.value, str) for part in operands):
        return ir.Template(line, operands)
    return ir.Op(line, _BINARY.get(operator, operator), operands)


def selector(p: Program, node: Node) -> ir.Expr:
    """``x.y``."""
    field, base = node.child_by_field_name("field"), p.expr(node.child_by_field_name("operand"))
    return ir.Attr(field.start_point[0] + 1 if field else base.line, base, p.source.text(field) if field else "")


def index(p: Program, node: Node) -> ir.Expr:
    """``x[i]``."""
    base = p.expr(node.child_by_field_name("operand"))
    return ir.Index(base.line, base, p.expr(node.child_by_field_name("index")))


def slice_(p: Program, node: Node) -> ir.Expr:
    """``x[a:b]``."""
    return ir.Op(node.start_point[0] + 1, "slice", tuple(p.expr(kid) for kid in p.children(node)))


def assertion(p: Program, node: Node) -> ir.Expr:
    """``x.(T)``."""
    return ir.Op(node.start_point[0] + 1, "cast", (p.expr(node.child_by_field_name("operand")), p.expr(node.child_by_field_name("type"))))


def conversion(p: Program, node: Node) -> ir.Expr:
    """``[]byte(x)``; ``f[T](x)`` parses alike and is a call."""
    kind, value = node.child_by_field_name("type"), node.child_by_field_name("operand")
    if kind is not None and kind.type == "generic_type":
        function = p.expr(kind)
        return ir.Call(function.line, p.source.next_call(), function, (ir.Arg(p.expr(value)),))
    return ir.Op(node.start_point[0] + 1, "cast", (p.expr(value), p.expr(kind)))


def arguments(p: Program, node: Node | None) -> tuple[ir.Arg, ...]:
    """Lower an argument list."""
    found = []
    for kid in p.children(node) if node is not None else ():
        spread = kid.type == "variadic_argument"
        found.append(ir.Arg(first(p, kid) if spread else p.expr(kid), spread=spread))
    return tuple(found)


def call(p: Program, node: Node) -> ir.Expr:
    """A call; ``new(T)`` is a reference to a new T."""
    called, values = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    function = _instantiate(p, p.expr(called), node.child_by_field_name("type_arguments"))
    if isinstance(function, ir.Name) and function.id == "new" and values is not None and len(p.children(values)) == 1:
        made = ir.Call(function.line, p.source.next_call(), first(p, values), new=True)
        return ir.Op(function.line, "ref", (made,))
    made = ir.Call(function.line, p.source.next_call(), function, arguments(p, values))
    if isinstance(function, ir.Attr) and function.name == "Sprintf" and isinstance(function.base, ir.Name):
        return formatted(made.line, made)
    return made


def composite(p: Program, node: Node) -> ir.Expr:
    """``T{...}``, ``[]T{...}``, ``map[K]V{...}``."""
    kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
    return _literal(p, body, kind, node.start_point[0] + 1)


def _literal(p: Program, body: Node | None, kind: Node | None, line: int) -> ir.Expr:
    elements = p.children(body) if body is not None else []
    if kind is not None and kind.type in _ARRAYS:
        element = kind.child_by_field_name("element")
        return ir.Group(line, "list", tuple(ir.Item(_element(p, kid, element)[1]) for kid in elements))
    if kind is not None and kind.type == "map_type":
        key_kind, value_kind = kind.child_by_field_name("key"), kind.child_by_field_name("value")
        pairs = [_element(p, kid, value_kind, key_kind) for kid in elements]
        return ir.Group(line, "dict", tuple(ir.Item(value, key) for key, value in pairs))
    given = []
    function = ir.Name(line, "") if kind is None else p.expr(kind)
    for kid in elements:
        key, value = _element(p, kid, None)
        given.append(ir.Arg(value, None if key is None else _key_name(key)))
    return ir.Call(function.line, p.source.next_call(), function, tuple(given), new=True)


def _key_name(key: ir.Expr) -> str | None:
    match key:
        case ir.Name(id=text) | ir.Attr(name=text):
            return text
        case ir.Literal(value=str(text)):
            return text
    return None


def _element(p: Program, node: Node, kind: Node | None, key_kind: Node | None = None) -> tuple[ir.Expr | None, ir.Expr]:
    """Lower one element of a composite literal to its key and value."""
    key: ir.Expr | None = None
    value: Node | None = node
    if node.type == "keyed_element":
        key_node, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        key = _bare(p, key_node, key_kind) if key_node is not None else None
    if value is None:
        return key, ir.Unknown(node.start_point[0] + 1)
    return key, _bare(p, value, kind, _key_name(key) or "" if key is not None else "")


def _bare(p: Program, node: Node, kind: Node | None, called: str = "") -> ir.Expr:
    """Lower an element; a bare ``{...}`` is a literal of the element type, a function takes the name of its key."""
    if node.type == "literal_element" and p.children(node):
        node = p.children(node)[0]
    line = node.start_point[0] + 1
    if node.type == "literal_value":
        if not p.source.enter():
            return ir.Unknown(line)
        pointer = kind is not None and kind.type == "pointer_type"
        made = _literal(p, node, p.children(kind)[0] if kind is not None and pointer and p.children(kind) else kind, line)
        p.source.leave()
        return ir.Op(line, "ref", (made,)) if pointer else made
    if node.type == "func_literal":
        return p.closure(node, called)
    return p.expr(node)


EXPRESSIONS: dict[str, ToExpr] = {
    **dict.fromkeys(("identifier", "type_identifier", "package_identifier", "field_identifier", "blank_identifier", "iota"), name),
    **dict.fromkeys(("parenthesized_expression", "parenthesized_type", "expression_list", "type_elem", "type_constraint"), first),
    **dict.fromkeys(("variadic_argument", "literal_element", "negated_type"), first),
    **dict.fromkeys(_ARRAYS, array_type),
    **dict.fromkeys(("interpreted_string_literal", "raw_string_literal", "rune_literal"), string),
    **dict.fromkeys(("int_literal", "float_literal", "imaginary_literal"), numeric),
    "pointer_type": pointer_type,
    "qualified_type": qualified_type,
    "map_type": map_type,
    "channel_type": channel_type,
    "function_type": function_type,
    "generic_type": generic_type,
    "type_instantiation_expression": generic_type,
    "interface_type": inline_interface,
    "true": constant(True),
    "false": constant(False),
    "nil": constant(None),
    "unary_expression": unary,
    "binary_expression": binary,
    "selector_expression": selector,
    "index_expression": index,
    "slice_expression": slice_,
    "type_assertion_expression": assertion,
    "type_conversion_expression": conversion,
    "call_expression": call,
    "composite_literal": composite,
    "func_literal": lambda p, node: p.closure(node, ""),
}
