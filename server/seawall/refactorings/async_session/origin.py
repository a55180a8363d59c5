"""Where a session comes from, by facts alone: through `Depends`, providers and factories to the engine."""

from __future__ import annotations

from seawall.semantics.facts import ClassFact, Fact, FunctionFact, ImportFact, ModuleFacts, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.route import unwrap
from seawall.semantics.symbols import Attr, Call, Either, Element, Entered, Parameter, Ref, Symbol
from seawall.semantics.types import Instance

SESSIONS = ("sqlalchemy.orm.Session", "sqlmodel.Session")
SCOPED = "sqlalchemy.orm.scoped_session"
QUERY = "sqlalchemy.orm.Query"
_FACTORIES = ("sqlalchemy.orm.sessionmaker", SCOPED)
_ENGINE = "sqlalchemy.create_engine"
_TESTS = frozenset({"tests", "test", "conftest"})
_OF_MIGRATIONS = frozenset({"alembic.op", "alembic.context"})
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
        case Element(of):  # `engine, SessionLocal = connect()`
            return _unpacked_with(index, of)
        case Attr(of, name):
            owner = index.type_of(of)
            if isinstance(owner, Instance):
                return engine_of(index, index.attribute_set_in_methods(owner.cls, name), hops + 1)
        case Ref(name):
            fact = index.resolve(name).fact
            if isinstance(fact, ValueFact):
                return engine_of(index, fact.value, hops + 1)
    return None


def engine_behind(index: Index, function: str, seen: frozenset[str] = frozenset()) -> str | None:
    """The engine of the session that a function gets through its dependencies, or through those of its class."""
    owner, _, last = function.rpartition(".")
    fact = index.resolve(function).fact
    if isinstance(fact, ClassFact):
        member = index.member(function, "__init__")
        return engine_behind(index, member.name, seen | {function}) if member is not None else None
    if not isinstance(fact, FunctionFact) or function in seen or len(seen) > _MAX_HOPS:
        return None
    for one in fact.params:
        declared = [one.annotation.name] if isinstance(one.annotation, Ref) and one.default is not None else []
        found = engine_of(index, one)
        for name in () if found else (provider_of(index, one) or declared):
            found = found or engine_behind(index, index.resolve(name).name, seen | {function})
        if found is not None:
            return found
    is_method = last != "__init__" and isinstance(index.resolve(owner).fact, ClassFact)
    return engine_behind(index, owner, seen | {function}) if is_method else None


def only_engine(index: Index) -> str | None:
    """The project's engine, if it has one and no other."""
    return index.answer(_only_engine, "")


def _only_engine(index: Index, _: str) -> str | None:
    found = _engines(index)
    return found[0] if len(found) == 1 else None


def _engines(index: Index) -> list[str]:
    return [
        f"{module}.{path}"
        for module, facts in index.modules.items()
        if not _TESTS.intersection(module.split(".")) and not is_migration(facts)
        for path, fact in facts.names.items()
        if _is_engine(index, fact)
    ]


def is_migration(facts: ModuleFacts) -> bool:
    """Whether a module belongs to Alembic, which has an engine of its own."""
    return any(isinstance(fact, ImportFact) and fact.target in _OF_MIGRATIONS for fact in facts.names.values())


def provider_of(index: Index, parameter: Parameter) -> list[str]:
    """The names of what `Depends` says that a parameter comes from."""
    markers = (parameter.default, *unwrap(index, parameter.annotation)[1])
    found = (_dependency(index, marker) for marker in markers)
    return [one.name for one in found if one is not None]


def url_of(index: Index, engine: str) -> Symbol | None:
    """The expression that an engine gets its URL from."""
    fact = index.resolve(engine).fact
    call = fact.value if isinstance(fact, ValueFact) else None
    is_made_here = isinstance(call, Call) and index.named(call.func) == _ENGINE
    return _argument(call, "url") if isinstance(call, Call) and is_made_here else None


def _provided(index: Index, marker: Symbol | None, hops: int) -> str | None:
    """Of `Depends(provider)`."""
    provider = _dependency(index, marker)
    return _made(index, Call(provider), provider, hops) if provider is not None else None


def _dependency(index: Index, marker: Symbol | None) -> Ref | None:
    if not isinstance(marker, Call) or index.named(marker.func) not in ("fastapi.Depends", "fastapi.Security"):
        return None
    provider = _argument(marker, "dependency")
    return provider if isinstance(provider, Ref) else None


def _made(index: Index, call: Call, function: Ref, hops: int) -> str | None:
    """Of a call of a factory, a provider, or the session's class."""
    resolved = index.resolve(function.name)
    if resolved.name in SESSIONS or resolved.name in _FACTORIES:
        given = _argument(call, "bind")
        return _engine(index, given) or (engine_of(index, given, hops + 1) if resolved.name in _FACTORIES else None)
    match resolved.fact:
        case ValueFact(value=Call() as factory) if index.named(factory.func) in _FACTORIES:
            return engine_of(index, factory, hops + 1)
        case FunctionFact(results=results):
            return next((found for each in results if (found := engine_of(index, each, hops + 1))), None)
    return None


def _engine(index: Index, symbol: Symbol | None) -> str | None:
    if not isinstance(symbol, Ref):
        return None
    resolved = index.resolve(symbol.name)
    return resolved.name if _is_engine(index, resolved.fact) else None


def _is_engine(index: Index, fact: Fact | None) -> bool:
    """Whether a value is made by `create_engine`, or by a function of the project that gives an engine."""
    if not isinstance(fact, ValueFact) or not isinstance(fact.value, Call | Element):
        return False
    if isinstance(fact.value, Element):
        return index.type_of(fact.value) == Instance("sqlalchemy.Engine")
    name = index.named(fact.value.func)
    if name is None or index.function(name) is None:
        return name == _ENGINE
    return index.type_of(fact.value) == Instance("sqlalchemy.Engine")


def _unpacked_with(index: Index, of: Symbol) -> str | None:
    """The engine that a call gives beside a factory."""
    for name in _engines(index):
        fact = index.resolve(name).fact
        if isinstance(fact, ValueFact) and isinstance(fact.value, Element) and fact.value.of == of:
            return name
    return None


def _argument(call: Call, name: str) -> Symbol | None:
    """The first argument, or the one of that name."""
    return call.args[0] if call.args else call.keyword(name)
