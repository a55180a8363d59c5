"""One async session or connection used by several tasks at once fails, or mixes up their transactions.

An `AsyncSession`, an `AsyncConnection` and the connections of asyncpg and psycopg serve one task at a time. With `gather`, a
`TaskGroup` or `create_task` they raise "another operation is in progress", or one task commits what another began. The same
holds for an object, such as a repository, whose methods use the session that it keeps. Nor can a session be left to a task
that nobody awaits, or that runs after the response: it is closed by then, and the task opens it again without anybody to close it.
Give each task a session of its own from the factory, or await one after the other. A pool may be shared.

FastAPI closes what a dependency yields after the background tasks since 0.118, and before 0.106; in between, and with
`scope="function"`, before them.

Example:
    import asyncio

    from sqlalchemy import func, select
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

    from models import Order, User

    engine = create_async_engine("postgresql+asyncpg://db.internal/shop", pool_pre_ping=True)
    async_session = async_sessionmaker(engine, expire_on_commit=False)

    async def count(session: AsyncSession, model: type) -> int | None:
        return await session.scalar(select(func.count()).select_from(model))

    async def statistics(session: AsyncSession):
        return await «asyncio.gather(count(session, User), count(session, Order))»

Fixed:
    import asyncio

    from sqlalchemy import func, select
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

    from models import Order, User

    engine = create_async_engine("postgresql+asyncpg://db.internal/shop", pool_pre_ping=True)
    async_session = async_sessionmaker(engine, expire_on_commit=False)

    async def count(session: AsyncSession, model: type) -> int | None:
        return await session.scalar(select(func.count()).select_from(model))

    async def statistics(session: AsyncSession):
        async def count_in_own_session(model):
            async with async_session() as session:
                return await count(session, model)

        return await asyncio.gather(count_in_own_session(User), count_in_own_session(Order))
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.rules.async_io._outliving import outlived
from seawall.rules.async_io._own_session import Run, own_session_fix
from seawall.rules.async_io._session_use import NOT_SHARED, is_shared
from seawall.rules.async_io._tasks import (
    COMPREHENSIONS,
    DEFERRING,
    STARTING,
    binds,
    bound_between,
    group_of,
    loop_around,
    runs_along,
)
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.symbols import Annotation, Attr, Ref

code, severity = "SW106", Severity.ERROR
calls = frozenset({"gather", "wait", "as_completed", "create_task", "ensure_future", "add_task", "BackgroundTask"})

_GATHERING = frozenset({"asyncio.gather", "asyncio.wait", "asyncio.as_completed"})
_MADE = (ast.Name, ast.Attribute)


def check(call: ast.Call, file: File) -> Iterator[Finding]:
    if not call.args or not file.on_event_loop(call):
        return
    name = file.callee(call)
    if name in _GATHERING:
        shared, runs = _gathered(call, file)
    elif name in STARTING:
        shared, runs = _started(call, file)
    elif name in DEFERRING:
        shared, runs = None, [Run.of(call, is_later=True)]
    else:
        return
    if shared:
        message = f"`{shared}` is used by several tasks at once, give each task one of its own"
    elif len(runs) == 1 and (shared := next(outlived(call, runs[0], file), None)):
        message = f"`{shared}` is closed before this task ends, give the task one of its own"
    if shared:
        yield file.finding(call, message, *own_session_fix(file, runs, shared))


def _gathered(call: ast.Call, file: File) -> tuple[str | None, list[Run]]:
    """What two of the coroutines share, or all that a comprehension makes; and those that use it."""
    coroutines = [*_coroutines(call, file)]
    used = [(each, _sessions(each.elt if isinstance(each, COMPREHENSIONS) else each, file)) for each in coroutines]
    seen: set[str] = set()
    for each, sessions in used:
        if isinstance(each, COMPREHENSIONS):
            targets = (node for one in each.generators for node in ast.walk(one.target))
            bound = {node.id for node in targets if isinstance(node, ast.Name)}
            shared = next((text for text in sorted(sessions) if text.partition(".")[0] not in bound), None)
        else:
            shared = next((text for text in sorted(sessions) if text in seen), None)
        if shared is not None:
            return shared, [_run(one) for one, sessions in used if shared in sessions]
        seen |= sessions
    return None, []


def _run(coroutine: ast.expr) -> Run:
    made = coroutine.elt if isinstance(coroutine, COMPREHENSIONS) else coroutine
    assert isinstance(made, ast.Call)
    return Run.of(made)


def _coroutines(call: ast.Call, file: File) -> Iterator[ast.expr]:
    for argument in call.args:
        node = argument.value if isinstance(argument, ast.Starred) else argument
        if isinstance(node, ast.Name):
            node = _assigned_once(node, file) or node
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            yield from node.elts
        elif isinstance(node, (ast.Call, *COMPREHENSIONS)):
            yield node


def _assigned_once(name: ast.Name, file: File) -> ast.expr | None:
    """The list that a variable was given, if nothing else happens to the variable."""
    bindings = file.scan.scopes[name].bindings.get(name.id, [])
    parent = file.parent(bindings[0]) if len(bindings) == 1 else None
    return parent.value if isinstance(parent, ast.Assign) else None


def _started(call: ast.Call, file: File) -> tuple[str | None, list[Run]]:
    """What a task shares with another that was started before it, or with those of a loop around it; and all of its group."""
    if not isinstance(call.args[0], ast.Call):
        return None, []
    group, loop = group_of(call, file), loop_around(call, file)
    others = [
        other
        for other in file.calls()[file.called_name(call)]
        if other.args and file.text(other.func) == file.text(call.func)
    ]
    before = [other for other in others if runs_along(other, call, file)]
    for text in sorted(_sessions(call.args[0], file)):
        if (loop is not None and not binds(loop, text.partition(".")[0])) or any(
            text in _sessions(other.args[0], file) and not bound_between(text, other, call, file) for other in before
        ):
            along = [one for one in others if group_of(one, file) is group and text in _sessions(one.args[0], file)]
            return text, [_run(one.args[0]) for one in along]
    return None, [_run(call.args[0])]


def _sessions(node: ast.expr, file: File) -> set[str]:
    """Sessions and connections that making and running a coroutine uses."""
    if not isinstance(node, ast.Call):
        return set()
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    candidates = [*node.args, *(item.value for item in node.keywords), *([receiver] if receiver is not None else [])]
    found = [one for one in candidates if isinstance(one, _MADE) and file.is_instance(one, *NOT_SHARED)]
    if receiver is not None and isinstance(receiver, (*_MADE, ast.Call)) and _works_on_its_own(node, file):
        if isinstance(receiver, ast.Call):  # `Users(session).get(1)`
            made_of = [*receiver.args, *(item.value for item in receiver.keywords)]
            found += [one for one in made_of if isinstance(one, _MADE) and file.is_instance(one, *NOT_SHARED)]
        else:
            found.append(receiver)
    return {file.text(one) for one in found}


def _works_on_its_own(call: ast.Call, file: File) -> bool:
    """Whether it calls a method that awaits a session or connection which the method's object keeps."""
    called = file.called_function(call)
    if called is None:
        return False
    cls = called[0].rpartition(".")[0]
    for site in called[1].calls:
        match site.callee:
            case Attr(Attr(Annotation(Ref(owner)), name) as kept) if site.awaited and owner == cls:
                if is_shared(file.index, kept):
                    return file.index.attribute_set_in_methods(cls, name) is not None
    return False
