"""The server's own log, on stderr. It never holds a line of the user's code, nor any value in it."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

from seawall.engine.discreet import trace

log = logging.getLogger("seawall.lsp")


class Discreet(logging.Formatter):
    """Tells what failed and where in the server, not on what: an exception's text may quote the user's code."""

    def formatException(  # noqa: N802 - the standard library's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return trace(ei[1], ei[2])

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard library's name
        if not record.name.startswith("seawall"):
            record.message = str(record.msg).partition("\n")[0]  # asyncio's next line quotes the exception
        return super().formatMessage(record)


def to_stderr() -> None:
    """Send warnings and errors to stderr, which editors show in the server's own log."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    sys.excepthook = lambda kind, error, tb: log.critical("The server failed", exc_info=(kind, error, tb))
    threading.excepthook = _thread_failed


def _thread_failed(args: threading.ExceptHookArgs) -> None:
    log.critical("A thread failed", exc_info=args.exc_value)
