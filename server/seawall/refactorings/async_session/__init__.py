"""Switch the project to an async session.

The engine, the factory of sessions, the providers, every function that a session reaches, its queries, and all callers up to
the handlers change together, over all files; relationships that are read are loaded at once, and the async driver joins the
requirements. The URL stays what it is: the driver is chosen where the engine is made.

Nothing is changed at all if one place cannot follow: a Celery task, a property, a thread, a session that is handed to code that
nobody knows. The message then names it. Tests and migrations are left as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import partial

from seawall.edits import AnyEdit, CannotFix, Fix, Safety
from seawall.knowledge.async_stack import DRIVERS
from seawall.refactorings.async_session.drivers import backends, driver
from seawall.refactorings.async_session.origin import QUERY, SESSIONS, engine_of, url_of
from seawall.rules.base import File, Finding
from seawall.semantics.types import Value
from seawall.syntax import range_of

codes = ("SW102",)

_WHY = (
    "functions that use the session become coroutines, so tests that call them or replace the session have to follow; "
    "the async driver has to be installed, takes other options in the URL (asyncpg: `ssl`, not `sslmode`) and only values of "
    "the column's own type"
)


def offer(finding: Finding, file: File) -> Fix | None:
    """The switch, if the session of a finding certainly comes from an engine of the project. Facts decide: this is cheap."""
    engine = next(filter(None, (engine_of(file.index, file.symbol(node)) for node in _sessions(finding, file))), None)
    if engine is None:
        return None
    url = file.index.type_of(url_of(file.index, engine))
    written = (url.value,) if isinstance(url, Value) and isinstance(url.value, str) else ()
    found = [driver(each) for each in backends(file.project, written) if each in DRIVERS]
    names = f" ({', '.join(found)})" if found else ""
    title = f"Switch the project to an async session{names}"
    return Fix(title, partial(_edits, file), Safety.UNSAFE, _WHY)


def _sessions(finding: Finding, file: File) -> Iterable[ast.expr]:
    """The sessions, and queries of them, among what a finding points at."""
    first, last = finding.range.start_line, finding.range.end_line
    for kind in (ast.Name, ast.Attribute):
        for node in file.scan.nodes[kind]:
            if isinstance(node, ast.expr) and first <= node.lineno <= last:
                place = range_of(node)
                is_inside = finding.range[:2] <= place[:2] and place[2:] <= finding.range[2:]
                if is_inside and file.is_instance(node, *SESSIONS, QUERY):
                    yield node


_latest: dict[int, list[AnyEdit] | CannotFix] = {}


def _edits(file: File) -> list[AnyEdit]:
    """Made once for all findings in one state of the project."""
    from seawall.refactorings.async_session.plan import edits

    documents = list(file.modules())
    manifests = [(path, file.project.read(path)) for path in file.project.dependencies.manifests]
    state = hash((*manifests, *((document.path, str(document.source.text)) for document in documents)))
    if state not in _latest:
        result: list[AnyEdit] | CannotFix
        try:
            result = edits(documents, file.project)
        except CannotFix as error:
            result = error
        _latest.clear()
        _latest[state] = result
    found = _latest[state]
    if isinstance(found, CannotFix):
        raise CannotFix(*found.args)
    return found
