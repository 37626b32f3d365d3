"""Documents, pages, templates and front-end components to text without comments, and documents to passages under their headings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

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
        blocks = _html_blocks(clean)
    elif suffix_of(file) == "rst":
        blocks = _underlined_blocks(clean)
    else:
        blocks = _markdown_blocks(clean)
    if not heading:
        return TextFile(file, clean, page, 1, _passages(blocks))
    part = _section(blocks, heading)
    if not part:
        return Message("document.no-heading", {"file": file, "heading": heading[:100]})
    passages = _passages(part)
    return TextFile(file, "\n".join(f"{p.heading} {p.text}" for p in passages), page, part[0].line, passages)


def without_comments(text: str, kind: str) -> str:
    """Blank out comments, keeping line breaks. A comment that never ends reaches to the end of the text, except ``/*`` and ``{#``,
    which also opens blocks of Handlebars and Svelte."""
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
            if opening in ("/*", "{#"):
                break
            end = len(text)
        parts.append(text[position:start])
        parts.append("\n" * text.count("\n", start, end))
        position = min(len(text), end + len(closing))
    parts.append(text[position:])
    return "".join(parts)


class _Block(NamedTuple):
    """A heading (``level`` 1 to 6) or a piece of prose (0)."""

    line: int
    level: int
    text: str


_ATX = re.compile(r"^ {0,3}(#{1,6})\s+(.{1,300}?)\s*#*\s*$")
_SETEXT = re.compile(r"^ {0,3}(=+|-{3,})\s*$")
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_ONLY_LINK = re.compile(r"^\s*(?:[-*+]|\d+[.)])?\s*\[[^\]\n]{0,200}\]\(#[^)\n]{0,200}\)\s*$")
_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\([^)\n]{0,500}\)")
_TAG = re.compile(r"<(/?)([A-Za-z][\w:-]{0,40})([^<>]{0,4000})>")
_HIDDEN = re.compile(r"(?:^|\s)hidden(?:\s|=|/|$)|display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SILENT = frozenset(("script", "style", "template", "noscript", "svg", "head"))
_VOID = re.compile(r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")


def _markdown_blocks(text: str) -> list[_Block]:
    """Return headings and prose: no front matter, code fences, table-of-contents links or markup."""
    raw = text.split("\n")
    blocks: list[_Block] = []
    fence = ""
    for index in range(_after_front_matter(raw), len(raw)):
        line = raw[index]
        mark = _FENCE.match(line)
        if mark:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
            continue
        if fence or not line.strip() or _ONLY_LINK.match(line):
            continue
        atx = _ATX.match(line.rstrip()[:400])
        if atx:
            blocks.append(_Block(index + 1, len(atx[1]), _plain_markdown(atx[2])))
        elif _SETEXT.match(line) and blocks and blocks[-1].line == index and not blocks[-1].level and len(blocks[-1].text) <= 200:
            blocks[-1] = _Block(index, 1 if "=" in line else 2, blocks[-1].text)
        else:
            blocks.append(_Block(index + 1, 0, _plain_markdown(line)))
    return blocks


def _after_front_matter(raw: list[str]) -> int:
    if raw and raw[0].strip() == "---":
        return next((i + 1 for i in range(1, min(len(raw), 200)) if raw[i].strip() in ("---", "...")), 0)
    return 0


def _plain_markdown(line: str) -> str:
    return _TAG.sub("", _LINK.sub(r"\1", line[:20_000])).strip()


def _underlined_blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    levels: list[str] = []
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.rstrip()
        underlines = len(line) >= 2 and line[0] in "=-~^\"'`#*+_:." and set(line) == {line[0]}
        if underlines and blocks and blocks[-1].line == number - 1 and not blocks[-1].level:
            if line[0] not in levels:
                levels.append(line[0])
            blocks[-1] = _Block(number - 1, levels.index(line[0]) + 1, blocks[-1].text)
        elif line and not underlines:
            blocks.append(_Block(number, 0, line.strip()))
    return blocks


def _html_blocks(text: str) -> list[_Block]:
    """Return the headings and the text that a browser would show."""
    blocks: list[_Block] = []
    heading = 0
    for line, level, opened, shown in _shown(text):
        words = " ".join(shown.split()) if level else shown.strip()
        if level and opened == heading and blocks:
            blocks[-1] = _Block(blocks[-1].line, level, f"{blocks[-1].text} {words}")
        else:
            blocks.append(_Block(line, level, words))
        heading = opened if level else 0
    return blocks


def _shown(text: str) -> Iterator[tuple[int, int, int, str]]:
    """Yield (line, heading level or 0, number of the heading, text) for the visible pieces of text between tags."""
    position, line, level, opened = 0, 1, 0, 0
    hidden_in: list[str] = []
    for tag in (*_TAG.finditer(text), None):
        piece = text[position : tag.start()] if tag else text[position:]
        if not hidden_in and piece.strip():
            before = len(piece) - len(piece.lstrip())
            yield line + piece.count("\n", 0, before), level, opened, html.unescape(piece)
        if tag is None:
            return
        line += piece.count("\n") + tag[0].count("\n")
        position = tag.end()
        name, closing = tag[2].lower(), bool(tag[1])
        if hidden_in:
            _track(hidden_in, name, closing, tag[3])
        elif not closing and not _VOID.fullmatch(name) and not tag[3].endswith("/") and (name in _SILENT or _HIDDEN.search(tag[3])):
            hidden_in.append(name)
        elif len(name) == 2 and name[0] == "h" and name[1] in "123456":
            level, opened = (0, opened) if closing else (int(name[1]), opened + 1)


def _track(hidden_in: list[str], name: str, closing: bool, attributes: str) -> None:
    """Follow nested elements of the hidden element's own name until it is closed."""
    if name != hidden_in[0]:
        return
    if closing:
        hidden_in.pop()
    elif not attributes.endswith("/"):
        hidden_in.append(name)


def _section(blocks: Sequence[_Block], wanted: str) -> Sequence[_Block]:
    for position, block in enumerate(blocks):
        if block.level and _slug(block.text) == _slug(wanted):
            rest = range(position + 1, len(blocks))
            end = next((i for i in rest if 0 < blocks[i].level <= block.level), len(blocks))
            return blocks[position:end]
    return ()


def _slug(title: str) -> str:
    """Compare headings as GitHub's anchors do: case, punctuation and the kind of space do not count."""
    return re.sub(r"[^\w]+", "-", title.casefold()).strip("-")


def _passages(blocks: Sequence[_Block]) -> tuple[Passage, ...]:
    """Group prose under its headings; line breaks are kept so that a place in a passage's text has its line."""
    found: list[Passage] = []
    first = blocks[0].line if blocks else 1
    heading, start, at = "", first, first
    pieces: list[str] = []
    for block in blocks:
        if block.level:
            if heading or pieces:
                found.append(Passage(start, heading, "".join(pieces)))
            heading, start, pieces, at = block.text, block.line, [], block.line
        else:
            pieces.append("\n" * (block.line - at) if block.line > at else " " if pieces else "")
            pieces.append(block.text)
            at = max(at, block.line) + block.text.count("\n")
    if heading or pieces:
        found.append(Passage(start, heading, "".join(pieces)))
    return tuple(found)
