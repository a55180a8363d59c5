from pathlib import Path

import pytest

from seawall.knowledge.blocking import Kind
from seawall.semantics.index import Index
from seawall.semantics.summary import blocking_chain, blocks, callees, known
from support.marked import Folder, parse


def index(text: str) -> Index:
    folder = Folder(parse(text).files)
    for path in folder.python:
        folder.workspace.load(path)
    return folder.workspace.index


def way(text: str, function: str) -> list[str]:
    chain = blocking_chain(index(text), function)
    return [hop.callee for hop in chain.hops] if chain else []


def test_the_shortest_way_is_taken() -> None:
    text = "import time\ndef a():\n    b()\n    c()\ndef b():\n    c()\ndef c():\n    time.sleep(1)\n"
    assert way(text, "main.a") == ["main.c", "time.sleep"]


def test_a_circle_ends() -> None:
    assert way("def a():\n    b()\ndef b():\n    a()\n", "main.a") == []


def test_a_way_out_of_a_circle_is_found_from_each_of_its_members() -> None:
    text = "import time\ndef a():\n    b()\ndef b():\n    a()\n    time.sleep(1)\n"
    assert way(text, "main.a") == ["main.b", "time.sleep"]
    assert way(text, "main.b") == ["time.sleep"]


def test_coroutines_generators_and_unknown_decorators_are_not_followed() -> None:
    text = (
        "import time\nimport x\nasync def a():\n    time.sleep(1)\ndef b():\n    time.sleep(1)\n    yield\n"
        "@x.moved\ndef c():\n    time.sleep(1)\ndef start():\n    a()\n    b()\n    c()\n"
    )
    assert way(text, "main.start") == []


def test_waiting_for_the_network_outweighs_reading_a_file() -> None:
    text = "import requests\ndef a():\n    open('x')\n    b()\ndef b():\n    requests.get('x')\n"
    assert way(text, "main.a") == ["main.b", "requests.get"]


def test_calls_of_methods_constructors_and_objects() -> None:
    text = (
        "class A:\n    def __init__(self):\n        self.go()\n    def go(self): ...\n    def __call__(self): ...\n"
        "def f():\n    a = A()\n    a.go()\n    a()\n"
    )
    found = index(text)
    assert [callee.name for callee in callees(found, "main.f")] == ["main.A.__init__", "main.A.go", "main.A.__call__"]
    assert [callee.name for callee in callees(found, "main.A.__init__")] == ["main.A.go"]


def test_a_table_is_asked_through_base_classes() -> None:
    found = index("import requests\nclass Mine(requests.Session): ...\n")
    assert known(found, {"requests.Session.get": 1}, "main.Mine.get") == 1
    assert known(found, {"requests.Session.get": 1}, "main.Mine.post") is None


def test_every_method_of_a_class_but_the_quick_ones() -> None:
    found = index("")
    assert blocks(found, "redis.Redis.hgetall") is not None
    assert blocks(found, "redis.Redis.pipeline") is None
    row = blocks(found, "sqlmodel.Session.exec")
    assert row is not None
    assert row.kind is Kind.SESSION


def test_the_answer_follows_an_edit_elsewhere() -> None:
    folder = Folder(parse("from lib import g\ndef f():\n    g()\n#- lib.py\ndef g(): ...\n").files)
    workspace, lib = folder.workspace, folder.root / "lib.py"
    for path in folder.python:
        workspace.load(path)
    assert blocking_chain(workspace.index, "main.f") is None
    workspace.open(Path(lib), "import time\ndef g():\n    time.sleep(1)\n")
    assert blocking_chain(workspace.index, "main.f") is not None


def test_a_call_of_one_of_two_things_proves_nothing() -> None:
    text = (
        "import time\nclass A:\n    def go(self):\n        time.sleep(1)\nclass B:\n    def go(self): ...\n"
        "def f(x: A | B):\n    x.go()\ndef g(x: A):\n    x.go()\n"
    )
    assert way(text, "main.f") == []
    assert way(text, "main.g") == ["main.A.go", "time.sleep"]


_WRAPPED = """
import time
{decorator}

@wrapped
def work():
    time.sleep(1)

def start():
    work()
"""


@pytest.mark.parametrize(
    "decorator",
    [
        "def wrapped(f):\n    def wrapper(*args):\n        return f(*args)\n    return wrapper\n",
        "import functools\ndef wrapped(f):\n    @functools.wraps(f)\n    def wrapper(*args):\n        with begin() as s:\n"
        "            return f(*args, session=s)\n    return wrapper\n",
        "def wrapped(f):\n    def wrapper(x):\n        if x in CACHE:\n            return CACHE[x]\n        return f(x)\n    return wrapper\n",
    ],
)
def test_a_decorator_whose_wrapper_calls_the_function(decorator: str) -> None:
    assert way(_WRAPPED.format(decorator=decorator), "main.start") == ["main.work", "time.sleep"]


@pytest.mark.parametrize(
    "decorator",
    [
        "def wrapped(f):\n    async def wrapper(*args):\n        return f(*args)\n    return wrapper\n",
        "def wrapped(f):\n    def wrapper(*args):\n        return pool.submit(f, *args)\n    return wrapper\n",
        "def wrapped(f):\n    def wrapper(*args):\n        return pool.submit(lambda: f(*args))\n    return wrapper\n",
        "import asyncio\ndef wrapped(f):\n    def wrapper(*args):\n        if asyncio.get_running_loop():\n            return later\n"
        "        return f(*args)\n    return wrapper\n",
        "def wrapped(f, run=print):\n    def wrapper(*args):\n        run(f)\n        f()\n    return wrapper\n",
        "def wrapped(f):\n    return register(f)\n",
        "def wrapped(f):\n    def wrapper():\n        yield f()\n    return wrapper\n",
        "class wrapped:\n    def __init__(self, f): ...\n",
    ],
)
def test_a_decorator_that_may_do_something_else(decorator: str) -> None:
    assert way(_WRAPPED.format(decorator=decorator), "main.start") == []
