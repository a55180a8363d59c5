import pytest
from hypothesis import given, strategies

from seawall.project.dependencies import Dependencies, declared, installed, is_manifest, locked, manifests
from seawall.project.requirements import applies, bound, lower_bound, parse


@pytest.fixture
def given_files(tmp_path, write):
    def given_files(files=None, /, **more):
        for name, text in (files or {}).items():
            write(name, text)
        return Dependencies(tmp_path, **more)

    return given_files


class TestRequirement:
    @pytest.mark.parametrize(
        ("text", "name", "specifier", "extras"),
        [
            ("SQLAlchemy", "sqlalchemy", "", set()),
            ("uvicorn[standard]>=0.30", "uvicorn", ">=0.30", {"standard"}),
            ("sqlalchemy [asyncio, Mypy_X] ~= 2.0 , <3", "sqlalchemy", "~= 2.0 , <3", {"asyncio", "mypy-x"}),
            ("zope.interface (>=5)", "zope-interface", ">=5", set()),
            ("x @ https://example.com/x-1.2-py3-none-any.whl", "x", "==1.2", set()),
            ("x @ git+https://example.com/x.git", "x", "", set()),
            ("git+https://example.com/x.git#egg=My_X", "my-x", "", set()),
            ("./wheels/my_x-2.0-py3-none-any.whl", "my-x", "==2.0", set()),
            ("fastapi>=", "fastapi", ">=", set()),
        ],
    )
    def test_forms(self, text, name, specifier, extras):
        found = parse(text)
        assert found is not None
        assert (found.name, found.specifier, found.extras) == (name, specifier, extras)

    @pytest.mark.parametrize(
        "text", ["", "# x", ".", "-e .", "./local", "https://example.com/x.tar.gz", "two words", "="]
    )
    def test_what_names_nothing(self, text):
        assert parse(text) is None

    def test_markers(self):
        found = parse("x>=1; python_version < '3.9'")
        assert (found.specifier, found.marker) == (">=1", "python_version < '3.9'")
        assert not applies(found.marker, {"python_version": "3.12"})
        assert applies(found.marker, {"python_version": "3.8"})
        assert applies("half typed <")
        assert applies("")

    @pytest.mark.parametrize(
        ("specifier", "version"),
        [
            ("==2.0.1", "2.0.1"),
            (">=2,<3", "2"),
            ("<3,>=2", "2"),
            ("~=1.4.2", "1.4.2"),
            ("^1.4", "1.4"),
            ("~1.4", "1.4"),
            ("1.4", "1.4"),
            ("==2.*", "2"),
            (">1.4", "1.4"),
            (">=1.0 <2", "1.0"),
            ("<2", "1.99999"),
            ("<2.0.0", "1.99999"),
            ("<2.1", "2.0.99999"),
            ("<=1.10", "1.10"),
            ("^1.0 || ^2.0", "1.0"),
            ("!=1.0", None),
            ("", None),
            ("junk", None),
            ("<0", None),
        ],
    )
    def test_the_version_to_assume(self, specifier, version):
        found = bound(specifier)
        assert (str(found) if found else None) == version or (specifier == "<0" and found is None)

    def test_lower_bounds_alone(self):
        assert str(lower_bound(">=3.10,<4")) == "3.10"
        assert lower_bound("<4") is None

    @given(strategies.text("abc.=<>~^!,* 0123[];@", max_size=30))
    def test_any_text_is_survived(self, text):
        parse(text)
        bound(text)


