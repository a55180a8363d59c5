from collections.abc import Sequence
from typing import Generic, TypeVar

from sqlalchemy import Select, delete, exists, select, update
from sqlalchemy.orm import Session, selectinload

from workshop.db import Base
from workshop.errors import NotFound
from workshop.models import Bike, Customer, Job, Part, Status

M = TypeVar("M", bound=Base)


class Repository(Generic[M]):
    model: type[M]

    def __init__(self, *, db: Session) -> None:
        self.db = db

    @property
    def base(self) -> Select[tuple[M]]:
        return select(self.model)

    def get_or_404(self, id: int) -> M:
        found = self.db.get(self.model, id)
        if found is None:
            raise NotFound(self.model.__name__.lower())
        return found

    def first_or_404(self, **values: object) -> M:
        if (found := self.db.scalars(self.base.filter_by(**values)).first()) is None:
            raise NotFound(self.model.__name__.lower())
        return found

    def save(self, obj: M) -> M:
        self.db.add(obj)
        self.db.flush()
        self.db.refresh(obj)
        return obj

    def exists(self, **values: object) -> bool:
        return bool(self.db.scalar(select(exists().where(*(getattr(self.model, k) == v for k, v in values.items())))))


class CustomerRepository(Repository[Customer]):
    model = Customer


class BikeRepository(Repository[Bike]):
    model = Bike

    @property
    def base(self) -> Select[tuple[Bike]]:
        return super().base.options(selectinload(Bike.owner))


class PartRepository(Repository[Part]):
    model = Part

    def named(self, names: Sequence[str]) -> list[Part]:
        return list(self.db.scalars(select(Part).where(Part.name.in_(names)).order_by(Part.name).with_for_update()))

    def take(self, part: Part) -> None:
        self.db.execute(
            update(Part)
            .where(Part.id == part.id, Part.stock > 0)
            .values(stock=Part.stock - 1)
            .execution_options(synchronize_session="fetch")
        )

    def drop_empty(self) -> int:
        return self.db.execute(delete(Part).where(Part.stock == 0, Part.price == 0)).rowcount


class JobRepository(Repository[Job]):
    model = Job

    def open(self) -> Sequence[Job]:
        return self.db.scalars(self.base.where(Job.is_open).order_by(Job.id)).all()

    def close_all(self, bike: Bike) -> int:
        return (
            self.db.query(Job)
            .filter(Job.bike_id == bike.id, Job.status == Status.OPEN)
            .update({"status": Status.DONE}, synchronize_session="fetch")
        )
