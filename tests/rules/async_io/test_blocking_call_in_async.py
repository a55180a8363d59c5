import pytest

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse

CODE = "SW101"


def finds(text: str) -> None:
    assert_finds(CODE, text)


def silent(text: str) -> None:
    assert_silent(CODE, text)


# -- found -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        "import time\nasync def f():\n    «time.sleep(1)»\n",
        "from time import sleep as pause\nasync def f():\n    «pause(1)»\n",
        "import requests as http\nasync def f(u):\n    return «http.get(u)».json()\n",
        "import httpx\nasync def f(u):\n    return «httpx.get(u)»\n",
        "import httpx\nasync def f(u):\n    with httpx.Client() as client:\n        return «client.get(u)»\n",
        "from urllib.request import urlopen\nasync def f(u):\n    return «urlopen(u)».read()\n",
        "from http.client import HTTPSConnection\nasync def f():\n    c = HTTPSConnection('x')\n    «c.request('GET', '/')»\n",
        "import subprocess\nasync def f():\n    «subprocess.run(['ls'], check=True)»\n",
        "import subprocess\nasync def f():\n    p = subprocess.Popen(['ls'])\n    «p.wait()»\n",
        "import os\nasync def f():\n    «os.system('ls')»\n",
        "import socket\nasync def f():\n    s = socket.socket()\n    «s.connect(('a', 1))»\n",
        "import smtplib\nasync def f(m):\n    with «smtplib.SMTP('mail')» as smtp:\n        «smtp.send_message(m)»\n",
        "import boto3\ns3 = boto3.client('s3')\nasync def f():\n    «s3.put_object(Bucket='b', Key='k')»\n",
        "import psycopg\nasync def f():\n    with «psycopg.connect('x')» as c:\n        «c.execute('SELECT 1')»\n",
        "import psycopg2\nasync def f(c: psycopg2.extensions.connection):\n    «c.cursor().execute('SELECT 1')»\n",
        "import sqlite3\ndb = sqlite3.connect('x')\nasync def f():\n    return «db.execute('SELECT 1')».fetchone()\n",
        "from pymongo import MongoClient\nm = MongoClient()\nasync def f():\n    return «m.shop.books.find_one({})»\n",
        "from pymongo import MongoClient\nm = MongoClient()\nasync def f():\n    return «m['shop']['books'].find_one({})»\n",
        "from pymongo import MongoClient\nm = MongoClient()\nasync def f():\n    return [d for d in «m.shop.books.find()»]\n",
        "import threading\nasync def f(t: threading.Thread):\n    «t.join()»\n",
        "import queue\nq = queue.Queue()\nasync def f():\n    return «q.get()»\n",
        "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor()\n"
        "async def f(g):\n    return «pool.submit(g).result()»\n",
        "async def f():\n    return «input('name')»\n",
        "from openai import OpenAI\nai = OpenAI()\nasync def f(m):\n    return «ai.chat.completions.create(messages=m)»\n",
        "import time\nasync def f(slow):\n    if slow:\n        [«time.sleep(s)» for s in slow]\n",
    ],
)
def test_a_call_that_blocks(lines: str) -> None:
    finds(lines)


@pytest.mark.parametrize(
    "lines",
    [
        "async def f(p):\n    with «open(p)» as file:\n        return file.read()\n",
        "from pathlib import Path\nasync def f(p: Path):\n    return «p.read_text()»\n",
        "from pathlib import Path\nBASE = Path(__file__).parent\nasync def f():\n    return «(BASE / 'a').read_bytes()»\n",
        "import shutil\nasync def f(p):\n    «shutil.rmtree(p)»\n",
    ],
)
def test_files_are_a_warning(lines: str) -> None:
    located = assert_finds(CODE, lines)
    assert {one.severity for one in located} == {"warning"}


def test_a_client_made_in_another_module() -> None:
    finds("""
        from app.clients import cache

        async def handler(key):
            return «cache.get(key)»

        #- app/__init__.py
        #- app/clients.py
        import redis

        cache = redis.Redis.from_url("redis://cache")
        """)


