"""How what a client sends comes to a parameter."""

from __future__ import annotations

import time

import pytest

from seawall.semantics.index import Index
from seawall.semantics.taint import outside
from support.marked import Folder, parse


def index(text: str) -> Index:
    folder = Folder(parse(text).files)
    for path in folder.python:
        folder.workspace.load(path)
    return folder.workspace.index


def way(text: str, function: str, origin: str) -> list[str] | None:
    """The functions that hand it on, the handler first; None if it is not known to come from a client."""
    found = outside(index(text), function, origin)
    return [hop.caller for hop in found.hops] if found else None


HEAD = """
from typing import Annotated
from fastapi import Cookie, Depends, Header, Security
from fastapi.security import HTTPBearer, HTTPAuthorizationCredentials, OAuth2PasswordBearer
from other import provider
scheme = OAuth2PasswordBearer(tokenUrl="login")
class Bearer(HTTPBearer):
    pass
bearer = Bearer()
Token = Annotated[str, Depends(scheme)]
def user(value: {}):
    pass
"""


@pytest.mark.parametrize(
    "declared",
    [
        "str = Header()",
        "Annotated[str | None, Cookie()] = None",
        "str = Depends(scheme)",
        "str = Security(scheme)",
        "Token",
        "HTTPAuthorizationCredentials = Depends(bearer)",
    ],
)
def test_markers_say_that_a_dependency_gets_what_the_client_sends(declared: str) -> None:
    assert way(HEAD.replace("{}", declared), "main.user", "value") == []


@pytest.mark.parametrize("declared", ["str", "str = ''", "str = Depends(provider)", "str = provider()"])
def test_without_one_nothing_is_known(declared: str) -> None:
    assert way(HEAD.replace("{}", declared), "main.user", "value") is None


SERVICE = """
from abc import ABC
from fastapi import Depends, FastAPI
from pydantic import BaseModel

app = FastAPI()

class Create(BaseModel):
    name: str

class UseCase(ABC):
    def create(self, command): ...
    def other(self, command): ...

class Service(UseCase):
    def create(self, command):
        return Thing.make(1, command.name)

class Unrelated:
    def create(self, command): ...

class Thing:
    @classmethod
    def make(cls, number, name): ...

@app.post("/")
def add(request: Create, usecase: UseCase = Depends()):
    command = Create(**request.model_dump())
    usecase.create(command)
"""


def test_a_call_of_an_abstract_method_runs_what_overrides_it() -> None:
    assert way(SERVICE, "main.Service.create", "command.name") == ["main.add"]
    assert way(SERVICE, "main.Unrelated.create", "command.name") is None
    assert way(SERVICE, "main.UseCase.other", "command.name") is None


def test_what_a_container_provides_is_what_the_annotation_says() -> None:
    head = "from dependency_injector.wiring import Provide\nfrom containers import Container\n"
    text = head + SERVICE.replace("UseCase = Depends()", "UseCase = Depends(Provide[Container.service])")
    assert way(text, "main.Service.create", "command.name") == ["main.add"]


def test_a_class_method_is_called_without_its_class() -> None:
    assert way(SERVICE, "main.Thing.make", "name") == ["main.add", "main.Service.create"]
    assert way(SERVICE, "main.Thing.make", "number") is None


def test_a_variable_that_is_made_of_itself_many_times_over() -> None:
    again = "        if one:\n            x = x.get('a', x) + x[one] + x\n" * 40
    text = f"def f(q):\n    x = q\n    for one in q:\n{again}        send(x)\n"
    folder = Folder({"main.py": text})
    start = time.process_time()
    folder.workspace.load(folder.python[0])
    assert time.process_time() - start < 5


def test_a_text_that_grows_in_many_branches_ends_and_keeps_its_first_piece() -> None:
    grows = "".join(
        f"    if rows[{n}]:\n        text += 'x'\n    else:\n        text += f'{{rows[{n}]}}'\n" for n in range(60)
    )
    lines = "import fastapi\napp = fastapi.FastAPI()\ndef send(text): ...\n"
    lines += f"@app.get('/')\ndef report(title: str, rows: list[str]):\n    text = title\n{grows}    send(text)\n"
    start = time.process_time()
    assert way(lines, "main.send", "text") == ["main.report"]
    assert time.process_time() - start < 5


def copied(number: int) -> str:
    """A module with a helper of its own, as generated migrations have them."""
    return f"#- step{number}.py\ndef fill(row): ...\ndef run(row{number}):\n    fill(row{number})\n"


def test_a_helper_that_is_copied_into_each_module_is_called_by_its_own_alone() -> None:
    text = "".join(copied(number) for number in range(4))
    text += "#- main.py\nfrom fastapi import FastAPI\nimport step2\napp = FastAPI()\n"
    text += "@app.get('/')\ndef show(q: str):\n    step2.run(q)\n"
    assert way(text, "step2.fill", "row") == ["main.show", "step2.run"]
    assert way(text, "step1.fill", "row") is None
