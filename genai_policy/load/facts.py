"""Lists the facts that a manifest can declare, with their types and values, so that packs can be checked against them."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Union, get_args, get_origin

from msgspec import Struct

if TYPE_CHECKING:
    from pydantic import BaseModel

FactType: TypeAlias = Literal["word", "words", "boolean", "day", "count", "text", "tables"]
"""``word`` is one of the allowed values, ``words`` a set of them, ``tables`` a list of tables."""

PROVENANCE = ("declared-by", "declared-on", "reason")


class Fact(Struct, frozen=True):
    """One fact. ``allowed`` are its values where they can be listed; ``columns`` the facts of each table of a list."""

    type: FactType
    allowed: tuple[str, ...] = ()
    columns: Mapping[str, Fact] = {}


@cache
def fact_vocabulary() -> Mapping[str, Fact]:
    """Return every fact by its dotted name, and ``as-of``, the day of the judgement."""
    from genai_policy.load.manifest_model import Facts

    return {**dict(sorted(_facts_of(Facts, ""))), "as-of": Fact("day")}


def names_a_fact(name: str) -> bool:
    """Return whether ``name`` is a fact, or a column of a list of tables (``filings.algorithm.number``)."""
    vocabulary = fact_vocabulary()
    table, _, column = name.rpartition(".")
    return name in vocabulary or (table in vocabulary and column in vocabulary[table].columns)


def _facts_of(model: type[BaseModel], above: str) -> Iterator[tuple[str, Fact]]:
    from pydantic import BaseModel

    for python_name, field in model.model_fields.items():
        key = field.alias or python_name
        if key in PROVENANCE or (above, key) == ("service.", "name"):
            continue
        type_ = _bare(field.annotation)
        if isinstance(type_, type) and issubclass(type_, BaseModel):
            yield from _facts_of(type_, f"{above}{key}.")
        else:
            yield above + key, _fact(type_)


def _fact(type_: Any) -> Fact:
    import datetime as dt

    if get_origin(type_) is list:
        item = _bare(get_args(type_)[0])
        if get_origin(item) is Literal:
            return Fact("words", get_args(item))
        return Fact("tables", columns=dict(_facts_of(item, "")))
    if get_origin(type_) is Literal:
        return Fact("word", get_args(type_))
    named: dict[Any, FactType] = {bool: "boolean", int: "count", str: "text", dt.date: "day"}
    return Fact(named[type_])


def _bare(annotation: Any) -> Any:
    """Return a field's type without its alternatives and its constraints."""
    if hasattr(annotation, "__metadata__"):
        return _bare(annotation.__origin__)
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(a for a in get_args(annotation) if a is not type(None)))
    return annotation
