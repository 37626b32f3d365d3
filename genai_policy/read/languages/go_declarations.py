"""Go functions, methods and types.

A method belongs to the class of its receiver's type; when that type stands in another file of the package, a stub (kind ``struct``, flag
``extern``) takes its place. Embedded types are bases and, under their own name, fields. A defined type that is neither struct nor
interface is an ``alias`` whose base is what it is defined as. Type parameters are class options (name and constraint).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from genai_policy.model import ir
from genai_policy.read.languages import go_expressions as expressions
from genai_policy.read.languages.go_statements import function_body
from genai_policy.read.languages.program import Program, ToExpr, ToStatements

if TYPE_CHECKING:
    from tree_sitter import Node


def function(p: Program, node: Node) -> None:
    """Lower a top-level function."""
    p.out.append(ir.Define(node.start_point[0] + 1, _function(p, node, None, None)))


def _function(p: Program, node: Node, owner: int | None, receiver: str | None) -> int:
    title = node.child_by_field_name("name")
    name = "" if title is None else p.source.text(title)
    index, parent = p.reserve_function(), p.scope.function
    qualname = p.qualify(name) if owner is None else p.source.qualified(f"{p.classes[owner].qualname}.", name)
    saved = p.enter(function=index, owner=owner, prefix=qualname)
    params, returns, body = function_body(p, node)
    p.leave(saved)
    flags = (("exported",) if name[:1].isupper() else ()) + (("abstract",) if node.type == "method_elem" else ())
    line = (title or node).start_point[0] + 1
    p.functions[index] = ir.Function(
        name,
        qualname,
        line,
        p.source.end_line(node),
        params,
        body,
        returns,
        flags=flags,
        owner=owner,
        parent=parent,
        receiver=receiver,
    )
    return index


def method(p: Program, node: Node) -> None:
    """Lower a method into the class of its receiver."""
    receivers = expressions.parameters(p, node.child_by_field_name("receiver"))
    name, kind = (receivers[0].name, type_name(receivers[0].annotation)) if receivers else ("_", "")
    owner = class_index(p, kind, node)
    index = _function(p, node, owner, None if name == "_" else name)
    p.classes[owner] = replace(p.classes[owner], methods=(*p.classes[owner].methods, index))
    p.out.append(ir.Define(node.start_point[0] + 1, index))


def type_name(kind: ir.Expr | None) -> str:
    """Return the bare name of a type behind pointers and type arguments."""
    while True:
        match kind:
            case ir.Op(op="ref", operands=(inner,)) | ir.Index(base=inner):
                kind = inner
            case ir.Name(id=name) | ir.Attr(name=name):
                return name
            case _:
                return ""


def class_index(p: Program, name: str, node: Node) -> int:
    """Return the class called ``name``; one that is not declared in this file becomes a stub."""
    if name not in p.types:
        p.types[name] = p.reserve_class()
        line = node.start_point[0] + 1
        p.classes[p.types[name]] = ir.Class(name, name, line, line, "struct", flags=("extern",))
    return p.types[name]


def declare_ahead(p: Program, root: Node) -> None:
    """Reserve the classes of all top-level types, so that methods that stand before their type find it."""
    for declaration in p.children(root):
        if declaration.type == "type_declaration":
            for spec in p.children(declaration):
                title = spec.child_by_field_name("name")
                if title is not None and p.source.text(title) not in p.types:
                    p.types[p.source.text(title)] = p.reserve_class()


def types(p: Program, node: Node) -> None:
    """Lower ``type`` declarations, single and grouped."""
    for spec in p.children(node):
        title, kind = spec.child_by_field_name("name"), spec.child_by_field_name("type")
        if title is None or kind is None:
            continue
        name = p.source.text(title)
        index = p.types[name] if p.scope.function == 0 and name in p.types else p.reserve_class()
        options = _type_parameters(p, spec.child_by_field_name("type_parameters"))
        line = title.start_point[0] + 1
        shell = ir.Class(name, p.qualify(name), line, p.source.end_line(spec), options=options, methods=p.classes[index].methods)
        if name[:1].isupper():
            shell = replace(shell, flags=("exported",))
        fill(p, index, shell, kind)
        p.out.append(ir.DefineClass(line, index))


def fill(p: Program, index: int, shell: ir.Class, kind: Node) -> None:
    """Complete the class at ``index`` from its type expression."""
    if kind.type == "struct_type":
        p.classes[index] = replace(shell, kind="struct")
        bases, fields = struct_fields(p, kind)
        p.classes[index] = replace(p.classes[index], bases=bases, fields=fields)
    elif kind.type == "interface_type":
        p.classes[index] = replace(shell, kind="interface")
        members = [_function(p, kid, index, None) for kid in p.children(kind) if kid.type == "method_elem"]
        embedded = tuple(p.expr(part) for kid in p.children(kind) if kid.type == "type_elem" for part in p.children(kid))
        p.classes[index] = replace(p.classes[index], bases=embedded, methods=(*shell.methods, *members))
    else:
        p.classes[index] = replace(shell, kind="alias", bases=(p.expr(kind),))


def _type_parameters(p: Program, node: Node | None) -> tuple[ir.Arg, ...]:
    found = []
    for declaration in p.children(node) if node is not None else ():
        bound = p.expr(declaration.child_by_field_name("type"))
        found += [ir.Arg(bound, p.source.text(title)) for title in declaration.children_by_field_name("name") if title.is_named]
    return tuple(found)


def struct_fields(p: Program, node: Node) -> tuple[tuple[ir.Expr, ...], tuple[ir.Field, ...]]:
    """Return the embedded types and the fields of a struct type."""
    bases: list[ir.Expr] = []
    fields: list[ir.Field] = []
    for declaration in [kid for lists in p.children(node) for kid in p.children(lists)]:
        kind_node, tag = declaration.child_by_field_name("type"), declaration.child_by_field_name("tag")
        if declaration.type != "field_declaration" or kind_node is None:
            continue
        kind, decorators = p.expr(kind_node), () if tag is None else (p.expr(tag),)
        titles = [title for title in declaration.children_by_field_name("name") if title.is_named]
        if not titles:
            bases.append(kind)
            fields.append(ir.Field(type_name(kind), kind.line, kind, decorators=decorators))
        fields += [ir.Field(p.source.text(t), t.start_point[0] + 1, kind, decorators=decorators) for t in titles]
    return tuple(bases), tuple(fields)


def inline_struct(p: Program, node: Node) -> ir.Expr:
    """A struct type without a name becomes a class called ``<struct:LINE>``, and that name."""
    line = node.start_point[0] + 1
    name = p.unique(f"<struct:{line}>")
    index, qualname = p.reserve_class(), p.qualify(name)
    fill(p, index, ir.Class(name, qualname, line, p.source.end_line(node), flags=("anonymous",)), node)
    return ir.Name(line, qualname)


VALUES: dict[str, ToExpr] = {"struct_type": inline_struct}
STATEMENTS: dict[str, ToStatements] = {
    "function_declaration": function,
    "method_declaration": method,
    "type_declaration": types,
}
