"""When a part of a value is replaced: is the whole past the hook then?"""

from __future__ import annotations

from collections.abc import Mapping

from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.reading import key, path
from genai_policy.assess.flow.values import NOTHING, Marks, generated
from genai_policy.assess.walk import parts
from genai_policy.model import ir


def all_passed(marks: Marks) -> bool:
    """Say whether there is content, and all of it is past the hook."""
    return generated(marks) and all(m.passed for m in marks)


def replaces(target: str, source: ir.Expr | None, read: Mapping[str, ir.Expr]) -> bool:
    """Say whether ``target = source`` puts back what was read from the same place (``r.text = mark(r.text)``), or a whole body.
    ``read`` are the expressions of variables."""
    if target.rpartition(".")[2] in words.BODY:
        return True
    return source is not None and target in places_read(source, read)


def places_read(source: ir.Expr | None, read: Mapping[str, ir.Expr], depth: int = 5) -> frozenset[str]:
    """Return the parts that an expression, and the variables in it, were made from. ``read`` are the expressions of variables."""
    found: set[str] = set()
    for part in parts((source,)) if source is not None else ():
        if isinstance(part, (ir.Attr, ir.Index)):
            whole = path(part)
            if whole is not None:
                found.add(whole)
        elif isinstance(part, ir.Name) and part.id in read and depth > 0:
            found |= places_read(read[part.id], read, depth - 1)
    return frozenset(found)


def sets_what_it_got(call: ir.Call) -> bool:
    """Say whether ``r.setText(mark(r.getText()))`` or the like puts back what it took."""
    if not isinstance(call.func, ir.Attr) or not call.args:
        return False
    holder = path(call.func.base)
    name = _bare(call.func.name)
    if name in words.BODY:
        return True
    for part in parts([call.args[-1].value]):
        if isinstance(part, ir.Attr) and path(part.base) == holder and holder is not None and _bare(part.name) == name:
            return True
    return False


def overrides(group: ir.Group, spread: Mapping[str, Marks], values: Mapping[int, Marks], read: Mapping[str, ir.Expr]) -> bool:
    """Say whether ``{...r, text: mark(r.text)}`` replaces the part of ``r`` that carried the content. ``spread`` are the roots spread into
    it, ``values`` what the other items carry, by position."""
    for position, item in enumerate(group.items):
        if item.spread or item.key is None or not all_passed(values.get(position, NOTHING)):
            continue
        name = key(item.key)
        if any(replaces(f"{root}.{name}", item.value, read) for root in spread):
            return True
    return False


def _bare(name: str) -> str:
    for start in ("set_", "get_", "with_", "set", "get", "with"):
        if name.startswith(start) and len(name) > len(start):
            rest = name[len(start) :]
            return rest[:1].lower() + rest[1:]
    return name
