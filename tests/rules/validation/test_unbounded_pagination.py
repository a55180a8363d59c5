"""SW307: page sizes that the client chooses without an upper bound."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from support.marked import assert_finds, assert_fixes, assert_silent
from support.serving import imported, mended

HEAD = """
from typing import Annotated, Optional
import asyncpg
from fastapi import APIRouter, Depends, FastAPI, Header, Path, Query
from pydantic import Field, PositiveInt, conint
from sqlalchemy import select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

app = FastAPI()


class Base(DeclarativeBase): ...


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)


def get_db() -> Session: ...


def check_size(number): ...


"""


def handler(parameters: str, body: str, path: str = "/") -> str:
    return f"{HEAD}@app.get('{path}')\ndef read({parameters}, db: Session = Depends(get_db)):\n    {body}\n"


QUERY = "return db.scalars(select(Book).limit(limit)).all()"

FOUND = [
    ("«limit: int»", QUERY),
    ("«limit: int = 10»", QUERY),
    ("«limit: Optional[int] = None»", QUERY),
    ("«limit: int | None = None»", QUERY),
    ("«limit: int = Query(10)»", QUERY),
    ("«limit: int = Query(10, ge=1)»", QUERY),
    ("«limit: Annotated[int, Query(ge=1)] = 10»", QUERY),
    ("«limit: PositiveInt = 10»", QUERY),
    ("«limit: int = 10»", "return db.query(Book).limit(limit or 10).all()"),
    ("«limit: int = 10»", "rows = select(Book).limit(limit + 1)\n    return db.scalars(rows).all()"),
    ("skip: int = 0, «size: int = 10»", "return db.query(Book)[skip : skip + size]"),
    ("«limit: int = 10»", "return db.execute(text('SELECT 1 FROM book LIMIT :limit'), {'limit': limit}).all()"),
    ("«count: int = 10»", "return db.execute(text('SELECT 1 FROM book LIMIT :n').bindparams(n=count)).all()"),
    ("«n: int»", "return db.execute(text(f'SELECT 1 FROM book LIMIT {n}')).all()"),
    ("«limit: int = 10»", "if limit < 1:\n        raise ValueError\n    " + QUERY),
    ("page: int = 1, «size: int = 10»", "return db.query(Book)[(page - 1) * size : page * size]"),
    ("page: int = 0, «size: int = 10»", "return db.query(Book)[page * size : (page + 1) * size]"),
    ("«limit: int = 10»", "return list(range(limit))"),
    ("page: int = 1, «size: int = 10»", "return list(range(size * (page - 1), size * page))"),
    ("«limit: int = 10»", "return tuple(range(0, limit, 2))"),
    ("skip: int = 0, «size: int = 10»", "return [str(one) for one in range(skip, skip + size)]"),
]


@pytest.mark.parametrize(("parameters", "body"), FOUND)
def test_the_clients_number_limits_a_query(parameters: str, body: str) -> None:
    assert_finds("SW307", handler(parameters, body))


SILENT = [
    ("limit: int = Query(10, le=100)", QUERY),
    ("limit: int = Query(10, lt=101)", QUERY),
    ("limit: Annotated[int, Query(le=100)] = 10", QUERY),
    ("limit: Annotated[int, Field(le=100)] = 10", QUERY),
    ("limit: Annotated[int, bounded] = 10", QUERY),
    ("limit: Annotated[int, Query(**bounds)] = 10", QUERY),
    ("limit: conint(le=100) = 10", QUERY),
    ("limit: str", QUERY),
    ("limit: int = Depends(check_size)", QUERY),
    ("limit: int = 10", "return db.scalars(select(Book).limit(min(limit, 100))).all()"),
    ("limit: int = 10", "limit = min(limit, 100)\n    " + QUERY),
    ("limit: int = 10", "if limit > 100:\n        raise ValueError\n    " + QUERY),
    ("limit: int = 10", "if not 0 < limit <= 100:\n        raise ValueError\n    " + QUERY),
    ("limit: int = 10", "check_size(limit)\n    " + QUERY),
    ("limit: int = 10", "return {'limit': limit}"),
    ("limit: int = 10", "return db.scalars(select(Book).where(Book.id == limit)).all()"),
    ("limit: int = 10", "return [1, 2, 3][:limit]"),
    ("page: int = 1", "return db.query(Book)[(page - 1) * 20 : page * 20]"),
    ("page: int = 1", "return list(range((page - 1) * 20, page * 20))"),
    ("limit: int = 10", "return list(range(min(limit, 100)))"),
    ("limit: int = Query(10, lt=101)", "return list(range(limit))"),
    ("limit: int = 10", "return 3 in range(limit)"),
    ("limit: int = 10", "return {'last': range(limit)[-1]}"),
    ("limit: int = 10", "return any(check_size(one) for one in range(limit))"),
    ("limit: int = 10", "return db.execute(text('SELECT 1 FROM book'), {'limit': limit}).all()"),
    ("limit: int = 10", "return unknown(limit=limit)"),
]


@pytest.mark.parametrize(("parameters", "body"), SILENT)
def test_bounded_numbers_and_numbers_that_limit_nothing(parameters: str, body: str) -> None:
    assert_silent("SW307", handler(parameters, body))


def test_numbers_of_the_path_are_no_page_sizes() -> None:
    assert_silent("SW307", handler("limit: int", QUERY, "/{limit}"))


def test_a_function_that_is_no_handler() -> None:
    assert_silent("SW307", HEAD + "def read(limit: int, db: Session):\n    " + QUERY)


LAYERS = """
#- app/main.py
from app.routing import router
from app.services import Library
from app.types import Limit
from fastapi import Depends


