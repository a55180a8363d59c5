"""Type variables of a generic class stand for what those that derive from it put in their place."""

from __future__ import annotations

import pytest

from support.meaning import meaning

BASE = """\
#- app/__init__.py
#- app/base.py
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

Model = TypeVar("Model")
Key = TypeVar("Key")


class Repository(Generic[Model]):
    async def get(self, key: int) -> Model | None: ...
    async def all(self) -> Sequence[Model]: ...
    def make(self) -> "Model": ...
    def name(self) -> str: ...


class Removable(Repository[Model]):
    def removed(self) -> Model: ...


class Store(Generic[Key, Model]):
    def key(self) -> Key: ...
    def model(self) -> Model: ...


class Swapped(Store[Model, Key]): ...


class Reads(Protocol[Model]):
    def read(self) -> Model: ...
#- app/boats.py
class Boat: ...
#- main.py
from app.base import Key, Model, Reads, Removable, Repository, Store, Swapped
from app.boats import Boat
"""
BOAT = "an app.boats.Boat"


@pytest.mark.parametrize(
    "text",
    [
        "class Boats(Repository[Boat]): ...\nx = Boats().make()\n«x»",
        "class Boats(Removable[Boat]): ...\nx = Boats().make()\n«x»",
        "class Boats(Removable[Boat]): ...\nx = Boats().removed()\n«x»",
        "class Boats(Repository[Boat]): ...\nclass Few(Boats): ...\nx = Few().make()\n«x»",
        "class Boats(Repository[Boat]): ...\nasync def f():\n    x = await Boats().get(1)\n    «x»",
        "class Boats(Repository[Boat]): ...\nasync def f():\n    for x in await Boats().all():\n        «x»",
        "def f(boats: Repository[Boat]):\n    x = boats.make()\n    «x»",
        "class Boats(Store[int, Boat]): ...\nx = Boats().model()\n«x»",
        "class Boats(Swapped[Boat, int]): ...\nx = Boats().key()\n«x»",
        "class Mine(Repository[Key]): ...\nclass Boats(Mine[Boat]): ...\nx = Boats().make()\n«x»",
        "class Boats(Reads[Boat]): ...\nx = Boats().read()\n«x»",
        "class Named: ...\nclass Boats(Named, Repository[Boat]): ...\nx = Boats().make()\n«x»",
    ],
)
def test_what_a_type_variable_stands_for(text: str) -> None:
    assert meaning(BASE + text) == BOAT


@pytest.mark.parametrize(
    "text",
    [
        "x = Repository().make()\n«x»",
        "class Boats(Repository): ...\nx = Boats().make()\n«x»",
        "class Boats(Repository[Model]): ...\nx = Boats().make()\n«x»",
        "class Boats(Repository[undefined]): ...\nx = Boats().make()\n«x»",
        "def f(boats: Removable[Model]):\n    x = boats.make()\n    «x»",
        "class Loop(Repository['Loop2[Boat]']): ...\nclass Loop2(Loop): ...\nx = undefined().make()\n«x»",
    ],
)
def test_silence_where_nobody_says_what_it_is(text: str) -> None:
    assert meaning(BASE + text) == "unknown"


def test_what_has_no_type_variable_stays_as_it_is() -> None:
    assert meaning(BASE + "class Boats(Repository[Boat]): ...\nx = Boats().name()\n«x»") == "an builtins.str"
    assert meaning(BASE + "class Boats(Store[int, Boat]): ...\nx = Boats().key()\n«x»") == "an builtins.int"
