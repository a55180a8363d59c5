import pytest

from support.marked import assert_finds, assert_silent

CODE = "SW106"
HEAD = """\
import asyncio
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from queries import load
maker = async_sessionmaker()
"""


def code(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"{HEAD}async def f(s: AsyncSession, t: AsyncSession, xs):\n{lines}"


@pytest.mark.parametrize(
    "body",
    [
        "await «asyncio.gather(load(s), load(s))»",
        "await «asyncio.gather(s.scalar(1), s.scalar(2))»",
        "await «asyncio.gather(load(1, db=s), load(2, db=s))»",
        "await «asyncio.gather(*[load(s, x) for x in xs])»",
        "await «asyncio.gather(*(load(s, x) for x in xs))»",
        "tasks = [load(s), load(s)]\nawait «asyncio.gather(*tasks)»",
        "async with asyncio.TaskGroup() as group:\n    group.create_task(load(s))\n    «group.create_task(load(s))»",
        "async with asyncio.TaskGroup() as group:\n    for x in xs:\n        «group.create_task(load(s, x))»",
        "for x in xs:\n    «asyncio.create_task(load(s, x))»",
        "async with maker() as own:\n    await «asyncio.gather(load(own), load(own))»",
    ],
)
def test_one_session_for_several_tasks(body: str) -> None:
    assert_finds(CODE, code(body))


@pytest.mark.parametrize(
    "lines",
    [
        "import asyncio\nimport asyncpg\nasync def f():\n    c = await asyncpg.connect('x')\n"
        "    await «asyncio.gather(c.fetch('a'), c.fetch('b'))»\n",
        "import asyncio\nfrom typing import Annotated\nfrom fastapi import Depends\nfrom db import get\n"
        "async def f(db: Annotated[object, Depends(get)]):\n    await «asyncio.gather(db.scalar(1), db.scalar(2))»\n"
        "#- db.py\nfrom sqlalchemy.ext.asyncio import AsyncSession\nasync def get() -> AsyncSession: ...\n",
        "import asyncio\nfrom sqlalchemy.ext.asyncio import AsyncSession\nclass R:\n    def __init__(self, s: AsyncSession):\n"
        "        self.s = s\n    async def f(self):\n        await «asyncio.gather(self.s.scalar(1), self.s.scalar(2))»\n",
    ],
)
def test_other_connections_and_ways(lines: str) -> None:
    assert_finds(CODE, lines)


@pytest.mark.parametrize(
    "body",
    [
        "await asyncio.gather(load(s), load(t))",
        "await asyncio.gather(load(s), load(1))",
        "await asyncio.gather(*[load(maker(), x) for x in xs])",
        "await asyncio.gather(*[load(y) for y in [s, t]])",
        "await load(s)\nawait load(s)",
        "one = asyncio.create_task(load(s))\nawait one\ntwo = asyncio.create_task(load(s))\nawait two",
        "for x in xs:\n    task = asyncio.create_task(load(s, x))\n    await task",
        "for x in xs:\n    own = AsyncSession()\n    asyncio.create_task(load(own))",
        "if xs:\n    asyncio.create_task(load(s))\nelse:\n    asyncio.create_task(load(s))",
        "async with asyncio.TaskGroup() as a:\n    a.create_task(load(s))\n"
        "async with asyncio.TaskGroup() as b:\n    b.create_task(load(s))",
        "for x in xs:\n    async with asyncio.TaskGroup() as group:\n        group.create_task(load(s, x))",
        "await asyncio.gather(load(maker), load(maker))",
        "await asyncio.gather(load(xs), load(xs))",
    ],
)
def test_one_task_at_a_time(body: str) -> None:
    assert_silent(CODE, code(body))


def test_a_pool_may_be_shared() -> None:
    assert_silent(
        CODE,
        "import asyncio\nimport asyncpg\nasync def f(pool: asyncpg.Pool):\n"
        "    await asyncio.gather(pool.fetch('a'), pool.fetch('b'))\n",
    )


REPOSITORY = """\
#- store.py
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
maker = async_sessionmaker()
class Store:
    def __init__(self, session: AsyncSession):
        self.session = session
    async def get(self, key):
        return await self.session.get(object, key)
    async def own(self, key):
        async with maker() as session:
            return await session.get(object, key)
    @property
    def fresh(self) -> AsyncSession:
        return maker()
    async def from_fresh(self, key):
        return await self.fresh.get(object, key)
class Users(Store):
    async def count(self):
        return await self.session.scalar("count")
"""


@pytest.mark.parametrize(
    "body",
    [
        "await «asyncio.gather(users.get(1), users.get(2))»",
        "await «asyncio.gather(users.get(1), users.count())»",
        "async with asyncio.TaskGroup() as group:\n"
        "        group.create_task(users.get(1))\n        «group.create_task(users.count())»",
    ],
)
def test_objects_that_keep_a_session(body: str) -> None:
    assert_finds(CODE, f"import asyncio\nfrom store import Users\nasync def f(users: Users):\n    {body}\n{REPOSITORY}")


@pytest.mark.parametrize(
    "body",
    [
        "await asyncio.gather(users.get(1), other.get(1))",
        "await asyncio.gather(users.own(1), users.own(2))",
        "await asyncio.gather(users.from_fresh(1), users.from_fresh(2))",
        "await asyncio.gather(users.get(1), users.own(2))",
        "await asyncio.gather(*[Users(s).get(1) for s in sessions])",
    ],
)
def test_objects_that_share_none(body: str) -> None:
    lines = f"async def f(users: Users, other: Users, sessions):\n    {body}\n{REPOSITORY}"
    assert_silent(CODE, f"import asyncio\nfrom store import Users\n{lines}")


PROVIDER = """\
#- app/db.py
from collections.abc import AsyncIterator
from typing import Annotated
from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
make = async_sessionmaker()
async def get_db() -> AsyncIterator[AsyncSession]:
    async with make() as session:
        yield session
async def get_open() -> AsyncSession:
    return make()
Db = Annotated[AsyncSession, Depends(get_db)]
Early = Annotated[AsyncSession, Depends(get_db, scope="function")]
Open = Annotated[AsyncSession, Depends(get_open)]
#- app/jobs.py
from sqlalchemy.ext.asyncio import AsyncSession
async def work(session: AsyncSession, key: int = 0):
    await session.get(object, key)
class Users:
    def __init__(self, session: AsyncSession):
        self.session = session
    async def get(self, key):
        return await self.session.get(object, key)
"""
LEAVING = """\
import asyncio
from fastapi import BackgroundTasks
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse
from app.db import Db, Early, Open, make
from app.jobs import Users, work
running = set()
"""


def leaving(signature: str, body: str, files: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"{LEAVING}async def f({signature}):\n{lines}{PROVIDER}{files}"


@pytest.mark.parametrize(
    ("signature", "body"),
    [
        ("db: Db", "«asyncio.create_task(work(db))»"),
        (
            "db: Db",
            "task = «asyncio.create_task(work(session=db))»\nrunning.add(task)\ntask.add_done_callback(running.discard)",
        ),
        ("", "async with make() as db:\n    «asyncio.ensure_future(work(db))»"),
        ("tasks: BackgroundTasks", "async with make() as db:\n    «tasks.add_task(work, db)»"),
        ("tasks: BackgroundTasks, db: Early", "«tasks.add_task(work, db, key=1)»"),
        ("", "async with make() as db:\n    return JSONResponse(1, background=«BackgroundTask(work, db)»)"),
        ("db: Db", "await «asyncio.gather(Users(db).get(1), Users(db).get(2))»"),
        ("db: Db", "await «asyncio.gather(Users(session=db).get(1), work(db))»"),
    ],
)
def test_tasks_that_outlive_the_session(signature: str, body: str) -> None:
    assert_finds(CODE, leaving(signature, body))


@pytest.mark.parametrize("version", ["0.106.0", "0.112.4", "0.117.1"])
def test_versions_that_close_the_session_before_background_tasks(version: str) -> None:
    body = "«tasks.add_task(work, db)»"
    assert_finds(CODE, leaving("tasks: BackgroundTasks, db: Db", body, f"#- requirements.txt\nfastapi=={version}\n"))


@pytest.mark.parametrize("version", ["0.105.0", "0.118.0", "0.165.0"])
def test_versions_that_close_it_afterwards(version: str) -> None:
    body = "tasks.add_task(work, db)"
    assert_silent(CODE, leaving("tasks: BackgroundTasks, db: Db", body, f"#- requirements.txt\nfastapi=={version}\n"))


@pytest.mark.parametrize(
    ("signature", "body"),
    [
        ("tasks: BackgroundTasks, db: Db", "tasks.add_task(work, db)"),
        ("tasks: BackgroundTasks, db: Db", "tasks.add_task(work, db)\ntasks.add_task(work, db, 1)"),
        ("tasks: BackgroundTasks, db: Early", "tasks.add_task(work, db.bind)"),
        ("tasks: BackgroundTasks", "async with make() as db:\n    await work(db)\ntasks.add_task(work, make())"),
        ("db: Db", "task = asyncio.create_task(work(db))\nawait asyncio.sleep(1)\nawait task"),
        ("db: Db", "task = asyncio.create_task(work(db))\nreturn await asyncio.wait_for(task, 1)"),
        ("db: Db", "return asyncio.create_task(work(db))"),
        (
            "db: Db",
            "task = asyncio.create_task(work(db))\ntry:\n    await asyncio.sleep(1)\nfinally:\n    task.cancel()",
        ),
        ("db: Open", "asyncio.create_task(work(db))"),
        ("db: Db", "async with asyncio.TaskGroup() as group:\n    group.create_task(work(db))"),
        ("session: Db", "async with make() as db:\n    pass\nasyncio.create_task(work(db))"),
        ("db: Db", "await asyncio.gather(Users(db).get(1), Users(make()).get(2))"),
    ],
)
def test_tasks_that_somebody_waits_for(signature: str, body: str) -> None:
    assert_silent(CODE, leaving(signature, body))
