"""Readers for TypeScript and JavaScript, with JSX, and for the scripts of Vue and Svelte single-file components."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from msgspec import structs

from genai_policy.model.ir import FileIR, Function, Import
from genai_policy.read.languages.ecmascript_components import script_of
from genai_policy.read.languages.ecmascript_expressions import EXPRESSIONS, NAMED
from genai_policy.read.languages.ecmascript_functions import directive_texts
from genai_policy.read.languages.ecmascript_statements import STATEMENTS
from genai_policy.read.languages.ecmascript_unit import Grammar, Unit
from genai_policy.read.languages.syntax import LIMITS, Limits, Source, read_bounded

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

VERSION = "1"
_GRAMMAR = Grammar(EXPRESSIONS, STATEMENTS, NAMED)
_ELEMENTS = frozenset({"jsx_element", "jsx_fragment"})
_WIDE_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class EcmaScriptReader:
    """Reads the files of one dialect. ``parsers`` are tried in order; the next one only when the one before met syntax errors."""

    def __init__(self, name: str, suffixes: tuple[str, ...], language: str, parsers: tuple[str, ...], limits: Limits = LIMITS) -> None:
        self.name = name
        self.version = VERSION
        self.suffixes = suffixes
        self._language = language
        self._parsers = parsers
        self._limits = limits

    def read(self, source: bytes) -> FileIR:
        """Lower one file; never raises."""
        return read_script(source_text(source), self._language, self._parsers, self._limits)


class ComponentReader:
    """Reads the scripts of single-file components."""

    def __init__(self, name: str, suffixes: tuple[str, ...], limits: Limits = LIMITS) -> None:
        self.name = name
        self.version = VERSION
        self.suffixes = suffixes
        self._limits = limits

    def read(self, source: bytes) -> FileIR:
        """Lower the scripts of one component; never raises."""
        script = script_of(source_text(source))
        language, parsers = ("typescript", ("typescript", "tsx")) if script.typed else ("javascript", ("javascript", "tsx"))
        lowered = read_script(script.text, language, parsers, self._limits)
        elsewhere = tuple(Import(line, "", module) for line, module in script.sources)
        return structs.replace(lowered, imports=lowered.imports + elsewhere) if elsewhere else lowered


def read_script(text: bytes, language: str, parsers: tuple[str, ...], limits: Limits = LIMITS) -> FileIR:
    """Lower UTF-8 ``text`` with the first of ``parsers`` that understands it, else with the one that understands most."""
    best: FileIR | None = None
    for parser in parsers:
        lowered = read_bounded(language, text, _parser(parser), _lowering(language, limits), limits)
        if best is None or _worth(lowered) < _worth(best):
            best = lowered
        if not (best.broken or best.truncated):
            break
    assert best is not None
    return best


def _worth(lowered: FileIR) -> tuple[bool, int]:
    """How much a reading leaves out; less is better."""
    return bool(lowered.truncated), len(lowered.broken)


def source_text(source: bytes) -> bytes:
    """Return ``source`` in UTF-8 without a byte order mark. What is in no encoding of text is read as Latin-1, byte for byte."""
    for mark, encoding in _WIDE_MARKS:
        if source.startswith(mark):
            return source[2:].decode(encoding, "replace").encode()
    source = source.removeprefix(codecs.BOM_UTF8)
    try:
        source.decode()
    except UnicodeDecodeError:
        return _legacy_text(source)
    return source


def _legacy_text(source: bytes) -> bytes:
    try:
        return source.decode("gb18030").encode()
    except UnicodeDecodeError:
        return source.decode("latin-1").encode()


def _syntax_errors(root: Node, text: bytes) -> tuple[int, ...]:
    """Return the lines the grammar had to skip over; a bare ``&`` in the text of an element is an error to the grammar alone."""
    if not root.has_error:
        return ()
    lines: set[int] = set()
    waiting = [(root, "")]  # with the parent's type: asking a node for its parent crashes in very large broken trees
    while waiting:
        node, parent = waiting.pop()
        if not (node.is_error or node.is_missing):
            waiting.extend((child, node.type) for child in node.children if child.has_error or child.is_missing)
        elif parent not in _ELEMENTS or text[node.start_byte : node.start_byte + 1] != b"&":
            lines.add(node.start_point[0] + 1)
    return tuple(sorted(lines))


def _lowering(language: str, limits: Limits) -> Callable[[Source, Node], FileIR]:
    def lower(source: Source, root: Node) -> FileIR:
        unit = Unit(source.data, limits, _GRAMMAR)
        unit.reserve_function()
        statements = root.named_children
        body = unit.statements(statements)
        unit.functions[0] = Function("<module>", "<module>", 1, root.end_point[0] + 1, body=body)
        return unit.finish(language, tuple(directive_texts(unit, statements)), _syntax_errors(root, source.data))

    return lower


@cache
def _parser(dialect: str) -> Parser:
    import tree_sitter_javascript
    import tree_sitter_typescript
    from tree_sitter import Language, Parser

    grammars = {
        "javascript": tree_sitter_javascript.language,
        "typescript": tree_sitter_typescript.language_typescript,
        "tsx": tree_sitter_typescript.language_tsx,
    }
    return Parser(Language(grammars[dialect]()))


READERS = (
    EcmaScriptReader("typescript", (".ts", ".mts", ".cts"), "typescript", ("typescript", "tsx")),
    EcmaScriptReader("tsx", (".tsx",), "typescript", ("tsx", "typescript")),
    EcmaScriptReader("javascript", (".js", ".mjs", ".cjs", ".jsx"), "javascript", ("javascript", "tsx")),
    ComponentReader("vue", (".vue",)),
    ComponentReader("svelte", (".svelte",)),
)
