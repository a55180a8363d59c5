"""Without pool_pre_ping the first query after a database restart or a dropped connection fails.

A pooled connection can die while it waits: the server restarts, a firewall forgets it, a proxy times it out. The request that
gets it next fails. `pool_pre_ping=True` tests a connection when it leaves the pool and replaces it quietly if it is dead.

Engines that keep no connections (`NullPool`, `StaticPool`) and SQLite files have nothing to ping; those of tests, of scripts and of
Alembic's `env.py` do not live long enough.

Example:
    from sqlalchemy import create_engine

    engine = «create_engine("postgresql://db.internal/shop")»

Fixed:
    from sqlalchemy import create_engine

    engine = create_engine("postgresql://db.internal/shop", pool_pre_ping=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from seawall.edits import Fix
from seawall.edits.calls import add_keyword
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.meanings.engine import Engine

code, severity = "SW701", Severity.WARNING
applies = counts

_POOLS_WITHOUT_CONNECTIONS = frozenset({"NullPool", "StaticPool"})


def check(engine: Engine, file: File) -> Iterator[Finding]:
    if engine.is_open or engine.option("pool_pre_ping") is not None or engine.option("pool") is not None:
        return
    pool = engine.option("poolclass")
    if pool is not None and (file.qualname(pool) or "").rpartition(".")[2] in _POOLS_WITHOUT_CONNECTIONS:
        return
    url = file.literal(engine.url)
    if isinstance(url, str) and url.startswith("sqlite"):
        return
    if file.path.parent.name == "scripts" or _is_alembic_env(file):
        return
    yield file.finding(
        engine.call,
        "The engine hands out dead connections, add `pool_pre_ping=True`",
        Fix("Add pool_pre_ping=True", lambda: [add_keyword(file, engine.call, "pool_pre_ping", "True")]),
    )


def _is_alembic_env(file: File) -> bool:
    """Whether a file is what Alembic runs once to migrate."""
    return file.path.name == "env.py" and any(
        file.index.fact(file.module, name) is not None for name in ("run_migrations_online", "run_migrations_offline")
    )
