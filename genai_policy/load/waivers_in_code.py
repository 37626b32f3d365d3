"""Comments in code → waivers: ``# genai-policy: waive OBLIGATION [CONTROL] until 2026-12-31 — reason``.

For what is not mandatory only. A comment that tries to waive and cannot is a mistake with its file and line.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Protocol

from genai_policy.errors import Mistake
from genai_policy.load.mistakes import closest, quoted, suggest
from genai_policy.load.time_zones import DEFAULT_ZONE
from genai_policy.model.code import Place
from genai_policy.model.law import Law, Obligation
from genai_policy.model.service import Waiver

FORM = "genai-policy: waive OBLIGATION until 2026-12-31 - reason"
_WAIVE = re.compile(
    r"waive\s+(?P<obligation>\S+)(?:\s+(?!until\b)(?P<control>\S+))?"
    r"\s+until\s+(?P<until>[^\s\u2014,:;]+)(?:\s*[\u2014\u2013,:;]\s*|\s+-+\s+|\s+)(?P<reason>\S.*)"
)
#: What people write who want to silence a tool; any other words after the mark are a remark about this tool, not to it.
_TRIES = frozenset(("waive", "waived", "waiver", "waives", "ignore", "ignored", "disable", "skip", "noqa", "suppress", "allow", "nolint"))


class Comment(Protocol):
    """What a comment says to this tool on a line of a file, and the lines of code it is about."""

    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def said(self) -> str: ...
    @property
    def first(self) -> int: ...
    @property
    def last(self) -> int: ...


def read_comments(comments: Iterable[Comment], law: Law, as_of: dt.date | None) -> tuple[list[Waiver], list[Mistake]]:
    """Return the waivers that ``comments`` state, and what is wrong with the others. Without ``as_of`` expiry is not asked."""
    known = {o.id: o for pack in law.packs for o in pack.obligations}
    waivers: list[Waiver] = []
    mistakes: list[Mistake] = []
    for comment in comments:
        words = re.findall(r"[a-z]+", comment.said.lower())
        if not words or words[0] not in _TRIES:
            continue
        read = _read(comment, known, as_of)
        if isinstance(read, Waiver):
            waivers.append(read)
        else:
            problem, advice = read
            mistakes.append(Mistake(comment.file, comment.line, 1, "waiver in code", problem, advice))
    return waivers, mistakes


def _read(comment: Comment, known: Mapping[str, Obligation], as_of: dt.date | None) -> Waiver | tuple[str, str]:
    found = _WAIVE.fullmatch(comment.said.strip())
    if found is None:
        return _what_is_missing(comment.said), f"write `{FORM}`"
    obligation = known.get(found["obligation"])
    if obligation is None:
        return f"unknown obligation {quoted(found['obligation'])}", suggest(found["obligation"], known, "obligations")
    if obligation.force == "mandatory" or not obligation.waivable:
        advice = "meet it, or ask for a waiver in genai-waivers.toml" if obligation.waivable else "meet it"
        return f"{obligation.id} is {'mandatory' if obligation.waivable else 'not waivable'}: no comment can waive it", advice
    controls = [requirement.control for requirement in obligation.requires]
    if found["control"] and found["control"] not in controls:
        return f"{obligation.id} does not ask for {quoted(found['control'])}", suggest(found["control"], controls, "its controls")
    try:
        until = dt.date.fromisoformat(found["until"]) if len(found["until"]) == 10 else None
    except ValueError:
        until = None
    if until is None:
        return f"{quoted(found['until'])} is not a date", "write it as 2026-12-31"
    if as_of is not None and DEFAULT_ZONE.is_over(until, as_of):
        problem = f"the waiver has expired: it does not count since {until + dt.timedelta(days=1)} ({DEFAULT_ZONE.name})"
        return problem, "meet the duty and drop the comment, or agree on another day"
    return Waiver(
        obligation=obligation.id,
        owner="",
        reason=found["reason"].strip(),
        approved_by="",
        created=until,
        expires=until,
        place=Place(comment.file, comment.line, 1),
        control=found["control"] or "",
        path=comment.file,
        lines=(comment.first, comment.last),
    )


def _what_is_missing(said: str) -> str:
    word = said.split()[0].strip(":") if said.split() else ""
    if word != "waive":
        near = closest(word, ["waive"])
        return f"{quoted(word)} waives nothing" + (f"; the word is {near!r}" if near else "")
    if not re.search(r"\buntil\b", said):
        return "the waiver has no last day (until …)"
    if re.fullmatch(r"waive\s+until\b.*", said):
        return "the waiver names no obligation"
    return "the waiver has no reason, or its parts stand in another order"
