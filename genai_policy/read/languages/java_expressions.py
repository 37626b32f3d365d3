"""Java types, names, literals, operators, calls and annotations as expressions of the program representation.

Arrays are ``Index(Name "[]", element)``; ``Foo.class`` is the type itself; chains of one operator become one n-ary Op; a ``+`` chain
with a string literal in it becomes a Template; ``x instanceof T t`` is ``and(type-is(x, T), walrus(t, cast(x, T)))``.
A bare name that is a field of the class is written out as ``this.x`` or ``Class.x``; inherited fields and those of enclosing classes
stay bare where they are read.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from genai_policy.model import ir
from genai_policy.read.languages.program import Program, ToExpr, formatted, number

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPE = re.compile(r"\\(u+[0-9a-fA-F]{4}|[0-7]{1,3}|\n|.)", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "s": " ", "0": "\0", "\n": ""}
_OPERATORS = {"&&": "and", "||": "or", "!": "not"}


def name(p: Program, node: Node) -> ir.Expr:
    """A type, ``this``, ``super``, or a name that is being declared."""
    return ir.Name(node.start_point[0] + 1, p.source.text(node))


def variable(p: Program, node: Node) -> ir.Expr:
    """A name that is used: one of this class's own fields is written out as ``this.x`` (``Class.x`` for a static one)."""
    line, text = node.start_point[0] + 1, p.source.text(node)
    holder = p.fields.get(text)
    return ir.Name(line, text) if not holder or text in p.locals else ir.Attr(line, ir.Name(line, holder), text)


def target(p: Program, node: Node | None) -> ir.Expr:
    """What is assigned to: a bare name that is no local must be a field, an inherited one if the class has none of that name."""
    if node is not None and node.type == "identifier":
        line, text = node.start_point[0] + 1, p.source.text(node)
        if text not in p.locals and text not in p.fields and p.scope.function and p.fields:
            return ir.Attr(line, ir.Name(line, "this"), text)
    return p.expr(node)


def declared(p: Program, node: Node) -> ir.Expr:
    """The name of a local variable, from here on not a field."""
    p.locals.add(p.source.text(node))
    return name(p, node)


def first(p: Program, node: Node) -> ir.Expr:
    """Lower a wrapper (parentheses, an annotated type) as its last part."""
    kids = p.children(node)
    return p.expr(kids[-1]) if kids else ir.Unknown(node.start_point[0] + 1)


def dotted(p: Program, node: Node) -> ir.Expr:
    """``a.b.C`` as nested Attr."""
    line = node.start_point[0] + 1
    result: ir.Expr | None = None
    for child in p.children(node):
        if child.type in ("identifier", "type_identifier"):
            text = p.source.text(child)
            result = ir.Name(line, text) if result is None else ir.Attr(line, result, text)
        elif result is None:
            result = p.expr(child)
    return result or ir.Unknown(line)


def dimensioned(element: ir.Expr, dimensions: Node | None, p: Program) -> ir.Expr:
    """Wrap ``element`` once per ``[]``."""
    for _ in range(min(p.source.text(dimensions).count("["), 8) if dimensions is not None else 0):
        element = ir.Index(element.line, ir.Name(element.line, "[]"), element)
    return element


def array_type(p: Program, node: Node) -> ir.Expr:
    return dimensioned(p.expr(node.child_by_field_name("element")), node.child_by_field_name("dimensions"), p)


def generic_type(p: Program, node: Node) -> ir.Expr:
    kids = p.children(node)
    base = p.expr(kids[0]) if kids else ir.Unknown(node.start_point[0] + 1)
    arguments = [p.expr(kid) for kid in p.children(kids[-1])] if len(kids) > 1 else []
    if not arguments:
        return base
    key = arguments[0] if len(arguments) == 1 else ir.Group(base.line, "tuple", tuple(map(ir.Item, arguments)))
    return ir.Index(base.line, base, key)


def wildcard(p: Program, node: Node) -> ir.Expr:
    bounds = [kid for kid in p.children(node) if kid.type not in ("super", "marker_annotation", "annotation")]
    return p.expr(bounds[-1]) if bounds else ir.Name(node.start_point[0] + 1, "?")


def class_literal(p: Program, node: Node) -> ir.Expr:
    """``T.class``."""
    return first(p, node)


def unescape(text: str) -> str:
    """Resolve Java's escapes."""
    if "\\" not in text:
        return text

    def one(match: re.Match[str]) -> str:
        body = match.group(1)
        if body[0] == "u" and len(body) > 1:
            value = chr(int(body.lstrip("u"), 16))
            return "�" if "\ud800" <= value <= "\udfff" else value
        if body[0] in "01234567":
            return chr(int(body, 8))
        return _PLAIN.get(body, body)

    return _ESCAPE.sub(one, text)


