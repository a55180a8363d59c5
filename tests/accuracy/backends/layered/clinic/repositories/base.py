from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from clinic.models import Base

M = TypeVar("M", bound=Base)


class Repository(Generic[M]):
    model: ClassVar[type[Base]]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, key: int) -> M | None:
        return await self.session.get(self.model, key)

    async def count(self) -> int:
        return await self.session.scalar(select(func.count()).select_from(self.model)) or 0

    async def add(self, row: M) -> M:
        self.session.add(row)
        await self.session.flush()
        return row

    async def patch(self, row: M, values: dict[str, Any], allowed: frozenset[str]) -> M:
        for name in allowed & values.keys():
            setattr(row, name, values[name])
        await self.session.flush()
        return row

    async def remove(self, row: M) -> None:
        await self.session.delete(row)

    async def save(self) -> None:
        await self.session.commit()
