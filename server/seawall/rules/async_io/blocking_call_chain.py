"""An async function that calls a blocking helper stalls the event loop, however many calls away the blocking is.

While one request waits inside `requests.get` or `time.sleep`, no other request is served. It does not matter that the call
stands in another function or module: a plain `def` that async code calls runs on the event loop, and so does a callback that
is handed to it with `loop.call_soon` or `task.add_done_callback`.

Every call on the way is listed. A helper with a decorator that is not known is not followed, since the decorator may move it
to a thread. Reading and writing files counts only in the helper itself. A helper that waits for the database through a
SQLAlchemy session is `sync-session-in-async`, and
through Django's ORM `sync-orm-in-async-view`.

Example:
    import asyncio
    import time

    def settle() -> None:
        time.sleep(1)

    def prepare() -> None:
        settle()

    async def handler() -> None:
        «prepare()»

Fixed:
    import asyncio
    import time

    def settle() -> None:
        time.sleep(1)

    def prepare() -> None:
        settle()

    async def handler() -> None:
        await asyncio.to_thread(prepare)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import Safety
from seawall.knowledge.blocking import LOOP_CALLBACKS, Kind
from seawall.rules.async_io._blocking import called, hops, is_served, plain_def_fix, serves, severity_of, thread_fix
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.summary import blocking_chain

code, severity = "SW103", Severity.ERROR
in_async = True
applies = serves


def check(call: ast.Call, file: File) -> Iterator[Finding]:
    if not file.on_event_loop(call):
        return
    position = LOOP_CALLBACKS.get(file.callee(call) or "")
    is_callback = position is not None and position < len(call.args)
    place = call.args[position] if position is not None and is_callback else call
    name = file.qualname(place) if is_callback else called(call, file)
    chain = blocking_chain(file.index, name) if name else None
    if name is None or chain is None or chain.blocking.kind in (Kind.SESSION, Kind.DJANGO) or not is_served(call, file):
        return
    what = file.text(place if is_callback else call.func).split("\n")[0]
    fixes = () if is_callback else (*thread_fix(file, call, Safety.UNSAFE, _WHY), *plain_def_fix(file, call))
    yield file.finding(
        place,
        f"`{what}` blocks the event loop through `{chain.hops[-1].callee}`, run it in a worker thread",
        *fixes,
        related=hops(chain),
        severity=severity_of(chain.blocking),
    )


_WHY = "the helper then runs in another thread, at the same time as other code"
