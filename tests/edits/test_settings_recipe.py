"""Moving a value into the settings: the result is run, and says what the code said before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from seawall.edits import CannotFix
from seawall.engine.fix import apply
from support.marked import Folder, assert_fixes, parse

OLD = "k7Qx-harbour-93f1-tide-0b5e"
SETTINGS = """
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env")

            app_name: str = "Harbour"


        settings = Settings()
"""


def mended(text: str, root: Path, code: str = "SW201") -> dict[str, str]:
    """Every file, once all findings of a rule are fixed one after the other."""
    folder = Folder(parse(text).files, root)
    for _ in range(10):
        fixable = [one for one in folder.findings(code) if one.finding.fixes]
        if not fixable:
            return folder.read()
        for path, content in apply(folder.workspace, fixable[0].finding.fixes[0].make()).items():
            path.write_bytes(content.encode())
            folder.workspace.changed(path)
            if path.suffix == ".py" and path not in folder.python:
                folder.python.append(path)
    raise AssertionError("the fix does not come to rest")


def printed(root: Path, program: str, **environment: str) -> str:
    """What a program prints in the folder, without this process's own variables."""
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env={**inherited, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def assert_keeps(text: str, root: Path, program: str, expected: str = OLD, code: str = "SW201") -> dict[str, str]:
    """After the fix no Python file holds the value, `.env` does, and the program prints it."""
    files = mended(text, root, code)
    assert not [name for name, body in files.items() if name.endswith(".py") and expected in body]
    assert expected in files[".env"]
    assert expected not in files[".env.example"]
    assert ".env" in files[".gitignore"].splitlines()
    assert printed(root, program) == expected
    return files


def test_the_project_has_no_settings_yet(tmp_path: Path) -> None:
    files = assert_keeps(
        f"""
        #- main.py
        SECRET_KEY = "{OLD}"
        #- requirements.txt
        fastapi>=0.115
        """,
        tmp_path,
        "import main; print(main.SECRET_KEY)",
    )
    assert files["main.py"] == "from settings import settings\n\nSECRET_KEY = settings.secret_key.get_secret_value()\n"
    assert files["settings.py"] == (
        "from pydantic import SecretStr\n"
        "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
        "class Settings(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n\n'
        "    secret_key: SecretStr\n\n\n"
        "settings = Settings()\n"
    )
    assert files["requirements.txt"] == "fastapi>=0.115\npydantic-settings>=2\n"


def test_a_settings_module_that_nobody_has_read_yet_is_extended(tmp_path: Path) -> None:
    folder = Folder({"one.py": f'SECRET_KEY = "{OLD}"\nAPI_KEY = "{OLD}-too"\n'}, tmp_path)
    for _ in range(2):
        fix = folder.findings("SW201")[0].finding.fixes[0]
        for path, content in apply(folder.workspace, fix.make()).items():
            path.write_text(content)
    assert printed(tmp_path, "import one; print(one.SECRET_KEY, one.API_KEY)") == f"{OLD} {OLD}-too"
    assert not (tmp_path / "config.py").exists()


def test_a_package_gets_its_settings_beside_its_modules(tmp_path: Path) -> None:
    files = assert_keeps(
        f"""
        #- app/__init__.py
        #- app/models.py
        NAME = "ship"
        #- app/routers/__init__.py
        #- app/routers/auth.py
        from ..models import NAME

        SECRET_KEY = "{OLD}"
        """,
        tmp_path,
        "from app.routers import auth; print(auth.SECRET_KEY)",
    )
    assert "app/settings.py" in files
    assert "from ..settings import settings\n" in files["app/routers/auth.py"]


def test_the_project_has_settings(tmp_path: Path) -> None:
    files = assert_keeps(
        f"""
        #- app/__init__.py
        #- app/config.py{SETTINGS}
        #- app/security.py
        from .config import settings

        SECRET_KEY = "{OLD}"  # signs everything
        """,
        tmp_path,
        "from app import security; print(security.SECRET_KEY)",
    )
    assert files["app/security.py"] == (
        "from .config import settings\n\nSECRET_KEY = settings.secret_key.get_secret_value()  # signs everything\n"
    )
    assert '    app_name: str = "Harbour"\n    secret_key: SecretStr\n' in files["app/config.py"]


def test_the_import_is_relative_where_the_neighbours_imports_are(tmp_path: Path) -> None:
    files = assert_keeps(
        f"""
        #- app/__init__.py
        #- app/config.py{SETTINGS}
        #- app/main.py
        from . import security
        from .config import settings
        #- app/security.py
        SECRET_KEY = "{OLD}"
        """,
        tmp_path,
        "from app import security; print(security.SECRET_KEY)",
    )
    assert files["app/security.py"].startswith("from .config import settings\n")


def test_settings_behind_a_cached_function(tmp_path: Path) -> None:
    files = assert_keeps(
        f"""
        #- config.py
        from functools import lru_cache

        from pydantic_settings import BaseSettings


        class Settings(BaseSettings):
            app_name: str = "Harbour"


        @lru_cache
        def get_settings() -> Settings:
            return Settings()
        #- security.py
        from config import get_settings

        def key() -> str:
            secret_key = "{OLD}"
            return secret_key
        """,
        tmp_path,
        "import security; print(security.key())",
    )
    assert "secret_key = get_settings().secret_key.get_secret_value()" in files["security.py"]
    assert 'model_config = SettingsConfigDict(env_file=".env", extra="ignore")' in files["config.py"]


def test_keys_of_the_env_file_that_are_no_fields_do_not_break_loading(tmp_path: Path) -> None:
    assert_keeps(
        f"""
        #- config.py
        from pydantic_settings import BaseSettings


        class Settings(BaseSettings):
            app_name: str = "Harbour"


        settings = Settings()
        #- security.py
        SECRET_KEY = "{OLD}"
        #- .env
        POSTGRES_USER=harbour
        COMPOSE_PROJECT_NAME=tides
        """,
        tmp_path,
        "import security; print(security.SECRET_KEY)",
    )


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ('env_file=".env", env_prefix="HARBOUR_"', "HARBOUR_SECRET_KEY"),
        ('env_file=".env", env_prefix="harbour_", case_sensitive=True', "harbour_secret_key"),
        ('env_prefix="APP_"', "APP_SECRET_KEY"),
        ('env_file=(".env.shared", ".env")', "SECRET_KEY"),
        ('env_nested_delimiter="__"', "SECRET_KEY"),
        ("", "SECRET_KEY"),
        ('extra="ignore"', "SECRET_KEY"),
        ('extra="allow", env_file=".env", env_file_encoding="utf-8"', "SECRET_KEY"),
    ],
)
def test_the_variable_is_called_as_the_class_reads_it(options: str, key: str, tmp_path: Path) -> None:
    files = assert_keeps(
        f"""
        #- config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class Settings(BaseSettings):
            model_config = SettingsConfigDict({options})

            app_name: str = "Harbour"


        settings = Settings()
        #- security.py
        SECRET_KEY = "{OLD}"
        """,
        tmp_path,
        "import security; print(security.SECRET_KEY)",
    )
    assert files[".env"] == f"{key}={OLD}\n"
    assert files[".env.example"] == f"{key}=\n"


