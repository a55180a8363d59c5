"""Switching a project to an async session: what changes, and what stops it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from refactorings.switching import (
    ASYNC_DATABASE,
    ASYNC_HANDLER,
    DATABASE,
    HANDLER,
    MODELS,
    assert_changes,
    assert_leaves,
    assert_refuses,
    assert_switches,
    offered,
    switch,
)
from seawall.edits import CannotFix
from seawall.engine.fix import apply
from support.marked import Folder


def test_the_offer_names_the_driver() -> None:
    folder = Folder({"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER})
    assert offered(folder)[0].title == "Switch the project to an async session (asyncpg)"
    assert offered(folder)[0].why


def test_a_session_of_unknown_origin_gets_no_offer() -> None:
    text = """
from sqlalchemy.orm import Session

async def read(db: Session):
    db.commit()
"""
    folder = Folder({"main.py": text})
    assert folder.findings("SW102")
    assert not offered(folder)


def test_the_offer_comes_before_the_rule_s_own_fixes() -> None:
    folder = Folder({"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER})
    fixes = folder.findings("SW102")[0].finding.fixes
    assert fixes[0].title.startswith("Switch the project")
    assert len(fixes) > 1


def test_engine_provider_and_handler() -> None:
    assert_switches("", "")


# -- engine and factory -------------------------------------------------------------------------------------------------


def database(head: str) -> str:
    return head + DATABASE[DATABASE.index("\n\nclass Base") :]


def async_database(head: str) -> str:
    return head + ASYNC_DATABASE[ASYNC_DATABASE.index("\n\nclass Base") :]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ('"postgresql+psycopg2://db/shop"', '"postgresql+asyncpg://db/shop"'),
        ("'sqlite:///shop.db'", "'sqlite+aiosqlite:///shop.db'"),
        ('"mysql+pymysql://db/shop"', '"mysql+aiomysql://db/shop"'),
    ],
)
def test_a_written_url_names_the_async_driver(url: str, expected: str) -> None:
    before = DATABASE.replace('"postgresql://db.internal/shop"', url)
    after = ASYNC_DATABASE.replace('"postgresql+asyncpg://db.internal/shop"', expected)
    assert_switches(f"#- database.py\n{before}", f"#- database.py\n{after}")


def test_a_url_that_only_the_engine_reads_is_rewritten_where_it_stands() -> None:
    start = 'URL = "sqlite:///./shop.db"\n\nengine = create_engine(URL, connect_args={"check_same_thread": False})\n'
    before = DATABASE.replace('engine = create_engine("postgresql://db.internal/shop", pool_pre_ping=True)\n', start)
    new = start.replace("sqlite:", "sqlite+aiosqlite:").replace("create_engine", "create_async_engine")
    after = ASYNC_DATABASE.replace(
        'engine = create_async_engine("postgresql+asyncpg://db.internal/shop", pool_pre_ping=True)\n', new
    )
    assert_switches(f"#- database.py\n{before}", f"#- database.py\n{after}")


def test_a_url_from_outside_stays_as_it_is() -> None:
    assert_switches(
        """
        #- requirements.txt
        sqlalchemy>=2.0
        psycopg[binary]

        #- database.py
        import os

        from sqlalchemy import create_engine
        from sqlalchemy.orm import DeclarativeBase, sessionmaker

        URL = os.environ["DATABASE_URL"]
        engine = create_engine(URL, pool_pre_ping=True)
        SessionLocal = sessionmaker(engine)


        class Base(DeclarativeBase):
            pass


        def get_db():
            with SessionLocal() as db:
                yield db
        """,
        """
        #- requirements.txt
        sqlalchemy[asyncio]>=2.0
        psycopg[binary]

        asyncpg>=0.29
        #- database.py
        import os

        from sqlalchemy import make_url
        from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
        from sqlalchemy.orm import DeclarativeBase

        URL = os.environ["DATABASE_URL"]
        engine = create_async_engine(make_url(URL).set(drivername="postgresql+asyncpg"), pool_pre_ping=True)
        SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


        class Base(DeclarativeBase):
            pass


        async def get_db():
            async with SessionLocal() as db:
                yield db
        """,
    )


def test_a_url_of_several_databases_gets_the_driver_of_each() -> None:
    files = {
        "requirements.txt": "sqlalchemy\npsycopg2-binary\n",
        "models.py": MODELS,
        "handler.py": HANDLER,
        "database.py": DATABASE.replace(
            'engine = create_engine("postgresql://db.internal/shop", pool_pre_ping=True)\n',
            "URL = os.environ['DATABASE_URL']\n"
            'options = {"check_same_thread": False} if URL.startswith("sqlite") else {}\n'
            "engine = create_engine(URL, connect_args=options)\n",
        ).replace("from sqlalchemy import", "import os\n\nfrom sqlalchemy import"),
    }
    after = switch(files)
    assert after["requirements.txt"] == "sqlalchemy[asyncio]\npsycopg2-binary\nasyncpg>=0.29\naiosqlite>=0.20\n"
    assert """
