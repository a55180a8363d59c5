"""Starting an event loop inside a running one raises RuntimeError.

`asyncio.run`, `loop.run_until_complete` and `async_to_sync` are ways into async code from sync code. Inside an `async def` the
loop runs already: await the coroutine. Scripts and sync entry points are fine, and so is a module that uses `nest_asyncio`.

Example:
    import asyncio

    async def load() -> int:
        return 1

    async def handler() -> int:
        return «asyncio.run(load())» + 1

Fixed:
    import asyncio

    async def load() -> int:
        return 1

    async def handler() -> int:
        return await load() + 1
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import Fix
from seawall.edits.threads import awaited, can_await_at
from seawall.rules.base import File, Finding, Severity

code, severity = "SW110", Severity.ERROR
in_async = True

_TAKES_COROUTINE = frozenset(
    {"asyncio.run", "asyncio.AbstractEventLoop.run_until_complete", "asyncio.Runner.run", "uvloop.run"}
)
_TAKES_FUNCTION = frozenset({"anyio.run", "trio.run"})
_BRIDGE = "asgiref.sync.async_to_sync"
_PLAIN = (ast.Call, ast.Name, ast.Attribute, ast.Subscript)


def check(call: ast.Call, file: File) -> Iterator[Finding]:
    if file.is_awaited(call):
        return
    bridged = call.func if isinstance(call.func, ast.Call) and file.callee(call.func) == _BRIDGE else None
    name = _BRIDGE if bridged else file.callee(call)
    if name not in _TAKES_COROUTINE and name not in _TAKES_FUNCTION and bridged is None:
        return
    if file.index.fact(file.module, "nest_asyncio") is not None:
        return
    text = _awaitable(call, bridged, name in _TAKES_FUNCTION, file)
    can_fix = text is not None and can_await_at(file, call)
    fixes = [Fix("Await it", lambda: [file.replace(call, awaited(file, call, text or ""))])] if can_fix else []
    what = (name or "").rpartition(".")[2] if bridged else file.text(call.func)
    yield file.finding(call, f"`{what}` raises inside of the running event loop, await the coroutine instead", *fixes)


def _awaitable(call: ast.Call, bridged: ast.Call | None, takes_function: bool, file: File) -> str | None:
    """What to await, if no comment and no option gets lost."""
    if "#" in file.text(call):
        return None
    if bridged is not None:
        function = bridged.args[0] if len(bridged.args) == 1 and not bridged.keywords else None
        return (
            file.text(function) + file.text(call)[len(file.text(bridged)) :] if isinstance(function, _PLAIN) else None
        )
    if call.keywords or not call.args or not isinstance(call.args[0], _PLAIN):
        return None
    if takes_function:
        return f"{file.text(call.args[0])}({', '.join(file.text(arg) for arg in call.args[1:])})"
    return file.text(call.args[0]) if len(call.args) == 1 else None
