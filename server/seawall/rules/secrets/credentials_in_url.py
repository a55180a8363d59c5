"""A password in a URL is a password in the code: whoever can read the repository can use the database.

URLs also end up in logs, tracebacks and process lists. The whole URL belongs into the settings, where each deployment has its own.

Flagged are user and password in URL literals and f-strings, in `alembic.ini` and in compose files; on the own machine as a
warning, with a well-known password there as advice.

Not flagged: placeholders (`user:password@localhost`), passwords that are put in (`{password}`, `%(DB_PASS)s`, `${PASS}`),
`example.com`, tests and documentation.

Example:
    #- database.py
    from sqlalchemy import create_engine

    engine = create_engine(«"postgresql+psycopg://shop:ink4-Tide-8841@db.harbour.example/shop"», pool_pre_ping=True)
    #- config.py
    from pydantic_settings import BaseSettings

    class Settings(BaseSettings):
        app_name: str = "Harbour"

    settings = Settings()

Fixed:
    #- database.py
    from sqlalchemy import create_engine

    from config import settings

    engine = create_engine(settings.database_url.get_secret_value(), pool_pre_ping=True)
    #- config.py
    from pydantic import SecretStr
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env", extra="ignore")

        app_name: str = "Harbour"
        database_url: SecretStr

    settings = Settings()
    #- .env
    DATABASE_URL=postgresql+psycopg://shop:ink4-Tide-8841@db.harbour.example/shop
    #- .env.example
    DATABASE_URL=
    #- .gitignore
    .env
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from seawall.edits import AnyEdit, CannotFix, Fix, Safety
from seawall.edits.comments import kept_comments
from seawall.edits.settings import Setting, place, require, without
from seawall.edits.settings.alembic import move_url
from seawall.edits.settings.compose import move_password
from seawall.knowledge import secrets as known
from seawall.project.project import Project
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.meanings.dsn import Credentials, Dsn, credentials_of
from seawall.semantics.meanings.secret import is_aside, is_documentation
from seawall.syntax import Range

code, severity = "SW203", Severity.ERROR
applies = counts

_MESSAGE = "The URL holds a password, move it to the settings and replace the password"
_WHY = "Every deployment has to provide the value from now on, in its environment or its `.env` file"
_COMPOSE = re.compile(r"(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml")
_IN_TEXT = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>]+""")
_DEFAULTS = frozenset(
    {"postgres", "root", "admin", "guest", "mysql", "redis", "minio", "minioadmin", "mongo", "rabbitmq", "app", "dev"}
)


def check(dsn: Dsn, file: File) -> Iterator[Finding]:
    if is_documentation(dsn.node, file):
        return
    loud = severity
    if dsn.credentials.is_local:
        is_default = _is_default(dsn.credentials.user, dsn.credentials.password)
        loud = Severity.INFO if is_default else Severity.WARNING
    fix = Fix("Move it to the settings", lambda: _move(dsn, file), Safety.UNSAFE, why=_WHY)
    yield file.finding(dsn.node, _MESSAGE, fix, severity=loud)


def _move(dsn: Dsn, file: File) -> Iterator[AnyEdit]:
    if isinstance(dsn.node, ast.JoinedStr):
        yield from _move_password(dsn, dsn.node, file)
        return
    if dsn.field is not None:
        scope = file.scan.scopes[dsn.field]
        assert isinstance(scope.node, ast.ClassDef)
        yield from require(file, file.names.absolute(scope), file.text(dsn.field.target), dsn.text)
        return
    placed = place(file, dsn.node, Setting(dsn.setting, dsn.text))
    yield from kept_comments(file, dsn.falls_back or dsn.node)
    yield file.replace(dsn.falls_back or dsn.node, placed.expression)
    gone = dsn.falls_back
    yield from placed.edits if gone is None else without(file, gone, placed.edits, placed.expression)


def _move_password(dsn: Dsn, node: ast.JoinedStr, file: File) -> Iterator[AnyEdit]:
    """Of an f-string only the password moves."""
    source, password = file.text(node), dsn.credentials.password
    written = f":{password}@"
    if source.count(written) != 1 or "\\" in password:
        raise CannotFix("the password is written in a way that cannot be replaced with certainty")
    name = dsn.setting.removesuffix("_url").removesuffix("_uri").removesuffix("_dsn")
    placed = place(file, node, Setting(f"{name}_password", password))
    yield file.replace(node, source.replace(written, f":{{{placed.expression}}}@"))
    yield from placed.edits


def check_project(project: Project) -> Iterator[Finding]:
    """The files beside the code that hold URLs, too."""
    for path in _beside_the_code(project.root):
        if is_aside(path, project.root):
            continue
        for number, line in enumerate((project.read(path) or "").split("\n"), 1):
            if "://" not in line or line.lstrip().startswith(("#", ";")):
                continue
            for found in _IN_TEXT.finditer(line):
                credentials = credentials_of(found[0])
                if credentials is None or _is_default(credentials.user, credentials.password):
                    continue
                start, end = (len(line[:at].encode()) for at in found.span())
                loud = Severity.WARNING if credentials.is_local else severity
                where = Range(number, start, number, end)
                message = "The URL holds a password, take it from the environment and replace the password"
                yield Finding(code, message, where, loud, (_fix_beside(path, where, credentials, project),), path=path)


def _fix_beside(path: Path, where: Range, credentials: Credentials, project: Project) -> Fix:
    def make() -> list[AnyEdit]:
        if path.name == "alembic.ini":
            return move_url(path, where, project)
        base = known.URL_SETTINGS.get(credentials.scheme.partition("+")[0].lower(), "service_url")
        setting = f"{base.removesuffix('_url')}_password".upper()
        return move_password(path, where, setting, credentials.password, project)

    return Fix("Read it from the environment", make, Safety.UNSAFE, why=_WHY)


def _is_default(user: str, password: str) -> bool:
    """Whether this is a container's well-known password, which protects nothing."""
    return password == user or password.lower() in _DEFAULTS


def _beside_the_code(root: Path) -> Iterator[Path]:
    for folder in (root, *(child for child in sorted(root.iterdir()) if child.is_dir() and child.name[0] != ".")):
        try:
            names = sorted(path.name for path in folder.iterdir())
        except OSError:
            continue
        yield from (folder / name for name in names if name == "alembic.ini" or _COMPOSE.fullmatch(name))
