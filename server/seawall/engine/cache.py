"""Findings that are kept from one run to the next.

What a file's findings rest on is its own text, the answers of other modules, what the project's folder says, the settings, and
Seawall and Python themselves. No text and no fact is kept: they may hold secrets. Only digests are, and names.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

import seawall
from seawall.engine.report import Problem, Report
from seawall.engine.request import Request
from seawall.engine.write import write
from seawall.project.project import Project
from seawall.project.reading import children, regular_bytes

MAX_KEPT = 8
"""Caches of one project: one for each set of settings in use."""

_SECOND = 1_000_000_000
_VARIABLES = ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "HOME", "USERPROFILE")


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """What a file or folder was like."""

    changed: int
    size: int
    digest: bytes


class Entry(msgspec.Struct, array_like=True):
    """What came of checking a file, and by their numbers the questions that this rests on."""

    reports: list[Report]
    problems: list[Problem]
    asked: list[int]


class Saved(msgspec.Struct):
    """All that is kept of a project under one set of settings."""

    written: int
    looked_at: dict[str, Stamp]
    """What the project's folder said, by path."""
    roots: tuple[str, ...]
    """Where imports start. What modules import may move that; a change of some of them is no reason to think that it does."""
    files: dict[str, Stamp]
    """The modules that say what names mean."""
    questions: list[tuple[str, str, bytes]]
    """Module, question, and a digest of the answer."""
    mentions: dict[str, dict[str, tuple[str, ...]]]
    """What each module says to the questions that any may answer: names and no more."""
    sayings: dict[str, bytes]
    """By module, a digest of all that it says."""
    entries: dict[str, Entry]
    about_project: list[Report]

    def has(self, paths: Iterable[Path]) -> bool:
        """Whether all of these files were checked."""
        return all(str(path) in self.entries for path in paths)

    def is_same(self, path: str, stamp: Stamp) -> bool:
        """Whether a file or folder is what it was."""
        try:
            found = os.stat(path)  # noqa: PTH116 - called for every file
        except (OSError, ValueError):
            return stamp.changed < 0
        # What changed in the moment of writing may have changed once more since.
        if (found.st_mtime_ns, found.st_size) == (
            stamp.changed,
            stamp.size,
        ) and stamp.changed < self.written - 2 * _SECOND:
            return True
        return stamp.changed >= 0 and _digest(path) == stamp.digest


class Difference(NamedTuple):
    """What has happened to the project's modules since the last run."""

    changed: frozenset[str]
    """Files that are new or hold another text."""
    gone: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        return self.changed | self.gone


def difference(saved: Saved, known: Iterable[Path]) -> Difference | None:
    """What has changed; None if the project's folder says something else than before, so that nothing can be relied on."""
    if not all(saved.is_same(path, stamp) for path, stamp in saved.looked_at.items()):
        return None
    names = {str(path) for path in known}
    changed = (name for name in names if (old := saved.files.get(name)) is None or not saved.is_same(name, old))
    return Difference(frozenset(changed), frozenset(saved.files.keys() - names))


class Cache:
    """The cache of a request's project."""

    def __init__(self, request: Request, project: Project) -> None:
        self._folder = project.cache_dir
        self._path = self._folder / f"{_key(request, project)}.msgpack"

    def load(self) -> Saved | None:
        """What was kept, if anything can be made of it."""
        try:
            return msgspec.msgpack.decode(self._path.read_bytes(), type=Saved)
        except (OSError, ValueError):  # a decoding error is a ValueError
            return None

    def save(self, saved: Saved) -> None:
        """Keep it. Where that cannot be done, the next run takes longer, and nothing else."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write(self._path, msgspec.msgpack.encode(saved))
            kept = sorted(self._folder.glob("*.msgpack"), key=lambda path: path.stat().st_mtime)
            for old in kept[:-MAX_KEPT]:
                old.unlink(missing_ok=True)
        except (OSError, ValueError):
            return


def stamps(paths: Iterable[str], before: Mapping[str, Stamp] | None = None) -> dict[str, Stamp]:
    """What files and folders are like now. `before` spares reading those that have not changed since."""
    found = {}
    for path in paths:
        try:
            now = os.stat(path)  # noqa: PTH116 - called for every file
        except (OSError, ValueError):
            found[path] = Stamp(-1, 0, b"")
            continue
        old = before.get(path) if before else None
        if old is None or (old.changed, old.size) != (now.st_mtime_ns, now.st_size):
            old = Stamp(now.st_mtime_ns, now.st_size, _digest(path))
        found[path] = old
    return found


def _digest(path: str) -> bytes:
    """A fingerprint of a file's text or of a folder's names."""
    place = Path(path)
    data: bytes | None
    try:
        is_folder = place.is_dir()
    except (OSError, ValueError):
        return b""
    if is_folder:
        data = "\0".join(children(place)).encode(errors="surrogateescape")
    else:
        data = regular_bytes(path)
    if data is None:
        return b""
    return hashlib.blake2b(data, digest_size=16).digest()


def _key(request: Request, project: Project) -> str:
    parts = [
        *_program(),
        sys.implementation.cache_tag or "",
        sys.version,
        repr(project.settings),
        os.fspath(request.root),
        repr(sorted(request.targets) if request.alone else None),
        *(os.environ.get(name, "") for name in _VARIABLES),
    ]
    return hashlib.blake2b("\0".join(parts).encode(errors="surrogateescape"), digest_size=16).hexdigest()


def _program() -> Iterable[str]:
    """Seawall's own files, and when they changed: a rule that is edited finds other things."""
    for folder, folders, names in os.walk(os.path.dirname(seawall.__file__)):  # noqa: PTH120 - as fast as it gets
        folders[:] = sorted(set(folders) - {"__pycache__"})
        for name in sorted(names):
            found = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118
            yield f"{name} {found.st_mtime_ns} {found.st_size}"


def now() -> int:
    """The time, as files have it."""
    return time.time_ns()
