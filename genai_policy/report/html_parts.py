"""Pieces of the HTML report: everything of the repository or the packs passes :func:`html_safe` on its way in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from genai_policy.model import Lang, Place
from genai_policy.model.verdict import Evidence
from genai_policy.report.escape import html_safe
from genai_policy.report.markdown_text import Links
from genai_policy.report.wording import phrase, say

LANGS: tuple[Lang, Lang] = ("en", "zh")
TAG: dict[Lang, str] = {"en": "en", "zh": "zh-CN"}
#: Characters of one sentence, and places and pieces of evidence of one cell, that are shown.
MAX_TEXT, MAX_PLACES, MAX_EVIDENCE = 3_000, 10, 20
_TONE = {"satisfied": "good", "unmet": "bad", "undetermined": "open", "not-applicable": "none"}


def safe(text: str) -> str:
    """Return ``text`` for HTML; a sentence that quotes a very long line of the repository is cut, visibly."""
    return html_safe(text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]} ...")


def anchor(text: str, address: str) -> str:
    """Return ``text`` linked to a web address or a place of this document, or alone where there is neither."""
    if not address.startswith(("https://", "http://", "#")):
        return safe(text)
    return f'<a href="{html_safe(address)}">{safe(text)}</a>'


def spot(place: Place, links: Links) -> str:
    """Return a place as code, linked to its line where the files have an address."""
    shown = f"<code>{safe(f'{links.prefix}{place.file}:{place.line}' if place.line else links.prefix + place.file)}</code>"
    target = links.target(place)
    return f'<a href="{html_safe(target)}">{shown}</a>' if target else shown


def spots(places: Sequence[Place], links: Links, lang: Lang) -> str:
    """Return places after each other, and how many more there are."""
    more = [safe(phrase("format.more", lang, n=len(places) - MAX_PLACES))] if len(places) > MAX_PLACES else []
    return ", ".join([*(spot(place, links) for place in places[:MAX_PLACES]), *more])


def outcome(word: str, lang: Lang) -> str:
    """Return an outcome as a word; its colour only repeats it."""
    return f'<span class="mark {_TONE[word]}">{safe(phrase(f"format.outcome-{word}", lang))}</span>'


def evidence_list(evidence: Sequence[Evidence], links: Links, lang: Lang) -> str:
    """Return pieces of evidence as a list, each with the side it takes and where it lies."""
    items = [
        f"<li>{safe(phrase(f'format.polarity-{e.polarity}', lang))} {safe(say(e.note, lang))}"
        f"{' ' + spots(e.places[:3], links, lang) if e.places else ''}</li>"
        for e in evidence[:MAX_EVIDENCE]
    ]
    if len(evidence) > MAX_EVIDENCE:
        items.append(f"<li>{safe(phrase('format.more', lang, n=len(evidence) - MAX_EVIDENCE))}</li>")
    return f"<ul>{''.join(items)}</ul>" if items else "–"


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a table that scrolls by keyboard where it is wider than the window. Cells of rows are HTML."""
    yield f'<div class="wide" role="region" tabindex="0" aria-label="{safe(caption)}"><table><caption>{safe(caption)}</caption>'
    columns = "".join(f'<th scope="col">{safe(cell)}</th>' for cell in head)
    yield f"<thead><tr>{columns}</tr></thead><tbody>"
    for cells in rows:
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    yield "</tbody></table></div>"
