"""Every entry of the catalogue has a small case that shows it and a look-alike that it leaves alone.

The cases are those of the languages' own tests, read once with a catalogue whose entries leave their mark on what they find: providers and
frameworks are texts that remember their entry, patterns remember what they were asked. So an entry is covered by what it does, not by being
mentioned. TypeScript and JavaScript cases may also be written in the marked format of Java and Go (``cases/ecmascript/*.txt``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TypeAlias, TypeVar

import msgspec
import pytest
import tomli

from genai_policy.model.code import CodeFacts, EntryPoint, Route, Site
from genai_policy.read.catalogue import Catalogue, Match, own_files
from genai_policy.read.catalogue.model import Hook, HttpClient, Sheet
from genai_policy.read.link.facts import link_program
from tests.unit.linked import catalogue, host
from tests.unit.read.link.test_java_go_facts import expected, files_of, shown

HERE = Path(__file__).parent
CASES = HERE / "cases"
LANGUAGES = {"python": "python", "ecmascript": "javascript", "java": "java", "go": "go"}
"""Folder of the cases -> what the catalogue calls the language."""
_Patterned = TypeVar("_Patterned", Hook, HttpClient)
MARKED = sorted((CASES / "ecmascript").glob("*.txt"))


@pytest.mark.parametrize("case", MARKED, ids=lambda path: path.stem)
def test_marked_ecmascript_services_show_exactly_what_their_lines_say(case: Path) -> None:
    files = files_of(case)
    assert shown(_facts(files, catalogue())) == expected(files)


# Entries that leave their mark


class Tag(str):
    """A text that remembers the catalogue entry it comes from."""

    entry: str

    def __new__(cls, text: str, entry: str) -> Tag:
        """Make the text ``text`` of the entry called ``entry``."""
        made = super().__new__(cls, text)
        made.entry = entry
        return made


class Watched:
    """A pattern that remembers what it was asked."""

    def __init__(self, pattern: re.Pattern[str], entry: str, asked: set[tuple[str, str, bool]]) -> None:
        self.pattern = pattern
        self.entry = entry
        self.asked = asked

    def search(self, text: str) -> re.Match[str] | None:
        """Search as the pattern does."""
        found = self.pattern.search(text)
        self.asked.add((self.entry, text, found is not None))
        return found


class Marking(Catalogue):
    """The catalogue's own sheets with marked entries. Those of one language come first: packages of two languages may share a name."""

    def __init__(self, folder: str) -> None:
        own = {stem for stem, _ in _of(folder)}
        sheets = [_tagged(path.stem, _sheet(path)) for path in sorted(own_files(), key=lambda path: path.stem not in own)]
        super().__init__(sheets)
        self.refused: set[str] = set()
        self.asked: set[tuple[str, str, bool]] = set()
        names = {id(one): name for sheet in sheets for name, one in _named("client", sheet.client)}
        names.update({id(one): name for sheet in sheets for name, one in _named("hook", sheet.hook)})
        for member, clients in self.clients.items():
            self.clients[member] = [(Watched(on, names[id(one)], self.asked), one) for on, one in clients]  # type: ignore[misc]
        self.hooks = [(Watched(on, names[id(one)], self.asked), one) for on, one in self.hooks]  # type: ignore[misc]

    def generates_member(self, name: str) -> bool:
        """Have calls looked at as well whose name no generating call has: the entries that refuse them shall be asked."""
        return name in self._rules

    def call(self, path: str) -> Match | None:
        """Answer as the catalogue does; remember the entries that say that it is no generation."""
        match = super().call(path)
        if match is not None and match.ignored and isinstance(match.provider, Tag):
            self.refused.add(match.provider.entry)
        return match


def _tagged(stem: str, sheet: Sheet) -> Sheet:
    """The sheet with providers and frameworks that remember their entry."""
    replace = msgspec.structs.replace
    sdks = []
    for number, sdk in enumerate(sheet.sdk):
        name = _sdk_name(stem, number, sheet)
        shared = {package: Tag(provider, name) for package, provider in sdk.by_package.items()}
        sdks.append(replace(sdk, provider=Tag(sdk.provider, name), by_package=shared))
    entries = [
        replace(one, framework=Tag(one.framework, f"{stem} entry {number} {one.framework}")) for number, one in enumerate(sheet.entry)
    ]
    return replace(sheet, sdk=sdks, entry=entries)


def _sdk_name(stem: str, number: int, sheet: Sheet) -> str:
    return f"{stem} sdk {number} {sheet.sdk[number].provider} ({sheet.sdk[number].packages[0]})"


def _named(kind: str, entries: Sequence[_Patterned]) -> Iterator[tuple[str, _Patterned]]:
    for one in entries:
        yield f"{kind} {one.on}", one


# What the cases show


