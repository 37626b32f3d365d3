"""Turns the claims under ``[implements]`` into locators, each with exactly one kind and the syntax of that kind."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator
from typing import Any, get_args

from genai_policy.load.mistakes import Mistakes, closest, describe, quoted, suggest
from genai_policy.load.positions import Path
from genai_policy.load.toml import TomlFile
from genai_policy.model.service import Locator, LocatorKind

KINDS: tuple[str, ...] = get_args(LocatorKind)

RIGHTS = ("access", "copy", "correct", "supplement", "delete")

OPTIONS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "middleware": ("boolean", ("hook",), "The framework runs the hook around its routes; no call to it is in the code."),
    "covers": ("rights", ("endpoint",), f"The rights of users that the endpoint serves, of: {', '.join(RIGHTS)}."),
    "unit": ("text", ("setting",), "The unit of a bare number: seconds, minutes, hours, days, weeks, months or years."),
    "columns": ("table", ("register",), "The register's own names for the columns that are asked for."),
    "route": ("text", ("document",), "The path under which the service shows the document."),
    "url": ("text", ("document",), "The address under which users find the document."),
}
"""Keys beside a locator: type, the kinds they go with, meaning. ``reason``, ``declared-by`` and ``declared-on`` go with all."""

PROVENANCE = ("declared-by", "declared-on", "reason")

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY", "WEBSOCKET")
_PYTHON_NAME = r"[^\W\d]\w*"
_PYTHON_HOOK = re.compile(rf"{_PYTHON_NAME}(?:\.{_PYTHON_NAME})*:{_PYTHON_NAME}(?:\.{_PYTHON_NAME})*")
_CODE_NAME = r"(?:[^\W\d]|[$_])[\w$]*"
_FILE_HOOK = re.compile(rf"(?P<file>[^#:]+\.\w+)#{_CODE_NAME}(?:\.{_CODE_NAME})*")
_ENDPOINT = re.compile(r"(?P<method>[A-Za-z]+) (?P<path>/\S*)")
_TYPES = {"boolean": "true or false", "text": "text in quotes", "table": "a table of texts"}

SYNTAX = {
    "hook": '"package.module:function", "package.module:Class.method" or "path/file.ts#name"',
    "endpoint": '"METHOD /path", for example "POST /api/complaints"',
    "setting": '"file#dotted.key", for example "config/prod.yaml#logging.retention_days"',
    "document": '"file" or "file#heading"',
    "register": '"file" (CSV, JSON, JSONL, YAML or TOML)',
    "number": "the number as issued",
    "sample": '"file" or a glob such as "samples/*.png"',
    "test": '"file::name", for example "tests/test_labels.py::test_marks_images"',
    "outside": "where it lives, in words",
}
"""How the target of each kind is written."""


def read_claims(source: TomlFile, root: str, controls: Collection[str] | None, mistakes: Mistakes) -> dict[str, tuple[Locator, ...]]:
    """Return the locators of every control under ``[implements]``; ``root`` is the manifest's folder, ``controls`` the known ids."""
    claims = source.values.get("implements", {})
    if not isinstance(claims, dict):
        return {}
    found: dict[str, tuple[Locator, ...]] = {}
    for control, claim in claims.items():
        path: Path = ("implements", control)
        if control in PROVENANCE:
            continue
        if controls is not None and control not in controls:
            advice = suggest(control, controls, "known controls")
            mistakes.add(source.mistake(path, f"unknown control {quoted(control)}", advice, on_key=True))
        found[control] = tuple(_locators(source, root, path, claim, mistakes))
    return found


def target_problem(kind: str, target: str, root: str) -> tuple[str, str] | None:
    """Return what is wrong with a locator's target and how to write it, or None. ``root`` is the folder that paths are relative to."""
    if not target.strip() or not target.isprintable():
        return f"{quoted(target)} names nothing", f"write {SYNTAX[kind]}"
    if not _well_formed(kind, target):
        return f"{quoted(target)} is not {_a(kind)}", _syntax_advice(kind, target)
    file = _file_part(kind, target)
    if file is not None and leaves_root(file, root):
        return f"{quoted(target)} points outside the root", "name a file below the scanned root, relative to this manifest"
    return None


def leaves_root(file: str, root: str) -> bool:
    """Return whether a relative path, seen from ``root``, is absolute, a URL, or climbs above the scanned root."""
    if file.startswith(("/", "~", "\\")) or "\\" in file or "\0" in file or re.match(r"[A-Za-z][\w+.-]*:", file):
        return True
    joined = posixpath.normpath(posixpath.join(root, file))
    return joined == ".." or joined.startswith("../")


def _locators(source: TomlFile, root: str, path: Path, claim: Any, mistakes: Mistakes) -> Iterator[Locator]:
    items = [(path, claim)] if not isinstance(claim, list) else [((*path, i), item) for i, item in enumerate(claim)]
    if not items:
        mistakes.add(source.mistake(path, "claims nothing", "name a place, or drop the key"))
    for at, item in items:
        if isinstance(item, dict):
            yield from _from_table(source, root, at, item, mistakes)
        else:
            advice = f"write a table, for example {{ hook = {SYNTAX['hook'].split(',')[0]} }}; kinds: {', '.join(KINDS)}"
            mistakes.add(source.mistake(at, f"must be a table that says what kind of place it is, not {describe(item)}", advice))


