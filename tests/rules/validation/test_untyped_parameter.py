"""SW306: parameters that FastAPI reads from the URL or a header, without a type."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from support.marked import assert_finds, assert_fixes, assert_silent
from support.serving import imported, mended, plain

HEAD = """
from typing import Annotated
from fastapi import APIRouter, Body, Cookie, Depends, FastAPI, Header, Path, Query, Request, WebSocket
from starlette.applications import Starlette

app = FastAPI()
site = Starlette()


def provide(): ...


"""

FOUND = [
    "@app.get('/{key}')\ndef read(«key»): ...",
    "@app.get('/{key:path}')\nasync def read(«key»): ...",
    "@app.get('/')\ndef read(«q»): ...",
    "@app.get('/')\ndef read(«q=None»): ...",
    "@app.get('/')\ndef read(*, «page=1»): ...",
    "@app.get('/')\ndef read(«q=Query(None, max_length=5)»): ...",
    "@app.get('/')\ndef read(«token=Header()»): ...",
    "@app.get('/')\ndef read(«session=Cookie('')»): ...",
    "@app.get('/{key}')\ndef read(«key=Path(ge=1)»): ...",
    "@app.get('/')\nasync def read(«request»):\n    return request.headers",
    "@app.api_route('/{key}', methods=['GET', 'PUT'])\n@app.get('/other/{key}')\ndef read(«key», part: int): ...",
    "@app.websocket('/ws/{room}')\nasync def talk(socket: WebSocket, «room»): ...",
    "@app.get('/{key}')\n@unknown.limit('5/minute')\ndef read(request: Request, «key», rest): ...",
]


@pytest.mark.parametrize("handler", FOUND)
def test_parameters_without_a_type(handler: str) -> None:
    assert_finds("SW306", HEAD + handler)


SILENT = [
    "@app.get('/{key}')\ndef read(key: int): ...",
    "@app.get('/')\ndef read(q: str | None = None): ...",
    "@app.get('/')\ndef read(q: Annotated[str, Query()]): ...",
    "@app.get('/')\ndef read(user=Depends(provide)): ...",
    "@app.post('/')\ndef create(payload=Body()): ...",
    "@app.get('/')\ndef read(request: Request): ...",
    "@app.get('/')\ndef read(*args, **options): ...",
    "@app.get('/')\n@unknown.inject\ndef read(service=unknown.Provide()): ...",
    "@app.get('/')\n@unknown.wraps\ndef read(service): ...",
    "@app.get('/')\ndef read(service=unknown.Provide()): ...",
    "@app.route('/')\nasync def page(request): ...",
    "@site.route('/{key}')\nasync def page(request): ...",
    "@app.exception_handler(ValueError)\nasync def fail(request, error): ...",
    "@app.middleware('http')\nasync def pass_on(request, call_next): ...",
    "@app.websocket_route('/ws')\nasync def talk(socket): ...",
    "@unknown.get('/{key}')\ndef read(key): ...",
    "def helper(key, page=1): ...",
]


@pytest.mark.parametrize("handler", SILENT)
def test_typed_provided_or_no_handlers(handler: str) -> None:
    assert_silent("SW306", HEAD + handler)


def test_a_method_does_not_type_itself() -> None:
    assert_silent(
        "SW306", HEAD + "class Api:\n    @app.get('/{key}')\n    def read(self, key: int):\n        return key\n"
    )


def test_routers_of_other_modules() -> None:
    assert_finds(
        "SW306",
        """
        from api import router as books

        PATH = "/books/{key}"

        @books.put(PATH)
        def change(«key»):
            return key
        #- api/__init__.py
        from api.routing import router
        #- api/routing.py
        from fastapi import APIRouter

        class Router(APIRouter): ...

        router = Router()
        """,
    )


def test_a_mapping_named_router_of_another_module_is_none() -> None:
    assert_silent(
        "SW306",
        """
        from registry import router

        @router.get("/{key}")
        def read(key): ...
        #- registry.py
        class Registry:
            def get(self, name):
                return lambda function: function

        router = Registry()
        """,
    )


def test_apps_in_tests() -> None:
    assert_silent("SW306", "#- tests/test_app.py\n" + HEAD + "@app.get('/{key}')\ndef read(key): ...")


# -- fixes ------------------------------------------------------------------------------------------------------------


def fixed(handler: str, after: str, imports: str = "from fastapi import FastAPI, Header, Query\n") -> None:
    head = "from fastapi import FastAPI, Header, Query\n\napp = FastAPI()\n\n\n"
    assert_fixes("SW306", head + handler, imports + head.partition("\n")[2] + after)


def test_converters_of_the_path() -> None:
    fixed("@app.get('/{key:int}')\ndef read(«key»): ...", "@app.get('/{key:int}')\ndef read(key: int): ...")
    fixed("@app.get('/{key:path}')\ndef read(«key»): ...", "@app.get('/{key:path}')\ndef read(key: str): ...")
    fixed(
        "@app.get('/{key:uuid}')\ndef read(«key»): ...",
        "@app.get('/{key:uuid}')\ndef read(key: UUID): ...",
        "from uuid import UUID\n\nfrom fastapi import FastAPI, Header, Query\n",
    )


def test_defaults_and_limits() -> None:
    fixed(
        "@app.get('/')\ndef read(«draft=False», «name='x'»): ...",
        "@app.get('/')\ndef read(draft: bool = False, name: str = 'x'): ...",
    )
    fixed("@app.get('/')\ndef read(«page=-1»): ...", "@app.get('/')\ndef read(page: int = -1): ...")
    fixed(
        "@app.get('/')\ndef read(«page=Query(1, le=9)»): ...",
        "@app.get('/')\ndef read(page: int = Query(1, le=9)): ...",
    )
    fixed("@app.get('/')\ndef read(«page = Query(le=9)»): ...", "@app.get('/')\ndef read(page: int = Query(le=9)): ...")
    fixed(
        "@app.get('/')\ndef read(«token=Header(None)»): ...",
        "@app.get('/')\ndef read(token: str | None = Header(None)): ...",
    )
    fixed("@app.get('/')\ndef read(«q»  # the query\n): ...", "@app.get('/')\ndef read(q: str  # the query\n): ...")


def test_uses() -> None:
    fixed(
        "@app.get('/{key}')\ndef read(«key»):\n    return int(key)",
        "@app.get('/{key}')\ndef read(key: int):\n    return int(key)",
    )
    fixed(
        "@app.get('/')\ndef read(«key=None»):\n    return int(key), key.strip()",
        "@app.get('/')\ndef read(key: str | None = None):\n    return int(key), key.strip()",
    )
    fixed(
        "@app.get('/')\nasync def read(«request»):\n    return await request.json()",
        "@app.get('/')\nasync def read(request: Request):\n    return await request.json()",
        "from fastapi import FastAPI, Header, Query, Request\n",
    )


MODELS = """#- models.py
from uuid import UUID

