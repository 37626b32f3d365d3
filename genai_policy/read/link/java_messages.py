"""Java messages and events: from the call that publishes to the annotated method or listener class that receives.

Spring events pair by type (``publishEvent(new Paid(x))`` and a listener that takes ``Paid``), broker messages by the text of queue,
topic or destination. A RabbitMQ producer names an exchange and a routing key: the queues bound to them in configuration are looked up
by constants; where no text is known, all listeners of that broker are possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from genai_policy.model import ir
from genai_policy.model.code import CallEdge, Certainty
from genai_policy.read.link.edges import Edges
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, last_name
from genai_policy.read.link.routes.annotations import Applied, of_class, of_function, texts
from genai_policy.read.link.values import HOLE, ClassVal, Ext, Inst, Text, plain

_LISTENERS = {
    "RabbitListener": ("queues", "value", "queuesToDeclare"),
    "KafkaListener": ("topics", "topicPattern", "value"),
    "JmsListener": ("destination",),
    "SqsListener": ("value",),
    "PulsarListener": ("topics",),
    "StreamListener": ("value", "target"),
}
_CLASS_LISTENERS = {"RocketMQMessageListener": ("topic",)}
_SENDS = {
    "convertAndSend": "rabbit|jms|rocket|messaging|simp",
    "convertSendAndReceive": "rabbit|jms",
    "send": "kafka|rocket|pulsar|rabbit|jms|streambridge|sqs",
    "sendDefault": "kafka",
    "syncSend": "rocket",
    "asyncSend": "rocket",
    "sendOneWay": "rocket",
    "syncSendOrderly": "rocket",
    "sendMessageInTransaction": "rocket",
    "syncSendDelayTimeSeconds": "rocket",
}
_PUBLISH = ("publishEvent", "post", "publish", "multicastEvent")
_PUBLISHERS = "event"
_SUBSCRIBE = frozenset({"EventListener", "TransactionalEventListener", "Subscribe", "ApplicationModuleListener", "AllowConcurrentEvents"})


class _Listener(NamedTuple):
    fn: Fn
    names: frozenset[str]
    broker: str


def link_messages(inference: Inference, edges: Edges) -> None:
    """Add the edges from senders to receivers of one message or event."""
    linker = _Messages(inference, edges)
    if any(file.ir.language in ("java", "kotlin") for file in inference.program.files.values()):
        linker.brokers()
        linker.events()


class _Messages:
    def __init__(self, inference: Inference, edges: Edges) -> None:
        self.on = inference
        self.edges = edges

    # Brokers

    def brokers(self) -> None:
        """Pair sends with the listeners of the same queue, topic or destination."""
        listeners = list(self._listeners())
        if not listeners:
            return
        for name in sorted(_SENDS):
            for fn, call in self.on.program.calls.get(name, ()):
                broker = self._broker(fn, call, _SENDS[name])
                if broker:
                    self._send(fn, call, [one for one in listeners if one.broker == broker] or listeners)

    def _send(self, fn: Fn, call: ir.Call, listeners: list[_Listener]) -> None:
        named = {text for arg in call.args for text in self._texts(arg.value, fn)}
        named |= {text.partition(":")[0] for text in named}
        same = [one for one in listeners if one.names & named]
        bound = [] if same else [one for one in listeners if self._bound(one, named)]
        chosen = same or bound or (listeners if not named or len(listeners) == 1 else [])
        for one in chosen:
            self._edge(fn, call, one.fn, "queue", "certain" if len(same) == 1 else "possible")

    def _bound(self, listener: _Listener, named: set[str]) -> bool:
        """Whether configuration binds one of the listener's queues with a text the producer uses."""
        for fn, call in self.on.program.calls.get("with", ()):
            if not named & {text for arg in call.args for text in self._texts(arg.value, fn)}:
                continue
            near = {text for other in fn.calls for arg in other.args for text in self._texts(arg.value, fn)}
            near |= {text for other in fn.calls for text in self._made(other, fn)}
            if near & listener.names:
                return True
        return False

    def _made(self, call: ir.Call, fn: Fn) -> Iterator[str]:
        """Texts inside project methods that a binding calls: ``bind(queue())``."""
        for arg in [call, *(a.value for a in call.args)]:
            if isinstance(arg, ir.Call) and isinstance(arg.func, ir.Name):
                for target in self.on.program.functions_named.get(arg.func.id, ())[:4]:
                    for inner in target.calls:
                        for given in inner.args:
                            yield from self._texts(given.value, target)

    def _listeners(self) -> Iterator[_Listener]:
        for name in sorted(_LISTENERS):
            for scope, _, kind, index in self.on.program.decorated.get(name, ()):
                if kind == "function":
                    fn = scope.file.functions[index]
                    for one in of_function(self.on, fn):
                        if one.name == name:
                            yield _Listener(fn, self._names(one, _LISTENERS[name]), _broker_of(name))
                else:
                    yield from self._class_listener(scope.file.classes[index], name, _LISTENERS[name])
        for name in sorted(_CLASS_LISTENERS):
            for scope, _, kind, index in self.on.program.decorated.get(name, ()):
                if kind == "class":
                    yield from self._class_listener(scope.file.classes[index], name, _CLASS_LISTENERS[name])

    def _class_listener(self, cls: Cls, name: str, attributes: tuple[str, ...]) -> Iterator[_Listener]:
        for one in of_class(self.on, cls):
            if one.name == name:
                for index in [i for group in cls.methods.values() for i in group]:
                    fn = cls.file.functions[index]
                    handles = any(last_name(d) in ("RabbitHandler", "KafkaHandler") for d in fn.code.decorators)
                    if handles or fn.code.name in ("onMessage", "consumeMessage"):
                        yield _Listener(fn, self._names(one, attributes), _broker_of(name))

    def _names(self, one: Applied, attributes: tuple[str, ...]) -> frozenset[str]:
        found = {text for key in attributes for text in texts(self.on, one.args.get(key))}
        for value, scope in one.args.values():  # @QueueBinding(value = @Queue("q"), key = "k")
            found |= {text for call in _inner_calls(value) for arg in call.args for text in self._texts(arg.value, scope)}
        return frozenset(text for text in found if HOLE not in text and text)

    def _texts(self, expr: ir.Expr, fn: Fn) -> list[str]:
        if isinstance(expr, ir.Group):
            return [text for item in expr.items for text in self._texts(item.value, fn)]
        return [v.value for v in self.on.values(expr, fn) if isinstance(v, Text) and HOLE not in v.value and v.value]

    def _broker(self, fn: Fn, call: ir.Call, wanted: str) -> str:
        """The kind of broker a call sends to, by the receiver's type or, failing that, its name."""
        paths = [plain(v.path).lower() for v in self.on.callees(fn, call) if isinstance(v, Ext)]
        if not paths and isinstance(call.func, ir.Attr):
            paths = [last_name(call.func.base).lower()]
        for path in paths:
            for kind in wanted.split("|"):
                if kind in path:
                    return {"streambridge": "stream", "simp": "websocket"}.get(kind, kind)
        return ""

    # Events

    def events(self) -> None:
        """Pair published events with the listeners that take their type."""
        listeners = [(fn, types) for fn, types in self._subscribers() if types]
        if not listeners:
            return
        for name in _PUBLISH:
            for fn, call in self.on.program.calls.get(name, ()):
                if name != "publishEvent" and not self._publishes(fn, call):
                    continue
                published = {key for arg in call.args[:1] for key in self._classes(arg.value, fn)}
                for listener, types in listeners:
                    if published & types:
                        self._edge(fn, call, listener, "event", "certain")

    def _publishes(self, fn: Fn, call: ir.Call) -> bool:
        paths = [plain(v.path) for v in self.on.callees(fn, call) if isinstance(v, Ext)]
        return any(_PUBLISHERS in path.lower() for path in paths)

    def _subscribers(self) -> Iterator[tuple[Fn, set[tuple[str, int]]]]:
        for name in sorted(_SUBSCRIBE):
            for scope, decorator, kind, index in self.on.program.decorated.get(name, ()):
                if kind == "function":
                    fn = scope.file.functions[index]
                    given = [a.value for a in decorator.args] if isinstance(decorator, ir.Call) else []
                    yield fn, self._parameter_types(fn) | {key for expr in given for key in self._declared(expr, scope)}
        for file in self.on.program.files.values():
            for cls in file.classes:
                if any(
                    path.endswith((".ApplicationListener", ".SmartApplicationListener")) for path in self.on.types.ancestors_outside(cls)
                ):
                    for fn in self.on.types.find_method(cls, "onApplicationEvent"):
                        yield fn, self._parameter_types(fn)

    def _parameter_types(self, fn: Fn) -> set[tuple[str, int]]:
        return {key for param in fn.code.params[:1] for key in self._declared(param.annotation, fn.parent or fn)}

    def _declared(self, expr: ir.Expr | None, fn: Fn) -> set[tuple[str, int]]:
        if isinstance(expr, ir.Group):
            return {key for item in expr.items for key in self._declared(item.value, fn)}
        return {(v.file, v.index) for v in self.on.types.types(expr, fn) if isinstance(v, ClassVal)}

    def _classes(self, expr: ir.Expr, fn: Fn) -> Iterator[tuple[str, int]]:
        """The class of a published object and its ancestors."""
        for value in self.on.values(expr, fn):
            if isinstance(value, Inst):
                for one in self.on.types.mro(self.on.program.cls((value.file, value.index))):
                    if isinstance(one, Cls):
                        yield one.key

    def _edge(self, fn: Fn, call: ir.Call, target: Fn, how: str, certainty: Certainty) -> None:
        if target is not fn:
            self.edges.add(CallEdge(fn.id, call.id, call.line, target.id, how, certainty), fn)


def _broker_of(annotation: str) -> str:
    lowered = annotation.lower()
    return next((kind for kind in ("rabbit", "kafka", "jms", "rocket", "sqs", "pulsar", "stream") if kind in lowered), "")


def _inner_calls(expr: ir.Expr) -> Iterator[ir.Call]:
    waiting = [expr]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ir.Call):
            yield one
            waiting.extend(arg.value for arg in one.args)
        elif isinstance(one, ir.Group):
            waiting.extend(item.value for item in one.items)
