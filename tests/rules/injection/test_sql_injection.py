"""SW401: what a client sends reaches SQL text; SW402: so does what may be anything."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from seawall.engine.fix import apply
from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse

DATABASE = """
#- database.py
from sqlalchemy.orm import Session, sessionmaker

SessionLocal = sessionmaker()


def get_db():
    with SessionLocal() as session:
        yield session
"""

HEAD = """\
import asyncpg
import psycopg
import sqlite3
import sqlalchemy as sa
from enum import Enum
from typing import Literal
from uuid import UUID
from fastapi import APIRouter, Depends, FastAPI, Query, Request, WebSocket
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from database import get_db

app = FastAPI()
TABLE = "book"
COLUMNS = {"title": "b.title", "year": "b.year"}


class Order(Enum):
    UP = "ASC"
    DOWN = "DESC"


class Search(BaseModel):
    name: str
    year: int
    kind: Literal["a", "b"] = "a"


"""


def handler(body: str, parameters: str = "name: str, db: Session = Depends(get_db)") -> str:
    """A handler with that body."""
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    return f'{HEAD}@app.get("/books/{{name}}")\nasync def find({parameters}):\n{lines}{DATABASE}'


FOUND = {
    "an f-string": """db.execute(text(«f"SELECT id FROM book WHERE name = '{name}'"»))""",
    "percent": """db.execute(text(«"SELECT id FROM book WHERE name = '%s'" % name»))""",
    "percent with names": """db.execute(text(«"SELECT id FROM book WHERE name = '%(n)s'" % {"n": name}»))""",
    "format": """db.execute(text(«"SELECT id FROM book WHERE name = '{}'".format(name)»))""",
    "plus": """db.execute(text(«"SELECT id FROM book WHERE name = '" + name + "'"»))""",
    "replace": """db.execute(text(«"SELECT id FROM book WHERE name = 'NAME'".replace("NAME", name)»))""",
    "join": """db.execute(text(«" ".join(["SELECT id FROM book WHERE name =", name])»))""",
    "a variable": """query = «f"SELECT id FROM book WHERE name = '{name}'"»\ndb.execute(text(query))""",
    "text put together in steps": """
query = "SELECT id FROM book"
if name:
    query += «f" WHERE name = '{name}'"»
db.execute(text(query))""",
    "a clause in a variable": """
clause = f"name = '{name}'"
db.execute(text(«f"SELECT id FROM book WHERE {clause}"»))""",
    "a cleaned value": """db.execute(text(«f"SELECT id FROM book WHERE name = '{name.strip().lower()}'"»))""",
    "a loop": """
for part in name.split(","):
    db.execute(text(«f"DELETE FROM book WHERE name = '{part}'"»))""",
    "a list of names": """db.execute(text(«f"SELECT 1 FROM book WHERE name IN ({','.join(name.split())})"»))""",
    "a condition": """db.execute(text(«f"SELECT id FROM book WHERE {name}"»))""",
    "the whole of it": """db.execute(text(«name»))""",
    "through the module": """db.execute(sa.text(«f"SELECT id FROM book WHERE name = '{name}'"»))""",
    "literal_column": """db.scalars(sa.select(sa.literal_column(«f"(SELECT 1 FROM book WHERE name = '{name}')"»)))""",
    "no text() at all": """db.execute(«f"SELECT id FROM book WHERE name = '{name}'"»)""",
    "a check that checks nothing": """
if not name:
    raise ValueError
