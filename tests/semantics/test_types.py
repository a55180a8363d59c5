"""Types come from what the code says: annotations, constructors, factories, `with`, attributes, providers."""

from __future__ import annotations

import pytest

from support.meaning import meaning

SESSION = "an sqlalchemy.orm.Session"
ASYNC_SESSION = "an sqlalchemy.ext.asyncio.AsyncSession"

SA = "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import Session, scoped_session, sessionmaker\n"
APP = (
    "#- app/__init__.py\n#- app/db.py\n" + SA + "from typing import Annotated\nfrom fastapi import Depends\n"
    "engine = create_engine(url)\nSessionLocal = sessionmaker(bind=engine)\n"
    "def get_db():\n    db = SessionLocal()\n    try:\n        yield db\n    finally:\n        db.close()\n"
    "class Provider:\n    def __call__(self) -> Session:\n        return SessionLocal()\n"
    "SessionDep = Annotated[Session, Depends(get_db)]\n"
    "#- app/main.py\nfrom typing import Annotated, Optional, Union\nfrom fastapi import Depends\nfrom sqlalchemy.orm import Session\n"
    "from app import db as database\nfrom app.db import Provider, SessionDep, SessionLocal, engine, get_db\n"
)

SESSIONS = {
    "annotation": APP + "def f(db: Session):\n    «db»",
    "quoted annotation": APP + "def f(db: 'Session'):\n    «db»",
    "Optional": APP + "def f(db: Optional[Session] = None):\n    «db»",
    "union with None": APP + "def f(db: Session | None = None):\n    «db»",
    "Union": APP + "def f(db: Union[Session, None]):\n    «db»",
    "Annotated": APP + "def f(db: Annotated[Session, Depends()]):\n    «db»",
    "alias of Annotated": APP + "def f(db: SessionDep):\n    «db»",
    "alias through its module": APP + "def f(db: database.SessionDep):\n    «db»",
    "Depends without annotation": APP + "def f(db=Depends(get_db)):\n    «db»",
    "Depends by keyword": APP + "def f(db=Depends(dependency=get_db)):\n    «db»",
    "Depends through its module": APP + "def f(db=Depends(database.get_db)):\n    «db»",
    "Depends on a callable instance": APP + "provider = Provider()\ndef f(db=Depends(provider)):\n    «db»",
    "Depends on a class": APP + "def f(db: Session = Depends()):\n    «db»",
    "next of a provider": APP + "def f():\n    db = next(get_db())\n    «db»",
    "factory": APP + "db = SessionLocal()\n«db»",
    "constructor": APP + "db = Session(engine)\n«db»",
    "with": APP + "with SessionLocal() as db:\n    «db»",
    "with begin": APP + "with SessionLocal.begin() as db:\n    «db»",
    "scoped_session": SA + "make = scoped_session(sessionmaker())\ndb = make()\n«db»",
    "variable annotation": SA + "db: Session = make()\n«db»",
    "inferred return": APP + "def make():\n    return SessionLocal()\ndb = make()\n«db»",
    "declared return": APP + "def make() -> Session: ...\ndb = make()\n«db»",
    "attribute set in __init__": APP + "class Repo:\n    def __init__(self, db: Session):\n        self.db = db\n    def f(self):\n        «self.db»",
    "attribute of a base": APP + "class Base:\n    def __init__(self, db: Session):\n        self.db = db\nclass Repo(Base):\n    def f(self):\n        «self.db»",
    "class attribute": APP + "class Repo:\n    db: Session\n    def f(self):\n        «self.db»",
    "property": APP + "class Repo:\n    @property\n    def db(self) -> Session: ...\n    def f(self):\n        «self.db»",
    "dataclass field": APP + "from dataclasses import dataclass\n@dataclass\nclass Repo:\n    db: Session\ndef f(r: Repo):\n    «r.db»",
    "context manager of one's own": APP + "from contextlib import contextmanager\n@contextmanager\ndef scope():\n    yield SessionLocal()\nwith scope() as db:\n    «db»",
    "exit stack": APP + "from contextlib import ExitStack\nwith ExitStack() as stack:\n    db = stack.enter_context(SessionLocal())\n    «db»",
    "exit stack of an own context": APP + "from contextlib import ExitStack, contextmanager\n@contextmanager\ndef scope():\n    yield SessionLocal()\ndb = ExitStack().enter_context(scope())\n«db»",
    "class with __enter__": APP + "class Unit:\n    def __enter__(self) -> Session: ...\nwith Unit() as db:\n    «db»",
    "conditional expression": APP + "db = SessionLocal() if c else Session(engine)\n«db»",
    "or": APP + "def f(db: Session | None = None):\n    s = db or SessionLocal()\n    «s»",
    "walrus": APP + "if (db := SessionLocal()):\n    «db»",
    "tuple": APP + "db, n = SessionLocal(), 1\n«db»",
    "tuple of a function": APP + "def both():\n    db = SessionLocal()\n    return 1, db\nn, db = both()\n«db»",
    "declared tuple of a function": APP + "def both() -> tuple[int, Session]: ...\nn, db = both()\n«db»",
    "awaited tuple": APP + "async def both():\n    return SessionLocal(), 1\nasync def f():\n    db, n = await both()\n    «db»",
    "tuple of a method": APP + "class Both:\n    def get(self):\n        return SessionLocal(), 1\ndb, n = Both().get()\n«db»",
    "factory of a tuple": APP + "from sqlalchemy.orm import sessionmaker\ndef both():\n    return engine, sessionmaker(bind=engine)\ne, make = both()\ndef f():\n    db = make()\n    «db»",
    "default of a parameter": APP + "def f(make=SessionLocal):\n    db = make()\n    «db»",
    "callable": APP + "from typing import Callable\ndef f(make: Callable[[], Session]):\n    db = make()\n    «db»",
    "cast": APP + "from typing import cast\ndb = cast(Session, x)\n«db»",
}  # fmt: skip


