"""Debug mode in production shows visitors the source code and the variables of whatever fails.

`FastAPI(debug=True)` and Django's `DEBUG = True` answer errors with tracebacks; Django also keeps every query in memory. An engine
with `echo=True` logs each statement with its values, and uvicorn's reloader watches files instead of serving.

So is a mode that is on by default: `os.getenv("DEBUG", "True")`, a field `debug: bool = True` of the settings, and `bool(os.getenv("DEBUG",
"False"))`, which is true for any text.

Not flagged: values that are off unless the settings or the environment say so, settings for development and tests, those beside which
the settings for production say `DEBUG = False`, code under a
condition (`if in_debug_mode():`, `if __name__ == "__main__":`), tests.

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
from seawall.edits.comments import kept_comments
from seawall.edits.settings import Setting, change_default, change_scheme, default_in, place
from seawall.edits.settings.django import is_settings
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Related, Severity
from seawall.rules.config._by_default import TRUE_WORDS, UNKNOWN, by_default
from seawall.rules.config._development import DEVELOPMENT, PRODUCTION, is_for_development
from seawall.semantics.facts import ValueFact
from seawall.semantics.meanings.written import Written, reads_environment, scheme, written
from seawall.semantics.secret_text import words
from seawall.semantics.symbols import Call, Constant
from seawall.semantics.view import keyword

code, severity = "SW603", Severity.ERROR
applies = counts
keywords = frozenset({"debug", "echo", "reload"})

_TRACEBACKS = "shows tracebacks to visitors"
_STATEMENTS = "logs every statement with its values"
# What takes the switch: its keyword, the setting, how loud it is, and what it does.
_SWITCHES = {
    "fastapi.FastAPI": ("debug", "debug", Severity.ERROR, _TRACEBACKS),
    "starlette.applications.Starlette": ("debug", "debug", Severity.ERROR, _TRACEBACKS),
    "sqlalchemy.create_engine": ("echo", "database_echo", Severity.WARNING, _STATEMENTS),
    "sqlalchemy.ext.asyncio.create_async_engine": ("echo", "database_echo", Severity.WARNING, _STATEMENTS),
    "uvicorn.run": ("reload", "reload", Severity.WARNING, "watches files instead of serving"),
}
_WHY = "The mode is off wherever the environment does not say otherwise"
_OPPOSITES = {"true": "false", "1": "0", "yes": "no", "on": "off", "t": "f", "y": "n"}


def check(node: ast.keyword | ast.Assign | ast.AnnAssign, file: File) -> Iterator[Finding]:
    if isinstance(node, ast.keyword):
        yield from _check_keyword(node, file)
    else:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Name) and target.id == "DEBUG" and node.value is not None:
            yield from _check_django(node, node.value, file)


# ---------------------------------------------------------------- calls


def _check_keyword(node: ast.keyword, file: File) -> Iterator[Finding]:
    call = file.parent(node)
    if not isinstance(call, ast.Call) or (isinstance(node.value, ast.Constant) and not node.value.value):
        return
    if node.arg == "reload" and _is_for_developers(node, file):
        return
    row = _SWITCHES.get(file.callee(call) or "")
    if row is None or row[0] != node.arg or keyword(call, row[0]) is not node.value or _is_aside(node, file):
        return
    name, setting, loud, effect = row
    if isinstance(node.value, ast.Constant):
        if node.value.value is True or (name == "echo" and node.value.value == "debug"):
            message = f"`{file.text(node)}` {effect}, take it from the settings"
            yield file.finding(node.value, message, _from_settings(node.value, setting, file), severity=loud)
        return
    found = written(file.index, file.symbol(node.value))
    if found is not None and found.values(file.index) == (True,) and not _is_for_development(found):
        yield from _written_elsewhere(node, found, setting, loud, effect, file)
    elif by_default(node.value, file) is True:
        fix = Fix("Switch it off by default", lambda: _off(node.value, file), Safety.UNSAFE, why=_WHY)
        message = f"`{name}` is on unless the environment says otherwise, and {effect}, switch it off by default"
        yield file.finding(node.value, message, fix, severity=loud)


def _is_for_developers(node: ast.AST, file: File) -> bool:
    """Whether the function that starts the server is a command or says to be for development: `main`, `run_dev`."""
    function = file.function(node)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    return bool(function.decorator_list or DEVELOPMENT.intersection(words(function.name))) or function.name == "main"


def _written_elsewhere(
    node: ast.keyword, found: Written, setting: str, loud: Severity, effect: str, file: File
) -> Iterator[Finding]:
    related = [Related("It is switched on here", owner=found.origin)] if found.origin else []
    if found.is_default and found.origin:
        change = lambda: change_default(file, found.origin, _opposite, ("true", "false"))  # noqa: E731
        fix = Fix("Switch it off by default", change, Safety.UNSAFE, why=_WHY)
        message = f"`{node.arg}` is on unless the settings say otherwise, and {effect}, switch it off by default"
    else:
        fix = _from_settings(node.value, setting, file)
        message = f"`{node.arg}` is on and {effect}, take it from the settings"
    yield file.finding(node.value, message, fix, related=related, severity=loud)


def _is_for_development(found: Written) -> bool:
    """Whether the class or module that holds the value is one for development."""
    return bool(DEVELOPMENT.intersection(word for part in found.origin.split(".")[:-1] for word in words(part)))


# ---------------------------------------------------------------- Django


def _check_django(node: ast.Assign | ast.AnnAssign, value: ast.expr, file: File) -> Iterator[Finding]:
    if (
        not isinstance(file.parent(node), ast.Module)
        or not is_settings(file.index, file.module)
        or _is_aside(node, file)
    ):
        return
    found = by_default(value, file)
    if found is UNKNOWN or not found or _is_off_in_production(file):
        return
    if isinstance(value, ast.Constant):
        message = f"`{file.text(node)}` shows tracebacks and settings to visitors, take it from the settings"
        yield file.finding(value, message, _from_settings(value, "debug", file))
        return
    text = _text_taken_for_truth(value, file)
    if text is not None:
        fix = Fix("Compare the text", lambda: [file.replace(value, _compared(text, file))], Safety.UNSAFE, why=_WHY)
        message = "`DEBUG` is on whatever the variable says, since any text is true: compare the text with a word"
    else:
        fix = Fix("Switch it off by default", lambda: _off(value, file), Safety.UNSAFE, why=_WHY)
        message = "`DEBUG` is on unless the environment says otherwise, switch it off by default"
    yield file.finding(value, message, fix)


def _is_off_in_production(file: File) -> bool:
    """Whether the settings for production, which stand beside these, say no: `DEBUG = False` in `settings/production.py`."""
    package, _, own = file.module.rpartition(".")
    if not package or own in PRODUCTION:
        return False
    facts = (file.index.fact(f"{package}.{name}", "DEBUG") for name in sorted(PRODUCTION))
    return any(isinstance(fact, ValueFact) and fact.value == Constant(False) for fact in facts)


def _text_taken_for_truth(value: ast.expr, file: File) -> ast.expr | None:
    """The read of a variable whose text itself is taken for a truth, although it says no: `bool(getenv("DEBUG", "False"))`."""
    inner = (
        value.args[0]
        if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "bool" and value.args
        else value
    )
    symbol = file.symbol(inner)
    if not isinstance(inner, ast.Call) or not isinstance(symbol, Call) or not reads_environment(file.index, symbol):
        return None
    found = by_default(inner, file)
    return inner if isinstance(found, str) and found.lower() not in TRUE_WORDS else None


def _compared(read: ast.expr, file: File) -> str:
    return f'{file.text(read)}.lower() in ("1", "true", "yes", "on")'


# ---------------------------------------------------------------- fixes


def _is_aside(node: ast.AST, file: File) -> bool:
    """Whether this is no production code, or somebody has asked before, be it only whether the file is started by hand."""
    if is_for_development(node, file):
        return True
    return any(isinstance(above, (ast.If, ast.IfExp)) for above in file.ancestors(node))


def _from_settings(value: ast.expr, setting: str, file: File) -> Fix:
    return Fix("Take it from the settings", lambda: _move(value, setting, file), Safety.UNSAFE, why=_WHY)


def _move(value: ast.expr, setting: str, file: File) -> Iterator[AnyEdit]:
    placed = place(file, value, Setting(setting, "true", "bool", default="False", example="false"))
    yield from kept_comments(file, value)
    yield file.replace(value, placed.expression)
    yield from placed.edits


def _off(value: ast.expr, file: File) -> Iterator[AnyEdit]:
    default = default_in(value)
    symbol = file.symbol(value)
    declared = scheme(file.index, symbol) if isinstance(symbol, Call) and default is value else None
    if declared is not None and isinstance(symbol, Call) and isinstance(symbol.args[0], Constant):
        yield from change_scheme(file, declared.owner, str(symbol.args[0].value), "False")
        return
    if isinstance(default, ast.Constant) and default is not value:
        yield file.replace(default, _opposite(default))
    else:
        yield from _move(value, "debug", file)


def _opposite(default: ast.expr) -> str:
    """The same kind of constant that says no, written as the old one was."""
    value = default.value if isinstance(default, ast.Constant) else None
    if isinstance(value, str):
        said = _OPPOSITES.get(value.lower(), "")
        return f'"{said.upper() if value.isupper() else said.capitalize() if value[:1].isupper() else said}"'
    return "0" if isinstance(value, int) and not isinstance(value, bool) else "False"
