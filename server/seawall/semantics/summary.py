"""What calling a function leads to: meaning carried along calls, through any number of hops."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from seawall.knowledge.blocking import BLOCKING, QUICK, Blocking, Kind
from seawall.semantics.calls import Callee, Step, callees, steps
from seawall.semantics.frames import Frame
from seawall.semantics.index import Index
from seawall.semantics.symbols import Constant
from seawall.semantics.wrapping import is_cached, keeps_its_call, runs_when_called

__all__ = [
    "Callee",
    "Chain",
    "Hop",
    "blocking_chain",
    "blocks",
    "callees",
    "chain_of",
    "keeps_its_call",
    "known",
    "leads_to",
]

MAX_FUNCTIONS = 2_000
_MOMENT = 0.01

Row = TypeVar("Row")


class Hop(NamedTuple):
    """A call inside the project function `caller`: the one of that number among its fact's calls."""

    caller: str
    call: int
    callee: str


class Chain(NamedTuple):
    """The way from a function to the call that blocks; the last hop's callee is the library's."""

    hops: tuple[Hop, ...]
    blocking: Blocking
    once: bool = False
    """It blocks only once, while something is made that is kept."""


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


def blocking_chain(index: Index, function: str) -> Chain | None:
    """The shortest way on which calling a plain `def` of the project blocks its thread; None if none is proved."""
    fact = index.function(function)
    if fact is None or not runs_when_called(fact) or not keeps_its_call(index, fact):
        return None
    return leads_to(index, Frame(function))


def leads_to(index: Index, frame: Frame) -> Chain | None:
    """The shortest way on which running a function's body blocks its thread."""
    return index.answer(_search, frame)


def _search(index: Index, start: Frame) -> Chain | None:
    waiting: deque[tuple[Frame, tuple[Hop, ...], bool]] = deque([(start, (), False)])
    seen = {(start, False)}
    at_first: Chain | None = None
    file_access: Chain | None = None
    while waiting and len(seen) < MAX_FUNCTIONS:
        frame, hops, once = waiting.popleft()
        for step in steps(index, frame):
            callee, is_once = step.frame.name, once or _is_once(index, frame, step)
            way = (*hops, Hop(frame.name, step.call, callee))
            row = None if step.awaited else blocks(index, callee)
            if row is not None and row.kind is Kind.FILE:
                if not hops and not _keeps_results(index, frame):  # what others read far down is read quickly
                    file_access = file_access or Chain(way, row)
            elif row is not None:
                if not _may_not_wait(index, frame, step, row):
                    if not is_once:
                        return Chain(way, row)
                    at_first = at_first or Chain(way, row, once=True)
            elif step.others:
                if (rest := _all_block(index, step)) is not None:
                    if not is_once and not rest.once:
                        return Chain((*way, *rest.hops), rest.blocking)
                    at_first = at_first or Chain((*way, *rest.hops), rest.blocking, once=True)
            elif (step.frame, is_once) not in seen and (step.frame, False) not in seen:
                seen.add((step.frame, is_once))
                waiting.append((step.frame, way, is_once))
    return at_first or file_access


def _is_once(index: Index, frame: Frame, step: Step) -> bool:
    fact = index.function(frame.name)
    return fact is not None and step.call < len(fact.calls) and fact.calls[step.call].once


def _may_not_wait(index: Index, frame: Frame, step: Step, row: Blocking) -> bool:
    """Whether it waits depends on more than the call.

    Locks wait for whoever holds them, events for what mostly has happened long ago, such as the start of a service; and a sleep
    of a moment (`time.sleep(0.001)`) only lets others go first.
    """
    if row.kind is not Kind.SLEEP:
        return row.kind is Kind.LOCK or step.frame.name == "threading.Event.wait"
    fact = index.function(frame.name)
    given = fact.calls[step.call].given if fact is not None and step.call < len(fact.calls) else ()
    lengths = [one.value.value for one in given if isinstance(one.value, Constant)]
    return len(lengths) == 1 and isinstance(lengths[0], (int, float)) and lengths[0] < _MOMENT


def chain_of(index: Index, step: Step) -> Chain | None:
    """The way on which a step into the project's code blocks."""
    return _all_block(index, step) if step.others else leads_to(index, step.frame)


def _all_block(index: Index, step: Step) -> Chain | None:
    """The way from the first of several methods, if whichever is meant blocks."""
    chains = [leads_to(index, frame) for frame in (step.frame, *step.others)]
    first = chains[0]
    if first is None or any(one is None or one.blocking.kind is Kind.FILE for one in chains):
        return None
    return first


def _keeps_results(index: Index, frame: Frame) -> bool:
    fact = index.function(frame.name)
    return fact is not None and is_cached(index, fact)
