"""Structured text (TOML, YAML, JSON, JSON lines, .env, .properties, INI) as one kind of tree whose every node knows its line.

The text is hostile: sizes, depths and node counts are bounded, YAML aliases are shared instead of copied, and no tag is constructed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

MAX_TEXT = 2_000_000
MAX_YAML = 1_000_000
MAX_DEPTH = 60
MAX_NODES = 200_000


class Node(NamedTuple):
    """A value with the line it starts at. ``value`` is a scalar, a dict of nodes or a list of nodes."""

    line: int
    value: Any


Documents: TypeAlias = tuple[Node, ...]


class NotStructured(ValueError):
    """The text cannot be read in its format; the message says why, in one English clause."""


def format_of(file: str) -> str:
    """Return ``toml``, ``yaml``, ``json``, ``jsonl``, ``env``, ``properties`` or ``ini`` by the file's name, or "" for none of them."""
    name = file.rpartition("/")[2].lower()
    if name == ".env" or name.startswith(".env.") or name.endswith(".env"):
        return "env"
    return _FORMATS.get(name.rpartition(".")[2], "")


def parse(file: str, text: str) -> Documents:
    """Read ``text`` as the format of ``file``; YAML may hold several documents, all others hold one.

    Raises NotStructured for a syntax error, an unknown format or a bound that was reached.
    """
    kind = format_of(file)
    if not kind:
        raise NotStructured("its format is not one of TOML, YAML, JSON, .env, .properties and INI")
    if len(text) > (MAX_YAML if kind == "yaml" else MAX_TEXT):
        raise NotStructured("it is too large")
    try:
        return _PARSERS[kind](text)
    except RecursionError:
        raise NotStructured("it is nested too deeply") from None


def plain(node: Node) -> Any:
    """Return the node's value without lines. A value of more than 10 000 nodes is cut off with None for what is beyond."""
    budget = [10_000]

    def build(current: Node, depth: int) -> Any:
        budget[0] -= 1
        if budget[0] < 0 or depth > MAX_DEPTH:
            return None
        if isinstance(current.value, dict):
            return {key: build(child, depth + 1) for key, child in current.value.items()}
        if isinstance(current.value, list):
            return [build(child, depth + 1) for child in current.value]
        return current.value

    return build(node, 0)


# ---- TOML ----------------------------------------------------------------------------------------------------------------

_TOML_HEADER = re.compile(r"^\s*(\[\[?)([^\[\]]{1,300})\]")
_TOML_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]{0,200}"|'[^']{0,200}')(?:\s*\.\s*(?:[\w-]+|"[^"]{0,200}"|'[^']{0,200}'))*)\s*=""")


def _toml(text: str) -> Documents:
    import tomli

    try:
        value = tomli.loads(text.replace("\r\n", "\n"))
    except ValueError as error:
        raise NotStructured(f"it is not valid TOML ({_short(error)})") from None
    return (_with_lines(value, _toml_lines(text)),)


def _toml_lines(text: str) -> dict[tuple[str, ...], int]:
    """Map each key path (list elements by number) to its line. Best effort: text inside multi-line strings may look like keys."""
    lines: dict[tuple[str, ...], int] = {}
    counts: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = _TOML_HEADER.match(line)
        if header:
            table = _numbered(_toml_parts(header[2]), counts, header[1] == "[[")
            lines.setdefault(table, number)
            continue
        key = _TOML_KEY.match(line)
        if key:
            lines.setdefault((*table, *_toml_parts(key[1])), number)
    return lines


def _numbered(parts: tuple[str, ...], counts: dict[tuple[str, ...], int], appends: bool) -> tuple[str, ...]:
    if appends:
        counts[parts] = counts.get(parts, -1) + 1
    path: tuple[str, ...] = ()
    for end, part in enumerate(parts, 1):
        path = (*path, part)
        if parts[:end] in counts:
            path = (*path, str(counts[parts[:end]]))
    return path


def _toml_parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in re.findall(r""""[^"]*"|'[^']*'|[^.\s"']+""", text))


def _with_lines(value: Any, lines: Mapping[tuple[str, ...], int]) -> Node:
    def build(current: Any, path: tuple[str, ...], line: int) -> Node:
        line = lines.get(path, line)
        if len(path) > MAX_DEPTH:
            raise NotStructured("it is nested too deeply")
        if isinstance(current, dict):
            return Node(line, {key: build(child, (*path, key), line) for key, child in current.items()})
        if isinstance(current, list):
            return Node(line, [build(child, (*path, str(i)), line) for i, child in enumerate(current)])
        return Node(line, current)

    return build(value, (), 1)


