"""Library functions that give a coroutine: nothing happens until it is awaited."""

from __future__ import annotations

_HTTP = "get post put patch delete head options request send aclose"
_REDIS = (
    "get set setex setnx mget mset getset getdel getex delete exists expire expireat pexpire ttl pttl persist incr incrby "
    "incrbyfloat decr decrby append strlen keys scan type rename ping info dbsize flushdb flushall publish execute_command "
    "hget hset hmget hmset hgetall hdel hexists hincrby hkeys hvals hlen hsetnx lpush rpush lpop rpop lrange llen lindex "
    "lrem ltrim lset blpop brpop sadd srem smembers sismember scard spop zadd zrem zrange zrevrange zrangebyscore zscore "
    "zcard zincrby zcount xadd xread xlen xack xreadgroup xgroup_create aclose eval evalsha"
)
_ASYNCPG = "execute executemany fetch fetchval fetchrow fetchmany"
_BEANIE = "insert save replace delete update"

_ROWS: dict[str, str] = {
    "sqlalchemy.ext.asyncio.AsyncSession": "execute scalar scalars stream stream_scalars get get_one refresh merge merge_all "
    "delete delete_all flush commit rollback close aclose reset invalidate connection run_sync close_all exec",
    "sqlalchemy.ext.asyncio.async_scoped_session": "execute scalar scalars stream stream_scalars get get_one refresh merge "
    "delete flush commit rollback close aclose connection remove",
    "sqlalchemy.ext.asyncio.AsyncConnection": "execute scalar scalars exec_driver_sql run_sync commit rollback close aclose "
    "invalidate",
    "sqlalchemy.ext.asyncio.AsyncEngine": "dispose",
    "sqlalchemy.ext.asyncio.AsyncTransaction": "commit rollback close",
    "sqlalchemy.ext.asyncio.AsyncResult": "all first one one_or_none scalar scalar_one scalar_one_or_none fetchall fetchone "
    "fetchmany",
    "sqlalchemy.ext.asyncio.AsyncScalarResult": "all first one one_or_none fetchall fetchmany",
    "asyncpg": "connect",
    "asyncpg.Connection": f"{_ASYNCPG} prepare close copy_to_table copy_records_to_table reset add_listener remove_listener",
    "asyncpg.Pool": f"{_ASYNCPG} release close expire_connections copy_records_to_table",
    "asyncpg.prepared_stmt.PreparedStatement": "fetch fetchval fetchrow executemany",
    "psycopg.AsyncConnection": "connect execute commit rollback close set_autocommit",
    "psycopg.AsyncCursor": "execute executemany fetchone fetchmany fetchall close",
    "psycopg_pool.AsyncConnectionPool": "open close wait getconn putconn check resize",
    "httpx.AsyncClient": _HTTP,
    "httpx2.AsyncClient": _HTTP,
    "httpx.Response": "aread aclose",
    "aiohttp.ClientSession": "close",
    "aiohttp.ClientResponse": "json text read",
    "redis.asyncio.Redis": _REDIS,
    "redis.asyncio.Pipeline": "execute reset",
    "asyncio": "sleep wait wait_for to_thread open_connection start_server create_subprocess_exec "
    "create_subprocess_shell",
    "asyncio.Event": "wait",
    "asyncio.Queue": "get put join",
    "asyncio.Lock": "acquire",
    "asyncio.Semaphore": "acquire",
    "asyncio.Condition": "wait wait_for",
    "anyio": "sleep sleep_until sleep_forever run_process open_file connect_tcp",
    "anyio.to_thread": "run_sync",
    "starlette.concurrency": "run_in_threadpool",
    "starlette.requests.Request": "json body is_disconnected",
    "starlette.websockets.WebSocket": "accept receive receive_text receive_bytes receive_json send send_text send_bytes "
    "send_json close",
    "starlette.datastructures.UploadFile": "read write seek close",
    "aiosmtplib": "send",
    "databases.Database": "connect disconnect execute execute_many fetch_all fetch_one fetch_val",
    "motor.motor_asyncio.AsyncIOMotorCollection": "find_one insert_one insert_many update_one update_many replace_one "
    "delete_one delete_many count_documents distinct bulk_write create_index find_one_and_update find_one_and_delete",
    "beanie.Document": _BEANIE,
}

COROUTINES = frozenset(f"{owner}.{name}" for owner, names in _ROWS.items() for name in names.split())

TRANSPARENT = frozenset(
    {
        "abc.abstractmethod",
        "builtins.staticmethod",
        "builtins.classmethod",
        "typing.override",
        "typing.final",
        "typing_extensions.override",
        "typing_extensions.deprecated",
        "warnings.deprecated",
        "functools.wraps",
        "tenacity.retry",
        "backoff.on_exception",
        "pydantic.validate_call",
        "fastapi.Depends",
        "django.db.transaction.atomic",
        *(
            f"{owner}.{method}"
            for owner in ("fastapi.FastAPI", "fastapi.APIRouter")
            for method in (
                "get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route", "websocket",
                "exception_handler", "middleware", "on_event", "route",
            )
        ),
    }
)  # fmt: skip
"""Decorators that leave alone what calling the function does: runs it then and there, or gives its coroutine."""

TASKS = frozenset({"celery.shared_task", "celery.Celery.task"})
"""Decorators that make a task of a plain function, which calling it by hand runs."""

CACHES = frozenset({"functools.lru_cache", "functools.cache"})
"""Decorators that run the function for arguments that they have not seen."""
