"""The fix of SW106: every task opens a session of its own, from the factory that the project has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from apps_harness import postgres
from seawall.edits import CannotFix
from seawall.engine.fix import apply
from support.marked import Folder, assert_fixes, parse

CODE = "SW106"
DATABASE = """\
#- app/__init__.py
#- app/database.py
from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///shop.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session

#- app/books.py
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


async def find(session: AsyncSession, book_id: int, *, title_only: bool = False):
    book = await session.get(Book, book_id)
    return book.title if title_only and book else book


async def rename(session: AsyncSession, book_id: int, title: str) -> None:
    await session.execute(update(Book).where(Book.id == book_id).values(title=title))


async def rename_now(session: AsyncSession, book_id: int, title: str) -> None:
    await rename(session, book_id, title)
    await session.commit()


async def similar(session: AsyncSession, book: Book):
    return await session.scalars(select(Book).where(Book.title == book.title))


class Books:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def find(self, book_id: int):
        return await self.session.get(Book, book_id)

"""


def changes(before: str, after: str) -> None:
    assert_fixes(CODE, f"{before}{DATABASE}", after, main="app/main.py")


def test_two_calls_of_a_handler_whose_session_is_not_needed_then() -> None:
    changes(
        """\
import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.books import find
from app.database import get_session

router = APIRouter()


@router.get("/pair")
async def pair(one: int, other: int, session: Annotated[AsyncSession, Depends(get_session)]):
    return await «asyncio.gather(find(session, one), find(session, other, title_only=False))»
""",
        """\
import asyncio

from fastapi import APIRouter

from app.books import find
from app.database import SessionLocal

router = APIRouter()


@router.get("/pair")
async def pair(one: int, other: int):
    async def find_in_own_session(book_id):
        async with SessionLocal() as session:
            return await find(session, book_id)

    async def find_in_own_session_2(book_id):
        async with SessionLocal() as session:
            return await find(session, book_id, title_only=False)

    return await asyncio.gather(find_in_own_session(one), find_in_own_session_2(other))
""",
    )


HEAD = """\
import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from app.books import Book, Books, find, rename, rename_now, similar
from app.database import SessionLocal

"""


def body(before: str, after: str) -> None:
    changes(f"{HEAD}{before}", f"{HEAD}{after}")


def test_one_for_each_element() -> None:
    body(
        """\
async def all_of(session: AsyncSession, ids: list[int]):
    \"\"\"All at once.\"\"\"
    first = await find(session, 1)
    # The others have to wait for it.
    others = await «asyncio.gather(*[find(session, book_id, title_only=True) for book_id in ids])»
    return [first, *others]
""",
        """\
async def all_of(session: AsyncSession, ids: list[int]):
    \"\"\"All at once.\"\"\"
    first = await find(session, 1)

    async def find_in_own_session(book_id):
        async with SessionLocal() as session:
            return await find(session, book_id, title_only=True)

    # The others have to wait for it.
    others = await asyncio.gather(*[find_in_own_session(book_id) for book_id in ids])
    return [first, *others]
""",
    )


def test_a_group_of_tasks_in_the_block_that_opened_the_session() -> None:
    body(
        """\
async def all_of(ids: list[int]) -> None:
    async with SessionLocal() as session:
        # Each in a task.
        async with asyncio.TaskGroup() as group:
            for book_id in ids:
                «group.create_task(find(session, book_id))»
    print("done")
""",
        """\
async def all_of(ids: list[int]) -> None:
    async def find_in_own_session(book_id):
        async with SessionLocal() as session:
            return await find(session, book_id)

    # Each in a task.
    async with asyncio.TaskGroup() as group:
        for book_id in ids:
            group.create_task(find_in_own_session(book_id))
    print("done")
""",
    )


def test_all_tasks_of_a_group_not_only_the_second() -> None:
    body(
        """\
async def two(session: AsyncSession, one: Book, other: int) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(find(session, 1))
        «group.create_task(find(session, other))»
    await session.commit()
""",
        """\
async def two(session: AsyncSession, one: Book, other: int) -> None:
    async def find_in_own_session(book_id):
        async with SessionLocal() as session:
            return await find(session, book_id)

    async with asyncio.TaskGroup() as group:
        group.create_task(find_in_own_session(1))
        group.create_task(find_in_own_session(other))
    await session.commit()
""",
    )


def test_a_session_that_an_object_keeps() -> None:
    body(
        """\
