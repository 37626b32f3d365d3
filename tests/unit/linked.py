"""Read and link a few sources in memory, for tests of what stands on the linked program."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import PurePosixPath

from genai_policy.model.code import CodeFacts
from genai_policy.plugins import Host, load_plugins
from genai_policy.read.catalogue import Catalogue, load_catalogue
from genai_policy.read.link.facts import link_program


@cache
def host() -> Host:
    """All built-in plugins."""
    return load_plugins()


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return load_catalogue(host().catalogues())


def linked(sources: Mapping[str, str], project: Mapping[str, str] | None = None, jobs: int = 1) -> CodeFacts:
    """Return the facts of a tree given as path -> text."""
    readers = {suffix: reader for reader in host().readers() for suffix in reader.suffixes}
    files = {path: readers[PurePosixPath(path).suffix].read(text.encode()) for path, text in sources.items()}
    return link_program(files, catalogue(), project or {}, [], jobs=jobs)
