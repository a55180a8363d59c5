"""A secret as a default is in force wherever nobody set the variable, without anyone noticing.

The default is in the repository, so it protects nothing; and it hides that the real value is missing. Without it the program
says at its start what it lacks. A key that signs tokens is no better for being a plain word, so any word counts there.

Not flagged: `None`, empty defaults, placeholders and words that say to be for development, words that a validator of the settings looks at,
tests and examples.

Example:
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env")

        secret_key: str = «"k7Qx-harbour-93f1-tide-0b5e"»

Fixed:
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env")

        secret_key: str
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
from seawall.edits.settings import Setting, place, require, without
from seawall.rules.aside import counts, runs_as_script
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.meanings.defaults import fallback_of, settings_field
from seawall.semantics.meanings.secret import Secret

code, severity = "SW204", Severity.WARNING
applies = counts

_WHY = "Every deployment has to provide the value from now on, in its environment or its `.env` file"


def check(secret: Secret, file: File) -> Iterator[Finding]:
    if not secret.is_default or runs_as_script(secret.node, file):
        return
    if secret.field is not None:
        target = secret.field.target
        fix = Fix("Require the value", lambda: _require(secret, file), Safety.UNSAFE, why=_WHY)
        name = file.text(target)
    else:
        fix = Fix("Move it to the settings", lambda: _move(secret, file), Safety.UNSAFE, why=_WHY)
        name = secret.holder.name
    yield file.finding(secret.node, f"`{name}` falls back on a secret in the code, drop the default", fix)


def _require(secret: Secret, file: File) -> Iterator[AnyEdit]:
    assert secret.field is not None
    scope = file.scan.scopes[secret.field]
    assert isinstance(scope.node, ast.ClassDef)
    yield from require(file, file.names.absolute(scope), file.text(secret.field.target), secret.value)


def _move(secret: Secret, file: File) -> Iterator[AnyEdit]:
    assert secret.falls_back is not None
    field, found = settings_field(secret.falls_back, file), fallback_of(secret.node, file)
    if field is not None and found is not None:
        scope = file.scan.scopes[field]
        assert isinstance(scope.node, ast.ClassDef)
        cls = file.names.absolute(scope)
        edits = require(
            file, cls, file.text(field.target), secret.value, found[0]
        )  # the settings read it by themselves
        yield from without(file, secret.falls_back, edits)
        return
    placed = place(file, secret.node, Setting(secret.holder.setting, secret.value))
    yield from kept_comments(file, secret.falls_back)
    yield file.replace(secret.falls_back, placed.expression)
    yield from without(file, secret.falls_back, placed.edits, placed.expression)
