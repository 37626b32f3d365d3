"""The language server, driven by a real client over stdio."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import from_fs_path

from genai_policy.integrations.lsp.server import _base
from tests.e2e.linters.sample import INTACT, LABEL, line_of, replace

#: Seconds; a machine with little to do needs three.
PATIENCE = 90

#: Files that the server would import, were the workspace on its path, and that the code reader must not run.
TRAPS = ("tomli.py", "click.py", "pygls.py", "sitecustomize.py", "conftest.py", "app/trap.py")


class Editor:
    """An editor that shows one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.client = LanguageClient("test editor", "1")
        self.shown: dict[str, list[types.Diagnostic]] = {}
        self.said: list[str] = []
        self.event = asyncio.Event()

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(params: types.PublishDiagnosticsParams) -> None:
            self.shown[params.uri] = list(params.diagnostics)
            self.event.set()

        @self.client.feature(types.WINDOW_LOG_MESSAGE)
        def _(params: types.LogMessageParams) -> None:
            self.said.append(params.message)
            self.event.set()

    async def start(self) -> None:
        # -I, as a console script: the working directory is no place to import from
        await self.client.start_io(sys.executable, "-I", "-m", "genai_policy", "lsp", cwd=self.root)
        folder = types.WorkspaceFolder(self.uri(""), "service")
        edits = types.WorkspaceEditClientCapabilities(document_changes=True, resource_operations=[types.ResourceOperationKind.Create])
        able = types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(workspace_edit=edits))
        answer = await self.client.initialize_async(
            types.InitializeParams(
                able, root_uri=self.uri(""), workspace_folders=[folder], locale="zh-CN", initialization_options={"lang": "en"}
            )
        )
        assert answer.capabilities.position_encoding == types.PositionEncodingKind.Utf16
        self.client.initialized(types.InitializedParams())

    async def stop(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()

    def uri(self, file: str) -> str:
        return from_fs_path(str(self.root / file)) or ""

    def on(self, file: str) -> list[types.Diagnostic]:
        return self.shown.get(self.uri(file), [])

    async def until(self, wanted: Callable[[], bool]) -> None:
        async def wait() -> None:
            while not wanted():
                self.event.clear()
                await self.event.wait()

        await asyncio.wait_for(wait(), PATIENCE)

    def open(self, file: str) -> str:
        text = (self.root / file).read_text(encoding="utf-8")
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(self.uri(file), "toml", 1, text)))
        return text

    def write(self, file: str, text: str, version: int) -> None:
        document = types.VersionedTextDocumentIdentifier(version, self.uri(file))
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def fixes(self, file: str, at: types.Diagnostic) -> dict[str, types.WorkspaceEdit]:
        params = types.CodeActionParams(types.TextDocumentIdentifier(self.uri(file)), at.range, types.CodeActionContext([at]))
        return {a.title: a.edit for a in await self.client.text_document_code_action_async(params) or ()}  # type: ignore[union-attr,misc]

    async def hover(self, file: str, text: str, word: str) -> str:
        line = next(number for number, row in enumerate(text.splitlines()) if word in row)
        at = types.Position(line, text.splitlines()[line].index(word) + 1)
        found = await self.client.text_document_hover_async(types.HoverParams(types.TextDocumentIdentifier(self.uri(file)), at))
        return found.contents.value if found else ""  # type: ignore[union-attr]


def session(root: Path, story: Callable[[Editor], Awaitable[None]]) -> None:
    async def whole() -> None:
        editor = Editor(root)
        await editor.start()
        try:
            await story(editor)
        finally:
            await editor.stop()

    asyncio.run(whole())


def lines(at: types.Range) -> tuple[int, int, int]:
    assert at.start.line == at.end.line
    return at.start.line + 1, at.start.character, at.end.character


