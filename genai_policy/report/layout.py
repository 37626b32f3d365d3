"""Words → lines that fit a terminal, with or without colour. Chinese characters are two columns wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from genai_policy.model import Lang
from genai_policy.report.escape import printable
from genai_policy.report.wording import phrase

#: SGR codes; colour never carries meaning alone, so piped text loses nothing.
_SGR = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


@dataclass(frozen=True)
class Style:
    """How to write text: ``width`` in columns (0: never wrap), ``colour``, and ``verbose`` for everything instead of one screen."""

    width: int = 0
    colour: bool = False
    verbose: bool = False


#: For pipes and files: no wrapping, no colour.
PLAIN = Style()


@dataclass(frozen=True)
class Pen:
    """Writes escaped phrases in one language and style."""

    lang: Lang
    style: Style = PLAIN

    def say(self, code: str, /, **args: object) -> str:
        """Return the phrase ``code``, made printable."""
        return printable(phrase(code, self.lang, **args))

    def ink(self, text: str, *names: str) -> str:
        """Return ``text`` in the given colours, or unchanged where colour is off."""
        if not self.style.colour or not text:
            return text
        return f"\x1b[{';'.join(_SGR[name] for name in names)}m{text}\x1b[0m"

    def block(self, text: str, indent: str = "", hang: str | None = None, *names: str) -> list[str]:
        """Return ``text`` wrapped to the width: the first line after ``indent``, the others after ``hang``."""
        hang = indent if hang is None else hang
        lines = wrap(printable(text), self.style.width - columns(indent), self.style.width - columns(hang))
        return [f"{hang if number else indent}{self.ink(line, *names)}" for number, line in enumerate(lines)]

    def heading(self, code: str, /, **args: object) -> list[str]:
        """Return the phrase ``code`` as the heading of a section."""
        return self.block(self.say(code, **args), "", "  ", "bold")


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as aligned columns, each line without trailing spaces."""
    safe = [[printable(cell) for cell in row] for row in rows]
    widths = [max((columns(row[i]) for row in safe), default=0) for i in range(max(map(len, safe), default=0))]
    lines = ("  ".join(cell + " " * (widths[i] - columns(cell)) for i, cell in enumerate(row)).rstrip() for row in safe)
    return "".join(f"{line}\n" for line in lines)


def columns(text: str) -> int:
    """Return how many terminal columns ``text`` takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, first: int, rest: int) -> list[str]:
    """Break ``text`` at spaces and between Chinese characters so that the lines fit (widths under 20 mean: do not break)."""
    if rest < 20 or columns(text) <= first:
        return [text]
    lines, line, room = [], "", first
    for piece in _pieces(text):
        if line and columns(line) + columns(piece.rstrip()) > room:
            lines.append(line.rstrip())
            line, room = "", rest
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    """Split into what must stay together: a word with the space after it, or one wide character with the brackets and stops beside it."""
    pieces: list[str] = []
    word = ""
    for c in text:
        wide = unicodedata.east_asian_width(c) in "WF"
        category = unicodedata.category(c)
        if wide and category in ("Po", "Pe", "Pf"):
            if not word and pieces:
                word = pieces.pop()
            word += c
        elif wide and category in ("Ps", "Pi"):
            pieces.append(word)
            word = c
        elif wide:
            joined = word + c if word and unicodedata.category(word[-1]) in ("Ps", "Pi") else c
            pieces += [joined] if joined != c else [word, c]
            word = ""
        else:
            word += c
            if c == " ":
                pieces.append(word)
                word = ""
    return [piece for piece in (*pieces, word) if piece]
