"""What the fixes of SW401 give is run on real databases: the same rows for harmless values, none for an injection."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from typing import Any

import asyncpg
import psycopg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from sqlmodel import Session as Models

from apps_harness import Postgres, postgres
from seawall.engine.fix import apply
from support.marked import Folder, parse

HEAD = """\
import asyncpg
import psycopg
import sqlite3
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Session

app = FastAPI()


async def run(found):
    return await found if hasattr(found, "__await__") else found


"""
TABLE = """
CREATE TABLE book (
    id integer PRIMARY KEY, name text, year integer, sold date, shelf text, code uuid DEFAULT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
)"""
ROWS = [
    (1, "Emma", 1815, "2024-01-01", "a"),
    (2, "Persuasion", 1817, "2024-02-01", "b"),
    (3, "100% {pure}", 1900, "2024-03-01", "a"),
    (4, "O'Brien", 1950, None, "b"),
]
INJECTIONS = ("' OR '1' = '1", "x'; DROP TABLE book; --", "' UNION SELECT 1 --")


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as found:
        yield found


@pytest.fixture(scope="module")
def url(server: Postgres) -> str:
    found = server.fresh_database()
    with psycopg.connect(found.replace("postgresql+psycopg", "postgresql")) as connection:
        connection.execute(TABLE)
        for id_, name, year, sold, shelf in ROWS:
            connection.execute(
                "INSERT INTO book (id, name, year, sold, shelf) VALUES (%s, %s, %s, %s, %s)",
                (id_, name, year, sold, shelf),
            )
    return found


class Case:
    """A handler as it was and as it is mended, and a way to call either."""

    def __init__(self, parameter: str, body: str) -> None:
        lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
        self.before = (
            f'{HEAD}@app.get("/")\nasync def find(name: str, year: int, names: list[str], db: {parameter}):\n{lines}'
        )
        self.after = mended(self.before)
        assert self.after != self.before

    @staticmethod
    def function(source: str) -> Any:
        namespace: dict[str, Any] = {}
        plain = (
            source.replace('@app.get("/")\n', "")
            .replace("from fastapi import FastAPI\n", "")
            .replace("app = FastAPI()\n", "")
        )
        exec(plain, namespace)
        return namespace["find"]

    def compare(self, connected: Any) -> None:
        """`connected` calls a function with a connection of its own and gives what it returns."""
        old, new = self.function(self.before), self.function(self.after)
        for name in ("Emma", "Em", "nobody", "100% {pure}"):
            given = (name, 1800, ["Emma", name])
            try:
                expected = connected(old, given)
            except (psycopg.ProgrammingError, ProgrammingError):  # a `%` in the name was taken for a placeholder
                expected = [(3,)]
            assert connected(new, given) == expected, name
        assert connected(new, ("Emma", 1800, ["Emma"])), "the statement finds something at all"
        connected(new, ("O'Brien", 1800, ["O'Brien"]))
        for name in INJECTIONS:
            assert connected(new, (name, 1800, [name])) == [], name


def rows(found: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in found]


ASYNCPG = {
    "a value": """return await db.fetch(f"SELECT id FROM book WHERE name = '{name}' AND year > {year} ORDER BY id")""",
    "LIKE": """return await db.fetch(f"SELECT id FROM book WHERE name LIKE '{name}%' ORDER BY id")""",
    "parameters go on": """return await db.fetch(f"SELECT id FROM book WHERE year > $1 AND name = '{name}' OR name = '{name}' AND year = $2", 1700, 0)""",
    "a list": """return await db.fetch("SELECT id FROM book WHERE name = '%s' AND shelf = 'a'" % name)""",
    "names in quotes": """
quoted = names
return await db.fetch("SELECT id FROM book WHERE name IN ('%s') AND name = '%s' ORDER BY id" % ("','".join(names), name))""",
    "a cast": """return await db.fetch(f"SELECT id FROM book WHERE name = '{name}'::varchar AND sold > '2023-01-01'::date")""",
    "an interval": """return await db.fetch(f"SELECT id FROM book WHERE name = '{name}' AND sold > date '2024-12-31' - interval '{year} days'")""",
    "a statement in a variable": """
query = (
    "SELECT id FROM book "
    f"WHERE name = '{name}' "
    "ORDER BY id"
)
return await db.fetch(query, timeout=5)""",
    "format": """return await db.fetch("SELECT id FROM book WHERE name = '{}' AND year > {}".format(name, year))""",
    "plus": """return await db.fetch("SELECT id FROM book WHERE name = '" + name + "' ORDER BY id")""",
    "braces stay": """return await db.fetch(f"SELECT id FROM book WHERE '{{}}' = '{{}}' AND name = '{name}'")""",
    "a prepared statement": """
