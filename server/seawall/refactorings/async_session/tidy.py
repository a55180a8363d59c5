"""What is left to do once code has become async: imports that nobody needs any more, and tests that have to follow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from seawall.edits import Edit
from seawall.edits.unused import drop_neatly, imported_names, used_names
from seawall.refactorings.async_session.code import Code, Function, place
from seawall.refactorings.draft import Draft
from seawall.semantics.document import Document
from seawall.semantics.facts import ImportFact


def tidied(draft: Draft, used: dict[Path, frozenset[str]]) -> Iterator[Edit]:
    """Imports go that were used before and are not now, unless another module takes the name from here."""
    taken = {
        fact.target
        for document in draft.documents()
        for fact in document.facts.names.values()
        if isinstance(fact, ImportFact)
    }
    for document in list(draft.documents()):
        idle = (imported_names(document) & used[document.path]) - used_names(document)
        names = {name for name in idle if f"{document.module}.{name}" not in taken}
        yield from drop_neatly(
            document, frozenset(name for name in names if _does_nothing(draft, document, name, names))
        )


def _does_nothing(draft: Draft, document: Document, name: str, idle: set[str]) -> bool:
    """Whether the import may go: the project's own modules do something when they are imported, such as declaring models."""
    fact = document.facts.names.get(name)
    if not isinstance(fact, ImportFact):
        return False
    module, path = draft.index.split(fact.target)
    others = (other for key, other in document.facts.names.items() if key not in idle and isinstance(other, ImportFact))
    return not module or (bool(path) and any(draft.index.split(other.target)[0] == module for other in others))


def calls_from_tests(code: Code, functions: list[Function]) -> Iterator[str]:
    """The first line of each test file that calls one of these functions."""
    names = {one.name for one in functions}
    seen: set[Path] = set()
    for file in code.outside:
        for call in file.scan.nodes[ast.Call]:
            called = file.callee(call) if isinstance(call, ast.Call) and file.path not in seen else None
            if called in names:
                seen.add(file.path)
                yield f"`{called}` is a coroutine now, and {place(file, call)} calls it"
