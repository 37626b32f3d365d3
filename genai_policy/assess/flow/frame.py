"""One function being interpreted: what leaves it, and how values are bound to variables and parts of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.events import Summary, content
from genai_policy.assess.flow.keeping import folders_in
from genai_policy.assess.flow.reading import is_self, key, last, path, paths_in, root
from genai_policy.assess.flow.replacing import all_passed, replaces
from genai_policy.assess.flow.run import Inner, Interpreter
from genai_policy.assess.flow.values import INPUT, NO_NAMES, NOTHING, Marks, Scope, doubted, generated, passed, union
from genai_policy.model import ir
from genai_policy.model.code import FunctionId, FunctionNode, Place

_NO_CONTENT = re.compile(r"^(?:err|error|e|ex|ok|exists|found|status|code|_)$")


class Frame:
    """State of one function's interpretation. The subclasses add expressions, calls and statements."""

    def __init__(self, run: Interpreter, node: FunctionNode, depth: int, entry: bool) -> None:
        self.run_, self.node, self.depth, self.entry = run, node, depth, entry
        self.result: Marks = NOTHING
        self.ends: list[Scope] = []
        self.loops: list[list[Scope]] = []
        self.tries: list[list[Scope]] = []
        self.pending: dict[str, frozenset[bool]] = {}
        """Paths that the expression being evaluated asked a check about, and the answers of the expression that show that it was asked."""
        self.verdict: set[str] = set()
        self.sources: dict[str, frozenset[str]] = {}
        """What a variable was made from, whole: a check of one is a check of the other."""
        self.read: dict[str, ir.Expr] = {}
        """What a variable was made from."""
        self.made: dict[str, str] = {}
        """Variable -> class it was made of."""
        self.rebound: set[str] = set()
        self.transformers: dict[str, ir.Call] = {}
        """Variables that hold a stream transformer, and what made them."""
        self.writers: set[str] = set()
        """Variables that write to a response (``json.NewEncoder(w)``)."""
        self.folders: dict[str, frozenset[str]] = {}
        """Variables that hold a path or an open file, and the folder it is in."""
        self.replaced: set[str] = set()
        """Variables of which the part that carried the content was replaced."""
        self.shaped: dict[str, Marks] = {}
        """Variables made of a literal collection: their parts are all that they carry, save for what was put in without a key."""
        self.captured_here: set[FunctionId] = set()
        self.parted = False
        """Whether the parts of the answer's body are known apart."""
        self.inside = [n.id for n in run.program.outer(node.id)]
        self.inner: Inner | None = next((run.inner[f] for f in self.inside if f in run.inner), None)
        self.wrapping = (self.inner is not None and self.inner.handler) or node.id in run.after
        around = run.captured.get(node.id)
        self.around: Mapping[str, Marks] = dict(around) if around is not None else {}
        self.python = node.file.endswith(".py")

    # ---- leaving -------------------------------------------------------------------------------------------------------------

    def leave(self, marks: Marks, line: int, how: str) -> None:
        """Content goes to the caller; from an entry, to the world."""
        self.result |= marks
        if self.entry:
            self.send(marks, line, how)

    def send(self, marks: Marks, line: int, how: str) -> None:
        """Content goes to the client, or to whoever collects it on the way."""
        run = self.run_
        if run.collectors and how not in ("return", "yield"):
            run.collectors[-1].append(marks)
            run.events.collected |= marks
            return
        replaced = run.patches.get(how, run.patches.get("*", ())) if how not in ("return", "yield") else ()
        if replaced and generated(marks):
            patches, run.patches = run.patches, {}
            for function in replaced:
                own = run.belongs_to_hook(function)
                run.labelling += own
                run.call(function, NOTHING, [(None, marks)], self.depth + 1)
                run.labelling -= own
            run.patches = patches
            return
        left = content(marks)
        if left:
            key = (Place(self.node.file, line), how, self.node.id)
            run.events.exits[key] = run.events.exits.get(key, NOTHING) | left

    def lose(self, marks: Marks, line: int, why: str) -> None:
        """Content goes where nobody can follow it."""
        lost = frozenset(m.origin for m in marks if m.origin != INPUT and not m.passed)
        if lost:
            place = Place(self.node.file, line)
            known = self.run_.events.lost
            known[place, why] = known.get((place, why), frozenset()) | lost

    def doubt(self, marks: Marks, line: int) -> Marks:
        """Content goes through a call that may have been the hook."""
        raw = frozenset(m.origin for m in marks if not m.passed)
        if raw:
            place = Place(self.node.file, line)
            self.run_.events.doubts[place] = self.run_.events.doubts.get(place, frozenset()) | raw
        return doubted(marks)

    # ---- binding -------------------------------------------------------------------------------------------------------------

    def assign(self, target: ir.Expr, marks: Marks, scope: Scope, source: ir.Expr | None = None) -> None:
        """Bind ``marks`` to a target of an assignment, loop or parameter pattern."""
        match target:
            case ir.Name(id=name):
                scope[name] = marks
                scope.forget_below(name)
                self.rebound.add(name)
                self._note_source(name, source)
                self._note_shape(name, source, scope)
            case ir.Group(items=items):
                self._unpack(items, marks, scope, source)
            case ir.Attr(base=base, name=name):
                self.assign_part(base, name, marks, scope, source)
            case ir.Index(base=base, key=index):
                self.value(index, scope)
                self.assign_part(base, key(index), marks, scope, source)
            case ir.Op(op="ref" | "spread", operands=operands) if operands:
                self.assign(operands[0], marks, scope)
            case ir.Op(op="=" | "walrus", operands=(name, default)):
                self.assign(name, marks | self.value(default, scope), scope)
            case _:
                pass

    def _unpack(self, items: Sequence[ir.Item], marks: Marks, scope: Scope, source: ir.Expr | None) -> None:
        each = source.items if isinstance(source, ir.Group) and len(source.items) == len(items) else ()
        together = not any(i.spread for i in (*items, *each)) and bool(each)
        for position, item in enumerate(items):
            name = path(item.value) or ""
            if together and item.key is None:
                self.assign(item.value, self.value(each[position].value, scope), scope, each[position].value)
            elif _NO_CONTENT.match(name) or (item.key is not None and key(item.key) in words.NOT_CONTENT_ATTRIBUTES - {"code"}):
                self.assign(item.value, NOTHING, scope)
            else:
                self.assign(item.value, marks, scope, source)

    def _note_source(self, name: str, source: ir.Expr | None) -> None:
        """Remember what a variable was made from."""
        used, roots, whole, folder = self.run_.program.once("source", source, lambda: _read_off(source))
        self.sources[name] = frozenset(p for p in used if p.partition(".")[0] != name) if whole else NO_NAMES
        if source is not None and name not in roots:
            self.read[name] = source
        folders = [self.folders[n] for n in roots if n in self.folders] if self.folders else []
        if folder or any(folders):
            self.folders[name] = folder.union(*folders)
        if isinstance(source, ir.Call):
            self._note_made(name, source)

    def _note_made(self, name: str, source: ir.Call) -> None:
        """Remember the class a variable is of, and whether it transforms a stream or writes to a response."""
        made = last(source.func)
        if made in words.STREAM_MAKERS:
            self.transformers[name] = source
        if self.writes_to_response(source):
            self.writers.add(name)
        if made[:1].isupper():
            self.made[name] = made

    def _note_shape(self, name: str, source: ir.Expr | None, scope: Scope) -> None:
        """Know the parts of ``{"a": x, "b": y}`` apart."""
        self.shaped.pop(name, None)
        if isinstance(source, ir.Group) and source.kind == "dict" and all(isinstance(i.key, ir.Literal) for i in source.items):
            self.shaped[name] = NOTHING
            for item in source.items:
                scope[f"{name}.{key(item.key or item.value)}"] = self.value(item.value, scope)

    def writes_to_response(self, call: ir.Call) -> bool:
        """Say whether a call makes a writer around the response."""
        if not words.MAKING_WRITERS.search(last(call.func)):
            return False
        return any(
            words.RECEIVER.search(last(a.value)) or (isinstance(a.value, ir.Call) and words.RECEIVER.search(root(a.value)))
            for a in call.args
        )

    def assign_part(self, base: ir.Expr, name: str, marks: Marks, scope: Scope, source: ir.Expr | None) -> None:
        """``base.name = value`` or ``base[name] = value``: the whole carries it, and the part is known by itself."""
        field = self.own_field(base, name)
        if field:
            self.keep(field, marks)
        whole = path(base)
        if whole is None:
            return
        start = whole.partition(".")[0]
        if start not in scope and not is_self(base, self.node):  # a store that outlives the function
            self.keep(f"={start}", marks)
            return
        before = scope.get(start, NOTHING)
        target = f"{whole}.{name}"
        if self.run_.by_body and target == f"{self.context()}.body":
            self._answer_with(target, marks, scope, source, base.line)
            return
        if start in self.shaped:
            scope[target] = marks
            scope.forget_below(target)
            scope[start] = union(found for part, found in scope.items() if part.startswith(start + ".")) | self.shaped[start]
            return
        if all_passed(marks) and replaces(target, source, self.read):
            # reply.text = mark(reply.text): the part that carried the content was replaced
            scope[start] = passed(before)
            scope.forget_below(start)
            self.replaced.add(start)
        elif self.run_.labelling and generated(before) and not generated(marks):
            scope[start] = passed(before)  # response.headers["X-AI"] = "1", inside a hook
            scope.forget_below(start)
        else:
            scope[start] = before | marks
        scope[target] = marks

    def _answer_with(self, target: str, marks: Marks, scope: Scope, source: ir.Expr | None, line: int) -> None:
        """``ctx.body = …``: this is the answer now, in place of what was there. Parts of a literal are known apart."""
        place = (Place(self.node.file, line), self.node.id)
        self.run_.bodies[place] = self.run_.bodies.get(place, NOTHING) | content(marks)
        start = target.partition(".")[0]
        scope.forget_below(target)
        scope[target], scope[start] = marks, scope.get(start, NOTHING) | marks
        made = self.read.get(source.id, source) if isinstance(source, ir.Name) else source
        self.parted = isinstance(made, ir.Group) and made.kind == "dict" and not any(i.spread or i.key is None for i in made.items)
        if self.parted and isinstance(made, ir.Group):
            for item in made.items:
                scope[f"{target}.{key(item.key or item.value)}"] = self.value(item.value, scope)

    def empty(self, name: str, scope: Scope) -> None:
        """``name`` holds nothing here."""
        if name not in scope:
            return
        scope[name] = NOTHING
        scope.forget_below(name)
        body = f"{self.context()}.body"
        if self.parted and name.startswith(body + "."):
            scope[body] = union(marks for part, marks in scope.items() if part.startswith(body + "."))

    def own_field(self, base: ir.Expr, name: str = "") -> str:
        """Return the field of this object that ``base`` (with ``name`` below it) is, or is a part of, "" for anything else."""
        while isinstance(base, (ir.Attr, ir.Index)):
            if isinstance(base, ir.Attr):
                name = base.name
            base = base.base
        return f".{self.node.owner}.{name}" if is_self(base, self.node) and name else ""

    def keep(self, store: str, marks: Marks) -> None:
        """Put generated content into a store that other calls and requests read."""
        kept = content(marks)
        if kept:
            self.run_.put(store, kept)

    def mutate(self, target: ir.Expr | None, marks: Marks, scope: Scope) -> None:
        """``target`` carries ``marks`` from now on, besides what it carries already."""
        whole = path(target)
        if whole is None:
            return
        start = whole.partition(".")[0]
        if start in scope:
            scope[start] = scope[start] | marks
            if start in self.shaped:
                self.shaped[start] |= marks
            if whole != start and whole in scope:
                scope[whole] = scope[whole] | marks
        elif target is not None and self.own_field(target):
            self.keep(self.own_field(target), marks)
        else:
            self.keep(f"={start}", marks)

    def clean(self, whole: str, scope: Scope) -> None:
        """``whole`` has passed the hook, and with it what it was made from."""
        todo, seen = [whole], set[str]()
        while todo:
            name = todo.pop()
            if name in seen or len(seen) > 30:
                continue
            seen.add(name)
            start = name.partition(".")[0]
            marks = scope[name] if name in scope else self._part(name, scope)
            scope[name] = passed(marks)
            if any(m.origin == INPUT for m in marks):
                scope.guarded = True
            for part in [k for k in scope if k.startswith(name + ".")]:
                scope[part] = passed(scope[part])
            if start != name and generated(scope.get(start, NOTHING)):
                todo.append(start)
            if name not in self.rebound:
                scope.checked = scope.checked | {name}
            todo.extend(self.sources.get(name, ()))

    def _part(self, name: str, scope: Scope) -> Marks:
        return scope.whole(name)

    def capture(self, function: int, scope: Scope) -> FunctionId | None:
        """A function is defined here: it sees the variables around it."""
        name = self.run_.program.by_index.get((self.node.file, function))
        if name is not None:
            around = scope.fork()
            around.ended = False
            if name in self.captured_here and name in self.run_.captured:
                known = self.run_.captured[name].fork()
                known.ended = False
                around.join(around.fork(), known)
            self.run_.captured[name] = around
            self.captured_here.add(name)
        return name

    # ---- the end -------------------------------------------------------------------------------------------------------------

    def summary(self, given: Mapping[str, Marks]) -> Summary:
        """Return what the interpretation found."""
        ends = [e for e in self.ends if not e.ended]
        checked = frozenset.intersection(*(e.checked for e in ends)) & frozenset(given) if ends else NO_NAMES
        out: list[tuple[str, Marks]] = []
        writes: list[tuple[FunctionId, str, Marks]] = []
        for name in given:
            after = union(e.get(name, NOTHING) for e in ends) - given[name]
            if after and name not in self.rebound:
                out.append((name, after))
        outer = self.inside[1] if len(self.inside) > 1 else ""
        if outer:
            for name, before in self.around.items():
                if name in given or "." in name or (self.python and name in self.rebound and name not in self.nonlocal_names):
                    continue
                after = union(e.get(name, NOTHING) for e in ends) - before
                if after:
                    writes.append((outer, name, after))
        guarded = bool(ends) and all(e.guarded for e in ends)
        verdict = frozenset(self.verdict) & frozenset(given)
        body, parts = self._body(ends)
        return Summary(self.result, checked, verdict, tuple(out), tuple(writes), guarded, bool(ends), body, parts)

    def _body(self, ends: Sequence[Scope]) -> tuple[Marks, tuple[tuple[str, Marks], ...]]:
        """Return what the body of the answer carries at the ends, and what its parts carry where they are all known."""
        context = self.context()
        if not context:
            return NOTHING, ()
        start = f"{context}.body."
        parts: dict[str, Marks] = {}
        for scope in ends if self.parted else ():
            for name, marks in scope.items():
                if name.startswith(start):
                    parts[name[len(start) :]] = parts.get(name[len(start) :], NOTHING) | marks
        if parts:
            return content(union(parts.values())), tuple(sorted(parts.items(), key=lambda part: part[0]))
        return content(union(e[start[:-1]] if start[:-1] in e else e.get(context, NOTHING) for e in ends)), ()

    def context(self) -> str:
        """Return the parameter by which a handler answers, "" where it answers otherwise."""
        params = self.node.code.params
        return params[0].name if self.run_.by_body and params and not self.python else ""

    nonlocal_names: frozenset[str] = NO_NAMES

    def value(self, expr: ir.Expr | None, scope: Scope, *, discarded: bool = False) -> Marks:
        """Return what an expression carries."""
        raise NotImplementedError


def _read_off(source: ir.Expr | None) -> tuple[frozenset[str], frozenset[str], bool, frozenset[str]]:
    """Return the paths that an expression reads, their variables, whether it is only a view of them, and the folders it names."""
    used = frozenset(paths_in(source))
    folders = NO_NAMES
    if source is not None and words.PATHS.search(last(source.func) if isinstance(source, ir.Call) else type(source).__name__):
        folders = folders_in(source)
    return used, frozenset(p.partition(".")[0] for p in used), _whole(source), folders


def _whole(source: ir.Expr | None) -> bool:
    """Say whether a value is only a view of what it is made from: a part, a text with it inside, a trimmed copy."""
    match source:
        case ir.Name() | ir.Attr() | ir.Index() | ir.Template():
            return True
        case ir.Op(op=op, operands=operands):
            return op in ("await", "cast", "ref", "or", "+", "slice") and any(_whole(o) for o in operands)
        case ir.Call(func=ir.Attr(base=base, name=name)):
            return name in words.VIEWS and (_whole(base) or isinstance(base, ir.Literal) or base is None or isinstance(base, ir.Call))
        case ir.Call(func=ir.Name(id=name)):
            return name in words.VIEWS
    return False
