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
    ],
)
def test_a_helper_that_blocks(lines: str) -> None:
    assert_finds(CODE, lines)


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
    assert [fix.title for fix in located.finding.fixes] == ["Run it in a worker thread"]
