"""An error that is logged without its traceback cannot be found again.

Inside an `except` block `logger.error(...)` writes the message and forgets where the exception came from. `exc_info=True` (or
`logger.exception`) adds the traceback, and structured logs keep it as a field.

Handlers that raise again are not flagged, since the traceback goes on with the exception; nor are logs that carry it already, nor
exceptions whose name is the whole story (`KeyError`, `DoesNotExist`, `TimeoutError`, `ValidationError`). Where only particular
exceptions are caught, the finding is a note: a broad handler is where tracebacks are missed most.

Example:
    import logging

    logger = logging.getLogger(__name__)

    def charge(card, amount):
        try:
            card.charge(amount)
        except ConnectionError as error:
            «logger.error("charge failed: %s", error)»

Fixed:
    import logging

    logger = logging.getLogger(__name__)

    def charge(card, amount):
        try:
            card.charge(amount)
        except ConnectionError as error:
            logger.error("charge failed: %s", error, exc_info=True)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import Fix
from seawall.edits.calls import add_keyword
from seawall.knowledge.logging import ERROR_METHODS, LOGURU
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.meanings.log_call import logger_kind
from seawall.semantics.view import has_unpacking, keyword

code, severity = "SW904", Severity.WARNING
calls = ERROR_METHODS

_BROAD = frozenset({"builtins.Exception", "builtins.BaseException"})
_TELLING = (
    "KeyError", "IndexError", "DoesNotExist", "NotFound", "NotFoundError", "NoResultFound", "MultipleResultsFound", "HTTPException",
    "TimeoutError", "ValidationError", "JSONDecodeError", "ImportError", "KeyboardInterrupt", "CancelledError", "Disconnect",
)  # fmt: skip
"""Ends of the names of exceptions that say what happened; where they come from adds nothing."""

_CARRIERS = frozenset({"traceback", "format_exc", "format_exception", "exc_info", "stack_info", "opt", "print_exc"})


def check(call: ast.Call, file: File) -> Iterator[Finding]:
    handler = _handler(call, file)
    if handler is None or keyword(call, "exc_info") is not None or has_unpacking(call):
        return
    kind = logger_kind(call, file)
    if kind is None or _keeps_traceback(handler):
        return
    caught = _caught(handler)
    if caught and all(file.text(one).endswith(_TELLING) for one in caught):
        return
    assert isinstance(call.func, ast.Attribute)
    name = file.text(call.func)
    if kind == LOGURU:
        end = call.func
        fix = Fix("Log the traceback", lambda: [file.replace(end, f"{file.text(end.value)}.exception")])
        hint = "use `exception`"
    else:
        fix = Fix("Add exc_info=True", lambda: [add_keyword(file, call, "exc_info", "True")])
        hint = "add `exc_info=True`"
    is_broad = not caught or any(file.qualname(one) in _BROAD for one in caught)
    yield file.finding(
        call,
        f"`{name}` logs the error without its traceback, {hint}",
        fix,
        severity=Severity.WARNING if is_broad else Severity.INFO,
    )


def _caught(handler: ast.ExceptHandler) -> list[ast.expr]:
    """The exceptions that a handler names."""
    kind = handler.type
    return [] if kind is None else kind.elts if isinstance(kind, ast.Tuple) else [kind]


def _handler(call: ast.Call, file: File) -> ast.ExceptHandler | None:
    """The handler that runs the call."""
    for node in file.ancestors(call):
        if isinstance(node, ast.ExceptHandler):
            return node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            return None
    return None


def _keeps_traceback(handler: ast.ExceptHandler) -> bool:
    """Whether the traceback is kept elsewhere in the handler: raised again, logged or formatted."""
    for statement in handler.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Raise):
                return True
            if isinstance(node, ast.Attribute) and (
                node.attr in _CARRIERS or node.attr in ("exception", "capture_exception")
            ):
                return True
            if isinstance(node, ast.Name) and node.id in _CARRIERS:
                return True
            if isinstance(node, ast.keyword) and node.arg == "exc_info":
                return True
    return False
