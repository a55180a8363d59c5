"""Debug switches that are on for everyone."""

from __future__ import annotations

import pytest

from seawall.rules.base import Severity
from support.marked import assert_finds, assert_fixes, assert_silent

CODE = "SW603"


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("from fastapi import FastAPI\napp = FastAPI(debug=«True»)", Severity.ERROR),
        ("import fastapi as api\napp = api.FastAPI(title='x', debug=«True»)", Severity.ERROR),
        ("from starlette.applications import Starlette as App\napp = App(debug=«True»)", Severity.ERROR),
        ("from sqlalchemy import create_engine\nengine = create_engine(url, echo=«True»)", Severity.WARNING),
        (
            "from sqlalchemy.ext.asyncio import create_async_engine\ne = create_async_engine(u, echo=«True»)",
            Severity.WARNING,
        ),
        ("from sqlmodel import create_engine\nengine = create_engine(url, echo=«True»)", Severity.WARNING),
        ("import uvicorn\nuvicorn.run('main:app', reload=«True»)", Severity.WARNING),
        ("import uvicorn\ndef serve():\n    uvicorn.run('main:app', reload=«True»)", Severity.WARNING),
        ("def make():\n    from fastapi import FastAPI\n    return FastAPI(debug=«True»)", Severity.ERROR),
    ],
)
def test_a_switch_is_on(text: str, severity: Severity) -> None:
    found = assert_finds(CODE, text + "\n")
    assert found[0].severity is severity


@pytest.mark.parametrize("name", ["shop/settings.py", "shop/settings/base.py", "shop/settings/production.py"])
def test_djangos_debug(name: str) -> None:
    assert_finds(CODE, f"#- {name}\nINSTALLED_APPS = []\nDEBUG = «True»\n")


@pytest.mark.parametrize(
    "value",
    [
        "os.environ.get('DEBUG', True)",
        "os.environ.get('DEBUG', 'True') == 'True'",
        "os.getenv('DEBUG', default='1') == '1'",
        "os.getenv('DEBUG', 'true').lower() in ('true', '1')",
        "os.getenv('DEBUG', 'on').strip().lower() not in ['off', 'no']",
        "os.environ.get('DEBUG') != 'False'",
        "bool(int(os.getenv('DEBUG', '1')))",
        "int(os.environ.get('DEBUG', 1)) == 1",
        "not os.getenv('PRODUCTION', '')",
        "env.bool('DEBUG', default=True)",
        "env.bool('DEBUG', True)",
        "env_flag('DEBUG', 'yes')",
        "strtobool(os.getenv('DEBUG', 'True'))",
        "bool(os.getenv('DEBUG', 'False'))",
        "os.getenv('DEBUG', 'False')",
    ],
)
def test_djangos_debug_is_on_by_default(value: str) -> None:
    head = "import os\n\nimport environ\n\nenv = environ.Env()\nINSTALLED_APPS = []\n"
    assert_finds(CODE, f"#- shop/settings.py\n{head}DEBUG = «{value}»\n")


def test_djangos_debug_is_on_by_default_in_decouples_words() -> None:
    text = (
        "from decouple import config\nINSTALLED_APPS = []\nDEBUG: bool = «config('DEBUG', cast=bool, default=True)»\n"
    )
    assert_finds(CODE, f"#- shop/settings.py\n{text}")


@pytest.mark.parametrize(
    "value",
    [
        "os.environ.get('DEBUG', False)",
        "os.environ.get('DEBUG')",
        "os.environ.get('DEBUG', '')",
        "os.environ['DEBUG']",
        "os.environ.get('DEBUG', 'False') == 'True'",
        "os.environ.get('DEBUG') == 'True'",
        "os.getenv('DEBUG', 'false').lower() in ('true', '1')",
        "bool(os.getenv('DEBUG'))",
        "bool(os.getenv('DEBUG', ''))",
        "bool(int(os.getenv('DEBUG', '0')))",
        "int(os.environ.get('DEBUG', 0)) == 1",
        "env.bool('DEBUG', default=False)",
        "env.bool('DEBUG')",
        "env('DEBUG')",
        "env_flag('DEBUG', 'no')",
        "ENVIRONMENT == 'development'",
        "'runserver' in sys.argv",
        "getattr(configuration, 'DEBUG', False)",
        "load('DEBUG', True)",
    ],
)
def test_djangos_debug_is_off_by_default_or_nobody_knows(value: str) -> None:
    head = "import os\n\nimport environ\n\nenv = environ.Env()\nINSTALLED_APPS = []\n"
    assert_silent(CODE, f"#- shop/settings.py\n{head}DEBUG = {value}\n")


SETTINGS = """
        #- config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict

        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env")

            debug: bool = True
            echo: bool = False

        settings = Settings()
"""


