"""Opens the scanned tree: which files there are, which are the service's own, and a reader that never leaves the root."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from genai_policy.model.code import Gap
from genai_policy.read.file_classes import FileClasses, file_classes
from genai_policy.read.files import LARGEST_OWN, LARGEST_READ, MARK, Missing, TreeFile, Unreadable, is_utf8, read_regular, unreadable
from genai_policy.read.index import Index, read_index
from genai_policy.read.listing import Listing, list_files
from genai_policy.read.staged import examine_staged, read_staged

__all__ = ["LARGEST_OWN", "LARGEST_READ", "MARK", "Missing", "Tree", "TreeFile", "Unreadable", "list_tree", "open_tree", "tree_of_index"]


class Tree:
    """The scanned tree. ``files`` is sorted by path; ``gaps`` says what could not be listed. With an ``index`` it is that of the next
    commit, or of one of the past: what only lies in the working tree does not exist. ``consulted`` are the paths that were asked for."""

    def __init__(self, root: Path, files: Iterable[TreeFile], listing: Listing | None = None, index: Index | None = None) -> None:
        self.root = root
        self._index = index
        self.consulted: set[str] = set()
        self.files = tuple(sorted(files))
        self._listing = listing or Listing(tuple(file.path for file in self.files))
        self.gaps = tuple(sorted(Gap(path, reason, kind="unreadable") for path, reason in self._listing.unread))
        self._by_path = {file.path: file for file in self.files}
        self._real_root = os.path.realpath(root)

    def has(self, path: str) -> bool:
        """Say whether ``path`` is listed, as an own file or left out."""
        return path in self._by_path

    def read(self, path: str, limit: int = LARGEST_READ) -> bytes:
        """Return the bytes of ``path`` (POSIX, relative to the root), whether it is listed or not.

        Raises Unreadable for what is missing (then it is a Missing), outside the root (also by a link), among git's own files, no regular
        file, or larger than ``limit`` bytes.
        """
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or "\0" in path or PureWindowsPath(path).drive:
            raise Unreadable(path, "the path does not lie inside the scanned tree")
        self.consulted.add("/".join(parts))
        if self._index is not None:
            return read_staged(self._index, self._real_root, "/".join(parts), limit)
        try:
            real = os.path.realpath(f"{self._real_root}/{'/'.join(parts)}", strict=True)
        except (OSError, ValueError) as error:
            raise unreadable(path, error) from error
        if not self._holds(real):
            raise Unreadable(path, "the path leads out of the scanned tree")
        return read_regular(real, path, limit)

    def reclassified(self, *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Tree:
        """Return the same tree with the classes overruled by patterns (see :func:`open_tree`)."""
        if not include and not exclude:
            return self
        tree = _classified(self.root, self._listing, include, exclude, self._by_path, self._index)
        tree.consulted = self.consulted
        return tree

    def _holds(self, real: str) -> bool:
        """Say whether a resolved path lies below the root, and not among git's own files."""
        parts = PurePath(os.path.relpath(real, self._real_root)).parts
        return parts[:1] != ("..",) and ".git" not in parts


def open_tree(root: Path, *, include: Sequence[str] = (), exclude: Sequence[str] = (), staged: bool = False) -> Tree:
    """List and classify the files below ``root``.

    ``include`` and ``exclude`` are patterns as in a ``.gitignore``; they overrule the file classes, and ``exclude`` overrules ``include``.
    ``staged`` asks for what the next commit would hold; raises UsageProblem where no index of git says so.
    """
    if not staged:
        return _classified(root, list_files(root), include, exclude, {})
    return tree_of_index(root, read_index(root), include=include, exclude=exclude)


