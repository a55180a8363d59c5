"""A run after a change looks only at what rests on the change, and reads only what that asks for."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from seawall.engine.report import Report
from seawall.engine.request import Request
from seawall.engine.run import check
from seawall.engine.workspace import Workspace

MAIN = """from fastapi import FastAPI
from app import orders, users

app = FastAPI()
app.include_router(orders.router)
app.include_router(users.router)
"""
ROUTES = """from fastapi import APIRouter
from app.{helper} import settle

router = APIRouter()


@router.get("/{name}")
async def list_{name}():
    return settle(1)


async def late_{name}():
    return settle(2)
"""
QUIET, BLOCKS = (
    "def settle(value):\n    return value\n",
    "import time\n\n\ndef settle(value):\n    time.sleep(1)\n    return value\n",
)
FILES = {
    "app/__init__.py": "",
    "app/main.py": MAIN,
    "app/orders.py": ROUTES.format(name="orders", helper="low"),
    "app/users.py": ROUTES.format(name="users", helper="other"),
    "app/low.py": QUIET,
    "app/other.py": QUIET,
    "app/shapes.py": "class Shape:\n    def area(self):\n        return 1\n",
    "app/plain.py": "def plain():\n    return 1\n",
    "one/pyproject.toml": "",
    "one/aid/__init__.py": "",
    "one/aid/helpers.py": "def helper():\n    return 1\n",
    "two/pyproject.toml": "",
    "two/aid/__init__.py": "",
    "two/aid/helpers.py": "def helper():\n    return 2\n",
}  # fmt: skip


_long_ago = itertools.count(1_000_000_000)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write(root, FILES | {"pyproject.toml": f'[tool.seawall]\ncache-dir = "{(tmp_path / "cache").as_posix()}"\n'})
    return root


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        past = next(
            _long_ago
        )  # what has just been written is looked at more closely, and nothing here is written twice at a time
        os.utime(path, (past, past))


class Looks:
    """Which files a run read, and which it checked."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.read, self.checked = root, set[str](), set[str]()
        load, findings = Workspace.load, Workspace.findings
        monkeypatch.setattr("seawall.engine.recheck.MOST", 1.0)
        monkeypatch.setattr(
            Workspace, "load", lambda self, path, **how: looks.read.add(path.name) or load(self, path, **how)
        )
        monkeypatch.setattr(
            Workspace, "findings", lambda self, path: looks.checked.add(path.name) or findings(self, path)
        )
        looks = self

    def run(self) -> list[Report]:
        """A run with the cache; what it finds has to be what a run without one does."""
        self.read.clear()
        self.checked.clear()
        found = check(Request(self.root, (self.root,)), 1).reports
        read, checked = set(self.read), set(self.checked)
        assert found == check(Request(self.root, (self.root,)), 1, use_cache=False).reports
        self.read, self.checked = read - {"__init__.py"}, checked - {"__init__.py"}
        return found


@pytest.fixture
def looks(root: Path, monkeypatch: pytest.MonkeyPatch) -> Looks:
    looks = Looks(root, monkeypatch)
    looks.run()
    return looks


def test_a_change_that_nobody_sees(root: Path, looks: Looks) -> None:
    write(root, {"app/plain.py": "# as plain as can be\ndef plain():\n    return 2\n"})
    looks.run()
    assert looks.checked == {"plain.py"}
    assert looks.read == {"plain.py", "helpers.py"}  # which of two files of one name counts is seen as they are read


def test_a_new_function_troubles_no_handler(root: Path, looks: Looks) -> None:
    write(root, {"app/plain.py": "def plain():\n    return 1\n\n\ndef fancy():\n    return plain()\n"})
    looks.run()
    assert looks.checked == {"plain.py"}


def test_a_helper_that_blocks_by_now(root: Path, looks: Looks) -> None:
    write(root, {"app/low.py": BLOCKS})
    found = looks.run()
    assert {Path(one.path).name for one in found if one.code == "SW103"} == {"orders.py"}
    assert looks.checked == {"low.py", "orders.py"}
    assert "users.py" not in looks.read
    write(root, {"app/low.py": QUIET})
    assert not looks.run()
    assert looks.checked == {"low.py", "orders.py"}


def test_a_call_elsewhere_makes_a_function_a_handler(root: Path, looks: Looks) -> None:
    registers = MAIN + "app.add_api_route('/late', orders.late_orders)\n"
    write(root, {"app/main.py": registers})
    looks.run()
    assert {"main.py", "orders.py"} <= looks.checked
    assert "plain.py" not in looks.checked
    write(root, {"app/main.py": registers + "# done\n"})
    looks.run()
    assert looks.checked == {"main.py"}


def test_a_property_of_that_name_somewhere(root: Path, looks: Looks) -> None:
    shape = (
        "import time\n\n\nclass Shape:\n    @property\n    def area(self):\n        time.sleep(1)\n        return 1\n"
    )
    write(root, {"app/shapes.py": shape})
    looks.run()
    assert "plain.py" not in looks.checked
    write(root, {"app/shapes.py": shape.replace("return 1", "return 2")})
    looks.run()
    assert looks.checked == {"shapes.py"}


def test_a_module_that_goes_and_comes_back(root: Path, looks: Looks) -> None:
    (root / "app/other.py").unlink()
    looks.run()
    assert {"users.py"} <= looks.checked
    write(root, {"app/other.py": BLOCKS})
    found = looks.run()
    assert {Path(one.path).name for one in found if one.code == "SW103"} == {"users.py"}


def test_two_modules_of_one_name_are_no_reason_to_look_at_all(root: Path, looks: Looks) -> None:
    write(root, {"two/aid/helpers.py": "def helper():\n    return 3\n"})
    looks.run()
    assert looks.checked == {"helpers.py"}
    (root / "one/aid/helpers.py").unlink()
    looks.run()
    write(root, {"one/aid/helpers.py": "VALUE = 1\n"})
    looks.run()