@pytest.mark.parametrize(
    "config",
    [
        '    class Config:\n        env_file = ".env"\n\n    app_name: str = "Harbour"',
        '    app_name: str = "Harbour"\n\n    class Config:\n        env_prefix = "X_"',
        '    model_config = {"env_prefix": "X_"}\n    app_name: str = "Harbour"',
        '    """What can be set."""\n\n    app_name: str = "Harbour"  # shown in the header\n\n    @property\n    def title(self) -> str:\n        return self.app_name',
        '    """What can be set."""',
        "    pass",
        "    ...",
        "    @property\n    def title(self) -> str:\n        return 'Harbour'",
    ],
)
def test_settings_classes_of_many_shapes_still_load(config: str, tmp_path: Path) -> None:
    folder = Folder(
        {
            "config.py": f"from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n{config}\n\n\nsettings = Settings()\n",
            "security.py": f'SECRET_KEY = "{OLD}"\n',
            ".env": "OTHER=1\n" if "env_file" not in config else "",
        },
        tmp_path,
    )
    fix = folder.findings("SW201")[0].finding.fixes[0]
    for path, content in apply(folder.workspace, fix.make()).items():
        path.write_text(content)
    assert printed(tmp_path, "import security; print(security.SECRET_KEY)") == OLD


def test_fields_in_capitals_stay_in_capitals(tmp_path: Path) -> None:
    files = assert_keeps(
        f"""
        #- config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", case_sensitive=True)
            APP_NAME: str = "Harbour"
            DEBUG: bool = False


        config = Settings()
        #- security.py
        import config as configuration

        SECRET_KEY = "{OLD}"
        """,
        tmp_path,
        "import security; print(security.SECRET_KEY)",
    )
    assert "configuration.config.SECRET_KEY.get_secret_value()" in files["security.py"]


