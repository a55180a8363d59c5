import os
from collections.abc import AsyncIterator
from typing import Annotated

import psycopg
from fastapi import Depends
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from stockroom.settings import settings

pool = AsyncConnectionPool(settings.dsn, open=False, kwargs={"row_factory": dict_row})
replica = os.environ.get("REPLICA_DSN")  # expect: SW606
backup_dsn = "host=backup.pottery.internal dbname=stockroom user=keeper password=Stoneware-31-Ash"  # expect: SW203


async def connection() -> AsyncIterator[psycopg.AsyncConnection]:
    async with pool.connection() as conn:
        yield conn


Conn = Annotated[psycopg.AsyncConnection, Depends(connection)]


async def backup_is_alive() -> bool:
    with psycopg.connect(backup_dsn) as conn:  # expect: SW101
        return not conn.closed


def backup_size() -> int:
    with psycopg.connect(backup_dsn) as conn:
        return conn.execute("SELECT count(*) FROM box").fetchone()[0]
