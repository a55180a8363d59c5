"""A small project answers the same requests in the same way after the switch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from refactorings.switching import switch

FILES = {
    "database.py": """\
from contextlib import contextmanager

from sqlalchemy import create_engine, event
from sqlalchemy.orm import DeclarativeBase, sessionmaker

engine = create_engine("sqlite:///shop.db", connect_args={"check_same_thread": False})
SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)


@event.listens_for(engine, "connect")
def enforce_foreign_keys(connection, record):
    connection.execute("PRAGMA foreign_keys=ON")


class Base(DeclarativeBase):
    pass


def get_db():
    db = SessionLocal()
    try:
        yield db
        db.commit()
    except Exception:
        db.rollback()
        raise
    finally:
        db.close()


@contextmanager
def session_scope():
    with SessionLocal() as session, session.begin():
        yield session
""",
    "models.py": """\
from sqlalchemy import DateTime, ForeignKey, func
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from database import Base


class Shelf(Base):
    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    changed_at = mapped_column(DateTime, server_default=func.now(), onupdate=func.now())
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("shelves.id"), index=True)

    shelves: Mapped[list["Shelf"]] = relationship("Shelf")
    books = relationship("Book", backref=backref("shelf"), order_by="Book.id", lazy="joined")


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(index=True)
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelves.id"), index=True)
    labels = relationship("Label", backref="book", cascade="all, delete-orphan")


class Label(Base):
    __tablename__ = "labels"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    book_id: Mapped[int] = mapped_column(ForeignKey("books.id"), index=True)
""",
    "repository.py": """\
from fastapi import Depends
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from database import get_db
from models import Book, Label, Shelf


class Repository:
    model = Shelf

    def __init__(self, db: Session = Depends(get_db)):
        self.db = db

    def get(self, id: int):
        return self.db.get(self.model, id)

    def add(self, one):
        self.db.add(one)
        self.db.flush()
        return one


class Books(Repository):
    model = Book

    def add(self, one: Book) -> Book:
        one.labels.append(Label(text="new"))
        return super().add(one)

    def on(self, shelf: str):
        return self.db.query(Book).join(Shelf, Book.shelf).filter(Shelf.name == shelf).order_by(Book.title)

    def titles(self, shelf: str) -> list[str]:
        return [book.title for book in self.on(shelf)]

    def all_exist(self, titles: list[str]) -> bool:
        return all(self.exists(title) for title in titles)

    def exists(self, title: str) -> bool:
        return self.db.query(self.db.query(Book).filter(Book.title == title).exists()).scalar()

    def drop(self, title: str) -> int:
        found = self.db.query(Book).filter(Book.title == title)
        if found.first() is None:
            return 0
        self.db.query(Label).filter(Label.book_id.in_(select(Book.id).where(Book.title == title))).delete(
            synchronize_session=False
        )
        return found.delete(synchronize_session=False)


def statistics(db):
    rows = db.execute(select(Shelf.name, func.count(Book.id)).join(Book).group_by(Shelf.name).order_by(Shelf.name))
    return {name: count for name, count in rows} | {"one": db.scalar(text("SELECT 1"))}
""",
    "schemas.py": """\
from pydantic import BaseModel


class Label(BaseModel):
    text: str


class Book(BaseModel):
    id: int
    title: str
    labels: list[Label]


class Shelf(BaseModel):
    id: int
    name: str
    shelves: list["Shelf"]
    books: list[Book]
""",
    "main.py": """\
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

import schemas
from database import Base, engine, get_db, session_scope
from models import Book, Label, Shelf
from repository import Books, Repository, statistics

Base.metadata.drop_all(engine)
Base.metadata.create_all(engine)

app = FastAPI()


def log(title: str) -> None:
    with session_scope() as session:
        session.bulk_save_objects([Label(text=title, book_id=1)])


@app.post("/shelves", response_model=schemas.Shelf)
async def add_shelf(name: str, parent: int | None = None, shelves: Repository = Depends()):
    shelf = shelves.add(Shelf(name=name, parent_id=parent))
    shelves.db.commit()
    shelves.db.refresh(shelf)
    return shelf


@app.get("/shelves", response_model=list[schemas.Shelf])
def list_shelves(db: Session = Depends(get_db)):
    return db.query(Shelf).order_by(Shelf.id).all()


@app.put("/shelves/{id}", response_model=schemas.Shelf)
async def rename_shelf(id: int, name: str, shelves: Repository = Depends()):
    shelf = shelves.get(id)
    if not shelf:
        raise HTTPException(404)
    shelf.name = name
    shelves.db.commit()
    assert shelf.changed_at
    return shelf


@app.post("/books", response_model=schemas.Book)
async def add_book(title: str, shelf: int, tasks: BackgroundTasks, books: Books = Depends()):
    tasks.add_task(log, title)
    book = books.add(Book(title=title, shelf_id=shelf))
    books.db.commit()
    return book


@app.get("/books/{id}")
async def read_book(id: int, books: Books = Depends()):
    book = books.get(id)
    return {"shelf": book.shelf.name, "labels": sorted(label.text for label in book.labels), "book": book.labels[0].book.id}


@app.get("/titles")
async def read_titles(shelf: str, books: Books = Depends()):
    titles = books.titles(shelf)
    return {"titles": titles, "exist": books.all_exist(titles), "others": books.all_exist(["Emma", "?"])}


@app.delete("/books")
async def drop_books(title: str, books: Books = Depends()):
    return books.drop(title)


@app.get("/statistics")
async def read_statistics(db: Session = Depends(get_db)):
    return await run_in_threadpool(statistics, db)
""",
}

REQUESTS = """\
import json, sys
from fastapi.testclient import TestClient
from main import app

with TestClient(app) as client:
    for method, url in json.loads(sys.argv[1]):
        response = client.request(method, url)
        print(method, url, response.status_code, response.text)
"""

ASKED = [
    ("POST", "/shelves?name=fiction"),
    ("POST", "/shelves?name=novels&parent=1"),
    ("POST", "/shelves?name=old&parent=2"),
    ("POST", "/books?title=Emma&shelf=3"),
    ("POST", "/books?title=Ada&shelf=3"),
    ("GET", "/shelves"),
    ("PUT", "/shelves/2?name=romances"),
    ("PUT", "/shelves/9?name=none"),
    ("GET", "/books/1"),
    ("GET", "/titles?shelf=old"),
    ("GET", "/statistics"),
    ("DELETE", "/books?title=Ada"),
    ("DELETE", "/books?title=Ada"),
    ("GET", "/titles?shelf=old"),
]


def answers(root: Path) -> list[str]:
    command = [sys.executable, "-W", "ignore", "-c", REQUESTS, json.dumps(ASKED)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_same_answers(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    for name, text in FILES.items():
        (before / name).write_text(text)
    expected = answers(before)
    assert len(expected) == len(ASKED)
    switch(FILES, after)
    assert answers(after) == expected
