"""What a function did in FastAPI's threadpool, it would do on the event loop now that it is a coroutine: calls that block for
other reasons than the database go to a worker thread."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import Edit, Fix
from seawall.edits.query_chain import last_name
from seawall.refactorings.async_session.code import Stuck
from seawall.refactorings.draft import Draft
from seawall.rules.async_io import blocking_call_chain, blocking_call_in_async, session_shared_across_tasks
from seawall.rules.base import File, Finding
from seawall.semantics.document import Document

_FIXES = ("Run it in a worker thread", "Await the async sleep")


def keep_off_the_loop(draft: Draft, functions: frozenset[str], titles: tuple[str, ...] = _FIXES) -> None:
    """Hand blocking calls in these functions to threads, where that is possible, or mend them by other fixes of those titles."""
    for document in list(draft.documents()):
        current: Document | None = document
        while current is not None and (fix := next(_fixes(draft, current, functions, titles), None)) is not None:
            before = current
            draft.apply(edit for edit in fix.make() if isinstance(edit, Edit))
            current = next(each for each in draft.documents() if each.path == before.path)
            if str(current.source.text) == str(before.source.text):
                current = None


def _fixes(draft: Draft, document: Document, functions: frozenset[str], titles: tuple[str, ...]) -> Iterator[Fix]:
    for file in draft.files(document):
        for function in file.in_async(ast.AsyncFunctionDef):
            if isinstance(function, ast.AsyncFunctionDef) and file.absolute_name(function) in functions:
                for finding in blocking_in(function, file):
                    yield from (fix for fix in finding.fixes if fix.title in titles)


def blocking_in(function: ast.AsyncFunctionDef, file: File) -> Iterator[Finding]:
    """What in a coroutine function waits for other reasons than the database."""
    if not blocking_call_in_async.applies(file):
        return
    yield from blocking_call_chain.check(function, file)
    for call in file.in_async(ast.Call):
        if isinstance(call, ast.Call) and file.function(call) is function:
            yield from blocking_call_in_async.check(call, file)


def sharing(draft: Draft) -> Iterator[Stuck]:
    """Tasks that run beside each other and would share an async session: with a sync one, none of them let another run."""
    for document in draft.documents():
        for file in draft.files(document):
            for call in file.scan.nodes[ast.Call]:
                if isinstance(call, ast.Call) and last_name(call.func) in session_shared_across_tasks.calls:
                    for _ in session_shared_across_tasks.check(call, file):
                        yield Stuck(f"tasks of `{file.text(call.func)}` would share an async session", file, call)
