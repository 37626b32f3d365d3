"""Named queues and events of Node services: from the call that adds a job or emits an event to what takes it.

Bull and BullMQ pair by the queue's name (``new Queue("draw")`` and ``new Worker("draw", run)``), also where NestJS injects it
(``@InjectQueue("draw")``, ``@Processor("draw")``). NestJS events and messages pair by their name (``emit("paid")``, ``@OnEvent("paid")``).
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from genai_policy.model import ir
from genai_policy.model.code import CallEdge
from genai_policy.read.link.edges import Edges
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, argument, last_name
from genai_policy.read.link.values import HOLE, Ext, FnVal, Obj, plain

_QUEUES = frozenset({"bull", "bull.Queue", "bullmq.Queue", "bee-queue"})
_ADDS = ("add", "addBulk", "createJob")
_EMITS = {
    "emit": ("OnEvent", "EventPattern"), "emitAsync": ("OnEvent",), "send": ("MessagePattern",),
}  # fmt: skip
_EMITTERS = ("event-emitter", "eventemitter2", "@nestjs/microservices")
_SCRIPTS = ("typescript", "javascript")


def link_named_queues(inference: Inference, edges: Edges) -> None:
    """Add the edges from producers to consumers of one queue, event or message."""
    linker = _Linker(inference, edges)
    if any(file.ir.language in _SCRIPTS for file in inference.program.files.values()):
        linker.queues()
        linker.events()


class _Linker:
    def __init__(self, inference: Inference, edges: Edges) -> None:
        self.on = inference
        self.program = inference.program
        self.edges = edges

    def queues(self) -> None:
        """Jobs."""
        takers: dict[str, list[Fn]] = {}
        for name, target in [*self._workers(), *self._processors()]:
            takers.setdefault(name, []).append(target)
        for member in _ADDS if takers else ():
            for fn, call in self.program.calls.get(member, ()):
                if isinstance(call.func, ir.Attr) and fn.file.ir.language in _SCRIPTS:
                    for name in dict.fromkeys([*self._queue_names(call.func.base, fn), *self._injected(call.func.base, fn)]):
                        self._pair(fn, call, takers.get(name, []), "queue")

    def events(self) -> None:
        """Events and messages of NestJS."""
        takers = [(kind, text, fn) for kind in ("OnEvent", "EventPattern", "MessagePattern") for text, fn in self._annotated(kind)]
        for member, kinds in _EMITS.items() if takers else ():
            for fn, call in self.program.calls.get(member, ()):
                heard = any(isinstance(v, Ext) and any(one in v.path for one in _EMITTERS) for v in self.on.callees(fn, call))
                said = self._names(argument(call, 0), fn) if heard else []
                found = [one for kind, text, one in takers if kind in kinds and any(fnmatchcase(name, text) for name in said)]
                self._pair(fn, call, found, "event")

    def _pair(self, fn: Fn, call: ir.Call, targets: list[Fn], how: str) -> None:
        unique = list(dict.fromkeys(targets))
        for target in unique:
            certainty = "certain" if len(unique) == 1 else "possible"
            self.edges.add(CallEdge(fn.id, call.id, call.line, target.id, how, certainty), fn)  # type: ignore[arg-type]

    # Who takes

    def _workers(self) -> Iterator[tuple[str, Fn]]:
        for fn, call in self.program.calls.get("Worker", ()):
            if any(isinstance(v, Ext) and plain(v.path) == "bullmq.Worker" for v in self.on.callees(fn, call)):
                for name in self._names(argument(call, 0), fn):
                    yield from ((name, one) for one in self._functions(argument(call, 1), fn))
        for fn, call in self.program.calls.get("process", ()):
            if isinstance(call.func, ir.Attr) and fn.file.ir.language in _SCRIPTS and call.args:
                for name in self._queue_names(call.func.base, fn):
                    yield from ((name, one) for one in self._functions(call.args[-1].value, fn))

    def _processors(self) -> Iterator[tuple[str, Fn]]:
        for file in self.program.files.values():
            for cls in file.classes if file.ir.language in _SCRIPTS else ():
                for name in self._decorated(cls.code.decorators, "Processor", cls.scope or file.functions[0]):
                    yield from ((name, one) for one in self._jobs(cls))

    def _jobs(self, cls: Cls) -> Iterator[Fn]:
        for group in cls.methods.values():
            for index in group:
                method = cls.file.functions[index]
                if method.code.name == "process" or any(last_name(one) == "Process" for one in method.code.decorators):
                    yield method

    def _annotated(self, kind: str) -> Iterator[tuple[str, Fn]]:
        for scope, decorator, what, index in self.program.decorated.get(kind, ()):
            if what == "function" and isinstance(decorator, ir.Call):
                for text in self._names(argument(decorator, 0), scope):
                    yield text, scope.file.functions[index]

    # Names

    def _queue_names(self, expr: ir.Expr, fn: Fn) -> Iterator[str]:
        for value in self.on.values(expr, fn):
            if isinstance(value, Obj) and value.path in _QUEUES:
                maker, made = self.program.files[value.file].by_id[value.call]
                yield from self._names(argument(made, 0), maker)

    def _injected(self, expr: ir.Expr, fn: Fn) -> Iterator[str]:
        """The queue that a constructor's parameter or a field is given."""
        owner = self.on.owner(fn)
        if not isinstance(expr, ir.Attr) or owner is None:
            return
        scope = owner.scope or owner.file.functions[0]
        field = owner.fields.get(expr.name)
        if field is not None:
            yield from self._decorated(field.decorators, "InjectQueue", scope)
        for maker in self.on.types.find_method(owner, "constructor"):
            for param in maker.code.params:
                if param.name == expr.name:
                    yield from self._decorated(param.decorators, "InjectQueue", scope)

    def _decorated(self, decorators: tuple[ir.Expr, ...], name: str, scope: Fn) -> Iterator[str]:
        for one in decorators:
            if isinstance(one, ir.Call) and last_name(one.func) == name:
                yield from self._names(argument(one, 0, "name"), scope)

    def _names(self, expr: ir.Expr | None, fn: Fn) -> list[str]:
        if isinstance(expr, ir.Group):  # a pattern: {cmd: "sum"}
            return [f"{item.key.value}={t}" for item in expr.items if isinstance(item.key, ir.Literal) for t in self._names(item.value, fn)]
        return [text for text in self.on.texts(expr, fn) if HOLE not in text] if expr is not None else []

    def _functions(self, expr: ir.Expr | None, fn: Fn) -> list[Fn]:
        values = self.on.values(expr, fn) if expr is not None else []
        return [self.program.fn((v.file, v.index)) for v in values if isinstance(v, FnVal)]
