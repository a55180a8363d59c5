"""Plans routes; called from threads and from the command line."""

import asyncio
import json
import time
from typing import Any

import asyncpg

from freight.config import settings
from freight.store.pool import transaction
from freight.store.routes import lengths


def plan() -> dict[str, Any]:
    found = lengths()
    time.sleep(0.5)
    return {"longest": max(found, default=0)}


async def plan_everything() -> None:
    await asyncio.to_thread(plan)


async def plan_queue(pool: asyncpg.Pool, queue: asyncio.Queue[bytes]) -> None:
    """Messages from the depot: what they say is not ours."""
    while True:
        message = json.loads(await queue.get())
        async with transaction(pool) as connection:
            await connection.execute("INSERT INTO plans (depot) VALUES ($1)", message["depot"])
            await connection.execute(f"NOTIFY plans, '{message['depot']}'")  # expect: SW402


async def totals(dsn: str) -> list[int]:
    connection = await asyncpg.connect(dsn)
    try:
        tasks = [
            asyncio.create_task(connection.fetchval("SELECT count(*) FROM parcels")),
            asyncio.create_task(connection.fetchval("SELECT count(*) FROM routes")),  # expect: SW106
        ]
        return await asyncio.gather(*tasks)
    finally:
        await connection.close()


async def totals_in_turn(dsn: str) -> list[int]:
    connection = await asyncpg.connect(dsn)
    try:
        return [
            await connection.fetchval("SELECT count(*) FROM parcels"),
            await connection.fetchval("SELECT count(*) FROM routes"),
        ]
    finally:
        await connection.close()


async def refresh(view: str, pool: asyncpg.Pool) -> None:
    await pool.execute(f"REFRESH MATERIALIZED VIEW {_quoted(view)}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


async def clean(pool: asyncpg.Pool, tenant: str) -> None:
    statements = [
        f"DELETE FROM plans WHERE tenant = '{tenant}'",  # expect: SW402
        "DELETE FROM plans WHERE tenant IS NULL",
    ]
    for statement in statements:
        await pool.execute(statement)


async def nightly() -> list[int]:
    loop = asyncio.get_event_loop()
    return loop.run_until_complete(totals(settings.dsn.get_secret_value()))  # expect: SW110


def main() -> None:
    asyncio.run(plan_everything())


if __name__ == "__main__":
    main()
