"""Which part of the linked program belongs to which service, when several services live in one tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from genai_policy.model.code import CodeFacts, Gap
from genai_policy.model.service import Service
from genai_policy.model.verdict import FactIndex

_T = TypeVar("_T")


def owner_of(file: str, services: Sequence[Service]) -> Service | None:
    """Return the service whose folder holds ``file``; the deepest one when folders nest."""
    holding = [s for s in services if _inside(file, s.root)]
    return max(holding, key=lambda s: len(s.root), default=None)


def facts_of(service: Service, services: Sequence[Service], facts: FactIndex) -> FactIndex:
    """Return what ``service`` may be judged by: its own routes, entries and sites, and the shared code they reach.

    With a single service at the root nothing is cut away.
    """
    if len(services) == 1 and not service.root:
        return facts
    return msgspec.structs.replace(facts, code=_own_code(service, services, facts.code))


def uncovered(code: CodeFacts, services: Sequence[Service]) -> tuple[Gap, ...]:
    """Return a gap for each generation site that lies in no service's folder and that no service's route reaches."""
    covered = {
        p.site
        for p in code.paths
        if owner_of((code.routes[p.route] if p.route >= 0 else code.entry_points[p.entry]).file, services) is not None
    }
    return tuple(
        Gap(s.file, f"{s.callee} generates content outside the folder of every manifest", s.line, "uncovered", on_path=True)
        for i, s in enumerate(code.sites)
        if i not in covered and owner_of(s.file, services) is None
    )


def _own_code(service: Service, services: Sequence[Service], code: CodeFacts) -> CodeFacts:
    def mine(file: str) -> bool:
        return owner_of(file, services) is service

    routes, new_route = _kept(code.routes, [mine(r.file) for r in code.routes])
    entries, new_entry = _kept(code.entry_points, [mine(e.file) for e in code.entry_points])
    paths = [p for p in code.paths if p.route in new_route or (p.route < 0 and p.entry in new_entry)]
    reached = {p.site for p in paths}
    sites, new_site = _kept(code.sites, [mine(s.file) or i in reached for i, s in enumerate(code.sites)])
    return msgspec.structs.replace(
        code,
        sites=sites,
        routes=routes,
        entry_points=entries,
        paths=tuple(
            msgspec.structs.replace(
                p, route=new_route.get(p.route, -1), entry=new_entry.get(p.entry, -1) if p.route < 0 else -1, site=new_site[p.site]
            )
            for p in paths
        ),
        generation_routes=tuple(
            msgspec.structs.replace(g, route=new_route[g.route], sites=tuple(new_site[s] for s in g.sites if s in new_site))
            for g in code.generation_routes
            if g.route in new_route
        ),
        middleware=tuple(
            msgspec.structs.replace(m, routes=tuple(new_route[r] for r in m.routes if r in new_route)) for m in code.middleware
        ),
    )


def _kept(items: tuple[_T, ...], keep: Sequence[bool]) -> tuple[tuple[_T, ...], dict[int, int]]:
    """Return the kept items and the map from old to new index."""
    old = [i for i, wanted in enumerate(keep) if wanted]
    return tuple(items[i] for i in old), {i: n for n, i in enumerate(old)}


def _inside(file: str, root: str) -> bool:
    return not root or file.startswith(root + "/")
