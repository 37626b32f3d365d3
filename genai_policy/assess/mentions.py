"""Whether something users see mentions a path, a file or a number: pages, templates, front-end components, and texts that code shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from genai_policy.assess.walk import calls_of
from genai_policy.model.code import Place
from genai_policy.model.verdict import FactIndex, TextFile

MAX_PLACES = 3
_MARKUP = re.compile(r"<(?:a|form|button|p|div|span|footer|html|script|iframe)[\s>]|\]\(/?|fetch\(", re.IGNORECASE)


def pages(facts: FactIndex, apart_from: Iterable[str] = ()) -> Iterator[TextFile]:
    """Yield the pages of the service, in the order of their names, without sections and without the files in ``apart_from``."""
    skipped = frozenset(apart_from)
    for key in sorted(facts.texts):
        text = facts.texts[key]
        if text.page and key == text.file and key not in skipped and not facts.left_out.get(key):
            yield text


def mentions(facts: FactIndex, patterns: Iterable[str], apart_from: Iterable[str] = ()) -> tuple[Place, ...]:
    """Return the places of pages where one of the regular expressions matches, at most a handful."""
    compiled = [re.compile(pattern) for pattern in patterns]
    found: list[Place] = []
    for page in pages(facts, apart_from):
        hits = [hit for hit in (pattern.search(page.text) for pattern in compiled) if hit]
        if hits:
            start = min(hit.start() for hit in hits)
            found.append(Place(page.file, page.line + page.text.count("\n", 0, start)))
            if len(found) == MAX_PLACES:
                break
    return tuple(found)


def linked(facts: FactIndex, path: str, handler: str, apart_from: Iterable[str] = ()) -> tuple[Place, ...]:
    """Return where users are led to the URL ``path``: by the path itself, by the handler's name in a template, or by markup in code."""
    skipped = tuple(apart_from)
    own = re.escape(handler.rpartition(".")[2])
    named = [rf"\b(?:url_for|url|reverse|path_for|route|href)\b\W{{1,4}}[\"'](?:[\w-]+[.:])?{own}[\"']"] if own else []
    patterns = [*path_patterns(path), *named]
    return mentions(facts, patterns, skipped) or shown_by_code(facts, patterns)


def shown_by_code(facts: FactIndex, patterns: Iterable[str]) -> tuple[Place, ...]:
    """Return the places of texts in code that hold markup (HTML, a Markdown link) and match: pages that code writes."""
    compiled = [re.compile(pattern) for pattern in patterns]
    return _in_code(facts, lambda value: bool(_MARKUP.search(value)) and any(pattern.search(value) for pattern in compiled))


def written_in_code(facts: FactIndex, text: str) -> tuple[Place, ...]:
    """Return the places of text constants in code that hold ``text``."""
    return _in_code(facts, lambda value: text in value)


def _in_code(facts: FactIndex, wanted: Callable[[str], bool]) -> tuple[Place, ...]:
    found: list[Place] = []
    for node, text in calls_of(facts.code).text_constants():
        if wanted(str(text.value)) and not facts.left_out.get(node.file):
            found.append(Place(node.file, text.line))
            if len(found) == MAX_PLACES:
                break
    return tuple(found)


def path_patterns(path: str) -> tuple[str, ...]:
    """Return expressions for a link or request to the URL path ``path`` (``/api/complaints``, parameters as ``{id}`` or ``:id``)."""
    parts = [p for p in path.strip("/").split("/") if p]
    if not parts:
        return ()
    pattern = "/".join(r"[^/\s\"'`<>]{1,80}" if _is_parameter(part) else re.escape(part) for part in parts)
    # a path stands between a quote, bracket, slash or space and whatever may end a URL; "/complaints" is no mention of "/complaint"
    return (rf"(?:^|[\"'`(\s=/}}]){pattern}/?(?=[\"'`)\s?#<&$]|$)",)


def file_patterns(file: str) -> tuple[str, ...]:
    """Return expressions for a link to the document ``file``: its name, or a URL that ends in its name without suffixes."""
    name = file.rpartition("/")[2]
    stems = {name.partition(".")[0], name.rpartition(".")[0]} - {"", "index", "README", "readme"}
    named = rf"(?:^|[\"'`(\s=/]){re.escape(name)}(?=[\"'`)\s?#<&]|$)"
    return (named, *(rf"[\"'`(=/]{re.escape(stem)}/?(?=[\"'`)?#])" for stem in sorted(stems)))


def _is_parameter(part: str) -> bool:
    return part[:1] in "{<:[*" or part.endswith("}")
