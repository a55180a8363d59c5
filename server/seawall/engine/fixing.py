"""Mending in bulk: round after round, until nothing is left to fix. Nothing is written to disk here."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from seawall.edits import AnyEdit, CannotFix, CreateFile, Edit, Fix, Safety
from seawall.edits.apply import apply_to, difference
from seawall.engine.fix import offered
from seawall.engine.located import Located
from seawall.engine.workspace import Workspace
from seawall.semantics.document import Document
from seawall.syntax import Text

log = logging.getLogger(__name__)

MAX_ROUNDS = 30
"""Fixes that meet in one place take turns, one a round: a settings class with a dozen new fields takes a dozen."""

MAX_IDLE = 2
"""Rounds in a row after which there is no less to fix than before: some fix brings what it mends."""

PYTHON = (".py", ".pyi")


class Applied(NamedTuple):
    """A fix that was applied."""

    path: Path
    code: str
    title: str
    left: tuple[str, ...] = ()
    """What it left as it is, with the reasons."""


class Refused(NamedTuple):
    """A fix that was offered and could not be applied, and why."""

    path: Path
    line: int
    code: str
    title: str
    reason: str


@dataclass
class Candidate:
    """A fix with its edits, ready to be applied."""

    located: Located
    fix: Fix
    edits: tuple[AnyEdit, ...]
    left: tuple[str, ...] = ()

    @property
    def paths(self) -> frozenset[Path]:
        return frozenset(edit.path for edit in self.edits)


@dataclass
class Fixer:
    """Applies fixes to the workspace's texts in memory."""

    workspace: Workspace
    checked: list[Path]
    unsafe: bool = False
    covers: Callable[[Path], bool] = lambda path: True
    """Whether findings about the project in a file are asked for."""
    within: Path | None = None
    """The only file that may change, an open one whose editor writes it: fixes that reach further are left out."""
    applied: list[Applied] = field(default_factory=list)
    refused: dict[tuple[Path, str, str, str], Refused] = field(default_factory=dict)
    """Fixes that were offered in the last round and could not be applied."""
    before: dict[Path, Text | None] = field(default_factory=dict)
    """What the touched files held at first; None: nothing, the file is new."""
    after: dict[Path, Text] = field(default_factory=dict)
    _broken: set[tuple[Path, str, str, str]] = field(default_factory=set)
    """Fixes whose results Python could not read."""

    def run(self) -> list[Located]:
        """Fix until nothing changes; gives the findings that remain."""
        seen = {self._state()}
        fewest, idle = None, 0
        for _ in range(MAX_ROUNDS):
            found = self._findings()
            self.refused.clear()
            chosen = self._conflict_free(self._candidates(found))
            if not chosen:
                return found
            if idle > MAX_IDLE:
                return found
            if not self._apply(chosen):
                continue
            idle = 0 if fewest is None or len(found) < fewest else idle + 1
            fewest = len(found) if fewest is None else min(fewest, len(found))
            if (state := self._state()) in seen:
                break
            seen.add(state)
        return self._findings()

    def changed(self) -> dict[Path, Text]:
        """The new text of every file that differs from what it was."""
        return {
            path: text
            for path, text in self.after.items()
            if (old := self.before[path]) is None or str(old) != str(text)
        }

    def _state(self) -> frozenset[tuple[Path, int]]:
        return frozenset((path, hash(str(text))) for path, text in self.changed().items())

    def _findings(self) -> list[Located]:
        found = [located for path in self.checked for located in self.workspace.findings(path)]
        if self.within is not None:
            return found
        return found + [located for located in self.workspace.project_findings() if self.covers(located.path)]

    # -- choosing -----------------------------------------------------------------------------------------------------

    def _candidates(self, found: Iterable[Located]) -> Iterable[Candidate]:
        for located in found:
            for fix in bulk_fixes(self.workspace, located, self.unsafe):
                if _key(located, fix) in self._broken:
                    self._refuse(located, fix, "the result would not be valid Python")
                    continue
                reason, edits = self._make(located, fix)
                reason = reason or next((why for edit in edits if (why := self._forbids(edit))), "")
                if reason:
                    self._refuse(located, fix, reason)
                elif edits:
                    yield Candidate(located, fix, edits, fix.left())
                    break

    def _make(self, located: Located, fix: Fix) -> tuple[str, tuple[AnyEdit, ...]]:
        try:
            return "", tuple(dict.fromkeys(fix.make()))
        except CannotFix as error:
            return str(error), ()
        except Exception:
            log.exception("the fix %r of %s failed on %s", fix.title, located.code, located.path)
            return "the fix failed", ()

    def _refuse(self, located: Located, fix: Fix, reason: str) -> None:
        self.refused[_key(located, fix)] = Refused(
            located.path, located.range.start_line, located.code, fix.title, reason
        )

    def _forbids(self, edit: AnyEdit) -> str:
        """Why a file must not be changed, if so."""
        if self.within is not None:
            return "" if edit.path == self.within else "it changes other files, too"
        root, path = os.path.realpath(self.workspace.root), os.path.realpath(edit.path)
        if not Path(path).is_relative_to(root):
            return f"`{edit.path}` is not part of the project"
        if edit.path in self.after:
            return ""
        try:
            mode = edit.path.stat().st_mode
        except OSError:
            return ""
        if isinstance(edit, CreateFile):
            return f"`{edit.path.name}` exists already"
        if not mode & stat.S_IWUSR or not os.access(edit.path, os.W_OK):
            return f"`{edit.path.name}` is read-only"
        text = self._text(edit.path)
        if text is not None and text.problem:
            return f"`{edit.path.name}` cannot be read in its encoding"
        return ""

    def _conflict_free(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """As many as fit together, the first of those that meet: the others get their turn in the next round."""
        chosen: list[Candidate] = []
        taken: dict[Path, list[AnyEdit]] = {}
        for candidate in candidates:
            if any(_meet(edit, other) for edit in candidate.edits for other in taken.get(edit.path, ())):
                continue
            chosen.append(candidate)
            for edit in candidate.edits:
                taken.setdefault(edit.path, []).append(edit)
        return chosen

    # -- applying -----------------------------------------------------------------------------------------------------

    def _apply(self, chosen: Sequence[Candidate]) -> bool:
        """Apply fixes together; if that breaks a file, half of them, and so on to the one that does."""
        before = {path: self._text(path) for one in chosen for path in sorted(one.paths)}
        after = _edited(before, dict.fromkeys(edit for one in chosen for edit in one.edits))
        broken = [path for path, text in (after or {}).items() if not self._put(path, text)]
        if after is not None and not broken:
            for path, text in after.items():
                self.before.setdefault(path, before[path])
                self.after[path] = text
            self.applied += [Applied(one.located.path, one.located.code, one.fix.title, one.left) for one in chosen]
            return True
        for path, old in before.items() if after is not None else ():
            self._put_back(path, old)
        if len(chosen) > 1:
            return self._apply(chosen[: len(chosen) // 2])
        self._broken.add(_key(chosen[0].located, chosen[0].fix))
        return False

    def _text(self, path: Path) -> Text | None:
        """What a file holds by now; None if there is none."""
        if path in self.after:
            return self.after[path]
        document = self.workspace.documents.get(path)
        if document is not None:
            return document.source.text
        try:
            return Text.decode(path.read_bytes())
        except OSError:
            return None

    def _put(self, path: Path, text: Text) -> bool:
        """Hand the workspace a file's new text; whether it still is what Python reads."""
        if path.suffix not in PYTHON and path not in self.workspace.documents:
            self.workspace.overlays[path] = str(text)
            self.workspace.changed(path)
            return True
        old = self.workspace.documents.get(path)
        document = self.workspace.open(path, text) if old is None else self.workspace.replace(path, text)
        if old is None and self.workspace.is_checked(path):
            self.checked.append(path)
        return _damage(document) <= (_damage(old) if old is not None else 0)

    def _put_back(self, path: Path, old: Text | None) -> None:
        if old is not None:
            self._put(path, old)
        elif path in self.workspace.documents:
            self.workspace.remove(path)
            self.checked.remove(path)
        elif self.workspace.overlays.pop(path, None) is not None:
            self.workspace.changed(path)


def fix_all(workspace: Workspace, path: Path) -> list[Edit]:
    """The edits of an open file that apply its safe fixes, those that stay within it; the workspace is left as it was."""
    original = workspace.documents.get(path)
    if original is None:
        return []
    fixer = Fixer(workspace, [path], within=path)
    try:
        fixer.run()
    finally:
        workspace.restore(original)
    return list(difference(path, original.source.text, fixer.after.get(path, original.source.text)))


def bulk_fixes(workspace: Workspace, located: Located, unsafe: bool = False) -> Iterator[Fix]:
    """The fixes of a finding that may be applied without a look at each."""
    for fix in offered(workspace, located):
        if fix.kind.startswith("quickfix") and (unsafe or fix.safety is Safety.SAFE):
            yield fix


def _damage(document: Document) -> int:
    """How much of a file could not be read."""
    return sum(len(item.problems) for item in document.source.items)


def _edited(before: Mapping[Path, Text | None], edits: Iterable[AnyEdit]) -> dict[Path, Text] | None:
    """The files with the edits applied; None if these contradict each other."""
    texts = {path: text for path, text in before.items() if text is not None}
    by_path: dict[Path, list[Edit]] = {}
    for edit in edits:
        if isinstance(edit, CreateFile):
            texts[edit.path] = Text.of(edit.text)
        else:
            by_path.setdefault(edit.path, []).append(edit)
    try:
        for path, several in by_path.items():
            texts[path] = apply_to(texts.get(path) or Text.of(""), several)
    except ValueError:
        return None
    return texts


def _meet(edit: AnyEdit, other: AnyEdit) -> bool:
    """Whether two fixes' edits of one file contradict each other. Both may need the very same import."""
    if isinstance(edit, CreateFile) or isinstance(other, CreateFile):
        return edit != other
    if edit == other and edit.range.start_col == 0 and edit.text.endswith("\n"):
        return False
    return edit.range.overlaps(other.range)


def _key(located: Located, fix: Fix) -> tuple[Path, str, str, str]:
    return located.path, located.code, located.finding.message, fix.title
