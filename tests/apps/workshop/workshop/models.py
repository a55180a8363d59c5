from __future__ import annotations

from datetime import datetime
from enum import Enum

from sqlalchemy import Column, ForeignKey, String, Table, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop.db import Base


class Status(str, Enum):
    OPEN = "open"
    DONE = "done"


job_parts = Table(
    "job_parts",
    Base.metadata,
    Column("job_id", ForeignKey("jobs.id"), primary_key=True),
    Column("part_id", ForeignKey("parts.id"), primary_key=True),
)


class TimestampMixin:
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Customer(TimestampMixin, Base):
    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(120), unique=True)
    bikes: Mapped[list[Bike]] = relationship(back_populates="owner", order_by="Bike.id")


class Bike(Base):
    __tablename__ = "bikes"

    id: Mapped[int] = mapped_column(primary_key=True)
    frame: Mapped[str] = mapped_column(String(40), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)

    owner: Mapped[Customer] = relationship(back_populates="bikes")
    jobs: Mapped[list[Job]] = relationship(back_populates="bike", order_by="Job.id", cascade="all, delete-orphan")


class Part(Base):
    __tablename__ = "parts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    price: Mapped[int] = mapped_column(default=0)
    stock: Mapped[int] = mapped_column(default=0)


class Job(TimestampMixin, Base):
    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    status: Mapped[Status] = mapped_column(default=Status.OPEN)
    bike_id: Mapped[int] = mapped_column(ForeignKey("bikes.id"), index=True)

    bike: Mapped[Bike] = relationship(back_populates="jobs")
    parts: Mapped[list[Part]] = relationship(secondary=job_parts, order_by=Part.name)

    @property
    def total(self) -> int:
        return sum(part.price for part in self.parts)

    @hybrid_property
    def is_open(self) -> bool:
        return self.status == Status.OPEN
