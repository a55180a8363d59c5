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
        "from dotenv import load_dotenv\nload_dotenv('/srv/boats/.env')",  # not the repository's
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


@pytest.mark.parametrize(
    ("text", "count"),
    [("A=1\n", 1), ("A=\n", 0), ("# nothing\n", 0), ("\nexport A=1\n", 1), ("COMPOSE_PROJECT_NAME=a\n", 0)],
)
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


def test_a_tracked_file_is_told_of_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SMTP_PASSWORD=wick-and-wax-2291\n")
    git(tmp_path, "init", "--quiet")
    assert len(Folder({}, tmp_path).findings("SW205")) == 1
    git(tmp_path, "add", "--force", ".env")
    assert Folder({}, tmp_path).findings("SW205") == []
    assert len(Folder({}, tmp_path).findings("SW206")) == 1


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("SMTP_PASSWORD=wick-and-wax-2291\n", "error"),
        ("DATABASE_URL=postgresql://shop:ink4-Tide-8841@db.harbour.example/shop\n", "error"),
        ("COMPOSE_PROJECT_NAME=harbour\nPORT=8000\n", "warning"),
        ("SECRET_KEY=changethis\nPOSTGRES_PASSWORD=changethis\n", "warning"),
    ],
)
def test_values_that_are_no_secrets_are_less_loud(text: str, severity: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(text)
    git(tmp_path, "init", "--quiet")
    assert [one.finding.severity for one in Folder({}, tmp_path).findings("SW205")] == [severity]
    git(tmp_path, "add", "--force", ".env")
    assert [one.finding.severity for one in Folder({}, tmp_path).findings("SW206")] == [severity]


def test_a_frontends_file_that_is_tracked(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/.env").write_text("VITE_API=http://localhost\n")
    (tmp_path / "web/package.json").write_text("{}")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--force", "web/.env")
    assert Folder({}, tmp_path).findings("SW206") == []


@pytest.mark.parametrize(
    "ignored",
    [
        {"backend/.gitignore": ".env\n"},
        {".gitignore": "backend/\n"},
        {".gitignore": "*\n!.gitignore\n"},
        {".gitignore": "**/.env\n"},
        {".gitignore": "!.env\n", "backend/.gitignore": ".e*\n"},
        {".git/info/exclude": "backend/.env\n"},
    ],
)
def test_whatever_way_it_is_ignored(ignored: dict[str, str], tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    Folder({"backend/.env": "A=1\n", **ignored}, tmp_path)
    done = subprocess.run(["git", "check-ignore", "-q", "backend/.env"], cwd=tmp_path, check=False)
    assert done.returncode == 0
    assert Folder({}, tmp_path).findings("SW205") == []


@pytest.mark.parametrize(
    "ignored",
    [
        {"frontend/.gitignore": ".env\n"},
        {".gitignore": ".env\n!backend/.env\n"},
        {".gitignore": ".env\n", "backend/.gitignore": "!.env\n"},
        {".gitignore": "/.env\n"},
        {".gitignore": "# .env\n.envrc\n"},
    ],
)
def test_patterns_that_do_not_reach_it(ignored: dict[str, str], tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    Folder({"backend/.env": "A=1\n", **ignored}, tmp_path)
    done = subprocess.run(["git", "check-ignore", "-q", "backend/.env"], cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert len(Folder({}, tmp_path).findings("SW205")) == 1
