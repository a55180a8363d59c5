"""Settings classes that are configured in many ways: what is moved into them is read from where the fix has written it."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.moving import mended, refusal, said

OLD = "k7Qx-harbour-93f1-tide-0b5e"
USE = f'#- uses.py\nSECRET_KEY = "{OLD}"\n'
HEAD = "#- config.py\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"


def settings(options: str, head: str = "") -> str:
    """A settings module with one class."""
    return (
        f"#- config.py\n{head}from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
        f"class Settings(BaseSettings):\n    model_config = SettingsConfigDict({options})\n\n"
        '    app_name: str = "Harbour"\n\n\nsettings = Settings()\n'
    )


PLAIN = settings('env_file=".env"')
READ_FROM = {
    "a word for the prefix": (
        HEAD + 'PREFIX = "HARBOUR_"\n\n\nclass Settings(BaseSettings):\n'
        '    model_config = SettingsConfigDict(env_file=".env", env_prefix=PREFIX)\n\n    app_name: str = "x"\n\n\nsettings = Settings()\n',
        ".env",
        "HARBOUR_SECRET_KEY",
    ),
    "keywords of the class": (
        '#- config.py\nfrom pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings, env_prefix="X_", env_file=".env"):\n'
        '    app_name: str = "x"\n\n\nsettings = Settings()\n#- .env\nOTHER=1\n',
        ".env",
        "X_SECRET_KEY",
    ),
    "a base class's configuration and more": (
        HEAD
        + 'class Base(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env", env_prefix="HARBOUR_")\n\n\n'
        'class Settings(Base):\n    model_config = Base.model_config | {"title": "x"}\n\n    app_name: str = "x"\n\n\n'
        "settings = Settings()\n#- .env\nOTHER=1\n",
        ".env",
        "HARBOUR_SECRET_KEY",
    ),
    "no file, and said so": (settings("env_file=None"), ".env", "SECRET_KEY"),
    "extra keys forbidden aloud": (
        settings('env_file=".env", extra="forbid"') + "#- .env\nAPP_NAME=x\n",
        ".env",
        "SECRET_KEY",
    ),
    "a file named where the instance is made": (
        '#- config.py\nfrom pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    app_name: str = "x"\n\n\n'
        'settings = Settings(_env_file="conf.env")\n',
        "conf.env",
        "SECRET_KEY",
    ),
    "a file beside the module": (
        settings('env_file=Path(__file__).resolve().parent / "conf" / ".env"', "from pathlib import Path\n\n"),
        "conf/.env",
        "SECRET_KEY",
    ),
    "a file in a folder with a name": (
        "#- config.py\nimport os\n\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\n"
        "BASE = os.path.dirname(os.path.abspath(__file__))\n\n\nclass Settings(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_file=os.path.join(BASE, "local.env"))\n\n    app_name: str = "x"\n\n\n'
        "settings = Settings()\n",
        "local.env",
        "SECRET_KEY",
    ),
    "load_dotenv": (
        "#- config.py\nfrom dotenv import load_dotenv\nfrom pydantic_settings import BaseSettings\n\nload_dotenv()\n\n\n"
        'class Settings(BaseSettings):\n    app_name: str = "x"\n\n\nsettings = Settings()\n',
        ".env",
        "SECRET_KEY",
    ),
    "load_dotenv of another file": (
        "#- config.py\nfrom dotenv import load_dotenv\nfrom pydantic_settings import BaseSettings\n\n"
        'load_dotenv("deploy/.env")\n\n\nclass Settings(BaseSettings):\n    app_name: str = "x"\n\n\nsettings = Settings()\n',
        "deploy/.env",
        "SECRET_KEY",
    ),
    "a method that is called as the field would be": (
        HEAD
        + 'class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env")\n\n    app_name: str = "x"\n\n'
        "    @property\n    def secret_key(self) -> str:\n        return self.app_name\n\n\nsettings = Settings()\n",
        ".env",
        "USES_SECRET_KEY",
    ),
    "a constant that is called as the field would be": (
        "#- config.py\nfrom typing import ClassVar\n\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
        'class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env")\n\n    secret_key: ClassVar[str] = "none"\n'
        '    app_name: str = "x"\n\n\nsettings = Settings()\n',
        ".env",
        "USES_SECRET_KEY",
    ),
    "sources that the class orders anew": (
        HEAD
        + 'class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env")\n\n    app_name: str = "x"\n\n'
        "    @classmethod\n    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):\n"
        "        return dotenv_settings, env_settings\n\n\nsettings = Settings()\n",
        ".env",
        "SECRET_KEY",
    ),
}


@pytest.mark.parametrize("way", READ_FROM)
def test_the_value_is_written_to_where_it_is_read_from(way: str, tmp_path: Path) -> None:
    config, read, key = READ_FROM[way]
    files = mended(config + USE, tmp_path, "SW201")
    assert OLD not in files["uses.py"] + files["config.py"]
    assert f"{key}={OLD}\n" in files[read]
    assert said(tmp_path, "import uses; print(uses.SECRET_KEY)") == OLD


REFUSED = {
    "options from elsewhere": (
        HEAD + 'SHARED = {"env_prefix": "X_"}\n\n\nclass Settings(BaseSettings):\n'
        '    model_config = SettingsConfigDict(env_file=".env", **SHARED)\n\n    app_name: str = "x"\n\n\nsettings = Settings()\n',
        "cannot be read with certainty",
    ),
    "a configuration with a name": (
        HEAD
        + 'SHARED = SettingsConfigDict(env_prefix="X_")\n\n\nclass Settings(BaseSettings):\n    model_config = SHARED\n\n'
        '    app_name: str = "x"\n\n\nsettings = Settings()\n',
        "cannot be read with certainty",
    ),
    "a computed prefix": (
        settings('env_file=".env", env_prefix=os.sep', "import os\n\n"),
        "`env_prefix` is computed",
    ),
    "computed names": (settings('env_file=".env", alias_generator=str.upper'), "computes the names"),
    "a computed file": (settings("env_file=find()", "def find():\n    return None\n\n\n"), "name is computed"),
    "sources without the file": (
        HEAD
        + 'class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env")\n\n    app_name: str = "x"\n\n'
        "    @classmethod\n    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):\n"
        "        return init_settings, env_settings\n\n\nsettings = Settings()\n",
        "says itself where its values come from",
    ),
}


@pytest.mark.parametrize("way", REFUSED)
def test_settings_that_may_not_read_the_value_are_left_alone(way: str, tmp_path: Path) -> None:
    config, reason = REFUSED[way]
    assert reason in refusal(config + USE, tmp_path, "SW201")


def test_a_class_that_forbids_keys_aloud_bears_the_new_one(tmp_path: Path) -> None:
    body = '    model_config = SettingsConfigDict(env_file=".env", extra="forbid")\n\n    host: str = "x"\n\n\n'
    files = mended(
        f"{HEAD}class Mail(BaseSettings):\n{body}class Settings(BaseSettings):\n{body}mail = Mail()\nsettings = Settings()\n{USE}",
        tmp_path,
        "SW201",
    )
    assert files["config.py"].count('env_file=".env", extra="ignore")') == 1
    assert said(tmp_path, "import uses, config; print(uses.SECRET_KEY, config.mail.host)") == f"{OLD} x"


FIELDS = {
    "an alias": ('Field("{0}", alias="JWT_SECRET")', "JWT_SECRET"),
    "an alias for validation": ('Field(default="{0}", validation_alias="jwt_secret")', "JWT_SECRET"),
    "several aliases": ('Field("{0}", validation_alias=AliasChoices("JWT_SECRET", "OLD_SECRET"))', "JWT_SECRET"),
    "a factory": ('Field(default_factory=lambda: "{0}", description="signs")', "APP_SECRET_KEY"),
    "nothing more": ('"{0}"', "APP_SECRET_KEY"),
}


@pytest.mark.parametrize("field", FIELDS)
def test_a_required_field_is_set_by_its_own_variable(field: str, tmp_path: Path) -> None:
    code, key = FIELDS[field]
    files = mended(
        "#- config.py\nfrom pydantic import AliasChoices, Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
        'class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env", env_prefix="APP_")\n\n'
        f"    secret_key: str = {code.format(OLD)}\n\n\nsettings = Settings()\n",
        tmp_path,
        "SW204",
    )
    assert files[".env"] == f"{key}={OLD}\n"
    assert said(tmp_path, "import config; print(config.settings.secret_key)") == OLD


def test_an_alias_in_the_annotation_counts(tmp_path: Path) -> None:
    files = mended(
        "#- config.py\nfrom typing import Annotated\n\nfrom pydantic import Field\nfrom pydantic_settings import BaseSettings\n\n\n"
        f'class Settings(BaseSettings):\n    token: Annotated[str, Field(alias="THE_TOKEN")] = "{OLD}"\n\n\nsettings = Settings()\n',
        tmp_path,
        "SW204",
    )
    assert files[".env"] == f"THE_TOKEN={OLD}\n"
    assert said(tmp_path, "import config; print(config.settings.token)") == OLD


def test_the_name_that_the_file_has_already_is_kept(tmp_path: Path) -> None:
    files = mended(
        "#- config.py\nfrom pydantic import AliasChoices, Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
        'class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env")\n\n'
        f'    secret_key: str = Field("{OLD}", validation_alias=AliasChoices("JWT_SECRET", "OLD_SECRET"))\n\n\nsettings = Settings()\n'
        "#- .env\nOLD_SECRET=of-this-machine\n",
        tmp_path,
        "SW204",
    )
    assert files[".env"] == "OLD_SECRET=of-this-machine\n"
    assert said(tmp_path, "import config; print(config.settings.secret_key)") == "of-this-machine"


def test_an_alias_that_is_computed(tmp_path: Path) -> None:
    text = (
        "#- config.py\nfrom pydantic import Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\nNAME = str('X')\n\n\n"
        f'class Settings(BaseSettings):\n    secret_key: str = Field("{OLD}", alias=NAME)\n\n\nsettings = Settings()\n'
    )
    assert "not certain which variable sets `secret_key`" in refusal(text, tmp_path, "SW204")


@pytest.mark.parametrize("made", ["Auth()", "Field(default_factory=Auth)"])
def test_settings_around_the_ones_that_are_told_still_load(made: str, tmp_path: Path) -> None:
    mended(
        "#- config.py\nfrom pydantic import Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
        f'class Auth(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="AUTH_")\n\n    secret_key: str = "{OLD}"\n\n\n'
        f'class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env")\n\n    auth: Auth = {made}\n    name: str = "x"\n\n\n'
        "settings = Settings()\n",
        tmp_path,
        "SW204",
    )
    assert said(tmp_path, "import config; print(config.settings.auth.secret_key)") == OLD


@pytest.mark.parametrize("default", ['field(default="{0}")', 'field(default_factory=lambda: "{0}", repr=False)'])
def test_a_dataclass_says_the_same(default: str, tmp_path: Path) -> None:
    files = mended(
        f"{PLAIN}#- uses.py\nfrom dataclasses import dataclass, field\n\n\n"
        f"@dataclass\nclass Options:\n    secret_key: str = {default.format(OLD)}\n",
        tmp_path,
        "SW201",
    )
    assert OLD not in files["uses.py"]
    assert said(tmp_path, "import uses; print(uses.Options().secret_key)") == OLD


VALUES = {
    "a sign of comments": "ab#cd-93f1-#x",
    "a sign of variables": "pa$HOME-93f1-0b5e",
    "a quote": "it's-93f1-0b5e",
    "another quote": 'say"hi-93f1',
    "both quotes and a backslash": "it's\"93f1\\0b5e",
    "a backtick": "a`b-93f1-0b5e",
    "equals signs": "=a93f1=0b5e==",
    "a comment's beginning": "#abc93f1x",
    "a list's look": "[1,2]93f1abc",
    "signs of the shell": "a&b93f1;c|d",
    "a backslash at the end": "abc93f1x\\",
}


def test_values_of_every_kind_come_back(tmp_path: Path) -> None:
    lines = "".join(f"PASSWORD_{number} = {value!r}\n" for number, value in enumerate(VALUES.values()))
    files = mended(f"{PLAIN}#- uses.py\n{lines}", tmp_path, "SW201")
    assert files["uses.py"].count("settings.") == len(VALUES)
    program = f"import uses; print([getattr(uses, f'PASSWORD_{{one}}') for one in range({len(VALUES)})] == {list(VALUES.values())!r})"
    assert said(tmp_path, program) == "True"


READS = {
    "os": ("import os\n\n", 'os.getenv("SECRET_KEY", "{0}")'),
    "starlette": (
        "from starlette.config import Config\n\nconfig = Config()\n\n",
        'config("SECRET_KEY", default="{0}")',
    ),
    "decouple": ("from decouple import config\n\n", 'config("SECRET_KEY", default="{0}")'),
}


@pytest.mark.parametrize("reader", READS)
def test_a_field_that_reads_the_environment_by_itself_is_required(reader: str, tmp_path: Path) -> None:
    head, read = READS[reader]
    text = settings('env_file=".env"', head).replace(
        'app_name: str = "Harbour"', f"SECRET_KEY: str = {read.format(OLD)}"
    )
    files = mended(text, tmp_path, "SW204")
    assert "    SECRET_KEY: str\n" in files["config.py"] and files[".env"] == f"SECRET_KEY={OLD}\n"
    assert reader == "starlette" or ("import os" not in files["config.py"] and "decouple" not in files["config.py"])
    assert said(tmp_path, "import config; print(config.settings.SECRET_KEY)") == OLD


def test_code_beside_the_settings_class_uses_settings_that_are_there_by_then(tmp_path: Path) -> None:
    text = settings('env_file=".env"').replace(
        "\n\nclass Settings", f'\n\nclass Other:\n    secret_key = "{OLD}"\n\n\nclass Settings'
    )
    assert "not there yet" in refusal(text, tmp_path, "SW201")
