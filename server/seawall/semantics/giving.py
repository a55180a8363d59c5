"""From a function's parameter back to the calls that give it: plain ones, of threads and loops, and through a task's queue."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import tee

from seawall.knowledge import outside
from seawall.semantics.calls import last_name
from seawall.semantics.evaluate import is_decorated
from seawall.semantics.facts import CallSite, ClassFact, FunctionFact
from seawall.semantics.index import Index
from seawall.semantics.paths import split
from seawall.semantics.symbols import Call, Ref, Symbol
from seawall.semantics.types import Instance, Named, options

Calls = Iterator[tuple[str, int, int]]
"""Calls of a function: who calls it, the number of the call there, and how many parameters it fills by itself."""


def callers(
    index: Index, function: str, origin: str, known: dict[str, Calls] | None = None
) -> Iterator[tuple[str, int, str]]:
    """The calls in the project that give a parameter of the function: caller, number of the call, and the origin there.

    A search that comes by a function for several of its parameters keeps in `known` which calls it has looked at.
    """
    head, steps = split(origin)
    fact = index.function(function)
    position = next((number for number, one in enumerate(fact.params) if one.name == head), None) if fact else None
    if position is None:
        return
    calls = known.get(function) if known is not None else None
    calls, kept = tee(calls if calls is not None else _calls_of(index, function))
    if known is not None:
        known[function] = kept
    for caller, number, shift in calls:
        calling = index.function(caller)
        for passed in calling.passed(number) if calling else ():
            if passed.to == head or passed.to == position - shift:
                yield from ((caller, number, given + steps) for given in passed.origins)
    yield from _handed_over(index, function, head, steps, position)


def _calls_of(index: Index, function: str) -> Calls:
    owner, _, last = function.rpartition(".")
    names = [last]
    if last == "__init__":  # is called by the name of the class, or of one that has it from there
        names = [cls.rpartition(".")[2] for cls in (owner, *index.subclasses(owner))]
    for caller in dict.fromkeys(caller for name in names for caller in index.callers(name)):
        calling = index.function(caller)
        for number, call in enumerate(calling.calls if calling else ()):
            if calling is None or _is_other(index, call.callee, function):
                continue
            shift = _leads_to(index, call, function) if calling.passed(number) else None
            if shift is not None:
                yield caller, number, shift


def _is_other(index: Index, callee: Symbol, function: str) -> bool:
    """Whether a call plainly is one of another function: a module's own, as helpers are that were copied from file to file."""
    if not isinstance(callee, Ref) or callee.name == function:
        return False
    found = index.resolve(callee.name)
    is_other = isinstance(found.fact, FunctionFact) and found.name != function
    return is_other and index.has_module(found.name.rpartition(".")[0])


def _handed_over(index: Index, function: str, head: str, steps: str, position: int) -> Iterator[tuple[str, int, str]]:
    """The same for calls that somebody else makes: `asyncio.to_thread(search, word)`."""
    last = function.rpartition(".")[2]
    for method, at in outside.HANDOVERS.items():
        for caller in index.callers(method):
            calling = index.function(caller)
            for number, call in enumerate(calling.calls if calling else ()):
                given = next((one.value for one in call.given if one.to == at), None)
                if calling is None or given is None or last_name(given) != last or last_name(call.callee) != method:
                    continue
                shift = _leads_to(index, CallSite(given, call.place), function)
                for passed in calling.passed(number) if shift is not None else ():
                    if passed.to in (head, at + 1 + position - (shift or 0)):
                        yield from ((caller, number, origin + steps) for origin in passed.origins)


def enqueued(index: Index, function: str, origin: str) -> Iterator[tuple[str, int, str]]:
    """The calls that put a task's arguments into the queue: `task.delay(name)`."""
    head, steps = split(origin)
    fact = index.function(function)
    positions = [one.name for one in (fact.params if fact else ()) if one.name not in ("self", "ctx", "context")]
    for caller in dict.fromkeys(caller for method in sorted(outside.ENQUEUES) for caller in index.callers(method)):
        calling = index.function(caller)
        for number, call in enumerate(calling.calls if calling else ()):
            if calling is None or not isinstance(call.callee, Ref) or not _enqueues(index, call.callee.name, function):
                continue
            for passed in calling.passed(number):
                is_position = isinstance(passed.to, int) and passed.to < len(positions)
                to = positions[passed.to] if is_position else passed.to  # type: ignore[index]
                if to in (head, "args", "kwargs"):
                    yield from ((caller, number, given + steps) for given in passed.origins)


def put(index: Index, function: FunctionFact, call: int) -> Iterator[tuple[str, int, str]]:
    """The calls that put things into the queue from which the call of that number reads."""
    if call >= len(function.calls):  # the function of another file with the same name
        return
    callee = function.calls[call].callee
    if not isinstance(callee, Ref) or last_name(callee) not in outside.QUEUE_READS:
        return
    queue = index.resolve(callee.name.rpartition(".")[0]).name
    if not is_queue(index, Ref(queue)):
        return
    for caller in dict.fromkeys(caller for method in outside.QUEUE_WRITES for caller in index.callers(method)):
        calling = index.function(caller)
        for number, one in enumerate(calling.calls if calling else ()):
            owner, _, method = one.callee.name.rpartition(".") if isinstance(one.callee, Ref) else ("", "", "")
            if calling is None or method not in outside.QUEUE_WRITES or index.resolve(owner).name != queue:
                continue
            for passed in calling.passed(number):
                if passed.to in (0, "item"):
                    yield from ((caller, number, given) for given in passed.origins)


def is_queue(index: Index, symbol: Symbol | None) -> bool:
    """Whether a symbol stands for what the program hands things to itself with."""
    found = options(index.type_of(symbol))
    return bool(found) and all(isinstance(one, Instance) and one.cls in outside.QUEUES for one in found)


def _enqueues(index: Index, called: str, task: str) -> bool:
    name, _, method = called.rpartition(".")
    is_named = name.rpartition(".")[2] == task.rpartition(".")[2]
    return is_named and method in outside.ENQUEUES and index.resolve(name).name == task


def _leads_to(index: Index, call: CallSite, function: str) -> int | None:
    """How many parameters a call of the function fills by itself; None if it calls another."""
    callee = call.callee
    if isinstance(callee, Call) and callee.args and index.named(callee.func) in outside.WRAPPERS:
        callee = callee.args[0] or callee
    for target in options(index.type_of(callee)):
        if not isinstance(target, Named):
            continue
        found = index.resolve(target.name)
        if isinstance(found.fact, ClassFact) and function.endswith(".__init__"):
            member = index.member(found.name, "__init__")
            if member is not None and member.name == function:
                return 1
        elif may_call(index, found.name, function):
            return filled(index, target, index.function(function))
    return None


def filled(index: Index, target: Named, function: FunctionFact | None) -> int:
    """How many parameters of a function a call fills by itself: that of the instance or the class."""
    is_class_method = function is not None and is_decorated(index, function, "builtins.classmethod")
    return 0 if target.receiver is None and not is_class_method else 1


def may_call(index: Index, target: str, function: str) -> bool:
    """Whether a call of `target` runs the function: it is that very one, or a method that overrides it."""
    if target == function:
        return True
    owner, _, name = target.rpartition(".")
    own, _, last = function.rpartition(".")
    return (
        name == last
        and isinstance(index.resolve(owner).fact, ClassFact)
        and isinstance(index.resolve(own).fact, ClassFact)
        and index.is_subclass(own, owner)
    )
