"""What is known about a file → the editor's diagnostics, on the text that the editor shows now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lsprotocol import types
from msgspec import Struct
from pygls.uris import from_fs_path
from pygls.workspace import PositionCodec

from genai_policy.errors import Mistake, UsageProblem
from genai_policy.integrations.lsp.project import Project
from genai_policy.integrations.lsp.texts import Span, carried, rest_of_line, token
from genai_policy.integrations.remarks import Remark, Spot, judgement_of_problem
from genai_policy.report.wording import phrase

SOURCE = "genai-policy"
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}


class Mark(Struct, frozen=True):
    """A remark, and where it stands in the text of the editor. ``advice`` is a mistake's own."""

    remark: Remark
    span: Span
    advice: str = ""


def marks(project: Project, file: str, lines: Sequence[str], mistakes: Sequence[Mistake] | None) -> list[Mark]:
    """Return what to show in ``file``. ``mistakes`` are those of the unsaved text; None where ``file`` is not a declared one."""
    found = list(_findings(project, file, lines, declared=mistakes is not None))
    for mistake in mistakes or ():
        if mistake.file == file:
            remark = judgement_of_problem(UsageProblem(mistake), project.asked.lang).remarks[0]
            found.append(Mark(remark, token(lines, mistake.line, mistake.column), mistake.advice))
    return found


def _findings(project: Project, file: str, lines: Sequence[str], *, declared: bool) -> Iterator[Mark]:
    """Yield the remarks of the last run, each carried to where its line is now."""
    before = project.seen.lines.get(file, [])
    for remark in project.seen.judgement.of_file(file):
        if declared and remark.kind == "mistake":
            continue  # those of the text as it is now are told instead
        line = carried(before, lines, remark.line)
        if line is not None:
            place = token if file.endswith(".toml") else rest_of_line
            yield Mark(remark, place(lines, line, remark.column if file.endswith(".toml") or line == remark.line else 0))


def diagnostic(mark: Mark, project: Project, lines: Sequence[str], codec: PositionCodec) -> types.Diagnostic:
    """Return ``mark`` in the protocol's words."""
    remark = mark.remark
    fix = "\n" + phrase("text.fix", project.asked.lang, fix=remark.fix) if remark.fix else ""
    also = "\n" + phrase("text.also", project.asked.lang, others=", ".join(remark.obligations[1:])) if remark.obligations[1:] else ""
    link = _link(project, remark)
    return types.Diagnostic(
        range=in_units(mark.span, lines, codec),
        message=f"{remark.text}{also}{fix}",
        severity=_SEVERITIES[remark.severity],
        code=remark.obligations[0] if remark.obligations else remark.kind,
        code_description=types.CodeDescription(href=link) if link else None,
        source=SOURCE,
        related_information=[_related(project, spot) for spot in remark.elsewhere if spot.file] or None,
    )


def in_units(span: Span, lines: Sequence[str], codec: PositionCodec) -> types.Range:
    """Return a span in the units that client and server agreed on."""
    text = lines[span.line] if span.line < len(lines) else ""
    start, end = (codec.client_num_units(text[:column]) for column in (span.start, span.end))
    return types.Range(types.Position(span.line, start), types.Position(span.line, end))


def _related(project: Project, spot: Spot) -> types.DiagnosticRelatedInformation:
    line = max(spot.line - 1, 0)
    where = types.Range(types.Position(line, 0), types.Position(line, 0))
    uri = from_fs_path(str(Path(project.root, spot.file))) or ""
    return types.DiagnosticRelatedInformation(types.Location(uri, where), spot.label or f"{spot.file}:{spot.line}")


def _link(project: Project, remark: Remark) -> str:
    """Return where the text of the instrument can be read."""
    obligation = project.seen.law.obligation(remark.obligations[0]) if remark.obligations else None
    return next((s for s in obligation.sources if s.startswith(("https://", "http://"))), "") if obligation else ""