def test_a_name_that_is_taken_gets_the_modules_name_before_it(tmp_path: Path) -> None:
    files = assert_keeps(
        f"""
        #- config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env")

            secret_key: str = "not the same"


        settings = Settings()
        #- sessions.py
        SECRET_KEY = "{OLD}"
        """,
        tmp_path,
        "import sessions; print(sessions.SECRET_KEY)",
    )
    assert files[".env"] == f"SESSIONS_SECRET_KEY={OLD}\n"


def test_a_key_of_the_env_file_that_says_something_else_is_left_alone(tmp_path: Path) -> None:
    files = assert_keeps(
        f"""
        #- config.py{SETTINGS.replace('env_file=".env"', 'env_file=".env", extra="ignore"')}
        #- sessions.py
        SECRET_KEY = "{OLD}"
        #- .env
        SECRET_KEY=of-another-program
        """,
        tmp_path,
        "import sessions; print(sessions.SECRET_KEY)",
    )
    assert files[".env"] == f"SECRET_KEY=of-another-program\nSESSIONS_SECRET_KEY={OLD}\n"


def test_a_field_that_waits_for_its_value_gets_it(tmp_path: Path) -> None:
    files = mended(
        f"""
        #- config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env")

            secret_key: str


        settings = Settings()
        #- sessions.py
        SECRET_KEY = "{OLD}"
        """,
        tmp_path,
    )
    assert "SECRET_KEY = settings.secret_key\n" in files["sessions.py"]
    assert printed(tmp_path, "import sessions; print(sessions.SECRET_KEY)") == OLD


def test_a_value_used_twice_becomes_one_setting(tmp_path: Path) -> None:
    files = assert_keeps(
        f"""
        #- config.py{SETTINGS}
        #- tokens.py
        import jwt

        def issue(user: str) -> str:
            return jwt.encode({{"sub": user}}, "{OLD}", algorithm="HS256")

        def read(token: str) -> dict:
            return jwt.decode(token, "{OLD}", algorithms=["HS256"])
        #- other.py
        SIGNING_KEY = "{OLD}"
        """,
        tmp_path,
        "import other; print(other.SIGNING_KEY)",
    )
    assert files[".env"].count(OLD) == 1
    assert (
        files["tokens.py"].count("settings.jwt_secret.get_secret_value()")
        + files["tokens.py"].count("settings.signing_key.get_secret_value()")
        == 2
    )


def test_class_attribute_default_dictionary_keyword_and_bytes(tmp_path: Path) -> None:
    folder = f"""
        #- config.py{SETTINGS}
        #- uses.py
        class Client:
            api_key = "{OLD}-class"

        def connect(host, password="{OLD}-given"):
            return password

        OPTIONS = {{"secret_key": "{OLD}-dict"}}
        CALLED = dict(auth_token="{OLD}-keyword")
        SIGNING_KEY = b"{OLD}-bytes"
        """
    files = mended(folder, tmp_path)
    assert OLD not in files["uses.py"]
    program = (
        "import uses; print(uses.Client.api_key, uses.connect('h'), uses.OPTIONS['secret_key'], "
        "uses.CALLED['auth_token'], uses.SIGNING_KEY.decode())"
    )
    expected = " ".join(f"{OLD}-{kind}" for kind in ("class", "given", "dict", "keyword", "bytes"))
    assert printed(tmp_path, program) == expected


def test_settings_that_import_the_module_are_not_imported_back(tmp_path: Path) -> None:
    files = assert_keeps(
        f"""
        #- app/__init__.py
        #- app/config.py
        from pydantic_settings import BaseSettings

        from app.security import ALGORITHM


        class Settings(BaseSettings):
            algorithm: str = ALGORITHM


        settings = Settings()
        #- app/security.py
        ALGORITHM = "HS256"
        SECRET_KEY = "{OLD}"
        """,
        tmp_path,
        "from app import config, security; print(security.SECRET_KEY)",
    )
    assert "from app.settings import settings" in files["app/security.py"]


