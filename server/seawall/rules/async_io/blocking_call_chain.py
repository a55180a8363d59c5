"""An async function that calls a blocking helper stalls the event loop, however many calls away the blocking is.

While one request waits inside `requests.get` or a sync query, no other request is served. It does not matter that the call
stands in another function or module: a plain `def` that async code calls runs on the event loop.

Example:
    import time

    def settle() -> None:
        time.sleep(1)

    def prepare() -> None:
        settle()

    async def handler() -> None:
        «prepare()»

Instead:
    import asyncio
    import time

    def settle() -> None:
        time.sleep(1)

    async def handler() -> None:
        await asyncio.to_thread(settle)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.rules.base import File, Finding, Related, Severity
from seawall.semantics.summary import blocking_chain

code, severity = "SW103", Severity.ERROR


def check(call: ast.Call, file: File) -> Iterator[Finding]:
    if not file.on_event_loop(call):
        return
    called = file.called_function(call)
    if called is None:
        return
    chain = blocking_chain(file.index, called[0])
    if chain is None:
        return
    related = [
        Related(f"`{hop.caller.rpartition('.')[2]}` calls `{hop.callee}`", owner=hop.caller, call=hop.call)
        for hop in chain.hops
    ]
    yield file.finding(
        call,
        f"`{file.text(call.func)}` blocks the event loop: it reaches `{chain.hops[-1].callee}`",
        related=related,
    )
