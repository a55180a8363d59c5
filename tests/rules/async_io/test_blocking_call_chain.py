import pytest

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse

CODE = "SW103"
SLOW = "import time\ndef slow():\n    time.sleep(1)\n"


# -- found -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        SLOW + "async def f():\n    «slow()»\n",
        SLOW + "def outer():\n    return slow()\nasync def f():\n    return «outer()»\n",
        SLOW + "class A:\n    def go(self):\n        slow()\n    async def f(self):\n        «self.go()»\n",
        SLOW + "class A:\n    def __init__(self):\n        slow()\nasync def f():\n    return «A()»\n",
        SLOW + "class A:\n    def __call__(self):\n        slow()\na = A()\nasync def f():\n    return «a()»\n",
        SLOW
        + "class A:\n    @staticmethod\n    def go():\n        slow()\nclass B(A): ...\nasync def f():\n    «B.go()»\n",
        SLOW + "import asyncio\nasync def f():\n    asyncio.get_running_loop().call_soon(«slow»)\n",
        SLOW + "import asyncio\nasync def f(x):\n    asyncio.get_running_loop().call_later(1, «slow»)\n",
        SLOW + "again = slow\nasync def f():\n    «again()»\n",
        SLOW + "async def f():\n    return [«slow()» for _ in range(3)]\n",
        SLOW + "async def f():\n    def inner():\n        slow()\n    «inner()»\n",
        SLOW + "from tenacity import retry\n@retry(stop=3)\ndef often():\n    slow()\nasync def f():\n    «often()»\n",
        "def rec(n):\n    input()\n    rec(n)\nasync def f():\n    «rec(1)»\n",
        SLOW
        + "class A:\n    @property\n    def rate(self):\n        return slow()\nasync def f(a: A):\n    return «a.rate» + 1\n",
        "from contextlib import contextmanager\n"
        + SLOW
        + "@contextmanager\ndef held():\n    slow()\n    yield\nasync def f():\n    with «held()»:\n        pass\n",
        SLOW + "def rows():\n    slow()\n    yield 1\nasync def f():\n    for row in «rows()»:\n        pass\n",
        SLOW + "def run(g):\n    g()\nasync def f():\n    «run(slow)»\n",
        SLOW + "async def f(xs):\n    return sorted(xs, key=«slow»)\n",
        "from starlette.middleware.base import BaseHTTPMiddleware\n"
        + SLOW
        + "class M(BaseHTTPMiddleware):\n    async def dispatch(self, request, call_next):\n        «slow()»\n        return await call_next(request)\n",
        SLOW + "class M:\n    async def __call__(self, scope, receive, send):\n        «slow()»\n",
        "from fastapi import FastAPI\n"
        + SLOW
        + "app = FastAPI()\n@app.websocket('/')\nasync def f(ws):\n    «slow()»\n",
        "from fastapi import BackgroundTasks\n"
        + SLOW
        + "async def work():\n    «slow()»\nasync def f(tasks: BackgroundTasks):\n    tasks.add_task(work)\n",
        "from django.views import View\n"
        + SLOW
        + "class V(View):\n    async def get(self, request):\n        «slow()»\n",
        SLOW + "async def job(ctx):\n    «slow()»\nclass WorkerSettings:\n    functions = [job]\n",
    ],
)
def test_a_helper_that_blocks(lines: str) -> None:
    assert_finds(CODE, lines)


SWITCH = SLOW + "def send(wait=False):\n    if wait:\n        return slow()\n"


