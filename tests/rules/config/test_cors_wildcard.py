"""Which origins may call."""

from __future__ import annotations

import pytest

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
