import pytest

from seawall.project.project import PARTS, Project


def test_a_missing_folder(tmp_path):
    project = Project.load(tmp_path / "gone", {})
    assert project.settings.select == ("ALL",)
    assert project.problems == ()
    assert project.dependencies.names == frozenset()
    assert project.dotenv_files == ()
    assert project.pip_installs == ()
    assert project.source_roots == (tmp_path / "gone",)
    assert project.target_python is None
    assert not project.gitignore.is_ignored(tmp_path / "gone" / ".env")


def test_a_folder_that_vanishes(tmp_path, write):
    path = write("p/requirements.txt", "x==1")
    project = Project.load(tmp_path / "p", {})
    assert project.dependencies.has("x")
    path.unlink()
    (tmp_path / "p").rmdir()
    project.changed(path)
    assert not project.dependencies.has("x")


def test_open_documents_win_over_the_disk(tmp_path, write):
    settings, env = write("seawall.toml", "fix = false"), write(".env", "A=1")
    open_documents = {settings: "fix = true", env: "B=2"}
    project = Project.load(tmp_path, {}, open_documents.get)
    assert project.settings.fix is True
    assert project.dotenv_files[0].keys == {"B"}
    write("requirements.txt", "x")
    assert project.dependencies.has("x")


def test_overrides_win_over_the_file(tmp_path, write):
    write("seawall.toml", "fix = false\nunsafe-fixes = true")
    project = Project.load(tmp_path, {}, overrides={"fix": True, "fxi": 1}, origin="command line")
    assert (project.settings.fix, project.settings.unsafe_fixes) == (True, True)
    assert [problem.origin for problem in project.problems] == ["command line"]


@pytest.mark.parametrize(
    ("pyproject", "version"),
    [
        ("[project]\nrequires-python = '>=3.11,<4'", "3.11"),
        ("[project]\nrequires-python = '>=3.11'\n[tool.seawall]\ntarget-python = '3.13'", "3.13"),
        ("[project]\nrequires-python = '<4'", None),
        ("[project]\nrequires-python = 3", None),
        ("", None),
    ],
)
def test_target_python(tmp_path, write, pyproject, version):
    write("pyproject.toml", pyproject)
    assert Project.load(tmp_path, {}).target_python == version


def test_installed_versions_come_from_the_environment_found(tmp_path, write):
    write(".venv/pyvenv.cfg")
    write(".venv/lib/python3.12/site-packages/SQLAlchemy-2.0.1.dist-info/METADATA")
    assert str(Project.load(tmp_path, {}).dependencies.version("sqlalchemy")) == "2.0.1"


def test_version_settings_reach_the_dependencies(tmp_path, write):
    write("seawall.toml", "[versions]\nSQLAlchemy = '1.4'")
    assert str(Project.load(tmp_path, {}).dependencies.version("sqlalchemy")) == "1.4"


@pytest.mark.parametrize("setting", ["venv = 'odd'", "python = 'odd/bin/python'"])
def test_the_settings_name_the_environment(tmp_path, write, setting):
    write(".venv/pyvenv.cfg")
    write("odd/pyvenv.cfg")
    write("seawall.toml", setting)
    assert Project.load(tmp_path, {}).environment.path == tmp_path / "odd"


def test_paths_in_settings_may_start_at_home(tmp_path, write, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    write("seawall.toml", "extend = '~/base.toml'\nvenv = '~/env'")
    write("base.toml", "fix = true\ncache-dir = '~/cache'")
    write("env/pyvenv.cfg")
    project = Project.load(tmp_path / "work" / "p", {})
    assert project.settings.fix is True
    assert project.cache_dir == tmp_path / "cache"
    assert project.environment.path == tmp_path / "env"


def test_cache_dir(tmp_path, write):
    one, two = Project.load(tmp_path / "a", {}), Project.load(tmp_path / "b", {})
    assert one.cache_dir != two.cache_dir
    assert not one.cache_dir.is_relative_to(tmp_path / "a")
    write("seawall.toml", "cache-dir = '.seawall_cache'")
    assert Project.load(tmp_path / "a", {}).cache_dir == tmp_path / ".seawall_cache"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("seawall.toml", {"settings", "dependencies", "environment", "source_roots"}),
        ("pyproject.toml", {"settings", "dependencies", "environment", "source_roots"}),
        ("requirements-dev.txt", {"dependencies", "environment"}),
        ("uv.lock", {"dependencies", "environment", "source_roots"}),
        (".venv/pyvenv.cfg", {"dependencies", "environment"}),
        (".env.local", {"dotenv"}),
        (".gitignore", {"gitignore"}),
        (".git/info/exclude", {"gitignore"}),
        ("app/__init__.py", {"source_roots"}),
        ("Makefile", {"scripts"}),
        ("deploy/Makefile", set()),
        ("app/x.py", set()),
        ("README.md", set()),
    ],
)
def test_what_a_change_makes_stale(tmp_path, name, parts):
    assert parts <= set(PARTS)
    assert Project.load(tmp_path, {}).changed(tmp_path / name) == parts


def test_files_that_were_read_by_name_count(tmp_path, write):
    write("base.toml", "fix = false")
    write("seawall.toml", "extend = 'base.toml'")
    write("requirements.txt", "-r deps.txt")
    write("deps.txt", "x")
    project = Project.load(tmp_path, {})
    assert project.settings.fix is False
    assert project.dependencies.has("x")
    write("base.toml", "fix = true")
    assert "settings" in project.changed(tmp_path / "base.toml")
    assert project.settings.fix is True
    assert project.dependencies.has("x")
    assert "dependencies" in project.changed(tmp_path / "deps.txt")


def test_only_what_is_stale_is_read_again(tmp_path, write):
    write(".env", "A=1")
    write("requirements.txt", "x")
    project = Project.load(tmp_path, {})
    env, dependencies = project.dotenv_files, project.dependencies
    write(".env", "B=1")
    project.changed(tmp_path / ".env")
    assert project.dependencies is dependencies
    assert project.dotenv_files != env
    assert project.dotenv_files is project.dotenv_files
