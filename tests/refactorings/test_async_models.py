"""Switching to async sessions: relationships that are loaded at once, and those that are not."""

from __future__ import annotations

import pytest

from refactorings.switching import (
    DATABASE,
    HANDLER,
    MODELS,
    assert_changes,
    assert_switches,
    switch,
)


def test_relationships_that_are_read_load_at_once() -> None:
    assert_switches(
        """
        #- models.py
        from sqlalchemy import ForeignKey, func
        from sqlalchemy.orm import Mapped, mapped_column, relationship

        from database import Base


        class Author(Base):
            __tablename__ = "authors"

            id: Mapped[int] = mapped_column(primary_key=True)
            books: Mapped[list["Book"]] = relationship(back_populates="author")
            fans: Mapped[list["Fan"]] = relationship()
            pupils: Mapped[list["Author"]] = relationship(
                lazy="joined",
            )


        class Book(Base):
            __tablename__ = "books"

            id: Mapped[int] = mapped_column(primary_key=True)
            changed = mapped_column(onupdate=func.now())
            author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
            author: Mapped[Author] = relationship(back_populates="books")

        #- schemas.py
        from pydantic import BaseModel


        class Author(BaseModel):
            books: list[int]

        #- api.py
        from fastapi import APIRouter

        from schemas import Author

        router = APIRouter()


        @router.get("/authors", response_model=list[Author])
        def read_authors():
            return []

        #- texts.py
        def line(book) -> str:
            return f"{book.id} by {book.author.id}"
        """,
        """
        #- models.py
        from sqlalchemy import ForeignKey, func
        from sqlalchemy.orm import Mapped, mapped_column, relationship

        from database import Base


        class Author(Base):
            __tablename__ = "authors"

            id: Mapped[int] = mapped_column(primary_key=True)
            books: Mapped[list["Book"]] = relationship(back_populates="author", lazy="selectin")
            fans: Mapped[list["Fan"]] = relationship()
            pupils: Mapped[list["Author"]] = relationship(
                lazy="selectin",
            )


        class Book(Base):
            __tablename__ = "books"
            __mapper_args__ = {"eager_defaults": True}

            id: Mapped[int] = mapped_column(primary_key=True)
            changed = mapped_column(onupdate=func.now())
            author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
            author: Mapped[Author] = relationship(back_populates="books", lazy="selectin")

        #- schemas.py
        from pydantic import BaseModel


        class Author(BaseModel):
            books: list[int]

        """,
    )


def test_relationships_of_sqlmodel_keep_their_options() -> None:
    assert_changes(
        "notes.py",
        """
        from sqlmodel import Field, Relationship, SQLModel


        class Shelf(SQLModel, table=True):
            id: int = Field(primary_key=True)
            notes: list["Note"] = Relationship(sa_relationship_kwargs={"order_by": "Note.id"})
            boxes: list["Note"] = Relationship(sa_relationship_kwargs={"lazy": "select"})
            lids: list["Note"] = Relationship(sa_relationship_kwargs={"lazy": "raise"})
            keys: list["Note"] = Relationship(sa_relationship_kwargs={"order_by": "Note.id"})


        def show(shelf: Shelf):
            return shelf.notes, shelf.boxes, shelf.lids
        """,
        """
        from sqlmodel import Field, Relationship, SQLModel


        class Shelf(SQLModel, table=True):
            id: int = Field(primary_key=True)
            notes: list["Note"] = Relationship(sa_relationship_kwargs={"lazy": "selectin", "order_by": "Note.id"})
            boxes: list["Note"] = Relationship(sa_relationship_kwargs={"lazy": "selectin"})
            lids: list["Note"] = Relationship(sa_relationship_kwargs={"lazy": "raise"})
            keys: list["Note"] = Relationship(sa_relationship_kwargs={"order_by": "Note.id"})


        def show(shelf: Shelf):
            return shelf.notes, shelf.boxes, shelf.lids
        """,
    )


READ = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import Base


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    books: Mapped[list["Novel"]] = relationship(back_populates="author")


