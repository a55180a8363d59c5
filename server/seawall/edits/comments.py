"""Comments within code that is about to be replaced."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path
from typing import Protocol

from seawall.edits.fix import Edit
from seawall.semantics.document import Document
from seawall.syntax import Range


class Commented(Protocol):
    """The code of one item of a file."""

    @property
    def path(self) -> Path: ...
    @property
    def current(self) -> Document: ...
    def text(self, node: ast.AST) -> str: ...
    def statement(self, node: ast.AST) -> ast.stmt: ...
    def place(self, where: ast.AST | Range) -> Range: ...


def kept_comments(file: Commented, node: ast.AST) -> list[Edit]:
    """Put the comments in a node on lines of their own above its statement."""
    text = file.text(node)
    if "#" not in text or "\n" not in text:
        return []
    comments = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(f"(\n{text}\n)").readline):
            if token.type == tokenize.COMMENT:
                comments.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        return []
    statement = file.statement(node)
    first = min([statement, *getattr(statement, "decorator_list", [])], key=lambda one: one.lineno)
    line = file.place(first).start_line
    source = file.current.source.text.line(line)
    indent = source[: len(source) - len(source.lstrip())]
    written = "".join(f"{indent}{comment}\n" for comment in comments)
    return [Edit(file.path, Range(line, 0, line, 0), written)] if written else []
