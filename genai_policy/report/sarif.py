"""The ``sarif`` format: SARIF 2.1.0 for code scanning and other consumers.

One rule per obligation that ran, whatever its outcome, so that "nothing found" and "not looked at" never look alike. A duty that is not
met is anchored at the manifest line that declares it (an absence has no line of its own); the code it is about stands in the related
locations, and the path to it in a code flow. Only whole lines are given: the verdict's columns are code points, SARIF's are UTF-16.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import quote

from genai_policy import __version__
from genai_policy.hookspecs import hookimpl
from genai_policy.model import Finding, Gap, Hop, Lang, Place, Verdict
from genai_policy.model.verdict import ObligationOutcome, ServiceOutcome
from genai_policy.report.escape import json_safe
from genai_policy.report.records import fix_of
from genai_policy.report.sarif_rules import Rules
from genai_policy.report.tally import all_duties, by_weight, counts, exit_code
from genai_policy.report.wording import phrase, say

Json: TypeAlias = dict[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
INFORMATION = "https://pypi.org/project/genai-policy/"
#: GitHub's limits (docs, "SARIF support for code scanning"): results of a run, locations of a result, steps of a code flow.
MAX_RESULTS = 25_000
MAX_LOCATIONS = 100
MAX_STEPS = 1_000
_KIND = {"satisfied": "pass", "undetermined": "open", "not-applicable": "notApplicable"}


@dataclass(frozen=True)
class SarifReport:
    """Writes one SARIF log with one run. ``prefix`` is the scanned directory relative to the repository's root ("" or ``dir/``)."""

    prefix: str = ""
    name: str = "sarif"

    def __call__(self, verdict: Verdict, lang: Lang) -> str:
        # without indentation the encoder is ten times as fast, and the upload limit counts
        return json_safe(json.dumps(_Run(verdict, lang, self.prefix).log(), ensure_ascii=False, separators=(",", ":"))) + "\n"


@hookimpl
def genai_policy_reporters() -> list[SarifReport]:
    """Offer the ``sarif`` format."""
    return [SarifReport()]


