"""Evidence that the code speaks against a declared fact. The checks are data of the packs (``contradictions.toml``, documented there)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from genai_policy.assess.asked import MAX_NAMED, evidence, params_of
from genai_policy.assess.conditions import evaluate
from genai_policy.assess.globs import matches
from genai_policy.assess.mentions import pages
from genai_policy.assess.walk import calls, calls_of
from genai_policy.hookspecs import hookimpl
from genai_policy.model.code import FunctionNode, Place
from genai_policy.model.law import Condition, Law
from genai_policy.model.message import Message
from genai_policy.model.verdict import Claim, Evidence, FactIndex

KIND = "contradiction"
PARAMS = frozenset(("checks",))
_URL = re.compile(r"(?:https?|wss?)://([A-Za-z0-9.-]{3,253})")


@hookimpl
def genai_policy_evidence_kinds() -> Mapping[str, frozenset[str]]:
    """Answer for ``contradiction``."""
    return {KIND: PARAMS}


@hookimpl
def genai_policy_collect_evidence(claim: Claim, facts: FactIndex) -> Iterator[Evidence]:
    """Run the control's checks; what none of them finds speaks for the declared facts."""
    params = params_of(claim, KIND)
    if params is None:
        return
    wanted = [str(check) for check in params.get("checks", ())]
    known = {str(c.get("id")): c for c in claim.shared.get("contradictions", {}).get("check", ()) if isinstance(c, Mapping)}
    found = False
    for name in wanted:
        if name not in known:
            yield evidence(KIND, "undecided", Message("contradiction.unknown-check", {"check": name}), key=f"check:{name}")
            found = True
            continue
        for item in _run(known[name], claim, facts):
            found = True
            yield item
    if wanted and not found:
        note = Message("contradiction.none", {"count": str(len(wanted))})
        yield evidence(KIND, "supports", note, places=[Place(claim.service.manifest, 1)], key="contradiction:none")


def _run(check: Mapping[str, Any], claim: Claim, facts: FactIndex) -> Iterator[Evidence]:
    if evaluate(condition(check.get("fact", {})), claim.service, Law()).answer != "yes":
        return
    declared = [claim.service.place_of(str(fact)) for fact in check.get("facts", ())]
    title, name = check.get("title", {}), str(check.get("id"))
    why = check.get("explanation", {})
    args = {"check": name, "title_en": str(title.get("en", "")), "title_zh": str(title.get("zh", ""))}
    args |= {"why_en": str(why.get("en", "")), "why_zh": str(why.get("zh", ""))}
    if check.get("facts-only"):
        yield evidence(KIND, "contradicts", Message("contradiction.facts", args), places=declared, key=f"contradiction:{name}")
        return
    for side, look in _SIDES.items():
        for matter, place in list(look(check.get(side, ()), check, facts))[:MAX_NAMED]:
            note = Message("contradiction.found", {**args, "what": matter, "file": place.file})
            yield evidence(KIND, "contradicts", note, places=[place, *declared], key=f"contradiction:{name}:{side}:{matter}:{place.file}")


def shown(check: Mapping[str, Any], facts: FactIndex) -> Iterator[tuple[str, Place]]:
    """Yield what the code shows of the code side of ``check``: what it is, and where."""
    for side, look in _SIDES.items():
        yield from look(check.get(side, ()), check, facts)


def condition(table: Mapping[str, Any]) -> Condition:
    """Read a condition table of a pack's data; what is not understood is *unknown* and so contradicts nothing."""
    for op in ("all", "any"):
        if isinstance(table.get(op), (list, tuple)):
            return Condition(op, parts=tuple(condition(part) for part in table[op]))
    if isinstance(table.get("not"), Mapping):
        return Condition("not", parts=(condition(table["not"]),))
    tests = [(key, value) for key, value in table.items() if key != "fact"]
    if "fact" in table and len(tests) == 1:
        return Condition(tests[0][0], str(table["fact"]), tests[0][1])
    return Condition("not-empty", "?")


