"""A blocking call at the end of a chain of helpers gives way to its async counterpart, and all on the way await."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seawall.edits import CannotFix, Fix
from seawall.engine.fix import apply
from support.marked import Folder, assert_finds, parse

CODE = "SW103"
HEAD = """\
#- app/__init__.py
#- app/main.py
"""


def offered(folder: Folder) -> list[Fix]:
    found = [one.finding.fixes for one in folder.findings(CODE)]
    return [fix for fixes in found for fix in fixes if fix.title.startswith("Make the chain async")]


def assert_becomes(before: str, after: str) -> None:
    """The first finding's chain becomes async; nothing that was not found before is found then."""
    folder = Folder(parse(HEAD + before).files)
    known = {one.code for one in folder.findings()}
    for path, text in apply(folder.workspace, offered(folder)[0].make()).items():
        path.write_bytes(text.encode())
        folder.workspace.changed(path)
    expected = {**parse(HEAD + before).files, **parse(HEAD + after).files}
    assert folder.read() == expected
    left = [
        one
        for one in folder.findings()
        if one.code in ("SW101", "SW102", CODE, "SW104", "SW108") or one.code not in known
    ]
    assert left == []


def assert_refused(text: str, reason: str) -> None:
    folder = Folder(parse(HEAD + text).files)
    with pytest.raises(CannotFix) as refusal:
        list(offered(folder)[0].make())
    assert reason in str(refusal.value)


def test_over_three_files_with_all_callers() -> None:
    assert_becomes(
        """\
import asyncio

from fastapi import FastAPI

from app.service import prepare

app = FastAPI()


@app.get("/all")
async def read_all(count: int):
    prepare()
    return [prepare(number) for number in range(count)]


@app.get("/one")
def read_one():
    return {"one": prepare(2).bit_length()}


async def in_thread():
    return await asyncio.to_thread(prepare, 3)
#- app/service.py
from app.waiting import settle


def prepare(number: int = 1) -> int:
    \"\"\"Settle first.\"\"\"
    settle()  # not too long
    return number
#- app/waiting.py
import time


def settle() -> None:
    time.sleep(0.1)
""",
        """\
from fastapi import FastAPI

from app.service import prepare

app = FastAPI()


@app.get("/all")
async def read_all(count: int):
    await prepare()
    return [await prepare(number) for number in range(count)]


@app.get("/one")
async def read_one():
    return {"one": (await prepare(2)).bit_length()}


async def in_thread():
    return await prepare(3)
#- app/service.py
from app.waiting import settle


async def prepare(number: int = 1) -> int:
    \"\"\"Settle first.\"\"\"
    await settle()  # not too long
    return number
#- app/waiting.py
import asyncio


async def settle() -> None:
    await asyncio.sleep(0.1)
""",
    )


def test_a_request_by_the_client_that_the_project_has() -> None:
    assert_becomes(
        """\
from app.prices import Prices


async def price(prices: Prices, name: str) -> int:
    return prices.of(name)
#- app/prices.py
import httpx


class Source:
    def of(self, name: str) -> int:
        raise NotImplementedError


class Prices(Source):
    def of(self, name: str) -> int:
        response = httpx.get(f"https://prices.internal/{name}")
        return response.json()["price"]
""",
        """\
from app.prices import Prices


async def price(prices: Prices, name: str) -> int:
    return await prices.of(name)
#- app/prices.py
import httpx


class Source:
    async def of(self, name: str) -> int:
        raise NotImplementedError


class Prices(Source):
    async def of(self, name: str) -> int:
        async with httpx.AsyncClient() as client:
            response = await client.get(f"https://prices.internal/{name}")
        return response.json()["price"]
""",
    )


def test_what_else_blocks_on_the_way_goes_to_a_thread() -> None:
    assert_becomes(
        """\
from app.build import build


async def handler() -> None:
    build()
#- app/build.py
import subprocess
import time


def build() -> None:
    time.sleep(1)
    subprocess.run(["make"])
""",
        """\
from app.build import build


async def handler() -> None:
    await build()
#- app/build.py
import asyncio
import subprocess


async def build() -> None:
    await asyncio.sleep(1)
    await asyncio.to_thread(subprocess.run, ["make"])
""",
    )


def test_managers_generators_and_scripts() -> None:
    assert_becomes(
        """\
from app.waiting import each, slowly


async def handler():
    with slowly() as one:
        return [one, *(number for number in [1])]


async def other():
    return sum([number for number in each(3)])


if __name__ == "__main__":
    print(list(each(2)))
#- app/waiting.py
import time
from collections.abc import Iterator
from contextlib import contextmanager


def wait() -> None:
    time.sleep(1)


@contextmanager
def slowly() -> Iterator[int]:
    wait()
    yield 1


def each(count: int) -> Iterator[int]:
    for number in range(count):
        yield number
""",
        """\
from app.waiting import each, slowly


async def handler():
    async with slowly() as one:
        return [one, *(number for number in [1])]


async def other():
    return sum([number for number in each(3)])


if __name__ == "__main__":
    print(list(each(2)))
#- app/waiting.py
import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager


async def wait() -> None:
    await asyncio.sleep(1)


@asynccontextmanager
async def slowly() -> AsyncIterator[int]:
    await wait()
    yield 1


def each(count: int) -> Iterator[int]:
    for number in range(count):
        yield number
""",
    )


