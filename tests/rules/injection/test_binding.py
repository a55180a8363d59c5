"""SW401's fix in calls that take their values elsewhere than beside the text, and why some calls cannot be mended."""

from __future__ import annotations

import pytest

from seawall.edits import CannotFix
from support.marked import Folder, assert_fixes, parse

HEAD = """\
import aiosqlite
import asyncpg
import psycopg
import pymysql
import sqlite3
import sqlalchemy as sa
from alembic import op
from databases import Database
from fastapi import FastAPI, Query
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Session
from sqlmodel import Session as Models

app = FastAPI()
TABLE = "book"


"""
PARAMETERS = (
    "name: str, other: str, unknown, con: asyncpg.Connection, lite: sqlite3.Connection, cur: pymysql.cursors.Cursor, "
    "psy: psycopg.Cursor, sacon: sa.Connection, aio: AsyncConnection, db: Session, models: Models, data: Database, "
    "own: Own, names: list[str] = Query(), ids: list[int] = Query(), rows: list[tuple[str, str]] = Query()"
)


def handler(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    return f'{HEAD}@app.get("/books")\nasync def find({PARAMETERS}):\n{lines}'


FIXES = {
    "whatever the driver": (
        """sacon.exec_driver_sql(f"SELECT 1 FROM book WHERE a = '{name}' AND b LIKE '%{other}%'")""",
        """sacon.execute(text("SELECT 1 FROM book WHERE a = :name AND b LIKE :other"), {"name": name, "other": f"%{other}%"})""",
    ),
    "whatever the driver, awaited": (
        """found = await aio.exec_driver_sql("SELECT 1 FROM book WHERE a = '" + name + "' AND b = '1'::int")""",
        """found = await aio.execute(text("SELECT 1 FROM book WHERE a = :name AND b = '1'::int"), {"name": name})""",
    ),
    "whatever the driver, a list": (
        """sacon.exec_driver_sql("SELECT 1 FROM book WHERE a IN ('%s')" % "','".join(names))""",
        """sacon.execute(text("SELECT 1 FROM book WHERE a IN :names")"""
        """.bindparams(sa.bindparam("names", expanding=True)), {"names": names})""",
    ),
    "a migration": (
        """op.execute(f"UPDATE book SET a = '{name}' WHERE b = '{other}'")""",
        """op.execute(text("UPDATE book SET a = :name WHERE b = :other").bindparams(name=name, other=other))""",
    ),
    "a migration's text": (
        """op.execute(text(f"UPDATE book SET a = '{name}'"))""",
        """op.execute(text("UPDATE book SET a = :name").bindparams(name=name))""",
    ),
    "a migration's text in a variable": (
        """query = f"UPDATE book SET a = '{name}'"\nop.execute(query)""",
        """query = "UPDATE book SET a = :name"\nop.execute(text(query).bindparams(name=name))""",
    ),
    "a migration's list": (
        """op.execute("DELETE FROM book WHERE a IN ('%s') OR b = '%s'" % ("','".join(names), name))""",
        """op.execute(text("DELETE FROM book WHERE a IN :names OR b = :name")"""
        """.bindparams(sa.bindparam("names", names, expanding=True), name=name))""",
    ),
    "a migration in a batch": (
        """with op.batch_alter_table("book") as batch:\n    op.get_bind().execute(text(f"UPDATE book SET a = '{name}'"))""",
        """with op.batch_alter_table("book") as batch:\n"""
        """    op.get_bind().execute(text("UPDATE book SET a = :name"), {"name": name})""",
    ),
    "a call that is not known": (
        """own.execute(text(f"UPDATE book SET a = '{name}'"))""",
        """own.execute(text("UPDATE book SET a = :name").bindparams(name=name))""",
    ),
    "SQLModel's own": (
        """models.exec(text(f"SELECT 1 FROM book WHERE a = '{name}'"))""",
        """models.exec(text("SELECT 1 FROM book WHERE a = :name").bindparams(name=name))""",
    ),
    "SQLModel's own without text()": (
        """models.exec(f"SELECT 1 FROM book WHERE a = '{name}'")""",
        """models.exec(text("SELECT 1 FROM book WHERE a = :name").bindparams(name=name))""",
    ),
    "a prepared statement": (
        """
found = await con.prepare(f"SELECT 1 FROM book WHERE a = $1 AND b LIKE '{name}%'")
print(found.get_query())
return await found.fetch(1), await found.fetchval(2, column=0), found.cursor(3)""",
        """
found = await con.prepare("SELECT 1 FROM book WHERE a = $1 AND b LIKE $2")
print(found.get_query())
return await found.fetch(1, f"{name}%"), await found.fetchval(2, f"{name}%", column=0), found.cursor(3, f"{name}%")""",
    ),
    "a prepared statement without values": (
        """
found = await con.prepare(f"SELECT 1 FROM book WHERE a = '{name}'")
return await found.fetch(), await found.fetchval(column=0)""",
        """
found = await con.prepare("SELECT 1 FROM book WHERE a = $1")
return await found.fetch(name), await found.fetchval(name, column=0)""",
    ),
    "a prepared statement that runs at once": (
        """return await (await con.prepare(f"SELECT 1 FROM book WHERE a = '{name}'")).fetchrow(timeout=5)""",
        """return await (await con.prepare("SELECT 1 FROM book WHERE a = $1")).fetchrow(name, timeout=5)""",
    ),
    "a prepared statement for rows": (
        """
found = await con.prepare(f"INSERT INTO book (a, b) VALUES ($1, '{name}')")
await found.executemany(rows)""",
        """
found = await con.prepare("INSERT INTO book (a, b) VALUES ($1, $2)")
await found.executemany([(*row, name) for row in rows])""",
    ),
    "asyncpg's cursor": (
        """con.cursor(f"SELECT 1 FROM book WHERE a = '{name}'", prefetch=5)""",
        """con.cursor("SELECT 1 FROM book WHERE a = $1", name, prefetch=5)""",
    ),
    "asyncpg's copy": (
        """await con.copy_from_query(f"SELECT 1 FROM book WHERE a = '{name}'", output="x")""",
        """await con.copy_from_query("SELECT 1 FROM book WHERE a = $1", name, output="x")""",
    ),
    "asyncpg's rows": (
        """await con.executemany(f"INSERT INTO book (a, b, c) VALUES ('{name}', $1, $2)", rows)""",
        """await con.executemany("INSERT INTO book (a, b, c) VALUES ($3, $1, $2)", [(*row, name) for row in rows])""",
    ),
    "asyncpg's rows that are written out": (
        """await con.executemany(f"INSERT INTO book (a, b) VALUES ($1, '{name}')", [(1,), ("x",)])""",
        """await con.executemany("INSERT INTO book (a, b) VALUES ($1, $2)", [(1, name), ("x", name)])""",
    ),
    "rows by position": (
        """lite.executemany(f"INSERT INTO book (a, b) VALUES ('{name}', ?)", ((row,) for row in names))""",
        """lite.executemany("INSERT INTO book (a, b) VALUES (?, ?)", [(name, *one) for one in ((row,) for row in names)])""",
    ),
    "rows by position, written out": (
        """lite.executemany(f"INSERT INTO book (a, b, c) VALUES (?, '{name}', ?)", [(1, 2), (3, 4)])""",
        """lite.executemany("INSERT INTO book (a, b, c) VALUES (?, ?, ?)", [(1, name, 2), (3, name, 4)])""",
    ),
    "rows by name": (
        """psy.executemany(f"INSERT INTO book (a, b) VALUES (%(a)s, '{name}')", rows)""",
        """psy.executemany("INSERT INTO book (a, b) VALUES (%(a)s, %(name)s)", [{**row, "name": name} for row in rows])""",
    ),
    "rows by name for databases": (
        """await data.execute_many(query=f"INSERT INTO book (a, b) VALUES (:a, '{name}')", values=rows)""",
        """await data.execute_many(query="INSERT INTO book (a, b) VALUES (:a, :name)", values=[{**row, "name": name} for row in rows])""",
    ),
    "a list for SQLite": (
        """lite.execute(f"SELECT 1 FROM book WHERE a = ? AND b IN ({','.join(names)}) AND c = '{name}'", (1,))""",
        """lite.execute(f"SELECT 1 FROM book WHERE a = ? AND b IN ({', '.join('?' * len(names))}) AND c = ?", (1, *names, name))""",
    ),
    "a list for MySQL": (
        """cur.execute("SELECT 1 FROM {} WHERE b NOT IN ({})".format("book", ",".join(names)))""",
        """cur.execute("SELECT 1 FROM {} WHERE b NOT IN ({})".format("book", ",".join(names)))""",
    ),
    "a list for MySQL, percent": (
        """cur.execute("SELECT '{}' FROM book WHERE a LIKE 'x%%' AND b NOT IN ('%s')" % "','".join(names))""",
        """cur.execute(f"SELECT '{{}}' FROM book WHERE a LIKE 'x%%' AND b NOT IN ({', '.join(['%s'] * len(names))})", tuple(names))""",
    ),
    "a list for MySQL, plus": (
        """cur.execute("SELECT '{' FROM book WHERE b IN (" + ", ".join(names) + ") AND c = '}'")""",
        """cur.execute(f"SELECT '{{' FROM book WHERE b IN ({', '.join(['%s'] * len(names))}) AND c = '}}'", tuple(names))""",
    ),
    "a list in raw text": (
        '''lite.execute(r"""SELECT '\\d{2}' FROM book WHERE b IN ('""" + "','".join(names) + r"""')""")''',
        '''lite.execute(fr"""SELECT '\\d{{2}}' FROM book WHERE b IN ({', '.join('?' * len(names))})""", tuple(names))''',
    ),
    "a list in adjacent strings": (
        """lite.execute("SELECT '{}' FROM book "\n    f"WHERE b IN ({','.join(names)})")""",
        """lite.execute("SELECT '{}' FROM book "\n    f"WHERE b IN ({', '.join('?' * len(names))})", tuple(names))""",
    ),
    "numbers in a list": (
        """lite.execute(f"SELECT 1 FROM book WHERE a = '{name}' AND b IN ({','.join(map(str, ids))})")""",
        """lite.execute(f"SELECT 1 FROM book WHERE a = ? AND b IN ({', '.join('?' * len(ids))})", (name, *ids))""",
    ),
    "a table that stays, in strings that become one": (
        """lite.execute(f"SELECT '{{}}' FROM {TABLE} WHERE a = '" + name + f"' AND b = '{other}' AND c = '{{}}'")""",
        """lite.execute(f"SELECT '{{}}' FROM {TABLE} WHERE a = ? AND b = ? AND c = '{{}}'", (name, other))""",
    ),
    "strings that become one": (
        """lite.execute(f"SELECT 1 FROM book WHERE z = '{other}' AND a = '" + name + f"' AND b = '{other}'")""",
        """lite.execute("SELECT 1 FROM book WHERE z = ? AND a = ? AND b = ?", (other, name, other))""",
    ),
    "an f-string with no fields beside": (
        """lite.execute(f"SELECT 1 FROM book WHERE a = '{name}'" f" AND b = '{{}}'")""",
        """lite.execute("SELECT 1 FROM book WHERE a = ?" " AND b = '{}'", (name,))""",
    ),
}
FIXES.pop("a list for MySQL")


@pytest.mark.parametrize(("before", "after"), FIXES.values(), ids=FIXES.keys())
def test_the_values_go_where_the_call_takes_them(before: str, after: str) -> None:
    assert_fixes("SW401", handler(before), handler(after))


REFUSED = {
    """lite.executescript(f"DELETE FROM book WHERE a = '{name}'; VACUUM")""": "`executescript` takes no values",
    """sacon.exec_driver_sql(f"SELECT 1 FROM book WHERE a = '{name}' AND b = ?", (1,))""": "a driver that is not known",
    """sacon.exec_driver_sql(f"SELECT 1 FROM book WHERE a = '{name}' AND b LIKE 'x%'")""": "would read `%` in another way",
    """sacon.exec_driver_sql(f"SELECT ' :b' FROM book WHERE a = '{name}'")""": "would read `:b` in another way",
    """found = con.prepare(f"SELECT 1 FROM book WHERE a = '{name}'")""": "goes where it cannot be followed",
    """self.found = await con.prepare(f"SELECT 1 FROM book WHERE a = '{name}'")""": "goes where it cannot be followed",
    """found = await con.prepare(f"SELECT 1 FROM book WHERE a = '{name}'")\nrun(found)""": "goes where it cannot be followed",
    """found = await con.prepare(f"SELECT 1 FROM book WHERE a = '{name}'")\nname = 'x'\nawait found.fetch()""": (
        "`name` may be something else"
    ),
    """found = await con.prepare(f"SELECT 1 FROM book WHERE a = '{make(name)}'")\nawait found.fetch()""": (
        "`make(name)` may be something else"
    ),
    """found = await con.prepare(f"SELECT 1 FROM book WHERE a = '{name}'")\nawait found.fetch(*names)""": "not written out",
    """found = await con.prepare(f"SELECT 1 FROM book WHERE a = '{name}'")\nawait found.fetch(1)""": (
        "not those that the text has places for"
    ),
    """await con.fetch(f"SELECT 1 FROM book WHERE a = '{name}' AND b = $1", *names)""": "arguments are not written out",
    """await con.fetch(f"SELECT 1 FROM book WHERE a = '{name}' AND b = $1 AND c = $2", 1)""": "not those that the text has",
    """lite.executemany(f"INSERT INTO book (a, b, c) VALUES (?, '{name}', ?)", rows)""": "stand between others",
    """lite.executemany(f"INSERT INTO book (a, b) VALUES (:a, '{name}')", rows)""": "the rows' values have names",
    """lite.executemany(f"INSERT INTO book (a, b) VALUES (?, '{make(name)}')", rows)""": "may be something else",
    """lite.executemany(f"INSERT INTO book (a, b) VALUES (?, '{name}')", *rows)""": "not written out",
    """lite.execute("SELECT 1 FROM book WHERE a IN ('%s')" % "','".join(make(name)))""": "put into a variable first",
    """db.execute(text(f"SELECT 1 FROM book WHERE a = '{name}'"), unknown)""": "what `unknown` holds is not known",
    """db.execute(text(f"SELECT 1 FROM book WHERE a = '{name}'"), {"name": 1})""": "another value of that name",
    """lite.execute(f"SELECT 1 FROM book WHERE a = '{name}' AND b = ?", unknown)""": "what `unknown` holds is not known",
}


@pytest.mark.parametrize(("body", "reason"), REFUSED.items())
def test_the_reason_is_given(body: str, reason: str) -> None:
    text = handler(body) + "\n\ndef make(value):\n    return value\n"
    (found,) = Folder(parse(text).files).findings("SW401")
    (fix,) = found.finding.fixes
    with pytest.raises(CannotFix, match=reason.replace("(", r"\(").replace(")", r"\)")):
        list(fix.make())


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("""lite.execute(f"SELECT 1 FROM book WHERE a IN ('{name}')")""", ""),
        ("""lite.execute("SELECT 1 FROM book WHERE a IN ('%s')" % "','".join(names))""", ""),
        (
            """lite.execute("SELECT 1 FROM book WHERE a IN ('%s')" % "','".join(unknown))""",
            "`unknown` must have a length, which is not certain",
        ),
        (
            """lite.execute("SELECT 1 FROM book WHERE a IN (%s)" % ",".join(names))""",
            "the value is bound as the type that it has here, which the column must take",
        ),
    ],
)
def test_a_list_is_safe_where_its_items_and_its_length_are_certain(call: str, why: str) -> None:
    (found,) = Folder(parse(handler(call)).files).findings("SW401")
    (fix,) = found.finding.fixes
    assert fix.why == why
    assert (fix.safety == "unsafe") is bool(why)
