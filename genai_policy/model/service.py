"""A service as its manifest declares it: facts with their places, claims, attestations and policy."""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from genai_policy.model.code import Place

LocatorKind: TypeAlias = Literal["hook", "endpoint", "setting", "document", "register", "number", "sample", "test", "outside"]


class Locator(Struct, frozen=True):
    """Where the manifest says a control is met.

    ``target`` is the text as written (``app.labels:mark``, ``POST /api/complaints``, ``config/prod.yaml#logging.retention_days``).
    ``options`` are the other keys of the same table (``middleware``, ``unit``, ``columns`` …).
    """

    kind: LocatorKind
    target: str
    place: Place
    options: Mapping[str, Any] = {}


class Attestation(Struct, frozen=True):
    """What only a person can say. ``control`` or ``obligation`` names what it is about; with ``obligation`` and ``applies`` it settles a
    review. It holds up to and including ``expires``."""

    by: str
    on: dt.date
    expires: dt.date
    reason: str
    place: Place
    control: str = ""
    obligation: str = ""
    applies: bool | None = None
    document: str = ""


class DeclaredLink(Struct, frozen=True):
    """A call link the reader cannot see, declared by a person: ``[[link]] from, to, reason``. Both ends must exist."""

    source: str
    target: str
    reason: str
    place: Place


class PolicySettings(Struct, frozen=True):
    """``[policy]``: ``packs`` is None for automatic choice. ``severity`` maps obligation ids to error/warning/note. ``tolerate``
    maps a gate
    name to what it lets pass (``undetermined``, ``review``, ``gaps``). ``include``/``exclude`` are globs that overrule the file classes."""

    packs: tuple[str, ...] | None = None
    as_of: dt.date | None = None
    gate: str | None = None
    severity: Mapping[str, str] = {}
    tolerate: Mapping[str, tuple[str, ...]] = {}
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    most_waivers: int = 10
    """More waivers than this, those in code included, are a mistake."""
    waivers_in_code: Literal["never", "before-release", "always"] = "before-release"
    """Where comments may waive what is not mandatory."""


class Service(Struct, frozen=True):
    """One manifest. ``root`` is the manifest's directory relative to the scanned root ("" for the root itself); locators are
    relative to it.

    ``facts`` maps dotted fact names as written in TOML (``service.geo-control``, ``training.activities``, ``models``) to plain values
    (str, bool, int, date, list, dict); a fact that is not declared is absent. ``lines`` maps the same names, and prefixes of them,
    to places.
    """

    manifest: str
    root: str
    name: str
    facts: Mapping[str, Any] = {}
    places: Mapping[str, Place] = {}
    implements: Mapping[str, tuple[Locator, ...]] = {}
    attestations: tuple[Attestation, ...] = ()
    links: tuple[DeclaredLink, ...] = ()
    policy: PolicySettings = PolicySettings()

    def resolve(self, target: str) -> str:
        """Return a locator's ``file``, ``file#part`` or ``file::part`` relative to the scanned root.

        A leading ``../`` remains where it leaves the root.
        """
        cut = min((i for i in (target.find("#"), target.find("::")) if i >= 0), default=len(target))
        path, rest = target[:cut], target[cut:]
        return posixpath.normpath(posixpath.join(self.root, path.strip())) + rest if path.strip() else rest

    def place_of(self, fact: str) -> Place:
        """Return where ``fact`` is declared, or the nearest table above it, or the manifest's first line."""
        name = fact
        while name:
            if name in self.places:
                return self.places[name]
            name = name.rpartition(".")[0]
        return Place(self.manifest, 1)


class Waiver(Struct, frozen=True):
    """A decision to accept an unmet obligation for a time, up to and including ``expires``. The outcome stays unmet; the finding no longer
    closes the gate.

    One that stands in code as a comment has ``lines``, the first and last line of ``path`` that it is about, and names nobody: who wrote
    and who approved it is for the review of that code to know.
    """

    obligation: str
    owner: str
    reason: str
    approved_by: str
    created: dt.date
    expires: dt.date
    place: Place
    control: str = ""
    path: str = ""
    lines: tuple[int, int] | None = None
