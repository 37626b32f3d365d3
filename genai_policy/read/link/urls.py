"""Requests to model endpoints by raw HTTP or websocket: the URL text is put together and matched against endpoint patterns.

A site is the call in the function that knows the endpoint: when a helper gets the URL from its caller, the caller's line is the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from genai_policy.model import ir
from genai_policy.model.code import Certainty, Site
from genai_policy.read.catalogue.model import Endpoint, HttpClient, Shape
from genai_policy.read.link.calls import REPLACING
from genai_policy.read.link.imports import ImportReach
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Fn, argument, last_name
from genai_policy.read.link.values import HOLE, ClassVal, Coll, Ext, FnVal, Inst, Obj, Text, plain

_CHOICES = 16
_CLIMB = 4
_RECEIVER = -2
_SEND = ("send", "send_text", "send_json", "send_str", "sendText", "run_forever", "WriteMessage", "WriteJSON")

_BASES = ("base_url", "baseURL", "baseUrl", "prefixUrl")

Env = Mapping[str, Sequence[str]]


class Request(NamedTuple):
    """A call that sends a request. ``home`` is the function whose names ``url`` uses, ``given`` the call with its options written out
    (both differ from ``fn`` and ``call`` where a configuration object was made elsewhere)."""

    fn: Fn
    call: ir.Call
    client: HttpClient
    url: ir.Expr
    method: str
    home: Fn
    given: ir.Call


class _Found(NamedTuple):
    fn: Fn
    call: ir.Call
    endpoint: Endpoint
    certainty: Certainty


def find_requests(inference: Inference, reach: ImportReach) -> list[Site]:
    """All sites that are raw requests."""
    finder = _Finder(inference, reach)
    found: dict[tuple[str, int, int], Site] = {}
    for request in finder.requests():
        for one in finder.by_body(finder.sites(request)):
            key = (one.fn.file.path, one.call.line, one.call.id)
            callee = last_name(one.call.func)
            site = Site(
                one.fn.file.path, one.call.line, callee, one.endpoint.provider, one.endpoint.modality, one.fn.id, one.call.id, one.certainty
            )
            if key not in found:
                found[key] = site
    return sorted(found.values())


class _Finder:
    def __init__(self, inference: Inference, reach: ImportReach) -> None:
        self.on = inference
        self.reach = reach
        self.catalogue = inference.catalogue
        self._packages: dict[str, frozenset[str]] = {}
        for name, clients in self.catalogue.clients.items():
            if all(client.packages for _, client in clients if client.language in ("", "python")):
                self._packages[name] = frozenset(package for _, client in clients for package in client.packages)

    def requests(self) -> Iterator[Request]:
        """Calls of HTTP clients, with their URL argument."""
        for name in sorted(self.catalogue.clients):
            local = sorted(self.on.program.aliases.get(name, ()))
            for fn, call in [one for called in (name, *local) for one in self.on.program.calls.get(called, ())]:
                client = self._client(name, fn, call) if self._likely(name, fn, call) else None
                if client is None:
                    continue
                for home, given in self._written_out(fn, call, client):
                    url = _address(given, client)
                    if url is not None:
                        yield Request(fn, call, client, url, self._method(name, home, given, client), home, given)

    def _likely(self, name: str, fn: Fn, call: ir.Call) -> bool:
        """Whether a call can be a request at all, judged without data flow: a client package is in reach of the file's imports, and what
        stands where the URL would be is not plainly something else."""
        packages = self._packages.get(name, frozenset())
        if fn.file.ir.language == "python" and packages and not self.reach.reaches(fn.file.path, packages):
            return False
        places = [_address(call, client) for _, client in self.catalogue.clients[name]]
        return any(place is not None and not _no_url(place) for place in places)

    def _written_out(self, fn: Fn, call: ir.Call, client: HttpClient) -> list[tuple[Fn, ir.Call]]:
        """The call itself; for ``axios(config)`` a call with the members of every object that ``config`` may be as named arguments."""
        first = argument(call, client.url)
        if fn.file.ir.language not in ("typescript", "javascript") or not isinstance(first, ir.Name | ir.Attr | ir.Call | ir.Group):
            return [(fn, call)]
        found: list[tuple[Fn, ir.Call]] = []
        for value in self.on.values(first, fn):
            if isinstance(value, Coll):
                home, group, _ = self.on.groups[value.number]
                args = tuple(ir.Arg(item.value, str(item.key.value)) for item in group.items if isinstance(item.key, ir.Literal))
                args += _host_and_path(args, client)
                if any(arg.name in client.url_names for arg in args):
                    found.append((home, ir.Call(call.line, call.id, call.func, args)))
        return found or [(fn, call)]

    def _client(self, name: str, fn: Fn, call: ir.Call) -> HttpClient | None:
        for value in self.on.callees(fn, call):
            path = value.path if isinstance(value, Ext) else ""
            if not path:
                continue
            for pattern, client in self.catalogue.clients[name]:
                if pattern.search(plain(path.replace("()[0]", "()"))):  # the client and an error, as Go's constructors give
                    return client
        return None

    def _method(self, name: str, fn: Fn, call: ir.Call, client: HttpClient) -> str:
        if client.websocket:
            return "WS"
        if client.method:
            return client.method
        built = _built_method(argument(call, client.url), fn)
        if built:
            return built
        if client.method_at >= 0 or client.method_names:
            expr = argument(call, client.method_at, *client.method_names)
            if expr is not None:
                return self._verb(expr, fn) or "POST"
        upper = name.upper()
        if upper in ("POST", "PUT", "PATCH", "GET", "DELETE"):
            return upper
        return "POST" if self._body(call, client) is not None or client.method_at >= 0 else "POST?"

    def _verb(self, expr: ir.Expr, fn: Fn) -> str:
        """The HTTP method an argument names; ``$name`` for a parameter, which callers give."""
        if isinstance(expr, ir.Name) and expr.id in fn.params and expr.id not in fn.bindings:
            return "$" + expr.id
        texts = [t for t in self.on.texts(expr, fn) if HOLE not in t]
        if texts:
            return texts[0].upper()
        name = last_name(expr).upper().removeprefix("METHOD")  # http.MethodPost
        return name if name in ("POST", "PUT", "PATCH", "GET", "DELETE", "HEAD") else ""

    def _given_verb(self, method: str, fn: Fn, call: ir.Call, caller: Fn, shift: int) -> str:
        """The method of a request when a caller chooses it."""
        if not method.startswith("$"):
            return method
        position = fn.params[method[1:]]
        expr = argument(call, position - shift, method[1:])
        if expr is None:
            default = fn.code.params[position].default
            return (self._verb(default, fn.parent or fn) if default is not None else "") or "POST?"
        return self._verb(expr, caller) or "POST?"

    def _body(self, call: ir.Call, client: HttpClient) -> ir.Expr | None:
        return argument(call, client.body, *client.body_names)

    # Deciding

    def sites(self, request: Request) -> list[_Found]:
        """Where the request's endpoint is known, when it is a generating one."""
        reader = _TextReader(self.on, request.home)
        inside = self._absolute(request, reader.read(request.url, {}))
        if not inside:
            return []
        here = self._generating(inside, request.method, (request.home, request.given))
        if here is not None:
            return self._placed(request, here, "certain")
        if any(self._known_other(text) for text in inside):
            return []
        climbed = self._callers(request.fn, request.url, reader, request.method, 0) if request.home is request.fn else []
        if climbed:
            return climbed
        open_ = not reader.parameters and any(HOLE in text for text in inside)
        everything = self._absolute(request, self.on.texts(request.url, request.home)) if open_ else inside
        here = self._generating(everything, request.method, (request.home, request.given))
        if here is not None:
            return self._placed(request, here, "certain")
        if request.client.assumed and not any(_telling(text) for text in everything) and request.method != "GET":
            return [_Found(request.fn, request.call, Endpoint("", "unknown", request.client.assumed), "possible")]
        vendor = self._vendor_proxy(request, everything) if not reader.parameters else ""
        if vendor:
            return [_Found(request.fn, request.call, Endpoint("", vendor), "possible")]
        shape = self._shape(request, [*inside, *everything])
        if shape is not None:
            return [_Found(request.fn, request.call, Endpoint("", shape.provider, shape.modality), "possible")]
        return []

    def _absolute(self, request: Request, texts: list[str]) -> list[str]:
        """Put the base address of the client before relative URLs. A script's own relative requests go back to where it was served from:
        they are left out."""
        bases = self._bases(request)
        if bases:
            whole = [text for text in texts if "://" in text.split("?")[0]]
            texts = whole + [f"{base.rstrip('/')}/{text.lstrip('/')}" for base in bases for text in texts if text not in whole]
        if request.fn.file.ir.language not in ("typescript", "javascript"):
            return texts
        return [text for text in texts if not text.startswith("/") or text.startswith("//")]

    def _bases(self, request: Request) -> list[str]:
        """Base addresses that the client object was made with."""
        func = request.call.func
        found: dict[str, None] = {}
        for value in self.on.values(func.base if isinstance(func, ir.Attr) else func, request.fn):
            if isinstance(value, Obj):
                maker, made = self.on.program.files[value.file].by_id[value.call]
                base = argument(made, -1, *_BASES)
                if base is not None:
                    found.update(dict.fromkeys(self.on.texts(base, maker)))
        return list(found)

    def _vendor_proxy(self, request: Request, texts: Sequence[str]) -> str:
        """The vendor whose interface a request is passed on to whole: a known host, and a path that only the incoming request knows."""
        if request.method == "GET":
            return ""
        for text in texts:
            vendor = self.catalogue.vendor(text)
            if vendor and text.split("?")[0].endswith(HOLE) and "://" in text:
                return vendor
        return ""

    def by_body(self, found: list[_Found], depth: int = 0) -> list[_Found]:
        """Where the body says what is asked for, put the site at the callers that make the body."""
        result: list[_Found] = []
        for one in found:
            handed = [arg.value.id for arg in one.call.args if isinstance(arg.value, ir.Name) and arg.value.id in one.fn.params]
            climbs = one.endpoint.by_body and depth < _CLIMB and self._passes_text(one, handed)
            callers = self.on.rules.callers(one.fn) if climbs else []
            above = [_Found(caller, call, one.endpoint, one.certainty) for caller, call, _ in callers if caller is not one.fn]
            result.extend(self.by_body(above, depth + 1) if above else [one])
        return result

    def _passes_text(self, one: _Found, names: list[str]) -> bool:
        """Whether one of the parameters that are passed on may be a body: a text or a mapping, not an object of the tree."""
        for name in names:
            kind = one.fn.code.params[one.fn.params[name]].annotation
            if not any(isinstance(v, ClassVal) for v in self.on.types.types(kind, one.fn.parent or one.fn)):
                return True
        return False

    def _placed(self, request: Request, endpoint: Endpoint, certainty: Certainty) -> list[_Found]:
        if not request.client.websocket:
            return [_Found(request.fn, request.call, endpoint, certainty)]
        sends = list(self._sends(request))
        return [_Found(fn, call, endpoint, certainty) for fn, call in sends] or [_Found(request.fn, request.call, endpoint, certainty)]

    def _sends(self, request: Request) -> Iterator[tuple[Fn, ir.Call]]:
        """Calls that send a message on the connection this call opens."""
        for name in _SEND[:-1]:
            for fn, call in self.on.program.calls.get(name, ()):
                if isinstance(call.func, ir.Attr) and name != "run_forever":
                    for value in self.on.values(call.func.base, fn):
                        if isinstance(value, Obj) and (value.file, value.call) == (request.fn.file.path, request.call.id):
                            yield fn, call
                            break

    def _generating(self, texts: Sequence[str], method: str, sender: tuple[Fn, ir.Call]) -> Endpoint | None:
        for text in texts:
            endpoint = self.catalogue.endpoint(text)
            if endpoint is not None and endpoint.generation and _fits(method, endpoint):
                if endpoint.needs and not set(endpoint.needs) <= self._sent(*sender):
                    continue
                return endpoint
        return None

    def _sent(self, fn: Fn, call: ir.Call) -> set[str]:
        """Keys of everything a call is given."""
        return {key for arg in call.args for key in (*self._keys(arg.value, fn), *([arg.name] if arg.name else []))}

    def _known_other(self, text: str) -> bool:
        endpoint = self.catalogue.endpoint(text)
        return endpoint is not None and not endpoint.generation and len(text.replace(HOLE, "")) > 12

    def _callers(self, fn: Fn, url: ir.Expr, reader: _TextReader, method: str, depth: int) -> list[_Found]:
        """Callers that hand over the endpoint, when the URL depends on parameters."""
        wanted = {name for name in reader.parameters if name in fn.params}
        if not wanted or depth >= _CLIMB:
            return []
        found: list[_Found] = []
        for caller, call, shift in self.on.rules.callers(fn):
            self.on.solver.settle()
            env: dict[str, Sequence[str]] = {}
            outer = _TextReader(self.on, caller)
            for name in sorted(wanted):
                position = fn.params[name]
                expr = argument(call, position - shift, name)
                if expr is None:
                    default = fn.code.params[position].default
                    env[name] = self.on.texts(default, fn.parent or fn) if default is not None else [HOLE]
                else:
                    env[name] = outer.read(expr, {})
            texts = _TextReader(self.on, fn).read(url, env)
            chosen = self._given_verb(method, fn, call, caller, shift)
            endpoint = self._generating(texts, chosen, (caller, call))
            if endpoint is not None:
                found.append(_Found(caller, call, endpoint, "certain"))
            elif outer.parameters:
                found.extend(self._climb(caller, call, fn, url, wanted, shift, chosen, depth + 1))
        return found

    def _climb(
        self, caller: Fn, call: ir.Call, fn: Fn, url: ir.Expr, wanted: set[str], shift: int, method: str, depth: int
    ) -> list[_Found]:
        """The caller only passes the URL on: look at its callers."""
        if depth >= _CLIMB:
            return []
        found: list[_Found] = []
        for upper, upper_call, upper_shift in self.on.rules.callers(caller):
            self.on.solver.settle()
            env: dict[str, Sequence[str]] = {}
            reader = _TextReader(self.on, upper)
            for name, position in caller.params.items():
                expr = argument(upper_call, position - upper_shift, name)
                env[name] = reader.read(expr, {}) if expr is not None else [HOLE]
            inner_env: dict[str, Sequence[str]] = {}
            middle = _TextReader(self.on, caller)
            for name in sorted(wanted):
                expr = argument(call, fn.params[name] - shift, name)
                inner_env[name] = middle.read(expr, env) if expr is not None else [HOLE]
            chosen = self._given_verb(method, caller, upper_call, upper, upper_shift)
            endpoint = self._generating(_TextReader(self.on, fn).read(url, inner_env), chosen, (upper, upper_call))
            if endpoint is not None:
                found.append(_Found(upper, upper_call, endpoint, "certain"))
        return found

    # Body shape

    def _shape(self, request: Request, texts: Sequence[str]) -> Shape | None:
        if request.method == "GET" or request.client.websocket or any(_telling(text) for text in texts):
            return None
        body = self._body(request.given, request.client)
        if body is None:
            return None
        keys = self._keys(body, request.home)
        if request.fn.file.ir.language in ("typescript", "javascript") and not keys & {"model", "inputs"}:
            return None  # pages send conversations to their own server all the time
        for shape in self.catalogue.shapes:
            if set(shape.keys) <= keys and (not shape.any or keys & set(shape.any)) and not keys & set(shape.without):
                return shape
        return None

    def _keys(self, body: ir.Expr, fn: Fn, depth: int = 0) -> set[str]:
        """Keys of the dictionary a request body is made from; ``json.dumps(x)`` and the like are looked through, and so are options that
        hold the body beside method or headers."""
        if isinstance(body, ir.Call) and body.args and last_name(body.func) in _SERIALISERS:
            return self._keys(body.args[0].value, fn, depth)
        found: set[str] = set()
        for value in self.on.values(body, fn):
            if isinstance(value, Coll):
                home, group, _ = self.on.groups[value.number]
                keys = {str(item.key.value) for item in group.items if isinstance(item.key, ir.Literal)}
                found |= keys
                for item in group.items if depth < _CLIMB else ():
                    name = item.key.value if isinstance(item.key, ir.Literal) else ""
                    if item.spread or (name in ("body", "data", "json") and keys & {"method", "headers", "url"}):
                        found |= self._keys(item.value, home, depth + 1)
                found |= {item.key.id for item in group.items if isinstance(item.key, ir.Name)}
            elif isinstance(value, Inst) and fn.file.ir.language == "go":
                found |= self._tags((value.file, value.index))
        if isinstance(body, ir.Name):
            for scope in self.on.types.scopes(fn):
                for binding in scope.bindings.get(body.id, ()):
                    if (
                        isinstance(binding.node, ir.Call)
                        and binding.node.args
                        and last_name(binding.node.func) in _SERIALISERS
                        and depth < _CLIMB
                    ):
                        found |= self._keys(binding.node.args[0].value, scope, depth + 1)
                if body.id in scope.bindings:
                    break
            for at, base, key, _, _ in self.on.program.item_stores.get(body.id, ()):
                if at is fn and isinstance(base, ir.Name) and isinstance(key, ir.Literal):
                    found.add(str(key.value))
        return found

    def _tags(self, key: tuple[str, int]) -> set[str]:
        """The names under which the fields of a Go struct are written."""
        found = set()
        for field in self.on.program.cls(key).fields.values():
            for tag in field.decorators:
                named = _TAG.search(str(tag.value)) if isinstance(tag, ir.Literal) else None
                if named:
                    found.add(named.group(1))
        return found


