"""Variables of the environment that are read beside the settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from seawall.edits import CannotFix
from seawall.engine.fix import apply
from seawall.rules.base import Severity
from support.marked import Folder, assert_finds, assert_silent

CODE = "SW606"
CONFIG = """
#- app/__init__.py
#- app/config.py
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")

    app_name: str = "Harbour"
    port: int = 8000

settings = Settings()
"""


@pytest.mark.parametrize(
    "text",
    [
        'import os\n\nSENDER = «os.getenv("MAIL_SENDER")»',
        'import os\n\nSENDER = «os.environ["MAIL_SENDER"]»',
        'import os\n\nSENDER = «os.environ.get("MAIL_SENDER", "a@b.example")»',
        'from os import getenv\n\nSENDER = «getenv("MAIL_SENDER")»',
        'from os import environ as env\n\nSENDER = «env["MAIL_SENDER"]»',
        'import os as system\n\ndef sender():\n    return «system.environ.get("MAIL_SENDER")»',
        'import os\n\nasync def send():\n    await connect(int(«os.getenv("SMTP_PORT", "25")»))',
        'import os\n\nclass Mailer:\n    sender = «os.environ["MAIL_SENDER"]»',
        'import os\n\ndef send(sender=«os.getenv("MAIL_SENDER")»): ...',
        'import os\n\nif «os.getenv("FEATURE_TIDES")»:\n    enable()',
        'import os\n\nURL = f"https://{«os.environ["API_HOST"]»}/".replace("x", "")'.replace(
            '"API_HOST"', "'API_HOST'"
        ),
        "import os\n\nfor name in «os.environ['QUEUES']».split(','):\n    start(name)",
    ],
)
def test_reads_beside_the_settings(text: str) -> None:
    [found] = assert_finds(CODE, f"{CONFIG}#- app/mail.py\n{text}\n")
    assert found.finding.severity is Severity.INFO


def test_settings_behind_a_function_in_another_package() -> None:
    assert_finds(
        CODE,
        """
        #- core/__init__.py
        #- core/options.py
        from functools import lru_cache

        from pydantic_settings import BaseSettings

        class Options(BaseSettings):
            name: str = "x"

        @lru_cache
        def get_options() -> Options:
            return Options()
        #- web/__init__.py
        #- web/views.py
        import os

        def title():
            return «os.getenv("SITE_TITLE")»
        """,
    )


@pytest.mark.parametrize(
    "text",
    [
        "#- app/mail.py\nimport os\n\nos.environ['MAIL_SENDER'] = 'x'\n",
        "#- app/mail.py\nimport os\n\ndel os.environ['MAIL_SENDER']\n",
        "#- app/mail.py\nimport os\n\ncopied = {**os.environ}\n",
        "#- app/mail.py\nimport os\n\ndef read(name):\n    return os.getenv(name)\n",
        "#- app/mail.py\nimport os\n\nhome = os.environ['HOME']\nin_ci = os.getenv('CI')\n",
        "#- app/mail.py\nimport os\n\nif os.getenv('PYTEST_CURRENT_TEST'):\n    fake()\n",
        "#- app/mail.py\nimport os\n\nhost = os.getenv('KUBERNETES_SERVICE_HOST')\n",
        "#- app/mail.py\nimport os\n\nis_silent = os.getenv('DO_NOT_TRACK') == '1'\n",
        "#- app/mail.py\nimport os\n\nproxies = os.getenv('FORWARDED_ALLOW_IPS', '127.0.0.1')\n",
        "#- app/mail.py\nimport os\n\ncommit = os.getenv('BITBUCKET_COMMIT') or os.getenv('BUILD_SOURCEVERSION')\n",
        "#- app/mail.py\nimport os\n\nrun = os.environ.get('HARBOUR__RUN_ID')\n",
        "#- app/mail.py\nimport os\n\nprofile = os.environ['HARBOUR_PROFILE'] if 'HARBOUR_PROFILE' in os.environ else 'default'\n",
        "#- app/mail.py\nimport os\n\nread = os.getenv('HARBOUR_ENV_FILE', '.env')\n",
        "#- app/mail.py\nimport os\n\ntry:\n    x = os.environ['MAIL_SENDER']\nexcept KeyError:\n    x = None\n",
        "#- app/mail.py\nimport os\n\nif __name__ == '__main__':\n    run(os.getenv('PORT'))\n",
        "#- app/mail.py\nenviron = {}\nx = environ.get('MAIL_SENDER')\n",
        "#- app/mail.py\nfrom app.config import settings\n\nx = settings.app_name\n",
        "#- app/mail.py\nimport os\n\nKEY = os.getenv('SECRET_KEY', 'harness-4e1f-whisker-77c0')\n",
        "#- app/core/config.py\nimport os\n\nX = os.getenv('MAIL_SENDER')\n",
        "#- app/db_settings.py\nimport os\n\nX = os.getenv('DB_SENDER')\n",
        "#- scripts/backup.py\nimport os\n\nX = os.getenv('BUCKET')\n",
        "#- alembic/env.py\nimport os\n\nX = os.getenv('DATABASE')\n",
        "#- tests/test_mail.py\nimport os\n\nX = os.getenv('MAIL_SENDER')\n",
        "#- conftest.py\nimport os\n\nX = os.getenv('MAIL_SENDER')\n",
        "#- gunicorn.conf.py\nimport os\n\nX = os.getenv('WORKERS')\n",
        "#- worker/pyproject.toml\n[project]\nname = 'worker'\n#- worker/main.py\nimport os\n\nX = os.getenv('QUEUE')\n",
    ],
)
def test_reads_that_belong_where_they_are(text: str) -> None:
    assert_silent(CODE, CONFIG + text)


@pytest.mark.parametrize(
    "text",
    [
        "import os\n\nX = os.getenv('MAIL_SENDER')\n",
        "#- config.py\nimport os\n\nSENDER = os.getenv('MAIL_SENDER')\n#- mail.py\nimport os\n\nX = os.getenv('MAIL_BOX')\n",
        "#- schemas.py\nfrom pydantic import BaseModel\n\nclass Settings(BaseModel):\n    x: str = ''\n\nsettings = Settings()\n"
        "#- mail.py\nimport os\n\nX = os.getenv('MAIL_BOX')\n",
        "#- shop/__init__.py\n#- shop/settings.py\nINSTALLED_APPS = []\n#- shop/mail.py\nimport os\n\nX = os.getenv('MAIL_BOX')\n",
        "#- tests/settings.py\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    x: str = ''\n\n"
        "settings = Settings()\n#- mail.py\nimport os\n\nX = os.getenv('MAIL_BOX')\n",
    ],
)
def test_projects_without_a_settings_class(text: str) -> None:
    assert_silent(CODE, text)


def mended(text: str, root: Path) -> dict[str, str]:
    """Every file, once all findings are fixed."""
    from support.marked import parse

    folder = Folder(parse(text).files, root)
    for _ in range(20):
        found = folder.findings(CODE)
        if not found:
            return folder.read()
        for path, content in apply(folder.workspace, found[0].finding.fixes[0].make()).items():
            path.write_bytes(content.encode())
            folder.workspace.changed(path)
    raise AssertionError("the fix does not come to rest")


def printed(root: Path, program: str, **variables: str) -> str:
    inherited = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=root, env={**inherited, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


MAIL = """#- app/mail.py
import os

