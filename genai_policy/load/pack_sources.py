"""Gathers every file that the law is made of, before anything in it is looked at: what is not gathered here cannot change the law.

A pack's tests and the targets beside its rules are not gathered: no check reads them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from genai_policy.load.inputs import reason_of

PACK_FILE = "pack.toml"


class SourceFile(Struct, frozen=True):
    """One file: its name as mistakes tell it, its bytes, or why it cannot be read."""

    label: str
    stem: str
    data: bytes = b""
    problem: str = ""


class PackSources(Struct, frozen=True):
    """The files of one pack. ``about`` is its pack.toml (None: there is none); of rule files only the names count here."""

    folder: str
    label: str
    about: SourceFile | None
    obligations: tuple[SourceFile, ...]
    predicates: tuple[SourceFile, ...]
    rules: tuple[str, ...]


class DirectorySources(Struct, frozen=True):
    """One directory of packs. ``exists`` is false where it is none."""

    path: str
    exists: bool
    controls: tuple[SourceFile, ...] = ()
    shared: tuple[SourceFile, ...] = ()
    packs: tuple[PackSources, ...] = ()


def gather_sources(directories: Sequence[Path]) -> tuple[DirectorySources, ...]:
    """Return the files of all packs below ``directories``, everything in the order of its name."""
    return tuple(_directory(directory) for directory in directories)


def _directory(directory: Path) -> DirectorySources:
    path = directory.as_posix()
    if not directory.is_dir():
        return DirectorySources(path, exists=False)
    label = directory.name if directory.is_absolute() else path
    folders = sorted(name for name in _names(path) if name != "controls" and Path(path, name).is_dir())
    return DirectorySources(
        path,
        exists=True,
        controls=_files(f"{path}/controls", f"{label}/controls"),
        shared=_files(path, label),
        packs=tuple(_pack(f"{path}/{name}", f"{label}/{name}") for name in folders),
    )


def _pack(folder: str, label: str) -> PackSources:
    names = _names(folder)
    common = (_file(folder, label, "predicates.toml"),) if "predicates.toml" in names else ()
    return PackSources(
        folder=folder,
        label=label,
        about=_file(folder, label, PACK_FILE) if PACK_FILE in names else None,
        obligations=_files(f"{folder}/obligations", f"{label}/obligations") if "obligations" in names else (),
        predicates=(*common, *(_files(f"{folder}/predicates", f"{label}/predicates") if "predicates" in names else ())),
        rules=tuple(_rules(f"{folder}/rules")) if "rules" in names else (),
    )


def _rules(folder: str) -> Iterator[str]:
    """Yield the rule files, without the targets that lie beside them."""
    for name in _names(folder):
        if name.endswith((".yaml", ".yml")) and ".test." not in name:
            yield f"rules/{name}"


def _files(folder: str, label: str) -> tuple[SourceFile, ...]:
    return tuple(_file(folder, label, name) for name in _names(folder) if name.endswith(".toml"))


def _file(folder: str, label: str, name: str) -> SourceFile:
    stem = name.removesuffix(".toml")
    try:
        # hundreds of small files: pathlib alone would take longer than reading them
        with open(f"{folder}/{name}", "rb", buffering=0) as stream:  # noqa: PTH123
            return SourceFile(f"{label}/{name}", stem, stream.readall())
    except OSError as error:
        return SourceFile(f"{label}/{name}", stem, problem=reason_of(error, f"{label}/{name}"))


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208
    except OSError:
        return []
