"""Which parameters of a function are executed as SQL text: summaries, joined along calls."""

from __future__ import annotations

from typing import NamedTuple

from seawall.knowledge.sql import SINKS, Sink
from seawall.semantics.facts import FunctionFact, Passed
from seawall.semantics.giving import filled
from seawall.semantics.index import Index
from seawall.semantics.summary import Hop, known
from seawall.semantics.symbols import Parameter
from seawall.semantics.taint import is_harmless, through_call
from seawall.semantics.types import Instance, Named, Type, options

_TEXT = ("builtins.str", "typing.LiteralString", "typing.Any")


class Reach(NamedTuple):
    """How a parameter's text comes to be executed: the call that takes it, and the calls on the way there."""

    sink: Sink
    name: str
    hops: tuple[Hop, ...]


def sql_parameters(index: Index, function: str) -> dict[str, Reach]:
    """The parameters that are text as they come and are executed as such."""
    return index.answer(_sql_parameters, function) or {}


def _sql_parameters(index: Index, function: str) -> dict[str, Reach]:
    fact = index.function(function)
    found: dict[str, Reach] = {}
    if fact is None:
        return found
    for number, call in enumerate(fact.calls):
        whole = [passed for passed in fact.passed(number) if passed.whole]
        if not whole:
            continue
        for target in options(index.type_of(call.callee)):
            if isinstance(target, Named):
                for passed, reach in _taken(index, target, whole, Hop(function, number, target.name)):
                    for name in _parameters(index, function, fact, passed):
                        found.setdefault(name, reach)
    return found


def _taken(index: Index, target: Named, whole: list[Passed], hop: Hop) -> list[tuple[Passed, Reach]]:
    """The arguments that what is called takes as SQL."""
    row = known(index, SINKS, target.name)
    if row is not None:
        return [(one, Reach(row, target.name, (hop,))) for one in whole if one.to in (row.position, row.keyword)]
    fact = index.function(target.name)
    if fact is None:
        return []
    shift = filled(index, target, fact)
    below = sql_parameters(index, index.resolve(target.name).name)
    places = {name: at - shift for at, name in enumerate(one.name for one in fact.params)}
    return [
        (one, Reach(reach.sink, reach.name, (hop, *reach.hops)))
        for name, reach in below.items()
        for one in whole
        if one.to == name or one.to == places.get(name)
    ]


def _parameters(index: Index, name: str, function: FunctionFact, passed: Passed) -> list[str]:
    """The parameters that an argument is, directly or through a helper that hands text back."""
    found: list[str] = []
    for origin in passed.origins:
        given = [origin]
        if origin.startswith("#"):
            given = [spot.origin for spot, _ in through_call(index, name, function, origin) if spot.function == name]
        found.extend(one for one in given if any(_is_text(index, param, one) for param in function.params))
    return found


def _is_text(index: Index, parameter: Parameter, origin: str) -> bool:
    if parameter.name != origin or origin in ("self", "cls") or is_harmless(index, parameter):
        return False
    declared: tuple[Type, ...] = options(index.type_of(parameter))
    return not declared or any(isinstance(one, Instance) and one.cls in _TEXT for one in declared)
