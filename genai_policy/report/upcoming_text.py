"""What will begin or end to bind → text, by day, with what is missing for it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from genai_policy.model.outlook import Outlook, Turn
from genai_policy.report.layout import Pen
from genai_policy.report.wording import say


def upcoming_text(outlook: Outlook, pen: Pen) -> str:
    """Return the text view of ``genai-policy pack upcoming``."""
    begin = sum(turn.after.answer != "does-not-apply" for turn in outlook.turns)
    until = pen.say("upcoming.until", day=outlook.until.isoformat()) if outlook.until else ""
    head = pen.say("upcoming.head", as_of=outlook.as_of.isoformat(), until=until, begin=begin, end=len(outlook.turns) - begin)
    lines = pen.block(head, "", "  ", "bold")
    for (day, _), turns in groupby(outlook.turns, key=lambda turn: (turn.day, turn.service.manifest)):
        group = list(turns)
        lines += ["", pen.ink(pen.say("upcoming.day", day=day.isoformat(), service=group[0].service.name), "bold")]
        for turn in group:
            lines += _turn(turn, pen)
    if outlook.clocks:
        lines += ["", pen.ink(pen.say("upcoming.clocks"), "bold")]
        for note in outlook.clocks:
            lines += pen.block(say(note, pen.lang), "  ", "    ")
    return "\n".join(lines) + "\n"


def _turn(turn: Turn, pen: Pen) -> Iterator[str]:
    codes = {"applies": "upcoming.begins", "review": "upcoming.may-begin", "does-not-apply": "upcoming.ends"}
    title = turn.obligation.title.say(pen.lang)
    yield from pen.block(f"{turn.obligation.id}  {title}: {pen.say(codes[turn.after.answer])}", "  ", "    ")
    if turn.outcome is None:
        return
    for code, state in (("upcoming.missing", "unmet"), ("upcoming.undetermined", "undetermined")):
        controls = ", ".join(control.id for control in turn.outcome.controls if control.outcome == state)
        if controls:
            yield from pen.block(pen.say(code, controls=controls), "    ", "      ")
    if turn.outcome.outcome == "satisfied":
        yield from pen.block(pen.say("upcoming.satisfied"), "    ", "      ")
