"""Work of a pure function done in a process of its own, beside what the caller goes on with.

The process is a copy of this one (``fork``): what it works on needs no packing, and only the answer travels. Where there is no ``fork``, or
other threads run (a copy would inherit their locks), the work is done here, when it is asked for. The answer is the same either way.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

_CHUNK = 1 << 20


def start(work: Callable[[], bytes], *, beside: bool) -> Callable[[], bytes]:
    """Begin ``work`` in another process when ``beside`` and the system allow it; return what waits for its answer.

    A process that dies, or cannot be made, costs time only: the work is then done by the caller.
    """
    if not beside or not hasattr(os, "fork") or threading.active_count() > 1:
        return work
    try:
        source, sink = os.pipe()
    except OSError:
        return work
    try:
        child = os.fork()
    except OSError:
        os.close(source)
        os.close(sink)
        return work
    if child == 0:
        os.close(source)
        _answer(work, sink)
    os.close(sink)
    return lambda: _await(child, source) or work()


def _answer(work: Callable[[], bytes], sink: int) -> None:
    """In the child: write the answer and leave, past everything that the parent registered for its own end."""
    code = 1
    try:
        data = memoryview(work())
        while data:
            data = data[os.write(sink, data[:_CHUNK]) :]
        code = 0
    finally:
        os._exit(code)


def _await(child: int, source: int) -> bytes:
    """Return the whole answer, or nothing when the process did not end well."""
    parts: list[bytes] = []
    with open(source, "rb", buffering=0) as stream:
        while part := stream.read(_CHUNK):
            parts.append(part)
    try:
        _, status = os.waitpid(child, 0)
    except ChildProcessError:
        return b""
    return b"".join(parts) if status == 0 else b""
