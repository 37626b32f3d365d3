"""Findings and outcomes → SARIF results.

A finding is anchored where a person should look first: the line of code that lacks something, which GitHub shows in a pull request that
changed it, or the manifest line that declares the duty where nothing else exists (an absence has no line of its own). Its other places are
related locations, its path a code flow. Columns are UTF-16 where the line's text is known, and else mark one character.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any, TypeAlias

from genai_policy.model import Finding, Hop, Lang, Place, Verdict, Waiver
from genai_policy.model.verdict import ObligationOutcome, ServiceOutcome
from genai_policy.report.columns import Lines, Span, span_of
from genai_policy.report.escape import uri_path
from genai_policy.report.records import fix_of
from genai_policy.report.remarks import declaring_place, digest, evidence_places
from genai_policy.report.sarif_rules import Rules
from genai_policy.report.wording import phrase, say

Json: TypeAlias = dict[str, Any]

#: GitHub's limits: locations of a result, and steps of a code flow, that it shows.
MAX_LOCATIONS = 100
MAX_STEPS = 1_000
#: How many related locations the message links to.
MAX_LINKS = 5
_KIND = {"satisfied": "pass", "undetermined": "open", "not-applicable": "notApplicable"}


class Results:
    """Makes the results of one verdict. ``prefix`` is the scanned directory relative to the repository's root."""

    def __init__(self, verdict: Verdict, lang: Lang, rules: Rules, prefix: str, lines: Lines) -> None:
        self.verdict, self.lang, self.rules, self.prefix, self.lines = verdict, lang, rules, prefix, lines
        self.seen: Counter[str] = Counter()
        # what was compared with nothing is neither new nor unchanged
        compared = verdict.change is not None and verdict.change.base and not verdict.change.unjudged
        self.baselined = bool(compared) or any(finding.status == "baselined" for finding in verdict.findings)

    def of_finding(self, finding: Finding) -> Json:
        """Return the result of an unmet duty at a place."""
        parts = [say(finding.message, self.lang)]
        if fix := fix_of(finding, self.verdict.law, self.lang):
            parts.append(phrase("text.fix", self.lang, fix=fix))
        text = ". ".join(part.rstrip(".。") for part in parts if part) + "."
        places = finding.places or (Place(self._manifest_of(finding), 1),)
        extras: Json = {"properties": {"service": finding.service, "control": finding.control, "status": finding.status}}
        if finding.old_at:
            extras["properties"]["oldAt"] = finding.old_at
        if finding.hops:
            extras["codeFlows"] = [self._flow(finding.hops)]
        if finding.status == "waived":
            extras["suppressions"] = [suppression(finding.waiver, self.lang)]
        if self.baselined:
            extras["baselineState"] = "unchanged" if finding.status == "baselined" else "new"
        return self._result(finding.obligation, "fail", finding.severity, text, places, finding.fingerprint, **extras)

    def of_duty(self, service: ServiceOutcome, duty: ObligationOutcome) -> Json:
        """Return the result of a duty that is met, open or does not apply."""
        text = phrase(f"sarif.{duty.outcome}", self.lang, obligation=duty.id, service=service.service.name)
        if open_point := next((e for c in duty.controls for e in c.evidence if e.polarity == "undecided"), None):
            text = f"{text} {say(open_point.note, self.lang)}"
        places = (declaring_place(service, duty), *evidence_places(duty))
        fingerprint = digest(service.service.manifest, duty.id, duty.outcome)
        extras = {"properties": {"service": service.service.name, "applies": duty.applicability.answer}}
        return self._result(duty.id, _KIND[duty.outcome], "none", text, places, fingerprint, **extras)

    def location(self, place: Place) -> Json:
        """Return a location; GitHub asks for columns, and the first character is the same in every unit."""
        line = max(place.line, 1)
        span = span_of(place, self.lines, "utf-16-le") or Span(1, 2)
        region = {"startLine": line, "startColumn": span.start, "endLine": line, "endColumn": span.end}
        return {"physicalLocation": {"artifactLocation": {"uri": uri_path(self.prefix + place.file)}, "region": region}}

    def _result(self, rule: str, kind: str, level: str, text: str, places: tuple[Place, ...], fingerprint: str, **extras: Any) -> Json:
        related = list(dict.fromkeys(places[1:]))
        self.seen[fingerprint] += 1
        line_hash = hashlib.sha256(fingerprint.encode("utf-8", "replace")).hexdigest()[:16]
        result: Json = {
            "ruleId": rule,
            "ruleIndex": self.rules.index(rule),
            "kind": kind,
            "level": level,
            "message": {"text": f"{text} {self._links(related)}".strip()},
            "locations": [self.location(places[0])],
            "partialFingerprints": {
                "primaryLocationLineHash": f"{line_hash}:{self.seen[fingerprint]}",
                "genaiPolicy/v1": fingerprint,
            },
            "taxa": self.rules.taxa(rule),
        }
        if related:
            result["relatedLocations"] = [{"id": number, **self.location(p)} for number, p in enumerate(related[:MAX_LOCATIONS], 1)]
        return {key: value for key, value in (result | extras).items() if value != []}

    def _flow(self, hops: tuple[Hop, ...]) -> Json:
        steps: list[Json] = [
            {"location": {**self.location(Place(hop.file, hop.line)), "message": {"text": hop.symbol or hop.file}}}
            for hop in hops[:MAX_STEPS]
        ]
        flow: Json = {"threadFlows": [{"locations": steps}]}
        if len(hops) > MAX_STEPS:
            flow["message"] = {"text": phrase("sarif.steps-left-out", self.lang, n=len(hops) - MAX_STEPS)}
        return flow

    def _links(self, related: list[Place]) -> str:
        """Return links to the related locations; square brackets in a path would end a link early, so they are escaped."""
        shown = ", ".join(f"[{_link_text(place)}]({number})" for number, place in enumerate(related[:MAX_LINKS], 1))
        text = phrase("text.see", self.lang, places=shown) if shown else ""
        if len(related) > MAX_LOCATIONS:
            text += phrase("sarif.places-left-out", self.lang, n=len(related) - MAX_LOCATIONS)
        return text

    def _manifest_of(self, finding: Finding) -> str:
        named = [s.service.manifest for s in self.verdict.services if finding.service in (s.service.name, s.service.manifest)]
        return named[0] if named else "genai-service.toml"


def suppression(waiver: Waiver | None, lang: Lang) -> Json:
    """Return how a waiver reads in SARIF: in the source or beside it, with its reason, its last day and who answers for it."""
    if waiver is None:
        return {"kind": "external", "status": "accepted", "justification": phrase("sarif.waived", lang)}
    if waiver.lines:
        by = phrase("sarif.waiver-in-code", lang, place=f"{waiver.place.file}:{waiver.place.line}")
    else:
        by = phrase("sarif.waiver-by", lang, owner=waiver.owner, approver=waiver.approved_by)
    said = phrase("sarif.waiver", lang, reason=waiver.reason, until=waiver.expires.isoformat(), by=by)
    return {"kind": "inSource" if waiver.lines else "external", "status": "accepted", "justification": said}


def _link_text(place: Place) -> str:
    return f"{place.file}:{place.line}".replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