class TestRequirementsFiles:
    def test_lines(self, tmp_path, write):
        path = write(
            "requirements.txt",
            "# head\n--index-url https://x\nfastapi==0.115.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
            "uvicorn[standard] # why\n-e .\n-e git+https://x/y.git#egg=y\npywin32; sys_platform == 'win32'\n",
        )
        assert [(item.name, item.specifier, item.line) for item in declared(path)] == [
            ("fastapi", "==0.115.0", 3),
            ("uvicorn", "", 6),
            ("y", "", 8),
            ("pywin32", "", 9),
        ]

    def test_includes_and_constraints(self, given_files):
        found = given_files(
            {
                "requirements.txt": "-r deps/base.in\n-c limits.txt\nfastapi\n-r requirements.txt\n-r gone.txt\n",
                "deps/base.in": "--requirement=more.txt\nsqlalchemy\n",
                "deps/more.txt": "httpx==0.28\n",
                "limits.txt": "sqlalchemy==2.0.30\nunused==1\n",
            }
        )
        assert found.names == {"fastapi", "sqlalchemy", "httpx"}
        assert str(found.version("sqlalchemy")) == "2.0.30"
        assert not found.has("unused")

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
    def test_as_powershell_writes_them(self, given_files, encoding):
        found = given_files({"requirements.txt": "fastapi==0.115\r\nSQLAlchemy==2.0.1\r\n".encode(encoding)})
        assert found.names == {"fastapi", "sqlalchemy"}
        assert str(found.version("sqlalchemy")) == "2.0.1"

    def test_groups_by_name(self, given_files):
        found = given_files(
            {"requirements-dev.txt": "pytest\nx==1", "requirements/base.txt": "x==2", "dev-requirements.in": "y"}
        )
        assert {item.name: item.group for item in found.requirements if item.name != "x"} == {
            "pytest": "dev",
            "y": "dev",
        }
        assert str(found.version("x")) == "2"


class TestManifests:
    def test_pyproject(self, given_files):
        found = given_files(
            {
                "pyproject.toml": """
[project]
name = "My.App"
dependencies = [
    "fastapi>=0.110",
    "my-app[extra]",
]
[project.optional-dependencies]
pg = ["asyncpg>=0.30"]
[dependency-groups]
dev = ["pytest>=8", {include-group = "lint"}]
lint = ["ruff"]
[tool.uv]
dev-dependencies = ["mypy"]
[tool.pdm.dev-dependencies]
test = ["hypothesis"]
[tool.hatch.envs.docs]
dependencies = ["mkdocs"]
"""
            }
        )
        assert found.names == {"fastapi", "asyncpg", "pytest", "ruff", "mypy", "hypothesis", "mkdocs"}
        assert next((item.name, item.line) for item in found.requirements) == ("fastapi", 5)
        assert {item.name: item.group for item in found.requirements}["asyncpg"] == "pg"
        assert found.declares("FastAPI")

    def test_poetry(self, given_files):
        found = given_files(
            {
                "pyproject.toml": """
[tool.poetry]
name = "app"
[tool.poetry.dependencies]
python = "^3.11"
SQLAlchemy = {version = "^2.0", extras = ["asyncio"]}
fastapi = "*"
httpx = [{version = "^0.27", python = "<3.9"}, {version = "^0.28"}]
local = {path = "../local"}
[tool.poetry.dev-dependencies]
black = "^24"
[tool.poetry.group.test.dependencies]
pytest = "^8"
"""
            }
        )
        assert found.names == {"sqlalchemy", "fastapi", "httpx", "local", "black", "pytest"}
        assert found.extras("sqlalchemy") == {"asyncio"}
        assert str(found.version("sqlalchemy")) == "2.0"
        assert found.version("fastapi") is None
        assert {item.name: item.line for item in found.requirements}["sqlalchemy"] == 6

    def test_pipfile(self, given_files):
        found = given_files(
            {"Pipfile": "[packages]\nfastapi = '==0.1'\nx = {version = '*'}\n[dev-packages]\npytest = '*'\n"}
        )
        assert found.names == {"fastapi", "x", "pytest"}
        assert str(found.version("fastapi")) == "0.1"

    def test_setup_cfg(self, given_files):
        found = given_files(
            {
                "setup.cfg": "[options]\ninstall_requires =\n    fastapi>=0.1\n    x; python_version<'3'\n"
                "[options.extras_require]\npg =\n    asyncpg\n"
            }
        )
        assert found.names == {"fastapi", "x", "asyncpg"}
        assert {item.name: item.line for item in found.requirements}["fastapi"] == 3

    def test_conda(self, given_files):
        found = given_files(
            {
                "environment.yml": "name: x\ndependencies:\n  - python=3.12\n  - conda-forge::fastapi=0.110=py_0\n"
                "  - numpy>=1.2 # why\n  - pip\n  - pip:\n    - sqlalchemy[asyncio]==2.0.1\nvariables:\n  - no\n"
            }
        )
        assert found.names == {"fastapi", "numpy", "sqlalchemy"}
        assert str(found.version("fastapi")) == "0.110"

    def test_folders_below_count_after_the_own(self, tmp_path, given_files):
        found = given_files(
            {
                "backend/requirements.txt": "x==1",
                "requirements.txt": "x==2",
                "venv/pyvenv.cfg": "",
                "venv/requirements.txt": "y",
            }
        )
        assert manifests(tmp_path) == (tmp_path / "requirements.txt", tmp_path / "backend" / "requirements.txt")
        assert str(found.version("x")) == "2"

    def test_junk(self, given_files):
        names = (
            "pyproject.toml",
            "requirements.txt",
            "setup.cfg",
            "Pipfile",
            "environment.yml",
            "uv.lock",
            "Pipfile.lock",
        )
        found = given_files({name: bytes(range(256)) * 5 for name in names})
        assert isinstance(found.names, frozenset)
        assert found.version("x") is None

    def test_wrong_types(self, given_files):
        found = given_files(
            {
                "pyproject.toml": "[project]\nname = 3\ndependencies = 'fastapi'\noptional-dependencies = []\n"
                "[dependency-groups]\nx = 3\n[tool]\npoetry = 3\nuv = []\n"
            }
        )
        assert found.names == frozenset()

    def test_a_missing_folder(self, tmp_path):
        found = Dependencies(tmp_path / "gone", venv=tmp_path / "gone")
        assert found.names == frozenset()
        assert found.where_to_add("x") is None


