"""One async session or connection used by several tasks at once fails, or mixes up their transactions.

An `AsyncSession`, an `AsyncConnection` and the connections of asyncpg and psycopg serve one task at a time. With `gather`, a
`TaskGroup` or `create_task` they raise "another operation is in progress", or one task commits what another began. The same
holds for an object, such as a repository, whose methods use the session that it keeps. Give each task a session of its own from
the factory, or await one after the other. A pool may be shared.

Example:
    import asyncio

    from sqlalchemy.ext.asyncio import AsyncSession

    from queries import count_orders, count_users

    async def statistics(session: AsyncSession):
        return await «asyncio.gather(count_users(session), count_orders(session))»

Instead:
    from sqlalchemy.ext.asyncio import AsyncSession

    from queries import count_orders, count_users

    async def statistics(session: AsyncSession):
        return await count_users(session), await count_orders(session)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.rules.base import File, Finding, Severity
from seawall.semantics.symbols import Annotation, Attr, Ref
from seawall.semantics.types import Instance

code, severity = "SW106", Severity.ERROR
calls = frozenset({"gather", "wait", "as_completed", "create_task", "ensure_future"})

_NOT_SHARED = (
    "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.ext.asyncio.AsyncConnection",
    "asyncpg.Connection",
    "psycopg.AsyncConnection",
)
_GATHERING = frozenset({"asyncio.gather", "asyncio.wait", "asyncio.as_completed"})
_STARTING = frozenset({"asyncio.TaskGroup.create_task", "asyncio.create_task", "asyncio.ensure_future"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)


def check(call: ast.Call, file: File) -> Iterator[Finding]:
    if not call.args or not file.on_event_loop(call):
        return
    name = file.callee(call)
    if name in _GATHERING:
        shared = _gathered(call, file)
    elif name in _STARTING:
        shared = _started(call, file)
    else:
        return
    if shared:
        yield file.finding(call, f"`{shared}` is used by several tasks at once, give each task one of its own")


def _gathered(call: ast.Call, file: File) -> str | None:
    """What two of the coroutines share, or all that a comprehension makes."""
    seen: set[str] = set()
    for argument in _coroutines(call, file):
        if isinstance(argument, _COMPREHENSIONS):
            bound = {
                node.id for each in argument.generators for node in ast.walk(each.target) if isinstance(node, ast.Name)
            }
            found = _sessions(argument.elt, file)
            for text in found:
                if text.partition(".")[0] not in bound:
                    return text
        else:
            found = _sessions(argument, file)
            for text in found:
                if text in seen:
                    return text
        seen |= found
    return None


def _coroutines(call: ast.Call, file: File) -> Iterator[ast.expr]:
    for argument in call.args:
        node = argument.value if isinstance(argument, ast.Starred) else argument
        if isinstance(node, ast.Name):
            node = _assigned_once(node, file) or node
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            yield from node.elts
        elif isinstance(node, (ast.Call, *_COMPREHENSIONS)):
            yield node


def _assigned_once(name: ast.Name, file: File) -> ast.expr | None:
    """The list that a variable was given, if nothing else happens to the variable."""
    bindings = file.scan.scopes[name].bindings.get(name.id, [])
    parent = file.parent(bindings[0]) if len(bindings) == 1 else None
    return parent.value if isinstance(parent, ast.Assign) else None


def _started(call: ast.Call, file: File) -> str | None:
    """What a task shares with another that was started before it, or with those of a loop around it."""
    others = [other for other in file.calls()[file.called_name(call)] if _runs_along(other, call, file)]
    loop = _loop(call, file)
    for text in sorted(_sessions(call.args[0], file)):
        if loop is not None and not _binds(loop, text.partition(".")[0]):
            return text
        if any(
            text in _sessions(other.args[0], file) and not _bound_between(text, other, call, file) for other in others
        ):
            return text
    return None


def _runs_along(other: ast.Call, call: ast.Call, file: File) -> bool:
    """Whether another task certainly was started before this one, of the same group, and nobody awaited it since."""
    if (
        other is call
        or not other.args
        or _place(other) >= _place(call)
        or file.text(other.func) != file.text(call.func)
    ):
        return False
    if file.callee(other) not in _STARTING or _group(other, file) is not _group(call, file):
        return False
    return _comes_before(file.statement(other), call, file) and not _is_awaited_before(other, call, file)


def _comes_before(statement: ast.stmt, call: ast.Call, file: File) -> bool:
    """Whether the statement stands in a block that the call is in, too: not in a branch of its own."""
    parent, around = file.parent(statement), {file.statement(call), *file.ancestors(call)}
    blocks = [getattr(parent, field, None) for field in ("body", "orelse", "handlers", "finalbody")]
    return any(isinstance(block, list) and statement in block and around & {*block} for block in blocks)


def _is_awaited_before(start: ast.Call, end: ast.AST | None, file: File) -> bool:
    """Whether the task's variable is awaited before `end`, or anywhere."""
    parent = file.parent(start)
    names = (
        [target.id for target in parent.targets if isinstance(target, ast.Name)]
        if isinstance(parent, ast.Assign)
        else []
    )
    return isinstance(parent, ast.Await) or any(
        isinstance(node, ast.Await)
        and isinstance(node.value, ast.Name)
        and node.value.id in names
        and _place(start) < _place(node)
        and (end is None or _place(node) < _place(end))
        for node in file.scan.nodes[ast.Await]
    )


