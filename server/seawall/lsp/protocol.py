"""JSON-RPC as this server speaks it: pygls' dispatch and cancellation, without its copies of documents.

Messages go in and out as plain data. pygls turns each into typed objects and back, and keeps every document's text a second
time; on a keystroke that would cost more than checking the code.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
import uuid
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import msgspec
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.protocol import LanguageServerProtocol

from seawall.lsp.messages import PARAMS, Cancel, ExecuteCommand, Initialize, SetTrace
from seawall.lsp.transport import Connection

if TYPE_CHECKING:
    from seawall.lsp.language_server import SeawallServer

log = logging.getLogger(__name__)

Json = dict[str, Any]
MessageId = str | int

_INVALID_REQUEST, _INVALID_PARAMS, _INTERNAL, _NOT_INITIALIZED, _CANCELLED = -32600, -32602, -32603, -32002, -32800


class Protocol(LanguageServerProtocol):
    """One client's conversation."""

    _server: SeawallServer

    def __init__(self, server: Any, converter: Any) -> None:
        super().__init__(server, converter)
        self.connection: Connection | None = None
        self.inbox: deque[bytes] = deque()
        """Messages that have come and wait to be looked at; filled by the reading thread."""
        self._initialized = False

    def _register_builtin_features(self) -> None:
        handlers: dict[str, Callable[..., Any]] = {
            types.INITIALIZE: self.lsp_initialize,
            types.SHUTDOWN: self.lsp_shutdown,
            types.EXIT: self.lsp_exit,
            types.SET_TRACE: self.lsp_set_trace,
            types.WORKSPACE_EXECUTE_COMMAND: self.lsp_workspace__execute_command,
        }
        for method, handler in handlers.items():
            self.fm.add_builtin_feature(method, handler)

    # -- in -----------------------------------------------------------------------------------------------------------

    def drain(self) -> None:
        """Handle what has come so far. A request among it that is cancelled further on never runs."""
        for _ in range(len(self.inbox)):
            self.receive(self.inbox.popleft())

    def receive(self, body: bytes) -> None:
        try:
            message = _decode(body)
        except ValueError:
            log.error("A message is not JSON")
            return
        if not isinstance(message, dict):
            log.error("A message is not an object")
            return
        method, msg_id = message.get("method"), message.get("id")
        if not isinstance(method, str):
            self._take_response(msg_id, message)
        elif msg_id is None:
            self._take_notification(method, message.get("params"))
        elif isinstance(msg_id, str | int):
            self._take_request(msg_id, method, message.get("params"))

    def _take_request(self, msg_id: MessageId, method: str, raw: Any) -> None:
        if not self._initialized and method != types.INITIALIZE:
            self._fail(msg_id, _NOT_INITIALIZED, "`initialize` comes first")
            return
        if self._shutdown or (self._initialized and method == types.INITIALIZE):
            self._fail(msg_id, _INVALID_REQUEST, f"`{method[:80]}` comes too late")
            return
        try:
            params = _typed(method, raw)
        except msgspec.ValidationError:
            self._fail(msg_id, _INVALID_PARAMS, f"The parameters of `{method[:80]}` are not as specified")
            return
        self._initialized = True
        contextvars.copy_context().run(self._handle_request, msg_id, method, params)

    def _take_notification(self, method: str, raw: Any) -> None:
        if method != types.EXIT and (self._shutdown or not self._initialized):
            return
        if method.startswith("$/") and method not in (types.CANCEL_REQUEST, types.SET_TRACE):
            return
        try:
            params = _typed(method, raw)
        except msgspec.ValidationError:
            log.error("The parameters of %s are not as specified", method[:80])
            return
        self._handle_notification(method, params)

    def _take_response(self, msg_id: Any, message: Json) -> None:
        future = self._request_futures.pop(msg_id, None) if isinstance(msg_id, str) else None
        if future is None or future.done():
            return
        error = message.get("error")
        if error is not None:
            code = error.get("code") if isinstance(error, dict) else None
            future.set_exception(JsonRpcException("The client refused", code if isinstance(code, int) else None))
        else:
            future.set_result(message.get("result"))

    # -- results ------------------------------------------------------------------------------------------------------

    def _send_handler_result(self, future: Future[Any], *, msg_id: MessageId) -> None:
        self._request_futures.pop(msg_id, None)
        if future.cancelled():
            self._fail(msg_id, _CANCELLED, "Cancelled")
            return
        error = future.exception()
        if error is None:
            self.send({"jsonrpc": "2.0", "id": msg_id, "result": future.result()})
        elif isinstance(error, JsonRpcException):
            self._fail(msg_id, error.code, error.message)
        else:
            log.error("A request failed", exc_info=error)
            self._fail(msg_id, _INTERNAL, f"Seawall failed to answer ({type(error).__name__}), its log says where")

    def _check_handler_result(self, future: Future[Any]) -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            log.error("A notification failed", exc_info=error)

    def _send_response(self, msg_id: MessageId, result: Any = None, error: types.ResponseError | None = None) -> None:
        if error is not None:
            self._fail(msg_id, error.code, error.message)
        else:
            self.send({"jsonrpc": "2.0", "id": msg_id, "result": result})

    def _fail(self, msg_id: MessageId, code: int, message: str) -> None:
        self.send({"jsonrpc": "2.0", "id": msg_id, "error": {"code": code, "message": message}})

    # -- out ----------------------------------------------------------------------------------------------------------

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification; `params` are plain data."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def send_request(
        self,
        method: str,
        params: Any = None,
        callback: Callable[[Any], None] | None = None,
        msg_id: MessageId | None = None,
    ) -> Future[Any]:
        """Send a request; `params` are plain data, and so is the answer."""
        msg_id = f"seawall-{uuid.uuid4()}" if msg_id is None else msg_id
        future: Future[Any] = Future()
        if callback is not None:
            future.add_done_callback(lambda done: callback(done.result()))
        self._request_futures[msg_id] = future
        self.send({"jsonrpc": "2.0", "id": msg_id, "method": method, "params": params})
        return future

    async def request(self, method: str, params: Any = None) -> Any:
        """Ask the client; None if it refuses."""
        try:
            return await asyncio.wrap_future(self.send_request(method, params))
        except JsonRpcException as error:
            log.info("The client refused %s (%s)", method, error.code)
            return None

    def send(self, message: Json) -> None:
        if self.connection is None:
            return
        try:
            self.connection.send(_encode(message))
        except (OSError, ValueError):
            self._server.stop(1)

    # -- life ---------------------------------------------------------------------------------------------------------

    def lsp_initialize(self, params: Initialize) -> Json:  # type: ignore[override]
        return self._server.initialize(params)

    def lsp_exit(self, *_: Any) -> None:  # type: ignore[override]
        self._server.stop(0 if self._shutdown else 1)

    def lsp_set_trace(self, params: SetTrace) -> None:  # type: ignore[override]
        """Nothing is traced: what would be is the user's code."""

    def _handle_cancel_notification(self, msg_id: MessageId) -> None:
        future = self._request_futures.get(msg_id)
        if future is not None:
            future.cancel()

    def lsp_workspace__execute_command(self, params: ExecuteCommand) -> Any:  # type: ignore[override]
        handler = self.fm.commands.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams(f"There is no command `{params.command[:80]}`")
        return (yield handler, (params.arguments or [],), None)


def _typed(method: str, raw: Any) -> Any:
    kind = PARAMS.get(method)
    return raw if kind is None else msgspec.convert(raw if raw is not None else {}, kind)


def _decode(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return json.loads(body.decode("utf-8", "surrogatepass"))  # lone surrogates, which msgspec refuses


def _encode(message: Json) -> bytes:
    try:
        return msgspec.json.encode(message)
    except UnicodeEncodeError:
        return json.dumps(message).encode("ascii")


__all__ = ["Cancel", "Json", "Protocol"]
