"""The ``rdjson`` format: one reviewdog ``DiagnosticResult``. Columns count UTF-8 bytes and ends are exclusive, as reviewdog asks for.

The first diagnostic holds the counts: an empty list would look like a check that never ran.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from genai_policy.hookspecs import hookimpl
from genai_policy.model import Lang, Place, Verdict
from genai_policy.report.change_text import change_lines
from genai_policy.report.columns import Lines, no_lines, span_of
from genai_policy.report.escape import json_safe, printable
from genai_policy.report.remarks import Remark, remarks, sentence, summary

Json: TypeAlias = dict[str, Any]

_SEVERITY = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}
#: Places beside the first one.
MAX_RELATED = 100


@dataclass(frozen=True)
class RdjsonReport:
    """Writes one JSON object. ``prefix`` is the scanned directory relative to the repository's root; ``pages`` the address below which the
    pages of the obligations lie; ``lines`` gives the text of a line, for columns."""

    prefix: str = ""
    pages: str = ""
    lines: Lines = no_lines
    name: str = "rdjson"

    def __call__(self, verdict: Verdict, lang: Lang) -> str:
        manifest = verdict.services[0].service.manifest if verdict.services else "genai-service.toml"
        head = {
            "message": printable("genai-policy: " + " | ".join([summary(verdict, lang), *change_lines(verdict, lang)])),
            "location": {"path": self.prefix + manifest},
            "severity": "INFO",
            "code": {"value": "genai-policy"},
        }
        result = {
            "source": {"name": "genai-policy"},
            "diagnostics": [head, *(self._diagnostic(remark, lang, manifest) for remark in remarks(verdict, lang, self.pages))],
        }
        return json_safe(json.dumps(result, ensure_ascii=False, indent=1)) + "\n"

    def _diagnostic(self, remark: Remark, lang: Lang, manifest: str) -> Json:
        first = remark.places[0] if remark.places else Place(manifest, 0)
        passed = (Place(hop.file, hop.line) for hop in remark.hops)
        related = [place for place in dict.fromkeys((*remark.places[1:], *passed)) if place != first][:MAX_RELATED]
        code = {"value": remark.id} | ({"url": remark.page} if "://" in remark.page else {})
        diagnostic: Json = {
            "message": sentence(remark, lang),
            "location": self._location(first),
            "severity": "INFO" if remark.accepted else _SEVERITY[remark.level],
            "code": code,
        }
        return diagnostic | ({"related_locations": [{"location": self._location(place)} for place in related]} if related else {})

    def _location(self, place: Place) -> Json:
        path = {"path": self.prefix + place.file}
        if not place.line:
            return path
        span = span_of(place, self.lines, "utf-8") if place.column else None
        if span is None:
            return {**path, "range": {"start": {"line": place.line}}}
        return {**path, "range": {"start": {"line": place.line, "column": span.start}, "end": {"line": place.line, "column": span.end}}}


@hookimpl
def genai_policy_reporters() -> list[RdjsonReport]:
    """Offer the ``rdjson`` format."""
    return [RdjsonReport()]
