"""What is handed to users: the wheel, and the hooks for pre-commit."""

from __future__ import annotations

import re
import shlex
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from seawall import __version__
from seawall.cli.commands import seawall

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    from hatchling.builders.wheel import WheelBuilder

    (path,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("dist")), versions=["standard"])
    return zipfile.ZipFile(path)


def test_the_wheel_holds_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    about = f"seawall-{__version__}.dist-info/"
    assert {name for name in names if not name.startswith(about)} == {
        f"seawall/{path.relative_to(ROOT / 'server/seawall').as_posix()}"
        for path in (ROOT / "server/seawall").rglob("*")
        if path.suffix == ".py" or path.name == "py.typed"
    }
    assert "seawall/py.typed" in names
    assert f"{about}licenses/LICENSE" in names


def test_the_wheel_says_what_it_is(wheel: zipfile.ZipFile) -> None:
    metadata = message_from_bytes(wheel.read(f"seawall-{__version__}.dist-info/METADATA"))
    assert (metadata["Name"], metadata["Version"]) == ("seawall", __version__)
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    assert "# Seawall" in metadata.get_payload()
    needed = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    assert not [line for line in needed if line.startswith(("pytest", "fastapi"))]
    assert wheel.read(f"seawall-{__version__}.dist-info/entry_points.txt").decode().split() == [
        "[console_scripts]", "seawall", "=", "seawall.cli:main",
    ]  # fmt: skip


def test_the_hooks_run_commands_that_exist() -> None:
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"^  entry: (.+)$", hooks, re.MULTILINE)
    assert len(entries) == len(re.findall(r"^- id: seawall", hooks, re.MULTILINE)) == 2
    for entry in entries:
        program, command, *arguments = shlex.split(entry)
        assert program == "seawall"
        seawall.commands[command].make_context(command, [*arguments, "main.py"])


def test_the_changelog_has_this_version() -> None:
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_gate_and_the_readme_give_the_same_test_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    gate = (ROOT / ".ci/run").read_text(encoding="utf-8")
    command = next(line for line in readme.splitlines() if line.startswith("python3 -m venv") and "pytest" in line)
    environment, install, test = command.split(" && ")
    assert environment == "python3 -m venv .venv"
    assert re.search(r"^\"\$python\" -m venv \.venv$", gate, re.MULTILINE)
    assert re.search(r"^\.venv/bin/pip install .*-e '\.\[dev\]'$", gate, re.MULTILINE)
    assert install == ".venv/bin/pip install -e '.[dev]'"
    assert re.search(rf"^{re.escape(test)}$", gate, re.MULTILINE)
