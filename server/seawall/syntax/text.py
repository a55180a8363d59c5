"""The text of a file: its lines, its encoding, and the places in it.

Engine positions are `(line, column)` with lines from 1 and columns in UTF-8 bytes from 0, as `ast` gives them. Only
this module knows other units. A line ends at ``\\n``, ``\\r\\n`` or ``\\r`` and at nothing else.
"""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal, NamedTuple, Self

from seawall.patterns import pattern

Unit = Literal["utf-8", "utf-16", "utf-32"]

_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\n|\r)|[^\r\n]++")
_BYTE_LINE = re.compile(rb"[^\r\n]*+(?:\r\n|\n|\r)?")
_WIDE = pattern("[\U00010000-\U0010ffff]")
_UNREAD_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ALWAYS_ROUND_TRIP = {"utf-8", "ascii", "iso-8859-1"}


class Range(NamedTuple):
    """A stretch of text: lines from 1, columns in UTF-8 bytes from 0."""

    start_line: int
    start_col: int
    end_line: int
    end_col: int

    def shift(self, lines: int) -> Range:
        """The same range, moved down by `lines`."""
        return Range(self.start_line + lines, self.start_col, self.end_line + lines, self.end_col)

    def contains(self, line: int, col: int) -> bool:
        """Whether a cursor at this place stands in the range, its end included."""
        return (self.start_line, self.start_col) <= (line, col) <= (self.end_line, self.end_col)

    def overlaps(self, other: Range) -> bool:
        """Whether the two ranges share a place, or touch."""
        return other[:2] <= self[2:] and self[:2] <= other[2:]


class Span(NamedTuple):
    """The whole lines that a change touched: `old_line_count` lines from `first_line` on became `new_line_count`."""

    first_line: int
    old_line_count: int
    new_line_count: int


def range_of(node: ast.AST) -> Range:
    """The range of a node that has a place: an expression, a statement, a handler, an argument ..."""
    line: int = getattr(node, "lineno", 1)
    col: int = getattr(node, "col_offset", 0)
    end_line: int | None = getattr(node, "end_lineno", None)
    end_col: int | None = getattr(node, "end_col_offset", None)
    return Range(line, col, line if end_line is None else end_line, col if end_col is None else end_col)


def utf8_len(text: str) -> int:
    """The length of `text` in UTF-8 bytes; a lone surrogate counts three."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


class Text:
    """An immutable text as lines, each with its own ending; joined, they are the text."""

    __slots__ = ("bom", "encoding", "lines", "newline", "problem")

    lines: Sequence[str]
    encoding: str
    bom: bool
    newline: str
    """The line ending that most lines have."""
    problem: str | None
    """Why the bytes could not be read as they declare themselves, if so."""

    def __init__(self, lines: Sequence[str], encoding: str, bom: bool, newline: str, problem: str | None) -> None:
        self.lines, self.encoding, self.bom, self.newline, self.problem = lines, encoding, bom, newline, problem

    @classmethod
    def of(cls, text: str) -> Self:
        """A text that was always a string."""
        return cls(_LINE.findall(text), "utf-8", False, _dominant(text), None)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the bytes of a Python file (PEP 263). Never raises: what cannot be read as declared sets `problem`."""
        text, encoding, bom, problem = _decode(data)
        return cls(_LINE.findall(text), encoding, bom, _dominant(text), problem)

    def encode(self) -> bytes:
        """The bytes to write: exactly those that were decoded, if that went without a problem."""
        return _bom_of(self.encoding) * self.bom + _encode(str(self), self.encoding)

    def __str__(self) -> str:
        return "".join(self.lines)

    def __repr__(self) -> str:
        return f"<Text of {len(self.lines)} lines, {self.encoding}>"

    def line(self, number: int) -> str:
        """The line of this number, without its ending; empty outside the text."""
        return self.lines[number - 1].rstrip("\r\n") if 0 < number <= len(self.lines) else ""

    def slice(self, range: Range) -> str:
        """The text in a range."""
        (first, start), (last, end) = self._span(range)
        if first == last:
            return self.lines[first][start:end] if first < len(self.lines) else ""
        tail = self.lines[last][:end] if last < len(self.lines) else ""
        return self.lines[first][start:] + "".join(self.lines[first + 1 : last]) + tail

    def replace(self, range: Range, new: str) -> Self:
        """The text with `new` in place of a range."""
        return self._splice(*self._span(range), new)[0]

    def change(
        self, start_line0: int, start_col: int, end_line0: int, end_col: int, new: str, unit: Unit
    ) -> tuple[Self, Span]:
        """Apply a client's edit: lines from 0, columns in its units; a place outside of the text is moved into it."""
        start = self._place(start_line0, start_col, unit)
        end = self._place(end_line0, end_col, unit)
        return self._splice(min(start, end), max(start, end), new)

    def to_units(self, line: int, utf8_col: int, unit: Unit) -> int:
        """A column in the client's units, for a line from 1 and a UTF-8 column."""
        body = self.line(line)
        if body.isascii():
            return min(max(utf8_col, 0), len(body))
        return _width(body[: _index(body, utf8_col, "utf-8")], unit)

    def from_units(self, line: int, units: int, unit: Unit) -> int:
        """A UTF-8 column, for a line from 1 and a column in the client's units."""
        body = self.line(line)
        if body.isascii():
            return min(max(units, 0), len(body))
        return utf8_len(body[: _index(body, units, unit)])

    def _span(self, range: Range) -> tuple[tuple[int, int], tuple[int, int]]:
        start = self._place(range.start_line - 1, range.start_col, "utf-8")
        end = self._place(range.end_line - 1, range.end_col, "utf-8")
        return min(start, end), max(start, end)

    def _place(self, line0: int, col: int, unit: Unit) -> tuple[int, int]:
        """The line and character indices that a place means. The line after the last ending is a line, too."""
        count = len(self.lines)
        if line0 < 0:
            return 0, 0
        if line0 >= count:
            if not count or self.lines[-1].endswith(("\r", "\n")):
                return count, 0
            return count - 1, len(self.lines[-1])
        return line0, _index(self.lines[line0].rstrip("\r\n"), col, unit)

    def _splice(self, start: tuple[int, int], end: tuple[int, int], new: str) -> tuple[Self, Span]:
        lines, count = self.lines, len(self.lines)
        (first, start_col), (last, end_col) = start, end
        prefix = lines[first][:start_col] if first < count else ""
        suffix = lines[last][end_col:] if last < count else ""
        merged, stop = prefix + new + suffix, min(last + 1, count)
        # A "\r" and a "\n" that come to stand side by side are one ending, and so one line.
        following = merged or (lines[stop] if stop < count else "")
        if first and lines[first - 1].endswith("\r") and following.startswith("\n"):
            first -= 1
            merged = lines[first] + merged
        if merged.endswith("\r") and stop < count and lines[stop].startswith("\n"):
            merged += lines[stop]
            stop += 1
        fresh = _LINE.findall(merged)
        changed = list(lines)
        changed[first:stop] = fresh
        newline = self.newline if count > 1 else _dominant(merged, self.newline)
        text = type(self)(changed, self.encoding, self.bom, newline, self.problem)
        return text, Span(first + 1, stop - first, len(fresh))


