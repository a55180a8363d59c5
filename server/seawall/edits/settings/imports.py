"""Imports around a moved value: written as the neighbours write them, and gone where nothing needs them any more."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from seawall.edits.fix import AnyEdit, Edit
from seawall.edits.unused import drop
from seawall.project.project import Project
from seawall.semantics.document import Document
from seawall.syntax import Range

_NEIGHBOURS = 30


class Place(Protocol):
    """The code of one item of a file."""

    @property
    def path(self) -> Path: ...
    @property
    def module(self) -> str: ...
    @property
    def current(self) -> Document: ...
    @property
    def project(self) -> Project: ...


def like_neighbours(file: Place, edits: Iterable[Edit], module: str) -> list[Edit]:
    """New imports of `module` in a file that imports nothing of the project yet: relative, where its neighbours are."""
    edits = list(edits)
    package = file.module.split(".") if file.path.name == "__init__.py" else file.module.split(".")[:-1]
    target = module.split(".")
    if not package or package[0] != target[0] or not _prefers_relative(file, package[0]):
        return edits
    shared = 0
    while shared < min(len(package), len(target) - 1) and package[shared] == target[shared]:
        shared += 1
    written = "." * (len(package) - shared + 1) + ".".join(target[shared:])
    return [
        replace(edit, text=edit.text.replace(f"from {module} import ", f"from {written} import ")) for edit in edits
    ]


def _prefers_relative(file: Place, top: str) -> bool:
    relative = absolute = 0
    own = str(file.current.source.text)
    texts = [own]
    if not re.search(rf"^(?:from|import) (?:\.|{re.escape(top)}\b)", own, re.MULTILINE):
        neighbours = sorted(path for path in file.path.parent.glob("*.py") if path != file.path)[:_NEIGHBOURS]
        texts += [file.project.read(path) or "" for path in neighbours]
    for text in texts:
        relative += len(re.findall(r"^from \.", text, re.MULTILINE))
        absolute += len(re.findall(rf"^(?:from|import) {re.escape(top)}\b", text, re.MULTILINE))
    return relative > absolute


def without(file: Place, gone: ast.AST, edits: Iterable[AnyEdit], instead: str = "") -> list[AnyEdit]:
    """These edits, and those that take out the imports which only the code in `gone` needed, and that `instead` does not."""
    names = [node.id for node in ast.walk(gone) if isinstance(node, ast.Name)]
    kept = frozenset(re.findall(r"\w+", instead))
    document = file.current
    unused = frozenset(name for name in names if name not in kept and _uses(document, name) == names.count(name))
    result = list(edits)
    text = document.source.text
    for edit in drop(document, unused):
        first, _, following, column = edit.range
        if edit.text or column or text.line(first - 1).strip():
            result.append(edit)
            continue
        # The group of imports begins with this line: the blank line behind it goes along, also one that is just added.
        joined = next((one for one in result if isinstance(one, Edit) and _is_insert(one, file.path, following)), None)
        if joined is not None:
            result[result.index(joined)] = replace(joined, text=joined.text.removeprefix("\n"))
        elif following <= len(text.lines) and not text.line(following).strip():
            edit = replace(edit, range=Range(first, 0, following + 1, 0))
        result.append(edit)
    return result


def _is_insert(edit: Edit, path: Path, line: int) -> bool:
    return edit.path == path and edit.range == Range(line, 0, line, 0)


def _uses(document: Document, name: str) -> int:
    """How often the module uses a name; `"name"` in `__all__` counts as well."""
    return sum(
        (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Constant) and node.value == name)
        for item in document.source.items
        for node in ast.walk(item.tree)
    )
