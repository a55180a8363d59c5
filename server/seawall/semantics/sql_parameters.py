"""Which parameters of a function are executed as SQL text or become part of it: summaries, joined along calls."""

from __future__ import annotations

from collections.abc import Callable
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


Summary = Callable[[Index, str], dict[str, Reach]]


def sql_parameters(index: Index, function: str) -> dict[str, Reach]:
    """The parameters that are text as they come and are executed as such."""
    return index.answer(_sql_parameters, function) or {}


def parts_of_sql(index: Index, function: str) -> dict[str, Reach]:
    """The parameters whose characters become part of a text that is executed, the whole of it among them."""
    return index.answer(_parts_of_sql, function) or {}


def _sql_parameters(index: Index, function: str) -> dict[str, Reach]:
    return _joined(index, function, sql_parameters, lambda passed: passed.whole)


def _parts_of_sql(index: Index, function: str) -> dict[str, Reach]:
    return _joined(index, function, parts_of_sql, lambda passed: bool(passed.origins))


def _joined(index: Index, function: str, below: Summary, counts: Callable[[Passed], bool]) -> dict[str, Reach]:
    fact = index.function(function)
    found: dict[str, Reach] = {}
    if fact is None:
        return found
    for number, call in enumerate(fact.calls):
        given = [passed for passed in fact.passed(number) if counts(passed)]
        if not given:
            continue
        for target in options(index.type_of(call.callee)):
            if isinstance(target, Named):
                for passed, reach in _taken(index, target, given, Hop(function, number, target.name), below):
                    for name in _parameters(index, function, fact, passed):
                        found.setdefault(name, reach)
    return found


def _taken(index: Index, target: Named, given: list[Passed], hop: Hop, below: Summary) -> list[tuple[Passed, Reach]]:
    """The arguments that what is called takes as SQL."""
    row = known(index, SINKS, target.name)
    if row is not None:
        return [(one, Reach(row, target.name, (hop,))) for one in given if one.to in (row.position, row.keyword)]
    fact = index.function(target.name)
    if fact is None:
        return []
    shift = filled(index, target, fact)
    places = {name: at - shift for at, name in enumerate(one.name for one in fact.params)}
    return [
        (one, Reach(reach.sink, reach.name, (hop, *reach.hops)))
        for name, reach in below(index, index.resolve(target.name).name).items()
        for one in given
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
        if not passed.whole:
            found.extend(one.name for one in function.params if f"{one.name}[*]" in given and _holds_text(index, one))
    return found


def _holds_text(index: Index, parameter: Parameter) -> bool:
    """Whether a parameter certainly is a list of texts."""
    declared = options(index.type_of(parameter))
    return bool(declared) and all(
        isinstance(one, Instance) and any(isinstance(inner, Instance) and inner.cls in _TEXT for inner in one.args[:1])
        for one in declared
    )


def _is_text(index: Index, parameter: Parameter, origin: str) -> bool:
    if parameter.name != origin or origin in ("self", "cls") or is_harmless(index, parameter):
        return False
    declared: tuple[Type, ...] = options(index.type_of(parameter))
    return not declared or any(isinstance(one, Instance) and one.cls in _TEXT for one in declared)
