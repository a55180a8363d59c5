"""The documents that are open in the editor, and their texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from seawall.lsp import messages
from seawall.lsp.convert import is_made_up, to_path, to_uri
from seawall.lsp.roots import Root
from seawall.syntax import Span, Text, Unit

_PYTHON = (".py", ".pyi", ".pyw")


class Open:
    """A document as the editor has it now."""

    def __init__(self, uri: str, path: Path, root: Root, text: Text, version: int | None, language: str) -> None:
        self.uri, self.path, self.root, self.text, self.version = uri, path, root, text, version
        self.is_python = language == "python" or (not language and path.suffix in _PYTHON)
        self.is_checked = False

    def take_in(self) -> None:
        """Hand the whole text to the workspace."""
        workspace = self.root.workspace
        self.is_checked = self.is_python and (is_made_up(self.path) or workspace.is_checked(self.path))
        if self.is_checked:
            workspace.open(self.path, self.text)
        elif not self.is_python:
            workspace.overlays[self.path] = str(self.text)

    def change(self, changes: Sequence[messages.ContentChange], unit: Unit) -> None:
        """Apply the client's edits, in their order."""
        span: Span | None = None
        for change in changes:
            if change.range is None:
                self.text, span = Text.of(change.text), None
                continue
            start, end = change.range.start, change.range.end
            self.text, span = self.text.change(start.line, start.character, end.line, end.character, change.text, unit)
        if self.is_checked:
            workspace = self.root.workspace
            if len(changes) == 1 and span is not None:
                workspace.edit(self.path, self.text, span)
            else:
                workspace.replace(self.path, self.text)
        elif not self.is_python:
            self.root.workspace.overlays[self.path] = str(self.text)

    def let_go(self) -> None:
        """The editor no longer has it: what is on disk counts again."""
        workspace = self.root.workspace
        workspace.overlays.pop(self.path, None)
        if self.is_checked:
            if is_made_up(self.path) or workspace.load(self.path) is None:
                workspace.remove(self.path)
            else:
                workspace.close(self.path)


class Documents:
    """All open documents, by URI and by path."""

    def __init__(self) -> None:
        self._by_uri: dict[str, Open] = {}
        self._by_path: dict[Path, Open] = {}

    def __iter__(self) -> Iterator[Open]:
        return iter(list(self._by_uri.values()))

    def get(self, uri: str) -> Open | None:
        """A document by its URI, in whichever of its spellings."""
        return self._by_uri.get(uri) or self._by_path.get(to_path(uri))

    def at(self, path: Path) -> Open | None:
        return self._by_path.get(path)

    def add(self, document: Open) -> None:
        self._by_uri[document.uri] = self._by_path[document.path] = document

    def remove(self, document: Open) -> None:
        self._by_uri.pop(document.uri, None)
        self._by_path.pop(document.path, None)

    def uri(self, path: Path) -> str:
        """A path's URI, as the client spells it if it has the file open."""
        document = self._by_path.get(path)
        return document.uri if document else to_uri(path)
