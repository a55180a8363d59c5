"""Handlers that a call registers, class-based views, and all that runs before a handler."""

from __future__ import annotations

import ast

import pytest

from seawall.engine.workspace import Workspace
from seawall.rules.base import File
from seawall.semantics.meanings.route import Kind, Route
from support.marked import Folder, parse

LIB = "\n#- lib.py\ndef a(): ...\ndef b(): ...\ndef c(): ...\ndef d(): ...\n"


def handlers(workspace: Workspace) -> dict[str, tuple[Route, tuple[str, ...]]]:
    """The handlers in all files, by name, and what runs before each."""
    found = {}
    for document in workspace.documents.values():
        for item in document.source.items:
            file = File(document, item, workspace.index, workspace.project)
            for node in [*file.scan.nodes[ast.FunctionDef], *file.scan.nodes[ast.AsyncFunctionDef]]:
                assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                route = Route.recognise(node, file)
                if route is not None:
                    found[node.name] = (route, route.dependencies(file))
    return found


def loaded(text: str) -> Folder:
    folder = Folder(parse(text).files)
    for path in folder.python:
        folder.workspace.load(path)
    return folder


BY_CALL = {
    "a router's method": (
        "from fastapi import APIRouter\nrouter = APIRouter()\ndef one(a: int): ...\n"
        "router.add_api_route('/x/{a}', one, methods=['POST', 'PUT'])\n",
        ("POST", "PUT"),
    ),
    "in another module, under another name": (
        "from views import one as first\nfrom fastapi import FastAPI\napp = FastAPI()\n"
        "app.add_api_route(path='/x/{a}', endpoint=first)\n#- views.py\nfrom fastapi import Request\ndef one(a: int): ...\n",
        ("GET",),
    ),
    "in a factory": (
        "from fastapi import FastAPI\ndef one(a: int): ...\ndef make() -> FastAPI:\n    app = FastAPI()\n"
        "    app.add_api_route('/x/{a}', one)\n    return app\n",
        ("GET",),
    ),
    "a method of a class that registers it": (
        "from fastapi import APIRouter\nclass Users:\n    def __init__(self):\n        self.router = APIRouter()\n"
        "        self.router.add_api_route('/x/{a}', self.one, methods=['DELETE'])\n    async def one(self, a: int): ...\n",
        ("DELETE",),
    ),
    "a websocket": (
        "from fastapi import FastAPI\napp = FastAPI()\nasync def one(websocket, a: int): ...\n"
        "app.add_api_websocket_route('/x/{a}', one)\n",
        ("WEBSOCKET",),
    ),
    "of a router's subclass": (
        "from fastapi import Request\nfrom routing import Api\napi = Api()\ndef one(a: int): ...\napi.add_api_route('/x/{a}', one)\n"
        "#- routing.py\nfrom fastapi import APIRouter\nclass Api(APIRouter): ...\n",
        ("GET",),
    ),
}


@pytest.mark.parametrize("case", BY_CALL.values(), ids=BY_CALL.keys())
def test_a_call_registers_a_handler(case: tuple[str, tuple[str, ...]]) -> None:
    text, methods = case
    route, _ = handlers(loaded(text).workspace)["one"]
    assert (route.methods, route.path, route.decorators) == (methods, "/x/{a}", ())
    parameter = route.parameter("a")
    assert parameter is not None
    assert parameter.kind is Kind.PATH
    assert route.parameter("self") is None


@pytest.mark.parametrize(
    "text",
    [
        "from flask import Flask\napp = Flask('x')\ndef one(): ...\napp.add_api_route('/', one)\n",
        "from fastapi import FastAPI\napp = FastAPI()\ndef one(): ...\napp.add_event_handler('startup', one)\n",
        "from fastapi import FastAPI\nfrom views import one\napp = FastAPI()\napp.add_api_route('/', one)\n"
        "#- views.py\nfrom fastapi import Request\ndef one(): ...\n#- other.py\ndef two(): ...\ndef one(): ...\n",
        "from fastapi import FastAPI\napp = FastAPI()\ndef one(): ...\ndef other(one):\n    app.add_api_route('/', one)\n",
    ],
    ids=["not a router", "not a handler", "one of the same name", "a parameter of that name"],
)
def test_what_registers_no_handler(text: str) -> None:
    folder = loaded(text)
    found = handlers(folder.workspace)
    assert "two" not in found
    if "views.py" in text:  # only the one that is meant
        assert found["one"][0].path == "/"
        assert not any(True for _ in _registrations(folder, "other.one"))
    else:
        assert found == {}


