"""Cutting a text into pieces: top-level statements, and the statements of top-level classes.

Where a piece ends depends on nothing but the text from its start on, so cutting can begin anew at any piece, and may
stop as soon as it meets an old boundary again. That is what makes a keystroke cheap.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .lexer import logical_end

_HEAD = re.compile(r"([ \t\f]*+)(?:(\n|\Z)|(\#[^\n]*\n?)|(@|[^\W\d]\w*+|))")
_ASYNC = re.compile(r"async[ \t]+(\w+)")
_CONTINUES = {
    "if": ("elif", "else"),
    "while": ("else",),
    "for": ("else",),
    "try": ("except", "else", "finally"),
}

STATEMENT, CLASS, METHOD, TAIL = "statement", "class", "method", "tail"


class Cut(NamedTuple):
    """One piece: where it ends, what one had to see to know that, and what it is."""

    end: int
    reach: int
    """How far its strings had to be followed; beyond `ahead` only if one is not closed where it seems to be."""
    ahead: int
    """Where the next piece's code begins, or the text ends: seen to know that this piece is over."""
    kind: str
    """A statement, the header of a top-level class, a method of one, or the tail of the file."""
    level: int
    """The indentation of the class body in which the piece stands; 0 at the top level."""
    next_level: int
    heads: tuple[int, ...]
    """Where the decorators and the `def` of a method stand, relative to the piece."""


def cut(src: str, start: int, level: int) -> Cut:
    """Cut off the piece that starts here, in a class body of this level or, with 0, at the top level."""
    at = start
    while True:
        head = _HEAD.match(src, at)
        assert head is not None
        if head.lastindex == 4:
            break
        at = head.end()
        if at >= len(src):
            return Cut(at, at, at, TAIL, 0, 0, ())
    width = _width(head[1])
    if not width:
        level = 0  # Comments that lead a top-level statement are its own, even where they follow a class.
    own = level or 0
    heads = [head.start(4) - start]
    word, first = _word(src, head), True
    end, reach = logical_end(src, at)
    compound = word
    while True:
        if first and word == "class" and not level and not width:
            inner = _next_width(src, end)
            if inner:
                return Cut(end, reach, end, CLASS, 0, inner, ())
        first = False
        at = end
        while True:
            head = _HEAD.match(src, at)
            assert head is not None
            if head.lastindex == 4:
                break
            at = head.end()
            if head.lastindex == 3 and _width(head[1]) > own:
                end = at  # An indented comment belongs to the block above it.
            if at >= len(src):
                break
        if head.lastindex != 4:
            break
        if _width(head[1]) <= own:
            follows = src[head.start(4) : head.end(4)]
            if compound == "@":
                heads.append(head.start(4) - start)
                compound = word = _word(src, head)
                first = True
            elif follows not in _CONTINUES.get(compound, ()):
                break
        end, looked = logical_end(src, at)
        reach = max(reach, looked)
    kind = METHOD if level and width and word == "def" else STATEMENT
    return Cut(end, reach, at, kind, level, level, tuple(heads) if kind is METHOD else ())


def _word(src: str, head: re.Match[str]) -> str:
    if head[4] == "async" and (second := _ASYNC.match(src, head.start(4))):
        return second[1]
    return head[4]


def _next_width(src: str, at: int) -> int:
    while at < len(src) and (head := _HEAD.match(src, at)):
        if head.lastindex == 4:
            return _width(head[1])
        at = head.end()
    return 0


def _width(indent: str) -> int:
    if "\t" not in indent and "\f" not in indent:
        return len(indent)
    return len(indent[indent.rfind("\f") + 1 :].expandtabs(8))
