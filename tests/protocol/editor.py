"""An editor without a screen: it keeps texts, tells the server of each change, and applies the edits that it is given."""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

SERVER = [sys.executable, "-m", "seawall", "server"]
PATIENCE = 20.0

UNITS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
WIDTH = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


def capabilities(
    *,
    encoding: str | None = "utf-16",
    pull: bool = False,
    refresh: bool = True,
    resolve: bool = True,
    document_changes: bool = True,
    creates: bool = True,
    annotations: bool = False,
    progress: bool = False,
    watch: bool = False,
    configuration: bool = False,
    markdown: bool = True,
    literals: bool = True,
) -> dict[str, Any]:
    """What an able client says of itself, with parts left out."""
    edit: dict[str, Any] = {"documentChanges": document_changes}
    if creates:
        edit["resourceOperations"] = ["create", "rename", "delete"]
    if annotations:
        edit["changeAnnotationSupport"] = {"groupsOnLabel": True}
    action: dict[str, Any] = {"isPreferredSupport": True, "dataSupport": resolve}
    if literals:
        action["codeActionLiteralSupport"] = {"codeActionKind": {"valueSet": ["quickfix"]}}
    if resolve:
        action["resolveSupport"] = {"properties": ["edit"]}
    text: dict[str, Any] = {
        "publishDiagnostics": {
            "relatedInformation": True,
            "versionSupport": True,
            "codeDescriptionSupport": True,
            "dataSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
        },
        "codeAction": action,
        "hover": {"contentFormat": ["markdown"] if markdown else ["plaintext"]},
    }
    if pull:
        text["diagnostic"] = {"dynamicRegistration": False}
    workspace: dict[str, Any] = {
        "workspaceEdit": edit,
        "applyEdit": True,
        "configuration": configuration,
        "diagnostics": {"refreshSupport": refresh},
        "didChangeWatchedFiles": {"dynamicRegistration": watch},
    }
    general = {"positionEncodings": [encoding]} if encoding else {}
    window = {"workDoneProgress": progress, "showMessage": {}}
    return {"textDocument": text, "workspace": workspace, "general": general, "window": window}


