"""Reading expressions and bodies: paths, names, tests of emptiness, and how arguments meet parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.values import NOTHING, Marks
from genai_policy.assess.walk import parts
from genai_policy.model import ir
from genai_policy.model.code import FunctionNode

_CONTENT_KIND = re.compile(r"text|delta|content|message|token|body")
_LOOKED_THROUGH = ("ref", "await", "cast", "!!")
_EMPTY_CALLS = frozenset(
    ("strip", "trim", "isEmpty", "isBlank", "TrimSpace", "len", "bool", "Boolean", "hasText", "hasLength", "isNotBlank")
)


def is_self(base: ir.Expr, node: FunctionNode) -> bool:
    """Say whether ``base`` is the object that the method ``node`` belongs to."""
    return isinstance(base, ir.Name) and (base.id in ("self", "this", "cls") or base.id == node.code.receiver)


def last(func: ir.Expr) -> str:
    """Return the last name of what is called."""
    match func:
        case ir.Name(id=name) | ir.Attr(name=name):
            return name
        case ir.Index(base=base):
            return last(base)
        case ir.Op(op="ref" | "await" | "cast", operands=operands) if operands:
            return last(operands[0])
    return ""


def key(expr: ir.Expr) -> str:
    """Return the key of an index, ``*`` where it is not written out."""
    match expr:
        case ir.Literal(value=value):
            return str(value)
        case ir.Name(id=name):
            return name
    return "*"


def path(expr: ir.Expr | None) -> str | None:
    """Return the dotted path of a variable or of a part of one, None for anything else."""
    match expr:
        case ir.Name(id=name):
            return name
        case ir.Attr(base=base, name=name):
            above = path(base)
            return None if above is None else f"{above}.{name}"
        case ir.Index(base=base, key=index):
            above = path(base)
            return None if above is None else f"{above}.{key(index)}"
        case ir.Op(op=op, operands=operands) if op in _LOOKED_THROUGH and operands:
            return path(operands[0])
    return None


def root(expr: ir.Expr | None) -> str:
    """Return the variable that a chain of members, indexes and calls starts from."""
    while True:
        match expr:
            case ir.Name(id=name):
                return name
            case ir.Attr(base=base) | ir.Index(base=base):
                expr = base
            case ir.Call(func=func):
                expr = func
            case ir.Op(op=op, operands=operands) if op in _LOOKED_THROUGH and operands:
                expr = operands[0]
            case _:
                return ""


def paths_in(expr: ir.Expr | None) -> Iterator[str]:
    """Yield the longest paths that an expression reads."""
    found = path(expr)
    if found is not None:
        yield found
        return
    match expr:
        case ir.Call(func=ir.Attr(base=base), args=args):
            yield from paths_in(base)
            for argument in args:
                yield from paths_in(argument.value)
        case ir.Call(args=args):
            for argument in args:
                yield from paths_in(argument.value)
        case ir.Attr(base=base) | ir.Index(base=base):
            yield from paths_in(base)
        case ir.Template(parts=pieces) | ir.Op(operands=pieces) | ir.Unknown(parts=pieces):
            for piece in pieces:
                yield from paths_in(piece)
        case ir.Group(items=items):
            for item in items:
                yield from paths_in(item.value)
        case _:
            pass


def mentions(expr: ir.Expr | None, name: str) -> bool:
    """Say whether an expression reads the variable ``name``."""
    return expr is not None and any(isinstance(part, ir.Name) and part.id == name for part in parts((expr,)))


def closures(values: Iterable[ir.Expr]) -> Iterator[ir.Closure]:
    """Yield the functions written in place among ``values``, in collections too."""
    for value in values:
        match value:
            case ir.Closure():
                yield value
            case ir.Group(items=items):
                yield from closures(i.value for i in items)
            case _:
                pass


def empty_when(test: ir.Expr, *, truth: bool) -> frozenset[str]:
    """Return the paths that hold nothing where ``test`` is ``truth``: ``not x``, ``x is None``, ``x == ""``, ``x.isEmpty()``."""
    match test:
        case ir.Op(op="not" | "!", operands=(inner,)):
            return empty_when(inner, truth=not truth)
        case ir.Op(op="!!", operands=(inner,)):
            return empty_when(inner, truth=truth)
        case ir.Op(op="or" | "||" | "and" | "&&" as op, operands=operands) if operands:
            each = [empty_when(o, truth=truth) for o in operands]
            together = (op in ("or", "||")) != truth
            if together:
                return frozenset.union(*each)
            return frozenset(p for p in frozenset.union(*each) if all(any(p == q or p.startswith(q + ".") for q in one) for one in each))
        case ir.Op(op="is-not" | "!=" | "!==" | ">" as op, operands=(value, ir.Literal(value=None | "" | 0 as none))) if (
            op != ">" or none == 0
        ):
            return frozenset() if truth else _subject(value)
        case ir.Op(op="is" | "==" | "===" | "<=", operands=(value, ir.Literal(value=None | "" | 0))):
            return _subject(value) if truth else frozenset()
        case ir.Op(op="==" | "===" | "!=" | "!==" as op, operands=(subject, ir.Literal(value=str() as wanted))) if _CONTENT_KIND.search(
            wanted
        ):
            whole = path(subject) or ""  # a chunk or message of another type carries no content
            return (
                frozenset((whole.rpartition(".")[0],))
                if whole.endswith((".type", ".event", ".kind")) and truth == (op[0] == "!")
                else frozenset()
            )
        case ir.Call(func=func) if last(func) in ("isEmpty", "isBlank"):
            return _subject(test) if truth else frozenset()
        case ir.Name() | ir.Attr() | ir.Call() if not truth:
            return _subject(test)
    return frozenset()


def _subject(value: ir.Expr) -> frozenset[str]:
    """Return the path whose emptiness an expression tells: itself, its length, or itself trimmed."""
    found = path(value)
    if found is not None:
        return frozenset((found.removesuffix(".length").removesuffix(".size"),))
    if isinstance(value, ir.Call) and last(value.func) in _EMPTY_CALLS | {"length", "size"}:
        if isinstance(value.func, ir.Attr) and not value.args:
            return _subject(value.func.base)
        if len(value.args) == 1:
            return _subject(value.args[0].value)
    return frozenset()


def bound(node: FunctionNode, receiver: Marks, arguments: Sequence[tuple[str | None, Marks]]) -> dict[str, Marks]:
    """Bind arguments to parameters; what cannot be told apart goes to all that may get it."""
    given: dict[str, Marks] = {}
    own = receiver_of(node)
    if own:
        given[own] = receiver
    for position, name in enumerate(targets(node, [n for n, _ in arguments])):
        if name is not None:
            given[name] = given.get(name, NOTHING) | arguments[position][1]
    return given


def receiver_of(node: FunctionNode) -> str:
    """Return the name of a method's own object, "" for what is no method."""
    if node.code.receiver:
        return node.code.receiver
    return "this" if node.owner and "static" not in node.code.flags and not node.file.endswith(".py") else ""


