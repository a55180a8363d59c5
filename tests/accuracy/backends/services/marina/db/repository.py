from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy import ColumnElement, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from marina.db.models import Base, Berth, Boat, Skipper

Model = TypeVar("Model", bound=Base)


class Repository(Generic[Model]):
    """What is alike for all models."""

    model: type[Model]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, key: int) -> Model | None:
        return await self.session.get(self.model, key)

    async def one(self, *conditions: ColumnElement[bool]) -> Model | None:
        return (await self.session.execute(select(self.model).where(*conditions))).scalar_one_or_none()

    async def create(self, **values: Any) -> Model:
        instance = self.model(**values)
        self.session.add(instance)
        await self.session.flush()
        return instance

    async def change(self, key: int, patch: BaseModel) -> Model | None:
        instance = await self.get(key)
        for name, value in patch.model_dump(exclude_unset=True).items():
            setattr(instance, name, value)
        return instance

    async def overwrite(self, key: int, values: dict[str, Any]) -> Model | None:
        instance = await self.get(key)
        for name, value in values.items():
            setattr(instance, name, value)  # expect: SW304
        return instance

    async def count(self) -> int:
        return self.session.query(self.model).count()  # expect: SW105

    async def page(self, offset: int, limit: int) -> Sequence[Model]:
        return (await self.session.scalars(select(self.model).offset(offset).limit(limit))).all()


class Removable(Repository[Model]):
    async def remove(self, instance: Model) -> None:
        self.session.delete(instance)  # expect: SW104
        await self.session.flush()

    async def restore(self, instance: Model) -> None:
        self.session.add(instance)
        await self.session.refresh(instance)


class SkipperRepository(Repository[Skipper]):
    model = Skipper

    async def by_email(self, email: str) -> Skipper | None:
        return await self.one(Skipper.email == email)

    async def with_boats(self, key: int) -> Skipper | None:
        return await self.session.get(Skipper, key, options=[selectinload(Skipper.boats)])

    async def at_gate(self, email: str, password: str) -> Skipper | None:
        return await self.one(Skipper.email == email, Skipper.gate_password == password)  # expect: SW502


class BoatRepository(Removable[Boat]):
    model = Boat

    async def longer_than(self, length: int) -> list[str]:
        rows = await self.session.execute(text(f"SELECT name FROM boat WHERE length > {length}"))
        return [row.name for row in rows]

    async def named_like(self, part: str) -> list[str]:
        rows = await self.session.execute(text(f"SELECT name FROM boat WHERE name ILIKE '%{part}%'"))  # expect: SW401
        return [row.name for row in rows]


class BerthRepository(Removable[Berth]):
    model = Berth

    async def free(self) -> Sequence[Berth]:
        return await self.session.scalars(select(Berth).where(Berth.boat_id.is_(None))).all()  # expect: SW104

    async def taken(self) -> Sequence[Berth]:
        statement = select(Berth).where(Berth.boat_id.is_not(None)).options(selectinload(Berth.boat))
        return (await self.session.scalars(statement)).all()

    async def on_pier(self, pier: str) -> Sequence[Berth]:
        return (await self.session.scalars(select(Berth).where(Berth.pier == pier))).all()

    async def alive(self) -> bool:
        return await self.session.scalar("SELECT 1") == 1  # expect: SW404
