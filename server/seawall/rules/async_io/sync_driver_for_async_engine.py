"""An async engine with a sync driver's URL raises InvalidRequestError when it is made.

`create_async_engine` needs a driver that speaks asyncio: asyncpg or psycopg 3 for PostgreSQL, aiosqlite for SQLite, aiomysql or
asyncmy for MySQL. The URL's scheme names it: `postgresql+asyncpg://`.

Followed are literals, names, f-strings, defaults of `os.getenv` and defaults of a Settings class. `postgresql://` means psycopg 3
since SQLAlchemy 2.1 and is reported only for an older version, or if the project depends on asyncpg and not on psycopg.

Example:
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(«"sqlite:///./shop.db"»)

Fixed:
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine("sqlite+aiosqlite:///./shop.db")
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import Edit, Fix, Safety
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.facts import ValueFact
from seawall.semantics.meanings.engine import Engine
from seawall.semantics.meanings.settings_class import is_part_of_settings
from seawall.semantics.symbols import Call, Constant
from seawall.semantics.types import Instance
from seawall.syntax import Range

code, severity = "SW109", Severity.ERROR

_ASYNC_DRIVERS = {
    "postgresql": ("asyncpg", "psycopg"),
    "sqlite": ("aiosqlite",),
    "mysql": ("aiomysql", "asyncmy"),
    "mariadb": ("aiomysql", "asyncmy"),
}
_SYNC_DRIVERS = frozenset(
    {"", "psycopg2", "pg8000", "pysqlite", "pymysql", "mysqldb", "mysqlconnector", "pysqlcipher", "psycopg2cffi"}
)
_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get"})
_OLD_NAMES = {"postgres": "postgresql"}


def check(engine: Engine, file: File) -> Iterator[Finding]:
    if not engine.is_async or engine.url is None:
        return
    url = _url(engine.url, file)
    scheme, separator, _ = url.partition("://") if url else ("", "", "")
    dialect, _, driver = scheme.partition("+")
    dialect = _OLD_NAMES.get(dialect, dialect)
    if not separator or dialect not in _ASYNC_DRIVERS or driver not in _SYNC_DRIVERS:
        return
    depends = file.project.dependencies
    if (
        scheme == "postgresql"
        and not _old_sqlalchemy(file)
        and not (depends.has("asyncpg") and not depends.has("psycopg"))
    ):
        return
    chosen = next((name for name in _ASYNC_DRIVERS[dialect] if depends.has(name)), None)
    wanted = f"{dialect}+{chosen or _ASYNC_DRIVERS[dialect][0]}"
    yield file.finding(
        engine.url,
        f"`{scheme}://` names a sync driver, an async engine needs one like `{wanted}://`",
        *_fixes(engine.url, scheme, wanted, chosen, file),
    )


def _old_sqlalchemy(file: File) -> bool:
    version = file.project.dependencies.version("sqlalchemy")
    return version is not None and (version.major, version.minor) < (2, 1)


def _url(node: ast.expr, file: File) -> str | None:
    """The beginning of the URL, as far as it is constant."""
    if isinstance(node, ast.JoinedStr):
        first = node.values[0] if node.values else None
        return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
    if isinstance(node, ast.Call):
        name = file.callee(node)
        if name in _ENVIRONMENT:
            return _url(node.args[1], file) if len(node.args) == 2 else None
        if name in ("builtins.str", "sqlalchemy.make_url") and len(node.args) == 1:
            return _url(node.args[0], file)
        return None
    value = file.literal(node)
    if isinstance(value, str):
        return value
    return _setting(node, file) if isinstance(node, ast.Attribute) else None


def _setting(node: ast.Attribute, file: File) -> str | None:
    """The default of `settings.database_url`, also of a model within the settings: `settings.database.url`."""
    owner = file.type_of(node.value)
    if not isinstance(owner, Instance) or not is_part_of_settings(file.index, owner.cls):
        return None
    member = file.index.member(owner.cls, node.attr)
    if member is None or not isinstance(member.fact, ValueFact):
        return None
    value = member.fact.value
    if isinstance(value, Call):
        value = value.args[0] if value.args else value.keyword("default")
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None


def _fixes(node: ast.expr, scheme: str, wanted: str, chosen: str | None, file: File) -> Iterator[Fix]:
    if isinstance(node, ast.Constant | ast.JoinedStr) and node.lineno == node.end_lineno and scheme in file.text(node):
        safety = Safety.SAFE if chosen else Safety.UNSAFE
        why = "" if chosen else f"the project does not depend on {wanted.partition('+')[2]} yet"
        yield Fix(f"Use {wanted}", lambda: [_with_scheme(node, scheme, wanted, file)], safety, why)


def _with_scheme(node: ast.expr, scheme: str, wanted: str, file: File) -> Edit:
    start = node.col_offset + file.text(node).index(scheme)
    return file.replace(Range(node.lineno, start, node.lineno, start + len(scheme)), wanted)
