"""How outside data comes to a place: from a handler's parameter, a request or a message, along calls, results and attributes.

An origin (`semantics/origins.py`) tells where an expression's characters come from within its function. From there the search goes
back over the whole project: to those who call the function, into the functions whose results are used, to the methods that keep
an attribute, to what `Depends` provides. Only what keeps the characters is followed: `int(q)`, `NAMES[q]` and functions that are not
known lead nowhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from seawall.knowledge import outside as known_outside
from seawall.semantics.dispatch import targets
from seawall.semantics.facts import ClassFact, FunctionFact, Passed
from seawall.semantics.giving import Calls, callers, enqueued, filled, put
from seawall.semantics.harmless import is_harmless, is_harmless_path
from seawall.semantics.index import Index
from seawall.semantics.meanings.route import Kind, kind_of, unwrap
from seawall.semantics.paths import STEP, first_step, settled, split, steps_of, symbol_of
from seawall.semantics.sources import FORM_PARTS, checked_field, is_form, is_validated, source
from seawall.semantics.summary import Hop
from seawall.semantics.symbols import Call
from seawall.semantics.types import Instance, Named, options

__all__ = ["Arrival", "Spot", "is_harmless", "outside", "split", "symbol_of", "through_call", "unvalidated"]

MAX_SPOTS = 200
_MAX_LENGTH = 120


class Arrival(NamedTuple):
    """How outside data comes to a place: what it is, and the calls that hand it on, the handler's first."""

    source: str
    handler: str
    hops: tuple[Hop, ...] = ()
    origin: str = ""
    """What it is called in the handler."""


class Spot(NamedTuple):
    """An origin in a function; `is_handled` if a framework is known to call it."""

    function: str
    origin: str
    is_handled: bool = False


def outside(index: Index, function: str, origin: str) -> Arrival | None:
    """The way on which what a client sends comes to be the origin in a function; None if none is proved."""
    return index.answer(_search, (function, origin))


def unvalidated(index: Index, function: str, origin: str) -> Arrival | None:
    """The same for what no schema has looked at on the way."""
    return index.answer(_search_unvalidated, (function, origin))


def _search_unvalidated(index: Index, start: tuple[str, str]) -> Arrival | None:
    return _search(index, start, is_validated)


def _search(
    index: Index, start: tuple[str, str], ends: Callable[[Index, FunctionFact, str], bool] | None = None
) -> Arrival | None:
    first = Spot(*start)
    waiting: deque[tuple[Spot, tuple[Hop, ...]]] = deque([(first, ())])
    seen = {first}
    task: Arrival | None = None
    calls: dict[str, Calls] = {}
    while waiting and len(seen) < MAX_SPOTS:
        spot, hops = waiting.popleft()
        if spot.origin.startswith("^"):
            spot = Spot(spot.function.rpartition(".<locals>.")[0], spot.origin[1:])
        origin = settled(spot.origin)
        if origin is None:
            continue
        spot = spot._replace(origin=origin)
        fact = index.function(spot.function)
        if fact is None or len(spot.origin) > _MAX_LENGTH or is_harmless_path(index, fact, spot.origin):
            continue
        if ends is not None and ends(index, fact, spot.origin):
            continue
        sent_by = source(index, spot.function, fact, spot.origin, spot.is_handled)
        if sent_by == known_outside.TASK:
            task = task or Arrival(sent_by, spot.function, hops, spot.origin)
            for caller, number, given in enqueued(index, spot.function, spot.origin):
                if (before := Spot(caller, given)) not in seen:
                    seen.add(before)
                    waiting.append((before, (Hop(caller, number, spot.function), *hops)))
        elif sent_by is not None:
            return Arrival(sent_by, spot.function, hops, spot.origin)
        for before, hop in _before(index, spot, fact, calls):
            if before not in seen:
                seen.add(before)
                waiting.append((before, (hop, *hops) if hop is not None else hops))
    return task


