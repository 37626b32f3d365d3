"""The data files beside the packs (documents.toml, contradictions.toml, drift.toml) as strict tables."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from genai_policy.load.fields import Count, SetOf, Strict, Told
from genai_policy.load.pack_model import Bilingual


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        # braces in a message would be taken for placeholders
        why = str(error).replace("{", "(").replace("}", ")")
        raise PydanticCustomError("pattern", f"is no regular expression: {why}", {"advice": "escape it, or use single quotes"}) from None
    return text


Pattern = Annotated[Told, AfterValidator(_pattern)]


class PlaceholderTable(Strict):
    """Text that shows a document to be unfinished."""

    id: Told
    any: list[Pattern]
    title: Bilingual


class DocumentsFile(Strict):
    """documents.toml"""

    schema_: Literal[1]
    placeholder: list[PlaceholderTable] = []


class CheckTable(Strict):
    """What in the code speaks against a declared fact."""

    id: Told
    fact: dict[str, Any]
    facts: SetOf[Told]
    title: Bilingual
    explanation: Bilingual
    facts_only: bool = False
    modalities: SetOf[Literal["text", "image", "audio", "video", "speech", "virtual-scene"]] = []
    imports: SetOf[Told] = []
    calls: list[Pattern] = []
    route_words: list[Pattern] = []
    route_methods: SetOf[Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"]] = []
    hosts: list[Pattern] = []
    files: SetOf[Told] = []
    texts: list[Pattern] = []


class ContradictionsFile(Strict):
    """contradictions.toml"""

    schema_: Literal[1]
    check: list[CheckTable] = []


class ClockTable(Strict):
    """A period that an instrument counts in working days. Without ``from`` it begins with what no fact tells."""

    id: Told
    obligations: SetOf[Told]
    from_: Told | None = None
    until_fact: Told | None = None
    days: Annotated[Count, Field(gt=0)]
    unit: Literal["working-days"]
    calendar: Literal["CN"]
    title: Bilingual


class ClocksFile(Strict):
    """clocks.toml"""

    schema_: Literal[1]
    clock: list[ClockTable] = []


class EntryTable(Strict):
    """What stands in an instrument and is deliberately no obligation."""

    id: Told
    reason: Bilingual


class NotModelledFile(Strict):
    """not-modelled.toml"""

    schema_: Literal[1]
    entry: list[EntryTable] = []


class ClaimTable(Strict):
    """What somebody says that an instrument asks for. ``unanswered`` is why no obligation answers it."""

    id: Told
    title: Bilingual
    unanswered: Bilingual | None = None


class FoundingClaimsFile(Strict):
    """founding-claims.toml"""

    schema_: Literal[1]
    claim: list[ClaimTable] = []


class DriftTable(Strict):
    """What a change may bring into the code that the manifest does not know."""

    id: Told
    declared_by: SetOf[Told]
    known: dict[str, Any] | None = None
    severity: Literal["error", "warning"] = "warning"
    providers: bool = False
    modalities: SetOf[Literal["text", "image", "audio", "video", "speech", "virtual-scene"]] = []
    imports: SetOf[Told] = []
    route_words: list[Pattern] = []
    route_methods: SetOf[Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"]] = []
    hosts: list[Pattern] = []


class DriftFile(Strict):
    """drift.toml"""

    schema_: Literal[1]
    check: list[DriftTable] = []
