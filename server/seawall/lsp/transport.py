"""Messages with their `Content-Length`, over stdin and stdout or a socket.

A thread of its own does nothing but read, so that a message is at hand as soon as it has come, and a client that waits for
us to read never waits for long.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Callable, Iterator

_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,10})[ \t]*$", re.IGNORECASE | re.MULTILINE)
_CHUNK = 1 << 16


class Connection:
    """Two ways for bytes: `read` gives at most so many (none at the end), `write` takes all."""

    def __init__(self, read: Callable[[int], bytes], write: Callable[[bytes], object]) -> None:
        self._read = read
        self._write = write

    def messages(self) -> Iterator[list[bytes]]:
        """The bodies of messages, those that have come together at once, until the other end hangs up.

        What is no message is passed over.
        """
        buffer = bytearray()
        while chunk := self._read(_CHUNK):
            buffer += chunk
            if come := list(_whole(buffer)):
                yield come

    def send(self, body: bytes) -> None:
        self._write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))


def _whole(buffer: bytearray) -> Iterator[bytes]:
    """Take the messages that are there as a whole off a buffer."""
    while (end := buffer.find(b"\r\n\r\n")) >= 0:
        length = _LENGTH.search(bytes(buffer[:end]).replace(b"\r", b""))
        start = end + 4
        stop = start + int(length[1]) if length is not None else start
        if len(buffer) < stop:
            return
        body = bytes(buffer[start:stop])
        del buffer[:stop]
        if length is not None:
            yield body


def stdio() -> Connection:
    """The process' stdin and stdout, out of reach for everyone else: what others print goes to stderr."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    try:
        os.dup2(2, 1)
    except OSError:
        os.dup2(nothing, 1)
    os.close(nothing)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(source, os.O_BINARY)
        msvcrt.setmode(sink, os.O_BINARY)
    out = os.fdopen(sink, "wb")

    def write(data: bytes) -> None:
        out.write(data)
        out.flush()

    return Connection(lambda size: os.read(source, size), write)


def listen(host: str, port: int) -> Connection:
    """Wait for one client at an address."""
    with socket.create_server((host, port)) as server:
        print(f"Listening on {host}:{server.getsockname()[1]}", file=sys.stderr, flush=True)
        client, _ = server.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Connection(client.recv, client.sendall)
