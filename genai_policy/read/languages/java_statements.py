"""Java statements, lambdas and switches.

A switch used for its value becomes a Switch statement that assigns ``<switch:LINE>`` in every arm, and that name. Counters of a
``for`` loop stand before it, its updates at the end of its body. A ``synchronized`` block is a With.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from genai_policy.model import ir
from genai_policy.read.languages import java_expressions as expressions
from genai_policy.read.languages.program import Program, ToExpr, ToStatements

if TYPE_CHECKING:
    from tree_sitter import Node


def block(p: Program, node: Node) -> None:
    """Statements of a nested block belong to the enclosing one."""
    for child in p.children(node):
        p.statement(child)


def expression_statement(p: Program, node: Node) -> None:
    for child in p.children(node):
        effect(p, child)


def effect(p: Program, node: Node) -> None:
    """An expression evaluated for its effect: assignments and ``x++`` become Assign, a switch a Switch, the rest Do."""
    line = node.start_point[0] + 1
    if node.type == "assignment_expression":
        assign(p, node)
    elif node.type == "update_expression":
        kids = p.children(node)
        target = expressions.target(p, kids[0] if kids else node)
        sign = "+=" if "++" in p.source.text(node) else "-="
        p.out.append(ir.Assign(line, (target,), ir.Literal(line, 1), op=sign))
    elif node.type == "switch_expression":
        switch(p, node)
    else:
        value = p.expr(node)
        p.out.append(ir.Do(line, value))


def assign(p: Program, node: Node) -> None:
    """``a = b = c`` is one Assign with two targets."""
    operator = p.source.text(node.child_by_field_name("operator") or node)
    targets, current = [node.child_by_field_name("left")], node.child_by_field_name("right")
    while operator == "=" and current is not None and current.type == "assignment_expression" and len(targets) < 32:
        targets.append(current.child_by_field_name("left"))
        current = current.child_by_field_name("right")
    value = p.expr(current)
    p.out.append(ir.Assign(node.start_point[0] + 1, tuple(expressions.target(p, target) for target in targets), value, op=operator))


def declared_type(p: Program, node: Node) -> ir.Expr | None:
    """Return the declared type of a variable, parameter or field; None for ``var``."""
    kind = node.child_by_field_name("type")
    if kind is None or (kind.type == "type_identifier" and p.source.text(kind) == "var"):
        return None
    return p.expr(kind)


def local_variable(p: Program, node: Node) -> None:
    kind = declared_type(p, node)
    for declarator in node.children_by_field_name("declarator"):
        title = declarator.child_by_field_name("name") or declarator
        initial = declarator.child_by_field_name("value")
        annotation = None if kind is None else expressions.dimensioned(kind, declarator.child_by_field_name("dimensions"), p)
        value = None if initial is None else named_value(p, initial, p.source.text(title))
        p.out.append(ir.Assign(title.start_point[0] + 1, (expressions.declared(p, title),), value, annotation))


def named_value(p: Program, node: Node, name: str) -> ir.Expr:
    """Lower an initial value; a lambda takes the name of its variable."""
    return closure(p, node, name) if node.type == "lambda_expression" else p.expr(node)


def if_(p: Program, node: Node) -> None:
    test = p.expr(node.child_by_field_name("condition"))
    body = p.body([node.child_by_field_name("consequence")])
    p.out.append(ir.If(node.start_point[0] + 1, test, body, p.body([node.child_by_field_name("alternative")])))


def while_(p: Program, node: Node) -> None:
    test = p.expr(node.child_by_field_name("condition"))
    p.out.append(ir.Loop(node.start_point[0] + 1, None, test, p.body([node.child_by_field_name("body")])))


def for_(p: Program, node: Node) -> None:
    for part in node.children_by_field_name("init"):
        local_variable(p, part) if part.type == "local_variable_declaration" else effect(p, part)
    condition = node.child_by_field_name("condition")
    test = None if condition is None else p.expr(condition)
    saved, p.out = p.out, []
    if (body := node.child_by_field_name("body")) is not None:
        p.statement(body)
    for part in node.children_by_field_name("update"):
        effect(p, part)
    loop = ir.Loop(node.start_point[0] + 1, None, test, tuple(p.out))
    p.out = saved
    p.out.append(loop)


def for_each(p: Program, node: Node) -> None:
    title = node.child_by_field_name("name")
    iterable = p.expr(node.child_by_field_name("value"))
    kind = declared_type(p, node)
    line = node.start_point[0] + 1
    if kind is not None and title is not None:
        p.out.append(ir.Assign(line, (expressions.name(p, title),), None, kind))
    if title is not None:
        p.locals.add(p.source.text(title))
    body = p.body([node.child_by_field_name("body")])
    p.out.append(ir.Loop(line, None if title is None else expressions.name(p, title), iterable, body))


def return_(p: Program, node: Node) -> None:
    kids = p.children(node)
    value = p.expr(kids[0]) if kids else None
    p.out.append(ir.Return(node.start_point[0] + 1, value))


def throw(p: Program, node: Node) -> None:
    kids = p.children(node)
    value = p.expr(kids[0]) if kids else None
    p.out.append(ir.Raise(node.start_point[0] + 1, value))


def jump(p: Program, node: Node) -> None:
    p.out.append(ir.Jump(node.start_point[0] + 1, "continue" if node.type == "continue_statement" else "break"))


def labeled(p: Program, node: Node) -> None:
    for child in p.children(node)[1:]:
        p.statement(child)


def try_(p: Program, node: Node) -> None:
    body = p.body([node.child_by_field_name("body")])
    line = node.start_point[0] + 1
    resources = node.child_by_field_name("resources")
    if resources is not None:
        body = (ir.With(line, tuple(_resource(p, kid) for kid in p.children(resources) if kid.type == "resource"), body),)
    handlers: list[ir.Handler] = []
    final: tuple[ir.Stmt, ...] = ()
    for child in p.children(node):
        if child.type == "catch_clause":
            handlers.append(_handler(p, child))
        elif child.type == "finally_clause":
            final = p.body(p.children(child))
    p.out.append(ir.Try(line, body, tuple(handlers), (), final) if handlers or final else body[0] if body else ir.Try(line, body))


def _resource(p: Program, node: Node) -> tuple[ir.Expr, ir.Expr | None]:
    title, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if value is None:
        return expressions.first(p, node), None
    return p.expr(value), None if title is None else expressions.declared(p, title)


def _handler(p: Program, node: Node) -> ir.Handler:
    types: list[ir.Expr] = []
    title = None
    for child in p.children(node):
        if child.type == "catch_formal_parameter":
            title = child.child_by_field_name("name")
            p.locals.add("" if title is None else p.source.text(title))
            types = [p.expr(kind) for kid in p.children(child) if kid.type == "catch_type" for kind in p.children(kid)]
    body = p.body([node.child_by_field_name("body")])
    return ir.Handler(node.start_point[0] + 1, tuple(types), None if title is None else p.source.text(title), body)


def synchronized(p: Program, node: Node) -> None:
    kids = p.children(node)
    lock = p.expr(kids[0]) if len(kids) > 1 else ir.Unknown(node.start_point[0] + 1)
    p.out.append(ir.With(node.start_point[0] + 1, ((lock, None),), p.body(kids[-1:])))


def assert_(p: Program, node: Node) -> None:
    for child in p.children(node)[:1]:
        value = p.expr(child)
        p.out.append(ir.Do(node.start_point[0] + 1, value))


def yield_(p: Program, node: Node) -> None:
    """``yield x`` gives the enclosing switch its value."""
    kids = p.children(node)
    if kids:
        _give(p, kids[0], p.switch_target)


def _give(p: Program, node: Node, target: str) -> None:
    line = node.start_point[0] + 1
    value = p.expr(node)
    p.out.append(ir.Assign(line, (ir.Name(line, target),), value) if target else ir.Do(line, value))


def switch_value(p: Program, node: Node) -> ir.Expr:
    """A switch used for its value."""
    line = node.start_point[0] + 1
    target = p.unique(f"<switch:{line}>")
    switch(p, node, target)
    return ir.Name(line, target)


def switch(p: Program, node: Node, target: str = "") -> None:
    """Lower a switch; arms that are expressions assign to ``target`` when there is one."""
    subject = p.expr(node.child_by_field_name("condition"))
    saved, p.switch_target = p.switch_target, target or p.switch_target
    cases: list[ir.Case] = []
    waiting: list[ir.Expr] = []
    body = node.child_by_field_name("body")
    for group in p.children(body) if body is not None else ():
        labels = [kid for kid in p.children(group) if kid.type == "switch_label"]
        rest = [kid for kid in p.children(group) if kid.type != "switch_label"]
        patterns = [pattern for label in labels for pattern in _patterns(p, label, subject)]
        default = any(not p.children(label) or p.source.text(label).endswith("default") for label in labels)
        if not rest:
            waiting += patterns
            continue
        arm = _arm(p, rest, target) if group.type == "switch_rule" else p.body(rest)
        cases.append(ir.Case(group.start_point[0] + 1, () if default else tuple(waiting + patterns), arm))
        waiting = []
    p.switch_target = saved
    p.out.append(ir.Switch(node.start_point[0] + 1, subject, tuple(cases)))


def _patterns(p: Program, label: Node, subject: ir.Expr) -> list[ir.Expr]:
    patterns: list[ir.Expr] = []
    for kid in p.children(label):
        if kid.type == "pattern":
            patterns.append(expressions.match_pattern(p, kid, subject))
        elif kid.type == "guard":
            tests = (*patterns[-1:], expressions.first(p, kid))
            patterns[-1:] = [ir.Op(kid.start_point[0] + 1, "and", tests)]
        else:
            patterns.append(p.expr(kid))
    return patterns


def _arm(p: Program, nodes: list[Node], target: str) -> tuple[ir.Stmt, ...]:
    saved, p.out = p.out, []
    for node in nodes:
        kids = p.children(node)
        if node.type == "expression_statement" and kids and target:
            _give(p, kids[0], target)
        else:
            p.statement(node)
    result, p.out = tuple(p.out), saved
    return result


def closure(p: Program, node: Node, name: str) -> ir.Expr:
    """Lower a lambda to a function of its own; an expression body is its return value."""
    line = node.start_point[0] + 1
    title = p.unique(name or f"<lambda:{line}>")
    index, parent, qualname = p.reserve_function(), p.scope.function, p.qualify(title)
    saved, out, target, known = p.enter(function=index, prefix=qualname), p.out, p.switch_target, p.locals
    p.out, p.switch_target, p.locals = [], "", set(known)
    params = lambda_params(p, node.child_by_field_name("parameters"))
    body = node.child_by_field_name("body")
    if body is not None and body.type == "block":
        p.statement(body)
    elif body is not None:
        value = p.expr(body)
        p.out.append(ir.Return(body.start_point[0] + 1, value))
    p.functions[index] = ir.Function(title, qualname, line, p.source.end_line(node), params, tuple(p.out), parent=parent)
    p.leave(saved)
    p.out, p.switch_target, p.locals = out, target, known
    return ir.Closure(line, index)


def lambda_params(p: Program, node: Node | None) -> tuple[ir.Param, ...]:
    """Return the parameters of a lambda: one name, names, or typed parameters."""
    if node is None:
        return ()
    if node.type == "identifier":
        return (parameter(p, node),)
    return tuple(parameter(p, kid) for kid in p.children(node) if kid.type != "receiver_parameter")


def parameter(p: Program, node: Node) -> ir.Param:
    """Lower one parameter with its declared type and annotations."""
    if node.type == "identifier":
        p.locals.add(p.source.text(node))
        return ir.Param(p.source.text(node))
    decorators: tuple[ir.Expr, ...] = ()
    title, kind, rest = node.child_by_field_name("name"), declared_type(p, node), node.type == "spread_parameter"
    for child in p.children(node):
        if child.type == "modifiers":
            decorators = tuple(p.expr(kid) for kid in p.children(child))
        elif child.type == "variable_declarator":
            title = child.child_by_field_name("name")
        elif rest and kind is None:
            kind = p.expr(child)
    if kind is not None:
        kind = expressions.dimensioned(kind, node.child_by_field_name("dimensions"), p)
    text = "" if title is None else p.source.text(title)
    p.locals.add(text)
    return ir.Param(text, kind, kind="rest" if rest else "plain", decorators=decorators)


VALUES: dict[str, ToExpr] = {"lambda_expression": lambda p, node: closure(p, node, ""), "switch_expression": switch_value}
STATEMENTS: dict[str, ToStatements] = {
    **dict.fromkeys(("block", "constructor_body"), block),
    **dict.fromkeys(("break_statement", "continue_statement"), jump),
    **dict.fromkeys(("try_statement", "try_with_resources_statement"), try_),
    **dict.fromkeys(("while_statement", "do_statement"), while_),
    "expression_statement": expression_statement,
    "local_variable_declaration": local_variable,
    "if_statement": if_,
    "for_statement": for_,
    "enhanced_for_statement": for_each,
    "return_statement": return_,
    "throw_statement": throw,
    "labeled_statement": labeled,
    "synchronized_statement": synchronized,
    "assert_statement": assert_,
    "yield_statement": yield_,
    "switch_expression": switch,
    **dict.fromkeys(("assignment_expression", "update_expression"), effect),
}
