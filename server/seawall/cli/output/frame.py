"""A piece of code with its line numbers and carets under what is meant."""

from __future__ import annotations

from typing import NamedTuple

import click

from seawall.cli.output.masks import Spans, likely
from seawall.syntax import Range, Text

CONTEXT = 2
"""Lines shown above and below."""

MAX_MARKED = 6
"""Of a longer range, only the first and the last lines are shown."""

MAX_WIDTH = 160
"""Characters shown of a line."""

_TAB = 4
_MASK = "****"


class Line(NamedTuple):
    """A line as it is shown, and between which cells its carets go, if any."""

    text: str
    marked: tuple[int, int] | None


def frame(text: Text, place: Range, hidden: Spans, color: str = "red") -> str:
    """The lines around a range, with carets under it."""
    place = _inside(text, place)
    first, last = _context(text, place)
    gutter = len(str(last))
    bar = click.style("|", fg="blue", bold=True)
    lines = [f"{'':{gutter}} {bar}"]
    for number in range(first, last + 1):
        if _is_left_out(number, place):
            if number == place.start_line + MAX_MARKED - 2:
                lines.append(click.style("...", fg="blue", bold=True))
            continue
        shown = show(text, number, place, hidden.get(number, []))
        label = click.style(f"{number:{gutter}}", fg="blue", bold=True)
        lines.append(f"{label} {bar} {shown.text}".rstrip())
        if shown.marked is not None:
            start, end = shown.marked
            carets = click.style("^" * max(end - start, 1), fg=color, bold=True)
            lines.append(f"{'':{gutter}} {bar} {'':{start}}{carets}")
    lines.append(f"{'':{gutter}} {bar}")
    return "\n".join(lines)


def show(text: Text, number: int, place: Range, hidden: list[tuple[int, int]]) -> Line:
    """A line made fit for a terminal: secrets hidden, tabs expanded, cut to a width, without control characters."""
    raw = text.line(number)
    start, end = _marks(text, number, raw, place)
    begin = max(0, start - MAX_WIDTH // 4) if max(start, 0) > MAX_WIDTH * 3 // 4 else 0
    window = raw[begin : begin + MAX_WIDTH]
    spans = [(max(a - begin, 0), b - begin) for a, b in (*hidden, *likely(raw[: begin + 4 * MAX_WIDTH])) if b > begin]
    pieces, cells, at = ["..." if begin else ""], [], 3 if begin else 0
    for index, char in enumerate(window):
        cells.append(at)
        span = next(((a, b) for a, b in spans if a <= index < b), None)
        if span is None:
            piece = " " * (_TAB - at % _TAB) if char == "\t" else _printable(char)
        else:
            piece = _MASK if index == span[0] else ""
        pieces.append(piece)
        at += _width(piece)
    cells.append(at)
    if begin + len(window) < len(raw):
        pieces.append("...")
    marked = None
    if start >= 0:
        marked = cells[min(start - begin, len(window))], cells[min(end - begin, len(window))]
    return Line("".join(pieces), marked)


def _marks(text: Text, number: int, raw: str, place: Range) -> tuple[int, int]:
    """The characters of a line that a range covers, without its indentation; (-1, -1) if none."""
    if not place.start_line <= number <= place.end_line:
        return -1, -1
    start = (
        text.to_units(number, place.start_col, "utf-32") if number == place.start_line else len(raw) - len(raw.lstrip())
    )
    end = text.to_units(number, place.end_col, "utf-32") if number == place.end_line else len(raw.rstrip())
    if start >= end and place.start_line != place.end_line:
        return -1, -1
    return start, end


def _inside(text: Text, place: Range) -> Range:
    """A range that the text has, whatever became of the text since."""
    count = max(len(text.lines), 1)
    return place._replace(start_line=min(place.start_line, count), end_line=min(place.end_line, count))


def _context(text: Text, place: Range) -> tuple[int, int]:
    first, last = max(1, place.start_line - CONTEXT), min(max(len(text.lines), 1), place.end_line + CONTEXT)
    while first < place.start_line and not text.line(first).strip():
        first += 1
    while last > place.end_line and not text.line(last).strip():
        last -= 1
    return first, last


def _is_left_out(number: int, place: Range) -> bool:
    long = place.end_line - place.start_line + 1 > MAX_MARKED
    return long and place.start_line + MAX_MARKED - 2 <= number < place.end_line


def _printable(char: str) -> str:
    if char.isprintable():
        return char
    return chr(0x2400 + ord(char)) if ord(char) < 32 else "\N{REPLACEMENT CHARACTER}"


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
