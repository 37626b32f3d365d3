"""A position in a text → what to say there: the duty and clause of an obligation, what a control asks for, what a manifest key means."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from genai_policy.integrations.lsp.project import Project
from genai_policy.integrations.lsp.texts import Span, word_at
from genai_policy.integrations.places import MANIFEST
from genai_policy.load.manifest_schema import SCHEMA_FILE
from genai_policy.load.positions import Path, find_positions
from genai_policy.model import Control, Lang, Obligation
from genai_policy.report.escape import markdown_code
from genai_policy.report.pages import plain
from genai_policy.report.wording import phrase

_ID = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*(?:/[a-z0-9]+(?:[-.][a-z0-9]+)*)?")


def hover(project: Project, file: str, text: str, lines: Sequence[str], line: int, column: int) -> tuple[str, Span] | None:
    """Return Markdown and what it is about, for a place (both from 0) of ``file``; None where there is nothing to say."""
    word = word_at(lines[line], column, _ID) if line < len(lines) else None
    if word is None:
        return None
    name, start, end = word
    span = Span(line, start, end)
    declared = file.rpartition("/")[2] in (MANIFEST, "genai-waivers.toml")
    obligation = project.seen.law.obligation(name)
    if obligation is not None:
        return _obligation(project, obligation), span
    control = project.seen.law.controls.get(name) if declared or "genai-policy" in lines[line] else None
    if control is not None:
        return _control(project, control), span
    if file.rpartition("/")[2] == MANIFEST:
        said = _key(text, line, start)
        return (said, span) if said else None
    return None


def _obligation(project: Project, obligation: Obligation) -> str:
    lang = project.asked.lang
    parts = [("duty", obligation.duty), ("clause", obligation.clause), ("fix", obligation.fix), ("limits", obligation.limits)]
    here = [f"{markdown_code(manifest)}: {outcome}" for manifest, outcome in project.outcome(obligation.id)]
    return _page(obligation.id, obligation.title.say(lang), [(name, text.say(lang)) for name, text in parts], here, lang)


def _control(project: Project, control: Control) -> str:
    lang = project.asked.lang
    users = sorted({o.id for p in project.seen.law.packs for o in p.obligations if any(r.control == control.id for r in o.requires)})
    parts = [("looks-for", control.looks_for), ("fix", control.fix), ("limits", control.limits)]
    asked = [("asked-by", ", ".join(users))]
    return _page(control.id, control.title.say(lang), [*((n, t.say(lang)) for n, t in parts), *asked], [], lang)


def _page(id: str, title: str, parts: Sequence[tuple[str, str]], here: Sequence[str], lang: Lang) -> str:
    told = [f"**{plain(title)}** {markdown_code(id)}"]
    told += [f"*{plain(phrase(f'explain.part-{name}', lang))}* {plain(text)}" for name, text in parts if text]
    told += [phrase("linters.here", lang) + " " + ", ".join(here)] if here else []
    return "\n\n".join([*told, markdown_code(f"genai-policy explain {id}")])


def _key(text: str, line: int, start: int) -> str:
    """Return what the key of a manifest at this place means, "" where none stands there or the text is no TOML just now."""
    import tomli

    try:
        tomli.loads(text)
    except (ValueError, RecursionError):
        return ""
    here = (line + 1, start + 1)
    path = max((path for path, spot in find_positions(text).items() if spot.key == here and path), key=len, default=())
    return _meaning(path) if path and isinstance(path[-1], str) else ""


def _meaning(path: Path) -> str:
    node: Mapping[str, Any] = _schema()
    for part in path:
        node = _below(node, part)
    said = plain(str(node.get("description", "")))
    values = list(_values(node))
    name = ".".join(str(part) for part in path if isinstance(part, str))
    lines = [markdown_code(name), said, ", ".join(map(markdown_code, values))]
    return "\n\n".join(line for line in lines if line) if said or values else ""


def _below(node: Mapping[str, Any], part: str | int) -> Mapping[str, Any]:
    """Return the schema of one key or item below ``node``."""
    choices = [_resolved(node), *map(_resolved, _resolved(node).get("oneOf", ()))]
    for choice in choices:
        found = choice.get("items") if isinstance(part, int) else choice.get("properties", {}).get(part)
        if found is None and isinstance(part, str) and isinstance(choice.get("additionalProperties"), Mapping):
            found = choice["additionalProperties"]
        if isinstance(found, Mapping):
            return found
    return {}


def _resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(node.get("$ref", "")).rpartition("/")[2]
    return {**_schema()["$defs"][name], **node} if name else node


def _values(node: Mapping[str, Any]) -> Iterator[str]:
    known = _resolved(node)
    yield from map(str, known.get("enum", ()))
    items = known.get("items")
    if isinstance(items, Mapping):
        yield from map(str, _resolved(items).get("enum", ()))


@lru_cache(maxsize=1)
def _schema() -> Mapping[str, Any]:
    schema: Mapping[str, Any] = json.loads(SCHEMA_FILE.read_text("utf-8"))
    return schema
