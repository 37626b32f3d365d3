"""What every text view writes the same way: places, deciding facts, titles, and how a long list is cut to one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from genai_policy.model import Lang, Place, Verdict
from genai_policy.model.verdict import Because, Evidence, ObligationOutcome
from genai_policy.report.change_text import change_title
from genai_policy.report.layout import Pen
from genai_policy.report.records import plain


def because(facts: Iterable[Because], pen: Pen) -> str:
    """Return the deciding facts, each with its value and place."""
    return ", ".join(pen.say("text.fact", fact=f.fact, value=value_text(f.value, pen), at=spot(Place(f.file, f.line))) for f in facts)


def value_text(value: object, pen: Pen) -> str:
    """Return a fact's value in words; an undeclared one says so."""
    if value is None:
        return pen.say("text.undeclared")
    if isinstance(value, bool):
        return "true" if value else "false"
    shown = plain(value)
    if isinstance(shown, list):
        return "[" + ", ".join(str(item) for item in shown) + "]"
    return str(shown)


def title_of(verdict: Verdict, obligation: str, lang: Lang) -> str:
    """Return the title of an obligation, or of a finding about a change; "" for one that nobody knows."""
    found = verdict.law.obligation(obligation)
    return found.title.say(lang) if found else change_title(obligation, lang)


def sides(duty: ObligationOutcome) -> tuple[list[Evidence], list[Evidence]]:
    """Return the evidence that speaks, what contradicts first, and the evidence that is open or was rejected."""
    evidence = [e for control in duty.controls for e in control.evidence]
    by_polarity = {p: [e for e in evidence if e.polarity == p] for p in ("contradicts", "supports", "undecided", "rejected")}
    return by_polarity["contradicts"] + by_polarity["supports"], by_polarity["undecided"] + by_polarity["rejected"]


def at(places: Sequence[Place]) -> str:
    """Return the first place, the one to look at."""
    return spot(places[0]) if places else "-"


def spot(place: Place) -> str:
    """Return ``file:line``."""
    return f"{place.file}:{place.line}" if place.line else place.file


def limited(blocks: Iterable[list[str]], total: int, limit: int, pen: Pen) -> Iterator[str]:
    """Yield the lines of the first ``limit`` blocks and how many more there are (all of them with ``-v``)."""
    wanted = list(blocks)[: total if pen.style.verbose else limit]
    yield from chain.from_iterable(wanted)
    if total > len(wanted):
        yield f"  {pen.say('text.more', n=total - len(wanted))}"