def test_a_re_exported_function() -> None:
    finds("""
        from lib import fetch

        async def handler(u):
            return «fetch(u)»

        #- lib.py
        from requests import get as fetch
        """)


def test_an_attribute_of_self_set_in_init() -> None:
    finds("""
        import requests

        class Gateway:
            def __init__(self):
                self.http = requests.Session()

            async def pay(self, u):
                return «self.http.post(u)»
        """)


def test_a_dependency() -> None:
    finds("""
        from fastapi import Depends, FastAPI

        from deps import get_cache

        app = FastAPI()

        @app.get("/")
        async def read(cache=Depends(get_cache)):
            return «cache.get("x")»

        #- deps.py
        from redis import Redis

        def get_cache() -> Redis:
            return Redis()
        """)


def test_a_subclass() -> None:
    finds("""
        from http_session import Retrying

        async def read(u):
            return «Retrying().get(u)»

        #- http_session.py
        import requests

        class Retrying(requests.Session):
            retries = 3
        """)


# -- not found ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        "import time\ndef f():\n    time.sleep(1)\n",
        "import asyncio, time\nasync def f():\n    await asyncio.to_thread(time.sleep, 1)\n",
        "import anyio, time\nasync def f():\n    await anyio.to_thread.run_sync(lambda: time.sleep(1))\n",
        "from functools import partial\nfrom starlette.concurrency import run_in_threadpool\nimport requests\n"
        "async def f(u):\n    await run_in_threadpool(partial(requests.get, u))\n",
        "import asyncio, time\nasync def f():\n    def work():\n        time.sleep(1)\n"
        "    await asyncio.get_running_loop().run_in_executor(None, work)\n",
        "from asgiref.sync import sync_to_async\nimport time\nasync def f():\n    await sync_to_async(time.sleep)(1)\n",
        "from storage import open\nasync def f(p):\n    open(p)\n",
        "def open(p): ...\nasync def f(p):\n    open(p)\n",
        "async def f(open):\n    open('x')\n",
        "import aiofiles\nasync def f(p):\n    async with aiofiles.open(p) as file:\n        return await file.read()\n",
        "import asyncio\nasync def f():\n    q = asyncio.Queue()\n    return await q.get()\n",
        "import asyncio\nasync def f(t: asyncio.Task):\n    return t.result()\n",
        "import queue\nq = queue.Queue()\nasync def f():\n    return q.get(block=False), q.get_nowait(), q.get(timeout=0)\n",
        "import threading\nlock = threading.Lock()\nasync def f():\n    return lock.acquire(blocking=False)\n",
        "import redis.asyncio as redis\nr = redis.Redis()\nasync def f():\n    return await r.get('a')\n",
        "import redis\nr = redis.Redis()\nasync def f():\n    return r.pipeline()\n",
        "import boto3\ns3 = boto3.client('s3')\nasync def f():\n    return s3.generate_presigned_url('get_object')\n",
        "import httpx\nasync def f(u):\n    async with httpx.AsyncClient() as c:\n        return await c.get(u)\n",
        "async def f(requests, u):\n    return requests.get(u)\n",
        "async def f(session):\n    return session.get('x')\n",
        "import socket\nasync def f():\n    s = socket.socket()\n    s.setblocking(False)\n    s.connect(('a', 1))\n",
        "from contextlib import asynccontextmanager\n@asynccontextmanager\nasync def lifespan(app):\n    open('x')\n    yield\n",
        "import time\nif __name__ == '__main__':\n    async def main():\n        time.sleep(1)\n",
        "import time\nasync def f(g=time.sleep):\n    return [g, lambda: time.sleep(1)]\n",
    ],
)
def test_nothing_blocks_the_loop(lines: str) -> None:
    silent(lines)


