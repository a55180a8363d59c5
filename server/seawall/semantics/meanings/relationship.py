"""SQLAlchemy's relationships, and what is loaded of an object that came from an async session.

All of this is read from symbols, so that a query may stand in another function or module than the access.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from seawall.knowledge import results as known_results
from seawall.semantics.evaluate import instance_of
from seawall.semantics.facts import FunctionFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.route import unwrap
from seawall.semantics.summary import keeps_its_call
from seawall.semantics.symbols import (
    Attr,
    Awaited,
    Call,
    Constant,
    Either,
    Iterated,
    Parameter,
    Ref,
    Several,
    Subscript,
    Symbol,
)
from seawall.semantics.types import Instance, Named, options

ASYNC_SESSIONS = ("sqlalchemy.ext.asyncio.AsyncSession", "sqlalchemy.ext.asyncio.async_scoped_session")
EAGER = frozenset({"selectinload", "joinedload", "subqueryload", "immediateload", "contains_eager", "defaultload"})
BY_QUERY = frozenset({"scalar", "scalars", "execute", "exec", "stream_scalars"})
BY_KEY = frozenset({"get", "get_one"})
FETCHES = frozenset({
    "all", "fetchall", "fetchmany", "first", "one", "one_or_none", "scalar", "scalar_one", "scalar_one_or_none", "scalars",
    "unique",
})  # fmt: skip

_RELATIONSHIPS = frozenset({"sqlalchemy.orm.relationship", "sqlmodel.Relationship"})
_UNREAD = frozenset({"**", "sa_relationship", "sa_relationship_kwargs"})
_SELECTS = frozenset({"sqlalchemy.select", "sqlmodel.select"})
_STEPS = known_results.CHAINS["sqlalchemy.Select"] | {"with_for_update", "add_columns", "params", "correlate"}
_LOADS_NOTHING = frozenset({"load_only", "defer", "undefer", "lazyload", "raiseload", "noload"})
_DEPENDS = frozenset({"fastapi.Depends", "fastapi.Security"})
_MAX_DEPTH = 12


class Relationship(msgspec.Struct, frozen=True):
    """A relationship that is loaded when somebody reads it."""

    model: str
    name: str
    target: str
    """The class on the other side, absolute where that is known."""
    is_collection: bool

    @staticmethod
    def lazy(index: Index, cls: str, name: str) -> Relationship | None:
        """The relationship of that name, if it is certainly not loaded together with its object."""
        member = index.member(cls, name)
        if member is None or not isinstance(member.fact, ValueFact) or not isinstance(member.fact.value, Call):
            return None
        call = member.fact.value
        if index.named(call.func) not in _RELATIONSHIPS or any(key in _UNREAD for key, _ in call.keywords):
            return None
        if any(key == "lazy" for key, _ in call.keywords) and call.keyword("lazy") not in (
            Constant("select"),
            Constant(True),
        ):
            return None
        target, is_collection = _target(index, member.fact)
        return Relationship(member.name.rpartition(".")[0], name, target, is_collection)


def _target(index: Index, fact: ValueFact) -> tuple[str, bool]:
    declared = options(instance_of(index, fact.annotation)) if fact.annotation is not None else ()
    match declared:
        case (Instance(cls, (Instance(inner),)),) if cls.startswith(("builtins.", "typing.")):
            return inner, True
        case (Instance(cls),):
            return cls, False
    match fact.value:
        case Call(args=(Constant(str(name)), *_)) | Call(args=(Ref(name), *_)):
            return name, False
    return "", False


class Loaded(msgspec.Struct, frozen=True):
    """Where an object came from: the session, the names that the query loads with it, and the relationships on the way."""

    session: Symbol
    names: frozenset[str]
    path: tuple[str, ...] = ()

    @staticmethod
    def of(index: Index, symbol: Symbol | None, depth: int = 0) -> Loaded | None:
        """The origin of an object; None unless an async session certainly gave it by a query that can be read."""
        if depth > _MAX_DEPTH:
            return None
        match symbol:
            case Awaited(Call() as call):
                return _awaited(index, call, depth)
            case Call(func=Attr(of, name)) if name in FETCHES:
                return Loaded.of(index, of, depth + 1)
            case Call(func=Ref(), args=(inner,)) if index.named(symbol.func) in ("builtins.list", "builtins.set"):
                return Loaded.of(index, inner, depth + 1)
            case Iterated(of) | Subscript(of, _):
                return Loaded.of(index, of, depth + 1)
            case Attr(of, name):
                found = Loaded.of(index, of, depth + 1)
                return replace(found, path=(*found.path, name)) if found is not None else None
            case Parameter():
                provider = provider_of(index, symbol)
                return _awaited(index, Call(provider), depth) if provider is not None else None
            case Either(several):
                return _merged([Loaded.of(index, one, depth + 1) for one in several if one != Constant(None)])
        return None


def provider_of(index: Index, parameter: Parameter) -> Symbol | None:
    """What `Depends` calls for a parameter."""
    _, metadata = unwrap(index, parameter.annotation)
    for marker in (parameter.default, *metadata):
        if isinstance(marker, Call) and index.named(marker.func) in _DEPENDS:
            return marker.args[0] if marker.args else marker.keyword("dependency")
    return None


def _merged(found: list[Loaded | None]) -> Loaded | None:
    """What is known of an object that is one of several."""
    first = found[0] if found else None
    if first is None:
        return None
    names = first.names
    for one in found[1:]:
        if one is None or one.path != first.path:
            return None
        names |= one.names
    return replace(first, names=names)


def _awaited(index: Index, call: Call, depth: int) -> Loaded | None:
    if isinstance(call.func, Attr) and call.func.name in FETCHES and not isinstance(call.func.of, Parameter):
        streamed = Loaded.of(index, call.func.of, depth + 1)
        if streamed is not None:
            return streamed
    found = index.type_of(call.func)
    if not isinstance(found, Named):
        return None
    fact = index.resolve(found.name).fact
    if isinstance(fact, FunctionFact):
        if not fact.is_async or fact.is_generator or not keeps_its_call(index, fact):
            return None
        return _merged([Loaded.of(index, one, depth + 1) for one in fact.results if one != Constant(None)])
    owner, _, method = found.name.rpartition(".")
    if not index.is_subclass(owner, *ASYNC_SESSIONS):
        return None
    names: frozenset[str] | None = None
    if method in BY_KEY:
        names = frozenset()
        for key, value in call.keywords:
            if key in ("options", "**"):
                names = _eager(index, value)
    elif method in BY_QUERY and call.args:
        names = _query(index, call.args[0])
    session = call.func.of if isinstance(call.func, Attr) else Ref(getattr(call.func, "name", "").rpartition(".")[0])
    return Loaded(session, names) if names is not None else None


def _query(index: Index, symbol: Symbol | None) -> frozenset[str] | None:
    """The names that a query loads eagerly; None if that cannot be read."""
    match symbol:
        case Call(func=Attr(of, "options"), args=args):
            return _joined([_query(index, of), *(_eager(index, arg) for arg in args)])
        case Call(func=Attr(of, method)) if method in _STEPS:
            return _query(index, of)
        case Call(func=Ref() as function) if index.named(function) in _SELECTS:
            return frozenset()
        case Either(several):
            return _joined([_query(index, one) for one in several])
    return None


def _eager(index: Index, option: Symbol | None) -> frozenset[str] | None:
    """The names that a loader option loads."""
    match option:
        case Several(items):
            return _joined([_eager(index, item) for item in items])
        case Call(func=Attr(of, method), args=args):
            before = _eager(index, of)
            if method == "options":
                return _joined([before, *(_eager(index, arg) for arg in args)])
            return before if method in _LOADS_NOTHING else _joined([before, _names(args)]) if method in EAGER else None
        case Call(func=Ref() as function, args=args):
            module, _, name = (index.named(function) or "").rpartition(".")
            if module == "sqlalchemy.orm":
                return frozenset() if name in _LOADS_NOTHING else _names(args) if name in EAGER else None
    return None


def _names(args: tuple[Symbol | None, ...]) -> frozenset[str] | None:
    found = [arg.name.rpartition(".")[2] if isinstance(arg, Ref) else None for arg in args]
    return frozenset(name for name in found if name) if all(found) else None


def _joined(several: list[frozenset[str] | None]) -> frozenset[str] | None:
    found: frozenset[str] = frozenset()
    for names in several:
        if names is None:
            return None
        found |= names
    return found
