"""A project's modules on their way from one state to another.

A refactoring of several steps reads the draft, applies the edits of a step to it, and reads it again: the trees, types and
places are then those of the new code. In the end the difference between the first state and the last is what the user gets.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

from seawall.edits import CannotFix, Edit
from seawall.edits.apply import apply_to, difference
from seawall.edits.long_lines import limit_of, shorten
from seawall.project.project import Project
from seawall.project.style import line_length
from seawall.rules.base import File
from seawall.semantics.document import Document
from seawall.semantics.index import Index
from seawall.syntax import Text, read_at_once


class Draft:
    """All modules of a project, which may be rewritten here without touching the originals."""

    def __init__(self, documents: Iterable[Document], project: Project) -> None:
        self.project = project
        self.index = Index()
        self._before = {document.path: document for document in documents}
        self._after = dict(self._before)
        self._files: dict[Path, tuple[File, ...]] = {}
        self._twins: set[str] = set()
        """Modules that two files want to be."""
        for document in self._before.values():
            if document.module in self.index.modules:
                self._twins.add(document.module)
            else:
                self.index.set_module(document.module, document.facts.apart())

    def documents(self) -> Iterator[Document]:
        yield from self._after.values()

    def document(self, module: str) -> Document | None:
        return next((document for document in self._after.values() if document.module == module), None)

    def files(self, document: Document) -> tuple[File, ...]:
        """The items of a document, to be asked what they mean."""
        if document.path not in self._files:
            self._files[document.path] = tuple(
                File(document, item, self.index, self.project) for item in document.source.items
            )
        return self._files[document.path]

    def apply(self, edits: Iterable[Edit]) -> None:
        """Go on to the next state."""
        by_path: dict[Path, list[Edit]] = {}
        for edit in dict.fromkeys(edits):
            by_path.setdefault(edit.path, []).append(edit)
        for path, several in by_path.items():
            old = self._after[path]
            if old.module in self._twins:
                raise CannotFix(f"`{old.module}` is the name of two files")
            if any(item.broken for item in old.source.items):
                raise CannotFix(f"`{path.name}` has a syntax error")
            try:
                text = apply_to(old.source.text, several)
            except ValueError as error:
                raise CannotFix(f"`{path.name}` needs two changes in one place: {error}") from error
            self._after[path] = document = Document(path, old.module, read_at_once(text))
            self._files.pop(path, None)
            self.index.set_module(document.module, document.facts)

    def edits(self) -> list[Edit]:
        """What leads from the first state to this one; lines that have become too long are broken."""
        found: list[Edit] = []
        configured = line_length(self.project)
        for path, document in self._after.items():
            old, new = self._before[path].source.text, document.source.text
            if document is not self._before[path]:
                new = shorten(old, new, limit_of(old, configured)) or new
                if _compiles(old) and not _compiles(new):
                    raise CannotFix(f"`{path.name}` would not be valid Python any more")
                found += difference(path, old, new)
        return found


def _compiles(text: Text) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(str(text), "<draft>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
