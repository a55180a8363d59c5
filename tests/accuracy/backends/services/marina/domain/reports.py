"""Figures for the harbour office, in SQL."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from marina.db.models import Berth
from marina.db.session import reports

ALIVE = "SELECT count(*) FROM berth"
SORTS = {"pier": "pier, number", "age": "created_at DESC"}


class Span(StrEnum):
    DAY = "day"
    WEEK = "week"


class Filter:
    """Conditions that are joined with `AND`."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: dict[str, Any] = {}

    def equal(self, column: Literal["pier", "number"], value: str) -> None:
        self.parts.append(f"{column} = :{column}")
        self.values[column] = value

    def __str__(self) -> str:
        return " AND ".join(self.parts) or "true"


def conditions(wanted: Mapping[str, str]) -> str:
    return " AND ".join(f"{name} = '{value}'" for name, value in wanted.items())


class Reports:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def berths(self, wanted: Mapping[str, str]) -> list[int]:
        statement = "SELECT id FROM berth WHERE " + conditions(wanted)  # expect: SW401
        return list(await self.session.scalars(text(statement)))

    async def berths_filtered(self, pier: str) -> list[int]:
        where = Filter()
        where.equal("pier", pier)
        return list(await self.session.scalars(text(f"SELECT id FROM berth WHERE {where}"), where.values))

    async def arrivals(self, span: Span, sort: str) -> list[int]:
        query = f"SELECT id FROM boat WHERE created_at > now() - interval '1 {span}' ORDER BY {SORTS[sort]}"
        return list(await self.session.scalars(text(query)))

    async def newest(self, direction: str) -> list[int]:
        return list(await self.session.scalars(text("SELECT id FROM boat ORDER BY id %s" % direction)))  # expect: SW403

    async def oldest(self, direction: str) -> list[int]:
        if direction not in ("ASC", "DESC"):
            raise ValueError(direction)
        return list(await self.session.scalars(text("SELECT id FROM boat ORDER BY id %s" % direction)))

    async def matching(self, note: str) -> list[int]:
        statement = text("SELECT berth_id FROM note WHERE text LIKE :note").bindparams(bindparam("note", f"%{note}%"))
        return list(await self.session.scalars(statement))

    async def piers(self, expression: str) -> list[Any]:
        return list(await self.session.scalars(select(literal_column(f"upper('{expression}')"), Berth.pier)))  # expect: SW401

    async def total(self) -> int:
        return await self.session.scalar(text(ALIVE))


async def tonnage(connection: AsyncConnection, name: str) -> int:
    result = await connection.exec_driver_sql("SELECT sum(tons) FROM visit WHERE boat = '" + name + "'")  # expect: SW401
    return result.scalar_one()


async def tonnage_bound(connection: AsyncConnection, name: str) -> int:
    result = await connection.exec_driver_sql("SELECT sum(tons) FROM visit WHERE boat = %s", (name,))
    return result.scalar_one()


async def visits(year: int, table: str = "visit") -> int:
    async with reports.connect() as connection:
        return await connection.scalar(text(f"SELECT count(*) FROM visit WHERE year = {year:d}"))


async def archived(table: str) -> int:
    async with reports.connect() as connection:
        return await connection.scalar(text(f"SELECT count(*) FROM {table}"))  # expect: SW403
