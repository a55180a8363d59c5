"""Which origins may call."""

from __future__ import annotations

import pytest

from seawall.rules.base import Severity
from support.marked import assert_finds, assert_fixes, assert_silent

CODE = "SW602"
HEAD = "from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n\napp = FastAPI()\n"


@pytest.mark.parametrize(
    "text",
    [
        'app.add_middleware(CORSMiddleware, allow_origins=«["*"]»)',
        'app.add_middleware(CORSMiddleware, allow_origins=«("*",)»)',
        'app.add_middleware(middleware_class=CORSMiddleware, allow_origins=«["https://a.example", "*"]»)',
        'origins = ["*"]\napp.add_middleware(CORSMiddleware, allow_origins=«origins»)',
        'ANY = "*"\napp.add_middleware(CORSMiddleware, allow_origins=«[ANY]»)',
        'def make(app):\n    origins = ["*"]\n    app.add_middleware(CORSMiddleware, allow_origins=«origins»)',
        'app.add_middleware(CORSMiddleware, allow_origin_regex=«".*"»)',
        'app.add_middleware(CORSMiddleware, allow_origin_regex=«r"https?://.*"»)',
        'app.add_middleware(CORSMiddleware, allow_origins=[], allow_origin_regex=«"^https://.+$"»)',
        'from starlette.middleware import Middleware\nstack = [Middleware(CORSMiddleware, allow_origins=«["*"]»)]',
        'app = CORSMiddleware(app, allow_origins=«["*"]»)',
        'import os\napp.add_middleware(CORSMiddleware, allow_origins=«os.getenv("ORIGINS", "*").split(",")»)',
        'CORS = CORSMiddleware\napp.add_middleware(CORS, allow_origins=«["*"]»)',
    ],
)
def test_any_website_may_call(text: str) -> None:
    assert_finds(CODE, HEAD + text + "\n")


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (f'{HEAD}app.add_middleware(CORSMiddleware, allow_origins=«["*"]»)', "warning"),
        (f'{HEAD}app.add_middleware(CORSMiddleware, allow_origins=«["*"]», allow_credentials=False)', "warning"),
        (f'{HEAD}app.add_middleware(CORSMiddleware, allow_origins=«["*"]», allow_credentials=True)', "error"),
        (f'{HEAD}app.add_middleware(CORSMiddleware, allow_origin_regex=«".*"», allow_credentials=True)', "error"),
        ("#- shop/settings.py\nINSTALLED_APPS = []\n«CORS_ALLOW_ALL_ORIGINS = True»", "warning"),
        (
            "#- shop/settings.py\nINSTALLED_APPS = []\n«CORS_ALLOW_ALL_ORIGINS = True»\nCORS_ALLOW_CREDENTIALS = True",
            "error",
        ),
    ],
)
def test_with_credentials_it_is_worse(text: str, severity: str) -> None:
    [found] = assert_finds(CODE, text + "\n")
    assert found.severity == severity


def test_variables_and_defaults_of_other_modules() -> None:
    assert_finds(
        CODE,
        """
        #- app/__init__.py
        #- app/constants.py
        ORIGINS = ["*"]
        #- app/config.py
        from functools import lru_cache

        from pydantic_settings import BaseSettings

        class Settings(BaseSettings):
            cors_origins: list[str] = ["*"]

        settings = Settings()

        @lru_cache
        def get_settings() -> Settings:
            return Settings()
        #- app/main.py
        from starlette.applications import Starlette
        from starlette.middleware.cors import CORSMiddleware as Cors

        from .config import get_settings, settings
        from .constants import ORIGINS

        app = Starlette()
        app.add_middleware(Cors, allow_origins=«ORIGINS»)
        app.add_middleware(Cors, allow_origins=«settings.cors_origins»)
        app.add_middleware(Cors, allow_origins=«get_settings().cors_origins»)
        """,
    )


