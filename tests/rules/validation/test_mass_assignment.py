"""SW304: whole mappings of a client that become columns."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from support.marked import Folder, assert_finds, assert_fixes, assert_silent
from support.serving import imported, mended, plain

HEAD = """
import json
from typing import Annotated
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import insert, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlmodel import Field, SQLModel
from elsewhere import ALLOWED, chosen, unknown

app = FastAPI()


class Base(DeclarativeBase): ...


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


class Shelf(SQLModel, table=True):
    id: int = Field(primary_key=True)
    name: str


class Draft(BaseModel):
    title: str


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    title: str


class Old(BaseModel):
    title: str

    class Config:
        extra = "allow"


class Closed(Open):
    model_config = ConfigDict(extra="forbid")


def get_db() -> Session: ...


DB = Annotated[Session, Depends(get_db)]


"""

FOUND = [
    "async def f(request: Request):\n    return Book(«**await request.json()»)",
    "async def f(request: Request):\n    data = await request.form()\n    return Book(«**data»)",
    "async def f(request: Request):\n    return Book(«**request.query_params»)",
    "async def f(request: Request):\n    data = json.loads(await request.body())\n    return Shelf(«**data»)",
    "def f(payload: dict):\n    return Book(id=1, «**payload»)",
    "def f(payload: Open):\n    return Book(«**payload.model_dump()»)",
    "def f(payload: Old):\n    return Book(«**payload.dict(exclude_unset=True)»)",
    "def f(payload: dict, db: DB):\n    book = db.get(Book, 1)\n    for key, value in payload.items():\n        «setattr(book, key, value)»",
    "def f(payload: dict, db: DB):\n    book = Book()\n    for key in payload:\n        «setattr(book, key, payload[key])»",
    "def f(payload: Open, db: DB):\n    book = Book()\n    for k, v in payload.model_dump().items():\n        «setattr(book, k, v)»",
    "def f(payload: dict, db: DB):\n    db.execute(update(Book).where(Book.id == 1).values(«**payload»))",
    "def f(payload: dict, db: DB):\n    db.execute(insert(Book).values(«payload»))",
    "def f(payload: dict, db: DB):\n    db.query(Book).filter(Book.id == 1).update(«payload»)",
    "def f(payload: dict):\n    book = Book()\n    book.__dict__.update(«payload»)",
]


@pytest.mark.parametrize("function", FOUND)
def test_all_that_a_client_sends_becomes_columns(function: str) -> None:
    assert_finds("SW304", f"{HEAD}@app.post('/')\n{function}\n")


SILENT = [
    "def f(payload: Draft):\n    return Book(**payload.model_dump())",
    "def f(payload: Closed):\n    return Book(**payload.model_dump())",
    "def f(payload: Open):\n    return Book(**payload.model_dump(include={'title'}))",
    "def f(payload: unknown.Schema):\n    return Book(**payload.model_dump())",
    "def f(payload: dict):\n    return Book(title=payload['title'])",
    "def f(payload: dict):\n    return Book(**{'title': payload['title']})",
    "def f(payload: dict):\n    values = {'title': payload['title']}\n    return Book(**values)",
    "def f(payload: dict):\n    return Book(**{name: payload[name] for name in ALLOWED})",
    "def f(payload: dict):\n    return Book(**chosen(payload))",
    "def f(payload: dict):\n    return Book(**payload['book'])",
    "def f(payload: dict):\n    return Draft(**payload)",
    "def f(payload: dict):\n    return unknown.Model(**payload)",
    "def f(payload: dict):\n    book = Draft.model_validate(payload)\n    return Book(**book.model_dump())",
    "def f(payload: dict):\n    book = Book()\n    for key, value in payload.items():\n        if key in ALLOWED:\n            setattr(book, key, value)",
    "def f(payload: Draft):\n    book = Book()\n    for key, value in payload.model_dump().items():\n        setattr(book, key, value)",
    "def f(payload: dict):\n    book = Book()\n    for key in ('title',):\n        setattr(book, key, payload[key])",
    "def f(payload: dict):\n    thing = unknown()\n    for key, value in payload.items():\n        setattr(thing, key, value)",
    "def f(payload: dict, db: DB):\n    db.execute(update(Book).values(title=payload['title']))",
    "def f(payload: dict):\n    seen = {}\n    seen.update(payload)",
    "def f(name: str, db: DB):\n    row = db.get(Book, 1)\n    return Book(**row.__dict__)",
]


@pytest.mark.parametrize("function", SILENT)
def test_chosen_fields_and_closed_schemas(function: str) -> None:
    assert_silent("SW304", f"{HEAD}@app.post('/')\n{function}\n")


def test_rows_of_a_function_that_no_client_reaches() -> None:
    assert_silent("SW304", HEAD + "def load(row: dict):\n    return Book(**row)\n")


@pytest.mark.parametrize(
    "text",
    [
        "class Books(View):\n    def post(self, request):\n        Book.objects.create(«**request.POST.dict()»)",
        "def create(request):\n    Book.objects.filter(pk=1).update(«**request.POST.dict()»)",
        "class Books(APIView):\n    def post(self, request):\n        return Book(«**request.data»)",
        "class Books(APIView):\n    def put(self, request):\n        Book.objects.update_or_create(pk=1, defaults=«request.data»)",
        "@api_view(['POST'])\ndef create(request):\n    return Book.objects.create(«**request.data»)",
    ],
)
def test_django(text: str) -> None:
    imports = "from django.views import View\nfrom rest_framework.decorators import api_view\nfrom rest_framework.views import APIView\n"
    models = "#- shop/models.py\nfrom django.db import models\n\nclass Book(models.Model):\n    title = models.CharField(max_length=5)\n"
    assert_finds("SW304", f"#- shop/views.py\n{imports}from shop.models import Book\n\n{text}\n{models}")


@pytest.mark.parametrize(
    "text",
    [
        "def create(request):\n    form = BookForm(request.POST)\n    form.is_valid()\n    Book.objects.create(**form.cleaned_data)",
        "def create(request):\n    Book.objects.create(title=request.POST['title'])",
        "def create(request):\n    Book.objects.filter(**{'pk': 1}).update(title='')",
    ],
)
def test_forms_of_django(text: str) -> None:
    form = "from django import forms\n\nclass BookForm(forms.Form):\n    title = forms.CharField()\n\n"
    models = "#- shop/models.py\nfrom django.db import models\n\nclass Book(models.Model):\n    title = models.CharField(max_length=5)\n"
    assert_silent("SW304", f"#- shop/views.py\n{form}from shop.models import Book\n\n{text}\n{models}")


LAYERS = """
#- app/main.py
from fastapi import Body, FastAPI, Form, Request
from app import crud
from app.schemas import Item

