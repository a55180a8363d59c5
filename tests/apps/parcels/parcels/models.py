from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from parcels.database import Base


class Parcel(Base):
    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]

    events: Mapped[list["Event"]] = relationship(order_by="Event.id", cascade="all, delete-orphan")


class Event(Base):
    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcels.id"), index=True)
