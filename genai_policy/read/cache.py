"""Keeps results between runs, by content: a small table of bytes in the user's cache folder.

It may be lost, broken, locked or read-only at any time: then there is nothing in it and nothing is put into it, and results are the same.
Entries are sealed with a checksum, so a damaged one reads as absent. Nothing that is executed or unpickled is ever stored.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

_SCHEMA = 1
_SEAL = 16
_BATCH = 500
_LARGEST = 500_000_000
"""Size of the file from which the oldest half of the entries is dropped, in bytes."""
_LOCK_WAIT = 2.0
"""Seconds to wait for another run that is writing."""


class Cache:
    """A table from key to bytes. A key must name everything that the value depends on."""

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        self._connection = connection

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def usable(self) -> bool:
        """False once the file turned out to be unusable."""
        return self._connection is not None

    def get(self, key: str) -> bytes | None:
        """Return the entry of ``key``, None without one."""
        return self.get_many([key]).get(key)

    def put(self, key: str, value: bytes) -> None:
        """Keep one entry if possible."""
        self.put_many({key: value})

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Return the entries there are for ``keys``."""
        hashed = {self._hash(key): key for key in keys}
        found: dict[str, bytes] = {}
        for row_key, payload in self._rows(list(hashed)):
            value = _unsealed(row_key, payload)
            if value is not None:
                found[hashed[row_key]] = value
        return found

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        """Keep ``entries`` if possible."""
        rows = [(self._hash(key), _sealed(self._hash(key), value)) for key, value in entries.items()]
        if self._connection is None:
            return
        try:
            with self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO entry (key, value) VALUES (?, ?)", rows)
            self._shrink()
        except sqlite3.Error:
            self.close()

    def close(self) -> None:
        """Let go of the file. What was put is kept."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except sqlite3.Error:
                return

    def _hash(self, key: str) -> bytes:
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()

    def _rows(self, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            if self._connection is None:
                return
            try:
                marks = ",".join("?" * len(batch))
                rows = self._connection.execute(f"SELECT key, value FROM entry WHERE key IN ({marks})", batch).fetchall()
            except sqlite3.Error:
                self.close()
                return
            yield from (row for row in rows if isinstance(row[0], bytes) and isinstance(row[1], bytes))

    def _shrink(self) -> None:
        if self._connection is None:
            return
        (pages,) = self._connection.execute("PRAGMA page_count").fetchone()
        (size,) = self._connection.execute("PRAGMA page_size").fetchone()
        if pages * size > _LARGEST:
            with self._connection:
                self._connection.execute(
                    "DELETE FROM entry WHERE rowid IN (SELECT rowid FROM entry ORDER BY rowid LIMIT (SELECT COUNT(*)/2 FROM entry))"
                )
            self._connection.execute("VACUUM")


def open_cache(folder: Path | None = None) -> Cache:
    """Open the cache in ``folder`` (default: the user's cache folder); one that cannot be used is simply empty. Never raises."""
    folder = folder or cache_folder()
    if folder is None or not _private(folder):
        return Cache(None)
    file = folder / f"results-{_SCHEMA}.sqlite"
    connection = _connect(file)
    if connection is None and _discard(file):
        connection = _connect(file)
    return Cache(connection)


def cache_folder() -> Path | None:
    """Return the folder of this user's cache, None where there is no home."""
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    if chosen and Path(chosen).is_absolute():
        return Path(chosen) / "genai-policy"
    if sys.platform == "win32" and os.environ.get("LOCALAPPDATA"):
        return Path(os.environ["LOCALAPPDATA"]) / "genai-policy" / "Cache"
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "genai-policy"


def source_stamp(files: Iterable[Path]) -> str:
    """Return a digest of the tool's own source ``files``: when they change, so do the keys of what they computed."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode() + b"\n" + file.read_bytes())
    return digest.hexdigest()


def _connect(file: Path) -> sqlite3.Connection | None:
    try:
        connection = sqlite3.connect(file, timeout=_LOCK_WAIT)
    except sqlite3.Error:
        return None
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        with connection:
            connection.execute("CREATE TABLE IF NOT EXISTS entry (key BLOB UNIQUE NOT NULL, value BLOB NOT NULL)")
    except sqlite3.Error:
        connection.close()
        return None
    return connection


def _discard(file: Path) -> bool:
    """Remove a file that is no usable database; False when that fails, or when it may only be locked."""
    try:
        with file.open("rb") as stream:
            if stream.read(16) == b"SQLite format 3\0" and file.stat().st_size >= 512 and not _malformed(file):
                return False
        file.unlink()
    except OSError:
        return False
    return True


def _malformed(file: Path) -> bool:
    try:
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=0)
    except sqlite3.Error:
        return False
    try:
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        return True
    finally:
        connection.close()
    return False


def _private(folder: Path) -> bool:
    """Make the folder if needed; say whether it is the caller's own and nobody else can write to it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return stat.S_ISDIR(status.st_mode)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _sealed(key: bytes, value: bytes) -> bytes:
    return hashlib.blake2b(value, digest_size=_SEAL, key=key).digest() + value


def _unsealed(key: bytes, payload: bytes) -> bytes | None:
    value = payload[_SEAL:]
    return value if _sealed(key, value) == payload else None
