"""Evidence that a function exists, does something, and stands where content must pass it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from genai_policy.assess.asked import MAX_NAMED, evidence, listed, locators_of, not_taken, params_of
from genai_policy.assess.flow import Reserved
from genai_policy.assess.lookalikes import lookalikes
from genai_policy.assess.stubs import stub
from genai_policy.assess.symbols import Symbol, resolve
from genai_policy.assess.walk import Calls, calls_of
from genai_policy.assess.wiring import Side, Standing, Wiring, wiring_of
from genai_policy.hookspecs import hookimpl
from genai_policy.model.code import Place, Route
from genai_policy.model.message import Message
from genai_policy.model.service import Locator
from genai_policy.model.verdict import Claim, Evidence, FactIndex, Polarity

KIND = "hook"
PARAMS = frozenset(("on", "modalities", "sides", "sign-up-words", "words"))
#: How many calls deep a route or entry may hand its work on.
_DEPTH = 6
_STUBS = {
    "empty": "hook.empty",
    "constant": "hook.constant",
    "returns-input": "hook.returns-input",
    "only-logs": "hook.only-logs",
    "not-implemented": "hook.not-implemented",
    "switched-off": "hook.switched-off",
}
_OFF_PATH = {
    "output": {
        "absent": "hook.absent",
        "thrown-away": "hook.thrown-away",
        "round": "hook.round",
        "other-value": "flow.other-value",
        "one-branch": "flow.one-branch",
        "flag": "flow.flag",
        "streaming": "flow.streaming",
        "exception": "flow.exception",
        "early-return": "flow.early-return",
        "late": "flow.late",
        "stored": "flow.stored",
    },
    "input": {
        "absent": "hook.absent-before",
        "thrown-away": "hook.not-before",
        "round": "hook.not-before",
        "late": "hook.not-before",
    },
}
#: Why value flow could not tell.
_UNDECIDED = {"bound": "hook.undecided-bound", "entry": "hook.undecided-entry", "unresolved": "hook.undecided-unresolved"}
_UNDECIDED |= {"dynamic": "flow.undecided-dynamic", "wrapper": "flow.undecided-wrapper", "handed": "flow.undecided-handed"}
_ON_ROUTES = {"sign-up": "hook.on-sign-up"}
_OFF_ROUTES = {"sign-up": "hook.off-sign-up"}
_WRITES = frozenset(("POST", "PUT", "PATCH", "ANY"))


@hookimpl
def genai_policy_evidence_kinds() -> Mapping[str, frozenset[str]]:
    """Answer for ``hook``."""
    return {KIND: PARAMS}


@hookimpl
def genai_policy_collect_evidence(claim: Claim, facts: FactIndex) -> Iterator[Evidence]:
    """Judge the hooks that the manifest names: each must be real; together, every path must pass one of them."""
    params = params_of(claim, KIND)
    if params is None:
        yield from not_taken(claim, KIND)
        return
    program = calls_of(facts.code)
    wiring = wiring_of(facts, program)
    hooks: list[tuple[Locator, Symbol]] = []
    for locator in locators_of(claim, KIND):
        found = _real(locator, claim, facts, program, wiring)
        if isinstance(found, Evidence):
            yield found
        else:
            hooks.append((locator, found))
    failed = len(hooks) < len(locators_of(claim, KIND)) or not claim.locators
    if hooks:
        for item in _standing(hooks, params, facts, wiring):
            failed |= item.polarity != "supports"
            yield item
    if failed:
        yield from lookalikes(KIND, params.get("words", ()), [s for _, s in hooks], facts, program)


def _real(locator: Locator, claim: Claim, facts: FactIndex, program: Calls, wiring: Wiring) -> Symbol | Evidence:
    """Return the functions that a locator names, or what is wrong with it."""
    found = resolve(locator.target, claim.service, facts, program)
    if isinstance(found, Message):
        polarity: Polarity = "undecided" if found.code == "hook.file-unread" else "contradicts"
        return evidence(KIND, polarity, found, locator)
    place = Place(found.functions[0].file, found.functions[0].code.line)
    empty = [stub(node, program) for node in found.functions]
    if all(empty) and empty[0] is not None:
        return evidence(
            KIND,
            "contradicts",
            Message(_STUBS[empty[0].reason], {"symbol": locator.target, "flag": empty[0].flag}),
            locator,
            places=[place],
        )
    if locator.options.get("middleware") and not _registered(found, facts, wiring):
        return evidence(KIND, "contradicts", Message("hook.not-registered", {"symbol": locator.target}), locator, places=[place])
    return found


def _registered(symbol: Symbol, facts: FactIndex, wiring: Wiring) -> bool:
    routes = range(len(facts.code.routes))
    return any(symbol.ids & set(m.functions) for m in facts.code.middleware) or any(wiring.covers_route(r, symbol.ids) for r in routes)


def _standing(hooks: Sequence[tuple[Locator, Symbol]], params: Mapping[str, Any], facts: FactIndex, wiring: Wiring) -> Iterator[Evidence]:
    mode = str(params.get("on", "every-generation-path"))
    if mode == "every-generation-path":
        sides: Sequence[Side] = tuple(params.get("sides", ()))
        for side in sides or ("output",):
            yield from _on_paths(hooks, params, facts, wiring, side, checks=bool(sides))
    elif mode == "reachable":
        yield from (_reachable(locator, symbol, facts, wiring) for locator, symbol in hooks)
    else:
        yield from _on_routes(hooks, params, facts, wiring, mode)


# ---- generation paths ----------------------------------------------------------------------------------------------------


def _on_paths(
    hooks: Sequence[tuple[Locator, Symbol]], params: Mapping[str, Any], facts: FactIndex, wiring: Wiring, side: Side, *, checks: bool
) -> Iterator[Evidence]:
    locator = hooks[0][0]
    names = listed([symbol.target for _, symbol in hooks])
    paths = wiring.paths(params.get("modalities", ()))
    if not paths:
        code = "hook.no-paths" if facts.code.sites else "hook.no-generation"
        yield evidence(KIND, "undecided", Message(code, {"symbol": names}), locator, key=f"{code}:{side}")
        return
    ids = frozenset[str]().union(*(symbol.ids for _, symbol in hooks))
    standings, reserved = wiring.standings(paths, ids, side, checks=checks)
    passing = sum(s.answer == "passes" for s in standings)
    counted = {"symbol": names, "k": str(passing), "n": str(len(standings))}
    alike: Counter[str] = Counter()
    for standing in standings:
        if standing.answer != "passes":
            yield _numbered(alike, _off_path(standing, counted, locator, facts, side, wiring.code_at(standing.site)))
    for handed_out in reserved:
        yield _reserved(handed_out, names, locator, facts, wiring.code_at(handed_out.site))
    if passing == len(standings) and not reserved:
        first = hooks[0][1].functions[0]
        note = Message("hook.on-every-path" if side == "output" else "hook.before-every-call", counted)
        yield evidence(KIND, "supports", note, locator, places=[Place(first.file, first.code.line)], key=f"hook:{side}")


def _off_path(standing: Standing, counted: Mapping[str, str], locator: Locator, facts: FactIndex, side: Side, matched: str) -> Evidence:
    path = facts.code.paths[standing.path]
    site = facts.code.sites[standing.site]
    entry = _entry_name(standing.entry, facts)
    args = {**counted, "entry": entry, "callee": site.callee, "test": standing.test or "…", "default": standing.default or "?"}
    if standing.answer == "undecided":
        code = _UNDECIDED.get(standing.why, "hook.undecided")
    else:
        code = _OFF_PATH[side][standing.why]
    places = [*standing.places, Place(site.file, site.line), _entry_place(standing.entry, facts)]
    polarity: Polarity = "undecided" if standing.answer == "undecided" else "contradicts"
    key = f"{code}:{side}:{entry}:{site.file}:{site.callee}"
    return evidence(KIND, polarity, Message(code, args), locator, places=places, hops=path.hops, key=key, matched=matched)


def _numbered(alike: Counter[str], found: Evidence) -> Evidence:
    """Tell several calls with the same code between the same ends apart: one more of them is one more fault."""
    same = f"{found.key} {found.matched}"
    alike[same] += 1
    return found if alike[same] == 1 else replace(found, key=f"{found.key}:{alike[same]}")


def _reserved(found: Reserved, names: str, locator: Locator, facts: FactIndex, matched: str) -> Evidence:
    """An entry hands out what another one stored before it passed the hook."""
    site = facts.code.sites[found.site]
    entry = _entry_name((found.route, found.entry), facts)
    note = Message("flow.reserved", {"symbol": names, "entry": entry, "callee": site.callee})
    places = [*found.places, Place(site.file, site.line), _entry_place((found.route, found.entry), facts)]
    key = f"flow.reserved:{entry}:{site.file}:{site.callee}"
    return evidence(KIND, "contradicts", note, locator, places=places, key=key, matched=matched)


def _entry_name(entry: tuple[int, int], facts: FactIndex) -> str:
    route, other = entry
    if route >= 0:
        return _route_name(facts.code.routes[route])
    if other >= 0:
        found = facts.code.entry_points[other]
        return f"{found.kind} {found.name}"
    return "?"


def _entry_place(entry: tuple[int, int], facts: FactIndex) -> Place:
    route, other = entry
    if route >= 0:
        found = facts.code.routes[route]
        return Place(found.handler_file or found.file, found.handler_line or found.line)
    return Place(facts.code.entry_points[other].file, facts.code.entry_points[other].line)


def _route_name(route: Route) -> str:
    return f"{route.method} {route.path}"


# ---- routes --------------------------------------------------------------------------------------------------------------


def _on_routes(
    hooks: Sequence[tuple[Locator, Symbol]], params: Mapping[str, Any], facts: FactIndex, wiring: Wiring, mode: str
) -> Iterator[Evidence]:
    locator = hooks[0][0]
    names = listed([symbol.target for _, symbol in hooks])
    ids = frozenset[str]().union(*(symbol.ids for _, symbol in hooks))
    routes = [(i, r) for i, r in enumerate(facts.code.routes) if mode != "sign-up" or _signs_up(r, params.get("sign-up-words", ()))]
    if not routes:
        code = "hook.no-sign-up" if mode == "sign-up" else "hook.no-routes"
        yield evidence(KIND, "undecided", Message(code, {"symbol": names}), locator)
        return
    passing = [i for i, r in routes if wiring.covers_route(i, ids) or (r.function and wiring.reaches(r.function, ids, _DEPTH))]
    counted = {"symbol": names, "k": str(len(passing)), "n": str(len(routes))}
    if len(passing) == len(routes):
        first = hooks[0][1].functions[0]
        yield evidence(
            KIND,
            "supports",
            Message(_ON_ROUTES.get(mode, "hook.on-every-route"), counted),
            locator,
            places=[Place(first.file, first.code.line)],
        )
        return
    missing = [r for i, r in routes if i not in passing and r.function]
    unknown = [r for i, r in routes if i not in passing and not r.function]
    # where no route passes that is one fault; else each that does not is a fault of its own
    for alike in [missing] if missing and not passing else [[route] for route in missing]:
        yield _off_routes(alike, counted, locator, mode, "contradicts", "none" if not passing else _route_name(alike[0]))
    if unknown:
        yield _off_routes(unknown, counted, locator, mode, "undecided", "unknown")


def _off_routes(
    routes: Sequence[Route], counted: Mapping[str, str], locator: Locator, mode: str, polarity: Polarity, matter: str
) -> Evidence:
    code = _OFF_ROUTES.get(mode, "hook.off-every-route")
    note = Message(code, {**counted, "entry": listed([_route_name(route) for route in routes])})
    places = [Place(route.handler_file or route.file, route.handler_line or route.line) for route in routes[:MAX_NAMED]]
    return evidence(KIND, polarity, note, locator, places=places, key=f"{code}:{polarity}:{matter}")


def _signs_up(route: Route, words: Sequence[str]) -> bool:
    if _WRITES.isdisjoint(route.method.split(",")):
        return False
    return any(re.search(str(word), text, re.IGNORECASE) for word in words for text in (route.path, route.handler))


def _reachable(locator: Locator, symbol: Symbol, facts: FactIndex, wiring: Wiring) -> Evidence:
    """The function is used: an entry of the service is it or leads to it."""
    code = facts.code
    roots = {r.function for r in code.routes} | {e.function for e in code.entry_points}
    roots |= {f for r in code.routes for f in r.guard_functions} | {f for m in code.middleware for f in m.functions}
    roots |= {f for f in code.functions if f.endswith("#<module>") and not facts.left_out.get(f.partition("#")[0])}
    place = Place(symbol.functions[0].file, symbol.functions[0].code.line)
    if wiring.live.reaches(sorted(roots - {""}), symbol.ids, 30):
        return evidence(KIND, "supports", Message("hook.reachable", {"symbol": locator.target}), locator, places=[place])
    return evidence(KIND, "contradicts", Message("hook.unreachable", {"symbol": locator.target}), locator, places=[place])
