import tomllib
from pathlib import Path

import pytest

from seawall.project.adding import add_requirement, with_extras


def added(text, requirement, name):
    new = add_requirement(text, Path(name), requirement)
    assert add_requirement(new, Path(name), requirement) == new, "a second time changes nothing"
    return new


@pytest.mark.parametrize(
    ("text", "requirement", "new"),
    [
        ("", "x", "x\n"),
        ("a\n", "x>=1", "a\nx>=1\n"),
        ("a", "x", "a\nx\n"),
        ("a\r\nb", "x", "a\r\nb\r\nx\r\n"),
        ("SQLAlchemy==2.0  # db\n", "sqlalchemy", "SQLAlchemy==2.0  # db\n"),
        ("SQLAlchemy==2.0  # db\n", "sqlalchemy[asyncio]", "SQLAlchemy[asyncio]==2.0  # db\n"),
        ("sqlalchemy[mypy] ~= 2.0\nb\n", "SQLAlchemy[asyncio]>=2", "sqlalchemy[mypy,asyncio] ~= 2.0\nb\n"),
        ("x==1 --hash=sha256:a\n", "x[y]", "x[y]==1 --hash=sha256:a\n"),
        ("# x\n-r x.txt\n", "x", "# x\n-r x.txt\nx\n"),
        ("a\n", "", "a\n"),
    ],
)
def test_requirements_txt(text, requirement, new):
    assert added(text, requirement, "requirements.txt") == new


@pytest.mark.parametrize(
    ("text", "requirement", "new"),
    [
        (
            '[project]\nname = "x"\ndependencies = [\n    "a>=1", # why\n    "b",\n]\n\n[tool.x]\ny = 1 # z\n',
            "c>=2",
            '[project]\nname = "x"\ndependencies = [\n    "a>=1", # why\n    "b",\n    "c>=2",\n]\n\n[tool.x]\ny = 1 # z\n',
        ),
        ('[project]\ndependencies = ["a"]\n', "c", '[project]\ndependencies = ["a", "c"]\n'),
        ("[project]\ndependencies = []\n", "c", '[project]\ndependencies = ["c"]\n'),
        ('[project]\nname = "x"\n', "c", '[project]\nname = "x"\ndependencies = ["c"]\n'),
        ('[project]\ndependencies = ["A.b>=1"]\n', "a-b", '[project]\ndependencies = ["A.b>=1"]\n'),
        ('[project]\ndependencies = ["A.b>=1"]\n', "a-b[c]", '[project]\ndependencies = ["A.b[c]>=1"]\n'),
        (
            '[tool.poetry.dependencies]\npython = "^3.11"\n',
            "c>=1",
            '[tool.poetry.dependencies]\npython = "^3.11"\nc = ">=1"\n',
        ),
        ("[tool.poetry.dependencies]\n", "c", '[tool.poetry.dependencies]\nc = "*"\n'),
        (
            '[tool.poetry.dependencies]\nc = "^1"\n',
            "c[e]",
            '[tool.poetry.dependencies]\nc = {version = "^1", extras = ["e"]}\n',
        ),
        (
            '[tool.poetry.dependencies]\nc = {version = "^1", extras = ["d"]}\n',
            "c[e]",
            '[tool.poetry.dependencies]\nc = {version = "^1", extras = ["d", "e"]}\n',
        ),
        ("half [typed", "c", "half [typed"),
        ("project = 3\n", "c", "project = 3\n"),
    ],
)
def test_pyproject(text, requirement, new):
    assert added(text, requirement, "pyproject.toml") == new


def test_pyproject_keeps_windows_line_ends():
    new = added('[project]\r\ndependencies = [\r\n  "a",\r\n]\r\n', "c", "pyproject.toml")
    assert tomllib.loads(new)["project"]["dependencies"] == ["a", "c"]
    assert "\n" not in new.replace("\r\n", "")


@pytest.mark.parametrize(
    ("text", "requirement", "new"),
    [
        ('[packages]\na = "*"\n', "c>=1", '[packages]\na = "*"\nc = ">=1"\n'),
        ('[packages]\nC = "*"\n', "c", '[packages]\nC = "*"\n'),
        ("", "c", '[packages]\nc = "*"\n'),
    ],
)
def test_pipfile(text, requirement, new):
    assert added(text, requirement, "Pipfile") == new


@pytest.mark.parametrize(
    ("text", "requirement", "new"),
    [
        (
            "[options]\ninstall_requires =\n    a\n    b>=1\nzip_safe = no\n",
            "c",
            "[options]\ninstall_requires =\n    a\n    b>=1\n    c\nzip_safe = no\n",
        ),
        ("[options]\ninstall_requires =\n  a\n", "a[x]", "[options]\ninstall_requires =\n  a[x]\n"),
        ("[options]\nzip_safe = no\n", "c", "[options]\ninstall_requires =\n    c\nzip_safe = no\n"),
        ("[metadata]\nname = x\n", "c", "[metadata]\nname = x\n\n[options]\ninstall_requires =\n    c\n"),
    ],
)
def test_setup_cfg(text, requirement, new):
    assert added(text, requirement, "setup.cfg") == new


@pytest.mark.parametrize(
    ("text", "requirement", "new"),
    [
        ("dependencies:\n  - a=1\nprefix: x\n", "c", "dependencies:\n  - a=1\n  - c\nprefix: x\n"),
        ("dependencies:\n  - pip:\n    - a\n", "c", "dependencies:\n  - pip:\n    - a\n    - c\n"),
        ("dependencies:\n  - C=1\n", "c", "dependencies:\n  - C=1\n"),
        ("name: x\n", "c", "name: x\ndependencies:\n  - c\n"),
    ],
)
def test_conda(text, requirement, new):
    assert added(text, requirement, "environment.yml") == new


def test_extras_alone():
    assert with_extras("x [a]>=1", {"a"}) == "x [a]>=1"
    assert with_extras("x [a]>=1", {"b"}) == "x[a,b]>=1"
    assert with_extras("?", {"b"}) == "?"
