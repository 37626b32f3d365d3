"""Turns genai-waivers.toml into waivers. One that has expired or can match nothing is a mistake: it must not look as if it worked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from msgspec import Struct

from genai_policy.errors import Mistake, WaiverError
from genai_policy.load.approval import Author, check_authority, own_approvals
from genai_policy.load.inputs import Read, read_input
from genai_policy.load.locators import leaves_root
from genai_policy.load.mistakes import Mistakes, quoted, suggest
from genai_policy.load.positions import Path
from genai_policy.load.shape import checked
from genai_policy.load.time_zones import DEFAULT_ZONE, Zone, zone_named
from genai_policy.load.toml import TomlFile, read_toml
from genai_policy.load.waivers_in_code import Comment, read_comments
from genai_policy.load.waivers_text import blocks
from genai_policy.model.law import Law, Obligation
from genai_policy.model.service import Service, Waiver

WAIVERS_FILE = "genai-waivers.toml"


class Sources(Struct, frozen=True):
    """Where waivers are written. ``comments`` are what code says to this tool. ``authors`` says who wrote tables of a file, given their
    texts; None where nobody can be asked."""

    read: Read
    file: str = WAIVERS_FILE
    has_file: bool = True
    comments: tuple[Comment, ...] = ()
    authors: Callable[[str, Sequence[str]], Sequence[Sequence[Author]]] | None = None


def load_waivers(read: Read, path: str, law: Law, services: Sequence[Service], as_of: dt.date | None = None) -> tuple[Waiver, ...]:
    """Read one file of waivers, in its order: :func:`load_every_waiver` without comments and authors."""
    return load_every_waiver(Sources(read, path), law, services, as_of)


def load_every_waiver(sources: Sources, law: Law, services: Sequence[Service], as_of: dt.date | None = None) -> tuple[Waiver, ...]:
    """Read the waivers of the file, in its order, and those in code. ``law`` holds the obligations they may name; without ``as_of`` expiry
    is not asked.

    Raises WaiverError with every mistake, expired waivers included.
    """
    mistakes = Mistakes()
    written = _in_file(sources, law, as_of, mistakes) if sources.has_file else ()
    in_code, wrong = read_comments(sources.comments, law, as_of)
    mistakes.found += [*wrong, *not_allowed(in_code, services), *too_many((*written, *in_code), services)]
    mistakes.raise_as(WaiverError)
    return (*written, *in_code)


def _in_file(sources: Sources, law: Law, as_of: dt.date | None, mistakes: Mistakes) -> tuple[Waiver, ...]:
    data = read_input(sources.read, sources.file, mistakes)
    source = None if data is None else read_toml(sources.file, data, mistakes)
    if source is None:
        return ()
    waivers, zone = _waivers(source, mistakes)
    known = {o.id: o for pack in law.packs for o in pack.obligations}
    for index, waiver in enumerate(waivers):
        at = ("waiver", index)
        _check(source, at, waiver, known, law, mistakes)
        check_authority(source, at, waiver, law, mistakes)
        _check_dates(source, at, waiver, zone, as_of, mistakes)
        _check_repetition(source, index, waivers, mistakes)
    if sources.authors is not None and (found := blocks(source, len(waivers))):
        lines = source.text.split("\n")
        texts = ["\n".join(lines[block.header : block.end]) for block in found]
        mistakes.found += own_approvals(waivers, sources.authors(sources.file, texts))
    return waivers


def expired(source: TomlFile, as_of: dt.date) -> frozenset[int]:
    """Return the indexes of the waivers in ``source`` (a file without mistakes) that no longer count on ``as_of``."""
    waivers, zone = _waivers(source, Mistakes())
    return frozenset(index for index, waiver in enumerate(waivers) if zone.is_over(waiver.expires, as_of))


def not_allowed(in_code: Sequence[Waiver], services: Sequence[Service]) -> list[Mistake]:
    """Return a mistake for each waiver in code where every manifest forbids them."""
    if not services or any(service.policy.waivers_in_code != "never" for service in services):
        return []
    problem, advice = "waivers in code are not allowed (policy.waivers.in-code)", f"write it in {WAIVERS_FILE}"
    return [Mistake(w.place.file, w.place.line, w.place.column, "waiver in code", problem, advice) for w in in_code]


def too_many(waivers: Sequence[Waiver], services: Sequence[Service]) -> list[Mistake]:
    """Return the mistake of more waivers than the manifests allow together, told at the first that is too many."""
    most = sum(service.policy.most_waivers for service in services)
    if not services or len(waivers) <= most:
        return []
    place = waivers[most].place
    advice = "meet some of the obligations, or raise policy.waivers.most in the manifest, where a reviewer sees it"
    return [Mistake(place.file, place.line, place.column, "waiver", f"{len(waivers)} waivers, and {most} are allowed", advice)]


def _waivers(source: TomlFile, mistakes: Mistakes) -> tuple[tuple[Waiver, ...], Zone]:
    from genai_policy.load.waivers_model import WaiversFile

    file = checked(source, WaiversFile, mistakes)
    if file is None:
        return (), DEFAULT_ZONE
    zone = zone_named(file.time_zone)
    if zone is None:
        advice = 'write "Asia/Shanghai", another IANA name, or an offset such as "+08:00"'
        mistakes.add(source.mistake(("time-zone",), f"{quoted(file.time_zone)} is no time zone", advice))
    waivers = tuple(
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
        for index, w in enumerate(file.waiver)
    )
    return waivers, zone or DEFAULT_ZONE


def _check(source: TomlFile, at: Path, waiver: Waiver, known: dict[str, Obligation], law: Law, mistakes: Mistakes) -> None:
    obligation = known.get(waiver.obligation)
    if obligation is None:
        advice = suggest(waiver.obligation, known, "obligations")
        mistakes.add(source.mistake((*at, "obligation"), f"unknown obligation {quoted(waiver.obligation)}", advice))
    elif not obligation.waivable:
        advice = "meet it, or have the person who answers for it attest it in the manifest ([[attest]])"
        mistakes.add(source.mistake((*at, "obligation"), f"{waiver.obligation} cannot be waived", advice))
    required = [r.control for r in obligation.requires] if obligation else [*law.controls]
    if waiver.control and waiver.control not in required:
        problem = (
            f"{waiver.obligation} does not ask for {quoted(waiver.control)}" if obligation else f"unknown control {quoted(waiver.control)}"
        )
        mistakes.add(source.mistake((*at, "control"), problem, suggest(waiver.control, required, "its controls")))
    if waiver.path and leaves_root(waiver.path, ""):
        advice = "write it relative to the scanned root"
        mistakes.add(source.mistake((*at, "path"), f"{quoted(waiver.path)} points outside the root", advice))


def _check_dates(source: TomlFile, at: Path, waiver: Waiver, zone: Zone, as_of: dt.date | None, mistakes: Mistakes) -> None:
    if waiver.created > waiver.expires:
        problem = f"{waiver.expires} is before `created` ({waiver.created})"
        mistakes.add(source.mistake((*at, "expires"), problem, "check both dates"))
    elif as_of is not None and zone.is_over(waiver.expires, as_of):
        advice = f"meet {waiver.obligation} and drop the waiver, or have {waiver.approved_by} approve it again with new dates"
        first = waiver.expires + dt.timedelta(days=1)
        problem = f"the waiver has expired: it does not count since {first} ({zone.name})"
        mistakes.add(source.mistake((*at, "expires"), problem, advice))


def _check_repetition(source: TomlFile, index: int, waivers: Sequence[Waiver], mistakes: Mistakes) -> None:
    waiver = waivers[index]
    for other in waivers[:index]:
        same = (other.obligation, other.control, other.path) == (waiver.obligation, waiver.control, waiver.path)
        if same and other.created <= waiver.expires and waiver.created <= other.expires:
            problem = f"says again what line {other.place.line} says for the same time"
            mistakes.add(source.mistake(("waiver", index), problem, "keep one of them"))
            return
