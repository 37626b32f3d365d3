"""Is the router of a route part of an application? A route on a router or blueprint that nobody includes answers nothing.

The linked program does not say which file imports which, so names decide: those that stand in a function (or module body) that includes
routers. A router that shares its name with others and may be meant is *unknown*, never *yes*.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from genai_policy.assess.walk import Calls, called, calls, dotted, parts, root_name
from genai_policy.model import ir
from genai_policy.model.code import FunctionNode

Mounted: TypeAlias = Literal["yes", "no", "unknown"]

_ROUTER = re.compile(r"(?:^|\.)(?:APIRouter|Blueprint|Router)$")
_INCLUDES = re.compile(
    r"(?:^|\.)(?:include_router|register_blueprint|register_blueprints|mount|include|use|route|add_routes|add_router|include_in|nest|register)$"
)


def mounted(handler: FunctionNode, program: Calls) -> Mounted:
    """Say whether the router that ``handler`` is registered on by a decorator is included by something."""
    name = _router_of(handler)
    if not _is_router(name, handler.file, program):
        return "yes"
    words, includes = _included(program)
    stem = handler.file.rpartition("/")[2].partition(".")[0]
    folder = handler.file.rpartition("/")[0].rpartition("/")[2]
    own = {stem, folder} if stem in ("__init__", "index", "views", "routes", "router", "api") else {stem}
    if any(own & {word, *word.split("_")} for word in words):
        return "yes"
    if name not in words:
        return "no"
    namesakes = sum(_is_router(name, file, program) for file in program.by_file)
    return "yes" if includes >= namesakes else "unknown"


def _router_of(handler: FunctionNode) -> str:
    for decorator in handler.code.decorators:
        if isinstance(decorator, ir.Call) and isinstance(decorator.func, ir.Attr) and dotted(decorator.func).count(".") == 1:
            return root_name(decorator.func)
    return ""


def _is_router(name: str, file: str, program: Calls) -> bool:
    made = program.constants(file).get(name)
    return isinstance(made, ir.Call) and bool(_ROUTER.search(called(made)))


def _included(program: Calls) -> tuple[frozenset[str], int]:
    """Return every word of the functions that include routers, and how many they include."""
    key = ("included routers",)
    if key not in program.memo:
        words: set[str] = set()
        count = 0
        for node in program.code.functions.values():
            including = [call for call in calls(node.code.body) if _INCLUDES.search(called(call)) and call.args]
            count += len(including)
            if including:
                words.update(_words(node))
        program.memo[key] = (frozenset(words), count)
    found: tuple[frozenset[str], int] = program.memo[key]
    return found


def _words(node: FunctionNode) -> set[str]:
    found: set[str] = set()
    for part in parts(node.code.body):
        match part:
            case ir.Name(id=word) | ir.Attr(name=word):
                found.add(word)
            case ir.Literal(value=str() as text):
                found.update(re.split(r"\W+", text[:500]))
    return found
