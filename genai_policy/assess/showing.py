"""Which pages show what an entry answers: those that ask for its path, themselves or in what they include, and those it renders."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

from genai_policy.assess.mentions import MAX_PLACES, pages, path_patterns
from genai_policy.assess.walk import called, calls, calls_of, parts, texts
from genai_policy.model import ir
from genai_policy.model.code import Route
from genai_policy.model.verdict import FactIndex

#: Whether an entry's output is shown by certain pages.
Shown: TypeAlias = Literal["yes", "maybe", "no"]

MAX_FILES = 500
_SCRIPTS = frozenset(("js", "mjs", "ts", "cjs"))
_ENDINGS = tuple(f".{s}" for s in ("ts", "tsx", "js", "jsx", "mjs", "vue", "svelte", "html", "jinja", "j2", "hbs", "ejs", "njk", "twig"))
_SOURCES = re.compile(r"<(?:script|iframe|frame|include|import|wxs)\b([^<>]{0,2000})>", re.IGNORECASE)
_QUOTED = re.compile(r"[\"'`]([^\"'`\s<>]{1,300})[\"'`]")
_IMPORTED = re.compile(r"\b(?:from|import)\s*\(?\s*[\"']([^\"'\n]{1,300})[\"']|\brequire\(\s*[\"']([^\"'\n]{1,300})[\"']")
_INCLUDED = re.compile(r"\b(?:include|import|from|partial)\b\s*\(?\s*[\"']([^\"'\n]{1,300})[\"']|\{\{~?>\s*([\w./-]{1,200})")
_EXTENDED = re.compile(r"\{%-?\s*extends\s+[\"']([^\"'\n]{1,300})[\"']|\{\{#?<\s*([\w./-]{1,200})|\blayout\(\s*[\"']([^\"'\n]{1,300})[\"']")
_RENDERS = re.compile(r"render|template|view|html", re.IGNORECASE)
_COMMENT = re.compile(r"(?<!\*)/\*.*?\*/|(?:^|(?<=[\s;{}(),>]))//[^\n]*", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\bhref\s*=\s*\{?\s*[\"'`]?[^\"'`<>\s]{0,200}$|\bto\s*=\s*[\"']$")


def suffix_of(file: str) -> str:
    """Return the suffix in lower case without the dot."""
    return file.rpartition("/")[2].rpartition(".")[2].lower()


class Showing:
    """Answers for one program."""

    def __init__(self, facts: FactIndex) -> None:
        self.facts = facts
        self.pages = {page.file: page for page in pages(facts)}
        self.program = calls_of(facts.code)
        self.constants: dict[str, list[str]] = {}
        for node, text in self.program.text_constants():
            self.constants.setdefault(node.file, []).append(str(text.value))
        self._by_name: dict[str, list[str]] = {}
        for file in sorted(facts.files | self.pages.keys() | self.constants.keys()):
            if not facts.left_out.get(file):
                self._by_name.setdefault(file.rpartition("/")[2], []).append(file)
        self.readable = {page.file: _COMMENT.sub("", page.text) for page in self.pages.values()}
        self._asked: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        self._next: dict[str, tuple[str, ...]] = {}
        self._children: dict[str, list[str]] | None = None

    def tree(self, roots: Iterable[str], without: Iterable[str] = ()) -> frozenset[str]:
        """Return the files that pages are made of: what they include, import or are extended by; ``without`` and beyond left out."""
        stop = frozenset(without)
        todo = [root for root in roots if root not in stop]
        found = dict.fromkeys(todo)
        while todo and len(found) < MAX_FILES:
            for file in self._leads_to(todo.pop()):
                if file not in found and file not in stop:
                    found[file] = None
                    todo.append(file)
        return frozenset(found)

    def asked_for(self, path: str, files: Iterable[str]) -> Shown:
        """Say whether one of ``files`` asks for the URL ``path``; ``maybe`` where it names only the end of it."""
        whole, ends = self._asking(path)
        wanted = frozenset(files)
        return "yes" if whole & wanted else "maybe" if ends & wanted else "no"

    def _asking(self, path: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return the files that ask for a path, and those that name only the end of it."""
        if path not in self._asked:
            named = [part for part in path.strip("/").split("/") if part]
            ends = ["/".join(named[i:]) for i in range(1, len(named)) if named[i][:1].isalnum()]
            whole = _compiled(path_patterns(path))
            tails = _compiled([pattern for end in ends for pattern in path_patterns(end)])
            self._asked[path] = (self._with(whole), self._with(tails))
        return self._asked[path]

    def _with(self, patterns: Sequence[re.Pattern[str]]) -> frozenset[str]:
        if not patterns:
            return frozenset()
        found = {file for file, text in self.readable.items() if _asks(patterns, text)}
        scripts = (file for file in self.constants if file not in self.readable and suffix_of(file) in _SCRIPTS)
        return frozenset(found | {file for file in scripts if any(_asks(patterns, text) for text in self.constants[file])})

    def rendered(self, route: Route, files: Iterable[str]) -> Shown:
        """Say whether the handler of ``route`` answers with one of the pages, always or at times."""
        node = self.facts.code.functions.get(route.function)
        if node is None:
            return "no"
        wanted = tuple(files)
        if not any(_renders(call, wanted) for call in calls([node.code.body])):
            return "no"
        returned = [part.value for part in parts([node.code.body]) if isinstance(part, ir.Return) and part.value is not None]
        always = returned and all(any(_renders(call, wanted) for call in calls([value])) for value in returned)
        return "yes" if always else "maybe"

    def others(self, paths: Sequence[str], claimed: Iterable[str], covered: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Yield (page, path) for pages that ask for one of ``paths`` by a way that leads past every claimed page."""
        stop = frozenset(claimed)
        users: dict[str, list[str]] = {}
        for file in sorted(self.pages.keys() | self.constants.keys()):
            for used in self._leads_to(file):
                users.setdefault(used, []).append(file)
        for path in paths:
            found = set(self._asking(path)[0] - stop)
            todo = sorted(found)
            while todo:
                new = [f for f in users.get(todo.pop(), ()) if f not in found and f not in stop]
                found.update(new)
                todo.extend(new)
            pages = sorted(f for f in found if f in self.pages and f not in covered and suffix_of(f) not in _SCRIPTS)
            yield from ((page, path) for page in pages[:MAX_PLACES])

    def _leads_to(self, file: str) -> tuple[str, ...]:
        if file not in self._next:
            found = list(self._extending().get(file, ()))
            if file in self.pages:
                found.extend(f for named in _named_in(self.readable[file]) for f in self._files(named, file))
            for node in self.program.by_file.get(file, ()):
                edges = self.facts.code.calls.get(node.id, ())
                found.extend(edge.callee.partition("#")[0] for edge in edges if edge.certainty == "certain")
            self._next[file] = tuple(f for f in dict.fromkeys(found) if f != file and not self.facts.left_out.get(f))
        return self._next[file]

    def _extending(self) -> dict[str, list[str]]:
        """What a page holds that others extend is shown with them."""
        if self._children is None:
            self._children = {}
            for page in self.pages.values():
                for named in _found(_EXTENDED, page.text):
                    for parent in self._files(named, page.file):
                        self._children.setdefault(parent, []).append(page.file)
        return self._children

    def _files(self, named: str, beside: str) -> tuple[str, ...]:
        """Return the files that an import, include or source may mean."""
        named = named.partition("?")[0].partition("#")[0]
        if "://" in named or named.startswith("//"):
            return ()
        relative = named.startswith(".")
        path = posixpath.normpath(posixpath.join(beside.rpartition("/")[0], named)) if relative else re.sub(r"^(?:[@~]?/)+", "", named)
        wanted = [path, *(path + ending for ending in _ENDINGS), *(f"{path}/index{ending}" for ending in _ENDINGS)]
        for candidate in wanted:
            known = self._by_name.get(candidate.rpartition("/")[2], ())
            hits = [f for f in known if f == candidate or (not relative and f.endswith("/" + candidate))]
            if hits:
                return tuple(hits)
        return ()


def _named_in(text: str) -> Iterator[str]:
    for tag in _SOURCES.findall(text):
        yield from _QUOTED.findall(tag)
    for pattern in (_IMPORTED, _INCLUDED):
        yield from _found(pattern, text)


def _found(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for hit in pattern.finditer(text):
        yield next(group for group in hit.groups() if group)


def _asks(patterns: Sequence[re.Pattern[str]], text: str) -> bool:
    """A link leads away from the page: only what is requested counts."""
    return any(_is_request(text, hit.start()) for pattern in patterns for hit in pattern.finditer(text))


def _is_request(text: str, start: int) -> bool:
    before = text[start - 1 : start] if start else ""
    # a path in a sentence stands between spaces or tags; one that is asked for in quotes or after a host
    if text[start].isspace() or (text[start] == "/" and before and not (before.isalnum() or before in "\"'`}=(")):
        return False
    return not _LINK.search(text[max(0, start - 250) : start + 1])


def _compiled(patterns: Iterable[str]) -> list[re.Pattern[str]]:
    return [re.compile(pattern) for pattern in patterns]


def _renders(call: ir.Call, files: Sequence[str]) -> bool:
    if not _RENDERS.search(called(call).rpartition(".")[2]):
        return False
    named = [str(text.value).lstrip("/") for text in texts([argument.value for argument in call.args])]
    return any(name and _is_named(name, file) for name in named for file in files)


def _is_named(name: str, file: str) -> bool:
    return any(("/" + form).endswith("/" + name) for form in (file, file.rpartition(".")[0]))