def _index(body: str, col: int, unit: Unit) -> int:
    """The character that a column means; one inside a character means its start."""
    if col <= 0:
        return 0
    if unit == "utf-32" or body.isascii():
        return min(col, len(body))
    # A character is at least one unit, so what lies beyond `col` characters need not be looked at.
    head = body[:col]
    if unit == "utf-8":
        data = head.encode("utf-8", "surrogatepass")
        while 0 < col < len(data) and data[col] & 0xC0 == 0x80:
            col -= 1
        return len(data[:col].decode("utf-8", "surrogatepass"))
    # The n-th wide character stands n units further on than its index says, and is two units long.
    wide = [match.start() + n for n, match in enumerate(_WIDE.finditer(head))]
    before = bisect_left(wide, col - 1)
    if before < len(wide) and wide[before] < col:
        return wide[before] - before
    return min(col - before, len(body))


def _width(text: str, unit: Unit) -> int:
    if unit == "utf-32" or text.isascii():
        return len(text)
    if unit == "utf-8":
        return utf8_len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _dominant(text: str, default: str = "\n") -> str:
    pairs = text.count("\r\n")
    counts = {"\n": text.count("\n") - pairs, "\r\n": pairs, "\r": text.count("\r") - pairs}
    best = max(counts, key=lambda ending: counts[ending])
    return best if counts[best] else default


def _decode(data: bytes) -> tuple[str, str, bool, str | None]:
    for mark, name in _UNREAD_BOMS:
        if data.startswith(mark):
            try:
                text = data[len(mark) :].decode(name, "surrogatepass")
            except UnicodeDecodeError:
                break
            return text, name, True, f"Python does not read {name[:6].upper()} files"
    bom = data.startswith(codecs.BOM_UTF8)
    try:
        name = _declared_encoding(data).removesuffix("-sig")
        body = data[3:] if bom else data
        text = body.decode(name)
        if name not in _ALWAYS_ROUND_TRIP and text.encode(name) != body:
            return text, name, bom, f"The encoding {name} cannot write this file back unchanged"
    except (SyntaxError, LookupError, ValueError) as error:
        reason = str(error) if isinstance(error, SyntaxError) else "The file cannot be read in its encoding"
        if isinstance(error, UnicodeDecodeError):
            reason = f"The file is not valid {error.encoding}: byte {error.object[error.start]:#04x} at {error.start}"
        return data[3 * bom :].decode("utf-8", "surrogateescape"), "utf-8", bom, reason
    return text, name, bom, None


def _declared_encoding(data: bytes) -> str:
    first = _BYTE_LINE.match(data)
    second = _BYTE_LINE.match(data, first.end()) if first else None
    head = [match[0].rstrip(b"\r\n") + b"\n" for match in (first, second) if match and match[0]]
    return tokenize.detect_encoding(io.BytesIO(b"".join(head)).readline)[0]


def _encode(text: str, encoding: str) -> bytes:
    for errors in ("strict", "surrogateescape", "surrogatepass"):
        try:
            return text.encode(encoding, errors)
        except UnicodeError:
            continue
    return text.encode(encoding, "replace")


def _bom_of(encoding: str) -> bytes:
    return next((mark for mark, name in _UNREAD_BOMS if name == encoding), codecs.BOM_UTF8)
