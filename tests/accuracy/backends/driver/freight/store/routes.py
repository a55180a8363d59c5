"""Routes, through psycopg 3: the planner's library wants it."""

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row

from freight.config import settings

ALLOWED = ("name", "length")


class Routes:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls) -> "Routes":
        return cls(await AsyncConnection.connect(settings.dsn.get_secret_value()))

    async def named(self, name: str) -> list[dict]:
        async with self._connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute("SELECT * FROM routes WHERE name = %s", (name,))
            return await cursor.fetchall()

    async def by_column(self, column: str, value: str) -> list[tuple]:
        query = sql.SQL("SELECT * FROM routes WHERE {} = %s").format(sql.Identifier(column))
        async with self._connection.cursor() as cursor:
            await cursor.execute(query, [value])
            return await cursor.fetchall()

    async def sorted(self, column: str) -> list[tuple]:
        if column not in ALLOWED:
            column = "name"
        cursor = await self._connection.execute(f"SELECT * FROM routes ORDER BY {column}")
        return await cursor.fetchall()

    async def shorter(self, length: str) -> list[tuple]:
        cursor = await self._connection.execute(f"SELECT * FROM routes WHERE length < {int(length)}")
        return await cursor.fetchall()

    async def towards(self, town: str) -> list[tuple]:
        async with self._connection.cursor() as cursor:
            await cursor.execute("SELECT * FROM routes WHERE destination = '" + town + "'")  # expect: SW401
            return await cursor.fetchall()

    async def counted(self, table: str) -> int:
        async with self._connection.cursor() as cursor:
            await cursor.execute("SELECT count(*) FROM {}".format(table))  # expect: SW403
            row = await cursor.fetchone()
            return row[0]

    async def renamed(self, old: str, new: str) -> None:
        statement = "UPDATE routes SET name = 'NEW' WHERE name = %s".replace("NEW", new)  # expect: SW402
        await self._connection.execute(statement, (old,))

    async def remove(self, name: str) -> None:
        async with self._connection.transaction():
            await self._connection.execute("DELETE FROM routes WHERE name = %(name)s", {"name": name})

    async def close(self) -> None:
        await self._connection.close()


def lengths() -> list[int]:
    """For the planner's thread."""
    with psycopg.connect(settings.dsn.get_secret_value()) as connection:
        return [row[0] for row in connection.execute("SELECT length FROM routes")]
