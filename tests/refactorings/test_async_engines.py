"""Switching to async sessions: engines, their URLs and factories."""

from __future__ import annotations

import pytest

from refactorings.switching import (
    ASYNC_DATABASE,
    ASYNC_HANDLER,
    DATABASE,
    HANDLER,
    MODELS,
    assert_refuses,
    assert_switches,
    offered,
    switch,
)
from support.marked import Folder


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
