"""SW401's fix where one function makes the SQL text and another of the project executes it."""

from __future__ import annotations

import asyncio
import sys
import types
from typing import Any

import asyncpg
import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from apps_harness import postgres
from seawall.edits import CannotFix
from seawall.engine.fix import apply
from support.marked import Folder, assert_fixes, parse

WEB = """\
from fastapi import FastAPI
import store

app = FastAPI()


@app.get("/")
async def find(name: str, names: list[str], year: int, con):
    {}
"""
STORE = """
#- store.py
import asyncpg
import psycopg
import sqlite3
from sqlalchemy import text
from sqlalchemy.orm import Session

db = sqlite3.connect(":memory:")


{}
"""


def project(web: str, store: str) -> str:
    return (WEB + STORE).replace("{}", web, 1).replace("{}", store, 1)


EXECUTING = {
    "a helper without values": (
        """return store.rows(f"SELECT id FROM book WHERE name = '{name}'")""",
        "def rows(sql: str):\n    return db.execute(sql).fetchall()",
        """return store.rows("SELECT id FROM book WHERE name = ?", (name,))""",
        "def rows(sql: str, parameters: tuple[object, ...] = ()):\n    return db.execute(sql, parameters).fetchall()",
    ),
    "a helper without annotations, and the name is taken": (
        """return store.rows(f"SELECT id FROM book WHERE name LIKE '%{name}%'")""",
        "def rows(sql, parameters=5):\n    return db.execute(sql).fetchmany(parameters)",
        """return store.rows("SELECT id FROM book WHERE name LIKE ?", values=(f"%{name}%",))""",
        "def rows(sql, parameters=5, values=()):\n    return db.execute(sql, values).fetchmany(parameters)",
    ),
    "a text in a variable": (
        """query = f"SELECT id FROM book WHERE name = '{name}'"\n    return store.rows(query)""",
        "def rows(sql):\n    return db.execute(sql).fetchall()",
        """query = "SELECT id FROM book WHERE name = ?"\n    return store.rows(query, (name,))""",
        "def rows(sql, parameters=()):\n    return db.execute(sql, parameters).fetchall()",
    ),
    "a helper that hands on what it is given": (
        """return store.rows(f"SELECT id FROM book WHERE name = '{name}' AND year > ?", 5)""",
        "def rows(sql, *values):\n    return db.execute(sql, values).fetchall()",
        """return store.rows("SELECT id FROM book WHERE name = ? AND year > ?", name, 5)""",
        "def rows(sql, *values):\n    return db.execute(sql, values).fetchall()",
    ),
    "a helper with values that are not given": (
        """return store.rows(f"SELECT id FROM book WHERE name = '{name}'", limit=5)""",
        "def rows(sql: str, limit: int = 3, given: tuple = ()):\n    return db.execute(sql, given).fetchmany(limit)",
        """return store.rows("SELECT id FROM book WHERE name = ?", limit=5, given=(name,))""",
        "def rows(sql: str, limit: int = 3, given: tuple = ()):\n    return db.execute(sql, given).fetchmany(limit)",
    ),
    "a helper with values that are given": (
        """return store.rows(f"SELECT id FROM book WHERE year > ? AND name = '{name}'", given=(1,))""",
        "def rows(sql: str, limit: int = 3, given: tuple = ()):\n    return db.execute(sql, given).fetchmany(limit)",
        """return store.rows("SELECT id FROM book WHERE year > ? AND name = ?", given=(1, name))""",
        "def rows(sql: str, limit: int = 3, given: tuple = ()):\n    return db.execute(sql, given).fetchmany(limit)",
    ),
    "a list": (
        """return store.rows("SELECT id FROM book WHERE name IN ('%s')" % "','".join(names))""",
        "def rows(sql):\n    return db.execute(sql).fetchall()",
        """return store.rows(f"SELECT id FROM book WHERE name IN ({', '.join('?' * len(names))})", tuple(names))""",
        "def rows(sql, parameters=()):\n    return db.execute(sql, parameters).fetchall()",
    ),
    "a method that executes text()": (
        """return store.Store(con).rows(f"SELECT id FROM book WHERE name LIKE '%{name}%'")""",
        """class Store:
    def __init__(self, session: Session):
        self.session = session

    def rows(self, sql: str):
        return self.session.execute(text(sql)).all()""",
        """return store.Store(con).rows("SELECT id FROM book WHERE name LIKE :name", {"name": f"%{name}%"})""",
        """class Store:
    def __init__(self, session: Session):
        self.session = session

    def rows(self, sql: str, parameters: dict[str, object] | None = None):
        return self.session.execute(text(sql), parameters).all()""",
    ),
    "asyncpg": (
        """return await store.rows(con, f"SELECT id FROM book WHERE name = '{name}'")""",
        "async def rows(con: asyncpg.Connection, sql: str):\n    return await con.fetch(sql)",
        """return await store.rows(con, "SELECT id FROM book WHERE name = $1", name)""",
        "async def rows(con: asyncpg.Connection, sql: str, *parameters: object):\n    return await con.fetch(sql, *parameters)",
    ),
    "asyncpg with values": (
        """return await store.rows(con, f"SELECT id FROM book WHERE name = '{name}' AND year > $1", 7)""",
        "async def rows(con: asyncpg.Connection, sql, *args):\n    return await con.fetch(sql, *args)",
        """return await store.rows(con, "SELECT id FROM book WHERE name = $2 AND year > $1", 7, name)""",
        "async def rows(con: asyncpg.Connection, sql, *args):\n    return await con.fetch(sql, *args)",
    ),
    "psycopg, whose percent signs are read from then on": (
        """return store.rows(con, f"SELECT id FROM book WHERE name LIKE '{name}%' AND name NOT LIKE 'P%'")""",
        "def rows(con: psycopg.Connection, sql: str):\n    return con.execute(sql).fetchall()",
        """return store.rows(con, "SELECT id FROM book WHERE name LIKE %s AND name NOT LIKE 'P%%'", (f"{name}%",))""",
        "def rows(con: psycopg.Connection, sql: str, parameters: tuple[object, ...] | None = None):\n"
        "    return con.execute(sql, parameters).fetchall()",
    ),
    "psycopg, whose percent signs are read already": (
        """return store.rows(con, f"SELECT id FROM book WHERE name LIKE '%%{name}%%' AND year > %s", [1])""",
        "def rows(con: psycopg.Connection, sql, given=None):\n    return con.execute(sql, given).fetchall()",
        """return store.rows(con, "SELECT id FROM book WHERE name LIKE %s AND year > %s", [f"%{name}%", 1])""",
        "def rows(con: psycopg.Connection, sql, given=None):\n    return con.execute(sql, given).fetchall()",
    ),
}


