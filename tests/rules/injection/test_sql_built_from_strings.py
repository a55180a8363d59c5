"""SW402: a value that may be anything becomes part of SQL text."""

from __future__ import annotations

import pytest

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse

HEAD = """\
import asyncpg
import psycopg
import sqlite3
import sqlalchemy as sa
from datetime import date
from enum import Enum
from typing import Literal
from uuid import UUID
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from constants import ALLOWED, KIND, SELECT, Kinds, label

TABLE = "book"


class Order(Enum):
    UP = "ASC"


"""
CONSTANTS = """
#- constants.py
ALLOWED = frozenset({"a", "b"})
KIND = "novel"
SELECT = f"SELECT 1 FROM {KIND}"


class Kinds:
    NOVEL = "novel"


def label(name):
    return f"name = '{name}'"


def execute(db, sql: str):
    return db.execute(sql)
"""


def function(
    body: str, parameters: str = "db: Session, name: str, other, count: int, pool: asyncpg.Pool, names: list[str]"
) -> str:
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    return f"{HEAD}async def find({parameters}):\n{lines}{CONSTANTS}"


FOUND = {
    "text by its format": """db.execute(text(«"SELECT 1 FROM book WHERE name = '%10s'" % name»))""",
    "text with a width": """db.execute(text(«f"SELECT 1 FROM book WHERE name = '{name:>10}'"»))""",
    "psycopg's own SQL, put together from strings": """
from psycopg import sql
query = sql.SQL(«f"SELECT 1 FROM book WHERE name = '{name}'"»)
psycopg.connect("x").execute(query)""",
    "a cursor that is closed": """
from contextlib import closing
with closing(sqlite3.connect("x").cursor()) as cursor:
    cursor.execute(«f"SELECT 1 FROM book WHERE name = '{name}'"»)""",
    "DuckDB": """import duckdb\nduckdb.connect("x").sql(«f"SELECT 1 FROM book WHERE name = '{name}'"»)""",
    "Oracle": """
import oracledb
with oracledb.connect() as connection, connection.cursor() as cursor:
    cursor.execute(«f"SELECT 1 FROM book WHERE name = '{name}'"»)""",
    "ODBC": """import pyodbc\npyodbc.connect("x").cursor().execute(«f"SELECT 1 FROM book WHERE name = '{name}'"»)""",
    "ClickHouse": """
import clickhouse_connect
clickhouse_connect.get_client().query(«f"SELECT 1 FROM book WHERE name = '{name}'"»)""",
    "Tortoise": """
from tortoise import connections
await connections.get("default").execute_query(«f"SELECT 1 FROM book WHERE name = '{name}'"»)""",
    "peewee": """
from peewee import SqliteDatabase
SqliteDatabase("x").execute_sql(«f"SELECT 1 FROM book WHERE name = '{name}'"»)""",
    "a constant that begins the statement": """
select = KIND + "s"
db.execute(text(«f"{select} WHERE name = '{name}'"»))""",
    "a driver's call after a constant": """await pool.fetch(«f"{SELECT} WHERE name = '{name}'"»)""",
    "replaced in the text": """db.execute(text(«"SELECT 1 FROM book WHERE name = 'NAME' LIMIT 1".replace("NAME", name)»))""",
    "one of several statements": """
statements = [«f"DELETE FROM book WHERE name = '{name}'"», "DELETE FROM draft"]
for statement in statements:
    await pool.execute(statement)""",
    "a list of texts": """
listed = ", ".join(f"'{one}'" for one in names)
await pool.fetch(«f"SELECT 1 FROM book WHERE name IN ({listed})"»)""",
    "a notification": """await pool.execute(«f"NOTIFY books, '{name}'"»)""",
    "a string": """db.execute(text(«f"SELECT 1 FROM book WHERE name = '{name}'"»))""",
    "no annotation": """db.execute(text(«f"SELECT 1 FROM book WHERE name = '{other}'"»))""",
    "plus": """await pool.fetch(«"SELECT 1 FROM book WHERE name = '" + name + "'"»)""",
    "percent": """sqlite3.connect("x").execute(«"SELECT 1 FROM book WHERE name = '%s'" % name»)""",
    "format": """psycopg.connect("x").execute(«"SELECT 1 FROM book WHERE name = '{}'".format(name)»)""",
    "LIKE": """db.execute(text(«f"SELECT 1 FROM book WHERE name LIKE '%{name}%'"»))""",
    "a value without quotes": """db.execute(text(«f"SELECT 1 FROM book LIMIT {other}"»))""",
    "a list": """db.execute(text(«f"SELECT 1 FROM book WHERE name IN ({','.join(other)})"»))""",
    "a changed string": """db.execute(text(«f"SELECT 1 FROM book WHERE name = '{name.strip().upper()}'"»))""",
    "a variable": """sql = «f"SELECT 1 FROM book WHERE name = '{name}'"»\nawait pool.execute(sql)""",
    "added text": """
sql = "SELECT 1 FROM book"
sql += «f" WHERE name = '{name}'"»
db.execute(text(sql))""",
    "values of an INSERT": """await pool.execute(«f"INSERT INTO book (a, b) VALUES ({count}, {other})"»)""",
    "beside a number": """db.execute(text(«f"SELECT 1 FROM book WHERE a = {count} AND name = '{name}'"»))""",
    "a default that is text": """db.execute(text(«f"SELECT 1 FROM book WHERE name = '{name or TABLE}'"»))""",
    "between": """db.execute(text(«f"SELECT 1 FROM book WHERE year BETWEEN {other} AND 5"»))""",
}


