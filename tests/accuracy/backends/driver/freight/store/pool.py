from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import psycopg
from fastapi import Request

from freight.config import pools, settings


async def create_pool() -> asyncpg.Pool:
    return await asyncpg.create_pool(
        settings.dsn.get_secret_value(), min_size=pools.smallest, max_size=pools.largest
    )


async def connection(request: Request) -> AsyncIterator[asyncpg.Connection]:
    pool: asyncpg.Pool = request.app.state.pool
    async with pool.acquire() as one:
        yield one


@asynccontextmanager
async def transaction(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    async with pool.acquire() as one, one.transaction():
        yield one


async def replica() -> asyncpg.Connection:
    return await asyncpg.connect(
        host="replica.freight.internal", user="reader", password="Ballast-60-Keel-w"  # expect: SW201
    )


def sync_connection() -> psycopg.Connection:
    return psycopg.connect(settings.dsn.get_secret_value())
