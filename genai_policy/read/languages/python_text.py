"""Python string constants and the ways Python builds text, as values and parts of a :class:`~genai_policy.model.ir.Template`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from genai_policy.model.ir import Attr, Call, Expr, Group, Index, Literal, Name, Op, Template, Unknown

_ESCAPE = re.compile(r"\\(?:\r\n|N\{[^}]*\}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\n": "", "\r\n": "", "\r": ""}
_SURROGATE = re.compile("[\ud800-\udfff]")
_PERCENT = re.compile(r"%(?:\((?P<key>[^()]*)\))?[#0\- +]*(?P<width>\*|\d*)(?:\.(?P<precision>\*|\d*))?[hlL]?(?P<kind>[a-zA-Z%])")
_FIELD = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}!:]*)(?:![a-z])?(?::(?:[^{}]|\{[^{}]*\})*)?\}")
_ATTRIBUTE = re.compile(r"\.(?P<attribute>\w+)|\[(?P<key>[^\]]*)\]")


def unescape(text: str) -> str:
    """Return ``text`` with Python's escape sequences replaced; unknown ones stay as written."""
    value = _ESCAPE.sub(_replace_escape, text)
    if _SURROGATE.search(value):
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _replace_escape(match: re.Match[str]) -> str:
    body = match[0][1:]
    if body in _SIMPLE:
        return _SIMPLE[body]
    if body in ("\\", "'", '"'):
        return body
    if body[0] in "xuU" and len(body) > 1:
        code = int(body[1:], 16)
        return chr(code) if code < 0x110000 else match[0]
    if body[0] in "01234567":
        return chr(int(body, 8))
    if body.startswith("N{"):
        import unicodedata

        try:
            return unicodedata.lookup(body[2:-1])
        except KeyError:
            return match[0]
    return match[0]


def is_text(value: Expr) -> bool:
    """True for what is text for certain: a string constant or a Template."""
    return isinstance(value, Template) or (isinstance(value, Literal) and isinstance(value.value, str))


def join_text(line: int, values: Iterable[Expr]) -> Literal | Template:
    """Return the text made of ``values``: nested Templates dissolved, neighbouring constants merged, a lone constant a Literal."""
    parts: list[Expr] = []
    for value in values:
        for part in value.parts if isinstance(value, Template) else (value,):
            last = parts[-1] if parts else None
            if isinstance(part, Literal) and isinstance(part.value, str):
                if not part.value:
                    continue
                if isinstance(last, Literal) and isinstance(last.value, str):
                    parts[-1] = Literal(last.line, last.value + part.value)
                    continue
            parts.append(part)
    if not parts:
        return Literal(line, "")
    only = parts[0]
    if len(parts) == 1 and isinstance(only, Literal) and isinstance(only.value, str):
        return Literal(line, only.value)
    return Template(line, tuple(parts))


class Pieces:
    """The parts of a text while it is put together. A value that is used again is repeated only if it is a name: what repeats whole
    expressions, nested a few dozen times, would fill any memory."""

    def __init__(self) -> None:
        self.parts: list[Expr] = []
        self._used: set[int] = set()

    def add(self, value: Expr, path: str = "", key: str | None = None) -> None:
        """Append ``value``, or what ``path`` or ``key`` take from it."""
        if id(value) in self._used and not isinstance(value, Name):
            return
        self._used.add(id(value))
        if key is not None:
            value = Index(value.line, value, Literal(value.line, key))
        self.parts.append(_follow(value, path))

    def add_unused(self, values: Iterable[Expr]) -> None:
        """Append those of ``values`` that were not used: they are evaluated all the same."""
        for value in values:
            if id(value) not in self._used:
                self.add(value)


