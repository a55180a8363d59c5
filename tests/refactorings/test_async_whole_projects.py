"""Switching to async sessions: several databases, tests, migrations, closed files."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactorings.switching import (
    ASYNC_DATABASE,
    ASYNC_HANDLER,
    DATABASE,
    HANDLER,
    MODELS,
    offered,
    switch,
)
from support.marked import Folder

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