def test_another_class_that_reads_the_same_file_still_loads(tmp_path: Path) -> None:
    files = assert_keeps(
        f"""
        #- config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class MailSettings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env")

            smtp_host: str = "localhost"


        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", extra="ignore")

            app_name: str = "Harbour"


        mail = MailSettings()
        settings = Settings()
        #- security.py
        SECRET_KEY = "{OLD}"
        """,
        tmp_path,
        "import security; print(security.SECRET_KEY)",
    )
    assert files["config.py"].count('extra="ignore"') == 2


def test_a_secret_beside_the_settings_class(tmp_path: Path) -> None:
    files = assert_keeps(
        f"""
        #- config.py
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env")

            app_name: str = "Harbour"


        settings = Settings()
        SECRET_KEY = "{OLD}"
        """,
        tmp_path,
        "import config; print(config.SECRET_KEY)",
    )
    assert "SECRET_KEY = settings.secret_key.get_secret_value()\n" in files["config.py"]


@pytest.mark.parametrize(
    ("head", "expression"),
    [
        ("import environ\n\nenv = environ.Env()\nenviron.Env.read_env()\n", 'env("SECRET_KEY")'),
        ("from decouple import config\n", 'config("SECRET_KEY")'),
        ("import os\n", 'os.environ["SECRET_KEY"]'),
        ("from pathlib import Path\n", 'os.environ["SECRET_KEY"]'),
    ],
)
def test_django_settings_read_the_environment_their_own_way(head: str, expression: str, tmp_path: Path) -> None:
    folder = Folder(
        {
            "shop/__init__.py": "",
            "shop/settings.py": f'{head}\nSECRET_KEY = "{OLD}"\nINSTALLED_APPS = ["django.contrib.auth"]\n',
            "manage.py": "import shop\n",
        },
        tmp_path,
    )
    fix = folder.findings("SW201")[0].finding.fixes[0]
    changed = apply(folder.workspace, fix.make())
    assert f"SECRET_KEY = {expression}\n" in changed[tmp_path / "shop/settings.py"]
    read = "shop/.env" if "read_env()" in head else ".env"  # django-environ looks beside the module
    assert changed[tmp_path / read] == f"SECRET_KEY={OLD}\n"


def test_values_that_an_env_file_must_quote(tmp_path: Path) -> None:
    value = "tide's #1 & $wave \\\\ 93f1-é"
    for number, text in enumerate((value, 'he"llo-93f1-0b5e-w0rld', "pa$$word-93f1#x")):
        root = tmp_path / str(number)
        Folder(
            {
                "security.py": f"import hmac\nimport hashlib\n\nDIGEST = hmac.new({text!r}.encode(), b'x', hashlib.sha256)\n"
            },
            root,
        )
        plain = printed(root, "import security; print(security.DIGEST.hexdigest())")
        folder = Folder({"security.py": (root / "security.py").read_text()}, root)
        found = folder.findings("SW201")
        if not found:  # a text with blanks is no key
            continue
        for path, content in apply(folder.workspace, found[0].finding.fixes[0].make()).items():
            path.write_text(content)
        assert printed(root, "import security; print(security.DIGEST.hexdigest())") == plain


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    folder = Folder(
        {
            "config.py": "\r\n".join(line[8:] for line in SETTINGS.split("\n")).lstrip(),
            "security.py": f'import os\r\n\r\nSECRET_KEY = "{OLD}"\r\n',
            ".env": "APP_NAME=Tide\r\n",
            ".gitignore": "*.pyc\r\n",
        },
        tmp_path,
    )
    changed = apply(folder.workspace, folder.findings("SW201")[0].finding.fixes[0].make())
    for path, text in changed.items():
        if path.name != ".env.example":
            assert "\n" not in text.replace("\r\n", ""), path.name
    assert changed[tmp_path / ".gitignore"] == "*.pyc\r\n.env\r\n"
    assert changed[tmp_path / ".env"] == f"APP_NAME=Tide\r\nSECRET_KEY={OLD}\r\n"


def test_unsaved_text_counts(tmp_path: Path) -> None:
    folder = Folder({"security.py": f'SECRET_KEY = "{OLD}"\n', ".env": "A=1\n"}, tmp_path)
    folder.workspace.overlays[tmp_path / ".env"] = "A=1\nB=2\n"
    edits = list(folder.findings("SW201")[0].finding.fixes[0].make())
    assert any(
        getattr(edit, "range", None) and edit.path.name == ".env" and edit.range.start_line == 3 for edit in edits
    )


