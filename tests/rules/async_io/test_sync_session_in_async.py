import pytest

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse

CODE = "SW102"
S = "from sqlalchemy.orm import Session\n"
DB = """
#- app/__init__.py
#- app/db.py
from typing import Annotated

from fastapi import Depends
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

engine = create_engine("sqlite://")
SessionLocal = sessionmaker(engine)
Scoped = scoped_session(SessionLocal)

def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()

SessionDep = Annotated[Session, Depends(get_db)]

class Repo:
    def __init__(self, db: Session):
        self.db = db

    def save(self, thing):
        self.db.add(thing)
        self.db.commit()

def get_repo(db: SessionDep) -> Repo:
    return Repo(db)
"""


# -- found -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        S + "async def f(db: Session):\n    db.add(1)\n    «db.commit()»\n",
        S + "async def f(db: Session, q):\n    return «db.execute(q)».scalars().all()\n",
        S + "async def f(db: Session, U):\n    return «db.query(U).filter(U.id == 1).order_by(U.id).all()»\n",
        S + "async def f(db: Session, U):\n    for u in «db.query(U).limit(3)»:\n        print(u)\n",
        S + "async def f(db: Session, U):\n    return [u.id for u in «db.query(U)»]\n",
        S + "async def f(db: Session | None):\n    if db:\n        «db.flush()»\n",
        "from sqlmodel import Session, create_engine, select\nengine = create_engine('sqlite://')\n"
        "async def f():\n    with Session(engine) as s:\n        return «s.exec(select(1))».all()\n",
        "from sqlalchemy import create_engine\nengine = create_engine('sqlite://')\n"
        "async def f(q):\n    with «engine.connect()» as c:\n        «c.execute(q)»\n",
        "from sqlalchemy import create_engine\nengine = create_engine('sqlite://')\n"
        "async def f(q):\n    with «engine.begin()» as c:\n        «c.execute(q)»\n",
        S + "class Mine(Session): ...\nasync def f(db: Mine, q):\n    «db.scalar(q)»\n",
        S + "class R:\n    def __init__(self, db: Session):\n        self.db = db\n"
        "    async def save(self):\n        «self.db.commit()»\n",
        S + "async def f(db: Session):\n    session = db\n    «session.rollback()»\n",
        S + "def save(db: Session):\n    db.commit()\nasync def f(db: Session):\n    «save(db)»\n",
    ],
)
def test_input_and_output_on_the_loop(lines: str) -> None:
    assert_finds(CODE, lines)


@pytest.mark.parametrize(
    "lines",
    [
        "from fastapi import Depends\nfrom app.db import get_db\nasync def f(db=Depends(get_db)):\n    «db.commit()»\n",
        "from app.db import SessionDep\nasync def f(db: SessionDep):\n    «db.commit()»\n",
        "from app.db import SessionLocal\nasync def f():\n    with SessionLocal() as db:\n        «db.commit()»\n",
        "from app.db import SessionLocal as S\nasync def f():\n    db = S()\n    «db.commit()»\n    db.close()\n",
        "from app.db import SessionLocal\nasync def f():\n    with SessionLocal.begin() as db:\n        «db.get(1, 2)»\n",
        "import app.db\nasync def f(q):\n    «app.db.Scoped.execute(q)»\n",
        "from app import db\nasync def f(q):\n    «db.Scoped().execute(q)»\n",
        "from fastapi import Depends\nfrom app.db import Repo, get_repo\n"
        "async def f(repo: Repo = Depends(get_repo)):\n    «repo.save(1)»\n",
    ],
)
def test_however_the_session_came(lines: str) -> None:
    assert_finds(CODE, lines + DB)


def test_a_query_that_grows_in_branches() -> None:
    assert_finds(
        CODE,
        """
        from sqlalchemy.orm import Session

        def find(db: Session, Book, Author, text, stocked):
            query = db.query(Book)
            if text:
                query = query.join(Author).filter(Book.title == text)
            if stocked:
                query = query.filter(Book.stock > 0)
            return query.order_by(Book.title).offset(1).limit(2).all()

        async def handler(db: Session, Book, Author):
            return «find(db, Book, Author, "", True)»
        """,
    )


def test_where_the_session_comes_from_and_every_hop() -> None:
    (located,) = assert_finds(CODE, "from app.db import SessionDep, Repo\nasync def f(db: SessionDep):\n    «save(db)»\n"
        "def save(db):\n    Repo(db).save(1)\n" + DB)  # fmt: skip
    assert [one.message for one in located.related] == [
        "The sync session comes from `get_db`",
        "`save` calls `app.db.Repo.save`",
        "`save` calls `sqlalchemy.orm.Session.commit`",
    ]


@pytest.mark.parametrize(
    "text",
    [
        """
        from fastapi import Depends
        from sqlalchemy.orm import Session
        from db import get_db
        from repo import load
        async def f(db: Session = Depends(get_db)):
            return «load(db)»
        #- db.py
        from sqlalchemy.orm import sessionmaker
        Local = sessionmaker()
        def get_db():
            with Local() as db:
                yield db
        #- repo.py
        def load(db):
            return db.get(int, 1)
        """,
        """
        from repo import Users
        async def f(users: Users):
            return «users.count»
        #- repo.py
        from sqlalchemy.orm import Session
        class Users:
            def __init__(self, db: Session):
                self.db = db
            @property
            def count(self):
                return self.db.scalar("select 1")
        """,
        """
        from repo import transaction
        async def f():
            with «transaction()» as db:
                db.add(1)
        #- repo.py
        from contextlib import contextmanager
        from sqlalchemy.orm import sessionmaker
        Local = sessionmaker()
        @contextmanager
        def transaction():
            with Local() as db:
                yield db
                db.commit()
        """,
    ],
    ids=["a parameter without annotation", "a property", "a context manager"],
)
def test_a_session_in_what_looks_like_no_io(text: str) -> None:
    assert_finds(CODE, text)


