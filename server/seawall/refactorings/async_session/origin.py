"""Where a session comes from, by facts alone: through `Depends`, providers and factories to the engine."""

from __future__ import annotations

from seawall.semantics.facts import FunctionFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.route import unwrap
from seawall.semantics.symbols import Attr, Call, Either, Entered, Parameter, Ref, Symbol
from seawall.semantics.types import Instance

SESSIONS = ("sqlalchemy.orm.Session", "sqlmodel.Session")
QUERY = "sqlalchemy.orm.Query"
_FACTORY = "sqlalchemy.orm.sessionmaker"
_ENGINE = "sqlalchemy.create_engine"
_MAX_HOPS = 12


def engine_of(index: Index, session: Symbol | None, hops: int = 0) -> str | None:
    """The absolute name of the module-level engine that a session is bound to; None if that is not certain."""
    if hops > _MAX_HOPS:
        return None
    match session:
        case Parameter(annotation=annotation, default=default):
            markers = (default, *unwrap(index, annotation)[1])
            return next((found for each in markers if (found := _provided(index, each, hops))), None)
        case Entered(of):
            return engine_of(index, of, hops + 1)
        case Call(func=Ref() as function):
            return _made(index, session, function, hops)
        case Call(func=Attr(of=of)):  # `session.query(...)`
            return engine_of(index, of, hops + 1)
        case Either(several):
            return next((found for each in several if (found := engine_of(index, each, hops + 1))), None)
        case Attr(of, name):
            owner = index.type_of(of)
            if isinstance(owner, Instance):
                return engine_of(index, index.attribute_set_in_methods(owner.cls, name), hops + 1)
        case Ref(name):
            fact = index.resolve(name).fact
            if isinstance(fact, ValueFact):
                return engine_of(index, fact.value, hops + 1)
    return None


def url_of(index: Index, engine: str) -> Symbol | None:
    """The expression that an engine gets its URL from."""
    fact = index.resolve(engine).fact
    call = fact.value if isinstance(fact, ValueFact) else None
    return _argument(call, "url") if isinstance(call, Call) else None


def _provided(index: Index, marker: Symbol | None, hops: int) -> str | None:
    """Of `Depends(provider)`."""
    if not isinstance(marker, Call) or index.named(marker.func) not in ("fastapi.Depends", "fastapi.Security"):
        return None
    provider = _argument(marker, "dependency")
    return _made(index, Call(provider), provider, hops) if isinstance(provider, Ref) else None


def _made(index: Index, call: Call, function: Ref, hops: int) -> str | None:
    """Of a call of a factory, a provider, or the session's class."""
    resolved = index.resolve(function.name)
    if resolved.name in SESSIONS:
        return _engine(index, _argument(call, "bind"))
    match resolved.fact:
        case ValueFact(value=Call() as factory) if index.named(factory.func) == _FACTORY:
            return _engine(index, _argument(factory, "bind"))
        case FunctionFact(results=results):
            return next((found for each in results if (found := engine_of(index, each, hops + 1))), None)
    return None


def _engine(index: Index, symbol: Symbol | None) -> str | None:
    if not isinstance(symbol, Ref):
        return None
    resolved = index.resolve(symbol.name)
    made = resolved.fact.value if isinstance(resolved.fact, ValueFact) else None
    return resolved.name if isinstance(made, Call) and index.named(made.func) == _ENGINE else None


def _argument(call: Call, name: str) -> Symbol | None:
    """The first argument, or the one of that name."""
    return call.args[0] if call.args else call.keyword(name)
