"""Switching to async sessions: code that stays sync, and is named."""

from __future__ import annotations

import textwrap

import pytest

from refactorings.switching import (
    ASYNC_DATABASE,
    DATABASE,
    HANDLER,
    MODELS,
    assert_changes,
    assert_leaves,
    assert_switches,
    offered,
    switch,
)
from seawall.edits import CannotFix
from seawall.engine.fix import apply
from support.marked import Folder


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("titles = map(lambda id: read(db, id), [1])", "a lambda cannot await"),
        ("titles = list(map(partial(read, db), [1]))", "goes where it cannot be followed"),
        ("sessions = [db, read(db, 1)]", "goes where it cannot be followed"),
        ("read(db, 1); db.enable_baked_queries()", "no async counterpart"),
        ("task = db.commit, read(db, 1)", "no async counterpart"),
        ("titles = (read(db, id) for id in [1])", "generator expression"),
        ("store = Store(db); read(db, 1)", "goes where it cannot be followed"),
    ],
)
def test_functions_that_cannot_follow_stay_with_their_helpers(code: str, reason: str) -> None:
    text = f"""
from functools import partial

from sqlalchemy.orm import Session
from stores import Store

from models import Book


def read(db: Session, id: int):
    return db.get(Book, id)


def others(db: Session):
    {code}
"""
    assert_leaves(f"#- others.py\n{text}", reason, "`others.py` line 1")


UNIT = """\
class Unit:
    def __enter__(self):
        self.db = SessionLocal()
        return self

    def __exit__(self, *args):
        self.db.close()

    def commit(self):
        self.db.commit()
"""


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("@shared_task\ndef refresh():\n    with SessionLocal() as db:\n        db.commit()\n", "decorator"),
        ("@command()\ndef refresh():\n    with SessionLocal.begin() as db:\n        db.flush()\n", "decorator"),
        ("class Cache:\n    @property\n    def book(self):\n        return SessionLocal().get(Book, 1)\n", "decorator"),
        ("class Cache:\n    def __init__(self):\n        self.book = SessionLocal().get(Book, 1)\n", "`__init__`"),
        ("BOOK = SessionLocal().get(Book, 1)\n", "outside of functions"),
        ("@shared_task\ndef refresh():\n    next(get_db()).commit()\n", "decorator"),
        ("@shared_task\ndef refresh():\n    with engine.begin() as connection:\n        connection.execute(1)\n", "decor"),
        ("class Job(Task):\n    def run(self):\n        SessionLocal().commit()\n", "nothing says who else calls `run`"),
        (f"{UNIT}\n\n@shared_task\ndef refresh():\n    with Unit() as unit:\n        unit.commit()\n",
         "`Unit()` is entered by code that stays sync"),
        (f"{UNIT}\n\nstack.enter_context(Unit())\n", "`Unit()` is entered by another object"),
        (f"{UNIT}\n\ndef save(unit):\n    with unit:\n        pass\n", "nothing says what `unit` is"),
        (f"{UNIT}\n\nwith Unit() as unit:\n    unit.commit()\n", "stays sync"),
        (f"{UNIT.replace('__exit__', '__del__')}\n", "`__del__` cannot be a coroutine"),
        ("store = Store(engine)\n", "nothing says what is done with `engine`"),
        ("app.state.factory = SessionLocal\n", "`SessionLocal` is handed on"),
        ("def use(factory):\n    factory.anything()\n\n\nuse(SessionLocal)\n", "`SessionLocal` is handed on"),
        ("Thread(target=save).start()\n\n\ndef save():\n    SessionLocal().commit()\n", "handed on"),
        ("def save():\n    SessionLocal().commit()\n\n\nhandlers = {'save': save}\n", "handed on"),
    ],
)  # fmt: skip
def test_code_that_has_to_stay_sync_keeps_an_engine_of_its_own(code: str, reason: str) -> None:
    imports = "from threading import Thread\nfrom celery import Task, shared_task\nfrom click import command\n"
    imports += (
        "from stores import Store\n\nfrom database import SessionLocal, engine, get_db\nfrom models import Book\n\n"
    )
    assert_leaves(f"#- other.py\n{imports}{code}", reason)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("async def one(db: Session, id):\n    return db.get(Book, id)\n\n\nasync def both(db: Session):\n"
         "    return await asyncio.gather(one(db, 1), one(db, 2))\n", "tasks of `asyncio.gather` would share"),
        ("db = SessionLocal()\n\n\ndef first():\n    return db.get(Book, 1)\n", "all tasks would share `db`"),
        ("class Mine(Session):\n    def first(self):\n        return self.get(Book, 1)\n\n\n"
         "async def first(db: Mine):\n    return db.first()\n", "`Mine` is a session of the project's own kind"),
        ("async def save(book: Book):\n    object_session(book).commit()\n", "an object's own session is a sync one"),
        ("class Page(Base):\n    __tablename__ = 'pages'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
         "    text: Mapped[str] = mapped_column(deferred=True)\n\n\nasync def show(page: Page, db: Session):\n"
         "    db.commit()\n    return page.text\n", "`text` is loaded when it is read"),
        ("class Page(Base):\n    __tablename__ = 'pages'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
         "    lines = relationship('Line', lazy='dynamic')\n\n\ndef count(page: Page):\n    return page.lines.count()\n\n\n"
         "async def show(page: Page, db: Session):\n    db.commit()\n    return count(page)\n", "`lines` gives a query"),
    ],
)  # fmt: skip
def test_what_an_async_session_would_break_stays_sync(code: str, reason: str) -> None:
    imports = (
        "import asyncio\n\nfrom sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship\n"
    )
    imports += "\nfrom database import Base, SessionLocal\nfrom models import Book\n\n\n"
    assert_leaves(f"#- other.py\n{imports}{code}", reason)


