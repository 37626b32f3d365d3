"""Packs as data: instruments, obligations, controls, conditions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from genai_policy.model.message import Text

Answer: TypeAlias = Literal["yes", "no", "unknown"]


class Condition(Struct, frozen=True):
    """A three-valued condition.

    ``op`` is ``all``, ``any``, ``not`` (over ``parts``); ``predicate`` (``name`` is a derived predicate); ``always``; or a test of
    the fact ``name``
    against ``value``: ``is``, ``in``, ``contains`` (a set fact holds the value), ``contains-any``, ``only`` (a set fact is non-
    empty and holds
    nothing but these), ``empty``, ``not-empty``, ``any-item`` (a list of tables has one that meets ``value``: key -> value),
    ``before``, ``since`` (dates), ``at-least`` (a count).
    An undeclared fact answers unknown.
    """

    op: str
    name: str = ""
    value: Any = None
    parts: tuple[Condition, ...] = ()


class Predicate(Struct, frozen=True):
    """A derived fact. ``rules`` are tried in order: the first whose condition is *yes* decides. One that is *unknown* before it leaves the
    answer open, unless it would have given the same one; an open answer is ``review`` where ``otherwise`` says so, else plainly unknown.
    ``contested`` conditions mark the answer as contested."""

    name: str
    pack: str
    rules: tuple[tuple[Literal["yes", "no", "review"], Condition], ...]
    otherwise: Literal["yes", "no", "review"]
    contested: Condition | None = None
    note: Text | None = None


class Requirement(Struct, frozen=True):
    """A control that an obligation asks for, with its own parameters laid over the control's (``params``). ``when`` limits it."""

    control: str
    params: Mapping[str, Any] = {}
    when: Condition | None = None


class Reading(Struct, frozen=True):
    """How sure the reading of the text is: ``status`` settled or contested, ``confidence`` high, medium, low or not-confirmed, the
    doubts in words."""

    status: Literal["settled", "contested"] = "settled"
    confidence: str = "high"
    doubts: Text | None = None


class Obligation(Struct, frozen=True):
    """One duty (or, with ``role`` gate, one rule that decides about others) of one instrument."""

    id: str
    pack: str
    role: Literal["duty", "gate"]
    title: Text
    duty: Text
    clause: Text
    force: Literal["mandatory", "recommended", "advisory"]
    in_force: dt.date
    applies_when: Condition
    on_unknown: Literal["applies", "review"]
    fix: Text
    limits: Text
    file: str
    until: dt.date | None = None
    reading: Reading = Reading()
    contested_when: Condition | None = None
    requires: tuple[Requirement, ...] = ()
    strength: str = "presence"
    draft: Text | None = None
    seed: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    waivable: bool = True
    lifecycle: Literal["preview", "stable", "deprecated"] = "stable"
    """``preview``: may still change and never closes the gate; ``deprecated``: binds until it is removed."""
    replaced_by: str = ""
    """The obligation, of any pack, that took this one's place."""
    severity: str = ""
    """At least this severe, because an organisation's pack says so ("": by its force)."""
    changed_by: tuple[str, ...] = ()
    """The packs whose overrides made it stricter than its own pack has it."""
    earlier: Text | None = None
    """What bound before ``in_force`` by a text that this pack does not hold: there, "not yet in force" is not the whole truth."""


class Way(Struct, frozen=True):
    """One evidence kind that can show a control, with that kind's parameters. A ``required`` way must be shown whatever else is claimed;
    the others are alternatives."""

    kind: str
    params: Mapping[str, Any] = {}
    required: bool = False


class Control(Struct, frozen=True):
    """A checkable measure, shared by the obligations of all packs."""

    id: str
    title: Text
    looks_for: Text
    fix: Text
    limits: Text
    file: str
    ways: tuple[Way, ...] = ()


class Removed(Struct, frozen=True):
    """An obligation that a pack no longer has: since which version of the pack, why, and what took its place ("": nothing)."""

    id: str
    since: str
    reason: Text
    replaced_by: str = ""


class Authority(Struct, frozen=True):
    """A person or office that may approve waivers, named as in ``approved-by``, and of which obligations (globs over their ids)."""

    name: str
    obligations: tuple[str, ...] = ("**",)


class Pack(Struct, frozen=True):
    """One instrument. ``status`` is ``in-force``, ``draft``, ``soft-law``, ``repealed``; a draft never gates."""

    id: str
    title: Text
    instrument: Text
    jurisdiction: str
    status: str
    version: str
    in_force: dt.date
    directory: str
    until: dt.date | None = None
    sources: tuple[str, ...] = ()
    notes: Text | None = None
    obligations: tuple[Obligation, ...] = ()
    rules: tuple[str, ...] = ()
    """Semgrep rule files, relative to ``directory``."""
    removed: tuple[Removed, ...] = ()
    """Obligations that the pack once had. Their ids are never used again."""
    authorities: tuple[Authority, ...] = ()
    """Who may approve waivers, of any pack's obligations, where an organisation's pack says so."""
    read_on: dt.date | None = None
    read_again: dt.date | None = None
    """When its sources were last read, and by which day they are to be read again (None: never, the text does not change any more)."""


class Law(Struct, frozen=True):
    """All packs that were loaded, with the controls and predicates they share. ``shared`` holds the other TOML files beside the packs
    (``documents``, ``contradictions`` …) by stem: data of evidence kinds that belongs to no single control."""

    packs: tuple[Pack, ...] = ()
    controls: Mapping[str, Control] = {}
    predicates: Mapping[str, Predicate] = {}
    shared: Mapping[str, Mapping[str, Any]] = {}

    def obligation(self, id: str) -> Obligation | None:
        """Return the obligation ``id`` of any pack."""
        return next((o for p in self.packs for o in p.obligations if o.id == id), None)
