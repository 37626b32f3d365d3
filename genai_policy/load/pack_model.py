"""The files of a pack as strict tables."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from genai_policy.load.fields import Day, SetOf, Strict, Told


class Bilingual(Strict):
    """A text in both languages."""

    en: Told
    zh: Told


class RemovedTable(Strict):
    """An obligation that the pack no longer has."""

    id: Told
    since: Told
    reason: Bilingual
    replaced_by: Told | None = None


class OverrideTable(Strict):
    """What an organisation asks for beyond an obligation of another pack. ``params`` lays stricter parameters over those of ``control``,
    by evidence kind."""

    obligation: Told
    control: Told | None = None
    params: dict[str, dict[str, Any]] | None = None
    severity: Literal["error", "warning"] | None = None
    reason: Bilingual


class AuthorityTable(Strict):
    """Who may approve waivers: a name as in ``approved-by``, and the obligations it is good for (globs over ids)."""

    name: Told
    obligations: SetOf[Told] = ["**"]


class PackFile(Strict):
    """pack.toml"""

    schema_: Literal[1]
    id: Told
    title: Bilingual
    instrument: Bilingual
    jurisdiction: Told
    status: Literal["in-force", "draft", "soft-law", "repealed"]
    version: Told
    in_force: Day
    until: Day | None = None
    sources: list[Told]
    read_on: Day | None = None
    read_again: Day | None = None
    notes: Bilingual | None = None
    removed: list[RemovedTable] = []
    override: list[OverrideTable] = []
    waiver_authority: list[AuthorityTable] = []


class ReadingTable(Strict):
    """How sure the reading is."""

    status: Literal["settled", "contested"] = "settled"
    confidence: Literal["high", "medium-high", "medium", "low", "not-confirmed"] = "high"
    doubts: Bilingual | None = None


class RequiresTable(Strict):
    """One required control. ``with`` lays parameters over the control's, by evidence kind."""

    control: Told
    with_: dict[str, dict[str, Any]] | None = None
    when: dict[str, Any] | None = None


class ObligationFile(Strict):
    """obligations/<name>.toml"""

    schema_: Literal[1]
    id: Told
    role: Literal["duty", "gate"]
    force: Literal["mandatory", "recommended", "advisory"]
    in_force: Day
    until: Day | None = None
    strength: Literal["wiring", "presence", "record", "attest", "test"]
    on_unknown: Literal["applies", "review"]
    waivable: bool = True
    lifecycle: Literal["preview", "stable", "deprecated"] = "stable"
    replaced_by: Told | None = None
    seed: SetOf[Told] = []
    sources: list[Told] = []
    see: SetOf[Told] = []
    title: Bilingual
    duty: Bilingual
    clause: Bilingual
    fix: Bilingual
    limits: Bilingual
    draft: Bilingual | None = None
    earlier: Bilingual | None = None
    reading: ReadingTable = ReadingTable()
    applies_when: dict[str, Any]
    contested_when: dict[str, Any] | None = None
    requires: list[RequiresTable] = []


class PredicateRule(Strict):
    """One rule of a predicate."""

    answer: Literal["yes", "no", "review"]
    when: dict[str, Any]


class PredicateTable(Strict):
    """One derived fact."""

    name: Told
    otherwise: Literal["yes", "no", "review"]
    contested_when: dict[str, Any] | None = None
    note: Bilingual | None = None
    rule: list[PredicateRule] = []


class PredicatesFile(Strict):
    """predicates.toml"""

    schema_: Literal[1] = 1
    predicate: list[PredicateTable] = []


class WayTable(Strict):
    """One evidence kind of a control; every other key is a parameter of that kind."""

    model_config = ConfigDict(extra="allow")
    kind: Told
    required: bool = False


class ControlFile(Strict):
    """controls/<id>.toml"""

    schema_: Literal[1]
    id: Told
    title: Bilingual
    looks_for: Bilingual
    fix: Bilingual
    limits: Bilingual
    way: list[WayTable]
