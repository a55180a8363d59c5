"""Passwords in URLs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from seawall.engine.fix import apply
from seawall.rules.base import Severity
from support.marked import Folder, assert_finds, assert_fixes, assert_silent

CODE = "SW203"
URL = "postgresql://shop:ink4-Tide-8841@db.harbour.example:5432/shop"


@pytest.mark.parametrize(
    "text",
    [
        f'DATABASE_URL = «"{URL}"»',
        f'import os\nDATABASE_URL = os.getenv("DATABASE_URL", «"{URL}"»)',
        f'from sqlalchemy import create_engine\nengine = create_engine(«"{URL}"», pool_pre_ping=True)',
        f'OPTIONS = {{"default": «"{URL}"»}}',
        f'def connect(url=«"{URL}"»): ...',
        f"from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    dsn: str = «'{URL}'»",
        'BROKER = «"amqp://shop:ink4-Tide-8841@mq.harbour.example//"»',
        'CACHE = «"redis://:ink4-Tide-8841@cache.harbour.example:6379/0"»',
        'PAGE = «"https://alice:ink4-Tide-8841@intranet.harbour.example/report"»',
        'URL = «f"postgresql://shop:ink4-Tide-8841@{host}/shop"»',
        'URL = «f"postgresql://{user}:ink4-Tide-8841@{host}/shop"»',
        'URL = (\n    «"postgresql+asyncpg://shop:ink4-Tide-8841"\n    "@db.harbour.example/shop"»\n)',
    ],
)
def test_a_url_holds_a_password(text: str) -> None:
    assert_finds(CODE, text + "\n")


@pytest.mark.parametrize(
    ("url", "severity"),
    [
        ("postgresql://postgres:postgres@localhost/shop", Severity.INFO),
        ("postgresql://shop:shop@db/shop", Severity.INFO),
        ("postgresql://shop:ink4-Tide-8841@db/shop", Severity.WARNING),
        ("redis://:hunter22@127.0.0.1", Severity.WARNING),
        ("postgresql://postgres:postgres@db.harbour.example/shop", Severity.ERROR),
    ],
)
def test_on_the_own_machine_it_is_less_loud(url: str, severity: Severity) -> None:
    found = assert_finds(CODE, f'URL = «"{url}"»\n')
    assert found[0].severity is severity


@pytest.mark.parametrize(
    "text",
    [
        'URL = "postgresql://user:password@localhost/db"',
        'URL = "postgresql://username:pass@host/db"',
        'URL = "http://user:pass@example.com"',
        'URL = "postgresql://shop:changeme@db.harbour.example/shop"',
        'URL = "postgresql://shop:<password>@db.harbour.example/shop"',
        'URL = "postgresql://shop:${DB_PASSWORD}@db.harbour.example/shop"',
        'URL = "postgresql://shop:%(DB_PASS)s@db.harbour.example/shop"',
        'URL = "postgresql://shop:{password}@db.harbour.example/shop".format(password=password)',
        'URL = "postgresql://%s:%s@%s/shop" % (user, password, host)',
        'URL = f"postgresql://shop:{password}@db.harbour.example/shop"',
        'URL = f"postgresql://{user}:{password}@{host}:{port}/{name}"',
        'URL = "postgresql://shop:****@db.harbour.example/shop"',
        'URL = "postgresql://shop@db.harbour.example/shop"',
        'URL = "postgresql://db.harbour.example:5432/shop"',
        'URL = "https://harbour.example:8443/@alice"',
        'URL = "sqlite:///shop.db"',
        '"""Connect to postgresql://shop:ink4-Tide-8841@db.harbour.example/shop"""',
        f'"""{URL}"""',
        'message = "use postgresql://shop:ink4-Tide-8841@db.harbour.example/shop instead"',
        f'from pydantic import BaseModel, Field\n\nclass Source(BaseModel):\n    url: str = Field(examples=["{URL}"])',
    ],
)
def test_urls_that_show_nothing(text: str) -> None:
    assert_silent(CODE, text + "\n")


def test_tests_may_hold_them() -> None:
    assert_silent(CODE, f'#- tests/conftest.py\nURL = "{URL}"\n')


def test_files_beside_the_code() -> None:
    assert_finds(
        CODE,
        """
        #- alembic.ini
        # sqlalchemy.url = postgresql://shop:ink4-Tide-8841@db.harbour.example/shop
        sqlalchemy.url = «postgresql://shop:ink4-Tide-8841@db.harbour.example/shop»
        #- deploy/alembic.ini
        sqlalchemy.url = driver://user:pass@localhost/dbname
        #- docker-compose.yml
        services:
          api:
            environment:
              DATABASE_URL: "«postgresql://shop:ink4-Tide-8841@db/shop»"
              OTHER_URL: postgresql://postgres:postgres@db/shop
              THIRD_URL: postgresql://shop:${PASSWORD}@db/shop
        #- compose.prod.yaml
        x: «amqp://shop:ink4-Tide-8841@mq.harbour.example»
        """,
    )


