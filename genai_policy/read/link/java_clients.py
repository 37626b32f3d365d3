"""Sites behind Java interfaces that a framework implements: LangChain4j AI services, and declarative HTTP clients.

An AI service is an interface handed to ``AiServices`` (or annotated ``@AiService``, ``@RegisterAiService``, or with prompts on its
methods): every call of its methods asks the model. A declarative client (Retrofit, Feign, HTTP interfaces, Forest) carries the path on
its methods: calling one whose path is a model endpoint is a request. The sites are the calls.
"""

from __future__ import annotations

from collections.abc import Iterator

from genai_policy.model.code import Site
from genai_policy.read.catalogue.model import Endpoint
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn
from genai_policy.read.link.routes.annotations import Applied, names, of_class, of_function, texts
from genai_policy.read.link.values import ClassVal

_AI_SERVICES = frozenset({"AiService", "RegisterAiService"})
_ASSISTANT = Endpoint("", "langchain4j", "text")
_PROMPTS = ("dev.langchain4j.service.UserMessage", "dev.langchain4j.service.SystemMessage", "dev.langchain4j.agentic.")
_MAKERS = ("create", "builder")
_VERBS = {"GET": "GET", "POST": "POST", "PUT": "PUT", "PATCH": "PATCH", "DELETE": "DELETE"}
_CLIENT_CLASSES = frozenset(
    {"FeignClient", "HttpExchange", "RegisterRestClient", "BaseRequest", "ForestClient", "RetrofitClient", "Client"}
)
_EXCHANGES = {
    "PostExchange": "POST", "PutExchange": "PUT", "GetExchange": "GET", "PostMapping": "POST", "PutMapping": "PUT", "GetMapping": "GET",
    "Post": "POST", "PostRequest": "POST", "Get": "GET", "GetRequest": "GET", "Put": "PUT",
}  # fmt: skip


def find_declared_clients(inference: Inference) -> list[Site]:
    """All calls of methods that generate behind an interface without an implementation in the tree."""
    services = _ai_services(inference)
    found: list[Site] = []
    for path in inference.program.files:
        file = inference.program.files[path]
        if file.ir.language not in ("java", "kotlin"):
            continue
        for cls in file.classes:
            if cls.file is file and cls.code.kind == "interface" and "annotation" not in cls.code.flags:
                for fn, endpoint in _generating(inference, cls, services):
                    found.extend(_sites(inference, cls, fn, endpoint))
    return found


def _ai_services(inference: Inference) -> set[tuple[str, int]]:
    """Interfaces that AI services are made of."""
    found: set[tuple[str, int]] = set()
    for name in _MAKERS:
        for fn, call in inference.program.calls.get(name, ()):
            made = inference.types.static(call.func, fn) if call.args and fn.file.ir.language == "java" else ()
            if any(getattr(v, "path", "").endswith(f".AiServices.{name}") for v in made):
                found |= {(v.file, v.index) for v in inference.types.static(call.args[0].value, fn) if isinstance(v, ClassVal)}
    return found


def _generating(inference: Inference, cls: Cls, services: set[tuple[str, int]]) -> Iterator[tuple[Fn, Endpoint]]:
    annotations = of_class(inference, cls) if cls.code.decorators else []
    methods = [cls.file.functions[index] for group in cls.methods.values() for index in group]
    if cls.key in services or any(one.name in _AI_SERVICES for one in annotations):
        yield from ((fn, _ASSISTANT) for fn in methods if "abstract" in fn.code.flags)
        return
    prompted = [fn for fn in methods if "abstract" in fn.code.flags and _prompted(inference, fn)]
    if prompted:
        yield from ((fn, _ASSISTANT) for fn in prompted)
        return
    bases = [
        text for one in annotations if one.name in _CLIENT_CLASSES | {"RequestMapping", "Path"} for text in _paths(inference, one)
    ] or [""]
    declared = any(one.name in _CLIENT_CLASSES for one in annotations)
    for fn in methods:
        for method, path in _requests(inference, fn, declared):
            for base in bases:
                endpoint = inference.catalogue.endpoint(f"{base.rstrip('/')}/{path.lstrip('/')}" if "://" not in path else path)
                if endpoint is not None and endpoint.generation and method in endpoint.methods:
                    yield fn, endpoint
                    break


def _prompted(inference: Inference, fn: Fn) -> bool:
    """Whether a method carries the prompt it is to ask, or is an agent or a workflow of agents."""
    return any(one.path.startswith(_PROMPTS) for one in (of_function(inference, fn) if fn.code.decorators else []))


def _paths(inference: Inference, one: Applied) -> list[str]:
    """The base URL and path that a client annotation names, put together."""
    url = (texts(inference, one.args.get("url") or one.args.get("baseUrl") or one.args.get("baseURL")) or [""])[0]
    path = (texts(inference, one.args.get("path")) or [""])[0]
    return [url.rstrip("/") + "/" + path.lstrip("/") if path else url]


def _requests(inference: Inference, fn: Fn, declared: bool) -> Iterator[tuple[str, str]]:
    """Method and path of a declarative request."""
    for one in of_function(inference, fn) if fn.code.decorators else []:
        given = one.args.get("value") or one.args.get("path") or one.args.get("url")
        retrofit = one.name in _VERBS and (one.path.startswith("retrofit2.http.") or one.path.startswith("feign."))
        if retrofit or (one.name in _EXCHANGES and (declared or one.path.startswith("com.dtflys.forest."))):
            for path in texts(inference, given):
                yield _VERBS.get(one.name) or _EXCHANGES[one.name], path
        elif one.name == "RequestLine":  # feign's own: @RequestLine("POST /v1/chat/completions")
            for text in texts(inference, given):
                method, _, path = text.partition(" ")
                yield method.upper(), path
        elif one.name == "RequestMapping" and declared:
            for path in texts(inference, given):
                yield (names(one.args.get("method")) or ["POST"])[0], path


def _sites(inference: Inference, cls: Cls, fn: Fn, endpoint: Endpoint) -> Iterator[Site]:
    callee = f"{cls.code.name}.{fn.code.name}"
    for caller, call, _ in inference.rules.callers(fn):
        yield Site(caller.file.path, call.line, callee, endpoint.provider, endpoint.modality, caller.id, call.id, "certain")
