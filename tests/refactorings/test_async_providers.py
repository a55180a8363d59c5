"""Switching to async sessions: what provides one, and aliases."""

from __future__ import annotations

import pytest

from refactorings.switching import (
    ASYNC_DATABASE,
    DATABASE,
    assert_changes,
    assert_switches,
)


def provider(text: str) -> str:
    return DATABASE[: DATABASE.index("def get_db")] + text


def async_provider(text: str) -> str:
    return ASYNC_DATABASE[: ASYNC_DATABASE.index("async def get_db")] + text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "def get_db():\n    with SessionLocal() as db:  # one for each request\n        yield db\n",
            "async def get_db():\n    async with SessionLocal() as db:  # one for each request\n        yield db\n",
        ),
        (
            'def get_db():\n    """A session."""\n    db = SessionLocal()\n    try:\n        # for the request\n'
            "        yield db\n    finally:\n        db.close()\n",
            'async def get_db():\n    """A session."""\n    db = SessionLocal()\n    try:\n        # for the request\n'
            "        yield db\n    finally:\n        await db.close()\n",
        ),
        (
            "def get_db():\n    db = SessionLocal()\n    try:\n        yield db\n        db.commit()\n    except Exception:\n"
            "        db.rollback()\n        raise\n    finally:\n        db.close()\n",
            "async def get_db():\n    db = SessionLocal()\n    try:\n        yield db\n        await db.commit()\n"
            "    except Exception:\n        await db.rollback()\n        raise\n    finally:\n        await db.close()\n",
        ),
        (
            "def get_db():\n    db = SessionLocal()\n    try:\n        yield db\n        db.commit()\n"
            "    finally:\n        db.close()\n",
            "async def get_db():\n    async with SessionLocal() as db:\n        yield db\n        await db.commit()\n",
        ),
    ],
)
def test_providers(before: str, after: str) -> None:
    assert_switches(f"#- database.py\n{provider(before)}", f"#- database.py\n{async_provider(after)}")


def test_the_annotation_of_a_provider() -> None:
    assert_switches(
        """
        #- database.py
        from collections.abc import Generator

        from sqlalchemy import create_engine
        from sqlalchemy.orm import DeclarativeBase, Session

        engine = create_engine("postgresql:///shop", pool_pre_ping=True)


        class Base(DeclarativeBase):
            pass


        def get_db() -> Generator[Session, None, None]:
            with Session(engine) as db:
                yield db
        """,
        """
        #- database.py
        from collections.abc import AsyncGenerator

        from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
        from sqlalchemy.orm import DeclarativeBase

        engine = create_async_engine("postgresql+asyncpg:///shop", pool_pre_ping=True)


        class Base(DeclarativeBase):
            pass


        async def get_db() -> AsyncGenerator[AsyncSession, None]:
            async with AsyncSession(engine, expire_on_commit=False) as db:
                yield db
        """,
    )


def test_a_context_manager() -> None:
    assert_changes(
        "jobs.py",
        """
        from collections.abc import Iterator
        from contextlib import contextmanager

        from sqlalchemy.orm import Session

        from database import SessionLocal
        from models import Book


        @contextmanager
        def session_scope() -> Iterator[Session]:
            session = SessionLocal()
            try:
                yield session
                session.commit()
            finally:
                session.close()


        def clean_up() -> None:
            with session_scope() as session:
                session.query(Book).delete()
        """,
        """
        from collections.abc import AsyncIterator
        from contextlib import asynccontextmanager

        from sqlalchemy import delete
        from sqlalchemy.ext.asyncio import AsyncSession

        from database import SessionLocal
        from models import Book


        @asynccontextmanager
        async def session_scope() -> AsyncIterator[AsyncSession]:
            async with SessionLocal() as session:
                yield session
                await session.commit()


        async def clean_up() -> None:
            async with session_scope() as session:
                await session.execute(delete(Book))
        """,
    )


def test_an_annotated_alias() -> None:
    assert_changes(
        "api.py",
        """
        from typing import Annotated

        from fastapi import APIRouter, Depends
        from sqlalchemy.orm import Session

        from database import get_db
        from models import Book

        router = APIRouter()
        SessionDep = Annotated[Session, Depends(get_db)]


        @router.get("/count")
        def count(db: SessionDep) -> int:
            return db.query(Book).count()
        """,
        """
        from typing import Annotated

        from fastapi import APIRouter, Depends
        from sqlalchemy import func, select
        from sqlalchemy.ext.asyncio import AsyncSession

        from database import get_db
        from models import Book

        router = APIRouter()
        SessionDep = Annotated[AsyncSession, Depends(get_db)]


        @router.get("/count")
        async def count(db: SessionDep) -> int:
            return await db.scalar(select(func.count()).select_from(Book))
        """,
    )
