"""Checking with all cores.

Each process reads its share of the files and tells the others, by way of the parent, what they need to know of them: their
facts. Then each checks its share against the whole project.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from seawall.engine.asked import Question, answers, asked, mentions, sayings
from seawall.engine.cache import Entry
from seawall.engine.report import Problem, Report, report
from seawall.engine.request import Progress, Request, load
from seawall.engine.workspace import Workspace
from seawall.project.reading import looked_at
from seawall.semantics.document import Document
from seawall.semantics.facts import ModuleFacts

if TYPE_CHECKING:
    from multiprocessing.context import SpawnContext

MIN_SIZE = 400_000
"""Bytes of code that are worth a process of their own."""


@dataclass
class Share:
    """What one process found, and what that rests on."""

    reports: dict[Path, list[Report]] = field(default_factory=dict)
    problems: dict[Path, Problem] = field(default_factory=dict)
    asked: dict[Path, frozenset[Question]] = field(default_factory=dict)
    answers: dict[Question, bytes] = field(default_factory=dict)
    mentions: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """What each module says to the questions that any may answer."""
    sayings: dict[str, bytes] = field(default_factory=dict)
    """A digest of all that a module says, of those that were read."""
    looked_at: set[str] = field(default_factory=set)
    """Files and folders of the project that somebody asked about."""
    broken: set[str] = field(default_factory=set)
    """Codes of rules that failed."""

    def entries(self) -> dict[str, Entry]:
        """The findings by file, as the cache keeps them."""
        return {
            str(path): Entry(reports, [self.problems[path]] if path in self.problems else [], [])
            for path, reports in self.reports.items()
        }

    def add(self, other: Share) -> None:
        """Take over what another process found."""
        self.reports |= other.reports
        self.problems |= other.problems
        self.asked |= other.asked
        self.answers |= other.answers
        self.mentions |= other.mentions
        self.sayings |= other.sayings
        self.looked_at |= other.looked_at
        self.broken |= other.broken


def jobs_for(paths: Sequence[Path], wanted: int | None) -> int:
    """How many processes to use: as many as told, else as there are cores, but no more than there is work for."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    most = wanted or cores
    return 1 if most == 1 else max(1, min(most, len(paths), sum(map(_size, paths)) // MIN_SIZE))


def check(
    request: Request, checked: Sequence[Path], known: Sequence[Path], jobs: int, progress: Progress, trace: bool
) -> Share | None:
    """Check files in several processes, each against all that are known; None if one of them was killed."""
    # Forking shares what is imported already; the terminal's process has no threads that could hold a lock.
    context = cast("SpawnContext", multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn"))
    workers = []
    gc.freeze()
    for share in _shares(known, jobs):
        here, there = context.Pipe()
        process = context.Process(
            target=_work, args=(there, request, share, frozenset(checked), jobs - 1, trace), daemon=True
        )
        process.start()
        there.close()
        workers.append((process, here))
    try:
        facts = _receive([here for _, here in workers], progress, len(known))
        for number, (_, here) in enumerate(workers):
            for other, data in enumerate(facts):
                if other != number:
                    here.send_bytes(data)
        found = _receive([here for _, here in workers], progress, len(known), len(known))
        shares: list[Share] = [pickle.loads(data) for data in found]
    except (EOFError, OSError):
        return None
    finally:
        for process, here in workers:
            here.close()
            process.terminate()
            process.join()
    whole = Share()
    for one in shares:
        whole.add(one)
    return whole


def _receive(sources: Sequence[Connection], progress: Progress, files: int, done: int = 0) -> list[bytes]:
    """One message from each process. Numbers before it say how many files are done."""
    found: dict[Connection, bytes] = {}
    while len(found) < len(sources):
        for source in wait([source for source in sources if source not in found]):
            assert isinstance(source, Connection)
            data = source.recv_bytes()
            if len(data) <= _COUNT:
                done += int.from_bytes(data)
                progress(done, 2 * files)
            else:
                found[source] = data
    return [found[source] for source in sources]


_COUNT = 4
"""Bytes of a message that says how many files are done; a pickle has more."""

_AT_ONCE = 20


class _Meter:
    """Tells the parent how many files are done."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._told = connection, 0

    def __call__(self, done: int, _total: int) -> None:
        if done - self._told >= _AT_ONCE:
            self._connection.send_bytes((done - self._told).to_bytes(_COUNT))
            self._told = done

    def again(self) -> Self:
        """Count from the start once more."""
        self._told = 0
        return self


def _work(
    parent: Connection, request: Request, share: Sequence[Path], checked: frozenset[Path], others: int, trace: bool
) -> None:
    """What one process does. If it fails, the parent does the work alone, and says what is wrong if that fails, too."""
    try:
        _work_on(parent, request, share, checked, others, trace)
    except Exception:  # noqa: BLE001 - it would be reported with what it went wrong on
        sys.exit(1)


def _work_on(
    parent: Connection, request: Request, share: Sequence[Path], checked: frozenset[Path], others: int, trace: bool
) -> None:
    gc.disable()
    meter = _Meter(parent)
    workspace = request.workspace()
    problems = load(workspace, request, share, meter)
    parent.send_bytes(
        pickle.dumps([_lesson(workspace.documents[path]) for path in share if path in workspace.documents])
    )
    for _ in range(others):
        for lesson in pickle.loads(parent.recv_bytes()):
            workspace.learn(*lesson)
    mine = [path for path in share if path in checked]
    parent.send_bytes(pickle.dumps(findings(workspace, mine, problems, meter.again(), trace)))


def _lesson(document: Document) -> tuple[Path, str, ModuleFacts, dict[str, int]]:
    return document.path, document.module, document.facts, document.starts


def check_here(
    workspace: Workspace,
    request: Request,
    checked: Sequence[Path],
    known: Sequence[Path],
    progress: Progress,
    trace: bool,
) -> Share:
    """Check files in this process."""
    total = len(known) + len(checked)
    problems = load(workspace, request, known, lambda done, _: progress(done, total))
    return findings(workspace, checked, problems, lambda done, _: progress(len(known) + done, total), trace)


def findings(
    workspace: Workspace, paths: Sequence[Path], problems: dict[Path, Problem], progress: Progress, trace: bool
) -> Share:
    """What is wrong in files that are loaded; with `trace`, also what that rests on."""
    settings = workspace.project.settings
    share = Share(problems=problems)
    for done, path in enumerate(paths):
        progress(done, len(paths))
        share.reports[path] = [report(located, settings) for located in workspace.findings(path)]
    share.broken = workspace.checker.broken
    if trace:
        share.asked, share.answers = asked(workspace, paths), answers(workspace.index)
        share.mentions = mentions(workspace.index)
        share.sayings = sayings(workspace.index, {document.module for document in workspace.documents.values()})
        share.looked_at = looked_at
    return share


def _shares(paths: Sequence[Path], count: int) -> list[list[Path]]:
    """The files in parts of about one size, each in order."""
    shares: list[list[Path]] = [[] for _ in range(count)]
    sizes = [0] * count
    for path in sorted(paths, key=_size, reverse=True):
        least = sizes.index(min(sizes))
        shares[least].append(path)
        sizes[least] += _size(path) + 1
    return [sorted(share) for share in shares]


@cache
def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
