"""A draft → the text of genai-service.toml: what was seen as values with ``# found:``, everything else as ``# decide:`` lines.

The list of facts comes from the manifest's schema, so that a new fact appears in new drafts by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from genai_policy.cli.drafting import Candidate, Claim, Draft, Guess
from genai_policy.report.escape import printable

_PROVENANCE = frozenset({"declared-by", "declared-on", "reason"})
_NOT_FACTS = frozenset({"schema", "implements", "policy", "attest", "link"})
_INTRO = """\
#:schema ./genai-service.schema.json
# What this service is, and where its code meets each duty. Drafted by `genai-policy init`.
#
# `# found:` says where a value was seen; check it. `# decide:` lines are facts that no code shows: delete "# decide: " and write a value.
# A fact that stays undeclared counts as unknown, never as "no".

schema = 1
"""
_IMPLEMENTS = """\
# Control -> where the code meets it. A claim; `genai-policy check` looks for the proof, `genai-policy explain CONTROL` says what it asks.
[implements]
"""
_OTHERS = """\
# Further controls are named by `genai-policy check`: claim each where it is met, or attest what only a person can say:
# [[attest]]
# control = "…"
# by = "name, role"
# on = 2026-01-31
# expires = 2026-12-31
# reason = "what was checked, and how"
"""
_PACKS = "# The instruments that can concern it, as far as the facts above tell."
_PACKS_OPEN = f"{_PACKS} Without this line all that are known are asked."
MAX_FOUND = 3


def draft_text(
    draft: Draft,
    schema: Mapping[str, Any],
    *,
    claimed: Mapping[str, Claim] = {},
    packs: Sequence[str] = (),
    packs_decided: bool = False,
) -> str:
    """Return the manifest of ``draft``; ``schema`` is the manifest's JSON Schema.

    What is ``claimed``, by control, becomes a claim. ``packs`` can concern the service; they are asked alone where that was ``decided``.
    """
    definitions = schema["$defs"]
    facts = {key: _resolved(body, definitions) for key, body in schema["properties"].items() if key not in _NOT_FACTS | _PROVENANCE}
    loose = {key: body for key, body in facts.items() if "properties" not in body and not _is_table_list(body, definitions)}
    tables = {key: body for key, body in facts.items() if "properties" in body}
    lists = {key: body for key, body in facts.items() if _is_table_list(body, definitions)}
    blocks = [_INTRO.rstrip(), "\n".join(_fields("", loose, draft.facts, definitions))]
    for key, body in tables.items():
        blocks.append("\n".join([f"[{key}]", *_fields(f"{key}.", body["properties"], draft.facts, definitions)]))
    for key, body in lists.items():
        item = _resolved(body["items"], definitions)["properties"]
        found = draft.models if key == "models" else ()
        blocks += ["\n".join([f"[[{key}]]", *_fields("", item, table, definitions)]) for table in found]
        if not found:
            blocks.append("\n".join(_list_to_decide(key, body, item, definitions)))
    if packs:
        line = f"packs = {_toml(list(packs))}"
        blocks.append("\n".join(["[policy]", _PACKS, line] if packs_decided else ["[policy]", _PACKS_OPEN, f"# decide: {line}"]))
    blocks += ["\n".join([_IMPLEMENTS.rstrip(), *_proposals(draft.candidates, claimed)]), _OTHERS.rstrip()]
    return "\n\n".join(blocks) + "\n"


def _fields(prefix: str, fields: Mapping[str, Any], guesses: Mapping[str, Guess], definitions: Mapping[str, Any]) -> Iterator[str]:
    for name, raw in fields.items():
        body = _resolved(raw, definitions)
        if name in _PROVENANCE:
            continue
        guess = guesses.get(prefix + name)
        if guess is None:
            yield f"# decide: {name} = {_choices(body, definitions)}"
        else:
            yield f"{name} = {_toml(guess.value)}  # {'answered' if guess.answered else f'found: {_seen(guess.found)}'}"


def _list_to_decide(key: str, body: Mapping[str, Any], item: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {body.get('description', key)}"
    yield f"# decide: [[{key}]]"
    yield from (line.replace("# decide: ", "# decide:   ") for line in _fields("", item, {}, definitions))


def _proposals(candidates: Sequence[Candidate], claimed: Mapping[str, Claim]) -> Iterator[str]:
    """Yield the claims, then every candidate that is none as a comment."""
    for control, claim in sorted(claimed.items()):
        targets = [candidate.target for candidate in claim]
        where = _toml(targets if len(targets) > 1 else targets[0])
        found = _seen(tuple(candidate.found for candidate in claim))
        yield f"{control} = {{ {claim[0].kind} = {where} }}  # found: {found}; the check finds it proven"
    for candidate in candidates:
        if candidate not in claimed.get(candidate.control, ()):
            place = f"{{ {candidate.kind} = {_toml(candidate.target)} }}"
            yield f"# candidate: {candidate.control} = {place}  # found: {_seen((candidate.found,))}"


def _seen(found: tuple[str, ...]) -> str:
    more = f"; and {len(found) - MAX_FOUND} more" if len(found) > MAX_FOUND else ""
    return printable("; ".join(found[:MAX_FOUND]) + more)


def _choices(body: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """Return what can be written, and what it means."""
    said = f"  # {body['description']}" if body.get("description") else ""
    if "properties" in body:
        parts = [f"{key} = {_value(raw, definitions)}" for key, raw in body["properties"].items() if key not in _PROVENANCE]
        return f"{{ {', '.join(parts)} }}{said}"
    if _is_table_list(body, definitions):
        return f"[{_value(body['items'], definitions)}]{said}"
    if "enum" in body:
        return " | ".join(_toml(value) for value in body["enum"]) + said
    if body.get("type") == "boolean":
        return f"true | false{said}"
    if body.get("type") == "array":
        return f"[{', '.join(_toml(value) for value in _resolved(body.get('items', {}), definitions).get('enum', ()))}]{said}"
    if body.get("format") == "date":
        return f"YYYY-MM-DD{said}"
    blank = "0" if body.get("type") == "integer" else '"…"'
    return f"{blank}{said}"


def _value(body: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """Return what can be written, without what it means."""
    return _choices({**_resolved(body, definitions), "description": ""}, definitions)


def _resolved(body: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference, keeping the description beside it."""
    if "$ref" in body:
        return {**definitions[str(body["$ref"]).rpartition("/")[2]], **{key: value for key, value in body.items() if key != "$ref"}}
    return body


def _is_table_list(body: Mapping[str, Any], definitions: Mapping[str, Any]) -> bool:
    return body.get("type") == "array" and "properties" in _resolved(body.get("items", {}), definitions)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    # a JSON string of printable text is a TOML string
    return json.dumps(printable(str(value)), ensure_ascii=False)
