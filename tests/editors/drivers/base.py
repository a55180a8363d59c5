"""What a test asks of an editor, whichever it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

T = TypeVar("T")

PATIENCE = 30.0  # seconds, for a machine that does much else


class Finding(NamedTuple):
    """A finding as the editor shows it: the line from 1, the column in characters from 1."""

    code: str
    line: int
    column: int


class Editor(Protocol):
    def open(self, path: Path) -> None: ...

    def write_below(self, line: str, text: str) -> None:
        """Type a new line, key by key, under the first one that contains `line`."""

    def finding(self, code: str) -> Finding:
        """Wait until the editor shows a finding with this code."""

    def no_finding(self, code: str) -> None:
        """Wait until the editor shows none any more."""

    def fix(self, finding: Finding, title: str) -> None:
        """Take the code action whose title contains `title`, offered where the finding begins."""

    def save_all(self) -> None: ...

    def close(self) -> None: ...


def wait_for(what: str, look: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """Ask again and again, until there is something to be seen."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if seen := look():
            return seen
        time.sleep(0.05)
    raise TimeoutError(f"waited {patience:.0f} s for {what}")


def where(text: str, part: str) -> tuple[int, int]:
    """Line and column, from 1 and in characters, of the only place where `part` stands."""
    (line,) = (number for number, line in enumerate(text.splitlines(), 1) if part in line)
    return line, text.splitlines()[line - 1].index(part) + 1
