"""A variable that is read beside the settings is in no list of what the program needs, and is checked by nobody.

The settings class says which variables there are, of which type they are and which of them are required, and a program that lacks one
stops at its start. `os.getenv` somewhere in the code finds out at three in the morning, and ignores `.env` besides.

Flagged are reads of constant names in projects that have a settings class.

Not flagged: the module of the settings and others for configuration, scripts and tests, code of `if __name__ == "__main__":`, variables of
the system, of tools and platforms (`PATH`, `CI`, `PYTEST_CURRENT_TEST`, `KUBERNETES_SERVICE_HOST`), those that say which settings to load
(`APP_PROFILE`, `SETTINGS_FILE`), and whole copies of the environment.

Example:
    #- mail.py
    import os

    def sender() -> str:
        return «os.getenv("MAIL_SENDER", "harbour@tide.example")»
    #- config.py
    from pydantic_settings import BaseSettings

    class Settings(BaseSettings):
        app_name: str = "Harbour"

    settings = Settings()

Fixed:
    #- mail.py
    from config import settings

    def sender() -> str:
        return settings.mail_sender
    #- config.py
    from pydantic_settings import BaseSettings

    class Settings(BaseSettings):
        app_name: str = "Harbour"
        mail_sender: str = "harbour@tide.example"

    settings = Settings()
    #- .env.example
    MAIL_SENDER=
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from seawall.edits import AnyEdit, CannotFix, Fix, Safety
from seawall.edits.comments import kept_comments
from seawall.edits.settings import Variable, read_variable, without
from seawall.edits.settings.files import env_folder
from seawall.edits.settings.module import path_of
from seawall.patterns import pattern
from seawall.rules.aside import counts, runs_as_script
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.meanings.dsn import credentials_of
from seawall.semantics.meanings.secret import holder_named
from seawall.semantics.meanings.settings_class import settings_classes
from seawall.semantics.secret_text import looks_secret, words
from seawall.semantics.view import argument

code, severity = "SW606", Severity.INFO
applies = counts

calls = frozenset({"getenv", "get"})

_PLATFORM = pattern(
    r"PATH|HOME|USER|USERNAME|LOGNAME|SHELL|EDITOR|LANG|LC_\w+|TZ|TERM|PWD|TMP|TEMP|TMPDIR|HOSTNAME|DISPLAY|NO_COLOR|CI|COLUMNS|(?:LOCAL)?APPDATA"
    r"|\w*_proxy|\w*_PROXY|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|DO_NOT_TRACK|FORWARDED_ALLOW_IPS"
    r"|(?:PYTHON|PYTEST|COVERAGE|GITHUB|GITLAB|CI|XDG|CONDA|VIRTUAL_ENV|UV|PIP|KUBERNETES|AWS_LAMBDA|LAMBDA|ECS|FLY|RENDER|RAILWAY|HEROKU|DYNO"
    r"|BITBUCKET|BUILD|K_SERVICE|WEBSITE|OTEL|UVICORN|GUNICORN|PROMETHEUS_MULTIPROC|DJANGO_SETTINGS|TESTING|OMP|CUDA|NVIDIA|HF|TOKENIZERS)\w*"
)
_CHOOSES = pattern(r"(?:\w+_)?(?:PROFILE|(?:CONFIG|SETTINGS|ENV|DOTENV)_(?:FILE|PATH|DIR|MODULE))")
"""What says which settings to load, and so can be none of them."""
_CONFIGURATION = frozenset(
    {"config", "configs", "configuration", "settings", "setting", "conf", "env", "environment", "environ"}
)
_ASIDE = frozenset(
    {
        "scripts",
        "script",
        "bin",
        "tools",
        "alembic",
        "migrations",
        "commands",
        "cli",
        "benchmarks",
        "deploy",
        "infra",
        "hooks",
        "ci",
    }
)
_OUTSIDE = frozenset(
    {
        "manage",
        "setup",
        "noxfile",
        "fabfile",
        "tasks_cli",
        "gunicorn",
        "wsgi",
        "asgi",
        "env",
        "cli",
        "__main__",
        "build",
    }
)
_WHY = "The variable is read once, when the settings are made, and not at each use"


def check(node: ast.Call | ast.Subscript, file: File) -> Iterator[Finding]:
    name = _variable(node, file)
    if name is None or _PLATFORM.fullmatch(name) or _is_elsewhere(file) or runs_as_script(node, file):
        return
    if "__" in name or _CHOOSES.fullmatch(name):
        return  # a part of a nested model, or what one process tells another: no plain field; or which settings to load
    homes = settings_classes(file.index)
    if not homes or any(file.index.split(home.name)[0] == file.module for home in homes):
        return
    folder = env_folder(file.path, file.project)
    paths = {path for home in homes if (path := path_of(file.index.split(home.name)[0], file.project))}
    if not any(env_folder(path, file.project) == folder for path in paths):
        return
    if _falls_back_on_secret(node, name):
        return  # which is a finding of its own, with a fix that moves it
    fix = Fix("Read it in the settings", lambda: _move(node, name, file), Safety.UNSAFE, why=_WHY)
    yield file.finding(node, f"`{name}` is read beside the settings, make it a field of theirs", fix)


def _variable(node: ast.Call | ast.Subscript, file: File) -> str | None:
    """The name of the variable that a node reads."""
    name = node.slice if isinstance(node, ast.Subscript) else node.args[0] if node.args else None
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str) or not name.value.isupper():
        return None
    if isinstance(node, ast.Subscript):
        is_read = (
            isinstance(node.ctx, ast.Load) and file.qualname(node.value) == "os.environ" and not _is_tried(node, file)
        )
    else:
        is_read = file.callee(node) in ("os.getenv", "os.environ.get")
    return name.value if is_read else None


def _falls_back_on_secret(node: ast.Call | ast.Subscript, name: str) -> bool:
    values = [*node.args[1:], *(item.value for item in node.keywords)] if isinstance(node, ast.Call) else []
    texts = [one.value for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    holder = holder_named(name)
    return any(credentials_of(text) or (holder is not None and looks_secret(text, holder)) for text in texts)


def _is_tried(node: ast.AST, file: File) -> bool:
    """Whether somebody expects the variable to be missing."""
    return any(isinstance(above, ast.Try) for above in file.ancestors(node))


def _is_elsewhere(file: File) -> bool:
    """Whether the file is no part of the application proper, or is about configuration itself."""
    path = (
        file.path.relative_to(file.project.root)
        if file.path.is_relative_to(file.project.root)
        else Path(file.path.name)
    )
    folders = {part.lower() for part in path.parts[:-1]}
    stem = path.stem.lower()
    if stem in _OUTSIDE or folders & _ASIDE:
        return True
    return bool(_CONFIGURATION & folders or _CONFIGURATION.intersection(words(stem)))


def _move(node: ast.Call | ast.Subscript, name: str, file: File) -> Iterator[AnyEdit]:
    whole, annotation = _taken_for(node, file)
    variable = Variable(name, annotation, _default(node, annotation))
    if isinstance(node, ast.Subscript) and annotation == "str" and holder_named(name) is not None:
        variable = Variable(name, "SecretStr")
    if not variable.default and not isinstance(node, ast.Subscript):
        variable = Variable(name, f"{annotation} | None", "None")
    placed = read_variable(file, whole, variable)
    yield from kept_comments(file, whole)
    yield file.replace(whole, placed.expression)
    yield from without(file, whole, placed.edits, placed.expression)


def _taken_for(node: ast.Call | ast.Subscript, file: File) -> tuple[ast.expr, str]:
    """The whole expression that the field replaces, and its type: of `int(os.getenv("PORT", "80"))` all, and `int`."""
    parent = file.parent(node)
    match parent:
        case ast.Call(func=ast.Name(id="int" | "float" as number), args=[only]) if only is node:
            if isinstance(node, ast.Subscript) or _given(node) is not None:
                return parent, number
    return node, "str"


def _default(node: ast.Call | ast.Subscript, annotation: str) -> str:
    """The default as code."""
    if isinstance(node, ast.Subscript):
        return ""
    given = _given(node)
    if given is None or (isinstance(given, ast.Constant) and given.value is None):
        return ""
    if not isinstance(given, ast.Constant) or not isinstance(given.value, (str, int, float)):
        raise CannotFix("the default is computed")
    if annotation == "str":
        if not isinstance(given.value, str):
            raise CannotFix("the default is no text")
        return f'"{given.value}"' if '"' not in given.value and "\\" not in given.value else repr(given.value)
    try:
        return repr(int(given.value) if annotation == "int" else float(given.value))
    except ValueError as error:
        raise CannotFix("the default is no number") from error


def _given(call: ast.Call) -> ast.expr | None:
    return argument(call, 1, "default")
