r"""With a wildcard as CORS origin, any website can call the API from its visitors' browsers.

With `allow_credentials=True` it is worse than it looks: browsers reject `*` together with cookies, so Starlette answers with the very
origin that asked. Every site may then act as the user who is signed in. Without credentials it is a warning: an API for everybody may
mean it.

Flagged are `allow_origins` with `"*"`, directly, through variables and as the default of a setting; `allow_origin_regex` that
matches any site; and Django's `CORS_ALLOW_ALL_ORIGINS`. Lists that depend on a condition are not.

Example:
    #- main.py
    from fastapi import FastAPI
    from fastapi.middleware.cors import CORSMiddleware

    from config import settings

    app = FastAPI(title=settings.app_name)
    app.add_middleware(CORSMiddleware, allow_origins=«["*"]», allow_credentials=True)
    #- config.py
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env", extra="ignore")

        app_name: str = "Harbour"

    settings = Settings()

Fixed:
    #- main.py
    from fastapi import FastAPI
    from fastapi.middleware.cors import CORSMiddleware

    from config import settings

    app = FastAPI(title=settings.app_name)
    app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins, allow_credentials=True)
    #- config.py
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env", extra="ignore")

        app_name: str = "Harbour"
        cors_origins: list[str] = []

    settings = Settings()
    #- .env
    CORS_ORIGINS='[]'
    #- .env.example
    CORS_ORIGINS='[]'
    #- .gitignore
    .env
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from seawall.edits import AnyEdit, Fix, Safety
from seawall.edits.settings import Setting, place
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.facts import ValueFact
from seawall.semantics.meanings.cors import Cors, is_wildcard
from seawall.semantics.meanings.secret import is_aside
from seawall.semantics.symbols import Constant

code, severity = "SW602", Severity.ERROR

_ANY_SITE = ("https://a1.elsewhere.invalid", "http://elsewhere.invalid")
_WHY = "No website may call the API from a browser until its origin is listed in the settings"


def check(cors: Cors, file: File) -> Iterator[Finding]:
    if is_aside(file.path, file.project.root):
        return
    if cors.allows_all is not None:
        fix = Fix("List the origins in the settings", lambda: _allow_some(cors, file), Safety.UNSAFE, why=_WHY)
        name = file.text(cors.allows_all)
        message = f"`{name}` lets any website call the API, list the origins instead"
        yield file.finding(cors.node, message, fix, severity=_loudness(cors, file))
    if cors.origins is not None and is_wildcard(cors.origins, file):
        fix = Fix("List the origins in the settings", lambda: _list(cors, file), Safety.UNSAFE, why=_WHY)
        yield file.finding(cors.origins, _message("allow_origins", cors, file), fix, severity=_loudness(cors, file))
    if cors.regex is not None and _matches_anything(file.literal(cors.regex)):
        fixes = []
        if cors.origins is None:
            fixes = [Fix("List the origins in the settings", lambda: _list(cors, file), Safety.UNSAFE, why=_WHY)]
        yield file.finding(
            cors.regex, _message("allow_origin_regex", cors, file), *fixes, severity=_loudness(cors, file)
        )


def _loudness(cors: Cors, file: File) -> Severity:
    return Severity.ERROR if _sends_credentials(cors, file) else Severity.WARNING


def _sends_credentials(cors: Cors, file: File) -> bool:
    if cors.allows_all is not None:
        fact = file.index.fact(file.module, "CORS_ALLOW_CREDENTIALS")
        return isinstance(fact, ValueFact) and fact.value == Constant(True)
    return cors.credentials is not None and file.literal(cors.credentials) is True


def _message(option: str, cors: Cors, file: File) -> str:
    if _sends_credentials(cors, file):
        return (
            f"`{option}` lets any website act as the signed-in user: with credentials Starlette echoes the origin that asks, "
            "list the origins instead"
        )
    return f"`{option}` lets any website call the API, list the origins instead"


def _matches_anything(pattern: object) -> bool:
    """Whether a site that nobody has heard of matches; Starlette asks for a full match."""
    if not isinstance(pattern, str) or len(pattern) > 200:
        return False
    try:
        return any(re.fullmatch(pattern, site) for site in _ANY_SITE)
    except (re.error, RecursionError, OverflowError):
        return False


_ORIGINS = Setting("cors_origins", "[]", "list[str]", default="[]", example="[]")


def _list(cors: Cors, file: File) -> Iterator[AnyEdit]:
    use = cors.origins if cors.origins is not None else cors.regex
    assert use is not None
    placed = place(file, use, _ORIGINS)
    parent = file.parent(use)
    if use is cors.regex and isinstance(parent, ast.keyword):
        yield file.replace(parent, f"allow_origins={placed.expression}")
    else:
        yield file.replace(use, placed.expression)
    yield from placed.edits


def _allow_some(cors: Cors, file: File) -> Iterator[AnyEdit]:
    if "CORS_ALLOWED_ORIGINS" in file.current.facts.names:
        assert isinstance(cors.node, ast.Assign)
        yield file.replace(cors.node.value, "False")
        return
    placed = place(file, cors.node, Setting("cors_allowed_origins", "", "list[str]", example=""))
    yield file.replace(cors.node, f"CORS_ALLOWED_ORIGINS = {placed.expression}")
    yield from placed.edits
