"""Calls that take SQL text: where the text stands, and how values are bound to it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Style(StrEnum):
    """How a sink writes a bound parameter, and where it takes the values."""

    TEXT = "text"
    """`:name` in `text(...)`; a dict is the second argument of the execute around it."""
    NAMED = "named"
    """`:name`, a dict is the second argument."""
    NUMERIC = "numeric"
    """`$1`, the values are the further arguments."""
    FORMAT = "format"
    """`%s`, a tuple is the second argument."""
    QMARK = "qmark"
    """`?`, a tuple is the second argument."""
    PLAIN = "plain"
    """`:name`, but the call takes no values: a `text(...)` carries them, `.bindparams(name=name)`."""
    DRIVER = "driver"
    """As the driver has it, whichever that is; `execute(text(...))` beside it knows."""
    OTHER = "other"
    """Not at all, or in a way that nobody foresaw."""


COLONS = frozenset({Style.TEXT, Style.NAMED, Style.PLAIN, Style.DRIVER})
"""Styles that end with `:name`."""


class Sink(NamedTuple):
    """A call that takes SQL text."""

    style: Style
    position: int = 0
    keyword: str = ""
    formats: bool = False
    """Whether percent signs in the text are read though no values are given."""


_SESSIONS = ("sqlalchemy.orm.Session", "sqlalchemy.ext.asyncio.AsyncSession", "sqlalchemy.orm.scoped_session",
             "sqlalchemy.ext.asyncio.async_scoped_session")  # fmt: skip
_SQLMODEL = ("sqlmodel.Session.exec", "sqlmodel.ext.asyncio.session.AsyncSession.exec")
_CONNECTIONS = ("sqlalchemy.Connection", "sqlalchemy.ext.asyncio.AsyncConnection")
_ASYNCPG = ("asyncpg.Connection", "asyncpg.Pool", "asyncpg.PoolConnectionProxy", "asyncpg.pool.PoolConnectionProxy")
_FORMAT_CURSORS = (
    "psycopg.Cursor", "psycopg.AsyncCursor", "psycopg.ServerCursor", "psycopg.AsyncServerCursor", "psycopg.ClientCursor",
    "psycopg.AsyncClientCursor", "psycopg2.extras.DictCursor", "psycopg2.extras.RealDictCursor", "psycopg2.extras.NamedTupleCursor",
    "asyncmy.cursors.Cursor", "snowflake.connector.cursor.SnowflakeCursor", "mysql.connector.cursor.MySQLCursorDict", "psycopg.Connection", "psycopg.AsyncConnection", "psycopg2.extensions.cursor",
    "pymysql.Cursor", "pymysql.cursors.Cursor", "aiomysql.Cursor", "aiomysql.cursors.Cursor", "aiopg.Cursor",
    "MySQLdb.cursors.Cursor", "MySQLdb.Cursor", "mysql.connector.Cursor", "mysql.connector.cursor.MySQLCursor", "django.db.backends.utils.CursorWrapper",
)  # fmt: skip
_QMARK_CURSORS = ("sqlite3.Cursor", "sqlite3.Connection", "aiosqlite.Cursor", "aiosqlite.Connection", "pyodbc.Cursor",
                  "pyodbc.Connection", "duckdb.DuckDBPyConnection")  # fmt: skip
_DATABASES = ("execute", "execute_many", "fetch_all", "fetch_one", "fetch_val", "iterate")

SINKS: dict[str, Sink] = {
    "sqlalchemy.text": Sink(Style.TEXT, 0, "text"),
    **{f"{library}.sql.SQL": Sink(Style.OTHER, 0, keyword) for library, keyword in (("psycopg", "obj"), ("psycopg2", "string"))},
    "sqlalchemy.literal_column": Sink(Style.OTHER, 0, "text"),
    "sqlalchemy.DDL": Sink(Style.OTHER, 0, "statement"),
    **{f"alembic.{owner}.execute": Sink(Style.PLAIN, 0, "sqltext")
       for owner in ("op", "operations.Operations", "operations.BatchOperations")},
    **{f"{cls}.{method}": Sink(Style.TEXT, 0, "statement") for cls in (*_SESSIONS, *_CONNECTIONS)
       for method in ("execute", "scalar", "scalars", "stream", "stream_scalars")},
    **{f"{cls}.exec_driver_sql": Sink(Style.DRIVER, 0, "statement") for cls in _CONNECTIONS},
    **{f"{cls}.{method}": Sink(Style.NUMERIC, 0, "query") for cls in _ASYNCPG
       for method in ("execute", "fetch", "fetchval", "fetchrow", "fetchmany", "prepare", "cursor", "executemany",
                      "copy_from_query")},
    **{name: Sink(Style.TEXT, 0, "statement") for name in _SQLMODEL},
    **{f"psycopg.{cls}.copy": Sink(Style.OTHER, 0, "statement") for cls in ("Cursor", "AsyncCursor")},
    **{f"psycopg2.extras.{function}": Sink(Style.OTHER, 1, "sql") for function in ("execute_values", "execute_batch")},
    **{f"oracledb.{cls}.{method}": Sink(Style.OTHER, 0, "statement")
       for cls in ("Cursor", "AsyncCursor", "AsyncConnection") for method in ("execute", "executemany")},
    **{f"duckdb.DuckDBPyConnection.{method}": Sink(Style.OTHER, 0, "query") for method in ("sql", "query")},
    **{f"clickhouse_connect.driver.client.Client.{method}": Sink(Style.OTHER, 0, "query")
       for method in ("query", "query_df", "command")},
    "clickhouse_driver.Client.execute": Sink(Style.OTHER, 0, "query"),
    **{f"peewee.{cls}.execute_sql": Sink(Style.OTHER, 0, "sql")
       for cls in ("Database", "MySQLDatabase", "PostgresqlDatabase", "SqliteDatabase")},
    "peewee.SQL": Sink(Style.OTHER, 0, "sql"),
    **{f"tortoise.BaseDBAsyncClient.{method}": Sink(Style.OTHER, 0, "query")
       for method in ("execute_query", "execute_query_dict", "execute_script")},
    **{f"pandas.{function}": Sink(Style.OTHER, 0, "sql") for function in ("read_sql", "read_sql_query")},
    **{f"{cls}.{method}": Sink(Style.FORMAT, 0, "query") for cls in _FORMAT_CURSORS
       for method in ("execute", "executemany", "stream", "mogrify")},
    **{f"{cls}.{method}": Sink(Style.QMARK, 0, "sql") for cls in _QMARK_CURSORS
       for method in ("execute", "executemany", "executescript", "execute_fetchall", "execute_insert")},
    **{f"databases.Database.{method}": Sink(Style.NAMED, 0, "query") for method in _DATABASES},
    **{f"databases.core.Connection.{method}": Sink(Style.NAMED, 0, "query") for method in _DATABASES},
    "django.db.models.Manager.raw": Sink(Style.FORMAT, 0, "raw_query", True),
    "django.db.models.QuerySet.raw": Sink(Style.FORMAT, 0, "raw_query", True),
    "django.db.models.Manager.extra": Sink(Style.FORMAT, 9, "where", True),
    "django.db.models.QuerySet.extra": Sink(Style.FORMAT, 9, "where", True),
    "django.db.models.expressions.RawSQL": Sink(Style.FORMAT, 0, "sql", True),
    "django.db.connection.cursor.execute": Sink(Style.FORMAT, 0, "sql"),
}  # fmt: skip
"""By absolute name of the function or method."""

METHODS = frozenset(name.rpartition(".")[2] for name in SINKS)

EXECUTES = frozenset(name for name, sink in SINKS.items() if sink.style is Style.TEXT and name != "sqlalchemy.text")
"""SQLAlchemy's own methods: since 2.0 they take no plain string."""

MANY = frozenset({"executemany", "execute_many", "fetchmany"})
"""Methods whose values come as rows."""
