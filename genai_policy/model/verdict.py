"""From evidence to verdict: the values every report is written from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from genai_policy.model.change import Change
from genai_policy.model.code import CodeFacts, Gap, Hop, Place
from genai_policy.model.law import Control, Law
from genai_policy.model.message import Message
from genai_policy.model.service import Attestation, Locator, Service, Waiver

Outcome: TypeAlias = Literal["satisfied", "unmet", "undetermined", "not-applicable"]
Polarity: TypeAlias = Literal["supports", "contradicts", "undecided", "rejected"]
Severity: TypeAlias = Literal["error", "warning", "note"]
Applies: TypeAlias = Literal["applies", "does-not-apply", "review"]
GateName: TypeAlias = Literal["commit", "pull-request", "release"]


class Because(Struct, frozen=True):
    """A fact that decided. ``value`` is None when the fact is not declared."""

    fact: str
    value: Any
    file: str
    line: int


class Applicability(Struct, frozen=True):
    answer: Applies
    because: tuple[Because, ...] = ()
    reading: Literal["settled", "contested"] = "settled"
    note: Message | None = None


class Claim(Struct, frozen=True):
    """What an evidence plugin is asked: is ``control``, with these ``params``, shown for ``service``?

    ``params`` maps an evidence kind to its parameters: those of the control's way of that kind, with the requiring obligation's laid over.
    ``locators`` are the manifest's claims (empty: nothing is claimed). ``shared`` is :attr:`Law.shared`: data all packs share, by file stem
    (``documents``: placeholder patterns; ``contradictions``: the checks of that kind …).
    """

    service: Service
    control: Control
    params: Mapping[str, Mapping[str, Any]]
    locators: tuple[Locator, ...]
    attestations: tuple[Attestation, ...]
    as_of: dt.date
    shared: Mapping[str, Mapping[str, Any]] = {}


class Evidence(Struct, frozen=True):
    """One piece of evidence.

    ``polarity``: ``supports`` and ``contradicts`` speak for themselves; ``undecided`` could not be settled (name the hop or file
    that stopped it);
    ``rejected`` was considered and does not count (a decoy), with the reason in ``note``.
    ``places[0]`` is where a person should look first; ``hops`` is the path a person can click through.
    ``key`` names the matter without line numbers, for fingerprints: the same fault after a move or reformat has the same key.
    ``locator`` is the claim it answers, if any. ``plugin`` is filled in by the host.
    ``matched`` is the code or value that it is about, without lines, layout and paths: when that changes, so does the fingerprint.
    """

    kind: str
    polarity: Polarity
    note: Message
    places: tuple[Place, ...] = ()
    hops: tuple[Hop, ...] = ()
    key: str = ""
    locator: Locator | None = None
    plugin: str = ""
    matched: str = ""


class Setting(Struct, frozen=True):
    """A value read from a configuration file. ``value`` is the scalar, list or table at ``key``; ``place`` points at it."""

    file: str
    key: str
    value: Any
    place: Place


class Passage(Struct, frozen=True):
    """One section of a document: its heading ("" before the first), the prose under it, and the line where the section begins."""

    line: int
    heading: str
    text: str


class TextFile(Struct, frozen=True):
    """A document, page or template as text. ``text`` keeps the line breaks of the file but not its comments; ``line`` is where it begins (a
    section of a document starts at its heading). ``page`` says that users see it: a page, a template, a front-end component."""

    file: str
    text: str
    page: bool = False
    line: int = 1
    passages: tuple[Passage, ...] = ()


class Table(Struct, frozen=True):
    """A register: its columns and rows; ``lines[i]`` is the line of row i. ``problem`` says why it could not be read as one."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    lines: tuple[int, ...]
    problem: str = ""


class RuleMatch(Struct, frozen=True, order=True):
    """A hit of a forbidden-pattern rule of a pack."""

    rule: str
    file: str
    line: int
    end_line: int
    text: str = ""
    matched: str = ""
    """All matched lines, cut at a bound."""