@pytest.mark.parametrize(
    "text",
    [
        # a setting that is a text, split by a property of the class
        """
        #- config.py
        from pydantic_settings import BaseSettings

        class Settings(BaseSettings):
            cors_origins: str = "*"

            @property
            def origins(self) -> list[str]:
                return [one.strip() for one in self.cors_origins.split(",") if one]

        settings = Settings()
        #- main.py
        from config import settings
        HEAD
        app.add_middleware(CORSMiddleware, allow_origins=«settings.origins»)
        """,
        # Field with a factory, and the elements made texts at the place of use
        """
        #- config.py
        from pydantic import Field
        from pydantic_settings import BaseSettings

        class Settings(BaseSettings):
            origins: list[str] = Field(default_factory=lambda: ["*"])

        settings = Settings()
        #- main.py
        from config import settings
        HEAD
        app.add_middleware(CORSMiddleware, allow_origins=«[str(one).rstrip("/") for one in settings.origins]»)
        """,
        # a regex that is a setting's default
        """
        #- config.py
        from pydantic_settings import BaseSettings

        class Settings(BaseSettings):
            origin_regex: str = r"https?://.*"

        settings = Settings()
        #- main.py
        from config import settings
        HEAD
        app.add_middleware(CORSMiddleware, allow_origin_regex=«settings.origin_regex»)
        """,
        # an environment variable's default, by way of a list in another module
        """
        #- config.py
        import os

        ORIGINS = [one.strip() for one in os.environ.get("ORIGINS", "*").split(",")]
        #- main.py
        import config
        HEAD
        app.add_middleware(CORSMiddleware, allow_origins=«config.ORIGINS»)
        """,
        # the project's own helper reads the variable
        """
        #- environment.py
        import os

        def read_env(name: str, default: str) -> str:
            return os.environ.get(name) or default
        #- config.py
        from typing import Final

        from environment import read_env

        ORIGINS: Final[list[str]] = read_env("APP_ORIGINS", "*").split(",")
        #- main.py
        from config import ORIGINS
        HEAD
        app.add_middleware(CORSMiddleware, allow_origins=«ORIGINS»)
        """,
        # Starlette's Config
        """
        #- config.py
        from starlette.config import Config
        from starlette.datastructures import CommaSeparatedStrings

        config = Config(".env")
        ORIGINS = config("ORIGINS", cast=CommaSeparatedStrings, default="*")
        #- main.py
        from config import ORIGINS
        HEAD
        app.add_middleware(CORSMiddleware, allow_origins=«list(ORIGINS)»)
        """,
        # added to other origins
        """
        #- config.py
        EXTRA = ["*"]
        #- main.py
        from config import EXTRA
        HEAD
        app.add_middleware(CORSMiddleware, allow_origins=«["https://harbour.example"] + EXTRA»)
        app.add_middleware(CORSMiddleware, allow_origins=«["https://harbour.example", *EXTRA]»)
        """,
        # only where nothing is set
        """
        #- main.py
        from elsewhere import origins
        HEAD
        app.add_middleware(CORSMiddleware, allow_origins=«origins or ["*"]»)
        """,
        # in one of two cases, in a function
        """
        #- config.py
        import os

        ORIGINS = os.environ.get("ORIGINS")
        #- main.py
        import config
        HEAD
        def create_app():
            if config.ORIGINS is not None:
                origins = config.ORIGINS.split(",")
            else:
                origins = ["*"]
            app.add_middleware(CORSMiddleware, allow_origins=«origins»)
        """,
        # a class that derives from the middleware in another module
        """
        #- middleware.py
        from starlette.middleware.cors import CORSMiddleware

        class OnPaths(CORSMiddleware):
            pass
        #- main.py
        from fastapi import FastAPI

        from middleware import OnPaths

        app = FastAPI()
        app.add_middleware(OnPaths, allow_origins=«["*"]»)
        """,
        # options that are passed on from another module
        """
        #- options.py
        OPEN = {"allow_origins": «["*"]», "allow_methods": ["GET"]}
        OTHER = {"allow_origins": ["https://harbour.example"], "max_age": 60}
        NOT_CORS = {"allow_origins": ["*"]}
        #- main.py
        from options import OPEN
        HEAD
        app.add_middleware(CORSMiddleware, **OPEN)
        """,
        # a condition that is not about development
        """
        #- main.py
        from elsewhere import origins
        HEAD
        if origins:
            app.add_middleware(CORSMiddleware, allow_origins=origins)
        else:
            app.add_middleware(CORSMiddleware, allow_origins=«["*"]»)
        """,
    ],
)
def test_origins_from_far_away(text: str) -> None:
    assert_finds(CODE, text.replace("HEAD", HEAD.replace("\n", "\n" + " " * 8)))


