"""Documents, pages, templates and front-end components to text without comments, and documents to passages under their headings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from genai_policy.model.message import Message
from genai_policy.model.verdict import Passage, TextFile

MAX_DOCUMENT = 1_000_000

#: Suffixes of files whose text users see: pages, templates, components of a front end.
_PAGE = re.compile(
    r"x?html?|shtml|jinja2?|j2|ejs|hbs|handlebars|mustache|njk|liquid|twig|ftlh?|vm|jspx?|gohtml|te?mpl|tpl|vue|svelte|astro|[jt]sx"
    r"|wxml|axml|swan|ttml|pug"
)
#: Scripts of a front end count as pages only below a folder that is served to browsers.
_SCRIPT = re.compile(r"m?js|ts")
_SERVED = re.compile(r"static|public|web|www|webapp|front-?end|client|ui|assets|wwwroot|views|templates|miniprogram")
#: Pages written in a markup whose tags and comments are those of HTML.
_MARKUP = re.compile(r"x?html?|shtml|jinja2?|j2|ejs|hbs|handlebars|mustache|njk|liquid|twig|ftlh?|vm|jsp|gohtml|te?mpl|tpl|vue|svelte")

_COMMENTS = {
    "markup": (("<!--", "-->"), ("{#", "#}"), ("{{!--", "--}}"), ("<%--", "--%>"), ("<#--", "-->"), ("{{/*", "*/}}")),
    "script": (("/*", "*/"), ("<!--", "-->")),
    "text": (("<!--", "-->"),),
}


def suffix_of(file: str) -> str:
    """Return the file's suffix in lower case without the dot."""
    name = file.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def is_page(file: str) -> bool:
    """Say whether users see the text of ``file``."""
    suffix = suffix_of(file)
    if _PAGE.fullmatch(suffix):
        return True
    return bool(_SCRIPT.fullmatch(suffix)) and any(map(_SERVED.fullmatch, file.lower().split("/")[:-1]))


def read_page(file: str, text: str) -> TextFile:
    """Return what a page says, comments taken out."""
    kind = "markup" if _MARKUP.fullmatch(suffix_of(file)) else "script"
    text = without_comments(text, kind)
    if kind == "script" or suffix_of(file) in ("vue", "svelte"):
        text = re.sub(r"(?m)^[ \t]*//.*$", "", text)
    return TextFile(file, text, page=True)


def read_document(file: str, text: str, heading: str = "") -> TextFile | Message:
    """Return the document, or its section under ``heading`` (sub-sections included), or the reason why there is no such section."""
    page = is_page(file)
    clean = read_page(file, text).text if page else without_comments(text, "text")
    if _MARKUP.fullmatch(suffix_of(file)):
        headings, lines = _html_lines(clean)
    elif suffix_of(file) == "rst":
        headings, lines = _underlined_lines(clean)
    else:
        headings, lines = _markdown_lines(clean)
    if not heading:
        return TextFile(file, clean, page, 1, _passages(headings, lines, 1, len(lines)))
    span = _section(headings, heading, len(lines))
    if span is None:
        return Message("document.no-heading", {"file": file, "heading": heading[:100]})
    first, last = span
    part = "\n".join(clean.split("\n")[first - 1 : last])
    return TextFile(file, part, page, first, _passages(headings, lines, first, last))


def without_comments(text: str, kind: str) -> str:
    """Blank out comments, keeping line breaks. A comment that never ends reaches to the end of the text, except ``/*``."""
    for opening, closing in _COMMENTS[kind]:
        text = _without(text, opening, closing)
    return text


def _without(text: str, opening: str, closing: str) -> str:
    parts: list[str] = []
    position = 0
    while True:
        start = text.find(opening, position)
        if start < 0:
            break
        end = text.find(closing, start + len(opening))
        if end < 0:
            if opening == "/*":
                break
            end = len(text)
        parts.append(text[position:start])
        parts.append("\n" * text.count("\n", start, end))
        position = min(len(text), end + len(closing))
    parts.append(text[position:])
    return "".join(parts)


#: (line, level, heading)
_Headings = Sequence[tuple[int, int, str]]

