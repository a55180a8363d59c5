"""Tasks that use a session when it is closed: nobody awaits them, or they run after the response."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.rules.async_io._own_session import Run
from seawall.rules.async_io._session_use import NOT_SHARED
from seawall.rules.async_io._tasks import DEFERRING, STARTING
from seawall.rules.base import File
from seawall.semantics.meanings.relationship import provider_of
from seawall.semantics.meanings.route import unwrap
from seawall.semantics.symbols import Call, Constant, Parameter, Ref

_EARLY = ((0, 106), (0, 118))
"""From the first of these versions on, and before the second, FastAPI closes what a dependency yields before background tasks."""
_KEEPS = frozenset({"add", "append", "add_done_callback", "set_name"})


def outlived(call: ast.Call, run: Run, file: File) -> Iterator[str]:
    """Sessions that the task is given, and that certainly are closed while it runs, or before."""
    is_later = file.callee(call) in DEFERRING
    if not is_later and (
        file.callee(call) not in STARTING - {"asyncio.TaskGroup.create_task"} or _is_awaited(call, file)
    ):
        return
    for _, value in run.given():
        if not isinstance(value, ast.Name) or not file.is_instance(value, *NOT_SHARED):
            continue
        if _is_entered_around(value, call, file) or _is_closed_by_fastapi(value, file, is_later=is_later):
            yield value.id


def _is_awaited(call: ast.Call, file: File) -> bool:
    """Whether somebody may wait for the task: anything is done with it but keeping it alive."""
    statement = file.parent(call)
    if isinstance(statement, ast.Expr):
        return False
    if not isinstance(statement, ast.Assign) or not isinstance(name := statement.targets[0], ast.Name):
        return True
    for use in file.uses(name.id):
        if isinstance(use.ctx, ast.Load) and file.function(use) is file.function(call):
            around = file.parent(use)
            method = file.parent(around) if isinstance(around, ast.Attribute) else around
            if not isinstance(method, ast.Call) or getattr(method.func, "attr", "") not in _KEEPS:
                return True
    return False


def _is_entered_around(session: ast.Name, call: ast.Call, file: File) -> bool:
    bound = file.names.bindings(session)
    item = file.parent(bound[0]) if len(bound) == 1 else None
    return isinstance(item, ast.withitem) and file.parent(item) in {*file.ancestors(call)}


def _is_closed_by_fastapi(session: ast.Name, file: File, *, is_later: bool) -> bool:
    """Whether a generator provides it, which closes it when the request ends, or even before background tasks run."""
    symbol = file.symbol(session)
    provider = provider_of(file.index, symbol) if isinstance(symbol, Parameter) else None
    fact = file.index.function(provider.name) if isinstance(provider, Ref) else None
    if fact is None or not fact.is_generator or not isinstance(symbol, Parameter):
        return False
    return not is_later or _is_closed_early(symbol, file)


def _is_closed_early(parameter: Parameter, file: File) -> bool:
    _, metadata = unwrap(file.index, parameter.annotation)
    markers = [marker for marker in (parameter.default, *metadata) if isinstance(marker, Call)]
    if any(marker.keyword("scope") == Constant("function") for marker in markers):
        return True
    version = file.project.dependencies.version("fastapi")
    return version is not None and _EARLY[0] <= version.release[:2] < _EARLY[1]
