"""Which hosts an application answers for."""

from __future__ import annotations

import pytest

from support.marked import assert_finds, assert_fixes, assert_silent

CODE = "SW604"
HEAD = (
    "from fastapi import FastAPI\nfrom fastapi.middleware.trustedhost import TrustedHostMiddleware\n\napp = FastAPI()\n"
)
DJANGO = "#- shop/settings.py\nimport os\n\nimport environ\n\nenv = environ.Env()\nINSTALLED_APPS = []\n"


@pytest.mark.parametrize(
    "text",
    [
        'app.add_middleware(TrustedHostMiddleware, allowed_hosts=«["*"]»)',
        'app.add_middleware(TrustedHostMiddleware, allowed_hosts=«["harbour.example", "*"]»)',
        'hosts = ["*"]\napp.add_middleware(TrustedHostMiddleware, allowed_hosts=«hosts»)',
        'def make(app):\n    ANY = "*"\n    app.add_middleware(TrustedHostMiddleware, allowed_hosts=«[ANY]»)',
        'app = TrustedHostMiddleware(app, allowed_hosts=«["*"]»)',
        "from starlette.middleware import Middleware\nstack = [Middleware(TrustedHostMiddleware, allowed_hosts=«['*']»)]",
        "«app.add_middleware(TrustedHostMiddleware)»",
        "«app.add_middleware(TrustedHostMiddleware, www_redirect=False)»",
        'import os\napp.add_middleware(TrustedHostMiddleware, allowed_hosts=«os.getenv("HOSTS", "*").split(",")»)',
        'app.add_middleware(TrustedHostMiddleware, allowed_hosts=«hosts or ["*"]»)',
    ],
)
def test_the_middleware_lets_everything_in(text: str) -> None:
    assert_finds(CODE, HEAD + text + "\n")


@pytest.mark.parametrize(
    "value",
    [
        '["*"]',
        "('*',)",
        "env.list('ALLOWED_HOSTS', default=['*'])",
        "os.environ.get('ALLOWED_HOSTS', '*').split(',')",
        "[one.strip() for one in os.environ.get('ALLOWED_HOSTS', '*').split(',')]",
        "read_env_list('ALLOWED_HOSTS', default=['*'])",
    ],
)
def test_djangos_setting(value: str) -> None:
    assert_finds(CODE, f"{DJANGO}ALLOWED_HOSTS = «{value}»\n")


@pytest.mark.parametrize(
    "text",
    [
        f"{DJANGO}ALLOWED_HOSTS: list[str] = «['*']»",
        f"{DJANGO}ALLOWED_HOSTS = []\nALLOWED_HOSTS += «['*']»",
        "#- s/__init__.py\n#- s/base.py\nINSTALLED_APPS = []\nANY = ['*']\n"
        "#- s/production.py\nfrom .base import *\nfrom .base import ANY\n\nALLOWED_HOSTS = «ANY»",
        f"{DJANGO}if SERVED_BY_PROXY:\n    ALLOWED_HOSTS = «['*']»",
        "#- s/__init__.py\n#- s/hosts.py\nimport os\n\nHOSTS = os.getenv('HOSTS', '*').split(',')\n"
        "#- s/settings.py\nfrom s.hosts import HOSTS\n\nINSTALLED_APPS = []\nALLOWED_HOSTS = «HOSTS»",
        "#- config.py\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    hosts: list[str] = ['*']\n\n"
        f"settings = Settings()\n#- main.py\nfrom config import settings\n{HEAD}"
        "app.add_middleware(TrustedHostMiddleware, allowed_hosts=«settings.hosts»)",
        "#- config.py\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    hosts: str = '*'\n\n"
        "    @property\n    def host_list(self):\n        return self.hosts.split(',')\n\n"
        f"settings = Settings()\n#- main.py\nfrom config import settings\n{HEAD}"
        "app.add_middleware(TrustedHostMiddleware, allowed_hosts=«settings.host_list»)",
    ],
)
def test_hosts_from_elsewhere(text: str) -> None:
    assert_finds(CODE, text + "\n")


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}app.add_middleware(TrustedHostMiddleware, allowed_hosts=['harbour.example', '*.harbour.example'])",
        f"{HEAD}app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts)",
        f"{HEAD}app.add_middleware(TrustedHostMiddleware, **options)",
        f"{HEAD}app.add_middleware(OtherMiddleware, allowed_hosts=['*'])",
        f"{HEAD}if settings.debug:\n    app.add_middleware(TrustedHostMiddleware, allowed_hosts=['*'])",
        f"{HEAD}app.add_middleware(TrustedHostMiddleware, allowed_hosts=['*'] if DEV else ['harbour.example'])",
        f"{HEAD}configure(allowed_hosts=['*'])",
        "from elsewhere import TrustedHostMiddleware\napp = TrustedHostMiddleware(app)",
        f"{DJANGO}ALLOWED_HOSTS = []",
        f"{DJANGO}ALLOWED_HOSTS = ['.harbour.example']",
        f"{DJANGO}ALLOWED_HOSTS = env.list('ALLOWED_HOSTS', default=['localhost'])",
        f"{DJANGO}ALLOWED_HOSTS = env.list('ALLOWED_HOSTS')",
        f"{DJANGO}if DEBUG:\n    ALLOWED_HOSTS = ['*']",
        f"{DJANGO}ALLOWED_HOSTS = ['*'] if DEBUG else ['harbour.example']",
        f"{DJANGO}CORS_ALLOWED_HOSTS = ['*']",
        f"{DJANGO}def patch():\n    ALLOWED_HOSTS = ['*']",
        "#- shop/settings/local.py\nINSTALLED_APPS = []\nALLOWED_HOSTS = ['*']",
        "#- shop/configuration_testing.py\nINSTALLED_APPS = []\nALLOWED_HOSTS = ['*']",
        "#- shop/constants.py\nALLOWED_HOSTS = ['*']",
        f"#- tests/conftest.py\n{HEAD}app.add_middleware(TrustedHostMiddleware, allowed_hosts=['*'])",
        f"#- hosts.py\nHOSTS = load()\n#- main.py\nfrom hosts import HOSTS\n{HEAD}"
        "app.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)",
    ],
)
def test_hosts_that_are_chosen_or_unknown(text: str) -> None:
    assert_silent(CODE, text + "\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "env.list('ALLOWED_HOSTS', default=«['*']»)",
            'env.list(\'ALLOWED_HOSTS\', default=["localhost", "127.0.0.1"])',
        ),
        (
            "os.environ.get('ALLOWED_HOSTS', «'*'»).split(',')",
            "os.environ.get('ALLOWED_HOSTS', \"localhost,127.0.0.1\").split(',')",
        ),
    ],
)
def test_a_default_shrinks_to_this_machine(before: str, after: str) -> None:
    assert_fixes(CODE, f"{DJANGO}ALLOWED_HOSTS = {before}  # all\n", f"{DJANGO}ALLOWED_HOSTS = {after}  # all\n")