def _before(index: Index, spot: Spot, fact: FunctionFact, calls: dict[str, Calls]) -> Iterator[tuple[Spot, Hop | None]]:
    """Where what is at a spot may have been before, one step back."""
    head, steps = split(spot.origin)
    if head.startswith("#"):
        yield from through_call(index, spot.function, fact, spot.origin)
        for caller, call, given in put(index, fact, int(head[1:])):
            yield Spot(caller, given + steps), Hop(caller, call, spot.function)
    elif not head.startswith("@"):
        for found in _provided(index, spot, fact, head, steps):
            yield found, None
        for caller, call, given in callers(index, spot.function, spot.origin, calls):
            yield Spot(caller, given), Hop(caller, call, spot.function)
    for found in _kept(index, fact, head, steps):
        yield found, None


# -- from a result to what it is made of ------------------------------------------------------------------------------


def through_call(index: Index, name: str, function: FunctionFact, origin: str) -> Iterator[tuple[Spot, Hop | None]]:
    """Where the result of a call comes from: what the call hands over, or what the called function finds elsewhere."""
    head, steps = split(origin)
    number = int(head[1:])
    if number >= len(function.calls):
        return
    call, handed = function.calls[number], function.passed(number)
    for target in options(index.type_of(call.callee)):
        if not isinstance(target, Named):
            continue
        found = index.resolve(target.name)
        if isinstance(found.fact, FunctionFact):
            if any(word in found.fact.name.lower() for word in known_outside.QUOTES):
                continue
            shift = filled(index, target, found.fact)
            rest = steps.removeprefix("[*]") if found.fact.is_generator else steps
            for method in _methods(index, found.name, found.fact, target):
                run = index.resolve(method)
                for spot in results(index, method):
                    for given in _as_passed(handed, run, spot, shift):
                        before = Spot(name, given + rest) if given else Spot(spot.function, spot.origin + rest)
                        yield before, Hop(name, number, method)
        elif isinstance(found.fact, ClassFact):
            for given in _into_instance(index, handed, found.name, steps):
                yield Spot(name, given), None
        elif found.name == "types.SimpleNamespace":
            attribute, rest = first_step(steps)
            for passed in handed:
                yield from ((Spot(name, given + rest), None) for given in passed.origins if passed.to == attribute)
        elif found.name in known_outside.HANDS_ON or target.last in known_outside.VALIDATES_INTO:
            for passed in handed:
                if passed.to == 0:
                    for given in passed.origins:
                        yield Spot(name, given + steps), None


def _methods(index: Index, name: str, function: FunctionFact, target: Named) -> tuple[str, ...]:
    """The function itself, or the methods that fill in for one that says nothing."""
    cls = target.receiver.cls if target.receiver is not None else ""
    return tuple(method for method, _ in targets(index, name, function, cls))


def _as_passed(handed: tuple[Passed, ...], called: object, spot: Spot, shift: int) -> list[str]:
    """What the call gives for a parameter of the called function; an empty path for what does not come from the call."""
    function: FunctionFact = called.fact  # type: ignore[attr-defined]
    if spot.function != called.name:  # type: ignore[attr-defined]
        return [""]
    head, steps = split(spot.origin)
    position = next((at for at, one in enumerate(function.params) if one.name == head), None)
    if position is None or position < shift:
        return [""]
    return [given + steps for passed in handed if passed.to in (head, position - shift) for given in passed.origins]


def results(index: Index, function: str) -> tuple[Spot, ...]:
    """What a function's result is made of: origins at its own parameters, and spots elsewhere."""
    return index.answer(_results, function) or ()


def _results(index: Index, function: str) -> tuple[Spot, ...]:
    fact = index.function(function)
    found: dict[Spot, None] = {}
    for origin in fact.gives if fact is not None else ():
        if len(found) > MAX_SPOTS or is_harmless_path(index, fact, origin):  # type: ignore[arg-type]
            continue
        found[Spot(function, origin)] = None
        if origin.startswith("#"):
            found.update(dict.fromkeys(spot for spot, _ in through_call(index, function, fact, origin)))  # type: ignore[arg-type]
    return tuple(found)


