"""Attributes that need a query in async code: relationships that were not loaded, and what a commit has expired."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seawall.engine.fix import apply
from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse

CODE = "SW107"
MODELS = """\
#- app/__init__.py
#- app/models.py
from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Fleet(Base):
    __tablename__ = "fleet"
    id: Mapped[int] = mapped_column(primary_key=True)
    boats: Mapped[list["Boat"]] = relationship(back_populates="fleet")
    harbours: Mapped[list["Harbour"]] = relationship(lazy="selectin")


class Boat(Base):
    __tablename__ = "boat"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    fleet_id: Mapped[int] = mapped_column(ForeignKey("fleet.id"), index=True)
    fleet: Mapped[Fleet] = relationship(back_populates="boats")
    crew: Mapped[list["Sailor"]] = relationship()
    options = {}
    logs = relationship("Log", **options)

    @property
    def size(self) -> int:
        return 3


class Sailor(AsyncAttrs, Base):
    __tablename__ = "sailor"
    id: Mapped[int] = mapped_column(primary_key=True)
    boat_id: Mapped[int] = mapped_column(ForeignKey("boat.id"), index=True)
    knots: Mapped[list["Knot"]] = relationship()


class Knot(Base):
    __tablename__ = "knot"
    id: Mapped[int] = mapped_column(primary_key=True)
    sailor_id: Mapped[int] = mapped_column(ForeignKey("sailor.id"), index=True)


class Harbour(Base):
    __tablename__ = "harbour"
    id: Mapped[int] = mapped_column(primary_key=True)
    fleet_id: Mapped[int] = mapped_column(ForeignKey("fleet.id"), index=True)
#- app/db.py
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///boats.sqlite3")
factory = async_sessionmaker(engine)
keeping = async_sessionmaker(engine, expire_on_commit=False)


async def get_session():
    async with factory() as session:
        yield session


async def get_keeping():
    async with keeping() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]
