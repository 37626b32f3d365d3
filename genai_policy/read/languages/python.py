"""Reads Python: bytes to FileIR. The parser is loaded with the first file, not with this module."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from genai_policy.model.ir import FileIR
from genai_policy.read.languages.syntax import LIMITS, Limits, empty_file, is_generated, read_bounded

if TYPE_CHECKING:
    from tree_sitter import Parser

    from genai_policy.hookspecs import LanguageReader

_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")


class PythonReader:
    """Lowers Python 2 and 3 source. What tells versions apart at run time does not matter here."""

    name = "python"
    version = "2"
    suffixes: tuple[str, ...] = (".py", ".pyi", ".pyw")

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self._parser: Parser | None = None

    def __getstate__(self) -> Limits:
        return self.limits

    def __setstate__(self, limits: Limits) -> None:
        self.limits, self._parser = limits, None

    def read(self, source: bytes) -> FileIR:
        """Lower one file. Never raises."""
        if len(source) > self.limits.size:
            return empty_file("python", f"larger than {self.limits.size} bytes")
        from genai_policy.read.languages.python_definitions import File
        from genai_policy.read.languages.python_grammar import new_parser

        data, encoding = to_utf8(source)
        directives = (f"encoding {encoding}",) if encoding != "utf-8" else ()
        if is_generated(data):
            directives = (*directives, "generated")
        parser = self._parser = self._parser or new_parser()
        return read_bounded("python", data, parser, lambda file, root: File(file).lower(root, directives, parser), self.limits)


def to_utf8(source: bytes) -> tuple[bytes, str]:
    """Return ``source`` as UTF-8 without mark, and the encoding it was in: by its mark, its PEP 263 comment, else a guess."""
    if source.startswith(codecs.BOM_UTF8):
        source = source[3:]
    elif source.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(source, "utf-16")
    if source.isascii():
        return source, "utf-8"
    declared = _declared(source)
    return _decoded(source, declared or "utf-8")


def _declared(source: bytes) -> str:
    """Return the encoding that one of the first two lines declares, "" for none or one that is not a text encoding."""
    for line in source[:400].split(b"\n")[:2]:
        found = _CODING.match(line)
        if found:
            name = found[1].decode("ascii", "replace").lower()
            try:
                known = codecs.lookup(name)
            except LookupError:
                return ""
            return known.name if known._is_text_encoding else ""
        if not _BLANK.match(line):
            return ""
    return ""


def _decoded(source: bytes, encoding: str) -> tuple[bytes, str]:
    for attempt in (encoding, "utf-8", "gb18030"):
        try:
            return source.decode(attempt).encode("utf-8", "replace"), attempt
        except (UnicodeError, ValueError):
            continue
    return source.decode("latin-1").encode("utf-8"), "latin-1"


READERS: tuple[LanguageReader, ...] = (PythonReader(),)