# -- not found ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        S + "def f(db: Session):\n    db.commit()\n",
        S
        + "async def f(db: Session, U):\n    db.add(U)\n    db.expunge_all()\n    q = db.query(U).filter(U.id)\n    db.close()\n",
        "from sqlalchemy.ext.asyncio import AsyncSession\nasync def f(db: AsyncSession):\n    await db.commit()\n",
        "from sqlalchemy.ext.asyncio import AsyncSession\nfrom sqlalchemy.orm import Session\n"
        "async def f(db: AsyncSession):\n    def work(s: Session):\n        s.flush()\n    await db.run_sync(work)\n",
        "from sqlalchemy.ext.asyncio import AsyncSession\nasync def f(db: AsyncSession):\n    await db.run_sync(lambda s: s.flush())\n",
        S + "import asyncio\nasync def f(db: Session):\n    await asyncio.to_thread(db.commit)\n",
        S + "from fastapi.concurrency import run_in_threadpool\ndef save(db: Session):\n    db.commit()\n"
        "async def f(db: Session):\n    await run_in_threadpool(save, db)\n",
        "async def f(db):\n    db.commit()\n    db.query(1).all()\n",
        "async def f(session, db_session):\n    session.commit()\n    db_session.execute(1)\n",
        "from fastapi import Depends\nfrom sqlalchemy.orm import Session\ndef user(db: Session):\n    return db.get(1, 2)\n"
        "async def f(u=Depends(user)):\n    return u\n",
        "from sqlalchemy.ext.asyncio import create_async_engine\nengine = create_async_engine('x')\n"
        "async def f(q):\n    async with engine.begin() as c:\n        await c.execute(q)\n",
        S
        + "from sqlalchemy.ext.asyncio import AsyncSession\nasync def f(db: AsyncSession | Session):\n    db.commit()\n",
        "#- tests/test_x.py\n" + S + "async def test(db: Session):\n    db.commit()\n",
    ],
)
def test_silent(lines: str) -> None:
    assert_silent(CODE, lines)


def test_a_call_is_reported_by_one_rule_only() -> None:
    text = (
        S
        + "import time\ndef save(db: Session):\n    db.commit()\nasync def f(db: Session):\n    save(db)\n    time.sleep(1)\n"
    )
    found = [(one.code, one.range.start_line) for one in Folder(parse(text).files).findings()]
    assert [pair for pair in found if pair[0] in ("SW101", "SW102", "SW103")] == [("SW102", 6), ("SW101", 7)]


# -- fixed -------------------------------------------------------------------------------------------------------------

ROUTE = "from fastapi import FastAPI\nfrom app.db import SessionDep\napp = FastAPI()\n\n@app.get('/é')\n"


def test_the_handler_becomes_a_plain_def() -> None:
    body = "f(db: SessionDep, q):\n    db.execute(q)  # first\n    db.commit()\n"
    main = "#- main.py\n"
    assert_fixes(
        CODE, f"{DB}\n{main}{ROUTE}async def {body}", f"{main}{ROUTE}def {body}", title="plain `def`", main="none.py"
    )


@pytest.mark.parametrize(
    "body",
    [
        "    await g()\n",
        "    async for x in g():\n        pass\n",
        "    return [x async for x in g()]\n",
        "    import asyncio\n    asyncio.create_task(g())\n",
        "    notify()\n",
    ],
)
def test_not_if_the_handler_needs_the_loop(body: str) -> None:
    text = f"{ROUTE}async def f(db: SessionDep, g):\n    db.commit()\n{body}\nasync def notify(): ...\n{DB}"
    (located,) = Folder(parse(text).files).findings(CODE)
    assert not [fix for fix in located.finding.fixes if "plain" in fix.title]


def test_a_dependency_becomes_a_plain_def() -> None:
    body = "user(db: SessionDep, key: int):\n    return db.get(1, key)\n"
    main = "#- main.py\nfrom app.db import SessionDep\n"
    assert_fixes(CODE, f"{DB}\n{main}async def {body}", f"{main}def {body}", title="plain `def`", main="none.py")


def test_not_for_a_function_that_is_no_handler() -> None:
    (located,) = Folder(parse(S + "async def f(db: Session):\n    db.commit()\n").files).findings(CODE)
    assert not [fix for fix in located.finding.fixes if "plain" in fix.title]


def test_in_the_threadpool() -> None:
    head = S + "from fastapi.concurrency import run_in_threadpool\n"
    assert_fixes(
        CODE,
        head + "async def f(db: Session, U, q):\n    db.commit()\n    db.execute(q).scalars()\n"
        "    return (\n        db.query(U)\n        .filter(U.id == 1)  # one\n        .first()\n    )\n",
        head + "async def f(db: Session, U, q):\n    await run_in_threadpool(db.commit)\n"
        "    (await run_in_threadpool(db.execute, q)).scalars()\n"
        "    return (\n        await run_in_threadpool(db.query(U)\n        .filter(U.id == 1)  # one\n        .first)\n    )\n",
        title="worker thread",
    )


def test_what_gives_a_query_or_connection_is_not_moved() -> None:
    text = "from sqlalchemy import Engine\nasync def f(e: Engine):\n    return e.connect()\n"
    (located,) = Folder(parse(text).files).findings(CODE)
    assert not [fix for fix in located.finding.fixes if "thread" in fix.title]