app = FastAPI()

@app.post("/")
async def create(PARAMETER):
    return crud.create(GIVEN)
#- app/schemas.py
from pydantic import BaseModel

class Base(BaseModel):
    model_config = {"extra": EXTRA}

class Item(Base):
    title: str
#- app/models.py
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()

class Row(Base):
    __tablename__ = "row"
    id = Column(Integer, primary_key=True)
    title = Column(String)
#- app/crud.py
from app.models import Row

def create(values):
    return Row(CALL)
"""


def layers(parameter: str, given: str, call: str, extra: str = "'ignore'") -> str:
    return LAYERS.replace("PARAMETER", parameter).replace("GIVEN", given).replace("CALL", call).replace("EXTRA", extra)


def test_through_a_repository() -> None:
    (found,) = assert_finds("SW304", layers("request: Request", "await request.json()", "«**values»"))
    assert [one.owner for one in found.finding.related] == ["app.main.create"]
    assert_finds("SW304", layers("payload: dict", "payload", "«**values»"))
    assert_silent("SW304", layers("payload: Item", "payload.model_dump()", "**values"))
    assert_silent("SW304", layers("payload: dict", "{'title': payload['title']}", "**values"))
    assert_silent("SW304", layers("name: str = Form()", "{'title': name}", "**values"))
    assert_silent("SW304", layers("name: str = Body()", "{'title': name}", "**values"))
    assert_silent("SW304", layers("payload: dict", "Item(**payload).model_dump()", "**values"))


# -- fixes ------------------------------------------------------------------------------------------------------------


def fixed(before: str, after: str) -> None:
    models = """
