"""Where a project's async sessions come from, and what a function does with the one that it is given."""

from __future__ import annotations

from seawall.edits import CannotFix
from seawall.rules.aside import is_of_tests
from seawall.semantics.facts import ClassFact, FunctionFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.relationship import provider_of
from seawall.semantics.symbols import Attr, Awaited, Call, Constant, Entered, Parameter, Ref, Symbol
from seawall.semantics.types import Instance, Named, options

SESSION = "sqlalchemy.ext.asyncio.AsyncSession"
NOT_SHARED = (SESSION, "sqlalchemy.ext.asyncio.AsyncConnection", "asyncpg.Connection", "psycopg.AsyncConnection")
"""What serves one task at a time."""

_MAKER, _PLAIN_MAKER = "sqlalchemy.ext.asyncio.async_sessionmaker", "sqlalchemy.orm.sessionmaker"
_CHANGES = frozenset({"add", "add_all", "delete", "delete_all", "merge", "merge_all", "flush", "run_sync"})
_STATEMENTS = frozenset({"insert", "update", "delete", "text"})
_MODELS = (
    "sqlalchemy.orm.DeclarativeBase",
    "sqlalchemy.orm.DeclarativeBaseNoMeta",
    "sqlalchemy.orm.declarative_base()",
)
_MAX_DEPTH = 8
_MAX_FUNCTIONS = 200


def factory_of(index: Index, symbol: Symbol | None, depth: int = 0) -> str | None:
    """The absolute name of the factory that certainly made a session."""
    if depth > _MAX_DEPTH:
        return None
    match symbol:
        case Entered(of) | Awaited(of):
            return factory_of(index, of, depth + 1)
        case Parameter():
            provider = provider_of(index, symbol)
            return factory_of(index, Call(provider), depth + 1) if provider is not None else None
        case Call(func=Attr(of, "begin")):
            return factory_of(index, Call(of), depth + 1)
        case Call(func=Ref(name)):
            found = index.resolve(name.removesuffix(".begin"))
            if isinstance(found.fact, FunctionFact):
                return factory_of(index, found.fact.results[0], depth + 1) if len(found.fact.results) == 1 else None
            return found.name if _is_factory(index, found.fact) else None
    return None


def only_factory(index: Index) -> str:
    """The one factory of async sessions that the project has.

    Raises:
        CannotFix: there is none, or there are several.
    """
    found = [
        f"{module}.{name}"
        for module, facts in index.modules.items()
        if not is_of_tests(module)
        for name, fact in facts.names.items()
        if "." not in name and _is_factory(index, fact)
    ]
    if len(found) != 1:
        raise CannotFix(
            "the project has several factories of sessions" if found else "no `async_sessionmaker` is found"
        )
    return found[0]


def _is_factory(index: Index, fact: object) -> bool:
    if not isinstance(fact, ValueFact) or not isinstance(fact.value, Call):
        return False
    name = index.named(fact.value.func)
    chosen = fact.value.keyword("class_")
    if name == _PLAIN_MAKER and chosen is not None:
        return index.is_subclass(index.named(chosen) or "", SESSION)
    return name == _MAKER


def refuse_changes(index: Index, function: str) -> None:
    """Make sure that a function leaves nothing for somebody else to commit.

    Raises:
        CannotFix: it does, or nobody knows.
    """
    last = function.rpartition(".")[2]
    if function.rpartition(".")[0] in NOT_SHARED:
        if last in _CHANGES or last in ("commit", "rollback"):
            raise CannotFix(f"`{last}` is about what the shared session holds")
        return
    if index.function(function) is None:
        raise CannotFix(f"nothing says what `{last}` does with the session")
    waiting, seen = [function], {function}
    called: set[str] = set()
    while waiting and len(seen) < _MAX_FUNCTIONS:
        fact = index.function(waiting.pop())
        for site in fact.calls if fact is not None else ():
            target = index.type_of(site.callee)
            if site.use == "" and isinstance(target, Named):
                called.add(target.name)
                if target.name not in seen and index.function(target.name) is not None:
                    seen.add(target.name)
                    waiting.append(target.name)
            if any(is_shared(index, one.value) for one in site.given) and not _is_known(index, target):
                raise CannotFix(f"nothing says what `{last}` does with the session")
    sessions = {name.rpartition(".")[2] for name in called if name.rpartition(".")[0] in NOT_SHARED}
    statements = {name.rpartition(".")[2] for name in called if name.startswith(("sqlalchemy.", "sqlmodel."))}
    if (sessions & _CHANGES or statements & _STATEMENTS) and not sessions & {"commit", "begin"}:
        raise CannotFix(
            f"what `{last}` changes may have to be committed together with the rest, and a session apart cannot"
        )


def _is_known(index: Index, target: object) -> bool:
    if not isinstance(target, Named):
        return False
    return index.resolve(target.name).fact is not None or target.receiver is not None


def is_shared(index: Index, symbol: Symbol | None) -> bool:
    """Whether a value certainly serves one task at a time."""
    found = options(index.type_of(symbol))
    return bool(found) and all(isinstance(one, Instance) and index.is_subclass(one.cls, *NOT_SHARED) for one in found)


def is_row(index: Index, cls: str) -> bool:
    """Whether objects of a class are rows, each of which belongs to one session."""
    if index.is_subclass(cls, *_MODELS):
        return True
    fact = index.resolve(cls).fact
    is_table = isinstance(fact, ClassFact) and ("table", Constant(True)) in fact.keywords
    return is_table and index.is_subclass(cls, "sqlmodel.SQLModel")


def takes_only_a_session(index: Index, cls: str) -> bool:
    """Whether an object of a class is made of nothing but a session."""
    member = index.member(cls, "__init__")
    if member is None or not isinstance(member.fact, FunctionFact):
        return False
    needed = [one for one in member.fact.params[1:] if one.default is None]
    return len(needed) == 1 and member.fact.params[1] == needed[0] and is_shared(index, needed[0])
