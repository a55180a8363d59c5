"""Edits as the client takes them: with versions and new files where it knows those, plainly where it does not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.edits import AnyEdit, CannotFix, CreateFile, Edit
from seawall.edits.apply import apply_to
from seawall.lsp.protocol import Json
from seawall.syntax import Text

if TYPE_CHECKING:
    from seawall.lsp.language_server import SeawallServer

_WHOLE_NEW_FILE: Json = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
"""Where a new file's text goes: an insert at the very beginning leaves an empty last line in Neovim."""


def workspace_edit(server: SeawallServer, edits: Iterable[AnyEdit]) -> Json:
    """A WorkspaceEdit.

    Raises:
        CannotFix: a file that is to be created is there already.
    """
    created, by_path = _by_file(server, edits)
    client, documents = server.client, server.documents
    changes: list[Json] = []
    for path, text in created.items():
        uri = documents.uri(path)
        if client.creates_files:
            changes.append({"kind": "create", "uri": uri, "options": {"ignoreIfExists": True}})
        changes.append(_of_file(uri, None, [{"range": _WHOLE_NEW_FILE, "newText": text}]))
    for path, several in by_path.items():
        text_now = server.text_of(path)
        document = documents.at(path)
        changes.append(
            _of_file(
                documents.uri(path),
                document.version if document else None,
                [
                    {
                        "range": server.converter.range(text_now, edit.range),
                        "newText": edit.text.replace("\n", text_now.newline),
                    }
                    for edit in several
                ],
            )
        )
    if not client.document_changes:
        return {"changes": {change["textDocument"]["uri"]: change["edits"] for change in changes}}
    return {"documentChanges": changes}


def _of_file(uri: str, version: int | None, edits: list[Json]) -> Json:
    return {"textDocument": {"uri": uri, "version": version}, "edits": edits}


def _by_file(server: SeawallServer, edits: Iterable[AnyEdit]) -> tuple[dict[Path, str], dict[Path, list[Edit]]]:
    """New files with their whole texts, and the edits of those that exist, each in the order of its places."""
    created: dict[Path, str] = {}
    by_path: dict[Path, list[Edit]] = {}
    for edit in dict.fromkeys(edits):
        if isinstance(edit, Edit):
            by_path.setdefault(edit.path, []).append(edit)
        else:
            created[edit.path] = _new(server, edit)
    for path in created.keys() & by_path.keys():
        created[path] = str(apply_to(Text.of(created[path]), by_path.pop(path)))
    for several in by_path.values():
        several.sort(key=lambda edit: edit.range)
    return created, by_path


def _new(server: SeawallServer, creation: CreateFile) -> str:
    if str(server.text_of(creation.path)):
        raise CannotFix(f"`{creation.path.name}` exists already")
    return creation.text
