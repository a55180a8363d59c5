"""Switch the project to an async session.

The engine, the factory of sessions, the providers, every function that a session reaches, its queries, and all callers up to
the handlers change together, over all files, with units of work that `with` enters and sessions in a request's state.
Relationships that async code, a template or a response reads are loaded at once, and the async driver joins the requirements.
The URL stays what it is: the driver is chosen where the engine is made.

Code that cannot follow keeps a sync engine and factory of its own: a Celery task, a command, a property, a session that is
handed to code that nobody knows, a column that loads when it is read. Helpers that it shares with async code stay sync, too,
and are called through `run_sync`. If that leaves nothing, nothing is changed, and the message says why. Tests and migrations
are left as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from seawall.edits import AnyEdit, CannotFix, Edit, Fix, Safety
from seawall.knowledge.async_stack import DRIVERS
from seawall.refactorings.async_session.drivers import backends, driver
from seawall.refactorings.async_session.origin import (
    QUERY,
    SCOPED,
    SESSIONS,
    engine_behind,
    engine_of,
    only_engine,
    url_of,
)
from seawall.rules.base import File, Finding
from seawall.semantics.types import Value
from seawall.semantics.view import FunctionNode
from seawall.syntax import range_of

if TYPE_CHECKING:
    from seawall.refactorings.async_session.plan import Switch

codes = ("SW102",)

_WHY = (
    "functions that use the session become coroutines, so tests that call them or replace the session have to follow; "
    "the async driver has to be installed, takes other options in the URL (asyncpg: `ssl`, not `sslmode`) and only values of "
    "the column's own type"
)


def offer(finding: Finding, file: File) -> Fix | None:
    """The switch, if the session of a finding certainly comes from an engine of the project. Facts decide: this is cheap."""
    engine = next(_engines(finding, file), None)
    if engine is None:
        return None
    url = file.index.type_of(url_of(file.index, engine))
    written = (url.value,) if isinstance(url, Value) and isinstance(url.value, str) else ()
    found = [driver(each) for each in backends(file.project, written) if each in DRIVERS]
    names = f" ({', '.join(found)})" if found else ""
    title = f"Switch the project to an async session{names}"
    left = partial(_left, file, engine)
    return Fix(title, partial(_edits, file, finding, engine), Safety.UNSAFE, _WHY, left=left)


def _engines(finding: Finding, file: File) -> Iterator[str]:
    """The engines that the session of a finding may come from, the most certain first."""
    index = file.index
    symbols = [file.symbol(node) for node in _sessions(finding, file)]
    for one in finding.related:
        fact = index.function(one.owner) if one.call is not None else None
        if fact is not None and one.call is not None and one.call < len(fact.calls):
            symbols.append(fact.calls[one.call].callee)
    found = [
        *(engine_of(index, each) for each in symbols),
        *(engine_behind(index, each) for each in _owners(file, finding)),
    ]
    yield from filter(None, found)
    if (only := only_engine(index)) is not None:
        yield only


def _sessions(finding: Finding, file: File) -> Iterable[ast.expr]:
    """The sessions, and queries of them, among what a finding points at."""
    first, last = finding.range.start_line, finding.range.end_line
    for kind in (ast.Name, ast.Attribute):
        for node in file.scan.nodes[kind]:
            if isinstance(node, ast.expr) and first <= node.lineno <= last:
                place = range_of(node)
                is_inside = finding.range[:2] <= place[:2] and place[2:] <= finding.range[2:]
                if is_inside and file.is_instance(node, *SESSIONS, SCOPED, QUERY):
                    yield node


_latest: dict[int, Switch | CannotFix] = {}


def _edits(file: File, finding: Finding, engine: str) -> list[AnyEdit]:
    """The edits, if they mend the finding."""
    switch = _switched(file, engine)
    place = file.place(finding.range)
    if not any(
        isinstance(edit, Edit)
        and edit.path == file.path
        and edit.range.start_line <= place.end_line
        and place.start_line <= edit.range.end_line
        for edit in switch.edits
    ):
        owners = [*_owners(file, finding), *(one.owner for one in finding.related)]
        reasons = [switch.staying[owner] for owner in owners if owner in switch.staying]
        raise CannotFix(reasons[0] if reasons else "what it calls has to stay sync")
    return switch.edits


def _left(file: File, engine: str) -> tuple[str, ...]:
    """The code that keeps the sync stack, and the tests that have to follow."""
    try:
        switch = _switched(file, engine)
    except CannotFix:
        return ()
    return (*(f"`{name}` stays sync: {reason}" for name, reason in switch.staying.items()), *switch.tests)


def _switched(file: File, engine: str) -> Switch:
    """Made once for all findings in one state of the project."""
    from seawall.refactorings.async_session.plan import switch

    documents = list(file.modules())
    manifests = [(path, file.project.read(path)) for path in file.project.dependencies.manifests]
    state = hash((engine, *manifests, *((document.path, str(document.source.text)) for document in documents)))
    if state not in _latest:
        result: Switch | CannotFix
        try:
            result = switch(documents, file.project, engine)
        except CannotFix as error:
            result = CannotFix(*error.args)
        _latest.clear()
        _latest[state] = result
    found = _latest[state]
    if isinstance(found, CannotFix):
        raise CannotFix(*found.args)
    return found


def _owners(file: File, finding: Finding) -> Iterator[str]:
    """The functions that a finding stands in."""
    for kind in (ast.FunctionDef, ast.AsyncFunctionDef):
        for node in file.scan.nodes[kind]:
            place = range_of(node)
            if place[:2] <= finding.range[:2] and finding.range[2:] <= place[2:]:
                assert isinstance(node, FunctionNode)
                yield file.absolute_name(node)