@pytest.mark.parametrize(
    "lines",
    [
        SWITCH + "async def f():\n    «send(True)»\n",
        SWITCH + "async def f():\n    «send(wait=True)»\n",
        SWITCH + "def outer(late=False):\n    send(wait=late)\nasync def f():\n    «outer(late=True)»\n",
        SLOW
        + "class A:\n    def go(self, x, *, wait=False):\n        if x and wait:\n            slow()\nasync def f(a: A):\n    «a.go(1, wait=True)»\n",
        SLOW + "def send(wait=False):\n    if not wait:\n        slow()\nasync def f():\n    «send()»\n",
        SLOW
        + "def send(wait=False):\n    if wait:\n        pass\n    else:\n        slow()\nasync def f():\n    «send()»\n",
        SLOW + "def send(wait=True):\n    if wait:\n        slow()\nasync def f():\n    «send()»\n",
        SLOW + "def send(wait=False, x=1):\n    if wait or x:\n        slow()\nasync def f():\n    «send()»\n",
        SLOW
        + "def send(wait=False):\n    wait = wait or len('x')\n    if wait:\n        slow()\nasync def f():\n    «send()»\n",
        SLOW + "async def f(wait=False):\n    if wait:\n        «slow()»\n",
    ],
)
def test_a_helper_that_is_told_to_wait_or_waits_by_itself(lines: str) -> None:
    assert_finds(CODE, lines)


@pytest.mark.parametrize(
    "lines",
    [
        SWITCH + "async def f():\n    send()\n",
        SWITCH + "async def f():\n    send(False)\n",
        SWITCH + "async def f():\n    send(wait=False)\n",
        SWITCH + "def outer(late=False):\n    send(wait=late)\nasync def f():\n    outer()\n",
        SWITCH + "def outer():\n    send()\nasync def f():\n    outer()\n",
        SLOW
        + "class A:\n    def go(self, *, wait=False):\n        if wait:\n            for _ in range(3):\n                slow()\nasync def f(a: A):\n    a.go()\n",
        SLOW
        + "import threading\ndef send(wait=False):\n    def post():\n        slow()\n    if wait:\n        post()\n"
        "    threading.Thread(target=post).start()\nasync def f():\n    send()\n",
    ],
)
def test_a_helper_that_nobody_told_to_wait(lines: str) -> None:
    assert_silent(CODE, lines)


def test_every_hop_is_shown_where_it_stands() -> None:
    (located,) = assert_finds(
        CODE,
        """
        from app.service import rates

        async def handler():
            return «rates()»

        #- app/__init__.py
        #- app/service.py
        from app import gateway

        def rates():
            return gateway.fetch("rates")

        #- app/gateway.py
        import requests

        TIMEOUT = 5

        def fetch(name):
            return requests.get(name, timeout=TIMEOUT)
        """,
    )
    assert [(one.path.name, one.range.start_line, one.message) for one in located.related] == [
        ("service.py", 4, "`rates` calls `app.gateway.fetch`"),
        ("gateway.py", 6, "`fetch` calls `requests.get`"),
    ]


def test_a_dependency_instance() -> None:
    assert_finds(
        CODE,
        """
        from fastapi import Depends

        from payments import Payments

        async def handler(payments: Payments = Depends()):
            return «payments.charge(3)»

        #- payments.py
        import requests

        class Base:
            def _post(self, path):
                return requests.post(path)

        class Payments(Base):
            def charge(self, amount):
                return self._post("/charge")
        """,
    )


def test_files_in_the_helper_itself_are_a_warning() -> None:
    (located,) = assert_finds(
        CODE,
        "def read():\n    return open('x').read()\ndef far():\n    return read()\nasync def f():\n    far()\n    «read()»\n",
    )
    assert located.severity == "warning"


@pytest.mark.parametrize(
    "text",
    [
        """
        from lib import Store
        async def f(store: Store):
            «store.save()»
        #- lib.py
        from abc import ABC, abstractmethod
        class Store(ABC):
            @abstractmethod
            def save(self): ...
        #- disk.py
        import time
        from lib import Store
        class Disk(Store):
            def save(self):
                time.sleep(1)
        """,
        """
        from lib import Users
        async def f(users: Users):
            «users.sync()»
        #- base.py
        class Base:
            def sync(self):
                return self.fetch()
            def fetch(self):
                return []
        #- lib.py
        import requests
        from base import Base
        class Users(Base):
            def fetch(self):
                return requests.get("/users")
        """,
        """
        from tools import timed
        import time
        @timed("work")
        def work():
            time.sleep(1)
        async def f():
            «work()»
        #- tools.py
        from functools import wraps
        def timed(name):
            def decorate(f):
                @wraps(f)
                def wrapper(*args, **kwargs):
                    return f(*args, **kwargs)
                return wrapper
            return decorate
        """,
        """
        from models import Order
        async def f(order: Order):
            return «order.rate»
        #- models.py
        from functools import cached_property
        from gateway import fetch
        class Order:
            @cached_property
            def rate(self):
                return fetch()
        #- gateway.py
        import requests
        def fetch():
            return requests.get("/rate")
        """,
    ],
    ids=["an abstract method", "an override", "a decorator", "a property"],
)
def test_over_several_files(text: str) -> None:
    assert_finds(CODE, text)


