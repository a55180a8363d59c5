import pytest

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse

CODE = "SW104"
S = "from sqlalchemy.ext.asyncio import AsyncSession\n"
LOAD = "async def load(x): return x\n"


# -- found -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        S + "async def f(s: AsyncSession):\n    «s.commit()»\n",
        S + "async def f(s: AsyncSession, q):\n    return await «s.execute(q)».scalars()\n",
        S + "async def f(s: AsyncSession, q):\n    for row in «s.scalars(q)»:\n        print(row)\n",
        S + "async def f(s: AsyncSession, q):\n    async for row in «s.stream(q)»:\n        print(row)\n",
        S + "async def f(s: AsyncSession, q):\n    if «s.scalar(q)»:\n        return 1\n",
        S + "async def f(s: AsyncSession, q):\n    x = «s.scalar(q)»\n    if x is None:\n        return 1\n",
        S
        + "async def f(s: AsyncSession, q):\n    if (x := await s.scalar(q)) and «s.scalar(q)» == x:\n        return 1\n",
        S + "class R:\n    def __init__(self, s: AsyncSession):\n        self.s = s\n"
        "    async def save(self):\n        «self.s.flush()»\n",
        "import httpx\nasync def f(u):\n    async with httpx.AsyncClient() as c:\n        r = «c.get(u)»\n    return r.json()\n",
        "import httpx\nasync def f(c: httpx.AsyncClient):\n    «c.get('a')»\n",
        "import redis.asyncio as redis\nr = redis.Redis()\nasync def f():\n    return int(«r.get('n')»)\n",
        "import asyncpg\nasync def f(c: asyncpg.Connection):\n    return «c.fetchrow('x')»['a']\n",
        "import psycopg\nasync def f():\n    c = await psycopg.AsyncConnection.connect('x')\n    «c.commit()»\n",
        "import asyncio\nasync def f():\n    «asyncio.sleep(1)»\n",
        LOAD + "async def f():\n    «load(1)»\n",
        LOAD + "def f():\n    «load(1)»\n",
        LOAD + "async def f():\n    return f'{«load(1)»}'\n",
        LOAD + "async def f():\n    return len(«load(1)»)\n",
        LOAD + "async def f():\n    x = 1\n    x += «load(1)»\n    return x\n",
        "class A:\n    async def go(self): ...\nasync def f():\n    «A().go()»\n",
        "class A:\n    @staticmethod\n    async def go(): ...\nasync def f():\n    «A.go()»\n",
        "from fastapi import Request\nasync def f(request: Request):\n    return «request.json()»['name']\n",
    ],
)
def test_a_coroutine_that_nobody_awaits(lines: str) -> None:
    assert_finds(CODE, lines)


def test_a_function_of_another_module() -> None:
    assert_finds(
        CODE,
        """
        from app import mail

        async def handler():
            «mail.send("x")»

        #- app/__init__.py
        from app import mail
        #- app/mail.py
        async def send(text: str) -> None:
            pass
        """,
    )


def test_a_method_of_a_dependency() -> None:
    assert_finds(
        CODE,
        """
        from typing import Annotated

        from fastapi import Depends

        from services import Books, get_books

        BooksDep = Annotated[Books, Depends(get_books)]

        async def handler(books: BooksDep):
            return «books.find(1)».title

        #- services.py
        class Store:
            async def find(self, key):
                return key

        class Books(Store):
            pass

        def get_books() -> Books:
            return Books()
        """,
    )


def test_a_session_from_a_factory_of_another_module() -> None:
    assert_finds(
        CODE,
        """
        from db import Session

        async def save():
            async with Session() as session:
                session.add(1)
                «session.commit()»

        #- db.py
        from sqlalchemy.ext.asyncio import async_sessionmaker

        Session = async_sessionmaker()
        """,
    )


def test_what_a_handler_returns() -> None:
    head = "from fastapi import FastAPI\nfrom lib import load\napp = FastAPI()\n@app.get('/')\nasync def f():\n"
    lib = "#- lib.py\nasync def load():\n    return 1\n"
    assert_finds(CODE, f"{head}    return «load()»\n{lib}")
    assert_silent(CODE, f"{head}    return await load()\n{lib}")


