"""Which functions are handlers, and where their parameters come from."""

from __future__ import annotations

import ast

import pytest

from seawall.rules.base import File
from seawall.semantics.meanings.route import Kind, Route
from support.marked import Folder, parse


def routes(text: str) -> dict[str, Route]:
    """The handlers in all files, by name."""
    folder = Folder(parse(text).files)
    workspace = folder.workspace
    for path in folder.python:
        workspace.load(path)
    found = {}
    for document in workspace.documents.values():
        for item in document.source.items:
            file = File(document, item, workspace.index, workspace.project)
            for node in [*file.scan.nodes[ast.FunctionDef], *file.scan.nodes[ast.AsyncFunctionDef]]:
                assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                route = Route.recognise(node, file)
                if route is not None:
                    found[node.name] = route
    return found


HANDLERS = {
    "an app": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/x/{a}')\ndef one(a): ...\n",
    "an alias": "import fastapi as web\nWeb = web.FastAPI\napp = Web()\n@app.get('/x/{a}')\ndef one(a): ...\n",
    "a router of another module": """
        from routing import api
        @api.get('/x/{a}')
        async def one(a): ...
        #- routing.py
        from fastapi import APIRouter
        api = APIRouter(prefix='/v1')
        """,
    "an attribute of a module": """
        import routing
        @routing.api.get('/x/{a}')
        async def one(a): ...
        #- routing.py
        from fastapi import APIRouter
        api = APIRouter()
        """,
    "a subclassed router": """
        from fastapi import APIRouter
        class Versioned(APIRouter):
            pass
        api = Versioned()
        @api.get('/x/{a}')
        async def one(a): ...
        """,
    "a subclass that overrides the method": """
        from fastapi import APIRouter
        class Versioned(APIRouter):
            def get(self, path, **options):
                return super().get(path, **options)
        api = Versioned()
        @api.get('/x/{a}')
        async def one(a): ...
        """,
    "a factory of routers": """
        from routing import make
        api = make('books')
        @api.get('/x/{a}')
        async def one(a): ...
        #- routing.py
        from fastapi import APIRouter
        def make(tag):
            return APIRouter(tags=[tag])
        """,
    "inside an app factory": """
        from fastapi import FastAPI
        def create():
            app = FastAPI()
            @app.get('/x/{a}')
            async def one(a): ...
            return app
        """,
    "a parameter": """
        from fastapi import FastAPI
        def register(app: FastAPI) -> None:
            @app.get('/x/{a}')
            async def one(a): ...
        """,
    "an attribute of an object": """
        from fastapi import APIRouter
        class Api:
            def __init__(self):
                self.router = APIRouter()
        api = Api()
        @api.router.get('/x/{a}')
        async def one(a): ...
        """,
    "below other decorators": """
        from fastapi import APIRouter
        from functools import lru_cache
        api = APIRouter()
        @lru_cache
        @api.get('/x/{a}')
        @api.get('/y/{a}')
        async def one(a): ...
        """,
    "the app's own router": "from fastapi import FastAPI\napp = FastAPI()\n@app.router.get('/x/{a}')\ndef one(a): ...\n",
    "a path that is a constant": """
        from fastapi import FastAPI
        app = FastAPI()
        PATH = '/x/{a}'
        @app.get(PATH)
        def one(a): ...
        """,
}


@pytest.mark.parametrize("text", HANDLERS.values(), ids=HANDLERS.keys())
def test_handlers_are_recognised(text: str) -> None:
    route = routes(text)["one"]
    assert route.methods == ("GET",)
    assert route.path == "/x/{a}"
    assert [(parameter.name, parameter.kind) for parameter in route.parameters] == [("a", Kind.PATH)]


OTHERS = [
    "class Cache:\n    def get(self, key): ...\ncache = Cache()\n@cache.get('/x')\ndef one(a): ...\n",
    "from somewhere import app\n@app.get('/x')\ndef one(a): ...\n",
    "from fastapi import FastAPI\napp = FastAPI()\n@app.middleware('http')\nasync def one(request, call_next): ...\n",
    "from fastapi import FastAPI\napp = FastAPI()\n@app.get\nasync def one(request): ...\n",
    "import httpx\nclient = httpx.Client()\n@client.get('/x')\ndef one(a): ...\n",
]


@pytest.mark.parametrize("text", OTHERS)
def test_other_decorated_functions_are_not(text: str) -> None:
    assert routes(text) == {}


def test_methods() -> None:
    found = routes(
        """
        from fastapi import FastAPI
        app = FastAPI()
        @app.api_route("/a", methods=["GET", "post"])
        def several(): ...
        @app.websocket("/b")
        async def socket(websocket): ...
        @app.put("/c")
        @app.patch("/c")
        def both(): ...
        """
    )
    assert {name: route.methods for name, route in found.items()} == {
        "several": ("GET", "POST"),
        "socket": ("WEBSOCKET",),
        "both": ("PUT", "PATCH"),
    }


def test_parameters_are_taken_from_where_fastapi_takes_them() -> None:
    found = routes(
        """
        import uuid
        from dataclasses import dataclass
        from datetime import date
        from enum import Enum
        from typing import Annotated, Any, List, Literal, Optional, TypedDict
        from fastapi import (APIRouter, BackgroundTasks, Body, Cookie, Depends, File, Form, Header, Path, Query, Request,
                             Response, Security, UploadFile, WebSocket)
        from pydantic import BaseModel
        from models import Book, Pagination, get_db
        class Colour(Enum):
            RED = "red"
        class Shape(TypedDict):
            name: str
        @dataclass
        class Point:
            x: int
        router = APIRouter()
        @router.post("/{path_a}/{path_b:path}")
        def one(
            path_a, path_b: str, path_c: Annotated[int, Path()],
            query_a, query_b: int = 3, query_c: Optional[str] = None, query_d: list[str] = Query(), query_e: uuid.UUID = None,
            query_f: date | None = None, query_g: Colour = Colour.RED, query_h: Literal["a"] = "a", query_i: Any = None,
            body_a: dict = None, body_b: Book = None, body_c: list = None, body_d: dict[str, Any] = None,
            body_e: Optional[Book] = None, body_f: Annotated[int, Body()] = 1, body_g: Any = Body(...), body_h: Shape = None,
            body_i: Point = None, body_j: List[Book] = (), body_k: Annotated[dict, Body(embed=True)] = None,
            header_a: Annotated[str, Header()] = "", cookie_a: str = Cookie(""), form_a: str = Form(""),
            file_a: UploadFile = None, file_b: bytes = File(),
            dependency_a=Depends(get_db), dependency_b: Pagination = Depends(), dependency_c: Annotated[Any, Security(get_db)] = None,
            request_a: Request = None, background_a: BackgroundTasks = None, response_a: Response = None,
        ): ...
        #- models.py
        from typing import Annotated
        from fastapi import Depends
        from pydantic import BaseModel
        class Base(BaseModel): ...
        class Book(Base): ...
        class Page: ...
        Pagination = Annotated[Page, Depends()]
        def get_db(): ...
        """
    )
    for parameter in found["one"].parameters:
        assert parameter.kind == parameter.name.partition("_")[0], parameter


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    route = routes(
        """
        from fastapi import FastAPI
        from somewhere import Thing
        app = FastAPI()
        @app.get("/")
        def one(thing: Thing): ...
        """
    )["one"]
    assert route.parameters[0].kind is Kind.UNKNOWN