def test_without_its_library_the_command_says_what_to_install(cli, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    result = cli("lsp")
    assert (result.code, result.out) == (2, "")
    assert "pip install 'genai-policy[lsp]'" in result.err


def test_files_are_named_as_the_editor_names_them(tmp_path):
    (tmp_path / "real" / "sub").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    real = str(tmp_path / "real")
    assert _base(str(tmp_path / "link"), real) == tmp_path / "link"
    assert _base(str(tmp_path / "link" / "sub"), real) == tmp_path / "link"
    assert _base(str(tmp_path / "real"), real) == tmp_path / "real"
    assert _base(str(tmp_path / "link"), "/elsewhere") == Path("/elsewhere")


def test_a_session(own):
    manifest, chat = own / "genai-service.toml", own / "app" / "chat.py"
    replace(manifest, 'channels = ["web"]', 'channels = ["web"] # 😀 目录')
    replace(manifest, '"app.labels:mark_text"', '"app.labels:mark_txt"')
    for name in TRAPS:
        (own / name).write_text(f"open({str(own / 'sprung')!r}, 'w').close()\n")

    async def story(editor: Editor) -> None:
        await editor.until(lambda: bool(editor.on("genai-service.toml")))
        await findings(editor)
        text = editor.open("genai-service.toml")
        await meanings(editor, text)
        await mistakes_of_unsaved_text(editor, text)
        await the_last_run_follows_what_is_saved(editor, text)

    async def findings(editor: Editor) -> None:
        hook, *_ = (d for d in editor.on("genai-service.toml") if "mark_txt" in d.message)
        row = manifest.read_text(encoding="utf-8").splitlines()[hook.range.start.line]
        assert row[hook.range.start.character : hook.range.end.character] == '"app.labels:mark_txt"'
        assert (hook.code, hook.severity, hook.source) == (LABEL, types.DiagnosticSeverity.Error, "genai-policy")
        assert hook.code_description is not None
        offered = await editor.fixes("genai-service.toml", hook)
        [edit] = offered["Write app.labels:mark_text"].changes[editor.uri("genai-service.toml")]  # type: ignore[index]
        assert (row[edit.range.start.character : edit.range.end.character], edit.new_text) == (
            "app.labels:mark_txt",
            "app.labels:mark_text",
        )
        missing = next(d for d in editor.on("genai-service.toml") if d.code == INTACT)
        assert lines(missing.range)[0] == line_of(manifest, "[implements]")
        offered = await editor.fixes("genai-service.toml", missing)
        assert [title for title in offered if title.startswith("Claim it: label-integrity = { test = ")]
        create, added = offered[f"Draft a waiver of {INTACT}"].document_changes or ()
        assert isinstance(create, types.CreateFile)
        assert create.uri == editor.uri("genai-waivers.toml")
        assert isinstance(added, types.TextDocumentEdit)
        assert added.edits[0].new_text.startswith(
            f'schema = 1\n\n[[waiver]]\nobligation = "{INTACT}"\ncontrol = "label-integrity"\nowner = ""\n'
        )

    async def meanings(editor: Editor, text: str) -> None:
        assert "Everybody who can use the service." in await editor.hover("genai-service.toml", text, "reach")
        said = await editor.hover("genai-service.toml", text, "visible-label")
        assert said.startswith("**Visible label on generated output** `visible-label`")
        assert "cn-labelling/art4-explicit-label" in said
        said = await editor.hover("genai-service.toml", text, "cn-labelling/art8-agreement")
        assert "*Clause:* Labelling Measures, art. 8" in said
        assert "`genai-service.toml`: unmet" in said
        assert await editor.hover("genai-service.toml", text, "schema = ") != ""
        assert await editor.hover("genai-service.toml", text, "墨言") == ""

    async def mistakes_of_unsaved_text(editor: Editor, text: str) -> None:
        wrong = text.replace('export = ["none"]', 'confusable-kind = ["😀", 1]\nexport = [ "none", "😀", "downlaod" ]')
        editor.write("genai-service.toml", wrong, 2)
        await editor.until(lambda: any("downlaod" in d.message for d in editor.on("genai-service.toml")))
        at = next(d for d in editor.on("genai-service.toml") if "downlaod" in d.message)
        # UTF-16: the face takes two units
        row = wrong.splitlines()[at.range.start.line].encode("utf-16-le")
        assert row[2 * at.range.start.character : 2 * at.range.end.character].decode("utf-16-le") == '"downlaod"'
        [edit] = (await editor.fixes("genai-service.toml", at))["Write download"].changes[editor.uri("genai-service.toml")]  # type: ignore[index]
        assert (edit.range, edit.new_text) == (at.range, '"download"')
        key = next(d for d in editor.on("genai-service.toml") if "confusable-kind:" in d.message)
        assert lines(key.range)[1:] == (0, len("confusable-kind"))
        # a finding keeps to its line while lines come and go above it
        hook = next(d for d in editor.on("genai-service.toml") if "mark_txt" in d.message)
        assert hook.range.start.line == next(n for n, row in enumerate(wrong.splitlines()) if "mark_txt" in row)
        assert manifest.read_text(encoding="utf-8") == text

    async def the_last_run_follows_what_is_saved(editor: Editor, text: str) -> None:
        right = text.replace("mark_txt", "mark_text")
        editor.write("genai-service.toml", right, 3)
        manifest.write_text(right, encoding="utf-8")
        editor.client.text_document_did_save(
            types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(editor.uri("genai-service.toml")))
        )
        old = lambda: [d for d in editor.on("genai-service.toml") if "mark_txt" in d.message]  # noqa: E731
        await editor.until(lambda: bool(editor.on("app/chat.py")) and not old())
        [found] = editor.on("app/chat.py")
        assert lines(found.range)[0] == line_of(chat, "str(made")
        assert "mark_text" in found.message
        assert found.related_information
        offered = await editor.fixes("app/chat.py", found)
        assert all(title.startswith("Draft a waiver of cn-labelling/") for title in offered)

    session(own, story)
    assert not (own / "sprung").exists()
