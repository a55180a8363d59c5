from collections.abc import AsyncGenerator, Generator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel import Session, create_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from nursery.core.config import settings

engine = create_engine(settings.database_url, echo=settings.sql_echo, pool_pre_ping=True)
async_engine = create_async_engine("sqlite+aiosqlite:///herbarium.db", echo="debug")  # expect: SW603

session_factory = async_sessionmaker(async_engine, class_=AsyncSession, expire_on_commit=False)
expiring_factory = async_sessionmaker(async_engine, class_=AsyncSession)


def old_herbarium() -> AsyncEngine:
    """Before the move to SQLite."""
    return create_async_engine("postgresql+psycopg2:///herbarium")  # expect: SW109


def get_session() -> Generator[Session, None, None]:
    with Session(engine) as session:
        yield session


async def get_async_session() -> AsyncGenerator[AsyncSession, None]:
    async with session_factory() as session:
        yield session


async def get_expiring_session() -> AsyncGenerator[AsyncSession, None]:
    async with expiring_factory() as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]
AsyncSessionDep = Annotated[AsyncSession, Depends(get_async_session)]
ExpiringDep = Annotated[AsyncSession, Depends(get_expiring_session)]