@pytest.mark.parametrize(
    "text",
    [
        """
        from tools import threaded
        import time
        @threaded(4)
        def work():
            time.sleep(1)
        async def f():
            work()
        #- tools.py
        from concurrent.futures import ThreadPoolExecutor
        def threaded(n):
            def decorate(f):
                def wrapper(*args):
                    return ThreadPoolExecutor(n).submit(f, *args)
                return wrapper
            return decorate
        """,
        """
        from lib import Store
        async def f(store: Store):
            store.save()
        #- lib.py
        import time
        from abc import ABC, abstractmethod
        class Store(ABC):
            @abstractmethod
            def save(self): ...
        class Disk(Store):
            def save(self):
                time.sleep(1)
        #- memory.py
        from lib import Store
        class Memory(Store):
            def save(self):
                return None
        """,
        """
        from models import Cheap
        async def f(order: Cheap):
            return order.rate
        #- models.py
        import time
        class Dear:
            @property
            def rate(self):
                return time.sleep(1)
        class Cheap:
            rate = 1
        """,
    ],
    ids=["a decorator with a pool", "one of two implementations", "another class's property"],
)
def test_silent_over_several_files(text: str) -> None:
    assert_silent(CODE, text)


# -- not found ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        SLOW + "def f():\n    slow()\n",
        SLOW + "import asyncio\nasync def f():\n    await asyncio.to_thread(slow)\n",
        SLOW + "from anyio import to_thread\nasync def f():\n    await to_thread.run_sync(slow)\n",
        SLOW + "from fastapi import BackgroundTasks\nasync def f(tasks: BackgroundTasks):\n    tasks.add_task(slow)\n",
        SLOW + "from fastapi import Depends\nasync def f(x=Depends(slow)):\n    return x\n",
        SLOW + "from threads import in_thread\n@in_thread\ndef moved():\n    slow()\nasync def f():\n    moved()\n",
        SLOW + "from functools import cache\n@cache\ndef once():\n    slow()\nasync def f():\n    once()\n",
        SLOW + "def rows():\n    slow()\n    yield 1\nasync def f():\n    return rows()\n",
        SLOW
        + "class Dep:\n    def __init__(self):\n        slow()\nfrom fastapi import Depends\nasync def f(x: Dep = Depends()):\n    return x\n",
        SLOW
        + "class Dep:\n    def __call__(self):\n        slow()\nfrom fastapi import Depends\nasync def f(x=Depends(Dep())):\n    return x\n",
        SLOW
        + "def dep():\n    slow()\n    yield 1\nfrom fastapi import Depends\nasync def f(x=Depends(dep)):\n    return x\n",
        SLOW
        + "from fastapi import Depends, FastAPI\napp = FastAPI(dependencies=[Depends(slow)])\n@app.get('/')\nasync def f():\n    return 1\n",
        SLOW
        + "from fastapi import FastAPI\napp = FastAPI()\ndef dep(): ...\napp.dependency_overrides[dep] = slow\n@app.get('/')\n"
        "async def f():\n    return 1\n",
        SLOW
        + "from fastapi import FastAPI\napp = FastAPI()\n@app.exception_handler(ValueError)\ndef on_error(request, e):\n    slow()\n",
        SLOW
        + "from celery import shared_task\n@shared_task\ndef job():\n    slow()\nasync def f():\n    job.delay()\n",
        SLOW
        + "import asyncio\nclass A:\n    def go(self):\n        slow()\nasync def f(a: A):\n    await asyncio.to_thread(a.go)\n",
        SLOW + "import asyncio\nasync def f():\n    await asyncio.to_thread(lambda: slow())\n",
        SLOW
        + "from starlette.responses import StreamingResponse\ndef rows():\n    slow()\n    yield 1\nasync def f():\n"
        "    return StreamingResponse(rows())\n",
        SLOW + "def outer():\n    return lambda: slow()\nasync def f():\n    return outer()\n",
        SLOW + "def outer():\n    def inner():\n        slow()\n    return inner\nasync def f():\n    return outer()\n",
        SLOW + "async def f(slow):\n    slow()\n",
        SLOW + "async def f(service):\n    service.slow()\n",
        "import threading\nlock = threading.Lock()\ndef take():\n    return lock.acquire()\nasync def f():\n    take()\n",
        "import time\nasync def slow():\n    time.sleep(1)\nasync def f():\n    await slow()\n",
        "def a():\n    return b()\ndef b():\n    return a()\nasync def f():\n    a()\n",
        "from sqlalchemy.orm import Session\ndef save(s: Session):\n    s.commit()\nasync def f(s: Session):\n    save(s)\n",
    ],
)
def test_silent(lines: str) -> None:
    assert_silent(CODE, lines)


