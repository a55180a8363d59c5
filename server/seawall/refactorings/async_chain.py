"""Make the chain async.

The helpers between async code and a call that blocks become coroutines, the call gives way to its async counterpart, and every
caller in the project awaits, over all files. Offered where the call has such a counterpart; refused where somebody cannot await: a
callback, a property, a constructor, code that is not known, or a function that would block the event loop for another reason.
Tests are left as they are, and named.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from seawall.edits import CannotFix, Edit, Fix, Safety
from seawall.edits.unused import used_names
from seawall.knowledge.blocking import BLOCKING, Kind
from seawall.refactorings.draft import Draft
from seawall.rules.async_io._blocking import blocking
from seawall.rules.async_io._helpers import helpers
from seawall.rules.base import File, Finding

codes = ("SW103",)
comes_last = True

_WHY = "the helpers become coroutines, so tests and code outside of the project that call them have to follow"
_COUNTERPARTS = ("Await the async sleep", "Await the future", "Use httpx.AsyncClient")
_ELSEWHERE = (*_COUNTERPARTS, "Run it in a worker thread")
_CLIENTS = frozenset({"requests", "httpx", "httpx2"})
_LOCKS = (
    "threading.Lock",
    "threading.RLock",
    "threading.Semaphore",
    "threading.BoundedSemaphore",
    "threading.Condition",
)


def offer(finding: Finding, file: File) -> Fix | None:
    """The move, if the call at the end of the chain may have an async counterpart. Facts decide: this is cheap."""
    hops = [one for one in finding.related if one.call is not None]
    last = hops[-1] if hops else None
    fact = file.index.function(last.owner) if last is not None else None
    if last is None or fact is None or last.call is None or last.call >= len(fact.calls):
        return None
    name = file.index.named(fact.calls[last.call].callee)
    if name is None or not _may_be_awaited(name, file):
        return None
    helpers_ = ", ".join(f"`{one.owner.rpartition('.')[2]}`" for one in hops)
    title = f"Make the chain async ({helpers_})"
    edits = partial(_made, file, last.owner, last.call, name)
    return Fix(title, lambda: edits()[0], Safety.UNSAFE, _WHY, left=lambda: edits()[1])


def _may_be_awaited(name: str, file: File) -> bool:
    library = name.partition(".")[0]
    if library in _CLIENTS and BLOCKING.get(name) and BLOCKING[name].kind is Kind.NETWORK:
        return library != "requests" or any(file.project.dependencies.has(one) for one in ("httpx", "httpx2"))
    return name in ("time.sleep", "concurrent.futures.Future.result")


def _made(file: File, owner: str, call: int, name: str) -> tuple[list[Edit], tuple[str, ...]]:
    """The edits, and what they leave to do."""
    from seawall.refactorings.async_session.changes import Changes
    from seawall.refactorings.async_session.code import Code, Staying
    from seawall.refactorings.async_session.coroutines import Coroutines
    from seawall.refactorings.async_session.functions import convert
    from seawall.refactorings.async_session.handing import THREADS
    from seawall.refactorings.async_session.threads import keep_off_the_loop
    from seawall.refactorings.async_session.tidy import calls_from_tests, tidied
    from seawall.refactorings.async_session.uses import Place, Uses

    draft = Draft(file.modules(), file.project)
    used = {document.path: used_names(document) for document in draft.documents()}
    code = Code(draft, Staying())
    start = code.functions.get(owner)
    if start is None:
        raise CannotFix(f"`{owner.rpartition('.')[2]}` is not found in the code of the application")
    uses = Uses(
        threaded=[
            Place(one, node)
            for one in code.files
            for node in one.scan.nodes[ast.Call]
            if isinstance(node, ast.Call) and node.args and one.callee(node) in THREADS
        ]
    )
    coroutines = Coroutines(code, uses)
    coroutines.add(start.file, start.file.sites(start.node)[call][0])
    coroutines.close()
    if code.staying:
        raise CannotFix(next(iter(code.staying.values())))
    if coroutines.startup:
        raise CannotFix("a module calls it while it is imported")
    made = [one for one in coroutines.functions.values() if isinstance(one.node, ast.FunctionDef)]
    for one in made:
        family = (other.name for other in made if other.node.name == one.node.name)
        if not one.node.decorator_list and not any(any(code.uses(name_)) for name_ in family):
            raise CannotFix(f"nothing in the project calls `{one.node.name}`, so nobody may await it")
    for place in coroutines.awaits:
        _refuse_locks(place.file, place.node)
    _refuse_locks(start.file, start.file.sites(start.node)[call][0])
    changes = Changes(draft)
    convert(coroutines, uses, changes)
    changes.apply()
    names = frozenset(one.name for one in made)
    keep_off_the_loop(draft, frozenset({owner}), _COUNTERPARTS)
    fact = draft.index.function(owner)
    if any(draft.index.named(site.callee) == name for site in (fact.calls if fact is not None else ())):
        raise CannotFix(f"`{name}` has no async counterpart as it is called here")
    keep_off_the_loop(draft, names, _ELSEWHERE)
    _refuse_what_blocks(draft, names)
    draft.apply(tidied(draft, used))
    return draft.edits(), tuple(calls_from_tests(code, made))


def _refuse_locks(file: File, node: ast.AST) -> None:
    """To wait for others while a thread's lock is held would let the loop run into that lock."""
    for above in file.ancestors(node):
        if isinstance(above, ast.With) and any(file.is_instance(one.context_expr, *_LOCKS) for one in above.items):
            raise CannotFix("a lock of threads is held meanwhile")


def _refuse_what_blocks(draft: Draft, functions: frozenset[str]) -> None:
    """What may have been run in a thread until now would stall the event loop."""
    for document in draft.documents():
        for file in draft.files(document):
            for function in file.in_async(ast.AsyncFunctionDef):
                if isinstance(function, ast.AsyncFunctionDef) and file.absolute_name(function) in functions:
                    for text in _blocking_in(function, file):
                        raise CannotFix(f"`{text}` in `{function.name}` would block the event loop all the same")


def _blocking_in(function: ast.AsyncFunctionDef, file: File) -> Iterator[str]:
    yield from (file.text(one.node).split("\n")[0] for one in helpers(function, file, *Kind))
    for kind in (ast.Call, ast.For, ast.comprehension):
        for node in file.scan.nodes[kind]:
            assert isinstance(node, (ast.Call, ast.For, ast.comprehension))
            found = blocking(node, file)
            if found is not None and file.function(found[0]) is function:
                yield file.text(found[0]).split("\n")[0]
