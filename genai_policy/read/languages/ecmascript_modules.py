"""Imports and exports of ECMAScript modules and CommonJS.

``require("x")`` and ``import("x")`` inside an expression are a Name that no source can write, bound by an Import. A variable that is
bound to either is an Import and no assignment. What has no name of its own and is exported by default is bound to the variable
``default``, which no source can write.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from genai_policy.model.ir import Arg, Assign, Attr, Closure, DefineClass, Expr, Group, Literal, Name, Stmt
from genai_policy.read.languages.ecmascript_classes import lower_class
from genai_policy.read.languages.ecmascript_text import string_text
from genai_policy.read.languages.ecmascript_unit import DEFAULT, Unit, named_children

if TYPE_CHECKING:
    from tree_sitter import Node

_DECLARATIONS = frozenset({"variable_declaration", "lexical_declaration"})
_WRAPPERS = frozenset({"parenthesized_expression", "await_expression", "non_null_expression", "as_expression", "satisfies_expression"})


def import_statement(unit: Unit, node: Node) -> Iterator[Stmt]:
    """Record what ``import … from "m"`` binds; it leaves no statement."""
    source = node.child_by_field_name("source")
    module = string_text(unit, source) if source is not None else ""
    clauses = [part for part in node.named_children if part.type in ("import_clause", "import_require_clause")]
    if not clauses and source is not None:
        unit.import_(node, "", module)
    for clause in clauses:
        if clause.type == "import_require_clause":
            _import_require(unit, clause)
            continue
        for part in named_children(clause):
            if part.type == "identifier":
                unit.import_(part, unit.text(part), module, DEFAULT)
            elif part.type == "namespace_import":
                unit.import_(part, unit.text(named_children(part)[-1]) if named_children(part) else "", module)
            elif part.type == "named_imports":
                _named_imports(unit, part, module)
    return iter(())


def _import_require(unit: Unit, clause: Node) -> None:
    source, local = clause.child_by_field_name("source"), named_children(clause)[:1]
    if source is not None and local:
        unit.import_(clause, unit.text(local[0]), string_text(unit, source))


def _named_imports(unit: Unit, node: Node, module: str) -> None:
    for specifier in named_children(node):
        name = specifier.child_by_field_name("name")
        if specifier.type == "import_specifier" and name is not None:
            alias = specifier.child_by_field_name("alias") or name
            unit.import_(specifier, _spelled(unit, alias), module, _spelled(unit, name))


def import_alias(unit: Unit, node: Node) -> Iterator[Stmt]:
    """Lower ``import A = B.C``."""
    parts = named_children(node)
    if len(parts) == 2:
        yield Assign(node.start_point[0] + 1, (unit.expression(parts[0]),), unit.expression(parts[1]))


def export_statement(unit: Unit, node: Node) -> Iterator[Stmt]:
    """Record what an export makes public; yield the declaration it holds."""
    source = node.child_by_field_name("source")
    clause = next((part for part in node.named_children if part.type in ("export_clause", "namespace_export")), None)
    if source is not None:
        _reexport(unit, node, clause, string_text(unit, source))
    elif clause is not None:
        _export_names(unit, clause)
    else:
        yield from _export_declaration(unit, node)


def _reexport(unit: Unit, node: Node, clause: Node | None, module: str) -> None:
    if clause is None:
        unit.import_(node, "", module, "*", reexport=True)
    elif clause.type == "namespace_export":
        local = named_children(clause)
        unit.import_(node, _spelled(unit, local[-1]) if local else "", module, None, reexport=True)
    else:
        for specifier, name, public in _specifiers(unit, clause):
            unit.import_(specifier, public, module, name, reexport=True)


def _export_names(unit: Unit, clause: Node) -> None:
    for specifier, name, public in _specifiers(unit, clause):
        line = specifier.start_point[0] + 1
        unit.export(line, public, Name(line, name))


def _specifiers(unit: Unit, clause: Node) -> Iterator[tuple[Node, str, str]]:
    for specifier in named_children(clause):
        name = specifier.child_by_field_name("name")
        if specifier.type == "export_specifier" and name is not None:
            yield specifier, _spelled(unit, name), _spelled(unit, specifier.child_by_field_name("alias") or name)


def _export_declaration(unit: Unit, node: Node) -> Iterator[Stmt]:
    """``export const a = …``, ``export default …``, ``export = …``."""
    line = node.start_point[0] + 1
    words = {child.type for child in node.children if not child.is_named}
    declaration = node.child_by_field_name("declaration")
    if declaration is not None:
        statements = unit.statements((declaration,))
        is_default = "default" in words
        for name in declared_names(unit, declaration):
            public = DEFAULT if is_default else name
            unit.export(line, public, Name(line, name))
        yield from statements
        return
    value = node.child_by_field_name("value")
    if value is None and "=" in words:
        value = next(iter(named_children(node)), None)
    if value is not None:
        yield from default_export(unit, value, line)


def default_export(unit: Unit, value: Node, line: int, targets: tuple[Expr, ...] = ()) -> Iterator[Stmt]:
    """Export a value by default; ``targets`` are what else it is assigned to (``module.exports``)."""
    if value.type == "identifier":
        unit.export(line, DEFAULT, unit.expression(value))
        if targets:
            yield Assign(line, targets, unit.expression(value))
        return
    if value.type == "class":
        own = value.child_by_field_name("name")
        name = unit.text(own) if own is not None else DEFAULT
        yield DefineClass(line, lower_class(unit, value, name))
        if targets:
            yield Assign(line, targets, Name(line, name))
        unit.export(line, DEFAULT, Name(line, name))
        return
    lowered = unit.value(value, DEFAULT)
    unit.export(line, DEFAULT, Name(line, DEFAULT))
    yield Assign(line, (*targets, Name(line, DEFAULT)), lowered)


def declared_names(unit: Unit, node: Node) -> Iterator[str]:
    """Yield the names a declaration binds."""
    if node.type == "ambient_declaration":
        for part in named_children(node):
            yield from declared_names(unit, part)
    elif node.type in _DECLARATIONS:
        for declarator in named_children(node):
            name = declarator.child_by_field_name("name")
            if name is not None:
                yield from _bound(unit, name)
    else:
        name = node.child_by_field_name("name")
        yield unit.text(name) if name is not None else DEFAULT


def _bound(unit: Unit, pattern: Node) -> Iterator[str]:
    waiting = [pattern]
    while waiting:
        node = waiting.pop()
        if node.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield unit.text(node)
        elif node.type == "pair_pattern":
            value = node.child_by_field_name("value")
            waiting.extend([value] if value is not None else [])
        elif node.type in ("assignment_pattern", "object_assignment_pattern"):
            waiting.extend(named_children(node)[:1])
        elif node.type in ("object_pattern", "array_pattern", "rest_pattern"):
            waiting.extend(reversed(named_children(node)))


def imported_in_place(unit: Unit, node: Node, func: Expr, args: tuple[Arg, ...]) -> Expr | None:
    """Lower ``require("x")`` and ``import("x")`` inside an expression to a Name that an Import binds; None when the call is neither."""
    if not (isinstance(func, Name) and func.id in ("require", "import") and len(args) >= 1):
        return None
    module = args[0].value
    if not (isinstance(module, Literal) and isinstance(module.value, str)):
        return None
    local = f"{func.id}({module.value!r})"
    unit.import_(node, local, module.value, dynamic=func.id == "import" or unit.function != 0)
    return Name(func.line, local)


def bind_import(unit: Unit, pattern: Node, value: Node) -> bool:
    """Record ``const pattern = require("x")`` (or ``await import("x")``, or a member of either) as imports; False when it is none."""
    member, dynamic = None, unit.function != 0
    node: Node | None = value
    while node is not None and node.type in _WRAPPERS:
        node = next(iter(named_children(node)), None)
    if node is not None and node.type == "member_expression":
        name = node.child_by_field_name("property")
        member = unit.text(name) if name is not None else None
        node = node.child_by_field_name("object")
        while node is not None and node.type in _WRAPPERS:
            node = next(iter(named_children(node)), None)
    if node is None or node.type != "call_expression":
        return False
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    argument = named_children(arguments)[:1] if arguments is not None else []
    if function is None or not argument or argument[0].type != "string":
        return False
    if function.type != "import" and not (function.type == "identifier" and unit.text(function) == "require"):
        return False
    dynamic = dynamic or function.type == "import"
    return _bind(unit, pattern, string_text(unit, argument[0]), member, dynamic)


def _bind(unit: Unit, pattern: Node, module: str, member: str | None, dynamic: bool) -> bool:
    if pattern.type == "identifier":
        unit.import_(pattern, unit.text(pattern), module, member, dynamic=dynamic)
        return True
    if pattern.type != "object_pattern" or member not in (None, DEFAULT):
        return False
    parts = [_taken(part) for part in named_children(pattern)]
    if any(local.type not in ("identifier", "shorthand_property_identifier_pattern") for _, local in parts):
        return False
    for key, local in parts:
        name = None if key.type == "rest_pattern" else _spelled(unit, key)
        unit.import_(local, unit.text(local), module, name, dynamic=dynamic)
    return True


def _taken(part: Node) -> tuple[Node, Node]:
    """Return the key and the variable of one part of a destructuring pattern; a rest has no key but itself."""
    key, local = part, part
    if part.type == "pair_pattern":
        key, local = part.child_by_field_name("key") or part, part.child_by_field_name("value") or part
    while local.type in ("assignment_pattern", "object_assignment_pattern", "rest_pattern") and named_children(local):
        local = named_children(local)[0]
        key = local if part.type == "object_assignment_pattern" else key
    return key, local


def common_export(unit: Unit, left: Node, right: Node) -> Iterator[Stmt] | None:
    """Lower ``module.exports = …`` and ``exports.x = …``; None when ``left`` is neither."""
    if left.type != "member_expression":
        return None
    spelled = unit.text(left) if left.end_byte - left.start_byte < 200 else ""
    base, _, name = spelled.rpartition(".")
    if spelled == "module.exports":
        return _export_module(unit, left, right)
    if base in ("exports", "module.exports") and unit.function == 0:
        return _export_member(unit, left, right, name)
    return None


def _export_module(unit: Unit, left: Node, right: Node) -> Iterator[Stmt]:
    line = left.start_point[0] + 1
    statements = tuple(default_export(unit, right, line, (unit.expression(left),)))
    for statement in statements:
        if isinstance(statement, Assign) and isinstance(statement.value, Group):
            _export_items(unit, statement.value, line)
    yield from statements


def _export_items(unit: Unit, group: Group, line: int) -> None:
    """The members of an exported object are public names too."""
    for item in group.items:
        if isinstance(item.key, Literal) and isinstance(item.key.value, str):
            public = item.key.value
            value = item.value if isinstance(item.value, (Name, Closure)) else Attr(item.value.line, Name(line, DEFAULT), public)
            unit.export(item.value.line, public, value)


def _export_member(unit: Unit, left: Node, right: Node, name: str) -> Iterator[Stmt]:
    line = left.start_point[0] + 1
    target = unit.expression(left)
    value = unit.value(right, name)
    unit.export(line, name, value if isinstance(value, (Name, Closure)) else target)
    yield Assign(line, (target,), value)


def _spelled(unit: Unit, node: Node) -> str:
    return string_text(unit, node) if node.type == "string" else unit.text(node)
