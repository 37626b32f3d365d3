"""Keeps the checked law in a form that is read in a few milliseconds, under a key that names everything it was made of.

Only a law without mistakes is kept, and only if reading it back gives an equal one. A lost, damaged or foreign copy is no copy.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct

from genai_policy import __version__
from genai_policy.load.pack_sources import DirectorySources
from genai_policy.model import law as law_model
from genai_policy.model import message as message_model
from genai_policy.model.law import Condition, Law, Requirement, Way

_T = TypeVar("_T")

_OPEN: Mapping[type[Struct], tuple[str, ...]] = {Condition: ("value",), Requirement: ("params",), Way: ("params",), Law: ("shared",)}
"""Fields that hold whatever TOML can hold: nothing but the value itself says that it is a day."""
_MOMENTS: tuple[type[Any], ...] = (dt.datetime, dt.date, dt.time)
"""A datetime is a date too, so it is asked first. The place in this list is the code that is written."""


class Store(Protocol):
    """What keeps bytes by key: a cache that may at any time hold nothing."""

    @property
    def usable(self) -> bool:
        """False where nothing can be kept."""

    def get(self, key: str) -> bytes | None:
        """Return what was put, None without it."""

    def put(self, key: str, value: bytes) -> None:
        """Keep the bytes if possible."""


def key_of(sources: Sequence[DirectorySources], kinds: Mapping[str, frozenset[str]]) -> str:
    """Return the key of the law that ``sources`` make: their contents and places, what is checked against, and the tool itself."""
    known = {kind: sorted(params) for kind, params in sorted(kinds.items())}
    digest = hashlib.sha256(msgspec.msgpack.encode((__version__, known, sources)))
    for file in _own_files():
        digest.update(file.name.encode() + file.read_bytes())
    return f"law {digest.hexdigest()}"


def packed(law: Law) -> bytes | None:
    """Return ``law`` as bytes, or None if it would not come back as it is."""
    try:
        data = msgspec.msgpack.encode(_marked(law))
    # an integer of more than 64 bits, or a value of a kind that only a test could build
    except (OverflowError, TypeError, ValueError):
        return None
    return data if unpacked(data) == law else None


def unpacked(data: bytes) -> Law | None:
    """Return the law in ``data``, None where there is none."""
    try:
        return msgspec.msgpack.decode(data, type=Law, ext_hook=_moment)
    # a day that is none is a ValueError, and so is what msgspec finds wrong
    except (ValueError, RecursionError, IndexError):
        return None


def _own_files() -> list[Path]:
    """Return the sources of what checks and shapes the law: in a checkout they change while the version does not."""
    return [*sorted(Path(__file__).parent.glob("*.py")), Path(law_model.__file__), Path(message_model.__file__)]


def _marked(value: _T) -> _T:
    """Return ``value`` with the days and times in its open fields marked as such; every other field has a type that tells."""
    if isinstance(value, Struct):
        opened = _OPEN.get(type(value), ())
        fields = {name: (_open if name in opened else _marked)(getattr(value, name)) for name in value.__struct_fields__}
        return type(value)(**fields)
    if isinstance(value, Mapping):
        return {k: _marked(v) for k, v in value.items()}  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(_marked(v) for v in value)  # type: ignore[return-value]
    return value


def _open(value: Any) -> Any:
    for code, moment in enumerate(_MOMENTS):
        if isinstance(value, moment):
            return msgspec.msgpack.Ext(code, value.isoformat().encode())
    if isinstance(value, Mapping):
        return {k: _open(v) for k, v in value.items()}
    return [_open(v) for v in value] if isinstance(value, list) else value


def _moment(code: int, data: memoryview) -> Any:
    return _MOMENTS[code].fromisoformat(bytes(data).decode())
