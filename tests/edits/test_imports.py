"""Names are imported where and how a careful hand would."""

from __future__ import annotations

import textwrap

import pytest

from seawall.edits.imports import need, need_all
from seawall.engine.fix import apply
from seawall.rules.base import File
from support.marked import Folder


def importing(source: str, name: str, others: dict[str, str] | None = None) -> tuple[str, str]:
    """The expression for a name in the last item of a file, and the file afterwards."""
    files = {"app/__init__.py": "", "app/main.py": textwrap.dedent(source).lstrip("\n"), **(others or {})}
    folder = Folder(files)
    folder.findings()
    path = folder.root / "app/main.py"
    document = folder.workspace.documents[path]
    file = File(document, document.source.items[-1], folder.workspace.index, folder.workspace.project)
    needed = need(file, name)
    texts = apply(folder.workspace, needed.edits)
    return needed.expression, texts.get(path, files["app/main.py"])


@pytest.mark.parametrize(
    ("source", "name", "expression"),
    [
        ("import asyncio\nx = 1\n", "asyncio.sleep", "asyncio.sleep"),
        ("from asyncio import sleep\nx = 1\n", "asyncio.sleep", "sleep"),
        ("import asyncio as aio\nx = 1\n", "asyncio.sleep", "aio.sleep"),
        ("import sqlalchemy as sa\nx = 1\n", "sqlalchemy.text", "sa.text"),
        ("from sqlalchemy.sql import text\nx = 1\n", "sqlalchemy.text", "text"),
        ("def helper(): ...\nx = 1\n", "app.main.helper", "helper"),
    ],
)
def test_a_name_that_is_there_is_used(source: str, name: str, expression: str) -> None:
    assert importing(source, name) == (expression, source)


@pytest.mark.parametrize(
    ("source", "name", "after"),
    [
        ("x = 1\n", "asyncio.sleep", "import asyncio\n\nx = 1\n"),
        ('"""Doc."""\n\nx = 1\n', "asyncio.sleep", '"""Doc."""\n\nimport asyncio\n\nx = 1\n'),
        ("#!/usr/bin/env python\nx = 1\n", "asyncio.sleep", "#!/usr/bin/env python\nimport asyncio\n\nx = 1\n"),
        ("import time\n\nx = 1\n", "asyncio.sleep", "import asyncio\nimport time\n\nx = 1\n"),
        ("import abc\nimport time\n\nx = 1\n", "asyncio.sleep", "import abc\nimport asyncio\nimport time\n\nx = 1\n"),
        ("from fastapi import FastAPI\n\nx = 1\n", "asyncio.sleep", "import asyncio\n\nfrom fastapi import FastAPI\n\nx = 1\n"),
        ("import time\n\nx = 1\n", "sqlalchemy.text", "import time\n\nfrom sqlalchemy import text\n\nx = 1\n"),
        ("from sqlalchemy import select\nx = 1\n", "sqlalchemy.text", "from sqlalchemy import select, text\nx = 1\n"),
        ("from sqlalchemy import Text\nx = 1\n", "sqlalchemy.select", "from sqlalchemy import Text, select\nx = 1\n"),
        (
            "from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker\nx = 1\n",
            "sqlalchemy.orm.Mapped",
            "from sqlalchemy.orm import DeclarativeBase, Mapped, Session, sessionmaker\nx = 1\n",
        ),
        (
            "from app import create, Session, write\nx = 1\n",  # sorted by letters alone
            "app.Reader",
            "from app import create, Reader, Session, write\nx = 1\n",
        ),
        (
            "from app import LIMIT, Session, read\nx = 1\n",
            "app.TIMEOUT",
            "from app import LIMIT, TIMEOUT, Session, read\nx = 1\n",
        ),
        (
            "from app import read, LIMIT\nx = 1\n",  # in no order
            "app.create",
            "from app import read, LIMIT, create\nx = 1\n",
        ),
        (
            "from sqlalchemy import (\n    Column,\n    text,\n)\nx = 1\n",
            "sqlalchemy.select",
            "from sqlalchemy import (\n    Column,\n    select,\n    text,\n)\nx = 1\n",
        ),
        (
            "from sqlalchemy import (\n    Column,\n    Integer\n)\nx = 1\n",
            "sqlalchemy.text",
            "from sqlalchemy import (\n    Column,\n    Integer,\n    text\n)\nx = 1\n",
        ),
        ("from __future__ import annotations\n\nx = 1\n", "asyncio.sleep", "from __future__ import annotations\n\nimport asyncio\n\nx = 1\n"),
    ],
)  # fmt: skip
def test_a_new_import_finds_its_place(source: str, name: str, after: str) -> None:
    assert importing(source, name)[1] == after


def test_a_name_that_is_taken_gets_another() -> None:
    expression, after = importing("text = 'hello'\nx = 1\n", "sqlalchemy.text")
    assert expression == "sqlalchemy_text"
    assert after.startswith("from sqlalchemy import text as sqlalchemy_text\n")


def test_the_project_is_imported_as_the_file_does() -> None:
    others = {"app/settings.py": "settings = 1\n", "app/db.py": "engine = 1\n"}
    assert importing("from .db import engine\n\nx = 1\n", "app.settings.settings", others) == (
        "settings",
        "from .db import engine\nfrom .settings import settings\n\nx = 1\n",
    )
    assert importing("from app.db import engine\n\nx = 1\n", "app.settings.settings", others) == (
        "settings",
        "from app.db import engine\nfrom app.settings import settings\n\nx = 1\n",
    )


def test_an_import_for_type_checking_is_none_at_run_time() -> None:
    source = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from sqlalchemy import select\n\nx = 1\n"
    assert "\nfrom sqlalchemy import select\n" in importing(source, "sqlalchemy.select")[1]


def test_a_file_that_does_not_end_its_last_line() -> None:
    assert importing("import time", "sqlalchemy.text")[1] == "import time\n\nfrom sqlalchemy import text"


def test_the_first_of_its_group_joins_the_group() -> None:
    source = "import time\n\nimport pydash\nfrom rich import print\n\nx = 1\n"
    expected = "import time\n\nimport anyio\nimport pydash\nfrom rich import print\n\nx = 1\n"
    assert importing(source, "anyio.sleep")[1] == expected


def test_several_new_lines_in_one_place() -> None:
    source = "import time\n\nfrom app.db import engine\n\nx = 1\n"
    folder = Folder({"app/__init__.py": "", "app/db.py": "engine = 1\n", "app/main.py": source})
    folder.findings()
    document = folder.workspace.documents[folder.root / "app/main.py"]
    file = File(document, document.source.items[-1], folder.workspace.index, folder.workspace.project)
    needed = need_all(file, ["anyio.to_thread", "functools.partial"])
    assert [one.expression for one in needed] == ["anyio.to_thread", "partial"]
    [after] = apply(folder.workspace, [edit for one in needed for edit in one.edits]).values()
    assert after.startswith("import time\nfrom functools import partial\n\nimport anyio\n\nfrom app.db import engine\n")


def test_code_that_runs_on_import_needs_the_import_before_it() -> None:
    source = "import os\n\nos.nice(1)\n\nx = text('1')\n\nimport sqlalchemy.orm\n"
    folder = Folder({"main.py": source})
    folder.findings()
    document = folder.workspace.documents[folder.root / "main.py"]
    file = File(document, document.source.items[0], folder.workspace.index, folder.workspace.project)
    [needed] = need_all(file, ["sqlalchemy.text"], before=5)
    [after] = apply(folder.workspace, needed.edits).values()
    assert after.startswith("import os\n\nfrom sqlalchemy import text\n\nos.nice(1)\n")