from sqlalchemy import BigInteger, Column
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase): ...


class Book(Base):
    __tablename__ = "book"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    shelf_id = Column(BigInteger)
#- crud.py
def by_year(db, year: int): ...
"""


@pytest.mark.parametrize(
    ("use", "kind", "imports"),
    [
        ("select(Book).where(Book.shelf_id == key)", "int", ""),
        ("db.get(Book, key)", "UUID", "from uuid import UUID\n"),
        ("by_year(db, key)", "int", ""),
        ("by_year(db, year=key)", "int", ""),
        ("Book(shelf_id=key)", "int", ""),
        ("print(key)", "str", ""),
    ],
)
def test_columns_and_functions_of_other_modules(use: str, kind: str, imports: str) -> None:
    text = "from fastapi import FastAPI\nfrom sqlalchemy import select\nfrom crud import by_year\nfrom models import Book\n"
    text += f"from database import db\n\napp = FastAPI()\n\n\n@app.get('/{{key}}')\ndef read(KEY):\n    return {use}\n"
    after = imports + ("\n" if imports else "") + text.replace("KEY", f"key: {kind}")
    assert_fixes("SW306", text.replace("KEY", "«key»") + MODELS, after)


def test_the_mended_handler_gets_what_its_code_expects() -> None:
    text = """
        from fastapi import FastAPI

        app = FastAPI()


        @app.get("/{shelf:int}/{name}")
        def read(«shelf», «name», «page=1», «q=None»):
            return [type(one).__name__ for one in (shelf, name, page, q)]
        """
    with imported(plain(text)) as before, imported(mended("SW306", text)) as after:
        old, new = TestClient(before.app), TestClient(after.app)
        assert old.get("/3/x").json() == new.get("/3/x").json() == ["int", "str", "int", "NoneType"]
        assert old.get("/3/x?page=2&q=a").json() == ["int", "str", "str", "str"]
        assert new.get("/3/x?page=2&q=a").json() == ["int", "str", "int", "str"]
        assert new.get("/3/x?page=many").status_code == 422
