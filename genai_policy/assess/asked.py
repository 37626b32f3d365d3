"""What every evidence kind does alike: which locators and parameters are its own, and how it words its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from genai_policy.model.code import Hop, Place
from genai_policy.model.message import Message
from genai_policy.model.service import Locator
from genai_policy.model.verdict import Claim, Evidence, FactIndex, Polarity

#: Why a file that a locator names does not count as part of the running service.
_FOREIGN = frozenset(("vendored", "generated", "test", "minified", "link-outside", "submodule"))
_PATTERN_FILE = re.compile(r"(?:^|[._-])(?:example|sample|template|tmpl|dist)(?:[._-]|$)", re.IGNORECASE)
MAX_NAMED = 5


def params_of(claim: Claim, kind: str) -> Mapping[str, Any] | None:
    """Return the parameters of ``kind`` when the control can be shown by it, else None."""
    return claim.params.get(kind)


def locators_of(claim: Claim, kind: str) -> tuple[Locator, ...]:
    """Return the claimed locators of ``kind``, in the manifest's order."""
    return tuple(locator for locator in claim.locators if locator.kind == kind)


def not_taken(claim: Claim, kind: str) -> Iterator[Evidence]:
    """Reject every locator of ``kind`` when the control cannot be shown by that kind."""
    for locator in locators_of(claim, kind):
        note = Message("locator.not-taken", {"control": claim.control.id, "kind": kind, "ways": ", ".join(sorted(claim.params))})
        yield evidence(kind, "rejected", note, locator, key=f"not-taken:{locator.target}")


def evidence(
    kind: str,
    polarity: Polarity,
    note: Message,
    locator: Locator | None = None,
    *,
    places: Sequence[Place] = (),
    hops: Sequence[Hop] = (),
    key: str = "",
    matched: str = "",
) -> Evidence:
    """Return evidence whose places end with the manifest's line of ``locator``. ``key`` defaults to the note's code and the target;
    ``matched`` is the code it is about (:mod:`genai_policy.assess.matched`)."""
    where = list(dict.fromkeys(places))
    if locator is not None and locator.place not in where:
        where.append(locator.place)
    target = locator.target if locator is not None else ""
    return Evidence(kind, polarity, note, tuple(where), tuple(hops), key or f"{note.code}:{target}", locator, matched=matched)


def foreign(file: str, facts: FactIndex) -> str:
    """Return why ``file`` is no part of the running service (``vendored``, ``test``, ``pattern`` …), or ""."""
    reason = facts.left_out.get(file, "")
    if reason.partition(":")[0].strip() in _FOREIGN:
        return reason
    return "pattern" if _PATTERN_FILE.search(file.rpartition("/")[2]) else ""


def foreign_note(file: str, reason: str) -> Message:
    """Say that ``file`` does not count, for the ``reason`` that :func:`foreign` gave."""
    return Message("file.pattern" if reason == "pattern" else "file.foreign", {"file": file, "reason": reason})


def split(target: str) -> tuple[str, str]:
    """Split ``file#part``."""
    file, _, part = target.partition("#")
    return file, part


def listed(names: Sequence[str]) -> str:
    """Join names for a sentence, at most a handful."""
    shown = ", ".join(names[:MAX_NAMED])
    return f"{shown} … (+{len(names) - MAX_NAMED})" if len(names) > MAX_NAMED else shown


def fact_values(facts: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    """Return the values of a dotted fact; lists of tables on the way give one value per entry."""
    parts = name.split(".")
    for size in range(len(parts), 0, -1):
        prefix = ".".join(parts[:size])
        if prefix in facts:
            return tuple(v for v in _below(facts[prefix], parts[size:]) if v is not None)
    return ()


def _below(value: Any, parts: Sequence[str]) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for element in value:
            yield from _below(element, parts)
    elif not parts:
        yield value
    elif isinstance(value, Mapping) and parts[0] in value:
        yield from _below(value[parts[0]], parts[1:])
