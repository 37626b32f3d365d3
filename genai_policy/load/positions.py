"""Finds the line and column of every key path in a TOML text that tomli has already accepted.

A scanner of its own, because tree-sitter-toml stops at TOML 1.1 (inline tables over several lines, trailing commas), which tomli reads and
people write under ``[implements]``. The syntax is known to be valid, so only keys, brackets and strings need to be told apart.
"""

from __future__ import annotations

import bisect
import re
from typing import NamedTuple, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
Point: TypeAlias = tuple[int, int]


class Spot(NamedTuple):
    """Where a key and its value start: (line, column), both from 1, columns in code points."""

    key: Point
    value: Point


Positions: TypeAlias = dict[Path, Spot]

_SPACE = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:[^"\\]|\\.)*"|\'[^\']*\'',
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")


def find_positions(text: str) -> Positions:
    """Return where every key path of a valid TOML text stands. List items count from 0."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.spots: Positions = {}
        self.lists: dict[Path, int] = {}
        self.starts = [0] + [m.end() for m in re.finditer("\n", text)]

    def scan(self) -> Positions:
        table: Path = ()
        while self._skip(_SPACE) < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.spots

    def _header(self) -> Path:
        is_list = self.text.startswith("[[", self.at)
        self.at += 2 if is_list else 1
        self._skip(_BLANK)
        start = self._point()
        keys = self._keys()
        self.at += 2 if is_list else 1
        path: Path = ()
        for index, key in enumerate(keys):
            path = (*path, key)
            self.spots.setdefault(path, Spot(start, start))
            if index < len(keys) - 1 and path in self.lists:
                path = (*path, self.lists[path])
        if is_list:
            self.lists[path] = self.lists.get(path, -1) + 1
            path = (*path, self.lists[path])
        # a table may be opened after its children: its own header is the better place
        self.spots[path] = Spot(start, start)
        return path

    def _pair(self, table: Path) -> None:
        start = self._point()
        path = table
        keys = self._keys()
        self.at += 1  # the equals sign
        self._skip(_BLANK)
        value = self._point()
        for key in keys[:-1]:
            path = (*path, key)
            self.spots.setdefault(path, Spot(start, start))
        path = (*path, keys[-1])
        self.spots[path] = Spot(start, value)
        self._value(path)

    def _keys(self) -> list[str]:
        keys = [self._key()]
        while self._skip(_BLANK) < len(self.text) and self.text[self.at] == ".":
            self.at += 1
            self._skip(_BLANK)
            keys.append(self._key())
        return keys

    def _key(self) -> str:
        bare = _BARE_KEY.match(self.text, self.at)
        if bare:
            self.at = bare.end()
            return bare.group()
        start = self.at
        self._skip(_STRING)
        return _unquote(self.text[start : self.at])

    def _value(self, path: Path) -> None:
        first = self.text[self.at]
        if first == "[":
            self._list(path)
        elif first == "{":
            self._inline_table(path)
        else:
            self._skip(_STRING if first in "\"'" else _SCALAR)

    def _list(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self.text[self._skip(_SPACE)] != "]":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            point = self._point()
            item: Path = (*path, index)
            self.spots[item] = Spot(point, point)
            self._value(item)
            index += 1
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while self.text[self._skip(_SPACE)] != "}":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self._pair(path)
        self.at += 1

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise AssertionError("only text that tomli accepted is scanned")
        self.at = match.end()
        return self.at

    def _point(self) -> Point:
        line = bisect.bisect_right(self.starts, self.at)
        return line, self.at - self.starts[line - 1] + 1


def _unquote(text: str) -> str:
    import tomli

    return next(iter(tomli.loads(f"{text} = 0")))