def string(p: Program, node: Node) -> ir.Expr:
    text = p.source.text(node)
    if text.startswith('"""') and len(text) >= 6:
        text = textwrap.dedent(text[3:-3].lstrip(" \t\r").removeprefix("\n"))
    else:
        text = text[1:-1]
    return ir.Literal(node.start_point[0] + 1, unescape(text))


def integer(p: Program, node: Node) -> ir.Expr:
    text = p.source.text(node)
    return ir.Literal(node.start_point[0] + 1, number(text, text.rstrip("lL")))


def floating(p: Program, node: Node) -> ir.Expr:
    text = p.source.text(node)
    return ir.Literal(node.start_point[0] + 1, number(text, text.rstrip("fFdD")))


def constant(value: ir.Scalar) -> ToExpr:
    """Return a lowering to one fixed constant."""
    return lambda _p, node: ir.Literal(node.start_point[0] + 1, value)


def array(p: Program, node: Node) -> ir.Expr:
    return ir.Group(node.start_point[0] + 1, "list", tuple(ir.Item(p.expr(kid)) for kid in p.children(node)))


def new_array(p: Program, node: Node) -> ir.Expr:
    value = node.child_by_field_name("value")
    if value is not None:
        return array(p, value)
    line = node.start_point[0] + 1
    kind = ir.Index(line, ir.Name(line, "[]"), p.expr(node.child_by_field_name("type")))
    sizes = [kid for group in node.children_by_field_name("dimensions") for kid in p.children(group)]
    return ir.Call(line, p.source.next_call(), kind, tuple(ir.Arg(p.expr(size)) for size in sizes), new=True)


def binary(p: Program, node: Node) -> ir.Expr:
    """Flatten a left-deep chain of one operator, so that long concatenations need no depth."""
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
    if operator == "+" and any(isinstance(part, ir.Template) or _is_text(part) for part in operands):
        return ir.Template(line, operands)
    return ir.Op(line, _OPERATORS.get(operator, operator), operands)


def _is_text(part: ir.Expr) -> bool:
    return isinstance(part, ir.Literal) and isinstance(part.value, str)


def unary(p: Program, node: Node) -> ir.Expr:
    operator = p.source.text(node.child_by_field_name("operator") or node)
    return ir.Op(node.start_point[0] + 1, _OPERATORS.get(operator, operator), (p.expr(node.child_by_field_name("operand")),))


def update(p: Program, node: Node) -> ir.Expr:
    text = p.source.text(node)
    return ir.Op(node.start_point[0] + 1, "++" if "++" in (text[:2], text[-2:]) else "--", (first(p, node),))


def ternary(p: Program, node: Node) -> ir.Expr:
    parts = tuple(p.expr(node.child_by_field_name(part)) for part in ("condition", "consequence", "alternative"))
    return ir.Op(node.start_point[0] + 1, "if", parts)


def cast(p: Program, node: Node) -> ir.Expr:
    parts = (p.expr(node.child_by_field_name("value")), p.expr(node.child_by_field_name("type")))
    return ir.Op(node.start_point[0] + 1, "cast", parts)


def assignment(p: Program, node: Node) -> ir.Expr:
    """An assignment used for its value."""
    parts = (target(p, node.child_by_field_name("left")), p.expr(node.child_by_field_name("right")))
    return ir.Op(node.start_point[0] + 1, "walrus", parts)


def instance_of(p: Program, node: Node) -> ir.Expr:
    value = p.expr(node.child_by_field_name("left"))
    pattern, bound = node.child_by_field_name("pattern"), node.child_by_field_name("name")
    if pattern is not None:
        return match_pattern(p, pattern, value)
    kind = p.expr(node.child_by_field_name("right"))
    test = ir.Op(node.start_point[0] + 1, "type-is", (value, kind))
    return test if bound is None else _bind(test, declared(p, bound), value, kind)


def _bind(test: ir.Expr, target: ir.Expr, value: ir.Expr, kind: ir.Expr) -> ir.Expr:
    return ir.Op(test.line, "and", (test, ir.Op(test.line, "walrus", (target, ir.Op(test.line, "cast", (value, kind))))))


def match_pattern(p: Program, node: Node, value: ir.Expr) -> ir.Expr:
    """A type or record pattern as a test that binds its names."""
    line, kids = node.start_point[0] + 1, p.children(node)
    if node.type == "pattern" and kids:
        return match_pattern(p, kids[0], value)
    if node.type == "type_pattern" and len(kids) > 1:
        kind = p.expr(kids[-2])
        return _bind(ir.Op(line, "type-is", (value, kind)), declared(p, kids[-1]), value, kind)
    if node.type == "record_pattern" and kids:
        parts = [p.children(part)[-1:] for part in p.children(kids[-1])]
        names = tuple(ir.Item(declared(p, part[0])) for part in parts if part and part[0].type == "identifier")
        test = ir.Op(line, "type-is", (value, p.expr(kids[0])))
        return ir.Op(line, "and", (test, ir.Op(line, "walrus", (ir.Group(line, "tuple", names), value))))
    return p.expr(node)


