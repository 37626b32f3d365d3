"""What a change does to the duties themselves, apart from the findings: which begin to bind, which cease, and by which facts."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from genai_policy.model.code import Place


class Shift(Struct, frozen=True):
    """A fact that the change declares anew. ``before`` and ``after`` are None where it is not declared."""

    fact: str
    before: Any
    after: Any
    place: Place


class Turned(Struct, frozen=True):
    """Obligations of one service that begin, or cease, to bind. Without ``shifts`` the whole service is new, or gone, or the law is
    another."""

    manifest: str
    service: str
    obligations: tuple[str, ...]
    shifts: tuple[Shift, ...] = ()


class Change(Struct, frozen=True):
    """The comparison of a verdict with one of the past. ``base`` is the revision that was compared with ("" when none was), ``trusted``
    the one whose manifests, waivers, packs and baseline rule. ``unjudged`` says why the past could not be judged: then all is new."""

    base: str = ""
    trusted: str = ""
    begins: tuple[Turned, ...] = ()
    ceases: tuple[Turned, ...] = ()
    unjudged: str = ""
