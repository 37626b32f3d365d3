"""The shape of catalogue files. docs/catalogue.md explains every key with examples."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Strict(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Base of all tables: unknown keys are mistakes."""


class Sdk(Strict, frozen=True):
    """Calls of one SDK. ``packages`` are import roots (``*`` at the end: any continuation). ``generates`` maps a modality to called members
    (dotted suffixes of the symbolic name); ``ignores`` maps a reason to members that are known and are not generation. ``on`` is a pattern
    the whole symbolic name must contain. ``distinctive`` members are believed even when the receiver cannot be resolved."""

    provider: str
    packages: list[str]
    generates: dict[str, list[str]] = {}
    ignores: dict[str, list[str]] = {}
    on: str = ""
    distinctive: list[str] = []
    language: str = ""
    by_package: dict[str, str] = {}
    """Providers of packages that share this SDK's shape."""
    task: str = ""
    """Where the object's maker takes a task name (first argument or ``task``): a pattern the task must match to generate."""
    own: bool = False
    """Members that classes of the project define themselves count too, where the class derives from one of the packages."""


class Vendor(Strict, frozen=True):
    """An OpenAI-compatible vendor, known by the hosts in its base URL."""

    provider: str
    hosts: list[str]


class Endpoint(Strict, frozen=True):
    """A model endpoint. ``match`` is a pattern searched in the URL text (unknown parts are NUL). ``generation`` false: known, not
    generation.
    ``methods`` are the HTTP methods that generate."""

    match: str
    provider: str = "unknown"
    modality: str = "text"
    generation: bool = True
    methods: tuple[str, ...] = ("POST",)
    by_body: bool = False
    """One URL for many actions, told apart by the body: the site is where the body is made, not the helper that posts it."""
    needs: list[str] = []
    """Keys the body must have (for paths that other services use too)."""


class HttpClient(Strict, frozen=True):
    """Calls that send a request. ``on`` is matched against the symbolic name of the callee. ``url`` and ``body`` are argument
    positions with names (``url`` −2: what the member is called on).
    ``method`` is a fixed method, or "" when it is the argument ``method-at``."""

    names: list[str]
    on: str
    url: int = 0
    url_names: tuple[str, ...] = ("url",)
    method: str = ""
    method_at: int = -1
    method_names: tuple[str, ...] = ("method",)
    body: int = -1
    body_names: tuple[str, ...] = (
        "json",
        "data",
        "body",
        "content",
        "params",
    )
    websocket: bool = False
    packages: list[str] = []
    """Import roots of the client: without one of them in reach of a file's imports a call there is not looked at (Python)."""
    assumed: str = ""
    """The modality of a request whose URL is not known, for clients that hardly anything but models is asked with (event streams)."""
    language: str = ""


class Hook(Strict, frozen=True):
    """A framework calls methods of project subclasses: calling ``calls`` on an instance whose ancestor matches ``on`` runs ``runs``."""

    on: str
    calls: list[str]
    runs: list[str]


class Forward(Strict, frozen=True):
    """A function that calls (or hands back) another function it is given. ``function`` is the argument's position, ``function-names``
    its keyword.
    ``arguments`` is the position of the first argument passed on; ``argument-names`` the keyword holding them all.
    ``gives``: ``result`` (of calling it), ``function`` (the function itself), ``nothing``."""

    names: list[str]
    on: str
    function: int = 0
    function_names: list[str] = []
    arguments: int = -1
    argument_names: list[str] = []
    gives: str = "nothing"
    how: str = "callback"


class Channel(Strict, frozen=True):
    """Producer and consumer of one queue, topic or event. ``on`` restricts the symbolic receiver (empty: objects in ``made-by``).
    ``puts`` and ``gets`` are member names; ``key`` is the argument position naming the topic (-1: the object itself is the key);
    ``handler`` the position of a callback among the consumer's arguments (-1: the function that calls ``gets`` consumes)."""

    name: str
    puts: list[str]
    gets: list[str]
    made_by: list[str] = []
    on: str = ""
    key: int = -1
    handler: int = -1
    how: str = "queue"