def _registrations(folder: Folder, name: str):  # type: ignore[no-untyped-def]
    from seawall.semantics.meanings.registration import registrations

    return registrations(folder.workspace.index, name)


DEPENDENCIES = {
    "its own, also by alias": (
        "from typing import Annotated\nfrom fastapi import Depends, FastAPI\nfrom lib import a, b\napp = FastAPI()\n"
        "User = Annotated[int, Depends(b)]\n@app.get('/')\ndef one(x: int, user: User, y=Depends(a)): ...\n",
        ["lib.b", "lib.a"],
    ),
    "those of the decorator, the router, the include and the app": (
        "from fastapi import Depends, FastAPI\nfrom lib import a, b\nfrom users import router\n"
        "app = FastAPI(dependencies=[Depends(a)])\napp.include_router(router, dependencies=[Depends(b)])\n"
        "#- users.py\nfrom fastapi import APIRouter, Depends, Security\nfrom lib import c, d\n"
        "router = APIRouter(prefix='/u', dependencies=[Depends(c)])\n"
        "@router.get('/', dependencies=[Security(d, scopes=['x'])])\ndef one(): ...\n",
        ["lib.d", "lib.c", "lib.b", "lib.a"],
    ),
    "through a nested router, with equal names": (
        "from fastapi import Depends, FastAPI\nimport api\nfrom lib import a\napp = FastAPI()\n"
        "app.include_router(api.router, dependencies=[Depends(a)])\n"
        "#- api.py\nfrom fastapi import APIRouter, Depends\nimport users\nfrom lib import b\nrouter = APIRouter()\n"
        "router.include_router(users.router, dependencies=[Depends(b)])\n"
        "#- users.py\nfrom fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/')\ndef one(): ...\n",
        ["lib.b", "lib.a"],
    ),
    "of the factory that includes it": (
        "from fastapi import Depends, FastAPI\nfrom lib import a, b\nimport users\ndef make():\n"
        "    app = FastAPI(dependencies=[Depends(a)])\n    app.include_router(users.router, dependencies=[Depends(b)])\n    return app\n"
        "#- users.py\nfrom fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/')\ndef one(): ...\n",
        ["lib.b", "lib.a"],
    ),
    "of a class-based view": (
        "from fastapi import APIRouter, Depends\nfrom fastapi_utils.cbv import cbv\nfrom lib import a, b\nrouter = APIRouter()\n"
        "@cbv(router)\nclass Users:\n    user: int = Depends(a)\n    @router.get('/')\n    def one(self, x=Depends(b)): ...\n",
        ["lib.b", "lib.a"],
    ),
    "of a call that registers": (
        "from fastapi import Depends, FastAPI\nfrom lib import a, b\napp = FastAPI(dependencies=[Depends(a)])\n"
        "def one(): ...\napp.add_api_route('/', one, dependencies=[Depends(b)])\n",
        ["lib.b", "lib.a"],
    ),
    "none of another router's": (
        "from fastapi import APIRouter, Depends, FastAPI\nfrom lib import a, b\napp = FastAPI()\nopen_ = APIRouter()\n"
        "closed = APIRouter(dependencies=[Depends(a)])\napp.include_router(closed, dependencies=[Depends(b)])\n"
        "app.include_router(open_)\n@open_.get('/')\ndef one(): ...\n",
        [],
    ),
    "routers that include each other come to an end": (
        "from fastapi import APIRouter, Depends\nfrom lib import a\nx = APIRouter()\ny = APIRouter(dependencies=[Depends(a)])\n"
        "x.include_router(y)\ny.include_router(x)\n@x.get('/')\ndef one(): ...\n",
        ["lib.a"],
    ),
}


@pytest.mark.parametrize("case", DEPENDENCIES.values(), ids=DEPENDENCIES.keys())
def test_what_runs_before_a_handler(case: tuple[str, list[str]]) -> None:
    text, expected = case
    assert list(handlers(loaded(text + LIB).workspace)["one"][1]) == expected


def test_the_answers_follow_edits_elsewhere() -> None:
    folder = loaded("#- main.py\n#- views.py\nfrom fastapi import Request\ndef one(): ...\n" + LIB)
    workspace, main = folder.workspace, folder.root / "main.py"
    registering = "from fastapi import Depends, FastAPI\nfrom views import one\nfrom lib import a\napp = FastAPI({})\napp.add_api_route('/', one)\n"
    for _ in range(2):
        workspace.open(main, "")
        assert handlers(workspace) == {}
        workspace.open(main, registering.format(""))
        assert handlers(workspace)["one"][1] == ()
        workspace.open(main, registering.format("dependencies=[Depends(a)]"))
        assert handlers(workspace)["one"][1] == ("lib.a",)