"""
HEAD = """\
#- app/main.py
from fastapi import Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app import models
from app.db import Session, factory, get_keeping, get_session, keeping
from app.models import Boat, Fleet, Knot, Sailor
"""


def code(body: str, head: str = "async def f(db: AsyncSession, pk: int, given: Boat, stmt):") -> str:
    lines = "".join(f"    {line}\n" if line else "\n" for line in body.split("\n"))
    return f"{MODELS}{HEAD}\n\n{head}\n{lines}"


@pytest.mark.parametrize(
    "body",
    [
        "boat = await db.get(Boat, pk)\nreturn «boat.crew»",
        "boat = await db.get_one(models.Boat, pk)\n«boat.crew».append(Sailor())",
        "boat = await db.scalar(select(Boat).where(Boat.id == pk))\nif boat is None:\n    return 0\nreturn [s.id for s in «boat.crew»]",
        "return len(«(await db.execute(select(Boat))).scalar_one().crew»)",
        "result = await db.execute(select(Boat).order_by(Boat.id))\nboat = result.scalars().unique().first()\nreturn «boat.crew»",
        "query = select(Boat)\nif pk:\n    query = query.where(Boat.id == pk)\nfor boat in await db.scalars(query):\n    print(«boat.crew»)",
        "return [«boat.crew» for boat in (await db.scalars(select(Boat))).all()]",
        "async for boat in await db.stream_scalars(select(Boat)):\n    print(«boat.crew»)",
        "boats = list(await db.scalars(select(Boat)))\nreturn «boats[0].crew»",
        "boat = await db.get(Boat, pk)\nreturn «boat.fleet».id",
        "boat = await db.scalar(select(Boat).options(joinedload(Boat.fleet)))\nreturn boat.fleet, «boat.crew»",
        "fleet = await db.scalar(select(Fleet).options(selectinload(Fleet.boats)))\nfor boat in fleet.boats:\n    print(«boat.crew»)",
        "boat = await db.get(Boat, pk)\nawait db.refresh(boat)\nreturn «boat.crew»",
    ],
)  # fmt: skip
def test_a_relationship_that_is_not_loaded(body: str) -> None:
    assert_finds(CODE, code(body))


@pytest.mark.parametrize(
    "body",
    [
        "boat = await db.scalar(select(Boat).options(selectinload(Boat.crew)))\nreturn boat.crew",
        "boat = await db.get(Boat, pk, options=[joinedload(Boat.crew)])\nreturn boat.crew",
        "boat = await db.scalar(select(Boat).join(Boat.crew).options(contains_eager(Boat.crew)))\nreturn boat.crew",
        "fleet = await db.scalar(select(Fleet).options(selectinload(Fleet.boats).selectinload(Boat.crew)))\nreturn [boat.crew for boat in fleet.boats]",
        "fleet = await db.scalar(select(Fleet).options(selectinload(Fleet.boats).options(joinedload(Boat.crew))))\nreturn [b.crew for b in fleet.boats]",
        "boat = await db.scalar(select(Boat).options(*stmt))\nreturn boat.crew",
        "boat = await db.scalar(select(Boat).options(stmt.eager()))\nreturn boat.crew",
        "boat = await db.scalar(stmt)\nreturn boat.crew",
        "query = select(Boat)\nif pk:\n    query = query.options(selectinload(Boat.crew))\nboat = await db.scalar(query)\nreturn boat.crew",
        "boat = await db.get(Boat, pk)\nawait db.refresh(boat, ['crew'])\nreturn boat.crew",
        "boat = await db.get(Boat, pk)\nawait db.refresh(boat, attribute_names=stmt)\nreturn boat.crew",
        "sailor = await db.get(Sailor, pk)\nreturn await sailor.awaitable_attrs.knots",
        "boat = Boat(name='a')\nboat.crew.append(Sailor())\ndb.add(boat)",
        "return given.crew",
        "boat = await db.get(Boat, pk)\nboat.crew = []\nreturn boat.crew",
        "boat = await db.get(Boat, pk)\nreturn await db.run_sync(lambda _: boat.crew)",
        "boat = await db.get(Boat, pk)\nawait fill(boat)\nreturn boat.crew",
        "fleet = await db.get(Fleet, pk)\nreturn fleet.harbours",
        "boat = await db.get(Boat, pk)\nreturn boat.logs, boat.name, boat.size, boat.unknown",
        "fleet = await db.get(Fleet, pk)\nboat = await db.scalar(select(Boat).where(Boat.fleet_id == fleet.id))\nreturn boat.fleet",
        "return select(Boat).join(Boat.crew)",
        "fleet = await db.scalar(select(Fleet).options(selectinload(Fleet.boats).selectinload(Boat.crew)))\nboat = await db.get(Boat, pk)\nreturn boat.crew",
    ],
)  # fmt: skip
def test_what_is_loaded_or_cannot_be_told(body: str) -> None:
    assert_silent(CODE, code(body))


def test_a_sync_session_may_load() -> None:
    head = "from sqlalchemy.orm import Session as Sync\n\ndef f(db: Sync, pk: int):"
    assert_silent(CODE, code("boat = db.get(Boat, pk)\nreturn boat.crew", head))


HELPERS = """\
#- app/boats.py
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.db import Session
from app.models import Boat


async def find(db: AsyncSession, pk: int) -> Boat | None:
    return await db.get(Boat, pk)


async def existing(pk: int, db: Session) -> Boat:
    boat = await find(db, pk)
    if boat is None:
        raise LookupError
    return boat


async def every(db: AsyncSession):
    return (await db.scalars(select(Boat))).all()


class Boats:
    def __init__(self, db: AsyncSession) -> None:
        self.db = db

    async def first(self) -> Boat:
        return (await self.db.scalars(select(Boat))).one()

    async def with_crew(self) -> Boat:
        return (await self.db.scalars(select(Boat).options(selectinload(Boat.crew)))).one()


async def cached(db: AsyncSession) -> Boat:
    return remembered() or await find(db, 1)
#- app/main.py
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app import boats
from app.boats import Boat, Boats, cached, every, existing, find


async def one(db: AsyncSession):
    boat = await boats.find(db, 1)
    return «boat.crew»


async def depends(boat: Boat = Depends(existing)):
    return «boat.crew»


async def annotated(boat: Annotated[Boat, Depends(existing)]):
    return «boat.crew»


async def several(db: AsyncSession):
    return [«boat.crew» for boat in await every(db)]


async def repository(db: AsyncSession):
    boat = await Boats(db).first()
    other = await Boats(db).with_crew()
    return «boat.crew», other.name


async def fine(db: AsyncSession):
    boat = await Boats(db).with_crew()
    other = await cached(db)
    return boat.crew, other.crew
