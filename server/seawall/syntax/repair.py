"""Repairs for half-typed code: each keeps every line and every column outside of the damage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Self

from seawall.patterns import pattern

from .lexer import logical_end
from .text import Range, utf8_len

MAX_TRIES = 8

_INDENT = pattern(r"[ \t\f]*")
_ON_LINE = pattern(r"on line (\d+)")
_HEADER = pattern(
    r"(async[ \t]+def|def|class)[ \t]+([^\W\d]\w*)"
    r"|(async[ \t]+(?:for|with|def)|def|class|if|while|for|with|try|match)\b"
    r"|(elif|else|except|finally|case)\b"
)
_BLANK = pattern(r"[ \t\f]*(?:#.*)?$")


class Damage(NamedTuple):
    """What the parser stumbled over."""

    range: Range
    message: str
    line: int
    """The line that it named; 0 if the text as a whole cannot be read."""

    @classmethod
    def of(cls, error: SyntaxError, text: str) -> Self:
        """The damage that a syntax error tells of."""
        line = error.lineno or 1
        body = _line(text, line)
        start = utf8_len(body[: max((error.offset or 1) - 1, 0)])
        end = start
        if error.end_lineno == line and error.end_offset:
            end = max(start, utf8_len(body[: max(error.end_offset - 1, 0)]))
        return cls(Range(line, start, line, end), error.msg or "invalid syntax", line)


def repairs(text: str, damage: Damage) -> Iterator[str]:
    """Texts that may parse further than this one, the likeliest first."""
    lines = text.split("\n")
    count = len(lines)
    at = min(damage.line, count) - 1
    message = damage.message
    named = _ON_LINE.search(message)
    if "expected an indented block" in message and named:
        yield _give_body(lines, int(named[1]) - 1)
    if "expected 'except' or 'finally'" in message:
        opener = _opener(lines, at, "try")
        if opener is not None:
            yield _put(lines, opener, opener + 1, "if 1:")
    while at and not lines[at].strip():
        at -= 1
    logical = _logical(lines, at)
    if "never closed" in message or "unterminated" in message:
        yield _replace(lines, at, at + 1)
        if "triple" in message:
            yield _replace(lines, at, _until_code(lines, at))
        yield _replace(lines, at, _until_dedent(lines, at))
    if "unexpected indent" in message:
        above = _above(lines, logical[0])
        if above is not None:
            start = _logical(lines, above)[0]
            yield _put(lines, start, above + 1, "if 1:")
        yield _put(lines, logical[0], _until_outdent(lines, logical[0]), "")
    if "unindent" in message or "inconsistent" in message:
        yield _put(lines, at, at + 1, "")
    yield _replace(lines, *logical)
    if logical != (at, at + 1):
        yield _replace(lines, at, at + 1)
    above = _above(lines, logical[0])
    if above is not None:
        yield _replace(lines, *_logical(lines, above))
    yield _put(lines, *logical, "")
    yield _replace(lines, logical[0], _until_dedent(lines, logical[0]))


def cut_short(text: str, damage: Damage) -> str:
    """The text without anything from the damaged line on."""
    lines = text.split("\n")
    return "\n".join(lines[: _logical(lines, min(damage.line, len(lines)) - 1)[0]])


def _line(text: str, number: int) -> str:
    start = 0
    for _ in range(number - 1):
        start = text.find("\n", start) + 1
        if not start:
            return ""
    end = text.find("\n", start)
    return text[start:] if end < 0 else text[start:end]


def _indent(line: str) -> str:
    match = _INDENT.match(line)
    return match[0] if match else ""


def _depth(line: str) -> int:
    indent = _indent(line)
    return len(indent[indent.rfind("\f") + 1 :].expandtabs(8))


def _logical(lines: list[str], at: int) -> tuple[int, int]:
    """The first line of the logical line that covers this line, and the line behind it."""
    text = "\n".join(lines)
    start = line = 0
    while start < len(text):
        end = logical_end(text, start).end
        next_line = line + text.count("\n", start, end)
        if at < next_line or end >= len(text):
            return line, max(next_line, at + 1) if end < len(text) else len(lines)
        start, line = end, next_line
    return at, at + 1


def _above(lines: list[str], at: int) -> int | None:
    return next((n for n in range(at - 1, -1, -1) if not _BLANK.match(lines[n])), None)


def _below(lines: list[str], at: int) -> int | None:
    return next((n for n in range(at, len(lines)) if not _BLANK.match(lines[n])), None)


def _opener(lines: list[str], at: int, word: str) -> int | None:
    """The nearest line above that opens a `try` at this line's indentation or left of it, or any."""
    found = [n for n in range(at, -1, -1) if lines[n].lstrip(" \t\f").startswith(word)]
    limit = _depth(lines[at]) if at < len(lines) else 0
    return next((n for n in found if _depth(lines[n]) >= limit), found[0] if found else None)