LOCK = '[[package]]\nname = "SQLAlchemy"\nversion = "2.0.36"\nsource = { registry = "x" }\n\n[[package]]\nname = "x"\nversion = "1"\n'


class TestLocks:
    @pytest.mark.parametrize("name", ["uv.lock", "poetry.lock", "pdm.lock"])
    def test_toml(self, given_files, name):
        found = given_files({name: f'version = 1\nrequires-python = ">=3.11"\n\n{LOCK}'})
        assert str(found.version("sqlalchemy")) == "2.0.36"
        assert found.names == {"sqlalchemy", "x"}
        assert not found.declares("sqlalchemy")

    def test_pylock(self, given_files):
        assert given_files({"pylock.toml": LOCK.replace("[[package]]", "[[packages]]")}).has("SQLAlchemy")

    def test_windows_line_ends(self, given_files):
        assert given_files({"uv.lock": LOCK.replace("\n", "\r\n")}).has("sqlalchemy")

    def test_the_highest_of_several(self, tmp_path):
        text = "".join(f'[[package]]\nname = "x"\nversion = "{version}"\n' for version in ("1.9", "1.10", "1.2"))
        assert locked(tmp_path / "uv.lock", text) == {"x": "1.10"}

    def test_pipfile_lock(self, given_files):
        found = given_files(
            {"Pipfile.lock": '{"default": {"FastAPI": {"version": "==0.1"}}, "develop": {"x": {"git": "y"}, "z": 3}}'}
        )
        assert str(found.version("fastapi")) == "0.1"

    def test_above_within_the_repository_and_below(self, tmp_path, write):
        write("uv.lock", LOCK)
        write("app/pyproject.toml", "[project]")
        assert not Dependencies(tmp_path / "app").has("sqlalchemy")
        assert Dependencies(tmp_path).has("sqlalchemy")
        write(".git/HEAD")
        assert Dependencies(tmp_path / "app").has("sqlalchemy")

    def test_below(self, tmp_path, write):
        write("app/pyproject.toml", "[project]")
        write("app/uv.lock", LOCK)
        assert Dependencies(tmp_path).has("sqlalchemy")


