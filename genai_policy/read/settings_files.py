"""A setting locator (``file#dotted.key``) and a file's text to the value at that key, with its line.

Beside plain nesting, a key may step into: a list by number or by the ``name`` (``id``, ``key``) of its elements, Compose's
``KEY=value`` lists, Kubernetes' ``{name, value}`` lists, and keys that themselves hold dots. Environment variables and their defaults
are never filled in: what only a running system knows is no evidence.
"""

from __future__ import annotations

import re
from typing import Any

from genai_policy.model.code import Place
from genai_policy.model.message import Message
from genai_policy.model.verdict import Setting
from genai_policy.read.structured import Node, NotStructured, parse, plain

MAX_PARTS = 24
_STEPS = 2_000
#: A section that one of these keys turns off is not in force, whatever else stands in it.
_SWITCHES = ("enabled", "enable", "active")
_FILLED_IN = re.compile(r"\$\{[^}]*\}|\$\([^)]*\)|\{\{.*\}\}|^%\([^)]*\)s$|^\$[A-Za-z_]\w*$")


def read_setting(file: str, text: str, key: str) -> Setting | Message:
    """Return the setting at ``key`` of ``file``, or the reason why there is none."""
    if not key:
        return Message("setting.no-key-named", {"file": file})
    try:
        documents = parse(file, text)
    except NotStructured as problem:
        return Message("setting.not-parsed", {"file": file, "reason": str(problem)})
    found = [node for node in (find(document, key) for document in documents) if node is not None]
    if not found:
        return Message("setting.no-key", {"file": file, "key": key})
    switch = next(filter(None, (switched_off(document, key) for document in documents)), "")
    if switch:
        return Message("setting.section-off", {"file": file, "key": key, "switch": switch})
    values = [plain(node) for node in found]
    if any(value != values[0] for value in values[1:]):
        return Message("setting.ambiguous", {"file": file, "key": key, "count": str(len(found))})
    if isinstance(values[0], str) and _FILLED_IN.search(values[0][:2000]):
        return Message("setting.filled-in", {"file": file, "key": key, "value": values[0][:80]})
    return Setting(file, key, values[0], Place(file, found[0].line))


def find(root: Node, key: str) -> Node | None:
    """Return the node at the dotted ``key`` below ``root``, or None."""
    parts = tuple(key.split("."))
    if len(parts) > MAX_PARTS:
        return None
    budget = [_STEPS]

    def walk(node: Node, rest: tuple[str, ...]) -> Node | None:
        budget[0] -= 1
        if budget[0] < 0:
            return None
        if not rest:
            return _value_of_pair(node)
        for size in range(1, len(rest) + 1):
            child = _child(node, ".".join(rest[:size]))
            found = walk(child, rest[size:]) if child is not None else None
            if found is not None:
                return found
        return None

    return walk(root, parts)


def switched_off(root: Node, key: str) -> str:
    """Return the switch (``logging.enabled``) that turns a section around ``key`` off, or ""."""
    parts = key.split(".")
    for size in range(1, min(len(parts), MAX_PARTS)):
        section = find(root, ".".join(parts[:size]))
        for switch in _SWITCHES if section is not None and parts[size] not in _SWITCHES else ():
            value = _scalar(_child(section, switch)) if section is not None else None
            if value is False or (isinstance(value, str) and value.strip().lower() in ("false", "off", "no", "0")):
                return ".".join([*parts[:size], switch])
    return ""


def _child(node: Node, step: str) -> Node | None:
    if isinstance(node.value, dict):
        child = node.value.get(step)
        return child if isinstance(child, Node) else None
    if not isinstance(node.value, list):
        return None
    if step.isascii() and step.isdigit():
        return node.value[int(step)] if int(step[:9]) < len(node.value) else None
    matching = [found for found in (_named(element, step) for element in node.value) if found is not None]
    return matching[-1] if matching else None


def _named(element: Node, name: str) -> Node | None:
    """Return the element if it is called ``name``: ``{name: NAME, …}``, ``NAME=value`` or ``{NAME: …}``."""
    if isinstance(element.value, str):
        key, equals, value = element.value.partition("=")
        return Node(element.line, value) if equals and key.strip() == name else None
    if isinstance(element.value, dict):
        if any(_scalar(element.value.get(label)) == name for label in ("name", "id", "key")):
            return element
        child = element.value.get(name)
        return child if isinstance(child, Node) else None
    return None


def _value_of_pair(node: Node) -> Node:
    """Return the value of a ``{name: NAME, value: VALUE}`` pair, and any other node as it is."""
    if isinstance(node.value, dict) and set(node.value) in ({"name", "value"}, {"key", "value"}):
        pair: Node = node.value["value"]
        return pair
    return node


def _scalar(node: Any) -> Any:
    return node.value if isinstance(node, Node) else None
