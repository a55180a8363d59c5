"""Projects that share their packages with the whole machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from seawall.project.project import Project
from seawall.project.venv import Environment
from seawall.rules.config.no_virtual_environment import check
from support.marked import assert_finds, assert_silent


def found(root: Path, files: dict[str, str], kind: str = "") -> list[tuple[str, int]]:
    """What is found in a project on a bare machine, or in an environment of a kind."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    project = Project.load(root, environ={})
    if kind or project.environment.kind == "container":  # where the tests themselves run in one
        project._parts["environment"] = Environment(kind or "none", None, None, "")  # type: ignore[arg-type]
    return [(one.path.name, one.range.start_line) for one in check(project) if one.path]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("requirements.txt", "# web\nfastapi>=0.115\n", 2),
        ("pyproject.toml", '[project]\nname = "x"\ndependencies = ["fastapi"]\n', 3),
        ("setup.py", "from setuptools import setup\nsetup(install_requires=['fastapi'])\n", 2),
    ],
)
def test_dependencies_without_an_environment(name: str, text: str, line: int, tmp_path: Path) -> None:
    assert found(tmp_path, {name: text}) == [(name, line)]


@pytest.mark.parametrize("files", [{}, {"main.py": "print(1)\n"}, {"requirements.txt": "# nothing yet\n"}])
def test_a_project_without_dependencies_needs_none(files: dict[str, str], tmp_path: Path) -> None:
    assert found(tmp_path, files) == []


@pytest.mark.parametrize(
    "there",
    [
        ".venv/pyvenv.cfg",
        "venv/pyvenv.cfg",
        "env-3.12/pyvenv.cfg",
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "pixi.toml",
        "Pipfile",
    ],
)
def test_an_environment_is_there(there: str, tmp_path: Path) -> None:
    assert found(tmp_path, {"requirements.txt": "fastapi\n", there: ""}) == []


@pytest.mark.parametrize("kind", ["venv", "conda", "container", "hatch"])
def test_an_environment_of_another_kind(kind: str, tmp_path: Path) -> None:
    assert found(tmp_path, {"requirements.txt": "fastapi\n"}, kind) == []


@pytest.mark.parametrize(
    "text",
    [
        "#- setup.sh\n«pip install -r requirements.txt»\n",
        "#- bootstrap.sh\n«python3 -m pip install fastapi»\n",
        "#- Makefile\ninstall:\n\t«pip install -e .»\n",
        "#- Makefile\ninstall:\n\t. .venv/bin/activate\n\t«pip install -e .»\n",
        "#- setup.sh\n«sudo pip install fastapi»\n",
        "#- setup.sh\nif true; then\n  «python -m pip install --upgrade -r requirements.txt»\nfi\n",
        "#- setup.bash\n«PIP_NO_CACHE=1 pip install fastapi»\n",
        "#- setup.sh\n«pip install \\»\n  fastapi\n",
        "#- setup.sh\n«cd api && pip install .»\n#- Makefile\nsetup:\n\t./setup.sh\n",
        "#- setup.sh\npip install uv\n«pip install fastapi»\n#- other.sh\nuv pip install fastapi\n",
    ],
)
def test_scripts_that_install_anywhere(text: str) -> None:
    assert_finds("SW601", text)


@pytest.mark.parametrize(
    "text",
    [
        "#- setup.sh\n. .venv/bin/activate\npip install -r requirements.txt\n",
        "#- setup.sh\nuv pip install -r requirements.txt\n",
        "#- setup.sh\n.venv/bin/pip install -r requirements.txt\n",
        "#- setup.sh\npip install --upgrade pip\n",
        "#- setup.sh\necho 'now run pip install fastapi'\n",
        "#- setup.sh\n# pip install fastapi\n",
        "#- setup.sh\nconda activate harbour\npip install fastapi\n",
        "#- setup.sh\ndocker run python pip install fastapi\n",
        "#- setup.sh\npoetry run pip install fastapi\n",
        "#- setup.sh\nexport PATH=$PWD/.venv/bin:$PATH\npip install fastapi\n",
        "#- Makefile\nexport PATH := $(PWD)/.venv/bin:$(PATH)\ninstall:\n\tpip install -e .\n",
        "#- setup.sh\npip install nox tox\n",
        "#- noxfile.py\ndef tests(session):\n    session.run('pip', 'install', '.')\n",
        "#- .devcontainer/post-create.sh\npip install -e .\n#- main.py\n",
        "#- Makefile\ninstall:\n\t. .venv/bin/activate && pip install -e .\n",
        "#- ci-install.sh\npip install -r requirements.txt\n",
        "#- docker-entrypoint.sh\npip install -r requirements.txt\n",
        "#- Dockerfile\nRUN pip install -r requirements.txt\n",
        "#- .github/workflows/test.yml\n- run: pip install -e .\n",
    ],
)
def test_scripts_that_install_where_they_should(text: str) -> None:
    assert_silent("SW601", text)
