"""Secrets that are in force when nobody says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from seawall.edits import CannotFix
from support.marked import assert_finds, assert_fixes, assert_silent

CODE = "SW204"
SETTINGS = "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    "


@pytest.mark.parametrize(
    "text",
    [
        'import os\nKEY = os.getenv("SECRET_KEY", «"harness-4e1f-whisker-77c0"»)',
        'import os\nKEY = os.environ.get("SECRET_KEY", default=«"super-secret-key"»)',
        'from os import getenv as env\nKEY = env("DB_PASSWORD", «"hunter22"»)',
        'import os\nKEY = os.getenv("SECRET_KEY") or «"harness-4e1f-whisker-77c0"»',
        'from os import environ\nKEY = environ.get("API_KEY", «"plb_notify_7Qm2xV9tRk4"»)',
        'from decouple import config\nKEY = config("SECRET_KEY", default=«"harness-4e1f-whisker-77c0"»)',
        'import environ\nenv = environ.Env()\nKEY = env("SECRET_KEY", default=«"harness-4e1f-whisker-77c0"»)',
        'import os\nKEY = os.environ.get("SCREEN_KEY", «"Pedal-66-Crank-Hub"»)',
        'from starlette.config import Config\nconfig = Config(".env")\nKEY = config("SECRET_KEY", default=«"harness-4e1f-whisker-77c0"»)',
        'from environs import Env\nenv = Env()\nKEY = env("API_SECRET", «"harness-4e1f-whisker-77c0"»)',
        SETTINGS + 'secret_key: str = «"harness-4e1f-whisker-77c0"»',
        "from pydantic import Field\n" + SETTINGS + 'secret_key: str = Field(default=«"harness-4e1f-whisker-77c0"»)',
        "from pydantic import SecretStr\n" + SETTINGS + 'db_password: SecretStr = SecretStr(«"hunter22"»)',
    ],
)
def test_a_default_is_a_secret(text: str) -> None:
    assert_finds(CODE, text + "\n")


def test_a_settings_class_that_derives_from_another_modules() -> None:
    assert_finds(
        CODE,
        """
        #- base.py
        from pydantic_settings import BaseSettings

        class Base(BaseSettings):
            pass
        #- config.py
        from base import Base

        class Settings(Base):
            secret_key: str = «"harness-4e1f-whisker-77c0"»
        """,
    )


@pytest.mark.parametrize(
    "text",
    [
        'import os\nKEY = os.getenv("SECRET_KEY", "")',
        'import os\nKEY = os.getenv("SECRET_KEY", None)',
        'import os\nKEY = os.getenv("SECRET_KEY", "changeme")',
        'import os\nKEY = os.getenv("SECRET_KEY")',
        'import os\nNAME = os.getenv("APP_NAME", "harbour-93f1-tide-0b5e")',
        'import os\nFILE = os.getenv("DB_PASSWORD_FILE", "/run/secrets/db_password")',
        'KEY = cache.get("secret_key", "harness-4e1f-whisker-77c0")',
        'import os\nif __name__ == "__main__":\n    send(os.getenv("SMTP_PASSWORD") or "wick-and-wax-2291")',
        'import os\nif "__main__" == __name__:\n    send(os.getenv("SMTP_PASSWORD", "wick-and-wax-2291"))',
        '#- benches/load.py\nimport os\nPASSWORD = os.getenv("DB_PASSWORD", "wick-and-wax-2291")',
        SETTINGS + 'secret_key: str = ""',
        SETTINGS + "secret_key: str",
        SETTINGS + "secret_key: str | None = None",
        SETTINGS + 'secret_key: str = "change-this-in-production"',
        SETTINGS + 'token_url: str = "/api/v1/token"',
        SETTINGS + 'jwt_algorithm: str = "HS256"',
        'import os\nKEY = os.getenv("SORT_KEY", "Created-At-22")',
        'import os\nKEY = os.getenv("S3_OBJECT_KEY", "Harbour-2024-Boats")',
        'import os\nKEY = os.getenv("API_KEY_HEADER", "X-Api-Key-2024")',
    ],
)
def test_harmless_defaults(text: str) -> None:
    assert_silent(CODE, text + "\n")


@pytest.mark.parametrize(
    "text",
    [
        """
        #- base.py
        from pydantic_settings import BaseSettings

        class Base(BaseSettings): ...
        #- config.py
        from pydantic import Field, SecretStr

        from base import Base

        class Settings(Base):
            smtp_password: SecretStr = Field(default=SecretStr(«"hunter22"»), description="for mails")
            name: str = "harness-4e1f-whisker-77c0"
        """,
        """
        #- environment.py
        import environ

        env = environ.Env()
        #- config.py
        from environment import env

        KEY = env("STRIPE_SECRET", default=«"harness-4e1f-whisker-77c0"»)
        """,
        """
        #- environment.py
        from os import getenv as read
        #- config.py
        from environment import read

        KEY = read("SIGNING_KEY") or «"harness-4e1f-whisker-77c0"»
        """,
        """
        #- environment.py
        from decouple import config
        #- config.py
        import environment

        KEY = environment.config("SIGNING_KEY", default=«"harness-4e1f-whisker-77c0"»)
        """,
    ],
)
def test_readers_and_classes_of_other_modules(text: str) -> None:
    assert_finds(CODE, text)


@pytest.mark.parametrize(
    "text",
    [
        """
        #- environment.py
        def read(name, default):
            return default
        #- config.py
        from environment import read

        NAME = read("SECRET_NAME", "harness-4e1f-whisker-77c0")
        """,
        """
        #- base.py
        class Base: ...
        #- config.py
        from base import Base

        class Titles(Base):
            secret_key: str = "Your secret key"
        """,
        """
        #- tests/config.py
        import os

        KEY = os.getenv("SECRET_KEY", "harness-4e1f-whisker-77c0")
        #- main.py
        """,
        """
        #- names.py
        DEFAULT = ""
        #- config.py
        import os

        from names import DEFAULT

        KEY = os.getenv("SECRET_KEY", DEFAULT)
        """,
        """
        #- config.py
        import os

        KEY = os.getenv("SECRET_KEY", os.getenv("OLD_SECRET_KEY", ""))
        #- main.py
        from config import KEY
        """,
    ],
)
def test_what_other_modules_make_harmless(text: str) -> None:
    assert_silent(CODE, text)


def test_the_whole_call_moves() -> None:
    assert_fixes(
        CODE,
        """
        #- main.py
        import os

        SECRET_KEY = os.getenv(  # signs everything
            "SECRET_KEY", «"harness-4e1f-whisker-77c0"»
        )
        #- config.py
        from pydantic import SecretStr
        from pydantic_settings import BaseSettings, SettingsConfigDict

        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env")
            name: str = "x"

        settings = Settings()
        """,
        """
        #- main.py
        from config import settings

        # signs everything
        SECRET_KEY = settings.secret_key.get_secret_value()
        #- config.py
        from pydantic import SecretStr
        from pydantic_settings import BaseSettings, SettingsConfigDict

        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env")
            name: str = "x"
            secret_key: SecretStr

        settings = Settings()
        #- .env
        SECRET_KEY=harness-4e1f-whisker-77c0
        #- .env.example
        SECRET_KEY=
        #- .gitignore
        .env
        """,
    )


SIGNED = {
    "a word": 'jwt_secret_key: str = «"fastapi"»',
    "a word in capitals": 'JWT_SECRET_KEY: str = «"fastapi"»',
    "a secret that is no string": 'secret_key: SecretStr = SecretStr(«"harbour"»)',
    "a field with more to say": 'jwt_secret: str = Field(«"tidewater"», description="signs tokens")',
    "a factory": 'session_secret_key: str = Field(default_factory=lambda: «"tidewater"»)',
    "words": 'app_secret_key: str = «"harbour-tide"»',
    "a key for signing": 'SIGNING_KEY: str = «"harbour.tide"»',
    "beside checks of other fields": (
        'secret_key: str = «"harbour"»\n    origins: str = ""\n\n    @field_validator("origins")\n'
        "    def split(cls, value):\n        return value.split(',')"
    ),
}


@pytest.mark.parametrize("way", SIGNED)
def test_any_word_signs(way: str) -> None:
    assert_finds(CODE, f"from pydantic import Field, SecretStr, field_validator\n{SETTINGS}{SIGNED[way]}\n")


@pytest.mark.parametrize(
    "field",
    [
        'jwt_secret_key: str = "changeme"',
        'jwt_secret_key: str = "secret"',
        'jwt_secret_key: str = "fillmein"',
        'jwt_secret_key: str = "PLACEHOLDER"',
        'jwt_secret_key: str = "dev"',
        'jwt_secret_key: str = "local"',
        'secret_key: str = "unsafe-key"',
        'secret_key: str = "secret_key"',
        'secret_key: str = "SECRET_KEY"',
        'secret_key: str = "key"',
        'secret_key: str = "/run/key"',
        'aws_secret_key: str = "minio"',
        'stripe_secret_key: str = "stripe"',
        'jwt_secret_key_name: str = "fastapi"',
        'jwt_algorithm: str = "fastapi"',
        'api_key: str = "fastapi"',
        'secret: str = "fastapi"',
        'secret_key: ClassVar[str] = chosen("fastapi")',
        'secret_key: str = Field(description="signs", alias="tidewater")',
        'posthog_api_key: str = "phc_q7Zk93f1Wa1rus0b5eUnheardOf"',
        'stripe_publishable_api_key: str = "pk_live_q7Zk93f1Wa1rus0b5e"',
    ],
)
def test_words_that_stand_in_or_sign_nothing(field: str) -> None:
    assert_silent(CODE, f"from typing import ClassVar\n\nfrom pydantic import Field\n{SETTINGS}{field}\n")


CHECKED = {
    "a check of the field": (
        'secret_key: str = "harbour"\n\n    @field_validator("secret_key")\n    def check(cls, value):\n'
        "        if value == 'harbour':\n            raise ValueError\n        return value\n"
    ),
    "a check of all": (
        "secret_key: str = \"harbour\"\n\n    @model_validator(mode='after')\n    def check(self):\n"
        "        if self.env == 'prod' and self.secret_key == 'harbour':\n            raise ValueError\n        return self\n"
    ),
    "a check of every field": (
        "secret_key: str = \"harbour\"\n\n    @field_validator('*')\n    def check(cls, value):\n        return refuse(value)\n"
    ),
    "a check at the end": (
        'secret_key: str = "harbour"\n\n    def model_post_init(self, context):\n        refuse(self.secret_key)\n'
    ),
}


@pytest.mark.parametrize("way", CHECKED)
@pytest.mark.parametrize("word", ["harbour", "my-super-secret-key"])
def test_a_word_that_a_check_may_refuse(way: str, word: str) -> None:
    text = f"from pydantic import field_validator, model_validator\n{SETTINGS}{CHECKED[way]}"
    assert_silent(CODE, text.replace("harbour", word))


@pytest.mark.parametrize("way", CHECKED)
def test_what_is_drawn_is_a_secret_whatever_checks_it(way: str) -> None:
    text = f"from pydantic import field_validator, model_validator\n{SETTINGS}{CHECKED[way]}"
    assert_finds(CODE, text.replace('"harbour"', '«"harness-4e1f-whisker-77c0"»'))


def test_a_look_at_all_values_for_another_end_refuses_nothing() -> None:
    text = "\n\n    @model_validator(mode='after')\n    def derive_urls(self):\n        self.url = made(self)\n        return self\n"
    assert_finds(CODE, f"from pydantic import model_validator\n{SETTINGS}secret_key: str = «'harbour'»{text}")


@pytest.mark.parametrize("order", ["above", "below"])
def test_a_check_in_another_class(order: str) -> None:
    check = "    @model_validator(mode='after')\n    def check(self):\n        return refuse(self)\n"
    word = "    secret_key: str = 'harbour'\n"
    above, below = (check, word) if order == "above" else (word, check)
    assert_silent(
        CODE,
        "#- base.py\nfrom pydantic import model_validator\nfrom pydantic_settings import BaseSettings\n\n"
        f"class Base(BaseSettings):\n    name: str = 'x'\n{above}"
        f"#- config.py\nfrom pydantic import model_validator\n\nfrom base import Base\n\nclass Settings(Base):\n    port: int = 1\n{below}",
    )


def test_a_word_in_settings_that_derive_from_another_modules() -> None:
    assert_finds(
        CODE,
        "#- base.py\nfrom pydantic_settings import BaseSettings\n\nclass Base(BaseSettings):\n    name: str = 'x'\n"
        "#- config.py\nfrom base import Base\n\nclass Settings(Base):\n    jwt_secret_key: str = «'fastapi'»\n"
        "#- tokens.py\nimport jwt\n\nfrom config import Settings\n\ndef issue(user):\n"
        "    return jwt.encode({'sub': user}, Settings().jwt_secret_key, algorithm='HS256')\n",
    )


def test_a_model_that_is_no_settings() -> None:
    assert_silent(
        CODE, "from pydantic import BaseModel\n\nclass Token(BaseModel):\n    jwt_secret_key: str = 'fastapi'\n"
    )


NESTED = """
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings


class Key(BaseModel):
    signing_key: SecretStr = SecretStr({})


class Tokens(BaseModel):
    key: Key = Key()
    algorithm: str = "HS256"


class Settings(BaseSettings):
    tokens: Tokens = Field(default_factory=Tokens)
"""


def test_a_model_within_the_settings() -> None:
    assert_finds(CODE, NESTED.format('«"harness-4e1f-whisker-77c0"»'))
    assert_silent("SW201", NESTED.format('"harness-4e1f-whisker-77c0"'))
    assert_silent(CODE, NESTED.format('""'))
    alone = NESTED.format('"harness-4e1f-whisker-77c0"').replace("(BaseSettings)", "(BaseModel)")
    assert_silent(CODE, alone)


def test_the_variable_of_a_model_within_the_settings_is_not_guessed(tmp_path: Path) -> None:
    (located,) = assert_finds(CODE, NESTED.format('«"harness-4e1f-whisker-77c0"»'), root=tmp_path)
    (fix,) = located.finding.fixes
    with pytest.raises(CannotFix, match="depends on the settings around"):
        list(fix.make())
