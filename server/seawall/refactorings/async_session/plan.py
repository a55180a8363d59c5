"""The whole move, step by step, on a draft of the project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from seawall.edits import AnyEdit, Edit
from seawall.edits.unused import drop, imported_names, used_names
from seawall.project.project import Project
from seawall.refactorings.async_session.annotations import annotate
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import Code
from seawall.refactorings.async_session.coroutines import Coroutines
from seawall.refactorings.async_session.drivers import Drivers
from seawall.refactorings.async_session.engine import Engines
from seawall.refactorings.async_session.functions import convert
from seawall.refactorings.async_session.models import load_at_once
from seawall.refactorings.async_session.queries import modernise
from seawall.refactorings.async_session.requirements import require
from seawall.refactorings.async_session.sessions import Sessions
from seawall.refactorings.async_session.startup import move_to_startup, reserve
from seawall.refactorings.draft import Draft
from seawall.semantics.document import Document
from seawall.semantics.facts import ImportFact


def edits(documents: Iterable[Document], project: Project) -> list[AnyEdit]:
    """All edits of the switch.

    Raises:
        CannotFix: some code cannot follow; nothing is changed then.
    """
    draft = Draft(documents, project)
    used = {document.path: used_names(document) for document in draft.documents()}
    _queries(draft)
    drivers = _stack(draft)
    draft.apply(_tidied(draft, used))
    return [*draft.edits(), *require(project, drivers.backends)]


def _queries(draft: Draft) -> None:
    """First the queries, whole expressions that others may contain."""
    changes = Changes(draft)
    modernise(Sessions(Code(draft)), changes)
    changes.apply()


def _stack(draft: Draft) -> Drivers:
    """Then all the rest: engine, factory, providers, functions, callers, models."""
    code, changes = Code(draft), Changes(draft)
    sessions = Sessions(code)
    coroutines, engines, drivers = Coroutines(code, sessions.uses), Engines(code), Drivers(code)
    engines.follow(coroutines)
    reserve(code, engines, coroutines)
    coroutines.close()
    convert(coroutines, sessions.uses, changes)
    engines.convert(drivers, changes)
    annotate(code, sessions, changes)
    load_at_once(code, changes)
    move_to_startup(code, engines, coroutines, changes)
    changes.apply()
    return drivers


def _tidied(draft: Draft, used: dict[Path, frozenset[str]]) -> Iterator[Edit]:
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
        yield from drop(document, frozenset(name for name in names if _does_nothing(draft, document, name, names)))


def _does_nothing(draft: Draft, document: Document, name: str, idle: set[str]) -> bool:
    """Whether the import may go: the project's own modules do something when they are imported, such as declaring models."""
    fact = document.facts.names.get(name)
    if not isinstance(fact, ImportFact):
        return False
    module, path = draft.index.split(fact.target)
    others = (other for key, other in document.facts.names.items() if key not in idle and isinstance(other, ImportFact))
    return not module or (bool(path) and any(draft.index.split(other.target)[0] == module for other in others))
