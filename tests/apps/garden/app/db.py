from collections.abc import Generator
from typing import Annotated

from fastapi import Depends
from sqlmodel import Session, SQLModel, create_engine, select

from app import models
from app.settings import DATABASE_URL

# one engine for the whole process
engine = create_engine(DATABASE_URL, pool_pre_ping=True)


def create_tables() -> None:
    SQLModel.metadata.drop_all(engine)
    SQLModel.metadata.create_all(engine)


def seed(session: Session) -> None:
    """The first bed is always there."""
    if session.exec(select(models.Bed).where(models.Bed.name == "herbs")).first() is None:
        session.add(models.Bed(name="herbs"))
        session.commit()


def get_session() -> Generator[Session, None, None]:
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]
