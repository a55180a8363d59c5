"""SW301: a handler's body that nobody validates."""

from __future__ import annotations

import pytest

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse

HEAD = """
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Dict, List, Optional, TypedDict
from fastapi import APIRouter, Body, Depends, FastAPI, Form, Header, Query, Request
from pydantic import BaseModel, RootModel

app = FastAPI()


class Book(BaseModel):
    title: str


class Books(RootModel[list[Book]]):
    pass


class Shape(TypedDict):
    title: str


@dataclass
class Point:
    x: int


def provide() -> dict:
    return {}


@app.post("/books/{key}")
def create({}):
    return store(payload, first, second, tags)
"""

FOUND = [
    "«payload: dict»",
    "«payload: Dict»",
    "«payload: dict[str, Any]»",
    "«payload: Dict[str, object]»",
    "«payload: Mapping»",
    "«payload: list»",
    "«payload: List[dict]»",
    "«payload: list[dict[str, Any]]»",
    "«payload: Optional[dict]» = None",
    "«payload: dict | None» = None",
    "«payload: Any» = Body(...)",
    "«payload»=Body()",
    "«payload: Annotated[dict, Body()]»",
    "«payload: Annotated[Any, Body(embed=True)]»",
    "key: int, «first: dict», «second: dict»",
]


@pytest.mark.parametrize("parameters", FOUND)
def test_bodies_that_let_anything_through(parameters: str) -> None:
    assert_finds("SW301", HEAD.replace("create({})", f"create({parameters})"))


SILENT = [
    "payload: Book",
    "payload: list[Book]",
    "payload: Books",
    "payload: Shape",
    "payload: Point",
    "payload: dict[str, int]",
    "payload: list[str]",
    "payload: Book | None = None",
    "tags: list[str] = Query()",
    "tags: Annotated[list, Query()]",
    "payload: Any",
    "payload",
    "key",
    "payload: dict = Depends(provide)",
    "payload: Annotated[dict, Depends(provide)]",
    "request: Request",
    "count: int = Body()",
    "name: str = Form()",
]


@pytest.mark.parametrize("parameters", SILENT)
def test_bodies_that_are_validated_and_what_is_no_body(parameters: str) -> None:
    assert_silent("SW301", HEAD.replace("create({})", f"create({parameters})"))


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ("return payload['title']", "error"),
        ("for key in payload:\n        print(key)", "error"),
        ("return store(**payload)", "error"),
        ("return payload.get('title') or {**payload}", "error"),
        ("return store(payload)", "warning"),
        ("return store(values=payload)", "warning"),
        ("return store({**saved(), **payload})", "warning"),
        ("payload = payload or {}\n    return store(payload)", "warning"),
        ("return invalidate(payload)", "warning"),
        ("made = {'kept': payload}\n    shop = open_shop(made)\n    return validate(shop)", "error"),
        ("checked = validate(saved())\n    return store(payload, checked)", "warning"),
        ("return validate(payload['title'])", "error"),
    ],
)
def test_a_body_that_is_only_handed_on_may_be_free_on_purpose(body: str, severity: str) -> None:
    source = HEAD.replace("create({})", "create(«payload: dict[str, Any]» = Body(...))").replace(
        "return store(payload, first, second, tags)", body
    )
    [found] = assert_finds("SW301", source)
    assert found.severity == severity


@pytest.mark.parametrize(
    "body",
    [
        "return 1",
        "return validate(values=payload)",
        "return is_valid({**saved(), **payload})",
        "payload = payload or {}\n    return schema.validate(payload)",
        "made = hydrate(payload, context)\n    return check(made, validate(made, schema))",
        "return make_book(payload)",
        "return make_book(saved() | payload)",
        "return add_checked('x', payload)",
        "shelf = Shelf()\n    return shelf.add(book=payload)",
    ],
)
def test_a_body_that_nobody_reads_or_that_is_validated_later(body: str) -> None:
    source = HEAD.replace("create({})", "create(payload: dict[str, Any] = Body(...))")
    source = source.replace("return store(payload, first, second, tags)", body).replace(
        "app = FastAPI()", "from shelves import Shelf, add_checked, add_unchecked, make_book\n\napp = FastAPI()"
    )
    shelves = """
#- shelves.py
import jsonschema
from pydantic import BaseModel, TypeAdapter

BOOKS = TypeAdapter(dict[str, str])


class Book(BaseModel):
    title: str


class Shelf:
    def add(self, book):
        BOOKS.validate_python(book)


def make_book(values: dict) -> Book:
    return Book(**values)


def add_checked(shelf, values):
    return _check(values, shelf)


def _check(values, shelf):
    jsonschema.validate(values, {})


def add_unchecked(shelf, values):
    return _check(shelf, values["title"])
"""
    assert_silent("SW301", source + shelves)
    assert_finds(
        "SW301",
        source.replace("payload: dict[str, Any]", "«payload: dict[str, Any]»").replace(
            body, "return add_unchecked('x', payload)"
        )
        + shelves,
    )


