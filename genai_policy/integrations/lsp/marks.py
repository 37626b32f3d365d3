"""What is known about a file → the editor's diagnostics, on the text that the editor shows now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lsprotocol import types
from msgspec import Struct
from pygls.uris import from_fs_path
from pygls.workspace import PositionCodec

from genai_policy.errors import Mistake, UsageProblem
from genai_policy.integrations.judgement import Notice, Spot, judgement_of_problem
from genai_policy.integrations.lsp.project import Project
from genai_policy.integrations.lsp.texts import Edits, Span, rest_of_line, token
from genai_policy.report.wording import phrase

SOURCE = "genai-policy"
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}


class Mark(Struct, frozen=True):
    """A notice, and where it stands in the text of the editor. ``advice`` is a mistake's own."""

    notice: Notice
    span: Span
    advice: str = ""


def marks(project: Project, file: str, lines: Sequence[str], mistakes: Sequence[Mistake]) -> list[Mark]:
    """Return what to show in ``file``. ``mistakes`` are those of the declared files, as they are in the editor now."""
    found = list(_findings(project, file, lines))
    for mistake in mistakes:
        if mistake.file == file:
            notice = judgement_of_problem(UsageProblem(mistake), project.asked.lang).notices[0]
            found.append(Mark(notice, token(lines, mistake.line, mistake.column), mistake.advice))
    return found


def _findings(project: Project, file: str, lines: Sequence[str]) -> Iterator[Mark]:
    """Yield the notices of the last run, each carried to where its line is now."""
    notices = project.seen.judgement.of_file(file)
    edits = Edits(project.seen.lines.get(file, []), lines) if notices else None
    for notice in notices:
        line = edits.carried(notice.line) if edits else None
        if line is not None:
            place = token if file.endswith(".toml") else rest_of_line
            yield Mark(notice, place(lines, line, notice.column if file.endswith(".toml") or line == notice.line else 0))


def diagnostic(mark: Mark, project: Project, base: Path, lines: Sequence[str], codec: PositionCodec) -> types.Diagnostic:
    """Return ``mark`` in the protocol's words; ``base`` is the root as the editor names it."""
    notice = mark.notice
    fix = "\n" + phrase("text.fix", project.asked.lang, fix=notice.fix) if notice.fix else ""
    also = "\n" + phrase("text.also", project.asked.lang, others=", ".join(notice.obligations[1:])) if notice.obligations[1:] else ""
    link = _link(project, notice)
    return types.Diagnostic(
        range=in_units(mark.span, lines, codec),
        message=f"{notice.text}{also}{fix}",
        severity=_SEVERITIES[notice.severity],
        code=notice.obligations[0] if notice.obligations else notice.kind,
        code_description=types.CodeDescription(href=link) if link else None,
        source=SOURCE,
        related_information=[_related(base, spot) for spot in notice.elsewhere if spot.file] or None,
    )


def in_units(span: Span, lines: Sequence[str], codec: PositionCodec) -> types.Range:
    """Return a span in the units that client and server agreed on."""
    text = lines[span.line] if span.line < len(lines) else ""
    start, end = (codec.client_num_units(text[:column]) for column in (span.start, span.end))
    return types.Range(types.Position(span.line, start), types.Position(span.line, end))


def _related(base: Path, spot: Spot) -> types.DiagnosticRelatedInformation:
    line = max(spot.line - 1, 0)
    where = types.Range(types.Position(line, 0), types.Position(line, 0))
    uri = from_fs_path(str(base / spot.file)) or ""
    return types.DiagnosticRelatedInformation(types.Location(uri, where), spot.label or f"{spot.file}:{spot.line}")


def _link(project: Project, notice: Notice) -> str:
    """Return where the text of the instrument can be read."""
    obligation = project.seen.law.obligation(notice.obligations[0]) if notice.obligations else None
    pack = next((pack for pack in project.seen.law.packs if obligation and pack.id == obligation.pack), None)
    sources = (*obligation.sources, *pack.sources) if obligation and pack else ()
    return next((source for source in sources if source.startswith(("https://", "http://"))), "")
