"""The smallest editor: starts a server, types, and waits for the diagnostics of what it typed."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from queue import Queue
from typing import Any


class Editor:
    """One server on standard input and output. Diagnostics are pushed, since every server can do that."""

    def __init__(self, command: Sequence[str], root: Path, options: object = None, *, pulls: bool = False) -> None:
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._answers: Queue[dict[str, Any]] = Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self._version = 0
        self._id = 0
        capabilities: dict[str, Any] = {
            "general": {"positionEncodings": ["utf-16"]},
            "textDocument": {"publishDiagnostics": {"versionSupport": True}},
            "window": {"workDoneProgress": True},
        }
        if pulls:
            capabilities["textDocument"]["diagnostic"] = {}
        self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": root.as_uri(),
                "workspaceFolders": [{"uri": root.as_uri(), "name": root.name}],
                "capabilities": capabilities,
                "initializationOptions": options or {},
            },
        )
        self.notify("initialized", {})

    def open(self, path: Path, text: str) -> float:
        """Open a document; the seconds from starting the server to its first diagnostics."""
        self._uri = path.as_uri()
        self._version = 1
        document = {"uri": self._uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        self._wait_for_diagnostics()
        return time.perf_counter() - self.started

    def type(self, line: int, start: int, end: int, text: str) -> float:
        """Replace characters on a line (from 0); the seconds until the diagnostics are there."""
        self._version += 1
        where = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
        began = time.perf_counter()
        self.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self._uri, "version": self._version},
                "contentChanges": [{"range": where, "text": text}],
            },
        )
        self._wait_for_diagnostics()
        return time.perf_counter() - began

    def edit(self, path: Path, line: int, start: int, end: int, text: str) -> None:
        """Replace characters on a line (from 0) of an open document, and wait for nothing."""
        self._version += 1
        where = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
        self.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": path.as_uri(), "version": self._version},
                "contentChanges": [{"range": where, "text": text}],
            },
        )

    def wait_for_all(self, paths: Sequence[Path]) -> dict[str, list[Any]]:
        """Wait until new diagnostics of each document have come."""
        found: dict[str, list[Any]] = {}
        missing = {path.as_uri() for path in paths}
        while missing:
            message = self._next()
            if message.get("method") == "textDocument/publishDiagnostics":
                missing.discard(message["params"]["uri"])
                found[message["params"]["uri"]] = message["params"]["diagnostics"]
        return found

    def wait_for_progress(self) -> float:
        """The seconds from starting the server to the end of its work on the project."""
        while True:
            message = self._next()
            if message.get("method") == "$/progress" and message["params"]["value"]["kind"] == "end":
                return time.perf_counter() - self.started

    def worked(self) -> float | None:
        """The seconds that the server's threads have had of a processor; None where the system does not tell."""
        try:
            threads = list(Path(f"/proc/{self._process.pid}/task").iterdir())
            return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
        except (OSError, ValueError, IndexError):
            return None

    @property
    def process_id(self) -> int:
        return self._process.pid

    def close(self) -> None:
        self.request("shutdown", None)
        self.notify("exit", None)
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def kill(self) -> None:
        """End a server that has not answered yet."""
        self._process.kill()
        self._process.wait()

    def request(self, method: str, params: object) -> Any:
        self._id += 1
        self._send({"jsonrpc": "2.0", "id": self._id, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == self._id and "method" not in message:
                return message.get("result")

    def notify(self, method: str, params: object) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _wait_for_diagnostics(self) -> None:
        while True:
            message = self._next()
            if message.get("method") == "textDocument/publishDiagnostics":
                params = message["params"]
                if params["uri"] == self._uri and params.get("version", self._version) == self._version:
                    return

    def _next(self) -> dict[str, Any]:
        while True:
            message = self._answers.get(timeout=60)
            if "id" in message and "method" in message:  # the server asks something of the editor
                answer = [None] * len(message["params"]["items"]) if "configuration" in message["method"] else None
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": answer})
            else:
                return message

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while line := stream.readline():
            length = 0
            while line.strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
                line = stream.readline()
            self._answers.put(json.loads(stream.read(length)))
