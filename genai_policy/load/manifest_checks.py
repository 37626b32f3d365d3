"""Finds what is wrong with a manifest although each value alone is allowed: dates out of order, statements that exclude each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from genai_policy.load.locators import SYNTAX, leaves_root, target_problem
from genai_policy.load.mistakes import Mistakes, describe, quoted, suggest
from genai_policy.load.positions import Path
from genai_policy.load.toml import TomlFile


class Known(NamedTuple):
    """The ids that a manifest may name; None where any will do."""

    controls: Collection[str] | None = None
    obligations: Collection[str] | None = None
    packs: Collection[str] | None = None


def check_meaning(source: TomlFile, root: str, known: Known, mistakes: Mistakes) -> None:
    """Check the raw values against each other. Values of a wrong type are passed over: the shape check has told them already."""
    values = source.values
    service = _table(values.get("service"))
    _in_order(source, ("service", "public-since"), service.get("public-since"), ("service", "ended-on"), service.get("ended-on"), mistakes)
    _check_opinion(source, _table(values.get("opinion")), mistakes)
    _check_models(source, _tables(values.get("models")), mistakes)
    _check_policy(source, _table(values.get("policy")), known, mistakes)
    _check_attestations(source, root, known, _tables(values.get("attest")), mistakes)
    for index, link in _tables(values.get("link")):
        for end in ("from", "to"):
            wrong = target_problem("hook", link[end], root) if isinstance(link.get(end), str) else None
            if wrong:
                problem, advice = wrong
                mistakes.add(source.mistake(("link", index, end), problem.replace("is not a hook", "is not a function"), advice))


def _check_opinion(source: TomlFile, opinion: dict[str, Any], mistakes: Mistakes) -> None:
    if opinion.get("declared") != "no":
        return
    if not isinstance(opinion.get("reason"), str) or not opinion["reason"].strip():
        mistakes.add(source.mistake(("opinion", "declared"), '"no" needs a reason', "add `reason = …` to [opinion]"))
    if opinion.get("features"):
        advice = 'declare "yes" or "undetermined", or empty the list if the service has none of them'
        mistakes.add(source.mistake(("opinion", "features"), 'stand against `declared = "no"`', advice))


def _check_models(source: TomlFile, models: list[tuple[int, dict[str, Any]]], mistakes: Mistakes) -> None:
    first: dict[str, int] = {}
    for index, model in models:
        name = model.get("id")
        if isinstance(name, str) and first.setdefault(name, index) != index:
            line = source.place(("models", first[name], "id")).line
            mistakes.add(source.mistake(("models", index, "id"), f"{quoted(name)} is taken", f"the model on line {line} has this id"))


def _check_policy(source: TomlFile, policy: dict[str, Any], known: Known, mistakes: Mistakes) -> None:
    for obligation in _table(policy.get("severity")):
        _check_id(source, ("policy", "severity", obligation), "obligation", obligation, known.obligations, mistakes)
    packs = policy.get("packs", "auto")
    if packs == "auto":
        return
    if not isinstance(packs, list) or not packs or not all(isinstance(p, str) and p.strip() for p in packs):
        problem = f'must be "auto" or a list of pack ids, not {describe(packs)}' if packs != [] else "lists no pack"
        mistakes.add(source.mistake(("policy", "packs"), problem, 'write "auto" or, for example, ["cn-genai"]'))
        return
    for index, pack in enumerate(packs):
        _check_id(source, ("policy", "packs", index), "pack", pack, known.packs, mistakes)


def _check_id(source: TomlFile, at: Path, what: str, name: Any, known: Collection[str] | None, mistakes: Mistakes) -> None:
    if isinstance(name, str) and known is not None and name not in known:
        mistakes.add(source.mistake(at, f"unknown {what} {quoted(name)}", suggest(name, known, f"known {what}s"), on_key=at[-1] == name))


def _check_attestations(source: TomlFile, root: str, known: Known, said: list[tuple[int, dict[str, Any]]], mistakes: Mistakes) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    settled: list[tuple[int, dict[str, Any]]] = []
    for index, one in said:
        path: Path = ("attest", index)
        _check_subject(source, path, one, known, mistakes)
        _in_order(source, (*path, "on"), one.get("on"), (*path, "expires"), one.get("expires"), mistakes, strictly=True)
        document = one.get("document")
        if isinstance(document, str) and leaves_root(document, root):
            mistakes.add(source.mistake((*path, "document"), f"{quoted(document)} points outside the root", f"write {SYNTAX['document']}"))
        key = tuple(str(one.get(k)) for k in ("control", "obligation", "by", "on"))
        if key in seen:
            line = source.place(("attest", seen[key])).line
            mistakes.add(source.mistake(path, "says again what is said already", f"drop it, or the one on line {line}"))
        seen.setdefault(key, index)
        _check_agreement(source, path, one, settled, mistakes)
        settled.append((index, one))


def _check_subject(source: TomlFile, path: Path, one: dict[str, Any], known: Known, mistakes: Mistakes) -> None:
    control, obligation = one.get("control"), one.get("obligation")
    if (control is None) == (obligation is None):
        problem = "names neither a control nor an obligation" if control is None else "names both a control and an obligation"
        mistakes.add(source.mistake(path, problem, "say `control = …` or `obligation = …`, one of them"))
    _check_id(source, (*path, "control"), "control", control, known.controls, mistakes)
    _check_id(source, (*path, "obligation"), "obligation", obligation, known.obligations, mistakes)
    if "applies" in one and obligation is None:
        mistakes.add(
            source.mistake((*path, "applies"), "says whether an obligation binds, but names none", "add `obligation = …`", on_key=True)
        )


def _check_agreement(
    source: TomlFile, path: Path, one: dict[str, Any], others: list[tuple[int, dict[str, Any]]], mistakes: Mistakes
) -> None:
    for index, other in others:
        same = one.get("obligation") is not None and one.get("obligation") == other.get("obligation")
        if same and {one.get("applies"), other.get("applies")} == {True, False} and _overlap(one, other):
            line = source.place(("attest", index)).line
            advice = "let the older one expire before this one begins"
            mistakes.add(
                source.mistake((*path, "applies"), f"contradicts the statement on line {line}, which holds at the same time", advice)
            )


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    spans = [(day_of(s.get("on")), day_of(s.get("expires"))) for s in (one, other)]
    (a, b), (c, d) = spans
    return a is not None and b is not None and c is not None and d is not None and a <= d and c <= b


def _in_order(
    source: TomlFile, first_path: Path, first: Any, last_path: Path, last: Any, mistakes: Mistakes, *, strictly: bool = False
) -> None:
    begin, end = day_of(first), day_of(last)
    if begin is None or end is None or end > begin or (end == begin and not strictly):
        return
    relation = "is not after" if strictly else "is before"
    mistakes.add(source.mistake(last_path, f"{end} {relation} `{first_path[-1]}` ({begin})", "check both dates"))


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: Any) -> list[tuple[int, dict[str, Any]]]:
    items = value if isinstance(value, list) else []
    return [(i, item) for i, item in enumerate(items) if isinstance(item, dict)]


def day_of(value: Any) -> dt.date | None:
    """Return the calendar day that a raw TOML value names, if it names one."""
    if isinstance(value, dt.datetime):
        return None
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
