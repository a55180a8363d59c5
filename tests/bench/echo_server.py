"""The least a pygls server can do: answer each change with no diagnostics. What every pygls server pays before it thinks."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("echo", "1")


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def did_open(params: types.DidOpenTextDocumentParams) -> None:
    publish(params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def did_change(params: types.DidChangeTextDocumentParams) -> None:
    publish(params.text_document.uri)


def publish(uri: str) -> None:
    document = server.workspace.get_text_document(uri)
    assert document.source is not None
    server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, [], document.version))


if __name__ == "__main__":
    server.start_io()
