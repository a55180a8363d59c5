"""Asking the semantics floor about an expression of an example."""

from __future__ import annotations

import ast

from seawall.semantics.types import AnyOf, Instance, Named, Type, Value
from seawall.semantics.view import View
from support.marked import Folder, parse


def meaning(text: str, *, whole: bool = False) -> str:
    """What the expression between the marks «...» means, as text: `requests.get`, `an sqlalchemy.orm.Session`, `unknown`.

    `whole` reads each file as one item, as the terminal does; else files are cut into items, as in an editor.
    """
    example = parse(text)
    folder = Folder(example.files)
    for path in folder.python:
        if whole:
            folder.workspace.load(path)
        else:
            folder.workspace.open(path, path.read_bytes())
    ((name, mark),) = [(name, mark) for name, marks in example.marks.items() for mark in marks]
    document = folder.workspace.documents[folder.root / name]
    for start, item in zip(document.source.starts, document.source.items, strict=True):
        view = View(document, item, folder.workspace.index)
        for node in view.scan.parents:
            if isinstance(node, ast.expr) and _is_at(node, start, mark):
                return said(view.type_of(node))
    raise AssertionError("no expression stands exactly between the marks")


def _is_at(node: ast.expr, start: int, mark: tuple[int, int, int, int]) -> bool:
    first, last = node.lineno + start - 1, (node.end_lineno or 0) + start - 1
    return (first, node.col_offset, last, node.end_col_offset) == mark


def said(type_: Type | None) -> str:
    """A type in words."""
    match type_:
        case None:
            return "unknown"
        case Named(name):
            return name
        case Instance(cls, args):
            inner = f"[{', '.join(said(arg).removeprefix('an ') for arg in args)}]" if args else ""
            return f"an {cls}{inner}"
        case Value(value):
            return repr(value)
        case AnyOf(several):
            return " | ".join(sorted(said(option) for option in several))
