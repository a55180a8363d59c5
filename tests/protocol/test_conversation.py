"""Beginning, ending, and all that a client may say in between that it should not."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .test_text_sync import SLEEPY
from .wire import Wire


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "flamingo"\nversion = "1"\n')
    wire = Wire(tmp_path)
    yield wire
    wire.close()


# -- life -------------------------------------------------------------------------------------------------------------


def test_an_orderly_end(wire: Wire) -> None:
    wire.start()
    assert wire.end() == 0
    assert wire.errors == b""


def test_exit_without_shutdown_is_an_error(wire: Wire) -> None:
    wire.start()
    wire.notify("exit")
    assert wire.ended() == 1


def test_exit_before_anything(wire: Wire) -> None:
    wire.notify("exit")
    assert wire.ended() == 1


def test_a_client_that_hangs_up_ends_the_server(wire: Wire) -> None:
    wire.start()
    assert wire.process.stdin
    wire.process.stdin.close()
    assert wire.ended() == 1


def test_the_server_ends_with_the_editor(tmp_path: Path) -> None:
    """Even if someone else keeps its stdin open."""
    editor = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    wire = Wire(tmp_path)
    try:
        wire.start(processId=editor.pid)
        editor.kill()
        editor.wait()
        assert wire.ended() == 1
    finally:
        wire.close()


def test_an_editor_that_cannot_be_seen_is_not_waited_for(wire: Wire) -> None:
    wire.start(processId=2**22 + 12345)
    wire.open("main.py", SLEEPY)
    assert wire.diagnostics("main.py")


def test_nothing_is_answered_before_initialize_nor_after_shutdown(wire: Wire) -> None:
    assert wire.request("textDocument/hover", {})["error"]["code"] == -32002
    wire.open("main.py", SLEEPY)
    wire.start()
    assert wire.request("initialize", {"capabilities": {}})["error"]["code"] == -32600
    assert wire.request("shutdown")["result"] is None
    assert wire.request("textDocument/hover", {})["error"]["code"] == -32600
    wire.notify("exit")
    assert wire.ended() == 0


def test_what_is_printed_does_not_disturb(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import atexit\natexit.register(print, 'noise')\n")
    wire = Wire(tmp_path, environment={"PYTHONPATH": str(tmp_path)})
    try:
        wire.start()
        assert wire.end() == 0
        assert wire.errors.strip() == b"noise"
    finally:
        wire.close()


# -- odd clients ------------------------------------------------------------------------------------------------------


def test_what_is_no_message_is_passed_over(wire: Wire) -> None:
    wire.raw(b"what a lovely day\r\n\r\n")
    wire.start()
    wire.body(b"{")
    wire.body(b"[1, 2]")
    wire.body(b"\xff\xfe")
    wire.body(b'{"jsonrpc": "2.0"}')
    wire.body(b'{"jsonrpc": "2.0", "id": 99, "result": {"of": "nothing"}}')
    wire.body(b'{"jsonrpc": "2.0", "id": "seawall-x", "error": 3}')
    wire.raw(b"content-length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{}")
    wire.notify("textDocument/didChange", {"textDocument": {"uri": 1}})
    wire.notify("textDocument/didOpen")
    wire.notify("$/whatever", {"x": 1})
    wire.notify("$/setTrace", {"value": "verbose"})
    wire.notify("$/cancelRequest", {"id": 12345})
    wire.notify("window/workDoneProgress/cancel", {"token": "unknown"})
    assert wire.request("textDocument/hover", {"position": "here"})["error"]["code"] == -32602
    assert wire.request("textDocument/nonsense")["error"]["code"] == -32601
    assert wire.request("workspace/executeCommand", {"command": "rm -rf"})["error"]["code"] == -32602
    wire.open("main.py", SLEEPY)
    assert [one["code"] for one in wire.diagnostics("main.py")] == ["SW101"]


@pytest.mark.parametrize("uri", ["file:///%00", "file://", "", "nonsense", "file:///a/../../x.py", "file:///%FF/é.py"])
def test_any_uri_is_answered(wire: Wire, uri: str) -> None:
    wire.start()
    item = {"uri": uri, "languageId": "python", "version": 1, "text": SLEEPY}
    wire.notify("textDocument/didOpen", {"textDocument": item})
    found = wire.wait(lambda message: message.get("method") == "textDocument/publishDiagnostics")
    assert found["params"]["uri"] == uri
    assert [one["code"] for one in found["params"]["diagnostics"]] == ["SW101"]


@pytest.mark.parametrize(
    "text", ["\ud800", "x = '\ud83d'\n" + SLEEPY, "\0", "(" * 5000, "x = " + "-" * 20000 + "1", "\r\r\n\r", "'''"]
)
def test_any_text_is_answered(wire: Wire, text: str) -> None:
    wire.start()
    wire.open("main.py", text)
    wire.diagnostics("main.py")
    place = {"start": {"line": 0, "character": -5}, "end": {"line": -1, "character": 10**9}}
    change = {
        "textDocument": {"uri": wire.uri("main.py"), "version": 2},
        "contentChanges": [{"range": place, "text": ""}],
    }
    wire.notify("textDocument/didChange", change)
    wire.diagnostics("main.py")
    assert wire.end() == 0


def test_a_cancelled_request_never_runs(wire: Wire) -> None:
    wire.start()
    wire.open("main.py", SLEEPY)
    wire.diagnostics("main.py")
    params = {"textDocument": {"uri": wire.uri("main.py")}, "position": {"line": 4, "character": 30}}
    bodies = [
        {"jsonrpc": "2.0", "id": 77, "method": "textDocument/hover", "params": params},
        {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 77}},
    ]
    encoded = [json.dumps(body).encode() for body in bodies]
    wire.raw(b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in encoded))
    assert wire.answer(77)["error"]["code"] == -32800
    assert wire.request("textDocument/hover", params)["result"]


def test_many_requests_at_once_are_all_answered(wire: Wire) -> None:
    wire.start()
    wire.open("main.py", SLEEPY)
    params = {"textDocument": {"uri": wire.uri("main.py")}, "position": {"line": 4, "character": 30}}
    asked = [wire.ask("textDocument/hover", params) for _ in range(200)]
    assert all(wire.answer(msg_id)["result"] for msg_id in asked)


def test_the_log_holds_no_code(tmp_path: Path) -> None:
    """A mistake in the server is logged without what it stumbled over, and the client is told only that there was one."""
    (tmp_path / "sitecustomize.py").write_text(
        "import seawall.engine.workspace as w\n"
        "def fail(self, path): raise ValueError(str(self.documents[path].source.text))\n"
        "w.Workspace.findings = fail\n"
    )
    wire = Wire(tmp_path, environment={"PYTHONPATH": str(tmp_path)})
    try:
        wire.start()
        wire.open("main.py", "PASSWORD = 'hush hush'\n")
        params = {"textDocument": {"uri": wire.uri("main.py")}, "position": {"line": 0, "character": 0}}
        answer = wire.request("textDocument/hover", params)
        assert answer["error"]["code"] == -32603
        assert "hush" not in str(answer)
        assert not [one for one in wire.quiet() if one.get("method") == "window/showMessage"]
        assert wire.end() == 0
        assert b"ValueError" in wire.errors and b"hush" not in wire.errors
    finally:
        wire.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.skipif(
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
    reason="this run was started to ignore interrupts, and so are its children",
)
def test_interrupting_ends_quietly(wire: Wire) -> None:
    wire.start()
    os.kill(wire.process.pid, signal.SIGINT)
    assert wire.ended() != 0
    assert b"Traceback" not in wire.errors


def test_over_a_socket(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "seawall", "server", "--tcp", "127.0.0.1:0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    try:
        assert process.stderr
        port = int(process.stderr.readline().rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            body = json.dumps(
                {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}
            ).encode()
            client.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            assert b"positionEncoding" in client.recv(65536)
        assert process.wait(timeout=20) == 1
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()
