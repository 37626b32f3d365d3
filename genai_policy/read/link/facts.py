"""The story of linking: index, sites, routes, edges, paths; put together as CodeFacts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import msgspec

from genai_policy.model import ir
from genai_policy.model.code import (
    CallEdge,
    CodeFacts,
    EntryPoint,
    FunctionNode,
    Gap,
    GenerationPath,
    GenerationRoute,
    Middleware,
    Route,
    Site,
)
from genai_policy.model.service import DeclaredLink
from genai_policy.read.catalogue import Catalogue
from genai_policy.read.link.apart import start
from genai_policy.read.link.channels import link_channels
from genai_policy.read.link.ecmascript_messages import link_named_queues
from genai_policy.read.link.edges import Edges
from genai_policy.read.link.gaps import bounds, link_by_name
from genai_policy.read.link.go_channels import link_go_channels
from genai_policy.read.link.hierarchy import Hierarchy
from genai_policy.read.link.imports import ImportReach
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.java_clients import find_declared_clients
from genai_policy.read.link.java_messages import link_messages
from genai_policy.read.link.links import declared_edges
from genai_policy.read.link.paths import Reach
from genai_policy.read.link.program import Fn, Program
from genai_policy.read.link.project import ProjectTexts
from genai_policy.read.link.routes import find_all
from genai_policy.read.link.routes.found import Found, FoundEntry, FoundRoute
from genai_policy.read.link.sites import find_sites
from genai_policy.read.link.urls import find_requests

#: Up to this many functions all call edges are worked out; above it only those that an entry or a middleware reaches.
LARGE = 6000


def link_program(
    irs: Mapping[str, ir.FileIR], catalogue: Catalogue, project: ProjectTexts, declared: Sequence[DeclaredLink] = (), *, jobs: int = 1
) -> CodeFacts:
    """Link the files of a service, in up to ``jobs`` processes. The result depends on the contents alone: not on the order of ``irs``, a
    cache or the processes."""
    with _deep_calls():
        return _link(Program(irs), catalogue, project, declared, jobs)


@contextmanager
def _deep_calls() -> Iterator[None]:
    """Room for nested evaluation: the engine bounds its own depth, well below this."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 8000))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _link(program: Program, catalogue: Catalogue, project: ProjectTexts, declared: Sequence[DeclaredLink], jobs: int) -> CodeFacts:
    hierarchy = Hierarchy(program, project, catalogue.installed)
    inference = Inference(program, hierarchy, catalogue)
    edges = Edges(inference)
    imports = ImportReach(program, hierarchy)
    finding = _find_sites(inference, imports, jobs)
    found = find_all(inference, project)
    link_channels(inference, edges)
    link_messages(inference, edges)
    link_named_queues(inference, edges)
    link_go_channels(inference, edges)
    gaps = declared_edges(program, edges, declared)
    gaps += [Gap(file, "routes are registered here whose methods and paths could not be worked out", line) for file, line in found.unread]
    routes = _routes(found)
    entries = _entries(found)
    handlers = [handler for _, handler in (*routes, *entries) if handler is not None]
    reach = Reach(program, hierarchy, edges)
    reach.explore(handlers)
    sites, cut_short = finding()
    reach.aim(sites)
    gaps += link_by_name(inference, edges, reach, handlers)
    paths = _paths(reach, routes, entries)
    gaps += bounds(reach, inference.solver.exhausted or cut_short)
    return _assemble(program, edges, sites, routes, entries, paths, found, imports, gaps)


def _find_sites(inference: Inference, imports: ImportReach, jobs: int) -> Callable[[], tuple[list[Site], bool]]:
    """Begin to look for the sites; what is returned gives them, and whether a bound cut the search short.

    A large program is searched apart from the rest, with a solver of its own: the search can then run beside it, and finds the same where
    it cannot.
    """
    if len(inference.program.by_function_id) <= LARGE:
        found = _sites(inference, imports)
        return lambda: (found, False)
    own = Inference(inference.program, inference.types, inference.catalogue)
    answer = start(lambda: msgspec.msgpack.encode((_sites(own, imports), own.solver.exhausted)), beside=jobs > 1)
    return lambda: msgspec.msgpack.decode(answer(), type=tuple[list[Site], bool])


def _sites(inference: Inference, imports: ImportReach) -> list[Site]:
    """Sites by SDK and by raw request; one line that is both counts once."""
    found = {(s.file, s.line, s.call): s for s in [*find_requests(inference, imports), *find_declared_clients(inference)]}
    taken = {(s.file, s.line) for s in found.values()}
    for site in find_sites(inference, imports):
        if (site.file, site.line) not in taken:
            found[(site.file, site.line, site.call)] = site
    lines: dict[tuple[str, int], Site] = {}
    for site in sorted(found.values()):
        lines.setdefault((site.file, site.line), site)
    return sorted(lines.values())


def _routes(found: Found) -> list[tuple[Route, Fn | None]]:
    unique: dict[tuple[str, str, str, int, str], tuple[Route, Fn | None]] = {}
    for one in found.routes:
        route = _route(one)
        unique.setdefault((route.file, route.method, route.path, route.line, route.function), (route, one.handler))
    # of a router mounted several times the shortest path comes first: the others are the same route below a prefix
    return sorted(unique.values(), key=lambda pair: (pair[0].file, pair[0].line, pair[0].method, len(pair[0].path), pair[0]))


