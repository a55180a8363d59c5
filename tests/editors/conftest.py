"""Each editor starts with the configuration that we ship, on a fresh project, with `seawall` first on its PATH."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import install
from .drivers.base import Editor
from .drivers.emacs import Emacs
from .drivers.helix import Helix
from .drivers.neovim import Neovim
from .project import Project

SEAWALL = shlex.split(os.environ.get("SEAWALL_COMMAND", "")) or [sys.executable, "-m", "seawall"]
"""What `seawall` means to the editors. SEAWALL_COMMAND puts another server in its place."""

REQUIRED = os.environ.get("SEAWALL_REQUIRE_EDITORS", "").split(",")
"""Editors whose absence is a failure and not a skip: `neovim,helix`."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "flamingo")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user's environment: a home of its own, and a `seawall` that is found by its name alone."""
    home, programs = tmp_path / "home", tmp_path / "bin"
    home.mkdir()
    programs.mkdir()
    command = programs / "seawall"
    command.write_text(f'#!/bin/sh\nexec {shlex.join(SEAWALL)} "$@"\n')
    command.chmod(0o755)
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "PATH": f"{programs}{os.pathsep}{kept['PATH']}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
    }


def missing(editor: str) -> None:
    """Skip, unless this run was asked to have that editor."""
    reason = f"{editor} is not installed: python tests/editors/install.py {editor}"
    if editor in REQUIRED:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture
def neovim(project: Project, environment: dict[str, str], tmp_path: Path) -> Iterator[Editor]:
    if (program := install.neovim()) is None:
        return missing("neovim")
    editor = Neovim(program, project.root, environment, tmp_path)
    yield editor
    editor.close()


@pytest.fixture
def helix(project: Project, environment: dict[str, str], tmp_path: Path) -> Iterator[Editor]:
    if (command := install.helix()) is None:
        return missing("helix")
    editor = Helix(command, project.root, environment, tmp_path)
    yield editor
    editor.close()


@pytest.fixture
def emacs(project: Project, environment: dict[str, str], tmp_path: Path) -> Iterator[Editor]:
    if (program := install.emacs()) is None:
        return missing("emacs")
    editor = Emacs([str(program)], project.root, environment, tmp_path)
    yield editor
    editor.close()
