"""What is known about model SDKs, HTTP clients, model endpoints and web frameworks: data, and the index that answers questions about it.

The data are TOML files (format: docs/catalogue.md); plugins may add more. A catalogue is pure data: the linker asks it about
symbolic names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from genai_policy.errors import Mistake, UsageProblem
from genai_policy.read.cache import source_stamp
from genai_policy.read.catalogue.model import Endpoint, Forward, Framework, Hook, HttpClient, Sdk, Sheet, Vendor

__all__ = ["Catalogue", "CatalogueError", "Match", "load_catalogue", "own_files"]

_MARKS = re.compile(r"\(\)|\[[^\]]*\]")


class CatalogueError(UsageProblem):
    """A catalogue file cannot be used."""


class Match(msgspec.Struct, frozen=True):
    """What a called name is. ``ignored`` names why it is not generation ("" when it is)."""

    provider: str
    modality: str
    ignored: str = ""
    distinctive: bool = False
    task: str = ""
    own: bool = False


class _Rule(msgspec.Struct, frozen=True):
    match: Match
    packages: tuple[str, ...]
    suffix: str
    on: re.Pattern[str] | None


def own_files() -> list[Path]:
    """The catalogue files that come with the tool."""
    return sorted(Path(__file__).parent.glob("**/*.toml"))


@lru_cache(maxsize=1)
def _own() -> Catalogue:
    return Catalogue(_read(own_files()))


def load_catalogue(files: Sequence[Path] | None = None) -> Catalogue:
    """Load catalogue files (those of the tool itself when None). Raises :class:`CatalogueError` with all mistakes."""
    if files is None:
        return _own()
    try:
        return _of(tuple(files), source_stamp(files))
    except OSError:
        return Catalogue(_read(files))  # which says what is wrong with which file


@lru_cache(maxsize=2)
def _of(files: tuple[Path, ...], content: str) -> Catalogue:
    """Load ``files`` of this ``content``: a comparison of two states asks twice."""
    del content
    return Catalogue(_read(files))


def _read(files: Iterable[Path]) -> list[Sheet]:
    import tomli

    sheets, mistakes = [], []
    for path in files:
        try:
            sheets.append(msgspec.convert(tomli.loads(path.read_text("utf-8")), Sheet))
        except (OSError, tomli.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as problem:
            mistakes.append(Mistake(path.name, 0, 0, "", str(problem), "see docs/catalogue.md"))
    if mistakes:
        raise CatalogueError(mistakes)
    return sheets


class Catalogue:
    """All sheets, indexed. Every answer depends on the names asked about alone."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.sdks: list[Sdk] = [sdk for sheet in sheets for sdk in sheet.sdk]
        self.vendors: list[Vendor] = [one for sheet in sheets for one in sheet.vendor]
        self.endpoints: list[tuple[re.Pattern[str], Endpoint]] = [
            (re.compile(e.match, re.I), e) for sheet in sheets for e in sheet.endpoint
        ]
        self.frameworks: list[Framework] = [f for sheet in sheets for f in sheet.framework]
        self.hooks: list[tuple[re.Pattern[str], Hook]] = [(re.compile(h.on), h) for sheet in sheets for h in sheet.hook]
        self.clients: dict[str, list[tuple[re.Pattern[str], HttpClient]]] = {}
        self.forwards: dict[str, list[tuple[re.Pattern[str], Forward]]] = {}
        self.fluent: frozenset[str] = frozenset(name for sheet in sheets for name in sheet.fluent)
        self.tracked: frozenset[str] = frozenset(self._tracked(sheets))
        self.channels = [one for sheet in sheets for one in sheet.channel]
        self.shapes = [one for sheet in sheets for one in sheet.shape]
        self.entries = [one for sheet in sheets for one in sheet.entry]
        self.installed: frozenset[str] = frozenset(self._installed(sheets))
        self.callable: frozenset[str] = frozenset(self._callable())
        self._tracked_ends = {path.rpartition(".")[2] for path in self.tracked}
        self.chained: dict[str, tuple[str, ...]] = {}
        """Members of routers that give the router back, with what makes such routers."""
        for framework in self.frameworks:
            if framework.chains:
                for member in {*framework.verbs, *framework.adders, *framework.includes, *framework.middleware}:
                    self.chained[member] = (*self.chained.get(member, ()), *framework.apps)
        self._grouping: dict[str, list[tuple[Framework, list[re.Pattern[str]]]]] = {}
        for framework in self.frameworks:
            for member in framework.groups:
                self._grouping.setdefault(member, []).append((framework, [re.compile(pattern) for pattern in framework.like]))
        self._rules: dict[str, list[_Rule]] = {}
        self._generating: set[str] = set()
        self._known: dict[str, Match | None] = {}
        for sheet in sheets:
            for client in sheet.client:
                for name in client.names:
                    self.clients.setdefault(name, []).append((re.compile(client.on), client))
            for forward in sheet.forward:
                for name in forward.names:
                    self.forwards.setdefault(name, []).append((re.compile(forward.on), forward))
        for sdk in self.sdks:
            self._index(sdk)

    def _callable(self) -> Iterable[str]:
        """Roots of packages whose instances generate when they are called."""
        for sdk in self.sdks:
            if any(member.rpartition(".")[2] == "__call__" for members in sdk.generates.values() for member in members):
                yield from (package.rstrip("*").split(".", 1)[0] for package in sdk.packages)

    def _tracked(self, sheets: Sequence[Sheet]) -> Iterable[str]:
        for sheet in sheets:
            yield from sheet.tracked
            for framework in sheet.framework:
                yield from framework.apps

    def _installed(self, sheets: Sequence[Sheet]) -> Iterable[str]:
        for sdk in self.sdks:
            for package in sdk.packages:
                if package.startswith("~"):
                    continue
                yield package.rstrip("*").split(".", 1)[0]
        for sheet in sheets:
            for framework in sheet.framework:
                for app in framework.apps:
                    yield app.split(".", 1)[0]
            yield from sheet.installed

    def _index(self, sdk: Sdk) -> None:
        on = re.compile(sdk.on) if sdk.on else None
        packages = tuple(sdk.packages)
        for modality, members in sdk.generates.items():
            for member in members:
                match = Match(sdk.provider, modality, "", member in sdk.distinctive, sdk.task, sdk.own)
                shared = tuple(one for one in packages if one not in sdk.by_package)
                self._add(_Rule(match, shared, member, on))
                for package, provider in sorted(sdk.by_package.items()):
                    self._add(_Rule(msgspec.structs.replace(match, provider=provider), (package,), member, on))
        for reason, members in sdk.ignores.items():
            for member in members:
                self._add(_Rule(Match(sdk.provider, reason, reason), packages, member, None))

    def _add(self, rule: _Rule) -> None:
        member = rule.suffix.rpartition(".")[2]
        self._rules.setdefault(member, []).append(rule)
        if not rule.match.ignored:
            self._generating.add(member)

    def generates_member(self, name: str) -> bool:
        """Whether any rule of a generating call ends with this member name."""
        return name in self._generating

    def call(self, path: str) -> Match | None:
        """What calling the symbolic name ``path`` is, or None. The longest suffix wins, an ignored member before a generating one."""
        if path not in self._known:
            self._known[path] = self._find(path)
        return self._known[path]

    def _find(self, path: str) -> Match | None:
        name = _MARKS.sub("", path)
        best: tuple[int, int, Match] | None = None
        for rule in self._rules.get(name.rpartition(".")[2], ()):
            if not (name.endswith("." + rule.suffix) or name == rule.suffix):
                continue
            if not any(_in_package(name, package) for package in rule.packages):
                continue
            if rule.on is not None and not rule.on.search(path):
                continue
            rank = (len(rule.suffix), 1 if rule.match.ignored else 0)
            if best is None or rank > best[:2]:
                best = (*rank, rule.match)
        return best[2] if best else None

    def distinctive(self, chain: str) -> Match | None:
        """What a call chain of an unknown receiver is, when its last members are of one kind of call only (``chat.completions.create``)."""
        for rule in self._rules.get(chain.rpartition(".")[2], ()):
            if rule.match.distinctive and (chain == rule.suffix or chain.endswith("." + rule.suffix)):
                return rule.match
        return None

    def is_tracked(self, path: str) -> bool:
        """Whether objects made by calling ``path`` are told apart by where they were made."""
        name = _MARKS.sub("", path)
        return (name.rpartition(".")[2] in self._tracked_ends and name in self.tracked) or self._is_group(name, 0)

    def _is_group(self, name: str, depth: int) -> bool:
        """Whether ``name`` makes a group of routes below a router: ``gin.Engine.Group``, and groups of groups."""
        head, _, member = name.rpartition(".")
        for framework, like in self._grouping.get(member, ()):
            if head in framework.apps or any(pattern.search(head) for pattern in like):
                return True
        return member in self._grouping and depth < 6 and self._is_group(head, depth + 1)

    def endpoint(self, url: str) -> Endpoint | None:
        """The first endpoint entry that matches a URL text."""
        for pattern, endpoint in self.endpoints:
            if pattern.search(url):
                return endpoint
        return None

    def vendor(self, url: str) -> str:
        """The provider behind an OpenAI-compatible base URL, or ""."""
        for vendor in self.vendors:
            if any(host in url for host in vendor.hosts):
                return vendor.provider
        return ""


def _in_package(name: str, package: str) -> bool:
    if package.startswith("~"):
        return re.search(package[1:], name.split(".", 1)[0]) is not None
    if package.endswith("*"):
        return name.startswith(package[:-1])
    return name == package or name.startswith((package + ".", package + "/"))
