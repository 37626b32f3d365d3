"""Java classes, interfaces, records, enums, annotation types, their members, and anonymous classes.

A record's components are fields and parameters of its constructor (flag ``record`` on the class). Members of an annotation type are
fields. Type parameters are class options (name and bound). Constant initial values stay with the field; those that compute something
are assigned to ``this.x`` in ``<init>`` (to ``Class.x`` in ``<clinit>`` for static ones), together with the initialiser blocks, so that
every call has a function. Member classes are defined in the module body, because their simple names are usable all over the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from genai_policy.model import ir
from genai_policy.read.languages import java_expressions as expressions
from genai_policy.read.languages import java_statements as statements
from genai_policy.read.languages.program import Program, ToExpr, ToStatements

if TYPE_CHECKING:
    from tree_sitter import Node

KINDS: dict[str, Literal["class", "interface", "enum"]] = {
    "class_declaration": "class",
    "record_declaration": "class",
    "interface_declaration": "interface",
    "annotation_type_declaration": "interface",
    "enum_declaration": "enum",
}
_FLAGS = {"record_declaration": "record", "annotation_type_declaration": "annotation"}
_KEPT = frozenset({"static", "abstract", "final", "public", "private", "protected", "default"})


class Members:
    """What has been seen of a class body."""

    def __init__(self) -> None:
        self.fields: list[ir.Field] = []
        self.methods: list[int] = []
        self.initial: dict[str, tuple[int, list[ir.Stmt]]] = {}


def modifiers(p: Program, node: Node) -> tuple[tuple[ir.Expr, ...], tuple[str, ...]]:
    """Return the annotations and the modifier words of a declaration."""
    for child in node.children[:3]:
        if child.type == "modifiers":
            words = tuple(kid.type for kid in child.children if kid.type in _KEPT)
            return tuple(p.expr(kid) for kid in p.children(child)), words
    return (), ()


def declare(p: Program, node: Node) -> None:
    """Lower a class-like declaration where a statement or member may stand."""
    title = node.child_by_field_name("name")
    name = "" if title is None else p.source.text(title)
    decorators, flags = modifiers(p, node)
    bases = [kid for child in p.children(node) for kid in _base_nodes(p, child)]
    options = _type_parameters(p, node.child_by_field_name("type_parameters"))
    flags += (_FLAGS[node.type],) if node.type in _FLAGS else ()
    line = (title or node).start_point[0] + 1
    shell = ir.Class(name, p.qualify(name), line, p.source.end_line(node), KINDS[node.type])
    shell = replace(shell, bases=tuple(p.expr(base) for base in bases), options=options, decorators=decorators, flags=flags)
    index = class_body(p, shell, node.child_by_field_name("body"), node)
    (p.out if p.scope.owner is None else p.members).append(ir.DefineClass(line, index))


def _base_nodes(p: Program, node: Node) -> list[Node]:
    if node.type == "superclass":
        return p.children(node)
    if node.type in ("super_interfaces", "extends_interfaces"):
        return [kind for kinds in p.children(node) for kind in p.children(kinds)]
    return []


def _type_parameters(p: Program, node: Node | None) -> tuple[ir.Arg, ...]:
    found = []
    for kid in p.children(node) if node is not None else ():
        parts = [part for part in p.children(kid) if part.type in ("type_identifier", "identifier", "type_bound")]
        if parts:
            bounds = p.children(parts[-1]) if parts[-1].type == "type_bound" else []
            line = kid.start_point[0] + 1
            found.append(ir.Arg(p.expr(bounds[0]) if bounds else ir.Name(line, "Object"), p.source.text(parts[0])))
    return tuple(found)


def class_body(p: Program, shell: ir.Class, body: Node | None, declaration: Node | None = None) -> int:
    """Lower the members of ``shell`` and return its index."""
    index, members = p.reserve_class(), Members()
    p.classes[index] = shell
    outer_fields, outer_locals = p.fields, p.locals
    p.fields, p.locals = _field_holders(p, shell, body, outer_fields), set(outer_locals) if p.scope.function else set()
    p.locals -= {name for name, holder in p.fields.items() if holder in ("this", shell.name)}
    saved = p.enter(owner=index, prefix=shell.qualname)
    out, p.out = p.out, []
    target, p.switch_target = p.switch_target, ""
    record = declaration is not None and declaration.type == "record_declaration"
    parameters = declaration.child_by_field_name("parameters") if declaration is not None and record else None
    components = statements.lambda_params(p, parameters)
    p.fields.update(dict.fromkeys((c.name for c in components), "this"))
    p.locals -= {c.name for c in components}
    members.fields += [ir.Field(c.name, shell.line, c.annotation, decorators=c.decorators) for c in components]
    if body is not None:
        member_nodes(p, members, shell, body, components)
    if record and not any("constructor" in p.functions[method].flags for method in members.methods):
        constructor(p, members, shell, declaration, components)
    finish_initial(p, members, shell)
    p.leave(saved)
    p.out, p.switch_target = out, target
    p.fields, p.locals = outer_fields, outer_locals
    p.classes[index] = replace(shell, fields=tuple(members.fields), methods=tuple(members.methods))
    return index


def _field_holders(p: Program, shell: ir.Class, body: Node | None, outer: dict[str, str]) -> dict[str, str]:
    """Map the names of fields to what holds them: ``this``, a class, or "" (an instance field of an enclosing class, kept bare)."""
    holders = {name: "" if holder == "this" else holder for name, holder in outer.items()}
    holders.setdefault("", "")
    lists = [body] if body is not None else []
    lists += [kid for kid in p.children(body) if kid.type == "enum_body_declarations"] if body is not None else []
    for node in [kid for one in lists for kid in p.children(one)]:
        if node.type in ("field_declaration", "constant_declaration"):
            words = [kid.type for child in node.children[:1] if child.type == "modifiers" for kid in child.children]
            holder = shell.name if "static" in words or shell.kind == "interface" else "this"
            for declarator in node.children_by_field_name("declarator"):
                holders[p.source.text(declarator.child_by_field_name("name") or declarator)] = holder
        elif node.type == "enum_constant":
            holders[p.source.text(node.child_by_field_name("name") or node)] = shell.name
    return holders


def member_nodes(p: Program, members: Members, shell: ir.Class, body: Node, components: tuple[ir.Param, ...]) -> None:
    """Lower every member of a class body; an error node is looked through."""
    if not p.source.enter():
        return
    for node in p.children(body):
        kind = node.type
        if kind in ("method_declaration", "constructor_declaration"):
            members.methods.append(method(p, node))
        elif kind == "compact_constructor_declaration":
            constructor(p, members, shell, node, components)
        elif kind in ("field_declaration", "constant_declaration"):
            fields(p, members, node)
        elif kind == "enum_constant":
            enum_constant(p, members, shell, node)
        elif kind == "annotation_type_element_declaration":
            annotation_member(p, members, node)
        elif kind in KINDS:
            declare(p, node)
        elif kind in ("static_initializer", "block"):
            initializer(p, members, "<clinit>" if kind == "static_initializer" else "<init>", node)
        elif kind == "enum_body_declarations" or node.is_error:
            member_nodes(p, members, shell, node, components)
    p.source.leave()


def method(p: Program, node: Node) -> int:
    """Lower a method or constructor and return its index."""
    title = node.child_by_field_name("name")
    name = "" if title is None else p.source.text(title)
    body = node.child_by_field_name("body")
    decorators, flags = modifiers(p, node)
    constructing = node.type == "constructor_declaration"
    flags += ("constructor",) if constructing else ("abstract",) if body is None and "abstract" not in flags else ()
    kind = node.child_by_field_name("type")
    returns = expressions.dimensioned(p.expr(kind), node.child_by_field_name("dimensions"), p) if kind is not None else None
    parameters = node.child_by_field_name("parameters")
    index, qualname, parent, owner = p.reserve_function(), p.qualify(name), p.scope.function, p.scope.owner
    saved, known = p.enter(function=index, prefix=qualname), p.locals
    p.locals = set(known)
    params = statements.lambda_params(p, parameters)
    lowered = p.body([body])
    p.leave(saved)
    p.locals = known
    line = (title or node).start_point[0] + 1
    p.functions[index] = ir.Function(
        name, qualname, line, p.source.end_line(node), params, lowered, returns, decorators, flags, owner, parent
    )
    return index


def constructor(p: Program, members: Members, shell: ir.Class, node: Node | None, components: tuple[ir.Param, ...]) -> None:
    """Add a record's canonical constructor: the compact body, if there is one, then ``this.x = x`` for each component."""
    index, qualname, line = p.reserve_function(), p.qualify(shell.name), shell.line
    compact = node is not None and node.type == "compact_constructor_declaration"
    saved, known = p.enter(function=index, prefix=qualname), p.locals
    p.locals = {c.name for c in components}
    body = p.body([node.child_by_field_name("body")]) if node is not None and compact else ()
    p.leave(saved)
    p.locals = known
    if node is not None and compact:
        line = node.start_point[0] + 1
    this = ir.Name(line, "this")
    stores = tuple(ir.Assign(line, (ir.Attr(line, this, c.name),), ir.Name(line, c.name)) for c in components)
    end = line if node is None or not compact else p.source.end_line(node)
    p.functions[index] = ir.Function(
        shell.name,
        qualname,
        line,
        end,
        components,
        body + stores,
        flags=("constructor",),
        owner=p.scope.owner,
        parent=p.scope.function,
    )
    members.methods.append(index)


def fields(p: Program, members: Members, node: Node) -> None:
    """Lower a field declaration (one field per declarator)."""
    decorators, flags = modifiers(p, node)
    kind = statements.declared_type(p, node)
    for declarator in node.children_by_field_name("declarator"):
        title, value = declarator.child_by_field_name("name") or declarator, declarator.child_by_field_name("value")
        annotation = None if kind is None else expressions.dimensioned(kind, declarator.child_by_field_name("dimensions"), p)
        field(p, members, title, annotation, value, decorators, "static" in flags or p.classes[p.scope.owner or 0].kind == "interface")


def field(
    p: Program,
    members: Members,
    title: Node,
    kind: ir.Expr | None,
    value: Node | None,
    decorators: tuple[ir.Expr, ...],
    static: bool,
) -> None:
    """Add one field; a value that is more than a constant is also assigned in the initialiser function."""
    name, line = p.source.text(title), title.start_point[0] + 1
    lowered = None
    if value is not None:
        key = "<clinit>" if static else "<init>"
        index = initial(members, key, title, (), p) if value.child_count and value.type != "string_literal" else None
        holder = "this" if not static else p.classes[p.scope.owner].name if p.scope.owner is not None else ""
        saved = p.enter(function=index, owner=p.scope.owner, prefix=p.qualify(key)) if index is not None else p.scope
        lowered = statements.named_value(p, value, name)
        p.leave(saved)
        if index is not None and not constant(lowered):
            target = ir.Attr(line, ir.Name(line, holder), name)
            initial(members, key, title, (*p.out, ir.Assign(line, (target,), lowered, kind)), p)
            lowered = None
        p.out.clear()
    members.fields.append(ir.Field(name, line, kind, lowered, decorators))


