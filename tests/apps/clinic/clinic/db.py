import os

from sqlalchemy import create_engine, event
from sqlalchemy.orm import declarative_base, scoped_session, sessionmaker

URL = os.getenv("DATABASE_URL", "sqlite:///clinic.db")
engine = create_engine(URL)
db = scoped_session(sessionmaker(autocommit=False, autoflush=True, bind=engine))
Base = declarative_base()


if engine.dialect.name == "sqlite":

    @event.listens_for(engine, "connect")
    def enforce_foreign_keys(connection, _record):
        connection.execute("PRAGMA foreign_keys=ON")


async def close_session():
    """For the length of a request."""
    try:
        yield
    finally:
        db.remove()


async def transactional():
    try:
        yield
        db.commit()
    except Exception:
        db.rollback()
        raise


def create_tables():
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
