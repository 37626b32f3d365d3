"""Reads the code files of a tree: bytes to FileIR, in parallel where that pays, and never twice for the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from msgspec import Struct

from genai_policy.model import ir
from genai_policy.model.code import Gap
from genai_policy.model.ir import READER_CRASHED, FileIR
from genai_policy.read.cache import Cache, source_stamp
from genai_policy.read.lowering import CANNOT_PACK, Job, lower_all
from genai_policy.read.tree import Tree, TreeFile, Unreadable

if TYPE_CHECKING:
    from genai_policy.hookspecs import LanguageReader

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told the stage, how much of it is done and how much there is."""

_NOT_CODE = frozenset({"too-large", "unreadable", "name", "special", "link-outside"})
"""Reasons for which a code file is left out that are gaps: its content is unknown."""


class Task(Struct, frozen=True):
    """The content to lower once, for all ``paths`` that share it. ``key`` identifies it in the cache."""

    key: str
    reader: int
    paths: tuple[str, ...]
    size: int


def read_code(
    tree: Tree,
    readers: Sequence[LanguageReader],
    *,
    cache: Cache | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
    known: dict[str, FileIR] | None = None,
) -> tuple[dict[str, FileIR], tuple[Gap, ...]]:
    """Lower every own code file of ``tree``.

    Returns the results by path (sorted) and a gap for each file that could not be read, or only in part. The result does not depend on
    the order of files, the cache or the number of ``jobs``. ``progress`` is told about every file. ``known`` holds the results of this
    process by content: what is there is not lowered again, what is new is added.
    """
    by_suffix = _by_suffix(readers)
    chosen = [(file, at) for file in tree.files if (at := _reader_of(file.path, by_suffix)) is not None]
    tasks = _tasks([(file, at) for file, at in chosen if not file.left_out], readers)
    lowered: dict[str, FileIR] = {}
    gaps: list[Gap] = [*tree.gaps, *(_left_out_gap(file) for file, _ in chosen if file.left_out in _NOT_CODE)]
    total = sum(len(task.paths) for task in tasks)
    done = 0
    known = {} if known is None else known
    again = [(task, known[task.key]) for task in tasks if task.key in known]
    for task, outcome in chain(again, _lower_all(tree, [task for task in tasks if task.key not in known], readers, cache, jobs)):
        if isinstance(outcome, FileIR):
            known[task.key] = outcome
        done += len(task.paths)
        for path in task.paths:
            if isinstance(outcome, Unreadable):
                gaps.append(Gap(path, f"the file could not be read: {outcome.reason}", kind="unreadable"))
            else:
                lowered[path] = outcome
                gaps.extend(_content_gaps(path, outcome))
        if progress is not None:
            progress("code", done, total)
    return {path: lowered[path] for path in sorted(lowered)}, tuple(sorted(gaps))


def _by_suffix(readers: Sequence[LanguageReader]) -> dict[str, int]:
    """Return the reader of each suffix; the first that claims a suffix has it."""
    found: dict[str, int] = {}
    for at, reader in enumerate(readers):
        for suffix in reader.suffixes:
            found.setdefault(suffix, at)
    return found


def _reader_of(path: str, by_suffix: Mapping[str, int]) -> int | None:
    """Return the reader of the longest suffix of ``path`` that has one (``.d.ts`` before ``.ts``)."""
    name = path.rpartition("/")[2]
    at = name.find(".")
    while at >= 0:
        if name[at:] in by_suffix:
            return by_suffix[name[at:]]
        at = name.find(".", at + 1)
    return None


def _tasks(files: Iterable[tuple[TreeFile, int]], readers: Sequence[LanguageReader]) -> list[Task]:
    paths: dict[tuple[str, int], list[TreeFile]] = {}
    for file, at in files:
        paths.setdefault((file.digest, at), []).append(file)
    stamp = _readers_stamp()
    return [
        Task(f"lowered {stamp} {readers[at].name} {readers[at].version} {digest}", at, tuple(file.path for file in same), same[0].size)
        for (digest, at), same in paths.items()
    ]


def _lower_all(
    tree: Tree, tasks: Sequence[Task], readers: Sequence[LanguageReader], cache: Cache | None, jobs: int
) -> Iterator[tuple[Task, FileIR | Unreadable]]:
    """Yield every task with its result: from the cache, else lowered now and then put in the cache."""
    cached = _from_cache(cache, tasks)
    fresh: list[Task] = []
    data: list[Job] = []
    for task in tasks:
        if task.key in cached:
            yield task, cached[task.key]
            continue
        try:
            data.append((task.reader, tree.read(task.paths[0])))
            fresh.append(task)
        except Unreadable as problem:
            yield task, problem
    made: dict[str, bytes] = {}
    encoder = msgspec.msgpack.Encoder()
    for task, result in zip(fresh, lower_all(data, readers, jobs), strict=True):
        if cache is not None and not result.truncated:  # what a bound cut may come out whole on a faster machine or with other bounds
            with suppress(*CANNOT_PACK):
                made[task.key] = encoder.encode(result)
        yield task, result
    if cache is not None and made:
        cache.put_many(made)


def _from_cache(cache: Cache | None, tasks: Sequence[Task]) -> dict[str, FileIR]:
    if cache is None:
        return {}
    decoder = msgspec.msgpack.Decoder(FileIR)
    found: dict[str, FileIR] = {}
    for key, payload in cache.get_many([task.key for task in tasks]).items():
        try:
            found[key] = decoder.decode(payload)
        except (msgspec.MsgspecError, RecursionError):
            continue
    return found


@lru_cache(maxsize=1)
def _readers_stamp() -> str:
    """Return a digest of all that lowers: a reader whose version somebody forgot to raise must not bring back old results."""
    here = Path(__file__).parent
    return source_stamp([Path(ir.__file__), *(here / "languages").glob("*.py")])


def _left_out_gap(file: TreeFile) -> Gap:
    if file.left_out == "too-large":
        return Gap(file.path, f"the file was not read: it has {file.size} bytes", kind="bound")
    reason = "its name is not valid UTF-8" if file.left_out == "name" else "it cannot be opened"
    return Gap(file.path, f"the file was not read: {reason}", kind="unreadable")


def _content_gaps(path: str, content: FileIR) -> Iterator[Gap]:
    if content.truncated:
        kind = "plugin" if READER_CRASHED in content.directives else "bound"
        yield Gap(path, f"the file was not read completely: {content.truncated}", kind=kind)
    if content.broken:
        more = f" and {len(content.broken) - 1} more places" if len(content.broken) > 1 else ""
        yield Gap(path, f"the syntax could not be read at line {content.broken[0]}{more}", content.broken[0], "syntax")