def _from_table(source: TomlFile, root: str, path: Path, table: dict[str, Any], mistakes: Mistakes) -> Iterator[Locator]:
    kinds = [k for k in table if k in KINDS]
    kind = kinds[0] if len(kinds) == 1 else None
    _check_options(source, path, table, kind, mistakes)
    if kind is None:
        problem = f"names {len(kinds)} kinds of place ({', '.join(kinds)})" if kinds else "names no place"
        advice = "split it into a list of tables, one kind each" if kinds else f"say one of: {', '.join(KINDS)}"
        if kinds or not any(closest(k, KINDS) for k in table):
            mistakes.add(source.mistake(path, problem, advice))
        return
    options = {k: v for k, v in table.items() if k != kind}
    targets = table[kind] if isinstance(table[kind], list) else [table[kind]]
    for index, target in enumerate(targets):
        at = (*path, kind, index) if isinstance(table[kind], list) else (*path, kind)
        if not isinstance(target, str):
            mistakes.add(source.mistake(at, f"must be text in quotes, not {describe(target)}", f"write {SYNTAX[kind]}"))
            continue
        wrong = target_problem(kind, target, root)
        if wrong:
            mistakes.add(source.mistake(at, *wrong))
        else:
            yield Locator(kind, target, source.place(at), options)  # type: ignore[arg-type]
    if not targets:
        mistakes.add(source.mistake((*path, kind), "lists no place", f"write {SYNTAX[kind]}"))


def _check_options(source: TomlFile, path: Path, table: dict[str, Any], kind: str | None, mistakes: Mistakes) -> None:
    usable = [o for o, (_, kinds, _) in OPTIONS.items() if kind is None or kind in kinds]
    for name, value in table.items():
        at = (*path, name)
        if name == kind or (kind is None and name in KINDS):
            continue
        if name in PROVENANCE:
            continue
        if name not in usable:
            known = [*usable, *PROVENANCE, *(() if kind else KINDS)]
            mistakes.add(source.mistake(at, "unknown key", suggest(name, known, "keys here"), on_key=True))
        elif OPTIONS[name][0] == "rights":
            _check_rights(source, at, value, mistakes)
        elif not _is_of_type(value, OPTIONS[name][0]):
            mistakes.add(source.mistake(at, f"must be {_TYPES[OPTIONS[name][0]]}, not {describe(value)}"))


def _check_rights(source: TomlFile, at: Path, value: Any, mistakes: Mistakes) -> None:
    named = [((*at, i), v) for i, v in enumerate(value)] if isinstance(value, list) else [(at, value)]
    for path, right in named:
        if right not in RIGHTS:
            mistakes.add(source.mistake(path, f"{describe(right)} is not allowed", suggest(str(right), RIGHTS, "allowed")))


def _is_of_type(value: Any, type_: str) -> bool:
    if type_ == "boolean":
        return isinstance(value, bool)
    if type_ == "text":
        return isinstance(value, str)
    return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())


def _well_formed(kind: str, target: str) -> bool:
    if kind == "hook":
        return bool(_PYTHON_HOOK.fullmatch(target) or _FILE_HOOK.fullmatch(target))
    if kind == "endpoint":
        match = _ENDPOINT.fullmatch(target)
        return match is not None and match["method"] in _METHODS
    if kind == "setting":
        file, _, key = target.partition("#")
        return bool(file.strip() and key.strip())
    if kind == "test":
        file, _, name = target.partition("::")
        return bool(file.strip() and name.strip())
    return kind not in ("document", "register") or bool(target.partition("#")[0].strip())


def _syntax_advice(kind: str, target: str) -> str:
    if kind == "endpoint":
        match = _ENDPOINT.fullmatch(target)
        method = match["method"].upper() if match else ""
        if match and (method in _METHODS or closest(method, _METHODS)):
            near = method if method in _METHODS else closest(method, _METHODS)
            return f'did you mean "{near} {match["path"]}"?'
        if target.startswith("/"):
            return f'say the method too, for example "POST {target}"'
    if kind == "hook" and re.fullmatch(rf"{_PYTHON_NAME}(?:\.{_PYTHON_NAME})+", target):
        module, _, name = target.rpartition(".")
        return f'did you mean "{module}:{name}"?'
    if kind == "hook" and _FILE_HOOK.fullmatch(target.replace(":", "#", 1)):
        return f'did you mean "{target.replace(":", "#", 1)}"?'
    return f"write {SYNTAX[kind]}"


def _file_part(kind: str, target: str) -> str | None:
    if kind == "hook":
        match = _FILE_HOOK.fullmatch(target)
        return match["file"] if match else None
    if kind in ("setting", "document", "register"):
        return target.partition("#")[0]
    if kind == "test":
        return target.partition("::")[0]
    return target if kind == "sample" else None


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
