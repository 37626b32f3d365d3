"""The ``github`` format: workflow commands that annotate a pull request, within GitHub's budget, and safe against hostile names.

A step shows ten annotations of each level and drops the rest without a word, so the heaviest come first, findings of one cause are told
once, and the last annotation says how many more there are. Everything else is printed as plain lines, which the runner does not obey.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import Struct, structs

from genai_policy.hookspecs import hookimpl
from genai_policy.model import Lang, Place, Verdict
from genai_policy.report.change_text import change_lines
from genai_policy.report.escape import printable
from genai_policy.report.page_paths import where_to_read
from genai_policy.report.remarks import Remark, remarks, summary
from genai_policy.report.wording import phrase

#: GitHub's limit is ten of a level for a whole composite step, and the runner's own "exit code 1" takes one of the errors.
BUDGET = {"error": 9, "warning": 10, "notice": 10}
#: GitHub cuts a message here (ExecutionContext._maxIssueMessageLength), counted in UTF-16; stay well below it.
MESSAGE_LIMIT = 3000
#: What goes beyond the budget is listed in the log, up to here; the other formats hold everything.
MAX_PLAIN = 300
_LEVEL = {"error": "error", "warning": "warning", "note": "notice"}


class Annotation(Struct, frozen=True):
    """One workflow command before it is escaped. ``place`` is None for what lies nowhere in the repository."""

    level: str
    place: Place | None
    title: str
    text: str

    def command(self) -> str:
        """Return the workflow command."""
        place = f"{self._where()}," if self.place else ""
        return f"::{self.level} {place}title={_property(self.title)}::{_data(self.text[:MESSAGE_LIMIT])}"

    def plain(self) -> str:
        """Return a line of text that the runner does not take for a command."""
        place = f"{self.place.file}:{self.place.line}: " if self.place else ""
        return printable(f"- {self.level}: {place}{self.title}: {' '.join(self.text.split())}")

    def _where(self) -> str:
        if self.place is None:
            return ""
        line = f",line={self.place.line}" if self.place.line else ""
        column = f",col={self.place.column}" if self.place.line and self.place.column else ""
        return f"file={_property(self.place.file)}{line}{column}"


@dataclass(frozen=True)
class GithubReport:
    """Writes workflow commands, then one line with the counts and the gate. ``prefix`` is the scanned directory relative to the
    repository's root ("" or ``dir/``): annotations name files from there. ``pages`` is the address below which the pages of the
    obligations lie."""

    prefix: str = ""
    pages: str = ""
    name: str = "github"

    def __call__(self, verdict: Verdict, lang: Lang) -> str:
        told = [r for r in remarks(verdict, lang, self.pages, together=True) if r.status not in ("waived", "baselined")]
        lines = [
            *(printable(f"genai-policy: {line}") for line in change_lines(verdict, lang)),
            *_budgeted([self._annotation(remark, lang) for remark in told], lang),
            printable(f"genai-policy: {summary(verdict, lang)}"),
        ]
        return "\n".join(lines) + "\n"

    def _annotation(self, remark: Remark, lang: Lang) -> Annotation:
        place = remark.places[0] if remark.places else None
        placed = structs.replace(place, file=self.prefix + place.file) if place else None
        if remark.status in ("gap", "reason") and not remark.page:
            return Annotation(_LEVEL[remark.level], placed, remark.title, remark.text)
        return Annotation(_LEVEL[remark.level], placed, remark.id, "\n".join(_told(remark, lang)))


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
            yield Annotation(level, None, "genai-policy", phrase("github.more", lang, n=len(rest))).command()
        overflow += rest
    yield from (annotation.plain() for annotation in overflow[:MAX_PLAIN])
    if len(overflow) > MAX_PLAIN:
        yield phrase("github.not-listed", lang, n=len(overflow) - MAX_PLAIN)


def _told(remark: Remark, lang: Lang) -> Iterator[str]:
    yield f"{remark.title}: {remark.text}" if remark.title else remark.text
    if remark.hops:
        yield phrase("text.path", lang, hops=" > ".join(f"{hop.file}:{hop.line} {hop.symbol}".rstrip() for hop in remark.hops))
    if remark.also:
        yield phrase("text.also", lang, others=", ".join(remark.also))
    if remark.fix:
        yield phrase("text.fix", lang, fix=remark.fix)
    if remark.page:
        yield where_to_read(remark.id, remark.page, lang)


def _data(text: str) -> str:
    """Escape the message of a workflow command (actions/toolkit ``escapeData``); control characters other than line ends are shown."""
    lines = [printable(line) for line in text.splitlines()]
    return "\n".join(lines).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape a property of a workflow command (``escapeProperty``)."""
    return _data(text.replace("\n", " ")).replace(":", "%3A").replace(",", "%2C")