def _group(call: ast.Call, file: File) -> ast.AST | None:
    """The `async with` that holds the task's group, else the function."""
    group = call.func.value if isinstance(call.func, ast.Attribute) else None
    for above in file.ancestors(call):
        if isinstance(above, ast.AsyncWith) and isinstance(group, ast.Name):
            targets = [item.optional_vars for item in above.items]
            if any(isinstance(target, ast.Name) and target.id == group.id for target in targets):
                return above
    return file.function(call)


def _loop(call: ast.Call, file: File) -> ast.AST | None:
    """The loop that starts the task again and again, in the same group, without waiting for it."""
    group = _group(call, file)
    for above in file.ancestors(call):
        if above is group:
            return None
        if isinstance(above, (*_LOOPS, *_COMPREHENSIONS)):
            inside = isinstance(above, ast.While) or not any(node is call for node in ast.walk(_iterated(above)))
            return above if inside and not _is_awaited_before(call, None, file) else None
    return None


def _iterated(loop: ast.AST) -> ast.AST:
    return loop.generators[0].iter if isinstance(loop, _COMPREHENSIONS) else getattr(loop, "iter", loop)


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _bound_between(text: str, first: ast.Call, call: ast.Call, file: File) -> bool:
    """Whether the name got another value in between."""
    bindings = file.scan.scopes[call].bindings.get(text.partition(".")[0], [])
    return any(_place(first) < _place(node) < _place(call) for node in bindings)


def _binds(loop: ast.AST, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) for node in ast.walk(loop)
    )


def _sessions(node: ast.expr, file: File) -> set[str]:
    """Sessions and connections that making and running a coroutine uses."""
    if not isinstance(node, ast.Call):
        return set()
    receiver = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    candidates = [*receiver, *node.args, *(item.value for item in node.keywords)]
    found = [one for one in candidates if file.is_instance(one, *_NOT_SHARED)]
    if receiver and _works_on_its_own(node, file):
        found += receiver
    return {file.text(one) for one in found if isinstance(one, (ast.Name, ast.Attribute))}


def _works_on_its_own(call: ast.Call, file: File) -> bool:
    """Whether it calls a method that awaits a session or connection which the method's object keeps."""
    called = file.called_function(call)
    if called is None:
        return False
    cls = called[0].rpartition(".")[0]
    for site in called[1].calls:
        match site.callee:
            case Attr(Attr(Annotation(Ref(owner)), name) as kept) if site.awaited and owner == cls:
                type_ = file.index.type_of(kept)
                if isinstance(type_, Instance) and file.index.is_subclass(type_.cls, *_NOT_SHARED):
                    return file.index.attribute_set_in_methods(cls, name) is not None
    return False