@pytest.mark.parametrize(("web", "store", "web_after", "store_after"), EXECUTING.values(), ids=EXECUTING.keys())
def test_the_helper_takes_the_values(web: str, store: str, web_after: str, store_after: str) -> None:
    assert_fixes("SW401", project(web, store), project(web_after, store_after))


def test_two_who_call_it() -> None:
    call = """store.rows(f"SELECT id FROM book WHERE name = '{name}'")"""
    mended = """store.rows("SELECT id FROM book WHERE name = ?", (name,))"""
    assert_fixes(
        "SW401",
        project(
            f"{call}\n    return {call}, store.rows('SELECT 1')",
            "def rows(sql):\n    return db.execute(sql).fetchall()",
        ),
        project(
            f"{mended}\n    return {mended}, store.rows('SELECT 1')",
            "def rows(sql, parameters=()):\n    return db.execute(sql, parameters).fetchall()",
        ),
    )


REFUSED = {
    "several functions": (
        "def rows(sql):\n    return run(sql)\n\n\ndef run(sql):\n    return db.execute(sql)",
        "goes through several functions",
    ),
    "values of its own": ("def rows(sql):\n    return db.execute(sql, (1,))", "`rows` gives values of its own"),
    "values that it makes": (
        "def rows(sql, given=()):\n    given = (*given, 1)\n    return db.execute(sql, given)",
        "`rows` gives values of its own",
    ),
    "anything": ("def rows(sql, *rest):\n    return db.execute(sql)", "`rows` takes whatever it is given"),
    "decorated": (
        "from functools import cache\n\n\n@cache\ndef rows(sql):\n    return db.execute(sql)",
        "`rows` takes whatever",
    ),
    "a script": ("def rows(sql):\n    return db.executescript(sql)", "takes its values elsewhere"),
}