_ATX = re.compile(r"^ {0,3}(#{1,6})\s+(.{1,300}?)\s*#*\s*$")
_SETEXT = re.compile(r"^ {0,3}(=+|-{3,})\s*$")
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_ONLY_LINK = re.compile(r"^\s*(?:[-*+]|\d+[.)])?\s*\[[^\]\n]{0,200}\]\(#[^)\n]{0,200}\)\s*$")
_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\([^)\n]{0,500}\)")
_TAG = re.compile(r"<(/?)([A-Za-z][\w:-]{0,40})([^<>]{0,4000})>")
_HIDDEN = re.compile(r"(?:^|\s)hidden(?:\s|=|/|$)|display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SILENT = frozenset(("script", "style", "template", "noscript", "svg", "head"))
_VOID = re.compile(r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")


def _markdown_lines(text: str) -> tuple[_Headings, list[str]]:
    """Return the headings and, line by line, the prose: no front matter, code fences, table-of-contents links or markup."""
    raw = text.split("\n")
    headings: list[tuple[int, int, str]] = []
    prose = [""] * len(raw)
    fence = ""
    start = _after_front_matter(raw)
    for index in range(start, len(raw)):
        line = raw[index]
        mark = _FENCE.match(line)
        if mark:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
            continue
        if fence or _ONLY_LINK.match(line):
            continue
        atx = _ATX.match(line.rstrip()[:400])
        if atx:
            headings.append((index + 1, len(atx[1]), _plain_markdown(atx[2])))
        elif _SETEXT.match(line) and index > start and 0 < len(prose[index - 1].strip()) <= 200:
            headings.append((index, 1 if "=" in line else 2, prose[index - 1].strip()))
            prose[index - 1] = ""
        else:
            prose[index] = _plain_markdown(line)
    return headings, prose


def _after_front_matter(raw: list[str]) -> int:
    if raw and raw[0].strip() == "---":
        return next((i + 1 for i in range(1, min(len(raw), 200)) if raw[i].strip() in ("---", "...")), 0)
    return 0


def _plain_markdown(line: str) -> str:
    return _TAG.sub("", _LINK.sub(r"\1", line[:20_000])).strip()


def _underlined_lines(text: str) -> tuple[_Headings, list[str]]:
    raw = text.split("\n")
    headings: list[tuple[int, int, str]] = []
    prose = list(raw)
    levels: list[str] = []
    for index in range(1, len(raw)):
        line = raw[index].rstrip()
        title = raw[index - 1].strip()
        if len(line) >= 2 and line[0] in "=-~^\"'`#*+_:." and set(line) == {line[0]} and title and not set(title) <= set(line):
            if line[0] not in levels:
                levels.append(line[0])
            headings.append((index, levels.index(line[0]) + 1, title))
            prose[index] = prose[index - 1] = ""
    return headings, prose


def _html_lines(text: str) -> tuple[_Headings, list[str]]:
    """Return the headings and, line by line, the text that a browser would show."""
    prose = [""] * (text.count("\n") + 1)
    headings: list[tuple[int, int, str]] = []
    open_heading: tuple[int, int, list[str]] | None = None
    for line, level, shown in _shown(text):
        if level and (open_heading is None or open_heading[1] != level):
            open_heading = (line, level, [])
        if level and open_heading:
            open_heading[2].append(shown)
            continue
        if open_heading:
            headings.append((open_heading[0], open_heading[1], " ".join(" ".join(open_heading[2]).split())))
            open_heading = None
        for offset, part in enumerate(shown.split("\n")):
            prose[line - 1 + offset] += part.strip() + " "
    if open_heading:
        headings.append((open_heading[0], open_heading[1], " ".join(" ".join(open_heading[2]).split())))
    return headings, prose


def _shown(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (line, heading level or 0, text) for the visible pieces of text between tags."""
    position, line = 0, 1
    hidden_in: list[str] = []
    level = 0
    for tag in _TAG.finditer(text):
        piece = text[position : tag.start()]
        if not hidden_in and piece.strip():
            yield line, level, html.unescape(piece)
        line += piece.count("\n") + tag[0].count("\n")
        position = tag.end()
        name, closing = tag[2].lower(), bool(tag[1])
        if hidden_in:
            _track(hidden_in, name, closing, tag[3])
        elif not closing and not _VOID.fullmatch(name) and not tag[3].endswith("/") and (name in _SILENT or _HIDDEN.search(tag[3])):
            hidden_in.append(name)
        elif len(name) == 2 and name[0] == "h" and name[1] in "123456":
            level = 0 if closing else int(name[1])
    if not hidden_in and text[position:].strip():
        yield line, level, html.unescape(text[position:])


def _track(hidden_in: list[str], name: str, closing: bool, attributes: str) -> None:
    """Follow nested elements of the hidden element's own name until it is closed."""
    if name != hidden_in[0]:
        return
    if closing:
        hidden_in.pop()
    elif not attributes.endswith("/"):
        hidden_in.append(name)


def _section(headings: _Headings, wanted: str, last_line: int) -> tuple[int, int] | None:
    for position, (line, level, title) in enumerate(headings):
        if _slug(title) == _slug(wanted):
            following = (other for other, deeper, _ in headings[position + 1 :] if deeper <= level)
            return line, next(following, last_line + 1) - 1
    return None


def _slug(title: str) -> str:
    """Compare headings as GitHub's anchors do: case, punctuation and the kind of space do not count."""
    return re.sub(r"[^\w]+", "-", title.casefold()).strip("-")


def _passages(headings: _Headings, lines: list[str], first: int, last: int) -> tuple[Passage, ...]:
    marks = [(line, title) for line, _, title in headings if first <= line <= last]
    starts = [(first, ""), *marks] if not marks or marks[0][0] > first else marks
    found: list[Passage] = []
    for position, (line, title) in enumerate(starts):
        end = starts[position + 1][0] - 1 if position + 1 < len(starts) else last
        body = "\n".join(lines[line - 1 : end]).rstrip()
        if title or body.strip():
            found.append(Passage(line, title, body))
    return tuple(found)