# -- fixed -------------------------------------------------------------------------------------------------------------


def test_arguments_are_handed_on() -> None:
    assert_fixes(
        CODE,
        """
        import asyncio
        import time

        def slow(n, *, tag=""):
            time.sleep(n)
            return tag

        async def f(xs):
            return slow(*xs, tag="é").upper()  # done
        """,
        """
        import asyncio
        import time

        def slow(n, *, tag=""):
            time.sleep(n)
            return tag

        async def f(xs):
            return (await asyncio.to_thread(slow, *xs, tag="é")).upper()  # done
        """,
    )


def test_the_helper_that_the_file_imports() -> None:
    assert_fixes(
        CODE,
        SLOW + "from starlette.concurrency import run_in_threadpool\nasync def f():\n    slow()\n",
        SLOW
        + "from starlette.concurrency import run_in_threadpool\nasync def f():\n    await run_in_threadpool(slow)\n",
    )


def test_only_asgiref_at_hand() -> None:
    assert_fixes(
        CODE,
        "from asgiref.sync import sync_to_async\n" + SLOW + "async def f():\n    slow()\n",
        "from asgiref.sync import sync_to_async\n" + SLOW + "async def f():\n    await sync_to_async(slow)()\n",
    )


def test_a_plain_handler() -> None:
    before = (
        "from fastapi import FastAPI\napp = FastAPI()\n"
        + SLOW
        + "@app.get('/')\nasync  def f():\n    slow()\n    slow()\n"
    )
    assert_fixes(CODE, before, before.replace("async  def", "def"), title="plain `def`")


def test_no_plain_handler_if_something_awaits() -> None:
    text = (
        "from fastapi import FastAPI\napp = FastAPI()\n"
        + SLOW
        + "@app.get('/')\nasync def f(x):\n    slow()\n    await x\n"
    )
    (located,) = Folder(parse(text).files).findings(CODE)
    assert not any("plain `def`" in fix.title for fix in located.finding.fixes)


@pytest.mark.parametrize(
    ("length", "blocks"), [("0.001", False), ("0", False), ("0.5", True), ("length", True), ("1", True)]
)
def test_a_moment_is_no_sleep(length: str, blocks: bool) -> None:
    call = "«stamp(2)»" if blocks else "stamp(2)"
    helper = f"import time\ndef stamp(length):\n    time.sleep({length})\n    return time.time()\n"
    text = f"{helper}async def f():\n    return {call}\n"
    assert_finds(CODE, text) if blocks else assert_silent(CODE, text)


def test_an_event_has_mostly_happened() -> None:
    pool = "import threading\nclass Pool:\n    def __init__(self):\n        self.ready = threading.Event()\n"
    get = (
        "    def get(self):\n        if not self.ready.is_set():\n            self.ready.wait(5)\n        return self\n"
    )
    assert_silent(CODE, f"{pool}{get}async def f(pool: Pool):\n    return pool.get()\n")
    slow = get.replace("return self", "import time; time.sleep(1)")
    assert_finds(CODE, f"{pool}{slow}async def f(pool: Pool):\n    return «pool.get()»\n")
