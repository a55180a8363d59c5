"""What the targets get that a call's result is unpacked to: `engine, SessionLocal = connect()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.semantics.symbols import Annotation, Awaited, Call, Element, Several, Subscript
from seawall.semantics.types import Named, Type, any_of

if TYPE_CHECKING:
    from seawall.semantics.index import Index

_TUPLES = frozenset({"builtins.tuple", "typing.Tuple"})


def element(index: Index, symbol: Element) -> Type | None:
    """A part of the tuple that a function of the project returns."""
    call = symbol.of.of if isinstance(symbol.of, Awaited) else symbol.of
    function = index.type_of(call.func) if isinstance(call, Call) else None
    fact = index.function(function.name) if isinstance(function, Named) else None
    if not isinstance(function, Named) or fact is None or fact.is_generator:
        return None
    if fact.is_async != isinstance(symbol.of, Awaited):
        return None
    return index.answer(_element_of, (function.name, symbol.position))


def _element_of(index: Index, asked: tuple[str, int]) -> Type | None:
    """Asked by name, so that a function that calls itself comes to an end."""
    name, position = asked
    fact = index.function(name)
    if fact is None:
        return None
    match fact.declared:
        case Subscript(of, args) if index.named(of) in _TUPLES and position < len(args):
            part = args[position]
            return index.type_of(Annotation(part)) if part is not None else None
        case None:
            several = [one.items for one in fact.results if isinstance(one, Several) and position < len(one.items)]
            if several and len(several) == len(fact.results):
                return any_of([index.type_of(items[position]) for items in several])
    return None