class Shape(Strict, frozen=True):
    """A request body whose keys give a model request away when the URL is unknown."""

    keys: list[str]
    any: list[str] = []
    without: list[str] = []
    provider: str = "unknown"
    modality: str = "text"


class Entry(Strict, frozen=True):
    """An entry point that is not an HTTP route. ``decorators`` and ``calls`` are patterns on symbolic names; for calls, ``handler`` is
    the argument
    position (-2: the last; names in ``handler-names``). ``methods`` name methods of classes whose ancestor matches ``bases``, or of a class
    that is the handler (``*``: all that others can call). ``page`` marks modules
    whose
    body calls a name matching it."""

    kind: str
    framework: str
    decorators: list[str] = []
    calls: list[str] = []
    handler: int = 0
    handler_names: list[str] = []
    bases: list[str] = []
    methods: list[str] = []
    page: str = ""
    names: list[str] = []


class Framework(Strict, frozen=True):
    """A web framework whose routes are registered on router objects. See docs/catalogue.md for each key."""

    name: str
    language: str
    apps: list[str] = []
    """Symbolic names that construct applications and routers."""
    like: list[str] = []
    """Patterns of names that *are* a router without being constructed in the tree."""
    verbs: dict[str, str] = {}
    """Member name -> HTTP method (comma separated for several)."""
    path: int = 0
    path_names: tuple[str, ...] = (
        "path",
        "rule",
        "uri",
    )
    methods_names: tuple[str, ...] = ("methods",)
    default_method: str = ""
    """Method of a verb whose table entry is "" and that names no methods."""
    handler: int = -1
    """Position of the handler when it is an argument: -1 none (decorator only), -2 the last argument."""
    handler_names: list[str] = []
    adders: dict[str, list[Any]] = {}
    """Member name -> [path position, handler position, method ("" = from methods argument)]."""
    prefix_at: int = -1
    prefix_names: list[str] = []
    """Where a router's constructor takes its prefix."""
    includes: dict[str, list[int]] = {}
    """Member name -> [child position, prefix position or -1]."""
    include_prefix_names: list[str] = []
    include_child_names: list[str] = []
    groups: dict[str, int] = {}
    """Member name -> prefix position: calling it gives a router below."""
    chains: bool = False
    """Registering a route, a router or middleware gives the router back (``new Hono().get(…).post(…)``)."""
    nests: list[str] = []
    """Member names whose call makes a router over the routers it is given."""
    version_names: list[str] = []
    """Keyword arguments of routers and routes that give a version: it stands before the whole path (``/v1``)."""
    guards: list[str] = []
    """Keyword arguments that hold dependencies or middleware."""
    exposes: list[str] = []
    """Member names whose result stands for the router itself when it is included (Koa's ``router.routes()``)."""
    middleware: list[str] = []
    """Member names (called or used as decorators) that add middleware."""
    websockets: list[str] = []
    """Verbs that make websocket endpoints."""
    view_bases: list[str] = []
    """Ancestors of class-based handlers whose methods are named after HTTP methods."""
    slashes: str = "keep"
    any_method: str = "ANY"
    joins: str = "concat"
    """``concat`` joins prefix and path as texts; ``slash`` puts exactly one slash between them."""


class Sheet(Strict, frozen=True):
    """One catalogue file."""

    schema: int = 1
    sdk: list[Sdk] = []
    vendor: list[Vendor] = []
    endpoint: list[Endpoint] = []
    client: list[HttpClient] = []
    hook: list[Hook] = []
    forward: list[Forward] = []
    channel: list[Channel] = []
    shape: list[Shape] = []
    entry: list[Entry] = []
    framework: list[Framework] = []
    fluent: list[str] = []
    tracked: list[str] = []
    installed: list[str] = []
