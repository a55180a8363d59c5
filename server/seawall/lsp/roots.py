"""The folders that the client has open, each with a workspace of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from seawall.engine.indexing import Indexer
from seawall.engine.survey import Survey
from seawall.engine.workspace import Workspace
from seawall.lsp.convert import is_made_up
from seawall.project.discovery import find_root, is_too_broad

Overrides = Mapping[str, object]


class Root:
    """A workspace and what the server keeps beside it."""

    def __init__(self, folder: Path, overrides: Overrides, *, opened: bool, single: bool = False) -> None:
        self.folder = folder
        self.overrides = overrides
        self.opened = opened
        """The client named this folder; others are found through a file, and forgotten with it."""
        self.single = single
        """Only single files are looked at: there is no project here, or one too broad to be meant."""
        self.workspace = Workspace(folder, overrides=overrides, isolated=single)
        self.indexer = Indexer(self.workspace)
        self.survey = Survey(self.indexer)
        self.is_indexed = False
        """Somebody reads its files, or has read them."""
        self.is_known = False
        """All of its files are read."""
        self.told_too_large = False
        self.told_problems: set[str] = set()

    def take_overlays(self, other: Root) -> None:
        """Take over what the editor has of files that are no Python, such as settings that are being typed."""
        self.workspace.overlays.update(other.workspace.overlays)
        for path in self.workspace.overlays:
            self.workspace.changed(path)


class Roots:
    """All of them, and the way from a file to the one it belongs to: the deepest that holds it."""

    def __init__(self) -> None:
        self.overrides: dict[Path | None, Overrides] = {None: {}}
        """The editor's settings, by folder; None is for all others."""
        self._roots: dict[Path, Root] = {}

    def __iter__(self) -> Iterator[Root]:
        return iter(list(self._roots.values()))

    def add(self, folder: Path) -> Root | None:
        """A folder that the client names; None if it is far too broad to be a project."""
        if is_too_broad(folder):
            return None
        root = self._roots.get(folder)
        if root is None:
            root = self._roots[folder] = Root(folder, self.overrides_of(folder), opened=True)
        root.opened = True
        return root

    def remove(self, folder: Path) -> None:
        self._roots.pop(folder, None)

    def replace(self, root: Root) -> Root:
        """Begin anew with a root."""
        fresh = Root(root.folder, self.overrides_of(root.folder), opened=root.opened, single=root.single)
        self._roots[root.folder] = fresh
        return fresh

    def overrides_of(self, folder: Path) -> Overrides:
        return self.overrides.get(folder, self.overrides[None])

    def holding(self, path: Path) -> Root | None:
        """The root that a path lies in, if there is one already."""
        for folder in (path, *path.parents):
            root = self._roots.get(folder)
            if root is not None and (not root.single or folder == path.parent):
                return root
        return None

    def of(self, path: Path) -> Root:
        """The root of a file; one is found for a file that lies in none."""
        if (root := self.holding(path)) is not None:
            return root
        folder = None if is_made_up(path) else find_root(path)
        if folder is not None and (known := self._roots.get(folder)) is not None:
            return known
        single = folder is None
        folder = folder or path.parent
        root = self._roots[folder] = Root(folder, self.overrides_of(folder), opened=False, single=single)
        return root

    def drop_unused(self, used: set[Root]) -> None:
        """Forget roots that were found through files which are closed by now."""
        for root in self:
            if not root.opened and root not in used:
                self.remove(root.folder)
