"""The ``markdown`` format: for step summaries, merge request comments and release pages.

What closes the gate comes first, then a table of every duty that applies or may apply, then what was not looked at. Bounded: a GitHub step
summary of more than 1 MiB is dropped whole, so what does not fit is left out by rows, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from genai_policy.hookspecs import hookimpl
from genai_policy.model import Lang, Place, Verdict
from genai_policy.model.verdict import Evidence, ObligationOutcome, ServiceOutcome
from genai_policy.report.change_text import change_lines
from genai_policy.report.escape import markdown_code, markdown_safe
from genai_policy.report.markdown_text import Links, Page, header, link, row
from genai_policy.report.page_paths import page_link
from genai_policy.report.parts import sides, title_of
from genai_policy.report.remarks import Remark, counted, remarks
from genai_policy.report.tally import exit_code
from genai_policy.report.wording import label, phrase, say

#: Bytes of the whole document.
LIMIT = 900_000
#: How many findings are told in full, how many rows a table has, how many places and pieces of evidence a cell shows.
MAX_TOLD, MAX_ROWS, MAX_PLACES, MAX_EVIDENCE = 100, 1_000, 5, 3
#: Characters of one sentence: a message can quote a long line of the repository.
MAX_TEXT = 1_500
_OUTCOME = {"satisfied": "✅", "unmet": "❌", "undetermined": "❔", "not-applicable": "–"}
_GATE = {"open": "✅", "closed": "❌", "inconclusive": "❔"}
_LEVEL = {"error": "❌", "warning": "⚠️", "note": "ℹ️"}


@dataclass(frozen=True)
class MarkdownReport:
    """Writes one document. ``prefix`` is the scanned directory relative to the repository's root; ``pages`` the address below which the
    pages of the obligations lie; ``sources`` that of the repository's files; ``limit`` the largest size in bytes."""

    prefix: str = ""
    pages: str = ""
    sources: str = ""
    limit: int = LIMIT
    name: str = "markdown"

    def __call__(self, verdict: Verdict, lang: Lang) -> str:
        writer = _Writer(verdict, lang, self.pages, Links(self.prefix, self.sources))
        # room for the headings and "n more" lines, which are always written
        page = Page(lang, self.limit - 4_000)
        page.add(*writer.head())
        writer.remarks(page)
        writer.duties(page)
        writer.away(page)
        page.lines += writer.ledger()
        return page.text()


@hookimpl
def genai_policy_reporters() -> list[MarkdownReport]:
    """Offer the ``markdown`` format."""
    return [MarkdownReport()]


