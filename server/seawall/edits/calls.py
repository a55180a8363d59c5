"""Edits of calls."""

from __future__ import annotations

import ast
from typing import Protocol

from seawall.edits.fix import Edit
from seawall.syntax import Range, range_of


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


def drop_keyword(file: Editable, call: ast.Call, name: str) -> Edit:
    """Take a keyword argument out, with the comma that parts it from its neighbour."""
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    arguments = sorted(given, key=lambda node: (node.lineno, node.col_offset))
    node = next(item for item in call.keywords if item.arg == name)
    place, position = range_of(node), arguments.index(node)
    if position:
        before = range_of(arguments[position - 1])
        return file.replace(Range(before.end_line, before.end_col, place.end_line, place.end_col), "")
    if len(arguments) > 1:
        after = range_of(arguments[1])
        return file.replace(Range(place.start_line, place.start_col, after.start_line, after.start_col), "")
    return file.replace(place, "")


def rename_keyword(file: Editable, call: ast.Call, name: str, new: str) -> Edit:
    """Give a keyword argument another name."""
    node = next(item for item in call.keywords if item.arg == name)
    start, width = range_of(node), len(name.encode())
    here = Range(start.start_line, start.start_col, start.start_line, start.start_col + width)
    return file.replace(here, new)
