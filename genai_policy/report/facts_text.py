"""Code facts → text: generation calls, the routes that reach them and how, other ways in, and what could not be followed."""

from __future__ import annotations

from collections.abc import Iterator

from genai_policy.model import CodeFacts, Lang
from genai_policy.model.verdict import Ledger
from genai_policy.report.layout import Pen, Style
from genai_policy.report.wording import label


def facts_text(facts: CodeFacts, ledger: Ledger, lang: Lang, style: Style) -> str:
    """Return the text view of ``genai-policy facts``."""
    pen = Pen(lang, style)
    sections = (
        _sites(facts, pen),
        _generation_routes(facts, pen),
        _other_routes(facts, pen),
        _entries(facts, pen),
        _gaps(facts, pen),
    )
    body = "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines)
    left_out = sum(count for _, count in ledger.left_out)
    end = pen.say("text.ledger", enumerated=ledger.enumerated, read=ledger.read, left_out=left_out)
    return "\n".join([body, "", *pen.block(end, "", "  ", "dim")]) + "\n"


def _sites(facts: CodeFacts, pen: Pen) -> Iterator[str]:
    yield pen.ink(pen.say("facts.sites", n=len(facts.sites)), "bold")
    for site in facts.sites:
        possible = pen.say("facts.possible") if site.certainty == "possible" else ""
        yield from pen.block(f"{site.file}:{site.line}  {site.callee}  ({site.provider}, {site.modality}){possible}", "  ", "    ")


def _generation_routes(facts: CodeFacts, pen: Pen) -> Iterator[str]:
    yield pen.ink(pen.say("facts.generation-routes", n=len(facts.generation_routes)), "bold")
    for found in facts.generation_routes:
        route = facts.routes[found.route]
        possible = pen.say("facts.possible") if found.certainty == "possible" else ""
        yield from pen.block(f"{route.file}:{route.line}  {route.method} {route.path}  ({route.framework}){possible}", "  ", "    ")
        hops = " > ".join(f"{hop.file}:{hop.line} {hop.symbol}".rstrip() for hop in found.hops)
        yield from pen.block(pen.say("text.path", hops=hops), "    ", "      ", "dim")


def _other_routes(facts: CodeFacts, pen: Pen) -> Iterator[str]:
    generating = {found.route for found in facts.generation_routes}
    others = [route for number, route in enumerate(facts.routes) if number not in generating]
    if not others:
        return
    yield pen.ink(pen.say("facts.other-routes", n=len(others)), "bold")
    limit = len(others) if pen.style.verbose else 12
    for route in others[:limit]:
        yield from pen.block(f"{route.file}:{route.line}  {route.method} {route.path}  {route.handler}", "  ", "    ")
    if len(others) > limit:
        yield f"  {pen.say('text.more', n=len(others) - limit)}"


def _entries(facts: CodeFacts, pen: Pen) -> Iterator[str]:
    if not facts.entry_points:
        return
    yield pen.ink(pen.say("facts.entry-points", n=len(facts.entry_points)), "bold")
    for entry in facts.entry_points:
        yield from pen.block(f"{entry.file}:{entry.line}  {entry.kind}  {entry.name}  ({entry.framework})", "  ", "    ")


def _gaps(facts: CodeFacts, pen: Pen) -> Iterator[str]:
    if not facts.gaps:
        return
    yield pen.ink(pen.say("text.gaps", n=len(facts.gaps)), "bold")
    limit = len(facts.gaps) if pen.style.verbose else 8
    for gap in sorted(facts.gaps, key=lambda gap: not gap.on_path)[:limit]:
        place = f"{gap.file}:{gap.line}" if gap.line else gap.file or "-"
        yield from pen.block(f"{place}  {label('gap', gap.kind, pen.lang)}: {gap.reason}", "  ", "    ")
    if len(facts.gaps) > limit:
        yield f"  {pen.say('text.more', n=len(facts.gaps) - limit)}"
