import pytest

from seawall.project.venv import declares_dependencies, environment, pip_installs


@pytest.fixture
def found(tmp_path):
    def found(environ=None, **more):
        more.setdefault("filesystem", tmp_path / "no-marks")
        result = environment(tmp_path / "p", environ or {}, **more)
        folder = result.path.relative_to(tmp_path).as_posix() if result.path else None
        return result.kind, folder

    (tmp_path / "p").mkdir()
    return found


def test_nothing(found, tmp_path):
    assert found() == ("none", None)
    assert environment(tmp_path / "gone", {}, filesystem=tmp_path) == ("none", None, None, "")


@pytest.mark.parametrize("name", [".venv", "venv", "env", "my-python"])
def test_folders(found, write, tmp_path, name):
    write(f"p/{name}/pyvenv.cfg", "home = /usr/bin")
    write(f"p/{name}/bin/python")
    assert found() == ("venv", f"p/{name}")
    assert environment(tmp_path / "p", {}).python == tmp_path / "p" / name / "bin" / "python"


def test_the_usual_folder_first(found, write):
    write("p/a/pyvenv.cfg")
    write("p/venv/pyvenv.cfg")
    write("p/.venv/pyvenv.cfg")
    assert found() == ("venv", "p/.venv")


def test_an_empty_folder_is_no_environment(found, write):
    write("p/.venv/README")
    assert found() == ("none", None)


def test_windows(write, tmp_path):
    python = write(".venv/Scripts/python.exe")
    write(".venv/pyvenv.cfg")
    assert environment(tmp_path, {}).python == python


def test_above_only_within_the_repository(found, write):
    write(".venv/pyvenv.cfg")
    assert found() == ("none", None)
    write(".git/HEAD")
    assert found() == ("venv", ".venv")


def test_a_sub_projects_folder(found, write):
    write("p/backend/requirements.txt", "fastapi")
    write("p/backend/.venv/pyvenv.cfg")
    assert found() == ("venv", "p/backend/.venv")


def test_the_setting_comes_first(found, write):
    write("p/.venv/pyvenv.cfg")
    write("elsewhere/pyvenv.cfg")
    assert found(hint="../elsewhere") == ("venv", "elsewhere")
    assert found(hint="../gone") == ("venv", "p/.venv")
    assert found(hint="\0") == ("venv", "p/.venv")


def test_made_by_uv(found, write):
    write("p/.venv/pyvenv.cfg", "home = x\nuv = 0.9.1\n")
    assert found() == ("uv", "p/.venv")


def test_active_ones(found, write, tmp_path):
    write("active/pyvenv.cfg")
    assert found({"VIRTUAL_ENV": str(tmp_path / "active")}) == ("venv", "active")
    assert found({"VIRTUAL_ENV": str(tmp_path / "gone")}) == ("none", None)
    assert found({"CONDA_PREFIX": str(tmp_path / "active")}) == ("conda", "active")
    assert found({"CONDA_PREFIX": str(tmp_path / "active"), "CONDA_DEFAULT_ENV": "base"}) == ("none", None)


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("uv.lock", "", "uv"),
        ("pyproject.toml", "[tool.uv]\ndev-dependencies = []", "uv"),
        ("poetry.lock", "", "poetry"),
        ("poetry.toml", "", "poetry"),
        ("pyproject.toml", "[tool.poetry]\nname = 'x'", "poetry"),
        (".pdm-python", "", "pdm"),
        ("pdm.lock", "", "pdm"),
        ("pyproject.toml", "[tool.pdm.dev-dependencies]\nx = []", "pdm"),
        ("hatch.toml", "", "hatch"),
        ("pyproject.toml", "[tool.hatch.envs.default]\ndependencies = []", "hatch"),
        ("pixi.toml", "", "pixi"),
        (".pixi/x", "", "pixi"),
        ("Pipfile", "", "pipenv"),
        ("pyproject.toml", "[tool.hatch.build]\nx = 1", "none"),
        ("pyproject.toml", "[tool.pdm.build]\nx = 1", "none"),
        ("Dockerfile", "FROM python", "none"),
        ("docker-compose.yml", "", "none"),
        (".devcontainer/devcontainer.json", "{}", "container"),
        (".devcontainer.json", "{}", "container"),
    ],
)
def test_what_files_say(found, write, name, text, kind):
    write(f"p/{name}", text)
    assert found() == (kind, None)


@pytest.mark.parametrize("variable", ["CODESPACES", "REMOTE_CONTAINERS"])
def test_container_variables(found, variable):
    assert found({variable: "true"}) == ("container", None)
    assert found({variable: "false"}) == ("none", None)


