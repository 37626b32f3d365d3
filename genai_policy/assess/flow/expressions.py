"""What expressions carry."""

from __future__ import annotations

from collections.abc import Mapping

from genai_policy.assess.constants import truth
from genai_policy.assess.flow import knowing
from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.frame import Frame
from genai_policy.assess.flow.reading import empty_when, is_self, path, says_fine
from genai_policy.assess.flow.replacing import overrides
from genai_policy.assess.flow.values import INPUT, NOTHING, Mark, Marks, Scope, generated, passed, stored, union
from genai_policy.assess.walk import parts
from genai_policy.model import ir

#: Whatever the answer, the check was asked.
BOTH = frozenset((True, False))


def both_sides(asked: Mapping[str, frozenset[bool]]) -> frozenset[str]:
    """Return the paths that a check was asked about whatever the answer is."""
    return frozenset(name for name, sides in asked.items() if sides == BOTH)


class Expressions(Frame):
    """Names, members, operators; calls are left to the subclass."""

    def value(self, expr: ir.Expr | None, scope: Scope, *, discarded: bool = False) -> Marks:
        """Return what an expression carries."""
        match expr:
            case None | ir.Literal():
                return NOTHING
            case ir.Name(id=name):
                return self.variable(name, scope)
            case ir.Attr():
                return self.attribute(expr, scope)
            case ir.Call():
                return self.invocation(expr, scope, discarded=discarded)
            case ir.Index(base=base, key=index):
                self.value(index, scope)
                found = path(expr)
                if found is not None and found in scope:
                    return scope[found]
                if isinstance(index, ir.Literal) and index.value in words.NOT_CONTENT_ATTRIBUTES:
                    return frozenset(m for m in self.value(base, scope) if m.origin == INPUT)
                return self.value(base, scope)
            case ir.Template(parts=pieces):
                return self.labelled(pieces, union([self.value(p, scope) for p in pieces]))
            case ir.Unknown(parts=pieces):
                return union([self.value(p, scope) for p in pieces])
            case ir.Group(items=items):
                if any(i.spread for i in items):
                    return self.spread(expr, scope)
                return self.labelled([i.value for i in items if not i.spread], union([self.value(i.value, scope) for i in items]))
            case ir.Closure(function=function):
                self.capture(function, scope)
                return NOTHING
            case ir.Op():
                return self.operation(expr, scope, discarded=discarded)

    def spread(self, group: ir.Group, scope: Scope) -> Marks:
        """``{...r, text: mark(r.text)}``: what is spread, unless the part that carried the content is replaced."""
        values = {n: self.value(i.value, scope) for n, i in enumerate(group.items)}
        spread = {path(i.value) or "": values[n] for n, i in enumerate(group.items) if i.spread}
        marks = union(values.values())
        if overrides(group, spread, values, self.read):
            return passed(marks)
        return self.labelled([i.value for i in group.items if not i.spread], marks)

    def labelled(self, pieces: tuple[ir.Expr, ...] | list[ir.Expr], marks: Marks) -> Marks:
        """Inside a hook that wraps others, content put beside a constant is content that was marked."""
        if self.run_.labelling and generated(marks) and any(self._constant(p) for p in pieces):
            return passed(marks)
        return marks

    def _constant(self, piece: ir.Expr) -> bool:
        if isinstance(piece, ir.Literal):
            return bool(piece.value) and str(piece.value).strip() not in ("", "data:", "\\n")
        if isinstance(piece, ir.Call) and isinstance(piece.func, ir.Attr):  # "…".encode()
            return self._constant(piece.func.base) and all(isinstance(a.value, ir.Literal) for a in piece.args)
        return isinstance(piece, ir.Name) and (piece.id.isupper() or piece.id in self.run_.program.constants(self.node.file))

    def variable(self, name: str, scope: Scope) -> Marks:
        """Return what a variable carries: of this function, of those around it, of the module."""
        if name in scope:
            return scope[name]
        if name in words.REQUESTS:
            return frozenset({Mark(INPUT, scope.guarded)})
        if "*each*" in scope:  # a comprehension's own variable stands for its iterables
            return scope["*each*"]
        held = self.run_.held(f"={name}")
        if held:
            return stored(held)
        if self.node.owner and not self.python:  # Java and the like name fields without a receiver
            return self.run_.held(f".{self.node.owner}.{name}")
        return NOTHING

    def attribute(self, expr: ir.Attr, scope: Scope) -> Marks:
        """Return what a member carries."""
        found = path(expr)
        if found is not None and found in scope:
            return scope[found]
        if self.parted and found is not None and found.startswith(f"{self.context()}.body."):
            return NOTHING
        if is_self(expr.base, self.node):
            carried = scope.get(expr.base.id, NOTHING) if isinstance(expr.base, ir.Name) else NOTHING
            if generated(carried):  # this object is known to carry content: what others of its class carry does not matter
                return carried
            return self.run_.held(f".{self.node.owner}.{expr.name}") or self._field(expr.name)
        base = self.value(expr.base, scope)
        if expr.name in words.NOT_CONTENT_ATTRIBUTES:
            return frozenset(m for m in base if m.origin == INPUT and not words.NOT_WORDS.search(expr.name))
        if words.NOT_WORDS.search(expr.name):
            return frozenset(m for m in base if m.origin != INPUT)
        return base if base else self._field(expr.name)

    def _field(self, name: str) -> Marks:
        """Return what fields of that name carry, of whatever class."""
        return self.run_.field(name)

    def operation(self, expr: ir.Op, scope: Scope, *, discarded: bool) -> Marks:
        """Return what an operator's result carries."""
        op, operands = expr.op, expr.operands
        if op in ("yield", "yield-from"):
            marks = union([self.value(o, scope) for o in operands])
            self.leave(marks, expr.line, "yield")
            self.ends.append(scope.fork())
            return NOTHING
        if op in ("await", "go", "defer"):
            return union([self.value(o, scope, discarded=discarded) for o in operands])
        if op == "if" and len(operands) == 3:
            return self.conditional(operands, scope)
        if op in ("or", "and") and len(operands) == 2:
            return self.either(op, operands, scope, discarded=discarded)
        if op == "comprehension" and operands:
            return self.comprehension(operands, scope)
        if op in ("walrus", "=") and len(operands) == 2:
            marks = self.value(operands[1], scope)
            self.assign(operands[0], marks, scope, operands[1])
            return marks
        if op == "send" and len(operands) == 2:
            self.mutate(operands[0], self.value(operands[1], scope), scope)
            return NOTHING
        if op in ("not", "!") and len(operands) == 1:
            before, self.pending = self.pending, {}
            self.value(operands[0], scope)
            self.pending = {**before, **{name: frozenset(not side for side in sides) for name, sides in self.pending.items()}}
            return NOTHING
        marks = union([self.value(o, scope) for o in operands])
        if op in words.COMPARISONS:
            return NOTHING
        return self.labelled(operands, marks) if op == "+" else marks

    def comprehension(self, operands: tuple[ir.Expr, ...], scope: Scope) -> Marks:
        """Return what the elements carry."""
        inside = scope.fork()
        each: list[Marks] = []
        elements: dict[str, str] = {}
        for clause in operands[1:]:
            if isinstance(clause, ir.Op) and clause.op == "for" and len(clause.operands) > 1:
                target, iterable, *conditions = clause.operands
                marks = self.value(iterable, inside)
                self.assign(target, marks, inside, iterable)
                each.append(marks)
                whole = path(iterable)
                if isinstance(target, ir.Name) and whole is not None:
                    elements[target.id] = whole
                before, self.pending = self.pending, {}
                for condition in conditions:  # [x for x in xs if check(x)]: what fails the check is left out
                    self.value(condition, inside)
                for asked in both_sides(self.pending):
                    self.clean(asked, inside)
                self.pending = before
            else:
                each.append(self.value(clause, inside))
        inside["*each*"] = union(each)
        outside, self.pending = self.pending, {}
        marks = self.value(operands[0], inside)
        found, self.pending = self.pending, outside
        for name, sides in found.items():  # any(check(m.text) for m in messages): it is the messages that are asked about
            self.pending[elements.get(name.partition(".")[0], name)] = sides
        return marks

    def either(self, op: str, operands: tuple[ir.Expr, ...], scope: Scope, *, discarded: bool) -> Marks:
        """``a or b``, ``a and b``: the second runs only where the first lets it."""
        marks = self.value(operands[0], scope)
        known = self.truth(operands[0])
        if known is not None and known == (op == "or"):
            return marks
        second = scope.fork()
        for name in empty_when(operands[0], truth=op == "and"):
            if name in second:
                second[name] = NOTHING
        before, self.pending = self.pending, {}
        marks |= self.value(operands[1], second, discarded=discarded)
        asked, self.pending = self.pending, before
        nothing = empty_when(operands[0], truth=op == "or")  # x and check(x): without x there is nothing to ask about
        for name, sides in asked.items():
            self.pending[name] = sides if name in nothing else sides & {op == "and"}
        if second.ended:
            return marks
        scope.join(scope.fork(), second)
        return marks

    def conditional(self, operands: tuple[ir.Expr, ...], scope: Scope) -> Marks:
        """``yes if test else no``."""
        test, yes, no = operands
        asked = self.ask(test, scope)
        known = self.truth(test)
        when, otherwise = scope.fork(), scope.fork()
        for side, truth_ in ((when, True), (otherwise, False)):
            for name in empty_when(test, truth=truth_):
                self.empty(name, side)
            for name, sides in asked.items():
                if truth_ in sides:
                    self.clean(name, side)
        first = self.value(yes, when) if known is not False else NOTHING
        second = self.value(no, otherwise) if known is not True else NOTHING
        if asked and first and second:  # the check changes nothing
            return self.value(yes, scope.fork()) | self.value(no, scope.fork())
        return first | second

    def ask(self, test: ir.Expr, scope: Scope) -> Mapping[str, frozenset[bool]]:
        """Evaluate a test; return the paths that a check in it was asked about, with the answers of the test that show it."""
        before, self.pending = self.pending, {}
        self.value(test, scope)
        if scope.verdicts:
            for part in parts((test,)):
                if isinstance(part, ir.Name):
                    self.pending.update((name, BOTH) for name in scope.verdicts.get(part.id, ()))
        asked, self.pending = self.pending, before
        fine = says_fine(test) if asked else None
        if fine is None:
            return asked
        return {name: frozenset((fine,)) if sides == BOTH else sides for name, sides in asked.items()}

    def truth(self, test: ir.Expr) -> bool | None:
        """Return the answer of a test that can only have one: constants of the code, not flags of the environment."""
        if self.wrapping:
            found = knowing.answer(test, self.run_.route_path, self.run_.events.kinds)
            if found is not None:
                return found
        known = truth(test, self.run_.program.constants(self.node.file))
        if known is None or (known.flag and not self._fixed(known.flag)):
            return None
        if any(isinstance(p, ir.Name) and (p.id in self.rebound or p.id in self.own_names) for p in parts((test,))):
            return None
        return bool(known.value)

    def _fixed(self, flag: str) -> bool:
        return isinstance(self.run_.program.constants(self.node.file).get(flag), ir.Literal)

    @property
    def own_names(self) -> frozenset[str]:
        """Names of parameters and captured variables, which hide the module's."""
        if self._own_names is None:
            given = {p.name for f in self.inside for p in self.run_.program.functions[f].code.params}
            self._own_names = frozenset(given) | frozenset(self.around)
        return self._own_names

    _own_names: frozenset[str] | None = None

    def invocation(self, call: ir.Call, scope: Scope, *, discarded: bool) -> Marks:
        """Return what a call's result carries."""
        raise NotImplementedError
