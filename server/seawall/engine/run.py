"""One run over the files of a root, for whoever is not an editor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.engine.cache import Cache, Entry, difference, stamps
from seawall.engine.report import Outcome, Report, report
from seawall.engine.request import Progress, Request, load, silent
from seawall.syntax import Text

if TYPE_CHECKING:
    from seawall.engine.fixing import Applied, Refused
    from seawall.engine.parallel import Share


def check(request: Request, jobs: int | None = None, *, use_cache: bool = True, progress: Progress = silent) -> Outcome:
    """Check the files of one root, in as many processes as told or as are worth it."""
    project = request.project()
    checked, known = request.files(project)
    cache = Cache(request, project) if use_cache and not request.texts else None
    saved = cache.load() if cache is not None else None
    changes = difference(saved, known) if saved is not None else None
    files = stamps(map(str, known), saved.files if saved else None) if cache is not None else {}
    if saved is not None and changes is not None and not changes.all and saved.has(checked):
        return _outcome(request, checked, saved.entries, saved.about_project)
    from seawall.engine.recheck import recheck, remember

    share: Share | None = None
    if saved is not None and changes is not None:
        share = recheck(request, saved, changes, checked, known, progress)
    if share is None:
        saved = None
        share = _check_all(request, checked, known, jobs, progress, trace=cache is not None)
    workspace = request.workspace()
    about_project = [report(located, project.settings) for located in workspace.project_findings()]
    if cache is None:
        return _outcome(request, checked, share.entries(), about_project)
    kept = remember(workspace.project, saved, share, files, about_project)
    if not share.broken and not workspace.checker.broken:
        cache.save(kept)
    return _outcome(request, checked, kept.entries, about_project)


def _check_all(
    request: Request, checked: Sequence[Path], known: Sequence[Path], jobs: int | None, progress: Progress, trace: bool
) -> Share:
    from seawall.engine import parallel

    count = parallel.jobs_for(known, jobs)
    if count > 1 and (share := parallel.check(request, checked, known, count, progress, trace)) is not None:
        return share
    return parallel.check_here(request.workspace(), request, checked, known, progress, trace)


def _outcome(
    request: Request, checked: Sequence[Path], entries: Mapping[str, Entry], about_project: Sequence[Report]
) -> Outcome:
    several = [entries[str(path)] for path in checked]
    reports = [one for entry in several for one in entry.reports]
    reports += [one for one in about_project if request.covers(Path(one.path))]
    problems = [problem for entry in several for problem in entry.problems]
    return Outcome(request.root, sorted(reports, key=lambda one: one.order), problems, len(checked))


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
    from seawall.engine.fixing import Fixer

    workspace = request.workspace()
    settings = workspace.project.settings
    checked, known = request.files(workspace.project)
    problems = list(load(workspace, request, known, progress, exact=True).values())
    fixer = Fixer(workspace, list(checked), settings.unsafe_fixes, request.covers)
    reports = [report(located, settings) for located in fixer.run()]
    changes = {path: (fixer.before[path], text) for path, text in fixer.changed().items()}
    outcome = Outcome(workspace.root, sorted(reports, key=lambda one: one.order), problems, len(checked))
    return Mended(outcome, changes, fixer.applied, list(fixer.refused.values()))
