"""Evidence that a route exists, does something, is open to those it is for, and can be found by them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from genai_policy.assess.asked import evidence, listed, locators_of, not_taken, params_of
from genai_policy.assess.live import never_defined
from genai_policy.assess.mentions import linked, pages
from genai_policy.assess.mounting import mounted
from genai_policy.assess.sessions import session_guard
from genai_policy.assess.stubs import stub
from genai_policy.assess.walk import Calls, calls_of
from genai_policy.hookspecs import hookimpl
from genai_policy.model.code import Place, Route
from genai_policy.model.message import Message
from genai_policy.model.service import Locator
from genai_policy.model.verdict import Claim, Evidence, FactIndex, Polarity

KIND = "endpoint"
PARAMS = frozenset(("methods", "session", "linked", "rights"))
_METHOD = re.compile(r"[A-Z]{3,7}|WEBSOCKET|ANY")
#: Which right a route serves, by its method and by words of its path. English, because paths are.
_BY_METHOD = {"GET": ("access",), "PUT": ("correct", "supplement"), "PATCH": ("correct", "supplement"), "DELETE": ("delete",)}
_BY_WORD = {
    "access": re.compile(r"access|inspect|view|my-?data|personal-?(?:data|info)|consult", re.IGNORECASE),
    "copy": re.compile(r"cop(?:y|ies)|export|download|portab|takeout", re.IGNORECASE),
    "correct": re.compile(r"correct|rectif|amend|update|edit|modif", re.IGNORECASE),
    "supplement": re.compile(r"supplement|complete|append|add(?:ition)?", re.IGNORECASE),
    "delete": re.compile(r"delet|eras|remov|cancel|deactivat|forget", re.IGNORECASE),
}


class _Found(Struct, frozen=True):
    locator: Locator
    route: Route


@hookimpl
def genai_policy_evidence_kinds() -> Mapping[str, frozenset[str]]:
    """Answer for ``endpoint``."""
    return {KIND: PARAMS}


@hookimpl
def genai_policy_collect_evidence(claim: Claim, facts: FactIndex) -> Iterator[Evidence]:
    """Judge every endpoint that the manifest names; all must hold, and together they must serve the rights asked for."""
    params = params_of(claim, KIND)
    if params is None:
        yield from not_taken(claim, KIND)
        return
    program = calls_of(facts.code)
    locators = locators_of(claim, KIND)
    for locator in locators:
        route = _route(locator, facts)
        if isinstance(route, Message):
            yield evidence(KIND, _UNDECIDED.get(route.code, "contradicts"), route, locator)
            continue
        faults = list(_faults(_Found(locator, route), params, facts, program))
        for polarity, note, places in faults:
            yield evidence(KIND, polarity, note, locator, places=[*places, _place(route)])
        if not faults:
            args = {"endpoint": locator.target, "handler": route.handler}
            yield evidence(KIND, "supports", Message("endpoint.holds", args), locator, places=[_place(route)])
    missing = [right for right in params.get("rights", ()) if not any(right in _rights(locator) for locator in locators)]
    if locators and missing:
        note = Message("endpoint.rights-missing", {"rights": listed(missing)})
        yield evidence(KIND, "contradicts", note, locators[0], key=f"endpoint.rights-missing:{','.join(missing)}")


_UNDECIDED: Mapping[str, Polarity] = {"endpoint.no-routes": "undecided"}


def _route(locator: Locator, facts: FactIndex) -> Route | Message:
    """Return the route that ``METHOD /path`` names."""
    method, path = _parsed(locator.target)
    args = {"endpoint": locator.target}
    if not method:
        return Message("endpoint.not-an-endpoint", args)
    if not facts.code.routes:
        return Message("endpoint.no-routes", args)
    same_path = [r for r in facts.code.routes if normal(r.path) == normal(path)]
    for route in same_path:
        if {method, "ANY"} & set(route.method.split(",")):
            return route
    if same_path:
        return Message("endpoint.other-method", {**args, "methods": listed(sorted({r.method for r in same_path}))})
    known = sorted({f"{r.method} {r.path}" for r in facts.code.routes})
    close = difflib.get_close_matches(f"{method} {path}", known[:3000], 1, 0.75)
    return Message("endpoint.similar", {**args, "other": close[0]}) if close else Message("endpoint.no-route", args)


def _parsed(target: str) -> tuple[str, str]:
    method, _, path = target.strip().partition(" ")
    path = path.strip()
    return (method.upper(), path) if _METHOD.fullmatch(method.upper()) and path.startswith("/") else ("", "")


def normal(path: str) -> str:
    """Return a path with one spelling of parameters (``{id}``, ``<int:id>``, ``:id``, ``[id]`` are ``{}``) and without a final slash."""
    parts = [p for p in path.split("/") if p]
    return "/" + "/".join("{}" if re.fullmatch(r"\{.*\}|<.*>|:.+|\[.*\]|\*.*", p) else p for p in parts)


def _place(route: Route) -> Place:
    return Place(route.handler_file or route.file, route.handler_line or route.line)


_Fault = tuple[Polarity, Message, tuple[Place, ...]]


def _faults(found: _Found, params: Mapping[str, Any], facts: FactIndex, program: Calls) -> Iterator[_Fault]:
    route, args = found.route, {"endpoint": found.locator.target, "handler": found.route.handler}
    allowed = [str(m).upper() for m in params.get("methods", ())]
    method, _ = _parsed(found.locator.target)
    if allowed and method not in allowed:
        yield "contradicts", Message("endpoint.wrong-method", {**args, "methods": listed(allowed)}), ()
    if facts.left_out.get(route.file):
        yield "contradicts", Message("endpoint.foreign", {**args, "reason": facts.left_out[route.file]}), ()
    handler = program.code.functions.get(route.function)
    if handler is None:
        yield "undecided", Message("endpoint.unresolved", args), (Place(route.file, route.line),)
    else:
        empty = stub(handler, program)
        state = mounted(handler, program)
        if state == "no" or never_defined(handler, program):
            yield "contradicts", Message("endpoint.not-mounted", args), ()
        elif state == "unknown":
            yield "undecided", Message("endpoint.maybe-mounted", args), ()
        if empty is not None:
            yield "contradicts", Message(_STUBS[empty.reason], {**args, "flag": empty.flag}), ()
    if params.get("session") == "none":
        guard = session_guard(route, facts.code, program)
        if guard is not None and guard.certain:
            yield "contradicts", Message("endpoint.guarded", {**args, "guard": guard.name}), ()
        elif guard is not None:
            yield "undecided", Message("endpoint.maybe-guarded", {**args, "guard": guard.name}), ()
    if params.get("linked"):
        yield from _unlinked(route, args, facts)


_STUBS = {
    "empty": "endpoint.empty",
    "constant": "endpoint.constant",
    "returns-input": "endpoint.echo",
    "only-logs": "endpoint.only-logs",
    "not-implemented": "endpoint.not-implemented",
    "switched-off": "endpoint.switched-off",
}


def _unlinked(route: Route, args: Mapping[str, str], facts: FactIndex) -> Iterator[_Fault]:
    if linked(facts, route.path, route.handler, apart_from=[route.file]):
        return
    if any(True for _ in pages(facts, [route.file])):
        yield "contradicts", Message("endpoint.unlinked", args), ()
    else:
        yield "undecided", Message("endpoint.no-pages", args), ()


def _rights(locator: Locator) -> Sequence[str]:
    """Return the rights that an endpoint serves: those its ``covers`` option names, else by method and words of the path."""
    declared = locator.options.get("covers")
    if declared is not None:
        return [str(right) for right in (declared if isinstance(declared, (list, tuple)) else [declared])]
    method, path = _parsed(locator.target)
    worded = [right for right, pattern in _BY_WORD.items() if pattern.search(path)]
    narrow = [right for right in worded if right != "access"]
    if method in ("POST", "ANY"):
        return worded
    return narrow if narrow and method == "GET" else [*_BY_METHOD.get(method, ()), *worded]
