"""Annotations of Java classes and methods, with composed annotations taken apart.

``@Admin("/x")`` whose own declaration carries ``@RequestMapping`` gives both: itself, and a RequestMapping whose attributes are those that
``@AliasFor`` hands on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, last_name
from genai_policy.read.link.values import ClassVal, Ext

_DEPTH = 4

Given = tuple[ir.Expr, Fn]
"""An attribute's value and the function whose names it uses."""


class Applied(NamedTuple):
    """One annotation in effect. ``path`` is its dotted name (its simple name when nothing imports it); ``line`` is where it is written."""

    path: str
    args: Mapping[str, Given]
    line: int
    file: str

    @property
    def name(self) -> str:
        """The simple name."""
        return self.path.rpartition(".")[2]


def applied(inference: Inference, decorators: Iterable[ir.Expr], scope: Fn, depth: int = 0) -> Iterator[Applied]:
    """Yield the annotations that ``decorators`` stand for, the written ones first, then what they are composed of."""
    for decorator in decorators:
        head = decorator.func if isinstance(decorator, ir.Call) else decorator
        given = decorator.args if isinstance(decorator, ir.Call) else ()
        args = {arg.name or "value": (arg.value, scope) for arg in given}
        values = inference.types.static(head, scope)
        line, file = decorator.line, scope.file.path
        if not values:
            yield Applied(last_name(head), args, line, file)
        for value in values:
            if isinstance(value, Ext):
                yield Applied(value.path, args, line, file)
            elif isinstance(value, ClassVal) and depth < _DEPTH:
                yield from _composed(inference, inference.program.cls((value.file, value.index)), args, line, file, depth)


def _composed(inference: Inference, cls: Cls, args: Mapping[str, Given], line: int, file: str, depth: int) -> Iterator[Applied]:
    scope = cls.scope or cls.file.functions[0]
    yield Applied(f"{cls.file.ir.package}.{cls.code.qualname}", args, line, file)
    for inner in applied(inference, cls.code.decorators, scope, depth + 1):
        merged = dict(inner.args)
        for field in cls.code.fields:
            for target in _aliases(field, inner.name):
                if field.name in args:
                    merged[target] = args[field.name]
                elif field.value is not None and not _nothing(field.value):
                    merged.setdefault(target, (field.value, scope))
        yield Applied(inner.path, merged, line, file)


def _aliases(field: ir.Field, annotation: str) -> list[str]:
    """Attributes of ``annotation`` that a member of a composed annotation stands for."""
    found = []
    for decorator in field.decorators:
        if isinstance(decorator, ir.Call) and last_name(decorator.func) == "AliasFor":
            given = {arg.name or "value": arg.value for arg in decorator.args}
            if last_name(given.get("annotation", ir.Unknown(1))) == annotation:
                target = given.get("attribute", given.get("value"))
                found.append(str(target.value) if isinstance(target, ir.Literal) else field.name)
    return found


def _nothing(value: ir.Expr) -> bool:
    return (isinstance(value, ir.Group) and not value.items) or (isinstance(value, ir.Literal) and value.value == "")


def of_class(inference: Inference, cls: Cls) -> list[Applied]:
    """The annotations of a class."""
    return list(applied(inference, cls.code.decorators, cls.scope or cls.file.functions[0]))


def of_function(inference: Inference, fn: Fn) -> list[Applied]:
    """The annotations of a method."""
    return list(applied(inference, fn.code.decorators, fn.parent or fn))


def texts(inference: Inference, given: Given | None) -> list[str]:
    """The texts of an attribute: one, or several in braces."""
    if given is None:
        return []
    expr, scope = given
    parts = [item.value for item in expr.items] if isinstance(expr, ir.Group) else [expr]
    found: list[str] = []
    for part in parts:
        found.extend(inference.texts(part, scope))
    return found


def names(given: Given | None) -> list[str]:
    """The last names of an attribute's constants: ``RequestMethod.POST`` gives ``POST``."""
    if given is None:
        return []
    expr = given[0]
    parts = [item.value for item in expr.items] if isinstance(expr, ir.Group) else [expr]
    return [name for part in parts if (name := last_name(part))]