@router.get("/books")
async def list_books(PARAMETER, library: Library = Depends()):
    return await library.books(limit, newest=True)
#- app/routing.py
from fastapi import APIRouter
router = APIRouter()
#- app/types.py
from typing import Annotated
from fastapi import Query
Bounded = Annotated[int, Query(le=50)]
Limit = ALIAS
#- app/services.py
from app import repository

class Library:
    async def books(self, limit: int, newest: bool):
        return await repository.newest(count=limit)
#- app/repository.py
from sqlalchemy import select

async def newest(count: int):
    QUERY
"""


def layers(parameter: str, alias: str, query: str = "return select(1).limit(count)") -> str:
    return LAYERS.replace("PARAMETER", parameter).replace("ALIAS", alias).replace("QUERY", query)


@pytest.mark.parametrize("alias", ["int", "Annotated[int, Query(ge=1)]", "Annotated[int | None, Query()]"])
def test_through_layers_and_aliases(alias: str) -> None:
    assert_finds("SW307", layers("«limit: Limit»", alias))


@pytest.mark.parametrize(
    "alias", ["Bounded", "Annotated[int, Query(le=9)]", "Annotated[int, unknown]", "elsewhere.Limit"]
)
def test_aliases_that_bound_or_may(alias: str) -> None:
    assert_silent("SW307", layers("limit: Limit", alias))


@pytest.mark.parametrize(
    "query",
    [
        "return select(1).limit(min(count, 9))",
        "count = min(count, 9)\n    return select(1).limit(count)",
        "return select(1).limit(9), count",
        "return await elsewhere(count)",
    ],
)
def test_layers_that_bound_or_limit_nothing(query: str) -> None:
    assert_silent("SW307", layers("limit: int", "int", query))


REST = """
#- paging.py
from rest_framework.pagination import LimitOffsetPagination, PageNumberPagination
{}
#- base.py
from rest_framework import pagination

class Bounded(pagination.PageNumberPagination):
    max_page_size = 50
