"""What the rules about async code see through several modules, and where the code of another module says that all is well."""

import pytest

from support.marked import assert_finds, assert_silent

DATABASE = """\
#- app/__init__.py
#- app/db.py
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Annotated
from fastapi import Depends
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker
engine = create_engine("sqlite://")
async_engine = create_async_engine("sqlite+aiosqlite://")
Maker = sessionmaker(engine)
AsyncMaker = async_sessionmaker(async_engine)
Current = scoped_session(Maker)
def get_db() -> Iterator[Session]:
    with Maker() as session:
        yield session
async def get_async_db() -> AsyncIterator[AsyncSession]:
    async with AsyncMaker() as session:
        yield session
@contextmanager
def scope() -> Iterator[Session]:
    with Maker.begin() as session:
        yield session
Db = Annotated[Session, Depends(get_db)]
AsyncDb = Annotated[AsyncSession, Depends(get_async_db)]
#- app/repo.py
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from app.db import Maker
class Repository:
    def __init__(self, session: Session):
        self.session = session
    def first(self):
        return self.session.scalar(select(1))
    def note(self, row):
        self.session.add(row)
class AsyncRepository:
    def __init__(self, session: AsyncSession):
        self.session = session
    async def first(self):
        return await self.session.scalar(select(1))
    @property
    def raw(self):
        return self.session
def find(session: Session, key):
    return session.get(object, key)
def new() -> Session:
    return Maker()
#- app/main.py
import asyncio
from contextlib import ExitStack
from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select
from app.db import AsyncDb, AsyncMaker, Current, Db, Maker, engine, get_async_db, get_db, scope
from app.repo import AsyncRepository, Repository, find, new
router = APIRouter()
"""


@pytest.mark.parametrize(
    "lines",
    [
        "async def f(db: Db):\n    return «db.scalar(select(1))»",
        "async def f(db=Depends(get_db)):\n    return «db.scalars(select(1))».all()",
        "async def f():\n    with scope() as db:\n        return «db.get(object, 1)»",
        "async def f():\n    with Maker() as db:\n        return «db.query(object).all()»",
        "async def f():\n    with ExitStack() as stack:\n        db = stack.enter_context(Maker())\n        return «db.query(object).count()»",
        "async def f():\n    with ExitStack() as stack:\n        return «stack.enter_context(Maker()).get(object, 1)»",
        "async def f():\n    return «Current.execute(select(1))»",
        "async def f():\n    return «Current().execute(select(1))»",
        "async def f():\n    with «engine.connect()» as connection:\n        return 1",
        "async def f(db: Db):\n    return «Repository(db).first()»",
        "async def f(db: Db):\n    return «find(db, 1)»",
        "async def f():\n    return «new().get(object, 1)»",
    ],
)
def test_a_sync_session_of_another_module(lines: str) -> None:
    assert_finds("SW102", f"{DATABASE}{lines}\n")


@pytest.mark.parametrize(
    "lines",
    [
        "def f(db: Db):\n    return db.scalar(select(1))",
        "async def f(db: Db):\n    db.add(object())",
        "async def f(db: Db):\n    Repository(db).note(object())",
        "async def f(db: Db):\n    return await run_in_threadpool(find, db, 1)",
        "async def f(db: Db):\n    return await asyncio.to_thread(Repository(db).first)",
        "async def f(db: AsyncDb):\n    return await db.scalar(select(1))",
        "async def f(db: AsyncDb):\n    return await AsyncRepository(db).first()",
        "async def f(db: AsyncDb):\n    return await db.run_sync(find, 1)",
        "async def f():\n    async with AsyncMaker() as db:\n        return await db.get(object, 1)",
        "async def f(db: Db):\n    def later():\n        return db.get(object, 1)\n    return await asyncio.to_thread(later)",
        "async def f(find):\n    return find(1, 2)",
        "async def f():\n    return new()",
        "class Repository:\n    def first(self): ...\nasync def f():\n    return Repository().first()",
    ],
)
def test_a_session_of_another_module_that_keeps_nobody_waiting(lines: str) -> None:
    assert_silent("SW102", f"{DATABASE}{lines}\n")


