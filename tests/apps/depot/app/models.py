from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base


class Shelf(Base):
    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)

    items: Mapped[list["Item"]] = relationship(back_populates="shelf", order_by="Item.id", cascade="all, delete-orphan")


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    count: Mapped[int] = mapped_column(default=0)
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelves.id"), index=True)

    shelf: Mapped[Shelf] = relationship(back_populates="items")
    moves: Mapped[list["Move"]] = relationship(back_populates="item", cascade="all, delete-orphan")


class Move(Base):
    __tablename__ = "moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)

    item: Mapped[Item] = relationship(back_populates="moves")