@pytest.mark.parametrize(
    "path",
    ["tests/test_app.py", "scripts/load.py", "migrations/env.py", "shop/cli/orders.py", "shop/cli.py", "e2e/a.py"],
)
def test_nobody_else_waits_in_tests_and_scripts(path: str) -> None:
    silent(f"#- {path}\nimport time\n\nasync def f():\n    time.sleep(1)\n")


@pytest.mark.parametrize("imported", ["import click", "import typer"])
def test_nobody_else_waits_for_a_command(imported: str) -> None:
    silent(f"#- shop/commands.py\n{imported}\nimport time\n\nasync def run():\n    time.sleep(1)\n")


def test_a_lock_that_nobody_else_knows_yet() -> None:
    silent(
        "import threading\n\nasync def f(locks):\n    lock = threading.Lock()\n    lock.acquire()\n    locks.append(lock)\n"
    )
    assert_finds(
        CODE,
        """
        import threading

        lock = threading.Lock()

        async def f():
            «lock.acquire()»
        """,
    )


def test_half_typed_code() -> None:
    silent("import time\nasync def f():\n    time.\n    requests.get(\n")


# -- fixed -------------------------------------------------------------------------------------------------------------


def test_sleep_as_the_file_does_it_already() -> None:
    assert_fixes(
        CODE,
        "import time\n\nimport anyio\n\n\nasync def f(n):\n    time.sleep(n)  # a while\n    await anyio.sleep(1)\n",
        "import time\n\nimport anyio\n\n\nasync def f(n):\n    await anyio.sleep(n)  # a while\n    await anyio.sleep(1)\n",
    )


def test_sleep_with_windows_line_ends_and_unicode() -> None:
    assert_fixes(
        CODE,
        "import asyncio\r\nimport time\r\n\r\nasync def f():\r\n    print('é', time.sleep(1))\r\n",
        "import asyncio\r\nimport time\r\n\r\nasync def f():\r\n    print('é', await asyncio.sleep(1))\r\n",
    )


def test_a_chain_gets_parentheses() -> None:
    assert_fixes(
        CODE,
        "import asyncio\n\nimport requests\n\nasync def f(u):\n    return requests.get(u).json()['a']\n",
        "import asyncio\n\nimport requests\n\nasync def f(u):\n"
        "    return (await asyncio.to_thread(requests.get, u)).json()['a']\n",
    )


def test_several_lines_and_comments_stay() -> None:
    assert_fixes(
        CODE,
        """
        import asyncio
        import subprocess

        async def f():
            subprocess.run(
                ["ls"],  # all of it
                check=True,
            )
        """,
        """
        import asyncio
        import subprocess

        async def f():
            await asyncio.to_thread(
                subprocess.run,
                ["ls"],  # all of it
                check=True,
            )
        """,
    )


def test_the_thread_helper_that_the_project_uses() -> None:
    assert_fixes(
        CODE,
        """
        #- other.py
        from fastapi.concurrency import run_in_threadpool

        #- main.py
        from pathlib import Path

        async def f(p: Path):
            return p.read_text()
        """,
        """
        from pathlib import Path

        from starlette.concurrency import run_in_threadpool

        async def f(p: Path):
            return await run_in_threadpool(p.read_text)
        """,
    )


def test_keywords_for_anyio() -> None:
    assert_fixes(
        CODE,
        "import anyio\nimport requests\n\nasync def f(u):\n    requests.get(u, timeout=1)\n",
        "from functools import partial\n\nimport anyio\nimport requests\n\nasync def f(u):\n"
        "    await anyio.to_thread.run_sync(partial(requests.get, u, timeout=1))\n",
        title="worker thread",
    )


def test_a_future_is_awaited() -> None:
    assert_fixes(
        CODE,
        """
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor()

        async def f(g):
            return pool.submit(g).result()
        """,
        """
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor()

        async def f(g):
            return await asyncio.wrap_future(pool.submit(g))
        """,
    )


