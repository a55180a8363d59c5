"""Parcels: all SQL about them."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

import asyncpg

COLUMNS = "id, code, weight, state, created_at"
SELECT = f"SELECT {COLUMNS} FROM parcels"
TABLE = "parcels"
STATES = frozenset({"packed", "sent", "lost"})
ORDERS = {"new": "created_at DESC", "old": "created_at ASC", "heavy": "weight DESC"}


class Field(StrEnum):
    CODE = "code"
    WEIGHT = "weight"


class Parcels:
    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self.table = TABLE

    # -- right ---------------------------------------------------------------------------------------------------------

    async def get(self, key: UUID) -> asyncpg.Record | None:
        return await self.connection.fetchrow(f"{SELECT} WHERE id = $1", key)

    async def by_code(self, code: str) -> asyncpg.Record | None:
        return await self.connection.fetchrow(SELECT + " WHERE code = $1", code)

    async def created_on(self, day: date) -> list[asyncpg.Record]:
        return await self.connection.fetch(f"{SELECT} WHERE created_at::date = '{day}'")

    async def heavier(self, weight: int) -> int:
        return await self.connection.fetchval("SELECT count(*) FROM parcels WHERE weight > %d" % weight)

    async def of_customer(self, customer: UUID) -> list[asyncpg.Record]:
        return await self.connection.fetch(f"SELECT id FROM parcels WHERE customer_id = '{customer}'")

    async def in_state(self, state: str) -> list[asyncpg.Record]:
        if state not in STATES:
            raise ValueError(f"Select one of the states, and not {state}")
        return await self.connection.fetch(f"{SELECT} WHERE state = '{state}'")

    async def ordered(self, order: str) -> list[asyncpg.Record]:
        return await self.connection.fetch(f"{SELECT} ORDER BY {ORDERS[order]} LIMIT 100")

    async def by_field(self, field: Field, value: str) -> list[asyncpg.Record]:
        return await self.connection.fetch(f"{SELECT} WHERE {field.value} = $1", value)

    async def sorted(self, direction: Literal["asc", "desc"]) -> list[asyncpg.Record]:
        return await self.connection.fetch(f"{SELECT} ORDER BY weight {direction} LIMIT 100")

    async def like(self, word: str) -> list[asyncpg.Record]:
        return await self.connection.fetch(f"SELECT id FROM {self.table} WHERE code LIKE $1", f"%{word}%")

    async def many(self, codes: Sequence[str]) -> list[asyncpg.Record]:
        marks = ", ".join(f"${number}" for number in range(1, len(codes) + 1))
        return await self.connection.fetch(f"{SELECT} WHERE code IN ({marks})", *codes)

    async def any_of(self, codes: list[str]) -> list[asyncpg.Record]:
        return await self.connection.fetch(f"{SELECT} WHERE code = ANY($1::text[])", codes)

    async def search(self, *, state: str | None = None, since: datetime | None = None) -> list[asyncpg.Record]:
        conditions: list[str] = []
        values: list[object] = []
        if state:
            values.append(state)
            conditions.append(f"state = ${len(values)}")
        if since:
            values.append(since)
            conditions.append(f"created_at >= ${len(values)}")
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return await self.connection.fetch(SELECT + where, *values)

    async def insert(self, code: str, weight: int) -> UUID:
        return await self.connection.fetchval(
            "INSERT INTO parcels (code, weight) VALUES ($1, $2) RETURNING id", code, weight
        )

    async def send(self, keys: list[UUID]) -> None:
        await self.connection.executemany("UPDATE parcels SET state = 'sent' WHERE id = $1", [(key,) for key in keys])

    # -- wrong ---------------------------------------------------------------------------------------------------------

    async def by_name(self, name: str) -> list[asyncpg.Record]:
        return await self.connection.fetch(f"{SELECT} WHERE receiver = '{name}'")  # expect: SW401

    async def by_town(self, town: str) -> list[asyncpg.Record]:
        query = SELECT + " WHERE town = '%s'" % town  # expect: SW401
        return await self.connection.fetch(query)

    async def in_states(self, states: list[str]) -> list[asyncpg.Record]:
        listed = "', '".join(states)
        return await self.connection.fetch(f"{SELECT} WHERE state IN ('{listed}')")  # expect: SW401

    async def ranked(self, column: str) -> list[asyncpg.Record]:
        return await self.connection.fetch(f"{SELECT} ORDER BY {column} LIMIT 100")  # expect: SW403

    async def archive(self, reason: str) -> None:
        await self.connection.execute(
            "UPDATE parcels SET state = 'lost', reason = '{}'".format(reason)  # expect: SW402
        )

    async def lost_cursor(self, carrier: str) -> list[asyncpg.Record]:
        statement = await self.connection.prepare(f"{SELECT} WHERE carrier = '{carrier}'")  # expect: SW402
        return await statement.fetch()

    async def mark(self, key: UUID, state: str) -> None:
        self.connection.execute("UPDATE parcels SET state = $2 WHERE id = $1", key, state)  # expect: SW104
