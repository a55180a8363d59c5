"""A client that speaks bytes, and so can say what no client should."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from typing import Any

Message = dict[str, Any]


class Wire:
    """A server process and its pipes."""

    def __init__(self, root: Path, *, environment: dict[str, str] | None = None) -> None:
        self.root = root
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=root,
            env={**os.environ, **(environment or {})},
        )
        self._messages: Queue[Message | None] = Queue()
        self._ids = 0
        self.errors = b""
        self._threads = [threading.Thread(target=self._read), threading.Thread(target=self._read_errors)]
        for thread in self._threads:
            thread.start()

    @property
    def command(self) -> list[str]:
        """What starts the server."""
        return [sys.executable, "-m", "seawall", "server"]

    def _read(self) -> None:
        assert self.process.stdout
        while header := self.process.stdout.readline():
            if header.lower().startswith(b"content-length:"):
                length = int(header.partition(b":")[2])
                assert self.process.stdout.readline() == b"\r\n"
                self._messages.put(json.loads(self.process.stdout.read(length)))
        self._messages.put(None)

    def _read_errors(self) -> None:
        assert self.process.stderr
        self.errors = self.process.stderr.read()

    def raw(self, data: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def body(self, body: bytes) -> None:
        self.raw(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def send(self, **message: Any) -> None:
        self.body(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def notify(self, method: str, params: Any = None) -> None:
        self.send(method=method, params=params)

    def ask(self, method: str, params: Any = None) -> int:
        """Send a request without waiting for its answer; gives its id."""
        self._ids += 1
        self.send(id=self._ids, method=method, params=params)
        return self._ids

    def answer(self, msg_id: int) -> Message:
        return self.wait(lambda message: message.get("id") == msg_id and "method" not in message)

    def request(self, method: str, params: Any = None) -> Message:
        return self.answer(self.ask(method, params))

    def wait(self, wanted: Callable[[Message], bool]) -> Message:
        """The next message that is wanted; others are passed over."""
        while True:
            message = self._messages.get(timeout=20)
            assert message is not None, "the server has ended"
            if wanted(message):
                return message

    def quiet(self, seconds: float = 0.5) -> list[Message]:
        """Everything that comes until nothing has come for some time."""
        found: list[Message] = []
        while True:
            try:
                message = self._messages.get(timeout=seconds)
            except Empty:
                return found
            if message is None:
                return found
            found.append(message)

    def start(self, capabilities: Message | None = None, **params: Any) -> Message:
        result = self.request(
            "initialize",
            {"processId": None, "rootUri": self.root.as_uri(), "capabilities": capabilities or {}, **params},
        )
        self.notify("initialized", {})
        return result

    def open(self, name: str, text: str) -> None:
        item = {"uri": self.uri(name), "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def uri(self, name: str) -> str:
        return name if ":" in name else (self.root / name).as_uri()

    def diagnostics(self, name: str) -> list[Message]:
        found = self.wait(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics"
                and message["params"]["uri"] == self.uri(name)
            )
        )
        diagnostics: list[Message] = found["params"]["diagnostics"]
        return diagnostics

    def end(self) -> int:
        """Shut down in order; gives the exit code."""
        assert self.request("shutdown")["result"] is None
        self.notify("exit")
        return self.ended()

    def ended(self) -> int:
        code = self.process.wait(timeout=20)
        for thread in self._threads:
            thread.join(timeout=20)
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.ended()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()
