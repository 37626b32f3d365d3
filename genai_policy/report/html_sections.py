"""The sections of the HTML report in one language: what to do, every duty with its evidence, what was looked at, the duties in words."""

from __future__ import annotations

from collections.abc import Iterator

from genai_policy.model import Lang, Obligation, Place, Verdict
from genai_policy.model.verdict import Because, ObligationOutcome, ServiceOutcome
from genai_policy.report.change_text import change_lines
from genai_policy.report.html_parts import anchor, evidence_list, outcome, safe, spot, spots, table
from genai_policy.report.layout import Pen
from genai_policy.report.markdown_text import Links
from genai_policy.report.page_paths import page_link
from genai_policy.report.parts import sides, title_of, value_text
from genai_policy.report.remarks import Remark, remarks
from genai_policy.report.tally import OUTCOMES, all_duties, counts, exit_code
from genai_policy.report.wording import label, phrase, say

#: How many findings, and how many gaps, are told.
MAX_TOLD = 1_000
_TONE = {"error": "bad", "warning": "open", "note": "none"}
_ORDER = ("unmet", "undetermined", "satisfied", "not-applicable")


def sections(verdict: Verdict, lang: Lang, links: Links, pages: str) -> Iterator[str]:
    """Yield the report's body below its title."""
    writer = _Writer(verdict, lang, links, pages)
    yield from writer.head()
    yield from writer.findings()
    for service in verdict.services:
        yield from writer.duties(service)
    yield from writer.away()
    yield from writer.ledger()
    yield from writer.words()


