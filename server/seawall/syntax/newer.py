"""Syntax that is newer than the interpreter, rewritten in as many bytes to what the interpreter reads.

Only code that failed to parse is looked at. Each rewriting keeps all positions, or tells how to put them right.
"""

from __future__ import annotations

import ast
import re
import sys
from typing import NamedTuple

from seawall.patterns import pattern

from .lexer import Token, logical_end, tokens
from .text import Range, utf8_len

EXCEPT = "`except` with several types without parentheses (PEP 758)"
TYPE_PARAMETERS = "type parameters (PEP 695)"
TYPE_STATEMENT = "the `type` statement (PEP 695)"
_MISSING = {
    what
    for what, since in ((EXCEPT, (3, 14)), (TYPE_PARAMETERS, (3, 12)), (TYPE_STATEMENT, (3, 12)))
    if sys.version_info < since
}

_CANDIDATE = pattern(r"\bexcept\b[^\n:(]*,|\b(?:def|class)[ \t]+\w+[ \t]*\[|\btype[ \t]+\w+[ \t]*[\[=]")
_HEAD = pattern(
    r"""([ \t\f]*)(?:
        (?P<except>except\b[ \t]*\*?)
      | (?P<named>(?:async[ \t]+)?(?:def|class)[ \t]+[^\W\d]\w*[ \t]*)(?=\[)
      | (?P<type>type[ \t]+)[^\W\d]\w*[ \t]*(?=[\[=])
    )""",
    re.X,
)
_SEPARATOR = pattern(r"[,:]|\bas\b|\b(?:or|and|not|if|lambda)\b")


class Rewritten(NamedTuple):
    """A text that an older interpreter reads, and what was done to it."""

    source: str
    notes: tuple[tuple[Range, str], ...]
    handlers: dict[int, int]
    """How many types stand behind the `except` of a line."""
    aliases: dict[tuple[int, int], int]
    """Where the name of a `type` statement stands, and the column of its `type`."""

    def mend(self, tree: ast.Module) -> None:
        """Give the tree the shape and the positions that the newer interpreter would have given."""
        if not self.handlers and not self.aliases:
            return
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and node.type and node.lineno in self.handlers:
                node.type = _tuple(node.type, self.handlers[node.lineno])
            elif isinstance(node, ast.Assign):
                node.col_offset = self.aliases.get((node.lineno, node.col_offset), node.col_offset)


def rewrite(source: str) -> Rewritten:
    """Rewrite what newer Pythons read and this one may not."""
    if not _MISSING or not _CANDIDATE.search(source):
        return Rewritten(source, (), {}, {})
    out: list[str] = []
    notes: list[tuple[Range, str]] = []
    handlers: dict[int, int] = {}
    aliases: dict[tuple[int, int], int] = {}
    start, line = 0, 1
    while start < len(source):
        end = logical_end(source, start).end
        text = source[start:end]
        if head := _HEAD.match(text):
            indent = head[1]
            width = utf8_len(indent)
            what = ""
            if EXCEPT in _MISSING and head["except"] and (commas := _commas(text, head.end())):
                what = EXCEPT
                handlers[line] = len(commas) + 1
                for comma in commas:
                    text = f"{text[:comma]}|{text[comma + 1 :]}"
            elif TYPE_STATEMENT in _MISSING and (head["named"] or head["type"]):
                what = TYPE_STATEMENT if head["type"] else TYPE_PARAMETERS
                if parameters := _brackets(text, head.end()):
                    text = text[: parameters[0]] + _blank(text[slice(*parameters)]) + text[parameters[1] :]
                if head["type"]:
                    name = width + len(head["type"])
                    aliases[line, name] = width
                    # Behind a form feed, a line's indentation is counted anew, so the name may stand where it stands.
                    blank = " " * (len(head["type"]) - 1) + "\f" + indent
                    text = blank + text[len(blank) :]
            if what:
                notes.append((Range(line, width, line, width + len(head[0].strip())), what))
        out.append(text)
        line += source.count("\n", start, end)
        start = end
    return Rewritten("".join(out), tuple(notes), handlers, aliases)


def _commas(text: str, start: int) -> list[int]:
    """The commas between the types of an `except`; none if it is not a bare list of simple types."""
    marks = tokens(text, start)
    commas: list[int] = []
    for mark in _SEPARATOR.finditer(text, start):
        if _depth(marks, mark.start()):
            continue
        if mark[0] == ":":
            return commas
        if mark[0] != ",":
            return []
        commas.append(mark.start())
    return []


def _depth(marks: list[Token], at: int) -> int:
    depth = 0
    for mark in marks:
        if mark.start > at:
            break
        if mark.kind in "()":
            depth += 1 if mark.kind == "(" else -1
        elif mark.end > at:
            return 1
    return depth


def _brackets(text: str, start: int) -> tuple[int, int] | None:
    found = tokens(text, text.index("[", start)) if "[" in text[start : start + 1] else []
    return next(((start, mark.end) for mark in found if mark.kind == ")" and mark.depth == 0), None)


def _blank(text: str) -> str:
    """As many bytes and lines, but empty; every line but the last is continued."""
    lines = [" " * utf8_len(line) for line in text.split("\n")]
    return "\n".join([*(line[:-1] + "\\" for line in lines[:-1]), lines[-1]])


def _tuple(joined: ast.expr, count: int) -> ast.expr:
    """The tuple that was written as alternatives."""
    types: list[ast.expr] = []
    first = joined
    while count > 1 and isinstance(first, ast.BinOp) and isinstance(first.op, ast.BitOr):
        types.append(first.right)
        first = first.left
        count -= 1
    types.append(first)
    made = ast.Tuple(types[::-1], ast.Load())
    return ast.copy_location(made, joined) if len(types) > 1 else joined