"""


def test_objects_are_followed_through_helpers_and_dependencies() -> None:
    assert_finds(CODE, MODELS + HELPERS)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("async def f(pk: int, db: Session):", "boat = await db.get(Boat, pk)\nawait db.commit()\nreturn «boat.name»"),
        ("async def f(db: AsyncSession = Depends(get_session)):", "boat = Boat(name='a')\ndb.add(boat)\nawait db.commit()\nprint(«boat.id»)\nreturn boat.id"),
        ("async def f():", "async with factory() as db:\n    boat = Boat(name='a')\n    db.add(boat)\n    await db.commit()  # now\n    return {'id': «boat.id»}"),
        ("async def f(db: Session):", "boat = Boat(name='a')\ndb.add(boat)\ntry:\n    await db.commit()\nexcept ValueError:\n    raise\nreturn «boat.id»"),
        ("async def f(db: Session, pk: int):", "boat = await db.get(Boat, pk)\nif boat is None:\n    return 0\nboat.name = 'b'\nawait db.commit()\nawait notify(«boat.name»)"),
    ],
)  # fmt: skip
def test_an_attribute_that_has_expired(head: str, body: str) -> None:
    assert_finds(CODE, code(body, head))


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("async def f(pk: int, db: AsyncSession = Depends(get_keeping)):", "boat = await db.get(Boat, pk)\nawait db.commit()\nreturn boat.name"),
        ("async def f(pk: int, db: AsyncSession):", "boat = await db.get(Boat, pk)\nawait db.commit()\nreturn boat.name"),
        ("async def f(pk: int, db: Session):", "boat = await db.get(Boat, pk)\nawait db.commit()\nawait db.refresh(boat)\nreturn boat.name"),
        ("async def f(pk: int, db: Session):", "boat = await db.get(Boat, pk)\nawait db.commit()\nboat = await db.get(Boat, pk)\nreturn boat.name"),
        ("async def f(pk: int, db: Session):", "boat = await db.get(Boat, pk)\nname = boat.name\nawait db.commit()\nreturn name, boat.size"),
        ("async def f(pk: int, db: Session):", "boat = await db.get(Boat, pk)\nif pk:\n    await db.commit()\nreturn boat.name"),
        ("async def f(pk: int, db: Session):", "boat = await db.get(Boat, pk)\nif pk:\n    await db.commit()\nelse:\n    return boat.name"),
        ("async def f(pk: int, db: Session):", "boat = await db.get(Boat, pk)\nawait db.delete(boat)\nawait db.commit()\nreturn boat.id"),
        ("async def f(pk: int, db: Session):", "boat = Boat(name='a')\nawait db.commit()\nreturn boat.name"),
        ("async def f(pk: int, db: Session):", "boat = await db.get(Boat, pk)\nawait db.commit()\nawait reload(boat)\nreturn boat.name"),
        ("async def f(given: Boat, db: Session):", "await db.commit()\nreturn given.name"),
        ("async def f(db: Session):", "boat = Boat(name='a')\ndb.add(boat)\nawait db.commit()\nboat.name = 'b'\nreturn boat.name"),
    ],
)  # fmt: skip
def test_an_attribute_that_is_there(head: str, body: str) -> None:
    assert_silent(CODE, code(body, head))


FIXES = [
    ("boat = await db.get(Boat, pk)\nreturn boat.crew", "boat = await db.get(Boat, pk, options=[selectinload(Boat.crew)])\nreturn boat.crew"),
    (
        "boat = await db.scalar(select(Boat).where(Boat.id == pk))  # ä\nreturn boat.crew",
        "boat = await db.scalar(select(Boat).where(Boat.id == pk).options(selectinload(Boat.crew)))  # ä\nreturn boat.crew",
    ),
    (
        "query = (\n    select(Boat)\n    # the one\n    .where(Boat.id == pk)\n)\nboat = (await db.execute(query)).scalar_one()\nreturn boat.crew",
        "query = (\n    select(Boat)\n    # the one\n    .where(Boat.id == pk)\n    .options(selectinload(Boat.crew))\n)\n"
        "boat = (await db.execute(query)).scalar_one()\nreturn boat.crew",
    ),
    (
        "query = select(Boat)\nif pk:\n    query = query.limit(1)\nfor boat in await db.scalars(query):\n    print(boat.crew)",
        "query = select(Boat)\nif pk:\n    query = query.limit(1)\nfor boat in await db.scalars(query.options(selectinload(Boat.crew))):\n    print(boat.crew)",
    ),
    (
        "return [boat.crew for boat in (await db.scalars(select(Boat))).all()]",
        "return [boat.crew for boat in (await db.scalars(select(Boat).options(selectinload(Boat.crew)))).all()]",
    ),
    (
        "fleet = await db.scalar(select(Boat).options(joinedload(Boat.fleet)))\nreturn fleet.crew",
        "fleet = await db.scalar(select(Boat).options(joinedload(Boat.fleet)).options(selectinload(Boat.crew)))\nreturn fleet.crew",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), FIXES)
def test_the_query_loads_it(before: str, after: str) -> None:
    assert_fixes(CODE, code(before), code(after))


def test_awaitable_attributes_where_the_model_has_them() -> None:
    assert_fixes(
        CODE,
        code("sailor = await db.get(Sailor, pk)\nreturn sailor.knots[0], sailor.id"),
        code("sailor = await db.get(Sailor, pk)\nreturn (await sailor.awaitable_attrs.knots)[0], sailor.id"),
        title="awaitable_attrs",
    )


def test_the_loader_is_imported() -> None:
    head = "from sqlalchemy.ext.asyncio import AsyncSession\n\nfrom app import models\n\n\nasync def f(db: AsyncSession):\n"
    body = "    boat = await db.get(models.Boat, 1)\n    return boat.crew\n"
    fixed = "    boat = await db.get(models.Boat, 1, options=[selectinload(models.Boat.crew)])\n    return boat.crew\n"
    added = head.replace(
        "AsyncSession\n\nfrom app", "AsyncSession\nfrom sqlalchemy.orm import selectinload\n\nfrom app", 1
    )
    assert_fixes(CODE, f"{MODELS}#- app/main.py\n{head}{body}", f"{MODELS}#- app/main.py\n{added}{fixed}")


def test_an_expired_object_is_refreshed() -> None:
    before = "boat = Boat(name='a')\ndb.add(boat)\nawait db.commit()  # now\nreturn boat.id, boat.name"
    after = "boat = Boat(name='a')\ndb.add(boat)\nawait db.commit()  # now\nawait db.refresh(boat)\nreturn boat.id, boat.name"
    assert_fixes(CODE, code(before, "async def f(db: Session):"), code(after, "async def f(db: Session):"))


RUN = """\
import asyncio, sys
from sqlalchemy.exc import MissingGreenlet, StatementError
from app.db import engine, factory
from app.main import f
from app.models import Base, Boat, Fleet

