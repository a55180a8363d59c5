from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base


class Harbour(Base):
    __tablename__ = "harbour"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    notes: Mapped[list["Note"]] = relationship(
        back_populates="harbour", cascade="all, delete-orphan", order_by="Note.id"
    )


class Note(Base):
    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    harbour_id: Mapped[int] = mapped_column(ForeignKey("harbour.id"), index=True)
    body: Mapped[str] = mapped_column(String(500))
    starred: Mapped[bool] = mapped_column(default=False)

    harbour: Mapped[Harbour] = relationship(back_populates="notes")
