"""Secrets that move to the settings out of code of many shapes: the mended code is run, and says what the code said before."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from seawall.edits import CannotFix
from support.marked import Folder, parse
from support.moving import mended, said

OLD = "k7Qx-harbour-93f1-tide-0b5e"
URL = "postgresql://shop:ink4-Tide-8841@db.harbour.example/shop"
CONFIG = """
#- config.py
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")

    app_name: str = "Harbour"


settings = Settings()
"""


SHAPES = {
    "a decorator": (
        """
        import keys

        @keys.signed(secret_key="{0}")
        def view():
            return "seen"
        """,
        "import uses; print(uses.view())",
    ),
    "a default that calls share": (
        """
        def connect(host="db", *, password="{0}"):
            return password

        def again(password="{0}"):
            return password
        """,
        "import uses; print(uses.connect(), uses.again())",
    ),
    "a class attribute that a subclass reads": (
        """
        class Client:
            api_key: str = "{0}"

        class Quiet(Client):
            def key(self):
                return self.api_key
        """,
        "import uses; print(uses.Quiet().key())",
    ),
    "nested dictionaries": (
        """
        OPTIONS = {{"mail": {{"login": ("harbour", "x"), "password": "{0}"}}, "retries": 3}}
        """,
        "import uses; print(uses.OPTIONS['mail']['password'])",
    ),
    "a coroutine": (
        """
        async def key():
            secret_key = "{0}"
            return secret_key
        """,
        "import asyncio, uses; print(asyncio.run(uses.key()))",
    ),
    "a dataclass field": (
        """
        from dataclasses import dataclass

        @dataclass
        class Options:
            name: str
            api_key: str = "{0}"
        """,
        "import uses; print(uses.Options('x').api_key)",
    ),
    "a comparison": (
        """
        def is_admin(token):
            return token == "{0}"
        """,
        "import uses; print(uses.is_admin('{0}'), uses.is_admin('x'))",
    ),
    "a conditional value": (
        """
        import sys

        SECRET_KEY = "{0}" if sys.argv else None
        """,
        "import uses; print(uses.SECRET_KEY)",
    ),
    "texts that are joined": (
        """
        SECRET_KEY = ("{0}"
                      "-more-2f")
        """,
        "import uses; print(uses.SECRET_KEY)",
    ),
    "two targets at once": (
        """
        USER, PASSWORD = "harbour", "{0}"
        """,
        "import uses; print(uses.USER, uses.PASSWORD)",
    ),
    "a function of the module that hides the settings' name": (
        """
        def run(settings):
            secret_key = "{0}"
            return secret_key, settings
        """,
        "import uses; print(uses.run(1))",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("config", [CONFIG, ""], ids=["with settings", "without"])
def test_code_of_any_shape_says_the_same(shape: str, config: str, tmp_path: Path) -> None:
    code, program = (textwrap.dedent(text).format(OLD) for text in SHAPES[shape])
    helper = "#- keys.py\ndef signed(**options):\n    def wrap(function):\n        return lambda: (function(), options)\n\n    return wrap\n"
    text = f"{config}\n{helper}#- uses.py\n{code}"
    Folder(parse(text).files, tmp_path / "before")
    before = said(tmp_path / "before", program)
    files = mended(text, tmp_path / "after", "SW201", "SW204")
    assert OLD not in files["uses.py"]
    assert said(tmp_path / "after", program) == before
    assert files[".gitignore"] == ".env\n" and OLD in files[".env"] and OLD not in files[".env.example"]


def test_settings_that_hold_others_keep_their_parts(tmp_path: Path) -> None:
    files = mended(
        f"""
        #- config.py
        from pydantic import BaseModel
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class Mail(BaseModel):
            host: str = "localhost"


        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", env_nested_delimiter="__")

            mail: Mail = Mail()


        settings = Settings()
        #- sender.py
        from config import settings

        PASSWORD = "{OLD}"
        #- .env
        MAIL__HOST=mx.harbour.example
        """,
        tmp_path,
        "SW201",
    )
    assert said(tmp_path, "import sender, config; print(sender.PASSWORD, config.settings.mail.host)") == (
        f"{OLD} mx.harbour.example"
    )
    assert "MAIL__HOST=mx.harbour.example\n" in files[".env"]


def test_the_main_one_of_several_settings_takes_it(tmp_path: Path) -> None:
    files = mended(
        f"""
        #- app/__init__.py
        #- app/config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class DatabaseSettings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="DB_", env_file=".env", extra="ignore")

            host: str = "localhost"


        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", extra="ignore")

            database: DatabaseSettings = DatabaseSettings()


        settings = Settings()
        #- app/tokens.py
        from app.config import settings

        SECRET_KEY = "{OLD}"
        """,
        tmp_path,
        "SW201",
    )
    assert files["app/tokens.py"].endswith("SECRET_KEY = settings.secret_key.get_secret_value()\n")
    assert said(tmp_path, "from app import tokens; print(tokens.SECRET_KEY)") == OLD


def test_settings_that_a_dependency_gives(tmp_path: Path) -> None:
    files = mended(
        f"""
        #- app/__init__.py
        #- app/config.py
        from functools import lru_cache

        from pydantic_settings import BaseSettings


        class Settings(BaseSettings):
            app_name: str = "Harbour"


        @lru_cache
        def get_settings() -> Settings:
            return Settings()
        #- app/main.py
        from typing import Annotated

        from fastapi import Depends, FastAPI

        from app.config import Settings, get_settings

        app = FastAPI()


        @app.get("/key")
        async def key(settings: Annotated[Settings, Depends(get_settings)]):
            secret_key = "{OLD}"
            return [settings.app_name, secret_key]
        """,
        tmp_path,
        "SW201",
    )
    program = """
        from fastapi.testclient import TestClient
        from app.main import app
        print(TestClient(app).get("/key").json())
    """
    assert said(tmp_path, program) == str(["Harbour", OLD])
    assert OLD not in files["app/main.py"]


def test_a_url_of_the_settings_gets_required(tmp_path: Path) -> None:
    files = mended(
        f"""
        #- config.py
        from pydantic import PostgresDsn
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", env_prefix="SHOP_")

            dsn: str = "{URL}"


        settings = Settings()
        #- .env
        SHOP_DEBUG=1
        """,
        tmp_path,
        "SW203",
    )
    assert "    dsn: str\n" in files["config.py"]
    assert said(tmp_path, "import config; print(config.settings.dsn)") == URL


DJANGO = """
#- shop/__init__.py
#- shop/settings.py
{head}
SECRET_KEY = "{secret}"
DEBUG = True
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "PASSWORD": "{secret}-db"}}}}
#- manage.py
import os
"""
HEADS = {
    "environ": (
        "from pathlib import Path\n\nimport environ\n\nenv = environ.Env()\n"
        'environ.Env.read_env(Path(__file__).parent.parent / ".env")\n'
    ),
    "decouple": "from decouple import config\n",
    "dotenv": "import os\n\nfrom dotenv import load_dotenv\n\nload_dotenv()\n",
}


@pytest.mark.parametrize("head", HEADS)
def test_django_starts_with_the_mended_settings(head: str, tmp_path: Path) -> None:
    text = DJANGO.format(head=HEADS[head], secret=OLD)
    files = mended(text, tmp_path, "SW201", "SW603", "SW604")
    assert OLD not in files["shop/settings.py"]
    program = """
        import django
        from django.conf import settings

        django.setup()
        print(settings.SECRET_KEY, settings.DATABASES["default"]["PASSWORD"], settings.DEBUG, settings.ALLOWED_HOSTS)
    """
    done = said(tmp_path, program, DJANGO_SETTINGS_MODULE="shop.settings")
    assert done == f"{OLD} {OLD}-db True []"


def test_a_module_that_the_settings_need_is_told(tmp_path: Path) -> None:
    """A field with the same name that has another type is no place for it."""
    files = mended(
        f"""
        #- config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", extra="ignore")

            secret_key: bytes = b""


        settings = Settings()
        #- tokens.py
        SECRET_KEY = "{OLD}"
        """,
        tmp_path,
        "SW201",
    )
    assert said(tmp_path, "import tokens, config; print(tokens.SECRET_KEY, config.settings.secret_key)") == f"{OLD} b''"
    assert "tokens_secret_key" in files["tokens.py"]


@pytest.mark.parametrize(
    "config",
    [
        "#- config.py\nimport pathlib\n\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
        "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=pathlib.Path(__file__).parents[2] / name)\n\n"
        "    app_name: str = 'x'\n\n\nsettings = Settings()\n",
        "#- config.py\nfrom pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings): app_name: str = 'x'\n\n\n"
        "settings = Settings()\n",
    ],
    ids=["a computed file", "one line"],
)
def test_settings_that_cannot_be_extended_with_certainty(config: str, tmp_path: Path) -> None:
    folder = Folder(parse(f'{config}#- tokens.py\nSECRET_KEY = "{OLD}"\n').files, tmp_path)
    [found] = folder.findings("SW201")
    with pytest.raises(CannotFix):
        list(found.finding.fixes[0].make())


ENV_PY = """
from logging.config import fileConfig

