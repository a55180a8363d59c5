"""What calling library functions and methods gives, and what their objects' attributes are, as far as checks care.

Written as types: `a.b.C`, `a.b.C[x.Y]`, `Self` (the receiver), `$0` (the receiver's first type argument), `@` (an instance of the
class that is the call's first argument, or of the one that this argument selects), `?` (not known).
"""

from __future__ import annotations

from seawall.knowledge import django
from seawall.knowledge.coroutines import COROUTINES

AWAIT = "typing.Coroutine"
STATE = "starlette.applications.State"
"""Where an application keeps what its handlers share; the project says what."""
_SESSION = "sqlalchemy.orm.Session"
_ASYNC_SESSION = "sqlalchemy.ext.asyncio.AsyncSession"
_CONTEXT = "contextlib.AbstractContextManager"
_ASYNC_CONTEXT = "contextlib.AbstractAsyncContextManager"
_MODEL = "pydantic.BaseModel"
_ROWS = "builtins.list[psycopg.rows.Row]"
_MADE_BY_CLASS = (
    "model_validate", "model_validate_json", "model_validate_strings", "model_construct", "parse_obj", "parse_raw", "parse_file",
    "from_orm", "construct",
)  # fmt: skip


RESULTS: dict[str, str] = {
    # SQLAlchemy
    "sqlalchemy.create_engine": "sqlalchemy.Engine",
    "sqlalchemy.engine_from_config": "sqlalchemy.Engine",
    "sqlalchemy.ext.asyncio.create_async_engine": "sqlalchemy.ext.asyncio.AsyncEngine",
    "sqlalchemy.ext.asyncio.async_engine_from_config": "sqlalchemy.ext.asyncio.AsyncEngine",
    "sqlalchemy.orm.declarative_base": "sqlalchemy.orm.declarative_base()",
    "sqlalchemy.orm.sessionmaker.__call__": "$0",
    "sqlalchemy.orm.sessionmaker.begin": f"{_CONTEXT}[$0]",
    "sqlalchemy.orm.scoped_session.__call__": "$0",
    "sqlalchemy.ext.asyncio.async_sessionmaker.__call__": "$0",
    "sqlalchemy.ext.asyncio.async_sessionmaker.begin": f"{_ASYNC_CONTEXT}[$0]",
    "sqlalchemy.ext.asyncio.async_scoped_session.__call__": "$0",
    "sqlalchemy.Engine.connect": "sqlalchemy.Connection",
    "sqlalchemy.Engine.begin": f"{_CONTEXT}[sqlalchemy.Connection]",
    "sqlalchemy.Engine.raw_connection": "sqlalchemy.PoolProxiedConnection",
    "sqlalchemy.Connection.execute": "sqlalchemy.Result",
    "sqlalchemy.Connection.begin": f"{_CONTEXT}[sqlalchemy.Transaction]",
    "sqlalchemy.ext.asyncio.AsyncEngine.connect": "sqlalchemy.ext.asyncio.AsyncConnection",
    "sqlalchemy.ext.asyncio.AsyncEngine.begin": f"{_ASYNC_CONTEXT}[sqlalchemy.ext.asyncio.AsyncConnection]",
    "sqlalchemy.ext.asyncio.AsyncConnection.execute": f"{AWAIT}[sqlalchemy.Result]",
    f"{_SESSION}.execute": "sqlalchemy.Result[@]",
    f"{_SESSION}.scalars": "sqlalchemy.ScalarResult[@]",
    f"{_SESSION}.scalar": "@",
    f"{_SESSION}.get": "@",
    f"{_SESSION}.get_one": "@",
    f"{_SESSION}.query": "sqlalchemy.orm.Query[@]",
    **{f"sqlalchemy.orm.Query.{method}": "$0" for method in ("first", "one", "one_or_none", "get")},
    "sqlalchemy.orm.Query.all": "builtins.list[$0]",
    "sqlalchemy.orm.Query.with_entities": "sqlalchemy.orm.Query",
    "sqlalchemy.orm.Query.add_columns": "sqlalchemy.orm.Query",
    f"{_SESSION}.connection": "sqlalchemy.Connection",
    "sqlalchemy.orm.scoped_session.query": "sqlalchemy.orm.Query[@]",
    "sqlalchemy.orm.scoped_session.execute": "sqlalchemy.Result[@]",
    "sqlalchemy.orm.scoped_session.scalars": "sqlalchemy.ScalarResult[@]",
    f"{_ASYNC_SESSION}.execute": f"{AWAIT}[sqlalchemy.Result[@]]",
    f"{_ASYNC_SESSION}.scalars": f"{AWAIT}[sqlalchemy.ScalarResult[@]]",
    f"{_ASYNC_SESSION}.scalar": f"{AWAIT}[@]",
    f"{_ASYNC_SESSION}.get": f"{AWAIT}[@]",
    f"{_ASYNC_SESSION}.get_one": f"{AWAIT}[@]",
    f"{_ASYNC_SESSION}.stream": f"{AWAIT}[sqlalchemy.ext.asyncio.AsyncResult]",
    f"{_ASYNC_SESSION}.stream_scalars": f"{AWAIT}[sqlalchemy.ext.asyncio.AsyncScalarResult[@]]",
    f"{_ASYNC_SESSION}.connection": f"{AWAIT}[sqlalchemy.ext.asyncio.AsyncConnection]",
    f"{_ASYNC_SESSION}.begin": f"{_ASYNC_CONTEXT}[?]",
    "sqlmodel.Session.exec": "sqlalchemy.ScalarResult[@]",
    "sqlmodel.ext.asyncio.session.AsyncSession.exec": f"{AWAIT}[sqlalchemy.ScalarResult[@]]",
    "sqlalchemy.Result.scalars": "sqlalchemy.ScalarResult[$0]",
    **{f"sqlalchemy.Result.{method}": "$0" for method in ("scalar", "scalar_one", "scalar_one_or_none")},
    "sqlalchemy.Result.mappings": "sqlalchemy.MappingResult",
    **{f"sqlalchemy.ScalarResult.{method}": "$0" for method in ("first", "one", "one_or_none")},
    **{f"sqlalchemy.ScalarResult.{method}": "typing.Sequence[$0]" for method in ("all", "fetchall", "fetchmany")},
    "sqlalchemy.ScalarResult.partitions": "typing.Iterator[typing.Sequence[$0]]",
    **{
        f"sqlalchemy.ext.asyncio.AsyncScalarResult.{method}": f"{AWAIT}[$0]"
        for method in ("first", "one", "one_or_none")
    },
    "sqlalchemy.ext.asyncio.AsyncScalarResult.all": f"{AWAIT}[typing.Sequence[$0]]",
    "sqlalchemy.select": "sqlalchemy.Select[@]",
    "sqlmodel.select": "sqlalchemy.Select[@]",
    "sqlalchemy.Select.with_only_columns": "sqlalchemy.Select",
    "sqlalchemy.Select.add_columns": "sqlalchemy.Select",
    "sqlalchemy.text": "sqlalchemy.TextClause",
    # HTTP clients
    "requests.session": "requests.Session",
    "aiohttp.request": f"{_ASYNC_CONTEXT}[aiohttp.ClientResponse]",
    **{
        f"{client}.{method}": f"{AWAIT}[{library}.Response]"
        for library in ("httpx", "httpx2")
        for client in (f"{library}.AsyncClient",)
        for method in ("get", "post", "put", "patch", "delete", "head", "options", "request", "send")
    },
    "socket.socket": "socket.socket",
    "smtplib.SMTP": "smtplib.SMTP",
    "smtplib.SMTP_SSL": "smtplib.SMTP_SSL",
    "kafka.KafkaProducer.send": "kafka.FutureRecordMetadata",
    # Files and processes
    "subprocess.Popen": "subprocess.Popen",
    "logging.getLogger": "logging.Logger",
    "structlog.get_logger": "structlog.BoundLogger",
    "structlog.stdlib.get_logger": "structlog.BoundLogger",
    # Drivers
    "psycopg.connect": "psycopg.Connection",
    "psycopg.Connection.connect": "psycopg.Connection",
    "psycopg.Connection.cursor": "psycopg.Cursor",
    "psycopg.Connection.execute": "psycopg.Cursor",
    "psycopg.AsyncConnection.connect": f"{AWAIT}[psycopg.AsyncConnection]",
    "psycopg.AsyncConnection.cursor": "psycopg.AsyncCursor",
    "psycopg.AsyncConnection.execute": f"{AWAIT}[psycopg.AsyncCursor]",
    "psycopg.AsyncCursor.execute": f"{AWAIT}[psycopg.AsyncCursor]",
    **{
        f"psycopg.{cursor}.{method}": written
        for method, of in {"fetchone": "psycopg.rows.Row", "fetchall": _ROWS, "fetchmany": _ROWS}.items()
        for cursor, written in {"Cursor": of, "AsyncCursor": f"{AWAIT}[{of}]"}.items()
    },
    "psycopg2.connect": "psycopg2.extensions.connection",
    "psycopg2.extensions.connection.cursor": "psycopg2.extensions.cursor",
    "sqlite3.connect": "sqlite3.Connection",
    "sqlite3.Connection.cursor": "sqlite3.Cursor",
    "pymysql.connect": "pymysql.Connection",
    "pymysql.Connection.cursor": "pymysql.Cursor",
    "asyncpg.connect": f"{AWAIT}[asyncpg.Connection]",
    "asyncpg.create_pool": "asyncpg.Pool",
    "asyncpg.Pool.acquire": f"{_ASYNC_CONTEXT}[asyncpg.Connection]",
    "asyncpg.Connection.prepare": f"{AWAIT}[asyncpg.prepared_stmt.PreparedStatement]",
    **{
        f"asyncpg.{owner}.{method}": of
        for owner in ("Connection", "Pool", "PoolConnectionProxy", "prepared_stmt.PreparedStatement")
        for method, of in {
            "fetch": f"{AWAIT}[builtins.list[asyncpg.Record]]",
            "fetchmany": f"{AWAIT}[builtins.list[asyncpg.Record]]",
            "fetchrow": f"{AWAIT}[asyncpg.Record]",
            "cursor": "typing.AsyncIterator[asyncpg.Record]",
        }.items()
    },
    "aiosqlite.connect": "aiosqlite.Connection",
    "aiosqlite.Connection.cursor": "aiosqlite.Cursor",
    "aiosqlite.Connection.execute": "aiosqlite.Cursor",
    "psycopg2.extras.RealDictCursor": "psycopg2.extensions.cursor",
    "aiopg.connect": "aiopg.Connection",
    "aiopg.create_pool": f"{AWAIT}[aiopg.Pool]",
    "aiopg.Pool.acquire": f"{_ASYNC_CONTEXT}[aiopg.Connection]",
    "aiopg.Connection.cursor": f"{_ASYNC_CONTEXT}[aiopg.Cursor]",
    "aiomysql.connect": f"{AWAIT}[aiomysql.Connection]",
    "aiomysql.create_pool": f"{AWAIT}[aiomysql.Pool]",
    "aiomysql.Pool.acquire": f"{_ASYNC_CONTEXT}[aiomysql.Connection]",
    "aiomysql.Connection.cursor": f"{_ASYNC_CONTEXT}[aiomysql.Cursor]",
    "alembic.op.get_bind": "sqlalchemy.Connection",
    "alembic.operations.Operations.get_bind": "sqlalchemy.Connection",
    "django.db.utils.ConnectionHandler.__getitem__": "django.db.backends.base.base.BaseDatabaseWrapper",
    "django.db.backends.base.base.BaseDatabaseWrapper.cursor": "django.db.backends.utils.CursorWrapper",
    "argparse.ArgumentParser.parse_args": "argparse.Namespace",
    "django.db.connection.cursor": "django.db.backends.utils.CursorWrapper",
    "psycopg_pool.ConnectionPool.connection": f"{_CONTEXT}[psycopg.Connection]",
    "psycopg_pool.AsyncConnectionPool.connection": f"{_ASYNC_CONTEXT}[psycopg.AsyncConnection]",
    "pwdlib.PasswordHash.recommended": "pwdlib.PasswordHash",
    "aio_pika.connect": f"{AWAIT}[aio_pika.abc.AbstractConnection]",
    "aio_pika.connect_robust": f"{AWAIT}[aio_pika.abc.AbstractConnection]",
    "aio_pika.abc.AbstractConnection.channel": "aio_pika.abc.AbstractChannel",
    "aio_pika.abc.AbstractChannel.declare_queue": f"{AWAIT}[aio_pika.abc.AbstractQueue]",
    "aio_pika.abc.AbstractChannel.get_queue": f"{AWAIT}[aio_pika.abc.AbstractQueue]",
    "pika.BlockingConnection.channel": "pika.channel.Channel",
    "nats.connect": f"{AWAIT}[nats.aio.client.Client]",
    "redis.from_url": "redis.Redis",
    "redis.Redis.from_url": "redis.Redis",
    "redis.Redis.pipeline": "redis.Pipeline",
    "redis.Redis.pubsub": "redis.client.PubSub",
    "redis.asyncio.Redis.pubsub": "redis.asyncio.client.PubSub",
    "redis.asyncio.from_url": "redis.asyncio.Redis",
    "redis.asyncio.Redis.from_url": "redis.asyncio.Redis",
    "boto3.client": "boto3.Client",
    "boto3.resource": "boto3.Resource",
    "boto3.Session.client": "boto3.Client",
    "boto3.session.Session.client": "boto3.Client",
    "boto3.session.Session.resource": "boto3.Resource",
    "boto3.Session.resource": "boto3.Resource",
    **{f"boto3.Resource.{kind}": "boto3.Resource" for kind in ("Bucket", "Object", "Table", "Queue", "Topic")},
    "pyodbc.connect": "pyodbc.Connection",
    "pyodbc.Connection.cursor": "pyodbc.Cursor",
    "duckdb.connect": "duckdb.DuckDBPyConnection",
    "oracledb.connect": "oracledb.Connection",
    "oracledb.Connection.cursor": "oracledb.Cursor",
    "oracledb.connect_async": f"{AWAIT}[oracledb.AsyncConnection]",
    "oracledb.AsyncConnection.cursor": "oracledb.AsyncCursor",
    "snowflake.connector.connect": "snowflake.connector.SnowflakeConnection",
    "snowflake.connector.SnowflakeConnection.cursor": "snowflake.connector.cursor.SnowflakeCursor",
    "clickhouse_connect.get_client": "clickhouse_connect.driver.client.Client",
    "tortoise.connections.get": "tortoise.BaseDBAsyncClient",
    "tortoise.transactions.in_transaction": f"{_ASYNC_CONTEXT}[tortoise.BaseDBAsyncClient]",
    "MySQLdb.connect": "MySQLdb.Connection",
    "MySQLdb.Connection.cursor": "MySQLdb.Cursor",
    "mysql.connector.connect": "mysql.connector.Connection",
    "mysql.connector.Connection.cursor": "mysql.connector.Cursor",
    "pymongo.MongoClient.__getitem__": "pymongo.Database",
    "pymongo.MongoClient.get_database": "pymongo.Database",
    "pymongo.MongoClient.get_default_database": "pymongo.Database",
    "pymongo.Database.__getitem__": "pymongo.Collection",
    "pymongo.Database.get_collection": "pymongo.Collection",
    "pymongo.Collection.find": "pymongo.Cursor",
    "redis.Redis.lock": "redis.Lock",
    "pathlib.Path.__truediv__": "pathlib.Path",
    "pathlib.Path.cwd": "pathlib.Path",
    "pathlib.Path.home": "pathlib.Path",
    "pathlib.Path.joinpath": "pathlib.Path",
    "pathlib.Path.with_suffix": "pathlib.Path",
    "pathlib.Path.with_name": "pathlib.Path",
    "pathlib.Path.resolve": "pathlib.Path",
    "pathlib.Path.absolute": "pathlib.Path",
    "pathlib.Path.expanduser": "pathlib.Path",
    "hashlib.new": "hashlib.Hash",
    "hashlib.md5": "hashlib.Hash",
    "hashlib.sha1": "hashlib.Hash",
    "hashlib.sha256": "hashlib.Hash",
    "hashlib.sha512": "hashlib.Hash",
    "hmac.new": "hmac.HMAC",
    "hmac.HMAC.hexdigest": "builtins.str",
    "hmac.HMAC.digest": "builtins.bytes",
    "hmac.digest": "builtins.bytes",
    "hashlib.Hash.hexdigest": "builtins.str",
    "hashlib.Hash.digest": "builtins.bytes",
    "pydantic.SecretStr.get_secret_value": "builtins.str",
    "threading.Thread": "threading.Thread",
    "asyncio.get_event_loop": "asyncio.AbstractEventLoop",
    "asyncio.get_running_loop": "asyncio.AbstractEventLoop",
    "asyncio.create_task": "asyncio.Task",
    "asyncio.ensure_future": "asyncio.Task",
    "asyncio.run_coroutine_threadsafe": "concurrent.futures.Future",
    "asyncio.new_event_loop": "asyncio.AbstractEventLoop",
    "concurrent.futures.ThreadPoolExecutor.submit": "concurrent.futures.Future",
    "concurrent.futures.ProcessPoolExecutor.submit": "concurrent.futures.Future",
    "concurrent.futures.Executor.submit": "concurrent.futures.Future",
    **{f"{_MODEL}.{method}": "Self" for method in (*_MADE_BY_CLASS, "model_copy", "copy")},
    **django.RESULTS,
}

