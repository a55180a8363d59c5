"""Which methods of the project a call may run: the one that is named, or those that fill in for one that says nothing."""

from __future__ import annotations

from seawall.semantics.facts import ClassFact, FunctionFact
from seawall.semantics.index import Index

_PROTOCOLS = ("typing.Protocol", "typing_extensions.Protocol")


def targets(index: Index, method: str, fact: FunctionFact, cls: str) -> tuple[tuple[str, str], ...]:
    """The methods, each with the class it is called on; several if any of them may be meant, none if nobody knows."""
    owner = method.rpartition(".")[0]
    if not fact.is_stub or not isinstance(index.resolve(owner).fact, ClassFact):
        return ((method, cls if cls != owner else ""),)
    found = _filled_in(index, fact.name, index.subclasses(cls or owner))
    if not found and _is_protocol(index, owner):
        found = _filled_in(index, fact.name, _shaped_alike(index, owner))
    return tuple(found.items())


def _filled_in(index: Index, name: str, classes: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for cls in classes:
        member = index.member(cls, name)
        if member is not None and isinstance(member.fact, FunctionFact) and not member.fact.is_stub:
            found.setdefault(member.name, cls if member.name != f"{cls}.{name}" else "")
    return found


def _is_protocol(index: Index, cls: str) -> bool:
    fact = index.resolve(cls).fact
    return isinstance(fact, ClassFact) and any(index.is_subclass(cls, one) for one in _PROTOCOLS)


def _shaped_alike(index: Index, protocol: str) -> tuple[str, ...]:
    """Classes that have all the methods of a protocol without deriving from it."""
    methods = index.methods(protocol)
    candidates = index.definers(methods[0]) if methods else ()
    return tuple(
        cls
        for cls in candidates
        if cls != protocol
        and not _is_protocol(index, cls)
        and all(index.member(cls, method) is not None for method in methods)
    )
