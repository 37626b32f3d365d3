"""Turns genai-waivers.toml into waivers. One that has expired or can match nothing is a mistake: it must not look as if it worked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from genai_policy.errors import Mistake, WaiverError
from genai_policy.load.inputs import Read, read_input
from genai_policy.load.locators import leaves_root
from genai_policy.load.mistakes import Mistakes, quoted, suggest
from genai_policy.load.positions import Path
from genai_policy.load.shape import checked
from genai_policy.load.toml import TomlFile, read_toml
from genai_policy.model.law import Law, Obligation
from genai_policy.model.service import Service, Waiver

WAIVERS_FILE = "genai-waivers.toml"


def load_waivers(read: Read, path: str, law: Law, services: Sequence[Service], as_of: dt.date | None = None) -> tuple[Waiver, ...]:
    """Read the waivers of a tree, in the file's order. ``law`` holds the obligations they may name; without ``as_of`` expiry is not asked.

    Raises WaiverError with every mistake, expired waivers included.
    """
    del services  # waivers hold for every service of the tree; `path` narrows them
    mistakes = Mistakes()
    data = read_input(read, path, mistakes)
    source = None if data is None else read_toml(path, data, mistakes)
    waivers = () if source is None else _waivers(source, mistakes)
    if source is not None:
        known = {o.id: o for pack in law.packs for o in pack.obligations}
        for index, waiver in enumerate(waivers):
            _check(source, ("waiver", index), waiver, known, law, mistakes)
            _check_dates(source, ("waiver", index), waiver, as_of, mistakes)
            _check_repetition(source, index, waivers, mistakes)
    mistakes.raise_as(WaiverError)
    return waivers


def unmatched(waiver: Waiver) -> Mistake:
    """Return the mistake of a waiver that no finding of a full run matched."""
    what = f"{waiver.obligation}, {waiver.control}" if waiver.control else waiver.obligation
    where = f" in {waiver.path}" if waiver.path else ""
    advice = f"remove it (its owner is {waiver.owner}), or correct obligation, control or path"
    return Mistake(
        waiver.place.file, waiver.place.line, waiver.place.column, "waiver", f"matches nothing: {what} is not unmet{where}", advice
    )


def _waivers(source: TomlFile, mistakes: Mistakes) -> tuple[Waiver, ...]:
    from genai_policy.load.waivers_model import WaiversFile

    file = checked(source, WaiversFile, mistakes)
    return tuple(
        Waiver(
            obligation=w.obligation,
            owner=w.owner,
            reason=w.reason,
            approved_by=w.approved_by,
            created=w.created,
            expires=w.expires,
            place=source.place(("waiver", index)),
            control=w.control or "",
            path=w.path or "",
        )
        for index, w in enumerate(file.waiver if file else ())
    )


def _check(source: TomlFile, at: Path, waiver: Waiver, known: dict[str, Obligation], law: Law, mistakes: Mistakes) -> None:
    obligation = known.get(waiver.obligation)
    if obligation is None:
        advice = suggest(waiver.obligation, known, "obligations")
        mistakes.add(source.mistake((*at, "obligation"), f"unknown obligation {quoted(waiver.obligation)}", advice))
    elif not obligation.waivable:
        mistakes.add(
            source.mistake((*at, "obligation"), f"{waiver.obligation} cannot be waived", "meet it, or change what the service does")
        )
    required = [r.control for r in obligation.requires] if obligation else [*law.controls]
    if waiver.control and waiver.control not in required:
        problem = (
            f"{waiver.obligation} does not ask for {quoted(waiver.control)}" if obligation else f"unknown control {quoted(waiver.control)}"
        )
        mistakes.add(source.mistake((*at, "control"), problem, suggest(waiver.control, required, "its controls")))
    if waiver.path and leaves_root(waiver.path, ""):
        advice = "write it relative to the scanned root"
        mistakes.add(source.mistake((*at, "path"), f"{quoted(waiver.path)} points outside the root", advice))


def _check_dates(source: TomlFile, at: Path, waiver: Waiver, as_of: dt.date | None, mistakes: Mistakes) -> None:
    if waiver.created > waiver.expires:
        problem = f"{waiver.expires} is before `created` ({waiver.created})"
        mistakes.add(source.mistake((*at, "expires"), problem, "check both dates"))
    elif as_of is not None and waiver.expires < as_of:
        first = waiver.expires + dt.timedelta(days=1)
        advice = f"meet {waiver.obligation}, or have {waiver.approved_by} approve it again with new dates"
        mistakes.add(source.mistake((*at, "expires"), f"the waiver has expired: it does not count since {first}", advice))


def _check_repetition(source: TomlFile, index: int, waivers: Sequence[Waiver], mistakes: Mistakes) -> None:
    waiver = waivers[index]
    for other in waivers[:index]:
        same = (other.obligation, other.control, other.path) == (waiver.obligation, waiver.control, waiver.path)
        if same and other.created <= waiver.expires and waiver.created <= other.expires:
            problem = f"says again what line {other.place.line} says for the same time"
            mistakes.add(source.mistake(("waiver", index), problem, "keep one of them"))
            return