def constant(value: ir.Expr) -> bool:
    """Whether a value is written without computing anything but text."""
    if isinstance(value, ir.Template):
        return all(map(constant, value.parts))
    if isinstance(value, ir.Group):
        return all(constant(item.value) for item in value.items)
    return isinstance(value, ir.Literal | ir.Name) or (isinstance(value, ir.Attr) and constant(value.base))


def initial(members: Members, key: str, node: Node, body: tuple[ir.Stmt, ...], p: Program) -> int:
    """Add statements to the initialiser function ``key`` and return its index."""
    if key not in members.initial:
        members.initial[key] = (p.reserve_function(), [])
        p.functions[members.initial[key][0]] = ir.Function(key, p.qualify(key), node.start_point[0] + 1, p.source.end_line(node))
    index, statements_ = members.initial[key]
    statements_.extend(body)
    return index


def initializer(p: Program, members: Members, key: str, node: Node) -> None:
    """Lower an initialiser block into the initialiser function."""
    index = initial(members, key, node, (), p)
    saved = p.enter(function=index, owner=p.scope.owner, prefix=p.qualify(key))
    body = p.body(p.children(node))
    p.leave(saved)
    initial(members, key, node, body, p)


def finish_initial(p: Program, members: Members, shell: ir.Class) -> None:
    """Put the collected initialiser functions in place."""
    for key, (index, body) in members.initial.items():
        flags = ("static",) if key == "<clinit>" else ("constructor",)
        start = p.functions[index].line
        p.functions[index] = ir.Function(
            key,
            p.qualify(key),
            start,
            shell.end_line,
            body=tuple(body),
            flags=flags,
            owner=p.scope.owner,
            parent=p.scope.function,
        )
        members.methods.append(index)


