"""The code that a finding is about, as text that only changes when the code does: no lines, no layout, no comments, no quotes, no paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from genai_policy.assess.walk import calls
from genai_policy.model import ir
from genai_policy.model.code import FunctionNode, Site

MAX_PARTS = 2_000
_SPACE = re.compile(r"\s+")
_BEFORE_CLOSER = re.compile(r",(?=[)\]}])")


def site_code(site: Site, functions: Mapping[str, FunctionNode]) -> str:
    """Return the call at ``site`` with its arguments; its name alone where the call cannot be found."""
    node = functions.get(site.function)
    found = next((call for call in calls([node.code.body]) if call.id == site.call), None) if node is not None else None
    return site.callee if found is None else code_of(found)


def code_of(node: Struct) -> str:
    """Return a part of a program as text: what is called, named and written, in order."""
    return " ".join(_words(node))


def text_code(text: str) -> str:
    """Return source text without its layout: white space, commas before a closing bracket and the kind of quotes do not count."""
    return _BEFORE_CLOSER.sub("", _SPACE.sub("", text.replace("'", '"').replace("`", '"')))


def _words(root: object) -> Iterator[str]:
    todo: list[object] = [root]
    for _ in range(MAX_PARTS):
        if not todo:
            return
        part = todo.pop()
        if isinstance(part, (tuple, list)):
            todo.extend(reversed(part))
        elif isinstance(part, ir.Closure):
            # where the function stands in its file is no part of the code, and what it holds has calls of its own
            yield "Closure"
        elif isinstance(part, Struct):
            yield type(part).__name__
            fields = [name for name in part.__struct_fields__ if name not in ("line", "id") or isinstance(part, ir.Name)]
            todo.extend(getattr(part, name) for name in reversed(fields) if name != "line")
        elif part is not None and part != ():
            yield repr(part)