# -- not found ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "await load(1)",
        "x = load(1)\n    await x",
        "x = load(1)\n    x = await x\n    return x.name",
        "import asyncio\n    await asyncio.gather(load(1), *[load(n) for n in range(3)])",
        "import asyncio\n    task = asyncio.create_task(load(1))\n    await task",
        "import asyncio\n    async with asyncio.TaskGroup() as group:\n        group.create_task(load(1))",
        "import asyncio\n    await asyncio.wait_for(load(1), 3)",
        "import asyncio\n    x = load(1)\n    await asyncio.gather(x)",
        "return load(1)",
        "x = load(1)\n    return x",
        "yield load(1)",
        "found = [load(1)]\n    return found",
        "self = load\n    self.pending = load(1)",
        "x = load(1)\n    def later():\n        return x\n    return later",
        "return lambda: load(1)",
        "x = load(1)\n    x.close()",
        "x = load(1) if load else None\n    return x",
        "x = load(1)\n    if x:\n        await x",
        "load",
        "return await (load(1) or load(2))",
    ],
)
def test_a_coroutine_that_is_awaited_or_handed_on(body: str) -> None:
    assert_silent(CODE, f"{LOAD}async def f():\n    {body}\n")


@pytest.mark.parametrize(
    "lines",
    [
        S + "async def f(s: AsyncSession):\n    s.add(1)\n    s.expunge_all()\n    s.begin()\n",
        "from sqlalchemy.orm import Session\ndef f(s: Session):\n    s.commit()\n",
        "async def f(session):\n    session.commit()\n",
        "from celery import shared_task\n@shared_task\nasync def job(): ...\nasync def f():\n    job()\n",
        "from jobs import wrap\n@wrap\nasync def job(): ...\nasync def f():\n    job()\n",
        "from contextlib import asynccontextmanager\n@asynccontextmanager\nasync def c():\n    yield 1\n"
        "async def f():\n    async with c() as x:\n        return x\n",
        "async def rows():\n    yield 1\nasync def f():\n    async for row in rows():\n        print(row)\n",
        "import asyncpg\nasync def f(pool: asyncpg.Pool):\n    async with pool.acquire() as c:\n        await c.execute('x')\n",
        "async def load(): ...\nasync def f(load):\n    load()\n",
        "import redis.asyncio as redis\nr = redis.Redis()\nasync def f():\n    p = r.pipeline()\n    p.get('a')\n",
    ],
)
def test_no_coroutine_at_all(lines: str) -> None:
    assert_silent(CODE, lines)


def test_a_client_that_may_be_the_sync_one_of_two() -> None:
    assert_silent(
        CODE,
        """
        from clients import get_client

        def f():
            with get_client(sync=True) as client:
                client.save()

        #- clients.py
        class Sync:
            def __enter__(self) -> "Sync": ...
            def save(self) -> None: ...

        class Async:
            async def __aenter__(self) -> "Async": ...
            async def save(self) -> None: ...

        def get_client(sync: bool = False) -> Sync | Async: ...
        """,
    )


# -- fixed -------------------------------------------------------------------------------------------------------------


def test_parentheses_where_more_is_done_with_the_value() -> None:
    assert_fixes(
        CODE,
        S + "async def f(s: AsyncSession, q):\n    return s.execute(\n        q,  # ü\n    ).scalars().all()\n",
        S + "async def f(s: AsyncSession, q):\n    return (await s.execute(\n        q,  # ü\n    )).scalars().all()\n",
    )


def test_an_await_that_comes_too_late_moves() -> None:
    assert_fixes(
        CODE,
        S + "async def f(s: AsyncSession, q):\n    rows = await s.execute(q).scalars()\n    return rows.all()\n",
        S + "async def f(s: AsyncSession, q):\n    rows = (await s.execute(q)).scalars()\n    return rows.all()\n",
    )


def test_an_outer_await_that_is_needed_stays() -> None:
    before = S + "async def get() -> AsyncSession: ...\nasync def f():\n    await get().commit()\n"
    after = S + "async def get() -> AsyncSession: ...\nasync def f():\n    await (await get()).commit()\n"
    assert_fixes(CODE, before, after)


def test_windows_line_ends() -> None:
    assert_fixes(
        CODE,
        S.replace("\n", "\r\n") + "async def f(s: AsyncSession):\r\n    s.commit()  # sure\r\n",
        S.replace("\n", "\r\n") + "async def f(s: AsyncSession):\r\n    await s.commit()  # sure\r\n",
    )