class Shelf:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def two(self):
        return await «asyncio.gather(
            find(self.session, 1),  # the old one
            find(session=self.session, book_id=2),
        )»
""",
        """\
class Shelf:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def two(self):
        async def find_in_own_session():
            async with SessionLocal() as session:
                return await find(session, 1)

        async def find_in_own_session_2():
            async with SessionLocal() as session:
                return await find(session=session, book_id=2)

        return await asyncio.gather(
            find_in_own_session(),  # the old one
            find_in_own_session_2(),
        )
""",
    )


def test_repositories_that_a_session_is_enough_for() -> None:
    body(
        """\
async def two(books: Books, one: int):
    return await «asyncio.gather(books.find(one), books.find(2))»


async def made(session: AsyncSession):
    return await «asyncio.gather(Books(session).find(1), session.get(Book, 2))»
""",
        """\
async def two(books: Books, one: int):
    async def find_in_own_session(book_id):
        async with SessionLocal() as session:
            return await Books(session).find(book_id)

    return await asyncio.gather(find_in_own_session(one), find_in_own_session(2))


async def made(session: AsyncSession):
    async def find_in_own_session():
        async with SessionLocal() as session:
            return await Books(session).find(1)

    async def get_in_own_session():
        async with SessionLocal() as session:
            return await session.get(Book, 2)

    return await asyncio.gather(find_in_own_session(), get_in_own_session())
""",
    )


def test_what_runs_after_the_response() -> None:
    head = HEAD.replace("from sqlalchemy", "from fastapi import BackgroundTasks\nfrom sqlalchemy", 1)
    changes(
        head
        + """\
async def later(tasks: BackgroundTasks, book_id: int) -> None:
    async with SessionLocal() as session:
        await find(session, book_id)
        «tasks.add_task(rename_now, session, book_id, title="new")»
""",
        head
        + """\
async def later(tasks: BackgroundTasks, book_id: int) -> None:
    async with SessionLocal() as session:
        await find(session, book_id)

        async def rename_now_in_own_session(book_id):
            async with SessionLocal() as session:
                await rename_now(session, book_id, title="new")

        tasks.add_task(rename_now_in_own_session, book_id)
""",
    )


def test_tabs_stay_and_the_factory_is_imported() -> None:
    changes(
        "import asyncio\n\nfrom sqlalchemy.ext.asyncio import AsyncSession\n\nfrom app.books import find\n\n\n"
        "async def two(session: AsyncSession):\n\tif session:\n"
        "\t\treturn await «asyncio.gather(find(session, 1), find(session, 2))»\n",
        "import asyncio\n\nfrom sqlalchemy.ext.asyncio import AsyncSession\n\nfrom app.books import find\n"
        "from app.database import SessionLocal\n\n\nasync def two(session: AsyncSession):\n\tif session:\n"
        "\t\tasync def find_in_own_session(book_id):\n\t\t\tasync with SessionLocal() as session:\n"
        "\t\t\t\treturn await find(session, book_id)\n\n"
        "\t\treturn await asyncio.gather(find_in_own_session(1), find_in_own_session(2))\n",
    )


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("await asyncio.gather(rename(session, 1, 'a'), rename(session, 2, 'b'))", "committed together"),
        ("session.add(Book(id=1))\n    await asyncio.gather(find(session, 1), find(session, 2))", "would not see"),
        ("await asyncio.gather(session.flush(), session.flush())", "what the shared session holds"),
        ("await asyncio.gather(unknown(session), unknown(session))", "nothing says what `unknown` does"),
        (
            "book = await find(session, 1)\n    await asyncio.gather(similar(session, Book(id=1)), find(session, 2))",
            "may belong to the session",
        ),
        ("await asyncio.gather(rest(session), rest(session))", "nothing says what `rest` does"),
        ("x = 1; await asyncio.gather(find(session, 1), find(session, 2))", "on the same line"),
    ],
)
def test_what_a_session_apart_would_change(lines: str, reason: str) -> None:
    rest = "async def rest(session: AsyncSession):\n    return await unknown(session)\n"
    refused(
        f"{HEAD}from elsewhere import unknown\n{rest}async def f(session: AsyncSession):\n    {lines}\n{DATABASE}",
        reason,
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            DATABASE.replace("SessionLocal = async_sessionmaker(engine, expire_on_commit=False)", ""),
            "no `async_sessionmaker`",
        ),
        (
            f"{DATABASE}#- app/other.py\nfrom sqlalchemy.ext.asyncio import async_sessionmaker\nmake = async_sessionmaker()\n",
            "several",
        ),
    ],
)
def test_without_one_certain_factory(text: str, reason: str) -> None:
    lines = "async def f(session: AsyncSession):\n    await asyncio.gather(find(session, 1), find(session, 2))\n"
    refused(f"{HEAD.replace('from app.database import SessionLocal', '')}{lines}{text}", reason)


def test_a_connection_that_nobody_knows_where_to_get_again() -> None:
    refused(
        "import asyncio\nimport asyncpg\nasync def f(connection: asyncpg.Connection):\n"
        "    await asyncio.gather(connection.fetch('SELECT 1'), connection.fetch('SELECT 2'))\n",
        "where the project gets its connections",
    )


def test_an_object_that_more_than_a_session_is_needed_for() -> None:
    books = DATABASE.replace(
        "def __init__(self, session: AsyncSession)", "def __init__(self, session: AsyncSession, user: int)"
    )
    lines = "async def f(books: Books):\n    await asyncio.gather(books.find(1), books.find(2))\n"
    refused(f"{HEAD}{lines}{books}", "how `books` is made")


def refused(text: str, reason: str) -> None:
    folder = Folder(parse(text, "app/main.py").files)
    (found,) = folder.findings(CODE)
    with pytest.raises(CannotFix) as refusal:
        list(found.finding.fixes[0].make())
    assert reason in str(refusal.value)


# -- behaviour -----------------------------------------------------------------------------------------------------------------

STATISTICS = """\
import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from app.books import Base, Book, Books, find, rename_now
from app.database import SessionLocal, engine