@pytest.mark.parametrize(
    "lines",
    [
        "async def f(db: AsyncDb):\n    return «db.query(object)».all()",
        "async def f(db=Depends(get_async_db)):\n    return «db.query(object)».first()",
        "async def f():\n    async with AsyncMaker() as db:\n        return «db.query(object)».count()",
        "async def f(repo: AsyncRepository):\n    return «repo.session.query(object)».all()",
        "async def f(repo: AsyncRepository):\n    return «repo.raw.query(object)».all()",
        "class Users(AsyncRepository):\n    async def all(self):\n        return «self.session.query(object)».all()",
        "async def f(db: AsyncDb):\n    query = «db.query(object)»\n    return query.filter_by(id=1).one()",
        "async def f():\n    db = AsyncMaker()\n    return «db.query(object)».all()",
    ],
)
def test_query_on_an_async_session_of_another_module(lines: str) -> None:
    assert_finds("SW105", f"{DATABASE}{lines}\n")


@pytest.mark.parametrize(
    "lines",
    [
        "async def f(db: Db):\n    return db.query(object).all()",
        "def f():\n    with Maker() as db:\n        return db.query(object).all()",
        "def old(session):\n    return session.query(object).all()\nasync def f(db: AsyncDb):\n    return await db.run_sync(old)",
        "async def f(repo: Repository):\n    return repo.session.query(object).all()",
        "async def f(db: AsyncDb):\n    return (await db.scalars(select(object))).all()",
        "from app.search import Index\nasync def f(index: Index):\n    return index.query('x')\n"
        "#- app/search.py\nclass Index:\n    def query(self, text): ...",
        "async def f(db: AsyncDb, query):\n    return query(db)",
        "async def f():\n    return AsyncMaker.query",
    ],
)
def test_queries_of_another_kind(lines: str) -> None:
    assert_silent("SW105", f"{DATABASE}{lines}\n")


ENGINE = "#- app/__init__.py\n#- app/main.py\nfrom sqlalchemy.ext.asyncio import create_async_engine\n"


@pytest.mark.parametrize(
    "lines",
    [
        "from app.settings import Settings\nengine = create_async_engine(«Settings().url»)\n#- app/settings.py\n"
        "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    url: str = 'sqlite:///x'\n",
        "from app.settings import get\nengine = create_async_engine(«get().db.url»)\n#- app/settings.py\n"
        "from pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\n"
        "class Db(BaseModel):\n    url: str = 'mysql+pymysql://h/d'\n"
        "class Settings(BaseSettings):\n    db: Db = Db()\ndef get() -> Settings:\n    return Settings()\n",
        "from app.settings import settings\ndatabase = settings.db\nengine = create_async_engine(«database.url», echo=True)\n"
        "#- app/settings.py\nfrom pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\n"
        "class Base(BaseModel):\n    url: str = 'sqlite://'\nclass Db(Base): ...\n"
        "class Settings(BaseSettings):\n    db: Db\nsettings = Settings()\n",
        "from app import settings\nengine = create_async_engine(«settings.URL»)\n#- app/settings.py\nURL = 'mysql://h/d'\n",
        "from app.settings import Config\nengine = create_async_engine(«Config.URL»)\n"
        "#- app/settings.py\nclass Config:\n    URL = 'sqlite:///x'\n",
    ],
)
def test_a_sync_driver_from_another_module(lines: str) -> None:
    assert_finds("SW109", ENGINE + lines)


@pytest.mark.parametrize(
    "lines",
    [
        "from app.settings import Settings\nengine = create_async_engine(Settings().url)\n#- app/settings.py\n"
        "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    url: str = 'sqlite+aiosqlite:///x'\n",
        "from app.settings import Settings\nengine = create_async_engine(Settings().url)\n#- app/settings.py\n"
        "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    url: str\n",
        "from app.settings import Source\ndef make(source: Source):\n    return create_async_engine(source.url)\n#- app/settings.py\n"
        "from pydantic import BaseModel\nclass Source(BaseModel):\n    url: str = 'sqlite://'\n",
        "from app.settings import settings\nengine = create_async_engine(settings.url)\n#- app/settings.py\n"
        "class Settings:\n    @property\n    def url(self):\n        return 'sqlite://'.replace('sqlite', 'sqlite+aiosqlite')\n"
        "settings = Settings()\n",
        "from app.settings import URL\nengine = create_async_engine(URL)\n#- app/settings.py\nimport os\nURL = os.environ['URL']\n",
    ],
)
def test_a_driver_from_another_module_that_may_be_right(lines: str) -> None:
    assert_silent("SW109", ENGINE + lines)


LOOP = """\
#- app/__init__.py
#- app/jobs.py
import asyncio
from asyncio import run
loop = asyncio.new_event_loop()
async def load(n=1):
    return n
def start(n=1):
    return run(load(n))
class Runner:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
#- app/main.py
import asyncio
import app.jobs
from asgiref.sync import async_to_sync
from app.jobs import Runner, load, loop, run, start
sync_load = async_to_sync(load)
"""


