"""One run over the files of a root, for whoever is not an editor."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from seawall.engine import parallel
from seawall.engine.fixing import Applied, Fixer, Refused
from seawall.engine.report import Outcome, Report, report
from seawall.engine.request import Progress, Request, load, silent
from seawall.engine.workspace import Workspace
from seawall.syntax import Text


def check(request: Request, jobs: int | None = None, progress: Progress = silent) -> Outcome:
    """Check the files of one root, in as many processes as told or as are worth it."""
    workspace = request.workspace()
    checked, known = request.files(workspace.project)
    count = parallel.jobs_for(known, jobs)
    share = parallel.check(request, checked, known, count, progress) if count > 1 else None
    if share is None:
        share = parallel.check_here(workspace, request, checked, known, progress)
    reports = share.reports + _about_project(workspace, request)
    return Outcome(workspace.root, sorted(reports, key=lambda one: one.order), share.problems, len(checked))


@dataclass
class Mended:
    """What came of mending the files of one root; nothing is written yet."""

    outcome: Outcome
    """What remains."""
    changes: dict[Path, tuple[Text | None, Text]]
    """The files that differ, before (None: there was none) and after."""
    applied: list[Applied]
    refused: list[Refused]


def mend(request: Request, progress: Progress = silent) -> Mended:
    """Apply what fixes the settings allow, and check again, until nothing changes."""
    workspace = request.workspace()
    settings = workspace.project.settings
    checked, known = request.files(workspace.project)
    problems = load(workspace, request, known, progress)
    fixer = Fixer(workspace, list(checked), settings.unsafe_fixes, request.covers)
    reports = [report(located, settings) for located in fixer.run()]
    changes = {path: (fixer.before[path], text) for path, text in fixer.changed().items()}
    outcome = Outcome(workspace.root, sorted(reports, key=lambda one: one.order), problems, len(checked))
    return Mended(outcome, changes, fixer.applied, list(fixer.refused.values()))


def _about_project(workspace: Workspace, request: Request) -> list[Report]:
    """What is wrong with the project itself, in places that were asked for."""
    found = workspace.project_findings()
    return [report(located, workspace.project.settings) for located in found if request.covers(located.path)]
