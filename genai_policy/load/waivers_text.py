"""genai-waivers.toml as lines: which of them belong to which waiver, and the file without some of its waivers. Nothing else changes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from msgspec import Struct

from genai_policy.load.mistakes import Mistakes
from genai_policy.load.toml import TomlFile, read_toml

_HEADER = re.compile(r"\s*\[\[\s*waiver\s*\]\]")
_OTHER = re.compile(r"\s*\[")


class Block(Struct, frozen=True):
    """Lines of one waiver, counted from 0: ``first`` is that of the comment right above it, ``header`` that of ``[[waiver]]``, and ``end``
    the one after its last value."""

    first: int
    header: int
    end: int


def blocks(source: TomlFile, count: int) -> tuple[Block, ...] | None:
    """Return the lines of each of ``count`` waivers; None where they are not written as ``[[waiver]]`` tables."""
    lines = source.text.split("\n")
    headers = [source.place(("waiver", index)).line - 1 for index in range(count)]
    if any(not _HEADER.match(lines[header]) for header in headers):
        return None
    return tuple(Block(_first(lines, header), header, _end(source, lines, index, header)) for index, header in enumerate(headers))


def without(source: TomlFile, dropped: Collection[int], count: int) -> tuple[str, tuple[str, ...]] | None:
    """Return the text without the waivers at the indexes ``dropped``, and the text of each of those; None as in :func:`blocks`, or where
    what is left would not say the same as before about the others.

    The comment right above a waiver goes with it; every other comment, blank line and value stays as it is.
    """
    found = blocks(source, count)
    if found is None:
        return None
    lines = source.text.split("\n")
    gone: set[int] = set()
    texts = []
    for index in sorted(dropped):
        block = found[index]
        texts.append("\n".join(lines[block.first : block.end]))
        gone.update(range(block.first, _past_blanks(lines, block.end)))
    left = "\n".join(line for number, line in enumerate(lines) if number not in gone).strip("\n")
    left += "\n" if left else ""
    return (left, tuple(texts)) if _says_the_rest(left, source, dropped) else None


def _says_the_rest(text: str, source: TomlFile, dropped: Collection[int]) -> bool:
    """Say whether ``text`` holds what ``source`` does, but for the waivers that are ``dropped``."""
    read = read_toml(source.file, text.encode(), Mistakes())
    rest = [waiver for index, waiver in enumerate(source.values["waiver"]) if index not in dropped]
    before = {key: value for key, value in source.values.items() if key != "waiver"}
    return read is not None and {"waiver": [], **read.values} == {**before, "waiver": rest}


def _first(lines: Sequence[str], header: int) -> int:
    first = header
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    # a comment at the top speaks for the file
    return header if first == 0 else first


def _end(source: TomlFile, lines: Sequence[str], index: int, header: int) -> int:
    """Return the line after the last value: what follows up to the next table may be said about that one."""
    last = max((spot.value[0] for path, spot in source.positions.items() if path[:2] == ("waiver", index)), default=header + 1)
    end = max(last, header + 1)
    while end < len(lines) and lines[end].strip() and not lines[end].lstrip().startswith("#") and not _OTHER.match(lines[end]):
        end += 1  # the rest of a text over several lines
    return end


def _past_blanks(lines: Sequence[str], end: int) -> int:
    while end < len(lines) and not lines[end].strip():
        end += 1
    return end