def percent_format(line: int, left: Expr, right: Expr) -> Expr:
    """Lower ``left % right`` where ``left`` is text: specifiers and values are interleaved as far as both are visible."""
    values = list(_values(right))
    if not isinstance(left, Literal) or not isinstance(left.value, str):
        return join_text(line, (left, *values))
    pieces = Pieces()
    named = _named(right)
    waiting = iter(values)
    rest = 0
    for match in _PERCENT.finditer(left.value):
        pieces.add(Literal(left.line, left.value[rest : match.start()]))
        rest = match.end()
        if match["kind"] == "%":
            pieces.add(Literal(left.line, "%"))
        elif match["key"] is None:
            stars = (match["width"] == "*") + (match["precision"] == "*")
            for value in islice(waiting, stars + 1):
                pieces.add(value)
        elif named:
            pieces.add(named.get(match["key"], right))
        else:
            pieces.add(right, key=match["key"])
    pieces.add(Literal(left.line, left.value[rest:]))
    pieces.add_unused(named.values() if named else values)
    return join_text(line, pieces.parts)


def brace_format(line: int, text: Expr, call: Call) -> Expr:
    """Lower ``text.format(…)`` where ``text`` is a string constant: fields and values are interleaved; values without a field follow."""
    positional = [arg.value for arg in call.args if arg.name is None and not arg.spread]
    named = {arg.name: arg.value for arg in call.args if arg.name is not None}
    spread = [arg.value for arg in call.args if arg.spread]
    if not isinstance(text, Literal) or not isinstance(text.value, str):
        return join_text(line, (text, *positional, *named.values(), *spread))
    pieces = Pieces()
    rest = automatic = 0
    for match in _FIELD.finditer(text.value):
        pieces.add(Literal(text.line, text.value[rest : match.start()]))
        rest = match.end()
        if match["name"] is None:
            pieces.add(Literal(text.line, match[0][0]))
            continue
        base, path = _split_field(match["name"])
        if not base:
            base, automatic = str(automatic), automatic + 1
        value = _field_value(base, positional, named, spread)
        if value is not None:
            pieces.add(value, path)
    pieces.add(Literal(text.line, text.value[rest:]))
    pieces.add_unused((*positional, *named.values(), *spread))
    return join_text(line, pieces.parts)


def _split_field(name: str) -> tuple[str, str]:
    end = min((at for at in (name.find("."), name.find("[")) if at >= 0), default=len(name))
    return name[:end], name[end:]


def _field_value(base: str, positional: Sequence[Expr], named: dict[str, Expr], spread: Sequence[Expr]) -> Expr | None:
    if base.isdecimal():
        place = int(base) if len(base) < 9 else len(positional)
        return positional[place] if place < len(positional) else (spread[0] if spread else None)
    return named.get(base) or (spread[-1] if spread else None)


def _follow(value: Expr, path: str) -> Expr:
    for step in list(_ATTRIBUTE.finditer(path))[:8]:
        name = step["attribute"]
        value = Attr(value.line, value, name) if name else Index(value.line, value, Literal(value.line, step["key"]))
    return value


def _values(right: Expr) -> tuple[Expr, ...]:
    if isinstance(right, Group) and right.kind == "tuple":
        return tuple(item.value for item in right.items)
    return (right,)


def _named(right: Expr) -> dict[str, Expr]:
    if not isinstance(right, Group) or right.kind != "dict":
        return {}
    return {str(item.key.value): item.value for item in right.items if isinstance(item.key, Literal)}


def annotation_path(text: str, line: int) -> Expr | None:
    """Return the Name or Attr chain that a quoted annotation spells, None when it is more than that."""
    names = text.split(".")
    if len(names) > 20 or not all(name.isidentifier() for name in names):
        return None
    value: Expr = Name(line, names[0])
    for name in names[1:]:
        value = Attr(line, value, name)
    return value


def compare(line: int, operators: Sequence[str], operands: Sequence[Expr]) -> Expr:
    """Lower ``a < b < c`` to ``a < b and b < c``; the second ``b`` is left unknown unless it is a name (see Pieces)."""
    if len(operands) != len(operators) + 1:
        return Unknown(line, tuple(operands))
    if len(operators) == 1:
        return Op(line, operators[0], tuple(operands))
    again = [operands[0], *(one if isinstance(one, (Name, Literal)) else Unknown(one.line) for one in operands[1:])]
    return Op(line, "and", tuple(Op(line, op, (again[at], operands[at + 1])) for at, op in enumerate(operators)))