@pytest.mark.parametrize(
    "text",
    [
        f"#- app/urls.py\nURL = «'{URL}'»\n#- app/db.py\nfrom app.urls import URL\n\nconnect(URL)\n",
        f"#- base.py\nfrom pydantic_settings import BaseSettings\n\nclass Base(BaseSettings): ...\n"
        f"#- config.py\nfrom base import Base\n\nclass Settings(Base):\n    dsn: str = «'{URL}'»\n",
        f"#- env.py\nimport environ\n\nenv = environ.Env()\n#- settings.py\nfrom env import env\n\n"
        f"DATABASES = {{'default': env.db('DATABASE_URL', default=«'{URL}'»)}}\n",
        f"#- a/alembic.ini\nsqlalchemy.url = «{URL}»\n#- main.py\nimport os\n\nURL = os.environ['DATABASE_URL']\n",
        f"#- compose.yaml\nurl: «{URL}»\n#- docker-compose.override.yml\nurl: «{URL}»\n",
    ],
)
def test_in_several_files(text: str) -> None:
    assert_finds(CODE, text)


@pytest.mark.parametrize(
    "text",
    [
        "#- config.py\nPASSWORD = load()\n#- db.py\nfrom config import PASSWORD\n\nURL = f'postgresql://shop:{PASSWORD}@db.harbour.example'\n",
        "#- tests/alembic.ini\nsqlalchemy.url = " + URL + "\n#- main.py\n",
        "#- docs/compose.yaml\nurl: " + URL + "\n#- main.py\n",
        "#- alembic.ini\nsqlalchemy.url = postgresql://%(DB_USER)s:%(DB_PASS)s@db/shop\n#- main.py\n",
        "#- compose.yaml\nurl: postgresql://shop:${DB_PASSWORD:-}@db/shop\n#- main.py\n",
        "#- notes.txt\n" + URL + "\n#- main.py\n",
    ],
)
def test_in_files_that_show_nothing(text: str) -> None:
    assert_silent(CODE, text)


def test_the_variable_that_was_there_still_counts(tmp_path: Path) -> None:
    folder = Folder(
        {
            "app/__init__.py": "",
            "app/config.py": "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
            'class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env")\n\n    name: str = "x"\n\n\n'
            "settings = Settings()\n",
            "app/database.py": f'import os\n\nSQLALCHEMY_DATABASE_URL = os.getenv(\n    "DATABASE_URL", "{URL}"\n)\n',
            ".env": "NAME=y\n",
        },
        tmp_path,
    )
    found = folder.findings(CODE)[0]
    for path, content in apply(folder.workspace, found.finding.fixes[0].make()).items():
        path.write_text(content)
    assert (
        (tmp_path / "app/database.py")
        .read_text()
        .endswith("SQLALCHEMY_DATABASE_URL = settings.database_url.get_secret_value()\n")
    )
    for environment, expected in (({}, URL), ({"DATABASE_URL": "sqlite:///x.db"}, "sqlite:///x.db")):
        command = [sys.executable, "-c", "from app import database; print(database.SQLALCHEMY_DATABASE_URL)"]
        inherited = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            command, cwd=tmp_path, env={**inherited, **environment}, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected


def test_of_an_f_string_only_the_password_moves() -> None:
    assert_fixes(
        CODE,
        """
        #- main.py
        from config import settings

        URL = «f"postgresql://shop:ink4-Tide-8841@{settings.host}/shop"»
        #- config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict

        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", extra="ignore")
            host: str = "db"

        settings = Settings()
        """,
        """
        #- main.py
        from config import settings

        URL = f"postgresql://shop:{settings.database_password.get_secret_value()}@{settings.host}/shop"
        #- config.py
        from pydantic import SecretStr
        from pydantic_settings import BaseSettings, SettingsConfigDict

        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", extra="ignore")
            host: str = "db"
            database_password: SecretStr

        settings = Settings()
        #- .env
        DATABASE_PASSWORD=ink4-Tide-8841
        #- .env.example
        DATABASE_PASSWORD=
        #- .gitignore
        .env
        """,
    )


@pytest.mark.parametrize(
    "text",
    [
        'DSN = «"host=db.harbour.example dbname=shop user=shop password=ink4-Tide-8841"»',
        "DSN = «\"dbname=shop host=db.harbour.example password='ink4 Tide 8841' sslmode=require\"»",
        'import psycopg\nconn = psycopg.connect(«"host=db.harbour.example dbname=shop password=ink4-Tide-8841"»)',
    ],
)
def test_a_connection_string_of_keywords_holds_a_password(text: str) -> None:
    assert_finds(CODE, text + "\n")


@pytest.mark.parametrize(
    "text",
    [
        'DSN = "host=db.harbour.example dbname=shop user=shop"',
        'DSN = "host=db.harbour.example dbname=shop user=shop password=%s"',
        'DSN = f"host=db.harbour.example dbname=shop user=shop password={password}"',
        'DSN = "host=db.harbour.example dbname=shop user=user password=password"',
        'QUERY = "name=a&password=ink4-Tide-8841"',
        'HELP = "give host=NAME dbname=NAME and password=SECRET to connect"',
        'SQL = "UPDATE people SET password=ink4 WHERE host=1"',
        'MARK = "password=ink4-Tide-8841"',
    ],
)
def test_other_texts_with_a_password_in_them(text: str) -> None:
    assert_silent(CODE, text + "\n")