class FactIndex(Struct, frozen=True):
    """All that evidence plugins may look at. Paths are relative to the scanned root.

    ``files`` are all enumerated paths that count as the service's own (not vendored, generated or tests); ``left_out`` the others
    with the reason
    (``vendored``, ``generated``, ``test``, ``example``, ``documentation``, ``too-large`` …).
    ``texts`` holds documents named by locators (key ``file`` or ``file#heading``), tests named by locators and every page, template and
    front-end component; keys are given by :meth:`Service.resolve`. ``settings`` maps ``file#key`` of setting
    locators to the value, or to a Message saying why there is none. ``tables`` maps register files. ``problems`` maps a locator target that
    cannot be read at all (missing file, outside the root, binary …) to the reason.
    ``matches`` maps a rule id to its hits, and is None when the engine did not run. ``rules_run`` are the ids of the rules that were
    applied, ``rules_missed`` the pairs (rule, file) of what they could not look at: where a rule did not run, no hit says nothing.
    """

    code: CodeFacts
    files: frozenset[str] = frozenset()
    left_out: Mapping[str, str] = {}
    texts: Mapping[str, TextFile] = {}
    settings: Mapping[str, Setting | Message] = {}
    tables: Mapping[str, Table] = {}
    problems: Mapping[str, Message] = {}
    matches: tuple[RuleMatch, ...] | None = ()
    rules_run: tuple[str, ...] = ()
    rules_missed: tuple[tuple[str, str], ...] = ()
    answers: MutableMapping[str, bytes] | None = None
    """Keeps what was found out about a part of the code for the next run; None where nothing is kept."""


class ControlOutcome(Struct, frozen=True):
    id: str
    outcome: Outcome
    evidence: tuple[Evidence, ...] = ()


class ObligationOutcome(Struct, frozen=True):
    """``binding`` is false for soft law and what was made milder: it may warn, but nothing about it keeps a gate shut."""

    id: str
    applicability: Applicability
    outcome: Outcome
    severity: Severity
    controls: tuple[ControlOutcome, ...] = ()
    binding: bool = True


class ServiceOutcome(Struct, frozen=True):
    service: Service
    obligations: tuple[ObligationOutcome, ...] = ()
    gates: tuple[ObligationOutcome, ...] = ()


class Finding(Struct, frozen=True):
    """An unmet obligation at a place. ``places[0]`` is the primary one (the manifest line where nothing else exists).

    ``matter`` says what is wrong with the paths of today (manifest, obligation, control, kind, key), for comparing two runs of which one
    knows where files were moved to. ``old_at`` is the revision where the same was already so, "" where nobody asked.
    """

    fingerprint: str
    service: str
    obligation: str
    control: str
    severity: Severity
    message: Message
    status: Literal["new", "baselined", "waived"]
    places: tuple[Place, ...]
    hops: tuple[Hop, ...] = ()
    matter: tuple[str, ...] = ()
    old_at: str = ""
    waiver: Waiver | None = None
    """The waiver that accepts it, where ``status`` is ``waived``."""


class Ledger(Struct, frozen=True):
    """What was looked at. ``left_out`` is (reason, count), sorted."""

    enumerated: int = 0
    read: int = 0
    left_out: tuple[tuple[str, int], ...] = ()
    rules_run: tuple[str, ...] = ()
    rules_skipped: tuple[tuple[str, str], ...] = ()


class Verdict(Struct, frozen=True):
    """The result of a run. ``gate`` is open, closed or inconclusive; closed wins, and ``inconclusive`` then still lists its reasons."""

    gate: Literal["open", "closed", "inconclusive"]
    gate_name: GateName
    as_of: dt.date
    packs: tuple[str, ...]
    services: tuple[ServiceOutcome, ...]
    findings: tuple[Finding, ...]
    inconclusive: tuple[Message, ...]
    gaps: tuple[Gap, ...]
    ledger: Ledger
    law: Law
    waivers_applied: int = 0
    notes: tuple[Message, ...] = ()
    change: Change | None = None
