"""A first verdict → a way in: what blocks, which facts and controls settle most of it, and what a baseline would accept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from genai_policy.model import Lang, Verdict
from genai_policy.report.layout import Pen
from genai_policy.report.records import fix_of
from genai_policy.report.tally import all_duties, counts

#: More new findings than this, and none accepted before: probably a first run.
MANY = 10
#: What one can take in at once.
FIRST = 3


def is_first_run(verdict: Verdict) -> bool:
    """Say whether so much is unmet, and nothing accepted yet, that a list helps less than a way in."""
    tally = counts(verdict)
    return tally["new"] > MANY and not tally["baselined"] and not tally["waived"]


def way_in(verdict: Verdict, pen: Pen) -> Iterator[str]:
    """Yield the lines that tell somebody new where to begin."""
    new = [finding for finding in verdict.findings if finding.status == "new"]
    blocking = sum(finding.severity == "error" for finding in new)
    yield from pen.block(pen.say("first-run.head", blocking=blocking, others=len(new) - blocking), "", "  ", "bold")
    waiting, facts = _deciding_facts(verdict)
    if facts:
        yield from pen.block(pen.say("first-run.facts", n=waiting, facts=", ".join(facts)), "  ", "    ")
    leverage = _leverage(verdict, pen.lang)
    if leverage:
        yield from pen.block(pen.say("first-run.controls", n=min(FIRST, len(leverage))), "  ", "    ")
    for number, (control, duties, fix) in enumerate(leverage[:FIRST], 1):
        yield from pen.block(pen.say("first-run.control", number=number, control=control, n=duties, fix=fix), "    ", "       ")
    yield from pen.block(pen.say("first-run.baseline", n=len(new)), "  ", "    ")
    yield from pen.block(pen.say("first-run.explain"), "  ", "    ")


def _deciding_facts(verdict: Verdict) -> tuple[int, list[str]]:
    """Return how many duties bind or wait while facts are undeclared, and the facts that the most of them hang on."""
    open_facts = [
        {because.fact for because in duty.applicability.because if because.value is None}
        for _, duty in all_duties(verdict)
        if duty.applicability.answer != "does-not-apply"
    ]
    tally = Counter(fact for facts in open_facts for fact in facts)
    ordered = sorted(tally, key=lambda fact: (-tally[fact], fact))
    return sum(bool(facts) for facts in open_facts), ordered[:FIRST]


def _leverage(verdict: Verdict, lang: Lang) -> list[tuple[str, int, str]]:
    """Return the controls whose absence blocks, each with the number of duties that it serves and its fix, the most useful first."""
    duties: dict[str, set[tuple[str, str]]] = {}
    fixes: dict[str, str] = {}
    for finding in verdict.findings:
        if finding.status == "new" and finding.severity == "error":
            duties.setdefault(finding.control, set()).add((finding.service, finding.obligation))
            fixes.setdefault(finding.control, fix_of(finding, verdict.law, lang))
    return sorted(((control, len(served), fixes[control]) for control, served in duties.items()), key=lambda entry: (-entry[1], entry[0]))