# ---- YAML ----------------------------------------------------------------------------------------------------------------

_DEEP_DASHES = re.compile(r"^\s*(?:[-?:]\s+){40}", re.MULTILINE)
_BRACKETS = re.compile(r"[\[\]{}]")


def _yaml(text: str) -> Documents:
    import yaml

    if _DEEP_DASHES.search(text) or _deepest(text) > 200:
        raise NotStructured("it is nested too deeply")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    found: list[Node] = []
    try:
        while loader.check_node():
            found.append(_YamlTree(loader).build(loader.get_node(), 0))
            if len(found) > 2000:
                raise NotStructured("it holds too many documents")
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, NotStructured):
            raise
        hint = "; a Helm template cannot be read, name its values file instead" if "{{" in text else ""
        raise NotStructured(f"it is not valid YAML ({_short(error)}){hint}") from None
    finally:
        loader.dispose()
    return tuple(found)


def _deepest(text: str) -> int:
    depth = deepest = 0
    for bracket in _BRACKETS.finditer(text):
        depth = depth + 1 if bracket[0] in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


class _YamlTree:
    """Turns composed YAML nodes into our nodes; an aliased node becomes one shared node, so a bomb of aliases stays small."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.built: dict[int, Node] = {}
        self.merged = 0
        self.keep: list[Any] = []

    def build(self, node: Any, depth: int) -> Node:
        if id(node) in self.built:
            return self.built[id(node)]
        if depth > MAX_DEPTH:
            raise NotStructured("it is nested too deeply")
        if len(self.built) > MAX_NODES:
            raise NotStructured("it holds too many values")
        self.keep.append(node)
        line = node.start_mark.line + 1
        result = Node(line, self._value(node, depth))
        self.built[id(node)] = result
        return result

    def _value(self, node: Any, depth: int) -> Any:
        if node.id == "scalar":
            return self._scalar(node)
        # a node that contains itself through an alias would never end: it is null inside itself
        self.built[id(node)] = Node(node.start_mark.line + 1, None)
        if node.id == "sequence":
            return [self.build(child, depth + 1) for child in node.value]
        merged: dict[str, Node] = {}
        own: dict[str, Node] = {}
        for key, value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                merged.update(self._merged(value, depth))
            elif key.id == "scalar":
                child = self.build(value, depth + 1)
                own[str(key.value)] = Node(key.start_mark.line + 1, child.value)
        return {**merged, **own}

    def _merged(self, node: Any, depth: int) -> dict[str, Node]:
        sources = node.value if node.id == "sequence" else [node]
        found: dict[str, Node] = {}
        for source in reversed(sources):
            value = self.build(source, depth + 1).value
            found.update(value if isinstance(value, dict) else {})
        self.merged += len(found)
        if self.merged > MAX_NODES:
            raise NotStructured("it merges too many values")
        return found

    def _scalar(self, node: Any) -> Any:
        if node.tag == "tag:yaml.org,2002:binary":
            return node.value
        try:
            return self.loader.construct_object(node)
        except Exception:  # noqa: BLE001 - PyYAML raises whatever int(), float() or date() raise; the text itself is then the value
            return node.value


# ---- JSON ----------------------------------------------------------------------------------------------------------------

_JSON_TOKEN = re.compile(
    r'[ \t\r\n\ufeff]+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/|(?P<s>"(?:[^"\\\n]|\\.)*")|(?P<p>[\[\]{}:,])|(?P<w>[-+.\w]+)', re.DOTALL
)


def _json(text: str) -> Documents:
    """Read JSON, comments and trailing commas allowed, without recursion."""
    root: list[Node] = []
    stack: list[tuple[Node, list[str]]] = []
    for token, line in _json_tokens(text):
        if token in ("}", "]"):
            if not stack or isinstance(stack[-1][0].value, dict) != (token == "}"):
                raise NotStructured(f"it is not valid JSON (line {line})")
            stack.pop()
        elif token in (":", ","):
            continue
        elif stack and isinstance(stack[-1][0].value, dict) and not stack[-1][1]:
            stack[-1][1].append(f"{line} {_json_string(token, line)}")
        elif root and not stack:
            raise NotStructured("it holds more than one JSON value")
        else:
            node = Node(line, {} if token == "{" else [] if token == "[" else _json_scalar(token, line))
            _json_attach(node, stack, root)
            if token in ("{", "["):
                stack.append((node, []))
        if len(stack) > MAX_DEPTH:
            raise NotStructured("it is nested too deeply")
    if stack or not root:
        raise NotStructured("it is not valid JSON (it ends too early)")
    return (root[0],)


def _json_tokens(text: str) -> Iterator[tuple[str, int]]:
    position, line, count = 0, 1, 0
    while position < len(text):
        match = _JSON_TOKEN.match(text, position)
        if not match:
            raise NotStructured(f"it is not valid JSON (line {line})")
        if match.lastgroup:
            count += 1
            if count > MAX_NODES * 4:
                raise NotStructured("it holds too many values")
            yield match[0], line
        line += match[0].count("\n")
        position = match.end()


def _json_attach(node: Node, stack: list[tuple[Node, list[str]]], root: list[Node]) -> None:
    if not stack:
        root.append(node)
        return
    holder, key = stack[-1]
    if isinstance(holder.value, dict):
        line, _, name = key.pop().partition(" ")
        holder.value[name] = Node(int(line), node.value)
    else:
        holder.value.append(node)


def _json_string(token: str, line: int) -> str:
    value = _json_scalar(token, line)
    if not token.startswith('"'):
        raise NotStructured(f"it is not valid JSON (line {line})")
    return str(value)


def _json_scalar(token: str, line: int) -> Any:
    import json

    try:
        return json.loads(token, strict=False)
    except ValueError:
        raise NotStructured(f"it is not valid JSON (line {line})") from None


def _jsonl(text: str) -> Documents:
    rows: list[Node] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                (row,) = _json(line)
            except NotStructured:
                raise NotStructured(f"line {number} is not a JSON value") from None
            rows.append(_moved(row, number))
        if len(rows) > MAX_NODES:
            raise NotStructured("it holds too many values")
    return (Node(1, rows),)


def _moved(node: Node, line: int) -> Node:
    if isinstance(node.value, dict):
        return Node(line, {key: _moved(child, line) for key, child in node.value.items()})
    if isinstance(node.value, list):
        return Node(line, [_moved(child, line) for child in node.value])
    return Node(line, node.value)


# ---- lines of key and value ----------------------------------------------------------------------------------------------

_ENV_LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s?(.*)$")
_PROPERTY_LINE = re.compile(r"^\s*([^\s#!=:][^=:\s]*)\s*[=:\s]\s*(.*)$")
_INI_SECTION = re.compile(r"^\s*\[([^\]\n]{1,200})\]")
_INI_LINE = re.compile(r"^\s*([^\s#;=:\[][^=:]{0,200}?)\s*[=:]\s*(.*)$")


def _env(text: str) -> Documents:
    found: dict[str, Node] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _ENV_LINE.match(line)
        if match:
            found[match[1]] = Node(number, _unquoted(match[2]))
    return (Node(1, found),)


def _properties(text: str) -> Documents:
    found: dict[str, Node] = {}
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        while line.endswith("\\") and not line.endswith("\\\\"):
            line = line[:-1] + next(lines, (0, ""))[1].lstrip()
        match = _PROPERTY_LINE.match(line)
        if match:
            found[match[1]] = Node(number, match[2].strip())
    return (Node(1, found),)


def _ini(text: str) -> Documents:
    found: dict[str, Node] = {}
    section = found
    for number, line in enumerate(text.splitlines(), 1):
        header = _INI_SECTION.match(line[:400])
        if header:
            section = found.setdefault(header[1].strip(), Node(number, {})).value
            if not isinstance(section, dict):
                raise NotStructured(f"the section {header[1]!r} and a key share one name")
            continue
        match = _INI_LINE.match(line[:4000])
        if match:
            section[match[1].strip()] = Node(number, re.split(r"\s[#;]", match[2], maxsplit=1)[0].strip())
    return (Node(1, found),)


def _unquoted(text: str) -> str:
    text = text.strip()
    if text[:1] in ("'", '"'):
        end = text.find(text[0], 1)
        return text[1:end] if end > 0 else text
    return re.split(r"\s#", text, maxsplit=1)[0].strip()


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:160]


_FORMATS = {
    "toml": "toml",
    "yaml": "yaml",
    "yml": "yaml",
    "json": "json",
    "jsonc": "json",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "properties": "properties",
    "ini": "ini",
    "cfg": "ini",
    "conf": "ini",
}
_PARSERS = {"toml": _toml, "yaml": _yaml, "json": _json, "jsonl": _jsonl, "env": _env, "properties": _properties, "ini": _ini}
