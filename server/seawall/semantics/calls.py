"""The call graph: what a function of the project makes run, by calls and by what looks like none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from seawall.knowledge.blocking import PROPERTIES
from seawall.semantics.dispatch import targets
from seawall.semantics.facts import CallSite, ClassFact, FunctionFact
from seawall.semantics.frames import ON, Frame, given, inside
from seawall.semantics.index import Index
from seawall.semantics.symbols import Attr, Call, Ref, Symbol
from seawall.semantics.types import Instance, Named, Type, options
from seawall.semantics.wrapping import keeps_its_call, runs_when_called, wrappers

_MANAGERS = frozenset({"contextlib.contextmanager"})
_CONSTRUCTORS = ("__init__", "__post_init__", "model_post_init")


class Step(NamedTuple):
    """From a site to code that certainly runs there; with `others`, it is one of these that runs."""

    frame: Frame
    call: int
    awaited: bool = False
    others: tuple[Frame, ...] = ()


class Callee(NamedTuple):
    """What a function calls: its absolute name, the number of the call, and whether it is awaited."""

    name: str
    call: int
    awaited: bool


def callees(index: Index, function: str) -> tuple[Callee, ...]:
    """The certain callees of a project function, coroutines and generators too."""
    return index.answer(_callees, function) or ()


def _callees(index: Index, function: str) -> tuple[Callee, ...]:
    fact = index.function(function)
    found = []
    for number, site in enumerate(fact.calls if fact is not None else ()):
        if not site.use:
            target = _one(index.type_of(site.callee))
            if isinstance(target, Named):
                member = _constructor(index, target.name, "__init__")
                found.append(Callee(member or target.name, number, site.awaited))
            elif isinstance(target, Instance):
                found.append(Callee(_call_method(index, target), number, site.awaited))
    return tuple(found)


def steps(index: Index, frame: Frame) -> tuple[Step, ...]:
    """What runs when the function's body runs, and its callees' in the project if that is certain."""
    return index.answer(_steps, frame) or ()


def _steps(index: Index, frame: Frame) -> tuple[Step, ...]:
    fact = index.function(frame.name)
    if fact is None:
        return ()
    properties = read_properties(index, fact.calls)
    return tuple(
        step
        for number, site in enumerate(fact.calls)
        if site.use != "read" or last_name(site.callee) in properties
        if not site.switch or (site.switch, ON) in frame.given  # nobody asked for it otherwise
        for step in steps_at(index, site, number, frame, fact)
    )


def read_properties(index: Index, sites: Iterable[CallSite]) -> frozenset[str]:
    """Names of attributes among the sites that are worth a look, since a property is called so."""
    names = frozenset(last_name(site.callee) for site in sites if site.use == "read")
    return index.properties(names) if names else names


def last_name(symbol: Symbol) -> str:
    return symbol.name.rpartition(".")[2] if isinstance(symbol, (Attr, Ref)) else ""


def steps_at(
    index: Index, site: CallSite, number: int, frame: Frame, caller: FunctionFact, known: Type | None = None
) -> Iterator[Step]:
    """What runs at a site of a function in a frame; `known` is the type of what is called, if somebody knows it already."""
    symbol = inside(site.callee, frame, caller)
    match site.use:
        case "":
            target = _one(known if known is not None else index.type_of(symbol))
            yield from _called(index, target, site, number, frame, caller)
        case "read":
            yield from _read(index, symbol, number)
        case "with":
            yield from _managed(index, symbol, site, number, frame, caller)
        case "for":
            yield from _gone_through(index, symbol, site, number, frame, caller)


def _called(
    index: Index, target: Type | None, site: CallSite, number: int, frame: Frame, caller: FunctionFact
) -> Iterator[Step]:
    if isinstance(target, Instance):
        method = _call_method(index, target)
        if index.function(method) is None:
            yield Step(Frame(method), number, site.awaited)
            return
        target = Named(method, target)
    if not isinstance(target, Named):
        return
    resolved = index.resolve(target.name)
    fact = resolved.fact
    if isinstance(fact, ClassFact):
        for name in _CONSTRUCTORS:
            init = _constructor(index, target.name, name)
            init_fact = index.function(init) if init else None
            if init and init_fact is not None and runs_when_called(init_fact):
                args = given(index, site, init, init_fact, True, frame, caller)
                yield Step(Frame(init, target.name if init != f"{target.name}.{name}" else "", args), number)
        if _constructor(index, target.name, "__init__") is None and (base := _library_base(index, target.name)):
            yield Step(Frame(base), number, site.awaited)
    elif isinstance(fact, FunctionFact):
        is_bound = target.receiver is not None or _is_classmethod(fact)
        cls = target.receiver.cls if target.receiver is not None else ""
        found = [
            Frame(one, of, given(index, site, one, method_fact, is_bound, frame, caller))
            for one, of in targets(index, resolved.name, fact, cls)
            if (method_fact := index.function(one)) is not None
        ]
        yield from _running(index, found, number, site.awaited)
    elif fact is None:
        yield Step(Frame(target.name), number, site.awaited)


def _running(
    index: Index, frames: list[Frame], number: int, awaited: bool = False, also: frozenset[str] = frozenset()
) -> Iterator[Step]:
    """The functions' bodies, if a call runs them, and what their decorators put around them."""
    running = []
    for frame in frames:
        fact = index.function(frame.name)
        if fact is None:
            continue
        if keeps_its_call(index, fact, also) and (also or runs_when_called(fact)):
            running.append(frame)
        if len(frames) == 1 and not also:
            for wrapper in wrappers(index, fact):
                yield Step(Frame(wrapper), number, awaited)
    if running and len(running) == len(frames):
        yield Step(running[0], number, awaited, tuple(running[1:]))


