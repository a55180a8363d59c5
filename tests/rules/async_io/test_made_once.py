"""What blocks only while something is made that is kept is likely meant so: a warning, and no error."""

import pytest

from support.marked import Folder, parse

CODE = "SW103"
HEAD = "import time\ndef connect():\n    time.sleep(1)\n    return object()\n"
HANDLER = "async def f(store: 'Store'):\n    «store.get()»\n"


def severity(text: str) -> str:
    (located,) = Folder(parse(text).files).findings(CODE)
    return str(located.severity)


def store(*lines: str) -> str:
    body = "".join(f"        {line}\n" for line in lines)
    return f"{HEAD}class Store:\n    pool = None\n    def get(self):\n{body}{HANDLER}"


@pytest.mark.parametrize(
    "text",
    [
        store("if self.pool is None:", "    self.pool = connect()", "return self.pool"),
        store("if not self.pool:", "    self.pool = connect()", "return self.pool"),
        store("if self.pool is not None:", "    return self.pool", "self.pool = connect()", "return self.pool"),
        store("if self.pool:", "    return self.pool", "self.pool = connect()", "return self.pool"),
        store("if not hasattr(self, 'pool'):", "    self.pool = connect()", "return self.pool"),
        store("if self.pool is None and self:", "    made = connect()", "    self.pool = made", "return self.pool"),
        store("if self.pool is not None:", "    pass", "else:", "    self.pool = connect()", "return self.pool"),
        store("if not self.running:", "    connect()", "    self.running = True"),
        store(
            "with self:",
            "    if self.pool:",
            "        return self.pool",
            "    self.pool = connect()",
            "return self.pool",
        ),
        HEAD
        + "pool = None\ndef get():\n    global pool\n    if pool is None:\n        pool = connect()\n    return pool\n"
        "async def f():\n    «get()»\n",
        HEAD + "class Store:\n    pool = None\n    async def get(self):\n        if self.pool is None:\n"
        "            self.pool = «connect()»\n        return self.pool\n",
        "#- pool.py\nimport time\nclass Store:\n    pool = None\n    def connect(self):\n        time.sleep(1)\n    def get(self):\n"
        "        if self.pool is None:\n            self.pool = self.connect()\n        return self.pool\n"
        "#- main.py\nfrom pool import Store\nasync def f(store: Store):\n    «store.get()»\n",
    ],
)
def test_a_warning_where_it_is_made_once(text: str) -> None:
    assert severity(text) == "warning"


@pytest.mark.parametrize(
    "text",
    [
        store("self.pool = connect()", "return self.pool"),
        store("if self.pool is None:", "    return connect()", "return self.pool"),  # kept nowhere
        store("if self.pool is None or self:", "    self.pool = connect()", "return self.pool"),
        store("if self.other is None:", "    self.pool = connect()", "return self.pool"),
        store("if self.pool is not None:", "    self.pool = connect()", "return self.pool"),
        store("if self.pool is None:", "    self.pool = connect()", "connect()"),  # and again
        store("if self.pool is None:", "    self.pool = object()", "else:", "    connect()"),
        store("if self.pool is not None:", "    print(self.pool)", "self.pool = connect()"),
        HEAD + "def get():\n    pool = None\n    if pool is None:\n        pool = connect()\n    return pool\n"
        "async def f():\n    «get()»\n",
        HEAD
        + "pool = None\ndef get():\n    pool = None\n    if not pool:\n        pool = connect()\nasync def f():\n    «get()»\n",
    ],
)
def test_an_error_where_it_may_be_each_time(text: str) -> None:
    assert severity(text) == "error"