class _Writer:
    """The sections of one document."""

    def __init__(self, verdict: Verdict, lang: Lang, pages: str, links: Links) -> None:
        self.verdict, self.lang, self.pages, self.links = verdict, lang, pages, links

    def say(self, code: str, /, **args: object) -> str:
        return _safe(phrase(code, self.lang, **args))

    def head(self) -> Iterator[str]:
        verdict, code = self.verdict, exit_code(self.verdict)
        gate = phrase(f"text.gate-{verdict.gate}", self.lang)
        packs = ", ".join(verdict.packs)
        yield f"## {_GATE[verdict.gate]} genai-policy: {_safe(gate)}"
        yield ""
        yield self.say("text.header", gate=gate, name=verdict.gate_name, as_of=verdict.as_of.isoformat(), packs=packs) + "  "
        yield self.say("text.end", gate=gate, code=code, meaning=phrase(f"text.exit-{code}", self.lang)) + "  "
        yield self.say("format.counted", counts=counted(verdict, self.lang))
        # what a change does to the duties themselves comes before any finding
        notes = [*change_lines(verdict, self.lang), *(say(note, self.lang) for note in verdict.notes)]
        if notes:
            yield ""
            yield from (f"- {_safe(note)}" for note in notes[:MAX_TOLD])

    def remarks(self, page: Page) -> None:
        told = remarks(self.verdict, self.lang, self.pages, together=True)
        open_ones = [r for r in told if not r.accepted]
        accepted = [r for r in told if r.accepted]
        if open_ones:
            page.add("", f"### {self.say('format.to-do', n=len(open_ones))}", "")
            page.rows((list(self._told(remark)) for remark in open_ones), len(open_ones), MAX_TOLD)
        if accepted:
            page.add("", f"### {self.say('format.accepted', n=len(accepted))}", "")
            page.rows((list(self._told(remark)) for remark in accepted), len(accepted), MAX_TOLD)

    def _told(self, remark: Remark) -> Iterator[str]:
        name = "" if remark.status in ("gap", "reason") and not remark.page else link(remark.id, remark.page)
        title = f"{name} {_safe(remark.title)}".strip()
        status = f" ({_safe(remark.accepted)})" if remark.accepted else ""
        yield f"- {_LEVEL[remark.level]} **{title}**{status}: {_safe(remark.text)}"
        if remark.places:
            shown = ", ".join(map(self.links.place, remark.places[:MAX_PLACES]))
            more = f" {self.say('format.more', n=len(remark.places) - MAX_PLACES)}" if len(remark.places) > MAX_PLACES else ""
            yield f"  - {shown}{more}"
        if remark.hops:
            hops = " → ".join(f"{self.links.place(Place(hop.file, hop.line))} {markdown_code(hop.symbol)}" for hop in remark.hops[:20])
            yield f"  - {self.say('format.path')} {hops}"
        if remark.also:
            yield f"  - {self.say('text.also', others=', '.join(remark.also))}"
        if remark.fix:
            yield f"  - {self.say('text.fix', fix=remark.fix)}"

    def duties(self, page: Page) -> None:
        for service in self.verdict.services:
            bound = [duty for duty in service.obligations if duty.applicability.answer != "does-not-apply"]
            name = f"{_safe(service.service.name)} ({markdown_code(self.links.prefix + service.service.manifest)})"
            page.add("", f"### {self.say('format.duties', n=len(bound))} {name}", "")
            if bound:
                columns = ("outcome", "duty", "reading", "evidence", "open")
                page.add(*header(*(self.say(f"format.column-{column}") for column in columns)))
                page.rows(([self._row(service, duty)] for duty in sorted(bound, key=_weight)), len(bound), MAX_ROWS)

    def _row(self, service: ServiceOutcome, duty: ObligationOutcome) -> str:
        page = page_link(duty.id, self.verdict.law, self.lang, self.pages)
        told, left = sides(duty)
        return row(
            f"{_OUTCOME[duty.outcome]} {self.say(f'format.outcome-{duty.outcome}')}",
            f"{link(duty.id, page)} {_safe(title_of(self.verdict, duty.id, self.lang))}".rstrip(),
            self._reading(duty),
            self._evidence(told),
            self._evidence(left),
        )

    def _reading(self, duty: ObligationOutcome) -> str:
        review = f", {self.say('scope.is-review')}" if duty.applicability.answer == "review" else ""
        return self.say(f"format.reading-{duty.applicability.reading}") + review

    def _evidence(self, evidence: list[Evidence]) -> str:
        shown = [
            f"{self.say(f'format.polarity-{e.polarity}')} {_safe(say(e.note, self.lang))}"
            + (f" {self.links.place(e.places[0])}" if e.places else "")
            for e in evidence[:MAX_EVIDENCE]
        ]
        more = [self.say("format.more", n=len(evidence) - MAX_EVIDENCE)] if len(evidence) > MAX_EVIDENCE else []
        return "<br>".join([*shown, *more]) or "–"

    def away(self, page: Page) -> None:
        gone = [duty.id for s in self.verdict.services for duty in s.obligations if duty.applicability.answer == "does-not-apply"]
        if gone:
            names = ", ".join(map(markdown_code, dict.fromkeys(gone)))
            heading = self.say("scope.does-not-apply", n=len(gone))
            page.rows([["", f"<details><summary>{heading}</summary>", "", names, "", "</details>"]], 1, 1)

    def ledger(self) -> Iterator[str]:
        ledger = self.verdict.ledger
        left_out = ", ".join(f"{label('left-out', reason, self.lang)} {count}" for reason, count in ledger.left_out)
        total = sum(count for _, count in ledger.left_out)
        looked = self.say("text.ledger", enumerated=ledger.enumerated, read=ledger.read, left_out=total)
        rules = self.say("text.rules", run=len(ledger.rules_run), skipped=len(ledger.rules_skipped))
        yield from ("", f"{looked}{f' ({_safe(left_out)})' if left_out else ''}{rules}")
        for rule, reason in ledger.rules_skipped[:MAX_PLACES]:
            yield f"- {self.say('text.rule-skipped', rule=rule, reason=reason)}"


def _safe(text: str) -> str:
    return markdown_safe(text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]} ...")


def _weight(duty: ObligationOutcome) -> tuple[int, str]:
    return ("unmet", "undetermined", "satisfied", "not-applicable").index(duty.outcome), duty.id
