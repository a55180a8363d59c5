from abc import ABC
from typing import Any, Generic, Type, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.database import Base
from app.models import Item, Move, Shelf

ModelType = TypeVar("ModelType", bound=Base)


class BaseRepository(ABC, Generic[ModelType]):
    """What all repositories can do."""

    model: Type[ModelType]

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, id: int) -> ModelType | None:
        return self.session.get(self.model, id)

    def get_multi(self, *, skip: int = 0, limit: int = 100) -> list[ModelType]:
        return self.session.query(self.model).order_by(self.model.id).offset(skip).limit(limit).all()

    def count(self) -> int:
        return self.session.query(self.model).count()

    def create(self, **values: Any) -> ModelType:
        obj = self.model(**values)
        self.session.add(obj)
        self.session.commit()
        return obj

    def remove(self, id: int) -> bool:
        obj = self.get(id)
        if obj is None:
            return False
        self.session.delete(obj)
        self.session.commit()
        return True


class ShelfRepository(BaseRepository[Shelf]):
    model = Shelf

    def by_code(self, code: str) -> Shelf | None:
        return self.session.query(Shelf).filter_by(code=code).one_or_none()

    def totals(self) -> dict[str, int]:
        rows = (
            self.session.query(Shelf.code, func.sum(Item.count))
            .outerjoin(Item, Item.shelf_id == Shelf.id)
            .group_by(Shelf.code)  # empty ones, too
            .order_by(Shelf.code)
        )
        return {code: total or 0 for code, total in rows}

    def fullest(self) -> str | None:
        counts = (
            self.session.query(Item.shelf_id, func.sum(Item.count).label("total")).group_by(Item.shelf_id).subquery()
        )
        return self.session.scalar(
            select(Shelf.code).join(counts, counts.c.shelf_id == Shelf.id).order_by(counts.c.total.desc()).limit(1)
        )


class ItemRepository(BaseRepository[Item]):
    model = Item

    def create(self, **values: Any) -> Item:
        item = super().create(**values)
        self.session.add(Move(item_id=item.id, change=item.count))
        self.session.commit()
        self.session.refresh(item)
        return item

    def named(self, name: str) -> Item | None:
        query = self.session.query(Item).options(joinedload(Item.moves))
        return query.filter(Item.name == name).first()

    def is_known(self, name: str) -> bool:
        return self.session.query(self.session.query(Item).filter(Item.name == name).exists()).scalar()

    def names(self, least: int | None = None) -> list[str]:
        query = self.session.query(Item).with_entities(Item.name)
        if least is not None:
            query = query.filter(Item.count >= least)
        return [name for (name,) in query.order_by(Item.name)]

    def largest(self) -> int:
        return self.session.query(func.max(Item.count)).scalar() or 0

    def restock(self, shelf: Shelf, amount: int) -> int:
        changed = self.session.query(Item).filter(Item.shelf_id == shelf.id).update(
            {Item.count: Item.count + amount}, synchronize_session=False
        )
        self.session.bulk_insert_mappings(Move, [{"item_id": item.id, "change": amount} for item in shelf.items])
        self.session.commit()
        return changed

    def clear(self) -> int:
        self.session.query(Move).delete()
        gone = self.session.query(Item).delete()
        self.session.commit()
        return gone

    def export(self):
        for item in self.session.query(Item).order_by(Item.id).yield_per(2):
            yield f"{item.id},{item.name}"