class _Writer:
    """One verdict in one language. Rows and texts of duties have ids that begin with the language."""

    def __init__(self, verdict: Verdict, lang: Lang, links: Links, pages: str) -> None:
        self.verdict, self.lang, self.links, self.pages = verdict, lang, links, pages
        self.pen = Pen(lang)
        ran = sorted({duty.id for _, duty in all_duties(verdict) if duty.applicability.answer != "does-not-apply"})
        self.numbers = {name: f"{lang}-{number}" for number, name in enumerate(ran, 1)}

    def say(self, code: str, /, **args: object) -> str:
        return safe(phrase(code, self.lang, **args))

    def head(self) -> Iterator[str]:
        verdict, tally, code = self.verdict, counts(self.verdict), exit_code(self.verdict)
        gate, packs = phrase(f"text.gate-{verdict.gate}", self.lang), ", ".join(verdict.packs)
        yield f"<p>{self.say('text.header', gate=gate, name=verdict.gate_name, as_of=verdict.as_of.isoformat(), packs=packs)}<br>"
        yield f"{self.say('text.end', gate=gate, code=code, meaning=phrase(f'text.exit-{code}', self.lang))}</p>"
        yield '<dl class="counts">'
        for key in (*OUTCOMES, "review", "new", "waived", "baselined", "gaps"):
            yield f"<div><dt>{self.say(f'format.count-{key}')}</dt><dd>{tally[key]}</dd></div>"
        yield "</dl>"
        # what a change does to the duties themselves comes before any finding
        notes = [*change_lines(verdict, self.lang), *(say(note, self.lang) for note in verdict.notes)]
        if notes:
            yield f"<ul>{''.join(f'<li>{safe(note)}</li>' for note in notes[:MAX_TOLD])}</ul>"

    def findings(self) -> Iterator[str]:
        told = remarks(self.verdict, self.lang, self.pages, together=True)
        accepted = [r for r in told if r.accepted]
        for code, some in (("format.to-do", [r for r in told if r not in accepted]), ("format.accepted", accepted)):
            if some:
                yield f"<h2>{self.say(code, n=len(some))}</h2>"
                yield '<ol class="todo">'
                for remark in some[:MAX_TOLD]:
                    yield f"<li>{''.join(self._told(remark))}</li>"
                yield "</ol>"
                if len(some) > MAX_TOLD:
                    yield f"<p>{self.say('format.left-out', n=len(some) - MAX_TOLD)}</p>"

    def _told(self, remark: Remark) -> Iterator[str]:
        yield f'<span class="mark {_TONE[remark.level]}">{self.say(f"text.severity-{remark.level}")}</span> '
        if remark.status not in ("gap", "reason") or remark.page:
            yield f'<span class="id">{self._named(remark.id)}</span> '
        if remark.title:
            yield f"<strong>{safe(remark.title)}</strong> "
        if remark.accepted:
            yield f"({safe(remark.accepted)}) "
        yield f"<br>{safe(remark.text)}"
        if remark.places:
            yield f"<br>{spots(remark.places, self.links, self.lang)}"
        if remark.hops:
            hops = " → ".join(f"{spot(Place(h.file, h.line), self.links)} <code>{safe(h.symbol)}</code>" for h in remark.hops[:100])
            yield f"<br>{self.say('format.path')} {hops}"
        if remark.also:
            yield f"<br>{self.say('text.also', others=', '.join(remark.also))}"
        if remark.fix:
            yield f"<br>{self.say('text.fix', fix=remark.fix)}"

    def duties(self, service: ServiceOutcome) -> Iterator[str]:
        bound = [duty for duty in service.obligations if duty.applicability.answer != "does-not-apply"]
        told = service.service
        yield f"<h2>{safe(told.name)} <code>{safe(self.links.prefix + told.manifest)}</code></h2>"
        if bound:
            head = [phrase(f"format.column-{c}", self.lang) for c in ("outcome", "duty", "reading", "because", "evidence", "open")]
            rows = (self._row(duty) for duty in sorted(bound, key=lambda d: (_ORDER.index(d.outcome), d.id)))
            yield from table(f"{phrase('format.duties', self.lang, n=len(bound))} {told.name}", head, rows)

    def _row(self, duty: ObligationOutcome) -> list[str]:
        told, left = sides(duty)
        review = f"<br>{self.say('scope.is-review')}" if duty.applicability.answer == "review" else ""
        return [
            outcome(duty.outcome, self.lang),
            f'<span class="id">{self._named(duty.id)}</span><br>{safe(title_of(self.verdict, duty.id, self.lang))}',
            self.say(f"format.reading-{duty.applicability.reading}") + review,
            self._because(duty.applicability.because),
            evidence_list(told, self.links, self.lang),
            evidence_list(left, self.links, self.lang),
        ]

    def _named(self, id: str) -> str:
        number = self.numbers.get(id, "")
        return anchor(id, f"#{number}" if number and self.verdict.law.obligation(id) else "")

    def _because(self, facts: tuple[Because, ...]) -> str:
        items = [
            f"<li><code>{safe(fact.fact)}</code> = {safe(value_text(fact.value, self.pen))} "
            f"{spot(Place(fact.file, fact.line), self.links)}</li>"
            for fact in facts
        ]
        return f"<ul>{''.join(items)}</ul>" if facts else "–"

    def away(self) -> Iterator[str]:
        gone = [(s, duty) for s, duty in all_duties(self.verdict) if duty.applicability.answer == "does-not-apply"]
        if gone:
            title = phrase("scope.does-not-apply", self.lang, n=len(gone))
            yield f"<h2>{safe(title)}</h2>"
            head = [phrase(f"format.column-{column}", self.lang) for column in ("service", "duty", "because")]
            rows = ([safe(s.service.name), self._gone(duty), self._because(duty.applicability.because)] for s, duty in gone)
            yield from table(title, head, rows)

    def _gone(self, duty: ObligationOutcome) -> str:
        return f'<span class="id">{safe(duty.id)}</span><br>{safe(title_of(self.verdict, duty.id, self.lang))}'

    def ledger(self) -> Iterator[str]:
        ledger = self.verdict.ledger
        total = sum(count for _, count in ledger.left_out)
        yield f"<h2>{self.say('format.ledger')}</h2>"
        yield f"<p>{self.say('text.ledger', enumerated=ledger.enumerated, read=ledger.read, left_out=total)}"
        yield f"{self.say('text.rules', run=len(ledger.rules_run), skipped=len(ledger.rules_skipped))}</p>"
        items = [f"<li>{safe(label('left-out', reason, self.lang))}: {count}</li>" for reason, count in ledger.left_out]
        items += [f"<li>{self.say('text.rule-skipped', rule=rule, reason=reason)}</li>" for rule, reason in ledger.rules_skipped]
        if items:
            yield f"<ul>{''.join(items)}</ul>"
        for pack in self.verdict.law.packs:
            about = self.say("pack.about", status=pack.status, since=pack.in_force.isoformat(), jurisdiction=pack.jurisdiction)
            yield f"<p><code>{safe(pack.id)} {safe(pack.version)}</code> {safe(pack.instrument.say(self.lang))}: {about}</p>"

    def words(self) -> Iterator[str]:
        told = [(number, o) for name, number in self.numbers.items() if (o := self.verdict.law.obligation(name))]
        if told:
            yield f"<h2>{self.say('format.words')}</h2>"
        for number, obligation in told:
            yield f'<h3 id="{number}"><span class="id">{safe(obligation.id)}</span> {safe(obligation.title.say(self.lang))}</h3>'
            for code, text in self._paragraphs(obligation):
                yield f"<p><strong>{self.say(code)}</strong> {safe(text)}</p>"
            links = [source for source in obligation.sources if source.startswith(("https://", "http://"))]
            page = page_link(obligation.id, self.verdict.law, self.lang, self.pages)
            links += [page] if "://" in page else []
            if links:
                yield f"<p>{' · '.join(anchor(source, source) for source in links)}</p>"

    def _paragraphs(self, obligation: Obligation) -> Iterator[tuple[str, str]]:
        lang = self.lang
        yield "sarif.duty", obligation.duty.say(lang)
        yield "sarif.clause", obligation.clause.say(lang)
        if obligation.reading.doubts:
            yield "format.doubts", obligation.reading.doubts.say(lang)
        for requirement in obligation.requires:
            if control := self.verdict.law.controls.get(requirement.control):
                yield "sarif.looks-for", f"{control.id}: {control.looks_for.say(lang)}"
        yield "sarif.fix", obligation.fix.say(lang)
        yield "sarif.limits", obligation.limits.say(lang)
