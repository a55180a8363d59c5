"""The terminal's face: ruff's conventions, which users know. What a command needs is imported when it runs."""

from __future__ import annotations

import sys


def main() -> None:
    """The `seawall` program."""
    if sys.argv[1:] in (
        ["server"],
        ["server", "--stdio"],
    ):  # as editors start it, who should not wait for the terminal's options
        from seawall.lsp.server import serve

        sys.exit(serve())
    from seawall.cli.commands import seawall

    seawall(prog_name="seawall")