db.execute(text(«f"SELECT id FROM book WHERE name = '{name}'"»))""",
    "str()": """db.execute(text(«f"SELECT id FROM book WHERE name = '{str(name)}'"»))""",
}


@pytest.mark.parametrize("body", FOUND.values(), ids=FOUND.keys())
def test_a_handlers_parameter_in_sql_text(body: str) -> None:
    assert_finds("SW401", handler(body))


SOURCES = {
    "a model's field": ("search: Search, db: Session = Depends(get_db)", "search.name"),
    "a dict's key": ("payload: dict, db: Session = Depends(get_db)", 'payload["name"]'),
    "the query": ("request: Request, db: Session = Depends(get_db)", 'request.query_params["name"]'),
    "the query with get": ("request: Request, db: Session = Depends(get_db)", 'request.query_params.get("name")'),
    "a header": ("request: Request, db: Session = Depends(get_db)", 'request.headers["x-name"]'),
    "the body": ("request: Request, db: Session = Depends(get_db)", '(await request.json())["name"]'),
    "a websocket": ("socket: WebSocket, db: Session = Depends(get_db)", "await socket.receive_text()"),
    "an optional query": ("q: str | None = Query(None), db: Session = Depends(get_db)", "q"),
    "no annotation": ("q, db: Session = Depends(get_db)", "q"),
}


@pytest.mark.parametrize(("parameters", "value"), SOURCES.values(), ids=SOURCES.keys())
def test_every_part_of_a_request_is_outside_data(parameters: str, value: str) -> None:
    body = f"value = {value}\ndb.execute(text(«f\"SELECT id FROM book WHERE name = '{{value}}'\"»))"
    assert_finds("SW401", handler(body, parameters))


SINKS = {
    "asyncpg": ("pool: asyncpg.Pool", "await pool.fetch({})"),
    "an asyncpg connection": ("pool: asyncpg.Pool", "async with pool.acquire() as c:\n    await c.fetchrow({})"),
    "asyncpg's prepare": ("pool: asyncpg.Pool", "async with pool.acquire() as c:\n    await c.prepare({})"),
    "psycopg": ("", "with psycopg.connect('') as c:\n    with c.cursor() as cursor:\n        cursor.execute({})"),
    "sqlite3": ("", "sqlite3.connect('x').execute({})"),
    "an async session": ("db: AsyncSession", "await db.execute(text({}))"),
    "an engine's connection": ("", "with sa.create_engine('').begin() as c:\n    c.exec_driver_sql({})"),
}


@pytest.mark.parametrize(("parameter", "call"), SINKS.values(), ids=SINKS.keys())
def test_every_way_to_run_sql(parameter: str, call: str) -> None:
    sql = "«f\"SELECT id FROM book WHERE name = '{name}'\"»"
    assert_finds("SW401", handler(call.replace("{}", sql), f"name: str, {parameter}"))


SILENT = {
    "a bound parameter": """db.execute(text("SELECT id FROM book WHERE name = :name"), {"name": name})""",
    "a constant": """db.execute(text(f"SELECT id FROM {TABLE}"))""",
    "a lookup": """db.execute(text(f"SELECT id FROM book b ORDER BY {COLUMNS[name]}"))""",
    "a lookup with get": """db.execute(text(f"SELECT id FROM book b ORDER BY {COLUMNS.get(name, 'id')}"))""",
    "a check before": """
if name not in COLUMNS:
    raise ValueError(name)
db.execute(text(f"SELECT id FROM book ORDER BY {name}"))""",
    "a check around": """
if name in ("title", "year"):
    db.execute(text(f"SELECT id FROM book ORDER BY {name}"))""",
    "a conditional": """
column = name if name in COLUMNS else "id"
db.execute(text(f"SELECT id FROM book ORDER BY {column}"))""",
    "an assertion": """assert name in COLUMNS\ndb.execute(text(f"SELECT id FROM book ORDER BY {name}"))""",
    "a function that validates": """
if not name.isidentifier():
    raise ValueError(name)
db.execute(text(f"SELECT id FROM {name}"))""",
    "a number": """db.execute(text(f"SELECT id FROM book WHERE id = {int(name)}"))""",
    "an enum": """db.execute(text(f"SELECT id FROM book ORDER BY id {Order[name].value}"))""",
    "prose": """print(f"Please select {name} from the list")""",
    "a prompt for a model": """
prompt = f"Select the best chapter of {name} from the list, then update the set and delete from it what is wrong"
await client.chat.completions.create(model="m", messages=[{"role": "user", "content": prompt}])
await agent.execute(prompt)
chain.run(f"SELECT id FROM book WHERE name = '{name}'")""",
    "a question for a person": """
