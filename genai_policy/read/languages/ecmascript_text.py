"""ECMAScript literals: strings with their escapes, numbers, templates, regular expressions, property keys."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from genai_policy.model.ir import Expr, Literal, Template
from genai_policy.read.languages.ecmascript_unit import Unit, named_children

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,8}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|[\s\S])")
_SURROGATES = re.compile("[\ud800-\udfff]+")
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": "", "\u2028": "", "\u2029": ""}
#: Largest integer that ECMAScript numbers hold exactly; larger ones keep their source text.
_SAFE_INTEGER = 2**53


def string_text(unit: Unit, node: Node) -> str:
    """Return the value of a quoted string."""
    return unescape(unit.text(node)[1:-1])


def unescape(text: str) -> str:
    """Resolve escapes. Half a surrogate pair becomes U+FFFD, because no encoding can carry it."""
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(_escape, text)
    if _SURROGATES.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _escape(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1 and code[0] in "ux":
        point = int(code[1:].strip("{}"), 16)
        return chr(point) if point <= 0x10FFFF else "\ufffd"
    return _SIMPLE.get(code, code)


def string(unit: Unit, node: Node) -> Expr:
    """Lower a string literal."""
    return Literal(node.start_point[0] + 1, string_text(unit, node))


def attribute_string(unit: Unit, node: Node) -> Expr:
    """Lower a JSX attribute's string, in which backslashes mean themselves and HTML references do not."""
    return Literal(node.start_point[0] + 1, html.unescape(unit.text(node)[1:-1]))


def number(unit: Unit, node: Node) -> Expr:
    """Lower a number; big integers and what cannot be represented keep their source text."""
    text = unit.text(node)
    return Literal(node.start_point[0] + 1, _number(text.replace("_", "").lower(), text))


def _number(text: str, source: str) -> int | float | str:
    try:
        value: int | float
        if text[:2] in ("0x", "0o", "0b"):
            value = int(text, 0)
        elif text.isdigit() and len(text) < 20:
            value = int(text, 8) if text[0] == "0" and len(text) > 1 and not set(text) & {"8", "9"} else int(text)
        else:
            value = float(text)
    except ValueError:
        return source
    return value if abs(value) <= _SAFE_INTEGER else source


def source_text(unit: Unit, node: Node) -> Expr:
    """Lower a regular expression to its source text."""
    return Literal(node.start_point[0] + 1, unit.text(node))


def template(unit: Unit, node: Node) -> Expr:
    """Lower a template literal; without substitutions it is a plain string."""
    parts: list[Expr] = []
    pending: list[str] = []
    pending_line = node.start_point[0] + 1
    for child in node.named_children:
        kind = child.type
        if kind == "template_substitution":
            if pending:
                parts.append(Literal(pending_line, unescape("".join(pending))))
                pending = []
            parts.extend(unit.expression(inner) for inner in named_children(child))
        elif kind != "comment":
            if not pending:
                pending_line = child.start_point[0] + 1
            pending.append(unit.text(child))
    line = node.start_point[0] + 1
    if not parts:
        return Literal(line, unescape("".join(pending)))
    if pending:
        parts.append(Literal(pending_line, unescape("".join(pending))))
    return Template(line, tuple(parts))


def property_key(unit: Unit, node: Node) -> Expr:
    """Lower the key of a property or member: a Literal, or any expression where it is computed."""
    kind = node.type
    if kind == "string":
        return string(unit, node)
    if kind == "number":
        return number(unit, node)
    if kind == "computed_property_name":
        parts = named_children(node)
        return unit.expression(parts[0]) if parts else Literal(node.start_point[0] + 1, "")
    return Literal(node.start_point[0] + 1, unit.text(node))


def key_name(key: Expr) -> str:
    """Return the name a key gives to a function; a computed key gives ``<computed>``."""
    if isinstance(key, Literal):
        return str(key.value)
    return "<computed>"
