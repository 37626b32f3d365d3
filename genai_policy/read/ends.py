"""What manifests name, checked without reading any code: is there such a file, such a key, such a heading, such a name in it?

Less than the proof that the gate asks for, and quick: a claim that leads nowhere is told while the manifest is being written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from genai_policy.model.code import Place
from genai_policy.model.message import Message
from genai_policy.model.service import Locator, Service
from genai_policy.read.materials import Materials, SourceTree, read_targets

End: TypeAlias = tuple[Place, str, Message]
"""Where the manifest names it, the manifest's key, and why it leads nowhere."""


def loose_ends(tree: SourceTree, services: Sequence[Service]) -> tuple[End, ...]:
    """Return every locator and attestation whose file, key, heading or name is not there, in the order of the manifests."""
    materials = read_targets(tree, services)
    finder = _Finder(tree, materials)
    found = []
    for service in services:
        for control, locators in service.implements.items():
            for locator in locators:
                found += [(locator.place, f"implements.{control}", m) for m in finder.problems(service, locator)]
        for attestation in service.attestations:
            target = service.resolve(attestation.document)
            if attestation.document and target in materials.problems:
                found.append((attestation.place, "attest.document", materials.problems[target]))
    return tuple(sorted(found, key=lambda end: (end[0], end[1])))


class _Finder:
    def __init__(self, tree: SourceTree, materials: Materials) -> None:
        self.tree = tree
        self.materials = materials
        self.paths = [file.path for file in tree.files]

    def problems(self, service: Service, locator: Locator) -> Iterator[Message]:
        target = service.resolve(locator.target)
        if target in self.materials.problems:
            yield self.materials.problems[target]
        elif locator.kind == "setting":
            setting = self.materials.settings.get(target)
            if isinstance(setting, Message) and setting.code in ("setting.no-key", "setting.no-key-named"):
                yield setting
        elif locator.kind == "test":
            file, _, name = target.partition("::")
            yield from self._named(locator.target, re.split(r"[:\[]", name)[0], [file])
        elif locator.kind == "sample":
            yield from self._samples(locator.target, target)
        elif locator.kind == "hook":
            yield from self._hook(service, locator.target)

    def _hook(self, service: Service, target: str) -> Iterator[Message]:
        if "#" in target:
            file, _, name = service.resolve(target).partition("#")
            files = [file] if file in self.paths else []
        else:
            module, _, name = target.partition(":")
            inner = module.replace(".", "/")
            below = f"{service.root}/" if service.root else ""
            ends = (f"/{inner}.py", f"/{inner}/__init__.py", f"/{inner}.pyi")
            files = [path for path in self.paths if path.startswith(below) and f"/{path}".endswith(ends)]
        if not files:
            yield Message("ends.no-file", {"target": target})
        else:
            yield from self._named(target, name.rpartition(".")[2], files)

    def _named(self, target: str, name: str, files: Sequence[str]) -> Iterator[Message]:
        """Yield a problem where the word ``name`` is in none of ``files``; a package may bring names from elsewhere with ``*``."""
        word = re.compile(rb"(?<![\w$])" + re.escape(name.encode()) + rb"(?![\w$])|import \*|export \*")
        if not any(word.search(self._bytes(file)) for file in files):
            yield Message("ends.no-name", {"target": target, "name": name, "file": files[0]})

    def _samples(self, target: str, pattern: str) -> Iterator[Message]:
        from pathspec import GitIgnoreSpec

        if pattern not in self.paths and not any(GitIgnoreSpec.from_lines([f"/{pattern}"]).match_files(self.paths)):
            yield Message("ends.no-sample", {"target": target})

    def _bytes(self, file: str) -> bytes:
        try:
            return self.tree.read(file)
        except (OSError, ValueError):
            return b""
