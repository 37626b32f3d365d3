"""What a page, template or component shows without anybody doing anything, and what it hides or shows only at times.

A tolerant scanner, bounded in what it reads, that knows no framework in full: what it cannot tell counts as shown only at times.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from msgspec import Struct

from genai_policy.assess.hiding import FALSE, State, by_attributes, hidden_by_style, worst

MAX_TAG = 20_000
MAX_DEPTH = 500
_MAX_CODE = 20_000
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "code",
        "em",
        "font",
        "i",
        "mark",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "text",
        "time",
        "u",
    ]
)
_SILENT = frozenset(
    [
        "head",
        "title",
        "script",
        "style",
        "noscript",
        "svg",
        "math",
        "textarea",
        "option",
        "datalist",
        "object",
        "iframe",
        "audio",
        "video",
        "canvas",
    ]
)
_RAW = re.compile(r"<(script|style)\b", re.IGNORECASE)
_OPENS_AT_TIMES = re.compile(
    r"(?:^|[-.:])(?:show|if|for|foreach|when|otherwise|match|switch|modal|dialog|drawer|tooltip|popover|popconfirm|dropdown|collapse|details)$"
)
#: Blocks of template languages: `{% if %}`, `{{if}}`, `{{#if}}`, `{#if}`, `<% if (x) { %>`, `<#if>`.
_BLOCK = re.compile(
    r"\{%-?\s*(?P<open>if|unless|for|comment|macro|case|ifequal|switch|filter|cache|set(?=\s+\w+\s*-?%\}))\b(?P<test>[^%]{0,500})%\}"
    r"|(?P<close>\{%-?\s*end(?:if|unless|for|comment|macro|case|ifequal|switch|filter|cache|set)\b[^%]{0,200}%\})"
    r"|\{\{-?\s*(?P<go>if|range|with|define)\b(?P<gotest>[^{}]{0,500})\}\}|(?P<goend>\{\{-?\s*end\s*-?\}\})"
    r"|\{\{?\s*#\s*(?P<hbs>\w+)(?P<hbstest>[^{}]{0,500})\}\}?|(?P<hbsend>\{\{?\s*/\s*\w+\s*\}\}?)"
    r"|<#(?P<ftl>if|list|macro|switch)\b(?P<ftltest>[^<>]{0,500})>|(?P<ftlend></#(?:if|list|macro|switch)>)"
    r"|<%(?P<ejs>[^=\-%][^%]{0,500})%>"
)
_FILLED_IN = re.compile(r"\{\{[^{}]{0,500}\}\}|\{%[^%]{0,500}%\}|\$\{[^{}]{0,500}\}|<%[=-][^%]{0,500}%>")
_ONLY_TEXT = re.compile(r"\s*([\"'`])((?:(?!\1)[^\\{}])*)\1\s*", re.DOTALL)
_RETURNED = re.compile(r"(?:\breturn|=>|\bdefault)\s*\(?\s*$")
_AT_TIMES_RETURNED = re.compile(r"(?:\bif\s*\([^\n]*\)|\belse|\bcase\b[^\n:]*:)\s*\{?\s*return\s*\(?\s*$")
_DECLARED = re.compile(
    r"^(?P<export>export\s+)?(?P<default>default\s+)?"
    r"(?:(?:async\s+)?(?:function|const|let|var|class)\s+(?P<name>[A-Za-z_]\w*)|(?<=default )(?=[\w(]))",
    re.MULTILINE,
)
_ELEMENT_RETURNED = re.compile(r"\breturn\s*\(?\s*<[A-Za-z>]")


class Run(Struct, frozen=True):
    """A piece of text without a break: where it begins, and whether it is shown."""

    line: int
    text: str
    state: State


class _Frame(Struct):
    """An open element (``name``), block of a template language (``"%"``) or expression (``"{"``)."""

    name: str
    state: State
    code: int = 0


def runs(text: str, suffix: str) -> tuple[Run, ...]:
    """Return what a page (its text without comments, its suffix) says, in order. Text of scripts, styles and attributes is no text."""
    return tuple(_Scanner(text, suffix).runs())


def languages_named(text: str) -> tuple[str, ...]:
    """Return the language that the page names for itself (``<html lang="zh-CN">`` is ``zh``), if any."""
    found = re.search(r"<html\b[^<>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2,3})", text)
    return (found[1].lower(),) if found else ()


class _Scanner:
    def __init__(self, text: str, suffix: str) -> None:
        self.script = suffix in ("jsx", "tsx", "astro")
        self.bare = not self.script and suffix != "vue"
        self.component = suffix in ("vue", "svelte", "astro", "jsx", "tsx")
        plain, styles = _without_raw(text)
        self.hiding = hidden_by_style(styles)
        self.text = text if self.script else plain
        self.frames: list[_Frame] = []
        self.lost = False

    def runs(self) -> Iterator[Run]:
        """Join the pieces between which only inline elements stand."""
        line, words = 1, ""
        state: State = "shown"
        for at, piece, shown, broken in self._pieces():
            if words and (broken or shown != state):
                yield Run(line, words, state)
                words = ""
            if piece:
                line, state = (line, state) if words else (at, shown)
                words += piece
        if words:
            yield Run(line, words, state)

    def _pieces(self) -> Iterator[tuple[int, str, State, bool]]:
        """Yield (line, text, state, whether a break stands before it)."""
        start, at, line, broken = 0, 0, 1, False
        text = self.text
        stops = re.compile(r"[<{}]")
        while True:
            stop = stops.search(text, at)
            end = stop.start() if stop else len(text)
            step = self._step(end) if stop else 0
            if stop and not step:
                at = end + 1
                continue
            piece, state = self._said(text[start:end]), self._state()
            if piece:
                lead = len(text[start:end]) - len(text[start:end].lstrip())
                yield line + text.count("\n", start, start + lead), piece, state, broken
                broken = False
            if stop is None:
                return
            line += text.count("\n", start, end + step)
            broken = self._enter(end, step) or broken
            if broken:
                yield line, "", state, True
            start = at = end + step

    # ---- where a tag, block or brace ends

    def _step(self, at: int) -> int:
        """Return the length of the mark at ``at``, 0 when it is plain text."""
        block = _BLOCK.match(self.text, at) if not self.script else None
        if block:
            return block.end() - at
        if self.text[at] == "<":
            return self._tag(at)
        return 1 if self.script and (self._inside() or (self.text[at] == "}" and self.frames)) else 0

    def _tag(self, at: int) -> int:
        text = self.text
        if self.lost:
            return 0
        if self.script and text.startswith(("<>", "</>"), at):
            return 2 if text[at + 1] == ">" else 3
        first = at + 2 if text.startswith("</", at) else at + 1
        if not text[first : first + 1].isalpha():
            return 0
        if self.script and not self._inside() and (text[at - 1 : at].isalnum() or text[at - 1 : at] in ("_", ")", "]", ".")):
            return 0
        depth, quote = 0, ""
        for position in range(first, min(len(text), at + MAX_TAG)):
            letter = text[position]
            if quote:
                quote = "" if letter == quote else quote
            elif letter in "\"'" or (letter == "`" and depth):
                quote = letter
            elif letter == "{":
                depth += 1
            elif letter == "}":
                depth = max(0, depth - 1)
            elif letter == ">" and not depth:
                return position + 1 - at
        self.lost = True
        return 0

    def _inside(self) -> bool:
        return bool(self.frames)

    # ---- what it opens or closes

    def _enter(self, at: int, size: int) -> bool:
        """Take a mark in; say whether it breaks the line."""
        mark = self.text[at : at + size]
        block = _BLOCK.match(self.text, at) if not self.script else None
        if block:
            self._block(block)
            return True
        if mark in ("{", "}"):
            self._brace(mark, at)
            return False
        closing = mark.startswith("</")
        name = re.sub(r"[^\w.:-].*", "", mark.strip("</>"), flags=re.DOTALL)
        attributes = mark[1 + closing + len(name) : -1]
        folded = name if self.component and name[:1].isupper() else name.lower()
        if closing:
            self._close(folded)
        elif not attributes.rstrip().endswith("/") and folded not in _VOID:
            self._push(folded, self._opened(folded, attributes, at))
        return folded.lower() not in _INLINE

    def _block(self, block: re.Match[str]) -> None:
        found = block.groupdict()
        opened = found["open"] or found["go"] or found["hbs"] or found["ftl"]
        if opened:
            test = found["test"] or found["gotest"] or found["hbstest"] or found["ftltest"] or ""
            never = opened in ("comment", "macro", "define") or (opened == "if" and bool(FALSE.fullmatch(test.strip(" -"))))
            self._push("%", "hidden" if never else "sometimes")
        elif found["ejs"] is not None:
            for _ in range(max(0, found["ejs"].count("}") - found["ejs"].count("{"))):
                self._close("%")
            for _ in range(max(0, found["ejs"].count("{") - found["ejs"].count("}"))):
                self._push("%", "sometimes")
        else:
            self._close("%")

    def _brace(self, mark: str, at: int) -> None:
        if mark == "{":
            self._push("{", "shown", at + 1)
        else:
            self._close("{")

    def _push(self, name: str, state: State, code: int = 0) -> None:
        """Open something; what is around it holds in it."""
        if len(self.frames) >= MAX_DEPTH:
            self.lost = True
            return
        around: State = self.frames[-1].state if self.frames else "shown"
        self.frames.append(_Frame(name, worst(around, state), code))

    def _close(self, name: str) -> None:
        for index in range(len(self.frames) - 1, -1, -1):
            if self.frames[index].name == name:
                del self.frames[index:]
                return
            if self.frames[index].name == "{":
                return

    def _opened(self, name: str, attributes: str, at: int) -> State:
        """Return what an element does to the text in it."""
        states = [by_attributes(attributes, self.hiding)]
        plain = name.lower()
        inert = plain == "template" and not self.component
        closed = plain == "dialog" and not re.search(r"(?:^|\s)open\b", attributes)
        if plain in _SILENT or inert or closed:
            states.append("hidden")
        elif _OPENS_AT_TIMES.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()):
            states.append("sometimes")
        if f"<{plain}" in self.hiding:
            states.append("sometimes")
        if self.script:
            states.append(self._by_code(at))
        return worst(*states)

    def _by_code(self, at: int) -> State:
        """Return what the code around an element of a script does to it."""
        if not self.frames:
            before = self.text[max(0, at - 2_000) : at]
            if not _RETURNED.search(before) or _AT_TIMES_RETURNED.search(before):
                return "sometimes"
            return self._rendered(at)
        top = self.frames[-1]
        code = self.text[top.code : at].strip().strip("(").strip() if top.name == "{" else ""
        if re.match(r"(?:false|null|0|undefined)\s*&&", code):
            return "hidden"
        return "sometimes" if code else "shown"

    def _rendered(self, at: int) -> State:
        """Say whether what the code is about to write is what a component of the file that is used always shows."""
        before = self.text[max(0, at - _MAX_CODE) : at]
        declared = [*_DECLARED.finditer(before)]
        if not declared:
            return "sometimes"
        last = declared[-1]
        body = before[last.end() :]
        name = last["name"] or ""
        direct = body.count("{") - body.count("}") <= 1 and not _ELEMENT_RETURNED.search(body.rstrip().removesuffix("(").rstrip())
        if (name and not name[0].isupper()) or not direct:
            return "sometimes"
        if last["default"] or not name:
            return "shown"
        if re.search(rf"<{re.escape(name)}[\s/>]|\bexport\s+default\b[^\n;]{{0,200}}\b{re.escape(name)}\b", self.text):
            return "shown"
        alone = len({d["name"] for d in _DECLARED.finditer(self.text[: 2 * _MAX_CODE]) if d["name"] and d["name"][0].isupper()}) == 1
        return "shown" if alone and last["export"] else "hidden"

    # ---- what is said

    def _state(self) -> State:
        if self.lost:
            return "sometimes"
        return self.frames[-1].state if self.frames else "shown"

    def _said(self, raw: str) -> str:
        if not raw.strip() or (not self.bare and not self.frames):
            return ""
        if self.script and self.frames and self.frames[-1].name == "{":
            only = _ONLY_TEXT.fullmatch(raw)
            return only[2] if only and self.frames[-1].code and len(self.frames) > 1 and self._alone(raw) else ""
        return re.sub(r"\s+", " ", html.unescape(_FILLED_IN.sub("", raw)))

    def _alone(self, raw: str) -> bool:
        start = self.frames[-1].code
        return self.text[start : start + len(raw) + 1] == raw + "}"


def _without_raw(text: str) -> tuple[str, str]:
    """Return the text without its scripts and style sheets, and the style sheets. One that never ends reaches to the end."""
    folded = text.lower()
    kept: list[str] = []
    styles: list[str] = []
    at = 0
    while opening := _RAW.search(text, at):
        end = folded.find(f"</{opening[1].lower()}", opening.end())
        end = end if end >= 0 else len(text)
        if opening[1].lower() == "style":
            styles.append(text[opening.end() : end].partition(">")[2])
        close = text.find(">", end)
        close = close + 1 if close >= 0 else len(text)
        kept.append(text[at : opening.start()] + "\n" * text.count("\n", opening.start(), close))
        at = close
    return "".join([*kept, text[at:]]), "\n".join(styles)