# ---- what the code shows: each yields (what, where), one per file and matter ------------------------------------------------

_Found = Iterator[tuple[str, Place]]


def _modalities(wanted: Sequence[str], check: Mapping[str, Any], facts: FactIndex) -> _Found:
    seen: set[tuple[str, str]] = set()
    for site in facts.code.sites:
        if site.modality in wanted and site.certainty == "certain" and (site.file, site.callee) not in seen:
            seen.add((site.file, site.callee))
            yield site.callee, Place(site.file, site.line)


def _imports(wanted: Sequence[str], check: Mapping[str, Any], facts: FactIndex) -> _Found:
    for file in sorted(facts.code.imports):
        if facts.left_out.get(file):
            continue
        for name in wanted:
            if any(imported == name or imported.startswith((name + ".", name + "/")) for imported in facts.code.imports[file]):
                yield name, Place(file, 1)


def _calls(wanted: Sequence[str], check: Mapping[str, Any], facts: FactIndex) -> _Found:
    patterns = [_compiled(str(pattern)) for pattern in wanted]
    for function in sorted(facts.code.external_calls) if patterns else ():
        node = facts.code.functions.get(function)
        for call, name in facts.code.external_calls[function]:
            if any(pattern.search(name) for pattern in patterns):
                file = function.partition("#")[0]
                yield name, Place(file, _line_of(node, call))


def _routes(wanted: Sequence[str], check: Mapping[str, Any], facts: FactIndex) -> _Found:
    patterns = [_compiled(str(pattern)) for pattern in wanted]
    methods = {str(method).upper() for method in check.get("route-methods", ())}
    for route in facts.code.routes:
        if methods and methods.isdisjoint(route.method.split(",")):
            continue
        if any(pattern.search(route.path) for pattern in patterns):
            yield f"{route.method} {route.path}", Place(route.handler_file or route.file, route.handler_line or route.line)


def _hosts(wanted: Sequence[str], check: Mapping[str, Any], facts: FactIndex) -> _Found:
    patterns = [_compiled(str(pattern)) for pattern in wanted]
    seen: set[tuple[str, str]] = set()
    for node, text in calls_of(facts.code).text_constants() if patterns else ():
        if "://" not in str(text.value) or facts.left_out.get(node.file):
            continue
        for host in _URL.findall(str(text.value)[:2000]):
            if any(pattern.search(host) for pattern in patterns) and (node.file, host) not in seen:
                seen.add((node.file, host))
                yield host, Place(node.file, text.line)


def _files(wanted: Sequence[str], check: Mapping[str, Any], facts: FactIndex) -> _Found:
    for file in sorted(facts.files) if wanted else ():
        if any(matches(file, str(glob)) for glob in wanted):
            yield file, Place(file, 1)


def _texts(wanted: Sequence[str], check: Mapping[str, Any], facts: FactIndex) -> _Found:
    patterns = [_compiled(str(pattern)) for pattern in wanted]
    for page in pages(facts) if patterns else ():
        hit = next((hit for hit in (pattern.search(page.text) for pattern in patterns) if hit), None)
        if hit:
            yield " ".join(hit[0].split())[:60], Place(page.file, page.line + page.text.count("\n", 0, hit.start()))


_SIDES: Mapping[str, Callable[[Sequence[str], Mapping[str, Any], FactIndex], _Found]] = {
    "modalities": _modalities,
    "imports": _imports,
    "calls": _calls,
    "route-words": _routes,
    "hosts": _hosts,
    "files": _files,
    "texts": _texts,
}


def _line_of(node: FunctionNode | None, call: int) -> int:
    found = next((c for c in calls([node.code.body]) if c.id == call), None) if node is not None else None
    return found.line if found is not None else (node.code.line if node is not None else 1)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
