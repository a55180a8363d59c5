"""A folder to check, and the program."""

from __future__ import annotations

import gc
import logging
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from seawall.cli.commands import seawall as program


class Result(NamedTuple):
    code: int
    out: str
    err: str


class Folder:
    """A project on disk, which is the working directory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, **files: str | bytes) -> None:
        """Write files; `a__b_py` stands for `a/b.py`."""
        for key, text in files.items():
            self.file(key.replace("__", "/").replace("_py", ".py").replace("_toml", ".toml"), text)

    def file(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).lstrip("\n").encode())
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_bytes().decode()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    root = tmp_path / "project"
    root.mkdir()
    (root / "setup.cfg").touch()
    for name in ("NO_COLOR", "FORCE_COLOR", "VIRTUAL_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(root)
    return Folder(root)


@pytest.fixture
def seawall() -> Iterator[Callable[..., Result]]:
    """Runs the program in this process."""

    def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(program, arguments, input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Result(result.exit_code, result.stdout, result.stderr)

    yield run
    gc.enable()
    gc.unfreeze()
    logging.getLogger("seawall").handlers = []
