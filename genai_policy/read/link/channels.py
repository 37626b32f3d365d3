"""Queues, topics and events: who puts something in, and who takes it out."""

from __future__ import annotations

import re

from genai_policy.model import ir
from genai_policy.model.code import CallEdge
from genai_policy.read.catalogue.model import Channel
from genai_policy.read.link.edges import Edges
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Fn, argument
from genai_policy.read.link.values import HOLE, Ext, FnVal, Inst, Obj, Text, plain

_MANY = 400
_Key = tuple[object, ...]


def link_channels(inference: Inference, edges: Edges) -> None:
    """Add an edge from every producer to every consumer of the same queue object, topic or event."""
    for channel in inference.catalogue.channels:
        _Linker(inference, edges, channel).run()


class _Linker:
    def __init__(self, inference: Inference, edges: Edges, channel: Channel) -> None:
        self.on = inference
        self.edges = edges
        self.channel = channel
        self.receiver = re.compile(channel.on) if channel.on else None

    def run(self) -> None:
        """Pair puts with gets by key. A put or get inside a wrapper counts for the wrapper's callers (see :meth:`_ends`)."""
        consumers: dict[_Key, list[tuple[Fn, int]]] = {}
        program = self.on.program
        if (
            self.channel.made_by
            and not any(path.rpartition(".")[2] in program.calls for path in self.channel.made_by)
            and not self._subclassed()
        ):
            return
        for name in self.channel.gets:
            for fn, call in program.calls.get(name, ())[:_MANY]:
                for key, end, at in self._ends(fn, call):
                    consumers.setdefault(key, []).extend(self._consumers(end, at) if end is fn else [(end, at.line)])
        if not consumers:
            return
        self.edges.consumers.update(fn.id for taken in consumers.values() for fn, _ in taken)
        for name in self.channel.puts:
            for fn, call in program.calls.get(name, ())[:_MANY]:
                for key, end, at in self._ends(fn, call):
                    targets = list(dict.fromkeys(consumers.get(key, ())))
                    for target, _ in targets:
                        if target is not end:
                            certainty = "certain" if len(targets) == 1 else "possible"
                            edge = CallEdge(end.id, at.id, at.line, target.id, self.channel.how, certainty)  # type: ignore[arg-type]
                            self.edges.add(edge, end)

    def _ends(self, fn: Fn, call: ir.Call) -> list[tuple[_Key, Fn, ir.Call]]:
        """The keys of a put or get, each with the function and call it happens in.

        Where the key is a field of a wrapper class (``q.client.RPush(q.name, x)``), it is the field that holds the wrapper which tells one
        queue from another (``s.tasks.Push(x)``), and the ends are the wrapper's callers."""
        if self.channel.key >= 0 and self._receives(fn, call):
            held = self._held(fn, call)
            if held:
                return held
        return [(key, fn, call) for key in self._keys(fn, call)]

    def _held(self, fn: Fn, call: ir.Call) -> list[tuple[_Key, Fn, ir.Call]]:
        owner = self.on.owner(fn)
        keys = [a.value for a in call.args[self.channel.key : self.channel.key + 2] if isinstance(a.value, ir.Attr)]
        own = [k for k in keys if isinstance(k, ir.Attr) and isinstance(k.base, ir.Name) and self.on.is_receiver(k.base.id, fn)]
        if owner is None or not own:
            return []
        found: list[tuple[_Key, Fn, ir.Call]] = []
        for caller, at, _ in self.on.rules.callers(fn):
            base = at.func.base if isinstance(at.func, ir.Attr) else None
            if not isinstance(base, ir.Attr):
                continue
            for value in self.on.values(base.base, caller):
                if isinstance(value, Inst):
                    found.append((("held", value.file, value.index, base.name), caller, at))
        return found

    def _subclassed(self) -> bool:
        return any(
            path in self.channel.made_by
            for file in self.on.program.files.values()
            for cls in file.classes
            if cls.code.bases
            for path in self.on.types.ancestors_outside(cls)
        )

    def _consumers(self, fn: Fn, call: ir.Call) -> list[tuple[Fn, int]]:
        if self.channel.handler < 0:
            return [(fn, call.line)]
        expr = argument(call, self.channel.handler)
        if expr is None:
            return []
        return [(self.on.program.fn((v.file, v.index)), call.line) for v in self.on.values(expr, fn) if isinstance(v, FnVal)]

    def _keys(self, fn: Fn, call: ir.Call) -> list[_Key]:
        func = call.func
        if self.channel.key >= 0:
            if not self._receives(fn, call):
                return []
            expr = argument(call, self.channel.key, "topic", "channel", "queue", "routing_key", "subject", "name")
            if expr is None:
                return []
            texts = [v.value for v in self.on.values(expr, fn) if isinstance(v, Text)] or self._named_by_maker(expr, fn)
            if not texts:  # a timeout may stand before the key: BLPop(ctx, 0, key)
                following = [arg.value for arg in call.args[self.channel.key + 1 : self.channel.key + 2]]
                texts = [v.value for one in following for v in self.on.values(one, fn) if isinstance(v, Text)]
            return [("topic", text) for text in texts if text.replace(HOLE, "")]
        if not isinstance(func, ir.Attr):
            return []
        made = set(self.channel.made_by)
        return [("object", v.file, v.call) for v in self.on.values(func.base, fn) if isinstance(v, Obj) and v.path in made]

    def _named_by_maker(self, expr: ir.Expr, fn: Fn) -> list[str]:
        """The name that a message was made with: ``client.Enqueue(asynq.NewTask("draw", payload))``."""
        found: list[str] = []
        for value in self.on.values(expr, fn):
            if isinstance(value, Obj):
                maker, made = self.on.program.files[value.file].by_id[value.call]
                name = argument(made, 0)
                found.extend(self.on.texts(name, maker) if name is not None else [])
        return [text for text in found if HOLE not in text]

    def _receives(self, fn: Fn, call: ir.Call) -> bool:
        if self.receiver is None:
            return True
        if any(isinstance(v, Ext) and self.receiver.search(plain(v.path)) for v in self.on.callees(fn, call)):
            return True
        func = call.func
        return isinstance(func, ir.Attr) and any(isinstance(v, Obj) and self.receiver.search(v.path) for v in self.on.values(func.base, fn))