@pytest.mark.parametrize("mark", [".dockerenv", "run/.containerenv"])
def test_container_marks(found, write, tmp_path, mark):
    write(f"disk/{mark}")
    assert found(filesystem=tmp_path / "disk") == ("container", None)


def test_the_workspaces_lock(found, write):
    write(".git/HEAD")
    write("uv.lock")
    assert found() == ("uv", None)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("requirements.txt", "# first\n\nfastapi\n", 3),
        ("pyproject.toml", "[project]\nname = 'x'\ndependencies = [\n  'fastapi>=0.1',\n]\n", 4),
        ("setup.py", "setup(\n  install_requires=['x'],\n)", 2),
        ("environment.yml", "name: x\ndependencies:\n  - python=3.12\n  - fastapi\n", 4),
    ],
)
def test_where_dependencies_are_declared(tmp_path, write, name, text, line):
    path = write(name, text)
    assert declares_dependencies(tmp_path) == (path, line)


@pytest.mark.parametrize(
    ("name", "text"),
    [("requirements.txt", "# none\n"), ("pyproject.toml", "[project]\ndependencies = []"), ("x.py", "")],
)
def test_where_none_are(tmp_path, write, name, text):
    write(name, text)
    assert declares_dependencies(tmp_path) is None


@pytest.mark.parametrize(
    "text",
    [
        "pip install -r requirements.txt",
        "pip3 install fastapi",
        "python -m pip install .",
        "python3.12 -m pip install --upgrade fastapi",
        "set -e && sudo pip install x",
        "cd backend; pip install x",
        "if true; then pip install x; fi",
        "DEBUG=1 pip install x",
        "pip --quiet install x",
        "pip install \\\n  fastapi",
        "python -m venv .venv\npip install x",
    ],
)
def test_scripts_that_install_into_whatever_is_there(tmp_path, write, text):
    path = write("setup.sh", f"#!/bin/sh\n{text}\n")
    places = pip_installs(tmp_path)
    assert [place.path for place in places] == [path]
    assert places[0].line == (3 if "venv" in text else 2)


@pytest.mark.parametrize(
    "text",
    [
        "source .venv/bin/activate\npip install x",
        ". venv/bin/activate && pip install x",
        "conda activate x\npip install x",
        ".venv/bin/pip install x",
        "$VENV/bin/pip install x",
        "uv pip install x",
        "uv run pip install x",
        "poetry run pip install x",
        "nox -s pip install",
        "docker run x pip install y",
        "echo 'run pip install x'",
        "# pip install x",
        "pip install --upgrade pip",
        "pip install uv",
        "pip freeze",
        "pipx install x",
        '[ -n "$VIRTUAL_ENV" ] || exit 1\npip install x',
    ],
)
def test_scripts_that_do_not(tmp_path, write, text):
    write("setup.sh", text)
    assert pip_installs(tmp_path) == ()


@pytest.mark.parametrize(("folder", "number"), [("scripts", 1), ("bin", 1), ("src/app", 0), ("scripts/old", 0)])
def test_folders_that_are_for_scripts(tmp_path, write, folder, number):
    write(f"{folder}/setup.sh", "pip install x")
    assert len(pip_installs(tmp_path)) == number


def test_makefiles_have_a_shell_for_each_line(tmp_path, write):
    path = write("Makefile", "install:\n\t. .venv/bin/activate\n\t@pip install -r requirements.txt\n")
    assert pip_installs(tmp_path) == ((path, 3),)
    write("Makefile", "install:\n\t. .venv/bin/activate && pip install -r requirements.txt\n")
    assert pip_installs(tmp_path) == ()
    write(
        "Makefile",
        "install:\n\tif [ -d $(VENV) ]; then \\\n\t\t. $(VENV)/app/bin/activate; \\\n\tfi && \\\n\tpip install x\n",
    )
    assert pip_installs(tmp_path) == ()
    write("Makefile", ".ONESHELL:\ninstall:\n\t. .venv/bin/activate\n\tpip install x\n")
    assert pip_installs(tmp_path) == ()
    write("Makefile", "export PATH := .venv/bin:$(PATH)\ninstall:\n\tpip install x\n")
    assert pip_installs(tmp_path) == ()
    write("Makefile", "install:\n\t$(VENV)/bin/pip install x\n\t$(PIP) install x\n")
    assert pip_installs(tmp_path) == ()


@pytest.mark.parametrize(
    "name", ["docker-entrypoint.sh", "ci.sh", "run-ci.sh", "Dockerfile", "tox.ini", ".devcontainer/x.sh"]
)
def test_scripts_for_elsewhere(tmp_path, write, name):
    write(name, "pip install x")
    assert pip_installs(tmp_path) == ()
