"""Generation sites: calls (and method references) whose resolved name is a generating member of an SDK in the catalogue."""

from __future__ import annotations

import re

from genai_policy.model import ir
from genai_policy.model.code import Certainty, Site
from genai_policy.read.catalogue import Catalogue, Match
from genai_policy.read.link.imports import ImportReach
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Fn, argument
from genai_policy.read.link.values import ClassVal, Ext, FnVal, Inst, Obj, Value, plain


def find_sites(inference: Inference, imports: ImportReach) -> list[Site]:
    """All SDK sites of the program, in file and line order."""
    finder = _Finder(inference, imports)
    found: dict[tuple[str, int, int], Site] = {}
    known = inference.catalogue.generates_member
    aliases = {local for name, locals_ in inference.program.aliases.items() if known(name) for local in locals_}
    for name in sorted(inference.program.calls):
        if known(name) or name in aliases:
            for fn, call in inference.program.calls[name]:
                finder.call(fn, call, found)
    for name in sorted(inference.program.calls):
        finder.instances(name, found)
    finder.references(found)
    return sorted(found.values())


class _Finder:
    def __init__(self, inference: Inference, imports: ImportReach) -> None:
        self.on = inference
        self.catalogue: Catalogue = inference.catalogue
        self.imports = imports

    def call(self, fn: Fn, call: ir.Call, found: dict[tuple[str, int, int], Site]) -> None:
        """Note ``call`` when it generates."""
        values = self.on.callees(fn, call)
        match, path = self._match(values)
        certainty: Certainty = "certain"
        if match is None:
            match, path = self._own_model(values, fn)
            if match is not None:
                self._note(fn, call, call.line, call.id, match, path, "possible", found)
                return
        if match is None and not any(isinstance(v, FnVal | ClassVal | Inst) for v in values):
            chain = _chain(call.func)
            match = self.catalogue.distinctive(chain)
            path, certainty = chain, "possible"
        if match is None or match.ignored or not self._tasked(match, call.func, fn):
            return
        if any(isinstance(v, FnVal) for v in values):
            certainty = "possible"
        self._note(fn, call, call.line, call.id, match, path, certainty, found)

    def instances(self, name: str, found: dict[tuple[str, int, int], Site]) -> None:
        """Calls of an external instance itself (``pipe(prompt)``): looked at where a name is bound to one."""
        if not self.catalogue.generates_member("__call__"):
            return
        for fn, call in self.on.program.calls[name]:
            if fn.file.ir.language != "python" or not self._sdk_in_reach(fn):
                continue  # elsewhere an instance cannot be called
            if (fn.file.path, call.line, call.id) in found or self._declared(call.func, fn):
                continue
            for value in self.on.callees(fn, call):
                path = f"{value.path}.__call__" if isinstance(value, Ext) and value.path.endswith("()") else ""
                if isinstance(value, Obj):
                    path = f"{value.path}().__call__"
                if isinstance(value, Inst) and not self.on.types.find_method(self.on.program.cls((value.file, value.index)), "__call__"):
                    outside = self.on.types.ancestors_outside(self.on.program.cls((value.file, value.index)))
                    path = next((f"{one}().__call__" for one in outside if self.catalogue.call(f"{one}().__call__")), "")
                match = self.catalogue.call(path) if path else None
                if match is not None and not match.ignored and self._tasked(match, call.func, fn):
                    self._note(fn, call, call.line, call.id, match, path, "certain", found)
                    break

    def references(self, found: dict[tuple[str, int, int], Site]) -> None:
        """Generating methods handed to something that calls them (``Thread(target=model.generate)``)."""
        program = self.on.program
        for path in program.files:
            for fn in program.files[path].functions:
                for call in fn.calls:
                    for arg in call.args:
                        value = arg.value
                        if isinstance(value, ir.Attr) and self.catalogue.generates_member(value.name):
                            self._reference(fn, call, value, found)

    def _reference(self, fn: Fn, call: ir.Call, expr: ir.Attr, found: dict[tuple[str, int, int], Site]) -> None:
        match, path = self._match(self.on.values(expr, fn))
        if match is not None and not match.ignored and _method_like(expr.name):
            self._note(fn, call, expr.line, call.id, match, path, "certain", found)

    def _match(self, values: list[Value]) -> tuple[Match | None, str]:
        best: tuple[Match | None, str] = (None, "")
        for value in values:
            if isinstance(value, Ext):
                match = self.catalogue.call(value.path)
                if match is not None and (best[0] is None or (best[0].ignored and not match.ignored)):
                    best = (match, value.path)
        return best

    def _own_model(self, values: list[Value], fn: Fn) -> tuple[Match | None, str]:
        """A method that a model class of the project defines itself, called from outside of such classes."""
        for value in values:
            method = self.on.program.fn((value.file, value.index)) if isinstance(value, FnVal) else None
            owner = self.on.owner(method) if method is not None else None
            for base in self.on.types.ancestors_outside(owner) if method is not None and owner is not None else ():
                match = self.catalogue.call(f"{base}().{method.code.name}") if method is not None else None
                if match is not None and match.own and not match.ignored and not self._within_model(fn, match.provider):
                    return match, f"{owner.code.name if owner is not None else base}.{method.code.name if method is not None else ''}"
        return None, ""

    def _within_model(self, fn: Fn, provider: str) -> bool:
        """Whether a function belongs to a model class: what models do among themselves is one site."""
        owner = self.on.owner(fn)
        bases = self.on.types.ancestors_outside(owner) if owner is not None else ()
        return any((found := self.catalogue.call(f"{base}().generate")) is not None and found.provider == provider for base in bases)

    def _note(
        self,
        fn: Fn,
        call: ir.Call,
        line: int,
        number: int,
        match: Match,
        path: str,
        certainty: Certainty,
        found: dict[tuple[str, int, int], Site],
    ) -> None:
        provider = match.provider
        if provider == "openai":
            provider = self._vendor(fn, call) or provider
        key = (fn.file.path, line, number)
        if key not in found:
            found[key] = Site(fn.file.path, line, plain(path).removesuffix(".__call__"), provider, match.modality, fn.id, number, certainty)

    def _tasked(self, match: Match, func: ir.Expr, fn: Fn) -> bool:
        """Whether the task its maker was given, if the SDK takes one, is a generating one."""
        if not match.task:
            return True
        pattern = re.compile(match.task)
        for call, scope in makers(self.on, func, fn):
            expr = argument(call, 0, "task", "pipeline_name")
            if expr is not None and not any(pattern.search(text) for text in (_words(expr) or self.on.texts(expr, scope))):
                return False
        return True

    def _vendor(self, fn: Fn, call: ir.Call) -> str:
        """The vendor an OpenAI-compatible client talks to, by the base URL it was made with."""
        expr: ir.Expr = call.func
        for _ in range(8):
            if isinstance(expr, ir.Attr):
                expr = expr.base
            elif isinstance(expr, ir.Call):
                base = argument(expr, -1, "base_url", "api_base", "baseURL")
                if base is not None:
                    for text in self.on.texts(base, fn):
                        vendor = self.catalogue.vendor(text)
                        if vendor:
                            return vendor
                expr = expr.func
            elif isinstance(expr, ir.Name):
                maker = self._maker(expr, fn)
                if maker is None:
                    return ""
                fn, expr = maker
            else:
                return ""
        return ""

    def _maker(self, name: ir.Name, fn: Fn) -> tuple[Fn, ir.Expr] | None:
        for scope in self.on.types.scopes(fn):
            for binding in scope.bindings.get(name.id, ()):
                if binding.kind == "value" and isinstance(binding.node, ir.Call):
                    return (binding.scope or scope), binding.node
        return None

    def _declared(self, func: ir.Expr, fn: Fn) -> bool:
        """Whether a callee is plainly a function, a class or a builtin."""
        found = self.on.types.static(func, fn) if isinstance(func, ir.Name) else ()
        builtin = [isinstance(v, Ext) and v.path.startswith("builtins.") for v in found]
        return bool(found) and all(isinstance(v, FnVal | ClassVal) or known for v, known in zip(found, builtin, strict=True))

    def _sdk_in_reach(self, fn: Fn) -> bool:
        """Whether the file, or one it imports from the tree, imports an SDK whose models are called themselves."""
        return self.imports.reaches(fn.file.path, self.catalogue.callable)


