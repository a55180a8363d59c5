"""Secrets that move out of Django's settings: Django starts with what comes out, and has the values that it had."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.moving import mended, refusal, said

OLD = "k7Qx-harbour-93f1-tide-0b5e"
SHOWN = """
    import django
    from django.conf import settings

    django.setup()
    print(settings.SECRET_KEY, settings.DATABASES["default"]["PASSWORD"])
"""
PATH = "from pathlib import Path\n\nBASE_DIR = Path(__file__).resolve().parent.parent\n"


def django(head: str, secret: str = OLD, more: str = "") -> str:
    """A project with one settings module."""
    return (
        f"#- manage.py\nimport os\n#- shop/__init__.py\n#- shop/settings.py\n{head}\nSECRET_KEY = {secret!r}\n"
        'INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]\n'
        f'DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "PASSWORD": "{OLD}-db"}}}}\n{more}'
    )


READERS = {
    "django-environ, with a path": (
        f"{PATH}import environ\n\nenv = environ.Env(DEBUG=(bool, False))\nenv.read_env(BASE_DIR / '.env')\n",
        'env("SECRET_KEY")',
        ".env",
    ),
    "django-environ, with a path in a folder": (
        f"{PATH}import environ\n\nenv = environ.Env()\nenviron.Env.read_env(str(BASE_DIR / 'conf' / '.env'))\n",
        'env("SECRET_KEY")',
        "conf/.env",
    ),
    "django-environ, which looks beside the module": (
        "import environ\n\nenv = environ.Env()\nenviron.Env.read_env()\n",
        'env("SECRET_KEY")',
        "shop/.env",
    ),
    "django-environ, which reads no file yet": (
        "import environ\n\nenv = environ.Env()\n",
        'env("SECRET_KEY")',
        "shop/.env",
    ),
    "django-environ, which reads no file yet, and a base folder": (
        f"{PATH}import environ\n\nenv = environ.Env()\n",
        'env("SECRET_KEY")',
        ".env",
    ),
    "django-environ, with a prefix": (
        "import environ\n\nenv = environ.FileAwareEnv()\nenv.prefix = 'SHOP_'\nenviron.Env.read_env()\n",
        'env("SECRET_KEY")',
        "shop/.env",
    ),
    "python-decouple": ("from decouple import config\n", 'config("SECRET_KEY")', ".env"),
    "python-decouple under another name": ("from decouple import config as env\n", 'env("SECRET_KEY")', ".env"),
    "python-decouple, made by hand": (
        "from decouple import AutoConfig\n\nconfig = AutoConfig(search_path='.')\n",
        'config("SECRET_KEY")',
        ".env",
    ),
    "python-decouple and a file with a name": (
        "from decouple import Config, RepositoryEnv\n\nconfig = Config(RepositoryEnv('shop.env'))\n",
        'config("SECRET_KEY")',
        "shop.env",
    ),
    "python-dotenv": (
        "import os\n\nfrom dotenv import load_dotenv\n\nload_dotenv()\n",
        'os.environ["SECRET_KEY"]',
        ".env",
    ),
    "python-dotenv and another file": (
        f"{PATH}from dotenv import load_dotenv\n\nload_dotenv(BASE_DIR / 'local.env')\n",
        'os.environ["SECRET_KEY"]',
        "local.env",
    ),
    "the environment alone": ("import os\n", 'os.environ["SECRET_KEY"]', ".env"),
    "nothing": ("", 'os.environ["SECRET_KEY"]', ".env"),
}


@pytest.mark.parametrize("reader", READERS)
def test_the_value_is_read_as_the_module_reads_others(reader: str, tmp_path: Path) -> None:
    head, expression, read = READERS[reader]
    text = django(head)
    if "shop.env" in head:
        text += "#- shop.env\nDEBUG=1\n"
    files = mended(text, tmp_path, "SW201")
    assert f"SECRET_KEY = {expression}\n" in files["shop/settings.py"]
    assert "DATABASE_PASSWORD" in files["shop/settings.py"], "a password of many says whose it is"
    assert OLD in files[read] and OLD not in files["shop/settings.py"]
    assert said(tmp_path, SHOWN, DJANGO_SETTINGS_MODULE="shop.settings") == f"{OLD} {OLD}-db"


def test_what_loads_the_file_is_added_once_and_to_the_manifest(tmp_path: Path) -> None:
    files = mended(django('"""The shop."""\n', more="#- requirements.txt\ndjango>=5\n"), tmp_path, "SW201")
    assert files["shop/settings.py"].startswith(
        '"""The shop."""\n\nimport os\n\nfrom dotenv import load_dotenv\n\nload_dotenv()\n\nSECRET_KEY = os.environ["SECRET_KEY"]\n'
    )
    assert files["requirements.txt"] == "django>=5\npython-dotenv>=1\n"


@pytest.mark.parametrize("starter", ["manage.py", "shop/wsgi.py"])
def test_what_starts_the_program_may_load_the_file(starter: str, tmp_path: Path) -> None:
    loads = "import dotenv\n\ndotenv.load_dotenv()\n"
    text = django("import os\n")
    text = (
        text.replace("#- manage.py\nimport os\n", f"#- manage.py\n{loads}")
        if starter == "manage.py"
        else f"{text}#- {starter}\n{loads}"
    )
    assert "load_dotenv" not in mended(text, tmp_path, "SW201")["shop/settings.py"]


SPLIT = {
    "the same variable, imported": ("from .base import *\nfrom .base import env\n", 'env("EMAIL_HOST_PASSWORD")'),
    "the same variable, by a star": ("from .base import *\n", 'env("EMAIL_HOST_PASSWORD")'),
}


@pytest.mark.parametrize("way", SPLIT)
def test_settings_in_two_modules_read_alike(way: str, tmp_path: Path) -> None:
    head, expression = SPLIT[way]
    base = django("import environ\n\nenv = environ.Env()\nenv.read_env('.env')\n").replace(
        "shop/settings.py", "shop/settings/base.py"
    )
    files = mended(
        f'{base}#- shop/settings/__init__.py\n#- shop/settings/dev.py\n{head}\nEMAIL_HOST_PASSWORD = "{OLD}-mail"\n',
        tmp_path,
        "SW201",
    )
    assert f"EMAIL_HOST_PASSWORD = {expression}\n" in files["shop/settings/dev.py"]
    program = SHOWN.replace('settings.DATABASES["default"]["PASSWORD"]', "settings.EMAIL_HOST_PASSWORD")
    assert said(tmp_path, program, DJANGO_SETTINGS_MODULE="shop.settings.dev") == f"{OLD} {OLD}-mail"


FALLBACKS = {
    "os": ("import os\n", 'os.environ.get("SHOP_SECRET", "{0}")', 'os.environ["SHOP_SECRET"]'),
    "environ": (
        "import environ\n\nenv = environ.Env()\nenv.read_env('.env')\n",
        'env("SHOP_SECRET", default="{0}")',
        'env("SHOP_SECRET")',
    ),
    "decouple": ("from decouple import config\n", 'config("SHOP_SECRET", default="{0}")', 'config("SHOP_SECRET")'),
}


@pytest.mark.parametrize("library", FALLBACKS)
def test_a_default_goes_and_the_import_stays(library: str, tmp_path: Path) -> None:
    head, code, expression = FALLBACKS[library]
    text = django(head).replace(repr(OLD), code.format(OLD)).replace(f'"PASSWORD": "{OLD}-db"', '"PASSWORD": ""')
    files = mended(text, tmp_path, "SW204")
    assert f"SECRET_KEY = {expression}\n" in files["shop/settings.py"]
    assert files[".env"] == f"SHOP_SECRET={OLD}\n"
    assert said(tmp_path, SHOWN, DJANGO_SETTINGS_MODULE="shop.settings") == OLD


def test_settings_of_pydantic_that_the_module_has_take_it(tmp_path: Path) -> None:
    files = mended(
        django("from shop.environment import settings\n")
        + "#- shop/environment.py\nfrom pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    debug: bool = False\n\n\n"
        "settings = Settings()\n",
        tmp_path,
        "SW201",
    )
    assert "SECRET_KEY = settings.secret_key.get_secret_value()\n" in files["shop/settings.py"]
    assert said(tmp_path, SHOWN, DJANGO_SETTINGS_MODULE="shop.settings") == f"{OLD} {OLD}-db"


ENVIRON, DECOUPLE = "import environ\n\nenv = environ.Env()\nenv.read_env('.env')\n", "from decouple import config\n"


@pytest.mark.parametrize(
    ("head", "secret", "more", "reason"),
    [
        (ENVIRON, "$k7x-93f1-0b5e", "", "would not take the value as it is"),  # another variable's name, to it
        (DECOUPLE, "k7#x-93f1\\(0b\"5e)='q", "", "would not take the value as it is"),
        (DECOUPLE, OLD, "#- settings.ini\n[settings]\nDEBUG=1\n", "reads `settings.ini`"),
        (
            "from decouple import Config, RepositoryIni\n\nconfig = Config(RepositoryIni('a.ini'))\n",
            OLD,
            "",
            "not certain where",
        ),
        (
            "import environ\n\nenv = environ.Env()\nenv.read_env(environ.Path(__file__)('x'))\n",
            OLD,
            "",
            "name is computed",
        ),
    ],
)
def test_what_the_library_would_not_read_stays(head: str, secret: str, more: str, reason: str, tmp_path: Path) -> None:
    assert reason in refusal(django(head, secret, more), tmp_path, "SW201")


@pytest.mark.parametrize("secret", ["$k7#x-93f1-(0b5e)='q", "k7%x-93f1-0b5e!", "#k7x-93f1-0b5e", "k7x`93f1;0b5e&"])
@pytest.mark.parametrize("head", [DECOUPLE, ENVIRON, ""], ids=["decouple", "environ", "dotenv"])
def test_values_come_back_as_they_were(head: str, secret: str, tmp_path: Path) -> None:
    if head == ENVIRON and secret[0] == "$":
        secret = f"x{secret}"
    mended(django(head, secret), tmp_path, "SW201")
    assert said(tmp_path, SHOWN, DJANGO_SETTINGS_MODULE="shop.settings") == f"{secret} {OLD}-db"
