"""Words for people, kept apart from what they say: a code and its arguments, worded per language in ``genai_policy/messages``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

Lang: TypeAlias = Literal["en", "zh"]


class Text(Struct, frozen=True):
    """A text of a pack in both languages."""

    en: str
    zh: str

    def say(self, lang: Lang) -> str:
        """Return the text in ``lang``."""
        return self.zh if lang == "zh" else self.en


class Message(Struct, frozen=True):
    """One sentence. ``code`` names an entry of the message catalogue (``hook.missing``); ``args`` fill its ``{placeholders}``.

    The code ``text`` needs no entry: it prints ``args["text"]`` in every language (for third-party plugins).
    """

    code: str
    args: Mapping[str, str] = {}
