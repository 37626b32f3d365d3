"""One obligation or control → text: the duty, why it binds, how to satisfy it, what is looked for, what cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from genai_policy.model import Control, Lang, Law, Obligation, Text
from genai_policy.model.law import Condition, Pack
from genai_policy.report.layout import Pen, Style


def obligation_text(law: Law, obligation: Obligation, lang: Lang, style: Style) -> str:
    """Return the page of one obligation."""
    pen = Pen(lang, style)
    pack = next(pack for pack in law.packs if pack.id == obligation.pack)
    lines = [*pen.block(f"{obligation.id}  {obligation.title.say(lang)}", "", "  ", "bold"), ""]
    lines += _part("duty", obligation.duty.say(lang), pen)
    lines += _part("clause", _clause(pack, obligation, lang), pen)
    lines += _part("force", _force(obligation, pen), pen)
    lines += _part("applies-when", condition_text(obligation.applies_when, pen), pen)
    lines += _part("on-unknown", pen.say(f"explain.on-unknown-{obligation.on_unknown}"), pen)
    lines += _part("reading", _reading(obligation, pen), pen)
    lines += _part("fix", obligation.fix.say(lang), pen)
    for name in dict.fromkeys(requirement.control for requirement in obligation.requires):
        if control := law.controls.get(name):
            lines += _part("control", f"{control.id}  {control.title.say(lang)}: {control.looks_for.say(lang)}", pen)
    lines += _part("limits", obligation.limits.say(lang), pen)
    lines += _part("draft", _said(obligation.draft, lang), pen)
    lines += _part("see", ", ".join(obligation.see), pen)
    for source in obligation.sources:
        lines += _part("source", source, pen)
    return "\n".join(lines) + "\n"


def control_text(law: Law, control: Control, lang: Lang, style: Style) -> str:
    """Return the page of one control."""
    pen = Pen(lang, style)
    users = sorted(o.id for pack in law.packs for o in pack.obligations if any(r.control == control.id for r in o.requires))
    lines = [*pen.block(f"{control.id}  {control.title.say(lang)}", "", "  ", "bold"), ""]
    lines += _part("looks-for", control.looks_for.say(lang), pen)
    for way in control.ways:
        needed = pen.say("explain.way-required" if way.required else "explain.way-alternative")
        lines += _part("way", pen.say("explain.way", kind=way.kind, needed=needed) + _params(way.params), pen)
    lines += _part("fix", control.fix.say(lang), pen)
    lines += _part("limits", control.limits.say(lang), pen)
    lines += _part("asked-by", ", ".join(users), pen)
    return "\n".join(lines) + "\n"


def condition_text(condition: Condition, pen: Pen) -> str:
    """Return a condition in words: facts and predicates keep their names."""
    if condition.op in ("all", "any"):
        parts = [condition_text(part, pen) for part in condition.parts]
        return pen.say(f"explain.{condition.op}", parts="; ".join(parts)) if len(parts) > 1 else "".join(parts)
    if condition.op == "not":
        return pen.say("explain.not", part=condition_text(condition.parts[0], pen))
    if condition.op in ("predicate", "always", "empty", "not-empty"):
        return pen.say(f"explain.{condition.op}", name=condition.name)
    return pen.say(f"explain.{condition.op}", name=condition.name, value=_value(condition.value))


def _part(code: str, text: str, pen: Pen) -> Iterator[str]:
    """Yield one labelled paragraph, nothing where there is nothing to say."""
    if text:
        label = pen.say(f"explain.part-{code}")
        yield from pen.block(f"{label}{'' if pen.lang == 'zh' else ' '}{text}", "", "  ")


def _clause(pack: Pack, obligation: Obligation, lang: Lang) -> str:
    clause = obligation.clause.say(lang)
    return clause or pack.instrument.say(lang)


def _force(obligation: Obligation, pen: Pen) -> str:
    until = pen.say("explain.until", until=obligation.until.isoformat()) if obligation.until else ""
    return pen.say(f"explain.{obligation.force}", since=obligation.in_force.isoformat()) + until


def _reading(obligation: Obligation, pen: Pen) -> str:
    reading = obligation.reading
    doubts = _said(reading.doubts, pen.lang)
    return pen.say(f"explain.reading-{reading.status}", confidence=reading.confidence) + (f" {doubts}" if doubts else "")


def _said(text: Text | None, lang: Lang) -> str:
    return text.say(lang) if text else ""


def _params(params: Mapping[str, Any]) -> str:
    shown = ", ".join(f"{name} = {_value(value)}" for name, value in sorted(params.items()))
    return f" {shown}" if shown else ""


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
