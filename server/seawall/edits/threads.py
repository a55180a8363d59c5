"""Handing a blocking call to a worker thread, in the way that the project does it already, and awaiting expressions."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol

from seawall.edits.fix import Edit
from seawall.edits.imports import Importing, need, need_all
from seawall.knowledge.names import canonical
from seawall.semantics.facts import Fact, ImportFact
from seawall.syntax import Range, range_of

ASYNCIO, ANYIO, STARLETTE, ASGIREF = (
    "asyncio.to_thread",
    "anyio.to_thread.run_sync",
    "starlette.concurrency.run_in_threadpool",
    "asgiref.sync.sync_to_async",
)


class Code(Importing, Protocol):
    """The code of one item, with its surroundings."""

    def parent(self, node: ast.AST) -> ast.AST | None: ...
    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]: ...
    def on_event_loop(self, node: ast.AST) -> bool: ...
    def text(self, node: ast.AST) -> str: ...
    def slice(self, range_: Range) -> str: ...
    def replace(self, where: ast.AST | Range, text: str) -> Edit: ...


_BY_IMPORT = {
    "anyio": ANYIO,
    "anyio.to_thread": ANYIO,
    ANYIO: ANYIO,
    STARLETTE: STARLETTE,
    "starlette.concurrency": STARLETTE,
    ASGIREF: ASGIREF,
}


def helper(file: Importing) -> str:
    """The function that moves a call to a thread: the one that this file imports, else the one the project imports most."""
    here = _imported(file.current.facts.names.values())
    if here:
        return here[0]
    counts = Counter(name for facts in file.index.modules.values() for name in _imported(facts.names.values()))
    return counts.most_common(1)[0][0] if counts else ASYNCIO


def _imported(facts: Iterable[Fact]) -> list[str]:
    targets = {canonical(fact.target) for fact in facts if isinstance(fact, ImportFact)}
    return [name for target, name in _BY_IMPORT.items() if target in targets]


def can_await_at(file: Code, node: ast.AST) -> bool:
    """Whether an `await` can stand in the place of a node: in an `async def`, and not in a generator expression."""
    if not file.on_event_loop(node):
        return False
    for above in file.ancestors(node):
        if isinstance(above, ast.GeneratorExp):
            return False
        if isinstance(above, ast.stmt):
            break
    return True


def awaited(file: Code, node: ast.AST, text: str) -> str:
    """`await text`, in parentheses if more is done with it where `node` stands."""
    above = file.parent(node)
    is_operand = (isinstance(above, (ast.Attribute, ast.Subscript)) and above.value is node) or (
        isinstance(above, ast.Call) and above.func is node
    )
    return f"(await {text})" if is_operand else f"await {text}"


def in_thread(file: Code, call: ast.Call, chosen: str = "") -> list[Edit]:
    """The edits that run a call in a worker thread and await it, by a certain one of the helpers if it is chosen."""
    chosen = chosen or helper(file)
    function, arguments = file.text(call.func), _arguments(file, call)
    if len(call.args) == 1 and isinstance(call.args[0], ast.GeneratorExp) and not call.keywords:
        arguments = f"({arguments})"
    if chosen == ANYIO:
        needed = need(file, "anyio.to_thread")
        edits, expression = list(needed.edits), f"{needed.expression}.run_sync"
        if call.keywords:
            partial = need_all(file, ["anyio.to_thread", "functools.partial"])
            edits = [edit for each in partial for edit in each.edits]
            text = f"{expression}({partial[1].expression}({_joined(function, arguments)}))"
        else:
            text = f"{expression}({_joined(function, arguments)})"
    else:
        needed = need(file, chosen)
        edits, expression = list(needed.edits), needed.expression
        text = f"{expression}({_joined(function, arguments)})"
        if chosen == ASGIREF:
            text = f"{expression}({function})({arguments})"
    return [file.replace(call, awaited(file, call, text)), *edits]


def _arguments(file: Code, call: ast.Call) -> str:
    """What stands between the call's parentheses."""
    function, whole = range_of(call.func), range_of(call)
    after = file.slice(Range(function.end_line, function.end_col, whole.end_line, whole.end_col))
    return after[after.index("(") + 1 : -1]


def _joined(function: str, arguments: str) -> str:
    """`function, arguments`, on lines of their own where the arguments have them so."""
    if not arguments.strip():
        return function
    body = arguments.lstrip()
    space = arguments[: len(arguments) - len(body)]
    if "\n" in space:
        return f"{space}{function},{space}{body}"
    return f"{function}, {body}"