def enum_constant(p: Program, members: Members, shell: ir.Class, node: Node) -> None:
    """An enum constant is a field that holds a new instance (of an anonymous class when it has a body)."""
    title = node.child_by_field_name("name") or node
    name, line, body = p.source.text(title), title.start_point[0] + 1, node.child_by_field_name("body")
    kind: ir.Expr = ir.Name(line, shell.name)
    decorators, _ = modifiers(p, node)
    index = initial(members, "<clinit>", node, (), p)
    saved = p.enter(function=index, owner=p.scope.owner, prefix=shell.qualname)
    made = anonymous(p, body, kind) if body is not None else kind
    values = expressions.arguments(p, node.child_by_field_name("arguments"))
    p.leave(saved)
    value = ir.Call(line, p.source.next_call(), made, values, new=True)
    initial(members, "<clinit>", node, (ir.Assign(line, (ir.Attr(line, kind, name),), value),), p)
    members.fields.append(ir.Field(name, line, kind, None, decorators))


def annotation_member(p: Program, members: Members, node: Node) -> None:
    """``T name() default x`` of an annotation type is a field."""
    title, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if title is not None:
        decorators, _ = modifiers(p, node)
        kind, initial_value = statements.declared_type(p, node), None if value is None else p.expr(value)
        members.fields.append(ir.Field(p.source.text(title), title.start_point[0] + 1, kind, initial_value, decorators))


def anonymous(p: Program, body: Node, base: ir.Expr) -> ir.Expr:
    """Lower the body of an anonymous class of ``base`` and return the name that stands for it."""
    name = p.unique(f"<anonymous:{base.line}>")
    shell = ir.Class(name, p.qualify(name), base.line, p.source.end_line(body), bases=(base,), flags=("anonymous",))
    class_body(p, shell, body)
    return ir.Name(base.line, shell.qualname)


def create(p: Program, node: Node) -> ir.Expr:
    """``new T(...)``, with an anonymous class when it has a body."""
    kind = p.expr(node.child_by_field_name("type"))
    bodies = [kid for kid in p.children(node) if kid.type == "class_body"]
    values = expressions.arguments(p, node.child_by_field_name("arguments"))
    made = anonymous(p, bodies[0], kind) if bodies else kind
    return ir.Call(kind.line, p.source.next_call(), made, values, new=True)


def loose_method(p: Program, node: Node) -> None:
    """A method outside any class (an unnamed class, or what an error left behind) is a function of its own."""
    p.out.append(ir.Define(node.start_point[0] + 1, method(p, node)))


VALUES: dict[str, ToExpr] = {"object_creation_expression": create}
STATEMENTS: dict[str, ToStatements] = {
    **dict.fromkeys(KINDS, declare),
    **dict.fromkeys(("method_declaration", "constructor_declaration"), loose_method),
}
