"""The part of the text report that a developer acts on: unmet duties, each with its places, what is missing and what opens the gate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from genai_policy.model import Finding, Hop, Verdict
from genai_policy.report.causes import Cause, causes
from genai_policy.report.first_run import is_first_run
from genai_policy.report.layout import Pen
from genai_policy.report.page_paths import page_link, where_to_read
from genai_policy.report.parts import at, limited, spot, title_of
from genai_policy.report.records import fix_of
from genai_policy.report.tally import SEVERITIES, by_weight
from genai_policy.report.wording import say

#: How many are told in full, how many more in one line each, and how many hops of a path are shown; ``-v`` lifts the limits.
IN_FULL, IN_SHORT, HOPS = 5, 6, 6
#: On a first run there are far too many to read: a few show what they look like, and a way in follows.
ON_A_FIRST_RUN = 2
#: Places beside the first one; the other formats hold all.
MAX_OTHERS = 5
_COLOUR = {"error": "red", "warning": "yellow", "note": "cyan"}


def findings_text(verdict: Verdict, pen: Pen, pages: str = "") -> Iterator[str]:
    """Yield the lines about findings that are new, grouped by obligation, heaviest first."""
    blocks = _blocks([finding for finding in by_weight(verdict.findings) if finding.status == "new"])
    full = len(blocks) if pen.style.verbose else ON_A_FIRST_RUN if is_first_run(verdict) else IN_FULL
    for number, (_, group) in enumerate(groupby(blocks[:full], key=_group)):
        if number:
            yield ""
        yield from _told(list(group), verdict, pen, pages)
    if rest := blocks[full:]:
        yield ""
        yield from pen.heading("text.also-unmet", n=len(rest))
        yield from limited((_short(block[0], verdict, pen) for block in rest), len(rest), IN_SHORT, pen)


def _blocks(findings: Sequence[Finding]) -> list[Cause]:
    """Return the causes, those of one obligation beside each other."""
    found = causes(findings)
    order: dict[tuple[object, ...], int] = {}
    for block in found:
        order.setdefault(_group(block), len(order))
    return sorted(found, key=lambda block: order[_group(block)])


def _group(block: Cause) -> tuple[int, str, str]:
    return SEVERITIES.index(block[0].severity), block[0].service, block[0].obligation


def _told(blocks: Sequence[Cause], verdict: Verdict, pen: Pen, pages: str) -> Iterator[str]:
    """Yield one obligation: its heading, each place, and each control's fix once."""
    first = blocks[0][0]
    yield from _heading(first, verdict, pen)
    others = sorted({finding.obligation for block in blocks for finding in block} - {first.obligation})
    if others:
        yield from pen.block(pen.say("text.also", others=", ".join(others)), "  ", "    ", "dim")
    for control in dict.fromkeys(block[0].control for block in blocks):
        group = [block for block in blocks if block[0].control == control]
        for finding, *_ in group:
            yield from _place(finding, pen)
        if fix := fix_of(group[0][0], verdict.law, pen.lang):
            yield from pen.block(pen.say("text.fix", fix=fix), "    ", "      ")
    if page := page_link(first.obligation, verdict.law, pen.lang, pages):
        yield from pen.block(where_to_read(first.obligation, page, pen.lang, briefly=not pen.style.verbose), "  ", "    ", "dim")


def _heading(finding: Finding, verdict: Verdict, pen: Pen) -> Iterator[str]:
    severity = pen.say(f"text.severity-{finding.severity}")
    of_service = f" ({finding.service})" if len(verdict.services) > 1 else ""
    text = f"{finding.obligation}  {title_of(verdict, finding.obligation, pen.lang)}{of_service}"
    first, *rest = pen.block(text, f"{severity}  ", "  ")
    yield pen.ink(severity, "bold", _COLOUR[finding.severity]) + first[len(severity) :]
    yield from rest


def _place(finding: Finding, pen: Pen) -> Iterator[str]:
    yield from pen.block(f"{at(finding.places)}  {say(finding.message, pen.lang)}", "  ", "    ")
    passed = {(hop.file, hop.line) for hop in finding.hops}
    if others := [place for place in finding.places[1:] if (place.file, place.line) not in passed]:
        yield from pen.block(pen.say("text.see", places=", ".join(map(spot, others[:MAX_OTHERS]))), "    ", "      ", "dim")
    if finding.hops:
        yield from pen.block(pen.say("text.path", hops=path_text(finding.hops, pen)), "    ", "      ", "dim")


def _short(finding: Finding, verdict: Verdict, pen: Pen) -> list[str]:
    return pen.block(f"{at(finding.places)}  {finding.obligation}  {title_of(verdict, finding.obligation, pen.lang)}", "  ", "    ")


def path_text(hops: Sequence[Hop], pen: Pen) -> str:
    """Return a path as hops that editors and terminals make clickable; the middle of a long one is left out unless verbose."""
    shown = [f"{hop.file}:{hop.line} {hop.symbol}".rstrip() for hop in hops]
    if len(shown) > HOPS and not pen.style.verbose:
        shown = [*shown[: HOPS // 2], "...", *shown[-HOPS // 2 :]]
    return " > ".join(shown)
