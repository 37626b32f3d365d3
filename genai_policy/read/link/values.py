"""Abstract values: what an expression may stand for, as far as linking needs to know.

A value set is a ``dict[Value, None]`` (an ordered set): insertion order is decided by the sorted input alone, so results never depend on
hash seeds or on the order of files.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from msgspec import Struct

#: Packages that keep what a user's session holds: ``cl.user_session.set("chain", chain)``, ``st.session_state["chain"]``.
SESSIONS = frozenset({"chainlit", "streamlit"})
HOLE = "\x00"
"""Stands for a part of a text that is not known."""


class Ext(Struct, frozen=True, gc=False, cache_hash=True):
    """Something outside the scanned tree, named symbolically: ``openai.OpenAI().chat.completions``. ``()`` marks "the result of
    calling"."""

    path: str


class Obj(Struct, frozen=True, gc=False, cache_hash=True):
    """An external object whose identity matters (router, application, queue, connection): where it was made, and its symbolic path.
    ``owner`` is the project class (file, index) when a subclass of the external one was constructed."""

    file: str
    call: int
    path: str
    owner: tuple[str, int] | None = None


class ClassVal(Struct, frozen=True, gc=False, cache_hash=True):
    """A class of the scanned tree, as a value."""

    file: str
    index: int


class Inst(Struct, frozen=True, gc=False, cache_hash=True):
    """An instance of a class of the scanned tree. ``exact`` is false when only a declared type is known (a subclass is possible)."""

    file: str
    index: int
    exact: bool = False


class Super(Struct, frozen=True, gc=False, cache_hash=True):
    """``super()`` inside a method of the class."""

    file: str
    index: int


class FnVal(Struct, frozen=True, gc=False, cache_hash=True):
    """A function of the scanned tree. ``bound`` is true when the receiver is already supplied."""

    file: str
    index: int
    bound: bool = False


class Mod(Struct, frozen=True, gc=False, cache_hash=True):
    """A file of the scanned tree, as a module."""

    file: str


class Pkg(Struct, frozen=True, gc=False, cache_hash=True):
    """A directory of the scanned tree, as a package without a file of its own."""

    directory: str


class Text(Struct, frozen=True, gc=False, cache_hash=True):
    """A text, with :data:`HOLE` where a part is unknown."""

    value: str


class Const(Struct, frozen=True, gc=False, cache_hash=True):
    """A constant that is not text."""

    value: int | float | bool | None


class Coll(Struct, frozen=True, gc=False, cache_hash=True):
    """A literal collection, by number (see ``Solver.groups``)."""

    number: int


class Gen(Struct, frozen=True, gc=False, cache_hash=True):
    """The iterator that calling a generator function returns."""

    file: str
    index: int


class Caller(Struct, frozen=True, gc=False, cache_hash=True):
    """A call that runs the function whose ``callers`` slot holds this; ``shift`` leading parameters are not written in it."""

    file: str
    call: int
    shift: int


class Handed(Struct, frozen=True, gc=False, cache_hash=True):
    """A call that is given the function whose ``handed`` slot holds this, as argument number ``argument``."""

    file: str
    call: int
    argument: int


class Stored(Struct, frozen=True, gc=False, cache_hash=True):
    """Store number ``number`` of an attribute name goes to this class (in a ``stores`` slot)."""

    file: str
    index: int
    number: int


Value: TypeAlias = Ext | Obj | ClassVal | Inst | Super | FnVal | Mod | Pkg | Text | Const | Coll | Gen | Caller | Handed | Stored
Values: TypeAlias = dict[Value, None]


def plain(path: str) -> str:
    """The dotted name of a symbolic path, without call marks."""
    return path.replace("()", "")


_ADDRESS = re.compile(r"(\w+)://([^/?#]*)([^?#]*)")
_PARTS = {
    "host": 2, "hostname": 2, "netloc": 2, "authority": 2, "Host": 2, "pathname": 3, "path": 3, "Path": 3, "scheme": 1, "Scheme": 1,
}  # fmt: skip


def address_part(text: str, name: str) -> list[str]:
    """The part of an address that a member of a parsed URL stands for; nothing for other members and texts."""
    whole = _ADDRESS.match(text) if name in _PARTS or name in ("origin", "href", "protocol") else None
    if whole is None:
        return []
    if name in _PARTS:
        return [whole.group(_PARTS[name])]
    return [text] if name == "href" else [f"{whole.group(1)}:"] if name == "protocol" else [f"{whole.group(1)}://{whole.group(2)}"]


def root(path: str) -> str:
    """The first segment of a symbolic path."""
    return path.split(".", 1)[0].removesuffix("()")