statement = await db.prepare(f"SELECT id FROM book WHERE year > $1 AND name LIKE '{name}%' ORDER BY id")
return [*await statement.fetch(1700), *await statement.fetch(1700)]""",
    "a prepared statement that runs at once": """return await (await db.prepare(f"SELECT id FROM book WHERE name = '{name}'")).fetch()""",
    "a cursor": """
async with db.transaction():
    return [row async for row in db.cursor(f"SELECT id FROM book WHERE name = '{name}' AND year > {year}", prefetch=2)]""",
    "many rows": """
async with db.transaction():
    await db.execute("CREATE TEMP TABLE mark (id integer, name text, note text)")
    await db.executemany(f"INSERT INTO mark (id, name, note) VALUES ($1, '{name}', $2)", [(1, "a"), (2, "b")])
    await db.executemany(f"INSERT INTO mark (name, id, note) VALUES ('{name}', $1, $2)", ((at, "c") for at in (3, 4)))
    return await db.fetch("SELECT book.id FROM book JOIN mark ON book.name = mark.name ORDER BY 1, mark.id")""",
    "a copy": """
import io
found = io.BytesIO()
await db.copy_from_query(f"SELECT id FROM book WHERE name = '{name}'", output=found)
return [[int(line)] for line in found.getvalue().split()]""",
}


@pytest.mark.parametrize("body", ASYNCPG.values(), ids=ASYNCPG.keys())
def test_asyncpg(url: str, body: str) -> None:
    def connected(function: Any, given: tuple[Any, ...]) -> Any:
        async def run() -> Any:
            connection = await asyncpg.connect(url)
            try:
                return rows(await function(*given, connection))
            finally:
                await connection.close()

        return asyncio.run(run())

    Case("asyncpg.Connection", body).compare(connected)


PSYCOPG = {
    "a value": """return db.execute(f"SELECT id FROM book WHERE name = '{name}' AND year > {year}").fetchall()""",
    "LIKE, and a percent sign": """return db.execute(f"SELECT id FROM book WHERE name LIKE '{name}%' AND name NOT LIKE 'P%'").fetchall()""",
    "parameters": """return db.execute(f"SELECT id FROM book WHERE year > %s AND name LIKE '{name}%%' AND shelf <> %s", (1, "c")).fetchall()""",
    "parameters in a variable": """
given = [1700]
return db.execute(f"SELECT id FROM book WHERE year > %s AND name = '{name}'", given).fetchall()""",
    "names": """return db.execute(f"SELECT id FROM book WHERE year > %(y)s AND name = '{name}'", {"y": 1}).fetchall()""",
    "a list": """return db.execute("SELECT id FROM book WHERE name IN ('%s') AND name = '%s'" % ("','".join(names), name)).fetchall()""",
    "a cast": """return db.execute(f"SELECT id FROM book WHERE name = '{name}'::varchar").fetchall()""",
    "many rows": """
with db.cursor() as cursor:
    cursor.execute("CREATE TEMP TABLE mark (id integer, name text)")
    cursor.executemany(f"INSERT INTO mark (id, name) VALUES (%s, '{name}')", [(1,), (2,)])
    cursor.executemany(f"INSERT INTO mark (id, name) VALUES (%(id)s, '{name}')", [{"id": 3}])
    return cursor.execute("SELECT DISTINCT book.id FROM book JOIN mark ON book.name = mark.name").fetchall()""",
    "a cursor": """
with db.cursor() as cursor:
    cursor.execute(f'''
        SELECT id FROM book
        WHERE name = '{name}'  -- exactly
    ''')
    return cursor.fetchall()""",
}


@pytest.mark.parametrize("body", PSYCOPG.values(), ids=PSYCOPG.keys())
def test_psycopg(url: str, body: str) -> None:
    def connected(function: Any, given: tuple[Any, ...]) -> Any:
        with psycopg.connect(url) as connection:
            return rows(asyncio.run(function(*given, connection)))

    Case("psycopg.Connection", body).compare(connected)


SQLALCHEMY = {
    "a value": """return (await run(db.execute(text(f"SELECT id FROM book WHERE name = '{name}' AND year > {year}")))).all()""",
    "LIKE": """return (await run(db.execute(text(f"SELECT id FROM book WHERE name LIKE '%{name}%' ORDER BY id")))).all()""",
    "parameters": """return (await run(db.execute(text(f"SELECT id FROM book WHERE year > :y AND name = '{name}'"), {"y": 1}))).all()""",
    "parameters in a variable": """