@pytest.mark.parametrize(
    "text",
    [
        f"""{SETTINGS}
        #- main.py
        from fastapi import FastAPI

        from config import settings

        app = FastAPI(debug=«settings.debug»)
        """,
        f"""{SETTINGS}
        #- main.py
        from functools import lru_cache

        from sqlalchemy.ext.asyncio import create_async_engine

        from config import Settings

        @lru_cache
        def get_settings() -> Settings:
            return Settings()

        engine = create_async_engine(url, echo=«get_settings().debug»)
        """,
        """
        #- flags.py
        DEBUG = True
        #- main.py
        from fastapi import FastAPI

        import flags

        app = FastAPI(debug=«flags.DEBUG»)
        """,
        """
        #- main.py
        import os

        from fastapi import FastAPI

        app = FastAPI(debug=«os.getenv("DEBUG", "1") == "1"»)
        """,
        """
        #- main.py
        from sqlalchemy import create_engine

        engine = create_engine(url, echo=«"debug"»)
        """,
    ],
)
def test_a_switch_that_is_on_somewhere_else(text: str) -> None:
    found = assert_finds(CODE, text)
    assert "True" not in found[0].finding.message


@pytest.mark.parametrize(
    "text",
    [
        f"""{SETTINGS}
        #- main.py
        from sqlalchemy import create_engine

        from config import settings

        engine = create_engine(url, echo=settings.echo)
        """,
        """
        #- config.py
        from pydantic_settings import BaseSettings

        class DevelopmentSettings(BaseSettings):
            debug: bool = True

        settings = DevelopmentSettings()
        #- main.py
        from fastapi import FastAPI

        from config import settings

        app = FastAPI(debug=settings.debug)
        """,
        """
        #- config.py
        class Config:
            DEBUG = True

        class Production(Config):
            DEBUG = False

        def load() -> Production:
            return Production()
        #- main.py
        from fastapi import FastAPI

        from config import load

        app = FastAPI(debug=load().DEBUG)
        """,
        """
        #- options.py
        OPTIONS = {"echo": True}
        #- main.py
        from sqlalchemy import create_engine

        from options import OPTIONS

        engine = create_engine(url, **OPTIONS)
        """,
        """
        #- flags.py
        DEBUG = __debug__
        #- main.py
        from fastapi import FastAPI

        from flags import DEBUG

        app = FastAPI(debug=DEBUG)
        """,
    ],
)
def test_a_switch_that_somebody_else_decides(text: str) -> None:
    assert_silent(CODE, text)


def test_the_default_of_a_setting_turns() -> None:
    assert_fixes(
        CODE,
        f"""{SETTINGS}
        #- main.py
        from fastapi import FastAPI

        from config import settings

        app = FastAPI(debug=«settings.debug»)
        """,
        f"""{SETTINGS.replace("debug: bool = True", "debug: bool = False")}
        #- .env
        DEBUG=true
        #- .env.example
        DEBUG=false
        #- .gitignore
        .env
        """,
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("os.environ.get('DEBUG', True)", "os.environ.get('DEBUG', False)"),
        ("os.environ.get('DEBUG', 'True') == 'True'", "os.environ.get('DEBUG', \"False\") == 'True'"),
        ("int(os.environ.get('DEBUG', 1)) == 1", "int(os.environ.get('DEBUG', 0)) == 1"),
        ("env.bool('DEBUG', default=True)", "env.bool('DEBUG', default=False)"),
        ("os.getenv('DEBUG', 'ON') in ('ON', '1')", "os.getenv('DEBUG', \"OFF\") in ('ON', '1')"),
        (
            "bool(os.getenv('DEBUG', 'False'))",
            'os.getenv(\'DEBUG\', \'False\').lower() in ("1", "true", "yes", "on")',
        ),
    ],
)
def test_the_default_of_a_variable_turns(before: str, after: str) -> None:
    head = "#- shop/settings.py\nimport os\n\nimport environ\n\nenv = environ.Env()\nINSTALLED_APPS = []\n"
    assert_fixes(CODE, f"{head}DEBUG = «{before}»  # for now\n", f"{head}DEBUG = {after}  # for now\n")


def test_django_settings_that_extend_others() -> None:
    assert_finds(
        CODE,
        "#- s/__init__.py\n#- s/base.py\nINSTALLED_APPS = []\n#- s/live.py\nfrom .base import *\n\nDEBUG = «True»\n",
    )


BASE = "#- shop/settings/__init__.py\n#- shop/settings/base.py\nINSTALLED_APPS = []\nDEBUG = True\n"


@pytest.mark.parametrize("name", ["production", "prod", "live"])
def test_the_settings_for_production_switch_it_off(name: str) -> None:
    assert_silent(CODE, f"{BASE}#- shop/settings/{name}.py\nfrom .base import *\n\nDEBUG = False\n")


@pytest.mark.parametrize(
    "beside",
    [
        "#- shop/settings/production.py\nfrom .base import *\n",
        "#- shop/settings/production.py\nfrom .base import *\n\nTEMPLATE_DEBUG = False\n",
        "#- shop/settings/quiet.py\nfrom .base import *\n\nDEBUG = False\n",
        "#- other/production.py\nDEBUG = False\n",
    ],
)
def test_nobody_switches_it_off_for_production(beside: str) -> None:
    assert_finds(CODE, BASE.replace("True", "«True»") + beside)


