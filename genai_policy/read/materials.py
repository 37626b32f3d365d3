"""What manifests name, and what users see, to texts, settings and tables. Everything is read through the tree, so nothing outside it.

Keys of the result are locator targets relative to the scanned root (:meth:`Service.resolve`). A target that cannot be read at all is a
problem with its reason; a bound that stopped the reading of pages is a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from genai_policy.model.code import Gap
from genai_policy.model.message import Message
from genai_policy.model.service import Service
from genai_policy.model.verdict import Setting, Table, TextFile
from genai_policy.read.documents import MAX_DOCUMENT, is_page, read_document, read_page
from genai_policy.read.registers import read_register
from genai_policy.read.settings_files import read_setting

MAX_PAGES = 5_000
MAX_PAGE = 512_000
MAX_ALL_PAGES = 32_000_000


class SourceFile(Protocol):
    """One enumerated file: ``left_out`` is "" or the reason why it is not the service's own."""

    @property
    def path(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def left_out(self) -> str: ...


class SourceTree(Protocol):
    """What this module needs of a tree. ``read`` raises an error that is a ValueError or OSError when a file cannot be read."""

    @property
    def files(self) -> Sequence[Any]: ...
    def read(self, path: str) -> bytes: ...


class Materials(Struct, frozen=True):
    """See :class:`genai_policy.model.verdict.FactIndex` for the fields."""

    texts: Mapping[str, TextFile] = {}
    settings: Mapping[str, Setting | Message] = {}
    tables: Mapping[str, Table] = {}
    problems: Mapping[str, Message] = {}
    gaps: tuple[Gap, ...] = ()


def read_materials(tree: SourceTree, services: Sequence[Service]) -> Materials:
    """Read what the locators and attestations of ``services`` name, and every page below the tree."""
    gathering = _Gathering(tree)
    gathering.pages()
    return _with_targets(gathering, services)


def read_targets(tree: SourceTree, services: Sequence[Service]) -> Materials:
    """Read what the locators and attestations of ``services`` name, and nothing else."""
    return _with_targets(_Gathering(tree), services)


def _with_targets(gathering: _Gathering, services: Sequence[Service]) -> Materials:
    for kind, target in sorted(set(_targets(services))):
        gathering.target(kind, target)
    return gathering.result()


def _targets(services: Iterable[Service]) -> Iterable[tuple[str, str]]:
    for service in services:
        for locators in service.implements.values():
            for locator in locators:
                if locator.kind in ("setting", "document", "register", "test"):
                    yield locator.kind, service.resolve(locator.target)
        for attestation in service.attestations:
            if attestation.document:
                yield "document", service.resolve(attestation.document)


def decode(data: bytes) -> str:
    """Return text: UTF-8 (a BOM is dropped), UTF-16 with a BOM, else GB 18030, which older Chinese files use.

    Raises ValueError for what is not text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16").replace("\r\n", "\n")
    if b"\0" in data[:8000]:
        raise ValueError("it is a binary file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
        if text.count("\ufffd") * 50 > len(text):
            raise ValueError("it is not text in UTF-8, UTF-16 or GB 18030") from None
    return text.replace("\r\n", "\n")


class _Gathering:
    def __init__(self, tree: SourceTree) -> None:
        self.tree = tree
        self.files = {file.path: file for file in tree.files}
        self.texts: dict[str, TextFile] = {}
        self.settings: dict[str, Setting | Message] = {}
        self.tables: dict[str, Table] = {}
        self.problems: dict[str, Message] = {}
        self.gaps: list[Gap] = []
        self.read: dict[str, str | Message] = {}

    def result(self) -> Materials:
        return Materials(self.texts, self.settings, self.tables, self.problems, tuple(sorted(self.gaps)))

    def pages(self) -> None:
        """Read every page of the service's own; unreadable and oversized ones are gaps."""
        left = MAX_ALL_PAGES
        pages = [f for f in self.tree.files if not f.left_out and is_page(f.path)]
        for number, file in enumerate(pages):
            if number >= MAX_PAGES or left <= 0:
                self.gaps.append(Gap(file.path, f"{len(pages) - number} pages were not read: there are too many", kind="bound"))
                return
            if file.size > MAX_PAGE:
                self.gaps.append(Gap(file.path, f"the page is larger than {MAX_PAGE} bytes", kind="bound"))
                continue
            text = self._text(file.path)
            if isinstance(text, str):
                left -= len(text)
                self.texts[file.path] = read_page(file.path, text)
            else:
                self.gaps.append(Gap(file.path, f"the page cannot be read: {text.args.get('reason', 'unknown reason')}", kind="unreadable"))

    def target(self, kind: str, target: str) -> None:
        """Read one locator's target."""
        if kind == "test":
            file, _, part = target.partition("::")
        else:
            file, _, part = target.partition("#")
        text = self._text(file)
        if isinstance(text, Message):
            self.problems[target] = text
        elif kind == "setting":
            self.settings[target] = read_setting(file, text, part)
        elif kind == "register":
            self.tables[target] = read_register(file, text, part)
        elif kind == "test":
            self.texts.setdefault(file, TextFile(file, text))
        else:
            self._document(target, file, text, part)

    def _document(self, target: str, file: str, text: str, heading: str) -> None:
        if len(text) > MAX_DOCUMENT:
            self.problems[target] = Message("file.too-large", {"file": file})
            return
        found = read_document(file, text, heading)
        if isinstance(found, Message):
            self.problems[target] = found
        else:
            self.texts[target] = found

    def _text(self, file: str) -> str | Message:
        if file not in self.read:
            self.read[file] = self._read(file)
        return self.read[file]

    def _read(self, file: str) -> str | Message:
        if file == ".." or file.startswith(("../", "/")):
            return Message("file.outside", {"file": file})
        if file not in self.files:
            return Message("file.missing", {"file": file})
        try:
            return decode(self.tree.read(file))
        except (OSError, ValueError) as error:
            return Message("file.unreadable", {"file": file, "reason": str(error)[:200]})
