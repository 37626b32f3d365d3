"""ECMAScript statements and declarations as :mod:`genai_policy.model.ir` statements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from genai_policy.model.ir import (
    Assign,
    Attr,
    Case,
    DefineClass,
    Do,
    Expr,
    Handler,
    If,
    Jump,
    Literal,
    Loop,
    Name,
    Raise,
    Return,
    Stmt,
    Switch,
    Try,
    With,
)
from genai_policy.read.languages.ecmascript_classes import (
    alias_declaration,
    class_declaration,
    enum_declaration,
    interface_declaration,
    lower_class,
)
from genai_policy.read.languages.ecmascript_functions import declaration as function_declaration
from genai_policy.read.languages.ecmascript_functions import decorators_of
from genai_policy.read.languages.ecmascript_modules import (
    bind_import,
    common_export,
    export_statement,
    import_alias,
    import_statement,
)
from genai_policy.read.languages.ecmascript_types import annotation
from genai_policy.read.languages.ecmascript_unit import LowerStatement, Unit, named_children

if TYPE_CHECKING:
    from tree_sitter import Node


def _line(node: Node) -> int:
    return node.start_point[0] + 1


def _block(unit: Unit, node: Node) -> Iterator[Stmt]:
    yield from unit.statements(node.named_children)


def _expression_statement(unit: Unit, node: Node) -> Iterator[Stmt]:
    for part in named_children(node):
        yield from _effect(unit, part)


def _effect(unit: Unit, node: Node) -> Iterator[Stmt]:
    """Lower an expression evaluated for its effect; an assignment is a statement."""
    kind = node.type
    while kind == "parenthesized_expression" and named_children(node):
        node = named_children(node)[0]
        kind = node.type
    if kind == "assignment_expression":
        yield from _assign(unit, node)
    elif kind == "augmented_assignment_expression":
        left, right, operator = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
        if left is not None and right is not None:
            sign = unit.text(operator) if operator is not None else "="
            yield Assign(_line(node), (unit.expression(left),), unit.expression(right), None, sign)
    elif kind == "sequence_expression":
        for part in named_children(node):
            yield from _effect(unit, part)
    elif kind in ("internal_module", "module"):
        yield from _namespace(unit, node)
    elif kind != "string":
        yield Do(_line(node), unit.expression(node))


def _assign(unit: Unit, node: Node) -> Iterator[Stmt]:
    """``a = b = value`` is one assignment with two targets."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    exported = common_export(unit, left, right)
    if exported is not None:
        yield from exported
        return
    targets = [unit.expression(left)]
    while right.type == "assignment_expression":
        left, deeper = right.child_by_field_name("left"), right.child_by_field_name("right")
        if left is None or deeper is None:
            break
        targets.append(unit.expression(left))
        right = deeper
    yield Assign(_line(node), tuple(targets), unit.value(right, _target_name(targets[0])))


def _target_name(target: Expr) -> str:
    """Return what a function is called by that is assigned to ``target``: its last name."""
    if isinstance(target, Name):
        return target.id
    return target.name if isinstance(target, Attr) else ""


def _variables(unit: Unit, node: Node) -> Iterator[Stmt]:
    for declarator in node.named_children:
        if declarator.type != "variable_declarator":
            continue
        name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
        if name is None or (value is not None and bind_import(unit, name, value)):
            continue
        if value is not None and value.type == "class" and name.type == "identifier":
            yield DefineClass(_line(name), lower_class(unit, value, unit.text(name)))
            continue
        target = unit.expression(name)
        type_ = annotation(unit, declarator.child_by_field_name("type"))
        yield Assign(_line(name), (target,), unit.value(value, _target_name(target)) if value is not None else None, type_)


def _return(unit: Unit, node: Node) -> Iterator[Stmt]:
    parts = named_children(node)
    yield Return(_line(node), unit.expression(parts[0]) if parts else None)


def _throw(unit: Unit, node: Node) -> Iterator[Stmt]:
    parts = named_children(node)
    yield Raise(_line(node), unit.expression(parts[0]) if parts else None)


def _condition(unit: Unit, node: Node, field: str = "condition") -> Expr:
    part = node.child_by_field_name(field)
    if part is None or part.type in ("empty_statement", ";"):
        return Literal(_line(node), True)
    if part.type == "expression_statement":
        part = next(iter(named_children(part)), part)
    return unit.expression(part)


def _if(unit: Unit, node: Node) -> Iterator[Stmt]:
    """Lower an ``else if`` chain without recursion; every link lies one level deeper."""
    outer = unit.depth
    chain: list[tuple[int, Expr, tuple[Stmt, ...]]] = []
    link: Node | None = node
    while link is not None and link.type == "if_statement" and unit.enter():
        chain.append((_line(link), _condition(unit, link), unit.body(link.child_by_field_name("consequence"))))
        link = _alternative(link)
    orelse = unit.body(link)
    unit.depth = outer
    for line, test, body in reversed(chain):
        orelse = (If(line, test, body, orelse),)
    yield from orelse


def _alternative(node: Node) -> Node | None:
    clause = node.child_by_field_name("alternative")
    if clause is not None and clause.type == "else_clause":
        return next(iter(named_children(clause)), None)
    return clause


