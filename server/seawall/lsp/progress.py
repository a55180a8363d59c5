"""Telling the user how far a longer piece of work is, if the client can show it."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any

from lsprotocol import types

if TYPE_CHECKING:
    from seawall.lsp.language_server import SeawallServer


class WorkDone:
    """One progress bar. Work goes on whether or not the client ever grants it."""

    def __init__(self, server: SeawallServer, title: str, task: asyncio.Task[Any] | None = None) -> None:
        """`task` is cancelled when the user says so; without it, there is nothing to cancel."""
        self._protocol = server.protocol
        self._tokens = server.cancellable
        self._token = f"seawall-{uuid.uuid4()}"
        self._task = task
        self._title = title
        self._is_shown = self._is_over = False
        if server.client.progress:
            server.background.start(self._create())

    async def _create(self) -> None:
        try:
            await asyncio.wrap_future(
                self._protocol.send_request(types.WINDOW_WORK_DONE_PROGRESS_CREATE, {"token": self._token})
            )
        except Exception:  # noqa: BLE001 - whatever the client's reason is: then without
            return
        if self._is_over:
            return
        self._is_shown = True
        if self._task is not None:
            self._tokens[self._token] = self._task
        self._tell({"kind": "begin", "title": self._title, "cancellable": self._task is not None, "percentage": 0})

    def report(self, message: str, percentage: int) -> None:
        if self._is_shown:
            self._tell({"kind": "report", "message": message, "percentage": percentage})

    def end(self, message: str) -> None:
        self._is_over = True
        self._tokens.pop(self._token, None)
        if self._is_shown:
            self._tell({"kind": "end", "message": message})

    def _tell(self, value: dict[str, Any]) -> None:
        self._protocol.notify(types.PROGRESS, {"token": self._token, "value": value})
