"""Passwords that move out of compose files: with the variables of `.env` put in, the file says what it said."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from dotenv import dotenv_values

from support.moving import mended, refusal, said

OLD = "ink4-Tide-8841"
SETTINGS = (
    "#- app/__init__.py\n#- app/config.py\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
    'class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env")\n\n    name: str = "x"\n\n\nsettings = Settings()\n'
)

LINES = {
    "a mapping": "services:\n  api:\n    environment:\n      DATABASE_URL: postgresql://shop:{0}@db/shop  # the shop's\n",
    "a list": "services:\n  api:\n    environment:\n      - DATABASE_URL=postgresql://shop:{0}@db/shop\n",
    "quotes": 'services:\n  api:\n    environment:\n      DATABASE_URL: "postgresql://shop:{0}@db/shop"\n',
    "a command": "services:\n  worker:\n    command: worker --broker amqp://shop:{0}@mq.harbour.example/x --quiet\n",
    "braces": "services:\n  api:\n    environment: {{DATABASE_URL: postgresql://shop:{0}@db/shop}}\n",
    "brackets": "services:\n  worker:\n    command: [worker, redis://:{0}@cache/0]\n",
    "braces and quotes": "services:\n  api:\n    environment: {{DATABASE_URL: 'postgresql://shop:{0}@db/shop'}}\n",
    "two files' worth": "a: postgresql://shop:{0}@db/shop\nb: postgresql://shop:{0}@db/other\n",
}


@pytest.mark.parametrize("shape", LINES)
@pytest.mark.parametrize("name", ["compose.yaml", "deploy/docker-compose.prod.yml"])
def test_compose_puts_it_back(shape: str, name: str, tmp_path: Path) -> None:
    text = LINES[shape].format(OLD)
    files = mended(f"#- main.py\n#- {name}\n{text}", tmp_path, "SW203")
    folder = (tmp_path / name).parent
    assert OLD not in files[name]
    variables = dotenv_values(folder / ".env")
    assert string.Template(files[name]).substitute(variables) == text
    assert list(variables.values()) == [OLD], "one password is one variable"
    assert not any(dotenv_values(folder / ".env.example").values())
    assert ".env" in (folder / ".gitignore").read_text().splitlines()


def test_it_is_called_by_what_it_opens(tmp_path: Path) -> None:
    text = f"a: postgresql://shop:{OLD}@db/shop\nb: amqp://shop:{OLD}-mq@mq/x\nc: redis://:{OLD}-r@cache/0\nd: foo://a:{OLD}-x@y.z\n"
    files = mended(f"#- main.py\n#- compose.yaml\n{text}", tmp_path, "SW203")
    assert files["compose.yaml"] == (
        "a: postgresql://shop:${DATABASE_PASSWORD}@db/shop\nb: amqp://shop:${BROKER_PASSWORD}@mq/x\n"
        "c: redis://:${REDIS_PASSWORD}@cache/0\nd: foo://a:${SERVICE_PASSWORD}@y.z\n"
    )


def test_a_variable_that_says_something_else_is_left_alone(tmp_path: Path) -> None:
    files = mended(
        f"#- main.py\n#- compose.yaml\na: postgresql://shop:{OLD}@db/shop\n#- .env\nDATABASE_PASSWORD=another\n",
        tmp_path,
        "SW203",
    )
    assert files[".env"] == f"DATABASE_PASSWORD=another\nDATABASE_PASSWORD_2={OLD}\n"
    assert "${DATABASE_PASSWORD_2}" in files["compose.yaml"]


def test_a_sign_that_compose_escapes(tmp_path: Path) -> None:
    files = mended("#- main.py\n#- compose.yaml\na: postgresql://shop:ink4$$Tide8841@db/shop\n", tmp_path, "SW203")
    assert files[".env"] == "DATABASE_PASSWORD='ink4$Tide8841'\n"


def test_a_password_with_a_variable_in_it_stays(tmp_path: Path) -> None:
    text = "#- main.py\n#- compose.yaml\na: postgresql://shop:ink4$Tide8841@db/shop\n"
    assert "cannot be replaced with certainty" in refusal(text, tmp_path, "SW203")


@pytest.mark.parametrize(
    "beside",
    [
        f"#- compose.yaml\na: postgresql://shop:{OLD}@db/shop\n",
        f"#- alembic.ini\n[alembic]\nscript_location = migrations\nsqlalchemy.url = postgresql://shop:{OLD}@db/shop\n"
        "#- migrations/env.py\nfrom alembic import context\n\nconfig = context.config\n",
    ],
    ids=["compose", "alembic"],
)
def test_settings_that_read_the_same_file_still_load(beside: str, tmp_path: Path) -> None:
    files = mended(SETTINGS + beside, tmp_path, "SW203")
    assert OLD in files[".env"] and 'env_file=".env", extra="ignore"' in files["app/config.py"]
    assert said(tmp_path, "from app.config import settings; print(settings.name)") == "x"


def test_settings_that_have_the_variable_stay_strict(tmp_path: Path) -> None:
    strict = SETTINGS.replace('    name: str = "x"', '    name: str = "x"\n    database_password: str = ""')
    files = mended(f"{strict}#- compose.yaml\na: postgresql://shop:{OLD}@db/shop\n", tmp_path, "SW203")
    assert "extra" not in files["app/config.py"]
    assert said(tmp_path, "from app.config import settings; print(settings.database_password)") == OLD
