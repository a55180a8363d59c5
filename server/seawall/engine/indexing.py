"""Getting to know a folder's files, little by little, and keeping up with the disk afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from seawall.engine.workspace import Workspace
from seawall.project.discovery import python_files

MAX_FILES = 20_000
"""In a folder with more Python files than this, only the packages of open files are read."""

_LOOKED_AT_ONCE = 20


class Progress(NamedTuple):
    done: int
    total: int


class Indexer:
    """Reads what a workspace's files tell each other; their trees are let go of at once."""

    def __init__(self, workspace: Workspace, limit: int = MAX_FILES) -> None:
        self.workspace = workspace
        self.is_too_large = False
        self._limit = limit
        self._stamps: dict[Path, tuple[int, int]] = {}

    def steps(self, folder: Path | None = None) -> Iterator[Progress]:
        """Bring the index up to date with the disk, a few milliseconds a step. Files that did not change are not read."""
        top = folder or self.workspace.root
        found: dict[Path, tuple[int, int]] = {}
        for path in self._files(top):
            if len(found) >= self._limit:
                self.is_too_large = True
                return
            if (stamp := _stamp(path)) is not None:
                found[path] = stamp
            if len(found) % _LOOKED_AT_ONCE == 0:
                yield Progress(0, 0)
        gone = [path for path in self._stamps if path not in found and path.is_relative_to(top)]
        for path in gone:
            self.forget(path)
        changed = [path for path, stamp in found.items() if self._stamps.get(path) != stamp]
        for done, path in enumerate(changed):
            yield Progress(done, len(changed))
            self._stamps[path] = found[path]
            self._read(path)

    def refresh(self, path: Path) -> None:
        """A file was created, changed or deleted on disk."""
        stamp = _stamp(path)
        if stamp is None:
            self.forget(path)
        elif stamp != self._stamps.get(path):
            self._stamps[path] = stamp
            self._read(path)

    def forget(self, path: Path) -> None:
        self._stamps.pop(path, None)
        if path not in self.workspace.documents:
            self.workspace.remove(path)

    @property
    def paths(self) -> list[Path]:
        """The files that are known."""
        return list(self._stamps)

    def stamp(self, path: Path) -> tuple[int, int] | None:
        """By what a file's state was known when it was last read."""
        return self._stamps.get(path)

    def _read(self, path: Path) -> None:
        if path not in self.workspace.documents:  # what is open in an editor outranks the disk
            self.workspace.load(path, exact=False)
            self.workspace.close(path)

    def _files(self, top: Path) -> Iterator[Path]:
        project = self.workspace.project
        return python_files([top], project.settings, project.root, folder=project.loaded.folder, read=project.read)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - every file of a workspace, on each refresh
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size
