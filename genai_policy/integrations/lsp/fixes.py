"""Marks → quick fixes: write what was probably meant, claim what exists, or ask for a waiver. Each is an edit of a declared file."""

from __future__ import annotations

import datetime as dt
import difflib
import posixpath
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from genai_policy.integrations.judgement import Notice
from genai_policy.integrations.lsp.marks import Mark
from genai_policy.integrations.lsp.project import Project
from genai_policy.integrations.lsp.texts import Span
from genai_policy.load.waivers import WAIVERS_FILE
from genai_policy.model import Verdict
from genai_policy.model.service import Service
from genai_policy.report.examples import example_for
from genai_policy.report.wording import phrase

#: A waiver is drafted for this many days; who approves it may say less.
WAIVER_DAYS = 30
MAX_OFFERED = 4
_MEANT = re.compile(r'did you mean "(?P<word>[^"]+)"\?|did you mean "(?P<odd>.+)"\?')
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = re.compile(r"\s*\[\s*implements\s*\]")
_OTHER_FORM = re.compile(r"\s*\[?\s*[\"']?implements[\"']?\s*[.=]")


class Edit(Struct, frozen=True):
    """One change of one file: ``text`` takes the place of ``span`` (None: it is added at the end of the file, which may not exist yet)."""

    title: str
    file: str
    text: str
    span: Span | None = None
    preferred: bool = False


def fixes(project: Project, file: str, lines: Sequence[str], mark: Mark, today: dt.date) -> Iterator[Edit]:
    """Yield the quick fixes of one mark in ``file``, whose text in the editor is ``lines``."""
    if mark.notice.kind == "mistake":
        yield from _meant(project, file, lines, mark)
    elif mark.notice.kind == "unmet":
        if file.endswith(".toml"):
            yield from _locators(project, file, lines, mark)
            yield from _claims(project, file, lines, mark.notice)
        yield from _waivers(project, mark.notice, today)


def _meant(project: Project, file: str, lines: Sequence[str], mark: Mark) -> Iterator[Edit]:
    found = _MEANT.search(mark.advice)
    if found:
        word = found["word"] or found["odd"]
        yield Edit(_title("meant", project, word=word), file, _written(word, lines, mark.span), mark.span, preferred=True)


def _written(word: str, lines: Sequence[str], span: Span) -> str:
    """Return ``word`` as the token that it replaces is written: a bare key, or text in quotes."""
    text = lines[span.line]
    is_key = text[span.end :].lstrip()[:1] in ("=", ".", "]") and text[span.start : span.start + 1] not in ("'", '"')
    if is_key and _BARE_KEY.fullmatch(word) and (text[span.end :].lstrip()[:1] != "]" or text.lstrip().startswith("[")):
        return word
    return "'" + word + "'" if '"' in word or "\\" in word else f'"{word}"'


def _locators(project: Project, file: str, lines: Sequence[str], mark: Mark) -> Iterator[Edit]:
    """Yield the symbols, routes and files that exist, in place of the one that does not."""
    notice = mark.notice
    wrong = notice.args.get("symbol") or notice.args.get("endpoint") or ""
    service = _service(project.seen.verdict, notice.manifest)
    if service is None or notice.manifest != file:
        return
    if notice.code == "file.missing":
        missing = notice.args.get("file", "")
        wrong = posixpath.relpath(missing, service.root or ".")
        right = [posixpath.relpath(path, service.root or ".") for path in _near_files(project, missing)]
    else:
        right = list(_right(notice, service))
    span = _quoted(lines, wrong, mark.span.line)
    if span is not None:
        for word in right[:MAX_OFFERED]:
            yield Edit(_title("meant", project, word=word), file, word, span, preferred=len(right) == 1)


def _right(notice: Notice, service: Service) -> Iterator[str]:
    symbol = notice.args.get("symbol", "")
    if notice.code == "hook.similar":
        yield re.split("[:#]", symbol)[0] + ("#" if "#" in symbol else ":") + notice.args["name"]
    elif notice.code == "hook.elsewhere":
        for place in notice.args["places"].split(", "):
            yield _hook(place, service)
    elif notice.code == "endpoint.similar":
        yield notice.args["other"]
    elif notice.code == "endpoint.other-method":
        path = notice.args["endpoint"].partition(" ")[2]
        yield from (f"{method} {path}" for method in re.split(r",\s*", notice.args["methods"]))