async def titles(session: AsyncSession, ids: list[int]) -> list[str]:
    return await asyncio.gather(*[find(session, book_id, title_only=True) for book_id in ids])


async def renamed(ids: list[int]) -> None:
    async with SessionLocal() as session:
        async with asyncio.TaskGroup() as group:
            for book_id in ids:
                group.create_task(rename_now(session, book_id, title=f"new {book_id}"))


async def kept(books: Books) -> list[str]:
    return [book.title for book in await asyncio.gather(books.find(1), books.find(2))]


async def main() -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with SessionLocal.begin() as session:
        session.add_all(Book(id=number, title=f"book {number}") for number in range(1, 9))
    async with SessionLocal() as session:
        print(await titles(session, [1, 2, 3]))
        await renamed([1, 2, 3, 4])
        print(await titles(session, [1, 4, 5]))
        print(await kept(Books(session)))
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main())
"""
EXPECTED = ["['book 1', 'book 2', 'book 3']", "['new 1', 'new 4', 'book 5']", "['new 1', 'new 2']"]


def test_what_went_one_after_the_other_on_sqlite(tmp_path: Path) -> None:
    assert_works(Folder(parse(f"#- statistics_of.py\n{STATISTICS}{DATABASE}").files, tmp_path / "project"))


def test_what_failed_on_postgresql(tmp_path: Path) -> None:
    with postgres() as server:
        url = server.fresh_database().replace("postgresql://", "postgresql+asyncpg://")
        text = f"#- statistics_of.py\n{STATISTICS}{DATABASE}".replace("sqlite+aiosqlite:///shop.db", url)
        folder = Folder(parse(text).files, tmp_path / "project")
        assert "InvalidRequestError" in run(folder).stderr
        url = server.fresh_database().replace("postgresql://", "postgresql+asyncpg://")
        (folder.root / "app/database.py").write_text(parse(text.replace("app_1", "app_2")).files["app/database.py"])
        assert url in (folder.root / "app/database.py").read_text()
        assert_works(folder)


def assert_works(folder: Folder) -> None:
    """Once mended, the program gives what it should."""
    for _ in range(3):
        found = folder.findings(CODE)[0]
        for path, text in apply(folder.workspace, found.finding.fixes[0].make()).items():
            path.write_bytes(text.encode())
            folder.workspace.changed(path)
    assert folder.findings(CODE) == []
    done = run(folder)
    assert (done.returncode, done.stdout.splitlines()) == (0, EXPECTED), done.stderr


def run(folder: Folder) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "statistics_of.py"]
    (folder.root / "shop.db").unlink(missing_ok=True)
    return subprocess.run(command, cwd=folder.root, capture_output=True, text=True, check=False)
