"""Files that nobody has open: found is what an open file would show, and none is looked at without need."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps_harness import copy_app
from seawall.engine.indexing import Indexer
from seawall.engine.located import Located
from seawall.engine.survey import Survey
from seawall.engine.workspace import Workspace

SLEEPY = "import time\n\n\ndef wait() -> None:\n    time.sleep(1)\n"
CALLER = "from helper import wait\n\n\nasync def handler() -> None:\n    wait()\n"


def surveyed(root: Path) -> tuple[Workspace, Indexer, Survey]:
    workspace = Workspace(root)
    indexer = Indexer(workspace)
    for _ in indexer.steps():
        pass
    survey = Survey(indexer)
    looked(survey)
    return workspace, indexer, survey


def looked(survey: Survey) -> set[str]:
    """The names of the files that were looked at."""
    return {path.name for path in survey.steps() if path is not None}


def shown(found: list[Located]) -> list[tuple[object, ...]]:
    return [(one.code, one.range, one.finding.message, one.severity, one.related) for one in found]


@pytest.mark.parametrize("name", ["legacy", "halfway", "sample"])
def test_the_same_is_found_as_in_open_files(name: str, tmp_path: Path) -> None:
    workspace, indexer, survey = surveyed(copy_app(name, tmp_path))
    found = {path: shown(survey.findings(path)) for path in indexer.paths}
    assert not workspace.documents
    assert sum(map(len, found.values())) > 3
    for path in indexer.paths:
        workspace.open(path, path.read_bytes())
    assert found == {path: shown(workspace.findings(path)) for path in indexer.paths}


def test_only_files_whose_answers_changed_are_looked_at_again(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text(SLEEPY)
    (tmp_path / "main.py").write_text(CALLER)
    (tmp_path / "other.py").write_text("x: int = 1\n")
    workspace, indexer, survey = surveyed(tmp_path)
    main = tmp_path / "main.py"
    assert [one.code for one in survey.findings(main)] == ["SW103"]
    assert looked(survey) == set()
    workspace.open(tmp_path / "helper.py", SLEEPY + "# nothing new\n")
    assert looked(survey) == set()
    workspace.open(tmp_path / "helper.py", SLEEPY.replace("time.sleep(1)", "pass"))
    assert looked(survey) == {"main.py"}
    assert survey.findings(main) == []
    (tmp_path / "other.py").write_text("x: int = 22\n")
    indexer.refresh(tmp_path / "other.py")
    assert looked(survey) == {"other.py"}


def test_files_that_vanish_are_forgotten(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(SLEEPY.replace("def", "async def"))
    _, indexer, survey = surveyed(tmp_path)
    assert survey.findings(tmp_path / "main.py")
    (tmp_path / "main.py").unlink()
    indexer.forget(tmp_path / "main.py")
    assert looked(survey) == {"main.py"}
    assert survey.findings(tmp_path / "main.py") == []


WORKER = """import asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

queue: asyncio.Queue = asyncio.Queue()


async def work(session: AsyncSession) -> None:
    print("working")
    item = await queue.get()
    await session.execute(text(f"DELETE FROM orders WHERE name = '{item}'"))
"""


def test_a_file_that_another_one_of_its_name_stands_in_front_of(tmp_path: Path) -> None:
    for name, source in (("one", WORKER), ("two", WORKER.partition("    print")[0] + "    ...\n")):
        package = tmp_path / name / "shop"
        package.mkdir(parents=True)
        (tmp_path / name / "pyproject.toml").touch()
        (package / "__init__.py").touch()
        (package / "tasks.py").write_text(source)
    workspace, indexer, _ = surveyed(tmp_path)
    assert len({workspace.module_of(path) for path in indexer.paths}) < len(indexer.paths)
    assert not workspace.checker.broken
