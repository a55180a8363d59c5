"""Checking again only what may have changed since the last run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from seawall.engine.asked import Question, digest, sayings
from seawall.engine.cache import Difference, Entry, Saved, Stamp, now, stamps
from seawall.engine.parallel import Share, findings
from seawall.engine.report import Report
from seawall.engine.request import Progress, Request, load
from seawall.engine.workspace import Workspace
from seawall.project.project import Project
from seawall.project.reading import looked_at

MOST = 0.34
"""If more than this part of the files has to be looked at, all are: that can be done by several processes."""


def recheck(
    request: Request,
    saved: Saved,
    changes: Difference,
    checked: Sequence[Path],
    known: Sequence[Path],
    progress: Progress,
) -> Share | None:
    """Check what may have other findings than before, and forget what `saved` says of it; None if that is too much."""
    workspace = request.workspace()
    if len(changes.changed) > MOST * len(known) or saved.roots != roots(workspace.project):
        return None
    modules: dict[str, Path] = {}
    edited = {workspace.module_of(Path(name)) for name in changes.all}
    read_first = set(edited)
    for path in known:  # of two files with one name, the first counts
        if modules.setdefault(workspace.module_of(path), path) is not path:
            read_first.add(workspace.module_of(path))
    workspace.index.expect(modules)
    for question, found in saved.mentions.items():
        workspace.index.recall(question, {name: said for name, said in found.items() if name not in edited})
    problems = load(workspace, request, [path for path in known if workspace.module_of(path) in read_first], progress)
    moved = _moved(workspace, saved, edited) if edited else set()
    for module in edited:
        saved.sayings.pop(module, None)
    for name in [
        name for name, entry in saved.entries.items() if name in changes.all or _rests_on(entry, moved, changes)
    ]:
        del saved.entries[name]
    stale = [path for path in checked if str(path) not in saved.entries]
    if len(stale) > MOST * len(known):
        return None
    tried: set[Path] = set()
    wanted = set(stale)
    while wanted:
        tried |= wanted
        problems |= load(workspace, request, sorted(wanted - workspace.documents.keys()), progress)
        for path in stale:
            workspace.findings(path)
        wanted = _asked_for(workspace, modules, saved) - workspace.documents.keys() - tried
    return findings(
        workspace, stale, {path: problems[path] for path in stale if path in problems}, progress, trace=True
    )


def _moved(workspace: Workspace, saved: Saved, edited: set[str]) -> set[int]:
    """The numbers of the questions that have other answers now, or may have, since some modules were edited."""
    modules = edited | {module.partition(".")[0] for module in edited}
    before = {module: saved.sayings[module] for module in edited if module in saved.sayings}
    says_other = sayings(workspace.index, edited) != before
    anybody = {question: digest(cell.value) for module, question, cell in workspace.index.questions() if not module}

    def has_moved(module: str, question: str, answer: bytes) -> bool:
        if not module:
            return anybody[question] != answer if question in saved.mentions else says_other
        return module in modules and digest(workspace.index.ask(module, question)) != answer

    return {number for number, asked in enumerate(saved.questions) if has_moved(*asked)}


def _rests_on(entry: Entry, moved: set[int], changes: Difference) -> bool:
    if not moved.isdisjoint(entry.asked):
        return True
    return any(place.path in changes.all for report in entry.reports for place in report.related)


def _asked_for(workspace: Workspace, modules: dict[str, Path], saved: Saved) -> set[Path]:
    """The files of the modules that somebody asked about; all, for a question to all whose answer was not kept."""
    asked: set[Path] = set()
    for module, question, cell in workspace.index.questions():
        if not module and question not in saved.mentions and cell.observers:
            return set(modules.values())
        if module in modules:
            asked.add(modules[module])
    return asked


def roots(project: Project) -> tuple[str, ...]:
    """Where imports start, as the cache keeps it."""
    return tuple(map(str, project.source_roots))


def remember(
    project: Project, saved: Saved | None, share: Share, files: dict[str, Stamp], about_project: list[Report]
) -> Saved:
    """What to keep: the entries that still hold, and those of this run."""
    old_questions = [(module, question) for module, question, _ in saved.questions] if saved else []
    rests: dict[str, Iterable[Question]] = {}
    entries: dict[str, Entry] = dict(saved.entries) if saved else {}
    for name, entry in entries.items():
        rests[name] = [old_questions[number] for number in entry.asked]
    entries |= share.entries()
    rests |= {str(path): questions for path, questions in share.asked.items()}
    answers = {(module, question): answer for module, question, answer in saved.questions} if saved else {}
    answers |= share.answers
    numbers: dict[Question, int] = {}
    for name, entry in entries.items():
        entry.asked = [numbers.setdefault(question, len(numbers)) for question in rests[name]]
    return Saved(
        now(),
        stamps(
            share.looked_at | looked_at | (saved.looked_at.keys() if saved else set()),
            saved.looked_at if saved else None,
        ),
        roots(project),
        files,
        [(*question, answers[question]) for question in numbers],
        {question: share.mentions[question] for module, question in numbers if not module and question},
        {**(saved.sayings if saved else {}), **share.sayings},
        entries,
        about_project,
    )