class TestVersion:
    def test_settings_then_lock_then_installed_then_requirement(self, tmp_path, write):
        venv = tmp_path / ".venv"
        write(".venv/pyvenv.cfg")
        write("requirements.txt", "SQLAlchemy>=1.4")
        assert str(Dependencies(tmp_path, venv=venv).version("sqlalchemy")) == "1.4"
        write(".venv/lib/python3.12/site-packages/SQLAlchemy-2.0.10.dist-info/METADATA")
        assert str(Dependencies(tmp_path, venv=venv).version("sqlalchemy")) == "2.0.10"
        write("requirements.txt", "SQLAlchemy == 1.4.54")
        assert str(Dependencies(tmp_path, venv=venv).version("sqlalchemy")) == "1.4.54"
        write("uv.lock", LOCK)
        assert str(Dependencies(tmp_path, venv=venv).version("sqlalchemy")) == "2.0.36"
        chosen = Dependencies(tmp_path, venv=venv, versions={"SQLAlchemy": "2.1"})
        assert str(chosen.version("sqlalchemy")) == "2.1"

    def test_the_marker_that_holds(self, given_files):
        files = {"requirements.txt": "x==1; python_version < '3.9'\nx==2; python_version >= '3.9'\n"}
        assert str(given_files(files, python="3.12").version("x")) == "2"
        assert str(given_files(files, python="3.8").version("x")) == "1"

    def test_compares(self, given_files):
        from packaging.version import Version

        assert given_files({"requirements.txt": "pydantic<2"}).version("pydantic") < Version("2")

    def test_unknown(self, given_files):
        assert given_files({"requirements.txt": "x"}).version("x") is None
        assert given_files().version("y") is None


def test_installed(tmp_path, write):
    for name in (
        "pydantic_core-2.1.dist-info",
        "Jinja2-3.1.dist-info",
        "old-1.0-py3.11.egg-info",
        "x.py",
        "nover.dist-info",
    ):
        write(f"lib/python3.11/site-packages/{name}/RECORD")
    write("Lib/site-packages/win-1.dist-info/RECORD")
    assert installed(tmp_path) == {"pydantic-core": "2.1", "jinja2": "3.1", "old": "1.0", "win": "1"}
    assert Dependencies(tmp_path / "empty", venv=tmp_path).has("jinja2")


class TestWhereToAdd:
    @pytest.mark.parametrize(
        ("files", "expected"),
        [
            ({"requirements.txt": "x"}, "requirements.txt"),
            ({"requirements.txt": "x", "requirements.in": "x"}, "requirements.in"),
            ({"requirements.txt": "x", "pyproject.toml": "[project]\ndependencies = []"}, "pyproject.toml"),
            ({"requirements.txt": "x", "pyproject.toml": "[tool.ruff]"}, "requirements.txt"),
            ({"requirements.txt": "x", "pyproject.toml": "[project]\ndynamic = ['dependencies']"}, "requirements.txt"),
            ({"pyproject.toml": "[project]\nname = 'x'"}, "pyproject.toml"),
            ({"pyproject.toml": "[tool.poetry.dependencies]\nx = '1'"}, "pyproject.toml"),
            ({"pyproject.toml": "[tool.ruff]"}, None),
            ({"Pipfile": ""}, "Pipfile"),
            ({"requirements-dev.txt": "x", "requirements/base.txt": "x"}, "requirements/base.txt"),
            ({"setup.cfg": "[options]\ninstall_requires = x"}, "setup.cfg"),
            ({"environment.yml": ""}, "environment.yml"),
            ({"backend/requirements.txt": "x"}, "backend/requirements.txt"),
            ({}, None),
        ],
    )
    def test_by_what_is_there(self, tmp_path, given_files, files, expected):
        found = given_files(files).where_to_add("new")
        assert (found.relative_to(tmp_path).as_posix() if found else None) == expected

    def test_where_it_is_already(self, tmp_path, given_files):
        found = given_files({"requirements.txt": "-r more.txt\n", "more.txt": "SQLAlchemy\n"})
        assert found.where_to_add("sqlalchemy") == tmp_path / "more.txt"


def test_manifest_names(tmp_path):
    assert all(
        is_manifest(tmp_path / name)
        for name in ("uv.lock", "requirements-dev.txt", "requirements/x.in", "dev-requirements.txt", "setup.cfg")
    )
    assert not is_manifest(tmp_path / "notes.txt")
