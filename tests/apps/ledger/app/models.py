from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.databases import AuditBase, Base


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(unique=True)
    balance: Mapped[int] = mapped_column(CheckConstraint("balance >= 0"), default=0)


class Event(AuditBase):
    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
