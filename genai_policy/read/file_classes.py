"""Sorts paths into the service's own files and those left out, with the reason. The rules are data: ``file_classes.toml``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import translate
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from genai_policy.read.languages.syntax import is_generated

_HEAD = 8000
"""How much of a file is looked at to tell text from binary, in bytes."""
_MINIFIED_SIZE = 5000
_MINIFIED_LINE = 500
"""A script bundle of at least this size whose lines are this long on average was written by a program."""


class DirectoryRule(Struct, frozen=True):
    """A reason for all files below a directory of one of these names, under the conditions of ``file_classes.toml``."""

    reason: str
    names: frozenset[str]
    beside: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    below: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()

    def holds(self, above: Sequence[str], name: str, present: Collection[str]) -> bool:
        """Say whether the directory ``name`` under the components ``above`` meets the conditions; ``present`` has all files and folders."""
        if not (self.beside or self.inside or self.below):
            return True
        parent = "".join(part + "/" for part in above)
        return (
            any(parent + one in present for one in self.beside)
            or any(f"{parent}{name}/{one}" in present for one in self.inside)
            or not self.below.isdisjoint(above)
        )


class FileClasses(Struct, frozen=True):
    """All rules, ready to use."""

    directories: tuple[DirectoryRule, ...]
    names: tuple[tuple[str, re.Pattern[str]], ...]
    code: tuple[str, ...]
    bundles: tuple[str, ...]
    tooling: re.Pattern[str]
    examples: frozenset[str]

    def of_name(self, name: str) -> str:
        """Return the reason that the file's name alone gives, or ""."""
        return next((reason for reason, pattern in self.names if pattern.match(name)), "")

    def of_content(self, path: str, data: bytes) -> str:
        """Return the reason that the file's bytes give, or ""."""
        if b"\0" in data[:_HEAD] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            return "binary"
        if path.endswith(self.code) and is_generated(data):
            return "generated"
        if path.endswith(self.bundles) and len(data) >= _MINIFIED_SIZE and len(data) > _MINIFIED_LINE * (data.count(b"\n") + 1):
            return "minified"
        return ""

    def of_paths(self, paths: Collection[str]) -> dict[str, str]:
        """Return the reason for each of ``paths`` that its place and name give, leaving out those with none."""
        present = {*paths, *_folders(paths)}
        folder_rules: dict[str, tuple[DirectoryRule, ...]] = {"": ()}
        reasons: dict[str, str] = {}
        for path in paths:
            folder, _, name = path.rpartition("/")
            rules = self._rules_of(folder, folder_rules, present)
            found = next((rule.reason for rule in rules if not rule.suffixes or name.endswith(rule.suffixes)), "") or self.of_name(name)
            if found:
                reasons[path] = found
        return {**reasons, **self._examples(paths, reasons)}

    def _rules_of(self, folder: str, known: dict[str, tuple[DirectoryRule, ...]], present: Collection[str]) -> tuple[DirectoryRule, ...]:
        """Return the rules that hold for ``folder`` or a folder above it, in the order of the data."""
        if folder not in known:
            above, _, name = folder.rpartition("/")
            inherited = self._rules_of(above, known, present)
            parts = above.split("/") if above else []
            known[folder] = tuple(
                rule for rule in self.directories if rule in inherited or (name in rule.names and rule.holds(parts, name, present))
            )
        return known[folder]

    def _examples(self, paths: Iterable[str], reasons: Mapping[str, str]) -> dict[str, str]:
        """Return the files in example folders of packages that have code of their own besides."""
        in_examples: dict[str, list[str]] = {}
        with_code: set[str] = set()
        for path in paths:
            if path in reasons:
                continue
            *folders, name = path.split("/")
            first = next((at for at, part in enumerate(folders) if part in self.examples), None)
            if first is not None:
                in_examples.setdefault("/".join(folders[:first]), []).append(path)
            elif name.endswith(self.code) and not self.tooling.match(name):
                with_code.update("/".join(folders[:at]) for at in range(len(folders) + 1))
        return {path: "example" for package, found in in_examples.items() if package in with_code for path in found}


@lru_cache(maxsize=1)
def file_classes() -> FileClasses:
    """Load the rules that come with the tool."""
    import tomli

    data: Mapping[str, Any] = tomli.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return FileClasses(
        tuple(
            DirectoryRule(
                rule["reason"],
                frozenset(rule["names"]),
                tuple(rule.get("beside", ())),
                tuple(rule.get("inside", ())),
                frozenset(rule.get("below", ())),
                tuple(rule.get("suffixes", ())),
            )
            for rule in data["directory"]
        ),
        tuple((rule["reason"], _any_of(rule["patterns"])) for rule in data["name"]),
        tuple(data["code-suffixes"]),
        tuple(data["bundle-suffixes"]),
        _any_of(data["tooling"]),
        frozenset(data["example-directories"]),
    )


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)))


def _folders(paths: Iterable[str]) -> set[str]:
    """Return every folder above one of ``paths``."""
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders
