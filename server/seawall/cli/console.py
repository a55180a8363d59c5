"""What goes to the terminal beside the findings, and whether in colors."""

from __future__ import annotations

import logging
import os
import sys
from typing import TextIO

import click

from seawall.engine.discreet import trace


def use_color(choice: str, stream: TextIO) -> bool:
    """Whether to write colors to a stream: as told, as `NO_COLOR` and `FORCE_COLOR` say, else if it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class Console:
    """Standard error: warnings, errors and remarks."""

    def __init__(self, color: str = "auto", *, quiet: bool = False, verbose: bool = False) -> None:
        self.color = use_color(color, sys.stderr)
        self.quiet, self.verbose = quiet, verbose

    def error(self, message: str) -> None:
        self._say("error", "red", message)

    def warn(self, message: str) -> None:
        if not self.quiet:
            self._say("warning", "yellow", message)

    def note(self, message: str) -> None:
        """Say something to those who want to know all."""
        if self.verbose:
            self._say("note", "cyan", message)

    def take_logs(self) -> None:
        """Show what goes wrong inside: a rule that fails is no reason for a page of traceback, unless somebody wants it."""
        logging.getLogger("seawall").handlers = [_Handler(self)]

    def _say(self, word: str, color: str, message: str) -> None:
        click.echo(f"{click.style(f'{word}:', fg=color, bold=True)} {message}", err=True, color=self.color)


class _Handler(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__(logging.WARNING)
        self.console = console

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        message = record.getMessage() + (f" ({type(error).__name__})" if error else "")
        if error is not None and self.console.verbose:
            message += "\n" + trace(error, error.__traceback__)
        self.console.warn(message)


def relative(path: str) -> str:
    """A path as seen from the working directory, if it lies below it."""
    try:
        below = os.path.relpath(path)
    except ValueError:  # another drive
        return path
    return path if below.startswith(os.pardir + os.sep) else below
