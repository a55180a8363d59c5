"""Edits of calls."""

from __future__ import annotations

import ast
from typing import Protocol

from seawall.edits.fix import Edit
from seawall.syntax import Range


class Editable(Protocol):
    """The code of one item, able to say what stands where and to edit it."""

    def slice(self, range_: Range) -> str: ...
    def replace(self, where: ast.AST | Range, text: str) -> Edit: ...


def add_keyword(file: Editable, call: ast.Call, name: str, value: str) -> Edit:
    """Add `name=value` as the call's last argument, on a line of its own where the call has them so."""
    assert call.end_lineno is not None and call.end_col_offset is not None
    end_line, close = call.end_lineno, call.end_col_offset - 1
    arguments = [*call.args, *(item.value for item in call.keywords)]
    last = max(arguments, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0), default=None)
    here = Range(end_line, close, end_line, close)
    if last is None:
        return file.replace(here, f"{name}={value}")
    assert last.end_lineno is not None and last.end_col_offset is not None
    between = file.slice(Range(last.end_lineno, last.end_col_offset, end_line, close))
    has_comma = "," in between.partition("#")[0]
    after = Range(last.end_lineno, last.end_col_offset, last.end_lineno, last.end_col_offset)
    if "\n" not in between:
        return file.replace(here, f" {name}={value}" if has_comma else f", {name}={value}")
    first = file.slice(Range(last.lineno, 0, last.lineno, last.col_offset))
    indent = first[: len(first) - len(first.lstrip())]
    if has_comma:
        start = Range(end_line, 0, end_line, 0)
        if file.slice(Range(end_line, 0, end_line, close)).strip() == "":
            return file.replace(start, f"{indent}{name}={value},\n")
        return file.replace(here, f" {name}={value}")
    return file.replace(after, f", {name}={value}")


def set_keyword(file: Editable, call: ast.Call, name: str, value: str) -> Edit:
    """Give a keyword argument that the call has another value."""
    node = next(item.value for item in call.keywords if item.arg == name)
    return file.replace(node, value)