def test_djangos_list_comes_from_the_environment() -> None:
    assert_fixes(
        CODE,
        f"{DJANGO}ALLOWED_HOSTS = «['*']»\n",
        f'{DJANGO}ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])\n'
        "#- .env\nALLOWED_HOSTS=\n#- .env.example\nALLOWED_HOSTS=\n#- .gitignore\n.env\n",
    )


def test_the_middleware_is_told() -> None:
    settings = (
        "#- config.py\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\nclass Settings(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n\n    name: str = "x"\n'
    )
    assert_fixes(
        CODE,
        f"{settings}\nsettings = Settings()\n#- main.py\nfrom config import settings\n{HEAD}«app.add_middleware(TrustedHostMiddleware)»\n",
        f'{settings}    allowed_hosts: list[str] = ["localhost", "127.0.0.1"]\n\nsettings = Settings()\n'
        f"#- main.py\nfrom config import settings\n{HEAD}"
        "app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings.allowed_hosts)\n"
        '#- .env\nALLOWED_HOSTS=\'["localhost", "127.0.0.1"]\'\n#- .env.example\nALLOWED_HOSTS=\'["localhost", "127.0.0.1"]\'\n'
        "#- .gitignore\n.env\n",
    )


CONFIG = "#- config.py\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    hosts: list[str] = {0}\n\nsettings = Settings()\n"
MAIN = f"#- main.py\nfrom config import {{0}}\n{HEAD}app.add_middleware(TrustedHostMiddleware, allowed_hosts={{1}})\n"


@pytest.mark.parametrize(
    "text",
    [
        CONFIG.format("['harbour.example']") + MAIN.format("settings", "settings.hosts"),
        CONFIG.format("[]") + MAIN.format("settings", "settings.hosts"),
        "#- config.py\nimport os\n\nHOSTS = os.environ['HOSTS'].split(',')\n" + MAIN.format("HOSTS", "HOSTS"),
        "#- config.py\nimport os\n\nHOSTS = os.getenv('HOSTS', 'localhost').split(',')\n"
        + MAIN.format("HOSTS", "HOSTS"),
        "#- config.py\nimport sys\n\nHOSTS = ['*'] if 'dev' in sys.argv else ['harbour.example']\n"
        + MAIN.format("HOSTS", "HOSTS"),
        "#- s/__init__.py\n#- s/base.py\nINSTALLED_APPS = []\nALLOWED_HOSTS = []\n#- s/dev.py\nfrom .base import *\n\nALLOWED_HOSTS = ['*']\n",
        "#- s/__init__.py\n#- s/hosts.py\nHOSTS = ['.harbour.example']\n#- s/settings.py\nfrom s.hosts import HOSTS\n\n"
        "INSTALLED_APPS = []\nALLOWED_HOSTS = HOSTS\n",
    ],
)
def test_hosts_of_other_files_that_are_chosen(text: str) -> None:
    assert_silent(CODE, text)
