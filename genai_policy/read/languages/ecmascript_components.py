"""The scripts of single-file components (Vue, Svelte): the file with everything outside its ``<script>`` blocks blanked.

Blanking keeps every line where it was, so that several blocks of one file are lowered as the one module that they become.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_START = re.compile(rb"<!--|<script(?=[\s>])", re.IGNORECASE)
_HEAD = re.compile(rb"""((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_END = re.compile(rb"</script\s*>|\Z", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
#: Bounds that no real component comes near: blocks and comments, and the length of one start tag.
_MAX_BLOCKS = 200
_MAX_HEAD = 4000
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
    for head, start, end in _blocks(component):
        attributes = {found[1].lower(): found[2] or found[3] or found[4] or b"" for found in _ATTRIBUTE.finditer(head)}
        typed = typed or attributes.get(b"lang", b"").lower() in _TYPED
        if b"src" in attributes:
            line = component.count(b"\n", 0, start - len(head)) + 1
            sources.append((line, attributes[b"src"].decode("utf-8", "replace")))
        pieces += [component[at:start].translate(_BLANK), component[start:end]]
        at = end
    pieces.append(component[at:].translate(_BLANK))
    return Script(b"".join(pieces), typed, tuple(sources))


def _blocks(component: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the attributes of each script block and where its text starts and ends; comments are skipped."""
    at = 0
    for _ in range(_MAX_BLOCKS):
        found = _START.search(component, at)
        if found is None:
            return
        if found[0] == b"<!--":
            at = component.find(b"-->", found.end())
            if at < 0:
                return
            continue
        head = _HEAD.match(component, found.end(), found.end() + _MAX_HEAD)
        at = found.end()
        end = _END.search(component, head.end()) if head is not None else None
        if head is not None and end is not None:
            yield head[1], head.end(), end.start()
            at = end.end()
