"""Two stacks side by side: the async one, and the sync one that the billing export still needs."""

from collections.abc import AsyncIterator, Iterator

from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

from clinic.settings import settings

engine = create_async_engine(settings.database_url, pool_pre_ping=True)  # expect: SW109
reports_engine = create_async_engine(settings.reports_url, pool_pre_ping=True, echo=settings.debug)
SessionFactory = async_sessionmaker(engine, expire_on_commit=False)
ReportSession = async_sessionmaker(reports_engine)

legacy_engine = create_engine(settings.database_url, pool_pre_ping=True, echo=True)  # expect: SW603
LegacySession = sessionmaker(legacy_engine)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionFactory() as session:
        yield session


async def get_report_session() -> AsyncIterator[AsyncSession]:
    async with ReportSession() as session:
        yield session


def get_legacy_session() -> Iterator[Session]:
    with LegacySession() as session:
        yield session
