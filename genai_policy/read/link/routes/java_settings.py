"""Settings of a Java service that change paths: ``application.yml`` and ``application.properties`` of the module a class lies in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from genai_policy.read.structured import NotStructured, parse, plain

SETTINGS = re.compile(r"(^|/)(application|bootstrap)(-[\w.]+)?\.(ya?ml|properties)$")
_PLACE = re.compile(r"\$\{([^${}:]+)(?::([^${}]*))?\}")


class JavaSettings:
    """The settings files of a tree, flattened to dotted keys, by the module they belong to."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._modules: dict[str, dict[str, str]] = {}
        for path in sorted(texts, key=_priority):
            if SETTINGS.search(path) and "/test/" not in path:
                module = path.split("src/main/", 1)[0].rstrip("/") if "src/main/" in path else path.rpartition("/")[0]
                known = self._modules.setdefault(module, {})
                for key, value in _flat(path, texts[path]).items():
                    known.setdefault(key, value)

    def get(self, file: str, *keys: str) -> str:
        """The first of ``keys`` that is set for ``file``: by its own module, the nearest around it, or the only one with settings."""
        settings = self._of(file)
        for key in keys:
            if key in settings:
                return self.fill(file, settings[key])
        return ""

    def fill(self, file: str, text: str) -> str:
        """Put settings (or the written defaults) in place of ``${key:default}``."""
        settings = self._of(file)
        for _ in range(4):
            replaced = _PLACE.sub(lambda m: settings.get(_relaxed(m.group(1)), m.group(2) if m.group(2) is not None else "{}"), text)
            if replaced == text:
                break
            text = replaced[:300]
        return text

    def _of(self, file: str) -> Mapping[str, str]:
        around = [module for module in self._modules if not module or file.startswith(module + "/")]
        if around:
            return self._modules[max(around, key=len)]
        return next(iter(self._modules.values())) if len(self._modules) == 1 else {}


def _priority(path: str) -> tuple[int, str]:
    """Base files first: the first value of a key stays."""
    name = path.rpartition("/")[2]
    return (1 if "-" in name else 0, path)


def _relaxed(key: str) -> str:
    return key.strip().lower().replace("-", "").replace("_", "")


def _flat(path: str, text: str) -> dict[str, str]:
    try:
        documents = parse(path, text)
    except NotStructured:
        return {}
    found: dict[str, str] = {}
    for document in documents:
        _flatten(plain(document), "", found, 0)
    return found


def _flatten(value: Any, prefix: str, found: dict[str, str], depth: int) -> None:
    if isinstance(value, dict) and depth < 12:
        for key, inner in value.items():
            _flatten(inner, f"{prefix}.{key}" if prefix else str(key), found, depth + 1)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        found.setdefault(_relaxed(prefix), str(value))
