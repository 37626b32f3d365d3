"""Methods of gorilla/mux routes, which are given after the route: ``r.HandleFunc("/x", h).Methods("GET", "POST")``."""

from __future__ import annotations

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import last_name
from genai_policy.read.link.routes.found import Found, Handlers

_REGISTER = ("HandleFunc", "Handle", "Path", "PathPrefix")


def find_gorilla_methods(inference: Inference, found: Found) -> None:
    """Give the gorilla/mux routes found so far the methods that are chained behind them."""
    handlers = Handlers(inference)
    chained: dict[tuple[str, int], list[str]] = {}
    for fn, call in inference.program.calls.get("Methods", ()):
        base = call.func.base if isinstance(call.func, ir.Attr) else None
        while isinstance(base, ir.Call) and isinstance(base.func, ir.Attr) and last_name(base.func) not in _REGISTER:
            base = base.func.base
        if isinstance(base, ir.Call) and fn.file.ir.language == "go":
            methods = [method for arg in call.args for method in handlers.methods(arg.value, fn)]
            if methods:
                chained[(fn.file.path, base.line)] = methods
    routes, found.routes = found.routes, []
    for route in routes:
        named = chained.get((route.file, route.line)) if route.framework == "gorilla/mux" else None
        found.routes.extend(route._replace(method=method) for method in named or [route.method])