def test_rows_that_are_sent_as_they_come() -> None:
    before = """
        from fastapi import APIRouter, Depends
        from fastapi.responses import StreamingResponse
        from sqlalchemy import select
        from sqlalchemy.orm import Session

        from database import get_db
        from models import Book

        router = APIRouter()


        def titles(db: Session):
            for book in db.scalars(select(Book)):
                yield f"{book.title}\\n"


        @router.get("/titles")
        async def read(db: Session = Depends(get_db)):
            return StreamingResponse(titles(db), media_type="text/csv")
        """
    after = (
        before.replace("    from sqlalchemy.orm import Session", "    from sqlalchemy.ext.asyncio import AsyncSession")
        .replace("db: Session", "db: AsyncSession")
        .replace("def titles", "async def titles")
        .replace("in db.scalars", "in await db.scalars")
    )
    assert_changes("api.py", before, after)


SPLIT = ASYNC_DATABASE.replace(
    """\
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

""",
    """\
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, sessionmaker

engine = create_engine("postgresql://db.internal/shop", pool_pre_ping=True)
""",
).replace(
    """\
engine = create_async_engine("postgresql+asyncpg://db.internal/shop", pool_pre_ping=True)
SessionLocal = async_sessionmaker(autoflush=False, bind=engine, expire_on_commit=False)
""",
    """\
async_engine = create_async_engine("postgresql+asyncpg://db.internal/shop", pool_pre_ping=True)
SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)
AsyncSessionLocal = async_sessionmaker(autoflush=False, bind=async_engine, expire_on_commit=False)
""",
)
SPLIT = SPLIT.replace("async with SessionLocal()", "async with AsyncSessionLocal()")


