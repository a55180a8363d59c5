"""What the server reads of a client's messages: checked once, at the door, and cheap enough for each keystroke.

Names and meanings are those of the specification. Fields that nobody here reads are not named.
"""

from __future__ import annotations

from typing import Any

import msgspec
from lsprotocol import types


class Params(msgspec.Struct, rename="camel"):
    """Parameters of a message, or a part of them."""


class Position(Params):
    line: int
    character: int


class Range(Params):
    start: Position
    end: Position


class TextDocument(Params):
    uri: str


class VersionedTextDocument(Params):
    uri: str
    version: int | None = None


class OpenedTextDocument(Params):
    uri: str
    text: str
    language_id: str = ""
    version: int | None = None


class ContentChange(Params):
    text: str
    range: Range | None = None


class DidOpen(Params):
    text_document: OpenedTextDocument


class DidChange(Params):
    text_document: VersionedTextDocument
    content_changes: list[ContentChange]


class AboutDocument(Params):
    """didClose, didSave, and the like."""

    text_document: TextDocument


class AtPosition(Params):
    text_document: TextDocument
    position: Position


class DocumentDiagnostic(Params):
    text_document: TextDocument
    previous_result_id: str | None = None


class PreviousResult(Params):
    uri: str
    value: str


class WorkspaceDiagnostic(Params):
    previous_result_ids: list[PreviousResult] = []
    partial_result_token: str | int | None = None


class CodeActionContext(Params):
    only: list[str] | None = None


class CodeActions(Params):
    text_document: TextDocument
    range: Range
    context: CodeActionContext = msgspec.field(default_factory=CodeActionContext)


class ActionData(Params):
    """What a code action carries from its offer to its resolution."""

    uri: str
    key: list[Any]


class CodeAction(Params):
    title: str
    data: ActionData | None = None
    kind: str | None = None
    diagnostics: list[Any] | None = None
    is_preferred: bool | None = None


class ExecuteCommand(Params):
    command: str
    arguments: list[Any] | None = None


class FileEvent(Params):
    uri: str
    type: int


class DidChangeWatchedFiles(Params):
    changes: list[FileEvent]


class DidChangeConfiguration(Params):
    settings: Any = None


class Folder(Params):
    uri: str
    name: str = ""


class FoldersEvent(Params):
    added: list[Folder] = []
    removed: list[Folder] = []


class DidChangeWorkspaceFolders(Params):
    event: FoldersEvent


class Initialize(Params):
    capabilities: dict[str, Any] = {}
    process_id: int | None = None
    root_path: str | None = None
    root_uri: str | None = None
    workspace_folders: list[Folder] | None = None
    initialization_options: Any = None


class Cancel(Params):
    id: str | int


class ProgressCancel(Params):
    token: str | int


class SetTrace(Params):
    value: str = "off"


PARAMS: dict[str, type[Params]] = {
    types.INITIALIZE: Initialize,
    types.SET_TRACE: SetTrace,
    types.CANCEL_REQUEST: Cancel,
    types.WINDOW_WORK_DONE_PROGRESS_CANCEL: ProgressCancel,
    types.TEXT_DOCUMENT_DID_OPEN: DidOpen,
    types.TEXT_DOCUMENT_DID_CHANGE: DidChange,
    types.TEXT_DOCUMENT_DID_SAVE: AboutDocument,
    types.TEXT_DOCUMENT_DID_CLOSE: AboutDocument,
    types.TEXT_DOCUMENT_DIAGNOSTIC: DocumentDiagnostic,
    types.TEXT_DOCUMENT_CODE_ACTION: CodeActions,
    types.CODE_ACTION_RESOLVE: CodeAction,
    types.TEXT_DOCUMENT_HOVER: AtPosition,
    types.WORKSPACE_DIAGNOSTIC: WorkspaceDiagnostic,
    types.WORKSPACE_EXECUTE_COMMAND: ExecuteCommand,
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: DidChangeConfiguration,
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: DidChangeWatchedFiles,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: DidChangeWorkspaceFolders,
}