if click.confirm(f"Delete from {name} where nothing is left?"):
    ui.text(f"Update {name} set by you")
await websocket.send_text(f"Drop table {name} into the trash?")""",
    "another execute": """
class Robot:
    def execute(self, order): ...
Robot().execute(f"SELECT arm FROM body WHERE name = '{name}'")""",
    "placeholders only": """
marks = ", ".join("?" for _ in name)
sqlite3.connect("x").execute(f"SELECT id FROM book WHERE name IN ({marks})", list(name))""",
    "a name that is set anew": """name = "title"\ndb.execute(text(f"SELECT id FROM book ORDER BY {name}"))""",
}


@pytest.mark.parametrize("body", SILENT.values(), ids=SILENT.keys())
def test_what_cannot_change_the_statement(body: str) -> None:
    assert_silent("SW401", handler(body))
    assert_silent("SW402", handler(body))


@pytest.mark.parametrize("declared", ["int", "float", "bool", "UUID", "Order", 'Literal["a", "b"]', "int | None"])
def test_values_that_hold_no_sql_by_their_type(declared: str) -> None:
    body = """db.execute(text(f"SELECT id FROM book WHERE x = '{value}'"))"""
    assert_silent("SW401", handler(body, f"value: {declared}, db: Session = Depends(get_db)"))


def test_fields_of_a_model_count_by_their_own_type() -> None:
    body = """db.execute(text(f"SELECT id FROM book WHERE year = {search.year} AND kind = '{search.kind}'"))"""
    assert_silent("SW401", handler(body, "search: Search, db: Session = Depends(get_db)"))


def test_helpers_in_other_modules_are_followed_to_the_text() -> None:
    located = assert_finds(
        "SW401",
        """
        from fastapi import Depends, FastAPI
        from services.books import search as find

        app = FastAPI()

        @app.get("/books")
        async def books(name: str, page: int):
            return find(name, page)
        #- services/__init__.py
        #- services/books.py
        from repositories import BookRepository

        def search(name, page):
            return BookRepository().by(f"name = '{name}'", offset=page)
        #- repositories.py
        from sqlalchemy import text
        from sqlalchemy.orm import Session

        class BookRepository:
            session: Session

            def by(self, where: str, offset: int):
                return self.session.execute(text(«f"SELECT id FROM book WHERE {where} OFFSET {offset}"»))
        """,
    )
    ways = [(related.path.name, related.message) for related in located[0].related]
    assert ways == [
        ("main.py", "`books` hands it on to `search`"),
        ("books.py", "`search` hands it on to `by`"),
    ]


def test_a_helper_that_is_called_with_constants_only_is_no_injection() -> None:
    text = """
        from fastapi import FastAPI
        import crud

        app = FastAPI()

        @app.get("/books")
        async def books(name: str):
            return crud.count("book")
        #- crud.py
        from sqlalchemy import text
        from sqlalchemy.orm import Session

        def count(table: str):
            session: Session = make()
            return session.execute(text(f"SELECT count(*) FROM {table}"))
        """
    assert_silent("SW401", text)
    assert_silent("SW402", text)


def test_django() -> None:
    assert_finds(
        "SW401",
        """
        from django.db import connection, models
        from django.http import HttpRequest

        class Book(models.Model):
            pass

        def books(request: HttpRequest):
            with connection.cursor() as cursor:
                cursor.execute(«"SELECT id FROM book WHERE name = '%s'" % request.GET["name"]»)
            return Book.objects.raw(«f"SELECT * FROM book WHERE name = '{request.POST.get('name')}'"»)
        """,
    )


def test_what_is_not_proved_to_come_from_outside_is_a_warning() -> None:
    text = """
        from sqlalchemy import text
        from sqlalchemy.orm import Session

        def find(session: Session, name: str, count: int, table: str):
            session.execute(text(f"SELECT count(*) FROM {table}"))
            session.execute(text(f"SELECT id FROM book LIMIT {count}"))
            return session.execute(text(«f"SELECT id FROM book WHERE name = '{name}'"»))
        """
    assert_finds("SW402", text)
    assert_silent("SW401", text.replace("«", "").replace("»", ""))


def test_a_caller_far_away_turns_the_warning_into_an_error() -> None:
    files = parse(
        """
        from sqlalchemy import text
        from sqlalchemy.orm import Session

        def find(session: Session, name: str):
            return session.execute(text(f"SELECT id FROM book WHERE name = '{name}'"))
        #- web.py
        """
    ).files
    folder = Folder(files)
    assert [one.code for one in folder.findings() if one.code in ("SW401", "SW402")] == ["SW402"]
    web = folder.root / "web.py"
    calling = (
        "from fastapi import FastAPI\nfrom main import find\napp = FastAPI()\n@app.get('/')\ndef get(q: str):\n    {}\n"
    )
    folder.workspace.open(web, calling.format("find(None, q)"))
    main = folder.root / "main.py"
    assert [one.code for one in folder.workspace.findings(main) if one.code in ("SW401", "SW402")] == ["SW401"]
    folder.workspace.open(web, calling.format("find(None, 'q')"))
    assert [one.code for one in folder.workspace.findings(main) if one.code in ("SW401", "SW402")] == ["SW402"]


# -- fixes ------------------------------------------------------------------------------------------------------------

FIXES = {
    "LIKE": (
        """db.execute(text(f"SELECT 1 FROM book WHERE name LIKE '%{name}%' ORDER BY id"))""",
        """db.execute(text("SELECT 1 FROM book WHERE name LIKE :name ORDER BY id"), {"name": f"%{name}%"})""",
    ),
    "several values, one of them twice": (
        """db.execute(text(f"SELECT 1 FROM book WHERE a = '{name}' OR b = '{name}' AND c > {page}"))""",
        """db.execute(text("SELECT 1 FROM book WHERE a = :name OR b = :name AND c > :page"), {"name": name, "page": page})""",
    ),
    "parameters that are there": (
        """db.execute(text(f"SELECT 1 FROM book WHERE a = '{name}' AND b = :b"), {"b": 1})""",
        """db.execute(text("SELECT 1 FROM book WHERE a = :name AND b = :b"), {"b": 1, "name": name})""",
    ),
    "a name that is taken": (
        """db.execute(text(f"SELECT 1 FROM book WHERE a = '{name}' AND b = :name"), {"name": 1})""",
        """db.execute(text("SELECT 1 FROM book WHERE a = :name_2 AND b = :name"), {"name": 1, "name_2": name})""",
    ),
    "a model's field": (
        """db.execute(text(f"SELECT 1 FROM book WHERE a = '{search.name}'"))""",
        """db.execute(text("SELECT 1 FROM book WHERE a = :search_name"), {"search_name": search.name})""",
    ),
    "a constant stays": (
        """db.execute(text(f"SELECT 1 FROM {TABLE} WHERE a = '{name}' AND b = '{{}}'"))""",
        """db.execute(text(f"SELECT 1 FROM {TABLE} WHERE a = :name AND b = '{{}}'"), {"name": name})""",
    ),
    "braces": (
        """db.execute(text(f"SELECT '{{1}}' FROM book WHERE a = '{name}'"))""",
        """db.execute(text("SELECT '{1}' FROM book WHERE a = :name"), {"name": name})""",
    ),
    "plus": (
        """db.execute(text("SELECT 1 FROM book WHERE a = '" + name + "' AND b = '" + search.name + "'"))""",
        """db.execute(text("SELECT 1 FROM book WHERE a = :name AND b = :search_name"), """
        """{"name": name, "search_name": search.name})""",
    ),
    "percent": (
        """db.execute(text("SELECT 1 FROM book WHERE a = '%s' AND b LIKE 'x%%'" % name))""",
        """db.execute(text("SELECT 1 FROM book WHERE a = :name AND b LIKE 'x%'"), {"name": name})""",
    ),
    "format": (
        """db.execute(text("SELECT 1 FROM book WHERE a = '{0}' OR b = '{n}'".format(name, n=name)))""",
        """db.execute(text("SELECT 1 FROM book WHERE a = :name OR b = :name"), {"name": name})""",
    ),
    "many lines, comments and other letters": (
        '''db.execute(
    text(
        f"""
        SELECT 'ü'  -- the title's first letter
        FROM book
        WHERE name = '{name}'
          AND page > {page}
        """
    )  # all of them
)''',
        '''db.execute(
    text(
        """
        SELECT 'ü'  -- the title's first letter
        FROM book
        WHERE name = :name
          AND page > :page
        """
    ), {"name": name, "page": page}  # all of them
)''',
    ),
    "adjacent strings": (
        """db.execute(text("SELECT 1 FROM book "
                f"WHERE a = '{name}' "
                "AND b = 1"))""",
        """db.execute(text("SELECT 1 FROM book "
                "WHERE a = :name "
                "AND b = 1"), {"name": name})""",
    ),
    "a statement in a variable": (
        """query = text(f"SELECT 1 FROM book WHERE a = '{name}'")\ndb.execute(query)""",
        """query = text("SELECT 1 FROM book WHERE a = :name").bindparams(name=name)\ndb.execute(query)""",
    ),
    "a text in a variable": (
        """query = f"SELECT 1 FROM book WHERE a = '{name}'"\ndb.execute(text(query))""",
        """query = "SELECT 1 FROM book WHERE a = :name"\ndb.execute(text(query), {"name": name})""",
    ),
    "no text()": (
        """db.execute(f"SELECT 1 FROM book WHERE a = '{name}'")""",
        """db.execute(text("SELECT 1 FROM book WHERE a = :name"), {"name": name})""",
    ),
    "asyncpg": (
        """await pool.fetch(f"SELECT 1 FROM book WHERE a = '{name}' AND b = $1 AND c > {page}", 5, timeout=3)""",
        """await pool.fetch("SELECT 1 FROM book WHERE a = $2 AND b = $1 AND c > $3", 5, name, page, timeout=3)""",
    ),
    "a list for asyncpg": (
        """await pool.fetch(f"SELECT 1 FROM book WHERE a NOT IN ({','.join(names)})")""",
        """await pool.fetch("SELECT 1 FROM book WHERE a <> ALL($1)", names)""",
    ),
    "a cast": (
        """db.execute(text(f"SELECT 1 FROM book WHERE a = '{name}'::uuid AND b = {page}::int"))""",
        """db.execute(text("SELECT 1 FROM book WHERE a = CAST(:name AS uuid) AND b = CAST(:page AS int)"), """
        """{"name": name, "page": page})""",
    ),
    "an interval": (
        """db.execute(text(f"SELECT 1 FROM book WHERE a > now() - interval '{name} days'"))""",
        """db.execute(text("SELECT 1 FROM book WHERE a > now() - CAST(:name AS interval)"), {"name": f"{name} days"})""",
    ),
    "a cast for asyncpg": (
        """await pool.fetch(f"SELECT 1 FROM book WHERE a = '{name}'::date AND b > date '{name}' AND c = {page}::int")""",
        """await pool.fetch("SELECT 1 FROM book WHERE a = $1::text::date AND b > $1::text::date AND c = $2::int", name, page)""",
    ),
    "a cast for psycopg": (
        """con.execute(f"SELECT 1 FROM book WHERE a = '{name}'::jsonb")""",
        """con.execute("SELECT 1 FROM book WHERE a = %s::jsonb", (name,))""",
    ),
    "names in quotes, joined": (
        """await pool.fetch("SELECT 1 FROM book WHERE a IN ('%s')" % "','".join(names))""",
        """await pool.fetch("SELECT 1 FROM book WHERE a = ANY($1)", names)""",
    ),
    "a tuple's own text": (
        """await pool.fetch(f"SELECT 1 FROM book WHERE a IN {tuple(names)}")""",
        """await pool.fetch("SELECT 1 FROM book WHERE a = ANY($1)", names)""",
    ),
    "parameters in a variable": (
        """given = {"b": 1}\ndb.execute(text(f"SELECT 1 FROM book WHERE a = '{name}' AND b = :b"), given)""",
        """given = {"b": 1}\ndb.execute(text("SELECT 1 FROM book WHERE a = :name AND b = :b"), {**given, "name": name})""",
    ),
    "psycopg's names": (
        """con.execute(f"SELECT 1 FROM book WHERE a = '{name}' AND b = %(b)s AND c LIKE 'x%%'", {"b": 1})""",
        """con.execute("SELECT 1 FROM book WHERE a = %(name)s AND b = %(b)s AND c LIKE 'x%%'", {"b": 1, "name": name})""",
    ),
    "psycopg's parameters in a variable": (
        """given = [1]\ncon.execute(f"SELECT 1 FROM book WHERE b = %s AND a LIKE '{name}%%'", given)""",
        """given = [1]\ncon.execute("SELECT 1 FROM book WHERE b = %s AND a LIKE %s", (*given, f"{name}%"))""",
    ),
    "psycopg": (
        """con.execute(f"SELECT 1 FROM book WHERE a = '{name}' AND b LIKE 'x%'")""",
        """con.execute("SELECT 1 FROM book WHERE a = %s AND b LIKE 'x%%'", (name,))""",
    ),
    "psycopg with parameters": (
        """con.execute(f"SELECT 1 FROM book WHERE a = %s AND b = '{name}' AND c = %s", (1, 2))""",
        """con.execute("SELECT 1 FROM book WHERE a = %s AND b = %s AND c = %s", (1, name, 2))""",
    ),
    "sqlite3": (
        """sqlite3.connect("x").execute(f"INSERT INTO book (a, b) VALUES ('{name}', lower('x'), {page})")""",
        """sqlite3.connect("x").execute("INSERT INTO book (a, b) VALUES (?, lower('x'), ?)", (name, page))""",
    ),
}
PARAMETERS = (
    "name: str, page: int, search: Search, pool: asyncpg.Pool, con: psycopg.Connection, "
    "names: list[str] = Query(), db: Session = Depends(get_db)"
)


@pytest.mark.parametrize(("before", "after"), FIXES.values(), ids=FIXES.keys())
def test_values_are_bound_in_the_way_of_the_call(before: str, after: str) -> None:
    assert_fixes("SW401", handler(before, PARAMETERS), handler(after, PARAMETERS))


def test_a_list_becomes_a_parameter_that_expands() -> None:
    before = """db.execute(text(f"SELECT 1 FROM book WHERE a IN ({', '.join(names)})"))"""
    after = (
        """db.execute(text("SELECT 1 FROM book WHERE a IN :names")"""
        """.bindparams(sa.bindparam("names", expanding=True)), {"names": names})"""
    )
    assert_fixes("SW401", handler(before, PARAMETERS), handler(after, PARAMETERS))


def test_line_ends_stay() -> None:
    before = handler("""db.execute(\n    text(f"SELECT 1 FROM book WHERE a = '{name}'")\n)""")
    after = handler("""db.execute(\n    text("SELECT 1 FROM book WHERE a = :name"), {"name": name}\n)""")
    folder = Folder({name: text.replace("\n", "\r\n") for name, text in parse(before).files.items()})
    (found,) = folder.findings("SW401")
    (text,) = apply(folder.workspace, found.finding.fixes[0].make()).values()
    assert text == parse(after).files["main.py"].replace("\n", "\r\n")


UNFIXABLE = [
    """db.execute(text(f"SELECT 1 FROM book WHERE a = E'{name}'"))""",
    """db.execute(text(f"SELECT 1 FROM book WHERE a = 'it''s {name}'"))""",
    """db.execute(text(f"DO $$ BEGIN PERFORM 1 FROM book WHERE {name}; END $$"))""",
    """await pool.fetch(f"SELECT 1 FROM book WHERE a = '{name}' || {name}.b")""",
    """db.execute(text(f"SELECT 1 FROM book WHERE {name}"))""",
    """db.execute(text(f"SELECT 1 FROM {name} WHERE a = '{name}'"))""",
    """query = f"SELECT 1 FROM book WHERE a = '{name}'"\nprint(query)\ndb.execute(text(query))""",
]


@pytest.mark.parametrize("body", UNFIXABLE)
def test_no_fix_where_no_parameter_can_stand(body: str) -> None:
    (found,) = Folder(parse(handler(body, PARAMETERS)).files).findings("SW401")
    assert found.finding.fixes == ()


def test_the_same_rows_come_back() -> None:
    source = """
        import sqlite3
        from fastapi import FastAPI
        app = FastAPI()
        @app.get("/books")
        def find(name: str, year: int, db: sqlite3.Connection):
            first = db.execute(f"SELECT id FROM book WHERE name = '{name}' AND year > {year}").fetchall()
            second = db.execute("SELECT id FROM book WHERE name LIKE '%" + name + "%' ORDER BY id").fetchall()
            third = db.execute("SELECT id FROM book WHERE name IN ('%s', 'Emma') ORDER BY id" % name).fetchall()
            return first, second, third
        """
    folder = Folder(parse(source).files)
    before = folder.read()["main.py"]
    while found := folder.findings("SW401"):
        for path, text in apply(folder.workspace, found[0].finding.fixes[0].make()).items():
            path.write_text(text)
    after = folder.read()["main.py"]
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE book (id INTEGER PRIMARY KEY, name TEXT, year INTEGER)")
    connection.executemany(
        "INSERT INTO book (name, year) VALUES (?, ?)", [("Emma", 1815), ("Persuasion", 1817), ("Em", 1)]
    )
    for name in ("Emma", "Em", "nobody"):
        assert _run(before, name, connection) == _run(after, name, connection)
    assert _run(before, "' OR '1' = '1", connection)[0]
    assert _run(after, "' OR '1' = '1", connection) == ([], [], [(1,)])


def _run(source: str, name: str, connection: sqlite3.Connection) -> Any:
    lines = [line for line in source.split("\n") if not line.startswith(("from fastapi", "app =", "@app"))]
    namespace: dict[str, Any] = {}
    exec("\n".join(lines), namespace)
    return namespace["find"](name, 1800, connection)


COMPOSED = """
from contextlib import closing

