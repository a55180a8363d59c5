"""How a file is laid out, for new lines that should look like the old ones."""

from __future__ import annotations

import ast
import re

from seawall.semantics.view import View

_INDENTED = re.compile(r"^([ \t]+)\S", re.M)


def indent_of(file: View, node: ast.AST) -> str:
    """The white space that the node's first line begins with."""
    line = file.item.text.split("\n")[getattr(node, "lineno", 1) - 1]
    return line[: len(line) - len(line.lstrip(" \t\f"))]


def one_level(text: str) -> str:
    """What one level of indentation is: a tab in code whose first indented line begins with one, else four spaces."""
    first = _INDENTED.search(text)
    return "\t" if first and first[1].startswith("\t") else "    "