# Methods that give back their receiver (or another of its kind).
CHAINS: dict[str, frozenset[str]] = {
    "sqlalchemy.orm.Query": frozenset(
        [
            "filter",
            "filter_by",
            "where",
            "order_by",
            "group_by",
            "having",
            "join",
            "outerjoin",
            "options",
            "limit",
            "offset",
            "distinct",
            "with_for_update",
            "select_from",
            "execution_options",
            "populate_existing",
            "enable_eagerloads",
            "params",
            "slice",
        ]
    ),
    "sqlalchemy.Select": frozenset(
        [
            "where",
            "filter",
            "filter_by",
            "order_by",
            "group_by",
            "having",
            "join",
            "outerjoin",
            "options",
            "limit",
            "offset",
            "distinct",
            "with_for_update",
            "select_from",
            "execution_options",
            "join_from",
        ]
    ),
    "sqlalchemy.ScalarResult": frozenset({"unique"}),
    "sqlalchemy.Result": frozenset({"unique", "tuples"}),
    **django.CHAINS,
}

CLASS_ATTRIBUTES = django.CLASS_ATTRIBUTES
"""What a class itself, and not only its instances, has from a library's class; `Self` is an instance of the class."""

CLASS_METHODS = django.CLASS_METHODS | {f"{_MODEL}.{method}" for method in _MADE_BY_CLASS}
"""Library methods that are called on a class; `Self` in their results is an instance of it."""

