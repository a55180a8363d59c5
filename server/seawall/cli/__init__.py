"""The terminal's face: ruff's conventions, which users know. What a command needs is imported when it runs."""

from __future__ import annotations

import sys

COULD_NOT_RUN = 2
"""The exit code of a run that says nothing about the code."""


def main() -> None:
    """The `seawall` program."""
    if sys.argv[1:] in (
        ["server"],
        ["server", "--stdio"],
    ):  # as editors start it, who should not wait for the terminal's options
        from seawall.lsp.server import serve

        sys.exit(serve())
    try:
        from seawall.cli.commands import seawall

        seawall(prog_name="seawall")
    except Exception as error:  # noqa: BLE001 - Python's own report would quote what it went wrong on
        from seawall.engine.discreet import trace

        print(f"{trace(error, error.__traceback__)}\nerror: Seawall itself failed", file=sys.stderr)
        sys.exit(COULD_NOT_RUN)
