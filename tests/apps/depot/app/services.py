from dataclasses import dataclass

from fastapi import Depends, HTTPException
from sqlalchemy.orm import Session

from app.database import get_session
from app.models import Item, Shelf
from app.repositories import ItemRepository, ShelfRepository
from app.schemas import ItemIn


def get_shelves(session: Session = Depends(get_session)) -> ShelfRepository:
    return ShelfRepository(session)


class StockService:
    def __init__(
        self, session: Session = Depends(get_session), shelves: ShelfRepository = Depends(get_shelves)
    ) -> None:
        self._items = ItemRepository(session)
        self._shelves = shelves

    def shelf(self, code: str) -> Shelf:
        shelf = self._shelves.by_code(code)
        if shelf is None:
            raise HTTPException(404, "No such shelf")
        return shelf

    def put(self, code: str, item: ItemIn) -> Item:
        if self._items.is_known(item.name):
            raise HTTPException(409, "There already")
        return self._items.create(**item.model_dump(), shelf_id=self.shelf(code).id)

    def restock(self, code: str, amount: int) -> int:
        return self._items.restock(self.shelf(code), amount)


@dataclass
class Report:
    session: Session

    def lines(self) -> list[str]:
        return list(ItemRepository(self.session).export())

    def summary(self) -> dict[str, object]:
        items, shelves = ItemRepository(self.session), ShelfRepository(self.session)
        return {
            "items": items.count(),
            "largest": items.largest(),
            "fullest": shelves.fullest(),
            "totals": shelves.totals(),
        }