class Editor:
    """One client and its server."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.published: list[types.PublishDiagnosticsParams] = []
        self.registered: list[types.Registration] = []
        self.requests: list[types.ShowMessageRequestParams] = []
        self.answer: str | None = None
        """The button that the user presses when asked something."""
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.client = LanguageClient(converter_factory=default_converter)
        self._versions = itertools.count(1)
        features = dict(DEFAULT_CLIENT_FEATURES)
        features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = self._published
        features[types.CLIENT_REGISTER_CAPABILITY] = self._registered
        features[types.WINDOW_SHOW_MESSAGE_REQUEST] = self._asked
        features[types.WORKSPACE_APPLY_EDIT] = self._apply
        register_lsp_features(self.client, {name: _function(feature) for name, feature in features.items()})

    # -- life ---------------------------------------------------------------------------------------------------------

    async def start(
        self,
        capabilities: dict[str, Any] | types.ClientCapabilities,
        *,
        folders: Sequence[Path] | None = None,
        options: Any = None,
        command: Sequence[str] = SERVER,
    ) -> types.InitializeResult:
        await self.client.start_io(*command)
        if isinstance(capabilities, dict):
            capabilities = self.client.protocol._converter.structure(capabilities, types.ClientCapabilities)
        places = [self.root] if folders is None else folders
        self.result = await self.client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities,
                workspace_folders=[types.WorkspaceFolder(place.as_uri(), place.name) for place in places],
                initialization_options=options,
            )
        )
        encoding = self.result.capabilities.position_encoding
        self.encoding = str(getattr(encoding, "value", encoding))
        return self.result

    async def stop(self) -> None:
        await asyncio.wait_for(self.client.shutdown_session(), PATIENCE)
        await self.client.stop()

    # -- what the server asks -----------------------------------------------------------------------------------------

    def _published(self, params: types.PublishDiagnosticsParams) -> None:
        self.published.append(params)

    def _registered(self, params: types.RegistrationParams) -> None:
        self.registered += params.registrations

    def _asked(self, params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
        self.requests.append(params)
        return types.MessageActionItem(self.answer) if self.answer else None

    def _apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        self.apply(params.edit)
        return types.ApplyWorkspaceEditResult(applied=True)

    # -- documents ----------------------------------------------------------------------------------------------------

    def uri(self, name: str) -> str:
        return name if ":" in name else (self.root / name).as_uri()

    def open(self, name: str, text: str | None = None, language: str = "python") -> None:
        uri = self.uri(name)
        text = (self.root / name).read_text(encoding="utf-8") if text is None else text
        self.texts[uri], self.versions[uri] = text, next(self._versions)
        item = types.TextDocumentItem(uri, language, self.versions[uri], text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def write(self, name: str, text: str) -> None:
        """Write a file to disk."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Type `new` in place of the first `old`."""
        uri = self.uri(name)
        before = self.texts[uri]
        at = before.index(old)
        place = types.Range(self.position(name, at), self.position(name, at + len(old)))
        self.texts[uri] = before[:at] + new + before[at + len(old) :]
        self.send(name, types.TextDocumentContentChangePartial(range=place, text=new))

    def send(self, name: str, *changes: types.TextDocumentContentChangeEvent, version: int | None = None) -> None:
        """Tell the server of changes, whatever our own text is."""
        uri = self.uri(name)
        self.versions[uri] = version = next(self._versions) if version is None else version
        document = types.VersionedTextDocumentIdentifier(version, uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, list(changes)))

    def save(self, name: str) -> None:
        document = types.TextDocumentIdentifier(self.uri(name))
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(document))

    def close(self, name: str) -> None:
        document = types.TextDocumentIdentifier(self.uri(name))
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))
        self.texts.pop(self.uri(name), None)

    def changed_on_disk(self, *names: str) -> None:
        events = [types.FileEvent(self.uri(name), types.FileChangeType.Changed) for name in names]
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))

    # -- places -------------------------------------------------------------------------------------------------------

    def position(self, name: str, index: int) -> types.Position:
        """A place in an open text, in the units of this session."""
        before = self.texts[self.uri(name)][:index]
        line = before.count("\n")
        column = before[before.rfind("\n") + 1 :]
        return types.Position(line, len(column.encode(UNITS[self.encoding])) // WIDTH[self.encoding])

    def range_of(self, name: str, part: str) -> types.Range:
        """The range of the first `part`."""
        at = self.texts[self.uri(name)].index(part)
        return types.Range(self.position(name, at), self.position(name, at + len(part)))

    # -- diagnostics --------------------------------------------------------------------------------------------------

    async def diagnostics(self, name: str) -> list[types.Diagnostic]:
        """What was pushed of a document's present version."""
        uri = self.uri(name)

        def look() -> types.PublishDiagnosticsParams | None:
            version = self.versions.get(uri)
            return next((one for one in reversed(self.published) if one.uri == uri and one.version == version), None)

        return list((await wait_for(look)).diagnostics)

    async def until(self, name: str, condition: Callable[[list[types.Diagnostic]], bool]) -> list[types.Diagnostic]:
        """Wait until what was last pushed of a file is as it should be."""
        uri = self.uri(name)

        def look() -> list[list[types.Diagnostic]]:
            last = next((list(one.diagnostics) for one in reversed(self.published) if one.uri == uri), None)
            return [last] if last is not None and condition(last) else []

        return (await wait_for(look))[0]

    async def pull(self, name: str, previous: str | None = None) -> Any:
        document = types.TextDocumentIdentifier(self.uri(name))
        return await self.client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(text_document=document, previous_result_id=previous)
        )

    # -- actions ------------------------------------------------------------------------------------------------------

    async def actions(
        self, name: str, part: str | types.Range, only: Sequence[str] | None = None
    ) -> list[types.CodeAction]:
        """What is offered where `part` stands."""
        place = self.range_of(name, part) if isinstance(part, str) else part
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(self.uri(name)), place, types.CodeActionContext(diagnostics=[], only=only)
            )
        )
        return [one for one in found or () if isinstance(one, types.CodeAction)]

    async def take(self, action: types.CodeAction) -> types.CodeAction:
        """Choose an action: have it resolved, and apply its edit."""
        if action.edit is None and action.command is None:
            action = await self.client.code_action_resolve_async(action)
        if action.edit is not None:
            self.apply(action.edit)
        return action

    def apply(self, edit: types.WorkspaceEdit) -> None:
        """Apply an edit, strictly: versions must be those of the open texts."""
        if edit.document_changes is None:
            for uri, edits in (edit.changes or {}).items():
                self._edit(uri, edits)
            return
        for change in edit.document_changes:
            if isinstance(change, types.CreateFile):
                assert change.options and change.options.ignore_if_exists and change.options.overwrite is None
                assert change.uri not in self.texts
                self.texts[change.uri] = ""
            else:
                assert isinstance(change, types.TextDocumentEdit)
                document = change.text_document
                if document.uri in self.versions:
                    assert document.version == self.versions[document.uri]
                else:
                    assert document.version is None
                self._edit(document.uri, change.edits)

    def _edit(self, uri: str, edits: Sequence[Any]) -> None:
        before = self._text(uri)
        placed = sorted(
            (self._index(before, edit.range.start), self._index(before, edit.range.end), n, edit.new_text)
            for n, edit in enumerate(edits)
        )
        after = before
        for (_, end, _, _), (start, _, _, _) in itertools.pairwise(placed):
            assert end <= start, "edits overlap"
        for start, end, _, new in reversed(placed):
            after = after[:start] + new + after[end:]
        self.texts[uri] = after
        if uri in self.versions:
            self.send(uri, types.TextDocumentContentChangeWholeDocument(after))

    def _text(self, uri: str) -> str:
        if uri not in self.texts:
            path = Path(uri.removeprefix("file://"))
            self.texts[uri] = path.read_text(encoding="utf-8") if path.is_file() else ""
        return self.texts[uri]

    def _index(self, text: str, position: types.Position) -> int:
        lines = text.split("\n")
        if position.line >= len(lines):
            return len(text)
        units = lines[position.line].encode(UNITS[self.encoding])[: position.character * WIDTH[self.encoding]]
        return sum(len(line) + 1 for line in lines[: position.line]) + len(units.decode(UNITS[self.encoding]))

    def text(self, name: str) -> str:
        return self._text(self.uri(name))


def _function(feature: Callable[..., Any]) -> Callable[..., Any]:
    """pygls marks what it registers, which a bound method does not bear."""
    if getattr(feature, "__self__", None) is None:
        return feature

    def call(params: Any) -> Any:
        return feature(params)

    return call


async def wait_for(look: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Ask again and again, until there is something to be seen."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if seen := look():
            return seen
        await asyncio.sleep(0.01)
    raise TimeoutError("waited in vain")


Start = Callable[..., Awaitable[Editor]]