_TAG = re.compile(r'json:"([\w-]+)')
_SERIALISERS = frozenset(
    {
        "Marshal",
        "MarshalIndent",
        "NewBuffer",
        "NewReader",
        "NewBufferString",
        "string",
        "dumps",
        "stringify",
        "encode",
        "dict",
        "model_dump",
        "toJSONString",
        "jsonable_encoder",
        "urlencode",
    }
)


def _host_and_path(args: tuple[ir.Arg, ...], client: HttpClient) -> tuple[ir.Arg, ...]:
    """The URL of Node's own options: ``{hostname: "api.openai.com", path: "/v1/chat/completions"}``."""
    given = {arg.name: arg.value for arg in args}
    host, path = given.get("hostname") or given.get("host"), given.get("path")
    if host is None or path is None or not client.url_names or any(name in given for name in client.url_names):
        return ()
    return (ir.Arg(ir.Template(host.line, (ir.Literal(host.line, "https://"), host, path)), client.url_names[0]),)


def _address(call: ir.Call, client: HttpClient) -> ir.Expr | None:
    """The URL of a request: an argument, or what the member is called on."""
    if client.url == _RECEIVER:
        return call.func.base if isinstance(call.func, ir.Attr) else None
    return argument(call, client.url, *client.url_names)


def _no_url(expr: ir.Expr) -> bool:
    """Whether an argument is plainly no URL: a word, a number, a function, a list."""
    if isinstance(expr, ir.Literal):
        return not isinstance(expr.value, str) or ("/" not in expr.value and expr.value != "")
    return isinstance(expr, ir.Closure | ir.Group) and not (isinstance(expr, ir.Group) and expr.kind == "dict")


