"""The scripts of single-file components (Vue, Svelte): the file with everything outside its ``<script>`` blocks blanked.

Blanking keeps every line where it was, so that several blocks of one file are lowered as the one module that they become.
"""

from __future__ import annotations

import re

from msgspec import Struct

_TOKEN = re.compile(rb"<!--.*?(?:-->|\Z)|<script((?:\s[^>]*)?)>(.*?)(?:</script\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_TYPED = frozenset({b"ts", b"tsx", b"typescript", b"text/typescript"})
_BLANK = bytes(byte if byte in b"\r\n" else 32 for byte in range(256))


class Script(Struct, frozen=True):
    """``text`` is as long as the file; ``typed`` when a block is TypeScript; ``sources`` are blocks kept in files of their own."""

    text: bytes
    typed: bool
    sources: tuple[tuple[int, str], ...] = ()


def script_of(component: bytes) -> Script:
    """Return what the scripts of ``component`` hold, every line in its place."""
    pieces: list[bytes] = []
    sources: list[tuple[int, str]] = []
    typed, at = False, 0
    for match in _TOKEN.finditer(component):
        if match[2] is None:
            continue
        attributes = {found[1].lower(): found[2] or found[3] or found[4] or b"" for found in _ATTRIBUTE.finditer(match[1] or b"")}
        typed = typed or attributes.get(b"lang", b"").lower() in _TYPED
        if b"src" in attributes:
            line = component.count(b"\n", 0, match.start()) + 1
            sources.append((line, attributes[b"src"].decode("utf-8", "replace")))
        pieces += [component[at : match.start(2)].translate(_BLANK), component[match.start(2) : match.end(2)]]
        at = match.end(2)
    pieces.append(component[at:].translate(_BLANK))
    return Script(b"".join(pieces), typed, tuple(sources))
