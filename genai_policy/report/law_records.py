"""What the packs say, what changes and why → plain dictionaries of the documented JSON shapes, written apart from the internal types."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from genai_policy.model import Lang, Obligation, Service, Text
from genai_policy.model.decision import Decision
from genai_policy.model.difference import Change, Changed, Difference
from genai_policy.model.law import Condition, Pack, Requirement
from genai_policy.model.outlook import Outlook, Turn
from genai_policy.model.verdict import Applicability
from genai_policy.report.because_text import Decided
from genai_policy.report.condition_words import condition_text
from genai_policy.report.layout import Pen
from genai_policy.report.records import Record, plain
from genai_policy.report.wording import say


def because_record(obligation: Obligation, as_of: dt.date, decided: Sequence[Decided], lang: Lang) -> Record:
    """Return ``genai-policy/because/1``: for each service the decision about one obligation, as a tree of facts."""
    pen = Pen(lang)
    services = [
        {
            **_head(each.service),
            **_applies(each.found, lang),
            "tree": _node(each.tree, pen),
            "disputes": [_node(tree, pen) for tree in each.disputes],
            "controls": [{"id": control, "tree": _node(tree, pen)} for control, tree in each.controls],
        }
        for each in decided
    ]
    return {
        "schema": "genai-policy/because/1",
        "as_of": as_of.isoformat(),
        "obligation": _named(obligation, lang),
        "services": services,
    }


def upcoming_record(outlook: Outlook, lang: Lang) -> Record:
    """Return ``genai-policy/upcoming/1``: what begins or ends to bind, by day, and what today's tree lacks for it."""
    return {
        "schema": "genai-policy/upcoming/1",
        "as_of": outlook.as_of.isoformat(),
        "until": outlook.until.isoformat() if outlook.until else None,
        "turns": [_turn(turn, lang) for turn in outlook.turns],
        "clocks": [say(note, lang) for note in outlook.clocks],
    }


def difference_record(found: Difference, lang: Lang) -> Record:
    """Return ``genai-policy/pack-diff/1``: what only one pack has, and where both differ."""
    pen = Pen(lang)
    return {
        "schema": "genai-policy/pack-diff/1",
        "before": _pack(found.before, lang),
        "after": _pack(found.after, lang),
        "dropped": [_obligation(obligation, lang) for obligation in found.dropped],
        "added": [_obligation(obligation, lang) for obligation in found.added],
        "changed": [_changed(changed, pen) for changed in found.changed],
        "same": found.same,
    }


def _head(service: Service) -> Record:
    return {"manifest": service.manifest, "name": service.name, "root": service.root}


def _applies(found: Applicability, lang: Lang) -> Record:
    """Return whether it binds, in the words of ``genai-policy/scope/1``."""
    return {
        "applies": found.answer,
        "because": [{"fact": b.fact, "value": plain(b.value), "file": b.file, "line": b.line} for b in found.because],
        "reading": found.reading,
        "note": say(found.note, lang) if found.note else "",
    }


def _node(node: Decision, pen: Pen) -> Record:
    record: Record = {"kind": node.kind, "answer": node.answer, "contested": node.contested}
    if node.kind == "predicate":
        note = node.note.say(pen.lang) if node.note else ""
        record |= {"predicate": node.condition.name, "expanded": node.expanded, "note": note}
    elif node.kind == "rule":
        record |= {"gives": node.gives}
    elif node.kind == "group":
        record |= {"op": node.condition.op}
    elif node.kind == "fact":
        record |= _fact(node, pen)
    if node.dispute:
        record["dispute"] = _node(node.dispute, pen)
    return record | {"parts": [_node(part, pen) for part in node.parts]}


def _fact(node: Decision, pen: Pen) -> Record:
    place = node.place
    return {
        "fact": node.condition.name,
        "test": node.condition.op,
        "asked": plain(node.condition.value),
        "declared": plain(node.declared),
        "file": place.file if place else "",
        "line": place.line if place else 0,
        "words": condition_text(node.condition, pen),
    }


def _turn(turn: Turn, lang: Lang) -> Record:
    controls = turn.outcome.controls if turn.outcome else ()
    return {
        "day": turn.day.isoformat(),
        **_head(turn.service),
        "obligation": _named(turn.obligation, lang),
        "before": turn.before,
        "after": _applies(turn.after, lang),
        "outcome": turn.outcome.outcome if turn.outcome else None,
        "controls": [{"id": control.id, "outcome": control.outcome} for control in controls],
    }


def _pack(pack: Pack, lang: Lang) -> Record:
    return {
        "id": pack.id,
        "title": pack.title.say(lang),
        "version": pack.version,
        "status": pack.status,
        "in_force": pack.in_force.isoformat(),
        "note": pack.notes.say(lang) if pack.notes else "",
    }


def _named(obligation: Obligation, lang: Lang) -> Record:
    return {"id": obligation.id, "title": obligation.title.say(lang)}


def _obligation(obligation: Obligation, lang: Lang) -> Record:
    doubts = obligation.reading.doubts
    return {
        **_named(obligation, lang),
        "duty": obligation.duty.say(lang),
        "force": obligation.force,
        "confidence": obligation.reading.confidence,
        "doubts": doubts.say(lang) if doubts else "",
    }


def _changed(changed: Changed, pen: Pen) -> Record:
    return {
        "before": _obligation(changed.before, pen.lang),
        "after": _obligation(changed.after, pen.lang),
        "changes": [_change(change, pen) for change in changed.changes],
    }


def _change(change: Change, pen: Pen) -> Record:
    return {"field": change.field, "before": _value(change.before, pen), "after": _value(change.after, pen)}


def _value(value: Any, pen: Pen) -> Any:
    if isinstance(value, Text):
        return value.say(pen.lang)
    if isinstance(value, Condition):
        return condition_text(value, pen)
    if isinstance(value, tuple):
        return list(_values(value, pen))
    return plain(value)


def _values(values: Sequence[Any], pen: Pen) -> Iterator[Any]:
    for value in values:
        if isinstance(value, Requirement):
            when = condition_text(value.when, pen) if value.when else ""
            yield {"control": value.control, "params": plain(value.params), "when": when}
        else:
            yield _value(value, pen)
