"""The value of an expression that does not depend on a request: literals, module constants, and flags with their defaults.

A flag read from the environment counts with its default, because nothing in the code switches it on; an unset one is None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from genai_policy.assess.walk import dotted
from genai_policy.model import ir
from genai_policy.model.ir import Scalar

_READS_ENVIRONMENT = re.compile(r"(^|\.)(getenv|environ\.get|Getenv|env\.get|config\(\)\.get)$")
_ENVIRONMENT = re.compile(r"^(process\.env|import\.meta\.env)\.(\w+)$")
_DEPTH = 12


class Known(Struct, frozen=True):
    """A value that is known, and the flag (variable or environment name) it came from, "" for a literal."""

    value: Scalar
    flag: str = ""


def evaluate(expr: ir.Expr | None, names: Mapping[str, ir.Expr], depth: int = _DEPTH) -> Known | None:
    """Return the value of ``expr`` when it is known. ``names`` holds the expressions of names that never change."""
    if depth <= 0 or expr is None:
        return None
    match expr:
        case ir.Literal(value=value):
            return Known(value)
        case ir.Name(id=name) if name in names:
            known = evaluate(names[name], names, depth - 1)
            return None if known is None else Known(known.value, known.flag or name)
        case ir.Attr():
            unset = _ENVIRONMENT.match(dotted(expr))
            return Known(None, unset[2]) if unset else None
        case ir.Call():
            return _call(expr, names, depth)
        case ir.Op():
            return _operation(expr, names, depth)
    return None


def truth(expr: ir.Expr | None, names: Mapping[str, ir.Expr]) -> Known | None:
    """Return whether a test always has the same answer: ``value`` is then True or False."""
    known = evaluate(expr, names)
    return None if known is None else Known(bool(known.value), known.flag)


def _call(call: ir.Call, names: Mapping[str, ir.Expr], depth: int) -> Known | None:
    name = dotted(call.func)
    if _READS_ENVIRONMENT.search(name) and call.args:
        variable = evaluate(call.args[0].value, names, depth - 1)
        default = evaluate(call.args[1].value, names, depth - 1) if len(call.args) > 1 else Known(None)
        return None if variable is None or default is None else Known(default.value, str(variable.value))
    if name in ("bool", "Boolean") and len(call.args) == 1:
        inner = evaluate(call.args[0].value, names, depth - 1)
        return None if inner is None else Known(bool(inner.value), inner.flag)
    if name == "int" and len(call.args) == 1:
        inner = evaluate(call.args[0].value, names, depth - 1)
        if inner is None or not re.fullmatch(r"[+-]?\d{1,9}", str(inner.value)):
            return None
        return Known(int(str(inner.value)), inner.flag)
    if isinstance(call.func, ir.Attr) and call.func.name in ("lower", "strip", "upper", "trim", "toLowerCase") and not call.args:
        inner = evaluate(call.func.base, names, depth - 1)
        if inner is None or not isinstance(inner.value, str):
            return None
        text = inner.value.strip() if call.func.name in ("strip", "trim") else inner.value
        return Known(text.upper() if call.func.name == "upper" else text.lower(), inner.flag)
    return None


def _operation(expr: ir.Op, names: Mapping[str, ir.Expr], depth: int) -> Known | None:
    operands = expr.operands
    if expr.op in ("not", "!") and operands:
        inner = evaluate(operands[0], names, depth - 1)
        return None if inner is None else Known(not inner.value, inner.flag)
    if expr.op in ("and", "or", "&&", "||", "??") and len(operands) == 2:
        return _joined(expr.op, operands, names, depth)
    if expr.op in ("==", "===", "is", "!=", "!==", "is-not", "is not") and len(operands) == 2:
        left, right = (evaluate(o, names, depth - 1) for o in operands)
        if left is None or right is None:
            return None
        return Known((left.value == right.value) == (expr.op in ("==", "===", "is")), left.flag or right.flag)
    if expr.op == "in" and len(operands) == 2 and isinstance(operands[1], ir.Group):
        left = evaluate(operands[0], names, depth - 1)
        choices = [evaluate(item.value, names, depth - 1) for item in operands[1].items]
        if left is None or any(choice is None for choice in choices):
            return None
        return Known(any(choice is not None and choice.value == left.value for choice in choices), left.flag)
    return None


def _joined(op: str, operands: tuple[ir.Expr, ...], names: Mapping[str, ir.Expr], depth: int) -> Known | None:
    """``and`` and ``or``: one side may decide alone."""
    for position in (0, 1):
        known = evaluate(operands[position], names, depth - 1)
        if known is None:
            continue
        decides = (not known.value) if op in ("and", "&&") else bool(known.value)
        if decides:
            return known if position == 0 else Known(known.value, known.flag)
        if position == 0:
            return evaluate(operands[1], names, depth - 1)
        return None
    return None
