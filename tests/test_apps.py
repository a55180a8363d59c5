"""The checker on whole backends: it finds what is wrong, leaves what is right, and its fixes keep them working."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import apps_harness as harness
from seawall.project.venv import environment

BACKENDS = ["sqlite", "postgresql"]
SUITES = ["legacy", "halfway", "modern"]
FLAWED = ["legacy", "halfway", "sample"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[harness.Postgres]:
    with harness.postgres() as server:
        yield server


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Gives the URL of a fresh database; PostgreSQL is started only if a test asks for it."""
    count = 0

    def fresh(backend: str) -> str:
        nonlocal count
        if backend == "postgresql":
            return request.getfixturevalue("postgres").fresh_database()
        count += 1
        return f"sqlite:///{tmp_path / f'fresh-{count}.db'}"

    return fresh


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", SUITES)
def test_its_own_tests_pass(name: str, backend: str, tmp_path: Path, database: Callable[[str], str]) -> None:
    harness.run_tests(harness.copy_app(name, tmp_path), database(backend))


@pytest.mark.parametrize("name", FLAWED)
def test_expectations_point_at_lines_that_exist(name: str) -> None:
    assert harness.Expectation.of(name).expected


@pytest.mark.parametrize("name", FLAWED)
def test_every_mistake_is_found(name: str, tmp_path: Path) -> None:
    app = harness.copy_app(name, tmp_path)
    missing = harness.Expectation.of(name).missing(harness.check(app))
    if environment(app, os.environ).kind == "container":  # a container is an environment of its own
        missing = [place for place in missing if place.codes != ("SW601",)]
    assert not missing, f"not found:{harness.listed(missing)}"


@pytest.mark.parametrize("name", FLAWED)
def test_nothing_else_is_found(name: str, tmp_path: Path) -> None:
    unexpected = harness.Expectation.of(name).unexpected(harness.check(harness.copy_app(name, tmp_path)))
    assert not unexpected, f"found without cause:{harness.listed(unexpected)}"


def test_nothing_is_found_in_a_modern_app(tmp_path: Path) -> None:
    findings = harness.check(harness.copy_app("modern", tmp_path, with_venv=True))
    assert not findings, f"found without cause:{harness.listed(findings)}"


def test_fixing_leaves_a_modern_app_alone(tmp_path: Path) -> None:
    app = harness.copy_app("modern", tmp_path, with_venv=True)
    before = harness.contents(app)
    harness.fix(app)
    assert harness.contents(app) == before


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["legacy", "halfway"])
def test_a_fixed_app_works(name: str, backend: str, tmp_path: Path, database: Callable[[str], str]) -> None:
    app = harness.copy_app(name, tmp_path)
    harness.fix(app)
    harness.run_tests(app, database(backend))
    harness.add_tests_for_afterwards(app)
    harness.run_tests(app, database(backend))


@pytest.mark.parametrize("name", FLAWED)
def test_fixing_twice_changes_nothing_more(name: str, tmp_path: Path) -> None:
    app = harness.copy_app(name, tmp_path)
    before = harness.contents(app)
    harness.fix(app)
    once = harness.contents(app)
    assert once != before
    harness.fix(app)
    assert harness.contents(app) == once


@pytest.mark.parametrize("name", FLAWED)
def test_fixing_brings_nothing_new(name: str, tmp_path: Path) -> None:
    app = harness.copy_app(name, tmp_path)
    before = {found.code for found in harness.check(app)}
    harness.fix(app)
    new = [found for found in harness.check(app) if found.code not in before]
    assert not new, f"new after the fix:{harness.listed(new)}"