def _until_dedent(lines: list[str], at: int) -> int:
    """The first line below that stands at this line's indentation or left of it and closes no bracket."""
    limit = _depth(lines[at])
    for n in range(at + 1, len(lines)):
        body = lines[n].lstrip(" \t\f")
        if body and body[0] not in "#)]}" and _depth(lines[n]) <= limit:
            return n
    return len(lines)


def _until_outdent(lines: list[str], at: int) -> int:
    limit = _depth(lines[at])
    for n in range(at + 1, len(lines)):
        if lines[n].strip() and _depth(lines[n]) < limit:
            return n
    return len(lines)


_CODE = pattern(
    r"[ \t\f]*(?:(?:async[ \t]+)?(?:def|class|return|import|with|while|raise|try|del|assert|pass)\b"
    r"|(?:if|for|elif|except)\b.*:\s*(?:#.*)?$|from[ \t]+[\w.]+[ \t]+import\b|@\w|await\b"
    r"|[\w.\[\]'\", ]+[ \t]*(?::[ \t]*[\w.\[\], |]+)?[ \t]*[-+*/|&]?=[^=]|[\w.]+\(.*\)?\s*$)"
)


def _until_code(lines: list[str], at: int) -> int:
    """Where a string that was never closed most likely ends: before the next line that looks like code."""
    limit = _depth(lines[at])
    for n in range(at + 1, len(lines)):
        if lines[n].strip() and _depth(lines[n]) <= limit and _CODE.match(lines[n]):
            return n
    return len(lines)


def _replace(lines: list[str], start: int, end: int) -> str:
    """Put the plainest statement of the same kind in place of these lines."""
    first = lines[start]
    head = _HEADER.match(first, len(_indent(first)))
    if head is None:
        return _put(lines, start, end, "pass")
    if head[2]:
        new = f"{head[0]}:" if head[1] == "class" else f"{head[0]}():"
    elif head[4]:
        new = {"elif": "elif 1:", "case": "case _:"}.get(head[4], f"{head[4]}:")
    else:
        new = "match 1:" if head[3] == "match" else "try:" if head[3] == "try" else "if 1:"
    below = _below(lines, end)
    if below is None or _depth(lines[below]) <= _depth(first):
        new = "pass" if head[3] in ("match", "try") else f"{new} pass"
    return _put(lines, start, end, new)


def _put(lines: list[str], start: int, end: int, new: str) -> str:
    blanks = [""] * (end - start - 1)
    return "\n".join([*lines[:start], (_indent(lines[start]) + new) if new else "", *blanks, *lines[end:]])


def _give_body(lines: list[str], at: int) -> str:
    """Give a header without a body one, in its last line and before its comment."""
    _, end = _logical(lines, at)
    last = min(end, len(lines)) - 1
    while last > at and _BLANK.match(lines[last]):
        last -= 1
    head, mark, _comment = lines[last].rpartition("#")
    line = head if mark and head.rstrip().endswith(":") else lines[last]
    return "\n".join([*lines[:last], line.rstrip() + " pass", *lines[last + 1 :]])
