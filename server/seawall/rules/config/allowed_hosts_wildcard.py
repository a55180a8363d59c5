"""With a wildcard as allowed host, whoever sends a request chooses the name that the application believes to have.

Links in mails (password resets above all), redirects and cached pages are made from the `Host` header. Django's `ALLOWED_HOSTS` and
Starlette's `TrustedHostMiddleware` reject foreign names, unless they are told to take any; the middleware takes any by default, too.

Flagged is `"*"` in either, directly, through variables, and as the default of a setting or of an environment variable.

Not flagged: settings for development and tests, code under a condition that asks for development, subdomains (`.harbour.example`,
`*.harbour.example`).

Example:
    #- main.py
    from fastapi import FastAPI
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from config import settings

    app = FastAPI(title=settings.app_name)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=«["*"]»)
    #- config.py
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env", extra="ignore")

        app_name: str = "Harbour"

    settings = Settings()

Fixed:
    #- main.py
    from fastapi import FastAPI
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from config import settings

    app = FastAPI(title=settings.app_name)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings.allowed_hosts)
    #- config.py
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env", extra="ignore")

        app_name: str = "Harbour"
        allowed_hosts: list[str] = ["localhost", "127.0.0.1"]

    settings = Settings()
    #- .env
    ALLOWED_HOSTS='["localhost", "127.0.0.1"]'
    #- .env.example
    ALLOWED_HOSTS='["localhost", "127.0.0.1"]'
    #- .gitignore
    .env
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import AnyEdit, Fix, Safety
from seawall.edits.calls import add_keyword
from seawall.edits.comments import kept_comments
from seawall.edits.settings import Setting, change_default, default_in, place
from seawall.edits.settings.django import is_settings
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Related, Severity
from seawall.rules.config._development import is_for_development
from seawall.semantics.meanings.cors import wildcard
from seawall.semantics.meanings.written import Written
from seawall.semantics.view import argument, has_unpacking, keyword

code, severity = "SW604", Severity.ERROR
applies = counts

_MIDDLEWARE = "starlette.middleware.trustedhost.TrustedHostMiddleware"
_WRAPPERS = frozenset({"starlette.middleware.Middleware", "fastapi.middleware.Middleware"})
_LOCAL = '["localhost", "127.0.0.1"]'
_WHY = "Requests for any other host are refused until it is listed in the settings"

calls = frozenset({"add_middleware", "Middleware", "TrustedHostMiddleware"})


def check(node: ast.Call | ast.Assign | ast.AnnAssign | ast.AugAssign, file: File) -> Iterator[Finding]:
    if isinstance(node, ast.Call):
        if _is_middleware(node, file) and not _is_aside(node, file):
            yield from _check_middleware(node, file)
        return
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if not isinstance(target, ast.Name) or target.id != "ALLOWED_HOSTS" or node.value is None:
        return
    if file.function(node) is not None or not is_settings(file.index, file.module) or _is_aside(node, file):
        return
    found = wildcard(node.value, file)
    if found is not None:
        yield _finding(node.value, "ALLOWED_HOSTS", found, Setting("allowed_hosts", "", "list[str]", example=""), file)


def _is_aside(node: ast.AST, file: File) -> bool:
    return is_for_development(node, file)


def _is_middleware(call: ast.Call, file: File) -> bool:
    name = file.called_name(call)
    if name == "TrustedHostMiddleware":
        return file.callee(call) == _MIDDLEWARE
    given = argument(call, 0, "middleware_class" if name == "add_middleware" else "cls")
    if given is None or file.qualname(given) != _MIDDLEWARE:
        return False
    return name == "add_middleware" or file.callee(call) in _WRAPPERS


def _check_middleware(call: ast.Call, file: File) -> Iterator[Finding]:
    setting = Setting("allowed_hosts", _LOCAL, "list[str]", default=_LOCAL, example=_LOCAL)
    hosts = keyword(call, "allowed_hosts")
    if hosts is None:
        if not has_unpacking(call) and len(call.args) < 2:
            fix = Fix("List the hosts in the settings", lambda: _add(call, setting, file), Safety.UNSAFE, why=_WHY)
            yield file.finding(call, "`TrustedHostMiddleware` takes any host unless told, list the hosts", fix)
        return
    found = wildcard(hosts, file)
    if found is not None:
        yield _finding(hosts, "allowed_hosts", found, setting, file)


def _finding(where: ast.expr, name: str, found: Written, setting: Setting, file: File) -> Finding:
    related = [Related("The hosts are written here", owner=found.origin)] if found.origin else []
    if found.is_default and found.origin:
        change = lambda: change_default(file, found.origin, _few, (setting.value, setting.value))  # noqa: E731
        fix = Fix("Allow only this machine by default", change, Safety.UNSAFE, why=_WHY)
    elif found.is_default:
        node = default_in(where)
        fix = Fix(
            "Allow only this machine by default", lambda: [file.replace(node, _few(node))], Safety.UNSAFE, why=_WHY
        )
    else:
        fix = Fix("List the hosts in the settings", lambda: _move(where, setting, file), Safety.UNSAFE, why=_WHY)
    how = "by default takes" if found.is_default else "takes"
    message = f"`{name}` {how} any host, so that a request chooses what links point to: list the hosts instead"
    return file.finding(where, message, fix, related=related)


def _few(default: ast.expr) -> str:
    return '"localhost,127.0.0.1"' if isinstance(default, ast.Constant) and isinstance(default.value, str) else _LOCAL


def _move(where: ast.expr, setting: Setting, file: File) -> Iterator[AnyEdit]:
    placed = place(file, where, setting)
    yield from kept_comments(file, where)
    yield file.replace(where, placed.expression)
    yield from placed.edits


def _add(call: ast.Call, setting: Setting, file: File) -> Iterator[AnyEdit]:
    placed = place(file, call, setting)
    yield add_keyword(file, call, "allowed_hosts", placed.expression)
    yield from placed.edits