def _read(index: Index, symbol: Symbol, number: int) -> Iterator[Step]:
    """A property's body."""
    match symbol:
        case Attr(of, name):
            owner = _one(index.type_of(of))
        case Ref(full):
            of_name, _, name = full.rpartition(".")
            owner = _one(index.type_of(Ref(of_name))) if of_name else None
        case _:
            return
    if not isinstance(owner, Instance):
        return
    member = index.member(owner.cls, name)
    if member is not None and isinstance(member.fact, FunctionFact) and member.fact.decorators:
        found = [Frame(*one) for one in targets(index, member.name, member.fact, owner.cls)]
        if any(index.named(one) in PROPERTIES for one in member.fact.decorators if one is not None):
            yield from _running(index, found, number, also=PROPERTIES)


def _managed(
    index: Index, symbol: Symbol, site: CallSite, number: int, frame: Frame, caller: FunctionFact
) -> Iterator[Step]:
    """What entering and leaving a context manager runs."""
    function = _generator(index, symbol)
    if function is not None:
        name, fact, target = function
        if any(index.named(one) in _MANAGERS for one in fact.decorators if one is not None):
            args = given(index, site, name, fact, target.receiver is not None, frame, caller)
            yield from _running(index, [Frame(name, _other(name, target), args)], number, also=_MANAGERS)
        return
    yield from _methods(index, symbol, ("__enter__", "__exit__"), number)


def _gone_through(
    index: Index, symbol: Symbol, site: CallSite, number: int, frame: Frame, caller: FunctionFact
) -> Iterator[Step]:
    """What going through an iterable runs."""
    function = _generator(index, symbol)
    if function is not None:
        name, fact, target = function
        if keeps_its_call(index, fact):
            args = given(index, site, name, fact, target.receiver is not None, frame, caller)
            yield Step(Frame(name, _other(name, target), args), number)
        return
    yield from _methods(index, symbol, ("__iter__", "__next__"), number)


def _generator(index: Index, symbol: Symbol) -> tuple[str, FunctionFact, Named] | None:
    """The project's generator function whose call a symbol is."""
    target = _one(index.type_of(symbol.func)) if isinstance(symbol, Call) else None
    if not isinstance(target, Named):
        return None
    resolved = index.resolve(target.name)
    fact = resolved.fact
    if isinstance(fact, FunctionFact) and fact.is_generator and not fact.is_async:
        return resolved.name, fact, target
    return None


def _methods(index: Index, symbol: Symbol, names: tuple[str, ...], number: int) -> Iterator[Step]:
    """Methods of an object that a statement runs; those of libraries too."""
    found = _one(index.type_of(symbol))
    if not isinstance(found, Instance):
        return
    for name in names:
        member = index.member(found.cls, name)
        if member is None:
            yield Step(Frame(f"{found.cls}.{name}"), number)
        elif isinstance(member.fact, FunctionFact) and not member.fact.is_async:
            yield Step(Frame(member.name, found.cls if member.name != f"{found.cls}.{name}" else ""), number)


def _other(name: str, target: Named) -> str:
    cls = target.receiver.cls if target.receiver is not None else ""
    return cls if cls != name.rpartition(".")[0] else ""


def _one(type_: Type | None) -> Type | None:
    """The type if it is one; a call of one of two things proves nothing."""
    found = options(type_)
    return found[0] if len(found) == 1 else None


def _call_method(index: Index, target: Instance) -> str:
    member = index.member(target.cls, "__call__")
    return member.name if member else f"{target.cls}.__call__"


def _constructor(index: Index, name: str, method: str) -> str | None:
    """Calling a project class runs its `__init__`."""
    if isinstance(index.resolve(name).fact, ClassFact):
        member = index.member(name, method)
        return member.name if member and isinstance(member.fact, FunctionFact) else None
    return None


def _library_base(index: Index, cls: str) -> str | None:
    """The library's class that a project class without a constructor of its own is made by."""
    return next((base for base in index.mro(cls) if not index.split(base)[0]), None)


def _is_classmethod(fact: FunctionFact) -> bool:
    return any(isinstance(one, Ref) and last_name(one) == "classmethod" for one in fact.decorators)