class _Run:
    """One verdict on its way into a SARIF run."""

    def __init__(self, verdict: Verdict, lang: Lang, prefix: str) -> None:
        self.verdict, self.lang, self.prefix = verdict, lang, prefix
        self.rules = Rules(verdict, lang)
        self.seen: Counter[str] = Counter()
        self.baselined = any(finding.status == "baselined" for finding in verdict.findings)

    def log(self) -> Json:
        every = [*self.failed(), *self.other_outcomes()]
        results = every[:MAX_RESULTS]
        run = {
            "tool": {"driver": self.driver()},
            "taxonomies": self.rules.taxonomies(),
            "invocations": [self.invocation(len(every) - len(results))],
            "automationDetails": {"id": f"genai-policy/{self.verdict.gate_name}/"},
            "columnKind": "utf16CodeUnits",
            "language": "zh-CN" if self.lang == "zh" else "en-US",
            "results": results,
            "properties": {
                "gate": self.verdict.gate,
                "asOf": self.verdict.as_of.isoformat(),
                "packs": list(self.verdict.packs),
                "counts": counts(self.verdict),
                "resultsLeftOut": len(every) - len(results),
            },
        }
        return {
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{key: value for key, value in run.items() if value != [] or key == "results"}],
        }

    def driver(self) -> Json:
        supported = [{"name": taxonomy["name"], "index": index} for index, taxonomy in enumerate(self.rules.taxonomies())]
        driver: Json = {
            "name": "genai-policy",
            "fullName": f"genai-policy {__version__}",
            "version": __version__,
            "semanticVersion": __version__,
            "informationUri": INFORMATION,
            "rules": self.rules.descriptors(),
        }
        return driver | ({"supportedTaxonomies": supported} if supported else {})

    def failed(self) -> Iterator[Json]:
        for finding in by_weight(self.verdict.findings):
            yield self.result(
                finding.obligation,
                "fail",
                finding.severity,
                self.finding_text(finding),
                _anchored(finding.places, self.manifest_of(finding)),
                finding.fingerprint,
                **self.finding_extras(finding),
            )

    def finding_text(self, finding: Finding) -> str:
        parts = [say(finding.message, self.lang)]
        if fix := fix_of(finding, self.verdict.law, self.lang):
            parts.append(phrase("text.fix", self.lang, fix=fix))
        return ". ".join(part.rstrip(".。") for part in parts if part) + "."

    def finding_extras(self, finding: Finding) -> Json:
        extras: Json = {"properties": {"service": finding.service, "control": finding.control, "status": finding.status}}
        if finding.hops:
            extras["codeFlows"] = [self.flow(finding.hops)]
        if finding.status == "waived":
            extras["suppressions"] = [{"kind": "external", "status": "accepted", "justification": phrase("sarif.waived", self.lang)}]
        if self.baselined:
            extras["baselineState"] = "unchanged" if finding.status == "baselined" else "new"
        return extras

    def flow(self, hops: tuple[Hop, ...]) -> Json:
        steps: list[Json] = [
            {"location": {**self.location(Place(hop.file, hop.line)), "message": {"text": hop.symbol or hop.file}}}
            for hop in hops[:MAX_STEPS]
        ]
        flow: Json = {"threadFlows": [{"locations": steps}]}
        if len(hops) > MAX_STEPS:
            flow["message"] = {"text": phrase("sarif.steps-left-out", self.lang, n=len(hops) - MAX_STEPS)}
        return flow

    def other_outcomes(self) -> Iterator[Json]:
        for service, duty in all_duties(self.verdict):
            if duty.outcome == "unmet":
                continue
            places = _evidence_places(duty)
            anchor = _declaring_place(service, duty)
            text = phrase(f"sarif.{duty.outcome}", self.lang, obligation=duty.id, service=service.service.name)
            if open_point := next((e for c in duty.controls for e in c.evidence if e.polarity == "undecided"), None):
                text = f"{text} {say(open_point.note, self.lang)}"
            fingerprint = hashlib.sha256(f"{service.service.manifest}\0{duty.id}\0{duty.outcome}".encode("utf-8", "replace")).hexdigest()
            review = {"properties": {"service": service.service.name, "applies": duty.applicability.answer}}
            yield self.result(duty.id, _KIND[duty.outcome], "none", text, (anchor, *places), fingerprint, **review)

    def result(self, rule: str, kind: str, level: str, text: str, places: tuple[Place, ...], fingerprint: str, **extras: Any) -> Json:
        related = list(dict.fromkeys(places[1:]))
        self.seen[fingerprint] += 1
        line_hash = hashlib.sha256(fingerprint.encode("utf-8", "replace")).hexdigest()[:16]
        result: Json = {
            "ruleId": rule,
            "ruleIndex": self.rules.index(rule),
            "kind": kind,
            "level": level,
            "message": {"text": f"{text} {self.links(related)}".strip()},
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

    def links(self, related: list[Place]) -> str:
        """Return links to the related locations; square brackets in a path would end a link early, so they are escaped."""
        shown = ", ".join(f"[{_link_text(place)}]({number})" for number, place in enumerate(related[:5], 1))
        text = phrase("text.see", self.lang, places=shown) if shown else ""
        if len(related) > MAX_LOCATIONS:
            text += phrase("sarif.places-left-out", self.lang, n=len(related) - MAX_LOCATIONS)
        return text

    def location(self, place: Place) -> Json:
        line = max(place.line, 1)
        # GitHub asks for columns; one character, in the first column, is the same in every unit
        region = {"startLine": line, "startColumn": 1, "endLine": line, "endColumn": 2}
        return {"physicalLocation": {"artifactLocation": {"uri": self.uri(place.file)}, "region": region}}

    def uri(self, file: str) -> str:
        return quote((self.prefix + file).encode("utf-8", "surrogateescape"), safe="/")

    def manifest_of(self, finding: Finding) -> str:
        named = [s.service.manifest for s in self.verdict.services if finding.service in (s.service.name, s.service.manifest)]
        return named[0] if named else finding.places[0].file if finding.places else "genai-service.toml"

    def invocation(self, left_out: int) -> Json:
        code = exit_code(self.verdict)
        notes = [self.gap_notification(gap) for gap in self.verdict.gaps]
        notes += [_notification("inconclusive", "warning", say(message, self.lang)) for message in self.verdict.inconclusive]
        if left_out:
            notes.append(_notification("capped", "warning", phrase("sarif.results-left-out", self.lang, n=left_out, limit=MAX_RESULTS)))
        return {
            "executionSuccessful": not any(gap.kind in ("plugin", "engine") for gap in self.verdict.gaps),
            "exitCode": code,
            "exitCodeDescription": phrase(f"text.exit-{code}", self.lang),
            **({"toolExecutionNotifications": notes} if notes else {}),
        }

    def gap_notification(self, gap: Gap) -> Json:
        level = "error" if gap.on_path or gap.kind in ("plugin", "engine") else "warning"
        notification = _notification(f"gap/{gap.kind}", level, gap.reason)
        return notification | ({"locations": [self.location(Place(gap.file, gap.line))]} if gap.file else {})


def _notification(id: str, level: str, text: str) -> Json:
    return {"descriptor": {"id": id}, "level": level, "message": {"text": text}}


def _anchored(places: tuple[Place, ...], manifest: str) -> tuple[Place, ...]:
    """Return ``places`` with one in the manifest first: its own line where the finding knows one."""
    anchor = next((place for place in places if place.file == manifest), Place(manifest, 1))
    return (anchor, *(place for place in places if place != anchor))


def _declaring_place(service: ServiceOutcome, duty: ObligationOutcome) -> Place:
    """Return where the manifest claims what this duty asks for, else the fact that decided whether it applies."""
    for control in duty.controls:
        if claims := service.service.implements.get(control.id):
            return claims[0].place
    facts = [Place(f.file, max(f.line, 1)) for f in duty.applicability.because if f.file == service.service.manifest]
    return facts[0] if facts else Place(service.service.manifest, 1)


def _evidence_places(duty: ObligationOutcome) -> tuple[Place, ...]:
    return tuple(p for c in duty.controls for e in c.evidence if e.polarity in ("supports", "undecided") for p in e.places)


def _link_text(place: Place) -> str:
    return f"{place.file}:{place.line}".replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
