"""Repository text → text that is safe to print: a scanned file name or line must not steer a terminal, a CI log or a parser."""

from __future__ import annotations

import re

# C0 and C1 controls, line and paragraph separators, bidirectional overrides and isolates, zero-width characters, lone surrogates
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
# GitHub's runner obeys `##[error]…` anywhere in a line (ActionCommand.TryParse)
_OLD_COMMAND = "##["


def printable(text: str) -> str:
    """Return ``text`` as one line: line breaks and tabs become spaces, other invisible characters are written as escapes."""
    joined = " ".join(text.split()) if any(c in text for c in "\n\r\t") else text
    return _UNPRINTABLE.sub(_visible, joined).replace(_OLD_COMMAND, "# #[")


def json_safe(document: str) -> str:
    """Return a JSON document that means the same and holds no workflow command of the old form."""
    return document.replace(_OLD_COMMAND, "#\\u0023[")


def _visible(found: re.Match[str]) -> str:
    code = ord(found.group(0))
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
