"""Go statements and function literals.

Initialisers of ``if``, ``switch`` and ``for`` stand before the statement. ``a, b := x, y`` becomes two Assigns; ``v, ok := x.(T)`` (also
``<-c`` and ``m[k]``) assigns the value to ``v`` and an Op ``ok`` to ``ok``. In ``for k, v := range x`` the target is ``v`` (``k`` is
declared before); with one variable it is that one. Named results are declared at the start, and a bare ``return`` returns them.
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
        named = lowered.id if isinstance(lowered, ir.Name) else lowered.name if isinstance(lowered, ir.Attr) else ""
        value_or_none = None if value_node is None else named_value(p, value_node, named)
        p.out.append(ir.Assign(node.start_point[0] + 1, (lowered,), value_or_none, kind, op))


def named_value(p: Program, node: Node, name: str) -> ir.Expr:
    """Lower a value; a function literal takes the name of what it is assigned to."""
    return p.closure(node, name) if node.type == "func_literal" else p.expr(node)


def declaration(p: Program, node: Node) -> None:
    """``var`` and ``const``, single and grouped."""
    for spec in p.children(node):
        if spec.type == "var_spec_list":
            declaration(p, spec)
        elif spec.type in ("var_spec", "const_spec"):
            kind_node, values = spec.child_by_field_name("type"), spec.child_by_field_name("value")
            kind = None if kind_node is None else p.expr(kind_node)
            names = [title for title in spec.children_by_field_name("name") if title.is_named]
            pair(p, names, p.children(values) if values is not None else [], kind)


def step(p: Program, node: Node) -> None:
    """``x++`` and ``x--``."""
    line = node.start_point[0] + 1
    sign = "+=" if node.type == "inc_statement" else "-="
    p.out.append(ir.Assign(line, (expressions.first(p, node),), ir.Literal(line, 1), op=sign))


def if_(p: Program, node: Node) -> None:
    """``if init; test {} else {}``."""
    _initialise(p, node)
    test = p.expr(node.child_by_field_name("condition"))
    body = p.body([node.child_by_field_name("consequence")])
    p.out.append(ir.If(node.start_point[0] + 1, test, body, p.body([node.child_by_field_name("alternative")])))


def _initialise(p: Program, node: Node) -> None:
    initial = node.child_by_field_name("initializer")
    if initial is not None:
        p.statement(initial)


def for_(p: Program, node: Node) -> None:
    """All four forms of ``for``."""
    line, body = node.start_point[0] + 1, node.child_by_field_name("body")
    header = next((kid for kid in p.children(node) if body is None or kid.id != body.id), None)
    if header is None:
        p.out.append(ir.Loop(line, None, None, p.body([body])))
    elif header.type == "range_clause":
        target = _range_target(p, header)
        iterable = p.expr(header.child_by_field_name("right"))
        p.out.append(ir.Loop(line, target, iterable, p.body([body])))
    elif header.type == "for_clause":
        _initialise(p, header)
        condition = header.child_by_field_name("condition")
        test = None if condition is None else p.expr(condition)
        p.out.append(ir.Loop(line, None, test, p.body([body, header.child_by_field_name("update")])))
    else:
        test = p.expr(header)
        p.out.append(ir.Loop(line, None, test, p.body([body])))


def _range_target(p: Program, clause: Node) -> ir.Expr:
    left, line = clause.child_by_field_name("left"), clause.start_point[0] + 1
    targets = [p.expr(kid) for kid in p.children(left)] if left is not None else []
    if len(targets) > 1 and not (isinstance(targets[0], ir.Name) and targets[0].id == "_"):
        p.out.append(ir.Assign(line, (targets[0],), None))
    return targets[-1] if targets else ir.Name(line, "_")


def switch(p: Program, node: Node) -> None:
    """``switch x {}`` and ``switch {}``."""
    _initialise(p, node)
    value = node.child_by_field_name("value")
    subject = None if value is None else p.expr(value)
    cases = []
    for case in p.children(node):
        if case.type in ("expression_case", "default_case"):
            values = case.child_by_field_name("value")
            patterns = tuple(p.expr(kid) for kid in p.children(values)) if values is not None else ()
            cases.append(ir.Case(case.start_point[0] + 1, patterns, p.body(_statements(p, case))))
    p.out.append(ir.Switch(node.start_point[0] + 1, subject, tuple(cases)))


def _statements(p: Program, case: Node) -> list[Node]:
    return [kid for kid in p.children(case) if kid.type == "statement_list"]


def type_switch(p: Program, node: Node) -> None:
    """``switch v := x.(type) {}``: each case tests the type and binds ``v``."""
    _initialise(p, node)
    subject, alias = p.expr(node.child_by_field_name("value")), node.child_by_field_name("alias")
    cases = []
    for case in p.children(node):
        if case.type not in ("type_case", "default_case"):
            continue
        line = case.start_point[0] + 1
        kinds = [p.expr(kind) for kind in case.children_by_field_name("type") if kind.is_named]
        body = p.body(_statements(p, case))
        if alias is not None and kinds:
            value = ir.Op(line, "cast", (subject, kinds[0])) if len(kinds) == 1 else subject
            body = (ir.Assign(line, (expressions.first(p, alias),), value), *body)
        cases.append(ir.Case(line, tuple(ir.Op(line, "type-is", (subject, kind)) for kind in kinds), body))
    p.out.append(ir.Switch(node.start_point[0] + 1, subject, tuple(cases)))


def select(p: Program, node: Node) -> None:
    """``select {}``: the pattern of a case is its send or receive."""
    cases = []
    for case in p.children(node):
        if case.type not in ("communication_case", "default_case"):
            continue
        patterns: tuple[ir.Expr, ...] = ()
        prefix: tuple[ir.Stmt, ...] = ()
        action = case.child_by_field_name("communication")
        line = case.start_point[0] + 1
        if action is not None and action.type == "send_statement":
            patterns = (_send(p, action),)
        elif action is not None and action.type == "receive_statement":
            value, left = p.expr(action.child_by_field_name("right")), action.child_by_field_name("left")
            patterns = (value,)
            if left is not None:
                prefix = (ir.Assign(line, (expressions.first(p, left),), value),)
        elif action is not None:
            patterns = (expressions.first(p, action),)
        cases.append(ir.Case(line, patterns, prefix + p.body(_statements(p, case))))
    p.out.append(ir.Switch(node.start_point[0] + 1, None, tuple(cases)))


def _send(p: Program, node: Node) -> ir.Expr:
    parts = (p.expr(node.child_by_field_name("channel")), p.expr(node.child_by_field_name("value")))
    return ir.Op(node.start_point[0] + 1, "send", parts)


def send(p: Program, node: Node) -> None:
    """``c <- x``."""
    value = _send(p, node)
    p.out.append(ir.Do(value.line, value))


def launch(p: Program, node: Node) -> None:
    """``go f()`` and ``defer f()``."""
    call = expressions.first(p, node)
    p.out.append(ir.Do(node.start_point[0] + 1, ir.Op(node.start_point[0] + 1, node.type.partition("_")[0], (call,))))


def return_(p: Program, node: Node) -> None:
    """``return``, with named results when it names none itself."""
    line, kids = node.start_point[0] + 1, p.children(node)
    values = [p.expr(kid) for kid in p.children(kids[0])] if kids else [ir.Name(line, name) for name in p.results]
    value = values[0] if len(values) == 1 else ir.Group(line, "tuple", tuple(map(ir.Item, values))) if values else None
    p.out.append(ir.Return(line, value))


def jump(p: Program, node: Node) -> None:
    """``break``, ``continue``, ``goto``."""
    kind = node.type.partition("_")[0]
    p.out.append(ir.Jump(node.start_point[0] + 1, "continue" if kind == "continue" else "goto" if kind == "goto" else "break"))


def labeled(p: Program, node: Node) -> None:
    """``L: statement``."""
    for child in p.children(node)[1:]:
        p.statement(child)


def function_body(p: Program, node: Node) -> tuple[tuple[ir.Param, ...], ir.Expr | None, tuple[ir.Stmt, ...]]:
    """Return the parameters, result type and body of a function-like node; named results are declared first."""
    params = expressions.parameters(p, node.child_by_field_name("parameters"))
    result = node.child_by_field_name("result")
    line = node.start_point[0] + 1
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
