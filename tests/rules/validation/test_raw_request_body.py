"""SW302: a request's body used as it came."""

from __future__ import annotations

import pytest

from support.marked import assert_finds, assert_fixes, assert_silent

HEAD = """
import hmac
import json
import logging
from fastapi import FastAPI, Request
from pydantic import BaseModel, TypeAdapter
from sqlalchemy.orm import DeclarativeBase
from elsewhere import unknown

app = FastAPI()
log = logging.getLogger(__name__)


class Book(BaseModel):
    title: str


class Base(DeclarativeBase): ...


class Row(Base):
    __tablename__ = "row"


@app.post("/books")
async def create(request: Request):
    {}
"""

FOUND = [
    "data = «await request.json()»; return data['title']",
    "data = «await request.json()»; return data.get('title')",
    "data = «await request.form()»; return data['title']",
    "return («await request.json()»)['title']",
    "return Row(**«await request.json()»)",
    "data = «await request.json()»; log.info('%s', data); return data['title']",
    "body = «await request.body()»; data = json.loads(body); return data['title']",
    "body = «await request.body()»; hmac.new(b'', body); return json.loads(body)['title']",
    "if data := «await request.json()»: return data['title']",
    "data: dict = «await request.json()»; return [data['a'], data['b']]",
    "rows = «await request.json()»; return [row['title'] for row in rows]",
    "rows = «await request.json()»\n    for row in rows:\n        log.info(row.get('title'))",
    "body = «await request.body()»; return [Book.model_construct(**row) for row in json.loads(body)]",
]


@pytest.mark.parametrize("body", FOUND)
def test_keys_are_read_from_a_raw_body(body: str) -> None:
    assert_finds("SW302", HEAD.replace("{}", body, 1))


SILENT = [
    "return Book.model_validate(await request.json())",
    "data = await request.json(); return Book.model_validate(data)",
    "data = await request.json(); return Book(**data)",
    "rows = await request.json(); return [Book(**row) for row in rows]",
    "rows = await request.json(); return [row['title'] for row in rows if unknown(row)]",
    "rows = await request.json()\n    for row in rows:\n        Book.model_validate(row)",
    "rows = await request.json(); return [1 for row in rows]",
    "return TypeAdapter(Book).validate_python(await request.json())",
    "return Book.model_validate_json(await request.body())",
    "body = await request.body(); hmac.new(b'', body); return Book.model_validate_json(body)",
    "body = await request.body(); return Book.model_validate(json.loads(body))",
    "data = await request.json(); return unknown(data)",
    "data = await request.json(); unknown.load(data); return data['title']",
    "log.info('%s', await request.json())",
    "return len(await request.body())",
    "await request.json()",
    "data = await request.json(); assert isinstance(data['a'], str); return data['a']",
    "data = await request.form(); return str(data.get('title', '')).strip()",
    "return (await unknown.json())['title']",
]


@pytest.mark.parametrize("body", SILENT)
def test_validated_or_harmless(body: str) -> None:
    assert_silent("SW302", HEAD.replace("{}", body, 1))


def test_a_helper_of_another_module_reads_the_body() -> None:
    assert_finds(
        "SW302",
        """
        from fastapi import APIRouter, Request
        from reading import body_of

        router = APIRouter()

        @router.post("/")
        async def create(request: Request):
            data = «await body_of(request)»
            return data["title"]
        #- reading.py
        from starlette.requests import Request as Incoming

        async def body_of(request: Incoming):
            return await request.json()
        """,
    )


READING = """
#- reading.py
import json
from fastapi import Request
from pydantic import BaseModel, TypeAdapter
from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase): ...

class Row(Base):
    __tablename__ = "row"

class Book(BaseModel):
    title: str

class Incoming(Request): ...

async def body_of(request: Request):
    return await request.json()

async def book_of(request: Request) -> Book:
    return Book.model_validate(await request.json())

async def text_of(request: Request) -> str:
    return (await request.body()).decode()

def add(book): ...

BOOKS = TypeAdapter(list[Book])
"""
OVER_FILES = "from fastapi import APIRouter, Request\nimport json\nimport reading\nfrom reading import BOOKS, Book, Incoming, Row, add, body_of, book_of, text_of\n\nrouter = APIRouter()\n\n@router.post('/')\nasync def create(request: {}):\n    {}\n"


