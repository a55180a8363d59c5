"""What every fix promises, whatever rule it belongs to; `broken` says what a fix did not keep."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from seawall.edits import AnyEdit, CannotFix, CreateFile, Edit, Fix
from seawall.edits.apply import apply_to
from seawall.engine.located import Located
from seawall.engine.workspace import Workspace
from seawall.syntax import Text

MAX_ROUNDS = 40


def findings(workspace: Workspace) -> list[Located]:
    """All findings in open files and in the project."""
    found = [one for path in sorted(workspace.documents) for one in workspace.findings(path)]
    return found + workspace.project_findings()


def made(fix: Fix) -> tuple[AnyEdit, ...]:
    """A fix's edits; none if it turns out that it cannot be made."""
    try:
        return tuple(dict.fromkeys(fix.make()))
    except CannotFix:
        return ()


def broken(
    workspace: Workspace, located: Located, fix: Fix, before: list[Located], *, to_the_end: bool = True
) -> list[str]:
    """The promises that a fix breaks; `to_the_end` goes on fixing what is left. The workspace is left as it was."""
    edits = made(fix)
    if not edits:
        return []
    old = {edit.path: text_of(workspace, edit.path) for edit in edits}
    try:
        new = applied(old, edits)
    except ValueError as error:
        return [str(error)]
    wrong = [*_texts(old, new, edits)]
    if any(path.suffix == ".py" and not _parses(text) for path, text in new.items()):
        return [*wrong, "the result does not parse"]
    with changed(workspace, new):
        after = findings(workspace)
        wrong += _findings(located, before, after)
        wrong += _again(workspace, located, fix) if to_the_end else ()
    return wrong


def applied(old: dict[Path, Text | None], edits: Iterable[AnyEdit]) -> dict[Path, Text]:
    """The texts after the edits."""
    new: dict[Path, Text] = {}
    by_path: dict[Path, list[Edit]] = {}
    for edit in edits:
        if isinstance(edit, CreateFile):
            if old[edit.path] is not None:
                raise ValueError(f"{edit.path.name} is there already")
            new[edit.path] = Text.of(edit.text)
        else:
            by_path.setdefault(edit.path, []).append(edit)
    for path, several in by_path.items():
        new[path] = apply_to(new.get(path) or old[path] or Text.of(""), several)
    return new


def text_of(workspace: Workspace, path: Path) -> Text | None:
    """A file's text as the workspace has it; None if there is no such file."""
    if path in workspace.documents:
        return workspace.documents[path].source.text
    if path in workspace.overlays:
        return Text.of(workspace.overlays[path])
    return Text.decode(path.read_bytes()) if path.exists() else None


@contextmanager
def changed(workspace: Workspace, texts: dict[Path, Text]) -> Iterator[None]:
    """The workspace with other texts, for a while."""
    old = {path: workspace.documents[path].source.text if path in workspace.documents else None for path in texts}
    overlays = dict(workspace.overlays)
    for path, text in texts.items():
        put(workspace, path, text)
    try:
        yield
    finally:
        workspace.overlays = overlays
        for path, before in old.items():
            if before is not None:
                workspace.open(path, before)
            elif path in workspace.documents:
                workspace.remove(path)
            else:
                workspace.changed(path)


def put(workspace: Workspace, path: Path, text: Text) -> None:
    if path.suffix == ".py":
        workspace.open(path, text)
    else:
        workspace.overlays[path] = str(text)
        workspace.changed(path)


def _texts(old: dict[Path, Text | None], new: dict[Path, Text], edits: Iterable[AnyEdit]) -> Iterator[str]:
    lost = _comments(text for text in old.values() if text) - _comments(new.values())
    if lost:
        yield f"comments are lost: {', '.join(lost)}"
    for path, text in new.items():
        before = old[path]
        if before is None:
            continue
        if (text.encoding, text.bom) != (before.encoding, before.bom) or text.problem:
            yield f"the encoding of {path.name} is another"
        if _endings(text) - _endings(before) and len(before.lines) > 1:
            yield f"line endings of {path.name} are others"
        if not text.encode().endswith(b"\n") and before.encode().endswith(b"\n"):
            yield f"the final newline of {path.name} is gone"
        touched = [edit.range for edit in edits if isinstance(edit, Edit) and edit.path == path]
        for number, line in enumerate(before.lines, 1):
            is_touched = any(one.start_line <= number <= one.end_line for one in touched)
            if not is_touched and line.strip() and line not in text.lines:
                yield f"line {number} of {path.name} has changed untouched"


def _findings(located: Located, before: list[Located], after: list[Located]) -> Iterator[str]:
    had, has = _counts(before), _counts(after)
    own = (located.path, located.code)
    if has[own] >= had[own]:
        yield "the finding is still there"
    for path, code in (has - had).keys() - {own}:
        news = [one for one in after if (one.path, one.code) == (path, code)]
        yield f"new in {path.name}: {code} {news[-1].finding.message}"


def _again(workspace: Workspace, located: Located, fix: Fix) -> Iterator[str]:
    """Mending what is left in the same way comes to an end."""
    first = {path: document.source for path, document in workspace.documents.items()}
    overlays, number = dict(workspace.overlays), located.finding.fixes.index(fix)
    made: set[Path] = set()
    for _ in range(MAX_ROUNDS):
        edits = next(_same_fixes(workspace, located, number), None)
        if edits is None:
            break
        try:
            new = applied({edit.path: text_of(workspace, edit.path) for edit in edits}, edits)
        except ValueError as error:
            yield f"the next fix fails: {error}"
            break
        for path, text in new.items():
            made.add(path)
            put(workspace, path, text)
    else:
        yield "fixing does not come to rest"
    workspace.overlays = overlays
    for path in made:
        if path in first:
            workspace.open(path, first[path].text)
        elif path in workspace.documents:
            workspace.remove(path)
        else:
            workspace.changed(path)


def _same_fixes(workspace: Workspace, located: Located, number: int) -> Iterator[tuple[AnyEdit, ...]]:
    title = located.finding.fixes[number].title.split()[0]
    for other in findings(workspace):
        if other.code == located.code and number < len(other.finding.fixes):
            fix = other.finding.fixes[number]
            if fix.title.split()[0] == title and (edits := made(fix)):
                yield edits


def _counts(found: Iterable[Located]) -> Counter[tuple[Path, str]]:
    return Counter((one.path, one.code) for one in found)


def _comments(texts: Iterable[Text]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        try:
            tokens = tokenize.generate_tokens(io.StringIO("".join(text.lines)).readline)
            found += Counter(token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)
        except (tokenize.TokenError, SyntaxError):  # no Python
            continue
    return found


def _endings(text: Text) -> set[str]:
    return {line[len(line.rstrip("\r\n")) :] for line in text.lines} - {""}


def _parses(text: Text) -> bool:
    try:
        ast.parse(text.encode())
    except (SyntaxError, ValueError):
        return False
    return True
