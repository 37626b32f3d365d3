"""Text that was never filled in. The patterns are data of the packs (``documents.toml``: ``[[placeholder]] id, any, title``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct

MAX_TEXT = 400_000
_NOTHING = re.compile(r"[\s\-_.?*/\u2013\u2014\u2026]*|n\.?/?a\.?|nil|null|none|todo|tbd|tbc|fixme|unknown|x+", re.IGNORECASE)
#: Something to fill in stands in brackets and holds words only: ``<name>``, ``[date]``, ``{{ source }}``, ``${HOW}``.
_PROMPT = re.compile(r"<[\w -]{1,60}>|\[[\w -]{1,60}\]|\{\{?[\w .-]{1,60}\}?\}|\$\{\w{1,60}\}")


class Placeholder(Struct, frozen=True):
    """A placeholder found in a text: what it is, in both languages, the text itself and where it starts."""

    id: str
    en: str
    zh: str
    text: str
    start: int


def placeholder_in(text: str, shared: Mapping[str, Mapping[str, Any]]) -> Placeholder | None:
    """Return the first placeholder of ``text``, or None."""
    text = text[:MAX_TEXT]
    for entry in _entries(shared):
        for pattern in entry.get("any", ()):
            hit = _compiled(str(pattern)).search(text)
            if hit:
                title = entry.get("title", {})
                return Placeholder(
                    str(entry.get("id", "")), str(title.get("en", "")), str(title.get("zh", "")), " ".join(hit[0].split())[:60], hit.start()
                )
    return None


def says_nothing(value: Any, shared: Mapping[str, Mapping[str, Any]]) -> bool:
    """Say whether a cell of a register holds nothing: blank, a dash, "n/a", a prompt (``<name>``) or a placeholder."""
    if value is None or (isinstance(value, (list, dict, tuple)) and not value):
        return True
    if isinstance(value, (list, tuple)):
        return all(says_nothing(element, shared) for element in value)
    text = str(value).strip()
    return _NOTHING.fullmatch(text) is not None or _PROMPT.fullmatch(text) is not None or placeholder_in(text, shared) is not None


def _entries(shared: Mapping[str, Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for entry in shared.get("documents", {}).get("placeholder", ()):
        if isinstance(entry, Mapping):
            yield entry


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