given = {"y": 1}
return (await run(db.execute(text(f"SELECT id FROM book WHERE year > :y AND name = '{name}'"), given))).all()""",
    "a statement made before": """
statement = text(f"SELECT id FROM book WHERE name = '{name}'")
return (await run(db.execute(statement))).all()""",
    "a cast": """return (await run(db.execute(text(f"SELECT id FROM book WHERE name = '{name}'::varchar")))).all()""",
    "a list": """return (await run(db.execute(text("SELECT id FROM book WHERE name IN ('%s') AND name = '%s'" % ("','".join(names), name))))).all()""",
    "a condition": """return (await run(db.execute(sa.select(sa.column("id")).select_from(sa.table("book")).where(text(f"name = '{name}'"))))).all()""",
}


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
@pytest.mark.parametrize("body", SQLALCHEMY.values(), ids=SQLALCHEMY.keys())
def test_sqlalchemy(url: str, body: str, driver: str) -> None:
    target = f"postgresql+{driver}://{url.partition('://')[2]}"

    def run_async(function: Any, given: tuple[Any, ...]) -> Any:
        async def run() -> Any:
            engine = create_async_engine(target)
            try:
                async with AsyncSession(engine) as session:
                    return rows(await function(*given, session))
            finally:
                await engine.dispose()

        return asyncio.run(run())

    def run_sync(function: Any, given: tuple[Any, ...]) -> Any:
        engine = create_engine(target)
        try:
            with Session(engine) as session:
                return rows(asyncio.run(function(*given, session)))
        finally:
            engine.dispose()

    kind, connected = ("AsyncSession", run_async) if driver == "asyncpg" else ("Session", run_sync)
    Case(kind, body).compare(connected)


WHATEVER_DRIVER = {
    "a list": """return (await run(db.exec_driver_sql("SELECT id FROM book WHERE name IN ('%s') AND name = '%s'" % ("','".join(names), name)))).all()""",
    "LIKE": """return (await run(db.exec_driver_sql(f"SELECT id FROM book WHERE name LIKE '{name}%' AND year > {year} ORDER BY id"))).all()""",
    "a cast": """return (await run(db.exec_driver_sql(f"SELECT id FROM book WHERE name = '{name}'::varchar AND sold > '2023-01-01'::date"))).all()""",
}


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg", "sqlite"])
@pytest.mark.parametrize("body", WHATEVER_DRIVER.values(), ids=WHATEVER_DRIVER.keys())
def test_the_drivers_own_text(url: str, body: str, driver: str) -> None:
    target = url.partition("://")[2]

    def run_async(function: Any, given: tuple[Any, ...]) -> Any:
        async def run() -> Any:
            engine = create_async_engine(f"postgresql+asyncpg://{target}")
            try:
                async with engine.connect() as connection:
                    return rows(await function(*given, connection))
            finally:
                await engine.dispose()

        return asyncio.run(run())

    def run_sync(function: Any, given: tuple[Any, ...]) -> Any:
        engine = create_engine("sqlite://" if driver == "sqlite" else f"postgresql+psycopg://{target}")
        with engine.connect() as connection:
            if driver == "sqlite":
                connection.exec_driver_sql(
                    "CREATE TABLE book (id INTEGER, name TEXT, year INTEGER, sold TEXT, shelf TEXT)"
                )
                connection.exec_driver_sql("INSERT INTO book VALUES (?, ?, ?, ?, ?)", ROWS)
            found = rows(asyncio.run(function(*given, connection)))
        engine.dispose()
        return found

    if driver == "psycopg" and "LIKE" in body:
        pytest.skip("psycopg takes the percent sign in the text as it was for a placeholder")
    if driver == "sqlite":
        body = body.replace("::varchar", "").replace("::date", "")
    kind, connected = ("AsyncConnection", run_async) if driver == "asyncpg" else ("sa.Connection", run_sync)
    Case(kind, body).compare(connected)


SQLITE = {
    "a value": """return db.execute(f"SELECT id FROM book WHERE name = '{name}' AND year > {year}").fetchall()""",
    "LIKE": """return db.execute("SELECT id FROM book WHERE name LIKE '" + name + "%' ORDER BY id").fetchall()""",
    "parameters": """return db.execute(f"SELECT id FROM book WHERE year > ? AND name = '{name}' AND year < ?", (1, 2000)).fetchall()""",
    "no parameters yet": """return db.execute(f"SELECT id FROM book WHERE name = '{name}'", ()).fetchall()""",
    "percent": """return db.execute("SELECT id FROM book WHERE name = '%s' AND name LIKE '%%'" % name).fetchall()""",
    "a list": """return db.execute("SELECT id FROM book WHERE name IN ('%s') AND name = '%s'" % ("','".join(names), name)).fetchall()""",
    "a list, plus": """return db.execute("SELECT id FROM book WHERE '{}' = '{}' AND name IN ('" + "','".join(names) + "') AND name = '" + name + "'").fetchall()""",
    "many rows": """
