"""Examples of the switch to an async session: small projects, before and after."""

from __future__ import annotations

import textwrap
from difflib import unified_diff
from pathlib import Path

import pytest

from seawall.edits import CannotFix, Fix
from seawall.engine.fix import apply
from support.marked import Folder, parse

DATABASE = """\
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, sessionmaker

engine = create_engine("postgresql://db.internal/shop", pool_pre_ping=True)
SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)


class Base(DeclarativeBase):
    pass


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
"""

ASYNC_DATABASE = """\
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

engine = create_async_engine("postgresql+asyncpg://db.internal/shop", pool_pre_ping=True)
SessionLocal = async_sessionmaker(autoflush=False, bind=engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


async def get_db():
    async with SessionLocal() as db:
        yield db
"""

MODELS = """\
from sqlalchemy.orm import Mapped, mapped_column

from database import Base


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(index=True)
"""

HANDLER = """\
from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session

from database import get_db
from models import Book

app = FastAPI()


@app.get("/books/{book_id}")
async def read_book(book_id: int, db: Session = Depends(get_db)):
    return db.get(Book, book_id)
"""

ASYNC_HANDLER = """\
from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from database import get_db
from models import Book

app = FastAPI()


@app.get("/books/{book_id}")
async def read_book(book_id: int, db: AsyncSession = Depends(get_db)):
    return await db.get(Book, book_id)
"""


def offered(folder: Folder) -> list[Fix]:
    return [
        fix
        for one in folder.findings("SW102")
        for fix in one.finding.fixes
        if fix.title.startswith("Switch the project")
    ]


def switch(files: dict[str, str], root: Path | None = None) -> dict[str, str]:
    """The files after the switch; nothing is left to switch, and nothing new is wrong in them."""
    folder = Folder({"ruff.toml": "line-length = 120\n"} | files, root)
    before = {one.code for one in folder.findings()}
    fixes = offered(folder)
    assert fixes, "the switch is not offered"
    edits = list(fixes[0].make())
    for path, text in apply(folder.workspace, edits).items():
        path.write_bytes(text.encode())
    assert not folder.findings("SW102")
    new = [one for one in folder.findings() if one.code not in before]
    assert not new, "\n".join(f"{one.path.name}:{one.range.start_line} {one.code} {one.finding.message}" for one in new)
    return folder.read()


def assert_switches(before: str, after: str) -> None:
    """The switch makes `after` of `before`; the database, models and a handler are there unless the example has its own."""
    given, expected = parse(before).files, parse(after).files
    surroundings = {"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER}
    converted = {"database.py": ASYNC_DATABASE, "models.py": MODELS, "handler.py": ASYNC_HANDLER}
    found, wanted = switch(surroundings | given), given | converted | expected
    changed = [name for name in wanted if found[name] != wanted[name]]
    lines = [
        unified_diff(wanted[name].split("\n"), found[name].split("\n"), name, "found", lineterm="") for name in changed
    ]
    assert not changed, "\n".join(line for each in lines for line in each)


def assert_leaves(text: str, *reasons: str) -> None:
    """The switch leaves the files of the example as they are, names why, and does the rest."""
    given = parse(text).files
    files = {"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER} | given
    folder = Folder(files)
    fix = offered(folder)[0]
    changes = {path.name: text for path, text in apply(folder.workspace, fix.make()).items()}
    assert str(changes["handler.py"]).replace("get_async_db", "get_db") == ASYNC_HANDLER
    left = "\n".join(fix.left())
    assert all(reason in left for reason in reasons), left
    changed = [name for name in given if Path(name).name in changes and name not in ("database.py", "handler.py")]
    assert not changed, "\n".join(str(changes[Path(name).name]) for name in changed)


def assert_refuses(text: str, reason: str) -> None:
    """The switch is offered but names the place that cannot follow."""
    folder = Folder({"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER} | parse(text).files)
    with pytest.raises(CannotFix) as refusal:
        offered(folder)[0].make()
    assert reason in str(refusal.value)


def assert_changes(path: str, before: str, after: str) -> None:
    """The same for one file, which may be indented."""
    assert_switches(f"#- {path}\n{textwrap.dedent(before).lstrip()}", f"#- {path}\n{textwrap.dedent(after).lstrip()}")