def _for(unit: Unit, node: Node) -> Iterator[Stmt]:
    initializer, increment = node.child_by_field_name("initializer"), node.child_by_field_name("increment")
    if initializer is not None and unit.is_statement(initializer.type):
        yield from unit.body(initializer)
    elif initializer is not None and unit.is_expression(initializer.type):
        yield from _effect(unit, initializer)
    condition = _condition(unit, node)
    body = unit.body(node.child_by_field_name("body"))
    step = tuple(_effect(unit, increment)) if increment is not None else ()
    yield Loop(_line(node), None, condition, body + step)


def _for_in(unit: Unit, node: Node) -> Iterator[Stmt]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    target = unit.expression(left) if left is not None else None
    iterable = unit.expression(right) if right is not None else None
    is_async = any(child.type == "await" for child in node.children)
    yield Loop(_line(node), target, iterable, unit.body(node.child_by_field_name("body")), (), is_async)


def _while(unit: Unit, node: Node) -> Iterator[Stmt]:
    condition = _condition(unit, node)
    yield Loop(_line(node), None, condition, unit.body(node.child_by_field_name("body")))


def _with(unit: Unit, node: Node) -> Iterator[Stmt]:
    yield With(_line(node), ((_condition(unit, node, "object"), None),), unit.body(node.child_by_field_name("body")))


def _labeled(unit: Unit, node: Node) -> Iterator[Stmt]:
    yield from unit.body(node.child_by_field_name("body"))


def _switch(unit: Unit, node: Node) -> Iterator[Stmt]:
    subject = _condition(unit, node, "value")
    body = node.child_by_field_name("body")
    cases = [_case(unit, part) for part in (named_children(body) if body is not None else []) if part.type.startswith("switch_")]
    yield Switch(_line(node), subject, tuple(cases))


def _case(unit: Unit, node: Node) -> Case:
    value = node.child_by_field_name("value")
    patterns = (unit.expression(value),) if value is not None else ()
    return Case(_line(node), patterns, unit.statements(node.children_by_field_name("body")))


def _try(unit: Unit, node: Node) -> Iterator[Stmt]:
    body = unit.body(node.child_by_field_name("body"))
    clause, finalizer = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
    handlers: tuple[Handler, ...] = ()
    if clause is not None:
        parameter = clause.child_by_field_name("parameter")
        name = unit.text(parameter) if parameter is not None and parameter.type == "identifier" else None
        handlers = (Handler(_line(clause), (), name, unit.body(clause.child_by_field_name("body"))),)
    final = unit.body(finalizer.child_by_field_name("body")) if finalizer is not None else ()
    yield Try(_line(node), body, handlers, (), final)


def _break(_: Unit, node: Node) -> Iterator[Stmt]:
    yield Jump(_line(node), "break")


def _continue(_: Unit, node: Node) -> Iterator[Stmt]:
    yield Jump(_line(node), "continue")


def _namespace(unit: Unit, node: Node) -> Iterator[Stmt]:
    """What a namespace declares is named below it; an ambient module (``declare module "x"``) adds no name."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    outer, exports = unit.prefix, len(unit.exports)
    if name is not None and name.type != "string":
        unit.prefix = unit.qualified(outer, unit.text(name)) + "."
    statements = unit.body(body)
    unit.prefix = outer
    del unit.exports[exports:]
    yield from statements


def _ambient(unit: Unit, node: Node) -> Iterator[Stmt]:
    yield from unit.statements(node.named_children)


def _broken(unit: Unit, node: Node) -> Iterator[Stmt]:
    """Keep what the grammar still recognised inside a syntax error."""
    for part in node.named_children:
        if unit.is_statement(part.type):
            yield from unit.statements((part,))
        elif unit.is_expression(part.type):
            yield from _effect(unit, part)


def _class(unit: Unit, node: Node) -> Iterator[Stmt]:
    outer = node.parent
    before = outer.children_by_field_name("decorator") if outer is not None and outer.type == "export_statement" else []
    yield from class_declaration(unit, node, decorators_of(unit, before))


STATEMENTS: dict[str, LowerStatement] = {
    **dict.fromkeys(("statement_block", "else_clause"), _block),
    **dict.fromkeys(("lexical_declaration", "variable_declaration", "using_declaration"), _variables),
    **dict.fromkeys(("function_declaration", "generator_function_declaration"), function_declaration),
    **dict.fromkeys(("class_declaration", "abstract_class_declaration"), _class),
    **dict.fromkeys(("while_statement", "do_statement"), _while),
    **dict.fromkeys(("internal_module", "module"), _namespace),
    "interface_declaration": interface_declaration,
    "type_alias_declaration": alias_declaration,
    "enum_declaration": enum_declaration,
    "import_statement": import_statement,
    "import_alias": import_alias,
    "export_statement": export_statement,
    "ambient_declaration": _ambient,
    "expression_statement": _expression_statement,
    "return_statement": _return,
    "throw_statement": _throw,
    "if_statement": _if,
    "for_statement": _for,
    "for_in_statement": _for_in,
    "with_statement": _with,
    "labeled_statement": _labeled,
    "switch_statement": _switch,
    "try_statement": _try,
    "break_statement": _break,
    "continue_statement": _continue,
    "ERROR": _broken,
}