@pytest.mark.parametrize(
    ("request_class", "body"),
    [
        ("Incoming", "data = «await request.json()»; return data['title']"),
        ("Request", "data = «await reading.body_of(request)»; return data['title']"),
        ("Request", "return («await body_of(request)»)['title']"),
        ("Request", "return Row(**«await body_of(request)»)"),
        ("Incoming", "return Book.model_construct(**«await request.json()»)"),
        ("Request", "return [row['title'] for row in «await body_of(request)»]"),
    ],
)
def test_keys_are_read_that_others_have_fetched(request_class: str, body: str) -> None:
    assert_finds("SW302", OVER_FILES.format(request_class, body) + READING)


@pytest.mark.parametrize(
    "body",
    [
        "book = await book_of(request); return book.title",
        "return BOOKS.validate_python(await body_of(request))",
        "data = await body_of(request); return Book(**data)",
        "return reading.Book.model_validate(await body_of(request))",
        "data = await body_of(request); add(data); return data['title']",
        "return (await text_of(request)).strip()",
        "data = await body_of(request); return len(data)",
    ],
)
def test_bodies_that_others_have_validated_or_may_validate(body: str) -> None:
    assert_silent("SW302", OVER_FILES.format("Request", body) + READING)


def test_the_request_gives_way_to_a_model() -> None:
    assert_fixes(
        "SW302",
        """
        from fastapi import FastAPI, Request

        app = FastAPI()


        @app.post("/books")
        async def create_book(request: Request, draft: bool = False):
            # the publisher's own format
            data = await request.json()
            return {"title": data["title"].strip(), "year": data.get("year", 1900)}
        """,
        """
        from fastapi import FastAPI, Request
        from pydantic import BaseModel

        app = FastAPI()


        class CreateBookRequest(BaseModel):
            title: str
            year: int = 1900


        @app.post("/books")
        async def create_book(data: CreateBookRequest, draft: bool = False):
            # the publisher's own format
            return {"title": data.title.strip(), "year": data.year}
        """,
    )


def test_a_request_that_is_used_elsewhere_stays() -> None:
    assert_fixes(
        "SW302",
        """
        from fastapi import FastAPI, Request
        from pydantic import BaseModel

        app = FastAPI()


        @app.post("/books")
        async def create(request: Request):
            data = await request.json()
            return data["title"] == "x", request.url
        """,
        """
        from fastapi import FastAPI, Request
        from pydantic import BaseModel

        app = FastAPI()


        class CreateRequest(BaseModel):
            title: str


        @app.post("/books")
        async def create(data: CreateRequest, request: Request):
            return data.title == "x", request.url
        """,
    )


def test_columns_tell_the_types() -> None:
    assert_fixes(
        "SW302",
        """
        from fastapi import FastAPI, Request
        from models import Order

        app = FastAPI()


        @app.post("/payments")
        async def paid(request: Request):
            data = await request.json()
            return Order.id == data["order_id"], Order(state=data["state"])
        #- models.py
        from sqlalchemy import Column, Integer, String
        from sqlalchemy.orm import declarative_base

        Base = declarative_base()


        class Order(Base):
            __tablename__ = "order"
            id = Column(Integer, primary_key=True)
            state = Column("status", String(20))
        """,
        """
        from fastapi import FastAPI, Request
        from pydantic import BaseModel
        from models import Order

        app = FastAPI()


        class PaidRequest(BaseModel):
            order_id: int
            state: str


        @app.post("/payments")
        async def paid(data: PaidRequest):
            return Order.id == data.order_id, Order(state=data.state)
        """,
    )


@pytest.mark.parametrize("path", ["tests/stand_in.py", "mocks/payments.py"])
def test_a_stand_in_for_tests_is_served_to_nobody(path: str) -> None:
    text = (
        "from fastapi import FastAPI, Request\n\napp = FastAPI()\n\n@app.post('/')\nasync def pay(request: Request):\n"
    )
    text += "    data = await request.json()\n    return data['amount']\n"
    assert_silent("SW302", f"#- {path}\n{text}")
    assert_finds("SW302", f"#- shop/payments.py\n{text}".replace("await request.json()", "«await request.json()»"))
