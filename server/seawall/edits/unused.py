"""Taking imports away that nothing uses any more."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from seawall.edits.apply import apply_to, difference
from seawall.edits.fix import AnyEdit, Edit
from seawall.semantics.document import Document
from seawall.syntax import Range, range_of, read_at_once

_ABOUT_IMPORTS = re.compile(r"#\s*(noqa|type:|isort|pylint|pyright|ruff|fmt)", re.IGNORECASE)


def used_names(document: Document) -> frozenset[str]:
    """Every name that the document reads, also in annotations that are strings, or lists in `__all__`."""
    found: set[str] = set()
    for item in document.source.items:
        nodes = document.analysis(item).scan.nodes
        found.update(node.id for node in nodes[ast.Name] if isinstance(node, ast.Name))
        for node in nodes[ast.Constant]:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200:
                found.update(_words(node.value))
    return frozenset(found)


def imported_names(document: Document) -> frozenset[str]:
    """The names that imports at the top level bind."""
    return frozenset(
        alias.asname or alias.name.partition(".")[0] for _, node in _imports(document) for alias in node.names
    )


def tidied(document: Document, edits: Iterable[AnyEdit], names: Iterable[str]) -> list[AnyEdit]:
    """The edits, and with those of this document what takes out the imports of `names` that nobody needs after them."""
    edits = list(edits)
    own = [edit for edit in edits if isinstance(edit, Edit) and edit.path == document.path]
    others = [edit for edit in edits if edit not in own]
    if document.is_package or not own:
        return edits
    old = document.source.text
    new = Document(document.path, document.module, read_at_once(apply_to(old, own)))
    gone = frozenset(names) & imported_names(new) - used_names(new)
    if not gone:
        return edits
    text = apply_to(new.source.text, drop_neatly(new, gone))
    return [*others, *difference(document.path, old, text)]


def drop(document: Document, names: frozenset[str]) -> Iterator[Edit]:
    """The edits that take names out of the imports at the top level."""
    for start, node in _imports(document):
        kept = [alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) not in names]
        if len(kept) == len(node.names):
            continue
        if not kept:
            yield _statement(document, range_of(node).shift(start - 1))
            continue
        for index, alias in enumerate(node.names):
            if alias not in kept:
                yield Edit(document.path, _with_comma(node, index, kept).shift(start - 1), "")


def drop_neatly(document: Document, names: frozenset[str]) -> Iterator[Edit]:
    """The same where nothing else is changed: no two empty lines are left in the place of a group of imports."""
    gone: list[Range] = []
    for edit in drop(document, names):
        if edit.text or edit.range.end_col:
            yield edit
        elif gone and gone[-1].end_line == edit.range.start_line:
            gone[-1] = gone[-1]._replace(end_line=edit.range.end_line)
        else:
            gone.append(edit.range)
    for lines in gone:
        yield Edit(document.path, _with_empty_line(document, lines), "")


def _with_empty_line(document: Document, lines: Range) -> Range:
    """Whole lines, together with the empty one after them if there would be two, or with all at the top of the file."""
    text, end = document.source.text, lines.end_line
    is_top = lines.start_line == 1
    if is_top or not text.line(lines.start_line - 1).strip():
        while end <= len(text.lines) and not text.line(end).strip():
            end += 1
            if not is_top:
                break
    return lines._replace(end_line=end)


def _statement(document: Document, place: Range) -> Edit:
    """Take a whole statement out, with its line if nothing else stands there; a comment that is not about it stays."""
    rest = document.source.text.line(place.end_line).encode()[place.end_col :].decode(errors="replace")
    comment = rest.strip()
    if place.start_col or (comment and not comment.startswith("#")):
        return Edit(document.path, place, "pass")
    if comment and not _ABOUT_IMPORTS.match(comment):
        gap = len(rest) - len(rest.lstrip())
        return Edit(document.path, place._replace(end_col=place.end_col + gap), "")
    return Edit(document.path, Range(place.start_line, 0, place.end_line + 1, 0), "")


def _with_comma(node: ast.Import | ast.ImportFrom, index: int, kept: list[ast.alias]) -> Range:
    """An alias up to the next one; if none follows that stays, from the end of the last that stays."""
    here = range_of(node.names[index])
    if any(alias in kept for alias in node.names[index + 1 :]):
        following = range_of(node.names[index + 1])
        return Range(here.start_line, here.start_col, following.start_line, following.start_col)
    before = range_of(node.names[index - 1])
    return Range(before.end_line, before.end_col, here.end_line, here.end_col)


def _imports(document: Document) -> Iterator[tuple[int, ast.Import | ast.ImportFrom]]:
    for start, item in zip(document.source.starts, document.source.items, strict=True):
        for node in item.tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield start, node


def _words(text: str) -> Iterator[str]:
    return (word for word in "".join(char if char.isidentifier() or char.isdigit() else " " for char in text).split())
