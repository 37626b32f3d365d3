"""Repository text → text that is safe to print: a scanned file name or line must not steer a terminal, a CI log or a parser."""

from __future__ import annotations

import re

# C0 and C1 controls, line and paragraph separators, bidirectional overrides and isolates, zero-width characters, lone surrogates
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
# GitHub's runner obeys `##[error]…` anywhere in a line (ActionCommand.TryParse)
_OLD_COMMAND = "##["
# what XML 1.0 has no way to write, and what reads as something else than it is
_NO_XML = re.compile("[^\t\n\x20-\x7e\xa0-\u200a\u2010-\u2027\u202f-\u205f\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_MARKUP = re.compile(r"[\\`*{}\[\]<>#!|~&$^]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
# GitHub and GitLab turn these into mentions, references and links even where they are escaped; an empty character between stops them
_LIVE = re.compile(r"@(?=\w)|\\[#!~$](?=\w)|:(?=//)|[Ww]{3}(?=\.)|\b(?:[Gg][Hh])(?=-\d)")
_NOTHING = "&#8203;"
_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;"))
# most paths need no encoding, and a report can hold a hundred thousand of them
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./~-]*")


def printable(text: str) -> str:
    """Return ``text`` as one line: line breaks and tabs become spaces, other invisible characters are written as escapes."""
    joined = " ".join(text.split()) if any(c in text for c in "\n\r\t") else text
    return _UNPRINTABLE.sub(_visible, joined).replace(_OLD_COMMAND, "# #[")


def json_safe(document: str) -> str:
    """Return a JSON document that means the same and holds no workflow command of the old form."""
    return document.replace(_OLD_COMMAND, "#\\u0023[")


def xml_safe(text: str) -> str:
    """Return ``text`` for XML content or a quoted attribute; what XML 1.0 cannot hold is written as escapes."""
    return _entities(_NO_XML.sub(_visible, text).replace(_OLD_COMMAND, "# #["))


def html_safe(text: str) -> str:
    """Return ``text`` as one line for HTML content or a quoted attribute."""
    return _entities(printable(text))


def markdown_safe(text: str) -> str:
    """Return ``text`` as one line of Markdown that shows it as it is, in a table cell too: no markup, HTML, link, mention or reference."""
    escaped = _MARKUP.sub(_entity_or_backslash, printable(text))
    return _LIVE.sub(lambda found: f"{found.group(0)}{_NOTHING}", escaped)


def markdown_code(text: str) -> str:
    """Return ``text`` as a code span, which no text can leave; a bar is escaped, as a table cell asks for it."""
    shown = printable(text).replace("|", "\\|") or " "
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    # one space on both sides is taken off again, unless there is nothing else
    room = " " if shown.strip() and (shown[0] in "` " or shown[-1] in "` ") else ""
    return f"{fence}{room}{shown}{room}{fence}"


def uri_path(path: str) -> str:
    """Return a path as the path of a URI: percent-encoded UTF-8, also where the name is no text."""
    if _PLAIN_PATH.fullmatch(path):
        return path
    # costs as much to import as the rest of this module's users, and few paths need it
    from urllib.parse import quote

    return quote(path.encode("utf-8", "surrogateescape"), safe="/")


def _entities(text: str) -> str:
    # as html.escape does; importing html brings two thousand named characters along
    for character, entity in _ENTITIES:
        text = text.replace(character, entity)
    return text


def _entity_or_backslash(found: re.Match[str]) -> str:
    character = found.group(0)
    return _entities(character) if character in "<>&" else f"\\{character}"


def _visible(found: re.Match[str]) -> str:
    code = ord(found.group(0))
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
