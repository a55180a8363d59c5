"""A bar for those who wait at a terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Self

PATIENCE = 1.0
"""Seconds before a bar appears."""


class Bar:
    """Shows how far a run is, on a terminal and only if it takes its time."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted and sys.stderr.isatty()
        self._started = time.monotonic()
        self._progress: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` steps are done."""
        if not self._wanted or time.monotonic() - self._started < PATIENCE:
            return
        if self._progress is None:
            self._progress = _start()
        task = self._progress.task_ids[0]
        self._progress.update(task, completed=done, total=total)


def _start() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    progress = Progress(
        TextColumn("Checking"), BarColumn(), TaskProgressColumn(), console=Console(stderr=True), transient=True
    )
    progress.add_task("check")
    progress.start()
    return progress
