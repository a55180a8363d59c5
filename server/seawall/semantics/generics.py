"""What a class's type variables stand for in those that derive from it: `class UserRepository(Repository[User])`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.semantics.facts import ClassFact, ValueFact
from seawall.semantics.symbols import Call, Either, Ref, Subscript, Symbol
from seawall.semantics.types import Instance, Type

if TYPE_CHECKING:
    from seawall.semantics.index import Index

_GENERIC = frozenset({"typing.Generic", "typing.Protocol"})
_VARIABLE = "typing.TypeVar"
_MAX_CLASSES = 32


def bound(index: Index, annotation: Symbol | None, owner: str, receiver: Instance | None) -> Symbol | None:
    """An annotation in the class `owner`, with its type variables as the receiver's class has them."""
    if annotation is None or receiver is None or not isinstance(index.resolve(owner).fact, ClassFact):
        return annotation
    known = dict(index.answer(_bindings, (owner, receiver)) or ())
    return _replaced(index, annotation, known) if known else annotation


def _bindings(index: Index, asked: tuple[str, Instance]) -> tuple[tuple[str, Symbol], ...]:
    """The type variables of a class and what they stand for in an instance of a class that derives from it."""
    owner, receiver = asked
    waiting: list[tuple[str, tuple[Symbol | None, ...]]] = [(receiver.cls, tuple(map(_written, receiver.args)))]
    for cls, given in waiting:  # grows while it is gone through
        names = index.answer(_variables, cls) or ()
        known = {name: value for name, value in zip(names, given, strict=False) if value is not None}
        if cls == owner:
            return tuple(known.items())
        fact = index.resolve(cls).fact
        for base in fact.bases if isinstance(fact, ClassFact) and len(waiting) < _MAX_CLASSES else ():
            name = index.named(base.of if isinstance(base, Subscript) else base)
            if name is not None and index.split(name)[0] and not any(name == one for one, _ in waiting):
                args = base.args if isinstance(base, Subscript) else ()
                waiting.append((name, tuple(_replaced(index, one, known) if one is not None else None for one in args)))
    return ()


def _variables(index: Index, cls: str) -> tuple[str, ...]:
    """The type variables of a class in their order: as `Generic[...]` lists them, else as its bases mention them."""
    fact = index.resolve(cls).fact
    found: dict[str, None] = {}
    for base in fact.bases if isinstance(fact, ClassFact) else ():
        if isinstance(base, Subscript):
            names = {name: None for one in base.args if (name := _variable(index, one)) is not None}
            if index.named(base.of) in _GENERIC:
                return tuple(names)
            found |= names
    return tuple(found)


def _variable(index: Index, symbol: Symbol | None) -> str | None:
    if not isinstance(symbol, Ref):
        return None
    found = index.resolve(symbol.name)
    if isinstance(found.fact, ValueFact) and isinstance(found.fact.value, Call):
        return found.name if index.named(found.fact.value.func) == _VARIABLE else None
    return None


def _replaced(index: Index, symbol: Symbol, known: dict[str, Symbol]) -> Symbol:
    match symbol:
        case Ref():
            return known.get(index.resolve(symbol.name).name, symbol)
        case Subscript(of, args):
            return Subscript(of, tuple(one and _replaced(index, one, known) for one in args))
        case Either(several):
            return Either(tuple(one and _replaced(index, one, known) for one in several))
    return symbol


def _written(type_: Type | None) -> Symbol | None:
    """The annotation that declares a type."""
    if not isinstance(type_, Instance):
        return None
    return Subscript(Ref(type_.cls), tuple(map(_written, type_.args))) if type_.args else Ref(type_.cls)
