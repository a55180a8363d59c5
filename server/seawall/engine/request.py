"""What to check: the files of one root, under which settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.engine.report import Problem
from seawall.project.discovery import python_files
from seawall.project.project import Project

if TYPE_CHECKING:
    from seawall.engine.workspace import Workspace
    from seawall.semantics.document import Document

Progress = Callable[[int, int], None]
"""Told now and then how many steps of how many are done."""


def silent(_done: int, _total: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Request:
    """What to check, and under which settings."""

    root: Path
    targets: tuple[Path, ...]
    """Files and folders that the user named, absolute."""
    overrides: Mapping[str, object] = field(default_factory=dict)
    isolated: bool = False
    config: Path | None = None
    alone: bool = False
    """There is no project: only the named files are looked at."""
    texts: Mapping[Path, bytes] = field(default_factory=dict)
    """Contents that stand in for the disk's."""

    def project(self) -> Project:
        """The project as its folder and the command line describe it."""
        return Project.load(
            self.root, overrides=self.overrides, origin="command line", isolated=self.isolated, config=self.config
        )

    def workspace(self) -> Workspace:
        """A workspace under the request's settings; nothing is read yet."""
        from seawall.engine.workspace import Workspace

        return Workspace(self.root, self.overrides, "command line", isolated=self.isolated, config=self.config)

    def files(self, project: Project) -> tuple[list[Path], list[Path]]:
        """The files to check, and those of them and of the rest of the project that say what names mean."""

        def below(places: tuple[Path, ...]) -> list[Path]:
            found = python_files(places, project.settings, project.root, folder=project.loaded.folder)
            return list(dict.fromkeys([*found, *(path for path in self.texts if path in places)]))

        checked = below(self.targets)
        if self.alone or self.root in self.targets:
            return checked, checked
        return checked, sorted({*checked, *below((self.root,))})

    def covers(self, path: Path) -> bool:
        """Whether a finding in a file that is no Python module is asked for."""
        return any(path == target or path.is_relative_to(target) for target in self.targets)


def load(
    workspace: Workspace, request: Request, paths: Sequence[Path], progress: Progress, *, exact: bool = False
) -> dict[Path, Problem]:
    """Read files, `exact` for edits; gives what was wrong with those that were named."""
    problems: dict[Path, Problem] = {}
    for done, path in enumerate(paths):
        progress(done, len(paths))
        if path in request.texts:
            document: Document | None = workspace.open(path, request.texts[path])
        else:
            document = workspace.load(path, exact=exact)
        message = "cannot be read" if document is None else document.source.text.problem
        if message and request.covers(path):
            problems[path] = Problem(str(path), message)
    return problems