def _hook(function: str, service: Service) -> str:
    """Return a function id (``path/of/file.py#Class.method``) as a manifest names it."""
    file, _, name = function.partition("#")
    own = posixpath.relpath(file, service.root or ".")
    if not own.endswith(".py") or own.startswith(".."):
        return f"{own}#{name}"
    module = own.removesuffix(".py").removesuffix("/__init__").removeprefix("src/").replace("/", ".")
    return f"{module}:{name}"


def _near_files(project: Project, missing: str) -> list[str]:
    """Return files of the tree with that name elsewhere, or with a name like it."""
    known = list(project.files())
    name = posixpath.basename(missing)
    same = [path for path in known if posixpath.basename(path) == name]
    return same or difflib.get_close_matches(missing, known[:5000], MAX_OFFERED, 0.7)


def _quoted(lines: Sequence[str], text: str, near: int) -> Span | None:
    """Return where ``text`` stands in a string, nearest to a line; what follows it (``#heading``) stays."""
    found = [
        Span(number, match.start(1), match.end(1))
        for number, line in enumerate(lines)
        for match in re.finditer(rf"""["']({re.escape(text)})(?=["'#])""", line)
    ]
    return min(found, key=lambda span: (abs(span.line - near), span.line, span.start), default=None) if text else None


def _claims(project: Project, file: str, lines: Sequence[str], notice: Notice) -> Iterator[Edit]:
    """Yield a claim for a control that has none: of a function that looks like it, else the line to fill in."""
    control = project.seen.law.controls.get(notice.control)
    service = _service(project.seen.verdict, notice.manifest)
    if notice.code != "verdict.not-claimed" or control is None or service is None or notice.manifest != file:
        return
    example = example_for(control, ())
    written = [f'{control.id} = {{ hook = "{hook}" }}' for hook in _lookalikes(project.seen.verdict, service, control.id)]
    if not written and example is not None:
        written = [line for line in example.manifest.splitlines() if line.startswith(f"{control.id} =")][:1]
    header = next((number for number, line in enumerate(lines) if _HEADER.match(line)), None)
    if header is None and any(_OTHER_FORM.match(line) for line in lines):
        return  # an inline or dotted table: there is no one place to add a line
    for line in written[:MAX_OFFERED]:
        title = _title("claim", project, claim=line)
        if header is None:
            yield Edit(title, file, f"\n[implements]\n{line}\n")
        else:
            yield Edit(title, file, f"\n{line}", Span(header, len(lines[header]), len(lines[header])))


def _lookalikes(verdict: Verdict | None, service: Service, control: str) -> list[str]:
    """Return the functions that were seen and not claimed, though their names suggest the control."""
    outcomes = [s for s in verdict.services if s.service is service] if verdict else []
    evidence = [e for s in outcomes for o in s.obligations for c in o.controls if c.id == control for e in c.evidence]
    seen = [e.note.args for e in evidence if e.note.code == "lookalike.unclaimed"]
    return list(dict.fromkeys(_hook(f"{args['file']}#{args['name']}", service) for args in seen))


def _waivers(project: Project, notice: Notice, today: dt.date) -> Iterator[Edit]:
    """Yield the draft of a waiver for each obligation that can be waived. What only a person can say is left empty, which is a mistake."""
    for name in notice.obligations[:MAX_OFFERED]:
        obligation = project.seen.law.obligation(name)
        if obligation is None or not obligation.waivable:
            continue
        rows = [
            "",
            "[[waiver]]",
            f'obligation = "{name}"',
            *([f'control = "{notice.control}"'] if notice.control else []),
            'owner = ""',
            'reason = ""',
            'approved-by = ""',
            f"created = {today.isoformat()}",
            f"expires = {(today + dt.timedelta(days=WAIVER_DAYS)).isoformat()}",
            "",
        ]
        yield Edit(_title("waive", project, id=name), WAIVERS_FILE, "\n".join(rows))


def _service(verdict: Verdict | None, manifest: str) -> Service | None:
    return next((s.service for s in verdict.services if s.service.manifest == manifest), None) if verdict else None


def _title(code: str, project: Project, **args: str) -> str:
    return phrase(f"linters.fix-{code}", project.asked.lang, **args)