@pytest.mark.parametrize("body", FOUND.values(), ids=FOUND.keys())
def test_a_parameter_that_may_be_any_text(body: str) -> None:
    assert_finds("SW402", function(body))


SILENT = {
    "a number by its format": """db.execute(text("SELECT 1 FROM book LIMIT %d" % other))""",
    "a number by its format in a field": """db.execute(text(f"SELECT 1 FROM book LIMIT {other:d} OFFSET {name:02d}"))""",
    "a number by its format in braces": """db.execute(text("SELECT 1 FROM book LIMIT {:d}".format(other)))""",
    "psycopg's composition": """
from psycopg import sql
psycopg.connect("x").execute(sql.SQL("SELECT 1 FROM {} WHERE name = %s").format(sql.Identifier(name)), (other,))""",
    "a number unless it is given": """
def limited(size=50):
    db.execute(text(f"SET lock_timeout = '{size}'"))""",
    "bound": """db.execute(text("SELECT 1 FROM book WHERE name = :name"), {"name": name})""",
    "a number": """db.execute(text(f"SELECT 1 FROM book LIMIT {count}"))""",
    "made a number": """db.execute(text(f"SELECT 1 FROM book LIMIT {int(name)}"))""",
    "a module's constant": """db.execute(text(f"SELECT 1 FROM {TABLE} WHERE kind = '{KIND}'"))""",
    "a class's constant": """db.execute(text(f"SELECT 1 FROM book WHERE kind = '{Kinds.NOVEL}'"))""",
    "an enum's member": """db.execute(text(f"SELECT 1 FROM book ORDER BY id {Order.UP.value}"))""",
    "a table, which may be meant so": """db.execute(text(f"SELECT 1 FROM {name}"))""",
    "a whole clause": """db.execute(text(f"SELECT 1 FROM book WHERE {name}"))""",
    "a whole statement": """db.execute(text(name))""",
    "what hangs on an object": """db.execute(text(f"SELECT 1 FROM book WHERE name = '{other.name}'"))""",
    "checked": """
if name not in ALLOWED:
    raise ValueError(name)
db.execute(text(f"SELECT 1 FROM book WHERE name = '{name}'"))""",
    "checked by what is called for it": """
validate_name(name)
db.execute(text(f"SELECT 1 FROM book WHERE name = '{name}'"))""",
    "asserted": """
assert name in ALLOWED
db.execute(text(f"SELECT 1 FROM book WHERE name = '{name}'"))""",
    "a unit between two": """
unit = "day" if name == "day" else "month"
db.execute(text(f"SELECT 1 FROM book WHERE unit = '{unit}'"))""",
    "several statements without values": """
for statement in ["DELETE FROM book", f"DELETE FROM draft WHERE id = {count}"]:
    await pool.execute(statement)""",
    "a number that is replaced": """db.execute(text("SELECT 1 FROM book LIMIT COUNT".replace("COUNT", str(count))))""",
    "marks for a list": """
marks = ", ".join(f"${at}" for at, _ in enumerate(names, 1))
await pool.fetch(f"{SELECT} WHERE name IN ({marks})", *names)""",
    "text without SQL": """sqlite3.connect("x").execute(f"please look for '{name}'")""",
    "a look-up": """db.execute(text(f"SELECT 1 FROM book WHERE kind = '{dict(a='b')[name]}'"))""",
    "a function's body": """db.execute(text(f"DO $$ BEGIN EXECUTE 'GRANT a TO {name}'; END $$"))""",
    "escaped": """
escaped = name.replace("'", "''")
db.execute(text(f"SELECT 1 FROM book WHERE name = '{escaped}'"))""",
    "a subquery's clause": """db.execute(text(f"SELECT 1 FROM book WHERE id IN (SELECT id FROM shelf WHERE {name})"))""",
    "placeholders": """
marks = ",".join("?" * len(other))
sqlite3.connect("x").execute(f"SELECT 1 FROM book WHERE id IN ({marks})", other)""",
}


