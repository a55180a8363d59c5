"""A secret in the code is known to everyone who can read the repository, now and in its whole history.

Passwords, signing keys and API tokens written into a module travel with every clone, image and backup, and can be changed only
by a new release. Anyone who holds a signing key can make tokens for any user. Settings keep the value outside of the code:
an untracked `.env` file here, the environment in production. A secret that was committed once must also be replaced.

Flagged is a literal that looks like a secret in a variable, attribute, argument, default, dictionary or comparison whose name says
that it holds one, and any literal that a library takes as its key (`jwt.encode`, `hmac.new`, `Fernet`, `psycopg.connect` ...).

Not flagged: placeholders (`changeme`, `<your-key>`, `${TOKEN}`), names of fields, headers, variables and algorithms, paths,
messages, enum members, examples in schemas, simple passwords of trial runs (`if __name__ == "__main__":`), tests.

Example:
    #- security.py
    import jwt

    SECRET_KEY = «"k7Qx-harbour-93f1-tide-0b5e"»

    def issue(user: str) -> str:
        return jwt.encode({"sub": user}, SECRET_KEY, algorithm="HS256")
    #- config.py
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env")

        app_name: str = "Harbour"

    settings = Settings()

Fixed:
    #- security.py
    import jwt

    from config import settings

    SECRET_KEY = settings.secret_key.get_secret_value()

    def issue(user: str) -> str:
        return jwt.encode({"sub": user}, SECRET_KEY, algorithm="HS256")
    #- config.py
    from pydantic import SecretStr
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env")

        app_name: str = "Harbour"
        secret_key: SecretStr

    settings = Settings()
    #- .env
    SECRET_KEY=k7Qx-harbour-93f1-tide-0b5e
    #- .env.example
    SECRET_KEY=
    #- .gitignore
    .env
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import AnyEdit, Fix, Safety
from seawall.edits.comments import kept_comments
from seawall.edits.settings import Setting, place
from seawall.rules.aside import counts, runs_as_script
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.meanings.secret import Secret
from seawall.semantics.secret_text import is_random

code, severity = "SW201", Severity.ERROR
applies = counts


def check(secret: Secret, file: File) -> Iterator[Finding]:
    if secret.is_default or (runs_as_script(secret.node, file) and not is_random(secret.value)):
        return
    yield file.finding(
        secret.node,
        f"`{secret.holder.name}` is written into the code, move it to the settings and replace it",
        Fix(
            "Move it to the settings",
            lambda: _move(secret, file),
            Safety.UNSAFE,
            why="Every deployment has to provide the value from now on, in its environment or its `.env` file",
        ),
        severity=Severity.WARNING if "default" in secret.holder.words else severity,
    )


def _move(secret: Secret, file: File) -> Iterator[AnyEdit]:
    placed = place(file, secret.node, Setting(secret.holder.setting, secret.value))
    expression, where = placed.expression, secret.node
    if isinstance(secret.node.value, bytes):
        expression += ".encode()"
    parent = file.parent(where)
    yield from kept_comments(file, where)
    wrapped = isinstance(parent, ast.Call) and file.callee(parent) == "pydantic.SecretStr"
    if wrapped and expression.endswith(".get_secret_value()"):
        yield file.replace(parent, expression.removesuffix(".get_secret_value()"))  # type: ignore[arg-type]
    else:
        yield file.replace(where, expression)
    yield from placed.edits