def field_access(p: Program, node: Node) -> ir.Expr:
    field = node.child_by_field_name("field")
    base = p.expr(node.child_by_field_name("object"))
    return ir.Attr(field.start_point[0] + 1 if field else base.line, base, p.source.text(field) if field else "")


def index(p: Program, node: Node) -> ir.Expr:
    parts = p.expr(node.child_by_field_name("array")), p.expr(node.child_by_field_name("index"))
    return ir.Index(node.start_point[0] + 1, *parts)


def arguments(p: Program, node: Node | None) -> tuple[ir.Arg, ...]:
    """Lower an argument list."""
    return () if node is None else tuple([ir.Arg(p.expr(kid)) for kid in p.children(node)])


def call(p: Program, node: Node) -> ir.Expr:
    called, base = node.child_by_field_name("name"), node.child_by_field_name("object")
    text = p.source.text(called) if called else ""
    line = (called or node).start_point[0] + 1
    if base is None:
        function: ir.Expr = ir.Name(line, text)
    else:
        receiver = p.expr(base)
        if base.type != "super" and any(kid.type == "super" for kid in node.children[1:4]):
            receiver = ir.Attr(receiver.line, receiver, "super")
        function = ir.Attr(line, receiver, text)
    number_ = p.source.next_call()
    made = ir.Call(line, number_, function, arguments(p, node.child_by_field_name("arguments")))
    if text in ("format", "formatted") and isinstance(function, ir.Attr):
        return _format(made, function)
    return made


def _format(made: ir.Call, function: ir.Attr) -> ir.Expr:
    """``String.format("%s/x", a)``, ``"%s/x".formatted(a)`` and ``StrUtil.format("{}/x", a)`` are Templates."""
    if function.name == "formatted":
        return formatted(made.line, ir.Call(made.line, made.id, function, (ir.Arg(function.base), *made.args)))
    if isinstance(function.base, ir.Name) and function.base.id in ("String", "StrUtil", "CharSequenceUtil"):
        return formatted(made.line, made, braces=function.base.id != "String")
    return made


def constructor_call(p: Program, node: Node) -> ir.Expr:
    """``this(...)`` or ``super(...)`` at the start of a constructor."""
    called = node.child_by_field_name("constructor")
    function = p.expr(called)
    return ir.Call(function.line, p.source.next_call(), function, arguments(p, node.child_by_field_name("arguments")))


def method_reference(p: Program, node: Node) -> ir.Expr:
    kids, line = p.children(node), node.start_point[0] + 1
    member = p.source.text(node).rpartition("::")[2].strip()
    return ir.Op(line, "method-ref", (p.expr(kids[0]) if kids else ir.Unknown(line), ir.Literal(line, member)))


def annotation(p: Program, node: Node) -> ir.Expr:
    """``@A`` is a name, ``@A(x, b = y)`` a call with positional and named arguments."""
    title = node.child_by_field_name("name")
    function = p.expr(title)
    values = node.child_by_field_name("arguments")
    if values is None:
        return function
    given = []
    for kid in p.children(values):
        key = kid.child_by_field_name("key") if kid.type == "element_value_pair" else None
        value = p.expr(kid if key is None else kid.child_by_field_name("value"))
        given.append(ir.Arg(value, None if key is None else p.source.text(key)))
    return ir.Call(function.line, p.source.next_call(), function, tuple(given))


EXPRESSIONS: dict[str, ToExpr] = {
    **dict.fromkeys(("type_identifier", "this", "super", "underscore_pattern"), name),
    "identifier": variable,
    **dict.fromkeys(("integral_type", "floating_point_type", "boolean_type", "void_type"), name),
    **dict.fromkeys(("scoped_identifier", "scoped_type_identifier"), dotted),
    **dict.fromkeys(("parenthesized_expression", "annotated_type"), first),
    **dict.fromkeys(("hex_integer_literal", "octal_integer_literal", "decimal_integer_literal", "binary_integer_literal"), integer),
    **dict.fromkeys(("decimal_floating_point_literal", "hex_floating_point_literal"), floating),
    **dict.fromkeys(("string_literal", "character_literal"), string),
    **dict.fromkeys(("array_initializer", "element_value_array_initializer"), array),
    **dict.fromkeys(("annotation", "marker_annotation"), annotation),
    "array_type": array_type,
    "generic_type": generic_type,
    "wildcard": wildcard,
    "class_literal": class_literal,
    "true": constant(True),
    "false": constant(False),
    "null_literal": constant(None),
    "array_creation_expression": new_array,
    "binary_expression": binary,
    "unary_expression": unary,
    "update_expression": update,
    "ternary_expression": ternary,
    "cast_expression": cast,
    "assignment_expression": assignment,
    "instanceof_expression": instance_of,
    "field_access": field_access,
    "array_access": index,
    "method_invocation": call,
    "explicit_constructor_invocation": constructor_call,
    "method_reference": method_reference,
}
