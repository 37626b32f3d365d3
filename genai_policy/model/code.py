"""What the code shows: generation sites, routes, other entry points, and the paths between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from genai_policy.model import ir

Certainty: TypeAlias = Literal["certain", "possible"]
Modality: TypeAlias = Literal["text", "image", "audio", "video", "speech", "virtual-scene", "unknown"]

#: ``path/of/file.py#Class.method``; the module body is ``path/of/file.py#<module>``.
FunctionId: TypeAlias = str


class Place(Struct, frozen=True, order=True):
    """A spot in the scanned tree. ``file`` is POSIX and relative to the scanned root; ``line`` and ``column`` start at 1 (column in
    code points; 0 when only the line is known)."""

    file: str
    line: int = 1
    column: int = 0


class Hop(Struct, frozen=True, order=True):
    """One step of a path: the call line, the function it is in or leads to, and how it was resolved (``import``, ``method``, ``type``,
    ``interface``, ``injection``, ``registry``, ``callback``, ``queue``, ``declared`` …)."""

    file: str
    line: int
    symbol: str
    how: str = ""
    certainty: Certainty = "certain"


class Gap(Struct, frozen=True, order=True):
    """Something that could not be assessed. Always counted, never dropped.

    ``reason`` is one English sentence. ``kind`` is one of ``syntax``, ``unreadable``, ``bound``, ``unresolved``, ``plugin``, ``engine``,
    ``uncovered``. ``on_path`` is true when it lies, or may lie, on a generation path: such a gap closes every gate (exit 3).
    ``plugin`` and ``engine`` gaps close every gate as well.
    """

    file: str
    reason: str
    line: int = 0
    kind: str = "unresolved"
    on_path: bool = False


class FunctionNode(Struct, frozen=True):
    """One function of the linked program."""

    id: FunctionId
    file: str
    code: ir.Function
    owner: str = ""
    """Qualified name of the owning class, "" for a free function."""
    index: int = -1
    """Its place in the file's :attr:`ir.FileIR.functions`; a :class:`ir.Closure` of the same file names it by this number."""


class CallEdge(Struct, frozen=True, order=True):
    """A resolved call (or callback registration) from ``caller`` to ``callee``. ``call`` is the :attr:`ir.Call.id` in the caller's file
    (-1 where no call expression exists, e.g. a framework calling an override)."""

    caller: FunctionId
    call: int
    line: int
    callee: FunctionId
    how: str
    certainty: Certainty = "certain"


class Site(Struct, frozen=True, order=True):
    """A line where first-party code hands a request to a model."""

    file: str
    line: int
    callee: str
    provider: str
    modality: str
    function: FunctionId
    call: int
    certainty: Certainty = "certain"


class Route(Struct, frozen=True, order=True):
    """An HTTP route. ``method`` is upper case or ``ANY``; several are joined with commas. ``function`` is "" when the handler could not be
    resolved. ``guards`` are the names of dependencies, decorators and middleware that apply to it, as written (dotted where known);
    ``guard_functions`` those of them that are functions of the scanned tree."""

    file: str
    line: int
    method: str
    path: str
    handler: str
    handler_file: str
    handler_line: int
    framework: str
    function: FunctionId = ""
    guards: tuple[str, ...] = ()
    guard_functions: tuple[FunctionId, ...] = ()


class EntryPoint(Struct, frozen=True, order=True):
    """A way in that is not an HTTP route: ``websocket``, ``ui-event``, ``bot-callback``, ``queue-consumer``, ``scheduler``, ``page``,
    ``server-action``, ``cli``."""

    file: str
    line: int
    kind: str
    name: str
    framework: str
    function: FunctionId = ""


class GenerationPath(Struct, frozen=True):
    """One way from an entry (``route`` index, or ``entry`` index when ``route`` is -1) to one site. ``hops`` starts with the handler's
    definition and ends with the site's line. ``functions`` are the functions passed, in order; ``edges`` the calls between them."""

    route: int
    entry: int
    site: int
    hops: tuple[Hop, ...]
    functions: tuple[FunctionId, ...]
    edges: tuple[CallEdge, ...] = ()
    certainty: Certainty = "certain"


class GenerationRoute(Struct, frozen=True):
    """A route that reaches generation: the sites, the hops to the first of them."""

    route: int
    sites: tuple[int, ...]
    hops: tuple[Hop, ...]
    certainty: Certainty = "certain"


class CodeFacts(Struct, frozen=True):
    """The linked program, as far as checks may see it. All tuples are sorted; indexes point into the tuples of this value."""

    sites: tuple[Site, ...] = ()
    routes: tuple[Route, ...] = ()
    entry_points: tuple[EntryPoint, ...] = ()
    paths: tuple[GenerationPath, ...] = ()
    generation_routes: tuple[GenerationRoute, ...] = ()
    functions: Mapping[FunctionId, FunctionNode] = {}
    calls: Mapping[FunctionId, tuple[CallEdge, ...]] = {}
    """Edges by caller, in source order."""
    external_calls: Mapping[FunctionId, tuple[tuple[int, str], ...]] = {}
    """By function: (call id, resolved dotted name outside the tree, e.g. ``requests.post``)."""
    imports: Mapping[str, tuple[str, ...]] = {}
    """By file: the external modules or packages it imports, as dotted or specifier text."""
    middleware: tuple[Middleware, ...] = ()
    gaps: tuple[Gap, ...] = ()


class Middleware(Struct, frozen=True, order=True):
    """A function or class that a framework runs around the routes of an application. ``routes`` are the indexes it covers."""

    file: str
    line: int
    name: str
    framework: str
    functions: tuple[FunctionId, ...] = ()
    routes: tuple[int, ...] = ()