def _fits(method: str, endpoint: Endpoint) -> bool:
    if method == "WS":
        return "WS" in endpoint.methods or tuple(endpoint.methods) == ("POST",)
    if method == "POST?" or method.startswith("$"):
        return True
    return method in endpoint.methods or (method in ("PUT", "PATCH") and "POST" in endpoint.methods)


def _telling(text: str) -> bool:
    """Whether a URL text says where it goes (a literal path that no pattern knows): then the body's shape is not asked."""
    known = text.replace(HOLE, "").split("?")[0]
    path = re.sub(r"^\w+://[^/]*", "", known).strip("/")
    return len(path) > 3 and "/" in text


class _TextReader:
    """Reads texts inside one function with its parameters left open (or given by ``env``); remembers which parameters mattered."""

    def __init__(self, inference: Inference, fn: Fn, depth: int = 0) -> None:
        self.on = inference
        self.fn = fn
        self.depth = depth
        self.parameters: set[str] = set()
        self._busy: set[str] = set()

    def read(self, expr: ir.Expr | None, env: Env) -> list[str]:
        """Texts that ``expr`` may be."""
        if expr is None:
            return [HOLE]
        found = self._read(expr, env)
        return list(dict.fromkeys(found))[:_CHOICES] or [HOLE]

    def _read(self, expr: ir.Expr, env: Env) -> list[str]:
        if isinstance(expr, ir.Literal):
            return [str(expr.value)] if isinstance(expr.value, str | int) else [HOLE]
        if isinstance(expr, ir.Name):
            return self._name(expr, env)
        if isinstance(expr, ir.Op) and expr.op == "+":
            return self._read(ir.Template(expr.line, expr.operands), env)
        if isinstance(expr, ir.Template):
            texts = [""]
            for part in expr.parts:
                choices = self.read(part, env)
                room = max(1, _CHOICES // len(texts))
                texts = [(a + b)[:400] for a in texts for b in choices[:room]]
            return texts
        if isinstance(expr, ir.Op) and expr.op in ("or", "??", "||", "if", "and"):
            operands = expr.operands[1:] if expr.op == "if" else expr.operands
            return [t for one in operands for t in self._read(one, env)]
        if isinstance(expr, ir.Op) and expr.op in ("await", "paren", "ref", "cast") and expr.operands:
            return self._read(expr.operands[0], env)
        if isinstance(expr, ir.Call):
            return self._call(expr, env)
        return [v.value for v in self.on.values(expr, self.fn) if isinstance(v, Text)]

    def _call(self, expr: ir.Call, env: Env) -> list[str]:
        func = expr.func
        name = last_name(func)
        given = _built_url(expr)
        if given is not None:
            return self._read(given, env)
        inner = self._returned(expr, env)
        if inner:
            return inner
        if isinstance(func, ir.Attr) and name in REPLACING and len(expr.args) >= 2:
            return [self._replaced(text, expr, env) for text in self.read(func.base, env)]
        if isinstance(func, ir.Attr) and name in _TEXT_METHODS:
            return self._read(func.base, env)
        if name in ("urljoin", "URL", "Request", "join", "quote", "str", "String", "parse", "URI", "create", "build_url") and expr.args:
            parts = [self.read(arg.value, env)[0] for arg in expr.args if arg.name is None]
            if name == "Request":
                return parts[:1]
            if name == "join" and isinstance(func, ir.Attr) and isinstance(func.base, ir.Group):  # [base, path].join("/")
                between, parts = parts[0], [self.read(item.value, env)[0] for item in func.base.items]
                return [between.join(part.strip(between) if between else part for part in parts)]
            return ["/".join([part.strip("/") for part in parts])] if name in ("urljoin", "join") else parts[:1]
        inner = self._returned(expr, env)
        if inner:
            return inner
        found = [v.value for v in self.on.values(expr, self.fn) if isinstance(v, Text)]
        if not found:  # a helper that signs or completes a URL keeps its path
            handed = [text for arg in expr.args for text in self.read(arg.value, env) if "://" in text]
            found = [text for text in handed if self.on.catalogue.endpoint(text) is not None]
        return found

    def _replaced(self, text: str, call: ir.Call, env: Env) -> str:
        """``text.replace(old, new)``; of a text that is not known at least the new path is."""
        old, new = self.read(call.args[0].value, env)[0], self.read(call.args[1].value, env)[0]
        if not text.strip(HOLE) and "/" in new and HOLE not in new:
            return f"{HOLE}/{new.lstrip('/')}"
        return text.replace(old, new) if old and HOLE not in old else text

    def _returned(self, call: ir.Call, env: Env) -> list[str]:
        """What a function of the tree returns for the arguments of this very call."""
        functions = [v for v in self.on.callees(self.fn, call) if isinstance(v, FnVal)]
        if not 0 < len(functions) <= 4 or self.depth >= _CLIMB:
            return []
        found: list[str] = []
        for value in functions:
            target = self.on.program.fn((value.file, value.index))
            shift = 1 if value.bound and self.on.types.speech(target.file).self_is_parameter else 0
            given: dict[str, Sequence[str]] = {}
            for name, position in target.params.items():
                expr = argument(call, position - shift, name)
                given[name] = self.read(expr, env) if expr is not None else [HOLE]
            for position, param in enumerate(target.code.params):
                if param.pattern is not None:
                    given.update({name: self.read(part, env) for name, part in _taken(param.pattern, argument(call, position - shift))})
            inner = _TextReader(self.on, target, self.depth + 1)
            found.extend(text for returned in target.returns for text in inner.read(returned, given))
        return found if any(text.strip(HOLE) for text in found) else []

    def _name(self, expr: ir.Name, env: Env) -> list[str]:
        name = expr.id
        if name in self.fn.params and not self._rebound(name):
            self.parameters.add(name)
            return list(env.get(name, (HOLE,)))
        if name in env and name not in self.fn.params and not self._rebound(name):
            return list(env[name])
        if name in self.fn.bindings and self.fn.index and name not in self._busy:
            self._busy.add(name)
            found: list[str] = [*env.get(name, ())] if name in self.fn.params else []
            if name in self.fn.params:
                self.parameters.add(name)
            for binding in self.fn.bindings[name]:
                if binding.kind == "value" and not binding.path:
                    found.extend(self._read(binding.node, env))
                elif binding.kind in ("elem", "import") or binding.path:
                    found.extend(v.value for v in self.on.values(expr, self.fn) if isinstance(v, Text))
            self._busy.discard(name)
            return found
        if name in self._busy:
            return []
        return [v.value for v in self.on.values(expr, self.fn) if isinstance(v, Text)]

    def _rebound(self, name: str) -> bool:
        return any(b.kind == "value" and not (b.path and _is_parameter(b.node)) for b in self.fn.bindings.get(name, ()))


def _is_parameter(node: ir.Expr) -> bool:
    """Whether a destructured part comes straight from a parameter."""
    return isinstance(node, ir.Name) and node.id.startswith("<param:")


def _taken(pattern: ir.Expr, given: ir.Expr | None) -> Iterator[tuple[str, ir.Expr]]:
    """Names that ``{a, b: c}`` binds, with the members of the object literal that was given."""
    if not isinstance(pattern, ir.Group) or not isinstance(given, ir.Group):
        return
    members = {item.key.value: item.value for item in given.items if isinstance(item.key, ir.Literal)}
    for item in pattern.items:
        if isinstance(item.key, ir.Literal) and isinstance(item.value, ir.Name) and item.key.value in members:
            yield item.value.id, members[item.key.value]


def _builder_calls(expr: ir.Expr) -> Iterator[ir.Call]:
    """The calls of a builder chain, last first: ``build``, ``post``, ``url`` of ``new Request.Builder().url(u).post(b).build()``."""
    while isinstance(expr, ir.Call):
        yield expr
        if not isinstance(expr.func, ir.Attr):
            return
        expr = expr.func.base


def _built_url(expr: ir.Call) -> ir.Expr | None:
    """The URL that was given to the builder of a request."""
    if last_name(expr.func) != "build":
        return None
    for call in _builder_calls(expr):
        if last_name(call.func) in ("url", "uri", "setUri", "newBuilder") and len(call.args) == 1:
            return call.args[0].value
    return None


def _built_method(expr: ir.Expr | None, fn: Fn) -> str:
    """The HTTP method that the builder of a request says, or ""."""
    if isinstance(expr, ir.Name):
        values = [b.node for b in fn.bindings.get(expr.id, ()) if b.kind == "value" and isinstance(b.node, ir.Call)]
        expr = values[0] if len(values) == 1 else None
    if not isinstance(expr, ir.Call) or last_name(expr.func) != "build":
        return ""
    names = [last_name(call.func).upper() for call in _builder_calls(expr)]
    return next((name for name in names if name in ("POST", "PUT", "PATCH", "GET", "DELETE")), "")


_TEXT_METHODS = frozenset(
    {
        "strip",
        "rstrip",
        "lstrip",
        "removesuffix",
        "removeprefix",
        "lower",
        "trim",
        "replace",
        "toString",
        "encode",
        "format",
        "toURL",
        "unwrap",
    }
)