@pytest.mark.parametrize("whole", [False, True], ids=["items", "whole"])
@pytest.mark.parametrize("text", SESSIONS.values(), ids=SESSIONS.keys())
def test_ways_to_a_session(text: str, whole: bool) -> None:
    assert meaning(text, whole=whole) == SESSION


ASYNC = "from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine\nmake = async_sessionmaker(create_async_engine(u))\n"


@pytest.mark.parametrize(
    "text",
    [
        ASYNC + "async def f():\n    async with make() as db:\n        «db»",
        ASYNC + "async def f():\n    async with make.begin() as db:\n        «db»",
        ASYNC + "async def get():\n    async with make() as db:\n        yield db\nfrom fastapi import Depends\nasync def f(db=Depends(get)):\n    «db»",
        ASYNC + "from collections.abc import AsyncIterator\nasync def get() -> AsyncIterator[AsyncSession]:\n    yield x\nfrom fastapi import Depends\nasync def f(db=Depends(get)):\n    «db»",
        ASYNC + "from contextlib import asynccontextmanager\n@asynccontextmanager\nasync def scope():\n    async with make() as db:\n        yield db\nasync def f():\n    async with scope() as db:\n        «db»",
        ASYNC + "from contextlib import AsyncExitStack\nasync def f():\n    async with AsyncExitStack() as stack:\n        db = await stack.enter_async_context(make())\n        «db»",
        ASYNC + "async def get():\n    return make()\nasync def f():\n    db = await get()\n    «db»",
        "from sqlalchemy.ext.asyncio import AsyncSession\nfrom sqlalchemy.orm import sessionmaker\nmake = sessionmaker(class_=AsyncSession)\ndb = make()\n«db»",
    ],
)  # fmt: skip
def test_ways_to_an_async_session(text: str) -> None:
    assert meaning(text) == ASYNC_SESSION


