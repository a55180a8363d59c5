"""When work is done: at once, a little later, or in slices between the user's keystrokes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

SLICE = 0.004
"""Seconds of background work after which the loop is given back."""


class Later:
    """Calls once, some time after it was last asked to, however often it was asked."""

    def __init__(self, delay: float, call: Callable[[], None]) -> None:
        self._delay = delay
        self._call = call
        self._timer: asyncio.TimerHandle | None = None

    def poke(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._delay, self._run)

    def _run(self) -> None:
        self._timer = None
        self._call()


class Background:
    """Tasks that nobody waits for."""

    def __init__(self, is_busy: Callable[[], bool]) -> None:
        """`is_busy` says whether the client waits for something."""
        self._is_busy = is_busy
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run a coroutine; what it raises is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("Work in the background failed", exc_info=error)

    async def _idle(self) -> None:
        while self._is_busy():
            await asyncio.sleep(0.001)

    async def go_through(self, steps: Iterator[T], tell: Callable[[T], None] | None = None) -> None:
        """Take all steps, and before them and between them let the client have its turn."""
        await self._idle()
        deadline = time.perf_counter() + SLICE
        for step in steps:
            if time.perf_counter() >= deadline:
                await asyncio.sleep(0)
                await self._idle()
                if tell is not None:
                    tell(step)
                deadline = time.perf_counter() + SLICE