db.execute("CREATE TEMP TABLE IF NOT EXISTS mark (id integer, name text)")
db.execute("DELETE FROM mark")
db.executemany(f"INSERT INTO mark (id, name) VALUES (?, '{name}')", [(1,), (2,)])
db.executemany(f"INSERT INTO mark (name, id) VALUES ('{name}', ?)", ((at,) for at in range(2)))
return db.execute("SELECT book.id FROM book JOIN mark ON book.name = mark.name ORDER BY 1, mark.id").fetchall()""",
}


@pytest.mark.parametrize("body", SQLITE.values(), ids=SQLITE.keys())
def test_sqlite(body: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE book (id INTEGER PRIMARY KEY, name TEXT, year INTEGER, sold TEXT, shelf TEXT)")
    connection.executemany("INSERT INTO book VALUES (?, ?, ?, ?, ?)", ROWS)

    def connected(function: Any, given: tuple[Any, ...]) -> Any:
        return rows(asyncio.run(function(*given, connection)))

    Case("sqlite3.Connection", body).compare(connected)


MIGRATION = """
import sqlalchemy as sa
from alembic import op
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def upgrade(name: str, names: list[str]):
    op.execute(f"UPDATE book SET shelf = 'x' WHERE name = '{name}'")
    op.execute(sa.text(f"UPDATE book SET shelf = 'y' WHERE name LIKE '{name}%'"))
    op.execute("UPDATE book SET shelf = 'z' WHERE name IN ('%s')" % "','".join(names))
    op.get_bind().execute(sa.text("UPDATE book SET year = 0 WHERE name = '" + name + "'"))
"""


@pytest.mark.parametrize("name", ["Emma", "O'Brien", *INJECTIONS])
def test_alembic(name: str) -> None:
    source = mended(MIGRATION)
    assert "op.execute(sa.text(\"UPDATE book SET shelf = 'x' WHERE name = :name\").bindparams(name=name))" in source
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE book (id INTEGER, name TEXT, year INTEGER, sold TEXT, shelf TEXT)")
        connection.exec_driver_sql("INSERT INTO book VALUES (?, ?, ?, ?, ?)", ROWS)
        namespace: dict[str, Any] = {}
        with Operations.context(MigrationContext.configure(connection)):
            exec(source.replace('@app.get("/")\n', ""), namespace)
            namespace["upgrade"](name, [name, "nobody"])
        found = connection.exec_driver_sql("SELECT name FROM book WHERE shelf = 'z' AND year = 0").scalars().all()
        assert found == [one for one in ("Emma", "O'Brien") if one == name]
        assert connection.exec_driver_sql("SELECT count(*) FROM book WHERE shelf IN ('x', 'y')").scalar() == 0


def test_sqlmodel() -> None:
    before = """
from fastapi import FastAPI
from sqlalchemy import text
from sqlmodel import Session

app = FastAPI()


@app.get("/")
def find(name: str, session: Session):
    return session.exec(text(f"SELECT id FROM book WHERE name = '{name}'")).all()
"""
    source = mended(before)
    engine = create_engine("sqlite://")
    with Models(engine) as session:
        session.connection().exec_driver_sql("CREATE TABLE book (id INTEGER, name TEXT)")
        session.connection().exec_driver_sql("INSERT INTO book VALUES (4, 'Emma')")
        namespace: dict[str, Any] = {}
        exec(source.replace('@app.get("/")\n', ""), namespace)
        assert rows(namespace["find"]("Emma", session)) == [(4,)]
        assert all(namespace["find"](name, session) == [] for name in INJECTIONS)


def mended(source: str) -> str:
    """A module with all that SW401 finds in it mended."""
    folder = Folder(parse(source).files)
    while found := folder.findings("SW401"):
        for path, text in apply(folder.workspace, found[0].finding.fixes[0].make()).items():
            path.write_text(text)
            folder.workspace.changed(path)
    return folder.read()["main.py"]
