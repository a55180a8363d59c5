"""Keeping up with the files that are not open: the first look at a folder, and whatever changes on disk.

A client that watches files is asked to. For one that does not (Neovim, Kate), the folder is looked through again after a file
was opened or saved: modification times only, in slices; a watcher of our own would have to hold on to every folder below the
root, the environment's and node_modules' among them.
"""

from __future__ import annotations

import asyncio
import fnmatch
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from seawall.engine.indexing import Progress
from seawall.lsp import messages
from seawall.lsp.convert import to_path
from seawall.lsp.documents import Open
from seawall.lsp.progress import WorkDone
from seawall.lsp.protocol import Json
from seawall.lsp.roots import Root
from seawall.lsp.schedule import Later

if TYPE_CHECKING:
    from seawall.lsp.language_server import SeawallServer

_PYTHON = ("*.py", "*.pyi")
_PROJECT = (
    "pyproject.toml", "seawall.toml", ".seawall.toml", ".env*", ".gitignore", "alembic.ini", "*.lock", "requirements*.txt",
    "requirements*.in", "setup.py", "setup.cfg", "Pipfile", "manage.py", "pyvenv.cfg", "Makefile", "*.sh",
)  # fmt: skip
"""Files that tell something about a project."""


def register(server: SeawallServer) -> Json:
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(did_change_watched_files)
    return {}


def did_change_watched_files(ls: SeawallServer, params: messages.DidChangeWatchedFiles) -> None:
    ls.files.changed_on_disk({to_path(change.uri) for change in params.changes})


def registration() -> dict[str, object]:
    """What to ask of a client that watches files."""
    watchers = [{"globPattern": f"**/{name}"} for name in (*_PYTHON, *_PROJECT)]
    return {
        "id": "seawall-files",
        "method": types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        "registerOptions": {"watchers": watchers},
    }


_FIRST_LOOK_AFTER = 0.05
"""Seconds after which a folder's files are read: the documents that a client opens at once come first."""


