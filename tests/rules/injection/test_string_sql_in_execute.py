"""SW404: SQLAlchemy 2 executes no plain strings."""

from __future__ import annotations

import pytest

from support.marked import assert_finds, assert_fixes, assert_silent

HEAD = """
import asyncpg, psycopg, sqlite3
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

PING = "SELECT 1"
SessionLocal = sessionmaker()
TABLES = ("a", "b")


async def run(db: Session, session: AsyncSession, pool: asyncpg.Pool, name, order: int):
    {}
"""

FOUND = [
    "db.execute(«'SELECT 1'»)",
    "db.scalar(«'SELECT 1'»)",
    "db.execute(«PING»)",
    "db.execute(«f'SELECT 1 FROM t WHERE a = {order}'»)",
    "db.execute(«'SELECT ' + PING»)",
    "db.execute(«'SELECT {}'.format(order)»)",
    "db.execute(«'SELECT 1 WHERE a = :a'», {'a': 1})",
    "await session.execute(«'SELECT 1'»)",
    "query = 'SELECT 1'; db.execute(«query»)",
    "with SessionLocal() as own: own.execute(«'SELECT 1'»)",
    "with sa.create_engine('').connect() as own: own.execute(«'SELECT 1'»)",
    "db.execute(statement=«'SELECT 1'»)",
]


@pytest.mark.parametrize("line", FOUND)
def test_a_string_is_executed(line: str) -> None:
    assert_finds("SW404", HEAD.replace("{}", line, 1))


SILENT = [
    "db.execute(sa.text('SELECT 1'))",
    "db.execute(select(name))",
    "db.connection().exec_driver_sql('SELECT 1')",
    "await pool.execute('SELECT 1')",
    "sqlite3.connect('x').execute('SELECT 1')",
    "psycopg.connect('x').execute('SELECT 1')",
    "db.execute(name)",
    "name.execute('SELECT 1')",
    "db.execute(sa.text(PING))",
    "db.execute(sa.text(PING) if order else select(name))",
    "db.execute()",
    "db.execute(sa.text(PING).bindparams())",
    "db.execute(sa.DDL('CREATE TABLE x ()'))",
    "db.execute(statement=sa.text('SELECT 1'))",
    "query = sa.text(PING); db.execute(query)",
    "with sqlite3.connect('x') as own: own.execute(PING)",
    "await session.execute(sa.insert(name))",
    "db.execute(f'SELECT {name}')  # noqa",
    "session.sync_session.get_bind().raw_connection().cursor().execute('SELECT 1')",
]


@pytest.mark.parametrize("line", SILENT)
def test_what_may_be_executed(line: str) -> None:
    assert_silent("SW404", HEAD.replace("{}", line, 1))


def test_a_constant_of_another_module_and_a_subclassed_session() -> None:
    assert_finds(
        "SW404",
        """
        from queries import PING
        from base import Database

        def ping(db: Database):
            return db.execute(«PING»)
        #- queries.py
        PING = "SELECT 1"
        #- base.py
        from sqlalchemy.orm import Session as BaseSession

        class Database(BaseSession):
            pass
        """,
    )


def test_what_another_module_made_of_the_text() -> None:
    assert_silent(
        "SW404",
        """
        from sqlalchemy.orm import Session
        from queries import PING, ping, select_all
        from database import Database

        def run(db: Session, database: Database):
            db.execute(PING)
            db.execute(ping())
            db.execute(select_all())
            database.execute("SELECT 1")
        #- queries.py
        from sqlalchemy import select, text

        PING = text("SELECT 1")

        def ping():
            return text("SELECT 1")

        def select_all():
            return select(1)
        #- database.py
        class Database:
            def execute(self, sql: str):
                return sql
        """,
    )


def test_a_function_that_returns_a_string() -> None:
    assert_finds(
        "SW404",
        """
        from sqlmodel import Session
        from queries import ping

        def run(db: Session):
            db.exec(«ping()»)
            return db.execute(«ping()»)
        #- queries.py
        def ping() -> str:
            return "SELECT 1"
        """,
    )


def test_a_name_that_a_client_chooses_does_not_hide_it() -> None:
    assert_finds(
        "SW404",
        """
        from fastapi import FastAPI
        from sqlalchemy.orm import Session
        from database import session

        app = FastAPI()

        @app.get("/")
        def count(table: str):
            return session().execute(«f"SELECT count(*) FROM {table}"»).scalar()
        #- database.py
        from sqlalchemy.orm import Session

        def session() -> Session: ...
        """,
    )


def test_an_older_sqlalchemy_takes_strings() -> None:
    assert_silent(
        "SW404",
        """
        from sqlalchemy.orm import Session

        def ping(db: Session):
            return db.execute("SELECT 1")
        #- requirements.txt
        sqlalchemy==1.4.52
        """,
    )


def test_text_is_imported_where_the_file_has_its_imports() -> None:
    assert_fixes(
        "SW404",
        '''
        from sqlalchemy.orm import Session

        def ping(db: Session):
            # is anybody there?
            return db.execute(
                «"""
                SELECT 1
                """»,  # one
            )
        ''',
        '''
        from sqlalchemy import text
        from sqlalchemy.orm import Session

        def ping(db: Session):
            # is anybody there?
            return db.execute(
                text("""
                SELECT 1
                """),  # one
            )
        ''',
    )


def test_the_name_that_the_file_uses_is_used() -> None:
    assert_fixes(
        "SW404",
        "import sqlalchemy as sa\nfrom sqlalchemy.orm import Session\ndef f(db: Session):\n    db.execute(«'é'»)\n",
        "import sqlalchemy as sa\nfrom sqlalchemy.orm import Session\ndef f(db: Session):\n    db.execute(sa.text('é'))\n",
    )