def test_requests_become_httpx_where_the_project_has_it() -> None:
    assert_fixes(
        CODE,
        """
        #- requirements.txt
        httpx

        #- main.py
        import requests

        async def f(u, body):
            try:
                response = requests.post(u, json=body, timeout=5)  # slow
            finally:
                pass
            return response.json()
        """,
        """
        import requests
        from httpx import AsyncClient

        async def f(u, body):
            try:
                async with AsyncClient(follow_redirects=True) as client:
                    response = await client.post(u, json=body, timeout=5)  # slow
            finally:
                pass
            return response.json()
        """,
    )


def test_requests_whose_exceptions_are_caught_stay() -> None:
    text = """
        import requests

        async def f(u):
            try:
                r = requests.get(u)
            except requests.Timeout:
                return None
            return r

        #- requirements.txt
        httpx
        """
    (located,) = Folder(parse(text).files).findings(CODE)
    assert [fix.title for fix in located.finding.fixes] == ["Run it in a worker thread"]


@pytest.mark.parametrize(
    "lines",
    [
        "async def f(p):\n    with open(p) as file:\n        return file.read()\n",
        "import requests\nasync def f(us):\n    return sum(requests.get(u).status_code for u in us)\n",
        "import sqlite3\nasync def f(c: sqlite3.Connection):\n    c.execute('x')\n",
    ],
)
def test_no_fix_where_none_is_right(lines: str) -> None:
    (located,) = Folder(parse(lines).files).findings(CODE)
    assert located.finding.fixes == ()


def test_a_handler_becomes_a_plain_def() -> None:
    assert_fixes(
        CODE,
        """
        from fastapi import FastAPI

        app = FastAPI()

        @app.get("/")
        async def read():
            with open("x") as file:
                return file.read()
        """,
        """
        from fastapi import FastAPI

        app = FastAPI()

        @app.get("/")
        def read():
            with open("x") as file:
                return file.read()
        """,
        title="plain `def`",
    )


@pytest.mark.parametrize("line", ["import argparse", "from argparse import ArgumentParser"])
def test_a_command_for_the_terminal_has_the_loop_to_itself(line: str) -> None:
    assert_silent(CODE, f"{line}\nimport time\nasync def measure():\n    time.sleep(1)\n")


@pytest.mark.parametrize(
    "line", ["import aiohttp.web", "from fastapi import FastAPI", "import uvicorn", "import discord"]
)
def test_a_server_that_reads_a_command_line_is_one(line: str) -> None:
    assert_finds(CODE, f"import argparse\n{line}\nimport time\nasync def handle():\n    «time.sleep(1)»\n")


QUEUE = "import queue\nclass Feed:\n    def __init__(self):\n        self.queue = queue.Queue()\n        self.other = queue.Queue()\n"


@pytest.mark.parametrize(
    "lines",
    [
        "while not self.queue.empty():\n            print(self.queue.get())",
        "if not self.queue.empty():\n            return self.queue.get()",
        "while self.is_open and not self.queue.empty():\n            self.queue.get()",
        "if not self.queue.empty():\n            for _ in range(1):\n                self.queue.get()",
    ],
)
def test_a_queue_that_is_not_empty_gives_at_once(lines: str) -> None:
    silent(f"{QUEUE}    async def read(self):\n        {lines}\n")


@pytest.mark.parametrize(
    "lines",
    [
        "while self.queue.empty():\n            «self.queue.get()»",
        "while not self.other.empty():\n            «self.queue.get()»",
        "if not self.queue.empty():\n            pass\n        else:\n            «self.queue.get()»",
        "if self.is_open or not self.queue.empty():\n            «self.queue.get()»",
        "if not self.queue.empty():\n            pass\n        «self.queue.get()»",
    ],
)
def test_a_queue_that_may_be_empty_waits(lines: str) -> None:
    finds(f"{QUEUE}    async def read(self):\n        {lines}\n")


@pytest.mark.parametrize("path", ["evaluation/run.py", "pkg/shop_benchmark/load.py", "shop/example_client.py"])
def test_nobody_else_waits_in_trials_and_examples(path: str) -> None:
    silent(f"#- {path}\nimport time\nasync def f():\n    time.sleep(1)\n")
