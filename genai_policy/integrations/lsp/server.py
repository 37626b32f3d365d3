"""The language server over stdio: what editors ask and tell → projects; notices → what editors show. The only module that knows pygls.

Judging waits until nothing was saved for a moment, runs in a thread, and never twice at once: what was saved meanwhile is judged after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from genai_policy import __version__
from genai_policy.errors import Mistake, UsageProblem
from genai_policy.integrations.judging import question, today
from genai_policy.integrations.lsp.fixes import Edit, fixes
from genai_policy.integrations.lsp.hover import hover
from genai_policy.integrations.lsp.marks import SOURCE, Mark, diagnostic, in_units, marks
from genai_policy.integrations.lsp.project import Project
from genai_policy.integrations.lsp.texts import lines_of
from genai_policy.integrations.places import MANIFEST, relative, root_of
from genai_policy.load.waivers import WAIVERS_FILE

#: Seconds without a further event before mistakes are told, and before the root is judged.
TYPING, SAVING = 0.25, 0.5
WATCHED = ("**/genai-service.toml", "**/genai-waivers.toml", "**/.genai-baseline.json")


class Desk:
    """One root in the editor, with what is under way for it. ``base`` is the root as the editor names it, which may lead through links."""

    def __init__(self, project: Project, base: Path) -> None:
        self.project = project
        self.base = base
        self.shown: dict[str, list[types.Diagnostic]] = {}
        self.mistakes: tuple[Mistake, ...] = ()
        self.busy = {"judge": asyncio.Lock(), "mistakes": asyncio.Lock()}
        self.waiting: dict[str, asyncio.Task[None]] = {}


class PolicyServer(LanguageServer):
    """A language server for every root among the folders of the workspace."""

    def __init__(self) -> None:
        super().__init__(SOURCE, __version__)
        self.desks: dict[str, Desk] = {}
        self.given: dict[str, str] = {}
        self.watching = False
        for event, handler in (
            (types.INITIALIZE, self.prepare),
            (types.INITIALIZED, self.begin),
            (types.TEXT_DOCUMENT_DID_OPEN, self.opened),
            (types.TEXT_DOCUMENT_DID_CHANGE, self.changed),
            (types.TEXT_DOCUMENT_DID_SAVE, self.saved),
            (types.TEXT_DOCUMENT_DID_CLOSE, self.opened),
            (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, self.watched),
            (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, self.begin),
            (types.TEXT_DOCUMENT_HOVER, self.hover),
        ):
            self.feature(event)(partial(handler))  # pygls writes attributes on what it is given; a method takes none
        kinds = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
        self.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)(partial(self.actions))

    # ---- what the editor tells ---------------------------------------------------------------------------------------------

    def prepare(self, params: types.InitializeParams) -> None:
        """Take the settings: ``root``, ``gate`` and ``lang`` of the initialization options; the editor's language where none is given."""
        options = params.initialization_options
        self.given = {k: v for k, v in options.items() if isinstance(v, str)} if isinstance(options, dict) else {}
        self.given.setdefault("lang", "zh" if (params.locale or "").lower().startswith("zh") else "en")

    async def begin(self, params: object) -> None:
        """Judge every root of the workspace."""
        del params
        for folder in (f.uri for f in self.workspace.folders.values()) if self.workspace.folders else (self.workspace.root_uri,):
            start = to_fs_path(folder) if folder else None
            if start:
                self._sit_down(start)
        self._watch()

    async def opened(self, params: types.DidOpenTextDocumentParams | types.DidCloseTextDocumentParams) -> None:
        """Show what is known of a file that was opened, or of what is on disk after it was closed."""
        await self._text_changed(params.text_document.uri, 0)

    async def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        """Tell the mistakes of a declared file while it is written. Findings stay as they are until something is saved."""
        await self._text_changed(params.text_document.uri, TYPING)

    async def saved(self, params: types.DidSaveTextDocumentParams) -> None:
        """Judge again."""
        desk, _ = self._at(params.text_document.uri)
        if desk:
            self._soon(desk, "judge", SAVING, partial(self._judge, desk))

    async def watched(self, params: types.DidChangeWatchedFilesParams) -> None:
        """Judge again what was changed outside the editor."""
        for desk in {id(d): d for d, _ in (self._at(change.uri) for change in params.changes) if d}.values():
            self._soon(desk, "judge", SAVING, partial(self._judge, desk))

    # ---- what the editor asks ----------------------------------------------------------------------------------------------

    def hover(self, params: types.HoverParams) -> types.Hover | None:
        """Say what the word at a place means."""
        desk, file = self._at(params.text_document.uri)
        if desk is None:
            return None
        text = self.workspace.get_text_document(params.text_document.uri).source
        lines = lines_of(text)
        place = self.workspace.position_codec.position_from_client_units(lines, params.position)
        found = hover(desk.project, file, text, lines, place.line, place.character)
        if found is None:
            return None
        content = types.MarkupContent(types.MarkupKind.Markdown, found[0])
        return types.Hover(content, in_units(found[1], lines, self.workspace.position_codec))

    def actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Offer the quick fixes of what is shown in a range."""
        desk, file = self._at(params.text_document.uri)
        if desk is None:
            return []
        lines, codec = lines_of(self._text(desk, file)), self.workspace.position_codec
        offered = []
        for mark in self._marks(desk, file, lines):
            shown = diagnostic(mark, desk.project, desk.base, lines, codec)
            if _touch(shown.range, params.range):
                offered += [self._action(desk, edit, shown) for edit in fixes(desk.project, file, lines, mark, today())]
        return offered

    def _action(self, desk: Desk, edit: Edit, shown: types.Diagnostic) -> types.CodeAction:
        uri = self._uri(desk, edit.file)
        before = self._text(desk, edit.file)
        exists = bool(before) or (desk.project.root / edit.file).exists()
        lines = lines_of(before)
        last = types.Position(len(lines) - 1, self.workspace.position_codec.client_num_units(lines[-1]))
        where = in_units(edit.span, lines, self.workspace.position_codec) if edit.span else types.Range(last, last)
        text = edit.text if edit.span or before.strip() else f"schema = 1\n{edit.text}"
        change = self._change(uri, types.TextEdit(where, text), exists=exists)
        preferred = edit.preferred or None
        return types.CodeAction(edit.title, types.CodeActionKind.QuickFix, diagnostics=[shown], is_preferred=preferred, edit=change)

    def _change(self, uri: str, edit: types.TextEdit, *, exists: bool) -> types.WorkspaceEdit:
        """Return an edit, which makes the file first where there is none and the editor can be told so."""
        workspace = self.client_capabilities.workspace
        able = workspace.workspace_edit if workspace else None
        if exists or not able or types.ResourceOperationKind.Create not in (able.resource_operations or ()):
            return types.WorkspaceEdit(changes={uri: [edit]})
        create = types.CreateFile(uri, options=types.CreateFileOptions(ignore_if_exists=True))
        change = types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri), [edit])
        return types.WorkspaceEdit(document_changes=[create, change])

    # ---- what goes on behind -----------------------------------------------------------------------------------------------

    def _sit_down(self, start: str) -> None:
        try:
            asked = question(root_of(start, self.given.get("root", "")), self.given.get("gate", ""), self.given["lang"])
        except UsageProblem as problem:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"{SOURCE}: {problem}"))
            return
        if asked.root not in self.desks:
            desk = self.desks[asked.root] = Desk(Project(asked), _base(start, asked.root))
            self._soon(desk, "judge", 0, partial(self._judge, desk))

    def _watch(self) -> None:
        """Ask the editor to tell of changes of declared files outside of it, where it can."""
        workspace = self.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace else None
        if not self.watching and watching and watching.dynamic_registration:
            self.watching = True
            options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(pattern) for pattern in WATCHED])
            registration = types.Registration(SOURCE, types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            self.client_register_capability(types.RegistrationParams([registration]))

    async def _text_changed(self, uri: str, delay: float) -> None:
        desk, file = self._at(uri)
        if desk and not desk.project.seen.judgement.headline:
            return  # nothing is known yet; the first run shows everything
        if desk and file.rpartition("/")[2] in (MANIFEST, WAIVERS_FILE):
            self._soon(desk, "mistakes", delay, partial(self._look_again, desk))
        elif desk and not delay and file in desk.shown:
            self._publish(desk, file)

    def _soon(self, desk: Desk, what: str, delay: float, work: Callable[[], Awaitable[None]]) -> None:
        """Do ``work`` after ``delay`` seconds, unless the same is asked for again before."""

        async def later() -> None:
            await asyncio.sleep(delay)
            async with desk.busy[what]:
                desk.waiting.pop(what, None)  # from here on it is done, and what is asked for comes after it
                await work()

        if known := desk.waiting.pop(what, None):
            known.cancel()
        task = desk.waiting[what] = asyncio.get_running_loop().create_task(later())
        task.add_done_callback(self._tell_failure)

    def _tell_failure(self, task: asyncio.Task[None]) -> None:
        """Tell the editor of a run that ended in a way that nobody foresaw: what is shown is then of the run before."""
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            told = f"{SOURCE}: the run could not finish, what is shown is old: {type(failure).__name__}: {failure}"
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, told))

    async def _judge(self, desk: Desk) -> None:
        await asyncio.to_thread(desk.project.judge)
        await self._look_again(desk)
        judgement = desk.project.seen.judgement
        for line in (judgement.headline, *(notice.text for notice in judgement.of_file(""))):
            self.window_log_message(types.LogMessageParams(types.MessageType.Info, f"{SOURCE}: {line}"))

    async def _look_again(self, desk: Desk) -> None:
        """Tell the mistakes of the declared files as they are in the editor, and show everything again."""
        buffers = self._buffers(desk)
        desk.mistakes = await asyncio.to_thread(desk.project.mistakes, buffers)
        now = {*buffers, *(r.file for r in desk.project.seen.judgement.notices), *(m.file for m in desk.mistakes)} - {""}
        for file in sorted({*now, *desk.shown}):
            self._publish(desk, file)

    def _publish(self, desk: Desk, file: str) -> None:
        lines = lines_of(self._text(desk, file))
        shown = [diagnostic(mark, desk.project, desk.base, lines, self.workspace.position_codec) for mark in self._marks(desk, file, lines)]
        if shown == desk.shown.get(file, []):
            return
        desk.shown[file] = shown
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(self._uri(desk, file), shown))

    def _marks(self, desk: Desk, file: str, lines: list[str]) -> list[Mark]:
        return marks(desk.project, file, lines, desk.mistakes)

    def _buffers(self, desk: Desk) -> dict[str, str]:
        """Return the declared files of a root that are open, by path."""
        open_ = {self._at(uri): document.source for uri, document in list(self.workspace.text_documents.items())}
        return {file: text for (at, file), text in open_.items() if at is desk and file.rpartition("/")[2] in (MANIFEST, WAIVERS_FILE)}

    def _text(self, desk: Desk, file: str) -> str:
        """Return the text that the editor shows, or the one on disk."""
        document = self.workspace.text_documents.get(self._uri(desk, file))
        return document.source if document else desk.project.on_disk(file)

    def _uri(self, desk: Desk, file: str) -> str:
        """Return the address of a file as the editor writes it, where it has it open: there is more than one way to escape a path."""
        known = (uri for uri in self.workspace.text_documents if self._at(uri) == (desk, file))
        return next(known, None) or from_fs_path(str(desk.base / file)) or ""

    def _at(self, uri: str) -> tuple[Desk | None, str]:
        """Return the root that a file belongs to (the innermost), and the file's path below it."""
        name = to_fs_path(uri) or ""
        for root in sorted(self.desks, key=len, reverse=True):
            if name and (file := relative(name, root)):
                return self.desks[root], file
        return None, ""


def _base(start: str, root: str) -> Path:
    """Return ``root`` as the editor would name it: a folder that it opened, or one above that is the same."""
    here = Path(start)
    return next((folder for folder in (here, *here.parents) if str(folder.resolve()) == root), Path(root))


def _touch(one: types.Range, other: types.Range) -> bool:
    return one.start <= other.end and other.start <= one.end


def serve() -> None:
    """Serve one editor over stdin and stdout until it hangs up."""
    PolicyServer().start_io()
