"""The terminal's face: ruff's conventions, which users know. What a command needs is imported when it runs."""

from __future__ import annotations


def main() -> None:
    """The `seawall` program."""
    from seawall.cli.commands import seawall

    seawall(prog_name="seawall")
