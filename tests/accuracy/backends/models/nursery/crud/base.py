from typing import Any, Generic, TypeVar

from sqlmodel import Session, SQLModel, select

T = TypeVar("T", bound=SQLModel)


class Crud(Generic[T]):
    def __init__(self, session: Session, model: type[T]) -> None:
        self.session = session
        self.model = model

    def get(self, key: int) -> T | None:
        return self.session.get(self.model, key)

    def list(self, offset: int, limit: int) -> list[T]:
        return list(self.session.exec(select(self.model).offset(offset).limit(limit)))

    def create(self, row: T) -> T:
        self.session.add(row)
        self.session.commit()
        self.session.refresh(row)
        return row

    def update(self, row: T, values: dict[str, Any]) -> T:
        row.sqlmodel_update(values)
        return self.create(row)

    def delete(self, row: T) -> None:
        self.session.delete(row)
        self.session.commit()
