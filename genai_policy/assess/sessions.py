"""Does a route ask for a session? Names of guards in the frameworks and libraries that are common, and refusals in a handler's own body."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from genai_policy.assess.walk import Calls, calls, dotted, names_in, parts, texts
from genai_policy.model import ir
from genai_policy.model.code import CodeFacts, FunctionNode, Route

_GUARD = re.compile(
    r"log(?:ged)?_?in_?(?:required|only)|(?:require|ensure|check|verify|needs?|must)_?(?:auth|login|logged|user|session|token|jwt|admin|api_?key|perm)"
    r"|(?:get|fetch|load|require)_?(?:the_)?(?:current|active|session|authenticated|logged_?in)_?(?:active_)?user|current_?user|active_?user|auth_?user"
    r"|is_?authenticated|isadminuser|djangomodelpermissions|jwt_?(?:required|auth)|token_?(?:required|auth)|auth_?(?:required|guard|middleware|check|filter)"
    r"|(?:oauth2?|http_?bearer|http_?basic|api_?key|security)_?(?:scheme|bearer|header|auth)?$|oauth2passwordbearer|httpbearer|httpbasic|apikeyheader"
    r"|preauthorize|secured|rolesallowed|requires_?(?:auth|login|scope|perm)|permission_?required|user_?passes_?test|staff_?member_?required"
    r"|authenticat(?:e|ed|ion)|authoriz(?:e|ed|ation)|passport|protected|session_?(?:required|guard)|with_?auth|authed|bearer",
    re.IGNORECASE,
)
#: Guards by their name that let everybody in.
_OPEN = re.compile(
    r"optional|allow_?any|anonymous_?ok|permit_?all|public|no_?auth|not_?required|exempt|maybe|try_?|csrf|throttl|rate_?limit",
    re.IGNORECASE,
)
_DEPENDS = re.compile(r"(?:^|\.)(?:Depends|Security|Provide|Inject)$")
_LOGIN_PAGE = re.compile(r"/(?:log-?in|sign-?in|auth)\b|^(?:log-?in|sign-?in|auth\.login)$", re.IGNORECASE)
_REFUSALS = re.compile(
    r"(?:^|\.)(?:HTTPException|abort|HttpResponseForbidden|Unauthorized|NotAuthenticated|AuthenticationFailed|PermissionDenied)$"
)


class Guard(Struct, frozen=True):
    """What asks for a session; ``certain`` is false for middleware that treats some paths apart."""

    name: str
    certain: bool = True


def session_guard(route: Route, code: CodeFacts, program: Calls) -> Guard | None:
    """Return what asks for a session before ``route`` answers, or None when nothing that is known does."""
    for name in route.guards:
        if is_guard(name):
            return Guard(name)
    for function in route.guard_functions:
        node = code.functions.get(function)
        if node is not None and not _OPEN.search(node.code.name) and refuses_strangers(node):
            return Guard(node.code.qualname)
    handler = code.functions.get(route.function)
    own = _own_guard(handler, program) if handler is not None else ""
    return Guard(own) if own else _middleware_guard(route, code)


def _middleware_guard(route: Route, code: CodeFacts) -> Guard | None:
    """Middleware that refuses strangers guards what it covers, unless it names this path; naming other paths leaves it open."""
    index = next((i for i, r in enumerate(code.routes) if r is route or r == route), -1)
    for middleware in code.middleware:
        if index not in middleware.routes:
            continue
        nodes = [code.functions[f] for f in middleware.functions if f in code.functions]
        if not any(refuses_strangers(n) for n in nodes):
            continue
        paths = {str(t.value) for n in nodes for t in texts(_all_bodies(n, code)) if str(t.value).startswith("/")}
        if route.path in paths or route.path.rstrip("/") in paths:
            continue
        return Guard(middleware.name, certain=not paths)
    return None


def _all_bodies(node: FunctionNode, code: CodeFacts) -> list[object]:
    module = code.functions.get(f"{node.file}#<module>")
    names = {p.id for p in parts([node.code.body]) if isinstance(p, ir.Name)}
    used = [s.value for s in module.code.body if isinstance(s, ir.Assign) and names & set(names_in(s.targets))] if module else []
    return [node.code.body, *used]


def is_guard(name: str) -> bool:
    """Say whether a decorator, dependency or middleware of that name asks for a session."""
    last = name.rpartition(".")[2] or name
    return bool(_GUARD.search(last)) and not _OPEN.search(name)


def refuses_strangers(node: FunctionNode) -> bool:
    """Say whether a body answers 401 or 403, or sends people to a login page."""
    for call in calls(node.code.body):
        name = dotted(call.func)
        literals = [p.value for a in call.args for p in parts([a.value]) if isinstance(p, ir.Literal)]
        if any(v in (401, 403) and not isinstance(v, bool) for v in literals):
            return True
        if "redirect" in name.lower() and any(isinstance(v, str) and _LOGIN_PAGE.search(v) for v in literals):
            return True
        if _REFUSALS.search(name) and any("401" in t or "403" in t or "UNAUTHORIZED" in t.upper() for t in _words(call)):
            return True
    return False


def _own_guard(handler: FunctionNode, program: Calls) -> str:
    for part in handler.code.decorators:
        name = dotted(part.func if isinstance(part, ir.Call) else part)
        if name and is_guard(name) and not name.endswith((".route", ".post", ".get")):
            return name
    for parameter in handler.code.params:
        for root in (parameter.default, parameter.annotation):
            name = _dependency(root)
            if name and (is_guard(name) or _refusing(name, handler.file, program)):
                return name
    return f"{handler.code.name}()" if refuses_strangers(handler) else ""


def _dependency(root: ir.Expr | None) -> str:
    """Return the name of the dependency that a parameter is injected with (``Depends(x)``, ``CurrentUser`` …)."""
    if root is None:
        return ""
    for call in calls([root]):
        if _DEPENDS.search(dotted(call.func)):
            return dotted(call.args[0].value) if call.args else ""
    name = dotted(root)
    return name if re.search(r"current_?user|authenticated", name, re.IGNORECASE) else ""


def _refusing(name: str, file: str, program: Calls) -> bool:
    """Say whether the dependency ``name`` is a function of the same file, or the only one of that name, that refuses strangers."""
    last = name.rpartition(".")[2]
    nodes = [n for nodes in program.by_file.values() for n in nodes if n.code.name == last]
    near = [n for n in nodes if n.file == file] or (nodes if len(nodes) == 1 else [])
    return any(refuses_strangers(n) for n in near)


def _words(call: ir.Call) -> Iterable[str]:
    yield from (str(t.value) for t in texts([a.value for a in call.args]))
    yield from (dotted(a.value) for a in call.args)
    yield dotted(call.func)