@pytest.mark.parametrize(
    "text",
    [
        "import environ\nenv = environ.Env()\n«CORS_ALLOW_ALL_ORIGINS = env.bool('CORS_ALLOW_ALL', default=True)»",
        "from decouple import config\n«CORS_ORIGIN_ALLOW_ALL = config('CORS_ALL', default=True, cast=bool)»",
        "CORS_ALLOWED_ORIGIN_REGEXES = «[r'^https?://.*']»",
        "import re\nCORS_ALLOWED_ORIGIN_REGEXES = «[re.compile(r'.')]»",
        "CORS_ORIGIN_REGEX_WHITELIST = «(r'^.*$',)»",
        "ANY = True\n«CORS_ALLOW_ALL_ORIGINS: bool = ANY»",
    ],
)
def test_djangos_other_ways(text: str) -> None:
    assert_finds(CODE, text + "\n")


@pytest.mark.parametrize(
    "text",
    [
        "CORS_ALLOWED_ORIGIN_REGEXES = [r'^https://[a-z]+[.]harbour[.]example$']",
        "import environ\nenv = environ.Env()\nCORS_ALLOW_ALL_ORIGINS = env.bool('CORS_ALLOW_ALL', default=False)",
        "if DEBUG:\n    CORS_ALLOW_ALL_ORIGINS = True",
        "if ENVIRONMENT != 'production':\n    CORS_ALLOW_ALL_ORIGINS = True",
        "if not IS_PRODUCTION:\n    CORS_ALLOW_ALL_ORIGINS = True",
        "#- shop/settings/local.py\nCORS_ALLOW_ALL_ORIGINS = True",
        f"{HEAD}if settings.debug:\n    app.add_middleware(CORSMiddleware, allow_origins=['*'])",
        f"{HEAD}if env == 'prod':\n    pass\nelse:\n    app.add_middleware(CORSMiddleware, allow_origins=['*'])",
        f"{HEAD}import os\napp.add_middleware(CORSMiddleware, allow_origins=os.getenv('ORIGINS', '').split(','))",
        f"{HEAD}app.add_middleware(CORSMiddleware, allow_origins=[one.origin for one in tenants])",
        "#- config.py\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    origins: list[str] = []\n\n"
        f"settings = Settings()\n#- main.py\nfrom config import settings\n{HEAD}"
        "app.add_middleware(CORSMiddleware, allow_origins=settings.origins)",
        "#- config.py\nORIGINS = load()\n#- main.py\nfrom config import ORIGINS\n"
        f"{HEAD}app.add_middleware(CORSMiddleware, allow_origins=ORIGINS)",
        "#- config.py\nORIGINS = ['*'] if LOCAL else ['https://harbour.example']\n#- main.py\nfrom config import ORIGINS\n"
        f"{HEAD}app.add_middleware(CORSMiddleware, allow_origins=ORIGINS)",
        f"{HEAD}app.add_middleware(CORSMiddleware, allow_origins=['https://*.harbour.example'])",
        f"{HEAD}app.add_middleware(CORSMiddleware, allow_origins=cache.get('ORIGINS', '*'))",
        f"{HEAD}def create(debug):\n    origins = ['https://harbour.example']\n    if debug:\n        origins = ['*']\n"
        "    app.add_middleware(CORSMiddleware, allow_origins=origins)",
    ],
)
def test_development_and_what_nobody_knows(text: str) -> None:
    assert_silent(CODE, text + "\n")


def test_a_settings_default_gives_way_to_an_empty_list() -> None:
    assert_fixes(
        CODE,
        f"""
        #- main.py
        from config import settings
        {HEAD.replace(chr(10), chr(10) + " " * 8)}app.add_middleware(CORSMiddleware, allow_origins=«settings.cors_origins»)
        #- config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict

        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", env_prefix="TIDE_")

            cors_origins: list[str] = ["*"]  # everyone

        settings = Settings()
        """,
        """
        #- config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict

        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", env_prefix="TIDE_")

            cors_origins: list[str] = []  # everyone

        settings = Settings()
        #- .env
        TIDE_CORS_ORIGINS='[]'
        #- .env.example
        TIDE_CORS_ORIGINS='[]'
        #- .gitignore
        .env
        """,
    )