@pytest.mark.parametrize("body", SILENT.values(), ids=SILENT.keys())
def test_what_is_certain_or_no_value(body: str) -> None:
    assert_silent("SW402", function(body))


@pytest.mark.parametrize("declared", ["int", "date", "UUID", "Order", 'Literal["a"]', "bool | None", "list[int]"])
def test_types_that_hold_no_sql(declared: str) -> None:
    body = """db.execute(text(f"SELECT 1 FROM book WHERE name = '{name}'"))"""
    assert_silent("SW402", function(body, f"db: Session, name: {declared}"))


def test_a_client_is_somebody_elses() -> None:
    assert_silent(
        "SW402",
        """
        from fastapi import FastAPI
        from store import find

        app = FastAPI()

        @app.get("/")
        def books(q: str):
            return find(None, q)
        #- store.py
        from sqlalchemy import text
        from sqlalchemy.orm import Session

        def find(db: Session, name: str):
            return db.execute(text(f"SELECT 1 FROM book WHERE name = '{name}'"))
        """,
    )


def test_a_method_of_a_repository_in_a_package() -> None:
    assert_finds(
        "SW402",
        """
        #- app/__init__.py
        #- app/base.py
        from sqlalchemy.ext.asyncio import AsyncSession

        class Repository:
            def __init__(self, session: AsyncSession):
                self.session = session
        #- app/books.py
        from sqlalchemy import text as sql
        from app.base import Repository

        class Books(Repository):
            async def by_name(self, name: str):
                return await self.session.scalars(sql(«f"SELECT id FROM book WHERE name = '{name}'"»))
        """,
    )


def test_a_helper_of_the_project_that_executes() -> None:
    assert_finds(
        "SW402",
        """
        #- store.py
        from database import rows

        def by_name(name: str):
            return rows(«f"SELECT id FROM book WHERE name = '{name}'"»)

        def by_number(number: int):
            return rows(f"SELECT id FROM book WHERE number = {number}")

        def log(name: str):
            print(f"SELECT id FROM book WHERE name = '{name}'")
        #- database.py
        import sqlite3

        def rows(statement: str, *values):
            with sqlite3.connect("x") as connection:
                return connection.execute(statement, values).fetchall()
        """,
    )


def test_a_helper_that_only_looks_as_if_it_executed() -> None:
    assert_silent(
        "SW402",
        """
        #- store.py
        from database import execute

        def by_name(name: str):
            return execute(f"SELECT id FROM book WHERE name = '{name}'")
        #- database.py
        def execute(statement: str):
            return statement.upper()
        """,
    )


def test_constants_of_another_module_and_of_an_enum() -> None:
    assert_silent(
        "SW402",
        """
        #- store.py
        from sqlalchemy import text
        from sqlalchemy.orm import Session
        from names import SCHEMA, Kind

        def all_of(db: Session, kind: Kind):
            return db.execute(text(f"SELECT id FROM {SCHEMA}.book WHERE kind = '{kind.value}' OR kind = '{Kind.NOVEL.value}'"))
        #- names.py
        from enum import StrEnum

        SCHEMA = "library"

        class Kind(StrEnum):
            NOVEL = "novel"
        """,
    )


def test_tests_may_put_together_what_they_like() -> None:
    assert_silent(
        "SW402",
        """
        #- tests/test_books.py
        import sqlite3

        def count(name: str):
            return sqlite3.connect("x").execute(f"SELECT count(*) FROM book WHERE name = '{name}'")
        """,
    )


def test_the_fix_is_that_of_an_injection() -> None:
    assert_fixes(
        "SW402",
        function("""await pool.fetch(f"SELECT 1 FROM book WHERE name = '{name}' AND id > {count}")"""),
        function("""await pool.fetch("SELECT 1 FROM book WHERE name = $1 AND id > $2", name, count)"""),
    )


def test_a_number_in_quotes_is_bound_as_a_number_which_may_not_do() -> None:
    body = """await pool.fetch(f"SELECT 1 FROM book WHERE name = '{name}' AND code = '{count}'")"""
    (found,) = Folder(parse(function(body)).files).findings("SW402")
    (fix,) = found.finding.fixes
    assert (fix.safety, fix.why) == (
        "unsafe",
        "the value is bound as the type that it has here, which the column must take",
    )