def targets(node: FunctionNode, names: Sequence[str | None]) -> list[str | None]:
    """Return for each argument (its name, or None where it is positional) the parameter it goes to."""
    parameters = list(node.code.params)
    own = node.code.receiver
    if own and parameters and parameters[0].name == own:
        parameters.pop(0)
    known = {p.name for p in parameters}
    found: list[str | None] = []
    position = 0
    for name in names:
        if name is not None and name in known:
            found.append(name)
            continue
        if name is not None:
            target = next((p for p in parameters if p.kind == "options"), None)
        else:
            target = parameters[position] if position < len(parameters) else None
            if target is None or target.kind != "rest":
                position += 1
            if target is None:
                target = next((p for p in parameters if p.kind == "rest"), None)
        found.append(target.name if target is not None else None)
    return found


def injected(parameter: ir.Param) -> str:
    """Return the name of what the framework fills a parameter with (``Depends(f)``), "" for one that it does not."""
    for expr in (parameter.default, parameter.annotation):
        for part in parts((expr,)) if expr is not None else ():
            if isinstance(part, ir.Call) and last(part.func) in ("Depends", "Security", "Provide", "Inject"):
                return last(part.args[0].value) if part.args else "?"
    return ""


def changes_its_argument(node: FunctionNode) -> bool:
    """Say whether a function works on its argument in place: assigns to a part of it or calls a member that changes it."""
    names = {p.name for p in node.code.params} - {node.code.receiver}
    for part in parts(node.code.body):
        if isinstance(part, ir.Assign) and any(isinstance(t, (ir.Attr, ir.Index)) and root(t) in names for t in part.targets):
            return True
        if (
            isinstance(part, ir.Call)
            and isinstance(part.func, ir.Attr)
            and (path(part.func) or "").split(".")[0] in names
            and part.args
            and _changing(part.func.name)
        ):
            return True
    return False


def _changing(name: str) -> bool:
    return name.startswith(
        ("set", "add", "put", "append", "insert", "update", "paste", "text", "draw", "extend", "push", "write", "Set", "Add")
    )


def frozen(marks: Mapping[str, Marks]) -> tuple[object, ...]:
    """Return what is known of some variables as a key; those that carry nothing do not matter."""
    return tuple(sorted(((name, found) for name, found in marks.items() if found), key=lambda item: item[0]))


def text_of(expr: ir.Expr | None, depth: int = 6) -> str:
    """Return an expression as short text for a message."""
    if depth <= 0 or expr is None:
        return "…"
    match expr:
        case ir.Name(id=name):
            return name
        case ir.Attr(base=base, name=name):
            return f"{text_of(base, depth - 1)}.{name}"
        case ir.Literal(value=value):
            return repr(value) if isinstance(value, str) else str(value)
        case ir.Index(base=base, key=index):
            return f"{text_of(base, depth - 1)}[{text_of(index, depth - 1)}]"
        case ir.Call(func=func, args=args):
            return f"{text_of(func, depth - 1)}({', '.join(text_of(a.value, depth - 1) for a in args[:3])})"
        case ir.Op(op=op, operands=(left,)):
            return f"{op} {text_of(left, depth - 1)}" if op.isalpha() else f"{op}{text_of(left, depth - 1)}"
        case ir.Op(op=op, operands=(left, right)):
            return f"{text_of(left, depth - 1)} {op} {text_of(right, depth - 1)}"
    return "…"


def says_fine(test: ir.Expr) -> bool | None:
    """Return the answer of a test under which what it is about is fine, by the words of the one name it consists of (``not is_safe(x)``:
    False; ``result.flagged``: False), None where the names do not say."""
    turned = False
    while isinstance(test, ir.Op) and test.op in ("not", "!", "await", "!!") and len(test.operands) == 1:
        turned ^= test.op in ("not", "!")
        test = test.operands[0]
    match test:
        case ir.Name(id=name) | ir.Attr(name=name):
            pass
        case ir.Call(func=func):
            name = last(func)
        case _:
            return None
    named = {word.lower() for word in _WORDS.findall(name)}
    fine, not_fine = bool(named & words.FINE), bool(named & words.NOT_FINE)
    if fine == not_fine or named & words.NEGATING:
        return None
    return fine != turned


_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
