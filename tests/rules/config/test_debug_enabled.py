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
        ("def make():\n    from fastapi import FastAPI\n    return FastAPI(debug=«True»)", Severity.ERROR),
    ],
)
def test_a_switch_is_on(text: str, severity: Severity) -> None:
    found = assert_finds(CODE, text + "\n")
    assert found[0].severity is severity


@pytest.mark.parametrize("name", ["shop/settings.py", "shop/settings/base.py", "shop/settings/production.py"])
def test_djangos_debug(name: str) -> None:
    assert_finds(CODE, f"#- {name}\nINSTALLED_APPS = []\nDEBUG = «True»\n")


def test_django_settings_that_extend_others() -> None:
    assert_finds(
        CODE,
        "#- s/__init__.py\n#- s/base.py\nINSTALLED_APPS = []\n#- s/live.py\nfrom .base import *\n\nDEBUG = «True»\n",
    )


@pytest.mark.parametrize(
    "text",
    [
        "from fastapi import FastAPI\napp = FastAPI(debug=False)",
        "from fastapi import FastAPI\napp = FastAPI(debug=settings.debug)",
        "from fastapi import FastAPI\napp = FastAPI()",
        "from sqlalchemy import create_engine\nengine = create_engine(url, echo=DEBUG)",
        "from elsewhere import FastAPI\napp = FastAPI(debug=True)",
        "import uvicorn\nif __name__ == '__main__':\n    uvicorn.run('main:app', reload=True)",
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