SENDER = os.getenv("MAIL_SENDER", "tide@harbour.example")  # from
BOX = os.environ.get("MAIL_BOX")
SMTP_PORT = int(os.getenv("SMTP_PORT", "25"))
TIMEOUT = float(os.environ.get("SMTP_TIMEOUT", default="2.5"))
KEY = os.environ["MAIL_API_KEY"]
NAME = os.getenv("APP_NAME", "Harbour")
"""


def test_the_code_reads_the_same_as_before(tmp_path: Path) -> None:
    program = "from app import mail as m; print(m.SENDER, m.BOX, m.SMTP_PORT + 1, m.TIMEOUT, m.KEY, m.NAME)"
    variables = {"MAIL_API_KEY": "k7Qx", "SMTP_PORT": "587", "MAIL_BOX": "in"}
    Folder(__import__("support.marked", fromlist=["parse"]).parse(CONFIG + MAIL).files, tmp_path / "before")
    before = [printed(tmp_path / "before", program, **some) for some in ({"MAIL_API_KEY": "x"}, variables)]
    files = mended(CONFIG + MAIL, tmp_path / "after")
    after = [printed(tmp_path / "after", program, **some) for some in ({"MAIL_API_KEY": "x"}, variables)]
    assert after == before
    assert files["app/mail.py"] == (
        "from app.config import settings\n\n"
        "SENDER = settings.mail_sender  # from\n"
        "BOX = settings.mail_box\n"
        "SMTP_PORT = settings.smtp_port\n"
        "TIMEOUT = settings.smtp_timeout\n"
        "KEY = settings.mail_api_key.get_secret_value()\n"
        "NAME = settings.app_name\n"
    )
    assert (
        "    port: int = 8000\n"
        '    mail_sender: str = "tide@harbour.example"\n'
        "    mail_box: str | None = None\n"
        "    smtp_port: int = 25\n"
        "    smtp_timeout: float = 2.5\n"
        "    mail_api_key: SecretStr\n"
    ) in files["app/config.py"]
    assert files[".env.example"] == "MAIL_SENDER=\nMAIL_BOX=\nSMTP_PORT=\nSMTP_TIMEOUT=\nMAIL_API_KEY=\n"
    assert ".env" not in files


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ('env_prefix="APP_"', "sender: str | None = None"),
        ('env_prefix="OTHER_"', 'app_sender: str | None = Field(None, validation_alias="APP_SENDER")'),
        ("case_sensitive=True", 'app_sender: str | None = Field(None, validation_alias="APP_SENDER")'),
    ],
)
def test_the_variable_keeps_its_name(options: str, field: str, tmp_path: Path) -> None:
    text = (
        CONFIG.replace('env_file=".env"', options) + '#- app/mail.py\nimport os\n\nSENDER = os.getenv("APP_SENDER")\n'
    )
    files = mended(text, tmp_path)
    assert field in files["app/config.py"]
    assert printed(tmp_path, "from app.mail import SENDER; print(SENDER)", APP_SENDER="x@y") == "x@y"
    assert printed(tmp_path, "from app.mail import SENDER; print(SENDER)") == "None"


@pytest.mark.parametrize(
    "line",
    [
        'X = os.getenv("PORT")',  # a field that is a number
        'X = os.getenv("MAIL_SENDER", default_sender())',
        'X = os.getenv("WORKERS", 4)',
        'X = os.getenv("TOKEN")',
    ],
)
def test_what_cannot_be_a_field(line: str, tmp_path: Path) -> None:
    from support.marked import parse

    folder = Folder(parse(f"{CONFIG}#- app/mail.py\nimport os\n\n{line}\n").files, tmp_path)
    [found] = folder.findings(CODE)
    with pytest.raises(CannotFix):
        list(found.finding.fixes[0].make())
