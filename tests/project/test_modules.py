from pathlib import Path

import pytest

from seawall.project.modules import module_name, source_roots
from seawall.project.settings import Settings


@pytest.fixture
def named(tmp_path, write):
    """The module name of a file once these files are there; `"path": "text"` or just the path."""

    def named(path, *files, settings=None, **texts):
        for name in (*files, path):
            if not (tmp_path / name).exists():
                write(name)
        return module_name(tmp_path / path, source_roots(tmp_path, settings))

    return named


def test_packages_at_the_root(named):
    assert named("app/db/__init__.py", "app/__init__.py") == "app.db"
    assert named("app/db/models.py") == "app.db.models"
    assert named("main.py") == "main"
    assert named("app/py.typed.pyi") == "app.py.typed"


def test_namespace_packages_are_relative_to_the_root(named):
    assert named("app/api/x.py") == "app.api.x"
    assert named("app/api/v1/__init__.py") == "app.api.v1"


def test_src_layout(named):
    assert named("src/app/db.py", "src/app/__init__.py", "pyproject.toml") == "app.db"


def test_src_as_a_package(named):
    assert named("src/app/db.py", "src/__init__.py", "src/app/__init__.py") == "src.app.db"


def test_src_as_a_namespace_by_its_imports(named, write):
    write("src/main.py", "from src.auth.router import router\n")
    assert named("src/auth/router.py", "src/auth/__init__.py") == "src.auth.router"


def test_src_as_a_source_root_by_its_imports(named, write):
    write("src/main.py", "from auth.router import router\n")
    assert named("src/auth/router.py") == "src.auth.router"
    write("src/auth/__init__.py")
    assert named("src/auth/router.py") == "auth.router"


def test_any_folder_by_its_imports(named, write):
    write("service/billing/__init__.py")
    write("service/run.py", "import billing.app\n")
    assert named("service/billing/app.py") == "billing.app"


@pytest.mark.parametrize("manifest", ["pyproject.toml", "requirements.txt", "manage.py", "Dockerfile", "alembic.ini"])
def test_monorepo(named, manifest):
    files = ("pyproject.toml", f"backend/{manifest}", f"services/billing/{manifest}")
    assert named("backend/app/db.py", "backend/app/__init__.py", *files) == "app.db"
    assert named("services/billing/billing/api.py", *files) == "billing.api"


@pytest.mark.parametrize(
    "text",
    [
        "[tool.hatch.build.targets.wheel]\npackages = ['server/seawall']",
        "[tool.pytest.ini_options]\npythonpath = ['server']",
        "[tool.pytest.ini_options]\npythonpath = 'server'",
        "[tool.mypy]\nmypy_path = '$MYPY_CONFIG_FILE_DIR/server'",
        "[tool.setuptools.packages.find]\nwhere = ['server']",
        "[tool.setuptools.package-dir]\n'' = 'server'",
        "[tool.poetry]\npackages = [{include = 'seawall', from = 'server'}]",
        "[tool.pyright]\nextraPaths = ['server', 3, 'gone']",
        "[tool.pdm.build]\npackage-dir = 'server'",
    ],
)
def test_tools_tell_where_imports_start(named, write, text):
    write("pyproject.toml", text)
    assert named("server/seawall/x.py") == "seawall.x"


def test_the_src_setting_wins(named, tmp_path):
    settings = Settings(src=("code",))
    assert named("code/app/x.py", settings=settings) == "app.x"
    assert source_roots(tmp_path, settings) == (tmp_path / "code", tmp_path)


def test_a_workspace_inside_a_package(tmp_path, write):
    write("app/__init__.py")
    file = write("app/db/x.py")
    root = tmp_path / "app"
    assert module_name(file, source_roots(root)) == "app.db.x"


def test_a_stray_init_beside_a_manifest(named):
    assert named("app/x.py", "__init__.py", "pyproject.toml") == "app.x"


def test_a_package_with_its_own_manage_py(named, write):
    write("src/shop/__init__.py")
    write("src/shop/manage.py", "from shop.utils import run\n")
    assert named("src/shop/utils.py", "pyproject.toml") == "shop.utils"
    assert named("src/shop/db/models.py", "src/shop/db/__init__.py") == "shop.db.models"


@pytest.mark.parametrize("manifest", ["manage.py", "Dockerfile", "requirements.txt", "alembic.ini"])
@pytest.mark.parametrize("imports", ["from shop.config import URL\n", "import shop.database.core\n"])
def test_a_package_inside_a_package_that_holds_such_a_file(named, write, manifest, imports):
    """`manage.py` need not be Django's, nor a `Dockerfile` stand where imports start."""
    write("src/shop/__init__.py")
    write("src/shop/alembic.ini")
    write("src/shop/database/__init__.py")
    write("src/shop/database/core.py", imports)
    write(f"src/shop/database/{manifest}")
    assert named("src/shop/database/core.py", "pyproject.toml") == "shop.database.core"


def test_a_namespace_package_that_holds_such_a_file(named, write):
    write("shop/alembic.ini")
    write("shop/run.py", "from shop.api import app\n")
    assert named("shop/api.py", "pyproject.toml") == "shop.api"
    write("shop/tracing/setup.py", "from shop.tracing import core\n")
    assert named("shop/tracing/core.py") == "shop.tracing.core"


def test_a_folder_that_holds_a_package_of_its_name(named, write):
    write("shop/manage.py", "import shop.settings\n")
    write("shop/shop/urls.py", "from shop import settings\n")
    assert named("shop/shop/settings.py") == "shop.settings"


def test_a_project_inside_a_package_that_imports_by_its_own_names(named, write):
    """A stray `__init__.py` at the top, as some test runners want it."""
    write("__init__.py")
    write("service/__init__.py")
    write("service/manage.py", "import settings\n")
    assert named("service/settings.py") == "settings"


def test_no_root_above_the_file(tmp_path, write):
    write("other/pkg/__init__.py")
    assert module_name(write("other/pkg/x.py"), [tmp_path / "project"]) == "pkg.x"
    assert module_name(write("other/y.py"), []) == "y"


def test_names_that_are_no_identifiers(named):
    assert named("alembic/versions/2024_01_01-add.py") == "alembic.versions.2024_01_01-add"
    assert named("__init__.py", "pyproject.toml") == "__init__"
    assert named("__main__.py") == "__main__"


def test_tests_are_relative_to_the_root(named):
    assert named("tests/unit/test_x.py") == "tests.unit.test_x"


def test_environments_are_not_searched(tmp_path, write):
    write("env/pyvenv.cfg")
    write("env/lib/x/pyproject.toml")
    write("node_modules/x/requirements.txt")
    assert source_roots(tmp_path) == (tmp_path,)


def test_a_missing_folder():
    assert source_roots(Path("/nowhere/at/all")) == (Path("/nowhere/at/all"),)


def test_broken_manifests_tell_nothing(tmp_path, write):
    write("pyproject.toml", bytes(range(256)))
    write("sub/pyproject.toml", "[tool.mypy]\nmypy_path = 3\n[tool.poetry]\npackages = 'x'\n")
    assert source_roots(tmp_path) == (tmp_path / "sub", tmp_path)
