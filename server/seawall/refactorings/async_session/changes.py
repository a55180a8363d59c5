"""The edits of one step, and the names that have to be imported for them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from seawall.edits import CannotFix, Edit
from seawall.edits.imports import need
from seawall.refactorings.draft import Draft
from seawall.rules.base import File
from seawall.semantics.document import Document
from seawall.semantics.index import Index
from seawall.syntax import Range, range_of


class Changes:
    """What is to change in the draft's present state."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.edits: list[Edit] = []
        self._names: dict[Path, dict[str, str]] = {}

    def name(self, file: File, qualified: str) -> str:
        """The expression under which a qualified name is there once the changes are made."""
        names = self._names.setdefault(file.path, {})
        if qualified not in names:
            names[qualified] = need(_Whole(self.draft, file.document), qualified).expression
        return names[qualified]

    def replace(self, file: File, where: ast.AST | Range, text: str) -> None:
        self.edits.append(file.replace(where, text))

    def insert(self, file: File, line: int, col: int, text: str) -> None:
        self.replace(file, Range(line, col, line, col), text)

    def around(self, file: File, node: ast.AST, before: str, after: str) -> None:
        place = range_of(node)
        self.insert(file, place.start_line, place.start_col, before)
        self.insert(file, place.end_line, place.end_col, after)

    def delete_lines(self, file: File, first: int, last: int) -> None:
        """Whole lines of the item, from 1."""
        self.replace(file, Range(first, 0, last + 1, 0), "")

    def apply(self) -> None:
        """Make the changes; imports come one by one, so that each joins what is there by then."""
        self.draft.apply(self.edits)
        for path, names in self._names.items():
            for qualified, expression in sorted(names.items()):
                document = next(each for each in self.draft.documents() if each.path == path)
                needed = need(_Whole(self.draft, document), qualified)
                if needed.expression != expression:
                    raise CannotFix(f"`{expression}` stands for two things in `{path.name}`")
                self.draft.apply(needed.edits)


class _Whole:
    """A whole document as the one that wants a name."""

    def __init__(self, draft: Draft, document: Document) -> None:
        self.path = document.path
        self.current = document
        self.index: Index = draft.index
        opened = {key: scope for file in draft.files(document) for key, scope in file.scan.opened.items()}
        self.scan: Any = SimpleNamespace(opened=opened)


def outermost_first(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """In the order in which text inserted before nodes that start at one place has to come."""

    def key(node: ast.AST) -> tuple[int, int, int, int]:
        place = range_of(node)
        return place.start_line, place.start_col, -place.end_line, -place.end_col

    return iter(sorted(nodes, key=key))
