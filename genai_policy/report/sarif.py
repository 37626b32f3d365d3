"""The ``sarif`` formats: SARIF 2.1.0 for code scanning and other consumers.

``sarif`` holds every outcome, as SARIF can tell them apart (``pass``, ``fail``, ``open``, ``notApplicable``), so that "nothing found" and
"not looked at" never look alike. GitHub and Jenkins take every result for a problem whatever its kind: for them, ``sarif-findings`` holds
the unmet ones only. In both, one rule stands for each obligation that ran, and what a limit cuts off is said in the notifications.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from genai_policy import __version__
from genai_policy.hookspecs import hookimpl
from genai_policy.model import Gap, Lang, Place, Verdict
from genai_policy.report.change_text import change_lines
from genai_policy.report.columns import Lines, no_lines
from genai_policy.report.escape import json_safe
from genai_policy.report.sarif_results import Results
from genai_policy.report.sarif_rules import Rules
from genai_policy.report.tally import all_duties, by_weight, counts, exit_code
from genai_policy.report.wording import phrase, say

Json: TypeAlias = dict[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
INFORMATION = "https://pypi.org/project/genai-policy/"
#: GitHub's limits (docs, "SARIF support for code scanning"): results of a run, how many of them it shows, and bytes of the packed file, of
#: which some room is left.
MAX_RESULTS = 25_000
MAX_SHOWN = 5_000
MAX_PACKED = 9_500_000


@dataclass(frozen=True)
class SarifReport:
    """Writes one SARIF log with one run. ``prefix`` is the scanned directory relative to the repository's root ("" or ``dir/``); ``pages``
    the address below which the pages of the obligations lie; ``lines`` gives the text of a line, for columns; ``findings_only`` leaves out
    what is no finding."""

    prefix: str = ""
    pages: str = ""
    lines: Lines = no_lines
    findings_only: bool = False
    name: str = "sarif"

    def __call__(self, verdict: Verdict, lang: Lang) -> str:
        run = _Run(verdict, lang, self)
        keep = len(run.results)
        text = run.text(keep)
        # the heaviest come first; packed text is never larger, so most reports need no packing to know that they fit
        while keep and len(text) > MAX_PACKED and len(gzip.compress(text.encode("utf-8", "backslashreplace"), 6)) > MAX_PACKED:
            keep //= 2
            text = run.text(keep)
        return text


@hookimpl
def genai_policy_reporters() -> list[SarifReport]:
    """Offer the ``sarif`` and ``sarif-findings`` formats."""
    return [SarifReport(), SarifReport(findings_only=True, name="sarif-findings")]


class _Run:
    """One verdict on its way into a SARIF run."""

    def __init__(self, verdict: Verdict, lang: Lang, report: SarifReport) -> None:
        self.verdict, self.lang = verdict, lang
        self.rules = Rules(verdict, lang, report.pages)
        self.maker = Results(verdict, lang, self.rules, report.prefix, report.lines)
        others = [] if report.findings_only else [(s, duty) for s, duty in all_duties(verdict) if duty.outcome != "unmet"]
        self.total = len(verdict.findings) + len(others)
        self.results = [self.maker.of_finding(finding) for finding in by_weight(verdict.findings)[:MAX_RESULTS]]
        self.results += [self.maker.of_duty(s, duty) for s, duty in others[: MAX_RESULTS - len(self.results)]]

    def text(self, keep: int) -> str:
        """Return the log with the first ``keep`` results."""
        # without indentation the encoder is ten times as fast, and the upload limit counts
        return json_safe(json.dumps(self.log(keep), ensure_ascii=False, separators=(",", ":"))) + "\n"

    def log(self, keep: int) -> Json:
        run = {
            "tool": {"driver": self.driver()},
            "taxonomies": self.rules.taxonomies(),
            "invocations": [self.invocation(keep)],
            "automationDetails": {"id": f"genai-policy/{self.verdict.gate_name}/"},
            "columnKind": "utf16CodeUnits",
            "language": "zh-CN" if self.lang == "zh" else "en-US",
            "results": self.results[:keep],
            "properties": {
                "gate": self.verdict.gate,
                "asOf": self.verdict.as_of.isoformat(),
                "packs": list(self.verdict.packs),
                "counts": counts(self.verdict),
                "resultsLeftOut": self.total - keep,
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

    def invocation(self, keep: int) -> Json:
        code = exit_code(self.verdict)
        notes = [*self.of_change(), *map(self.of_gap, self.verdict.gaps), *self.of_reasons(), *self.of_limits(keep)]
        return {
            "executionSuccessful": not any(gap.kind in ("plugin", "engine") for gap in self.verdict.gaps),
            "exitCode": code,
            "exitCodeDescription": phrase(f"text.exit-{code}", self.lang),
            **({"toolExecutionNotifications": notes} if notes else {}),
        }

    def of_gap(self, gap: Gap) -> Json:
        level = "error" if gap.on_path or gap.kind in ("plugin", "engine") else "warning"
        notification = _notification(f"gap/{gap.kind}", level, gap.reason)
        return notification | ({"locations": [self.maker.location(Place(gap.file, gap.line))]} if gap.file else {})

    def of_change(self) -> Iterator[Json]:
        for line in change_lines(self.verdict, self.lang):
            yield _notification("change", "note", line)

    def of_reasons(self) -> Iterator[Json]:
        for reason in dict.fromkeys(say(message, self.lang) for message in self.verdict.inconclusive):
            yield _notification("inconclusive", "warning", reason)

    def of_limits(self, keep: int) -> Iterator[Json]:
        if left_out := self.total - keep:
            yield _notification("capped", "warning", phrase("sarif.results-left-out", self.lang, n=left_out, limit=keep))
        if keep > MAX_SHOWN:
            yield _notification("shown", "note", phrase("sarif.results-shown", self.lang, n=keep, limit=MAX_SHOWN))


def _notification(id: str, level: str, text: str) -> Json:
    return {"descriptor": {"id": id}, "level": level, "message": {"text": text}}
