"""SW403: a client chooses the table, column or direction of a query."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

from seawall.engine.fix import apply
from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse

HEAD = """\
import asyncpg
import psycopg
import sqlite3
import sqlalchemy as sa
from enum import Enum
from typing import Literal
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import desc, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from helpers import columns, get_db, ordered

app = FastAPI()
COLUMNS = {"title": "b.title", "year": "b.year"}


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


class Column(str, Enum):
    ID = "id"
    TITLE = "title"


class Sorting(BaseModel):
    column: Literal["id", "title"] = "id"
    free: str = "id"


"""
HELPERS = """
#- helpers.py
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

SessionLocal = sessionmaker()


def get_db():
    with SessionLocal() as session:
        yield session


def columns(names):
    return ", ".join(names)


def ordered(column: str, direction: str = "ASC"):
    return f"{column} {direction}"


class Books:
    def __init__(self, db: Session, column: str):
        self.db = db
        self.column = column
"""
PARAMETERS = "name: str, sorting: Sorting, names: list[str], pool: asyncpg.Pool, db: Session = Depends(get_db)"


def handler(body: str, parameters: str = PARAMETERS) -> str:
    """A handler with that body."""
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    return f'{HEAD}@app.post("/books")\nasync def find({parameters}):\n{lines}{HELPERS}'


FOUND = {
    "a table": """db.execute(text(«f"SELECT id FROM {name}"»))""",
    "a quoted table": """db.execute(text(«f'SELECT id FROM "{name}"'»))""",
    "a table to write to": """await pool.execute(«f"INSERT INTO {name} (id) VALUES (1)"»)""",
    "a column to order by": """db.execute(text(«f"SELECT id FROM book ORDER BY {name}"»))""",
    "a direction": """db.execute(text(«f"SELECT id FROM book ORDER BY title {name}"»))""",
    "a column that is compared": """db.execute(text(«f"SELECT id FROM book WHERE {name} = :value"»), {"value": 1})""",
    "a column that is set": """await pool.execute(«f"UPDATE book SET {name} = $1 WHERE id = $2"», 1, 2)""",
    "columns that are read": """db.execute(text(«f"SELECT {', '.join(names)} FROM book"»))""",
    "columns from a helper": """db.execute(text(«f"SELECT {columns(names)} FROM book"»))""",
    "a schema": """db.execute(text(«f"SELECT id FROM {name}.book"»))""",
    "a part of text in order_by": """db.execute(select(Book).order_by(text(«f"{name} desc"»)))""",
    "all of the text in order_by": """db.execute(select(Book).order_by(text(«name»)))""",
    "a field that is any string": """db.execute(text(«f"SELECT id FROM book ORDER BY {sorting.free}"»))""",
    "an attribute of the model": """db.scalars(select(Book).order_by(«getattr(Book, name)»))""",
    "an attribute in a variable": """column = «getattr(Book, name, None)»\ndb.scalars(select(Book).order_by(desc(column)))""",
    "an attribute by a helper's result": """
column = «getattr(Book, columns([name]))»
db.scalars(select(Book).order_by(column))""",
    "percent": """sqlite3.connect("x").execute(«"SELECT id FROM book ORDER BY %s" % name»)""",
    "a look-up that lets others pass": """db.execute(text(«f"SELECT id FROM book b ORDER BY {COLUMNS.get(name, name)}"»))""",
}


@pytest.mark.parametrize("body", FOUND.values(), ids=FOUND.keys())
def test_a_client_chooses_a_name(body: str) -> None:
    assert_finds("SW403", handler(body))
    assert_silent("SW401", handler(body).replace("«", "").replace("»", ""))


SILENT = {
    "a constant": """db.execute(text("SELECT id FROM book ORDER BY id"))""",
    "a look-up": """db.execute(text(f"SELECT id FROM book b ORDER BY {COLUMNS[name]}"))""",
    "a look-up with a default": """db.execute(text(f"SELECT id FROM book b ORDER BY {COLUMNS.get(name, 'b.id')}"))""",
    "a look-up that raised before": """
try:
    COLUMNS[name]
except KeyError:
    raise HTTPException(422)