@pytest.mark.parametrize(
    "text",
    [
        "def f(session):\n    «session»",
        "from elsewhere import get_db\nfrom fastapi import Depends\ndef f(db=Depends(get_db)):\n    «db»",
        SA + "def f(n):\n    if n:\n        return f(n - 1)\n    return Session()\nx = f(1)\n«x»",
        SA + "def f(c):\n    db = Session()\n    if c:\n        db = undefined()\n    «db»",
        "from typing import Any\ndef f(db: Any):\n    «db»",
        SA + "def both():\n    return Session(), 1\n*db, n = both()\n«db»",
        SA + "def both():\n    return Session(), 1\nn, db = both()\n«db.commit»",
        SA + "def both(c):\n    if c:\n        return [Session()]\n    return make(), 1\ndb, n = both()\n«db»",
        SA + "async def both():\n    return Session(), 1\ndb, n = both()\n«db»",
        SA + "def both():\n    yield Session(), 1\ndb, n = both()\n«db»",
        SA + "def both():\n    a, b = both()\n    return a, b\ndb, n = both()\n«db»",
        "def f(*db, **more):\n    «db»",
        SA + "def get() -> Session: ...\nx = undefined(get)\n«x»",
    ],
)
def test_silence_when_unsure(text: str) -> None:
    assert meaning(text) == "unknown"


def test_one_of_several_is_said_to_be_one_of_several() -> None:
    assert meaning(SA + "def f(db: Session | list):\n    «db»") == "an builtins.list | an sqlalchemy.orm.Session"


def test_an_awaited_result_and_one_that_is_not() -> None:
    head = ASYNC + "async def f(db: AsyncSession):\n"
    assert meaning(head + "    r = await db.execute(q)\n    «r»") == "an sqlalchemy.Result"
    assert meaning(head + "    r = db.execute(q)\n    «r»") == "an typing.Coroutine[sqlalchemy.Result]"


def test_a_subclass_of_one_s_own() -> None:
    assert (
        meaning(SA + "class Mine(Session): ...\nmake = sessionmaker(class_=Mine)\ndb = make()\n«db»") == "an main.Mine"
    )
    self_ = "from typing import Self\nclass S(Session):\n    def me(self) -> Self: ...\ns = S().me()\n«s»"
    assert meaning(SA + self_) == "an main.S"


def test_what_a_query_is_through_its_chain() -> None:
    chain = (
        SA
        + "def f(db: Session):\n    q = db.query(U)\n    q = q.filter(a)\n    if x:\n        q = q.order_by(b)\n    «q»"
    )
    assert meaning(chain) == "an sqlalchemy.orm.Query"


def test_constants_are_known_through_modules() -> None:
    assert (
        meaning("#- app/__init__.py\n#- app/c.py\nURL = 'sqlite://'\n#- main.py\nfrom app import c\n«c.URL»")
        == "'sqlite://'"
    )


@pytest.mark.parametrize(
    "text",
    [
        "from contextlib import closing\nwith closing(SessionLocal()) as db:\n    «db»",
        "import contextlib\ndb = contextlib.ExitStack().enter_context(contextlib.closing(SessionLocal()))\n«db»",
    ],
)
def test_what_is_closed_in_the_end_is_what_it_was(text: str) -> None:
    assert meaning(APP + text) == SESSION
    assert meaning(APP + text.replace("SessionLocal()", "undefined()")) == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "OPTIONS = {'debug': True, 'name': 'x'}\n«OPTIONS»",
        "class A:\n    options = {'debug': True}\n    def f(self):\n        «self.options»",
        "OPTIONS = {1: True}\n«OPTIONS»",
        "OPTIONS = {**MORE, 'debug': True}\n«OPTIONS»",
    ],
)
def test_a_dictionary_is_one_whatever_its_keys(text: str) -> None:
    assert meaning(text) == "an builtins.dict"
