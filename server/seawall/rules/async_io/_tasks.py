"""Tasks that are started one by one: which of them run at the same time."""

from __future__ import annotations

import ast

from seawall.rules.base import File

STARTING = frozenset({"asyncio.TaskGroup.create_task", "asyncio.create_task", "asyncio.ensure_future"})
DEFERRING = frozenset({"starlette.background.BackgroundTasks.add_task", "starlette.background.BackgroundTask"})
"""Calls that leave a function, with its arguments, until the response is sent."""
LOOPS = (ast.For, ast.AsyncFor, ast.While)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)


def runs_along(other: ast.Call, call: ast.Call, file: File) -> bool:
    """Whether another task certainly was started before this one, of the same group, and nobody awaited it since."""
    if (
        other is call
        or not other.args
        or place_of(other) >= place_of(call)
        or file.text(other.func) != file.text(call.func)
    ):
        return False
    if file.callee(other) not in STARTING or group_of(other, file) is not group_of(call, file):
        return False
    return _comes_before(file.statement(other), call, file) and not is_awaited_before(other, call, file)


def _comes_before(statement: ast.stmt, call: ast.Call, file: File) -> bool:
    """Whether the statement stands in a block that the call is in, too: not in a branch of its own."""
    parent, around = file.parent(statement), {file.statement(call), *file.ancestors(call)}
    blocks = [getattr(parent, field, None) for field in ("body", "orelse", "handlers", "finalbody")]
    return any(isinstance(block, list) and statement in block and around & {*block} for block in blocks)


def is_awaited_before(start: ast.Call, end: ast.AST | None, file: File) -> bool:
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
        and place_of(start) < place_of(node)
        and (end is None or place_of(node) < place_of(end))
        for node in file.scan.nodes[ast.Await]
    )


def group_of(call: ast.Call, file: File) -> ast.AST | None:
    """The `async with` that holds the task's group, else the function."""
    group = call.func.value if isinstance(call.func, ast.Attribute) else None
    for above in file.ancestors(call):
        if isinstance(above, ast.AsyncWith) and isinstance(group, ast.Name):
            targets = [item.optional_vars for item in above.items]
            if any(isinstance(target, ast.Name) and target.id == group.id for target in targets):
                return above
    return file.function(call)


def loop_around(call: ast.Call, file: File) -> ast.AST | None:
    """The loop that starts the task again and again, in the same group, without waiting for it."""
    group = group_of(call, file)
    for above in file.ancestors(call):
        if above is group:
            return None
        if isinstance(above, (*LOOPS, *COMPREHENSIONS)):
            inside = isinstance(above, ast.While) or not any(node is call for node in ast.walk(_iterated(above)))
            return above if inside and not is_awaited_before(call, None, file) else None
    return None


def _iterated(loop: ast.AST) -> ast.AST:
    return loop.generators[0].iter if isinstance(loop, COMPREHENSIONS) else getattr(loop, "iter", loop)


def place_of(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def bound_between(text: str, first: ast.Call, call: ast.Call, file: File) -> bool:
    """Whether the name got another value in between."""
    bindings = file.scan.scopes[call].bindings.get(text.partition(".")[0], [])
    return any(place_of(first) < place_of(node) < place_of(call) for node in bindings)


def binds(loop: ast.AST, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) for node in ast.walk(loop)
    )
