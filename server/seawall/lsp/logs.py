"""The server's own log, on stderr. It never holds a line of the user's code, nor any value in it."""

from __future__ import annotations

import logging
import sys
from types import TracebackType

from seawall.engine.discreet import trace


class Discreet(logging.Formatter):
    """Tells what failed and where in the server, not on what: an exception's text may quote the user's code."""

    def formatException(  # noqa: N802 - the standard library's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return trace(ei[1], ei[2])

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard library's name
        if not record.name.startswith("seawall"):
            record.message = str(record.msg)
        return super().formatMessage(record)


def to_stderr() -> None:
    """Send warnings and errors to stderr, which editors show in the server's own log."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
