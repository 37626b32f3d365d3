"""Which store a call outside the tree writes to or reads from: tables, collections, keys and folders, by the names in the call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.reading import last, path
from genai_policy.assess.walk import parts
from genai_policy.model import ir

_SQL = re.compile(r"(?i)\b(insert\s+into|replace\s+into|update|from|join)\s+[`\"\[]?([A-Za-z_][\w.]*)")
_SQL_WRITES = re.compile(r"(?i)^\s*(insert|replace|update)\b")
_ROLE = re.compile(r"(?:DO|PO|DTO|VO)$")
_TAIL = re.compile(r"(?:impl|repository|repo|mapper|dao|store|service|model|entity|entities|table|collection|crud|objects?|s)$")


def store_names(call: ir.Call, made: Mapping[str, str], depth: int = 0) -> frozenset[str]:
    """Return the stores that ``call`` may be about. ``made`` maps variables to the classes they were made of."""
    found: set[str] = set()
    chain: ir.Expr | None = call.func
    for _ in range(12):
        match chain:
            case ir.Attr(base=base, name=name):
                if base is not call.func:
                    found.update(plain(name) if chain is not call.func else ())
                chain = base
            case ir.Index(base=base):
                chain = base
            case ir.Name(id=name):
                found.update(plain(name))
                break
            case ir.Call(func=func, args=args):
                found.update(_tables_named(func, args))
                found.update(n for a in args for n in _argument(a.value, made))
                chain = func
            case ir.Op(operands=operands) if operands:
                chain = operands[0]
            case _:
                break
    found.update(_tables_named(call.func, call.args))
    for argument in call.args:
        found.update(_argument(argument.value, made))
    return frozenset(found)


def _tables_named(func: ir.Expr, args: Sequence[ir.Arg]) -> Iterator[str]:
    """``insert(messages)``, ``from(messages)``: the table is a variable."""
    if last(func) in ("insert", "from", "into", "update", "table", "collection", "select", "delete", "insertInto", "selectFrom"):
        for argument in args:
            if isinstance(argument.value, (ir.Name, ir.Attr)):
                yield from plain(last(argument.value))


def _argument(value: ir.Expr, made: Mapping[str, str]) -> Iterator[str]:
    match value:
        case ir.Literal(value=str() as text):
            yield from (_short(name) for _, name in _SQL.findall(text))
            if re.fullmatch(r"[A-Za-z][\w.-]{2,40}", text):
                yield from plain(text)
            yield from _folder(text)
        case ir.Template(parts=(ir.Literal(value=str() as text), *_)):
            yield from (_short(name) for _, name in _SQL.findall(text))
            yield from _folder(text)
            if re.match(r"[A-Za-z][\w.-]{2,40}[:/]", text):
                yield from plain(re.split(r"[:/]", text)[0])
        case ir.Name(id=name):
            if made.get(name):
                yield from plain(made[name])
            elif name[:1].isupper() or name not in made:
                yield from plain(name) if name[:1].isupper() else ()
        case ir.Call(func=func, args=args):
            if last(func)[:1].isupper():
                yield from plain(last(func))
            yield from (n for a in args if isinstance(a.value, (ir.Literal, ir.Template)) for n in _argument(a.value, made))
        case ir.Op(op="ref", operands=operands) if operands:
            yield from _argument(operands[0], made)
        case ir.Op(op="/", operands=operands):
            yield from (n for o in operands for n in _argument(o, made))
        case ir.Attr():
            if (whole := path(value)) is not None and value.name[:1].isupper():
                yield from plain(whole.rpartition(".")[2])
        case _:
            pass


def local(source: ir.Expr) -> bool:
    """Say whether what a variable was made from is a new collection of its own, not a store that others see."""
    if isinstance(source, ir.Group):
        return True
    return isinstance(source, ir.Call) and (source.new or last(source.func) in words.COLLECTIONS)


def tables(call: ir.Call) -> frozenset[str]:
    """Return the tables whose names stand after ``from`` and the like in a text of the call."""
    return frozenset(
        _short(name)
        for p in parts(call.args)
        if isinstance(p, ir.Literal) and isinstance(p.value, str)
        for _, name in _SQL.findall(p.value)
    )


def writes_sql(call: ir.Call) -> bool | None:
    """Say whether a call's text is a statement that writes; None where there is no statement in it."""
    for part in parts(call.args):
        if isinstance(part, ir.Literal) and isinstance(part.value, str) and _SQL.search(part.value):
            return _SQL_WRITES.match(part.value) is not None
    return None


def folders_in(source: ir.Expr) -> frozenset[str]:
    """Return the folders that the paths written out in an expression name."""
    found: set[str] = set()
    for part in parts((source,)):
        if isinstance(part, ir.Template) and part.parts and isinstance(part.parts[0], ir.Literal):
            found.update(_folder(str(part.parts[0].value)))
        elif isinstance(part, ir.Literal) and isinstance(part.value, str) and len(part.value) < 200:
            found.update(_folder(part.value))
    return frozenset(found)


def _folder(text: str) -> Iterator[str]:
    """``outputs/…`` and ``/data/outputs/…`` name a folder."""
    if "/" in text and " " not in text and "://" not in text:
        first = next((p for p in text.split("/") if p and p != "."), "")
        if first and not first.startswith("{"):
            yield f"folder:{first.lower()}"


def plain(name: str) -> Iterator[str]:
    """Yield the store that a name stands for, if it can be one: without case, number and what says that it is a store."""
    short = _short(name)
    if name.lower() not in words.NOT_STORES and short and short not in words.NOT_STORES and len(short) > 2:
        yield short


def _short(name: str) -> str:
    short = _ROLE.sub("", name.rpartition(".")[2]).lower().replace("_", "").replace("-", "")
    for _ in range(3):
        cut = _TAIL.sub("", short)
        if len(cut) > 2:
            short = cut
    return short
