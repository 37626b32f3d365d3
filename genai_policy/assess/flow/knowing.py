"""What a wrapper's test can only answer in one way, because the route it stands around is known: its path, and whether it streams."""

from __future__ import annotations

import re
from collections.abc import Collection

from genai_policy.assess.flow.reading import last, text_of
from genai_policy.assess.walk import parts
from genai_policy.model import ir

_PATH = re.compile(
    r"(?:url\.path|request\.path|req\.path|originalUrl|path_info|URL\.Path|FullPath\(\)|RequestURI|getServletPath|getRequestURI|ctx\.path|pathname)"
)
_STREAMED = re.compile(r"^(?:streaming|is_streamed|is_streaming|is_stream|isStreaming|isStream|is_sequence)$")
_STREAM_TYPES = re.compile(r"event-stream|ndjson|octet-stream|x-ndjson")
_STREAMING_CALL = re.compile(r"Stream|EventSource|SSE|stream_with_context|textStream|pipeThrough")


def streams(value: ir.Expr) -> bool:
    """Say whether a returned value is a stream, by the names in it."""
    return any(isinstance(p, ir.Call) and _STREAMING_CALL.search(last(p.func)) for p in parts((value,)))


def answer(test: ir.Expr, route: str, kinds: Collection[str]) -> bool | None:
    """Return the answer of ``test`` in a wrapper around the route with the path ``route`` whose handler answers in ``kinds`` (``stream``,
    ``whole``), None where either is possible."""
    match test:
        case ir.Op(op="not" | "!", operands=(inner,)):
            known = answer(inner, route, kinds)
            return None if known is None else not known
        case ir.Op(op="or" | "and" as op, operands=operands):
            each = [answer(o, route, kinds) for o in operands]
            if (op == "or") in each:
                return op == "or"
            return None if None in each else op == "and"
    streaming = _about_streams(test)
    if streaming is not None and len(kinds) == 1:
        return streaming == ("stream" in kinds)
    return _about_path(test, route) if route else None


def _about_streams(test: ir.Expr) -> bool | None:
    """Return True for a test that holds for streams only, False for one that holds for whole answers only."""
    match test:
        case ir.Attr(name=name) if _STREAMED.match(name):
            return True
        case ir.Call(func=ir.Name(id="isinstance"), args=(_, ir.Arg(value=kind))):
            return True if re.search(r"Streaming|EventSource", last(kind)) else None
        case ir.Op(op="type-is", operands=(_, kind)):
            return True if re.search(r"Stream", last(kind)) else None
        case ir.Op(op=op, operands=operands) if op in ("==", "===", "!=", "!==", "in", "not-in"):
            for literal in (o for o in operands if isinstance(o, ir.Literal)):
                found = _kind_of(str(literal.value))
                if found is not None:
                    return found == (op in ("==", "===", "in"))
        case ir.Call(func=ir.Attr(name="startswith" | "startsWith" | "includes" | "contains" | "HasPrefix" | "Contains"), args=args) if (
            args
        ):
            wanted = args[-1].value
            return _kind_of(str(wanted.value)) if isinstance(wanted, ir.Literal) else None
    return None


def _kind_of(text: str) -> bool | None:
    if _STREAM_TYPES.search(text):
        return True
    return False if "application/json" in text else None


def _about_path(test: ir.Expr, route: str) -> bool | None:
    fixed = re.split(r"[{<:*]", route)[0]
    match test:
        case ir.Op(op=op, operands=(left, ir.Literal(value=str() as wanted))) if op in ("==", "===", "!=", "!==") and _PATH.search(
            text_of(left)
        ):
            if fixed != route:
                return None
            return (wanted.rstrip("/") == route.rstrip("/")) == (op in ("==", "==="))
        case ir.Op(op="in" | "not-in" as op, operands=(left, ir.Group(items=items))) if _PATH.search(text_of(left)) and fixed == route:
            if not all(isinstance(i.value, ir.Literal) for i in items):
                return None
            return (route in {str(i.value.value) for i in items if isinstance(i.value, ir.Literal)}) == (op == "in")
        case ir.Call(func=ir.Attr(base=base, name="startswith" | "startsWith"), args=(ir.Arg(value=ir.Literal(value=str() as start)),)):
            return _starts(fixed, route, start) if _PATH.search(text_of(base)) else None
        case ir.Call(func=ir.Attr(name="HasPrefix"), args=(ir.Arg(value=left), ir.Arg(value=ir.Literal(value=str() as start)))):
            return _starts(fixed, route, start) if _PATH.search(text_of(left)) else None
    return None


def _starts(fixed: str, route: str, start: str) -> bool | None:
    if route.startswith(start):
        return True
    return None if start.startswith(fixed) and fixed != route else False
