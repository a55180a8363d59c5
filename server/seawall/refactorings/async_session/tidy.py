"""What is left to do once code has become async: imports that nobody needs any more, and tests that have to follow."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

from seawall.edits import Edit
from seawall.edits.unused import drop_neatly, imported_names, used_names
from seawall.refactorings.async_session.code import Code, Function, place
from seawall.refactorings.async_session.managers import ENTERING
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


def entered_in_tests(code: Code, functions: list[Function]) -> Iterator[str]:
    """The first line of each test file that enters an object which only `async with` can enter by now."""
    classes = {one.name.rpartition(".")[0] for one in functions if one.node.name in ENTERING}
    seen: set[Path] = set()
    for file in code.outside if classes else ():
        for item in file.scan.nodes[ast.withitem]:
            entered = item.context_expr if isinstance(item, ast.withitem) and file.path not in seen else None
            if entered is not None and file.is_instance(entered, *classes):
                seen.add(file.path)
                yield f"`async with` enters `{file.text(entered)}` now, and {place(file, entered)} has a plain `with`"


def replaced_in_tests(code: Code, makes_sessions: Callable[[Function], bool], copies: dict[str, str]) -> Iterator[str]:
    """The first line of each test file that overrides a dependency which gives an async session by now."""
    seen: set[Path] = set()
    for file in code.outside:
        for node in file.scan.nodes[ast.Subscript]:
            if not isinstance(node, ast.Subscript) or file.path in seen:
                continue
            if getattr(node.value, "attr", "") != "dependency_overrides":
                continue
            name = file.qualname(node.slice) or ""
            function = code.functions.get(name)
            if name in copies:
                seen.add(file.path)
                yield f"handlers depend on `{copies[name]}` now, and {place(file, node)} replaces `{name}`"
            elif function is not None and makes_sessions(function) and not code.stays(function.file, function.node):
                seen.add(file.path)
                yield f"`{name}` gives an async session now, and {place(file, node)} replaces it"
