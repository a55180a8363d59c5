"""What of SQLAlchemy's sync API has which counterpart in its asyncio extension."""

from __future__ import annotations

_ASYNC = "sqlalchemy.ext.asyncio"

COUNTERPARTS: dict[str, str] = {
    "sqlalchemy.orm.Session": f"{_ASYNC}.AsyncSession",
    "sqlmodel.Session": "sqlmodel.ext.asyncio.session.AsyncSession",
    "sqlalchemy.orm.sessionmaker": f"{_ASYNC}.async_sessionmaker",
    "sqlalchemy.orm.scoped_session": f"{_ASYNC}.async_scoped_session",
    "sqlalchemy.Connection": f"{_ASYNC}.AsyncConnection",
    "sqlalchemy.Engine": f"{_ASYNC}.AsyncEngine",
    "sqlalchemy.create_engine": f"{_ASYNC}.create_async_engine",
}

SESSION_IO = frozenset({
    "execute", "scalar", "scalars", "exec", "get", "get_one", "refresh", "merge", "delete", "flush", "commit",
    "rollback", "close", "connection", "invalidate", "reset", "run_sync", "remove", "stream", "stream_scalars",
})  # fmt: skip
"""Methods of a session or connection that talk to the database: awaited on the async one."""

SESSION_PLAIN = frozenset({
    "add", "add_all", "expunge", "expunge_all", "expire", "expire_all", "is_modified", "in_transaction",
    "in_nested_transaction", "get_transaction", "get_nested_transaction", "get_bind",
})  # fmt: skip
"""Methods that do no I/O and are the same on the async one."""

SESSION_CONTEXTS = frozenset({"begin", "begin_nested"})
"""Methods that open a transaction, entered by `with`."""

SESSION_THROUGH_RUN_SYNC = frozenset({
    "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings", "query", "enable_relationship_loading",
})  # fmt: skip
"""Methods that the async one lacks, and that `run_sync` can call on the sync one inside of it."""

SESSION_ATTRIBUTES = frozenset({
    "bind", "info", "new", "dirty", "deleted", "is_active", "no_autoflush", "autoflush", "identity_map", "closed",
})  # fmt: skip

ENGINE_ATTRIBUTES = frozenset({"url", "dialect", "name", "driver", "pool", "echo", "sync_engine"})
"""Attributes that an async engine has, too."""

DRIVERS: dict[str, str] = {
    "postgresql": "postgresql+asyncpg",
    "sqlite": "sqlite+aiosqlite",
    "mysql": "mysql+aiomysql",
    "mariadb": "mariadb+aiomysql",
    "oracle": "oracle+oracledb_async",
}
"""Backend -> SQLAlchemy's name for an async driver of it."""

REQUIREMENTS: dict[str, str] = {
    "postgresql": "asyncpg>=0.29",
    "sqlite": "aiosqlite>=0.20",
    "mysql": "aiomysql>=0.2",
    "mariadb": "aiomysql>=0.2",
    "oracle": "oracledb>=2.0",
}
"""Backend -> what the async driver is installed by."""

SYNC_DRIVERS: dict[str, str] = {
    "psycopg2": "postgresql",
    "psycopg2-binary": "postgresql",
    "psycopg": "postgresql",
    "psycopg-binary": "postgresql",
    "pg8000": "postgresql",
    "asyncpg": "postgresql",
    "aiosqlite": "sqlite",
    "pymysql": "mysql",
    "mysqlclient": "mysql",
    "mysql-connector-python": "mysql",
    "aiomysql": "mysql",
    "oracledb": "oracle",
}
"""Distribution -> the backend that a project which depends on it uses."""

_CONNECT_ARGS = {
    "sqlite": "check_same_thread timeout isolation_level detect_types cached_statements uri",
    "postgresql": "timeout command_timeout server_settings ssl statement_cache_size",
    "mysql": "charset connect_timeout ssl init_command sql_mode unix_socket",
}
CONNECT_ARGS = {backend: frozenset(names.split()) for backend, names in _CONNECT_ARGS.items()}
"""Arguments that the async drivers take, too."""

GENERATORS: dict[str, str] = {"Generator": "AsyncGenerator", "Iterator": "AsyncIterator", "Iterable": "AsyncIterable"}
"""Annotations of generators -> of async ones."""