def test_a_task_beside_handlers() -> None:
    assert_switches(
        """
        #- tasks.py
        from celery import shared_task

        import crud
        from database import SessionLocal


        @shared_task
        def refresh(title: str) -> None:
            with SessionLocal() as db:  # no event loop here
                if crud.find(db, title):
                    db.commit()

        #- crud.py
        from sqlalchemy.orm import Session

        from models import Book


        def find(db: Session, title: str) -> Book | None:
            return db.query(Book).filter(Book.title == title).first()


        def newest(db: Session) -> Book | None:
            return db.query(Book).order_by(Book.id.desc()).first()

        #- api.py
        from fastapi import APIRouter, Depends
        from sqlalchemy.orm import Session

        import crud
        from database import get_db

        router = APIRouter()


        @router.get("/find")
        async def find(title: str, db: Session = Depends(get_db)):
            return [crud.find(db, title).id, crud.find(title=title, db=db), crud.newest(db)]
        """,
        f"""
        #- api.py
        from fastapi import APIRouter, Depends
        from sqlalchemy.ext.asyncio import AsyncSession

        import crud
        from database import get_db

        router = APIRouter()


        @router.get("/find")
        async def find(title: str, db: AsyncSession = Depends(get_db)):
            return [
                (await db.run_sync(crud.find, title)).id,
                await db.run_sync(lambda session: crud.find(title=title, db=session)),
                await crud.newest(db),
            ]
        #- crud.py
        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession
        from sqlalchemy.orm import Session

        from models import Book


        def find(db: Session, title: str) -> Book | None:
            return db.query(Book).filter(Book.title == title).first()


        async def newest(db: AsyncSession) -> Book | None:
            return await db.scalar(select(Book).order_by(Book.id.desc()).limit(1))

        #- database.py
{textwrap.indent(SPLIT, " " * 8)}""",
    )


def test_a_provider_and_an_alias_that_both_sides_need() -> None:
    before = DATABASE.replace(
        "from sqlalchemy.orm import DeclarativeBase,", "from sqlalchemy.orm import DeclarativeBase, Session,"
    )
    before = "from typing import Annotated\n\nfrom fastapi import Depends\n" + before
    before += "\n\nSessionDep = Annotated[Session, Depends(get_db)]\n"
    files = {
        "database.py": before,
        "models.py": MODELS,
        "handler.py": HANDLER,
        "api.py": """\
from fastapi import APIRouter
from registry import remember

from database import SessionDep
from models import Book

router = APIRouter()


@router.get("/first")
async def first(db: SessionDep):
    return db.get(Book, 1)


@router.get("/second")
async def second(db: SessionDep):
    remember({"session": db})
    return db.get(Book, 2)
""",
    }
    folder = Folder(files)
    fix = next(fix for fix in offered(folder) if "Switch" in fix.title)
    after = {path.name: str(text) for path, text in apply(folder.workspace, fix.make()).items()}
    assert "async def first(db: AsyncSessionDep):\n    return await db.get(Book, 1)\n" in after["api.py"]
    assert "async def second(db: SessionDep):\n    remember" in after["api.py"]
    assert after["api.py"].endswith("    return db.get(Book, 2)\n")
    assert "AsyncSessionDep = Annotated[AsyncSession, Depends(get_async_db)]\n" in after["database.py"]
    assert "\nSessionDep = Annotated[Session, Depends(get_db)]\n" in after["database.py"]
    assert "def get_db():\n    db = SessionLocal()\n" in after["database.py"]
    assert "async def get_async_db():\n    async with AsyncSessionLocal() as db:\n" in after["database.py"]


def test_an_alias_in_another_file_than_its_provider() -> None:
    found = switch(
        {
            "database.py": DATABASE,
            "models.py": MODELS,
            "deps.py": """\
from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from database import get_db

SessionDep = Annotated[Session, Depends(get_db)]
""",
            "handler.py": """\
from fastapi import FastAPI
from registry import remember

from deps import SessionDep
from models import Book

app = FastAPI()


@app.get("/first")
async def first(db: SessionDep):
    return db.get(Book, 1)


@app.get("/second")
def second(db: SessionDep):
    remember({"session": db})
""",
        }
    )
    assert "from database import get_async_db, get_db\n" in found["deps.py"]
    assert "AsyncSessionDep = Annotated[AsyncSession, Depends(get_async_db)]\n" in found["deps.py"]
    assert "async def first(db: AsyncSessionDep):\n    return await db.get(Book, 1)\n" in found["handler.py"]


