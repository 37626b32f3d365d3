"""Routes of Spring MVC and WebFlux: annotated controllers and router functions.

A controller's mapping methods may be declared by a base class or an interface; the class's own mapping, path prefixes set in code
(``addPathPrefix`` with its predicate) and the context path of the module's settings are put before each path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, last_name
from genai_policy.read.link.routes.annotations import Applied, names, of_class, of_function, texts
from genai_policy.read.link.routes.found import Found, FoundRoute
from genai_policy.read.link.routes.java_settings import JavaSettings
from genai_policy.read.link.routes.spring_functional import functional_routes
from genai_policy.read.link.routes.spring_prefixes import PathPrefix, path_prefixes
from genai_policy.read.link.values import HOLE

_MAPPINGS = {
    "RequestMapping": "",
    "GetMapping": "GET",
    "PostMapping": "POST",
    "PutMapping": "PUT",
    "DeleteMapping": "DELETE",
    "PatchMapping": "PATCH",
}
_CONTROLLERS = frozenset({"RestController", "Controller", "RequestMapping", "RestControllerEndpoint", "ControllerEndpoint"})
_CLIENTS = frozenset({"FeignClient", "HttpExchange"})
_SPRING = "org.springframework."


def find_spring_routes(inference: Inference, found: Found, project: Mapping[str, str]) -> None:
    """Report the routes of Spring controllers and router functions."""
    settings = JavaSettings(project)
    prefixes = path_prefixes(inference)
    for path in inference.program.files:
        file = inference.program.files[path]
        if file.ir.language not in ("java", "kotlin"):
            continue
        for cls in file.classes:
            if cls.file is file and cls.code.decorators and _concrete(cls):
                found.routes.extend(_Controller(inference, cls, settings, prefixes).routes())
    found.routes.extend(functional_routes(inference, settings))


def _concrete(cls: Cls) -> bool:
    return cls.code.kind == "class" and not {"abstract", "annotation", "anonymous"} & set(cls.code.flags)


def is_spring(one: Applied, wanted: frozenset[str] | Mapping[str, str]) -> bool:
    """Whether an annotation is one of Spring's with a name in ``wanted`` (an annotation that nothing imports counts by its name)."""
    return one.name in wanted and (one.path.startswith(_SPRING) or "." not in one.path)


class _Controller:
    def __init__(self, inference: Inference, cls: Cls, settings: JavaSettings, prefixes: Sequence[PathPrefix]) -> None:
        self.on = inference
        self.cls = cls
        self.settings = settings
        self.prefixes = prefixes
        self.own = of_class(inference, cls)

    def routes(self) -> Iterator[FoundRoute]:
        """The routes of one controller class."""
        if not any(is_spring(one, _CONTROLLERS) for one in self.own) or any(one.name in _CLIENTS for one in self.own):
            return
        bases = self._class_paths()
        class_methods = next((names(one.args.get("method")) for one in self.own if is_spring(one, {"RequestMapping": ""})), [])
        for fn, mappings, guards in self._handlers():
            for mapping in mappings:
                fixed = _MAPPINGS[mapping.name]
                methods = [fixed] if fixed else names(mapping.args.get("method")) or class_methods or ["ANY"]
                inner = texts(self.on, mapping.args.get("path") or mapping.args.get("value")) or [""]
                for base in bases:
                    for path in inner:
                        yield self._route(fn, mapping, ",".join(methods), base, path, guards)

    def _route(self, fn: Fn, mapping: Applied, method: str, base: str, path: str, guards: tuple[str, ...]) -> FoundRoute:
        whole = join(self.settings.fill(mapping.file, base), self.settings.fill(mapping.file, path))
        whole = join(self._prefix(), whole)
        name = f"{self.cls.code.name}.{fn.code.name}"
        named = tuple((guard, None) for guard in guards)
        return FoundRoute(mapping.file, mapping.line, method, whole, "spring", fn, name, self.cls, named)

    def _prefix(self) -> str:
        context = self.settings.get(
            self.cls.file.path, "server.servlet.contextpath", "server.contextpath", "spring.webflux.basepath", "quarkus.http.rootpath"
        )
        servlet = self.settings.get(self.cls.file.path, "spring.mvc.servlet.path", "server.servletpath")
        added = next((prefix.text for prefix in self.prefixes if prefix.covers(self.cls, self.own)), "")
        return join(join(context, servlet), added)

    def _class_paths(self) -> list[str]:
        """Paths of the class's own mapping, or of the nearest ancestor that has one."""
        for one in self.on.types.mro(self.cls):
            if isinstance(one, Cls):
                for mapping in self.own if one is self.cls else of_class(self.on, one):
                    if is_spring(mapping, {"RequestMapping": ""}):
                        return texts(self.on, mapping.args.get("path") or mapping.args.get("value")) or [""]
        return [""]

    def _handlers(self) -> Iterator[tuple[Fn, list[Applied], tuple[str, ...]]]:
        """Each method with its mapping annotations, which it may have from the method it overrides."""
        handlers: dict[_Signature, Fn] = {}
        mapped: dict[_Signature, list[Applied]] = {}
        guards: dict[_Signature, list[str]] = {}
        for one in self.on.types.mro(self.cls):
            if not isinstance(one, Cls):
                continue
            for index in sorted(index for group in one.methods.values() for index in group):
                fn = one.file.functions[index]
                key = (fn.code.name, tuple(_simple(param.annotation) for param in fn.code.params))
                if "abstract" not in fn.code.flags:
                    handlers.setdefault(key, fn)
                annotations = of_function(self.on, fn) if fn.code.decorators else []
                mappings = [a for a in annotations if is_spring(a, _MAPPINGS)]
                guards.setdefault(key, []).extend(a.name for a in annotations if a not in mappings)
                if mappings:
                    mapped.setdefault(key, mappings)
        shared = [a.name for a in self.own if not is_spring(a, _CONTROLLERS)]
        for key in sorted(mapped, key=lambda k: (mapped[k][0].file, mapped[k][0].line, k)):
            if key in handlers:
                yield handlers[key], mapped[key], tuple(sorted({*guards[key], *shared} - _INERT))


_Signature = tuple[str, tuple[str, ...]]


def _simple(kind: ir.Expr | None) -> str:
    """The simple name of a declared type, without type arguments."""
    return last_name(kind) if kind is not None else ""


_INERT = frozenset(
    {"Override", "ResponseBody", "Slf4j", "RequiredArgsConstructor", "AllArgsConstructor", "Data", "Deprecated", "SuppressWarnings", ""}
)


def join(base: str, path: str) -> str:
    """Put ``path`` below ``base`` with exactly one slash between; unknown parts are written ``{}``."""
    left, right = (re.sub(r"/{2,}", "/", part.replace(HOLE, "{}")) for part in (base, path))
    if not left.strip("/"):
        return "/" + right.lstrip("/")
    if not right:
        return "/" + left.strip("/")
    return f"/{left.strip('/')}/{right.lstrip('/')}" if right != "/" else f"/{left.strip('/')}/"
