"""The server's own log, on stderr. It never holds a line of the user's code, nor any value in it."""

from __future__ import annotations

import logging
import sys
from types import TracebackType


class Discreet(logging.Formatter):
    """Tells what failed and where in the server, not on what: an exception's text may quote the user's code."""

    def formatException(  # noqa: N802 - the standard library's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        kind, _, trace = ei
        lines = []
        while trace is not None:
            code = trace.tb_frame.f_code
            lines.append(f'  File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_name}')
            trace = trace.tb_next
        return "\n".join([*lines, kind.__name__ if kind else ""])

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard library's name
        if not record.name.startswith("seawall"):
            record.message = str(record.msg)
        return super().formatMessage(record)


def to_stderr() -> None:
    """Send warnings and errors to stderr, which editors show in the server's own log."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