column = COLUMNS[name]
db.execute(text(f"SELECT id FROM book b ORDER BY {column}"))""",
    "a literal": """db.execute(text(f"SELECT id FROM book ORDER BY {sorting.column}"))""",
    "a check that returns": """
if name not in COLUMNS:
    return []
db.scalars(select(Book).order_by(getattr(Book, name)))""",
    "a check with a default": """
if name.lower() not in ("asc", "desc"):
    name = "asc"
db.execute(text(f"SELECT id FROM book ORDER BY id {name}"))""",
    "every one checked": """
if not all(one in COLUMNS for one in names):
    raise HTTPException(422)
db.execute(text(f"SELECT {', '.join(names)} FROM book"))""",
    "any one refused in a loop": """
for one in names:
    if one not in COLUMNS:
        raise HTTPException(422)
db.execute(text(f"SELECT {', '.join(names)} FROM book"))""",
    "those that are known": """
known = [one for one in names if one in COLUMNS]
db.execute(text(f"SELECT {', '.join(known)} FROM book"))""",
    "a set of known ones": """
if set(names) - set(COLUMNS):
    raise HTTPException(422)
db.execute(text(f"SELECT {', '.join(names)} FROM book"))""",
    "a match on constants": """
match name:
    case "id" | "title":
        db.execute(text(f"SELECT id FROM book ORDER BY {name}"))""",
    "a comparison with constants": """
if name == "id" or name == "title":
    db.execute(text(f"SELECT id FROM book ORDER BY {name}"))""",
    "an identifier that psycopg quotes": """
from psycopg import sql
psycopg.connect("").execute(sql.SQL("SELECT id FROM {}").format(sql.Identifier(name)))""",
    "a name that the dialect quotes": """
quoted = db.get_bind().dialect.identifier_preparer.quote(name)
db.execute(text(f"SELECT id FROM {quoted}"))""",
    "an attribute of what is no model": """print(getattr(sorting, name))""",
    "a model's constant attribute": """db.scalars(select(Book).order_by(getattr(Book, "title")))""",
    "fields of a schema": """
for field, value in sorting.model_dump().items():
    db.scalars(select(Book).where(getattr(Book, field) == value))""",
    "has it at all": """
if not hasattr(Book, name):
    raise HTTPException(422)
db.scalars(select(Book).order_by(getattr(Book, name)))""",
    "a value, which is SW401's": """db.execute(text(f"SELECT id FROM book WHERE title = '{name}'"))""",
    "SQLAlchemy's own look-up of a label": """db.scalars(select(Book).order_by(name))""",
}


@pytest.mark.parametrize("body", SILENT.values(), ids=SILENT.keys())
def test_names_of_a_closed_set(body: str) -> None:
    assert_silent("SW403", handler(body))


@pytest.mark.parametrize("declared", ["Column", 'Literal["id", "title"]', "Column | None", 'list[Literal["id"]]'])
def test_names_that_are_closed_by_their_type(declared: str) -> None:
    body = """db.execute(text(f"SELECT id FROM book ORDER BY {name}"))\ngetattr(Book, name)"""
    assert_silent("SW403", handler(body, f"name: {declared}, db: Session = Depends(get_db)"))


def test_an_enums_value() -> None:
    body = """db.execute(text(f"SELECT id FROM book ORDER BY {name.value}"))"""
    assert_silent("SW403", handler(body, "name: Column, db: Session = Depends(get_db)"))


def test_no_client_is_proved_to_send_it() -> None:
    assert_silent(
        "SW403",
        """
        from sqlalchemy import text
        from sqlalchemy.orm import Session

        def count(db: Session, table: str):
            return db.scalar(text(f"SELECT count(*) FROM {table}"))
        """,
    )


def test_through_modules_and_attributes() -> None:
    located = assert_finds(
        "SW403",
        """
        from fastapi import Depends, FastAPI
        from sqlalchemy.orm import Session
        from repository import Books, get_db

        app = FastAPI()

        @app.get("/books")
        def books(sort: str, db: Session = Depends(get_db)):
            return Books(db, sort).all()
        #- repository.py
        from sqlalchemy import text
        from sqlalchemy.orm import Session, sessionmaker
        from names import order

        def get_db():
            with sessionmaker()() as session:
                yield session

        class Books:
            def __init__(self, db: Session, sort: str):
                self.db = db
                self.sort = sort

            def all(self):
                return self.db.execute(text(«f"SELECT id FROM book ORDER BY {order(self.sort)}"»)).all()
        #- names.py
        def order(column: str) -> str:
            return column.strip().lower()
        """,
    )
    assert [one.message for one in located[0].related] == [
        "`books` hands it on to `__init__`",
        "`all` hands it on to `order`",
    ]


def test_a_mapping_in_another_module_closes_the_set() -> None:
    assert_silent(
        "SW403",
        """
        from fastapi import Depends, FastAPI
        from sqlalchemy import text
        from sqlalchemy.orm import Session
        from names import order
        from database import get_db

        app = FastAPI()

        @app.get("/books")
        def books(sort: str, db: Session = Depends(get_db)):
            return db.execute(text(f"SELECT id FROM book ORDER BY {order(sort)}")).all()
        #- names.py
        COLUMNS = {"title": "book.title"}

        def order(column: str) -> str:
            return COLUMNS.get(column, "book.id")
        #- database.py
        from sqlalchemy.orm import Session

        def get_db() -> Session: ...
        """,
    )


DJANGO = """
from django.db import models
from django.http import HttpRequest
from fields import KNOWN

