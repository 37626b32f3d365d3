"""The ``github`` format: workflow commands that annotate a pull request, within GitHub's budget, and safe against hostile names.

A step shows ten annotations of each level and drops the rest without a word, so the heaviest come first and the last one says how many
more there are. Everything else is printed as plain lines, which the runner does not obey.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import Struct, structs

from genai_policy.hookspecs import hookimpl
from genai_policy.model import Lang, Verdict
from genai_policy.report.escape import printable
from genai_policy.report.records import fix_of
from genai_policy.report.tally import all_duties, by_weight, counts, exit_code
from genai_policy.report.wording import label, phrase, say

#: GitHub's limit is ten of a level for a whole composite step, and the runner's own "exit code 1" takes one of the errors.
BUDGET = {"error": 9, "warning": 10, "notice": 10}
#: GitHub cuts a message here (ExecutionContext._maxIssueMessageLength), counted in UTF-16; stay well below it.
MESSAGE_LIMIT = 3000
#: What goes beyond the budget is listed in the log, up to here; the other formats hold everything.
MAX_PLAIN = 300
_LEVEL = {"error": "error", "warning": "warning", "note": "notice"}


class Annotation(Struct, frozen=True):
    """One workflow command before it is escaped."""

    level: str
    file: str
    line: int
    title: str
    text: str

    def command(self) -> str:
        """Return the workflow command."""
        place = f"file={_property(self.file)}{f',line={self.line}' if self.line else ''}," if self.file else ""
        return f"::{self.level} {place}title={_property(self.title)}::{_data(self.text[:MESSAGE_LIMIT])}"

    def plain(self) -> str:
        """Return a line of text that the runner does not take for a command."""
        return printable(f"- {self.level}: {f'{self.file}:{self.line}: ' if self.file else ''}{self.title}: {' '.join(self.text.split())}")


@dataclass(frozen=True)
class GithubReport:
    """Writes workflow commands, then one line with the counts and the gate. ``prefix`` is the scanned directory relative to the
    repository's root ("" or ``dir/``): annotations name files from there."""

    prefix: str = ""
    name: str = "github"

    def __call__(self, verdict: Verdict, lang: Lang) -> str:
        annotations = [self._placed(a) for a in (*_findings(verdict, lang), *_not_told(verdict, lang))]
        lines = [*_budgeted(annotations, lang), _closing(verdict, lang)]
        return "\n".join(lines) + "\n"

    def _placed(self, annotation: Annotation) -> Annotation:
        return structs.replace(annotation, file=self.prefix + annotation.file) if annotation.file else annotation


@hookimpl
def genai_policy_reporters() -> list[GithubReport]:
    """Offer the ``github`` format."""
    return [GithubReport()]


def _budgeted(annotations: list[Annotation], lang: Lang) -> Iterator[str]:
    """Yield commands up to the budget of each level, then the others as plain lines."""
    overflow: list[Annotation] = []
    for level, budget in BUDGET.items():
        same = [annotation for annotation in annotations if annotation.level == level]
        shown = same if len(same) <= budget else same[: budget - 1]
        yield from (annotation.command() for annotation in shown)
        if rest := same[len(shown) :]:
            yield Annotation(level, "", 0, "genai-policy", phrase("github.more", lang, n=len(rest))).command()
        overflow += rest
    yield from (annotation.plain() for annotation in overflow[:MAX_PLAIN])
    if len(overflow) > MAX_PLAIN:
        yield phrase("github.not-listed", lang, n=len(overflow) - MAX_PLAIN)


def _findings(verdict: Verdict, lang: Lang) -> Iterator[Annotation]:
    for finding in by_weight(verdict.findings):
        if finding.status != "new":
            continue
        duty = verdict.law.obligation(finding.obligation)
        fix = fix_of(finding, verdict.law, lang)
        hops = " > ".join(f"{hop.file}:{hop.line} {hop.symbol}" for hop in finding.hops)
        text = [f"{duty.title.say(lang)}: {say(finding.message, lang)}" if duty else say(finding.message, lang)]
        text += [phrase("text.path", lang, hops=hops)] if hops else []
        text += [phrase("text.fix", lang, fix=fix)] if fix else []
        place = finding.places[0] if finding.places else None
        yield Annotation(
            _LEVEL[finding.severity], place.file if place else "", place.line if place else 0, finding.obligation, "\n".join(text)
        )


def _not_told(verdict: Verdict, lang: Lang) -> Iterator[Annotation]:
    """What could not be told: an error where this gate does not tolerate it, else a warning."""
    level = "error" if verdict.gate == "inconclusive" else "warning"
    for reason in dict.fromkeys(say(message, lang) for message in verdict.inconclusive):
        yield Annotation(level, "", 0, phrase("text.gate-inconclusive", lang), reason)
    for gap in verdict.gaps:
        gap_level = level if gap.on_path or gap.kind in ("plugin", "engine") else "notice"
        yield Annotation(gap_level, gap.file, gap.line, phrase("github.gap", lang, kind=label("gap", gap.kind, lang)), gap.reason)
    for _, duty in all_duties(verdict):
        if duty.outcome != "undetermined":
            continue
        open_points = [e for control in duty.controls for e in control.evidence if e.polarity == "undecided"]
        place = next((e.places[0] for e in open_points if e.places), None)
        note = say(open_points[0].note, lang) if open_points else phrase("text.undetermined", lang, n=1)
        yield Annotation("warning", place.file if place else "", place.line if place else 0, duty.id, note)


def _closing(verdict: Verdict, lang: Lang) -> str:
    tally = counts(verdict)
    numbers = {key.replace("-", "_"): value for key, value in tally.items() if key != "findings"}
    summary = phrase("github.summary", lang, **numbers)
    code = exit_code(verdict)
    end = phrase("text.end", lang, gate=phrase(f"text.gate-{verdict.gate}", lang), code=code, meaning=phrase(f"text.exit-{code}", lang))
    return printable(f"genai-policy: {end} ({summary})")


def _data(text: str) -> str:
    """Escape the message of a workflow command (actions/toolkit ``escapeData``); control characters other than line ends are shown."""
    lines = [printable(line) for line in text.splitlines()]
    return "\n".join(lines).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape a property of a workflow command (``escapeProperty``)."""
    return _data(text.replace("\n", " ")).replace(":", "%3A").replace(",", "%2C")