def test_an_environment_variables_default_gives_way_to_none() -> None:
    assert_fixes(
        CODE,
        f"""
        #- main.py
        import os

        from config import MORE
        {HEAD.replace(chr(10), chr(10) + " " * 8)}app.add_middleware(CORSMiddleware, allow_origins=«os.getenv("ORIGINS", "*").split(",")»)
        app.add_middleware(CORSMiddleware, allow_origins=«MORE»)
        #- config.py
        import os

        MORE = [one.strip() for one in os.environ.get("MORE_ORIGINS", "https://a.example,*").split(",")]
        """,
        f"""
        #- main.py
        import os

        from config import MORE
        {HEAD.replace(chr(10), chr(10) + " " * 8)}app.add_middleware(CORSMiddleware, allow_origins=os.getenv("ORIGINS", "").split(","))
        app.add_middleware(CORSMiddleware, allow_origins=MORE)
        #- config.py
        import os

        MORE = [one.strip() for one in os.environ.get("MORE_ORIGINS", "https://a.example").split(",")]
        """,
    )


def test_a_field_that_allows_everyone_itself_is_not_taken() -> None:
    assert_fixes(
        CODE,
        f"""
        #- main.py
        from config import settings
        {HEAD.replace(chr(10), chr(10) + " " * 8)}app.add_middleware(CORSMiddleware, allow_origins=«["*"]»)
        #- config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict

        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", extra="ignore")

            public_origins: list[str] = ["*"]

        settings = Settings()
        """,
        f"""
        #- main.py
        from config import settings
        {HEAD.replace(chr(10), chr(10) + " " * 8)}app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins)
        #- config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict

        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", extra="ignore")

            public_origins: list[str] = ["*"]
            cors_origins: list[str] = []

        settings = Settings()
        #- .env
        CORS_ORIGINS='[]'
        #- .env.example
        CORS_ORIGINS='[]'
        #- .gitignore
        .env
        """,
    )


def test_credentials_make_it_worse() -> None:
    with_them = assert_finds(
        CODE, HEAD + 'app.add_middleware(CORSMiddleware, allow_origins=«["*"]», allow_credentials=True)\n'
    )
    without = assert_finds(CODE, HEAD + 'app.add_middleware(CORSMiddleware, allow_origins=«["*"]»)\n')
    assert "echoes" in with_them[0].finding.message
    assert "echoes" not in without[0].finding.message


@pytest.mark.parametrize(
    "text",
    [
        'app.add_middleware(CORSMiddleware, allow_origins=["https://harbour.example"])',
        'app.add_middleware(CORSMiddleware, allow_origins=[], allow_methods=["*"], allow_headers=["*"])',
        "app.add_middleware(CORSMiddleware)",
        "app.add_middleware(CORSMiddleware, allow_origins=origins)",
        'app.add_middleware(CORSMiddleware, allow_origins=["*"] if DEBUG else ["https://harbour.example"])',
        'app.add_middleware(CORSMiddleware, allow_origin_regex=r"https://.*\\.harbour\\.example")',
        'app.add_middleware(CORSMiddleware, allow_origin_regex="https://[a-z]+[.]harbour[.]example")',
        'app.add_middleware(CORSMiddleware, allow_origin_regex="(")',
        'app.add_middleware(OtherMiddleware, allow_origins=["*"])',
        'import os\napp.add_middleware(CORSMiddleware, allow_origins=os.environ["ORIGINS"].split(","))',
        'from elsewhere import CORSMiddleware as Own\napp.add_middleware(Own, allow_origins=["*"])',
        'configure(allow_origins=["*"])',
        "CORS_ALLOW_ALL_ORIGINS = False",
        "CORS_ALLOW_ALL_ORIGINS = DEBUG",
    ],
)
def test_origins_that_are_chosen_or_unknown(text: str) -> None:
    assert_silent(CODE, HEAD + text + "\n")


def test_tests_may() -> None:
    assert_silent(CODE, "#- tests/conftest.py\n" + HEAD + 'app.add_middleware(CORSMiddleware, allow_origins=["*"])\n')


@pytest.mark.parametrize("name", ["CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"])
def test_django(name: str) -> None:
    assert_finds(CODE, f"«{name} = True»\n")