class Book(models.Model):
    title = models.CharField()

def books(request: HttpRequest):
    {}
#- fields.py
KNOWN = {"title", "year"}
"""


@pytest.mark.parametrize(
    "line",
    [
        "return Book.objects.order_by(«request.GET['sort']»)",
        "return Book.objects.all().order_by(«request.GET.get('sort', 'title')»)",
        "return Book.objects.order_by(«'-' + request.GET['sort']»)",
        "return Book.objects.filter(**«{request.GET['field']: request.GET['value']}»)",
        "return Book.objects.exclude(**«{f\"{request.GET['field']}__icontains\": 'x'}»)",
        "field = request.GET['field']; query = {field: 1}; return Book.objects.filter(**«query»)",
        "query = {}; query[request.POST['field']] = 1; return Book.objects.filter(**«query»)",
        "return Book.objects.filter(**«request.GET.dict()»)",
    ],
)
def test_django_follows_relations_to_any_field(line: str) -> None:
    assert_finds("SW403", DJANGO.replace("{}", line, 1))


@pytest.mark.parametrize(
    "line",
    [
        "return Book.objects.order_by('title')",
        "return Book.objects.filter(title=request.GET['title'])",
        "return Book.objects.filter(**{'title': request.GET['title']})",
        "field = request.GET['field']\n    if field in KNOWN:\n        return Book.objects.filter(**{field: 1})",
        "sort = request.GET['sort'] if request.GET['sort'] in KNOWN else 'title'\n    return Book.objects.order_by(sort)",
        "return Book.objects.filter(**{'title': 1, **{}})",
        "return sorted(Book.objects.all(), key=lambda book: getattr(book, request.GET['sort']))",
    ],
)
def test_django_with_fields_of_a_closed_set(line: str) -> None:
    assert_silent("SW403", DJANGO.replace("{}", line, 1))


# -- fixes ------------------------------------------------------------------------------------------------------------

QUOTED = {
    "a table": (
        """con.execute(f"SELECT count(*) FROM {name}")""",
        """con.execute(psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(name)))""",
    ),
    "in quotes": (
        """con.execute(f'SELECT count(*) FROM "{name}" WHERE a = %s', (1,))""",
        """con.execute(psycopg.sql.SQL('SELECT count(*) FROM {} WHERE a = %s').format(psycopg.sql.Identifier(name)), (1,))""",
    ),
    "a column": (
        """con.execute(f"SELECT id FROM book ORDER BY {name} LIMIT 5")""",
        """con.execute(psycopg.sql.SQL("SELECT id FROM book ORDER BY {} LIMIT 5").format(psycopg.sql.Identifier(name)))""",
    ),
    "a schema and a table": (
        """con.execute(f"SELECT '{{}}' FROM {name}.{table}")""",
        """con.execute(psycopg.sql.SQL("SELECT '{{}}' FROM {}.{}")"""
        """.format(psycopg.sql.Identifier(name), psycopg.sql.Identifier(table)))""",
    ),
    "adjacent strings": (
        """con.execute("SELECT '{}' "
                f"FROM {name}")""",
        """con.execute(psycopg.sql.SQL("SELECT '{{}}' "
                "FROM {}").format(psycopg.sql.Identifier(name)))""",
    ),
}


@pytest.mark.parametrize(("before", "after"), QUOTED.values(), ids=QUOTED.keys())
def test_psycopg_quotes_the_name(before: str, after: str) -> None:
    parameters = "name: str, table: str, con: psycopg.Connection"
    assert_fixes("SW403", handler(before, parameters), handler(after, parameters))


@pytest.mark.parametrize(
    "line",
    [
        """con.execute(f"SELECT id FROM book ORDER BY title {name}")""",
        """con.execute(f"SELECT {', '.join(names)} FROM book")""",
        """con.execute("SELECT id FROM " + name)""",
        """sqlite3.connect("x").execute(f"SELECT id FROM {name}")""",
    ],
)
def test_what_cannot_be_quoted_has_no_fix(line: str) -> None:
    text = handler(line, "name: str, names: list[str], con: psycopg.Connection")
    (found,) = Folder(parse(text).files).findings("SW403")
    assert found.finding.fixes == ()


def test_the_name_is_checked_before_the_statement() -> None:
    before = """
