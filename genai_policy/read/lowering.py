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
from genai_policy.read.languages.syntax import empty_file

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
    """Yield the result of every job, in order. A worker that dies (parsers are native code) costs only the file it was reading."""
    crew = _crew(jobs, readers, workers)
    results = crew.lower(list(_chunks(jobs)), workers) if crew is not None else iter(())
    done = 0
    for result in results:
        yield result or _lower(readers[jobs[done][0]], jobs[done][1])
        done += 1
    while crew is not None and done < len(jobs):
        for result in crew.lower([[job] for job in jobs[done:]], 1):
            yield result or _lower(readers[jobs[done][0]], jobs[done][1])
            done += 1
        if done < len(jobs):
            yield empty_file(readers[jobs[done][0]].name, "the process that read it ended unexpectedly")
            done += 1
    yield from (_lower(readers[at], data) for at, data in jobs[done:])


def _lower(reader: LanguageReader, data: bytes) -> FileIR:
    """Lower one file without collecting garbage meanwhile: lowering makes no cycles, and looking for them costs a sixth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return reader.read(data)
    finally:
        if was_enabled:
            gc.enable()


class Crew:
    """Worker processes that hold the readers."""

    def __init__(self, readers: Sequence[LanguageReader]) -> None:
        methods = multiprocessing.get_all_start_methods()
        self._context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        self._readers = pickle.dumps(tuple(readers))

    def start(self, workers: int) -> ProcessPoolExecutor:
        """Start processes."""
        return ProcessPoolExecutor(workers, self._context, _start_worker, (self._readers,))

    def lower(self, chunks: Sequence[list[Job]], workers: int) -> Iterator[FileIR | None]:
        """Yield results in order for as long as no process dies; None stands for one that could not be sent back."""
        decoder = msgspec.msgpack.Decoder(list[FileIR | None])
        pool = self.start(workers)
        try:
            waiting: list[Future[bytes]] = [pool.submit(_lower_chunk, chunk) for chunk in chunks]
            for future in waiting:
                yield from decoder.decode(future.result())
        except BrokenProcessPool:
            return
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _crew(jobs: Sequence[Job], readers: Sequence[LanguageReader], workers: int) -> Crew | None:
    """Return workers that are known to start; None where they do not pay or cannot work (a plugin's reader may not travel)."""
    if workers < 2 or sum(len(data) for _, data in jobs) < PARALLEL_FROM:
        return None
    try:
        crew = Crew(readers)
        with crew.start(1) as pool:
            return crew if pool.submit(_count_readers).result() == len(readers) else None
    except (pickle.PicklingError, TypeError, AttributeError, BrokenProcessPool, OSError):
        return None


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


def _start_worker(readers: bytes) -> None:
    global _readers
    _readers = pickle.loads(readers)


def _count_readers() -> int:
    return len(_readers)


def _lower_chunk(chunk: list[Job]) -> bytes:
    results = [_lower(_readers[at], data) for at, data in chunk]
    try:
        return msgspec.msgpack.encode(results)
    except CANNOT_PACK:
        return msgspec.msgpack.encode([one if _can_pack(one) else None for one in results])


def _can_pack(result: FileIR) -> bool:
    try:
        msgspec.msgpack.encode(result)
    except CANNOT_PACK:
        return False
    return True