async def main():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    async with factory() as session:
        session.add(Fleet(id=1, boats=[Boat(id=1, name="a", crew=[])]))
        await session.commit()
    try:
        async with factory() as session:
            await f(session, 1)
    except (MissingGreenlet, StatementError):
        sys.exit(42)
    finally:
        await engine.dispose()

asyncio.run(main())
"""


@pytest.mark.parametrize(
    "body",
    [
        "boat = await db.get(Boat, pk)\nreturn boat.crew",
        "boat = await db.scalar(select(Boat))\nreturn boat.fleet.id",
        "return [len(boat.crew) for boat in await db.scalars(select(Boat))]",
        "boat = await db.get(Boat, pk)\nawait db.commit()\nreturn boat.name, boat.id",
        "boat = Boat(name='b', fleet_id=pk)\ndb.add(boat)\nawait db.commit()\nreturn boat.id",
    ],
)
def test_the_mended_function_runs(body: str, tmp_path: Path) -> None:
    text = code(body, "async def f(db: Session, pk: int):").replace('    logs = relationship("Log", **options)\n', "")
    folder = Folder({**parse(text).files, "run.py": RUN}, tmp_path)
    assert _run(tmp_path) == 42
    found = folder.findings(CODE)
    assert len(found) == 1
    for path, content in apply(folder.workspace, found[0].finding.fixes[0].make()).items():
        path.write_bytes(content.encode())
    assert _run(tmp_path) == 0


def _run(folder: Path) -> int:
    done = subprocess.run([sys.executable, "run.py"], cwd=folder, capture_output=True, text=True)
    assert done.returncode in (0, 42), done.stderr
    return done.returncode
