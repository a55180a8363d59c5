"""A coroutine that is never awaited does nothing, and one that is used as its value fails.

`session.commit()` on an `AsyncSession` only makes a coroutine: nothing is committed. `await session.execute(query).scalars()`
asks the coroutine, and not the result, for `scalars`. The same holds for the async methods of drivers and clients, and for the
project's own `async def` functions and methods.

A coroutine that is handed on is left alone: passed to `gather`, `create_task` or any other call, returned, yielded, stored in a
container or attribute, or awaited later; only what a FastAPI handler returns nobody awaits any more. So is a call of a function with a decorator that is not known, since the decorator may
change what the call gives.

Example:
    from sqlalchemy.ext.asyncio import AsyncSession

    async def save(session: AsyncSession) -> None:
        «session.commit()»

Fixed:
    from sqlalchemy.ext.asyncio import AsyncSession

    async def save(session: AsyncSession) -> None:
        await session.commit()
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from seawall.edits import Edit, Fix, Safety
from seawall.edits.threads import can_await_at
from seawall.rules.async_io._blocking import never_runs
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.meanings.route import Route
from seawall.semantics.summary import keeps_its_call
from seawall.semantics.symbols import Attr, Awaited, Call
from seawall.semantics.types import Instance, options
from seawall.syntax import Range, range_of

code, severity = "SW104", Severity.ERROR

_COROUTINE = "typing.Coroutine"
_COROUTINE_API = frozenset({"close", "send", "throw", "__await__", "cr_await", "cr_code", "cr_frame", "cr_running"})
_VALUE_BUILTINS = frozenset(
    f"builtins.{name}"
    for name in ("len", "list", "set", "tuple", "sorted", "dict", "int", "str", "float", "sum", "bool")
)
_WRITES_VALUES = frozenset({
    "django.http.JsonResponse", "starlette.responses.JSONResponse", "json.dumps", "orjson.dumps", "rest_framework.response.Response",
})  # fmt: skip


def check(call: ast.Call, file: File) -> Iterable[Finding]:
    parent = file.parent(call)
    if isinstance(parent, ast.Expr):
        is_misused = not isinstance(file.function(call), ast.Lambda)
    else:
        is_misused = not isinstance(parent, ast.Await) and file.on_event_loop(call) and _is_misused(call, file)
    return _found(call, file) if is_misused and _gives_coroutine(call, file) and not never_runs(call, file) else ()


def _found(call: ast.Call, file: File) -> Iterator[Finding]:
    what = file.text(call.func).split("\n")[0]
    message = f"`{what}` gives a coroutine that is never awaited, await it"
    yield file.finding(call, message, *_fixes(call, file))


def _gives_coroutine(call: ast.Call, file: File) -> bool:
    if len(options(file.type_of(call.func))) != 1:  # it may be the sync one of two
        return False
    found = file.type_of(call)
    if not isinstance(found, Instance) or found.cls != _COROUTINE:
        return False
    called = file.called_function(call)
    return called is None or (keeps_its_call(file.index, called[1]) and not _is_overridden(called[0], file))


def _is_overridden(method: str, file: File) -> bool:
    """Whether a subclass has something else in the place of the coroutine: a plain method, a generator, a context manager."""
    owner, _, name = method.rpartition(".")
    own = (file.index.function(f"{cls}.{name}") for cls in file.index.subclasses(owner))
    return any(
        fact is not None and (not fact.is_async or fact.is_generator or not keeps_its_call(file.index, fact))
        for fact in own
    )


def _is_misused(node: ast.expr, file: File) -> bool:
    """Whether the coroutine is used as if it was its value, or kept under a name that nobody awaits or hands on."""
    parent = file.parent(node)
    match parent:
        case ast.Assign(targets=[ast.Name() as target]) | ast.AnnAssign(target=ast.Name() as target):
            return _is_misused_name(target, file) and not (
                _is_made_by_instance(node, file) and _is_called(target, file)
            )
        case ast.Return():  # FastAPI does not await what a handler returns
            handler = file.function(node)
            return (
                handler is not None
                and isinstance(node, ast.Call)
                and _gives_coroutine(node, file)
                and file.subject(Route.recognise, handler) is not None
            )
    return _is_value_use(node, parent, file)


def _is_made_by_instance(node: ast.expr, file: File) -> bool:
    """Whether an object is called, by its `__call__`: what is declared as an instance may be the class, given to be made here."""
    return isinstance(node, ast.Call) and isinstance(file.type_of(node.func), Instance)


def _is_called(target: ast.Name, file: File) -> bool:
    return any(isinstance(parent := file.parent(use), ast.Call) and parent.func is use for use in file.uses(target.id))


def _is_value_use(node: ast.expr, parent: ast.AST | None, file: File) -> bool:
    match parent:
        case ast.Attribute(value=value, attr=attr):
            return value is node and attr not in _COROUTINE_API
        case ast.Subscript(value=value):
            return value is node
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            return parent.iter is node
        case ast.If() | ast.While() | ast.IfExp() | ast.Assert():
            return parent.test is node
        case ast.Compare() | ast.BinOp() | ast.UnaryOp() | ast.FormattedValue() | ast.AugAssign() | ast.withitem():
            return True
        case ast.Dict() | ast.List() | ast.Tuple():
            return _is_sent(parent, file)
        case ast.Call(func=function):
            return function is node or (
                node in parent.args
                and f"builtins.{file.called_name(parent)}" in _VALUE_BUILTINS
                and file.qualname(function) in _VALUE_BUILTINS
            )
    return False


def _is_sent(display: ast.expr, file: File) -> bool:
    """Whether what a dict or list holds is written to a response, which takes values only."""
    parent = file.parent(display)
    while isinstance(parent, (ast.Dict, ast.List, ast.Tuple)):
        display, parent = parent, file.parent(parent)
    if isinstance(parent, ast.Call):
        return display in parent.args[:1] and file.callee(parent) in _WRITES_VALUES
    function = file.function(display)
    return (
        isinstance(parent, ast.Return) and function is not None and file.subject(Route.recognise, function) is not None
    )


def _is_misused_name(target: ast.Name, file: File) -> bool:
    """Every use of the variable in its function, and nothing but these uses, takes it for the value."""
    scope = file.scan.scopes[target]
    if not scope.is_function or target.id in scope.globals or len(scope.bindings.get(target.id, ())) != 1:
        return False
    uses = [node for node in file.uses(target.id) if node is not target]
    return all(
        isinstance(node.ctx, ast.Load)
        and file.function(node) is scope.node
        and _is_value_use(node, file.parent(node), file)
        for node in uses
        if file.function(node) is scope.node or scope in _outer(node, file)
    )


def _outer(node: ast.Name, file: File) -> list[object]:
    """The scopes around a name."""
    found: list[object] = []
    scope = file.scan.scopes.get(node)
    while scope is not None:
        found.append(scope)
        scope = scope.parent
    return found


def _fixes(call: ast.Call, file: File) -> Iterator[Fix]:
    if not can_await_at(file, call):
        return
    late = _late_await(call, file)
    if late is None:
        yield Fix("Add await", lambda: _with_await(file, call))
    elif _is_value(call, file):
        yield Fix("Await the call first", lambda: [*_with_await(file, call), _without_await(file, late)])
    else:
        why = "the outer await is dropped too, as the result is not known to be a coroutine itself"
        yield Fix(
            "Await the call first", lambda: [*_with_await(file, call), _without_await(file, late)], Safety.UNSAFE, why
        )


def _with_await(file: File, call: ast.Call) -> list[Edit]:
    parent = file.parent(call)
    is_operand = (isinstance(parent, (ast.Attribute, ast.Subscript)) and parent.value is call) or (
        isinstance(parent, ast.Call) and parent.func is call
    )
    if not is_operand:
        return [file.insert_before(call, "await ")]
    return [file.insert_before(call, "(await "), file.insert_after(call, ")")]


def _late_await(call: ast.Call, file: File) -> ast.Await | None:
    """The `await` of `await call().attribute...`, unless what it awaits is a coroutine all the same."""
    node: ast.AST = call
    symbol = Awaited(inner) if (inner := file.symbol(call)) is not None else None
    while True:
        parent = file.parent(node)
        match parent:
            case ast.Attribute(value=value, attr=attr) if value is node:
                symbol = Attr(symbol, attr) if symbol is not None else None  # type: ignore[assignment]
            case ast.Call(func=function) if function is node:
                symbol = Call(symbol) if symbol is not None else None  # type: ignore[assignment]
            case ast.Subscript(value=value) if value is node:
                symbol = None
            case ast.Await() if node is not call:
                found = file.index.type_of(symbol)
                return None if isinstance(found, Instance) and found.cls == _COROUTINE else parent
            case _:
                return None
        node = parent


def _is_value(call: ast.Call, file: File) -> bool:
    """Whether the library's result is known, so that nothing about it wants an `await` of its own."""
    found = file.type_of(call)
    return isinstance(found, Instance) and bool(found.args) and found.args[0] is not None


def _without_await(file: File, late: ast.Await) -> Edit:
    whole, value = range_of(late), range_of(late.value)
    return file.replace(Range(whole.start_line, whole.start_col, value.start_line, value.start_col), "")
