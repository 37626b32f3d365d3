"""Routes of annotated resource classes outside Spring: JAX-RS (Jersey, RESTEasy, Quarkus, Dropwizard), Micronaut, Solon, Helidon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn
from genai_policy.read.link.routes.annotations import Applied, of_class, of_function, texts
from genai_policy.read.link.routes.found import Found, FoundRoute
from genai_policy.read.link.routes.java_settings import JavaSettings
from genai_policy.read.link.routes.spring import join

_JAXRS = ("javax.ws.rs.", "jakarta.ws.rs.")
_VERBS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"})
_MICRONAUT = "io.micronaut.http.annotation."
_SOLON = "org.noear.solon.annotation."


def find_annotated_routes(inference: Inference, found: Found, project: Mapping[str, str]) -> None:
    """Report the routes of annotated resource classes."""
    settings = JavaSettings(project)
    classes = [
        cls
        for file in inference.program.files.values()
        for cls in (file.classes if file.ir.language in ("java", "kotlin") else ())
        if cls.file is file and cls.code.kind == "class" and "anonymous" not in cls.code.flags
    ]
    applications = _applications(inference, classes)
    for cls in classes:
        found.routes.extend(_resource(inference, cls, settings, applications))


def _applications(inference: Inference, classes: list[Cls]) -> dict[str, str]:
    """Build modules (their folders) and the path that ``@ApplicationPath`` puts all their resources under."""
    return {
        _module(cls.file.path): text
        for cls in classes
        for one in (of_class(inference, cls) if cls.code.decorators else [])
        if one.name == "ApplicationPath" and one.path.startswith(_JAXRS)
        for text in texts(inference, one.args.get("value"))[:1]
    }


def _module(path: str) -> str:
    return path.partition("/src/")[0] if "/src/" in path else "" if path.startswith("src/") else path.rpartition("/")[0]


def _resource(inference: Inference, cls: Cls, settings: JavaSettings, applications: Mapping[str, str]) -> Iterator[FoundRoute]:
    family = [one for one in inference.types.mro(cls) if isinstance(one, Cls)]
    heads = [one for owner in family for one in (of_class(inference, owner) if owner.code.decorators else [])]
    bases = [one for one in heads if _is_base(one)]
    base = next((one for one in bases if one.args.get("value")), bases[0] if bases else None)
    if base is None or "abstract" in cls.code.flags:
        return
    prefix = settings.get(
        cls.file.path, "quarkus.resteasyreactive.path", "quarkus.resteasy.path", "quarkus.http.rootpath", "micronaut.server.contextpath"
    )
    if _framework(base) == "jax-rs":
        prefix = join(prefix, applications.get(_module(cls.file.path), ""))
    seen: set[tuple[str, int]] = set()
    for owner in family:
        for index in sorted(index for group in owner.methods.values() for index in group):
            fn = owner.file.functions[index]
            key = (fn.code.name, len(fn.code.params))
            annotations = of_function(inference, fn) if fn.code.decorators else []
            handler = _implementation(family, key) or fn
            routes = list(_mapped(annotations))
            if not routes or key in seen:
                continue
            seen.add(key)
            name = f"{cls.code.name}.{fn.code.name}"
            for mark, method, given in routes:
                for path in _paths(inference, base, given):
                    yield FoundRoute(mark.file, mark.line, method, join(prefix, path), _framework(base), handler, name, cls)


def _paths(inference: Inference, base: Applied, given: Applied | None) -> Iterator[str]:
    for outer in texts(inference, base.args.get("value")) or [""]:
        for inner in texts(inference, given.args.get("value") if given else None) or [""]:
            yield join(outer, inner)


def _is_base(one: Applied) -> bool:
    return (
        (one.name == "Path" and one.path.startswith(_JAXRS))
        or one.path in (_MICRONAUT + "Controller",)
        or (one.path.startswith(_SOLON) and one.name in ("Controller", "Mapping", "Remoting"))
    )


def _framework(base: Applied) -> str:
    return "jax-rs" if base.path.startswith(_JAXRS) else "micronaut" if base.path.startswith(_MICRONAUT) else "solon"


def _mapped(annotations: list[Applied]) -> Iterator[tuple[Applied, str, Applied | None]]:
    """The verb annotations of a method with the annotation that holds the path."""
    path = next((one for one in annotations if one.name == "Path" and one.path.startswith(_JAXRS)), None)
    for one in annotations:
        if one.path.startswith(_JAXRS) and one.name in _VERBS:
            yield one, one.name, path
        elif one.path.startswith(_MICRONAUT) and one.name.upper() in _VERBS:
            yield one, one.name.upper(), one
        elif one.path.startswith(_SOLON) and one.name.upper() in _VERBS:
            mapping = next((other for other in annotations if other.name == "Mapping"), None)
            yield one, one.name.upper(), mapping or one
    if not any(one.name.upper() in _VERBS for one in annotations):
        for one in annotations:
            if one.path == _SOLON + "Mapping":
                yield one, "ANY", one


def _implementation(family: list[Cls], key: tuple[str, int]) -> Fn | None:
    for owner in family:
        for index in owner.methods.get(key[0], ()):
            fn = owner.file.functions[index]
            if len(fn.code.params) == key[1] and "abstract" not in fn.code.flags:
                return fn
    return None