@pytest.mark.parametrize(
    "lines",
    [
        "async def f():\n    return «run(load())»",
        "async def f():\n    return «loop.run_until_complete(load())»",
        "async def f():\n    return «app.jobs.run(load())»",
        "async def f(runner: Runner):\n    return «runner.loop.run_until_complete(load())»",
        "async def f():\n    return «async_to_sync(load)(2)»",
        "async def f():\n    with asyncio.Runner() as runner:\n        return «runner.run(load())»",
        "class Job:\n    async def __call__(self):\n        return [«asyncio.run(load(n))» for n in (1, 2)]",
    ],
)
def test_a_loop_of_another_module(lines: str) -> None:
    assert_finds("SW110", f"{LOOP}{lines}\n")


@pytest.mark.parametrize(
    "lines",
    [
        "def f():\n    return run(load())",
        "async def f():\n    return await asyncio.to_thread(start, 1)",
        "async def f():\n    return await load()",
        "async def f():\n    return await asyncio.to_thread(sync_load)",
        "async def f():\n    return loop.create_task(load())",
        "import app.tasks as tasks\nasync def f():\n    return tasks.run(load())\n#- app/tasks.py\ndef run(x): ...",
        "class Job:\n    def run(self, x): ...\nasync def f():\n    return Job().run(load())",
    ],
)
def test_loops_that_run_elsewhere(lines: str) -> None:
    assert_silent("SW110", f"{LOOP}{lines}\n")


HELPERS = """\
#- app/__init__.py
#- app/waiting.py
import functools
import subprocess
import threading
import time
import requests
from contextlib import contextmanager
from app.base import Base, deep
def wait(seconds=1):
    time.sleep(seconds)
def fetch():
    return requests.get("https://prices.internal", timeout=1).json()
class Client(Base):
    name = "client"
    def __init__(self):
        self.http = requests.Session()
    def get(self, url):
        return self.http.get(url)
    @property
    def status(self):
        return self.get("/")
    @classmethod
    def make(cls):
        wait()
        return cls()
    def __enter__(self):
        wait()
        return self
    def __exit__(self, *_): ...
@contextmanager
def slowly():
    wait()
    yield
def each():
    for _ in range(3):
        wait()
        yield 1
@functools.lru_cache
def once():
    wait()
def in_background():
    threading.Thread(target=wait).start()
def maybe(wait_too=False):
    if wait_too:
        wait()
shortcut = functools.partial(wait, 2)
#- app/base.py
import time
class Base:
    def run(self):
        return self.step()
    def step(self):
        time.sleep(1)
def deep():
    deeper()
def deeper():
    deepest()
def deepest():
    time.sleep(1)
#- app/main.py
import asyncio
from app import waiting
from app.waiting import Client, deep, each, fetch, in_background, maybe, once, shortcut, slowly, wait
"""


@pytest.mark.parametrize(
    "lines",
    [
        "async def f():\n    «wait(2)»",
        "async def f():\n    return «waiting.fetch()»",
        "async def f():\n    «deep()»",
        "async def f(client: Client):\n    return «client.get('/')»",
        "async def f(client: Client):\n    return «client.status»",
        "async def f(client: Client):\n    return «client.run()»",
        "async def f():\n    return «Client.make()»",
        "async def f():\n    with «Client()»:\n        pass",
        "async def f():\n    with «slowly()»:\n        pass",
        "async def f():\n    for _ in «each()»:\n        pass",
        "async def f():\n    return list(«each()»)",
        "async def f():\n    «maybe(True)»",
        "async def f(task: asyncio.Task):\n    task.add_done_callback(«fetch»)",
        "class Later:\n    async def f(self):\n        return [«wait(n)» for n in (1, 2)]",
    ],
)
def test_a_helper_of_another_module_that_blocks(lines: str) -> None:
    assert_finds("SW103", f"{HELPERS}{lines}\n")


@pytest.mark.parametrize(
    "lines",
    [
        "async def f():\n    await asyncio.to_thread(wait, 2)",
        "async def f():\n    in_background()",
        "async def f():\n    maybe()",
        "async def f():\n    once()",
        "def f():\n    wait()",
        "async def f():\n    return each()",
        "async def f():\n    return [wait, fetch]",
        "async def f(wait):\n    wait()",
        "async def f(client: Client):\n    return client.name",
        "async def f():\n    def later():\n        deep()\n    return later",
        "class Client:\n    def get(self): ...\nasync def f(client: Client):\n    return client.get()",
    ],
)
def test_a_helper_of_another_module_that_does_not(lines: str) -> None:
    assert_silent("SW103", f"{HELPERS}{lines}\n")
