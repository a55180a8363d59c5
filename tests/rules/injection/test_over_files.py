"""SW402, SW403 and SW404 where what decides stands in other modules."""

from __future__ import annotations

import pytest

from support.marked import assert_finds, assert_silent

FOUND = {
    "a connection that a factory gives": (
        "SW402",
        """
        #- books.py
        from database import connect

        def by_name(name: str):
            return connect().execute(«f"SELECT id FROM book WHERE name = '{name}'"»)
        #- database.py
        import sqlite3

        def connect():
            return sqlite3.connect("x")
        """,
    ),
    "a cursor that a context manager of the project gives": (
        "SW402",
        """
        #- books.py
        from database import cursor

        def by_name(name):
            with cursor() as found:
                found.execute(«"SELECT id FROM book WHERE name = '%s'" % name»)
        #- database.py
        from contextlib import contextmanager
        import psycopg

        @contextmanager
        def cursor():
            with psycopg.connect("") as connection, connection.cursor() as found:
                yield found
        """,
    ),
    "a template that another module has": (
        "SW402",
        """
        #- books.py
        import asyncpg
        from statements import BY_NAME

        async def by_name(pool: asyncpg.Pool, name: str):
            return await pool.fetch(«BY_NAME.format(name=name)»)
        #- statements.py
        BY_NAME = "SELECT id FROM book WHERE name = '{name}'"
        """,
    ),
    "a session that a class of another module has": (
        "SW402",
        """
        #- books.py
        from base import Repository
        from sqlalchemy import text

        class Books(Repository):
            def by_name(self, name: str):
                return self.db.scalars(text(«f"SELECT id FROM book WHERE name LIKE '{name}%'"»))
        #- base.py
        from sqlalchemy.orm import Session

        class Repository:
            def __init__(self, db: Session):
                self.db = db
        """,
    ),
    "a column that a handler elsewhere takes": (
        "SW403",
        """
        #- web.py
        from fastapi import FastAPI
        from books import ordered

        app = FastAPI()

        @app.get("/")
        def books(sort: str):
            return ordered(by=sort)
        #- books.py
        import sqlite3

        def ordered(by: str):
            return sqlite3.connect("x").execute(«f"SELECT id FROM book ORDER BY {by}"»)
        """,
    ),
    "a column in a dependency": (
        "SW403",
        """
        #- web.py
        from fastapi import Depends, FastAPI
        from sqlalchemy.orm import Session
        from sqlalchemy import text
        from paging import paging
        from database import get_db

        app = FastAPI()

        @app.get("/")
        def books(page=Depends(paging), db: Session = Depends(get_db)):
            return db.execute(text(«f"SELECT id FROM book ORDER BY {page['sort']} LIMIT {page['size']}"»))
        #- paging.py
        def paging(sort: str = "id", size: int = 10):
            return {"sort": sort, "size": size}
        #- database.py
        from sqlalchemy.orm import Session

        def get_db() -> Session: ...
        """,
    ),
    "an attribute of another module's model": (
        "SW403",
        """
        #- web.py
        from fastapi import FastAPI
        from models import Book

        app = FastAPI()

        @app.get("/")
        def books(sort: str):
            return «getattr(Book, sort)»
        #- models.py
        from base import Base

        class Book(Base):
            __tablename__ = "book"
        #- base.py
        from sqlalchemy.orm import DeclarativeBase

        class Base(DeclarativeBase):
            pass
        """,
    ),
    "a table that a schema elsewhere lets through": (
        "SW403",
        """
        #- web.py
        import sqlite3
        from fastapi import FastAPI
        from schemas import Wanted

        app = FastAPI()

        @app.post("/")
        def count(wanted: Wanted):
            return sqlite3.connect("x").execute(«f"SELECT count(*) FROM {wanted.table}"»)
        #- schemas.py
        from pydantic import BaseModel

        class Wanted(BaseModel):
            table: str
        """,
    ),
    "a string that a session of another module executes": (
        "SW404",
        """
        #- books.py
        from database import SessionLocal

        def count():
            with SessionLocal() as session:
                return session.execute(«"SELECT count(*) FROM book"»).scalar()
        #- database.py
        from sqlalchemy import create_engine
        from sqlalchemy.orm import sessionmaker

        SessionLocal = sessionmaker(create_engine(""))
        """,
    ),
    "a string that a dependency's session executes": (
        "SW404",
        """
        #- web.py
        from typing import Annotated
        from fastapi import Depends, FastAPI
        from sqlalchemy.ext.asyncio import AsyncSession
        from database import get_session

        app = FastAPI()

        @app.get("/health")
        async def health(session: Annotated[AsyncSession, Depends(get_session)]):
            await session.execute(«"SELECT 1"»)
        #- database.py
        from sqlalchemy.ext.asyncio import async_sessionmaker

        async def get_session():
            async with async_sessionmaker()() as session:
                yield session
        """,
    ),
}


