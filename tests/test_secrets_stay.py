"""A secret's value is in nothing that the program writes, whoever asks and whatever goes wrong; only edits that move it hold it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from protocol.wire import Wire
from seawall.cli.commands import FORMATS
from seawall.engine.parallel import MIN_SIZE

VALUE = "q7Zk-unheard-of-93f1-Walrus-0b5e"
TOKEN = "gh" + "p_" + "Wa1rusQ7Zk93f1b5eUnheardOfTok3nXyZwV"
PASSWORD = "Wa1rus-Tide-8841"
PLANTED = (VALUE, TOKEN, PASSWORD)

FILES = {
    "pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndependencies = ["fastapi"]\n',
    "app/__init__.py": "",
    "app/keys.py": f'''
import hmac
import logging
import os

import jwt
from fastapi import FastAPI
from pydantic_settings import BaseSettings
from sqlalchemy import create_engine, text

SECRET_KEY = "{VALUE}"
VALUE = "{TOKEN}"
API_KEY = os.getenv("API_KEY", "{VALUE}")
OPTIONS = {{"client_secret": "{VALUE}", "url": "redis://:{PASSWORD}@cache.harbour.example/0"}}
app = FastAPI(debug=True)


class Settings(BaseSettings):
    signing_key: str = "{VALUE}"
    dsn: str = "postgresql://shop:{PASSWORD}@db.harbour.example/shop"


engine = create_engine("postgresql://shop:{PASSWORD}@db.harbour.example/shop")
OTHER = f"postgresql://shop:{PASSWORD}@{{host}}/shop"


def connect(password="{VALUE}"):
    jwt.encode({{}}, "{VALUE}", algorithm="HS256")
    hmac.new(b"{VALUE}", b"x", "sha256")
    logging.info("with %s", password)
    engine.connect().execute(f"select '{VALUE}' where x = {{password}}")


def is_admin(token):
    try:
        return token == "{TOKEN}"
    except Exception:
        logging.error("not {VALUE}")
''',
    "app/broken.py": f'SECRET_KEY = "{VALUE}\nx = \n',
    "app/newer.py": f'SECRET_KEY = ("{VALUE}"\n\ndef f(:\n    pass\n',
    "alembic.ini": f"[alembic]\nsqlalchemy.url = postgresql://shop:{PASSWORD}@db.harbour.example/shop\n",
    "docker-compose.yml": f"x: amqp://shop:{PASSWORD}@mq.harbour.example\n",
    ".env": f"SECRET_KEY={VALUE}\nTOKEN={TOKEN}\n",
}

SABOTAGE = """
import typing

from seawall.rules.secrets import credentials_in_url, hardcoded_secret, secret_default

def sabotage(module):
    def check(subject, file):
        raise ValueError(getattr(subject, "value", None) or subject.text)

    check.__annotations__ = typing.get_type_hints(module.check)
    module.check = check

for module in (hardcoded_secret, secret_default, credentials_in_url):
    sabotage(module)
"""
"""Rules that fail, and say with what."""


FAILING_ENGINE = f"""
from seawall.semantics.document import Document

def fail(self, item):
    raise ValueError({VALUE!r}) from KeyError({TOKEN!r})

Document.analysis = fail
"""
"""What is no rule fails, and nobody catches it."""

FAILING_FIX = """
from seawall.rules.secrets import credentials_in_url, hardcoded_secret, known_secret_format, secret_default

def fail(file, use, *more):
    raise ValueError(more[0].value if hasattr(more[0], "value") else more)

for module in (credentials_in_url, hardcoded_secret, known_secret_format, secret_default):
    module.place = fail
credentials_in_url.require = secret_default.require = fail
"""
"""Fixes that fail on the value that they move."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name, body in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(["git", "add", "--force", ".env"], cwd=folder, check=True)
    return folder


def assert_discreet(written: bytes | str, where: str) -> None:
    text = written.decode(errors="replace") if isinstance(written, bytes) else written
    for value in PLANTED:
        assert value not in text, f"{where} tells a secret"
        assert json.dumps(value)[1:-1] not in text


def run(root: Path, *arguments: str, program: str = "", cache: Path) -> subprocess.CompletedProcess[bytes]:
    start = [sys.executable, "-c", f"{program}\nfrom seawall.cli import main\nmain()"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "NO_COLOR": "1"}
    return subprocess.run([*start, *arguments], cwd=root, env=environment, capture_output=True, check=False)


