"""Which file an ECMAScript specifier names: relative paths, path aliases of tsconfig, workspace packages, subpath imports."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from posixpath import dirname, normpath
from posixpath import join as join_path
from typing import Any

_SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".d.ts")
#: What a specifier may be written with, and what the source file is called then.
_COMPILED = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts", ".ts"), ".cjs": (".cts", ".ts")}
_CONFIGS = ("tsconfig.json", "jsconfig.json", "tsconfig.base.json", "tsconfig.app.json", "tsconfig.web.json", "tsconfig.node.json")
#: Aliases that frameworks and templates set up without a tsconfig: where they may lead, from a folder above the importing file.
_CUSTOMS = (
    ("@/", ("src/", "", "app/")),
    ("~/", ("src/", "", "app/")),
    ("$lib/", ("src/lib/",)),
    ("@@/", ("",)),
    ("~~/", ("",)),
    ("#shared/", ("shared/",)),
)
_OUTPUT = re.compile(r"^(?:\./)?(?:dist|build|lib|out|es|esm|cjs)/(?:(?:src|esm|cjs|es|lib|types)/)?")
_COMMENT = re.compile(r'"(?:\\.|[^"\\])*(?:"|\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*[}\]])', re.DOTALL)
PROJECT_FILES = frozenset({*_CONFIGS, "package.json"})


class ModuleFinder:
    """Finds the file of the tree that a specifier names. ``texts`` are the project files by path."""

    def __init__(self, files: set[str], texts: Mapping[str, str]) -> None:
        self._files = files
        self._configs = {path: _json(text) for path, text in sorted(texts.items()) if path.rpartition("/")[2] in _CONFIGS}
        self._packages: dict[str, tuple[str, dict[str, Any]]] = {}
        self._manifests: dict[str, dict[str, Any]] = {}
        for path, text in sorted(texts.items()):
            if path.rpartition("/")[2] == "package.json":
                manifest = self._manifests[dirname(path)] = _json(text)
                if isinstance(manifest.get("name"), str):
                    self._packages.setdefault(manifest["name"], (dirname(path), manifest))
        self._aliases: dict[str, tuple[tuple[str, str], ...]] = {}
        self._known: dict[tuple[str, str], str | None] = {}

    def find(self, importer: str, specifier: str) -> str | None:
        """The file that ``specifier`` names in the file ``importer``; None when it lies outside the tree."""
        key = (dirname(importer), specifier)
        if key not in self._known:
            self._known[key] = self._find(key[0], specifier.split("?", 1)[0])
        return self._known[key]

    def at(self, stem: str) -> str | None:
        """The file at a path written with or without its suffix, or the index of a folder."""
        if stem in self._files:
            return stem
        base, dot, suffix = stem.rpartition(".")
        for source in _COMPILED.get(dot + suffix, ()):
            if base + source in self._files:
                return base + source
        for suffix in _SUFFIXES:
            if stem + suffix in self._files:
                return stem + suffix
        folder = stem + "/" if stem else ""
        for suffix in _SUFFIXES:
            if f"{folder}index{suffix}" in self._files:
                return f"{folder}index{suffix}"
        manifest = self._manifests.get(stem)
        main = manifest.get("main") if manifest else None
        return self.at(_join(stem, main.removesuffix("/"))) if isinstance(main, str) and main.strip("./") else None

    def _find(self, directory: str, specifier: str) -> str | None:
        if specifier.startswith((".", "/")):
            target = specifier.lstrip("/") if specifier.startswith("/") else _join(directory, specifier)
            return None if target.startswith("..") else self.at(target)
        for stem in self._candidates(directory, specifier):
            found = None if stem.startswith("..") else self.at(stem)
            if found is not None:
                return found
        return None

    def _candidates(self, directory: str, specifier: str) -> Iterator[str]:
        for pattern, target in self._aliases_of(directory):
            head, star, tail = pattern.partition("*")
            fits = star and specifier.startswith(head) and specifier.endswith(tail) and len(specifier) >= len(head + tail)
            if specifier == pattern or fits:
                yield target.replace("*", specifier[len(head) : len(specifier) - len(tail)] if star else "", 1)
        yield from self._workspace(directory, specifier)
        for prefix, folders in _CUSTOMS:
            if specifier.startswith(prefix):
                for above in _upwards(directory):
                    yield from (_join(above, folder + specifier[len(prefix) :]) for folder in folders)

    def _aliases_of(self, directory: str) -> tuple[tuple[str, str], ...]:
        """Patterns and targets of the configurations above ``directory``, the nearest first."""
        known = self._aliases.get(directory)
        if known is None:
            found: list[tuple[str, str]] = []
            for above in _upwards(directory):
                for name in _CONFIGS:
                    path = join_path(above, name) if above else name
                    if path in self._configs:
                        found.extend(self._paths(path, set()))
            known = self._aliases[directory] = tuple(dict.fromkeys(found))
        return known

    def _paths(self, path: str, seen: set[str]) -> Iterator[tuple[str, str]]:
        config = self._configs.get(path)
        if config is None or path in seen:
            return
        seen.add(path)
        options = config.get("compilerOptions")
        options = options if isinstance(options, dict) else {}
        base = options.get("baseUrl")
        root = _join(dirname(path), base) if isinstance(base, str) else dirname(path)
        paths = options.get("paths")
        for pattern, targets in sorted(paths.items(), key=lambda pair: -len(pair[0])) if isinstance(paths, dict) else ():
            for target in targets if isinstance(targets, list) else ():
                if isinstance(target, str):
                    yield pattern, _join(root, target)
        if isinstance(base, str):
            yield "*", _join(root, "*")
        extended = config.get("extends")
        for parent in extended if isinstance(extended, list) else [extended]:
            if isinstance(parent, str) and parent.startswith("."):
                target = _join(dirname(path), parent)
                yield from self._paths(target if target.endswith(".json") else target + ".json", seen)

    def _workspace(self, directory: str, specifier: str) -> Iterator[str]:
        if specifier.startswith("#"):
            for above in _upwards(directory):
                internal = _conditional(self._manifests.get(above, {}).get("imports"), specifier)
                yield from (_join(above, target) for target in internal)
            return
        parts = specifier.split("/")
        name = "/".join(parts[: 2 if specifier.startswith("@") else 1])
        if name not in self._packages:
            return
        folder, manifest = self._packages[name]
        rest = specifier[len(name) :].lstrip("/")
        targets = list(_conditional(manifest.get("exports"), "./" + rest if rest else "."))
        if not rest:
            targets += [manifest[key] for key in ("source", "types", "module", "main") if isinstance(manifest.get(key), str)]
        for target in targets:
            yield _join(folder, target)
            yield _join(folder, "src/" + _OUTPUT.sub("", target).removesuffix(".d.ts"))
        for root in ("src", ""):
            yield _join(folder, join_path(root, rest) if rest else root or ".")


def _conditional(table: Any, wanted: str) -> Iterator[str]:
    """Targets of ``wanted`` in an ``exports`` or ``imports`` table, whatever the condition."""
    if isinstance(table, str):
        table = {".": table}
    if not isinstance(table, dict):
        return
    if wanted == "." and not any(key.startswith(".") for key in table):
        yield from _leaves(table, 0)
    for key, value in table.items():
        head, star, tail = key.partition("*")
        if key == wanted:
            yield from _leaves(value, 0)
        elif star and wanted.startswith(head) and wanted.endswith(tail):
            part = wanted[len(head) : len(wanted) - len(tail)]
            yield from (leaf.replace("*", part) for leaf in _leaves(value, 0))


def _leaves(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list) and depth < 6:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner, depth + 1)


def _upwards(directory: str) -> Iterator[str]:
    while True:
        yield directory
        if not directory:
            return
        directory = dirname(directory)


def _join(directory: str, path: str) -> str:
    """Join and normalise; the root of the tree is ""."""
    joined = normpath(join_path(directory, path))
    return "" if joined == "." else joined


def _json(text: str) -> dict[str, Any]:
    """Parse JSON with comments and trailing commas; {} when it is none."""
    try:
        parsed = json.loads(_COMMENT.sub(lambda match: match[0] if match[0].startswith('"') else "", text.lstrip("\ufeff")))
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
