"""What differs between two packs → text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from genai_policy.model import Obligation, Text
from genai_policy.model.difference import Change, Changed, Difference
from genai_policy.model.law import Condition, Pack, Requirement
from genai_policy.report.condition_words import condition_text, value_words
from genai_policy.report.layout import Pen


def diff_text(found: Difference, pen: Pen) -> str:
    """Return what only one pack has, then what both have and where they differ."""
    lines = pen.block(pen.say("diff.head", before=found.before.id, after=found.after.id), "", "  ", "bold")
    for pack in (found.before, found.after):
        lines += pen.block(_about(pack, pen), "  ", "    ", "dim")
    lines += _only(pen.say("diff.dropped", pack=found.before.id, n=len(found.dropped)), "-", found.dropped, pen)
    if found.changed:
        lines += ["", *pen.block(pen.say("diff.changed", n=len(found.changed)), "", "  ", "bold")]
        for changed in found.changed:
            lines += _changed(changed, pen)
    lines += _only(pen.say("diff.added", pack=found.after.id, n=len(found.added)), "+", found.added, pen)
    return "\n".join([*lines, "", pen.say("diff.same", n=found.same)]) + "\n"


def _about(pack: Pack, pen: Pen) -> str:
    about = pen.say("pack.about", status=pack.status, since=pack.in_force.isoformat(), jurisdiction=pack.jurisdiction)
    note = pack.notes.say(pen.lang) if pack.notes and pack.status == "draft" else ""
    return f"{pack.id} {pack.version}: {about}{pen.say('diff.stop') if note else ''}{note}"


def _only(heading: str, mark: str, obligations: Sequence[Obligation], pen: Pen) -> Iterator[str]:
    if not obligations:
        return
    yield from ("", *pen.block(heading, "", "  ", "bold"))
    for obligation in obligations:
        yield from pen.block(f"{mark} {obligation.id}  {obligation.title.say(pen.lang)}{_sure(obligation, pen)}", "", "    ")
        if obligation.reading.doubts:
            yield from pen.block(obligation.reading.doubts.say(pen.lang), "    ", "    ", "dim")


def _changed(changed: Changed, pen: Pen) -> Iterator[str]:
    before, after = changed.before, changed.after
    yield from pen.block(f"~ {after.id}  {after.title.say(pen.lang)}", "", "    ")
    if before.id.partition("/")[2] != after.id.partition("/")[2]:
        yield from pen.block(
            pen.say("diff.was", id=before.id, title=before.title.say(pen.lang)) + _sure(before, pen), "    ", "      ", "dim"
        )
    for change in changed.changes:
        yield from _change(change, pen)


def _change(change: Change, pen: Pen) -> Iterator[str]:
    yield f"    {pen.say(f'diff.field-{change.field}')}"
    yield from pen.block(f"- {_value(change.before, pen)}", "      ", "        ", "red")
    yield from pen.block(f"+ {_value(change.after, pen)}", "      ", "        ", "green")


def _sure(obligation: Obligation, pen: Pen) -> str:
    return pen.say("diff.unconfirmed") if obligation.reading.confidence == "not-confirmed" else ""


def _value(value: Any, pen: Pen) -> str:
    if isinstance(value, Text):
        return value.say(pen.lang)
    if isinstance(value, Condition):
        return condition_text(value, pen)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return ", ".join(_requirement(v, pen) if isinstance(v, Requirement) else str(v) for v in value) or "-"
    return str(value) if value else "-"


def _requirement(requirement: Requirement, pen: Pen) -> str:
    params = f" {value_words(requirement.params)}" if requirement.params else ""
    when = pen.say("explain.only-when", when=condition_text(requirement.when, pen)) if requirement.when else ""
    return f"{requirement.control}{params}{when}"