from alembic import context

config = context.config
target_metadata = None


def run_migrations_offline() -> None:
    url = config.get_main_option("sqlalchemy.url")
    print("--", url)
    context.configure(url=url, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


run_migrations_offline()
"""


@pytest.mark.parametrize("loads", [True, False])
@pytest.mark.parametrize("password", ["ink4-Tide-8841", "ink4%%25Tide"])
def test_alembics_url_comes_from_the_environment(password: str, loads: bool, tmp_path: Path) -> None:
    url = f"postgresql://shop:{password}@db.harbour.example/shop"
    manifest = "#- requirements.txt\npython-dotenv>=1\n" if loads else ""
    text = (
        f"#- alembic.ini\n[alembic]\nscript_location = %(here)s/migrations\nsqlalchemy.url = {url}\n\n[loggers]\nkeys =\n{manifest}"
        f"#- migrations/env.py{ENV_PY}#- migrations/script.py.mako\n#- migrations/versions/0001_first.py\n"
        "revision = '0001'\ndown_revision = None\n\n\ndef upgrade() -> None:\n    pass\n"
    )
    program = "from alembic.config import main; main(['upgrade', 'head', '--sql'])"
    Folder(parse(text).files, tmp_path / "before")
    assert url.replace("%%", "%") in said(tmp_path / "before", program)
    files = mended(text, tmp_path / "after", "SW203")
    assert "sqlalchemy.url = \n" in files["alembic.ini"]
    plain = url.replace("%%", "%")
    assert plain in files[".env"] and files[".gitignore"] == ".env\n" and plain not in files[".env.example"]
    variables = {} if loads else {"DATABASE_URL": plain}
    assert f"-- {plain}" in said(tmp_path / "after", program, **variables)


@pytest.mark.parametrize(
    ("ini", "env"),
    [
        ("other.url = {0}", ENV_PY),
        ("sqlalchemy.url = {0}", ENV_PY.replace("config = context.config", "config = load()")),
        ("sqlalchemy.url = {0}", ENV_PY + 'config.set_main_option("sqlalchemy.url", own())\n'),
        ("sqlalchemy.url = {0}", ""),
    ],
)
def test_alembics_url_stays_where_env_py_is_not_understood(ini: str, env: str, tmp_path: Path) -> None:
    files = {"alembic.ini": f"[alembic]\nscript_location = migrations\n{ini.format(URL)}\n"}
    folder = Folder({**files, **({"migrations/env.py": env} if env else {})}, tmp_path)
    [found] = folder.findings("SW203")
    with pytest.raises(CannotFix):
        list(found.finding.fixes[0].make())