@pytest.mark.parametrize(("store", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_helper_that_cannot_take_them(store: str, reason: str) -> None:
    web = """return store.rows(f"SELECT id FROM book WHERE name = '{name}'")"""
    (found,) = Folder(parse(project(web, store)).files).findings("SW401")
    (fix,) = found.finding.fixes
    with pytest.raises(CannotFix, match=reason):
        list(fix.make())


def test_a_method_that_others_override() -> None:
    store = """\
class Base:
    def rows(self, sql):
        return db.execute(sql)


class Other(Base):
    def rows(self, sql):
        return db.execute(sql)"""
    web = """return store.Base().rows(f"SELECT id FROM book WHERE name = '{name}'")"""
    found = Folder(parse(project(web, store)).files).findings("SW401")
    with pytest.raises(CannotFix, match="other classes have a `rows` of their own"):
        list(found[0].finding.fixes[0].make())


RETURNING = {
    "a driver": (
        """return store.db.execute(store.select(name)).fetchall()""",
        """def select(name: str) -> str:\n    return f"SELECT id FROM book WHERE name = '{name}'\"""",
        """return store.db.execute(*store.select(name)).fetchall()""",
        """def select(name: str) -> tuple[str, tuple[str]]:\n    return "SELECT id FROM book WHERE name = ?", (name,)""",
    ),
    "a variable on both sides": (
        """query = store.select(name, year)\n    return store.db.execute(query).fetchall()""",
        """def select(name, year: int):\n    made = f"SELECT id FROM book WHERE name = '{name}' AND year > {year}"\n    return made""",
        """query = store.select(name, year)\n    return store.db.execute(*query).fetchall()""",
        """def select(name, year: int):\n    made = "SELECT id FROM book WHERE name = ? AND year > ?"\n    return made, (name, year)""",
    ),
    "a list": (
        """return store.db.execute(store.select(names)).fetchall()""",
        """def select(names: list[str]) -> str:\n    return "SELECT id FROM book WHERE name IN ('%s')" % "','".join(names)""",
        """return store.db.execute(*store.select(names)).fetchall()""",
        """def select(names: list[str]) -> tuple[str, tuple[object, ...]]:\n"""
        """    return f"SELECT id FROM book WHERE name IN ({', '.join('?' * len(names))})", (*names,)""",
    ),
    "a session": (
        """return store.Session(con).execute(store.text(store.select(name))).all()""",
        """def select(name: str):\n    return f"SELECT id FROM book WHERE name LIKE '%{name}%'\"""",
        """return store.Session(con).execute(store.select(name)).all()""",
        """def select(name: str):\n    return text("SELECT id FROM book WHERE name LIKE :name").bindparams(name=f"%{name}%")""",
    ),
    "asyncpg": (
        """connection: store.asyncpg.Connection = con\n    return await connection.fetch(store.select(name, year))""",
        """def select(name: str, year: int) -> str:
    return (
        "SELECT id FROM book "
        f"WHERE name = '{name}' AND year > {year}"  # both
    )""",
        """connection: store.asyncpg.Connection = con\n    return await connection.fetch(*store.select(name, year))""",
        """def select(name: str, year: int) -> tuple[str, str, int]:
    return (
        "SELECT id FROM book "
        "WHERE name = $1 AND year > $2", name, year  # both
    )""",
    ),
    "a text that is awaited": (
        """return store.db.execute(await store.select(name)).fetchall()""",
        """async def select(name):\n    return f"SELECT id FROM book WHERE name = '{name}'\"""",
        """return store.db.execute(*await store.select(name)).fetchall()""",
        """async def select(name):\n    return "SELECT id FROM book WHERE name = ?", (name,)""",
    ),
}


@pytest.mark.parametrize(("web", "store", "web_after", "store_after"), RETURNING.values(), ids=RETURNING.keys())
def test_the_values_come_back_beside_the_text(web: str, store: str, web_after: str, store_after: str) -> None:
    assert_fixes("SW401", project(web, store), project(web_after, store_after))
    (found,) = Folder(parse(project(web, store)).files).findings("SW401")
    assert [(fix.safety, fix.why) for fix in found.finding.fixes] == [
        ("unsafe", "`select` returns something else than a string from then on")
    ]


def test_a_declared_text_is_declared_anew() -> None:
    store = """def select(name: str) -> str:\n    return f"SELECT id FROM book WHERE name = '{name}'\""""
    (found,) = Folder(parse(project(RETURNING["a session"][0], store)).files).findings("SW401")
    changed = [edit.text for edit in found.finding.fixes[0].make() if hasattr(edit, "text")]
    assert "TextClause" in changed
    assert "TextClause, " in changed  # beside the import of `text`, in its order


ELSEWHERE = {
    "is used elsewhere, too": (
        """store.select("x")\n    return store.db.execute(store.select(name)).fetchall()""",
        """def select(name):\n    return f"SELECT id FROM book WHERE name = '{name}'\"""",
    ),
    "returns texts in several places": (
        """return store.db.execute(store.select(name)).fetchall()""",
        """def select(name):\n    if not name:\n        return "SELECT 1"\n    return f"SELECT id FROM book WHERE name = '{name}'\"""",
    ),
    "does not simply return its text": (
        """return store.db.execute(store.select(name)).fetchall()""",
        """import functools\n\n\n@functools.cache\ndef select(name):\n    return f"SELECT id FROM book WHERE name = '{name}'\"""",
    ),
    "put together in a way that cannot be changed": (
        """return store.db.execute(store.select(name)).fetchall()""",
        """def select(name):\n    return f"SELECT id FROM book WHERE {name}\"""",
    ),
    "is given values already": (
        """return store.db.execute(store.select(name), (1,)).fetchall()""",
        """def select(name):\n    return f"SELECT id FROM book WHERE name = '{name}' AND year > ?\"""",
    ),
}


@pytest.mark.parametrize(
    ("reason", "web", "store"), [(why, *case) for why, case in ELSEWHERE.items()], ids=ELSEWHERE.keys()
)
def test_a_text_that_cannot_come_back_with_its_values(reason: str, web: str, store: str) -> None:
    found = Folder(parse(project(web, store)).files).findings("SW401")
    with pytest.raises(CannotFix, match=reason):
        list(found[0].finding.fixes[0].make())


# -- what the mended code does ----------------------------------------------------------------------------------------

TABLE = "CREATE TABLE book (id integer, name text, year integer)"
ROWS = [(1, "Emma", 1815), (2, "Persuasion", 1817), (3, "O'Brien", 1950)]
INJECTIONS = ("' OR '1' = '1", "' UNION SELECT 1 --")


def mended(files: dict[str, str]) -> dict[str, str]:
    folder = Folder(files)
    while found := folder.findings("SW401"):
        for path, text in apply(folder.workspace, found[0].finding.fixes[0].make()).items():
            path.write_text(text)
            folder.workspace.changed(path)
    return folder.read()


def loaded(files: dict[str, str]) -> Any:
    """The handler, and the store that it uses."""
    store = types.ModuleType("store")
    exec(files["store.py"], store.__dict__)
    sys.modules["store"] = store
    web: dict[str, Any] = {}
    exec(files["main.py"].replace('@app.get("/")\n', ""), web)
    return web["find"], store


def answers(files: dict[str, str], con: Any, names: tuple[str, ...], prepare: Any = None) -> list[Any]:
    find, store = loaded(files)
    if prepare is not None:
        prepare(store)
    return [[tuple(row) for row in asyncio.run(find(name, [name, "x"], 1, con))] for name in names]


ON_SQLITE = [
    case for case in (*EXECUTING.values(), *RETURNING.values()) if "Session" not in case[1] and "con" not in case[0]
]


@pytest.mark.parametrize("case", ON_SQLITE, ids=[case[1].partition("\n")[0] for case in ON_SQLITE])
def test_on_sqlite(case: tuple[str, str, str, str]) -> None:
    def prepare(store: Any) -> None:
        store.db.execute(TABLE)
        store.db.executemany("INSERT INTO book VALUES (?, ?, ?)", ROWS)

    files = parse(project(*case[:2])).files
    after = mended(files)
    harmless = ("Emma", "nobody")
    assert answers(after, None, harmless, prepare) == answers(files, None, harmless, prepare)
    assert answers(after, None, ("O'Brien", *INJECTIONS), prepare) == [[(3,)], [], []]


@pytest.mark.parametrize("case", [EXECUTING["a method that executes text()"], RETURNING["a session"]])
def test_with_a_session(case: tuple[str, str, str, str]) -> None:
    files = mended(parse(project(*case[:2])).files)
    with Session(create_engine("sqlite://")) as session:
        session.connection().exec_driver_sql(TABLE)
        session.connection().exec_driver_sql("INSERT INTO book VALUES (?, ?, ?)", ROWS)
        given = session if "store.Store" in case[0] else session.connection()
        assert answers(files, given, ("Emma", "O'Brien", *INJECTIONS)) == [[(1,)], [(3,)], [], []]


def test_on_postgresql() -> None:
    with postgres() as server:
        url = server.fresh_database()
        with psycopg.connect(url) as con:
            con.execute(TABLE)
            con.cursor().executemany("INSERT INTO book VALUES (%s, %s, %s)", ROWS)
            con.commit()
            for name in (
                "psycopg, whose percent signs are read from then on",
                "psycopg, whose percent signs are read already",
            ):
                files = mended(parse(project(*EXECUTING[name][:2])).files)
                assert answers(files, con, ("Emma", "O'Brien", *INJECTIONS)) == [[(1,)], [(3,)], [], []]

        async def ask(find: Any, name: str) -> list[Any]:
            con = await asyncpg.connect(url)
            try:
                return [tuple(row) for row in await find(name, [], 1, con)]
            finally:
                await con.close()

        for case in (EXECUTING["asyncpg"], EXECUTING["asyncpg with values"], RETURNING["asyncpg"]):
            find, _ = loaded(mended(parse(project(*case[:2])).files))
            assert [asyncio.run(ask(find, name)) for name in ("Emma", *INJECTIONS)] == [[(1,)], [], []]
