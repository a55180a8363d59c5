"""SW703: async sessions keep what they loaded."""

from __future__ import annotations

import pytest

from support.marked import assert_finds, assert_fixes, assert_silent

ASYNC = "from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine\n"


@pytest.mark.parametrize(
    "source",
    [
        ASYNC + "make = «async_sessionmaker(engine)»\n",
        ASYNC + "make = «async_sessionmaker(engine, expire_on_commit=True)»\n",
        ASYNC + "make = «async_sessionmaker()»\n",
        ASYNC + "session = «AsyncSession(engine)»\n",
        "import sqlalchemy.ext.asyncio as aio\nmake = «aio.async_sessionmaker(bind=engine)»\n",
        ASYNC + "from sqlalchemy.orm import sessionmaker\nmake = «sessionmaker(engine, class_=AsyncSession)»\n",
        "from sqlmodel.ext.asyncio.session import AsyncSession\nasync def f(e):\n    async with «AsyncSession(e)» as s:\n        ...\n",
        ASYNC + "class MySession(AsyncSession):\n    pass\nsession = «MySession(engine)»\n",
    ],
)
def test_objects_expire(source: str) -> None:
    assert_finds("SW703", source)


def test_a_session_class_of_another_module() -> None:
    assert_finds(
        "SW703",
        """
        #- app/__init__.py
        #- app/db.py
        from sqlalchemy.ext.asyncio import AsyncSession as Base
        class Session(Base): ...
        #- app/main.py
        from sqlalchemy.orm import sessionmaker
        from app.db import Session
        make = «sessionmaker(class_=Session)»
        """,
    )


@pytest.mark.parametrize(
    "source",
    [
        ASYNC + "make = async_sessionmaker(engine, expire_on_commit=False)\n",
        ASYNC + "make = async_sessionmaker(engine, expire_on_commit=keep)\n",
        ASYNC + "make = async_sessionmaker(engine, **options)\n",
        "from sqlalchemy.orm import sessionmaker\nmake = sessionmaker(engine)\n",
        "from sqlalchemy.orm import Session\ns = Session(engine)\n",
        "from sqlalchemy.orm import sessionmaker\nmake = sessionmaker(engine, class_=unknown)\n",
        "from elsewhere import async_sessionmaker\nmake = async_sessionmaker(engine)\n",
        "def async_sessionmaker(engine): ...\nmake = async_sessionmaker(engine)\n",
        ASYNC + "def f(s: AsyncSession) -> AsyncSession:\n    return s\n",
        ASYNC
        + "class S(AsyncSession):\n    def __init__(self, e):\n        super().__init__(e, expire_on_commit=False)\ns = S(engine)\n",
    ],
)
def test_what_keeps_its_objects_or_is_not_known(source: str) -> None:
    assert_silent("SW703", source)


def test_the_fix_follows_the_layout() -> None:
    assert_fixes(
        "SW703",
        ASYNC + "make = «async_sessionmaker(\n    engine,\n    autoflush=False,  # é\n)»\n",
        ASYNC + "make = async_sessionmaker(\n    engine,\n    autoflush=False,  # é\n    expire_on_commit=False,\n)\n",
    )
    assert_fixes(
        "SW703",
        ASYNC + "make = «async_sessionmaker(engine, expire_on_commit=True)»\n",
        ASYNC + "make = async_sessionmaker(engine, expire_on_commit=False)\n",
    )
    assert_fixes(
        "SW703",
        ASYNC + "make = «async_sessionmaker()»\n",
        ASYNC + "make = async_sessionmaker(expire_on_commit=False)\n",
    )
