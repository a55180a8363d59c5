"""`seawall check --watch`."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace

import click
from watchfiles import watch as changes

from seawall.cli.check import STDIN, Options, once
from seawall.cli.console import Console
from seawall.cli.targets import Failure, absolute
from seawall.project.discovery import find_root


def watch(options: Options, console: Console) -> int:
    """Check, and again whenever something changes, until somebody stops it."""
    if STDIN in options.paths:
        raise Failure("`--watch` cannot watch standard input")
    options = replace(options, watch=False)
    gc.enable()  # unlike a single run, this one lasts
    places = {absolute(path) for path in options.paths or (".",)}
    once(options, console)
    # Settings and what names mean may lie anywhere in the project.
    roots = {find_root(place) or place for place in places}
    for _ in changes(*roots, raise_interrupt=False, watch_filter=_matters):
        if sys.stdout.isatty():
            click.clear()
        once(options, console)
    return 0


def _matters(_change: object, path: str) -> bool:
    """Whether a changed file can change findings: not caches, environments and git's own affairs."""
    name = path.replace("\\", "/")
    if any(part in name for part in ("/.git/", "/__pycache__/", "/node_modules/", "/.venv/", "_cache/")):
        return False
    return name.endswith((".py", ".toml", ".lock", ".txt", ".cfg", ".ini", ".gitignore", ".sh")) or "/.env" in name