class Seen(msgspec.Struct):
    """What the cases of one language show."""

    entries: set[str]
    refused: set[str]
    asked: set[tuple[str, str, bool]]
    frameworks: set[str]
    names: dict[str, set[str]]
    """The functions each way in leads to."""
    quiet: list[str]
    """Lines that show nothing."""


Shown: TypeAlias = "Site | Route | EntryPoint"


def _facts(files: Mapping[str, str], known: Catalogue) -> CodeFacts:
    readers = {suffix: reader for reader in host().readers() for suffix in reader.suffixes}
    code = {path: text for path, text in files.items() if PurePosixPath(path).suffix in readers}
    project = {path: text for path, text in files.items() if path not in code}
    irs = {path: readers[PurePosixPath(path).suffix].read(text.encode()) for path, text in code.items()}
    return link_program(irs, known, project, [])


def _services(folder: str) -> Iterator[dict[str, str]]:
    for path in sorted((CASES / folder).glob("*.txt")):
        yield files_of(path)
    for path in sorted((CASES / folder).glob("*.toml")):
        case = tomli.loads(path.read_text("utf-8"))
        yield {**{name: "\n" + text for name, text in case["files"].items()}, **case.get("project", {})}


@cache
def seen(folder: str) -> Seen:
    """Read and link all cases of a language once."""
    known = Marking(folder)
    result = Seen(set(), known.refused, known.asked, set(), {}, [])
    for files in _services(folder):
        facts = _facts(files, known)
        result.entries.update(site.provider.entry for site in facts.sites if isinstance(site.provider, Tag))
        result.entries.update(one.framework.entry for one in facts.entry_points if isinstance(one.framework, Tag))
        for one in facts.entry_points:
            if isinstance(one.framework, Tag):
                result.names.setdefault(one.framework.entry, set()).add(one.name.rpartition(".")[2])
        result.frameworks.update(route.framework for route in facts.routes)
        things: list[Shown] = [*facts.sites, *facts.routes, *facts.entry_points]
        telling = {(one.file, one.line) for one in things}
        for name, text in files.items():
            result.quiet += [line for number, line in enumerate(text.split("\n"), 1) if (name, number) not in telling]
    return result


@cache
def _sheets() -> dict[str, Sheet]:
    return {path.stem if path.parent.name != "sdks" else f"sdks/{path.stem}": _sheet(path) for path in own_files()}


def _sheet(path: Path) -> Sheet:
    return msgspec.convert(tomli.loads(path.read_text("utf-8")), Sheet)


def _of(folder: str) -> list[tuple[str, Sheet]]:
    """The sheets of a language (file stem, sheet)."""
    return [(name.removeprefix("sdks/"), sheet) for name, sheet in _sheets().items() if re.search(rf"(^|[/_]){folder}($|_)", name)]


def _called(members: set[str], lines: list[str]) -> bool:
    """Whether a line calls (or decorates with) one of the members."""
    either = "|".join(sorted(map(re.escape, members)))
    pattern = re.compile(rf"(?<![\w$])({either})(<[^<>()]*>)?[(`]|@[\w.]*\b({either})\b")
    return any(pattern.search(line) for line in lines)


def _last(members: list[str]) -> set[str]:
    return {member.removesuffix(".__call__").rpartition(".")[2] for member in members}


@pytest.mark.parametrize("folder", LANGUAGES)
def test_every_sdk_has_a_case_and_a_look_alike(folder: str) -> None:
    shows = seen(folder)
    bare = []
    for stem, sheet in _of(folder):
        for number, sdk in enumerate(sheet.sdk):
            name, members = _sdk_name(stem, number, sheet), _last([one for group in sdk.generates.values() for one in group])
            if members and name not in shows.entries:
                bare.append(f"{name}: no case")
            if members and name not in shows.refused and not _called(members, shows.quiet):
                bare.append(f"{name}: no look-alike")
    assert bare == []


@pytest.mark.parametrize("folder", LANGUAGES)
def test_every_http_client_has_a_case_and_a_look_alike(folder: str) -> None:
    shows = seen(folder)
    bare = []
    for name, client in [one for _, sheet in _of(folder) for one in _named("client", sheet.client)]:
        if not any(entry == name and found for entry, _, found in shows.asked):
            bare.append(f"{name}: no case")
        if not _called({*client.names}, shows.quiet):
            bare.append(f"{name}: no look-alike")
    assert bare == []


@pytest.mark.parametrize("folder", LANGUAGES)
def test_every_hook_of_a_framework_has_a_case_and_a_look_alike(folder: str) -> None:
    shows = seen(folder)
    bare = []
    for name, hook in [one for _, sheet in _of(folder) for one in _named("hook", sheet.hook)]:
        if not any(entry == name and found for entry, _, found in shows.asked):
            bare.append(f"{name}: no case")
        if not _called({*hook.calls}, shows.quiet):
            bare.append(f"{name}: no look-alike")
    assert bare == []


