"""What an application keeps for its handlers: `app.state.pool`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.knowledge.results import STATE
from seawall.semantics.facts import ValueFact
from seawall.semantics.symbols import Call
from seawall.semantics.types import Instance, Type, any_of

if TYPE_CHECKING:
    from seawall.semantics.index import Index


def kept_in_state(index: Index, name: str) -> Type | None:
    """What `app.state.name` is set to anywhere in the project."""
    return index.answer(_kept, name)


def _kept(index: Index, name: str) -> Type | None:
    kept: list[Type | None] = []
    for one in index.states(name):
        fact = index.fact(*index.split(one))
        if isinstance(fact, ValueFact) and isinstance(fact.value, Call):
            state = index.type_of(fact.value.func)
            if state is None or state == Instance(STATE):  # and not that of a request
                kept.append(index.type_of(fact.value.args[0]))
    return any_of(kept) if kept else None
