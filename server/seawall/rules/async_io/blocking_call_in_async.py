"""A blocking call inside an async function stops every other request until it returns.

The event loop runs one piece of code at a time. While `time.sleep`, `requests.get` or a driver's `execute` waits, nothing else
is served: health checks time out and latencies add up. Await the call's async counterpart, or run the call in a worker thread.

Reading and writing files counts as a warning. Calls that only are handed to a thread (`asyncio.to_thread(time.sleep, 1)`), in
a nested plain `def` or in a lambda do not run on the event loop. In tests, scripts and migrations, while an application starts or
stops (`lifespan`), and in jobs of RQ, each of which has a process to itself, nobody else waits.
What a sync SQLAlchemy session waits for is `sync-session-in-async`; what a helper waits for is `blocking-call-chain`.

Example:
    import time

    async def settle() -> None:
        «time.sleep(0.5)»

Fixed:
    import asyncio
    import time

    async def settle() -> None:
        await asyncio.sleep(0.5)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import Edit, Fix, Safety
from seawall.edits.imports import need
from seawall.edits.threads import awaited, can_await_at
from seawall.knowledge.blocking import Kind
from seawall.rules.async_io._blocking import blocking, plain_def_fix, serves, severity_of, thread_fix
from seawall.rules.async_io._http import client_fix
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.facts import ImportFact
from seawall.semantics.types import Named
from seawall.syntax import range_of

code, severity = "SW101", Severity.ERROR
in_async = True
applies = serves

_INSTEAD = {
    Kind.SLEEP: "await `{}` instead",
    Kind.NETWORK: "await an async client or run it in a worker thread",
    Kind.DATABASE: "await an async driver or run it in a worker thread",
}
_OPENERS = frozenset({"builtins.open", "pathlib.Path.open"})
_ELSEWHERE = "run it in a worker thread"
_SHARED = "the object is then used from another thread"


def check(node: ast.Call | ast.For | ast.comprehension, file: File) -> Iterator[Finding]:
    found = file.subject(blocking, node)
    if found is None:
        return
    place, name, row = found
    if row.kind in (Kind.SESSION, Kind.DJANGO):
        return
    instead = _INSTEAD.get(row.kind, _ELSEWHERE).format(row.instead)
    what = file.text(place.func).split("\n")[0] if isinstance(place, ast.Call) else name.removesuffix(".__iter__")
    fixes = _fixes(place, name, row.kind, file) if isinstance(place, ast.Call) else ()
    yield file.finding(place, f"`{what}` blocks the event loop, {instead}", *fixes, severity=severity_of(row))


def _fixes(call: ast.Call, name: str, kind: Kind, file: File) -> Iterator[Fix]:
    if name == "time.sleep":
        if can_await_at(file, call) and len(call.args) == 1 and not call.keywords:
            yield Fix("Await the async sleep", lambda: _sleep(file, call))
        return
    if name == "concurrent.futures.Future.result" and not call.args and not call.keywords and can_await_at(file, call):
        yield Fix("Await the future", lambda: _future(file, call))
        return
    if kind is Kind.LOCK or name.startswith("sqlite3."):  # both are bound to the thread that made them
        return
    if name in _OPENERS:  # a thread would open the file, and reading it would block all the same
        yield from plain_def_fix(file, call)
        return
    yield from client_fix(file, call, name)
    function = file.type_of(call.func)
    is_free = isinstance(function, Named) and (function.receiver is None or name.startswith("pathlib."))
    yield from thread_fix(file, call, Safety.SAFE if is_free else Safety.UNSAFE, "" if is_free else _SHARED)
    yield from plain_def_fix(file, call)


def _sleep(file: File, call: ast.Call) -> list[Edit]:
    imported = {fact.target for fact in file.current.facts.names.values() if isinstance(fact, ImportFact)}
    library = next((name for name in ("asyncio", "anyio", "trio") if name in imported), "asyncio")
    needed = need(file, f"{library}.sleep")
    text = file.text(call)[len(file.text(call.func)) :]
    return [file.replace(range_of(call), awaited(file, call, needed.expression + text)), *needed.edits]


def _future(file: File, call: ast.Call) -> list[Edit]:
    assert isinstance(call.func, ast.Attribute)
    needed = need(file, "asyncio.wrap_future")
    text = f"{needed.expression}({file.text(call.func.value)})"
    return [file.replace(call, awaited(file, call, text)), *needed.edits]
