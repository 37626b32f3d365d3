"""Code facts → guesses for a manifest. Each guess carries where it was seen; what was not seen is not guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from msgspec import Struct

from genai_policy.model import CodeFacts

_WORDS = Path(__file__).with_name("draft.toml")
_MODALITIES = {"text": "text", "image": "image", "audio": "audio", "speech": "audio", "video": "video", "virtual-scene": "virtual-scene"}
_PAGES = frozenset({"page", "ui-event", "server-action"})
#: A candidate list longer than this helps nobody.
MAX_CANDIDATES = 6


class Guess(Struct, frozen=True):
    """A value for a fact, and the places (``file:line what``) where it was seen; none where a person ``answered``."""

    value: Any
    found: tuple[str, ...]
    answered: bool = False


class Candidate(Struct, frozen=True):
    """A locator that may meet a control."""

    control: str
    kind: str
    target: str
    found: str


Claim: TypeAlias = tuple[Candidate, ...]
"""Candidates of one control and kind that meet it together."""


class Draft(Struct, frozen=True):
    """All guesses: facts by dotted name, one table per model, candidates for controls."""

    facts: Mapping[str, Guess] = {}
    models: tuple[Mapping[str, Guess], ...] = ()
    candidates: tuple[Candidate, ...] = ()


def drafted(code: CodeFacts, files: Iterable[str], name: str) -> Draft:
    """Return what the code shows about the service called ``name``; ``files`` are its own files."""
    facts = {"service.name": Guess(name, ("the folder's name",))}
    facts |= {fact: guess for fact, guess in _facts(code) if guess.value not in ([], "")}
    return Draft(facts, tuple(_models(code)), tuple(_candidates(code, sorted(files))))


def _facts(code: CodeFacts) -> Iterator[tuple[str, Guess]]:
    sites = [(site, f"{site.file}:{site.line} {site.callee}") for site in code.sites]
    if sites:
        yield "output.generative", Guess(True, (sites[0][1],))
    yield "output.modalities", _set((_MODALITIES.get(site.modality, ""), seen) for site, seen in sites)
    yield "service.channels", _channels(code)
    yield "output.export", _by_route(code, words()["export"])
    yield "opinion.features", _by_route(code, words()["opinion"])
    sign_up = _by_route(code, {"optional": words()["accounts"]["sign-up"]})
    yield "accounts.registration", Guess("optional" if sign_up.value else "", sign_up.found)
    yield "training.activities", _training(code)


def _channels(code: CodeFacts) -> Guess:
    pages = [("web", f"{entry.file}:{entry.line} {entry.kind} {entry.name}") for entry in code.entry_points if entry.kind in _PAGES]
    routes = [("api", f"{route.file}:{route.line} {route.method} {route.path}") for route in code.routes]
    return _set([*pages[:1], *(() if pages else routes[:1])])


def _by_route(code: CodeFacts, patterns: Mapping[str, str]) -> Guess:
    return _set(
        (value, f"{route.file}:{route.line} {route.method} {route.path}")
        for value, pattern in sorted(patterns.items())
        for route in code.routes
        if re.search(pattern, route.path, re.IGNORECASE)
    )


def _training(code: CodeFacts) -> Guess:
    signs: Mapping[str, str] = words()["training"]
    return _set(
        (activity, f"{file} imports {imported}")
        for file, imports in sorted(code.imports.items())
        for imported in imports
        for sign, activity in sorted(signs.items())
        if imported == sign or imported.startswith(f"{sign}.")
    )


def _models(code: CodeFacts) -> Iterator[dict[str, Guess]]:
    """Yield one table per provider: what it is called and, where the name tells, whether it runs here."""
    for provider in sorted({site.provider for site in code.sites}):
        seen = tuple(f"{site.file}:{site.line} {site.callee}" for site in code.sites if site.provider == provider)
        table = {"id": Guess(provider or "unknown", seen)}
        if provider and provider not in words()["unsure"]:
            table["access"] = Guess("self-hosted" if provider in words()["self-hosted"] else "api", seen[:1])
        yield table


def _candidates(code: CodeFacts, files: list[str]) -> Iterator[Candidate]:
    for control, patterns in words()["implements"].items():
        found = [*_functions(code, control, patterns), *_routes(code, control, patterns), *_documents(files, control, patterns)]
        yield from found[:MAX_CANDIDATES]


def _functions(code: CodeFacts, control: str, patterns: Mapping[str, str]) -> Iterator[Candidate]:
    if "functions" not in patterns:
        return
    for _, node in sorted(code.functions.items()):
        if re.search(patterns["functions"], node.code.name, re.IGNORECASE) and "<" not in node.code.qualname:
            module = node.file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
            target = f"{module}:{node.code.qualname}" if node.file.endswith(".py") else f"{node.file}#{node.code.qualname}"
            yield Candidate(control, "hook", target, f"{node.file}:{node.code.line}")


def _routes(code: CodeFacts, control: str, patterns: Mapping[str, str]) -> Iterator[Candidate]:
    for route in code.routes:
        if "routes" in patterns and re.search(patterns["routes"], route.path, re.IGNORECASE):
            yield Candidate(control, "endpoint", f"{route.method.partition(',')[0]} {route.path}", f"{route.file}:{route.line}")


def _documents(files: list[str], control: str, patterns: Mapping[str, str]) -> Iterator[Candidate]:
    for file in files:
        if "files" in patterns and re.search(patterns["files"], file, re.IGNORECASE):
            kind = "register" if control.endswith("-register") else "document"
            yield Candidate(control, kind, file, file)


def _set(pairs: Iterable[tuple[str, str]]) -> Guess:
    """Return the distinct values in order, with where each was seen first."""
    seen: dict[str, str] = {}
    for value, place in pairs:
        if value:
            seen.setdefault(value, place)
    return Guess(sorted(seen), tuple(seen[value] for value in sorted(seen)))


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """Return the words that count as signs."""
    import tomli

    return tomli.loads(_WORDS.read_text("utf-8"))
