"""From the paths on the command line to the projects that they belong to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from seawall.engine.request import Request
from seawall.project.discovery import find_root


class Failure(Exception):
    """The check could not run; the message says why."""


def requests(
    paths: Iterable[str],
    overrides: Mapping[str, object],
    isolated: bool = False,
    config: Path | None = None,
) -> list[Request]:
    """One request for each project, in the order of the paths.

    Raises:
        Failure: a path does not exist.
    """
    by_root: dict[Path, list[Path]] = {}
    without: list[Path] = []
    for name in paths:
        path = absolute(name)
        if not os.path.lexists(path):
            raise Failure(f"`{name}` does not exist")
        root = find_root(path)
        if root is not None:
            by_root.setdefault(root, []).append(path)
        else:
            without.append(path)
    found = [
        Request(root, tuple(dict.fromkeys(places)), overrides, isolated, config) for root, places in by_root.items()
    ]
    for path in dict.fromkeys(without):
        root = path if path.is_dir() else path.parent
        found.append(Request(root, (path,), overrides, isolated, config, alone=True))
    return found


def standard_input(
    path: Path, data: bytes, overrides: Mapping[str, object], isolated: bool = False, config: Path | None = None
) -> Request:
    """A request for a text that stands in for a file's, which need not exist."""
    root = find_root(path)
    return Request(root or path.parent, (path,), overrides, isolated, config, alone=root is None, texts={path: data})


def absolute(name: str) -> Path:
    """A path of the command line made absolute, links left alone."""
    return Path(os.path.abspath(name))  # noqa: PTH100 - resolve() follows links