#- models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase): ...


class Pair(Base):
    __tablename__ = "pair"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    year: Mapped[int]
    owner_id: Mapped[int]


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    year: Mapped[int | None]
    is_admin: Mapped[bool]
    shelf: Mapped["Pair"] = relationship()
#- schemas.py
from pydantic import BaseModel, ConfigDict


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    title: str
    year: int
    colour: str
"""
    head = "from fastapi import FastAPI\nfrom sqlalchemy import update\nfrom models import Book, Pair\nfrom schemas import Open\n\napp = FastAPI()\n\n\n"
    assert_fixes("SW304", f"{head}@app.post('/')\n{before}{models}", f"{head}@app.post('/')\n{after}\n")


def test_required_columns_are_named() -> None:
    fixed(
        "def f(data: dict):\n    return Pair(**data)  # as sent",
        'def f(data: dict):\n    return Pair(title=data["title"], year=data["year"])  # as sent',
    )


def test_columns_that_may_be_left_out_are_taken_if_they_are_there() -> None:
    fixed(
        "def f(data: dict):\n    return Book(**data)",
        'def f(data: dict):\n    return Book(**{name: data[name] for name in ("title", "year") if name in data})',
    )
    fixed(
        "def f(data: dict):\n    return update(Book).values(data)",
        'def f(data: dict):\n    return update(Book).values({name: data[name] for name in ("title", "year") if name in data})',
    )


def test_an_open_schema_gives_the_fields_that_it_declares() -> None:
    fixed(
        "def f(data: Open):\n    return Book(**data.model_dump(exclude_unset=True))",
        'def f(data: Open):\n    return Book(**data.model_dump(exclude_unset=True, include={"title", "year"}))',
    )


def test_loops_let_only_columns_through() -> None:
    fixed(
        "def f(data: dict):\n\tbook = Book()\n\tfor key, value in data.items():\n\t\t# one by one\n\t\tsetattr(book, key, value)",
        "def f(data: dict):\n\tbook = Book()\n\tfor key, value in data.items():\n\t\t# one by one\n"
        '\t\tif key in ("title", "year"):\n\t\t\tsetattr(book, key, value)',
    )


def test_a_body_that_is_read_in_place_has_no_fix() -> None:
    text = f"{HEAD}@app.post('/')\nasync def f(request: Request):\n    return Book(**await request.json())\n"
    (found,) = Folder(plain(text)).findings("SW304")
    assert found.finding.fixes == ()


SERVED = """
from fastapi import FastAPI
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

app = FastAPI()


class Base(DeclarativeBase): ...


class Reader(Base):
    __tablename__ = "reader"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    town: Mapped[str | None]
    is_admin: Mapped[bool]


def shown(reader: Reader) -> list:
    return [reader.name, reader.town, reader.is_admin]


@app.post("/new")
def create(data: dict) -> list:
    return shown(Reader(**data))


@app.post("/change")
def change(data: dict) -> list:
    reader = Reader(name="a", is_admin=False)
    for key, value in data.items():
        setattr(reader, key, value)
    return shown(reader)
"""


def test_the_mended_handlers_leave_the_other_columns_alone() -> None:
    sent = {"name": "b", "is_admin": True}
    with imported(plain(SERVED)) as before, imported(mended("SW304", SERVED)) as after:
        old, new = TestClient(before.app), TestClient(after.app)
        assert [old.post(path, json=sent).json() for path in ("/new", "/change")] == [["b", None, True]] * 2
        assert new.post("/new", json=sent).json() == ["b", None, None]
        assert new.post("/change", json=sent).json() == ["b", None, False]
        assert new.post("/change", json={"town": "x"}).json() == ["a", "x", False]
