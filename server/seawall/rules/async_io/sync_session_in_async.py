"""A sync SQLAlchemy session in async code holds up the event loop for as long as the database takes.

A `Session`, `Connection`, `Query` or `Engine` that does I/O inside an `async def` blocks all other requests, and with a small
pool it can lock up the whole process. It does not matter how the session came: from an import, a factory, an attribute, a
`Depends` in another module or through a helper that does the I/O. Use an `AsyncSession`, or make the handler a plain `def`,
which FastAPI runs in a thread.

Only calls that talk to the database are reported: not `add`, building a query, or `close`. Plain `def` handlers and
dependencies, and code under `run_sync` or in a thread, are fine.

Example:
    from fastapi import Depends, FastAPI
    from sqlalchemy.orm import Session

    from database import User, get_db

    app = FastAPI()

    @app.get("/users/{user_id}")
    async def read_user(user_id: int, db: Session = Depends(get_db)):
        return «db.get(User, user_id)»

    #- database.py
    from sqlalchemy import create_engine
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

    SessionLocal = sessionmaker(create_engine("sqlite://"))

    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)

    def get_db():
        with SessionLocal() as db:
            yield db

Instead:
    from fastapi import Depends, FastAPI
    from sqlalchemy.ext.asyncio import AsyncSession

    from database import User, get_db

    app = FastAPI()

    @app.get("/users/{user_id}")
    async def read_user(user_id: int, db: AsyncSession = Depends(get_db)):
        return await db.get(User, user_id)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import Fix, Safety
from seawall.knowledge.blocking import SYNC_SESSIONS, Kind
from seawall.rules.async_io._blocking import blocking, hops, plain_def_fix, serves, thread_fix
from seawall.rules.async_io._helpers import Helper, helpers
from seawall.rules.base import File, Finding, Related, Severity
from seawall.semantics.facts import FunctionFact, ValueFact
from seawall.semantics.symbols import Attr, Awaited, Call, Either, Entered, Iterated, Parameter, Ref, Symbol
from seawall.semantics.types import Instance, options

code, severity = "SW102", Severity.ERROR
in_async = True
applies = serves
fixable = True

_WHY = "the session is then used from a worker thread, and what it loads lazily later still blocks"


def check(node: ast.Call | ast.For | ast.comprehension | ast.AsyncFunctionDef, file: File) -> Iterator[Finding]:
    if isinstance(node, ast.AsyncFunctionDef):
        for helper in helpers(node, file, Kind.SESSION):
            yield from _in_helper(helper, file)
        return
    found = file.subject(blocking, node)
    if found is not None:
        place, name, row = found
        if row.kind is not Kind.SESSION:
            return
        receiver = place.func.value if isinstance(place, ast.Call) and isinstance(place.func, ast.Attribute) else place
        what = f"`{_short(place, file)}`" if isinstance(place, ast.Call) else "Iterating the query"
        kind = name.rpartition(".")[0].rpartition(".")[2]
        yield file.finding(
            place,
            f"{what} waits for the database on the event loop: use an async session instead of the sync `{kind}`",
            *_fixes(place, file),
            related=_origin(receiver, file),
        )


def _in_helper(helper: Helper, file: File) -> Iterator[Finding]:
    """A project function that does the I/O."""
    node = helper.node
    given = (*node.args, *(item.value for item in node.keywords)) if isinstance(node, ast.Call) else ()
    sessions = [argument for argument in given if _is_session(argument, file)]
    what = helper.what(_short(node, file))
    yield file.finding(
        node,
        f"{what} waits for the database on the event loop, through `{helper.chain.hops[-1].callee}` of a sync session",
        *(_fixes(node, file) if helper.use == "" else helper.fixes(file, _WHY)),
        related=[*(each for arg in sessions[:1] for each in _origin(arg, file)), *hops(helper.chain)],
    )


def _fixes(place: ast.expr, file: File) -> Iterator[Fix]:
    if not isinstance(place, ast.Call):
        yield from plain_def_fix(file, place)
        return
    yield from plain_def_fix(file, place)
    result = options(file.type_of(place))
    if not any(isinstance(one, Instance) and file.index.is_subclass(one.cls, *SYNC_SESSIONS) for one in result):
        yield from thread_fix(file, place, Safety.UNSAFE, _WHY)


def _is_session(node: ast.expr, file: File) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute)) and file.is_instance(node, *SYNC_SESSIONS)


def _short(expression: ast.expr, file: File) -> str:
    """What is called, its inner calls without arguments: `db.query(...).all`."""
    node, text = expression.func if isinstance(expression, ast.Call) else expression, ""
    while True:
        if isinstance(node, ast.Attribute):
            text = f".{node.attr}{text}"
            node = node.value
        elif isinstance(node, ast.Call):
            text = f"(...){text}" if node.args or node.keywords else f"(){text}"
            node = node.func
        else:
            return file.text(node).split("\n")[0] + text


def _origin(receiver: ast.expr, file: File) -> Iterator[Related]:
    """Where the session comes from: the provider or the factory, if the project defines it."""
    name = _source(file.symbol(receiver), file)
    fact = file.index.resolve(name).fact if name else None
    if name and isinstance(fact, FunctionFact | ValueFact):
        owner = file.index.resolve(name).name
        yield Related(f"The sync session comes from `{owner.rpartition('.')[2]}`", owner=owner)


def _source(symbol: Symbol | None, file: File) -> str | None:
    for _ in range(12):
        match symbol:
            case Call(func=func):
                symbol = func
            case Attr(of=of) | Awaited(of=of) | Entered(of=of) | Iterated(of=of):
                symbol = of
            case Parameter(annotation=annotation, default=default):
                return _provider(default, file) or _alias(annotation, file)
            case Either(several):
                return next((found for each in several if (found := _source(each, file))), None)
            case Ref(name):
                return name if file.index.resolve(name).fact is not None else name.rpartition(".")[0]
            case _:
                return None
    return None


def _provider(default: Symbol | None, file: File) -> str | None:
    if isinstance(default, Call) and default.args and isinstance(default.args[0], Ref):
        return default.args[0].name
    return None


def _alias(annotation: Symbol | None, file: File) -> str | None:
    """`SessionDep = Annotated[Session, Depends(get_db)]`."""
    from seawall.semantics.meanings.route import unwrap

    _, metadata = unwrap(file.index, annotation)
    return next((found for each in metadata if (found := _provider(each, file))), None)