def test_a_plain_provider_that_sync_code_needs_too() -> None:
    found = switch(
        {
            "database.py": DATABASE.replace("def get_db():\n    db = SessionLocal()\n    try:\n        yield db\n", "")
            .replace("    finally:\n        db.close()\n", "")
            .replace("DeclarativeBase, ", "DeclarativeBase, Session, ")
            + "def get_db() -> Session:\n    return SessionLocal()\n",
            "models.py": MODELS,
            "handler.py": HANDLER
            + """\


@app.get("/second")
def second(db: Session = Depends(get_db)):
    remember({"session": db})
""",
        }
    )
    assert "def get_db() -> Session:\n    return SessionLocal()\n" in found["database.py"]
    assert "def get_async_db() -> AsyncSession:\n    return AsyncSessionLocal()\n" in found["database.py"]
    assert "db: AsyncSession = Depends(get_async_db)" in found["handler.py"]
    assert "def second(db: Session = Depends(get_db)):" in found["handler.py"]


def test_a_session_in_a_state_is_one_for_all() -> None:
    """The handler that cannot follow keeps the session of the request sync, and with it all who share it."""
    assert_leaves(
        """
        #- main.py
        from fastapi import APIRouter, Depends, Request
        from registry import remember
        from sqlalchemy.orm import Session

        from database import SessionLocal
        from models import Book

        router = APIRouter()


        async def open_session(request: Request, call_next):
            request.state.db = SessionLocal()
            try:
                return await call_next(request)
            finally:
                request.state.db.close()


        def session_of(request: Request) -> Session:
            return request.state.db


        @router.get("/books/{id}")
        async def read(id: int, db: Session = Depends(session_of)):
            return db.get(Book, id)


        @router.get("/second")
        def second(db: Session = Depends(session_of)):
            remember({"session": db})
        """,
        "`session_of` gives a session to code that stays sync",
        "`main.open_session` stays sync",
        "`main.read` stays sync",
    )


def test_a_request_has_one_session() -> None:
    """A handler whose dependency stays sync stays so, too: they share the session and what was loaded with it."""
    assert_leaves(
        """
        #- api.py
        from fastapi import APIRouter, Depends
        from registry import remember
        from sqlalchemy.orm import Session

        from database import get_db
        from models import Book

        router = APIRouter()


        def current(db: Session = Depends(get_db)) -> Book:
            remember([db])
            return db.get(Book, 1)


        @router.get("/first")
        async def first(book: Book = Depends(current), db: Session = Depends(get_db)):
            book.title = "seen"
            db.commit()
        """,
        "`api.first` stays sync: `current`, a dependency of it, has to stay sync",
    )


def test_what_else_blocks_goes_to_a_thread() -> None:
    """FastAPI ran the handler in its threadpool, where it could."""
    assert_changes(
        "api.py",
        """
        import smtplib
        import time

        from fastapi import APIRouter, Depends
        from sqlalchemy.orm import Session

        from database import get_db
        from models import Book

        router = APIRouter()


        def send(title: str) -> None:
            smtplib.SMTP("mail.internal").send_message(title)


        @router.post("/remind")
        def remind(db: Session = Depends(get_db)) -> None:
            for book in db.query(Book):
                send(book.title)
                time.sleep(1)


        @router.post("/ping")
        def ping() -> None:
            send("ping")  # still in the threadpool
        """,
        """
        import asyncio
        import smtplib

        from fastapi import APIRouter, Depends
        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession

        from database import get_db
        from models import Book

        router = APIRouter()


        def send(title: str) -> None:
            smtplib.SMTP("mail.internal").send_message(title)


        @router.post("/remind")
        async def remind(db: AsyncSession = Depends(get_db)) -> None:
            for book in await db.scalars(select(Book)):
                await asyncio.to_thread(send, book.title)
                await asyncio.sleep(1)


        @router.post("/ping")
        def ping() -> None:
            send("ping")  # still in the threadpool
        """,
    )