query = select(Book)
# in order
query = query.order_by(
    getattr(Book, name)
)"""
    after = """
query = select(Book)
# in order
if name not in Book.__mapper__.column_attrs:
    raise HTTPException(422, f"unknown column: {name}")
query = query.order_by(
    getattr(Book, name)
)"""
    assert_fixes("SW403", handler(before), handler(after))


def test_away_from_the_handler_a_value_error_is_raised() -> None:
    assert_fixes(
        "SW403",
        """
        from fastapi import FastAPI
        from books import ordered

        app = FastAPI()

        @app.get("/")
        def books(sort: str):
            return ordered(sort)
        #- books.py
        from sqlalchemy import select
        from models import Book

        def ordered(column: str):
        \treturn select(Book).order_by(getattr(Book, column))
        #- models.py
        from sqlalchemy.orm import DeclarativeBase

        class Base(DeclarativeBase):
            pass

        class Book(Base):
            __tablename__ = "book"
        """,
        """
        #- books.py
        from sqlalchemy import select
        from models import Book

        def ordered(column: str):
        \tif column not in Book.__mapper__.column_attrs:
        \t\traise ValueError(f"unknown column: {column}")
        \treturn select(Book).order_by(getattr(Book, column))
        """,
    )


RUNNING = """
from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session
from models import Book, get_db

app = FastAPI()

@app.get("/")
def books(sort: str, db: Session = Depends(get_db)):
    return db.scalars(select(Book.title).order_by(getattr(Book, sort))).all()
#- models.py
def get_db(): ...
from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase):
    pass

class Book(Base):
    __tablename__ = "book"
"""


def test_the_mended_handler_orders_by_columns_and_by_nothing_else() -> None:
    folder = Folder(parse(RUNNING).files)
    (found,) = folder.findings("SW403")
    (mended,) = apply(folder.workspace, found.finding.fixes[0].make()).values()

    class Base(DeclarativeBase):
        pass

    class Book(Base):
        __tablename__ = "book"
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str]

    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Book(id=1, title="Persuasion"), Book(id=2, title="Emma")])
        session.commit()

    def get_db():  # type: ignore[no-untyped-def]
        with Session(engine) as session:
            yield session

    namespace: dict[str, object] = {"Book": Book, "get_db": get_db}
    exec(mended.replace("from models import Book, get_db\n", ""), namespace)
    app = namespace["app"]
    assert isinstance(app, FastAPI)
    client = TestClient(app)
    assert client.get("/?sort=id").json() == ["Persuasion", "Emma"]
    assert client.get("/?sort=title").json() == ["Emma", "Persuasion"]
    assert client.get("/?sort=metadata").status_code == 422
    assert client.get("/?sort=__table__").status_code == 422