def test_djangos_setting_becomes_a_list() -> None:
    assert_fixes(
        CODE,
        """
        #- shop/settings.py
        import environ

        env = environ.Env()
        INSTALLED_APPS = ["corsheaders"]
        «CORS_ALLOW_ALL_ORIGINS = True»  # for now
        """,
        """
        #- shop/settings.py
        import environ

        env = environ.Env()
        INSTALLED_APPS = ["corsheaders"]
        CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])  # for now
        #- .env
        CORS_ALLOWED_ORIGINS=
        #- .env.example
        CORS_ALLOWED_ORIGINS=
        #- .gitignore
        .env
        """,
    )


def test_a_regex_becomes_a_list_from_a_field_that_is_there() -> None:
    assert_fixes(
        CODE,
        f"""
        #- main.py
        from config import settings
        {HEAD.replace(chr(10), chr(10) + " " * 8)}app.add_middleware(
            CORSMiddleware,
            allow_origin_regex=«".*"»,  # everyone
        )
        #- config.py
        from pydantic_settings import BaseSettings

        class Settings(BaseSettings):
            BACKEND_CORS_ORIGINS: list[str] = []

        settings = Settings()
        """,
        f"""
        #- main.py
        from config import settings
        {HEAD.replace(chr(10), chr(10) + " " * 8)}app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.BACKEND_CORS_ORIGINS,  # everyone
        )
        """,
    )


CREDENTIALS = {
    "beside it": "#- shop/settings.py\nINSTALLED_APPS = []\nCORS_ALLOW_CREDENTIALS = True\n«CORS_ALLOW_ALL_ORIGINS = True»\n",
    "where nothing is listed": (
        "#- shop/settings.py\nimport os\n\nINSTALLED_APPS = []\nCORS_ALLOW_CREDENTIALS = True\n"
        "origins = [one.strip() for one in os.environ.get('ORIGINS', '').split(',') if one.strip()]\n"
        "if origins:\n    CORS_ALLOWED_ORIGINS = origins\nelse:\n    «CORS_ALLOW_ALL_ORIGINS = True»\n"
    ),
    "in the settings that it extends": (
        "#- s/__init__.py\n#- s/base.py\nINSTALLED_APPS = []\nCORS_ALLOW_CREDENTIALS = True\n"
        "#- s/live.py\nfrom .base import *\n\n«CORS_ALLOW_ALL_ORIGINS = True»\n"
    ),
    "with a pattern": (
        "#- shop/settings.py\nINSTALLED_APPS = []\nCORS_ALLOW_CREDENTIALS = True\nCORS_ALLOWED_ORIGIN_REGEXES = «[r'.*']»\n"
    ),
}


@pytest.mark.parametrize("way", CREDENTIALS)
def test_djangos_middleware_echoes_the_origin_too(way: str) -> None:
    [found] = assert_finds(CODE, CREDENTIALS[way])
    assert found.severity is Severity.ERROR
    assert found.finding.message.endswith(
        "lets any website act as the signed-in user: with credentials django-cors-headers echoes the origin that asks, "
        "list the origins instead"
    )


@pytest.mark.parametrize("credentials", ["", "CORS_ALLOW_CREDENTIALS = False\n", "CORS_ALLOW_CREDENTIALS = chosen()\n"])
def test_djangos_middleware_without_credentials(credentials: str) -> None:
    text = f"#- shop/settings.py\nINSTALLED_APPS = []\n{credentials}«CORS_ALLOW_ALL_ORIGINS = True»\n"
    [found] = assert_finds(CODE, text)
    assert found.severity is Severity.WARNING
    assert found.finding.message == "`CORS_ALLOW_ALL_ORIGINS` lets any website call the API, list the origins instead"


ELSEWHERE = (
    "#- main.py\nfrom fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n\nfrom config import ORIGINS\n\n"
    "app = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=ORIGINS, allow_credentials=True)\n#- config.py\nimport os\n\n"
)


@pytest.mark.parametrize(
    "config",
    [
        "ORIGINS = ['https://harbour.example']\n",
        "ORIGINS = os.environ['ORIGINS'].split(',')\n",
        "ORIGINS = os.getenv('ORIGINS', '').split(',')\n",
        "ORIGINS = load()\n",
        "ORIGINS = ['*'] if os.getenv('DEV') else ['https://harbour.example']\n",
        "from origins import ORIGINS\n#- origins.py\nORIGINS = ('https://*.harbour.example',)\n",
    ],
)
def test_origins_of_other_files_that_are_listed_or_unknown(config: str) -> None:
    assert_silent(CODE, ELSEWHERE + config)
