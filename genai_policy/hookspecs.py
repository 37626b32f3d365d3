"""Every seam of the tool. Built-in readers, evidence kinds, packs and reports come in by the same hooks as third parties' plugins.

A plugin is a module or object with functions marked ``@genai_policy.hookimpl``, registered under the entry-point group
``genai_policy`` or named with ``--plugin``. The host calls implementations one at a time; a crash becomes a gap that names the plugin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

import pluggy

if TYPE_CHECKING:
    from pathlib import Path

    from genai_policy.model import Claim, Evidence, FactIndex, Lang, Verdict
    from genai_policy.model.ir import FileIR

PROJECT = "genai_policy"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class LanguageReader(Protocol):
    """Lowers the files of one language. ``version`` must change whenever the same bytes would lower differently."""

    name: str
    version: str
    suffixes: tuple[str, ...]

    def read(self, source: bytes) -> FileIR:
        """Lower one file. Must not raise on any input, must not touch anything but ``source``; what it cannot read it reports in the
        result (``broken``, ``truncated``)."""
        ...


class Reporter(Protocol):
    """Writes one verdict in one format."""

    name: str

    def __call__(self, verdict: Verdict, lang: Lang) -> str:
        """Return the whole report as text. The format never changes the exit code."""
        ...


@hookspec
def genai_policy_packs() -> Iterable[Path]:  # type: ignore[empty-body]
    """Return directories that hold packs (each with ``controls/`` and ``<pack>/pack.toml``)."""


@hookspec
def genai_policy_readers() -> Iterable[LanguageReader]:  # type: ignore[empty-body]
    """Return readers, one per language."""


@hookspec
def genai_policy_catalogues() -> Iterable[Path]:  # type: ignore[empty-body]
    """Return TOML files that describe model SDKs and web frameworks (format: docs/catalogue.md)."""


@hookspec
def genai_policy_evidence_kinds() -> Mapping[str, frozenset[str]]:  # type: ignore[empty-body]
    """Return the evidence kinds the plugin answers for, each with the parameter names a control may set for it (checked by ``pack
    lint``)."""


@hookspec
def genai_policy_collect_evidence(claim: Claim, facts: FactIndex) -> Iterator[Evidence]:  # type: ignore[empty-body]
    """Yield the evidence for or against one claim. No I/O, no state, no verdict: finding nothing yields nothing."""


@hookspec
def genai_policy_reporters() -> Iterable[Reporter]:  # type: ignore[empty-body]
    """Return report formats."""
