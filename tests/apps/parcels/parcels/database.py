import os

from sqlalchemy import create_engine, event
from sqlalchemy.orm import DeclarativeBase, sessionmaker

DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite:///parcels.db")

engine = create_engine(
    DATABASE_URL,
    pool_pre_ping=True,  # the database restarts at night
)
SessionLocal = sessionmaker(bind=engine, autoflush=False)
connections: list[str] = []


@event.listens_for(engine, "connect")
def count(connection, record) -> None:
    connections.append("opened")


class Base(DeclarativeBase):
    pass


def get_db():
    """One session for each request."""
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
