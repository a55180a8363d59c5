"""Whole backends, switched to an async session: their own tests pass before and after, on real databases."""

from __future__ import annotations

import io
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import apps_harness as harness

APPS = ["garden", "depot", "clinic", "ledger", "parcels", "workshop", "orchard", "archive"]
BACKENDS = ["sqlite", "postgresql"]
STAYING = {
    "ledger": {"app/audit.py"},
    "parcels": {"parcels/tasks.py", "parcels/commands.py", "parcels/queue.py", "migrations/env.py"},
    "archive": {"archive/cli.py"},
    "orchard": {"orchard/jobs.py", "migrations/env.py"},
}
"""Files that have no part in it."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[harness.Postgres]:
    with harness.postgres() as server:
        yield server


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Gives the URL of a fresh database; PostgreSQL is started only if a test asks for it."""

    def fresh(backend: str) -> str:
        if backend == "postgresql":
            return request.getfixturevalue("postgres").fresh_database()
        return f"sqlite:///{tmp_path / 'fresh.db'}"

    return fresh


def switch(app: Path) -> str:
    return harness.seawall(app, "check", "--select", "SW102", "--fix", "--unsafe-fixes")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", APPS)
def test_its_own_tests_pass(name: str, backend: str, tmp_path: Path, database: Callable[[str], str]) -> None:
    harness.run_tests(harness.copy_app(name, tmp_path), database(backend))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", APPS)
def test_its_own_tests_pass_after_the_switch(
    name: str, backend: str, tmp_path: Path, database: Callable[[str], str]
) -> None:
    app = harness.copy_app(name, tmp_path)
    assert any(found.code == "SW102" for found in harness.check(app))
    assert "Switch the project to an async session" in switch(app)
    harness.run_tests(app, database(backend))


@pytest.mark.parametrize("name", APPS)
def test_the_switch_is_whole(name: str, tmp_path: Path) -> None:
    """No finding is left or new, no comment is lost, what has to stay stays, and a second run changes nothing."""
    app = harness.copy_app(name, tmp_path)
    before, codes = harness.contents(app), {found.code for found in harness.check(app)}
    switch(app)
    after, found = harness.contents(app), harness.check(app)
    assert not [one for one in found if one.code == "SW102" or one.code not in codes], harness.listed(found)
    assert {path for path in before if before[path] == after[path]} >= STAYING.get(name, set())
    for path in (path for path in before if path.endswith(".py")):
        assert not comments(before[path]) - comments(after[path]), path
        assert b"create_async_engine" not in after[path] or "database" in path or path.endswith("db.py")
    switch(app)
    assert harness.contents(app) == after


def test_what_stays_sync_is_named(tmp_path: Path) -> None:
    said = switch(harness.copy_app("parcels", tmp_path))
    for name in ("tasks.deliver", "commands.statistics", "crud.by_code", "crud.mark", "crud.statistics"):
        assert f"`parcels.{name}` stays sync: " in said


def test_decorators_that_inject_a_session_are_named(tmp_path: Path) -> None:
    app = harness.copy_app("orchard", tmp_path)
    said = switch(app)
    for name in ("main.inject_session.<locals>.inner", "main.harvested", "jobs.tidy"):
        assert f"`orchard.{name}` stays sync: " in said
    after = harness.contents(app)
    assert b"with SessionLocal() as session:\n            return function(session, *args" in after["orchard/main.py"]
    assert b"async def __aenter__(self):" in after["orchard/unit.py"]


def comments(code: bytes) -> Counter[str]:
    tokens = tokenize.tokenize(io.BytesIO(code).readline)
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)
