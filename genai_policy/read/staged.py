"""Entries and content of a tree that is an index of git: files on disk that hold the same bytes are only a quick copy of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from genai_policy.read.file_classes import FileClasses
from genai_policy.read.files import LARGEST_OWN, MARK, Missing, TreeFile, Unreadable, is_utf8, read_regular
from genai_policy.read.index import Absent, Index


def examine_staged(
    root: Path, paths: Sequence[str], index: Index, reasons: Mapping[str, str], classes: FileClasses, known: Mapping[str, TreeFile]
) -> list[TreeFile]:
    """Return the entries of an index, of which files on disk that hold the same bytes are a quick copy."""
    own = [path for path in paths if not _staged_nature(path, index) and not reasons.get(path)]
    on_disk = {path: data for path in own if (data := _from_disk(os.path.realpath(root), path)) is not None}
    index.fetch((path for path in own if path not in on_disk or not index.matches(path, on_disk[path])), LARGEST_OWN)
    files = []
    for path in paths:
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        earlier = known.get(path)
        if reason := _staged_nature(path, index) or reasons.get(path):
            files.append(TreeFile(shown, 0, "", reason))
        elif earlier is not None and earlier.digest:
            files.append(TreeFile(shown, earlier.size, earlier.digest, "" if path in reasons else earlier.left_out, earlier.marked))
        else:
            files.append(_examine_content(shown, path, index, on_disk, None if path in reasons else classes))
    return files


def _examine_content(shown: str, path: str, index: Index, on_disk: Mapping[str, bytes], classes: FileClasses | None) -> TreeFile:
    """Return the entry of one staged file; without ``classes`` it counts as own whatever it holds."""
    if path not in on_disk and (size := index.size(path) or 0) > LARGEST_OWN:
        return TreeFile(shown, size, "", "too-large")
    try:
        data = index.content(path, on_disk.get)
    except Absent:
        return TreeFile(shown, 0, "", "unreadable")
    if len(data) > LARGEST_OWN:
        return TreeFile(shown, len(data), "", "too-large")
    seen = "" if classes is None else classes.of_content(path, data)
    return TreeFile(shown, len(data), hashlib.sha256(data).hexdigest(), seen, MARK in data)


def _staged_nature(path: str, index: Index) -> str:
    """Return why an entry of the index can never count as an own file."""
    entry = index.entries[path]
    if entry.is_repository:
        return "submodule"
    if entry.is_link:
        try:
            target = index.resolved(path)
        except Absent as reason:
            return "link-outside" if "out of" in str(reason) else "unreadable"
        return "link" if target in index.entries or target in index.folders else "unreadable"
    return "" if is_utf8(path) else "name"


def read_staged(index: Index, real_root: str, path: str, limit: int) -> bytes:
    try:
        data = index.content(path, lambda file: _from_disk(real_root, file))
    except Absent as reason:
        raise (Unreadable(path, str(reason)) if str(reason) else Missing(path, "there is no such file in the index of git")) from None
    if len(data) > limit:
        raise Unreadable(path, f"it is larger than {limit} bytes")
    return data


def _from_disk(real_root: str, path: str) -> bytes | None:
    """Return the bytes of a file in the working tree, if it has any: they count only where they are those of the index."""
    try:
        return read_regular(f"{real_root}/{path}", path, LARGEST_OWN)
    except Unreadable:
        return None
