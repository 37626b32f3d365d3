"""The decision about one obligation for one service → text: a tree of facts, each with its answer and its line in the manifest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from msgspec import Struct

from genai_policy.model import Obligation, Service
from genai_policy.model.decision import Decision
from genai_policy.model.verdict import Applicability
from genai_policy.report.condition_words import answer, condition_text
from genai_policy.report.layout import Pen, columns
from genai_policy.report.parts import spot, value_text
from genai_policy.report.wording import say

_COLOUR = {"yes": "green", "no": "red", "unknown": "yellow"}


class Decided(Struct, frozen=True):
    """The decision about ``obligation`` for ``service`` on ``as_of``, with its tree and those of the controls that are asked for
    under a condition."""

    service: Service
    obligation: Obligation
    found: Applicability
    tree: Decision
    controls: tuple[tuple[str, Decision], ...]
    as_of: dt.date
    disputes: tuple[Decision, ...] = ()
    """Why the obligation's own reading is disputed for this service."""


def because_text(decided: Decided, pen: Pen) -> str:
    """Return the whole decision: what was decided, then why."""
    service, obligation, found = decided.service, decided.obligation, decided.found
    head = pen.say(
        "because.head",
        id=obligation.id,
        title=obligation.title.say(pen.lang),
        name=service.name,
        manifest=service.manifest,
        as_of=decided.as_of.isoformat(),
        answer=pen.say(f"scope.is-{found.answer}"),
    )
    lines = pen.block(head, "", "  ", "bold")
    if found.note:
        lines += pen.block(say(found.note, pen.lang), "  ", "    ")
    if found.reading == "contested":
        doubts = obligation.reading.doubts
        lines += pen.block(pen.say("because.contested", doubts=doubts.say(pen.lang) if doubts else "").rstrip(), "  ", "    ")
    width = max(columns(answer(word, pen)) for word in ("yes", "no", "unknown"))
    for tree in decided.disputes:
        lines += ["", *pen.block(pen.say("because.dispute"), "", "  "), *_branch(tree, 0, width, pen)]
    lines += ["", *_branch(decided.tree, 0, width, pen)]
    for control, tree in decided.controls if found.answer != "does-not-apply" else ():
        lines += ["", *pen.block(pen.say("because.control", control=control), "", "  "), *_branch(tree, 0, width, pen)]
    return "\n".join(lines) + "\n"


def _branch(node: Decision, depth: int, width: int, pen: Pen) -> Iterator[str]:
    word = answer(node.answer, pen)
    mark = pen.ink(word, _COLOUR[node.answer]) + " " * (width - columns(word) + 2)
    indent = "  " * depth
    first, *rest = pen.block(_told(node, pen), " " * (width + 2) + indent, " " * (width + 2) + indent + "  ")
    yield mark + first[width + 2 :]
    yield from rest
    if node.dispute:
        why = f" {node.dispute.note.say(pen.lang)}" if node.dispute.note else ""
        yield from pen.block(pen.say("because.disputed-as") + why, " " * (width + 4) + indent, " " * (width + 6) + indent, "yellow")
        yield from _branch(node.dispute, depth + 2, width, pen)
    for part in node.parts:
        # a rule says in its own line what it asks for, where that is one thing
        if node.kind == "rule" and part.kind in ("fact", "always"):
            continue
        yield from _branch(part, depth + 1, width, pen)


def _told(node: Decision, pen: Pen) -> str:
    if node.kind == "group":
        return pen.say(f"because.{node.condition.op}")
    if node.kind == "always":
        return pen.say("because.always")
    if node.kind == "fact":
        return _fact(node, pen)
    if node.kind == "rule":
        return _rule(node, pen)
    again = "" if node.expanded else pen.say("because.above")
    note = pen.say("because.note", note=node.note.say(pen.lang)) if node.note and node.contested else ""
    return node.condition.name + again + note


def _rule(node: Decision, pen: Pen) -> str:
    (part,) = node.parts
    when = {"fact": _fact, "always": _otherwise}.get(part.kind)
    if when is None:
        return pen.say("because.rule", answer=answer(node.gives, pen))
    return pen.say("because.rule-when", answer=answer(node.gives, pen), when=when(part, pen))


def _otherwise(node: Decision, pen: Pen) -> str:
    del node
    return pen.say("because.otherwise")


def _fact(node: Decision, pen: Pen) -> str:
    asked = condition_text(node.condition, pen)
    place = spot(node.place) if node.place else "-"
    if node.declared is None:
        return pen.say("because.undeclared", asked=asked, at=place)
    return pen.say("because.declared", asked=asked, value=value_text(node.declared, pen), at=place)
