"""Calls that lead out of the tree: what sends, what keeps, what nobody can see through."""

from __future__ import annotations

from collections.abc import Sequence

from genai_policy.assess.flow import keeping
from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.handing import Handing
from genai_policy.assess.flow.reading import is_self, last, path, paths_in, root
from genai_policy.assess.flow.replacing import all_passed, sets_what_it_got
from genai_policy.assess.flow.values import INPUT, NOTHING, Marks, Scope, generated, passed, stored, union
from genai_policy.assess.walk import dotted, parts
from genai_policy.model import ir
from genai_policy.model.code import CallEdge

_Arguments = Sequence[tuple[str | None, Marks]]


class Outside(Handing):
    """What goes into a call of somebody else's code, and what comes out."""

    def outside(
        self, call: ir.Call, edges: Sequence[CallEdge], receiver: Marks, arguments: _Arguments, scope: Scope, *, discarded: bool
    ) -> Marks:
        """A call that leads out of the tree, or could not be resolved: what goes in may come out."""
        run = self.run_
        name = last(call.func)
        given = union(marks for _, marks in arguments)
        if isinstance(call.func, ir.Name) and call.func.id in scope:
            receiver = scope[call.func.id]  # a function that holds what it will give
        if name in words.READING_INTO:
            for argument in call.args:
                pointer = isinstance(argument.value, ir.Name) and argument.value.id in scope
                if pointer or (isinstance(argument.value, ir.Op) and argument.value.op == "ref"):
                    self.mutate(argument.value, receiver | given, scope)
        if name in words.WRITING_INTO and generated(receiver | given):
            self._written_into(call, receiver | given, scope)
        handed = self.handed(call, edges, receiver, given, arguments, scope)
        if run.collectors and self._hands_to_stream(call, name):
            run.collectors[-1].append(given)
            run.events.collected |= given
            return NOTHING
        if self._sends_itself(call, name, receiver):
            self.send(receiver | given, call.line, name)
            return NOTHING
        if self.sends(call, name):
            self.send(given | (receiver if name in words.MAPPING else NOTHING), call.line, name)
            self._hold(call, given, scope)
            return NOTHING
        if name in words.TAKING and run.queue:
            return run.queue
        if name in words.NOT_CONTENT_CALLS and not (name in words.AMBIGUOUS and handed is not None):
            return NOTHING
        if handed is not None and name in words.MAPPING:
            return handed
        if name in words.NARROWING and isinstance(call.func, ir.Attr):
            return receiver
        back = self._stores(call, name, receiver, given, scope)
        if back is not None:
            return back | (handed or NOTHING)
        self._into_receiver(call, name, given, receiver, scope)
        marks = receiver | given | (handed or NOTHING)
        if generated(marks) and any(not m.passed for m in marks) and not run.labelling:
            if self._unseen(call, name, scope):
                if discarded:
                    self.lose(given, call.line, "dynamic")
                return self.doubt(marks, call.line)
            if discarded and words.HANDING.search(name) and given and not self._kept_here(call, name):
                self.lose(given, call.line, f"handed:{name}")
        return marks

    def _kept_here(self, call: ir.Call, name: str) -> bool:
        """Say whether a call puts what it is given into a collection of this program (``log.push(x)``)."""
        if name not in words.KEEPING or not isinstance(call.func, ir.Attr):
            return False
        base = call.func.base.id if isinstance(call.func.base, ir.Name) else ""
        source = self.read.get(base) or self.run_.program.constants(self.node.file).get(base)
        return source is not None and keeping.local(source)

    def _unseen(self, call: ir.Call, name: str, scope: Scope) -> bool:
        """Say whether nobody can tell what a call runs, so that it may be the hook."""
        if (self.node.file, call.id) in self.run_.program.external:
            return False
        match call.func:
            case ir.Name(id=named):
                return named in scope or named in self.run_.hook_names or named in self.around
            case ir.Attr():
                return name in self.run_.hook_names
            case ir.Index() | ir.Call():
                return True
        return False

    def _written_into(self, call: ir.Call, marks: Marks, scope: Scope) -> None:
        for argument in call.args:
            target = path(argument.value)
            if target is not None and target in scope:
                scope[target] = scope[target] | marks

    def _hold(self, call: ir.Call, given: Marks, scope: Scope) -> None:
        """``response.write(x)``: a response that is handed on later holds it as well."""
        if isinstance(call.func, ir.Attr) and isinstance(call.func.base, ir.Name) and call.func.base.id in self.made:
            self.mutate(call.func.base, given, scope)

    def _into_receiver(self, call: ir.Call, name: str, given: Marks, receiver: Marks, scope: Scope) -> None:
        """``list.append(x)``, ``builder.content(x)``: the receiver carries it from now on."""
        if not isinstance(call.func, ir.Attr):
            return
        base = root(call.func.base)
        if self.run_.labelling and generated(receiver) and not generated(given) and call.args and name not in words.VIEWS and base in scope:
            scope[base] = passed(scope[base])  # response.headers.set("X-AI", "1"), inside a hook
            scope.forget_below(base)
            return
        if not given:
            return
        if base in scope and all_passed(given) and sets_what_it_got(call):
            scope[base] = passed(scope[base])  # reply.setText(mark(reply.getText()))
            scope.forget_below(base)
            self.replaced.add(base)
        elif base in scope and not is_self(call.func.base, self.node):
            if path(call.func.base) is not None or name in words.FILLING:
                scope[base] = scope[base] | given
                if base in self.shaped:
                    self.shaped[base] |= given
                self.sources[base] = self.sources.get(base, frozenset()) | {p for a in call.args for p in paths_in(a.value)}
        elif name in words.KEEPING:
            target = call.func.base
            while isinstance(target, (ir.Call, ir.Index)):
                target = target.func if isinstance(target, ir.Call) else target.base
            if isinstance(target, ir.Attr) and is_self(target.base, self.node):
                self.keep(f".{self.node.owner}.{target.name}", given)
            elif base and base not in ("self", "this"):
                self.keep(f"={base}", given)

    def _stores(self, call: ir.Call, name: str, receiver: Marks, given: Marks, scope: Scope) -> Marks | None:
        """Tables and collections: what is written comes back where the same one is read."""
        run = self.run_
        marks = receiver | given
        by_statement = run.program.once("sql", call, lambda: keeping.writes_sql(call))
        writes = (by_statement is True) or (by_statement is None and name in words.STORE_WRITES)
        if writes and generated(marks):
            for store in self.stores_of(call):
                self.keep(f"#{store}", marks)
            return None
        reads = (by_statement is False) or (by_statement is None and (name in words.STORE_READS or bool(words.LOOKS_UP.search(name))))
        if not reads:
            return None
        content = frozenset(m for m in marks if m.origin != INPUT)
        held = union(run.held(f"#{store}") for store in self.stores_of(call))
        if held:
            content |= stored(held)
            base = root(call.func)
            if base in scope:
                scope[base] = scope[base] | stored(held)
            for argument in call.args:
                target = path(argument.value)
                if target is not None and target in self.made and target in scope:
                    scope[target] = scope[target] | stored(held)
        if held or (name in words.STORE_READS and words.LOOKS_UP.search(name)):
            return content | frozenset(m for m in receiver if m.origin == INPUT)
        return None

    def stores_of(self, call: ir.Call) -> frozenset[str]:
        """Return the stores a call is about: by the names in it, and by the path or file that a variable holds."""
        base = root(call.func)
        named = {base, *(root(a.value) for a in call.args)}
        held = [self.folders[n] for n in named if n in self.folders]
        found = keeping.store_names(call, self.made).union(*held)
        if self.node.owner and (base in ("self", "this") or isinstance(call.func, ir.Name)):
            found |= frozenset(keeping.plain(self.node.owner.rpartition(".")[2]))
        elif base in self.read and keeping.local(self.read[base]):
            found -= frozenset(keeping.plain(base))
        return found

    def _hands_to_stream(self, call: ir.Call, name: str) -> bool:
        """``callback(null, chunk)``, ``this.push(chunk)`` inside a transformer of a stream."""
        if isinstance(call.func, ir.Name):
            return name in ("callback", "cb", "done", "next") and any(p.name == name for p in self.node.code.params)
        return name == "push" and isinstance(call.func, ir.Attr) and isinstance(call.func.base, ir.Name) and call.func.base.id == "this"

    def _sends_itself(self, call: ir.Call, name: str, receiver: Marks) -> bool:
        """Say whether a call sends what it is called on: a message object, a stream of the SDK."""
        if name in words.SENDING_ITSELF:
            return True
        if call.args or name not in ("send", "update", "reply") or not generated(receiver) or not isinstance(call.func, ir.Attr):
            return False
        base = call.func.base
        made = last(base.func) if isinstance(base, ir.Call) else self.made.get(path(base) or "", "")
        return words.MESSAGES.search(made) is not None

    def sends(self, call: ir.Call, name: str) -> bool:
        """Say whether a call sends its arguments to the client."""
        if self.run_.program.once("own output", call, lambda: _own_output(call)):
            return False
        if name in words.SENDING or words.SHOWN_BY.search(self.run_.program.external.get((self.node.file, call.id), "")):
            return True
        if isinstance(call.func, ir.Name):
            if name in words.ANSWERING and self.entry and any(p.name == name for p in self.node.code.params):
                return True
            return self._calls_the_replaced(call.func.id)
        if not isinstance(call.func, ir.Attr):
            return False
        receiver = call.func.base
        if name in ("call", "apply") and isinstance(receiver, ir.Name) and self._calls_the_replaced(receiver.id):
            return True
        if self.python and name in words.SHOWING and call.args and words.PAGE.search(last(receiver) or root(receiver)):
            return True
        if name not in words.SENDING_BY_RECEIVER or not call.args:
            return False
        if isinstance(receiver, ir.Call) and self.writes_to_response(receiver):
            return True
        if isinstance(receiver, ir.Name) and receiver.id in self.writers:
            return True
        while isinstance(receiver, ir.Call):  # res.status(200).json(x)
            receiver = receiver.func.base if isinstance(receiver.func, ir.Attr) else receiver.func
        named = last(receiver)
        if isinstance(receiver, ir.Name) and words.CONSTRUCTING.search(named):
            return False  # Response.json(x), ResponseEntity.body(x): made here, sent where it is returned
        return bool(words.RECEIVER.search(named))

    def _calls_the_replaced(self, name: str) -> bool:
        """Inside a function that replaced ``res.json``, a variable of the function around it holds the original."""
        if self.node.code.name not in words.SENDING_BY_RECEIVER or name not in self.around:
            return name == "send" and self.inner is not None
        for outer in list(self.run_.program.outer(self.node.id))[1:]:
            for part in parts(outer.code.body):
                if (
                    isinstance(part, ir.Assign)
                    and part.value is not None
                    and any(isinstance(t, ir.Name) and t.id == name for t in part.targets)
                ):
                    return any(isinstance(p, ir.Attr) and p.name in words.SENDING_BY_RECEIVER for p in parts((part.value,)))
        return bool(words.ORIGINAL.search(name))


def _own_output(call: ir.Call) -> bool:
    """Say whether a call writes for whoever runs the process."""
    return any(words.OWN_OUTPUT.search(dotted(e)) for e in (call.func, *(a.value for a in call.args[:1])))