def _route(one: FoundRoute) -> Route:
    handler = one.handler
    if handler is not None:
        file, line = handler.file.path, handler.code.line
    elif one.handler_cls is not None:
        file, line = one.handler_cls.file.path, one.handler_cls.code.line
    else:
        file, line = one.file, one.line
    return Route(
        one.file,
        one.line,
        one.method,
        one.path,
        one.handler_name or (handler.code.qualname if handler else ""),
        file,
        line,
        one.framework,
        handler.id if handler else "",
        tuple(dict.fromkeys(name for name, _ in one.guards)),
        tuple(dict.fromkeys(fn.id for _, fn in one.guards if fn is not None)),
    )


def _entries(found: Found) -> list[tuple[EntryPoint, Fn | None]]:
    def entry(one: FoundEntry) -> tuple[EntryPoint, Fn | None]:
        return EntryPoint(one.file, one.line, one.kind, one.name, one.framework, one.handler.id if one.handler else ""), one.handler

    pairs = {pair[0]: pair for pair in map(entry, found.entries)}
    return sorted(pairs.values(), key=lambda pair: pair[0])


def _paths(reach: Reach, routes: list[tuple[Route, Fn | None]], entries: list[tuple[EntryPoint, Fn | None]]) -> list[GenerationPath]:
    found: list[GenerationPath] = []
    for number, (_, handler) in enumerate(routes):
        if handler is not None:
            found.extend(reach.paths(handler, number, -1))
    for number, (_, handler) in enumerate(entries):
        if handler is not None:
            found.extend(reach.paths(handler, -1, number))
    return found


def _generation_routes(paths: Sequence[GenerationPath]) -> list[GenerationRoute]:
    by_route: dict[int, list[GenerationPath]] = {}
    for path in paths:
        if path.route >= 0:
            by_route.setdefault(path.route, []).append(path)
    result = []
    for route, ways in sorted(by_route.items()):
        nearest = min(ways, key=lambda way: (len(way.hops), way.certainty != "certain", way.site))
        certain = any(way.certainty == "certain" for way in ways)
        sites = tuple(sorted({way.site for way in ways}))
        result.append(GenerationRoute(route, sites, nearest.hops, "certain" if certain else "possible"))
    return result


def _assemble(
    program: Program,
    edges: Edges,
    sites: list[Site],
    routes: list[tuple[Route, Fn | None]],
    entries: list[tuple[EntryPoint, Fn | None]],
    paths: list[GenerationPath],
    found: Found,
    imports: ImportReach,
    gaps: list[Gap],
) -> CodeFacts:
    functions = {fn.id: _node(fn) for file in program.files.values() for fn in file.functions}
    wanted = [fn for file in program.files.values() for fn in file.functions]
    if len(wanted) > LARGE:
        wanted = [fn for fn in wanted if fn.key in edges.unresolved]
    calls: dict[str, tuple[CallEdge, ...]] = {}
    external: dict[str, tuple[tuple[int, str], ...]] = {}
    for fn in wanted:
        out = edges.of(fn)
        if out:
            calls[fn.id] = out
        if edges.external.get(fn.key):
            external[fn.id] = tuple(sorted(set(edges.external[fn.key])))
    return CodeFacts(
        tuple(sites),
        tuple(route for route, _ in routes),
        tuple(entry for entry, _ in entries),
        tuple(paths),
        tuple(_generation_routes(paths)),
        functions,
        calls,
        external,
        imports.outside,
        _middleware(found, [route for route, _ in routes], found.routes),
        tuple(sorted(set(gaps))),
    )


def _node(fn: Fn) -> FunctionNode:
    owner = fn.code.owner
    name = fn.file.classes[owner].code.qualname if owner is not None and 0 <= owner < len(fn.file.classes) else ""
    return FunctionNode(fn.id, fn.file.path, fn.code, name, fn.index)


def _middleware(found: Found, routes: list[Route], raw: list[FoundRoute]) -> tuple[Middleware, ...]:
    """Which routes each middleware stands before."""
    over: dict[tuple[str, int], set[tuple[str, int]]] = {}

    def above(key: tuple[str, int]) -> set[tuple[str, int]]:
        if key not in over:
            over[key] = {key}
            for parent in found.parents.get(key, ()):
                over[key] |= above(parent)
        return over[key]

    number = {(r.file, r.method, r.path, r.line, r.function): i for i, r in enumerate(routes)}
    result: dict[tuple[str, int, str], Middleware] = {}
    for one in found.middleware:
        covered: set[int] = set()
        for route in raw:
            index = number.get((route.file, route.method, route.path, route.line, route.handler.id if route.handler else ""))
            if index is None or not routes[index].path.startswith(one.under or "/"):
                continue
            if one.language and not route.file.endswith(".py"):
                continue
            if one.router is None:
                if route.framework == one.framework or one.language:
                    covered.add(index)
            elif route.router is not None and one.router in above(route.router):
                covered.add(index)
        functions = tuple(fn.id for fn in one.functions)
        result[(one.file, one.line, one.name)] = Middleware(one.file, one.line, one.name, one.framework, functions, tuple(sorted(covered)))
    return tuple(sorted(result.values()))
