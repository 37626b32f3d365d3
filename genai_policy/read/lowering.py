"""Runs language readers over many files, in worker processes where that pays. The results never depend on how they were made."""

from __future__ import annotations

import gc
import multiprocessing
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from genai_policy.model.ir import FileIR

if TYPE_CHECKING:
    from genai_policy.hookspecs import LanguageReader

PARALLEL_FROM = 3_000_000
"""Bytes from which worker processes save more than they cost: they take about 0.3 s to start, and a core lowers some 2.7 MB/s."""
_CHUNK = 250_000
"""Bytes that a worker gets at a time."""

CANNOT_PACK = (UnicodeError, OverflowError, TypeError, RecursionError)
"""What packing a result raises that a third party's reader made of text or numbers that have no packed form."""

Job: TypeAlias = tuple[int, bytes]
"""Which reader, and the bytes it is to read."""

_readers: Sequence[LanguageReader] = ()


def lower_all(jobs: Sequence[Job], readers: Sequence[LanguageReader], workers: int) -> Iterator[FileIR]:
    """Yield the result of every job, in order."""
    done = 0
    if workers > 1 and sum(len(data) for _, data in jobs) >= PARALLEL_FROM and _can_travel(readers):
        for result in _lower_in_processes(jobs, readers, workers):
            done += 1
            yield result
    for at, data in jobs[done:]:
        yield _lower(readers[at], data)


def _lower(reader: LanguageReader, data: bytes) -> FileIR:
    """Lower one file without collecting garbage meanwhile: lowering makes no cycles, and looking for them costs a sixth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return reader.read(data)
    finally:
        if was_enabled:
            gc.enable()


def _lower_in_processes(jobs: Sequence[Job], readers: Sequence[LanguageReader], workers: int) -> Iterator[FileIR]:
    """Yield results in order for as long as the workers live; what is missing then is left to the caller."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    decoder = msgspec.msgpack.Decoder(list[FileIR])
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context(method), _start_worker, (pickle.dumps(tuple(readers)),))
    try:
        waiting: list[Future[bytes]] = [pool.submit(_lower_chunk, chunk) for chunk in _chunks(jobs)]
        for future in waiting:
            yield from decoder.decode(future.result())
    except (BrokenProcessPool, *CANNOT_PACK, OSError, msgspec.MsgspecError):
        return
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _chunks(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    chunk: list[Job] = []
    size = 0
    for job in jobs:
        chunk.append(job)
        size += len(job[1])
        if size >= _CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _can_travel(readers: Sequence[LanguageReader]) -> bool:
    """Say whether ``readers`` can be sent to another process; a plugin's may hold what cannot."""
    try:
        pickle.dumps(tuple(readers))
    except (pickle.PicklingError, TypeError, AttributeError):
        return False
    return True


def _start_worker(readers: bytes) -> None:
    global _readers
    _readers = pickle.loads(readers)


def _lower_chunk(chunk: list[Job]) -> bytes:
    return msgspec.msgpack.encode([_lower(_readers[at], data) for at, data in chunk])
