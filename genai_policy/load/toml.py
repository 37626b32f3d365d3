"""Turns TOML bytes into values whose every key can be pointed at (line and column), or into a mistake that says where reading stopped."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from genai_policy.errors import Mistake
from genai_policy.load.mistakes import Mistakes
from genai_policy.load.positions import Path, Positions, find_positions
from genai_policy.model.code import Place

MAX_BYTES = 1_000_000
"""No file a person writes for this tool is larger; reading stays bounded on hostile input."""
MAX_DEPTH = 24

_AT = re.compile(r"\s*\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


class TomlFile:
    """A parsed file. ``values`` is what tomli read; positions are computed only when somebody asks for one."""

    def __init__(self, file: str, text: str, values: dict[str, Any]) -> None:
        self.file = file
        self.text = text
        self.values = values

    @cached_property
    def positions(self) -> Positions:
        """Where every key path and list item stands."""
        return find_positions(self.text)

    def place(self, path: Path, *, on_key: bool = False) -> Place:
        """Return where the value at ``path`` stands (its key with ``on_key``), or the nearest table above it, or the first line."""
        for end in range(len(path), 0, -1):
            spot = self.positions.get(path[:end])
            if spot is not None:
                line, column = spot.key if on_key or end < len(path) else spot.value
                return Place(self.file, line, column)
        return Place(self.file, 1, 1)

    def mistake(self, path: Path, problem: str, advice: str = "", *, on_key: bool = False) -> Mistake:
        """Return a mistake that points at ``path``."""
        place = self.place(path, on_key=on_key)
        return Mistake(self.file, place.line, place.column, dotted(path), problem, advice)


def read_toml(file: str, data: bytes, mistakes: Mistakes) -> TomlFile | None:
    """Parse one file; what makes it unreadable goes to ``mistakes`` and the answer is None. Never raises on any input."""
    if len(data) > MAX_BYTES:
        mistakes.add(Mistake(file, 1, 1, "", f"the file has {len(data)} bytes", f"at most {MAX_BYTES} are read"))
        return None
    text = _decode(file, data, mistakes)
    values = None if text is None else _parse(file, text, mistakes)
    if text is None or values is None:
        return None
    if _deeper_than(values, MAX_DEPTH):
        mistakes.add(Mistake(file, 1, 1, "", f"tables are nested more than {MAX_DEPTH} deep"))
        return None
    return TomlFile(file, text, values)


def dotted(path: Path) -> str:
    """Return a key path as a person would write it: ``models[0].origin``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if re.fullmatch(r"[A-Za-z0-9_/-]+", part) else f'"{part}"')
    return text


def _decode(file: str, data: bytes, mistakes: Mistakes) -> str | None:
    try:
        # an editor's byte order mark is not the author's mistake
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        mistakes.add(Mistake(file, before.count(b"\n") + 1, 1, "", "the file is not UTF-8 text", "save it as UTF-8"))
        return None


def _parse(file: str, text: str, mistakes: Mistakes) -> dict[str, Any] | None:
    import tomli

    try:
        return tomli.loads(text)
    except RecursionError:
        mistakes.add(Mistake(file, 1, 1, "", "values are nested too deeply to be read"))
    # TOMLDecodeError is a ValueError; a number of thousands of digits is a plain one
    except ValueError as error:
        mistakes.add(_syntax_mistake(file, text, str(error)))
    return None


def _syntax_mistake(file: str, text: str, message: str) -> Mistake:
    at = _AT.search(message)
    problem = message[: at.start()] if at else message
    if at and at["line"]:
        line, column = int(at["line"]), int(at["column"])
    elif at:
        line, column = text.count("\n") + 1, len(text.rpartition("\n")[2]) + 1
    else:
        line, column = 1, 1
    return Mistake(file, line, column, "", f"not valid TOML: {problem[:1].lower()}{problem[1:]}")


def _deeper_than(values: dict[str, Any], depth: int) -> bool:
    level: list[Any] = [values]
    for _ in range(depth):
        level = [child for node in level for child in (node.values() if isinstance(node, dict) else node)]
        level = [child for child in level if isinstance(child, (dict, list))]
        if not level:
            return False
    return True