# Attributes and properties of library objects.
ATTRIBUTES: dict[str, str] = {
    "starlette.applications.Starlette.state": STATE,
    "starlette.requests.HTTPConnection.app": "fastapi.FastAPI",
    f"{_ASYNC_SESSION}.sync_session": _SESSION,
    "django.db.connections": "django.db.utils.ConnectionHandler",
    "sqlalchemy.ext.asyncio.AsyncEngine.sync_engine": "sqlalchemy.Engine",
    "pathlib.Path.parent": "pathlib.Path",
    "fastapi.FastAPI.router": "fastapi.APIRouter",
    "starlette.requests.Request.app": "fastapi.FastAPI",
    "pymongo.MongoClient.*": "pymongo.Database",
    "pymongo.Database.*": "pymongo.Collection",
    "openai.OpenAI.chat": "openai.Chat",
    "openai.Chat.completions": "openai.Completions",
    "openai.OpenAI.completions": "openai.Completions",
    "openai.OpenAI.responses": "openai.Responses",
    "openai.OpenAI.embeddings": "openai.Embeddings",
    "anthropic.Anthropic.messages": "anthropic.Messages",
    **django.ATTRIBUTES,
}
"""`Class.*` is any attribute that is not one of `METHODS`."""

METHODS = frozenset(
    f"{owner}.{method}"
    for owner, methods in {
        "pymongo.MongoClient": (
            "get_database", "get_default_database", "list_database_names", "drop_database", "server_info", "close",
            "start_session", "watch", "admin",
        ),
        "pymongo.Database": (
            "get_collection", "command", "list_collection_names", "create_collection", "drop_collection", "client", "name",
        ),
    }.items()
    for method in methods
)  # fmt: skip


def result(function: str) -> str | None:
    """The type that calling a library function gives."""
    found = RESULTS.get(function)
    if found is not None:
        return found
    if function in COROUTINES:
        return f"{AWAIT}[?]"
    owner, _, method = function.rpartition(".")
    return "Self" if method in CHAINS.get(owner, ()) else None


def attribute(name: str) -> str | None:
    """The type of a library object's attribute."""
    found = ATTRIBUTES.get(name)
    if found is not None or name in METHODS:
        return found
    owner, _, last = name.rpartition(".")
    return None if last.startswith("__") else ATTRIBUTES.get(f"{owner}.*")
