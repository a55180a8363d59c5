"""An exception that is caught and forgotten hides the error and everything that follows from it.

A handler of `Exception`, of `BaseException` or of everything, which does nothing, leaves no trace: no log, no reaction, and the
code goes on with what it does not have. Log the error with its traceback, handle it, or let it pass.

Particular exceptions may have nothing to do (`except KeyError: pass`), and `contextlib.suppress` says so openly; neither is
flagged, nor is `__del__`, which must not raise. Tests may clean up as they like, and a handler with a linter's `nosec B110` or
`noqa: BLE001` has been thought about.

Example:
    import logging

    logger = logging.getLogger(__name__)

    async def refresh(cache) -> None:
        try:
            await cache.load()
        «except Exception:»
            pass

Fixed:
    import logging

    logger = logging.getLogger(__name__)

    async def refresh(cache) -> None:
        try:
            await cache.load()
        except Exception:
            logger.exception("Error in refresh")
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from seawall.edits import AnyEdit, Fix, Safety
from seawall.edits.logger import need_logger
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.syntax import Range

code, severity = "SW902", Severity.ERROR
applies = counts
from_absence = True

_BROAD = frozenset({"builtins.Exception", "builtins.BaseException"})
_MEANT = re.compile(r"#\s*(?:nosec\b(?!\W*B(?!11[02]))|noqa\s*:[^#]*\b(?:BLE001|S110|S112|E722)\b)")
"""Comments with which other linters are told that silence is meant."""


def check(handler: ast.ExceptHandler, file: File) -> Iterator[Finding]:
    if not all(_does_nothing(statement) for statement in handler.body) or not _is_broad(handler.type, file):
        return
    function = file.function(handler)
    if isinstance(function, ast.FunctionDef) and function.name in ("__del__", "__exit__"):
        return
    if _is_meant(handler, file):
        return
    caught = f"`{file.text(handler.type)}`" if handler.type is not None else "every exception"
    yield file.finding(
        _header(handler, file),
        f"This handler swallows {caught}, log it with its traceback or let it pass",
        Fix(
            "Log the exception",
            lambda: _log(handler, file),
            Safety.UNSAFE,
            why="it adds a log message whose wording is a guess",
        ),
    )


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Continue() | ast.Expr(value=ast.Constant()):
            return True
    return False


def _is_broad(kind: ast.expr | None, file: File) -> bool:
    if kind is None:
        return True
    members = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(file.qualname(member) in _BROAD for member in members)


def _is_meant(handler: ast.ExceptHandler, file: File) -> bool:
    last = handler.body[-1]
    lines = file.item.text.split("\n")[handler.lineno - 1 : last.end_lineno or last.lineno]
    return any("#" in line and _MEANT.search(line) for line in lines)


def _header(handler: ast.ExceptHandler, file: File) -> Range:
    """`except ...:`, up to its colon."""
    line, column = handler.lineno, handler.col_offset
    if handler.type is not None:
        line, column = handler.type.end_lineno or line, handler.type.end_col_offset or column
    first = handler.body[0]
    rest = file.slice(Range(line, column, first.lineno, first.col_offset))
    colon = rest.find(":")
    if colon < 0 or "\n" in rest[:colon] or "#" in rest[:colon]:
        return Range(handler.lineno, handler.col_offset, line, column)
    return Range(handler.lineno, handler.col_offset, line, column + len(rest[: colon + 1].encode()))


def _log(handler: ast.ExceptHandler, file: File) -> list[AnyEdit]:
    logger = need_logger(file)
    function = file.function(handler)
    place = function.name if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) else file.module
    call = f'{logger.expression}.exception("Error in {place}")'
    statement = handler.body[-1]
    if isinstance(statement, ast.Continue):
        indent = " " * statement.col_offset
        return [*logger.edits, file.insert_before(statement, f"{call}\n{indent}")]
    return [*logger.edits, file.replace(statement, call)]
