import os

from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

from marina.core.settings import get_settings

database = get_settings().database

engine = create_async_engine(database.url, echo=database.echo)
reports = create_async_engine(database.reports_url)  # expect: SW109
sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(engine, expire_on_commit=False)

ledger_engine = create_engine(database.ledger_url, echo=True)  # expect: SW603
LedgerSession = sessionmaker(ledger_engine, class_=Session)
application = os.environ["APPLICATION_NAME"]  # expect: SW606