import psycopg
from django.db import connections
from fastapi import FastAPI
from psycopg import sql

app = FastAPI()


@app.get("/")
def f(name: str, column: str):
    """


@pytest.mark.parametrize(
    "body",
    [
        "return psycopg.connect().execute(sql.SQL(«f\"SELECT 1 WHERE a = '{name}'\"»))\n",
        'query = sql.SQL(«"SELECT 1 WHERE a = \'" + name + "\'"»)\n    return psycopg.connect().execute(query)\n',
        "with closing(connections['other'].cursor()) as cursor:\n        cursor.execute(«f\"SELECT 1 WHERE a = '{name}'\"»)\n",
    ],
)
def test_composed_text_and_cursors_that_are_closed(body: str) -> None:
    assert_finds("SW401", COMPOSED + body)


@pytest.mark.parametrize(
    "body",
    [
        "return psycopg.connect().execute(sql.SQL('SELECT 1 WHERE {} = {}').format(sql.Identifier(column), sql.Literal(name)))\n",
        "return psycopg.connect().execute(sql.SQL('SELECT 1 WHERE a = %s'), [name])\n",
        "fields = sql.SQL(', ').join(map(sql.Identifier, [name, column]))\n"
        "    return psycopg.connect().execute(sql.SQL('SELECT {} FROM t').format(fields))\n",
        "with closing(connections['other'].cursor()) as cursor:\n        cursor.execute('SELECT 1 WHERE a = %s', [name])\n",
        "return sql.Literal(f'{name} {column}')\n",
    ],
)
def test_composed_text_that_is_safe(body: str) -> None:
    assert_silent("SW401", COMPOSED + body)
    assert_silent("SW402", COMPOSED + body)