"""


@pytest.mark.parametrize(
    "paging",
    [
        "class Pages(PageNumberPagination):\n    «page_size_query_param = 'size'»\n    page_size = 5",
        "class Pages(«LimitOffsetPagination»):\n    default_limit = 5",
    ],
)
def test_paginators_of_rest_framework(paging: str) -> None:
    assert_finds("SW307", REST.replace("{}", paging))


@pytest.mark.parametrize(
    "paging",
    [
        "class Pages(PageNumberPagination):\n    page_size = 5",
        "class Pages(PageNumberPagination):\n    page_size_query_param = None",
        "class Pages(PageNumberPagination):\n    page_size_query_param = 'size'\n    max_page_size = 9",
        "from base import Bounded\nclass Pages(Bounded):\n    page_size_query_param = 'size'",
        "class Pages(PageNumberPagination):\n    page_size_query_param = 's'\n    def get_page_size(self, request): return 5",
        "class Pages(LimitOffsetPagination):\n    max_limit = 9",
        "from elsewhere import Mixin\nclass Pages(Mixin, LimitOffsetPagination):\n    default_limit = 9",
    ],
)
def test_paginators_that_are_bounded_or_may_be(paging: str) -> None:
    assert_silent("SW307", REST.replace("{}", paging))


# -- fixes ------------------------------------------------------------------------------------------------------------


def fixed(before: str, after: str, imports: str, new_imports: str) -> None:
    body = "\n    return select(1).limit(limit)\n"
    head = (
        "from fastapi import {}\nfrom sqlalchemy import select\n\napp = FastAPI()\n\n\n@app.get('/')\ndef read({}):"
        + body
    )
    standard, _, names = new_imports.rpartition("|")
    expected = head.format(names, after)
    assert_fixes("SW307", head.format(imports, before), f"{standard}\n\n{expected}" if standard else expected)


ANNOTATED = "from typing import Annotated|FastAPI, Query"


@pytest.mark.parametrize(
    ("before", "after", "imports", "new_imports"),
    [
        ("limit: int = 10", "limit: Annotated[int, Query(ge=1, le=100)] = 10", "FastAPI", ANNOTATED),
        ("limit: int = 0", "limit: Annotated[int, Query(ge=0, le=100)] = 0", "FastAPI", ANNOTATED),
        ("limit: int = -1", "limit: Annotated[int, Query(le=100)] = -1", "FastAPI", ANNOTATED),
        ("limit: int = 500", "limit: Annotated[int, Query(ge=1, le=500)] = 500", "FastAPI", ANNOTATED),
        ("limit: int", "limit: Annotated[int, Query(ge=1, le=100)]", "FastAPI", ANNOTATED),
        ("limit: int = Query(10)", "limit: int = Query(10, ge=1, le=100)", "FastAPI, Query", "FastAPI, Query"),
        ("limit: int = Query()", "limit: int = Query(ge=1, le=100)", "FastAPI, Query", "FastAPI, Query"),
        ("limit: int = Query(10, gt=0)", "limit: int = Query(10, gt=0, le=100)", "FastAPI, Query", "FastAPI, Query"),
        (
            "limit: int = 10, q: str = Query('')",
            "limit: int = Query(10, ge=1, le=100), q: str = Query('')",
            "FastAPI, Query",
            "FastAPI, Query",
        ),
        (
            "q: str = Query(''), *, limit: int",
            "q: str = Query(''), *, limit: int = Query(ge=1, le=100)",
            "FastAPI, Query",
            "FastAPI, Query",
        ),
    ],
)
def test_the_bound_is_written_as_the_file_writes_such(before: str, after: str, imports: str, new_imports: str) -> None:
    fixed(before, after, imports, new_imports)


def test_annotated_parameters_get_the_bound_within() -> None:
    text = "from typing import Annotated\n\nfrom fastapi import FastAPI, Query\nfrom sqlalchemy import select\n\napp = FastAPI()\n\n\n"
    text += "@app.get('/')\ndef read(\n    limit: {} = 10,  # per page\n):\n    return select(1).limit(limit)\n"
    assert_fixes(
        "SW307",
        text.format("Annotated[int, Query(description='rows')]"),
        text.format("Annotated[int, Query(description='rows', ge=1, le=100)]"),
    )


def test_paginators_get_a_largest_page() -> None:
    head = "from rest_framework.pagination import PageNumberPagination\n\n\nclass Pages(PageNumberPagination):\n"
    after = head + "\tpage_size_query_param = 'size'  # as before\n\tmax_page_size = 100\n\tpage_size = 5\n"
    assert_fixes("SW307", after.replace("\tmax_page_size = 100\n", ""), after)


def test_the_mended_handler_refuses_what_is_too_much() -> None:
    text = """
        from fastapi import FastAPI
        from sqlalchemy import select

        app = FastAPI()


        @app.get("/")
        def read(limit: int = 20):
            return str(select(1).limit(limit).compile(compile_kwargs={"literal_binds": True}))
        """
    with imported(mended("SW307", text)) as module:
        client = TestClient(module.app)
        assert client.get("/").json().endswith("LIMIT 20")
        assert client.get("/?limit=100").json().endswith("LIMIT 100")
        assert client.get("/?limit=101").status_code == client.get("/?limit=0").status_code == 422
