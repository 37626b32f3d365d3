"""Pieces of Markdown that show any text as it is, and a document that ends before it grows too large for where it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from genai_policy.model import Lang, Place
from genai_policy.report.escape import markdown_code, markdown_safe, uri_path
from genai_policy.report.wording import phrase


@dataclass
class Page:
    """Lines up to ``limit`` bytes of UTF-8. What does not fit is left out block by block, and counted."""

    lang: Lang
    limit: int
    lines: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, *lines: str) -> bool:
        """Add ``lines`` if they all fit; say whether they did."""
        size = sum(len(line.encode("utf-8", "replace")) + 1 for line in lines)
        if self.size + size > self.limit:
            return False
        self.lines += lines
        self.size += size
        return True

    def rows(self, blocks: Iterable[Sequence[str]], total: int, most: int) -> None:
        """Add up to ``most`` blocks, as far as they fit, then how many of ``total`` are left out."""
        shown = 0
        for block in blocks:
            if shown == most or not self.add(*block):
                break
            shown += 1
        if total > shown:
            self.lines += ["", phrase("format.left-out", self.lang, n=total - shown)]

    def text(self) -> str:
        """Return the document."""
        return "\n".join(self.lines) + "\n"


@dataclass(frozen=True)
class Links:
    """Where places lead to: ``sources`` is the address of the repository's files, ``prefix`` the scanned directory in the repository."""

    prefix: str = ""
    sources: str = ""

    def place(self, place: Place) -> str:
        """Return a place as code, linked to its line where the files have an address."""
        shown = markdown_code(f"{self.prefix}{place.file}:{place.line}" if place.line else f"{self.prefix}{place.file}")
        target = self.target(place)
        return f"[{shown}]({target})" if target else shown

    def target(self, place: Place) -> str:
        """Return the address of a place, "" without one. GitHub, GitLab and Gitee write lines alike."""
        if not self.sources:
            return ""
        line = f"#L{place.line}" if place.line else ""
        return f"{self.sources.rstrip('/')}/{uri_path(self.prefix + place.file).replace('(', '%28').replace(')', '%29')}{line}"


def link(text: str, address: str) -> str:
    """Return ``text`` linked to ``address``, or alone where that is no web address."""
    return f"[{markdown_safe(text)}]({address})" if "://" in address else markdown_safe(text)


def row(*cells: str) -> str:
    """Return one line of a table; the cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def header(*cells: str) -> tuple[str, str]:
    """Return the first two lines of a table."""
    return row(*cells), row(*("---" for _ in cells))
