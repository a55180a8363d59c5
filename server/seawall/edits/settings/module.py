"""A Python module as it stands now, ready to be edited."""

from __future__ import annotations

import ast
from pathlib import Path

from seawall.edits.fix import AnyEdit, CannotFix, CreateFile, Edit
from seawall.project.modules import module_name
from seawall.project.project import Project
from seawall.semantics.document import Document
from seawall.semantics.index import Index
from seawall.semantics.scopes import Scan
from seawall.syntax import Range, Text, range_of, read
from seawall.syntax.parse import quiet


class Module:
    """One module, whole: where things stand in it, and edits at absolute places."""

    def __init__(self, path: Path, name: str, text: str, index: Index) -> None:
        """Raises: CannotFix: the text does not parse."""
        self.path = path
        self.index = index
        self.text = Text.of(text)
        self.current = Document(path, name, read(self.text))
        self.scan = Scan(ast.Module([], []))
        try:
            with quiet():
                self.tree = ast.parse("\n".join(line.rstrip("\r\n") for line in self.text.lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise CannotFix(f"`{path.name}` does not parse") from error

    @classmethod
    def at(cls, path: Path, project: Project, index: Index) -> Module | None:
        """The module in a file, or None where there is no file."""
        text = project.read(path)
        return None if text is None else cls(path, module_name(path, project.source_roots), text, index)

    def slice(self, range_: Range) -> str:
        return self.text.slice(range_)

    def replace(self, where: ast.AST | Range, text: str) -> Edit:
        return Edit(self.path, where if isinstance(where, Range) else range_of(where), text)

    def insert_line(self, line: int, text: str) -> Edit:
        """Put whole lines before a line."""
        lines = self.text.lines
        if line > len(lines) and lines and not lines[-1].endswith(("\n", "\r")):
            end = len(lines[-1].encode())
            return Edit(self.path, Range(len(lines), end, len(lines), end), "\n" + text.removesuffix("\n"))
        return Edit(self.path, Range(line, 0, line, 0), text)

    def indent(self, node: ast.stmt) -> str:
        """What stands before a statement on its line, tabs as they are."""
        return self.text.line(node.lineno)[: node.col_offset]

    def constant(self, name: str) -> ast.expr | None:
        """What the top level assigns to a name, if it does so once."""
        values = [
            statement.value
            for statement in self.tree.body
            if isinstance(statement, (ast.Assign, ast.AnnAssign))
            and statement.value is not None
            and any(
                isinstance(target, ast.Name) and target.id == name
                for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
            )
        ]
        return values[0] if len(values) == 1 else None

    def class_node(self, name: str) -> ast.ClassDef | None:
        """The top-level class of that name."""
        return next((node for node in self.tree.body if isinstance(node, ast.ClassDef) and node.name == name), None)


def path_of(module: str, project: Project) -> Path | None:
    """The file of a module of the project."""
    parts = module.split(".")
    for root in project.source_roots:
        for path in (root.joinpath(*parts).with_suffix(".py"), root.joinpath(*parts, "__init__.py")):
            if path.is_file() and module_name(path, project.source_roots) == module:
                return path
    return None


def rewritten(path: Path, old: str | None, new: str) -> list[AnyEdit]:
    """The smallest edit that makes one text of another; None for a file that is not there."""
    if old is None:
        return [CreateFile(path, new)]
    if old == new:
        return []
    before, after = Text.of(old).lines, Text.of(new).lines
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    changed = "".join(after[head : len(after) - tail])
    start, end = Range(head + 1, 0, head + 1, 0), len(before) - tail + 1
    if head < len(before) and end == len(before) + 1 and not before[-1].endswith(("\n", "\r")):
        last = before[-1]
        if changed.startswith(last):  # the line before had no end: leave it where it is
            at = len(last.encode())
            return [Edit(path, Range(len(before), at, len(before), at), _plain(changed[len(last) :]))]
    return [Edit(path, Range(start.start_line, 0, end, 0), _plain(changed))]


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