def _into_instance(index: Index, handed: tuple[Passed, ...], cls: str, steps: str) -> Iterator[str]:
    """What a call of a class puts where the steps lead: `Filter(name=q).name`, `Form(request.POST).cleaned_data["name"]`."""
    attribute, rest = first_step(steps)
    if is_form(index, cls):
        keys = steps_of(rest)
        if attribute in FORM_PARTS and not (keys and checked_field(index, cls, keys[0])):
            yield from (given for passed in handed if passed.to in (0, "data") for given in passed.origins)
        return
    if attribute in ("model_dump", "dict"):
        names = [one for one in steps_of(rest) if one.isidentifier()]
        yield from (given for passed in handed if passed.to in names or not names for given in passed.origins)
        return
    member = index.member(cls, "__init__")
    if member is not None and isinstance(member.fact, FunctionFact):
        for name, kept in member.fact.keeps:
            if name != attribute:
                continue
            for origin in kept:
                given = _as_passed(handed, member, Spot(member.name, origin), 1)
                yield from (one + rest for one in given if one)
        return
    fields = list(index.attributes(cls))
    position = steps[1:].partition("]")[0] if steps.startswith("[") else ""
    if position.isdigit() and index.is_subclass(cls, "typing.NamedTuple"):
        attribute, rest = "".join(fields[int(position) : int(position) + 1]), steps.partition("]")[2]
    for passed in handed:
        if passed.to == attribute or (isinstance(passed.to, int) and fields[passed.to : passed.to + 1] == [attribute]):
            yield from (given + rest for given in passed.origins)


# -- from an attribute to who keeps it --------------------------------------------------------------------------------


def _kept(index: Index, fact: FunctionFact, head: str, steps: str) -> Iterator[Spot]:
    """Methods of the project's classes that set an attribute on the way, or the property that it is."""
    path, rest = head, steps
    while rest:
        match = STEP.match(rest)
        if match is None:
            return
        attribute, rest = match[1], rest[match.end() :]
        if attribute:
            for owner in options(index.type_of(symbol_of(fact, path))):
                if isinstance(owner, Instance) and index.split(owner.cls)[0]:
                    yield from _set_in(index, owner.cls, attribute, rest)
        path += match[0]


def _set_in(index: Index, cls: str, attribute: str, rest: str) -> Iterator[Spot]:
    for base in index.mro(cls):
        if not index.split(base)[0]:
            continue
        for method in index.methods(base):
            name = f"{base}.{method}"
            fact = index.function(name)
            if fact is None:
                continue
            if method == attribute:
                for spot in results(index, name):
                    yield Spot(spot.function, spot.origin + rest)
            for kept, given in fact.keeps:
                if kept == attribute:
                    yield from (Spot(name, origin + rest) for origin in given)


# -- from a dependency to what provides it ----------------------------------------------------------------------------


def _provided(index: Index, spot: Spot, fact: FunctionFact, head: str, steps: str) -> Iterator[Spot]:
    parameter = next((one for one in fact.params if one.name == head), None)
    if parameter is None or kind_of(index, parameter) is not Kind.DEPENDENCY:
        return
    annotation, metadata = unwrap(index, parameter.annotation)
    for marker in (parameter.default, *metadata):
        if not isinstance(marker, Call):
            continue
        provider = marker.args[0] if marker.args else marker.keyword("dependency") or annotation
        for target in options(index.type_of(provider)) if provider is not None else ():
            yield from _from_provider(index, target, steps)


def _from_provider(index: Index, target: object, steps: str) -> Iterator[Spot]:
    if isinstance(target, Instance):
        member = index.member(target.cls, "__call__")
        name = member.name if member is not None else ""
    elif isinstance(target, Named):
        found = index.resolve(target.name)
        name = found.name
        if isinstance(found.fact, ClassFact):
            yield from _from_class(index, name, steps)
            return
    else:
        return
    for spot in results(index, name):
        yield Spot(spot.function, spot.origin + steps, spot.function == name or spot.is_handled)


def _from_class(index: Index, cls: str, steps: str) -> Iterator[Spot]:
    """A class that FastAPI calls with the request's parameters, and which keeps them."""
    attribute, rest = first_step(steps)
    member = index.member(cls, "__init__")
    if member is not None and isinstance(member.fact, FunctionFact):
        for name, kept in member.fact.keeps:
            if name == attribute:
                yield from (Spot(member.name, origin + rest, True) for origin in kept)