def kept(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


@pytest.mark.parametrize("output_format", FORMATS)
def test_no_format_tells(output_format: str, root: Path, tmp_path: Path) -> None:
    cache, report = tmp_path / "cache", tmp_path / "report"
    for options in ((), ("--verbose",), ("--output-file", str(report))):  # the second run answers from the cache
        done = run(root, "check", "--output-format", output_format, *options, cache=cache)
        assert done.returncode == 1, done.stderr
        assert_discreet(done.stdout, f"the output as {output_format}")
        assert_discreet(done.stderr, "stderr")
    assert_discreet(report.read_bytes(), "the report")
    files = list(kept(cache))
    assert files
    for path, data in files:
        assert_discreet(data, f"the cache's {path.name}")


def test_neither_statistics_nor_fixing_tells(root: Path, tmp_path: Path) -> None:
    for options in (("--statistics",), ("--fix",), ("--fix", "--unsafe-fixes")):
        done = run(root, "check", *options, cache=tmp_path / "cache")
        assert_discreet(done.stdout + done.stderr, " ".join(options))
    assert VALUE not in (root / "app/keys.py").read_text().partition("def connect")[0]


def test_rules_that_fail_do_not_tell_on_what(root: Path, tmp_path: Path) -> None:
    for jobs in ("1", "2"):
        done = run(root, "check", "--no-cache", "--verbose", "--jobs", jobs, program=SABOTAGE, cache=tmp_path / "cache")
        assert b"ValueError" in done.stderr and b"failed on" in done.stderr
        assert_discreet(done.stdout + done.stderr, "a crash report")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_failure_that_nobody_catches_does_not_tell(jobs: str, root: Path, tmp_path: Path) -> None:
    for number in range(2):  # so much that a second process is worth its start
        (root / f"app/long_{number}.py").write_text("x = 1\n" * MIN_SIZE)
    done = run(root, "check", "--no-cache", "--jobs", jobs, program=FAILING_ENGINE, cache=tmp_path / "cache")
    assert done.returncode == 2
    assert done.stderr.endswith(b"ValueError\nerror: Seawall itself failed\n")
    assert_discreet(done.stdout + done.stderr, "a crash report")


@pytest.mark.parametrize("options", [("--fix", "--unsafe-fixes"), ("--fix", "--unsafe-fixes", "--verbose")])
def test_fixes_that_fail_do_not_tell_on_what(options: tuple[str, ...], root: Path, tmp_path: Path) -> None:
    done = run(root, "check", *options, "--no-cache", program=FAILING_FIX, cache=tmp_path / "cache")
    assert b"the fix 'Move it to the settings' of SW201 failed" in done.stderr
    assert_discreet(done.stdout + done.stderr, " ".join(options))


def test_what_fails_beside_a_request_does_not_tell() -> None:
    program = f"""
        import asyncio, gc, sys, threading
        from seawall.lsp import logs

        logs.to_stderr()

        async def fail():
            raise ValueError({VALUE!r})

        async def forget():
            task = asyncio.create_task(fail())
            await asyncio.sleep(0)
            del task
            gc.collect()
            asyncio.get_running_loop().call_soon(int, {TOKEN!r})
            await asyncio.sleep(0)

        asyncio.run(forget())
        thread = threading.Thread(target=lambda: int({PASSWORD!r}))
        thread.start()
        thread.join()
        raise KeyError({VALUE!r})
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, check=False)
    assert_discreet(done.stderr, "the log")
    assert (
        b"never retrieved" in done.stderr and b"A thread failed" in done.stderr and b"The server failed" in done.stderr
    )


class Listening(Wire):
    """A client that remembers every byte that the server writes."""

    def __init__(self, root: Path, program: str = "") -> None:
        self.heard: list[dict[str, Any]] = []
        self._program = program
        super().__init__(root)

    def wait(self, wanted: Any) -> dict[str, Any]:
        def listens(message: dict[str, Any]) -> bool:
            self.heard.append(message)
            return bool(wanted(message))

        return super().wait(listens)

    @property
    def command(self) -> list[str]:
        start = "from seawall.cli.commands import seawall\nseawall(['server'])"
        return [sys.executable, "-c", f"{self._program}\n{start}"]


@pytest.mark.parametrize("program", ["", SABOTAGE, FAILING_FIX], ids=["sound", "failing", "failing to fix"])
def test_the_server_tells_only_in_edits_that_move_it(program: str, root: Path) -> None:
    wire = Listening(root, program)
    try:
        resolves = {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}}
        literals = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}
        wire.start({"textDocument": {"codeAction": {**resolves, **literals}, "hover": {"contentFormat": ["markdown"]}}})
        for name in ("app/keys.py", "app/broken.py", "app/newer.py"):
            wire.open(name, FILES[name])
            found = wire.diagnostics(name)
            document = {"uri": wire.uri(name)}
            for one in found:
                context = {"diagnostics": [one]}
                place = {"textDocument": document, "range": one["range"]}
                offered = wire.request("textDocument/codeAction", {**place, "context": context}).get("result") or []
                for action in (
                    offered if program == FAILING_FIX else ()
                ):  # a sound one is the edit that moves the secret
                    wire.request("codeAction/resolve", action)
                wire.request("textDocument/hover", {"textDocument": document, "position": one["range"]["start"]})
            assert found or program
        wire.heard += wire.quiet()
        assert wire.end() == 0
    finally:
        wire.close()
    assert_discreet(json.dumps(wire.heard), "the server")
    assert_discreet(wire.errors, "the server's log")
    assert bool(program) == (b"ValueError" in wire.errors)
