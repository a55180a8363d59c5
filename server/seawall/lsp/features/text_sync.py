"""Keeping up with the text in the editor: open, change, save, close. Odd clients are put up with, nothing is lost."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lsprotocol import types

from seawall.lsp import messages
from seawall.lsp.convert import is_made_up, to_path
from seawall.lsp.documents import Open
from seawall.lsp.protocol import Json
from seawall.syntax import Text

if TYPE_CHECKING:
    from seawall.lsp.language_server import SeawallServer

log = logging.getLogger(__name__)


def register(server: SeawallServer) -> Json:
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(did_save)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    return {}


def did_open(ls: SeawallServer, params: messages.DidOpen) -> None:
    opened = params.text_document
    _open(ls, opened.uri, Text.of(opened.text), opened.version, opened.language_id)


def did_change(ls: SeawallServer, params: messages.DidChange) -> None:
    uri = params.text_document.uri
    document = ls.documents.get(uri)
    if document is None:
        log.warning("A document was changed before it was opened")
        path = to_path(uri)
        text = Text.of("") if is_made_up(path) else ls.text_on_disk(path)
        document = _open(ls, uri, text, params.text_document.version, "")
    document.change(params.content_changes, ls.client.unit)
    document.version = params.text_document.version
    ls.diagnostics.changed(document)
    if not document.is_python:
        ls.files.changed_in_editor(document.path)


def did_save(ls: SeawallServer, params: messages.AboutDocument) -> None:
    ls.files.look_again()


def did_close(ls: SeawallServer, params: messages.AboutDocument) -> None:
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return
    ls.documents.remove(document)
    document.let_go()
    ls.diagnostics.closed(document)
    if not document.is_python:
        ls.files.changed_in_editor(document.path)
    ls.roots.drop_unused({other.root for other in ls.documents})


def _open(ls: SeawallServer, uri: str, text: Text, version: int | None, language: str) -> Open:
    path = to_path(uri)
    if (known := ls.documents.get(uri)) is not None:
        ls.documents.remove(known)
    document = Open(uri, path, ls.roots.of(path), text, version, language)
    ls.documents.add(document)
    document.take_in()
    ls.diagnostics.changed(document)
    ls.files.opened(document)
    return document
