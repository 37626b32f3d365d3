"""The ``json`` format: the whole verdict, for programs."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from genai_policy.hookspecs import hookimpl
from genai_policy.model import CodeFacts, Lang, Verdict
from genai_policy.model.verdict import Ledger
from genai_policy.report.escape import json_safe
from genai_policy.report.records import Scopes, facts_record, scope_record, verdict_record


@dataclass(frozen=True)
class JsonReport:
    """Writes ``genai-policy/verdict/1``. ``pages`` is the address below which the pages of the obligations lie."""

    pages: str = ""
    name: str = "json"

    def __call__(self, verdict: Verdict, lang: Lang) -> str:
        return document(verdict_record(verdict, lang, self.pages))


@hookimpl
def genai_policy_reporters() -> list[JsonReport]:
    """Offer the ``json`` format."""
    return [JsonReport()]


def scope_json(as_of: dt.date, packs: Sequence[str], scopes: Scopes, lang: Lang) -> str:
    """Return ``genai-policy/scope/1``."""
    return document(scope_record(as_of, packs, scopes, lang))


def facts_json(facts: CodeFacts, ledger: Ledger) -> str:
    """Return ``genai-policy/facts/1``."""
    return document(facts_record(facts, ledger))


def document(record: Any) -> str:
    """Return ``record`` as indented JSON that ends in a line break."""
    return json_safe(json.dumps(record, ensure_ascii=False, indent=2)) + "\n"