def tree_of_index(root: Path, index: Index, *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Tree:
    """List and classify what an index holds, or a commit read like one."""
    repositories = frozenset(path for path, entry in index.entries.items() if entry.is_repository)
    return _classified(root, Listing(tuple(sorted(index.entries)), repositories), include, exclude, {}, index)


def list_tree(root: Path, *, staged: bool = False) -> Tree:
    """List the files below ``root`` by name alone: nothing is opened, so sizes and digests are missing and no content is classed."""
    index = read_index(root) if staged else None
    listing = list_files(root) if index is None else Listing(tuple(sorted(index.entries)))
    names = [path for path in listing.paths if is_utf8(path)]
    reasons = file_classes().of_paths(names)
    there = (name for name in names if index is not None or os.path.lexists(f"{root}/{name}"))
    return Tree(root, [TreeFile(name, 0, "", reasons.get(name, "")) for name in there], listing, index)


def _classified(
    root: Path,
    listing: Listing,
    include: Sequence[str],
    exclude: Sequence[str],
    known: Mapping[str, TreeFile],
    index: Index | None = None,
) -> Tree:
    classes = file_classes()
    names = [path for path in listing.paths if is_utf8(path)]
    reasons = _overrule(classes.of_paths(names), names, include, exclude)
    if index is not None:
        return Tree(root, examine_staged(root, listing.paths, index, reasons, classes, known), listing, index)
    plain: dict[str, bool] = {"": True}
    files = [
        _examine(root, path, listing, reasons.get(path), classes, known.get(path))
        for path in listing.paths
        if _is_plain(root, path.rpartition("/")[0], plain)
    ]
    return Tree(root, [file for file in files if file is not None], listing)


def _overrule(reasons: dict[str, str], paths: Collection[str], include: Sequence[str], exclude: Sequence[str]) -> dict[str, str]:
    """Return ``reasons`` under the caller's patterns; "" for a file that counts as own whatever it looks like."""
    if include or exclude:
        from pathspec import GitIgnoreSpec

        reasons = {**reasons, **dict.fromkeys(GitIgnoreSpec.from_lines(include).match_files(paths), "")}
        reasons = {**reasons, **dict.fromkeys(GitIgnoreSpec.from_lines(exclude).match_files(paths), "excluded")}
    return reasons


def _examine(root: Path, path: str, listing: Listing, reason: str | None, classes: FileClasses, known: TreeFile | None) -> TreeFile | None:
    """Return the entry of one listed path; None when it is in the index but no longer on disk.

    ``reason`` is "" for a file that counts as own whatever it holds, None when its content decides; ``known`` is an earlier entry.
    """
    if known is not None and known.digest and not reason:
        return TreeFile(known.path, known.size, known.digest, known.left_out if reason is None else "", known.marked)
    shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    full = f"{root}/{path}"
    try:
        status = os.lstat(full)
    except (FileNotFoundError, NotADirectoryError):
        return TreeFile(shown, 0, "", "submodule") if path in listing.repositories else None
    except (OSError, ValueError):
        return TreeFile(shown, 0, "", "unreadable")
    forced = _by_nature(root, path, status, listing)
    if forced or reason:
        # of what is not the service's own anyway, nobody needs to know that it cannot be read
        unknown = forced in ("link-outside", "unreadable", "special")
        return TreeFile(shown, status.st_size, "", reason if unknown and reason else forced or reason or "")
    if status.st_size > LARGEST_OWN:
        return TreeFile(shown, status.st_size, "", "too-large")
    try:
        data = read_regular(full, path, LARGEST_OWN)
    except Unreadable:
        return TreeFile(shown, status.st_size, "", "unreadable")
    seen = "" if reason == "" else classes.of_content(path, data)
    return TreeFile(shown, len(data), hashlib.sha256(data).hexdigest(), seen, MARK in data)


def _is_plain(root: Path, folder: str, known: dict[str, bool]) -> bool:
    """Say whether no part of ``folder`` is a link. Git still lists what was in a folder before a link took its place."""
    if folder not in known:
        known[folder] = _is_plain(root, folder.rpartition("/")[0], known) and not (root / folder).is_symlink()
    return known[folder]


def _by_nature(root: Path, path: str, status: os.stat_result, listing: Listing) -> str:
    """Return why a path can never count as an own file: no pattern overrules these."""
    if path in listing.repositories:
        return "submodule"
    if path in listing.ignored:
        return "ignored"
    if stat.S_ISLNK(status.st_mode):
        if not _stays_inside(root, path):
            return "link-outside"
        # a link to a file of the tree hides nothing: that file is listed itself; one that leads nowhere is a file of unknown content
        return "link" if (root / path).exists() else "unreadable"
    if not stat.S_ISREG(status.st_mode):
        return "special"
    if not is_utf8(path):
        return "name"
    return ""


def _stays_inside(root: Path, path: str) -> bool:
    real_root = os.path.realpath(root)
    return os.path.commonpath([real_root, os.path.realpath(f"{real_root}/{path}")]) == real_root