def test_apps_of_tests_may_take_what_they_like() -> None:
    assert_silent("SW301", "#- tests/fixtures/storage.py\n" + HEAD.replace("create({})", "create(payload: dict)"))


def test_a_function_that_is_no_handler() -> None:
    assert_silent("SW301", "def create(payload: dict):\n    return payload['name']\n")


def test_aliases_and_routers_of_other_modules() -> None:
    assert_finds(
        "SW301",
        """
        from common import Payload, router as api

        @api.put("/books")
        async def change(«payload: Payload»):
            return payload
        #- common.py
        from typing import Annotated, Any
        from fastapi import APIRouter, Body

        router = APIRouter()
        Json = dict[str, Any]
        Payload = Annotated[Json, Body()]
        """,
    )


SHARED = """
#- shared.py
from dataclasses import dataclass
from typing import Annotated, Any, Optional, TypedDict
from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel

class Book(BaseModel):
    title: str

class Shape(TypedDict):
    title: str

@dataclass
class Point:
    x: int

def given() -> dict:
    return {}

router = APIRouter()
Anything = Any
Json = dict[str, Any]
Maybe = Optional[Json]
Many = list[Json]
Sent = Annotated[Json, Body(embed=True)]
Typed = dict[str, int]
Given = Annotated[dict, Depends(given)]
Sealed = Annotated[Book, Body()]
"""
OVER_FILES = "from fastapi import Body\nfrom shared import Anything, Book, Given, Json, Many, Maybe, Point, Sealed, Sent, Shape, Typed, router\n\n\n@router.post('/')\ndef create({}):\n    return store(payload)\n"


@pytest.mark.parametrize(
    "parameter",
    [
        "payload: Json",
        "payload: Maybe",
        "payload: Many",
        "payload: Sent",
        "payload: Anything = Body()",
        "payload: 'Json'",
    ],
)
def test_types_of_other_modules_that_let_anything_through(parameter: str) -> None:
    name, _, default = parameter.partition(" = ")
    assert_finds("SW301", OVER_FILES.format(f"«{name}»{' = ' if default else ''}{default}") + SHARED)


@pytest.mark.parametrize(
    "parameter",
    ["payload: Book", "payload: Shape", "payload: Point", "payload: Typed", "payload: Given", "payload: Sealed"],
)
def test_types_of_other_modules_that_say_what_fits(parameter: str) -> None:
    assert_silent("SW301", OVER_FILES.format(parameter) + SHARED)


def test_free_keys_with_typed_values_are_fine_until_they_are_read_by_name() -> None:
    text = """
        from fastapi import FastAPI
        app = FastAPI()
        @app.post("/")
        def create(«payload: dict[str, str]»):
            return payload["name"]
        """
    assert_finds("SW301", text)
    assert_silent("SW301", text.replace("«", "").replace("»", "").replace('payload["name"]', "payload.items()"))


# -- fixes ------------------------------------------------------------------------------------------------------------


def fixed(body: str, after: str, fields: str, imports: str = "from pydantic import BaseModel") -> None:
    before = f"from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/')\ndef create_order(«payload: dict»):\n    {body}\n"
    standard, _, library = imports.rpartition("\n")
    expected = (
        f"{standard}{chr(10) * 2 if standard else ''}from fastapi import FastAPI\n{library}\n\napp = FastAPI()\n\n\n"
        f"class CreateOrderRequest(BaseModel):\n{fields}\n\n\n@app.post('/')\n"
        f"def create_order(payload: CreateOrderRequest):\n    {after}\n"
    )
    assert_fixes("SW301", before, expected)


ANY = "from typing import Any\nfrom pydantic import BaseModel"


