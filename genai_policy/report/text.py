"""The ``text`` format: one screen a developer understands. Which duty, which place, what is missing, what opens the gate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from genai_policy.hookspecs import hookimpl
from genai_policy.model import Lang, Place, Verdict
from genai_policy.model.verdict import Evidence, ObligationOutcome
from genai_policy.report.change_text import change_lines
from genai_policy.report.first_run import is_first_run, way_in
from genai_policy.report.layout import PLAIN, Pen, Style
from genai_policy.report.parts import at, because, limited, spot, title_of
from genai_policy.report.remarks import accepted_words, counted
from genai_policy.report.tally import all_duties, counts, exit_code
from genai_policy.report.text_findings import findings_text
from genai_policy.report.wording import label, say

#: How many entries of a section make one screen; ``-v`` lifts the limits.
SCREEN = {"accepted": 4, "undetermined": 4, "review": 3, "gaps": 4, "rejected": 3}
#: Notes that say of one duty what the section about reviews says of all.
TOLD_BY_SECTIONS = frozenset({"verdict.review-unmet"})
_GATE_COLOUR = {"open": "green", "closed": "red", "inconclusive": "yellow"}


@dataclass(frozen=True)
class TextReport:
    """Writes text for people. Plain and unwrapped by default; the command line gives it the terminal's ``style``. ``pages`` is the address
    below which the pages of the obligations lie."""

    style: Style = PLAIN
    pages: str = ""
    name: str = "text"

    def __call__(self, verdict: Verdict, lang: Lang) -> str:
        pen = Pen(lang, self.style)
        sections = (
            _change(verdict, pen),
            _header(verdict, pen),
            findings_text(verdict, pen, self.pages),
            _accepted(verdict, pen),
            _undetermined(verdict, pen),
            _review(verdict, pen),
            _gaps(verdict, pen),
            _rejected(verdict, pen),
            _satisfied(verdict, pen) if self.style.verbose else [],
            _notes(verdict, pen),
            _ledger(verdict, pen),
            way_in(verdict, pen) if is_first_run(verdict) else [],
        )
        return "\n\n".join("\n".join(section) for section in map(list, sections) if section) + "\n" + _last_line(verdict, pen) + "\n"


@hookimpl
def genai_policy_reporters() -> list[TextReport]:
    """Offer the ``text`` format."""
    return [TextReport()]


def _change(verdict: Verdict, pen: Pen) -> Iterator[str]:
    for line in change_lines(verdict, pen.lang):
        yield from pen.block(line, "", "  ", "bold")


def _header(verdict: Verdict, pen: Pen) -> Iterator[str]:
    gate = pen.say(f"text.gate-{verdict.gate}")
    packs = ", ".join(verdict.packs)
    head = pen.say("text.header", gate=gate, name=verdict.gate_name, as_of=verdict.as_of.isoformat(), packs=packs)
    yield from pen.block(head, "", "  ", "bold", _GATE_COLOUR[verdict.gate])
    for service in verdict.services:
        duties = service.obligations
        applying = [duty for duty in duties if duty.applicability.answer == "applies"]
        totals = {outcome: sum(duty.outcome == outcome for duty in applying) for outcome in ("satisfied", "unmet", "undetermined")}
        review = sum(duty.applicability.answer == "review" for duty in duties)
        line = pen.say(
            "text.service",
            name=service.service.name,
            manifest=service.service.manifest,
            applying=len(applying),
            **totals,
            review=review,
            away=len(duties) - len(applying) - review,
        )
        yield from pen.block(line, "  ", "    ")


def _accepted(verdict: Verdict, pen: Pen) -> Iterator[str]:
    """Waived and baselined findings: still unmet, no longer blocking, never hidden."""
    accepted = [finding for finding in verdict.findings if finding.status != "new"]
    if not accepted:
        return
    tally = counts(verdict)
    old = [finding for finding in accepted if finding.old_at]
    before = pen.say("text.accepted-old", n=len(old), base=old[0].old_at) if old else ""
    yield from pen.block(pen.say("text.accepted", waived=tally["waived"], baselined=tally["baselined"] - len(old)) + before)
    lines = (
        pen.block(f"{at(f.places)}  {accepted_words(f, pen.lang)}  {f.obligation}  {say(f.message, pen.lang)}", "  ", "    ")
        for f in accepted
    )
    yield from limited(lines, len(accepted), SCREEN["accepted"], pen)


def _undetermined(verdict: Verdict, pen: Pen) -> Iterator[str]:
    open_duties = [duty for _, duty in all_duties(verdict) if duty.outcome == "undetermined"]
    if not open_duties:
        return
    yield from pen.heading("text.undetermined", n=len(open_duties))
    lines = (pen.block(_why_open(duty, verdict, pen.lang), "  ", "    ") for duty in open_duties)
    yield from limited(lines, len(open_duties), SCREEN["undetermined"], pen)


def _why_open(duty: ObligationOutcome, verdict: Verdict, lang: Lang) -> str:
    evidence = next((e for c in duty.controls for e in c.evidence if e.polarity == "undecided"), None)
    heading = f"{duty.id}  {title_of(verdict, duty.id, lang)}"
    return f"{at(evidence.places)}  {heading}: {say(evidence.note, lang)}" if evidence else heading


def _review(verdict: Verdict, pen: Pen) -> Iterator[str]:
    waiting = [duty for _, duty in all_duties(verdict) if duty.applicability.answer == "review"]
    if not waiting:
        return
    yield from pen.heading("text.review", n=len(waiting))
    lines = (pen.block(f"{duty.id}  {title_of(verdict, duty.id, pen.lang)}: {_what_decides(duty, pen)}", "  ", "    ") for duty in waiting)
    yield from limited(lines, len(waiting), SCREEN["review"], pen)


def _what_decides(duty: ObligationOutcome, pen: Pen) -> str:
    """Name the facts that nobody has declared; where all are declared, those that leave it open."""
    missing = [fact.fact for fact in duty.applicability.because if fact.value is None]
    return pen.say("text.declare", facts=", ".join(missing)) if missing else because(duty.applicability.because, pen)


def _gaps(verdict: Verdict, pen: Pen) -> Iterator[str]:
    if not verdict.gaps:
        return
    yield from pen.heading("text.gaps", n=len(verdict.gaps))
    ordered = sorted(verdict.gaps, key=lambda gap: not gap.on_path)
    lines = (
        pen.block(f"{spot(Place(g.file, g.line)) or '-'}  {label('gap', g.kind, pen.lang)}: {g.reason}", "  ", "    ") for g in ordered
    )
    yield from limited(lines, len(verdict.gaps), SCREEN["gaps"], pen)


def _rejected(verdict: Verdict, pen: Pen) -> Iterator[str]:
    """What looked like evidence and is not; each once, however many duties it was offered for."""
    notes = {(at(e.places), say(e.note, pen.lang)): None for e in _evidence(verdict) if e.polarity == "rejected"}
    if not notes:
        return
    yield from pen.heading("text.rejected", n=len(notes))
    lines = (pen.block(f"{place}  {note}", "  ", "    ") for place, note in notes)
    yield from limited(lines, len(notes), SCREEN["rejected"], pen)


def _satisfied(verdict: Verdict, pen: Pen) -> Iterator[str]:
    met = [duty for _, duty in all_duties(verdict) if duty.outcome == "satisfied"]
    if not met:
        return
    yield from pen.heading("text.satisfied", n=len(met))
    for duty in met:
        yield from pen.block(f"{duty.id}  {title_of(verdict, duty.id, pen.lang)}", "  ", "    ")
        for control in duty.controls:
            for evidence in control.evidence:
                if evidence.polarity == "supports":
                    yield from pen.block(f"{at(evidence.places)}  {control.id}: {say(evidence.note, pen.lang)}", "    ", "      ", "dim")


def _notes(verdict: Verdict, pen: Pen) -> Iterator[str]:
    for note in verdict.notes:
        if pen.style.verbose or note.code not in TOLD_BY_SECTIONS:
            yield from pen.block(pen.say("text.note", note=say(note, pen.lang)), "", "  ")


def _ledger(verdict: Verdict, pen: Pen) -> Iterator[str]:
    ledger = verdict.ledger
    left_out = ", ".join(f"{label('left-out', reason, pen.lang)} {count}" for reason, count in ledger.left_out)
    total = sum(count for _, count in ledger.left_out)
    line = pen.say("text.ledger", enumerated=ledger.enumerated, read=ledger.read, left_out=total)
    rules = pen.say("text.rules", run=len(ledger.rules_run), skipped=len(ledger.rules_skipped))
    yield from pen.block(f"{line}{f' ({left_out})' if left_out else ''}{rules}", "", "  ", "dim")
    yield from pen.block(pen.say("format.counted", counts=counted(verdict, pen.lang)), "", "  ", "dim")
    for rule, reason in ledger.rules_skipped:
        yield from pen.block(pen.say("text.rule-skipped", rule=rule, reason=reason), "  ", "    ", "dim")


def _last_line(verdict: Verdict, pen: Pen) -> str:
    """The gate, the exit code and what it means; a closed gate also says what could not be told."""
    code = exit_code(verdict)
    line = pen.say("text.end", gate=pen.say(f"text.gate-{verdict.gate}"), code=code, meaning=pen.say(f"text.exit-{code}"))
    if reasons := "; ".join(dict.fromkeys(say(message, pen.lang) for message in verdict.inconclusive)):
        line += pen.say(f"text.inconclusive-{code}", reasons=reasons)
    return "\n".join(pen.block(line, "", "  ", "bold", _GATE_COLOUR[verdict.gate]))


def _evidence(verdict: Verdict) -> Iterator[Evidence]:
    for _, duty in all_duties(verdict):
        for control in duty.controls:
            yield from control.evidence
