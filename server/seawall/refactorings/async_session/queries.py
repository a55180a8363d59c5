"""`session.query(...)`, written anew with `select()` and awaited."""

from __future__ import annotations

import ast

from seawall.edits import CannotFix
from seawall.edits.queries import Replacement, fetch, rewrite
from seawall.edits.threads import awaited
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import Stuck
from seawall.refactorings.async_session.origin import SCOPED
from seawall.refactorings.async_session.rows import only_rows
from seawall.refactorings.async_session.sessions import Sessions
from seawall.refactorings.async_session.uses import Place
from seawall.rules.base import File
from seawall.syntax import range_of

_ENDS = frozenset(["all", "first", "one", "one_or_none", "scalar", "count", "get", "delete", "update"])


def modernise(sessions: Sessions, changes: Changes) -> None:
    """Rewrite every query of a session. What has no exact counterpart runs on the sync session inside of the async one; what
    cannot do so either stays as it is, with the code around it."""
    found: dict[ast.AST, tuple[File, Replacement]] = {}
    for file, call in sessions.uses.queries:
        try:
            for one in _rewritten(sessions, Place(file, call), changes):
                found[one.node] = (file, one)
        except Stuck as stuck:
            sessions.code.leave(stuck)
    for node, (file, one) in found.items():
        if not any(above in found for above in file.ancestors(node)):
            changes.replace(file, one.place, one.text)
            if one.loop is not None:
                changes.insert(file, one.loop.lineno, one.loop.col_offset, "async ")


def _rewritten(sessions: Sessions, query: Place, changes: Changes) -> list[Replacement]:
    file, call = query
    assert isinstance(call, ast.Call)
    try:
        return rewrite(file, call, lambda name: changes.name(file, name))
    except CannotFix as error:
        whole, is_run = _whole(file, call)
        if not is_run and only_rows(sessions.code, file, whole):
            return [fetch(file, call, lambda name: changes.name(file, name))]
        if not is_run:
            stuck = Stuck(str(error), file, call)
            sessions.code.staying.lazy.add(stuck.owner)
            raise stuck from error
        return [Replacement(whole, awaited(file, whole, run_sync(file, call, whole)), range_of(whole))]


def _whole(file: File, root: ast.expr) -> tuple[ast.expr, bool]:
    """The whole chain that hangs on `session.query(...)`, and whether it gives its result where it stands."""
    node = root
    while isinstance(attribute := file.parent(node), ast.Attribute):
        above = file.parent(attribute)
        if not (isinstance(above, ast.Call) and above.func is attribute):
            break
        node = above
        if attribute.attr in _ENDS:
            return node, True
    return node, False


def run_sync(file: File, call: ast.Call, whole: ast.expr) -> str:
    """`session.run_sync(lambda session: session.method(...))`, without its `await`."""
    assert isinstance(call.func, ast.Attribute)
    session = file.text(call.func.value)
    if any(isinstance(inner, ast.Await | ast.Lambda) for inner in ast.walk(whole)):
        raise Stuck(f"`{session}.{call.func.attr}()` has no async counterpart", file, call)
    owner = f"{session}()" if file.is_instance(call.func.value, SCOPED) else session
    return f"{owner}.run_sync(lambda session: session{file.text(whole).removeprefix(session)})"
