"""Loggers: what makes one, and how each kind logs a traceback."""

from __future__ import annotations

STDLIB = "logging.Logger"
ADAPTER = "logging.LoggerAdapter"
STRUCTLOG = "structlog.BoundLogger"
LOGURU = "loguru.logger"

TAKES_EXC_INFO = (STDLIB, ADAPTER, STRUCTLOG, "structlog.stdlib.BoundLogger", "structlog.typing.FilteringBoundLogger")
"""Classes whose methods take `exc_info=True`."""

ERROR_METHODS = frozenset({"error", "critical", "fatal"})
"""Methods that log an error, and no traceback unless told."""

METHODS = frozenset({
    "debug", "info", "warning", "warn", "error", "critical", "fatal", "exception", "log", "trace", "success", "msg", "notice",
})  # fmt: skip
"""Methods that log a message."""

BINDERS = frozenset({"bind", "contextualize", "new", "bind_contextvars", "bound_contextvars"})
"""Methods and functions that put values into all messages that follow."""

NO_VALUES = frozenset({"exc_info", "stack_info", "stacklevel"})
"""Arguments that end up in no message."""
