"""Starting and ending the server."""

from __future__ import annotations

import gc

_OBJECTS = 50_000
"""New objects after which the collector looks for circles; a keystroke makes a few thousand, most of which just die."""

_INTERRUPTED = 130
"""What a shell says of a program that was interrupted."""


def serve(tcp: str = "") -> int:
    """Serve one client on stdin and stdout, or on the first connection to `host:port`; gives the exit code."""
    gc.disable()  # loading makes many objects that all stay
    from seawall.lsp.transport import listen, stdio

    if tcp:
        host, _, port = tcp.rpartition(":")
        connection = listen(host or "127.0.0.1", int(port))
    else:
        connection = stdio()
    from seawall.lsp import logs
    from seawall.lsp.language_server import SeawallServer

    logs.to_stderr()
    gc.freeze()
    gc.set_threshold(_OBJECTS, 20, 50)
    gc.enable()
    try:
        return SeawallServer().run(connection)
    except KeyboardInterrupt:
        return _INTERRUPTED
