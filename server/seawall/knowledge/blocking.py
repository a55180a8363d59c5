"""Calls that block their thread, and what to do instead in async code."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a call waits for."""

    SLEEP = "sleep"
    NETWORK = "network"
    DATABASE = "database"
    PROCESS = "process"
    FILE = "file"
    LOCK = "lock"
    INPUT = "input"


class Blocking(NamedTuple):
    """A blocking call: what it waits for, and the coroutine that does the same, if one exists."""

    kind: Kind
    instead: str = ""


_SESSION_METHODS = [
    "execute",
    "scalar",
    "scalars",
    "get",
    "get_one",
    "refresh",
    "merge",
    "flush",
    "commit",
    "rollback",
    "bulk_save_objects",
    "bulk_insert_mappings",
    "bulk_update_mappings",
    "exec",
]
_QUERY_METHODS = [
    "all",
    "first",
    "one",
    "one_or_none",
    "scalar",
    "scalars",
    "count",
    "update",
    "delete",
    "get",
    "__iter__",
]
_CONNECTION_METHODS = ["execute", "scalar", "scalars", "exec_driver_sql", "commit", "rollback"]

BLOCKING: dict[str, Blocking] = {
    "time.sleep": Blocking(Kind.SLEEP, "asyncio.sleep"),
    **{
        f"requests.{method}": Blocking(Kind.NETWORK)
        for method in ("get", "post", "put", "patch", "delete", "head", "options", "request")
    },
    **{f"sqlalchemy.orm.Session.{method}": Blocking(Kind.DATABASE) for method in _SESSION_METHODS},
    **{f"sqlalchemy.orm.scoped_session.{method}": Blocking(Kind.DATABASE) for method in _SESSION_METHODS},
    **{f"sqlalchemy.orm.Query.{method}": Blocking(Kind.DATABASE) for method in _QUERY_METHODS},
    **{f"sqlalchemy.Connection.{method}": Blocking(Kind.DATABASE) for method in _CONNECTION_METHODS},
    "sqlalchemy.Engine.connect": Blocking(Kind.DATABASE),
    "sqlalchemy.Engine.begin": Blocking(Kind.DATABASE),
    "builtins.open": Blocking(Kind.FILE),
    "builtins.input": Blocking(Kind.INPUT),
}
