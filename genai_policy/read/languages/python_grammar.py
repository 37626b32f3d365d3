"""The tree-sitter grammar of Python, with its node kinds as numbers: comparing numbers is several times faster than comparing names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import tree_sitter_python
from tree_sitter import Language, Parser

T = TypeVar("T")

LANGUAGE = Language(tree_sitter_python.language())
ERROR = 65535
"""The kind number tree-sitter gives to text it could not parse."""

_NAMES = [LANGUAGE.node_kind_for_id(at) if LANGUAGE.node_kind_is_named(at) else None for at in range(LANGUAGE.node_kind_count)]


def kinds(*names: str) -> frozenset[int]:
    """Return the kind numbers of the named node types (one name may have several, an absent one none)."""
    return frozenset(at for at, name in enumerate(_NAMES) if name in names)


def by_kind(handlers: Mapping[str, T]) -> dict[int, T]:
    """Return ``handlers`` by kind number instead of by name."""
    return {at: handlers[name] for at, name in enumerate(_NAMES) if name is not None and name in handlers}


def new_parser() -> Parser:
    """Return a parser of Python."""
    return Parser(LANGUAGE)


(IDENTIFIER,) = kinds("identifier")
SKIPPED = kinds("comment", "line_continuation")
