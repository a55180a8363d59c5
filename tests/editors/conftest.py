"""Each editor starts with the configuration that we ship, on a fresh project, with `seawall` first on its PATH."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import install
from .drivers.base import Editor
from .drivers.emacs import Emacs
from .drivers.helix import Helix
from .drivers.neovim import Neovim
from .drivers.vscode import VSCode
from .project import Project

SEAWALL = shlex.split(os.environ.get("SEAWALL_COMMAND", "")) or [sys.executable, "-m", "seawall"]
"""What `seawall` means to the editors. SEAWALL_COMMAND puts another server in its place."""

REQUIRED = os.environ.get("SEAWALL_REQUIRE_EDITORS", "").split(",")
"""Editors whose absence is a failure and not a skip: `neovim,helix`."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "flamingo")


@pytest.fixture
def seawall(tmp_path: Path) -> Path:
    command = tmp_path / "bin" / "seawall"
    command.parent.mkdir()
    return script(command, f'exec {shlex.join(SEAWALL)} "$@"')


@pytest.fixture
def environment(tmp_path: Path, seawall: Path) -> dict[str, str]:
    """A user's environment: a home of its own, and a `seawall` that is found by its name alone."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: os.environ[name] for name in ("TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    path = f"{seawall.parent}{os.pathsep}{os.environ['PATH']}"
    return kept | {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm-256color"}


def script(path: Path, line: str) -> Path:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return path


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
    print(editor.text)  # seen where a test has failed
    editor.close()


@pytest.fixture(params=["emacs", "emacs30"])
def emacs(
    project: Project, environment: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Editor]:
    commands = install.emacs() if request.param == "emacs" else install.emacs30()
    if commands is None:
        return missing(request.param)
    editor = Emacs(*commands, project.root, environment, tmp_path)
    yield editor
    print(editor.text)  # seen where a test has failed
    editor.close()


@pytest.fixture(scope="session")
def code_server(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Code-server with our extension, packaged and installed as a user would."""
    if (entry := install.vscode()) is None:
        return missing("vscode")
    extensions = tmp_path_factory.mktemp("extensions")
    command = [str(install.node()), str(entry), "--extensions-dir", str(extensions)]
    package = install.build_extension()
    scratch = str(tmp_path_factory.mktemp("data"))
    install_it = [*command, "--user-data-dir", scratch, "--install-extension", str(package)]
    subprocess.run(install_it, check=True, capture_output=True, timeout=120)
    return [*command, "--auth", "none", "--disable-telemetry", "--disable-update-check"]


@pytest.fixture
def virtual_environment(project: Project, seawall: Path) -> Path:
    """A `.venv` with Seawall in it: its interpreter says so when asked with -c, and runs it when told `-m seawall`."""
    programs = project.root / ".venv" / "bin"
    programs.mkdir(parents=True)
    return script(programs / "python", f'if [ "$2" = -c ]; then exit 0; else shift 3; exec {seawall} "$@"; fi')


@pytest.fixture
def vscode(
    code_server: list[str],
    project: Project,
    virtual_environment: Path,
    environment: dict[str, str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Editor]:
    node, chromium = install.node(), install.chromium()
    assert node and chromium
    editor = VSCode(code_server, node, chromium, project.root, environment, tmp_path)
    yield editor
    editor.screenshot(install.EDITORS / "screenshots" / f"{request.node.name}.png")
    editor.close()
