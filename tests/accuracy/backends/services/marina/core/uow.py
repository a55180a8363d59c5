from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from marina.db.repository import BerthRepository, BoatRepository, SkipperRepository


class UnitOfWork:
    """One transaction, and the repositories that take part in it."""

    session: AsyncSession

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        self._factory = factory

    async def __aenter__(self) -> Self:
        self.session = self._factory()
        self.skippers = SkipperRepository(self.session)
        self.boats = BoatRepository(self.session)
        self.berths = BerthRepository(self.session)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.session.rollback()  # expect: SW104
        await self.session.close()

    async def commit(self) -> None:
        await self.session.commit()

    async def discard(self) -> None:
        await self.session.rollback()
        self.session.expunge_all()
