"""What is wrong in the files that nobody has open. Each is read, checked and let go of; what its findings rest on is remembered,
so that it is looked at again only when some of that has changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from seawall.engine.indexing import Indexer
from seawall.engine.located import ItemCheck, Located
from seawall.semantics.document import Document
from seawall.semantics.graph import Record
from seawall.syntax import Text, read


class _Look(msgspec.Struct):
    """One look at a file: as which it stood on disk, what was used, and what was found, by the lines its items begin on."""

    stamp: tuple[int, int] | None
    used: Record = msgspec.field(default_factory=Record)
    found: list[tuple[int, ItemCheck]] = msgspec.field(default_factory=list)


class Survey:
    """The findings of a workspace's files as they are on disk."""

    def __init__(self, indexer: Indexer) -> None:
        self._indexer = indexer
        self._workspace = indexer.workspace
        self._looks: dict[Path, _Look] = {}

    def steps(self) -> Iterator[Path | None]:
        """Look at each file that is new or may have other findings by now, an item a step; gives the files that are done."""
        paths = self._indexer.paths
        for path in self._looks.keys() - set(paths):
            self.forget(path)
            yield path
        for path in paths:
            yield None
            look = self._looks.get(path)
            if path in self._workspace.documents:
                self.forget(path)
            elif look is None or look.stamp != self._indexer.stamp(path) or not look.used.holds():
                yield from self._look_at(path)
                yield path

    def findings(self, path: Path) -> list[Located]:
        """What was found in a file when it was last looked at."""
        look = self._looks.get(path)
        return self._workspace.placed(path, look.found) if look is not None else []

    def forget(self, path: Path) -> None:
        """The file is to be looked at anew."""
        if (look := self._looks.pop(path, None)) is not None:
            look.used.forget()

    def _look_at(self, path: Path) -> Iterator[None]:
        look = _Look(self._indexer.stamp(path))
        try:
            text = Text.decode(path.read_bytes())
        except OSError:
            self.forget(path)
            return
        document = Document(path, self._workspace.module_of(path), read(text))
        for start, item in zip(document.source.starts, document.source.items, strict=True):
            yield None
            with look.used.noting():
                result = self._workspace.check_item(document, item)
            if result is not None:
                # a fix would hold on to the tree, and is only asked for once the file is open
                findings = tuple(replace(finding, fixes=()) for finding in result.findings)
                look.found.append((start, replace(result, findings=findings)))
        look.used.settle()
        self.forget(path)
        self._looks[path] = look
