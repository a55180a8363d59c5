"""`.env` files that git does not ignore, and those it tracks."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from support.marked import Folder, assert_finds, assert_fixes, assert_silent

GIT = "#- .git/HEAD\nref: refs/heads/main\n"


def repository(text: str) -> str:
    return GIT + text


@pytest.mark.parametrize("name", [".env", ".env.local", ".env.production", "backend/.env", ".env.dev.local"])
def test_a_file_with_values_is_not_ignored(name: str) -> None:
    assert_finds("SW205", repository(f"#- {name}\n«A=1»\nB=2\n"))


@pytest.mark.parametrize(
    "name", [".env.example", ".env.sample", ".env.template", ".env.dist", "tests/.env", ".env.test", "example.env"]
)
def test_examples_and_test_files_belong_into_the_repository(name: str) -> None:
    assert_silent("SW205", repository(f"#- {name}\nA=1\n"))


@pytest.mark.parametrize("pattern", [".env", ".env*", "*.env", "/.env", "**/.env", ".e?v"])
def test_an_ignored_file(pattern: str) -> None:
    assert_silent("SW205", repository(f"#- .env\nA=1\n#- .gitignore\n{pattern}\n"))


def test_a_pattern_that_is_taken_back() -> None:
    assert_finds("SW205", repository("#- .env\n«A=1»\n#- .gitignore\n.env\n!.env\n"))


def test_outside_of_a_repository() -> None:
    assert_silent("SW205", "#- .env\nA=1\n")


def test_a_frontends_file() -> None:
    assert_silent("SW205", repository("#- web/.env\nVITE_API=1\n#- web/package.json\n{}\n"))


@pytest.mark.parametrize(
    "text",
    [
        "from dotenv import load_dotenv\n«load_dotenv()»",
        "import dotenv\ndotenv.load_dotenv(«'.env'»)",
        "from dotenv import load_dotenv as load\nload(dotenv_path=«'.env.local'»)",
        "from pydantic_settings import BaseSettings, SettingsConfigDict\n\nclass S(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_file=«'.env'»)",
    ],
)
def test_code_loads_a_file_that_is_not_there_yet(text: str) -> None:
    assert_finds("SW205", repository(f"#- main.py\n{text}\n"))
    assert_silent("SW205", repository(f"#- main.py\n{text}\n#- .gitignore\n.env*\n".replace("«", "").replace("»", "")))


@pytest.mark.parametrize(
    "text",
    [
        "from dotenv import load_dotenv\nload_dotenv('.env.example')",
        "from dotenv import load_dotenv\nload_dotenv(path)",
        "from loading import load_dotenv\nload_dotenv()",
    ],
)
def test_code_that_loads_something_else(text: str) -> None:
    assert_silent("SW205", repository(f"#- main.py\n{text}\n"))


def test_the_pattern_is_appended() -> None:
    assert_fixes(
        "SW205",
        repository("#- .env\n«A=1»\n#- .gitignore\n*.pyc"),
        ".git\n#- .gitignore\n*.pyc\n.env\n".replace(".git\n", "", 1),
    )


def git(folder: Path, *arguments: str) -> None:
    subprocess.run([shutil.which("git") or "git", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize(("text", "count"), [("A=1\n", 1), ("A=\n", 0), ("# nothing\n", 0), ("\nexport A=1\n", 1)])
def test_a_tracked_file(text: str, count: int, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(text)
    (tmp_path / ".env.example").write_text("A=1\n")
    (tmp_path / ".gitignore").write_text(".env\n")
    git(tmp_path, "init", "--quiet")
    assert Folder({}, tmp_path).findings("SW206") == []
    git(tmp_path, "add", "--force", ".env", ".env.example")
    found = Folder({}, tmp_path).findings("SW206")
    assert len(found) == count
    for one in found:
        assert "=1" not in one.finding.message
