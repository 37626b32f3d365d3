"""Path prefixes Spring adds by predicate: ``configurer.addPathPrefix("/admin", c -> c.isAnnotationPresent(X.class))``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, argument, last_name
from genai_policy.read.link.routes.annotations import Applied
from genai_policy.read.link.values import HOLE, ClassVal, Ext

#: A pattern of packages: ``**.controller.admin.**``.
_PACKAGES = re.compile(r"(\*\*\.)?[\w.]+\.\*\*$")


class PathPrefix(NamedTuple):
    """A prefix and the classes it is for. ``others`` is the answer for classes about which no test says anything."""

    text: str
    annotations: frozenset[str]
    packages: tuple[str, ...]
    others: bool

    def covers(self, cls: Cls, own: Sequence[Applied]) -> bool:
        """Whether routes of ``cls``, which carries the annotations ``own``, get the prefix."""
        if any(one.path in self.annotations or one.name in self.annotations for one in own):
            return True
        package = cls.file.ir.package
        if any(_within(package, name) for name in self.packages):
            return True
        return self.others


def _within(package: str, name: str) -> bool:
    """Whether a package is ``name`` or below it; ``*`` before a name stands for any beginning."""
    return name[1:] in package + "." if name.startswith("*") else package == name or package.startswith(name + ".")


def path_prefixes(inference: Inference) -> list[PathPrefix]:
    """All prefixes added in code, in source order."""
    found = []
    for fn, call in inference.program.calls.get("addPathPrefix", ()):
        text, predicate = argument(call, 0), argument(call, 1)
        if text is None or predicate is None or fn.file.ir.language not in ("java", "kotlin"):
            continue
        for prefix in [t for t in inference.texts(text, fn) if HOLE not in t][:1]:
            found.append(_prefix(inference, prefix, predicate, fn))
    return found or _from_properties(inference)


def _from_properties(inference: Inference) -> list[PathPrefix]:
    """Prefixes that are kept as objects of prefix and package pattern: ``new Api("/admin-api", "**.controller.admin.**")``."""
    calls = inference.program.calls
    if not any(fn.file.ir.language == "java" for name in ("setPathPrefixes", "addPathPrefix") for fn, _ in calls.get(name, ())):
        return []
    found: list[PathPrefix] = []
    for cls in [cls for named in inference.program.classes_named.values() for cls in named if cls.file.ir.language == "java"]:
        for fn, call in calls.get(cls.code.name, ()):
            texts = [arg.value.value for arg in call.args if isinstance(arg.value, ir.Literal)] if call.new and len(call.args) == 2 else []
            pattern = texts[1] if len(texts) == 2 else None
            if isinstance(pattern, str) and _PACKAGES.match(pattern) and str(texts[0]).startswith("/"):
                made = inference.types.static(call.func, fn)
                if any(isinstance(v, ClassVal) and (v.file, v.index) == cls.key for v in made):
                    found.append(PathPrefix(str(texts[0]), frozenset(), ("*" + pattern.strip("*"),), False))
    return list(dict.fromkeys(found))


def _prefix(inference: Inference, text: str, predicate: ir.Expr, fn: Fn) -> PathPrefix:
    calls, scope = _calls(predicate, fn)
    annotations: set[str] = set()
    packages: list[str] = []
    for call in calls:
        name = last_name(call.func)
        if name in ("isAnnotationPresent", "forAnnotation", "annotation", "hasAnnotation", "findAnnotation", "getAnnotation"):
            for arg in call.args:
                annotations |= _class_paths(inference, arg.value, scope)
        elif name in ("forBasePackage", "basePackage", "startsWith"):
            packages += [t for arg in call.args for t in inference.texts(arg.value, scope) if HOLE not in t]
        elif name in ("forBasePackageClass", "basePackageClass"):
            packages += sorted(p.rpartition(".")[0] for arg in call.args for p in _class_paths(inference, arg.value, scope))
        elif name == "contains":
            packages += ["*" + t for arg in call.args for t in inference.texts(arg.value, scope) if HOLE not in t]
    return PathPrefix(text, frozenset(annotations), tuple(packages), not annotations and not packages)


def _calls(predicate: ir.Expr, fn: Fn) -> tuple[list[ir.Call], Fn]:
    """The calls that make up a predicate: those of a lambda's body, or of the expression itself."""
    if isinstance(predicate, ir.Closure):
        inner = fn.file.functions[predicate.function]
        return inner.calls, inner
    found: list[ir.Call] = []
    waiting: list[ir.Expr] = [predicate]
    while waiting:
        expr = waiting.pop()
        if isinstance(expr, ir.Call):
            found.append(expr)
            waiting.append(expr.func)
            waiting.extend(arg.value for arg in expr.args)
        elif isinstance(expr, ir.Attr):
            waiting.append(expr.base)
    return found, fn


def _class_paths(inference: Inference, expr: ir.Expr, fn: Fn) -> set[str]:
    found = set()
    for value in inference.types.static(expr, fn):
        if isinstance(value, Ext):
            found.add(value.path)
        elif isinstance(value, ClassVal):
            cls = inference.program.cls((value.file, value.index))
            found.add(f"{cls.file.ir.package}.{cls.code.qualname}")
    return found