def test_engines_that_are_parameters() -> None:
    assert_changes(
        "wait.py",
        """
        from sqlalchemy import Engine, text
        from sqlalchemy.orm import Session
        from tenacity import retry

        from database import engine


        @retry(stop=3)
        def wait_for(some_engine: Engine) -> None:
            with Session(some_engine) as session:
                session.execute(text("SELECT 1"))


        def main() -> None:
            wait_for(engine)


        if __name__ == "__main__":
            main()
        """,
        """
        import asyncio

        from sqlalchemy import text
        from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
        from tenacity import retry

        from database import engine


        @retry(stop=3)
        async def wait_for(some_engine: AsyncEngine) -> None:
            async with AsyncSession(some_engine, expire_on_commit=False) as session:
                await session.execute(text("SELECT 1"))


        async def main() -> None:
            await wait_for(engine)


        if __name__ == "__main__":
            asyncio.run(main())
        """,
    )


def test_tests_that_call_coroutines_are_named() -> None:
    files = {
        "database.py": DATABASE,
        "models.py": MODELS,
        "handler.py": HANDLER,
        "tests/test_handler.py": "from handler import app, read_book\n\n\ndef test_it():\n    print(app)\n",
        "tests/test_jobs.py": "from jobs import job\n\n\ndef test_it():\n    job()\n",
        "jobs.py": "from database import SessionLocal\n\n\ndef job():\n    with SessionLocal() as db:\n        db.commit()\n",
    }
    fix = offered(Folder(files))[0]
    assert fix.make()
    assert fix.left() == ("`jobs.job` is a coroutine now, and `tests/test_jobs.py` line 5 calls it",)


@pytest.mark.parametrize(
    ("test", "others", "expected"),
    [
        (
            "from database import get_db\nfrom handler import app\n\n\napp.dependency_overrides[get_db] = lambda: None\n",
            {},
            "`database.get_db` gives an async session now, and `tests/conftest.py` line 5 replaces it",
        ),
        (
            "from database import get_db\nfrom handler import app\n\n\napp.dependency_overrides[get_db] = lambda: None\n",
            {"tasks.py": "from celery import shared_task\n\nfrom database import get_db\n\n\n"
             "@shared_task\ndef refresh():\n    next(get_db()).commit()\n"},
            "handlers depend on `get_async_db` now, and `tests/conftest.py` line 5 replaces `database.get_db`",
        ),
        (
            "from unit import Unit\n\n\ndef test_it():\n    with Unit() as unit:\n        print(unit)\n",
            {"unit.py": f"from database import SessionLocal\n\n\n{UNIT}"},
            "`async with` enters `Unit()` now, and `tests/conftest.py` line 5 has a plain `with`",
        ),
    ],
)  # fmt: skip
def test_tests_that_replace_or_enter_what_is_async_are_named(test: str, others: dict[str, str], expected: str) -> None:
    surroundings = {"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER}
    fix = offered(Folder({**surroundings, **others, "tests/conftest.py": test}))[0]
    assert fix.make()
    assert expected in fix.left()


def test_libraries_get_the_sync_session_inside() -> None:
    assert_changes(
        "api.py",
        """
        from fastapi_pagination import paginate
        from sqlalchemy.orm import Session


        def page(db: Session):
            return paginate(db, [1]), paginate([1], db)
        """,
        """
        from fastapi_pagination import paginate
        from sqlalchemy.ext.asyncio import AsyncSession


        async def page(db: AsyncSession):
            return await db.run_sync(paginate, [1]), await db.run_sync(lambda session: paginate([1], session))
        """,
    )


def test_the_finding_itself_has_to_go() -> None:
    """What would leave the handler as it is, is no fix for it."""
    text = HANDLER.replace("    return", "    keep = [db]\n    return")
    folder = Folder({"database.py": DATABASE, "models.py": MODELS, "handler.py": text})
    with pytest.raises(CannotFix, match=r"`db` goes where it cannot be followed, `handler\.py` line 12"):
        offered(folder)[0].make()
