"""What every rule is written with."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from seawall.edits import Edit, Fix
from seawall.project.project import Project
from seawall.semantics.document import Document
from seawall.semantics.index import Index
from seawall.semantics.view import View
from seawall.syntax import Item, Range, range_of


class Severity(StrEnum):
    """ERROR: proved to be wrong. WARNING: likely wrong. INFO and HINT: advice."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    HINT = "hint"


class Related(msgspec.Struct, frozen=True):
    """A place that helps to understand a finding.

    Either a range in the item under check, or, since code elsewhere moves without this item being checked again, the absolute
    name of the function, class or value that owns the place: its header, or with `call` the call of that number in it.
    """

    message: str
    range: Range | None = None
    owner: str = ""
    call: int | None = None

    def __post_init__(self) -> None:
        if (self.range is None) is not bool(self.owner):
            raise ValueError("a related place has either a range or an owner")


class Finding(msgspec.Struct, frozen=True):
    """What a rule proved. The range is relative to the item under check; with `path`, absolute in that file."""

    code: str
    message: str
    range: Range
    severity: Severity
    fixes: tuple[Fix, ...] = ()
    related: tuple[Related, ...] = ()
    path: Path | None = None
    tags: tuple[str, ...] = ()
    """`unnecessary` or `deprecated`, as LSP's diagnostic tags."""


class File(View):
    """What a rule sees while one item is checked: the code and its meaning, the project, and a way to say what is wrong."""

    def __init__(self, document: Document, item: Item, index: Index, project: Project) -> None:
        super().__init__(document, item, index)
        self.project = project
        self.code = ""
        self.severity = Severity.ERROR
        self.latest: Callable[[], Document | None] | None = None
        self.modules: Callable[[], Iterable[Document]] = lambda: (document,)
        """All modules of the project as they are now, for fixes that span files; read for the occasion where need be."""
        self._subjects: dict[tuple[object, ast.AST], Any] = {}
        self._recognised: set[tuple[object, type[ast.AST]]] = set()

    def subject(self, recognise: Callable[..., Any], node: ast.AST) -> Any:
        """What a meaning's `recognise` makes of a node; asked once for all rules."""
        key = (recognise, node)
        if key in self._subjects:
            return self._subjects[key]
        if (recognise, type(node)) in self._recognised:
            return None
        subject = self._subjects[key] = recognise(node, self)
        return subject

    def remember(self, recognise: Callable[..., Any], node: ast.AST, subject: Any) -> None:
        """Take note of what a meaning's `recognise` made of a node."""
        self._subjects[recognise, node] = subject

    def remember_all(self, recognise: Callable[..., Any], kind: type[ast.AST]) -> None:
        """Take note that a meaning's `recognise` has seen all nodes of a kind, and made nothing of those that are not noted."""
        self._recognised.add((recognise, kind))

    def finding(
        self,
        where: ast.AST | Range,
        message: str,
        *fixes: Fix,
        related: Iterable[Related] = (),
        severity: Severity | None = None,
    ) -> Finding:
        """A finding of the rule that is running, at a node or range of the item."""
        place = where if isinstance(where, Range) else range_of(where)
        return Finding(self.code, message, place, severity or self.severity, fixes, tuple(related))

    # -- edits: absolute, where the item stands at the time of asking --------------------------------------------------

    def place(self, where: ast.AST | Range) -> Range:
        """The absolute range of a node of this item, now."""
        relative = where if isinstance(where, Range) else range_of(where)
        return relative.shift(self.start - 1)

    @property
    def start(self) -> int:
        """The line on which the item begins, now."""
        return self.current.source.start_of(self.item) or self.document.source.start_of(self.item) or 1

    @property
    def current(self) -> Document:
        """The document as it is now; it may have moved on since the item was checked."""
        return (self.latest() if self.latest else None) or self.document

    def replace(self, where: ast.AST | Range, text: str) -> Edit:
        """Put `text` in the place of a node."""
        return Edit(self.path, self.place(where), text)

    def insert_before(self, node: ast.AST, text: str) -> Edit:
        place = self.place(node)
        return Edit(self.path, Range(place.start_line, place.start_col, place.start_line, place.start_col), text)

    def insert_after(self, node: ast.AST, text: str) -> Edit:
        place = self.place(node)
        return Edit(self.path, Range(place.end_line, place.end_col, place.end_line, place.end_col), text)
