r"""With a wildcard as CORS origin, any website can call the API from its visitors' browsers.

With `allow_credentials=True` it is worse than it looks: browsers reject `*` together with cookies, so Starlette answers with the very
origin that asked. Every site may then act as the user who is signed in. Without credentials it is a warning: an API for everybody may
mean it.

Flagged are `allow_origins` with `"*"`, directly, through variables, as the default of a setting or of an environment variable;
`allow_origin_regex` that matches any site; and Django's `CORS_ALLOW_ALL_ORIGINS` and `CORS_ALLOWED_ORIGIN_REGEXES`.

Not flagged: origins that depend on a condition, code for development (`if settings.debug:`, settings modules of that name), tests.

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
from collections.abc import Iterator

from seawall.edits import AnyEdit, Fix, Safety
from seawall.edits.comments import kept_comments
from seawall.edits.settings import Setting, change_default, default_in, place
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Related, Severity
from seawall.rules.config._development import is_for_development
from seawall.semantics.meanings.cors import Cors, open_regex, wildcard
from seawall.semantics.meanings.written import Written, written
from seawall.semantics.symbols import Ref, Symbol

code, severity = "SW602", Severity.ERROR
applies = counts

_WHY = "No website may call the API from a browser until its origin is listed in the settings"
_LIST = "List the origins in the settings"
_ORIGINS = Setting("cors_origins", "[]", "list[str]", default="[]", example="[]")


def check(cors: Cors, file: File) -> Iterator[Finding]:
    if is_for_development(cors.node, file):
        return
    if cors.allows_all is not None:
        if (found := written(file.index, file.symbol(cors.allows_all))) is not None and True in found.values(
            file.index
        ):
            yield _everyone(cors, found, file)
        return
    if cors.origins is not None and (found := _wildcard(cors.origins, file)) is not None:
        yield _finding(cors, cors.origins, "allow_origins", found, file)
    if cors.regex is not None and (found := open_regex(cors.regex, file, is_django=cors.is_django)) is not None:
        yield _finding(cors, cors.regex, "allow_origin_regex", found, file)


def _wildcard(origins: ast.expr, file: File) -> Written | None:
    """Also of a variable that is a wildcard in one of several cases, if that case is not development."""
    found = wildcard(origins, file)
    if found is not None or not isinstance(origins, ast.Name):
        return found
    for bound in file.names.bindings(origins):
        statement = file.parent(bound)
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
            found = wildcard(statement.value, file)
            if found is not None and not is_for_development(statement, file):
                return found
    return None


def _everyone(cors: Cors, found: Written, file: File) -> Finding:
    name = _target(cors)
    if found.is_default:
        assert cors.allows_all is not None
        node = default_in(cors.allows_all)
        fix = Fix("Allow nobody by default", lambda: [file.replace(node, "False")], Safety.UNSAFE, why=_WHY)
    else:
        fix = Fix(_LIST, lambda: _allow_some(cors, file), Safety.UNSAFE, why=_WHY)
    return file.finding(cors.node, _message(name, cors, found, file), fix, severity=_loudness(cors, file))


def _finding(cors: Cors, where: ast.expr, option: str, found: Written, file: File) -> Finding:
    fixes, related = [], []
    if found.origin and found.is_default:
        change = lambda: change_default(file, found.origin, _without_star, ("[]", "[]"))  # noqa: E731
        fixes.append(Fix("Allow nobody by default", change, Safety.UNSAFE, why=_WHY))
    elif found.is_default:
        node = default_in(where)
        fixes.append(
            Fix("Allow nobody by default", lambda: [file.replace(node, _without_star(node))], Safety.UNSAFE, why=_WHY)
        )
    elif not cors.is_django and (where is cors.origins or cors.origins is None):
        fixes.append(Fix(_LIST, lambda: _list(cors, file), Safety.UNSAFE, why=_WHY))
    if found.origin:
        related.append(Related("The origins are written here", owner=found.origin))
    name = option if not cors.is_django else _target(cors)
    return file.finding(
        where, _message(name, cors, found, file), *fixes, related=related, severity=_loudness(cors, file)
    )


def _target(cors: Cors) -> str:
    assert isinstance(cors.node, (ast.Assign, ast.AnnAssign))
    target = cors.node.targets[0] if isinstance(cors.node, ast.Assign) else cors.node.target
    assert isinstance(target, ast.Name)
    return target.id


def _loudness(cors: Cors, file: File) -> Severity:
    return Severity.ERROR if _sends_credentials(cors, file) else Severity.WARNING


def _sends_credentials(cors: Cors, file: File) -> bool:
    if cors.is_django:
        symbol: Symbol | None = Ref(f"{file.module}.CORS_ALLOW_CREDENTIALS")
    else:
        symbol = file.symbol(cors.credentials) if cors.credentials is not None else None
    found = written(file.index, symbol)
    return found is not None and found.values(file.index) == (True,)


def _message(option: str, cors: Cors, found: Written, file: File) -> str:
    how = f"`{option}` by default lets" if found.is_default else f"`{option}` lets"
    if _sends_credentials(cors, file):
        library = "django-cors-headers" if cors.is_django else "Starlette"
        return (
            f"{how} any website act as the signed-in user: with credentials {library} echoes the origin that asks, "
            "list the origins instead"
        )
    return f"{how} any website call the API, list the origins instead"


def _without_star(default: ast.expr) -> str:
    """The default without `*`: an empty one of its kind, or the other origins."""
    if isinstance(default, (ast.List, ast.Tuple)):
        kept = [ast.unparse(one) for one in default.elts if not (isinstance(one, ast.Constant) and one.value == "*")]
        return f"[{', '.join(kept)}]"
    if isinstance(default, ast.Constant) and isinstance(default.value, str):
        return f'"{",".join(part for part in default.value.split(",") if part.strip() != "*")}"'
    return "[]"


def _list(cors: Cors, file: File) -> Iterator[AnyEdit]:
    use = cors.origins if cors.origins is not None else cors.regex
    assert use is not None
    placed = place(file, use, _ORIGINS)
    parent = file.parent(use)
    yield from kept_comments(file, use)
    if use is cors.regex and isinstance(parent, ast.keyword):
        yield file.replace(parent, f"allow_origins={placed.expression}")
    else:
        yield file.replace(use, placed.expression)
    yield from placed.edits


def _allow_some(cors: Cors, file: File) -> Iterator[AnyEdit]:
    assert cors.is_django and cors.allows_all is not None
    if "CORS_ALLOWED_ORIGINS" in file.current.facts.names:
        yield file.replace(cors.allows_all, "False")
        return
    placed = place(file, cors.node, Setting("cors_allowed_origins", "", "list[str]", example=""))
    yield file.replace(cors.node, f"CORS_ALLOWED_ORIGINS = {placed.expression}")
    yield from placed.edits
