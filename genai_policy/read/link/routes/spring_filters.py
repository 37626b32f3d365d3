"""What Spring and servlet containers run around every controller: body advice, filters, interceptors.

A class counts where it is registered: by an annotation of its own, or because the tree makes one (``new LabelFilter()`` in a bean method,
``addFilterBefore``, ``addInterceptor``).
"""

from __future__ import annotations

from collections.abc import Iterator

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, last_name
from genai_policy.read.link.routes.annotations import of_class
from genai_policy.read.link.routes.found import Found, FoundMiddleware

_ADVICE = frozenset({"ControllerAdvice", "RestControllerAdvice"})
_BEANS = frozenset({"Component", "Service", "Configuration", "WebFilter", "Provider", "Order", "Bean"})
_AROUND = ("doFilterInternal", "doFilter", "filter", "intercept")
_AFTER = ("postHandle", "beforeBodyWrite")


def find_spring_filters(inference: Inference, found: Found) -> None:
    """Report the advice, filters and interceptors of Java classes as middleware over all routes."""
    for path in inference.program.files:
        file = inference.program.files[path]
        if file.ir.language not in ("java", "kotlin"):
            continue
        for cls in file.classes:
            if cls.file is file and cls.code.kind == "class":
                found.middleware.extend(_middleware(inference, cls))


def _middleware(inference: Inference, cls: Cls) -> Iterator[FoundMiddleware]:
    functions = [file_function for name in (*_AROUND, *_AFTER) for file_function in _methods(cls, name)]
    if not functions or not _takes_part(functions):
        return
    annotations = {one.name for one in of_class(inference, cls)}
    made = [(fn, call) for fn, call in inference.program.calls.get(cls.code.name, ()) if call.new]
    if functions[0].code.name == "beforeBodyWrite":
        if not annotations & _ADVICE:
            return
    elif not annotations & _BEANS and not made:
        return
    for under in _patterns(made) or [""]:
        yield FoundMiddleware(cls.file.path, cls.code.line, cls.code.name, "spring", tuple(functions), None, under)


def _methods(cls: Cls, name: str) -> list[Fn]:
    return [cls.file.functions[index] for index in cls.methods.get(name, ())]


def _takes_part(functions: list[Fn]) -> bool:
    """``filter`` and the like are common names: one that is given a chain, a handler or a response is meant."""
    wanted = {"filterchain", "webfilterchain", "chain", "response", "httpservletresponse", "serverhttpresponse", "exchange", "body"}
    return any(
        p.name.lower() in wanted or (p.annotation is not None and last_name(p.annotation).lower() in wanted)
        for fn in functions
        for p in fn.code.params
    )


def _patterns(made: list[tuple[Fn, ir.Call]]) -> list[str]:
    """Path prefixes that a registration limits a filter to (``addUrlPatterns("/api/*")``)."""
    found: list[str] = []
    for fn, _ in made:
        for call in fn.calls:
            if last_name(call.func) in ("addUrlPatterns", "setUrlPatterns", "addPathPatterns"):
                found.extend(
                    a.value.value.rstrip("*").rstrip("/")
                    for a in call.args
                    if isinstance(a.value, ir.Literal) and isinstance(a.value.value, str)
                )
    return sorted(set(found)) if "" not in found else []