options = {"check_same_thread": False} if URL.startswith("sqlite") else {}
ASYNC_DRIVERS = {"postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}
url = make_url(URL)
engine = create_async_engine(url.set(drivername=ASYNC_DRIVERS[url.get_backend_name()]), connect_args=options)
""" in after["database.py"]


def test_options_that_the_driver_does_not_take_stop_it() -> None:
    text = DATABASE.replace("pool_pre_ping=True", 'connect_args={"sslmode": "require"}')
    assert_refuses(f"#- database.py\n{text}", "`sslmode`")


def test_an_engine_that_no_module_holds_gets_no_offer() -> None:
    text = DATABASE.replace(
        'engine = create_engine("postgresql://db.internal/shop", pool_pre_ping=True)\n',
        'def make():\n    engine = create_engine("postgresql://db.internal/shop")\n    return sessionmaker(engine)\n',
    ).replace("SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)", "SessionLocal = make()")
    assert not offered(Folder({"database.py": text, "models.py": MODELS, "handler.py": HANDLER}))


MADE = """\
def make_engine(url: str) -> Engine:
    return create_engine(url, pool_pre_ping=True)


engine = make_engine("postgresql://db.internal/shop")
"""


def test_an_engine_that_a_function_makes() -> None:
    given = 'engine = create_engine("postgresql://db.internal/shop", pool_pre_ping=True)\n'
    before = DATABASE.replace(given, MADE).replace("import create_engine", "import Engine, create_engine")
    after = switch({"requirements.txt": "psycopg\n", "database.py": before, "models.py": MODELS, "handler.py": HANDLER})
    assert """
def make_engine(url: str) -> AsyncEngine:
    return create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"), pool_pre_ping=True)


engine = make_engine("postgresql://db.internal/shop")
SessionLocal = async_sessionmaker(""" in after["database.py"]
    task = "from celery import shared_task\nfrom database import SessionLocal\n\n\n"
    task += "@shared_task\ndef refresh():\n    with SessionLocal() as db:\n        db.commit()\n"
    files = {"requirements.txt": "psycopg\n", "database.py": before, "models.py": MODELS, "handler.py": HANDLER}
    both = switch({**files, "tasks.py": task})["database.py"]
    assert all(part in both for part in MADE.split("\n\n\n"))
    assert "\ndef make_async_engine(url: str) -> AsyncEngine:\n    return create_async_engine(make_url(url)." in both
    assert '\nasync_engine = make_async_engine("postgresql://db.internal/shop")\n' in both


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("", ""),
        (" -> tuple[Engine, sessionmaker[Session]]", " -> tuple[AsyncEngine, async_sessionmaker[AsyncSession]]"),
    ],
)
def test_an_engine_and_a_factory_that_a_function_gives_at_once(declared: str, expected: str) -> None:
    before = f"""\
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker


def connect(url: str){declared}:
    engine = create_engine(url)
    return engine, sessionmaker(bind=engine)


engine, SessionLocal = connect("postgresql://db.internal/shop")


class Base(DeclarativeBase):
    pass


def get_db():
    with SessionLocal() as db:
        yield db
"""
    found = switch({"database.py": before, "models.py": MODELS, "handler.py": HANDLER})
    assert f"def connect(url: str){expected}:\n" in found["database.py"]
    assert "    return engine, async_sessionmaker(bind=engine, expire_on_commit=False)\n" in found["database.py"]
    assert "engine, SessionLocal = connect(" in found["database.py"]
    assert "create_engine(" not in found["database.py"].replace("create_async_engine(", "")
    assert found["handler.py"] == ASYNC_HANDLER


def test_a_tuple_is_written_down_a_second_time() -> None:
    found = switch(
        {
            "database.py": DATABASE.replace(
                DATABASE[DATABASE.index("engine =") : DATABASE.index("class Base")],
                """\
def connect(url: str):
    engine = create_engine(url)
    return engine, sessionmaker(bind=engine)


engine, SessionLocal = connect("postgresql://db.internal/shop")


""",
            ),
            "models.py": MODELS,
            "handler.py": HANDLER,
            "tasks.py": """\
from celery import shared_task

from database import SessionLocal


@shared_task
def refresh() -> None:
    with SessionLocal() as db:
        db.commit()
""",
        }
    )
    assert 'engine, SessionLocal = connect("postgresql://db.internal/shop")\n' in found["database.py"]
    assert "async_engine, AsyncSessionLocal = async_connect(" in found["database.py"]
    assert "    return engine, sessionmaker(bind=engine)\n" in found["database.py"]
    assert "    return engine, async_sessionmaker(bind=engine, expire_on_commit=False)\n" in found["database.py"]
    assert "with SessionLocal() as db:\n        db.commit()\n" in found["tasks.py"]


@pytest.mark.parametrize(
    "provider",
    [
        "def get_other(request: Request) -> Session:\n    return request.state.db\n",
        "from framework import get_other\n",
        "def get_other() -> Iterator[Session]:\n    yield registry()\n",
    ],
)
def test_sessions_that_somebody_else_makes_stay_sync(provider: str) -> None:
    """A helper that gets them and ours stays so with them, and ours go there through `run_sync`."""
    files = {
        "database.py": DATABASE,
        "models.py": MODELS,
        "handler.py": HANDLER,
        "others.py": "from collections.abc import Iterator\n\nfrom fastapi import APIRouter, Depends, Request\n"
        f"from framework import registry\nfrom sqlalchemy.orm import Session\n\nfrom models import Book\n\n\n{provider}"
        "\n\nrouter = APIRouter()\n\n\ndef read(db: Session):\n    return db.get(Book, 1)\n\n\n"
        '@router.get("/others")\ndef others(db: Session = Depends(get_other)):\n    return read(db)\n',
    }
    after = switch(files)
    assert (after["handler.py"], after["others.py"]) == (ASYNC_HANDLER, files["others.py"])
    handler = HANDLER.replace("from models import Book", "from others import read")
    mixed = switch({**files, "handler.py": handler.replace("db.get(Book, book_id)", "read(db)")})
    assert mixed["others.py"] == files["others.py"]
    assert "    return await db.run_sync(read)\n" in mixed["handler.py"]


def test_a_pool_of_threads_becomes_one_of_tasks() -> None:
    text = DATABASE.replace("pool_pre_ping=True", "poolclass=QueuePool").replace(
        "from sqlalchemy import create_engine", "from sqlalchemy import QueuePool, create_engine"
    )
    after = switch({"database.py": text, "models.py": MODELS, "handler.py": HANDLER})["database.py"]
    assert "poolclass=AsyncAdaptedQueuePool" in after
    assert " QueuePool" not in after


# -- providers ----------------------------------------------------------------------------------------------------------


def provider(text: str) -> str:
    return DATABASE[: DATABASE.index("def get_db")] + text


def async_provider(text: str) -> str:
    return ASYNC_DATABASE[: ASYNC_DATABASE.index("async def get_db")] + text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "def get_db():\n    with SessionLocal() as db:  # one for each request\n        yield db\n",
            "async def get_db():\n    async with SessionLocal() as db:  # one for each request\n        yield db\n",
        ),
        (
            'def get_db():\n    """A session."""\n    db = SessionLocal()\n    try:\n        # for the request\n'
            "        yield db\n    finally:\n        db.close()\n",
            'async def get_db():\n    """A session."""\n    db = SessionLocal()\n    try:\n        # for the request\n'
            "        yield db\n    finally:\n        await db.close()\n",
        ),
        (
            "def get_db():\n    db = SessionLocal()\n    try:\n        yield db\n        db.commit()\n    except Exception:\n"
            "        db.rollback()\n        raise\n    finally:\n        db.close()\n",
            "async def get_db():\n    db = SessionLocal()\n    try:\n        yield db\n        await db.commit()\n"
            "    except Exception:\n        await db.rollback()\n        raise\n    finally:\n        await db.close()\n",
        ),
        (
            "def get_db():\n    db = SessionLocal()\n    try:\n        yield db\n        db.commit()\n"
            "    finally:\n        db.close()\n",
            "async def get_db():\n    async with SessionLocal() as db:\n        yield db\n        await db.commit()\n",
        ),
    ],
)
def test_providers(before: str, after: str) -> None:
    assert_switches(f"#- database.py\n{provider(before)}", f"#- database.py\n{async_provider(after)}")


def test_the_annotation_of_a_provider() -> None:
    assert_switches(
        """
        #- database.py
        from collections.abc import Generator

        from sqlalchemy import create_engine
        from sqlalchemy.orm import DeclarativeBase, Session

        engine = create_engine("postgresql:///shop", pool_pre_ping=True)


        class Base(DeclarativeBase):
            pass


        def get_db() -> Generator[Session, None, None]:
            with Session(engine) as db:
                yield db
        """,
        """
        #- database.py
        from collections.abc import AsyncGenerator

        from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
        from sqlalchemy.orm import DeclarativeBase

        engine = create_async_engine("postgresql+asyncpg:///shop", pool_pre_ping=True)


        class Base(DeclarativeBase):
            pass


        async def get_db() -> AsyncGenerator[AsyncSession, None]:
            async with AsyncSession(engine, expire_on_commit=False) as db:
                yield db
        """,
    )


def test_a_context_manager() -> None:
    assert_changes(
        "jobs.py",
        """
        from collections.abc import Iterator
        from contextlib import contextmanager

        from sqlalchemy.orm import Session

        from database import SessionLocal
        from models import Book


        @contextmanager
        def session_scope() -> Iterator[Session]:
            session = SessionLocal()
            try:
                yield session
                session.commit()
            finally:
                session.close()


        def clean_up() -> None:
            with session_scope() as session:
                session.query(Book).delete()
        """,
        """
        from collections.abc import AsyncIterator
        from contextlib import asynccontextmanager

        from sqlalchemy import delete
        from sqlalchemy.ext.asyncio import AsyncSession

        from database import SessionLocal
        from models import Book


        @asynccontextmanager
        async def session_scope() -> AsyncIterator[AsyncSession]:
            async with SessionLocal() as session:
                yield session
                await session.commit()


        async def clean_up() -> None:
            async with session_scope() as session:
                await session.execute(delete(Book))
        """,
    )


def test_an_annotated_alias() -> None:
    assert_changes(
        "api.py",
        """
        from typing import Annotated

        from fastapi import APIRouter, Depends
        from sqlalchemy.orm import Session

        from database import get_db
        from models import Book

        router = APIRouter()
        SessionDep = Annotated[Session, Depends(get_db)]


        @router.get("/count")
        def count(db: SessionDep) -> int:
            return db.query(Book).count()
        """,
        """
        from typing import Annotated

        from fastapi import APIRouter, Depends
        from sqlalchemy import func, select
        from sqlalchemy.ext.asyncio import AsyncSession

        from database import get_db
        from models import Book

        router = APIRouter()
        SessionDep = Annotated[AsyncSession, Depends(get_db)]


        @router.get("/count")
        async def count(db: SessionDep) -> int:
            return await db.scalar(select(func.count()).select_from(Book))
        """,
    )


# -- functions and their callers ----------------------------------------------------------------------------------------


def test_helpers_without_annotations_and_their_callers() -> None:
    assert_switches(
        """
        #- crud.py
        from models import Book


        def find(db, title):
            return db.query(Book).filter(Book.title == title).first()


        def exists(db, title):
            return find(db, title) is not None  # any edition


        def all_exist(db, titles):
            return all(exists(db, title) for title in titles)

        #- api.py
        from fastapi import APIRouter, Depends
        from sqlalchemy.orm import Session

        import crud
        from database import get_db

        router = APIRouter()


        @router.get("/exists")
        async def check(titles: str, db: Session = Depends(get_db)):
            found = [crud.find(db, title).title for title in titles.split() if crud.exists(db, title)]
            return {"found": found, "all": crud.all_exist(db=db, titles=titles.split())}
        """,
        """
        #- crud.py
        from sqlalchemy import select

        from models import Book


        async def find(db, title):
            return await db.scalar(select(Book).where(Book.title == title).limit(1))


        async def exists(db, title):
            return await find(db, title) is not None  # any edition


        async def all_exist(db, titles):
            return all([await exists(db, title) for title in titles])

        #- api.py
        from fastapi import APIRouter, Depends
        from sqlalchemy.ext.asyncio import AsyncSession

        import crud
        from database import get_db

        router = APIRouter()


        @router.get("/exists")
        async def check(titles: str, db: AsyncSession = Depends(get_db)):
            found = [(await crud.find(db, title)).title for title in titles.split() if await crud.exists(db, title)]
            return {"found": found, "all": await crud.all_exist(db=db, titles=titles.split())}
        """,
    )


def test_repositories_and_services() -> None:
    assert_changes(
        "service.py",
        """
        from fastapi import Depends
        from sqlalchemy.orm import Session

        from database import get_db
        from models import Book


        class Repository:
            def __init__(self, session: "Session") -> None:
                self.session = session

            def save(self, book: Book) -> Book:
                self.session.add(book)
                self.session.commit()
                return book


        class Books(Repository):
            def save(self, book: Book) -> Book:
                book.title = book.title.strip()
                return super().save(book)


        class Service:
            def __init__(self, db: Session = Depends(get_db)) -> None:
                self.books = Books(db)

            def add(self, title: str) -> Book:
                return self.books.save(Book(title=title))


        async def add_book(title: str, service: Service = Depends()) -> int:
            return service.add(title).id
        """,
        """
        from fastapi import Depends
        from sqlalchemy.ext.asyncio import AsyncSession

        from database import get_db
        from models import Book


        class Repository:
            def __init__(self, session: "AsyncSession") -> None:
                self.session = session

            async def save(self, book: Book) -> Book:
                self.session.add(book)
                await self.session.commit()
                return book


        class Books(Repository):
            async def save(self, book: Book) -> Book:
                book.title = book.title.strip()
                return await super().save(book)


        class Service:
            def __init__(self, db: AsyncSession = Depends(get_db)) -> None:
                self.books = Books(db)

            async def add(self, title: str) -> Book:
                return await self.books.save(Book(title=title))


        async def add_book(title: str, service: Service = Depends()) -> int:
            return (await service.add(title)).id
        """,
    )


def test_calls_that_went_to_a_thread_are_awaited_themselves() -> None:
    assert_changes(
        "api.py",
        """
        from fastapi import APIRouter, BackgroundTasks, Depends
        from fastapi.concurrency import run_in_threadpool
        from sqlalchemy.orm import Session

        from database import get_db
        from models import Book

        router = APIRouter()


        def rename(db: Session, old: str, new: str) -> None:
            db.query(Book).filter(Book.title == old).update({"title": new})
            db.commit()


        @router.post("/rename")
        async def rename_book(old: str, new: str, tasks: BackgroundTasks, db: Session = Depends(get_db)):
            await run_in_threadpool(rename, db, old, new=new)
            tasks.add_task(rename, db, new, old)
        """,
        """
        from fastapi import APIRouter, BackgroundTasks, Depends
        from sqlalchemy import update
        from sqlalchemy.ext.asyncio import AsyncSession

        from database import get_db
        from models import Book

        router = APIRouter()


        async def rename(db: AsyncSession, old: str, new: str) -> None:
            await db.execute(update(Book).where(Book.title == old).values({"title": new}))
            await db.commit()


        @router.post("/rename")
        async def rename_book(old: str, new: str, tasks: BackgroundTasks, db: AsyncSession = Depends(get_db)):
            await rename(db, old, new=new)
            tasks.add_task(rename, db, new, old)
        """,
    )


def test_generators_become_async_generators() -> None:
    assert_changes(
        "reports.py",
        """
        from collections.abc import Iterator

        from sqlalchemy.orm import Session

        from models import Book


        def titles(db: Session) -> Iterator[str]:
            for book in db.query(Book):
                yield book.title


        def report(db: Session) -> str:
            lines = []
            for title in titles(db):
                lines.append(title)
            return ", ".join(lines)
        """,
        """
        from collections.abc import AsyncIterator

        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession

        from models import Book


        async def titles(db: AsyncSession) -> AsyncIterator[str]:
            for book in await db.scalars(select(Book)):
                yield book.title


        async def report(db: AsyncSession) -> str:
            lines = []
            async for title in titles(db):
                lines.append(title)
            return ", ".join(lines)
        """,
    )


def test_units_of_work() -> None:
    """Also when they are made of others, take their factory as a default, and are entered by a dependency."""
    assert_switches(
        """
        #- unit.py
        from collections.abc import Callable

        from sqlalchemy.orm import Session

        from database import SessionLocal
        from models import Book


        class Unit:
            def __init__(self, factory: Callable[[], Session] = SessionLocal) -> None:
                self.factory = factory

            def __enter__(self) -> "Unit":
                self.session = self.factory()
                return self

            def __exit__(self, *error: object) -> None:
                self.session.close()

            def commit(self) -> None:
                self.session.commit()


        class Checked(Unit):
            def __exit__(self, *error: object) -> None:
                if not any(error):
                    self.commit()
                super().__exit__(*error)


        def get_unit():
            with Unit() as unit:
                yield unit

        #- api.py
        from fastapi import APIRouter, Depends

        from database import SessionLocal
        from models import Book
        from unit import Checked, Unit, get_unit

        router = APIRouter()


        @router.get("/first")
        async def first(unit: Unit = Depends(get_unit)):
            return unit.session.get(Book, 1)


        @router.post("/second")
        async def second():
            with Checked(factory=SessionLocal) as unit:
                unit.session.add(Book(title="x"))
        """,
        """
        #- unit.py
        from collections.abc import Callable

        from sqlalchemy.ext.asyncio import AsyncSession

        from database import SessionLocal
        from models import Book


        class Unit:
            def __init__(self, factory: Callable[[], AsyncSession] = SessionLocal) -> None:
                self.factory = factory

            async def __aenter__(self) -> "Unit":
                self.session = self.factory()
                return self

            async def __aexit__(self, *error: object) -> None:
                await self.session.close()

            async def commit(self) -> None:
                await self.session.commit()


        class Checked(Unit):
            async def __aexit__(self, *error: object) -> None:
                if not any(error):
                    await self.commit()
                await super().__aexit__(*error)


        async def get_unit():
            async with Unit() as unit:
                yield unit

        #- api.py
        from fastapi import APIRouter, Depends

        from database import SessionLocal
        from models import Book
        from unit import Checked, Unit, get_unit

        router = APIRouter()


        @router.get("/first")
        async def first(unit: Unit = Depends(get_unit)):
            return await unit.session.get(Book, 1)


        @router.post("/second")
        async def second():
            async with Checked(factory=SessionLocal) as unit:
                unit.session.add(Book(title="x"))
        """,
    )


def test_sessions_in_the_state_of_a_request() -> None:
    assert_switches(
        """
        #- main.py
        from fastapi import Depends, FastAPI, Request
        from sqlalchemy.orm import Session

        from database import SessionLocal
        from models import Book

        app = FastAPI()


        @app.middleware("http")
        async def open_session(request: Request, call_next):
            request.state.db = SessionLocal()
            try:
                return await call_next(request)
            finally:
                request.state.db.close()


        def session_of(request: Request) -> Session:
            return request.state.db


        @app.get("/books/{id}")
        async def read(id: int, db: Session = Depends(session_of)):
            return db.get(Book, id)


        @app.delete("/books/{id}")
        async def delete(id: int, request: Request):
            session = request.state.db
            session.delete(session.get(Book, id))
            session.commit()
        """,
        """
        #- main.py
        from fastapi import Depends, FastAPI, Request
        from sqlalchemy.ext.asyncio import AsyncSession

        from database import SessionLocal
        from models import Book

        app = FastAPI()


        @app.middleware("http")
        async def open_session(request: Request, call_next):
            request.state.db = SessionLocal()
            try:
                return await call_next(request)
            finally:
                await request.state.db.close()


        def session_of(request: Request) -> AsyncSession:
            return request.state.db


        @app.get("/books/{id}")
        async def read(id: int, db: AsyncSession = Depends(session_of)):
            return await db.get(Book, id)


        @app.delete("/books/{id}")
        async def delete(id: int, request: Request):
            session = request.state.db
            await session.delete(await session.get(Book, id))
            await session.commit()
        """,
    )


def test_a_session_taken_from_a_provider_by_hand() -> None:
    assert_changes(
        "jobs.py",
        """
        from database import get_db
        from models import Book


        def count_books() -> int:
            db = next(get_db())
            return db.query(Book).count()
        """,
        """
        from sqlalchemy import func, select

        from database import get_db
        from models import Book


        async def count_books() -> int:
            db = await anext(get_db())
            return await db.scalar(select(func.count()).select_from(Book))
        """,
    )


def test_two_files_of_one_name_stop_it() -> None:
    twin = "from database import SessionLocal\n\n\ndef save():\n    SessionLocal().commit()\n"
    files = {f"{folder}/pyproject.toml": "" for folder in ("one", "two")}
    files |= {f"{folder}/jobs.py": twin for folder in ("one", "two")}
    folder = Folder({"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER, **files})
    with pytest.raises(CannotFix, match="`jobs` is the name of two files"):
        offered(folder)[0].make()


def test_a_file_that_does_not_parse_stops_it() -> None:
    text = "from database import SessionLocal\n\n\ndef save():\n    SessionLocal().commit()\n\n\nx = (\n"
    assert_refuses(f"#- broken.py\n{text}", "`broken.py` has a syntax error")


def test_a_script_runs_its_main_function() -> None:
    assert_changes(
        "seed_books.py",
        """
        from database import SessionLocal
        from models import Book


        def main() -> None:
            with SessionLocal() as db, db.begin():
                db.bulk_save_objects([Book(title="Emma")])


        if __name__ == "__main__":
            main()
        """,
        """
        import asyncio

        from database import SessionLocal
        from models import Book


        async def main() -> None:
            async with SessionLocal() as db, db.begin():
                await db.run_sync(lambda session: session.bulk_save_objects([Book(title="Emma")]))


        if __name__ == "__main__":
            asyncio.run(main())
        """,
    )


def test_a_script_has_one_event_loop() -> None:
    """Connections stay in the engine's pool, and belong to the loop that they were opened on."""
    assert_changes(
        "seed_books.py",
        """
        from database import Base, SessionLocal, engine
        from models import Book


        def seed(title: str) -> int:
            with SessionLocal() as db:
                db.add(Book(title=title))
                db.commit()
                return db.query(Book).count()


        if __name__ == "__main__":
            Base.metadata.create_all(engine)

            # two of them
            print(seed("Emma"))
            with SessionLocal() as db:
                print(db.get(Book, 1))
        """,
        """
        import asyncio

        from sqlalchemy import func, select

        from database import Base, SessionLocal, engine
        from models import Book


        async def seed(title: str) -> int:
            async with SessionLocal() as db:
                db.add(Book(title=title))
                await db.commit()
                return await db.scalar(select(func.count()).select_from(Book))


        if __name__ == "__main__":
            async def main() -> None:
                async with engine.begin() as connection:
                    await connection.run_sync(Base.metadata.create_all)

                # two of them
                print(await seed("Emma"))
                async with SessionLocal() as db:
                    print(await db.get(Book, 1))

            asyncio.run(main())
        """,
    )


def test_queries_without_a_counterpart_run_on_the_sync_session_inside() -> None:
    assert_changes(
        "crud.py",
        """
        from sqlalchemy.orm import Session

        from models import Book


        def newest(db: Session, count: int):
            return db.query(Book).from_self().order_by(Book.id.desc()).limit(count).all()
        """,
        """
        from sqlalchemy.ext.asyncio import AsyncSession

        from models import Book


        async def newest(db: AsyncSession, count: int):
            return await db.run_sync(
                lambda session: session.query(Book).from_self().order_by(Book.id.desc()).limit(count).all()
            )
        """,
    )


def test_queries_that_others_go_through_give_their_rows() -> None:
    assert_changes(
        "crud.py",
        """
        from sqlalchemy.orm import Session

        from models import Book


        def by_title(db: Session):
            return db.query(Book).order_by(Book.title)


        def titles(db: Session) -> list[str]:
            books = by_title(db)
            return [book.title for book in books]
        """,
        """
        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession

        from models import Book


        async def by_title(db: AsyncSession):
            return (await db.scalars(select(Book).order_by(Book.title))).all()


        async def titles(db: AsyncSession) -> list[str]:
            books = await by_title(db)
            return [book.title for book in books]
        """,
    )


def test_queries_that_others_refine_stay_with_them() -> None:
    text = "from models import Book\n\n\ndef all_books(db):\n    return db.query(Book)\n\n\n"
    text += "def count(db):\n    return all_books(db).count()\n"
    assert_leaves(
        f"#- crud.py\nfrom database import SessionLocal\n{text}\n\ndef run():\n    with SessionLocal() as db:\n"
        "        return [count(db) for _ in all_books(db)]\n",
        "handed on",
        "what `all_books` gives needs the sync session later on",
    )


def test_listeners_keep_the_sync_session() -> None:
    assert_changes(
        "events.py",
        """
        from sqlalchemy import event
        from sqlalchemy.orm import Session

        from database import engine


        @event.listens_for(Session, "before_flush")
        def stamp(session: Session, *args) -> None:
            session.execute(None)


        @event.listens_for(engine, "connect")
        def connect(connection, record) -> None:
            connection.isolation_level = None
        """,
        """
        from sqlalchemy import event
        from sqlalchemy.orm import Session

        from database import engine


        @event.listens_for(Session, "before_flush")
        def stamp(session: Session, *args) -> None:
            session.execute(None)


        @event.listens_for(engine.sync_engine, "connect")
        def connect(connection, record) -> None:
            connection.isolation_level = None
        """,
    )


# -- models -------------------------------------------------------------------------------------------------------------


def test_relationships_that_are_read_load_at_once() -> None:
    assert_switches(
        """
        #- models.py
        from sqlalchemy import ForeignKey, func
        from sqlalchemy.orm import Mapped, mapped_column, relationship

        from database import Base


        class Author(Base):
            __tablename__ = "authors"

            id: Mapped[int] = mapped_column(primary_key=True)
            books: Mapped[list["Book"]] = relationship(back_populates="author")
            fans: Mapped[list["Fan"]] = relationship()
            pupils: Mapped[list["Author"]] = relationship(
                lazy="joined",
            )


        class Book(Base):
            __tablename__ = "books"

            id: Mapped[int] = mapped_column(primary_key=True)
            changed = mapped_column(onupdate=func.now())
            author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
            author: Mapped[Author] = relationship(back_populates="books")

        #- schemas.py
        from pydantic import BaseModel


        class Author(BaseModel):
            books: list[int]

        #- api.py
        from fastapi import APIRouter

        from schemas import Author

        router = APIRouter()


        @router.get("/authors", response_model=list[Author])
        def read_authors():
            return []

        #- texts.py
        def line(book) -> str:
            return f"{book.id} by {book.author.id}"
        """,
        """
        #- models.py
        from sqlalchemy import ForeignKey, func
        from sqlalchemy.orm import Mapped, mapped_column, relationship

        from database import Base


        class Author(Base):
            __tablename__ = "authors"

            id: Mapped[int] = mapped_column(primary_key=True)
            books: Mapped[list["Book"]] = relationship(back_populates="author", lazy="selectin")
            fans: Mapped[list["Fan"]] = relationship()
            pupils: Mapped[list["Author"]] = relationship(
                lazy="selectin",
            )


        class Book(Base):
            __tablename__ = "books"
            __mapper_args__ = {"eager_defaults": True}

            id: Mapped[int] = mapped_column(primary_key=True)
            changed = mapped_column(onupdate=func.now())
            author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
            author: Mapped[Author] = relationship(back_populates="books", lazy="selectin")

        #- schemas.py
        from pydantic import BaseModel


        class Author(BaseModel):
            books: list[int]

        """,
    )


def test_relationships_of_sqlmodel_keep_their_options() -> None:
    assert_changes(
        "notes.py",
        """
        from sqlmodel import Field, Relationship, SQLModel


        class Shelf(SQLModel, table=True):
            id: int = Field(primary_key=True)
            notes: list["Note"] = Relationship(sa_relationship_kwargs={"order_by": "Note.id"})
            boxes: list["Note"] = Relationship(sa_relationship_kwargs={"lazy": "select"})
            lids: list["Note"] = Relationship(sa_relationship_kwargs={"lazy": "raise"})
            keys: list["Note"] = Relationship(sa_relationship_kwargs={"order_by": "Note.id"})


        def show(shelf: Shelf):
            return shelf.notes, shelf.boxes, shelf.lids
        """,
        """
        from sqlmodel import Field, Relationship, SQLModel


        class Shelf(SQLModel, table=True):
            id: int = Field(primary_key=True)
            notes: list["Note"] = Relationship(sa_relationship_kwargs={"lazy": "selectin", "order_by": "Note.id"})
            boxes: list["Note"] = Relationship(sa_relationship_kwargs={"lazy": "selectin"})
            lids: list["Note"] = Relationship(sa_relationship_kwargs={"lazy": "raise"})
            keys: list["Note"] = Relationship(sa_relationship_kwargs={"order_by": "Note.id"})


        def show(shelf: Shelf):
            return shelf.notes, shelf.boxes, shelf.lids
        """,
    )


READ = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import Base


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    books: Mapped[list["Novel"]] = relationship(back_populates="author")


class Novel(Base):
    __tablename__ = "novels"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
    author: Mapped[Author] = relationship(back_populates="books")
"""
USED = "from models_ import Author, Novel\nfrom celery import shared_task\nfrom database import SessionLocal\n"
API = "from fastapi import APIRouter\nfrom pydantic import BaseModel\n\nrouter = APIRouter()\n"


@pytest.mark.parametrize(
    "code",
    [
        "async def show(author: Author):\n    return author.books\n",
        "def show(author):\n    return author.books\n",
        "def names(author: Author):\n    return author.books\n\n\nasync def show(author: Author):\n    return names(author)\n",
        "class Shown:\n    author: Author\n\n    def names(self):\n        return self.author.books\n",
        "from typing import Protocol\n\n\nclass Has(Protocol):\n    id: int\n\n\ndef show(one: Has):\n    return one.books\n",
        f"{API}\n\nclass Out(BaseModel):\n    books: list[int]\n\n\n@router.get('/a', response_model=list[Out])\ndef a(): ...\n",
        f"{API}\n\nclass Out(BaseModel):\n    books: list[int]\n\n\n@router.get('/a')\ndef a() -> 'list[Out]': ...\n",
        f"{API}\n\nclass In(BaseModel):\n    books: list[int]\n\n\nclass Out(In):\n    id: int\n\n\n"
        "@router.get('/a')\ndef a() -> Out: ...\n",
        f"{API}\n\nclass Inner(BaseModel):\n    books: list[int]\n\n\nclass Out(BaseModel):\n    one: 'Inner | None'\n\n\n"
        "def a(one: Author):\n    return Out.model_validate(one)\n",
    ],
)  # fmt: skip
def test_relationships_that_async_code_reaches_load_at_once(code: str) -> None:
    files = {"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER, "models_.py": READ}
    found = switch({**files, "used.py": USED + code})
    assert (
        'books: Mapped[list["Novel"]] = relationship(back_populates="author", lazy="selectin")' in found["models_.py"]
    )
    assert 'author: Mapped[Author] = relationship(back_populates="books")' in found["models_.py"]


@pytest.mark.parametrize(
    "code",
    [
        "",
        "def show(author: Author):\n    return author.id\n",
        "class Shop:\n    books = 1\n\n\ndef show(shop: Shop):\n    return shop.books\n",
        "def show(author: Author):\n    return Author.id.in_([1])\n\n\nclass Shop:\n    def books(self): ...\n",
        # of sync code
        "@shared_task\ndef show():\n    with SessionLocal() as db:\n        print(db.get(Author, 1).books)\n",
        "def names(author: Author):\n    return author.books\n\n\n@shared_task\ndef show():\n"
        "    with SessionLocal() as db:\n        print(names(db.get(Author, 1)))\n",
        # of requests
        f"{API}\n\nclass In(BaseModel):\n    books: list[int]\n\n\n@router.post('/a')\ndef a(given: In): ...\n",
        f"{API}\n\nclass In(BaseModel):\n    books: list[int]\n\n\nclass Order(BaseModel):\n    first: In\n\n\n"
        "@router.post('/a')\ndef a(given: Order | None = None): ...\n",
    ],
)  # fmt: skip
def test_relationships_that_no_async_code_reaches_load_as_ever(code: str) -> None:
    files = {"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER, "models_.py": READ}
    assert switch({**files, "used.py": USED + code})["models_.py"] == READ


def test_relationships_that_templates_read_load_at_once() -> None:
    files = {
        "database.py": DATABASE,
        "models.py": MODELS.replace("mapped_column\n", "mapped_column, relationship\n")
        + '    pages = relationship("Page")\n    loans = relationship("Loan")\n',
        "handler.py": HANDLER + "\n\nfrom fastapi.templating import Jinja2Templates\n",
        "templates/book.html": "{% for page in book.pages %}{{ page.number }}{% endfor %}\n",
    }
    after = switch(files)["models.py"]
    assert 'relationship("Page", lazy="selectin")' in after
    assert 'relationship("Loan")' in after


# -- start-up -----------------------------------------------------------------------------------------------------------


APP = """\
from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session

from database import Base, engine, get_db
from models import Book

# the tables are ours alone
Base.metadata.create_all(bind=engine, checkfirst=True)

app = FastAPI(
    title="Shop",
)


@app.get("/books")
async def list_books(db: Session = Depends(get_db)):
    return db.query(Book).all()
"""


def test_tables_are_created_when_the_application_starts() -> None:
    assert_switches(
        f"#- main.py\n{APP}",
        """
        #- main.py
        from collections.abc import AsyncIterator
        from contextlib import asynccontextmanager

        from fastapi import Depends, FastAPI
        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession

        from database import Base, engine, get_db
        from models import Book


        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            # the tables are ours alone
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all, checkfirst=True)
            yield
            await engine.dispose()


        app = FastAPI(
            title="Shop",
            lifespan=lifespan,
        )


        @app.get("/books")
        async def list_books(db: AsyncSession = Depends(get_db)):
            return (await db.scalars(select(Book))).all()
        """,
    )


def test_what_is_called_at_import_is_called_at_start_up() -> None:
    text = APP.replace(
        "# the tables are ours alone\nBase.metadata.create_all(bind=engine, checkfirst=True)\n",
        "\ndef create_tables():\n    Base.metadata.create_all(engine)\n\n\ncreate_tables()\n",
    )
    after = switch({"database.py": DATABASE, "models.py": MODELS, "main.py": text})["main.py"]
    assert (
        """

async def create_tables():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    await create_tables()
    yield
    await engine.dispose()


app = FastAPI(
"""
        in after
    )
    assert "\ncreate_tables()" not in after


def test_an_application_that_a_function_makes() -> None:
    start = APP.index("# the tables")
    end = APP.index("@app.get")
    factory = """

def create_app() -> FastAPI:
    app = FastAPI(title="Shop")
    # the tables are ours alone
    Base.metadata.create_all(bind=engine)
    return app


app = create_app()


"""
    text = APP[:start] + factory.lstrip() + APP[end:]
    after = switch({"database.py": DATABASE, "models.py": MODELS, "main.py": text})["main.py"]
    assert (
        """

@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    # the tables are ours alone
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI(title="Shop", lifespan=lifespan)
    return app


app = create_app()
"""
        in after
    )


def test_a_lifespan_that_is_there_is_used() -> None:
    text = (
        APP.replace('    title="Shop",\n', "    lifespan=lifespan,\n")
        .replace(
            "# the tables",
            "\n@asynccontextmanager\nasync def lifespan(app):\n    yield\n\n\n# the tables",
        )
        .replace("from fastapi", "from contextlib import asynccontextmanager\n\nfrom fastapi", 1)
    )
    after = switch({"database.py": DATABASE, "models.py": MODELS, "main.py": text})["main.py"]
    assert (
        """async def lifespan(app):
    # the tables are ours alone
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all, checkfirst=True)
    yield
"""
        in after
    )


def test_a_start_up_handler_that_is_there_is_used() -> None:
    text = APP + '\n\n@app.on_event("startup")\ndef greet():\n    """Say hello."""\n    print("hello")\n'
    after = switch({"database.py": DATABASE, "models.py": MODELS, "main.py": text})["main.py"]
    assert after.endswith('''
@app.on_event("startup")
async def greet():
    """Say hello."""
    # the tables are ours alone
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all, checkfirst=True)
    print("hello")
''')


# -- what stays sync ------------------------------------------------------------------------------------------------------


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


# -- several databases ----------------------------------------------------------------------------------------------------

SECOND = """
archive = create_engine("mysql://db.internal/archive")
ArchiveSession = sessionmaker(archive)


def get_archive():
    with ArchiveSession() as db:
        yield db
"""


def test_another_database_keeps_its_stack() -> None:
    old = "from sqlalchemy.orm import Session\n\nfrom models import Book\n\n\ndef old(archive: Session):\n"
    old += "    return archive.query(Book).all()\n"
    api = """
from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from archive import old
from database import get_archive

router = APIRouter()


@router.get("/old")
def read_old(archive: Session = Depends(get_archive)):
    return old(archive)
"""
    files = {"models.py": MODELS, "handler.py": HANDLER, "archive.py": old, "api.py": api}
    after = switch({"database.py": DATABASE + SECOND, **files})
    assert after["database.py"].endswith(SECOND)
    assert after["handler.py"] == ASYNC_HANDLER
    assert {name: after[name] for name in ("archive.py", "api.py")} == {"archive.py": old, "api.py": api}


def test_databases_that_share_a_helper_go_together() -> None:
    files = {
        "requirements.txt": "sqlalchemy\n",
        "database.py": DATABASE + SECOND,
        "models.py": MODELS,
        "handler.py": HANDLER.replace("return db.get(Book, book_id)", "return read(db, book_id)").replace(
            "from models import Book", "from crud import read"
        ),
        "crud.py": "from sqlalchemy.orm import Session\n\nfrom models import Book\n\n\n"
        "def read(db: Session, id):\n    return db.get(Book, id)\n",
        "jobs.py": "from crud import read\nfrom database import ArchiveSession\n\n\n"
        "def job():\n    with ArchiveSession() as db:\n        return read(db, 1)\n",
    }
    after = switch(files)
    assert 'archive = create_async_engine("mysql+aiomysql://db.internal/archive")\n' in after["database.py"]
    assert "async def read(db: AsyncSession, id):\n    return await db.get(Book, id)\n" in after["crud.py"]
    assert (
        "async def job():\n    async with ArchiveSession() as db:\n        return await read(db, 1)" in after["jobs.py"]
    )
    assert after["requirements.txt"] == "sqlalchemy[asyncio]\nasyncpg>=0.29\naiomysql>=0.2\n"


# -- all of it ----------------------------------------------------------------------------------------------------------


def test_tests_and_migrations_stay_as_they_are() -> None:
    files = {
        "tests/conftest.py": "from sqlalchemy import create_engine\n\nengine = create_engine('sqlite://')\n",
        "migrations/env.py": "from alembic import context\nfrom sqlalchemy import engine_from_config\n\n"
        "from database import Base\n\nengine = engine_from_config({})\n",
    }
    after = switch({"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER, **files})
    assert {name: after[name] for name in files} == files


@pytest.mark.parametrize("path", ["migrations/env.py", "tests/conftest.py"])
@pytest.mark.parametrize(
    "use", ["from database import engine\n\nengine.connect()\n", "import database\n\ndatabase.engine.connect()\n"]
)
def test_migrations_and_tests_keep_the_engine_that_they_use(path: str, use: str) -> None:
    head = "from alembic import context\n" if "env" in path else ""
    after = switch({"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER, path: head + use})
    assert after[path] == head + use
    assert 'engine = create_engine("postgresql://db.internal/shop", pool_pre_ping=True)\n' in after["database.py"]
    assert "SessionLocal = async_sessionmaker(autoflush=False, bind=async_engine, " in after["database.py"]


def test_line_ends_and_letters_survive() -> None:
    files = {
        "database.py": DATABASE.replace("\n", "\r\n"),
        "models.py": MODELS,
        "handler.py": HANDLER.replace("app = ", '# Bücher – 本 🐍\nBÜCHER = "本"; app = ').replace("\n", "\r\n"),
    }
    after = switch(files)
    assert after["database.py"] == ASYNC_DATABASE.replace("\n", "\r\n")
    expected = ASYNC_HANDLER.replace("app = ", '# Bücher – 本 🐍\nBÜCHER = "本"; app = ').replace("\n", "\r\n")
    assert after["handler.py"] == expected


def test_tabs_stay() -> None:
    """The result is the same as with spaces."""
    files = {
        "database.py": DATABASE.replace('"postgresql://db.internal/shop"', "url()").replace(
            "engine =", "def url() -> str:\n    return 'postgresql://db.internal/shop'\n\n\nengine ="
        ),
        "models.py": MODELS.replace("import Mapped, mapped_column", "import Mapped, mapped_column, relationship")
        + "    changed = mapped_column(onupdate=func.now())\n    pages = relationship('Page')\n\n\nfrom sqlalchemy import func\n",
        "requirements.txt": "psycopg2\n",
        "handler.py": HANDLER
        + """\


@app.on_event("startup")
def prepare():
    Base.metadata.create_all(bind=engine)


@app.post("/books")
async def write_book(title: str, db: Session = Depends(get_db)):
    book = Book(title=title)
    db.add(book)
    db.commit()
    found = (
        db.query(Book)
        .filter(
            Book.title == title,
        )
        .all()
    )
    return book, book.pages, found


from database import Base, engine
""",
    }
    spaces = switch(files)
    tabs = switch({name: text.replace("    ", "\t") for name, text in files.items()})
    assert {name: text.replace("\t", "    ") for name, text in tabs.items()} == spaces
    assert not [line for text in tabs.values() for line in text.split("\n") if line.startswith(" ")]


def test_closed_files_change_too(tmp_path: Path) -> None:
    folder = Folder({"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER}, tmp_path)
    fix = offered(folder)[0]
    for path in list(folder.workspace.documents):
        if path.name != "handler.py":
            folder.workspace.close(path)
    assert {edit.path.name for edit in fix.make()} == {"database.py", "handler.py"}