def test_an_ignored_env_file_and_an_example_of_another_name(tmp_path: Path) -> None:
    files = mended(
        f"""
        #- security.py
        SECRET_KEY = "{OLD}"
        #- .gitignore
        *.env
        .env*
        !.env.sample
        #- .env.sample
        APP_NAME=
        """,
        tmp_path,
    )
    assert files[".gitignore"] == "*.env\n.env*\n!.env.sample\n"
    assert files[".env.sample"] == "APP_NAME=\nSECRET_KEY=\n"
    assert ".env.example" not in files


def test_the_secret_is_in_no_title_and_no_message(tmp_path: Path) -> None:
    folder = Folder({"security.py": f'SECRET_KEY = "{OLD}"\n'}, tmp_path)
    found = folder.findings("SW201")[0].finding
    assert OLD not in found.message + found.fixes[0].title + found.fixes[0].why


def test_a_required_setting(tmp_path: Path) -> None:
    assert_fixes(
        "SW204",
        f"""
        #- config.py
        from pydantic import Field, SecretStr
        from pydantic_settings import BaseSettings, SettingsConfigDict

        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", env_prefix="X_")

            jwt_secret: SecretStr = SecretStr(«"{OLD}"»)
            api_key: str = Field(«"{OLD}2"», min_length=8)
            token: str = Field(default=«"{OLD}3"»)
        """,
        f"""
        #- config.py
        from pydantic import Field, SecretStr
        from pydantic_settings import BaseSettings, SettingsConfigDict

        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", env_prefix="X_")

            jwt_secret: SecretStr
            api_key: str = Field(min_length=8)
            token: str
        #- .env
        X_JWT_SECRET={OLD}
        X_API_KEY={OLD}2
        X_TOKEN={OLD}3
        #- .env.example
        X_JWT_SECRET=
        X_API_KEY=
        X_TOKEN=
        #- .gitignore
        .env
        """,
        root=tmp_path,
    )
    program = "import config; s = config.Settings(); print(s.jwt_secret.get_secret_value(), s.api_key, s.token)"
    assert printed(tmp_path, program) == f"{OLD} {OLD}2 {OLD}3"


def cannot_be_fixed(files: dict[str, str], code: str, line: int, root: Path) -> str:
    folder = Folder(files, root)
    [found] = [one for one in folder.findings(code) if one.range.start_line == line]
    with pytest.raises(CannotFix) as refused:
        list(found.finding.fixes[0].make())
    return str(refused.value)


def test_a_read_of_a_variable_that_the_field_would_not_read(tmp_path: Path) -> None:
    source = (
        "import os\n\nfrom pydantic_settings import BaseSettings\n\n\n"
        f'class Admin(BaseSettings):\n    password: str = os.getenv("ADMIN_PASSWORD", "{OLD}")\n\n\n'
        "class Settings(Admin):\n    name: str = 'Harbour'\n\n\nsettings = Settings()\n"
    )
    assert "from another variable" in cannot_be_fixed({"config.py": source}, "SW204", 7, tmp_path)


def test_one_variable_cannot_say_two_things(tmp_path: Path) -> None:
    source = (
        "from pydantic_settings import BaseSettings\n\n\n"
        f'class Config(BaseSettings):\n    secret_key: str = "{OLD}"\n\n\n'
        f'class Staging(Config):\n    secret_key: str = "{OLD}2"\n'
    )
    assert "another value" in cannot_be_fixed({"config.py": source}, "SW204", 5, tmp_path / "a")
    assert "another value" in cannot_be_fixed({"config.py": source}, "SW204", 9, tmp_path / "b")


def test_the_import_stands_above_code_that_runs_on_import(tmp_path: Path) -> None:
    main = (
        "import hmac\n\nkey = hmac.new(b'x', digestmod='sha256')\n"
        f'SECRET_KEY = "{OLD}"\n\nimport app.models\nfrom app.db import engine\n'
    )
    files = {
        "app/__init__.py": "",
        "app/models.py": "",
        "app/db.py": "engine = 1\n",
        "app/config.py": "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    name: str = ''\n\n\n"
        "settings = Settings()\n",
        "app/main.py": main,
    }
    folder = Folder(files, tmp_path)
    [found] = folder.findings("SW201")
    after = apply(folder.workspace, found.finding.fixes[0].make())[tmp_path / "app/main.py"]
    assert after.startswith("import hmac\n\nfrom app.config import settings\n")
