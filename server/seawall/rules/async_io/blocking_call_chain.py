"""An async function that calls a blocking helper stalls the event loop, however many calls away the blocking is.

While one request waits inside `requests.get` or `time.sleep`, no other request is served. It does not matter that the call
stands in another function or module: a plain `def` that async code calls runs on the event loop, and so does a callback that
is handed to it with `loop.call_soon` or `task.add_done_callback`. The same holds for what looks like no call: a property, the body
of a `with` helper, a generator that a `for` goes through, a function that is given to another and called there, a method that a
subclass fills in.

Every call on the way is listed. A helper with a decorator that is not known is not followed, since the decorator may move it
to a thread, nor one that asks whether a loop runs. What a helper does only `if wait:`, where `wait` is False unless it is given,
counts for callers that give True. Reading and writing files counts only in the helper itself, and is a warning. So is what blocks
only once, while something is made that is kept: `if self.pool is None: self.pool = connect()`. A helper that waits for the database
through a SQLAlchemy session is `sync-session-in-async`, and through Django's ORM `sync-orm-in-async-view`.

Where the call at the end has an async counterpart, the whole chain can be made async instead: the helpers become coroutines, and every
caller in the project awaits them.

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

from seawall.rules.async_io._blocking import hops, serves, severity_of
from seawall.rules.async_io._helpers import helpers
from seawall.rules.base import File, Finding, Severity

code, severity = "SW103", Severity.ERROR
in_async = True
applies = serves


def check(function: ast.AsyncFunctionDef, file: File) -> Iterator[Finding]:
    for helper in helpers(function, file):
        node = helper.node
        text = file.text(node.func if isinstance(node, ast.Call) else node).split("\n")[0]
        yield file.finding(
            node,
            f"{helper.what(text)} blocks the event loop through `{helper.chain.hops[-1].callee}`, run it in a worker thread",
            *helper.fixes(file, _WHY),
            related=hops(helper.chain),
            severity=Severity.WARNING if helper.chain.once else severity_of(helper.chain.blocking),
        )


_WHY = "the helper then runs in another thread, at the same time as other code"
