"""Claims of a manifest of then, pointed at where the files that they name lie today."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from msgspec.structs import replace

from genai_policy.model.service import Locator, Service

_FILES = frozenset(("setting", "document", "register", "sample", "test"))


def following(service: Service, moved: Mapping[str, str]) -> Service:
    """Return ``service`` with locators that follow files which were ``moved`` (paths of then to paths of today, from the scanned root)."""
    if not moved:
        return service
    implements = {c: tuple(replace(one, target=_target(one, service, moved)) for one in claims) for c, claims in service.implements.items()}
    return replace(service, implements=implements)


def _target(locator: Locator, service: Service, moved: Mapping[str, str]) -> str:
    if locator.kind == "hook":
        return _hook(locator.target, service, moved)
    if locator.kind not in _FILES:
        return locator.target
    cut = min((at for at in (locator.target.find("#"), locator.target.find("::")) if at >= 0), default=len(locator.target))
    return _path(locator.target[:cut], service, moved) + locator.target[cut:]


def _hook(target: str, service: Service, moved: Mapping[str, str]) -> str:
    """``pkg.mod:name`` names a Python module below the service's folder or a source folder in it; ``path/file.ts#name`` a file."""
    file, sharp, name = target.partition("#")
    if sharp:
        return _path(file, service, moved) + sharp + name
    module, colon, name = target.partition(":")
    for end in (".py", "/__init__.py"):
        tail = module.replace(".", "/") + end
        for old, new in moved.items():
            head = old[: -len(tail)]
            if (old == tail or old.endswith("/" + tail)) and new.startswith(head) and new.endswith(".py"):
                return new[len(head) : -len(".py")].removesuffix("/__init__").replace("/", ".") + colon + name
    return target


def _path(path: str, service: Service, moved: Mapping[str, str]) -> str:
    new = moved.get(posixpath.normpath(posixpath.join(service.root, path)))
    if new is None:
        return path
    inside = f"{service.root}/" if service.root else ""
    return new[len(inside) :] if new.startswith(inside) else "../" * (service.root.count("/") + 1) + new