class Files:
    """Files below the roots, as they are on disk."""

    def __init__(self, server: SeawallServer) -> None:
        self._server = server
        self._pending: set[Path] = set()
        self._take = Later(0.1, lambda: self._start(self._take_changes()))
        self._typed: set[Path] = set()
        self._take_typed = Later(0.3, self._take_typed_changes)
        self._look = Later(0.3, lambda: self._start(self._look_through()))
        self._stamps: dict[Path, int] = {}

    def _start(self, work: object) -> None:
        self._server.background.start(work)  # type: ignore[arg-type]

    # -- the first look -----------------------------------------------------------------------------------------------

    def opened(self, document: Open) -> None:
        """A document was opened: its folder is to be known, too."""
        root = document.root
        if not document.is_python:
            self.changed_in_editor(document.path)
        if root.single:
            return
        if not root.is_indexed:
            self.start_indexing(root)
        elif root.indexer.is_too_large:
            self._start(self._index_package(root, document.path))
        else:
            self.look_again()

    def start_indexing(self, root: Root) -> None:
        """Read a root's files in the background, once."""
        if not root.is_indexed and not root.single and self._server.is_ready:
            root.is_indexed = True
            self._start(self._index(root))

    async def _index(self, root: Root) -> None:
        progress = WorkDone(self._server, "Seawall reads the project", asyncio.current_task())

        def tell(step: Progress) -> None:
            if step.total:
                progress.report(f"{step.done} of {step.total} files", 100 * step.done // step.total)

        try:
            await asyncio.sleep(_FIRST_LOOK_AFTER)
            await self._server.background.go_through(root.indexer.steps(), tell)
        finally:
            progress.end("Done")
        if root.indexer.is_too_large:
            self._say_too_large(root)
            for document in self._server.documents:
                if document.root is root:
                    await self._index_package(root, document.path)
        root.is_known = not root.indexer.is_too_large
        self._stamp_project(root)
        self._server.settings.tell_problems(root)
        self._server.diagnostics.check_projects()
        self._server.diagnostics.check_again()
        gc.collect()
        gc.freeze()  # what is known by now stays; later collections need not go through it

    async def _index_package(self, root: Root, path: Path) -> None:
        """In a folder that is too large, the package around a file."""
        top = path.parent
        while (top / "__init__.py").is_file() and top != root.folder and top.parent != top:
            top = top.parent
        root.indexer.is_too_large = False
        await self._server.background.go_through(root.indexer.steps(top))
        root.indexer.is_too_large = True
        self._server.diagnostics.check_again()

    def _say_too_large(self, root: Root) -> None:
        if not root.told_too_large:
            root.told_too_large = True
            self._server.say(
                f"`{root.folder.name}` holds very many Python files, so Seawall reads only the packages of open files"
            )

    # -- changes ------------------------------------------------------------------------------------------------------

    def changed_on_disk(self, paths: set[Path]) -> None:
        """Files were created, changed or deleted. Many at once (another branch, say) are taken together."""
        self._pending |= paths
        self._take.poke()

    def changed_in_editor(self, path: Path) -> None:
        """A document that is no Python was opened, edited or closed."""
        self._typed.add(path)
        self._take_typed.poke()

    def look_again(self) -> None:
        """A good moment to see what changed on disk, if the client does not tell."""
        if not self._server.client.watches_files:
            self._look.poke()

    def _take_typed_changes(self) -> None:
        paths, self._typed = self._typed, set()
        self._project_files_changed(paths)

    async def _take_changes(self) -> None:
        paths, self._pending = self._pending, set()
        await self._server.background.go_through(self._refresh(paths))
        self._project_files_changed(path for path in paths if path.name == "__init__.py" or not _is_python(path))
        self._server.diagnostics.check_again()

    def _refresh(self, paths: set[Path]) -> Iterator[None]:
        for path in paths:
            root = self._server.roots.holding(path)
            if root is not None and _is_python(path) and root.workspace.is_checked(path):
                root.indexer.refresh(path)
                yield

    def _project_files_changed(self, paths: Iterator[Path] | set[Path]) -> None:
        affected: dict[Root, None] = {}
        for path in paths:
            root = self._server.roots.holding(path)
            if root is None or root.single:
                continue
            project = root.workspace.project
            before = project.settings, project.source_roots
            if root.workspace.changed(path):
                affected[root] = None
            if (project.settings, project.source_roots) != before:
                root = self._server.renew(root)
                affected[root] = None
        for root in affected:
            self._server.settings.tell_problems(root)
        if affected:
            self._server.diagnostics.check_projects()
            self._server.diagnostics.check_again()

    # -- without a watching client ------------------------------------------------------------------------------------

    async def _look_through(self) -> None:
        for root in self._server.roots:
            if root.single or not root.is_indexed:
                continue
            revision = root.workspace.revision
            if not root.indexer.is_too_large:
                await self._server.background.go_through(root.indexer.steps())
            changed = self._stamp_project(root)
            if changed:
                self._project_files_changed(changed)
            if root.workspace.revision != revision:
                self._server.diagnostics.check_again()

    def _stamp_project(self, root: Root) -> set[Path]:
        """The project's own files that were created, changed or deleted since the last look."""
        found: dict[Path, int] = {}
        try:
            with os.scandir(root.folder) as entries:
                for entry in entries:
                    if any(fnmatch.fnmatchcase(entry.name, pattern) for pattern in _PROJECT):
                        found[Path(entry.path)] = entry.stat().st_mtime_ns
            venv = root.folder / ".venv" / "pyvenv.cfg"
            if venv.is_file():
                found[venv] = venv.stat().st_mtime_ns
        except OSError:
            pass
        before = {path: stamp for path, stamp in self._stamps.items() if path.is_relative_to(root.folder)}
        self._stamps = {path: stamp for path, stamp in self._stamps.items() if path not in before} | found
        return {path for path in before.keys() | found.keys() if before.get(path) != found.get(path)}


def _is_python(path: Path) -> bool:
    return path.suffix in (".py", ".pyi")
