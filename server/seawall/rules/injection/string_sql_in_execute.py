"""SQLAlchemy 2 does not execute plain strings.

`session.execute("SELECT 1")` raises `ObjectNotExecutableError`: textual SQL has to be marked with `text()`.

Not flagged: `exec_driver_sql`, cursors and drivers, which take strings; SQLAlchemy 1.4, which did; statements built with `select()` and the like. A string with a
client's data in it is SW401, whose fix adds `text()` too.

Example:
    from sqlalchemy.orm import Session


    def reindex(db: Session) -> None:
        db.execute(«"REINDEX TABLE books"»)

Fixed:
    from sqlalchemy import text
    from sqlalchemy.orm import Session


    def reindex(db: Session) -> None:
        db.execute(text("REINDEX TABLE books"))
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import Edit, Fix
from seawall.edits.imports import need
from seawall.knowledge.sql import Style
from seawall.rules.base import File, Finding, Severity
from seawall.rules.injection._places import Place
from seawall.rules.injection._tainted import Tainted, tainted
from seawall.semantics.meanings.sql_call import SqlCall
from seawall.semantics.types import Instance, Value, options

code, severity = "SW404", Severity.ERROR


def check(sql: SqlCall, file: File) -> Iterator[Finding]:
    if sql.sink.style is not Style.TEXT or sql.name == "sqlalchemy.text":
        return
    version = file.project.dependencies.version("sqlalchemy")
    if version is not None and version.major < 2:
        return
    if not _is_string(sql.statement, file) or any(_is_injection(one) for one in tainted(sql, file)):
        return
    yield file.finding(
        sql.statement,
        f"`{file.text(sql.call.func)}` takes no plain string, wrap the SQL in `text()`",
        Fix("Wrap the SQL in text()", lambda: _wrap(sql.statement, file)),
    )


def _is_injection(found: Tainted) -> bool:
    """Whether SW401 or SW402 finds it, whose fix adds `text()` too."""
    return found.place is Place.VALUE or (found.arrival is not None and found.place is Place.CLAUSE)


def _is_string(node: ast.expr, file: File) -> bool:
    """Whether an expression is certainly text, on every way."""
    match node:
        case ast.Constant(value=value):
            return isinstance(value, str)
        case ast.JoinedStr():
            return True
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod()):
            return _is_string(left, file)
        case ast.Call(func=ast.Attribute(value=inner, attr="format" | "join" | "strip" | "replace")):
            return _is_string(inner, file)
    found = options(file.type_of(node))
    return bool(found) and all(
        (isinstance(one, Value) and isinstance(one.value, str)) or one == Instance("builtins.str") for one in found
    )


def _wrap(node: ast.expr, file: File) -> Iterator[Edit]:
    needed = need(file, "sqlalchemy.text")
    yield from needed.edits
    yield file.insert_before(node, f"{needed.expression}(")
    yield file.insert_after(node, ")")
