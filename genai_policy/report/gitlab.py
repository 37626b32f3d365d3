"""The ``gitlab`` format: a Code Quality report, which GitLab compares with the target branch's and shows in the merge request.

Its widget shows entries that came and entries that went, by fingerprint. So accepted findings stay in the list, as information, and one
entry with the counts is always there: an empty list would look like a check that never ran.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from genai_policy.hookspecs import hookimpl
from genai_policy.model import Lang, Place, Verdict
from genai_policy.report.change_text import change_lines
from genai_policy.report.escape import json_safe, printable
from genai_policy.report.remarks import Remark, digest, remarks, sentence, summary

Json: TypeAlias = dict[str, Any]

_SEVERITY = {"error": "critical", "warning": "major", "note": "minor"}


@dataclass(frozen=True)
class GitlabReport:
    """Writes a JSON array of Code Quality entries. ``prefix`` is the scanned directory relative to the repository's root; ``pages`` the
    address below which the pages of the obligations lie."""

    prefix: str = ""
    pages: str = ""
    name: str = "gitlab"

    def __call__(self, verdict: Verdict, lang: Lang) -> str:
        manifest = verdict.services[0].service.manifest if verdict.services else "genai-service.toml"
        entries = [self._entry(remark, lang, manifest) for remark in remarks(verdict, lang, self.pages)]
        counted = printable("genai-policy: " + " | ".join([summary(verdict, lang), *change_lines(verdict, lang)]))
        head = self._record(counted, "genai-policy", digest("summary", manifest), "info", Place(manifest, 1))
        return json_safe(json.dumps([head, *entries], ensure_ascii=False, indent=1)) + "\n"

    def _entry(self, remark: Remark, lang: Lang, manifest: str) -> Json:
        place = remark.places[0] if remark.places else Place(manifest, 1)
        return self._record(sentence(remark, lang), remark.id, remark.fingerprint, severity(remark), place)

    def _record(self, description: str, check: str, fingerprint: str, severity: str, place: Place) -> Json:
        return {
            "description": description,
            "check_name": check,
            "fingerprint": fingerprint,
            "severity": severity,
            "location": {"path": self.prefix + place.file, "lines": {"begin": max(place.line, 1)}},
        }


def severity(remark: Remark) -> str:
    """Return ``blocker`` for what keeps the gate from opening, ``info`` for what was accepted."""
    if remark.accepted:
        return "info"
    if remark.closes:
        return "blocker"
    return "info" if remark.status == "gap" else _SEVERITY[remark.level]


@hookimpl
def genai_policy_reporters() -> list[GitlabReport]:
    """Offer the ``gitlab`` format."""
    return [GitlabReport()]