@pytest.mark.parametrize(
    "lines",
    [LOAD + "def f():\n    load(1)\n", LOAD + "async def f(xs):\n    return any(load(x) is None for x in xs)\n"],
)
def test_no_fix_where_no_await_can_stand(lines: str) -> None:
    (located,) = Folder(parse(lines).files).findings(CODE)
    assert located.finding.fixes == ()


# -- methods that subclasses fill in ------------------------------------------------------------------------------------

READER = (
    "from abc import ABC, abstractmethod\nclass Reader(ABC):\n    @abstractmethod\n    async def lines(self): ...\n"
)
USES = [
    "async def f(reader: Reader):\n    async for line in {}reader.lines(){}:\n        print(line)\n",
    "async def f(reader: Reader):\n    async with {}reader.lines(){} as line:\n        print(line)\n",
    "async def f(reader: Reader):\n    {}reader.lines(){}\n",
]


@pytest.mark.parametrize("uses", USES)
def test_what_no_subclass_makes_into_something_else_is_a_coroutine(uses: str) -> None:
    own = "#- own.py\nfrom main import Reader\nclass Own(Reader):\n    async def lines(self):\n        return []\n"
    assert_finds(CODE, READER + uses.format("«", "»") + own)


@pytest.mark.parametrize("uses", USES)
@pytest.mark.parametrize(
    "method",
    [
        "    async def lines(self):\n        yield 1\n",
        "    def lines(self):\n        return Lines()\n",
        "    @asynccontextmanager\n    async def lines(self):\n        yield 1\n",
    ],
    ids=["a generator", "a plain method", "a context manager"],
)
def test_a_subclass_may_have_something_else_in_its_place(uses: str, method: str) -> None:
    own = (
        "#- own.py\nfrom contextlib import asynccontextmanager\nfrom main import Reader\nclass Own(Reader):\n" + method
    )
    assert_silent(CODE, READER + uses.format("", "") + own)


CALLED = "class Shelf:\n    async def __call__(self, book): ...\n"


def test_an_instance_that_is_called_and_its_result_called_again_was_a_class() -> None:
    assert_silent(CODE, CALLED + "async def f(shelf: Shelf):\n    made = shelf(1)\n    return await made('book')\n")
    assert_finds(CODE, CALLED + "async def f(shelf: Shelf):\n    made = «shelf(1)»\n    return made.title\n")
    assert_finds(CODE, LOAD + "async def f():\n    made = «load(1)»\n    return await made('book')\n")


SENT = """\
import json
from django.http import JsonResponse
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from app.store import count, load
app = FastAPI()
"""
STORE = """\
#- app/store.py
async def count() -> int: ...
async def load(key) -> dict: ...
"""


@pytest.mark.parametrize(
    "lines",
    [
        "async def f():\n    return JsonResponse({'count': «count()»})",
        "async def f():\n    found = «count()»\n    return JSONResponse([{'count': found}])",
        "async def f():\n    return json.dumps([1, {'count': «count()»}])",
        "@app.get('/')\nasync def f():\n    return {'count': «count()», 'one': await count()}",
    ],
)
def test_in_what_a_response_is_made_of(lines: str) -> None:
    assert_finds(CODE, f"{SENT}{lines}\n{STORE}")


@pytest.mark.parametrize(
    "lines",
    [
        "async def f():\n    return {'count': count()}",
        "async def f():\n    return await gathered({'count': count()})",
        "async def f():\n    waiting = [count(), load(1)]\n    return waiting",
        "async def f():\n    return JSONResponse({'count': await count()})",
        "async def f():\n    return JSONResponse(1, headers={'count': count})",
    ],
)
def test_in_what_somebody_may_still_await(lines: str) -> None:
    assert_silent(CODE, f"{SENT}{lines}\n{STORE}")


def test_a_cursor_that_a_connection_gives() -> None:
    text = "import psycopg\nasync def f(c: psycopg.AsyncConnection):\n    cursor = await c.execute('SELECT 1')\n"
    assert_finds(CODE, f"{text}    rows = «cursor.fetchall()»\n    return list(rows)\n")
    assert_silent(CODE, f"{text}    rows = await cursor.fetchall()\n    return list(rows)\n")
