"""Marked source: `«...»` marks the range of an expected finding, `#- app/db.py` starts another file of the same example."""

from __future__ import annotations

import re
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path

from seawall.engine.fix import apply
from seawall.engine.located import Located
from seawall.engine.workspace import Workspace
from seawall.syntax import Range

_FILE = re.compile(r"^#- (\S+)\s*$", re.MULTILINE)


@dataclass
class Example:
    """Files by relative path, and the ranges marked in each."""

    files: dict[str, str]
    marks: dict[str, list[Range]]


def parse(text: str, main: str = "main.py") -> Example:
    """Read marked source. Text before the first `#- path` belongs to `main`."""
    text = textwrap.dedent(text).lstrip("\n")
    pieces = _FILE.split(text)
    files = {main: pieces[0]} if pieces[0].strip() or len(pieces) == 1 else {}
    for name, body in zip(pieces[1::2], pieces[2::2], strict=True):
        files[name] = body.lstrip("\n")
    example = Example({}, {})
    for name, body in files.items():
        example.files[name], example.marks[name] = _unmark(body)
    return example


def _unmark(text: str) -> tuple[str, list[Range]]:
    plain: list[str] = []
    open_places: list[tuple[int, int]] = []
    marks: list[Range] = []
    line, column = 1, 0
    for char in text:
        if char == "«":
            open_places.append((line, column))
        elif char == "»":
            start = open_places.pop()
            marks.append(Range(*start, line, column))
        else:
            plain.append(char)
            if char == "\n":
                line, column = line + 1, 0
            else:
                column += len(char.encode())
    return "".join(plain), sorted(marks)


class Folder:
    """An example's files in a workspace on disk."""

    def __init__(self, files: dict[str, str], root: Path | None = None) -> None:
        self._temporary = tempfile.TemporaryDirectory() if root is None else None
        self.root = root or Path(self._temporary.name if self._temporary else "").resolve() / "project"
        self.root.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        self.workspace = Workspace(self.root)
        self.python = [self.root / name for name in files if name.endswith(".py")]

    def findings(self, code: str | None = None) -> list[Located]:
        """All findings, of one rule if a code is given."""
        by_file = self.workspace.check_all(self.python)
        found = [one for located in by_file.values() for one in located] + self.workspace.project_findings()
        return [one for one in found if code is None or one.code == code]

    def read(self) -> dict[str, str]:
        """Every file's text, by relative path."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes().decode()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }


def assert_finds(code: str, text: str, *, main: str = "main.py", root: Path | None = None) -> list[Located]:
    """The rule fires exactly at the marks, in every file of the example."""
    example = parse(text, main)
    folder = Folder(example.files, root)
    located = folder.findings(code)
    found = sorted((one.path.relative_to(folder.root).as_posix(), one.range) for one in located)
    expected = sorted((name, mark) for name, marks in example.marks.items() for mark in marks)
    assert found == expected, _explain(found, expected, located)
    return located


def assert_silent(code: str, text: str, *, main: str = "main.py", root: Path | None = None) -> None:
    """The rule finds nothing."""
    assert "«" not in text
    assert_finds(code, text, main=main, root=root)


def assert_fixes(
    code: str,
    before: str,
    after: str,
    *,
    title: str | None = None,
    main: str = "main.py",
    root: Path | None = None,
) -> None:
    """Fixing every marked finding, one after the other, gives exactly `after`; then nothing is left to fix.

    `title` picks the fix whose title contains it; the first by default. Files that `after` does not name are as before.
    """
    example = parse(before, main)
    folder = Folder(example.files, root)
    expected = {**example.files, **parse(after, main).files}
    for _ in range(20):
        fixable = [one for one in folder.findings(code) if _pick(one, title) is not None]
        if not fixable:
            break
        fix = _pick(fixable[0], title)
        assert fix is not None
        for path, content in apply(folder.workspace, fix.make()).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode())
            folder.workspace.changed(path)
            if path.suffix == ".py" and path not in folder.python:
                folder.python.append(path)
    else:
        raise AssertionError("the fix does not come to rest")
    assert folder.read() == expected
    if title is None:
        assert folder.findings(code) == []


def _pick(located: Located, title: str | None):  # type: ignore[no-untyped-def]
    return next((fix for fix in located.finding.fixes if title is None or title in fix.title), None)


def _explain(found: object, expected: object, located: list[Located]) -> str:
    lines = [f"found:    {found}", f"expected: {expected}"]
    lines += [f"  {one.path.name}:{one.range} {one.code} {one.finding.message}" for one in located]
    return "\n".join(lines)