@pytest.mark.parametrize(("code", "text"), FOUND.values(), ids=FOUND.keys())
def test_it_is_found(code: str, text: str) -> None:
    assert_finds(code, text)


SILENT = {
    "a function of that name which executes nothing": (
        "SW402",
        """
        #- books.py
        from search import execute

        def by_name(name: str):
            return execute(f"SELECT id FROM book WHERE name = '{name}'")
        #- search.py
        def execute(text: str):
            return text.split()
        """,
    ),
    "a value that another module makes a number": (
        "SW402",
        """
        #- books.py
        import sqlite3
        from numbers_of import number_of

        def by_number(name: str):
            return sqlite3.connect("x").execute(f"SELECT id FROM book WHERE number = {number_of(name)}")
        #- numbers_of.py
        def number_of(name: str) -> int:
            return int(name)
        """,
    ),
    "a constant that another module imports from a third": (
        "SW402",
        """
        #- books.py
        import sqlite3
        from names import KIND

        def novels():
            return sqlite3.connect("x").execute(f"SELECT id FROM book WHERE kind = '{KIND}'")
        #- names.py
        from kinds import NOVEL as KIND
        #- kinds.py
        NOVEL = "novel"
        """,
    ),
    "a check in another module": (
        "SW402",
        """
        #- books.py
        import sqlite3
        from checks import validate_name

        def by_name(name: str):
            validate_name(name)
            return sqlite3.connect("x").execute(f"SELECT id FROM book WHERE name = '{name}'")
        #- checks.py
        def validate_name(name: str) -> None:
            if not name.isalnum():
                raise ValueError
        """,
    ),
    "a closed set in another module": (
        "SW403",
        """
        #- web.py
        import sqlite3
        from fastapi import FastAPI, HTTPException
        from names import COLUMNS

        app = FastAPI()

        @app.get("/")
        def books(sort: str):
            if sort not in COLUMNS:
                raise HTTPException(422)
            return sqlite3.connect("x").execute(f"SELECT id FROM book ORDER BY {sort}")
        #- names.py
        COLUMNS = frozenset({"title", "year"})
        """,
    ),
    "an enum of another module": (
        "SW403",
        """
        #- web.py
        import sqlite3
        from fastapi import FastAPI
        from names import Column

        app = FastAPI()

        @app.get("/")
        def books(sort: Column):
            return sqlite3.connect("x").execute(f"SELECT id FROM book ORDER BY {sort.value}")
        #- names.py
        from enum import StrEnum

        class Column(StrEnum):
            TITLE = "title"
        """,
    ),
    "a schema that lets some through": (
        "SW403",
        """
        #- web.py
        import sqlite3
        from fastapi import FastAPI
        from schemas import Wanted

        app = FastAPI()

        @app.post("/")
        def count(wanted: Wanted):
            return sqlite3.connect("x").execute(f"SELECT count(*) FROM {wanted.table}")
        #- schemas.py
        from typing import Literal
        from pydantic import BaseModel

        class Wanted(BaseModel):
            table: Literal["book", "shelf"]
        """,
    ),
    "a helper that picks": (
        "SW403",
        """
        #- web.py
        import sqlite3
        from fastapi import FastAPI
        from names import column

        app = FastAPI()

        @app.get("/")
        def books(sort: str):
            return sqlite3.connect("x").execute(f"SELECT id FROM book ORDER BY {column(sort)}")
        #- names.py
        def column(sort: str) -> str:
            if sort == "newest":
                return "year DESC"
            return "title"
        """,
    ),
    "a text that another module made": (
        "SW404",
        """
        #- books.py
        from sqlalchemy.orm import Session
        from statements import COUNT

        def count(db: Session):
            return db.execute(COUNT)
        #- statements.py
        from sqlalchemy import text

        COUNT = text("SELECT count(*) FROM book")
        """,
    ),
    "a session of the project's own make": (
        "SW404",
        """
        #- books.py
        from database import Session

        def count(db: Session):
            return db.execute("SELECT count(*) FROM book")
        #- database.py
        class Session:
            def execute(self, statement: str): ...
        """,
    ),
    "a connection of a driver by way of a factory": (
        "SW404",
        """
        #- books.py
        from database import connect

        async def count():
            return await (await connect()).execute("SELECT count(*) FROM book")
        #- database.py
        import asyncpg

        async def connect() -> asyncpg.Connection:
            return await asyncpg.connect("")
        """,
    ),
}


@pytest.mark.parametrize(("code", "text"), SILENT.values(), ids=SILENT.keys())
def test_nothing_is_wrong(code: str, text: str) -> None:
    assert_silent(code, text)
