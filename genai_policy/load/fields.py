"""The kinds of values that manifests, packs and waivers are made of, checked strictly and worded for people."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

FIRST_YEAR, LAST_YEAR = 1990, 2199
_T = TypeVar("_T")


def _dashed(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


class Strict(BaseModel):
    """A table that holds the named keys and no others. Python's ``geo_control`` is TOML's ``geo-control``."""

    # only the model of a whole file is ever built, with its tables inside: building each table by itself would double the start-up time
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=_dashed, defer_build=True)


def _day(value: Any) -> Any:
    """Accept a TOML date, or the same date in quotes; refuse times."""
    if isinstance(value, str):
        try:
            value = dt.date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("day", "is not a date", {"advice": "write it as 2026-01-31"}) from None
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise PydanticCustomError("day", "must be a date", {"advice": "write it as 2026-01-31, without a time"})
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError("day", f"has the year {value.year}", {"advice": "check the date"})
    return value


def _unique(items: list[_T]) -> list[_T]:
    twice = sorted({str(i) for n, i in enumerate(items) if i in items[:n]})
    if twice:
        raise PydanticCustomError("twice", f"lists {', '.join(twice)} twice", {"advice": "name each value once"})
    return items


def _alone_when_none(items: list[_T]) -> list[_T]:
    if "none" in items and len(items) > 1:
        raise PydanticCustomError("none", '"none" stands beside other values', {"advice": 'drop "none", or drop the others'})
    return items


def _told(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "is empty", {"advice": "write it out"})
    return text


Day = Annotated[dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A calendar day."""

Told = Annotated[str, AfterValidator(_told), Field(json_schema_extra={"pattern": r"\S"})]
"""Text that says something."""

SetOf = Annotated[list[_T], AfterValidator(_unique), AfterValidator(_alone_when_none), Field(json_schema_extra={"uniqueItems": True})]
"""A list without order or repetition. ``[]`` means: declared, and empty."""

Count = Annotated[int, Field(ge=0)]
