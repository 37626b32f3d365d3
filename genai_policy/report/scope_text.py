"""Applicability of every obligation → text: which duties bind, which wait for a person, which do not apply, and the facts that decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from genai_policy.model import Lang, Obligation
from genai_policy.model.verdict import Applicability
from genai_policy.report.layout import Pen, Style
from genai_policy.report.parts import because
from genai_policy.report.records import Scopes
from genai_policy.report.wording import say

_COLOUR = {"applies": "red", "review": "yellow", "does-not-apply": "green"}


def scope_text(as_of: dt.date, packs: Sequence[str], scopes: Scopes, lang: Lang, style: Style) -> str:
    """Return the text view of ``genai-policy scope``."""
    pen = Pen(lang, style)
    lines: list[str] = []
    for service, rules in scopes:
        answers = [answer.answer for rule, answer in rules if rule.role == "duty"]
        head = pen.say(
            "scope.service",
            name=service.name,
            manifest=service.manifest,
            as_of=as_of.isoformat(),
            packs=", ".join(packs),
            applies=answers.count("applies"),
            review=answers.count("review"),
            away=answers.count("does-not-apply"),
        )
        lines += pen.block(head, "", "  ", "bold")
        for answer in ("applies", "review", "does-not-apply"):
            duties = [(rule, a) for rule, a in rules if rule.role == "duty" and a.answer == answer]
            lines += _group(pen.say(f"scope.{answer}", n=len(duties)), _COLOUR[answer], duties, pen)
        gates = [(rule, a) for rule, a in rules if rule.role == "gate"]
        lines += _group(pen.say("scope.gates", n=len(gates)), "cyan", gates, pen)
        lines.append("")
    return "\n".join(lines)


def _group(heading: str, colour: str, rules: Sequence[tuple[Obligation, Applicability]], pen: Pen) -> Iterator[str]:
    if not rules:
        return
    yield ""
    yield pen.ink(heading, "bold", colour)
    for rule, applicability in rules:
        contested = pen.say("scope.contested") if applicability.reading == "contested" else ""
        answer = pen.say("scope.answer", answer=pen.say(f"scope.is-{applicability.answer}")) if rule.role == "gate" else ""
        yield from pen.block(f"{rule.id}  {rule.title.say(pen.lang)}{answer}{contested}", "  ", "    ")
        if applicability.because:
            yield from pen.block(pen.say("scope.because", facts=because(applicability.because, pen)), "    ", "      ", "dim")
        if applicability.note:
            yield from pen.block(say(applicability.note, pen.lang), "    ", "      ", "dim")