class Novel(Base):
    __tablename__ = "novels"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
    author: Mapped[Author] = relationship(back_populates="books")
"""
USED = "from models_ import Author, Novel\nfrom celery import shared_task\nfrom database import SessionLocal\n"
API = "from fastapi import APIRouter\nfrom pydantic import BaseModel\n\nrouter = APIRouter()\n"


@pytest.mark.parametrize(
    "code",
    [
        "async def show(author: Author):\n    return author.books\n",
        "def show(author):\n    return author.books\n",
        "def names(author: Author):\n    return author.books\n\n\nasync def show(author: Author):\n    return names(author)\n",
        "class Shown:\n    author: Author\n\n    def names(self):\n        return self.author.books\n",
        "from typing import Protocol\n\n\nclass Has(Protocol):\n    id: int\n\n\ndef show(one: Has):\n    return one.books\n",
        f"{API}\n\nclass Out(BaseModel):\n    books: list[int]\n\n\n@router.get('/a', response_model=list[Out])\ndef a(): ...\n",
        f"{API}\n\nclass Out(BaseModel):\n    books: list[int]\n\n\n@router.get('/a')\ndef a() -> 'list[Out]': ...\n",
        f"{API}\n\nclass In(BaseModel):\n    books: list[int]\n\n\nclass Out(In):\n    id: int\n\n\n"
        "@router.get('/a')\ndef a() -> Out: ...\n",
        f"{API}\n\nclass Inner(BaseModel):\n    books: list[int]\n\n\nclass Out(BaseModel):\n    one: 'Inner | None'\n\n\n"
        "def a(one: Author):\n    return Out.model_validate(one)\n",
    ],
)  # fmt: skip
def test_relationships_that_async_code_reaches_load_at_once(code: str) -> None:
    files = {"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER, "models_.py": READ}
    found = switch({**files, "used.py": USED + code})
    assert (
        'books: Mapped[list["Novel"]] = relationship(back_populates="author", lazy="selectin")' in found["models_.py"]
    )
    assert 'author: Mapped[Author] = relationship(back_populates="books")' in found["models_.py"]


@pytest.mark.parametrize(
    "code",
    [
        "",
        "def show(author: Author):\n    return author.id\n",
        "class Shop:\n    books = 1\n\n\ndef show(shop: Shop):\n    return shop.books\n",
        "def show(author: Author):\n    return Author.id.in_([1])\n\n\nclass Shop:\n    def books(self): ...\n",
        # of sync code
        "@shared_task\ndef show():\n    with SessionLocal() as db:\n        print(db.get(Author, 1).books)\n",
        "def names(author: Author):\n    return author.books\n\n\n@shared_task\ndef show():\n"
        "    with SessionLocal() as db:\n        print(names(db.get(Author, 1)))\n",
        # of requests
        f"{API}\n\nclass In(BaseModel):\n    books: list[int]\n\n\n@router.post('/a')\ndef a(given: In): ...\n",
        f"{API}\n\nclass In(BaseModel):\n    books: list[int]\n\n\nclass Order(BaseModel):\n    first: In\n\n\n"
        "@router.post('/a')\ndef a(given: Order | None = None): ...\n",
    ],
)  # fmt: skip
def test_relationships_that_no_async_code_reaches_load_as_ever(code: str) -> None:
    files = {"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER, "models_.py": READ}
    assert switch({**files, "used.py": USED + code})["models_.py"] == READ


def test_relationships_that_templates_read_load_at_once() -> None:
    files = {
        "database.py": DATABASE,
        "models.py": MODELS.replace("mapped_column\n", "mapped_column, relationship\n")
        + '    pages = relationship("Page")\n    loans = relationship("Loan")\n',
        "handler.py": HANDLER + "\n\nfrom fastapi.templating import Jinja2Templates\n",
        "templates/book.html": "{% for page in book.pages %}{{ page.number }}{% endfor %}\n",
    }
    after = switch(files)["models.py"]
    assert 'relationship("Page", lazy="selectin")' in after
    assert 'relationship("Loan")' in after
