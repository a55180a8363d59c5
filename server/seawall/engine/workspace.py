"""A root folder under check: the one front door for the terminal and the editors.

One thread, one writer. Values (texts, items, facts, findings) are immutable; what was answered before is remembered and asked
again only when something it used has changed.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import msgspec

from seawall.engine.check import Checker
from seawall.engine.config import RuleTable
from seawall.engine.located import Checks, ItemCheck, Located, LocatedRelated, Placed, by_place, said_of_all
from seawall.engine.suppress import is_suppressed, is_template, matches, suppressions
from seawall.project.globs import compiled
from seawall.project.modules import module_name
from seawall.project.project import Project
from seawall.rules.base import File, Finding, Severity
from seawall.rules.registry import all_rules, by_code
from seawall.semantics.document import Document
from seawall.semantics.facts import FunctionFact, ImportFact, ModuleFacts
from seawall.semantics.graph import Cell, Memo
from seawall.semantics.index import Index
from seawall.syntax import Item, Range, Source, Span, Text, range_of, read, read_at_once, update


class Outline(msgspec.Struct):
    """What is kept of a module whose tree is not."""

    path: Path
    starts: Mapping[str, int]


class Workspace:
    """All files below one root."""

    def __init__(
        self,
        root: Path,
        overrides: Mapping[str, object] | None = None,
        origin: str = "editor",
        *,
        isolated: bool = False,
        config: Path | None = None,
    ) -> None:
        """A workspace at a folder; nothing is read yet.

        The settings are found as `Project.load` says.
        """
        self.root = root
        self.project = Project.load(
            root, read=self._overlay, overrides=overrides, origin=origin, isolated=isolated, config=config
        )
        self.index = Index()
        self.documents: dict[Path, Document] = {}
        """Files whose trees are held: those open in an editor, or under check."""
        self.overlays: dict[Path, str] = {}
        """Texts of other open files (`.env`, `pyproject.toml`, ...) as the editor has them."""
        self._modules: dict[Path, str] = {}
        self._outlines: dict[str, Outline] = {}
        self._checks: dict[Path, Checks] = {}
        self._project_cell = Cell(0)
        self.revision = 0
        """Grows whenever what a file tells others has changed: findings elsewhere may have, too."""
        self._configure()

    def _configure(self) -> None:
        self.table = RuleTable(self.project.settings, self.project.loaded.folder, all_rules())
        self.checker = Checker(self.table.enabled)

    def _overlay(self, path: Path) -> str | None:
        document = self.documents.get(path)
        return str(document.source.text) if document else self.overlays.get(path)

    # -- files --------------------------------------------------------------------------------------------------------

    def open(self, path: Path, text: Text | str | bytes) -> Document:
        """Take a file's text, from an editor or from disk, and keep its tree."""
        if isinstance(text, bytes):
            text = Text.decode(text)
        elif isinstance(text, str):
            text = Text.of(text)
        return self._put(path, read(text))

    def edit(self, path: Path, text: Text, span: Span) -> Document:
        """The text of an open file after a change to the lines in `span`."""
        return self._put(path, update(self.documents[path].source, text, span))

    def replace(self, path: Path, text: Text) -> Document:
        """The whole new text of an open file; what its lines share with the old one is kept."""
        document = self.documents[path]
        span = _changed_lines(document.source.text, text)
        return self.edit(path, text, span) if span.old_line_count or span.new_line_count else document

    def restore(self, document: Document) -> None:
        """Take back a state that a file had before: its items, and what was found in them, are those of then."""
        self._put(document.path, document.source)

    def load(self, path: Path, *, exact: bool = True) -> Document | None:
        """Read a file from disk; None (and the file forgotten) if it cannot be read.

        What is not `exact` is quicker, and good for facts and findings but not for edits.
        """
        try:
            data = path.read_bytes()
        except OSError:
            self.remove(path)
            return None
        return self._put(path, read_at_once(Text.decode(data), exact=exact))

    def close(self, path: Path) -> None:
        """Let go of a file's tree; its facts stay."""
        document = self.documents.pop(path, None)
        if document is not None and (outline := self._outlines.get(document.module)) and outline.path == path:
            outline.starts = dict(document.starts)
            document.settle()
        self._drop_checks(path)

    def modules(self) -> Iterator[Document]:
        """Every module; those whose trees are not held are read for the occasion. A second file of one name comes last."""
        for module, outline in list(self._outlines.items()):
            document = self.documents.get(outline.path)
            if document is None:
                try:
                    text = Text.decode(outline.path.read_bytes())
                except OSError:
                    continue
                document = Document(outline.path, module, read_at_once(text))
            yield document
        main = {outline.path for outline in self._outlines.values()}
        yield from [document for path, document in self.documents.items() if path not in main]

    def remove(self, path: Path) -> None:
        """The file is no more."""
        self.close(path)
        module = self._modules.pop(path, None)
        if module is not None and (outline := self._outlines.get(module)) and outline.path == path:
            del self._outlines[module]
            self.index.set_module(module, None)
            self.revision += 1

    def is_checked(self, path: Path) -> bool:
        """Whether the settings want a file looked at when somebody opens it: not in an environment, not excluded."""
        settings, folder = self.project.settings, self.project.loaded.folder
        absolute = path.as_posix()
        relative = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else absolute.lstrip("/")
        globs = compiled((*settings.exclude, *settings.extend_exclude))
        return not globs.match_with_parents(relative, absolute)

    def module_of(self, path: Path) -> str:
        module = self._modules.get(path)
        if module is None:
            module = self._modules[path] = module_name(path, self.project.source_roots)
        return module

    def changed(self, path: Path) -> frozenset[str]:
        """A file that is no Python module was created, changed or deleted. What of the project is stale, and with it
        findings, is given back."""
        stale = self.project.changed(path)
        if "settings" in stale:
            self._configure()
        if "source_roots" in stale:
            self._modules.clear()
        if stale:
            self._project_cell.set(self._project_cell.value + 1)
            self.revision += 1
        return stale

    def _put(self, path: Path, source: Source) -> Document:
        module = self.module_of(path)
        previous = self.documents.get(path)
        document = Document(path, module, source, previous)
        self.documents[path] = document
        if previous is None or previous.module != module:
            self._drop_checks(path)
        self._checks.setdefault(path, Checks()).follow(document.come, document.gone)
        is_news = document.changed is None or bool(document.changed)
        outline = self._outlines.get(module)
        if outline is None or outline.path == path or outline.path not in self.documents:
            follows = outline is not None and outline.path == path
            self._outlines[module] = Outline(path, _LazyStarts(document))
            changed = document.changed if follows else None
            is_news = self.index.set_module(module, document.facts, changed, document.read)
        self.revision += is_news
        return document

    def _drop_checks(self, path: Path) -> None:
        if (checks := self._checks.pop(path, None)) is not None:
            checks.follow((), tuple(checks.memos))

    def learn(self, path: Path, module: str, facts: ModuleFacts, starts: Mapping[str, int]) -> None:
        """Take over what another process has read from a file. Of two files with one name, the first in order counts."""
        outline = self._outlines.get(module)
        if outline is None or path < outline.path:
            self._modules[path] = module
            self._outlines[module] = Outline(path, starts)
            self.index.set_module(module, facts)

    # -- findings -----------------------------------------------------------------------------------------------------

    def findings(self, path: Path) -> list[Located]:
        """What is wrong in an open file, by place."""
        document = self.documents.get(path)
        if document is None:
            return []
        checks = self._checks[path]
        while checks.pending:
            item = checks.pending.pop()
            memo = checks.memos.get(item)
            if memo is None:
                memo = checks.memos[item] = self._memo(document, item, checks)
            result: ItemCheck | None = memo.get()
            checks.pending.discard(item)
            if result is not None:
                checks.results[item] = result
            else:
                checks.results.pop(item, None)
        located = self._place_all(document, checks)
        if not document.source.exact and _points_into_strings(document, located):
            self._put(path, read_at_once(document.source.text))
            return self.findings(path)
        return located

    def placed(self, path: Path, results: Collection[tuple[int, ItemCheck]]) -> list[Located]:
        """What checking a file's items gave, by the lines on which these begin, where it stands now."""
        whole = said_of_all(result for _, result in results)
        severity = self.table.severities(path)
        located = (self._place(path, start, result, whole, severity) for start, result in results)
        return sorted(chain.from_iterable(located), key=by_place)

    def _place_all(self, document: Document, checks: Checks) -> list[Located]:
        """The same for a document. What stands where it stood when somebody last looked is not placed anew."""
        path, start_of = document.path, document.source.start_of
        whole = said_of_all(checks.results.values())
        severity = self.table.severities(path)
        located: list[Located] = []
        for item, result in checks.results.items():
            start = start_of(item) or 1
            known = checks.placed.get(item)
            if known is None or not known.holds(start, result, whole, severity):
                found = self._place(path, start, result, whole, severity)
                known = Placed(start, result, whole, severity, found)
                if not any(
                    one.owner for finding in result.findings for one in finding.related
                ):  # those move by themselves
                    checks.placed[item] = known
            located += known.located
        return sorted(located, key=by_place)

    def _place(
        self,
        path: Path,
        start: int,
        result: ItemCheck,
        whole: frozenset[str],
        severity: Mapping[str, Severity | None],
    ) -> list[Located]:
        rules = by_code()
        return [
            self._locate(finding, path, start, severity[finding.code])
            for finding in result.findings
            if finding.code in severity and not (whole and matches(whole, finding.code, rules[finding.code].name))
        ]

    def memos(self, path: Path) -> Iterable[Memo]:
        """The remembered checks of a file's items."""
        checks = self._checks.get(path)
        return checks.memos.values() if checks is not None else ()

    def check_all(self, paths: Iterable[Path]) -> dict[Path, list[Located]]:
        """Load and check files from disk, each against all."""
        loaded = [path for path in paths if self.load(path) is not None]
        return {path: self.findings(path) for path in loaded}

    def project_findings(self) -> list[Located]:
        """What is wrong with the project as a whole, at absolute places."""
        located = []
        for finding in self.checker.check_project(self.project):
            if finding.path is not None and finding.code in (severity := self.table.severities(finding.path)):
                loudness = severity[finding.code] or finding.severity
                located.append(Located(finding, finding.path, finding.range, loudness))
        return sorted(located, key=lambda found: (os.fspath(found.path), found.range, found.code))

    def _memo(self, document: Document, item: Item, checks: Checks) -> Memo:
        return Memo(lambda: self.check_item(document, item), when_suspect=lambda: checks.pending.add(item))

    def check_item(self, document: Document, item: Item) -> ItemCheck | None:
        """Run the rules over an item."""
        path = document.path
        self._project_cell.get()
        file = File(document, item, self.index, self.project)
        file.latest = lambda: self.documents.get(path)
        file.modules = self.modules
        by_line, whole = suppressions(item.text.split("\n")) if "#" in item.text else ({}, frozenset())
        if is_template(item):
            whole |= {"SW000"}
        found = self.checker.check(file)
        if by_line:
            rules = by_code()
            found = tuple(one for one in found if not is_suppressed(one, by_line, rules[one.code].name, item.text))
        return ItemCheck(found, whole) if found or whole else None

    def _locate(self, finding: Finding, path: Path, start: int, severity: Severity | None) -> Located:
        if finding.path is not None:
            return Located(finding, finding.path, finding.range, severity or finding.severity)
        related = []
        for one in finding.related:
            if one.range is not None:
                related.append(LocatedRelated(one.message, path, one.range.shift(start - 1)))
            elif (place := self.where(one.owner, one.call)) is not None:
                related.append(LocatedRelated(one.message, *place))
        return Located(finding, path, finding.range.shift(start - 1), severity or finding.severity, tuple(related))

    def where(self, name: str, call: int | None = None) -> tuple[Path, Range] | None:
        """Where the project defines an absolute name, or where the call of that number in it stands."""
        resolved = self.index.resolve(name)
        module, rest = self.index.split(resolved.name)
        outline = self._outlines.get(module)
        fact = self.index.modules[module].names.get(rest) if outline else None
        if outline is None or fact is None or isinstance(fact, ImportFact):
            return None
        place = fact.place
        if call is not None and isinstance(fact, FunctionFact) and call < len(fact.calls):
            place = fact.calls[call].place
        return outline.path, place.range.shift(outline.starts.get(rest, 1) - 1)


def _points_into_strings(document: Document, located: Iterable[Located]) -> bool:
    """Whether a finding stands in an f-string, or around one."""
    strings = [
        range_of(node)
        for item in document.source.items
        for node in document.analysis(item).scan.nodes.get(ast.JoinedStr, ())
    ]
    return any(one.range.overlaps(string) for one in located for string in strings)


def _changed_lines(old: Text, new: Text) -> Span:
    before, after = old.lines, new.lines
    shared = min(len(before), len(after))
    head = 0
    while head < shared and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shared - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return Span(head + 1, len(before) - head - tail, len(after) - head - tail)


class _LazyStarts(Mapping[str, int]):
    """A document's starts, computed when somebody looks."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def __getitem__(self, name: str) -> int:
        return self._document.starts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._document.starts)

    def __len__(self) -> int:
        return len(self._document.starts)
