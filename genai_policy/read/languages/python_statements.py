"""Lowers Python statements, except definitions. One method per syntax node kind; :data:`STATEMENTS` names them.

What Python has and the program representation has not: ``global`` and ``nonlocal`` become ``Do(Op("global", names))``, ``del`` an Op of
that name, ``assert x, y`` becomes ``if not x: raise y``, a ladder of many ``elif`` becomes a Switch without subject.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from genai_policy.model.ir import (
    Arg,
    Assign,
    Attr,
    Call,
    Case,
    Do,
    Expr,
    Group,
    Handler,
    If,
    Import,
    Item,
    Jump,
    Literal,
    Loop,
    Name,
    Op,
    Raise,
    Return,
    Stmt,
    Switch,
    Template,
    Try,
    Unknown,
    With,
)
from genai_policy.read.languages.python_expressions import EXPRESSIONS, Expressions, significant
from genai_policy.read.languages.python_grammar import ERROR, IDENTIFIER, by_kind, kinds

if TYPE_CHECKING:
    from tree_sitter import Node

_LADDER = 20
"""Longer ``elif`` ladders become a Switch, which does not nest."""

ASSIGNMENT = kinds("assignment")
AUGMENTED = kinds("augmented_assignment")
BLOCK = kinds("block")
STRINGS = kinds("string", "concatenated_string")
CASE = kinds("case_clause")
LAMBDA = kinds("lambda")


class Statements(Expressions):
    """Lowers the statements of one file. A statement method returns what it stands for: none, one or several statements."""

    def block(self, node: Node | None) -> tuple[Stmt, ...]:
        """Lower the statements below ``node`` (a block or the module)."""
        return tuple(self.statements(node.children)) if node is not None else ()

    def statements(self, nodes: Iterable[Node]) -> list[Stmt]:
        """Lower ``nodes`` in order. Where the grammar lost its way, loose expressions count as evaluated."""
        lowered: list[Stmt] = []
        source = self.source
        for node in nodes:
            kind = node.kind_id
            handler = STATEMENTS.get(kind)
            if handler is None:
                if kind in EXPRESSIONS and kind not in STRINGS and kind != IDENTIFIER:
                    lowered.extend(self.effect(node))
                continue
            if not source.enter():
                continue
            lowered.extend(handler(self, node))
            source.leave()
        return lowered

    def nothing(self, node: Node) -> Sequence[Stmt]:
        return ()

    def broken(self, node: Node) -> Sequence[Stmt]:
        return self.statements(node.children)

    # simple statements

    def expression_statement(self, node: Node) -> Sequence[Stmt]:
        kids = node.children
        if len(kids) == 1:
            return self.effect(kids[0])
        kids = [child for child in significant(kids) if child.kind_id in EXPRESSIONS or child.kind_id in ASSIGNMENT | AUGMENTED]
        return [stmt for child in kids for stmt in self.effect(child)]

    def effect(self, node: Node) -> Sequence[Stmt]:
        """Lower an assignment, or an expression for its effect; a bare string is a comment."""
        kind = node.kind_id
        if kind in ASSIGNMENT:
            return self.assignment(node)
        if kind in AUGMENTED:
            return self.augmented(node)
        if kind in STRINGS:
            value = self.expr(node)
            return (Do(value.line, value),) if isinstance(value, Template) else ()
        value = self.expr(node)
        return () if isinstance(value, Unknown) and not value.parts else (Do(self.line(node), value),)

    def assignment(self, node: Node) -> Sequence[Stmt]:
        """Lower ``a = b = value``, ``a: T = value`` and ``a: T``."""
        targets: list[Expr] = []
        annotation: Expr | None = None
        at: Node = node
        line = self.line(node)
        while True:
            left, right, kind = None, None, None
            state = 0
            for child in at.children:
                token = child.type
                if token == "=":
                    state = 2
                elif token == ":":
                    state = 1
                elif token == "comment" or token == "line_continuation":
                    continue
                elif state == 0:
                    left = left or child
                elif state == 1:
                    kind = child
                elif right is None:
                    right = child
            targets.append(self.expr(left))
            annotation = self.annotation(kind) if kind is not None else annotation
            if right is None or right.kind_id not in ASSIGNMENT:
                break
            at = right
        if right is not None and right.kind_id in LAMBDA:
            self.lambda_name = _last_name(targets[0])
        value = self.assigned(right) if right is not None else None
        self.name_import(targets, value)
        return (Assign(line, tuple(targets), value, annotation),)

    def assigned(self, right: Node) -> Expr:
        """Lower the value of an assignment; ``a = b += c`` only occurs in broken text."""
        return Unknown(self.line(right)) if right.kind_id in AUGMENTED else self.expr(right)

    def name_import(self, targets: Sequence[Expr], value: Expr | None) -> None:
        """Bind ``x = importlib.import_module("y")`` to x."""
        target = targets[0]
        if isinstance(value, Call) and isinstance(target, Name) and self.imports:
            last = self.imports[-1]
            if last.dynamic and last.line == value.line and not last.local and _is_import(value, last.module):
                self.imports[-1] = Import(last.line, target.id, last.module, None, dynamic=True, function=last.function)

    def augmented(self, node: Node) -> Sequence[Stmt]:
        kids = significant(node.children)
        if len(kids) != 3:
            return (Do(self.line(node), self.unknown(node)),)
        return (Assign(self.line(node), (self.expr(kids[0]),), self.expr(kids[2]), None, kids[1].type),)

    def return_(self, node: Node) -> Sequence[Stmt]:
        values = self.exprs(node.children)
        return (Return(self.line(node), values[0] if values else None),)

    def raise_(self, node: Node) -> Sequence[Stmt]:
        """Lower to the exception raised; a cause is kept only where evaluating it could do something."""
        values = self.exprs(node.children)
        line = self.line(node)
        extra = [Do(line, value) for value in values[1:] if not isinstance(value, (Name, Attr, Literal))]
        return (*extra, Raise(line, values[0] if values else None))

    def assert_(self, node: Node) -> Sequence[Stmt]:
        values = self.exprs(node.children)
        line = self.line(node)
        test = values[0] if values else Unknown(line)
        return (If(line, Op(line, "not", (test,)), (Raise(line, values[1] if len(values) > 1 else None),)),)

    def delete(self, node: Node) -> Sequence[Stmt]:
        return (Do(self.line(node), Op(self.line(node), "del", tuple(self.exprs(node.children)))),)

    def scope(self, node: Node) -> Sequence[Stmt]:
        """Lower ``global x`` and ``nonlocal x`` to an operator of that name."""
        op = "global" if node.type == "global_statement" else "nonlocal"
        return (Do(self.line(node), Op(self.line(node), op, tuple(self.exprs(node.children)))),)

    def break_(self, node: Node) -> Sequence[Stmt]:
        return (Jump(self.line(node), "break"),)

    def continue_(self, node: Node) -> Sequence[Stmt]:
        return (Jump(self.line(node), "continue"),)

    def print_(self, node: Node) -> Sequence[Stmt]:
        """Lower the ``print`` and ``exec`` statements of Python 2 to calls."""
        line = self.line(node)
        number = self.source.next_call()
        name = "print" if node.type == "print_statement" else "exec"
        return (Do(line, Call(line, number, Name(line, name), tuple(map(Arg, self.exprs(node.children))))),)

    def type_alias(self, node: Node) -> Sequence[Stmt]:
        values = self.exprs(node.children)
        if len(values) != 2:
            return (Do(self.line(node), Unknown(self.line(node), tuple(values))),)
        target = values[0].base if not isinstance(values[0], Name) and hasattr(values[0], "base") else values[0]
        return (Assign(self.line(node), (target,), self.quoted(values[1])),)

    # imports

    def import_(self, node: Node) -> Sequence[Stmt]:
        for child in node.children:
            if child.type == "dotted_name":
                module = self.text(child)
                self.add_import(child, module.partition(".")[0].strip(), module, None)
            elif child.type == "aliased_import":
                module, local = self.alias(child)
                self.add_import(child, local, module, None)
        return ()

    def import_from(self, node: Node) -> Sequence[Stmt]:
        module: str | None = None
        for child in node.children:
            kind = child.type
            if module is None:
                if kind in ("dotted_name", "relative_import"):
                    module = self.text(child)
            elif kind == "dotted_name":
                self.add_import(child, self.text(child), module, self.text(child))
            elif kind == "aliased_import":
                name, local = self.alias(child)
                self.add_import(child, local, module, name)
            elif kind == "wildcard_import":
                self.add_import(child, "", module, "*")
        return ()

    def alias(self, node: Node) -> tuple[str, str]:
        """Return (name, local name) of ``name as local``."""
        name, local = node.child_by_field_name("name"), node.child_by_field_name("alias")
        return (self.text(name) if name else ""), (self.text(local) if local else "")

    def add_import(self, node: Node, local: str, module: str, name: str | None) -> None:
        """Record one imported name, spelled without the blanks and line breaks Python allows around dots."""
        module = "".join(module.split())
        if module:
            self.imports.append(Import(self.line(node), local, module, name, function=self.function))

    # branches and loops

    def if_(self, node: Node) -> Sequence[Stmt]:
        arms: list[tuple[int, Expr, tuple[Stmt, ...]]] = []
        orelse: tuple[Stmt, ...] = ()
        arms.append(self.arm(node))
        for child in node.children:
            if child.type == "elif_clause":
                arms.append(self.arm(child))
            elif child.type == "else_clause":
                orelse = self.clause(child)
        if len(arms) > _LADDER:
            cases = [Case(line, (test,), body) for line, test, body in arms]
            return (Switch(self.line(node), None, (*cases, *([Case(self.line(node), (), orelse)] if orelse else []))),)
        for line, test, body in reversed(arms):
            orelse = (If(line, test, body, orelse),)
        return orelse

    def arm(self, node: Node) -> tuple[int, Expr, tuple[Stmt, ...]]:
        """Return (line, test, body) of ``if`` or ``elif``."""
        return self.line(node), self.operand(node, "condition"), self.block(node.child_by_field_name("consequence"))

    def clause(self, node: Node) -> tuple[Stmt, ...]:
        """Lower the block of ``else``, ``finally`` and the like."""
        return tuple(stmt for child in node.children if child.kind_id in BLOCK for stmt in self.block(child))

    def orelse(self, node: Node) -> tuple[Stmt, ...]:
        """Lower the ``else`` block of a loop or try."""
        return tuple(stmt for child in node.children if child.type == "else_clause" for stmt in self.clause(child))

    def for_(self, node: Node) -> Sequence[Stmt]:
        is_async = node.children[0].type == "async"
        target, iterable = self.operand(node, "left"), self.operand(node, "right")
        body = self.block(node.child_by_field_name("body"))
        return (Loop(self.line(node), target, iterable, body, self.orelse(node), is_async),)

    def while_(self, node: Node) -> Sequence[Stmt]:
        test = self.operand(node, "condition")
        return (Loop(self.line(node), None, test, self.block(node.child_by_field_name("body")), self.orelse(node)),)

    def with_(self, node: Node) -> Sequence[Stmt]:
        is_async = node.children[0].type == "async"
        items: list[tuple[Expr, Expr | None]] = []
        for child in node.children:
            if child.type == "with_clause":
                for item in child.children:
                    if item.type == "with_item":
                        items.extend(self.with_item(item))
        return (With(self.line(node), tuple(items), self.block(node.child_by_field_name("body")), is_async),)

    def with_item(self, node: Node) -> Sequence[tuple[Expr, Expr | None]]:
        inner = next((child for child in node.children if child.kind_id in EXPRESSIONS), None)
        if inner is not None and inner.type == "as_pattern":
            values = self.exprs(inner.children)
            return ((values[0], values[1]),) if len(values) == 2 else ((Unknown(self.line(node), tuple(values)), None),)
        value = self.expr(inner)
        if isinstance(value, Group) and value.kind == "tuple":
            return [(item.value, None) for item in value.items]
        return ((value, None),)

    def try_(self, node: Node) -> Sequence[Stmt]:
        body = self.block(node.child_by_field_name("body"))
        handlers: list[Handler] = []
        final: tuple[Stmt, ...] = ()
        for child in node.children:
            if child.type in ("except_clause", "except_group_clause"):
                handlers.append(self.handler(child))
            elif child.type == "finally_clause":
                final = self.clause(child)
        return (Try(self.line(node), body, tuple(handlers), self.orelse(node), final),)

    def handler(self, node: Node) -> Handler:
        """Lower one ``except``; ``except A, e`` of Python 2 and ``except A, B`` of newer Pythons both list types."""
        name: str | None = None
        types: list[Expr] = []
        for child in node.children:
            if child.type == "as_pattern":
                values = self.exprs(child.children)
                types.extend(values[:1])
                name = values[1].id if len(values) > 1 and isinstance(values[1], Name) else None
            elif child.kind_id in EXPRESSIONS:
                types.append(self.expr(child))
        flat = [one for kind in types for one in (_elements(kind))]
        return Handler(self.line(node), tuple(flat), name, self.clause(node))

    def match(self, node: Node) -> Sequence[Stmt]:
        subjects = [self.expr(child) for child in node.children_by_field_name("subject")]
        subject = subjects[0] if len(subjects) == 1 else Group(self.line(node), "tuple", tuple(map(Item, subjects)))
        body = node.child_by_field_name("body")
        cases = [self.case(child) for child in (body.children if body else ()) if child.kind_id in CASE]
        return (Switch(self.line(node), subject, tuple(cases)),)

    # supplied by the definition layer

    def case(self, node: Node) -> Case:
        raise NotImplementedError

    def annotation(self, node: Node) -> Expr:
        raise NotImplementedError

    def definition(self, node: Node) -> Sequence[Stmt]:
        raise NotImplementedError


def _elements(value: Expr) -> Sequence[Expr]:
    return [item.value for item in value.items] if isinstance(value, Group) else [value]


def _last_name(target: Expr) -> str:
    if isinstance(target, Name):
        return target.id
    return target.name if isinstance(target, Attr) else ""


def _is_import(call: Call, module: str) -> bool:
    name = _last_name(call.func)
    first = call.args[0].value if call.args else None
    return name in ("import_module", "__import__") and isinstance(first, Literal) and first.value == module


STATEMENTS: dict[int, Callable[[Statements, Node], Sequence[Stmt]]] = by_kind(
    {
        "expression_statement": Statements.expression_statement,
        "assignment": Statements.assignment,
        "augmented_assignment": Statements.augmented,
        "return_statement": Statements.return_,
        "raise_statement": Statements.raise_,
        "assert_statement": Statements.assert_,
        "delete_statement": Statements.delete,
        "global_statement": Statements.scope,
        "nonlocal_statement": Statements.scope,
        "pass_statement": Statements.nothing,
        "break_statement": Statements.break_,
        "continue_statement": Statements.continue_,
        "print_statement": Statements.print_,
        "exec_statement": Statements.print_,
        "type_alias_statement": Statements.type_alias,
        "import_statement": Statements.import_,
        "import_from_statement": Statements.import_from,
        "future_import_statement": Statements.nothing,
        "if_statement": Statements.if_,
        "elif_clause": Statements.broken,
        "else_clause": Statements.broken,
        "except_clause": Statements.broken,
        "finally_clause": Statements.broken,
        "block": Statements.broken,
        "for_statement": Statements.for_,
        "while_statement": Statements.while_,
        "with_statement": Statements.with_,
        "try_statement": Statements.try_,
        "match_statement": Statements.match,
        "function_definition": lambda self, node: self.definition(node),
        "class_definition": lambda self, node: self.definition(node),
        "decorated_definition": lambda self, node: self.definition(node),
    }
)
STATEMENTS[ERROR] = Statements.broken