def test_the_types_come_from_the_use() -> None:
    fixed('return int(payload["a"])', "return payload.a", "    a: int")
    fixed('return float(payload["a"]) + float(payload["a"])', "return payload.a + payload.a", "    a: float")
    fixed('return payload["a"].strip()', "return payload.a.strip()", "    a: str")
    fixed('return payload["a"] == "x"', 'return payload.a == "x"', "    a: str")
    fixed('return payload["a"] > 3', "return payload.a > 3", "    a: int | float")
    fixed('return payload["a"]', "return payload.a", "    a: Any", ANY)
    fixed('return [x for x in payload["a"]]', "return [x for x in payload.a]", "    a: list[Any]", ANY)
    fixed(
        'return payload["a"]["b"], [payload["a"]]', 'return payload.a["b"], [payload.a]', "    a: dict[str, Any]", ANY
    )
    fixed('return payload["a"]["class"]', 'return payload.a["class"]', "    a: dict[str, Any]", ANY)
    fixed('a = payload["a"]\n    return a.strip()', "a = payload.a\n    return a.strip()", "    a: str")


def test_types_that_disagree_are_left_open() -> None:
    fixed(
        'return int(payload["a"]), payload["a"].strip()', "return int(payload.a), payload.a.strip()", "    a: Any", ANY
    )


def test_defaults_become_defaults() -> None:
    fixed('return payload.get("a", "x")', "return payload.a", '    a: str = "x"')
    fixed(
        'return payload.get("a", 3), payload["b"] == 1',
        "return payload.a, payload.b == 1",
        "    a: int = 3\n    b: int",
    )
    fixed('return payload.get("a")', "return payload.a", "    a: Any = None", ANY)
    fixed('return payload.get("a", [])', "return payload.a", "    a: list[Any] = []", ANY)


def test_keys_that_are_looked_for() -> None:
    fixed(
        'return payload["a"] if "a" in payload else None',
        'return payload.a if "a" in payload.model_fields_set else None',
        "    a: Any = None",
        ANY,
    )


def test_types_come_from_the_projects_own_functions_and_models() -> None:
    assert_fixes(
        "SW301",
        """
        import crud
        from fastapi import APIRouter
        from models import Book

        router = APIRouter()


        # books are added
        # by hand
        @router.post("/")
        @router.put("/")
        async def add(payload: dict):
            crud.find(payload["key"], name=payload["name"])
            return Book(year=payload["year"])  # née «Livre»
        #- crud.py
        def find(key: int, name: str): ...
        #- models.py
        from sqlalchemy.orm import DeclarativeBase, Mapped

        class Base(DeclarativeBase): ...

        class Book(Base):
            __tablename__ = "book"
            year: Mapped[int]
        """.replace("«Livre»", "Livre"),
        """
        import crud
        from fastapi import APIRouter
        from pydantic import BaseModel
        from models import Book

        router = APIRouter()


        class AddRequest(BaseModel):
            key: int
            name: str
            year: int


        # books are added
        # by hand
        @router.post("/")
        @router.put("/")
        async def add(payload: AddRequest):
            crud.find(payload.key, name=payload.name)
            return Book(year=payload.year)  # née Livre
        """,
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("payload: Annotated[dict, Body()]", "payload: Annotated[AddRequest, Body()]"),
        ("payload: dict = Body(...)", "payload: AddRequest = Body(...)"),
        ("payload=Body(embed=True)", "payload: AddRequest = Body(embed=True)"),
        ("payload: dict[str, Any]", "payload: AddRequest"),
    ],
)
def test_the_style_of_the_parameter_stays(before: str, after: str) -> None:
    head = "from typing import Annotated, Any\n\nfrom fastapi import Body, FastAPI\nfrom pydantic import BaseModel\n\napp = FastAPI()\n\n\n"
    assert_fixes(
        "SW301",
        f"{head}@app.post('/')\ndef add({before}):\n    return payload['a']\n",
        f"{head}class AddRequest(BaseModel):\n    a: Any\n\n\n@app.post('/')\ndef add({after}):\n    return payload.a\n",
    )


UNFIXABLE = [
    "return Book(**payload)",
    "return store(payload)",
    "payload['a'] = 1; return payload['a']",
    "payload = dict(payload); return payload['a']",
    "return payload",
    "return payload['a-b']",
    "return payload['class']",
    "return payload['json']",
    "return payload.get('a', 1), payload.get('a', 2)",
    "return payload.get('a', fallback)",
    "return payload[key]",
    "return [payload['a'] for payload in []]",
]


@pytest.mark.parametrize("body", UNFIXABLE)
def test_no_fix_where_a_model_cannot_take_the_dicts_place(body: str) -> None:
    text = f"from fastapi import FastAPI\napp = FastAPI()\n@app.post('/')\ndef add(payload: dict):\n    {body}\n"
    (found,) = Folder(parse(text).files).findings("SW301")
    assert found.finding.fixes == ()
