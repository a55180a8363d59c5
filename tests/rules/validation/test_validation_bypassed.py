"""SW305: models that are built without validation, of what a client sent."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from support.marked import assert_finds, assert_fixes, assert_silent
from support.serving import imported, mended

HEAD = """
import json
from typing import Any
from fastapi import APIRouter, Body, Depends, FastAPI, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy.orm import Session
from elsewhere import unknown

app = FastAPI()


class Book(BaseModel):
    title: str = Field(max_length=9)
    year: int = 0


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    title: str


class Page(BaseModel):
    cursor: str | None = Field(default=None, description="where to go on")
    author: str


class Strict(BaseModel):
    author: str

    @field_validator("author")
    @classmethod
    def _known(cls, value: str) -> str:
        return known(value)


class Own:
    @classmethod
    def model_construct(cls, **values): ...


class Careful(BaseModel):
    title: str

    @classmethod
    def construct(cls, **values):
        return cls.model_validate(values)


"""

FOUND = [
    "async def f(request: Request):\n    return Book.«model_construct»(**await request.json())",
    "async def f(request: Request):\n    data = await request.json()\n    return Book.«model_construct»(title=data['title'])",
    "async def f(request: Request):\n    data = json.loads(await request.body())\n    return Book.«construct»(**data)",
    "async def f(request: Request):\n    return Book.«model_construct»(title=request.headers['x'], year=1)",
    "def f(payload: dict):\n    return Book.«model_construct»(**payload)",
    "def f(payload: dict):\n    return Book.«model_construct»(title=payload.get('title'))",
    "def f(payload: Any = Body()):\n    return Book.«model_construct»(**payload)",
    "def f(title: str):\n    return Book.«model_construct»(title=title)",
    "def f(title: str = Header()):\n    return Book.«model_construct»(title=title.strip())",
    "def f(cursor: Any = Body()):\n    return Page.«model_construct»(cursor=cursor)",
    "def f(author: str | None = None):\n    return Page.«model_construct»(author=author)",
    "def f(author: str):\n    return Strict.«model_construct»(author=author)",
    "def f(payload: Open):\n    return Book.«model_construct»(**payload.model_dump())",
]


@pytest.mark.parametrize("function", FOUND)
def test_models_of_what_a_client_sent(function: str) -> None:
    assert_finds("SW305", f"{HEAD}@app.post('/')\n{function}\n")


SILENT = [
    "def f(cursor: str | None = Query(default=None)):\n    return Page.model_construct(cursor=cursor)",
    "def f(author: str):\n    return Page.model_construct(author=author, cursor=author)",
    "def f(payload: Book):\n    return Book.model_construct(**payload.model_dump())",
    "def f(payload: Book):\n    return Book.model_construct(title=payload.title)",
    "def f(year: int):\n    return Book.model_construct(year=year)",
    "def f():\n    return Book.model_construct(title='x', year=1)",
    "def f(db: Session = Depends(unknown)):\n    return Book.model_construct(title=db.scalar('select title'))",
    "def f(payload: dict):\n    return Book.model_validate(payload)",
    "def f(payload: dict):\n    return Book(**payload)",
    "def f(payload: dict):\n    return Own.model_construct(**payload)",
    "def f(payload: dict):\n    return Careful.construct(**payload)",
    "def f(payload: dict):\n    return unknown.model_construct(**payload)",
    "def f(payload: dict):\n    return Book.model_construct(title=unknown(payload))",
    "def f(payload: dict):\n    return Book.model_construct(year=int(payload['year']))",
    "def f(payload: dict):\n    return Book.model_construct(_fields_set=set(payload), title='')",
    "def f(payload: dict):\n    book = Book.model_validate(payload)\n    return Book.model_construct(**book.model_dump())",
    "def f(payload: dict):\n    book = Book.model_validate(payload)\n    return Book.model_construct(title=book.title)",
    "def f(kind: str):\n    if kind not in ('a', 'b'):\n        raise ValueError\n    return Book.model_construct(title=kind)",
]


@pytest.mark.parametrize("function", SILENT)
def test_validated_harmless_or_own(function: str) -> None:
    assert_silent("SW305", f"{HEAD}@app.post('/')\n{function}\n")


def test_a_function_that_nobody_calls_with_outside_data() -> None:
    assert_silent("SW305", HEAD + "def load(row: dict):\n    return Book.model_construct(**row)\n")


LAYERS = """
#- app/main.py
from app import service
from fastapi import FastAPI
from app.schemas import Book

app = FastAPI()

@app.post("/")
async def create(payload: KIND):
    return service.store(GIVEN)
#- app/schemas.py
from pydantic import BaseModel

class Base(BaseModel): ...

class Book(Base):
    title: str
#- app/service.py
from app.schemas import Book

def store(values: dict):
    return Book.CALL(**values)
"""


def test_through_a_service_of_another_module() -> None:
    text = LAYERS.replace("KIND", "dict").replace("GIVEN", "payload").replace("CALL", "«model_construct»")
    (found,) = assert_finds("SW305", text)
    assert [one.owner for one in found.finding.related] == ["app.main.create"]


def test_a_service_that_is_given_what_a_schema_has_validated() -> None:
    text = LAYERS.replace("KIND", "Book").replace("GIVEN", "payload.model_dump()").replace("CALL", "model_construct")
    assert_silent("SW305", text)


def test_tests_may_build_what_they_like() -> None:
    assert_silent(
        "SW305",
        f"#- tests/test_app.py\n{HEAD}@app.post('/')\ndef f(payload: dict):\n    return Book.construct(**payload)",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("model_construct(**payload)", "model_validate(payload)"),
        ("construct(title=payload['a'], year=1)", 'model_validate({"title": payload[\'a\'], "year": 1})'),
        ("model_construct(**payload, year=1)", 'model_validate({**payload, "year": 1})'),
    ],
)
def test_the_keywords_become_a_mapping(before: str, after: str) -> None:
    text = f"{HEAD.lstrip()}@app.post('/')\ndef f(payload: dict):\n    return Book.{{}}  # as sent\n"
    assert_fixes("SW305", text.replace("{}", before) if "{}" in text else text, text.replace("{}", after))


def test_the_mended_code_refuses_what_does_not_fit() -> None:
    text = f"{HEAD.replace('from elsewhere import unknown', '')}@app.post('/')\ndef f(payload: dict):\n    return Book.model_construct(**payload)\n"
    with imported(mended("SW305", text)) as module:
        assert module.f({"title": "x"}) == module.Book(title="x")
        with pytest.raises(ValidationError):
            module.f({"title": "far too long"})
