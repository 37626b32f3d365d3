"""Go statements and function literals.

Initialisers of ``if``, ``switch`` and ``for`` stand before the statement. ``a, b := x, y`` becomes two Assigns; ``v, ok := x.(T)`` (also
``<-c`` and ``m[k]``) assigns the value to ``v`` and an Op ``ok`` to ``ok``. In ``for k, v := range x`` the target is ``v`` (``k`` is declared
before); with one variable it is that one. Named results are declared at the start, and a bare ``return`` returns them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from genai_policy.model import ir
from genai_policy.read.languages import go_expressions as expressions
from genai_policy.read.languages.program import Program, ToStatements

if TYPE_CHECKING:
    from tree_sitter import Node

_COMMA_OK = {"type_assertion_expression", "index_expression", "unary_expression"}


def block(p: Program, node: Node) -> None:
    """Statements of a nested block belong to the enclosing one."""
    for child in p.children(node):
        p.statement(child)


def effect(p: Program, node: Node) -> None:
    """An expression evaluated for its effect."""
    for child in p.children(node)[:1]:
        value = p.expr(child)
        p.out.append(ir.Do(value.line, value))


def assign(p: Program, node: Node) -> None:
    """``=``, ``:=`` and the augmented forms."""
    operator = node.child_by_field_name("operator")
    op = "=" if operator is None else p.source.text(operator)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    pair(p, p.children(left) if left is not None else [], p.children(right) if right is not None else [], None, op)


def pair(p: Program, targets: list[Node], values: list[Node], kind: ir.Expr | None, op: str = "=") -> None:
    """Emit the assignments of ``values`` to ``targets``."""
    if not targets:
        return
    line = targets[0].start_point[0] + 1
    if len(values) == 1 < len(targets):
        value = p.expr(values[0])
        if len(targets) == 2 and values[0].type in _COMMA_OK:
            target = p.expr(targets[0])
            p.out.append(ir.Assign(line, (target,), value, kind, op))
            p.out.append(ir.Assign(line, (p.expr(targets[1]),), ir.Op(line, "ok", (target,))))
            return
        group = ir.Group(line, "tuple", tuple(ir.Item(p.expr(node)) for node in targets))
        p.out.append(ir.Assign(line, (group,), value, kind, op))
        return
    for at, node in enumerate(targets):
        lowered = p.expr(node)
        value_node = values[at] if at < len(values) else None
        listed = expressions.parameters(p, result) if result is not None and result.type == "parameter_list" else ()
    named = [declared for declared in listed if declared.name != "_"]
    saved, p.results = p.results, tuple(r.name for r in named)
    declared = tuple(ir.Assign(line, (ir.Name(line, r.name),), None, r.annotation) for r in named)
    body = declared + p.body([node.child_by_field_name("body")])
    p.results = saved
    return params, expressions.result_type(p, result), body


def closure(p: Program, node: Node, name: str) -> ir.Expr:
    """Lower a function literal to a function of its own."""
    line = node.start_point[0] + 1
    title = p.unique(name if name not in ("", "_") else f"<lambda:{line}>")
    index, parent, qualname = p.reserve_function(), p.scope.function, p.qualify(title)
    saved = p.enter(function=index, prefix=qualname)
    params, returns, body = function_body(p, node)
    p.leave(saved)
    p.functions[index] = ir.Function(title, qualname, line, p.source.end_line(node), params, body, returns, parent=parent)
    return ir.Closure(line, index)


STATEMENTS: dict[str, ToStatements] = {
    **dict.fromkeys(("block", "statement_list"), block),
    **dict.fromkeys(("assignment_statement", "short_var_declaration"), assign),
    **dict.fromkeys(("var_declaration", "const_declaration"), declaration),
    **dict.fromkeys(("inc_statement", "dec_statement"), step),
    **dict.fromkeys(("go_statement", "defer_statement"), launch),
    **dict.fromkeys(("break_statement", "continue_statement", "goto_statement"), jump),
    "expression_statement": effect,
    "if_statement": if_,
    "for_statement": for_,
    "expression_switch_statement": switch,
    "type_switch_statement": type_switch,
    "select_statement": select,
    "send_statement": send,
    "return_statement": return_,
    "labeled_statement": labeled,
    "empty_statement": lambda _p, _node: None,
    "fallthrough_statement": lambda _p, _node: None,
}
