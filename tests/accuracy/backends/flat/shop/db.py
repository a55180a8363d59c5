import os
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Depends
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from typing_extensions import Annotated

from shop.config import config

engine = create_engine(config.database_url, echo=config.echo)
archive = create_engine("postgresql://archive:Freewheel-88-oak@archive.shop.internal/shop")  # expect: SW203
statistics = create_engine(os.environ["STATISTICS_URL"], echo=True)  # expect: SW603, SW606
SessionLocal = sessionmaker(bind=engine, autoflush=False)
Scoped = scoped_session(SessionLocal)


class ArchiveSession(Session):
    """Reads what is older than two years."""


def get_db() -> Iterator[Session]:
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


def get_archive() -> Iterator[ArchiveSession]:
    with ArchiveSession(archive) as session:
        yield session


@contextmanager
def unit_of_work() -> Iterator[Session]:
    session = SessionLocal()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()


DbDep = Annotated[Session, Depends(get_db)]
