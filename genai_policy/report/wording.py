"""Message codes → sentences, in English or Chinese. Every user-visible sentence of a report is worded in ``genai_policy/messages``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from genai_policy.model import Lang, Message

MESSAGES = Path(__file__).resolve().parents[1] / "messages"

#: ``{name}`` is replaced by the argument; ``{name|one|many}`` by its second part when the argument is "1", else by its third.
PLACEHOLDER = re.compile(r"\{([a-z_]+)(?:\|([^|{}]*)\|([^|{}]*))?\}")


def say(message: Message, lang: Lang = "en") -> str:
    """Return the sentence of ``message`` in ``lang``, exactly as worded: a writer escapes it for where it goes.

    A code without an entry (a third-party plugin's) prints itself and its arguments, so that nothing is lost.
    """
    if message.code == "text":
        return message.args.get("text", "")
    entry = catalogue().get(message.code)
    if entry is None:
        return " ".join([message.code, *(f"{key}={value}" for key, value in sorted(message.args.items()))])
    return PLACEHOLDER.sub(lambda found: _fill(found, message.args), entry[lang])


def phrase(code: str, lang: Lang, /, **args: object) -> str:
    """Return the sentence ``code`` with ``args``: :func:`say` for the writers' own words."""
    return say(Message(code, {key: str(value) for key, value in args.items()}), lang)


def label(area: str, word: str, lang: Lang) -> str:
    """Return the wording of a fixed word of the model (a gap's kind, why a file was left out), or the word itself where none exists."""
    entry = catalogue().get(f"{area}.{word}")
    return entry[lang] if entry else word


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return all entries by code, each with ``en`` and ``zh``."""
    import tomli

    entries: dict[str, Mapping[str, str]] = {}
    for file in sorted(MESSAGES.glob("*.toml")):
        _flatten(tomli.loads(file.read_text("utf-8")), "", entries)
    return entries


def _flatten(table: Mapping[str, object], prefix: str, entries: dict[str, Mapping[str, str]]) -> None:
    if isinstance(table.get("en"), str):
        entries[prefix] = {key: str(value) for key, value in table.items()}
        return
    for key, value in table.items():
        if isinstance(value, Mapping):
            _flatten(value, f"{prefix}.{key}" if prefix else key, entries)


def _fill(found: re.Match[str], args: Mapping[str, str]) -> str:
    name, one, many = found.groups()
    if name not in args:
        return found.group(0)
    if one is None:
        return str(args[name])
    return str(one if str(args[name]) == "1" else many)
