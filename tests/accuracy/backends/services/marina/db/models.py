from datetime import datetime

from sqlalchemy import ForeignKey, String, func
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship

from marina.core.security import Credentials


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Keyed:
    id: Mapped[int] = mapped_column(primary_key=True)


class Stamped:
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Owned:
    @declared_attr
    def skipper_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("skipper.id"), index=True)


class Skipper(Keyed, Stamped, Credentials, Base):
    __tablename__ = "skipper"

    email: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    gate_password: Mapped[str | None]
    gate_code: Mapped[str | None]
    is_officer: Mapped[bool] = mapped_column(default=False)
    boats: Mapped[list["Boat"]] = relationship(back_populates="skipper")


class Boat(Keyed, Stamped, Owned, Base):
    __tablename__ = "boat"

    name: Mapped[str]
    length: Mapped[int]
    draught: Mapped[int] = mapped_column(default=0)
    skipper: Mapped[Skipper] = relationship(back_populates="boats")


class Berth(Keyed, Base):
    __tablename__ = "berth"

    pier: Mapped[str]
    number: Mapped[int]
    boat_id: Mapped[int | None] = mapped_column(ForeignKey("boat.id"), index=True)
    boat: Mapped[Boat | None] = relationship()
    notes: Mapped[list["Note"]] = relationship(lazy="selectin")


class Note(Keyed, Stamped, Base):
    __tablename__ = "note"

    berth_id: Mapped[int] = mapped_column(ForeignKey("berth.id"), index=True)
    text: Mapped[str]
