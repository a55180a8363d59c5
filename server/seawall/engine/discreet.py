"""What went wrong, told without what it went wrong on: an exception's text may quote the user's code, and secrets in it."""

from __future__ import annotations

from types import TracebackType


def trace(error: BaseException | None, tb: TracebackType | None) -> str:
    """The way to an error in our own code, and its kind."""
    lines = ["Traceback (most recent call last):"]
    while tb is not None:
        code = tb.tb_frame.f_code
        lines.append(f'  File "{code.co_filename}", line {tb.tb_lineno}, in {code.co_name}')
        tb = tb.tb_next
    return "\n".join([*lines, type(error).__name__ if error is not None else ""])
