"""Which waivers no longer do anything, and genai-waivers.toml without them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import Struct

from genai_policy.errors import UsageProblem

if TYPE_CHECKING:
    from genai_policy.model import Verdict
    from genai_policy.pipeline import Options


class Pruned(Struct, frozen=True):
    """``text`` is the file without the waivers that were ``dropped`` (place, text, why), None where nothing is to be dropped. ``in_code``
    are comments that have to go by hand (place, why). Why: ``expired`` or ``idle``."""

    text: str | None
    dropped: tuple[tuple[str, str, str], ...] = ()
    in_code: tuple[tuple[str, str], ...] = ()


def pruned(options: Options) -> Pruned:
    """Judge the services as if nothing were waived, and compare. Raises WaiverError for mistakes that pruning cannot mend."""
    from genai_policy import pipeline
    from genai_policy.assess.waiving import idle
    from genai_policy.load.mistakes import Mistakes
    from genai_policy.load.time_zones import DEFAULT_ZONE
    from genai_policy.load.toml import read_toml
    from genai_policy.load.waivers import WAIVERS_FILE, Sources, expired, load_every_waiver
    from genai_policy.load.waivers_text import without
    from genai_policy.read.comments import comments_to_us
    from genai_policy.read.tree import open_tree

    tree = open_tree(options.root)
    verdict = pipeline.check(replace(options, waived=(), baselined=frozenset()))
    sources = Sources(tree.read, has_file=tree.has(WAIVERS_FILE), comments=comments_to_us(tree))
    everything = pipeline.law(options)
    waivers = load_every_waiver(sources, everything, ())
    unused = set(idle(waivers, verdict.findings, _undecided(verdict)))
    stale_code = tuple(
        (f"{w.place.file}:{w.place.line}", "expired" if DEFAULT_ZONE.is_over(w.expires, verdict.as_of) else "idle")
        for w in waivers
        if w.lines and (w in unused or DEFAULT_ZONE.is_over(w.expires, verdict.as_of))
    )
    if not sources.has_file:
        return Pruned(None, in_code=stale_code)
    data = tree.read(WAIVERS_FILE)
    source = read_toml(WAIVERS_FILE, data, Mistakes())
    written = [w for w in waivers if w.lines is None]
    if source is None or not written:
        return Pruned(None, in_code=stale_code)
    over = expired(source, verdict.as_of)
    reasons = {i: "expired" if i in over else "idle" for i, w in enumerate(written) if i in over or w in unused}
    if not reasons:
        return Pruned(None, in_code=stale_code)
    left = without(source, reasons.keys(), len(written))
    if left is None:
        lines = ", ".join(str(written[index].place.line) for index in sorted(reasons))
        raise UsageProblem(f"{WAIVERS_FILE} is written in a way that prune does not edit; drop the waivers of lines {lines} by hand")
    text, gone = left
    places = [f"{written[index].place.file}:{written[index].place.line}" for index in sorted(reasons)]
    dropped = tuple(zip(places, gone, (reasons[index] for index in sorted(reasons)), strict=True))
    return Pruned(text.replace("\n", "\r\n") if b"\r\n" in data else text, dropped, stale_code)


def _undecided(verdict: Verdict) -> set[str]:
    return {o.id for s in verdict.services for o in (*s.obligations, *s.gates) if o.outcome == "undetermined"}
