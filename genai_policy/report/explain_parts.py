"""One obligation or control → the parts of its page, the same for the terminal and for the generated pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from genai_policy.model import Control, Lang, Law, Obligation, Service, Text
from genai_policy.model.law import Pack, Requirement, Way
from genai_policy.report.condition_words import bearers_of, condition_text, predicate_text, predicates_of, value_words
from genai_policy.report.examples import Example, example_for
from genai_policy.report.layout import Pen
from genai_policy.report.parts import spot
from genai_policy.report.wording import label


class Item(Struct, frozen=True):
    """One paragraph. ``ref`` is the obligation or control it is about (it stands before the text); ``code`` marks lines to copy."""

    text: str
    ref: str = ""
    code: str = ""


class Part(Struct, frozen=True):
    """A labelled part of the page: ``code`` names its label, ``items`` are its paragraphs."""

    code: Literal[
        "duty", "who", "force", "changed", "clause", "source", "applies-when", "terms", "on-unknown", "reading", "fix", "control",
        "limits", "draft", "related", "looks-for", "way", "asked-by", "example",
    ]  # fmt: skip
    items: tuple[Item, ...]


class At(Struct, frozen=True):
    """Whom a page is written for: the service that asks (None: nobody in particular) and the web frameworks of its routes."""

    service: Service | None = None
    frameworks: tuple[str, ...] = ()


def obligation_parts(law: Law, obligation: Obligation, pen: Pen, at: At = At()) -> list[Part]:  # noqa: B008 - frozen
    """Return the page of one obligation."""
    pack = next(pack for pack in law.packs if pack.id == obligation.pack)
    lang = pen.lang
    found = [
        _part("duty", obligation.duty.say(lang)),
        _part("who", _who(law, obligation, pen)),
        _part("force", _force(pack, obligation, pen)),
        _part("changed", pen.say("explain.stricter", packs=", ".join(obligation.changed_by)) if obligation.changed_by else ""),
        _part("clause", obligation.clause.say(lang) or pack.instrument.say(lang)),
        _part("source", *(obligation.sources or pack.sources)),
        _part("applies-when", condition_text(obligation.applies_when, pen)),
        _part("terms", *(predicate_text(predicate, pen) for predicate in predicates_of(obligation, law))),
        _part("on-unknown", pen.say(f"explain.on-unknown-{obligation.on_unknown}")),
        _part("reading", _reading(obligation, pen), _disputed(obligation, pen)),
        _part("fix", obligation.fix.say(lang)),
        Part("control", tuple(item for r in obligation.requires for item in _asked(law, r, pen, at))),
        _part("limits", obligation.limits.say(lang)),
        _part("draft", _said(obligation.draft, lang)),
        Part("related", tuple(Item(_named(law, other, pen), other) for other in related(law, obligation))),
    ]
    return [part for part in found if part.items]


def control_parts(law: Law, control: Control, pen: Pen, at: At = At()) -> list[Part]:  # noqa: B008 - frozen
    """Return the page of one control."""
    lang = pen.lang
    users = [o for pack in law.packs for o in pack.obligations if any(r.control == control.id for r in o.requires)]
    found = [
        _part("looks-for", control.looks_for.say(lang)),
        _part("way", *(_way(way, pen) for way in control.ways)),
        _part("fix", control.fix.say(lang)),
        Part("example", tuple(_examples(control, pen, at))),
        _part("limits", control.limits.say(lang)),
        Part("asked-by", tuple(Item(_named(law, o.id, pen), o.id) for o in sorted(users, key=lambda o: o.id))),
    ]
    return [part for part in found if part.items]


def related(law: Law, obligation: Obligation) -> list[str]:
    """Return what stands beside an obligation: what it points at, what points at it, and what asks for one of its controls; those of
    other instruments that share a control last."""
    known = {o.id: o for pack in law.packs for o in pack.obligations}
    controls = {r.control for r in obligation.requires}
    back = sorted(o.id for o in known.values() if obligation.id in o.see)
    shared = sorted(o.id for o in known.values() if o.pack != obligation.pack and controls & {r.control for r in o.requires})
    return [name for name in dict.fromkeys([*obligation.see, *back, *shared]) if name in known and name != obligation.id]


def _who(law: Law, obligation: Obligation, pen: Pen) -> str:
    roles = [label("role", role, pen.lang) for role in bearers_of(obligation, law)]
    return pen.say("explain.between").join(roles)


def _force(pack: Pack, obligation: Obligation, pen: Pen) -> str:
    until = pen.say("explain.until", until=obligation.until.isoformat()) if obligation.until else ""
    status = pen.say(f"explain.status-{pack.status}") if pack.status != "in-force" else ""
    return pen.say(f"explain.{obligation.force}", since=obligation.in_force.isoformat()) + until + status + _lifecycle(obligation, pen)


def _lifecycle(obligation: Obligation, pen: Pen) -> str:
    instead = pen.say("explain.replaced-by", id=obligation.replaced_by) if obligation.replaced_by else ""
    return ("" if obligation.lifecycle == "stable" else pen.say(f"explain.is-{obligation.lifecycle}")) + instead


def _reading(obligation: Obligation, pen: Pen) -> str:
    reading = obligation.reading
    doubts = _said(reading.doubts, pen.lang)
    space = "" if pen.lang == "zh" else " "
    sure = label("confidence", reading.confidence, pen.lang)
    return pen.say(f"explain.reading-{reading.status}", confidence=sure) + (f"{space}{doubts}" if doubts else "")


def _disputed(obligation: Obligation, pen: Pen) -> str:
    disputed = obligation.contested_when
    return f"{pen.say('explain.disputed', when=condition_text(disputed, pen))}{pen.say('explain.stop')}" if disputed else ""


def _asked(law: Law, requirement: Requirement, pen: Pen, at: At) -> Iterator[Item]:
    """Yield one required control: what is looked for, with which parameters of this instrument, and what to write."""
    control = law.controls.get(requirement.control)
    if control is None:
        return
    text = f"{control.title.say(pen.lang)}{pen.say('explain.colon')}{control.looks_for.say(pen.lang)}"
    if requirement.when:
        text += pen.say("explain.only-when", when=condition_text(requirement.when, pen))
    for kind, params in sorted(requirement.params.items()):
        text += pen.say("explain.with", kind=kind, params=_params(params))
    yield Item(text, control.id)
    yield from _examples(control, pen, at)


def _examples(control: Control, pen: Pen, at: At) -> Iterator[Item]:
    claimed = at.service.implements.get(control.id, ()) if at.service else ()
    for locator in claimed:
        yield Item(pen.say("explain.claimed", kind=locator.kind, target=locator.target, at=spot(locator.place)))
    example: Example | None = None if claimed else example_for(control, at.frameworks)
    if example is not None:
        yield Item(pen.say("explain.in-manifest"), code=example.manifest)
        if example.code and at.frameworks:
            yield Item(pen.say("explain.in-code", framework=example.framework), code=example.code)


def _way(way: Way, pen: Pen) -> str:
    needed = pen.say("explain.way-required" if way.required else "explain.way-alternative")
    return pen.say("explain.way", kind=way.kind, needed=needed) + (f" {_params(way.params)}" if way.params else "")


def _params(params: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value_words(value)}" for name, value in sorted(params.items()))


def _named(law: Law, id: str, pen: Pen) -> str:
    found = law.obligation(id)
    return found.title.say(pen.lang) if found else ""


def _said(text: Text | None, lang: Lang) -> str:
    return text.say(lang) if text else ""


def _part(code: Any, *texts: str) -> Part:
    items: Sequence[Item] = [Item(text) for text in texts if text]
    return Part(code, tuple(items))