def makers(inference: Inference, expr: ir.Expr, fn: Fn, depth: int = 0) -> list[tuple[ir.Call, Fn]]:
    """Calls that made the external object ``expr`` stands for, through variables and fields."""
    if isinstance(expr, ir.Call):
        return [(expr, fn)]
    if depth > 4:
        return []
    found: list[tuple[ir.Call, Fn]] = []
    if isinstance(expr, ir.Name):
        for scope in inference.types.scopes(fn):
            if expr.id in scope.bindings:
                for binding in scope.bindings[expr.id]:
                    if binding.kind == "value" and not binding.path:
                        found.extend(makers(inference, binding.node, binding.scope or scope, depth + 1))
                break
    elif isinstance(expr, ir.Attr):
        own = inference.owner(fn)
        for at, _, value, _ in inference.program.attr_stores.get(expr.name, ()):
            owner = inference.owner(at)
            if value is not None and own is not None and owner is not None and inference.types.related(own.key, owner.key):
                found.extend(makers(inference, value, at, depth + 1))
    return found[:8]


def _words(expr: ir.Expr) -> list[str]:
    """A task written as a constant of the SDK (``Tasks.text_generation``)."""
    return [expr.name] if isinstance(expr, ir.Attr) else []


def _chain(expr: ir.Expr) -> str:
    """The written member chain: ``chat.completions.create`` for ``x.y.chat.completions.create``; calls inside are looked through."""
    parts: list[str] = []
    while True:
        if isinstance(expr, ir.Attr):
            parts.append(expr.name)
            expr = expr.base
        elif isinstance(expr, ir.Call):
            expr = expr.func
        else:
            break
    return ".".join(reversed(parts))


def _method_like(name: str) -> bool:
    return not name[:1].isupper()