@pytest.mark.parametrize("folder", LANGUAGES)
def test_every_way_in_has_a_case_and_a_look_alike(folder: str) -> None:
    shows = seen(folder)
    bare = []
    for stem, sheet in _of(folder):
        for number, entry in enumerate(sheet.entry):
            name = f"{stem} entry {number} {entry.framework}"
            if name not in shows.entries:
                bare.append(f"{name}: no case")
            words = {*entry.names, *entry.methods, *(word for one in entry.decorators for word in re.findall(r"[A-Z]\w+", one))}
            words |= set(re.findall(r"\w+", entry.page)) - {"b"} | shows.names.get(name, set())
            if not words or not _called(words, shows.quiet):
                bare.append(f"{name}: no look-alike")
    assert bare == []


CODE = {
    "python": {
        "Django": "path",
        "DRF": "action",
        "aiohttp": "add_post",
        "web.py": "application",
        "Tornado": "Application",
        "Starlette": "Route",
    },
    "ecmascript": {"next": "GET", "nitro": "defineEventHandler", "sveltekit": "GET", "nestjs": "Get"},
    "java": {"spring": "GetMapping", "jax-rs": "Path", "micronaut": "Get", "solon": "Mapping"},
    "go": {"go-zero": "AddRoute", "beego": "Router"},
}
"""Frameworks that are code, not data, and a name of theirs that means something else in a look-alike."""


@pytest.mark.parametrize("folder", LANGUAGES)
def test_every_web_framework_has_a_case_and_a_look_alike(folder: str) -> None:
    shows = seen(folder)
    frameworks = [one for _, sheet in _of(folder) for one in sheet.framework]
    words = {name: {word} for name, word in CODE[folder].items()} | {one.name: {*one.verbs, *one.adders} for one in frameworks}
    assert sorted({*words} - shows.frameworks) == []
    assert [f"{name}: no look-alike" for name, members in sorted(words.items()) if not _called(members, shows.quiet)] == []
    assert all(one.language == LANGUAGES[folder] for one in frameworks)


def test_the_catalogue_knows_the_frameworks_that_services_are_written_with() -> None:
    named = {
        "python": {"FastAPI", "Starlette", "Flask", "Flask-RESTX", "Django", "DRF", "aiohttp", "Sanic", "Tornado", "web.py"},
        "ecmascript": {"express", "koa", "fastify", "nestjs", "next", "hono", "nitro", "sveltekit"},
        "java": {"spring", "jax-rs"},
        "go": {"gin", "echo", "fiber", "chi", "net/http"},
    }
    assert [(folder, name) for folder, names in named.items() for name in sorted(names - seen(folder).frameworks)] == []
    assert {"Gradio", "Streamlit", "Chainlit"} <= {entry.rpartition(" ")[2] for entry in seen("python").entries}


def test_the_catalogue_knows_the_sdks_that_services_are_written_with() -> None:
    named = {
        "python": {"openai", "anthropic", "langchain", "dashscope", "zhipuai", "transformers", "diffusers", "vllm", "torch"},
        "ecmascript": {"openai", "ai", "@langchain/*", "@anthropic-ai/sdk", "dashscope*", "zhipuai*"},
        "java": {"org.springframework.ai", "dev.langchain4j", "com.theokanning.openai", "com.openai", "com.alibaba.dashscope"},
        "go": {
            "github.com/sashabaranov/go-openai", "github.com/cloudwego/eino", "github.com/tmc/langchaingo",
            "github.com/volcengine/volcengine-go-sdk/service/arkruntime", "github.com/devinyf/dashscopego",
        },
    }  # fmt: skip
    held = {folder: [one for _, sheet in _of(folder) for sdk in sheet.sdk for one in sdk.packages] for folder in LANGUAGES}
    wanted = [(folder, name) for folder, names in named.items() for name in sorted(names)]
    assert [(folder, name) for folder, name in wanted if not any(fnmatchcase(one, name) for one in held[folder])] == []
    reasons = {folder: {reason for _, sheet in _of(folder) for sdk in sheet.sdk for reason in sdk.ignores} for folder in LANGUAGES}
    kinds = ("embedding", "rerank", "moderation", "tokenising", "listing", "training")
    assert [kind for kind in kinds if not any(kind in found for found in reasons.values())] == []
    assert [folder for folder, found in reasons.items() if not {"embedding", "moderation"} <= found] == []


def test_every_language_shows_the_kinds_of_ways_in_that_are_no_routes() -> None:
    kinds = {"websocket", "bot-callback", "queue-consumer", "scheduler"}
    found = {
        folder: {kind for case in _services(folder) for kind in re.findall(r"entry ([a-z-]+)", "".join(case.values()))}
        for folder in LANGUAGES
    }
    assert [(folder, kind) for folder in LANGUAGES for kind in sorted(kinds - found[folder])] == []
    assert "ui-event" in found["python"]
