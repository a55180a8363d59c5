"""What makes code run: each mechanism, followed from `main.start` to the call that blocks."""

from pathlib import Path

import pytest

from seawall.semantics.frames import Frame
from seawall.semantics.index import Index
from seawall.semantics.summary import leads_to
from support.marked import Folder, parse

SLOW = "import time\ndef slow(*args):\n    time.sleep(1)\n"


def index(text: str) -> Index:
    folder = Folder(parse(text).files)
    for path in folder.python:
        folder.workspace.load(path)
    return folder.workspace.index


def way(text: str, function: str = "main.start") -> list[str]:
    chain = leads_to(index(text), Frame(function))
    return [hop.callee for hop in chain.hops] if chain else []


FOLLOWED = {
    "a property": (
        SLOW + "class A:\n    @property\n    def rate(self):\n        return slow()\ndef start(a: A):\n    return a.rate\n",
        ["main.A.rate", "main.slow"],
    ),
    "a cached property of a module's object": (
        "from functools import cached_property\n"
        + SLOW
        + "class A:\n    @cached_property\n    def rate(self):\n        return slow()\na = A()\ndef start():\n    return a.rate\n",
        ["main.A.rate", "main.slow"],
    ),
    "a property in another module, of a base": (
        "from lib import B\ndef start(b: B):\n    return b.rate + 1\n"
        "#- lib.py\nimport time\nclass A:\n    @property\n    def rate(self):\n        return time.sleep(1)\nclass B(A): ...\n",
        ["lib.A.rate"],
    ),
    "a context manager's function": (
        "from contextlib import contextmanager\n"
        + SLOW
        + "@contextmanager\ndef held():\n    slow()\n    yield\ndef start():\n    with held():\n        pass\n",
        ["main.held", "main.slow"],
    ),
    "a context manager entered by a stack": (
        "from contextlib import ExitStack, contextmanager\n"
        + SLOW
        + "@contextmanager\ndef held():\n    slow()\n    yield\ndef start():\n    with ExitStack() as stack:\n        stack.enter_context(held())\n",
        ["main.held", "main.slow"],
    ),
    "entering an object": (
        SLOW + "class A:\n    def __enter__(self):\n        slow()\n    def __exit__(self, *a): ...\n"
        "def start():\n    with A() as a:\n        pass\n",
        ["main.A.__enter__", "main.slow"],
    ),
    "leaving an object": (
        SLOW + "class A:\n    def __enter__(self): return self\n    def __exit__(self, *a):\n        slow()\n"
        "def start(a: A):\n    with a:\n        pass\n",
        ["main.A.__exit__", "main.slow"],
    ),
    "a generator in a loop": (
        SLOW + "def rows():\n    slow()\n    yield 1\ndef start():\n    for row in rows():\n        pass\n",
        ["main.rows", "main.slow"],
    ),
    "a generator under enumerate": (
        SLOW + "def rows():\n    slow()\n    yield 1\ndef start():\n    for n, row in enumerate(rows()):\n        pass\n",
        ["main.rows", "main.slow"],
    ),
    "a generator in a comprehension": (
        SLOW + "def rows():\n    slow()\n    yield 1\ndef start():\n    return [row for row in rows()]\n",
        ["main.rows", "main.slow"],
    ),
    "a generator made a list": (
        SLOW + "def rows():\n    slow()\n    yield 1\ndef start():\n    return list(rows())\n",
        ["main.rows", "main.slow"],
    ),
    "a generator joined": (
        SLOW + "def rows():\n    slow()\n    yield ''\ndef start():\n    return ','.join(rows())\n",
        ["main.rows", "main.slow"],
    ),
    "going through an object": (
        SLOW + "class A:\n    def __iter__(self):\n        slow()\n        yield 1\ndef start(a: A):\n    for one in a:\n        pass\n",
        ["main.A.__iter__", "main.slow"],
    ),
    "a function given by position": (
        SLOW + "def run(f, x):\n    return f(x)\ndef start():\n    run(slow, 1)\n",
        ["main.run", "main.slow"],
    ),
    "a function given by name, through two hops": (
        SLOW + "def run(x, action):\n    return action(x)\ndef outer(action):\n    return run(1, action=action)\ndef start():\n    outer(slow)\n",
        ["main.outer", "main.run", "main.slow"],
    ),
    "a function given for a Callable": (
        "from collections.abc import Callable\n"
        + SLOW
        + "def run(f: Callable[[], None]):\n    return f()\ndef start():\n    run(slow)\n",
        ["main.run", "main.slow"],
    ),
    "a bound method given": (
        SLOW + "def run(f):\n    f()\nclass A:\n    def go(self):\n        slow()\ndef start(a: A):\n    run(a.go)\n",
        ["main.run", "main.A.go", "main.slow"],
    ),
    "a partial given": (
        "from functools import partial\n" + SLOW + "def run(f):\n    f()\ndef start():\n    run(partial(slow, 1))\n",
        ["main.run", "main.slow"],
    ),
    "a lambda given": (
        SLOW + "def run(f):\n    f()\ndef start():\n    run(lambda: slow(1))\n",
        ["main.run", "main.slow"],
    ),
    "a function given to an inner function's outside": (
        SLOW + "def run(f):\n    def inner():\n        f()\n    inner()\ndef start():\n    run(slow)\n",
        ["main.run", "main.run.<locals>.inner", "main.slow"],
    ),
    "map": (SLOW + "def start(xs):\n    return list(map(slow, xs))\n", ["main.slow"]),
    "the key of a sort": (SLOW + "def start(xs):\n    return sorted(xs, key=slow)\n", ["main.slow"]),
    "the key of a list's sort, a lambda": (SLOW + "def start(xs):\n    xs.sort(key=lambda x: slow(x))\n", ["main.slow"]),
    "an object given for a parameter without annotation": (
        "import requests\ndef fetch(client):\n    return client.get('x')\ndef start():\n    fetch(requests.Session())\n",
        [],  # what a call gives is not written down
    ),
    "a typed object given for a parameter without annotation": (
        "import requests\ndef fetch(client):\n    return client.get('x')\ndef start(client: requests.Session):\n    fetch(client)\n",
        ["main.fetch", "requests.Session.get"],
    ),
    "an object kept in a variable and given": (
        "import requests\ndef fetch(client):\n    return client.get('x')\ndef start():\n    c = requests.Session()\n    fetch(c)\n",
        ["main.fetch", "requests.Session.get"],
    ),
    "an override, called by the base": (
        SLOW + "class Base:\n    def run(self):\n        self.hook()\n    def hook(self): ...\n"
        "class Sub(Base):\n    def hook(self):\n        slow()\ndef start():\n    Sub().run()\n",
        ["main.Base.run", "main.Sub.hook", "main.slow"],
    ),
    "an override of a class method": (
        SLOW + "class Base:\n    @classmethod\n    def run(cls):\n        cls.hook()\n    @classmethod\n    def hook(cls):\n        pass\n"
        "class Sub(Base):\n    @classmethod\n    def hook(cls):\n        slow()\ndef start(sub: Sub):\n    sub.run()\n",
        ["main.Base.run", "main.Sub.hook", "main.slow"],
    ),
    "an attribute that the subclass brings": (
        "import requests\nclass Base:\n    def run(self):\n        return self.client.get('x')\n"
        "class Sub(Base):\n    client = requests.Session()\ndef start(sub: Sub):\n    sub.run()\n",
        ["main.Base.run", "requests.Session.get"],
    ),
    "super": (
        SLOW + "class Base:\n    def go(self):\n        slow()\nclass Sub(Base):\n    def go(self):\n        super().go()\n"
        "def start(sub: Sub):\n    sub.go()\n",
        ["main.Sub.go", "main.Base.go", "main.slow"],
    ),
    "super in a mixin": (
        SLOW + "class Mixin:\n    def go(self):\n        super().go()\nclass Base:\n    def go(self):\n        slow()\n"
        "class Sub(Mixin, Base): ...\ndef start(sub: Sub):\n    sub.go()\n",
        ["main.Mixin.go", "main.Base.go", "main.slow"],
    ),
    "an abstract method with one implementation": (
        "from lib import Store\ndef start(store: Store):\n    store.save()\n#- lib.py\nfrom abc import ABC, abstractmethod\n"
        "class Store(ABC):\n    @abstractmethod\n    def save(self):\n        pass\n"
        "#- sql.py\nimport time\nimport lib\nclass SqlStore(lib.Store):\n    def save(self):\n        time.sleep(1)\n",
        ["sql.SqlStore.save"],
    ),
    "a method that raises NotImplementedError, of a generic class": (
        "import typing\n"
        + SLOW
        + "T = typing.TypeVar('T')\nclass Store(typing.Generic[T]):\n    def save(self):\n        raise NotImplementedError\n"
        "class Users(Store[int]):\n    def save(self):\n        slow()\ndef start(store: Store):\n    store.save()\n",
        ["main.Users.save", "main.slow"],
    ),
    "an abstract method all of whose implementations block": (
        SLOW + "from abc import ABC, abstractmethod\nclass Store(ABC):\n    @abstractmethod\n    def save(self): ...\n"
        "class A(Store):\n    def save(self):\n        slow()\nclass B(Store):\n    def save(self):\n        slow()\n"
        "def start(store: Store):\n    store.save()\n",
        ["main.A.save", "main.slow"],
    ),
    "a protocol and the one class that has its shape": (
        SLOW + "from typing import Protocol\nclass Store(Protocol):\n    def save(self) -> None: ...\n    def load(self) -> int: ...\n"
        "class Disk:\n    def save(self) -> None:\n        slow()\n    def load(self) -> int:\n        return 1\n"
        "class Other:\n    def save(self) -> None: ...\ndef start(store: Store):\n    store.save()\n",
        ["main.Disk.save", "main.slow"],
    ),
    "an abstract property": (
        SLOW + "from abc import ABC, abstractmethod\nclass Store(ABC):\n    @property\n    @abstractmethod\n    def size(self) -> int: ...\n"
        "class A(Store):\n    @property\n    def size(self) -> int:\n        return slow()\ndef start(store: Store):\n    return store.size\n",
        ["main.A.size", "main.slow"],
    ),
    "what a decorator's wrapper does": (
        SLOW + "def timed(f):\n    def wrapper():\n        slow()\n        return f()\n    return wrapper\n"
        "@timed\ndef work(): ...\ndef start():\n    work()\n",
        ["main.timed.<locals>.wrapper", "main.slow"],
    ),
    "a decorator with arguments": (
        "from functools import wraps\n"
        + SLOW
        + "def retry(times):\n    def decorate(f):\n        @wraps(f)\n        def wrapper(*a):\n            return f(*a)\n"
        "        return wrapper\n    return decorate\n@retry(times=3)\ndef work():\n    slow()\ndef start():\n    work()\n",
        ["main.work", "main.slow"],
    ),
    "a decorator in another module, twice": (
        "import time\nfrom lib import logged\n@logged\n@logged\ndef work():\n    time.sleep(1)\ndef start():\n    work()\n"
        "#- lib.py\ndef logged(f):\n    def inner(*a):\n        return f(*a)\n    return inner\n",
        ["main.work"],
    ),
    "a class as decorator": (
        SLOW + "class counted:\n    def __init__(self, f):\n        self.f = f\n    def __call__(self, *a):\n        slow()\n"
        "@counted\ndef work(): ...\ndef start():\n    work()\n",
        ["main.counted.__call__", "main.slow"],
    ),
    "a cache with arguments": (
        "from functools import lru_cache\n" + SLOW + "@lru_cache(maxsize=9)\ndef load(key):\n    slow()\ndef start():\n    load(1)\n",
        ["main.load", "main.slow"],
    ),
    "a Celery task that is called directly": (
        "from celery import shared_task\n" + SLOW + "@shared_task\ndef work():\n    slow()\ndef start():\n    work()\n",
        ["main.work", "main.slow"],
    ),
    "a task of the project's Celery": (
        "from worker import app\n" + SLOW + "@app.task(bind=True)\ndef work(self):\n    slow()\ndef start():\n    work()\n"
        "#- worker.py\nfrom celery import Celery\napp = Celery('x')\n",
        ["main.work", "main.slow"],
    ),
    "a partial called": (
        "from functools import partial\n" + SLOW + "soon = partial(slow, 1)\ndef start():\n    soon()\n",
        ["main.slow"],
    ),
    "what runs after a dataclass is made": (
        "from dataclasses import dataclass\n"
        + SLOW
        + "@dataclass\nclass A:\n    x: int\n    def __post_init__(self):\n        slow()\ndef start():\n    A(1)\n",
        ["main.A.__post_init__", "main.slow"],
    ),
    "the constructor of a base": (
        SLOW + "class Base:\n    def __init__(self):\n        self.load()\n    def load(self): ...\n"
        "class Sub(Base):\n    def load(self):\n        slow()\ndef start():\n    Sub()\n",
        ["main.Base.__init__", "main.Sub.load", "main.slow"],
    ),
    "an object of a factory": (
        "from lib import make\ndef start():\n    make().go()\n#- lib.py\nimport time\nclass A:\n    def go(self):\n        time.sleep(1)\n"
        "def make():\n    return A()\n",
        ["lib.A.go"],
    ),
    "iterating a query": (
        "from sqlalchemy.orm import Session\ndef start(s: Session):\n    for row in s.query(1):\n        pass\n",
        ["sqlalchemy.orm.Query.__iter__"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FOLLOWED.values(), ids=FOLLOWED.keys())
def test_followed(case: tuple[str, list[str]]) -> None:
    text, expected = case
    found = way(text)
    assert [name for name in found if not name.startswith("time.")] == expected, found


NOT_FOLLOWED = {
    "a property that is only named": (
        SLOW + "class A:\n    @property\n    def rate(self):\n        return slow()\ndef start(a):\n    return a.rate\n"
    ),
    "a method that is not called": SLOW + "class A:\n    def go(self):\n        slow()\ndef start(a: A):\n    return a.go\n",
    "an attribute of another class under the property's name": (
        SLOW + "class A:\n    @property\n    def rate(self):\n        return slow()\nclass B:\n    rate = 1\ndef start(b: B):\n    return b.rate\n"
    ),
    "setting a property": (
        SLOW + "class A:\n    @property\n    def rate(self):\n        return slow()\ndef start(a: A):\n    a.rate = 1\n"
    ),
    "a property read through the class": (
        SLOW + "class A:\n    @property\n    def rate(self):\n        return slow()\ndef start():\n    return A.rate\n"
    ),
    "a context manager that nobody enters": (
        "from contextlib import contextmanager\n" + SLOW + "@contextmanager\ndef held():\n    slow()\n    yield\ndef start():\n    return held()\n"
    ),
    "a generator that nobody goes through": SLOW + "def rows():\n    slow()\n    yield 1\ndef start():\n    return rows()\n",
    "an async generator": SLOW + "async def rows():\n    slow()\n    yield 1\ndef start():\n    for x in rows():\n        pass\n",
    "a function that is given and kept": SLOW + "def run(f):\n    return [f]\ndef start():\n    run(slow)\n",
    "a function given to a thread": (
        "import threading\n" + SLOW + "def run(f):\n    threading.Thread(target=f).start()\ndef start():\n    run(slow)\n"
    ),
    "a function given to a pool": SLOW + "def run(pool, f):\n    return pool.submit(f)\ndef start(pool):\n    run(pool, slow)\n",
    "a coroutine function given": "import time\nasync def slow():\n    time.sleep(1)\ndef run(f):\n    return f()\ndef start():\n    run(slow)\n",
    "another parameter is called": SLOW + "def run(f, g):\n    return g()\ndef start():\n    run(slow, print)\n",
    "a parameter of the same name further in": (
        SLOW + "def run(f):\n    def inner(f):\n        f()\n    inner(print)\ndef start():\n    run(slow)\n"
    ),
    "a keyword-only parameter is not the second one": (
        SLOW + "def run(f, *args, g=None):\n    g()\ndef start():\n    run(print, slow)\n"
    ),
    "an empty hook with one override": (
        SLOW + "class Base:\n    def hook(self):\n        pass\nclass Sub(Base):\n    def hook(self):\n        slow()\ndef start(base: Base):\n    base.hook()\n"
    ),
    "an abstract method of which one implementation is quick": (
        SLOW + "from abc import ABC, abstractmethod\nclass Store(ABC):\n    @abstractmethod\n    def save(self): ...\n"
        "class A(Store):\n    def save(self):\n        slow()\nclass B(Store):\n    def save(self):\n        return 1\n"
        "def start(store: Store):\n    store.save()\n"
    ),
    "a protocol that two classes fulfil": (
        SLOW + "from typing import Protocol\nclass Store(Protocol):\n    def save(self) -> None: ...\n"
        "class A:\n    def save(self) -> None:\n        slow()\nclass B:\n    def save(self) -> None:\n        return None\n"
        "def start(store: Store):\n    store.save()\n"
    ),
    "an override that does not block": (
        SLOW + "class Base:\n    def run(self):\n        self.hook()\n    def hook(self):\n        slow()\n"
        "class Sub(Base):\n    def hook(self):\n        return 1\ndef start():\n    Sub().run()\n"
    ),
    "super skips what the class itself defines": (
        SLOW + "class Base:\n    def go(self): ...\nclass Sub(Base):\n    def go(self):\n        slow()\n    def other(self):\n        super().go()\n"
        "def start(sub: Sub):\n    sub.other()\n"
    ),
    "a decorator that moves to a thread": (
        "from functools import wraps\n"
        + SLOW
        + "def threaded(n):\n    def decorate(f):\n        @wraps(f)\n        def wrapper(*a):\n            return pool.submit(f, *a)\n"
        "        return wrapper\n    return decorate\n@threaded(3)\ndef work():\n    slow()\ndef start():\n    work()\n"
    ),
    "a decorator with an async wrapper": (
        SLOW + "def moved(f):\n    async def wrapper():\n        slow()\n        return f()\n    return wrapper\n@moved\ndef work():\n    slow()\ndef start():\n    work()\n"
    ),
    "a cache without arguments": (
        "from functools import cache\n" + SLOW + "@cache\ndef settings():\n    slow()\ndef start():\n    settings()\n"
    ),
    "a cached method without arguments": (
        "from functools import cache\n" + SLOW + "class A:\n    @cache\n    def all(self):\n        slow()\ndef start(a: A):\n    a.all()\n"
    ),
    "a cached file": "from functools import cache\n@cache\ndef template(name):\n    return open(name).read()\ndef start():\n    template('x')\n",
    "a Celery task that is sent": (
        "from celery import shared_task\n" + SLOW + "@shared_task\ndef work():\n    slow()\ndef start():\n    work.delay()\n"
    ),
    "a lambda that nobody calls": SLOW + "def start():\n    return lambda: slow()\n",
    "a map that is handed on": SLOW + "def start(pool, xs):\n    return pool.map(slow, xs)\n",
    "functions that call each other with one another": (
        "def a(f):\n    f(a)\ndef b(f):\n    f(b)\ndef start():\n    a(b)\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", NOT_FOLLOWED.values(), ids=NOT_FOLLOWED.keys())
def test_not_followed(text: str) -> None:
    if "template" in text:  # the file is read in the helper itself
        assert way(text, "main.template") == []
    assert way(text) == []


EDITS = {
    "a property becomes slow": (
        "from lib import A\ndef start(a: A):\n    return a.rate\n",
        "class A:\n    @property\n    def rate(self):\n        return 1\n",
        "import time\nclass A:\n    @property\n    def rate(self):\n        return time.sleep(1)\n",
    ),
    "a method becomes a property": (
        "from lib import A\ndef start(a: A):\n    return a.rate\n",
        "import time\nclass A:\n    def rate(self):\n        return time.sleep(1)\n",
        "import time\nclass A:\n    @property\n    def rate(self):\n        return time.sleep(1)\n",
    ),
    "a function becomes a context manager": (
        "from lib import held\ndef start():\n    with held():\n        pass\n",
        "import time\nasync def held():\n    time.sleep(1)\n    yield\n",
        "import time\nfrom contextlib import contextmanager\n@contextmanager\ndef held():\n    time.sleep(1)\n    yield\n",
    ),
    "the callee begins to call what it is given": (
        "import time\nfrom lib import run\ndef slow():\n    time.sleep(1)\ndef start():\n    run(slow)\n",
        "def run(f):\n    return f\n",
        "def run(f):\n    return f()\n",
    ),
    "an implementation appears": (
        "from abc import ABC, abstractmethod\nclass Store(ABC):\n    @abstractmethod\n    def save(self): ...\n"
        "def start(store: Store):\n    store.save()\n",
        "",
        "import time\nfrom main import Store\nclass Sql(Store):\n    def save(self):\n        time.sleep(1)\n",
    ),
    "a decorator stops moving to a thread": (
        "import time\nfrom lib import moved\n@moved\ndef work():\n    time.sleep(1)\ndef start():\n    work()\n",
        "def moved(f):\n    def wrapper():\n        return pool.submit(f)\n    return wrapper\n",
        "def moved(f):\n    def wrapper():\n        return f()\n    return wrapper\n",
    ),
    "the override goes": (
        "from lib import Sub\ndef start():\n    Sub().run()\n",
        "import time\nclass Base:\n    def run(self):\n        self.hook()\n    def hook(self):\n        time.sleep(1)\n"
        "class Sub(Base):\n    def hook(self):\n        return 1\n",
        "import time\nclass Base:\n    def run(self):\n        self.hook()\n    def hook(self):\n        time.sleep(1)\n"
        "class Sub(Base): ...\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", EDITS.values(), ids=EDITS.keys())
def test_the_answer_follows_edits_elsewhere(case: tuple[str, str, str]) -> None:
    main, before, after = case
    folder = Folder({"main.py": main, "lib.py": before})
    workspace, lib = folder.workspace, Path(folder.root / "lib.py")
    for path in folder.python:
        workspace.load(path)
    for text in (before, after, before, after):
        workspace.open(lib, text)
        chain = leads_to(workspace.index, Frame("main.start"))
        assert (chain is not None) is (text == after)
        fresh = Folder({"main.py": main, "lib.py": text})
        for path in fresh.python:
            fresh.workspace.load(path)
        assert leads_to(fresh.workspace.index, Frame("main.start")) == chain
