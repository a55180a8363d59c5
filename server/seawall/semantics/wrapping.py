"""What decorators do to a call of the function that they decorate."""

from __future__ import annotations

from seawall.knowledge.coroutines import CACHES, TASKS, TRANSPARENT
from seawall.semantics.facts import ClassFact, FunctionFact
from seawall.semantics.index import Index
from seawall.semantics.symbols import Call, Parameter, Ref, Symbol

_ASKS_FOR_LOOP = ("asyncio.", "anyio.", "inspect.", "sniffio.")


def runs_when_called(fact: FunctionFact | None) -> bool:
    """Whether a call runs the body then and there: neither a coroutine nor a generator."""
    return fact is not None and not fact.is_async and not fact.is_generator


def keeps_its_call(index: Index, fact: FunctionFact, also: frozenset[str] = frozenset()) -> bool:
    """Whether the decorators, apart from those named, are known to leave alone what calling the function does."""
    for decorator in fact.decorators:
        name = _name(index, decorator)
        if name in TRANSPARENT or name in also:
            continue
        if name in TASKS and not fact.is_async:
            continue
        if name in CACHES and any(one.name not in ("self", "cls") for one in fact.params):
            continue
        if not any(_calls_what_it_is_given(index, wrapper, name) for wrapper, name in _wrappers(index, decorator)):
            return False
    return True


def is_cached(index: Index, fact: FunctionFact) -> bool:
    """Whether a decorator keeps what the function gave."""
    return any(_name(index, decorator) in CACHES for decorator in fact.decorators)


def wrappers(index: Index, fact: FunctionFact) -> tuple[str, ...]:
    """The project's functions that the decorators put in the place of the function: a call runs them."""
    found = []
    for decorator in fact.decorators:
        name = _name(index, decorator)
        if name is not None and name not in TRANSPARENT:
            found += [wrapper for wrapper, _ in _wrappers(index, decorator)]
            if isinstance(index.resolve(name).fact, ClassFact) and (member := index.member(name, "__call__")):
                found.append(member.name)
    return tuple(one for one in found if runs_when_called(index.function(one)))


def _name(index: Index, decorator: Symbol | None) -> str | None:
    symbol = decorator.func if isinstance(decorator, Call) else decorator
    return index.named(symbol) if symbol is not None else None


def _wrappers(index: Index, decorator: Symbol | None) -> list[tuple[str, str]]:
    """What a decorator of the project gives, if it is always an inner function, and the parameter that it decorates."""
    name = _name(index, decorator)
    if name is None:
        return []
    if isinstance(decorator, Call):  # `@retry(times=3)`: a call gives the decorator
        return [one for inner in _results(index, name) for one in _given_by(index, inner)]
    return _given_by(index, name)


def _given_by(index: Index, decorator: str) -> list[tuple[str, str]]:
    fact = index.function(decorator)
    if fact is None or not fact.params:
        return []
    return [(wrapper, fact.params[0].name) for wrapper in _results(index, decorator)]


def _results(index: Index, function: str) -> list[str]:
    """The functions that a function returns, if it returns nothing else."""
    fact = index.function(function)
    if fact is None or not runs_when_called(fact) or not fact.results:
        return []
    found = [index.resolve(one.name).name for one in fact.results if isinstance(one, Ref)]
    is_all = len(found) == len(fact.results) and all(index.function(one) is not None for one in found)
    return found if is_all else []


def _calls_what_it_is_given(index: Index, wrapper: str, wrapped: str) -> bool:
    """Whether a wrapper itself calls the decorated function, and no other that it may have been given: one for threads, or for
    when a loop runs."""
    fact = index.function(wrapper)
    if fact is None or not runs_when_called(fact):
        return False
    called = {site.callee.name for site in fact.calls if not site.use and isinstance(site.callee, Parameter)}
    return called == {wrapped} and not asks_for_loop(index, fact)


def asks_for_loop(index: Index, fact: FunctionFact) -> bool:
    """Whether a function finds out for itself whether a loop runs, or deals with coroutines."""
    return any(not site.use and (index.named(site.callee) or "").startswith(_ASKS_FOR_LOOP) for site in fact.calls)
