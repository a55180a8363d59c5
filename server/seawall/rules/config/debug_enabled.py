"""Debug mode in production shows visitors the source code and the variables of whatever fails.

`FastAPI(debug=True)` and Django's `DEBUG = True` answer errors with tracebacks; Django also keeps every query in memory. An engine
with `echo=True` logs each statement with its values, and uvicorn's reloader watches files instead of serving.

Not flagged: values that come from settings or the environment, settings modules for development and tests, code under a condition
(`if in_debug_mode():`, `if __name__ == "__main__":`), tests.

Example:
    #- main.py
    from fastapi import FastAPI

    from config import settings

    app = FastAPI(title=settings.app_name, debug=«True»)
    #- config.py
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env", extra="ignore")

        app_name: str = "Harbour"

    settings = Settings()

Fixed:
    #- main.py
    from fastapi import FastAPI

    from config import settings

    app = FastAPI(title=settings.app_name, debug=settings.debug)
    #- config.py
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env", extra="ignore")

        app_name: str = "Harbour"
        debug: bool = False

    settings = Settings()
    #- .env
    DEBUG=true
    #- .env.example
    DEBUG=false
    #- .gitignore
    .env
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import AnyEdit, Fix, Safety
from seawall.edits.settings import Setting, place
from seawall.edits.settings.django import is_settings
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.meanings.secret import is_aside
from seawall.semantics.view import keyword

code, severity = "SW603", Severity.ERROR

# What takes the switch: its keyword, the setting, how loud it is, and what it does.
_SWITCHES = {
    "fastapi.FastAPI": ("debug", "debug", Severity.ERROR, "shows tracebacks to visitors"),
    "starlette.applications.Starlette": ("debug", "debug", Severity.ERROR, "shows tracebacks to visitors"),
    "sqlalchemy.create_engine": ("echo", "database_echo", Severity.WARNING, "logs every statement with its values"),
    "sqlalchemy.ext.asyncio.create_async_engine": (
        "echo",
        "database_echo",
        Severity.WARNING,
        "logs every statement with its values",
    ),
    "uvicorn.run": ("reload", "reload", Severity.WARNING, "watches files instead of serving"),
}
_DEVELOPMENT = frozenset({"dev", "development", "local", "debug", "test", "testing", "tests", "ci", "e2e"})
_WHY = "The mode is off wherever the environment does not say otherwise"


def check(node: ast.keyword | ast.Assign, file: File) -> Iterator[Finding]:
    if not isinstance(node.value, ast.Constant) or node.value.value is not True:
        return
    found = _keyword(node, file) if isinstance(node, ast.keyword) else _django(node, file)
    if found is None or is_aside(file.path, file.project.root) or _is_conditional(node, file):
        return
    name, setting, loud, effect = found
    fix = Fix("Take it from the settings", lambda: _move(node.value, setting, file), Safety.UNSAFE, why=_WHY)
    message = f"`{name}=True` {effect}, take it from the settings"
    yield file.finding(node.value, message, fix, severity=loud)


def _keyword(node: ast.keyword, file: File) -> tuple[str, str, Severity, str] | None:
    call = file.parent(node)
    if node.arg not in ("debug", "echo", "reload") or not isinstance(call, ast.Call):
        return None
    if node.arg == "reload" and file.function(node) is not None:
        return None  # a command that starts the server for developers
    row = _SWITCHES.get(file.callee(call) or "")
    return row if row and row[0] == node.arg and keyword(call, node.arg) is node.value else None


def _django(node: ast.Assign, file: File) -> tuple[str, str, Severity, str] | None:
    target = node.targets[0]
    if not isinstance(target, ast.Name) or target.id != "DEBUG" or not is_settings(file.index, file.module):
        return None
    if _DEVELOPMENT.intersection(part for name in file.module.lower().split(".") for part in name.split("_")):
        return None
    if not isinstance(file.parent(node), ast.Module):
        return None
    return "DEBUG", "debug", Severity.ERROR, "shows tracebacks and settings to visitors"


def _is_conditional(node: ast.AST, file: File) -> bool:
    """Whether somebody has asked before, be it only whether the file is started by hand."""
    return any(isinstance(above, (ast.If, ast.IfExp)) for above in file.ancestors(node))


def _move(value: ast.expr, setting: str, file: File) -> Iterator[AnyEdit]:
    placed = place(file, value, Setting(setting, "true", "bool", default="False", example="false"))
    yield file.replace(value, placed.expression)
    yield from placed.edits