@pytest.mark.parametrize(
    "text",
    [
        "from fastapi import FastAPI\napp = FastAPI(debug=False)",
        "from fastapi import FastAPI\napp = FastAPI(debug=settings.debug)",
        "from fastapi import FastAPI\napp = FastAPI()",
        "from sqlalchemy import create_engine\nengine = create_engine(url, echo=DEBUG)",
        "from elsewhere import FastAPI\napp = FastAPI(debug=True)",
        "import uvicorn\nif __name__ == '__main__':\n    uvicorn.run('main:app', reload=True)",
        "import uvicorn\ndef main():\n    uvicorn.run('main:app', reload=True)",
        "import uvicorn\n@app.command()\ndef serve():\n    uvicorn.run('main:app', reload=True)",
        "import uvicorn\ndef dev():\n    uvicorn.run('main:app', reload=True)",
        "from fastapi import FastAPI\nif __name__ == '__main__':\n    app = FastAPI(debug=True)",
        "DEBUG = True",
        "#- shop/settings/dev.py\nINSTALLED_APPS = []\nDEBUG = True",
        "#- shop/settings_local.py\nINSTALLED_APPS = []\nDEBUG = True",
        "#- shop/settings.py\nimport os\nINSTALLED_APPS = []\nDEBUG = os.environ.get('DEBUG') == '1'",
        "#- shop/settings.py\nimport os\nINSTALLED_APPS = []\nif os.environ.get('DEV'):\n    DEBUG = True",
        "#- tests/conftest.py\nfrom fastapi import FastAPI\napp = FastAPI(debug=True)",
        "configure(debug=True, echo=True, reload=True)",
    ],
)
def test_switches_that_are_off_or_somebody_elses(text: str) -> None:
    assert_silent(CODE, text + "\n")


def test_django_reads_it_with_its_own_library() -> None:
    assert_fixes(
        CODE,
        """
        #- shop/settings.py
        from decouple import config

        INSTALLED_APPS = []
        DEBUG = «True»  # TODO
        """,
        """
        #- shop/settings.py
        from decouple import config

        INSTALLED_APPS = []
        DEBUG = config("DEBUG", default=False, cast=bool)  # TODO
        #- .env
        DEBUG=true
        #- .env.example
        DEBUG=
        #- .gitignore
        .env
        """,
    )


def test_a_switch_that_depends_on_something() -> None:
    assert_silent(
        "SW603",
        """
        from fastapi import FastAPI

        from shop.utils import in_debug_mode

        if in_debug_mode():
            app = FastAPI(debug=True)
        else:
            app = FastAPI(docs_url=None)
        """,
    )


SCHEMES = {
    "a variable of its own kind": ("env = environ.Env(DEBUG=(bool, {0}))", "env('DEBUG')"),
    "a method that names the kind": ("env = environ.Env(DEBUG=(bool, {0}))", "env.bool('DEBUG')"),
    "one of several, on lines of their own": (
        "env = environ.FileAwareEnv(\n    # on a laptop\n    DEBUG=(bool, {0}),\n    PORT=(int, 80),\n)",
        "env('DEBUG')",
    ),
}


@pytest.mark.parametrize("way", SCHEMES)
def test_a_default_that_the_reader_is_made_with(way: str) -> None:
    made, read = SCHEMES[way]
    text = "#- shop/settings.py\nimport environ\n\n{0}\nINSTALLED_APPS = []\nDEBUG = {1}\n"
    assert_fixes(CODE, text.format(made.format(True), f"«{read}»"), text.format(made.format(False), read))


def test_a_reader_that_another_module_makes() -> None:
    base = (
        "#- s/__init__.py\n#- s/base.py\nimport environ\n\nenv = environ.Env(DEBUG=(bool, {0}))\nINSTALLED_APPS = []\n"
    )
    live = "#- s/live.py\nfrom .base import *\nfrom .base import env\n\nDEBUG = {0}\n"
    assert_fixes(
        CODE, base.format(True) + live.format("«env('DEBUG')»"), base.format(False) + live.format("env('DEBUG')")
    )


@pytest.mark.parametrize(
    ("made", "read"),
    [
        ("environ.Env(DEBUG=(bool, False))", "env('DEBUG')"),
        ("environ.Env(DEBUG=bool)", "env('DEBUG')"),
        ("environ.Env(VERBOSE=(bool, True))", "env('DEBUG')"),
        ("environ.Env(DEBUG=(bool, True))", "env('DEBUG', default=False)"),
        ("environ.Env(DEBUG=(bool, chosen()))", "env('DEBUG')"),
        ("environ.Env(**SCHEME)", "env('DEBUG')"),
        ("other.Env(DEBUG=(bool, True))", "env('DEBUG')"),
    ],
)
def test_readers_that_say_no_or_nothing(made: str, read: str) -> None:
    assert_silent(
        CODE,
        f"#- shop/settings.py\nimport environ\nimport other\n\nenv = {made}\nINSTALLED_APPS = []\nDEBUG = {read}\n",
    )