SIMPLE = """\
#- app/waiting.py
import threading
import time
lock = threading.Lock()
def wait() -> None:
    time.sleep(1)
"""


@pytest.mark.parametrize(
    ("lines", "more", "reason"),
    [
        ("wait()", "def unused() -> None:\n    wait()\n", "nothing in the project calls `unused`"),
        ("guarded()", "def guarded() -> None:\n    with lock:\n        wait()\n", "a lock of threads is held"),
        (
            "wait()",
            "class Made:\n    @property\n    def done(self) -> int:\n        wait()\n        return 1\n",
            "under its decorator",
        ),
        (
            "wait()",
            "from celery import shared_task\n@shared_task\ndef task() -> None:\n    wait()\n",
            "under its decorator",
        ),
        ("wait()", "wait()\n", "a module calls it while it is imported"),
        ("wait()", "import atexit\natexit.register(wait)\n", "handed on"),
        (
            "wait()",
            "from elsewhere import Base\nclass Late(Base):\n    def run(self) -> None:\n        wait()\n",
            "who else calls `run`",
        ),
        (
            "Made()",
            "class Made:\n    def __init__(self) -> None:\n        wait()\n",
            "`__init__` cannot be a coroutine",
        ),
        ("wait()", "ready = lambda: wait()\n", "a lambda cannot await"),
        (
            "stored()",
            "from sqlalchemy.orm import Session\nfrom sqlalchemy import create_engine\n"
            "def stored() -> None:\n    wait()\n    store()\ndef store() -> None:\n    commit()\n"
            "def commit() -> None:\n    Session(create_engine('x')).commit()\n",
            "would block the event loop all the same",
        ),
        (
            "read()",
            "def read() -> str:\n    wait()\n    with open('x') as file:\n        return file.read()\n",
            "`open('x')` in `read`",
        ),
    ],
)
def test_what_stands_against_it(lines: str, more: str, reason: str) -> None:
    name = lines.partition("(")[0]
    assert_refused(f"from app.waiting import {name}\nasync def f():\n    {lines}\n{SIMPLE}{more}", reason)


@pytest.mark.parametrize(
    "chain",
    [
        "import subprocess\ndef wait() -> None:\n    subprocess.run(['make'])\n",
        "import requests\ndef wait() -> None:\n    requests.get('https://prices.internal', timeout=1)\n",
        "import sqlite3\ndef wait() -> None:\n    sqlite3.connect('x')\n",
        "import threading\nworker = threading.Thread(target=print)\ndef wait() -> None:\n    worker.join()\n",
    ],
)
def test_not_offered_without_a_counterpart(chain: str) -> None:
    text = f"{HEAD}from app.waiting import wait\nasync def f():\n    «wait()»\n#- app/waiting.py\n{chain}"
    assert_finds(CODE, text)
    assert not offered(Folder(parse(text).files))


def test_it_comes_after_the_small_fix_and_names_the_tests() -> None:
    text = f"{HEAD}from app.waiting import wait\nasync def f():\n    wait()\n{SIMPLE}"
    folder = Folder(
        parse(f"{text}#- tests/test_waiting.py\nfrom app.waiting import wait\ndef test_it():\n    wait()\n").files
    )
    (found,) = folder.findings(CODE)
    assert [fix.title for fix in found.finding.fixes] == ["Run it in a worker thread", "Make the chain async (`wait`)"]
    assert found.finding.fixes[1].left() == (
        "`app.waiting.wait` is a coroutine now, and `tests/test_waiting.py` line 3 calls it",
    )


# -- behaviour -----------------------------------------------------------------------------------------------------------------

APP = """\
from fastapi import FastAPI

from app.service import Service

app = FastAPI()


@app.get("/slow")
async def slow(name: str):
    return {"found": Service(name).find()}


@app.get("/sync")
def sync(name: str):
    return Service(name).find().upper()
#- app/service.py
import time


class Service:
    def __init__(self, name: str) -> None:
        self.name = name

    def find(self) -> str:
        return self._load()[0]

    def _load(self) -> list[str]:
        time.sleep(0.4)
        return [f"{self.name} found"]
"""
REQUESTS = """\
import asyncio, time
import httpx
from app.main import app

async def main():
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        start = time.perf_counter()
        found = await asyncio.gather(*[client.get("/slow", params={"name": name}) for name in "abcd"])
        print([one.json() for one in found], (await client.get("/sync", params={"name": "e"})).json())
        print(time.perf_counter() - start)

asyncio.run(main())
"""


def test_requests_are_served_at_once_then(tmp_path: Path) -> None:
    folder = Folder(parse(HEAD + APP).files, tmp_path / "project")
    before = answers(folder)
    for path, text in apply(folder.workspace, offered(folder)[0].make()).items():
        path.write_bytes(text.encode())
    after = answers(folder)
    assert after[0] == before[0]
    assert float(before[1]) > 1.9  # four, one after the other, and the last
    assert float(after[1]) < 1.6


def answers(folder: Folder) -> list[str]:
    command = [sys.executable, "-W", "ignore", "-c", REQUESTS]
    done = subprocess.run(command, cwd=folder.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
