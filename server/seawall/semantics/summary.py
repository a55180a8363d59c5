"""What calling a function leads to: meaning carried along calls, through any number of hops."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from seawall.knowledge.blocking import BLOCKING, QUICK, Blocking, Kind
from seawall.knowledge.coroutines import TRANSPARENT
from seawall.semantics.facts import ClassFact, FunctionFact
from seawall.semantics.index import Index
from seawall.semantics.symbols import Call, Parameter, Ref, Symbol
from seawall.semantics.types import Instance, Named, options

MAX_FUNCTIONS = 2_000

Row = TypeVar("Row")


class Callee(NamedTuple):
    """What a function calls: its absolute name, the number of the call, and whether it is awaited."""

    name: str
    call: int
    awaited: bool


class Hop(NamedTuple):
    """A call inside the project function `caller`: the one of that number among its fact's calls."""

    caller: str
    call: int
    callee: str


class Chain(NamedTuple):
    """The way from a function to the call that blocks; the last hop's callee is the library's."""

    hops: tuple[Hop, ...]
    blocking: Blocking


def known(index: Index, table: Mapping[str, Row], name: str) -> Row | None:
    """A knowledge table's row for a function or method, also when the table lists it under a base class."""
    row = table.get(name)
    if row is not None:
        return row
    owner, _, last = name.rpartition(".")
    for base in index.mro(owner)[1:] if owner else ():
        row = table.get(f"{base}.{last}")
        if row is not None:
            return row
    return None


def blocks(index: Index, name: str) -> Blocking | None:
    """The row of a library call that blocks."""
    if name in QUICK:
        return None
    row = known(index, BLOCKING, name)
    return row or known(index, BLOCKING, f"{name.rpartition('.')[0]}.*")


def callees(index: Index, function: str) -> tuple[Callee, ...]:
    """The certain callees of a project function."""
    return index.answer(_callees, function) or ()


def _callees(index: Index, function: str) -> tuple[Callee, ...]:
    fact = index.function(function)
    if fact is None:
        return ()
    found = []
    for number, call in enumerate(fact.calls):
        targets = options(index.type_of(call.callee))
        if len(targets) != 1:
            continue
        name = targets[0].name if isinstance(targets[0], Named) else _called_instance(index, targets[0])
        if name:
            found.append(Callee(_constructor(index, name), number, call.awaited))
    return tuple(found)


def _called_instance(index: Index, target: object) -> str | None:
    if isinstance(target, Instance):
        member = index.member(target.cls, "__call__")
        return member.name if member else f"{target.cls}.__call__"
    return None


def _constructor(index: Index, name: str) -> str:
    """Calling a project class runs its `__init__`."""
    if isinstance(index.resolve(name).fact, ClassFact):
        member = index.member(name, "__init__")
        return member.name if member else name
    return name


def blocking_chain(index: Index, function: str) -> Chain | None:
    """The shortest way on which calling a plain `def` of the project blocks its thread; None if none is proved."""
    return index.answer(_search, function)


def _search(index: Index, start: str) -> Chain | None:
    waiting: deque[tuple[str, tuple[Hop, ...]]] = deque([(start, ())])
    seen = {start}
    file_access: Chain | None = None
    while waiting and len(seen) < MAX_FUNCTIONS:
        function, hops = waiting.popleft()
        fact = index.function(function)
        if fact is None or not runs_when_called(fact) or not keeps_its_call(index, fact):
            continue
        for callee, number, awaited in callees(index, function):
            way = (*hops, Hop(function, number, callee))
            row = None if awaited else blocks(index, callee)
            if row is not None and row.kind is Kind.FILE:
                if not hops:  # files that somebody far down reads are as good as always read quickly
                    file_access = file_access or Chain(way, row)
            elif row is not None and row.kind is not Kind.LOCK:  # whether a lock waits depends on the arguments
                return Chain(way, row)
            if callee not in seen:
                seen.add(callee)
                waiting.append((callee, way))
    return file_access


def runs_when_called(fact: FunctionFact | None) -> bool:
    """Whether a call runs the body then and there: neither a coroutine nor a generator."""
    return fact is not None and not fact.is_async and not fact.is_generator


def keeps_its_call(index: Index, fact: FunctionFact) -> bool:
    """Whether the decorators are known to leave alone what calling the function does."""
    for decorator in fact.decorators:
        symbol = decorator.func if isinstance(decorator, Call) else decorator
        name = index.named(symbol) if symbol is not None else None
        if name not in TRANSPARENT and not (name and symbol is decorator and calls_what_it_wraps(index, name)):
            return False
    return True


def calls_what_it_wraps(index: Index, decorator: str) -> bool:
    """Whether a decorator of the project gives a plain function that itself calls the decorated one, and no other that it may
    have been given: one for threads, or for when a loop runs."""
    fact = index.function(decorator)
    if fact is None or not fact.params or fact.is_async or fact.is_generator or not fact.results:
        return False
    wrapped = fact.params[0].name
    for result in fact.results:
        wrapper = index.function(result.name) if isinstance(result, Ref) else None
        if wrapper is None or not runs_when_called(wrapper):
            return False
        given = {call.callee.name for call in wrapper.calls if isinstance(call.callee, Parameter)}
        if given != {wrapped} or any(_knows_of_loops(index, call.callee) for call in wrapper.calls):
            return False
    return True


def _knows_of_loops(index: Index, callee: Symbol) -> bool:
    return (index.named(callee) or "").startswith(("asyncio.", "anyio.", "inspect.", "sniffio."))
